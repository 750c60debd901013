// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/credssp-helper: one read() takes one request, one write() gives one
 * reply.  The helper of a network namespace decides which servers the contexts of
 * that namespace trust, so open() requires CAP_NET_ADMIN over the namespace.  Later
 * calls check the credentials of the opener, because credsspd drops its own
 * privilege.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/uio.h>
#include <net/net_namespace.h>
#include "helper.h"

static bool helper_dev_may_serve(struct file *file, const struct net *net)
{
	return file_ns_capable(file, net->user_ns, CAP_NET_ADMIN);
}

static int helper_dev_open(struct inode *inode, struct file *file)
{
	struct net *net = current->nsproxy->net_ns;
	struct cssp_helper *h;
	int ret;

	/* Check the task as well: under overridden credentials it differs from the file. */
	if (!helper_dev_may_serve(file, net) || !ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	ret = cssp_helper_create(&h, net, file->f_cred, task_active_pid_ns(current));
	if (ret)
		return ret;
	file->private_data = h;
	return stream_open(inode, file);
}

static int helper_dev_release(struct inode *inode, struct file *file)
{
	cssp_helper_kill(file->private_data);
	return 0;
}

static bool helper_dev_is_nonblocking(const struct kiocb *iocb)
{
	return (iocb->ki_filp->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT);
}

static int helper_dev_take(struct cssp_helper *h, size_t room, bool nonblock,
			   struct cssp_request **req)
{
	int ret;

	/* Another reader may take the request before the woken one does. */
	while ((ret = cssp_helper_take(h, room, req)) == -EAGAIN && !nonblock) {
		ret = wait_event_interruptible(h->readers, cssp_helper_has_request(h));
		if (ret)
			break;
	}
	return ret;
}

static ssize_t helper_dev_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct cssp_helper *h = iocb->ki_filp->private_data;
	struct cssp_request *req;
	size_t length;
	bool delivered;
	int ret;

	if (!helper_dev_may_serve(iocb->ki_filp, h->net))
		return -EPERM;
	ret = helper_dev_take(h, iov_iter_count(to), helper_dev_is_nonblocking(iocb), &req);
	if (ret)
		return ret;
	length = req->message.len;
	delivered = copy_to_iter(req->message.data, length, to) == length;
	cssp_helper_taken(h, req, delivered);
	return delivered ? length : -EFAULT;
}

/* The payload may contain keys: copy it once, into memory that is wiped. */
static int helper_dev_copy_reply(struct iov_iter *from, struct credssp_hlp_header *hdr,
				 struct cssp_vbuf *payload)
{
	size_t length = iov_iter_count(from);
	int ret;

	if (length < sizeof(*hdr) || length > CREDSSP_HLP_MAX_MESSAGE)
		return -EINVAL;
	if (!copy_from_iter_full(hdr, sizeof(*hdr), from))
		return -EFAULT;
	length -= sizeof(*hdr);
	if (!length)
		return 0;
	ret = cssp_vbuf_reserve(payload, length);
	if (ret)
		return ret;
	if (!copy_from_iter_full(payload->data, length, from))
		return -EFAULT;
	payload->len = length;
	return 0;
}

static ssize_t helper_dev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct cssp_helper *h = iocb->ki_filp->private_data;
	size_t length = iov_iter_count(from);
	struct cssp_vbuf payload = {};
	struct credssp_hlp_header hdr;
	int ret;

	if (!helper_dev_may_serve(iocb->ki_filp, h->net))
		return -EPERM;
	ret = helper_dev_copy_reply(from, &hdr, &payload);
	if (ret)
		goto out_free;
	ret = cssp_helper_reply(h, &hdr, &payload);
out_free:
	cssp_vbuf_free(&payload);
	return ret ?: length;
}

static __poll_t helper_dev_poll(struct file *file, poll_table *wait)
{
	struct cssp_helper *h = file->private_data;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &h->readers, wait);
	if (cssp_helper_has_request(h))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static const struct file_operations helper_dev_fops = {
	.owner = THIS_MODULE,
	.open = helper_dev_open,
	.release = helper_dev_release,
	.read_iter = helper_dev_read_iter,
	.write_iter = helper_dev_write_iter,
	.poll = helper_dev_poll,
};

static struct miscdevice helper_dev_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "credssp-helper",
	.fops = &helper_dev_fops,
	.mode = 0600,
};

int cssp_helper_dev_register(void)
{
	return misc_register(&helper_dev_misc);
}

void cssp_helper_dev_unregister(void)
{
	misc_deregister(&helper_dev_misc);
}
