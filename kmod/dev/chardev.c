// SPDX-License-Identifier: GPL-2.0-only
/* /dev/credssp: ioctls, dispatched by a table. */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/key.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../base/mem.h"
#include "../base/quota_scope.h"
#include "../base/status.h"
#include "chardev.h"
#include "ioctl.h"
#include "ioctl_info.h"

/* Every structure that an ioctl takes; each begins with its size. */
union ioctl_args {
	u32 size;
	struct credssp_ioc_info info;
	struct credssp_ioc_acquire acquire;
	struct credssp_ioc_handle handle;
	struct credssp_ioc_init init;
	struct credssp_ioc_socket socket;
	struct credssp_ioc_authenticate authenticate;
	struct credssp_ioc_query query;
	struct credssp_ioc_packages packages;
	struct credssp_ioc_message message;
	struct credssp_ioc_policy policy;
	struct credssp_ioc_policy_check policy_check;
};

/**
 * struct ioctl_op - one ioctl
 * @min: bytes of its structure in ABI 1, which any caller has
 * @size: bytes of it as we know it
 * @call: carries it out
 */
struct ioctl_op {
	size_t min;
	size_t size;
	int (*call)(struct cssp_dev *dev, void *args);
};

/* @last is the last member of ABI 1 for ever, whatever is appended later. */
#define OP(nr, type, last, fn)						\
	[_IOC_NR(nr)] = {						\
		.min = offsetofend(struct type, last),			\
		.size = sizeof(struct type),				\
		.call = fn,						\
	}

static const struct ioctl_op ops[] = {
	OP(CREDSSP_IOC_INFO, credssp_ioc_info, version, cssp_ioctl_info),
	OP(CREDSSP_IOC_ACQUIRE, credssp_ioc_acquire, pins, cssp_ioctl_acquire),
	OP(CREDSSP_IOC_FREE_CRED, credssp_ioc_handle, handle, cssp_ioctl_free_cred),
	OP(CREDSSP_IOC_INIT, credssp_ioc_init, expiry, cssp_ioctl_init),
	OP(CREDSSP_IOC_ATTACH, credssp_ioc_socket, context, cssp_ioctl_attach),
	OP(CREDSSP_IOC_AUTHENTICATE, credssp_ioc_authenticate, report,
	   cssp_ioctl_authenticate),
	OP(CREDSSP_IOC_DELETE, credssp_ioc_handle, handle, cssp_ioctl_delete),
	OP(CREDSSP_IOC_QUERY, credssp_ioc_query, buffer, cssp_ioctl_query),
	OP(CREDSSP_IOC_ENCRYPT, credssp_ioc_message, out, cssp_ioctl_encrypt),
	OP(CREDSSP_IOC_DECRYPT, credssp_ioc_message, out, cssp_ioctl_decrypt),
	OP(CREDSSP_IOC_EXPORT_KTLS, credssp_ioc_socket, context, cssp_ioctl_export),
	OP(CREDSSP_IOC_COMPLETE, credssp_ioc_handle, handle, cssp_ioctl_complete),
	OP(CREDSSP_IOC_CANCEL, credssp_ioc_handle, handle, cssp_ioctl_cancel),
	OP(CREDSSP_IOC_SIGN, credssp_ioc_message, out, cssp_ioctl_sign),
	OP(CREDSSP_IOC_VERIFY, credssp_ioc_message, out, cssp_ioctl_verify),
	OP(CREDSSP_IOC_PACKAGES, credssp_ioc_packages, buffer, cssp_ioctl_packages),
	OP(CREDSSP_IOC_POLICY_GET, credssp_ioc_policy, patterns, cssp_ioctl_policy_get),
	OP(CREDSSP_IOC_POLICY_SET, credssp_ioc_policy, patterns, cssp_ioctl_policy_set),
	OP(CREDSSP_IOC_POLICY_CHECK, credssp_ioc_policy_check, target,
	   cssp_ioctl_policy_check),
};

/* Whoever calls pays, whosever file it is; a key's look-up may replace the cred. */
static int carry_out(const struct ioctl_op *op, struct cssp_dev *dev,
		     union ioctl_args *args)
{
	const struct cred *cred = get_current_cred();
	struct cssp_quota_scope scope;
	int ret;

	cssp_quota_scope_enter(&scope, cred);
	ret = op->call(dev, args);
	cssp_quota_scope_leave(&scope);
	put_cred(cred);
	return ret;
}

static long chardev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;
	const struct ioctl_op *op;
	union ioctl_args args;
	size_t known;
	u32 size;
	int ret;

	if (_IOC_TYPE(cmd) != CREDSSP_IOC_TYPE || _IOC_NR(cmd) >= ARRAY_SIZE(ops) ||
	    cmd != _IO(CREDSSP_IOC_TYPE, _IOC_NR(cmd)))
		return -ENOTTY;
	op = &ops[_IOC_NR(cmd)];
	if (!op->call)
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
	/* what cannot be written is found before anything is done whose result is lost */
	known = min_t(size_t, size, op->size);
	if (copy_to_user(uarg, &args, known))
		return -EFAULT;
	ret = carry_out(op, file->private_data, &args);
	if (!ret && copy_to_user(uarg, &args, known))
		ret = -EFAULT;
	return ret;
}

static int chardev_open(struct inode *inode, struct file *file)
{
	struct cssp_dev *dev = kzalloc(sizeof(*dev), CSSP_GFP);

	if (!dev)
		return -ENOMEM;
	cssp_handles_init(&dev->handles);
	dev->net = get_net(current->nsproxy->net_ns);
	dev->file = file;
	file->private_data = dev;
	return 0;
}

static int chardev_release(struct inode *inode, struct file *file)
{
	struct cssp_dev *dev = file->private_data;

	cssp_handles_destroy(&dev->handles);
	put_net(dev->net);
	kfree(dev);
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
