// SPDX-License-Identifier: GPL-2.0-only
/* /dev/credssp: ioctls, dispatched by a table. */
#include <linux/build_bug.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../base/mem.h"
#include "../base/quota_scope.h"
#include "../base/status.h"
#include "chardev.h"
#include "ioctl.h"
#include "ioctl_info.h"

/* A structure of any ioctl. */
union chardev_args {
	struct credssp_ioc_info info;
	struct credssp_ioc_acquire acquire;
	struct credssp_ioc_handle handle;
	struct credssp_ioc_init init;
	struct credssp_ioc_socket socket;
	struct credssp_ioc_authenticate authenticate;
	struct credssp_ioc_accept accept;
	struct credssp_ioc_accept_socket accept_socket;
	struct credssp_ioc_delegated delegated;
	struct credssp_ioc_query query;
	struct credssp_ioc_packages packages;
	struct credssp_ioc_message message;
	struct credssp_ioc_policy policy;
	struct credssp_ioc_policy_check policy_check;
};

/**
 * struct chardev_op - one ioctl
 * @min: bytes of its structure in ABI 1, which every caller has
 * @size: bytes of its structure as this module has it
 * @status: offset of the status in it, in bytes; 0: it has none
 * @check: finds what makes the ioctl itself fail; NULL: nothing does
 * @call: carries it out; see ioctl.h
 */
struct chardev_op {
	size_t min;
	size_t size;
	size_t status;
	int (*check)(const struct cssp_chardev_file *file, const void *args);
	int (*call)(struct cssp_chardev_file *file, void *args);
};

/*
 * @last is the last member of ABI 1, whatever is appended later.  The structure must
 * fit union chardev_args, and begin with its size.
 */
#define OP_SIZES(type, last)						\
	.min = offsetofend(struct type, last),				\
	.size = sizeof(struct type) +					\
		BUILD_BUG_ON_ZERO(sizeof(struct type) >			\
				  sizeof(union chardev_args)) +		\
		BUILD_BUG_ON_ZERO(offsetof(struct type, size))

#define OP(nr, type, last, check_fn, call_fn)				\
	[_IOC_NR(nr)] = {						\
		OP_SIZES(type, last),					\
		.status = offsetof(struct type, status),		\
		.check = check_fn,					\
		.call = call_fn,					\
	}

static const struct chardev_op chardev_ops[] = {
	[_IOC_NR(CREDSSP_IOC_INFO)] = {
		OP_SIZES(credssp_ioc_info, version),
		.call = cssp_ioctl_info,
	},
	OP(CREDSSP_IOC_ACQUIRE, credssp_ioc_acquire, pins,
	   cssp_ioctl_check_acquire, cssp_ioctl_acquire),
	OP(CREDSSP_IOC_FREE_CRED, credssp_ioc_handle, handle, NULL, cssp_ioctl_free_cred),
	OP(CREDSSP_IOC_INIT, credssp_ioc_init, expiry, cssp_ioctl_check_init, cssp_ioctl_init),
	OP(CREDSSP_IOC_ATTACH, credssp_ioc_socket, context,
	   cssp_ioctl_check_socket, cssp_ioctl_attach),
	OP(CREDSSP_IOC_AUTHENTICATE, credssp_ioc_authenticate, report.cert_sha256,
	   cssp_ioctl_check_authenticate, cssp_ioctl_authenticate),
	OP(CREDSSP_IOC_DELETE, credssp_ioc_handle, handle, NULL, cssp_ioctl_delete),
	OP(CREDSSP_IOC_QUERY, credssp_ioc_query, buffer, NULL, cssp_ioctl_query),
	OP(CREDSSP_IOC_ENCRYPT, credssp_ioc_message, out,
	   cssp_ioctl_check_encrypt, cssp_ioctl_encrypt),
	OP(CREDSSP_IOC_DECRYPT, credssp_ioc_message, out,
	   cssp_ioctl_check_decrypt, cssp_ioctl_decrypt),
	OP(CREDSSP_IOC_EXPORT_KTLS, credssp_ioc_socket, context,
	   cssp_ioctl_check_socket, cssp_ioctl_export),
	OP(CREDSSP_IOC_COMPLETE, credssp_ioc_handle, handle, NULL, cssp_ioctl_complete),
	OP(CREDSSP_IOC_CANCEL, credssp_ioc_handle, handle, NULL, cssp_ioctl_cancel),
	OP(CREDSSP_IOC_SIGN, credssp_ioc_message, out,
	   cssp_ioctl_check_message, cssp_ioctl_sign),
	OP(CREDSSP_IOC_VERIFY, credssp_ioc_message, out,
	   cssp_ioctl_check_message, cssp_ioctl_verify),
	OP(CREDSSP_IOC_ACCEPT, credssp_ioc_accept, peer,
	   cssp_ioctl_check_accept, cssp_ioctl_accept),
	OP(CREDSSP_IOC_ACCEPT_SOCKET, credssp_ioc_accept_socket, report,
	   cssp_ioctl_check_accept_socket, cssp_ioctl_accept_socket),
	OP(CREDSSP_IOC_DELEGATED, credssp_ioc_delegated, __reserved,
	   cssp_ioctl_check_delegated, cssp_ioctl_delegated),
	OP(CREDSSP_IOC_PACKAGES, credssp_ioc_packages, buffer,
	   cssp_ioctl_check_packages, cssp_ioctl_packages),
	OP(CREDSSP_IOC_POLICY_GET, credssp_ioc_policy, patterns,
	   cssp_ioctl_check_policy_get, cssp_ioctl_policy_get),
	OP(CREDSSP_IOC_POLICY_SET, credssp_ioc_policy, patterns,
	   cssp_ioctl_check_policy_set, cssp_ioctl_policy_set),
	OP(CREDSSP_IOC_POLICY_CHECK, credssp_ioc_policy_check, target,
	   cssp_ioctl_check_policy_check, cssp_ioctl_policy_check),
};

