// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: what may be asked of contexts and packages. */
#include <linux/credssp.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "../base/quota_scope.h"
#include "../base/status.h"
#include "../cred/package.h"
#include "query.h"

s32 credssp_query_context_attributes(struct credssp_context *context,
				     u32 attribute, void *buffer, u32 *length)
{
	const struct cssp_query query = {
		.attribute = attribute,
		.privileged = true,
		.local_time = true,
	};
	struct cssp_vbuf out = {};
	struct cssp_quota_scope scope;
	u32 room;
	int ret;

	might_sleep();
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!length || (*length && !buffer))
		return SEC_E_INVALID_PARAMETER;
	room = *length;
	cssp_context_get(context);
	cssp_quota_scope_enter(&scope, context->who.cred);
	ret = cssp_query(context, &query, &out);
	cssp_quota_scope_leave(&scope);
	cssp_context_put(context);
	if (!ret) {
		*length = out.len;
		if (out.len > room)
			ret = -ENOSPC;
		else
			memcpy(buffer, out.data, out.len);
	}
	cssp_vbuf_free(&out);
	return cssp_status(ret);
}
EXPORT_SYMBOL_GPL(credssp_query_context_attributes);

/* What was made becomes the caller's, to be freed as a context buffer. */
static s32 give(struct cssp_vbuf *made, int ret, struct credssp_package_info **info)
{
	if (ret)
		cssp_vbuf_free(made);
	else
		*info = (struct credssp_package_info *)made->data;
	return cssp_status(ret);
}

s32 credssp_enumerate_security_packages(u32 *count, struct credssp_package_info **info)
{
	struct cssp_vbuf out = {};

	might_sleep();
	if (!count || !info)
		return SEC_E_INVALID_PARAMETER;
	return give(&out, cssp_package_info_all(&out, count), info);
}
EXPORT_SYMBOL_GPL(credssp_enumerate_security_packages);

s32 credssp_query_security_package_info(const char *name,
					struct credssp_package_info **info)
{
	struct cssp_vbuf out = {};
	u32 package;

	might_sleep();
	if (!name || !info)
		return SEC_E_INVALID_PARAMETER;
	package = cssp_package_find(name);
	if (package == CSSP_PACKAGES)
		return SEC_E_SECPKG_NOT_FOUND;
	return give(&out, cssp_package_info_one(package, &out), info);
}
EXPORT_SYMBOL_GPL(credssp_query_security_package_info);
