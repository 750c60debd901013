// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/credssp-helper: one read() takes one request, one write() gives one
 * reply.  Whoever serves a network namespace decides whom its contexts trust,
 * so it takes CAP_NET_ADMIN over that namespace to open the file, and the
 * opener's credentials stand for the privilege from then on: credsspd drops its
 * own.
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

static bool may_serve(struct file *file, const struct net *net)
{
	return file_ns_capable(file, net->user_ns, CAP_NET_ADMIN);
}

static int helper_open(struct inode *inode, struct file *file)
{
	struct net *net = current->nsproxy->net_ns;
	struct cssp_helper *h;
	int err;

	/* The task as well as the file: they differ under overridden credentials. */
	if (!may_serve(file, net) || !ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	err = cssp_helper_create(&h, net, file->f_cred->user_ns,
				 task_active_pid_ns(current));
	if (err)
		return err;
	file->private_data = h;
	return stream_open(inode, file);
}

static int helper_release(struct inode *inode, struct file *file)
{
	cssp_helper_kill(file->private_data);
	return 0;
}

static bool must_not_block(const struct kiocb *iocb)
{
	return (iocb->ki_filp->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT);
}

static int take_request(struct cssp_helper *h, size_t room, bool nonblock,
			struct cssp_request **req)
{
	int err;

	/* With several readers, another one may be faster than the one woken. */
	while ((err = cssp_helper_take(h, room, req)) == -EAGAIN && !nonblock) {
		err = wait_event_interruptible(h->readers, cssp_helper_has_request(h));
		if (err)
			break;
	}
	return err;
}

static ssize_t helper_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct cssp_helper *h = iocb->ki_filp->private_data;
	struct cssp_request *req;
	size_t length;
	bool delivered;
	int err;

	if (!may_serve(iocb->ki_filp, h->net))
		return -EPERM;
	err = take_request(h, iov_iter_count(to), must_not_block(iocb), &req);
	if (err)
		return err;
	length = req->message.len;
	delivered = copy_to_iter(req->message.data, length, to) == length;
	cssp_helper_taken(h, req, delivered);
	return delivered ? length : -EFAULT;
}

/* Copied once, the payload into memory that is wiped: keys come this way. */
static int copy_reply(struct iov_iter *from, struct credssp_hlp_header *hdr,
		      struct cssp_vbuf *payload)
{
	size_t length = iov_iter_count(from);
	int err;

	if (length < sizeof(*hdr) || length > CREDSSP_HLP_MAX_MESSAGE)
		return -EINVAL;
	if (!copy_from_iter_full(hdr, sizeof(*hdr), from))
		return -EFAULT;
	length -= sizeof(*hdr);
	if (!length)
		return 0;
	err = cssp_vbuf_reserve(payload, length);
	if (err)
		return err;
	if (!copy_from_iter_full(payload->data, length, from))
		return -EFAULT;
	payload->len = length;
	return 0;
}

static ssize_t helper_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct cssp_helper *h = iocb->ki_filp->private_data;
	size_t length = iov_iter_count(from);
	struct cssp_vbuf payload = {};
	struct credssp_hlp_header hdr;
	int err;

	if (!may_serve(iocb->ki_filp, h->net))
		return -EPERM;
	err = copy_reply(from, &hdr, &payload);
	if (!err)
		err = cssp_helper_reply(h, &hdr, &payload);
	cssp_vbuf_free(&payload);
	return err ? err : length;
}

static __poll_t helper_poll(struct file *file, poll_table *wait)
{
	struct cssp_helper *h = file->private_data;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &h->readers, wait);
	if (cssp_helper_has_request(h))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static const struct file_operations helper_fops = {
	.owner = THIS_MODULE,
	.open = helper_open,
	.release = helper_release,
	.read_iter = helper_read_iter,
	.write_iter = helper_write_iter,
	.poll = helper_poll,
};

static struct miscdevice helper_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "credssp-helper",
	.fops = &helper_fops,
	.mode = 0600,
};

int cssp_helper_dev_register(void)
{
	return misc_register(&helper_device);
}

void cssp_helper_dev_unregister(void)
{
	misc_deregister(&helper_device);
}