static const struct chardev_op *chardev_find_op(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);

	if (nr >= ARRAY_SIZE(chardev_ops) || cmd != _IO(CREDSSP_IOC_TYPE, nr))
		return NULL;
	return chardev_ops[nr].call ? &chardev_ops[nr] : NULL;
}

/*
 * Charge the calling user, who need not be the user that opened the file.  The
 * reference outlasts a look-up of a key, which may replace the task's credentials.
 */
static int chardev_call(const struct chardev_op *op, struct cssp_chardev_file *file,
			void *args)
{
	const struct cred *cred = get_current_cred();
	struct cssp_quota_scope scope;
	int ret;

	cssp_quota_scope_enter(&scope, cred);
	ret = op->call(file, args);
	cssp_quota_scope_leave(&scope);
	put_cred(cred);
	return ret;
}

/* Errors of the ioctl itself stay errnos; any other result becomes the status. */
static int chardev_finish(const struct chardev_op *op, void *args, int ret)
{
	if (ret == -EFAULT || ret == -EINTR)
		return ret;
	if (op->status)
		*(s32 *)(args + op->status) = cssp_status_exchange(ret);
	return 0;
}

static int chardev_run(const struct chardev_op *op, struct cssp_chardev_file *file,
		       void *args)
{
	int ret = op->check ? op->check(file, args) : 0;

	if (ret)
		return ret;
	ret = chardev_call(op, file, args);
	return chardev_finish(op, args, ret);
}

/* The structure is copied in and out here; what it points to, in the ioctls' functions. */
static long chardev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct chardev_op *op = chardev_find_op(cmd);
	void __user *uarg = (void __user *)arg;
	union chardev_args args;
	size_t known;
	u32 size;
	int ret;

	if (!op)
		return -ENOTTY;
	if (get_user(size, (u32 __user *)uarg))
		return -EFAULT;
	if (size < op->min)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&args, op->size, uarg, size);
	if (ret)
		return ret;
	/*
	 * Check that the structure is writable before the call, because a result that
	 * cannot be written would be lost.
	 */
	known = min_t(size_t, size, op->size);
	if (copy_to_user(uarg, &args, known))
		return -EFAULT;
	ret = chardev_run(op, file->private_data, &args);
	if (ret)
		return ret;
	return copy_to_user(uarg, &args, known) ? -EFAULT : 0;
}

static int chardev_open(struct inode *inode, struct file *file)
{
	struct cssp_chardev_file *own = kzalloc(sizeof(*own), CSSP_GFP);

	if (!own)
		return -ENOMEM;
	cssp_handles_init(&own->handles);
	own->net = get_net(current->nsproxy->net_ns);
	own->file = file;
	file->private_data = own;
	return 0;
}

static int chardev_release(struct inode *inode, struct file *file)
{
	struct cssp_chardev_file *own = file->private_data;

	cssp_handles_destroy(&own->handles);
	put_net(own->net);
	kfree(own);
	return 0;
}

static const struct file_operations chardev_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.release = chardev_release,
	.unlocked_ioctl = chardev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice chardev_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "credssp",
	.fops = &chardev_fops,
	.mode = 0666,
	.groups = cssp_info_groups,
};

int cssp_chardev_init(void)
{
	return misc_register(&chardev_device);
}

void cssp_chardev_exit(void)
{
	misc_deregister(&chardev_device);
}
