// SPDX-License-Identifier: GPL-2.0-only
/* QueryContextAttributes and EnumerateSecurityPackages. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/user_namespace.h>

#include "../api/query.h"
#include "../base/status.h"
#include "ioctl.h"

/* Session keys are for those who could read them out of the kernel anyway. */
bool cssp_door_may_have_keys(const struct cssp_dev *dev)
{
	return file_ns_capable(dev->file, &init_user_ns, CAP_SYS_ADMIN);
}

/* The file alone is not enough: it may have been handed over or inherited. */
static bool is_privileged(const struct cssp_dev *dev)
{
	return cssp_door_may_have_keys(dev) && capable(CAP_SYS_ADMIN);
}

/* What was made goes to @addr if there is room; else @length tells how much it takes. */
static int hand_out(const struct cssp_vbuf *made, u64 addr, u32 *length)
{
	u32 room = *length;

	*length = made->len;
	return made->len > room ? -ENOSPC :
	       cssp_user_copy_out(addr, made->data, made->len);
}

int cssp_ioctl_query(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_query *a = args;
	struct credssp_context *ctx = cssp_handles_context(&dev->handles, a->context);
	struct cssp_query query = { .attribute = a->attribute };
	struct cssp_vbuf out = {};
	int ret = CSSP_E_HANDLE;

	if (ctx) {
		if (a->attribute == SECPKG_ATTR_SESSION_KEY)
			query.privileged = is_privileged(dev);
		ret = cssp_query(ctx, &query, &out);
	}
	if (!ret)
		ret = hand_out(&out, a->buffer, &a->length);
	cssp_vbuf_free(&out);
	cssp_context_put(ctx);
	return cssp_ioctl_finish(&a->status, ret);
}

int cssp_ioctl_packages(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_packages *a = args;
	struct cssp_vbuf out = {};
	int ret;

	if (a->__reserved)
		return -EINVAL;
	ret = cssp_package_info_all(&out, &a->count);
	if (!ret)
		ret = hand_out(&out, a->buffer, &a->length);
	cssp_vbuf_free(&out);
	return cssp_ioctl_finish(&a->status, ret);
}
