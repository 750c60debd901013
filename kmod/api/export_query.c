// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: attributes of contexts, and packages. */
#include <linux/credssp.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "../base/status.h"
#include "../cred/package.h"
#include "export_buffers.h"
#include "export_call.h"
#include "package_info.h"
#include "query.h"

/* @length: in: room at @buffer; out: bytes written, or needed after -ENOSPC. */
static int export_copy_answer(const struct cssp_vbuf *answer, void *buffer, u32 *length)
{
	u32 room = *length;

	*length = answer->len;
	if (answer->len > room)
		return -ENOSPC;
	memcpy(buffer, answer->data, answer->len);
	return 0;
}

s32 credssp_query_context_attributes(struct credssp_context *context,
				     u32 attribute, void *buffer, u32 *length)
{
	struct cssp_query query = {
		.attribute = attribute,
		.privileged = true,
		.local_time = true,
	};
	struct cssp_quota_scope scope;
	struct cssp_vbuf answer = {};
	int ret;

	might_sleep();
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!length || (*length && !buffer))
		return SEC_E_INVALID_PARAMETER;
	query.room = *length;
	cssp_export_enter(context, &scope);
	ret = cssp_query(context, &query, &answer);
	cssp_export_leave(context, &scope);
	if (!ret)
		ret = export_copy_answer(&answer, buffer, length);
	cssp_vbuf_free(&answer);
	return cssp_status(ret);
}
EXPORT_SYMBOL_GPL(credssp_query_context_attributes);

/* Give a copy of @made to the caller unless @ret is an error, and free @made. */
static s32 export_give_packages(struct cssp_vbuf *made, int ret,
				struct credssp_package_info **info)
{
	void *copy;

	ret = ret ?: cssp_export_give(made, &copy);
	if (!ret)
		*info = copy;
	cssp_vbuf_free(made);
	return cssp_status(ret);
}

s32 credssp_enumerate_security_packages(u32 *count, struct credssp_package_info **info)
{
	struct cssp_vbuf out = {};
	int ret;

	might_sleep();
	if (!count || !info)
		return SEC_E_INVALID_PARAMETER;
	ret = cssp_package_info_all(&out, count);
	return export_give_packages(&out, ret, info);
}
EXPORT_SYMBOL_GPL(credssp_enumerate_security_packages);

s32 credssp_query_security_package_info(const char *name,
					struct credssp_package_info **info)
{
	struct cssp_vbuf out = {};
	u32 package;
	int ret;

	might_sleep();
	if (!name || !info)
		return SEC_E_INVALID_PARAMETER;
	package = cssp_package_find(name);
	if (package == CSSP_PACKAGES)
		return SEC_E_SECPKG_NOT_FOUND;
	ret = cssp_package_info_one(package, &out);
	return export_give_packages(&out, ret, info);
}
EXPORT_SYMBOL_GPL(credssp_query_security_package_info);
