// SPDX-License-Identifier: GPL-2.0-only
/* QueryContextAttributes and EnumerateSecurityPackages. */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/user_namespace.h>

#include "../api/package_info.h"
#include "../api/query.h"
#include "../base/status.h"
#include "ioctl.h"
#include "usercopy.h"

bool cssp_ioctl_may_have_key(const struct cssp_chardev_file *file)
{
	return file_ns_capable(file->file, &init_user_ns, CAP_SYS_ADMIN) &&
	       capable(CAP_SYS_ADMIN);
}

int cssp_ioctl_query(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_query *a = args;
	struct cssp_query query = { .attribute = a->attribute, .room = a->length };
	struct cssp_vbuf answer = {};
	struct credssp_context *ctx;
	int ret;

	ctx = cssp_handles_context(&file->handles, a->context);
	if (!ctx)
		return CSSP_E_HANDLE;
	/* only where it matters: a task that uses a privilege is marked and audited */
	if (a->attribute == SECPKG_ATTR_SESSION_KEY ||
	    a->attribute == SECPKG_ATTR_CREDSSP_DELEGATED)
		query.privileged = cssp_ioctl_may_have_key(file);
	ret = cssp_query(ctx, &query, &answer);
	if (!ret)
		ret = cssp_user_copy_answer(a->buffer, &a->length, &answer);
	cssp_vbuf_free(&answer);
	cssp_context_put(ctx);
	return ret;
}

int cssp_ioctl_check_packages(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_packages *a = args;

	return a->__reserved ? -EINVAL : 0;
}

int cssp_ioctl_packages(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_packages *a = args;
	struct cssp_vbuf answer = {};
	int ret;

	ret = cssp_package_info_all(&answer, &a->count);
	if (!ret)
		ret = cssp_user_copy_answer(a->buffer, &a->length, &answer);
	cssp_vbuf_free(&answer);
	return ret;
}
