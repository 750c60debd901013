// SPDX-License-Identifier: GPL-2.0-only
/* What applications are told about the packages. */
#include "../base/status.h"
#include "../cred/package.h"
#include "package_info.h"

#define PACKAGE_VERSION		1	/* SecPkgInfo.wVersion */

int cssp_package_info_fill(u32 package, struct cssp_vbuf *out,
			   struct credssp_package_info *info)
{
	const struct cssp_package *p = cssp_package(package);
	struct cssp_rd name, comment;
	int ret;

	if (!p)
		return CSSP_E_PARAMETER;
	name = cssp_rd_of(p->name, strlen(p->name));
	comment = cssp_rd_of(p->comment, strlen(p->comment));
	*info = (struct credssp_package_info){
		.capabilities = p->capabilities,
		.version = PACKAGE_VERSION,
		.rpc_id = p->rpc_id,
		.max_token = CREDSSP_MAX_TOKEN,
		.package = package,
	};
	ret = cssp_vbuf_append_string(out, &name, &info->name_offset,
				      &info->name_length);
	if (ret)
		return ret;
	return cssp_vbuf_append_string(out, &comment, &info->comment_offset,
				       &info->comment_length);
}

/* The structures come first, and their strings behind them. */
static int package_info_put(const u32 *list, u32 count, struct cssp_vbuf *out)
{
	struct credssp_package_info info[CSSP_PACKAGES] = {};
	size_t size = count * sizeof(*info);
	int ret;
	u32 i;

	ret = cssp_vbuf_append(out, info, size);
	for (i = 0; !ret && i < count; i++)
		ret = cssp_package_info_fill(list[i], out, &info[i]);
	if (ret)
		return ret;
	memcpy(out->data, info, size);
	return 0;
}

int cssp_package_info_all(struct cssp_vbuf *out, u32 *count)
{
	u32 list[CSSP_PACKAGES], package;

	for (package = 0; package < CSSP_PACKAGES; package++)
		list[package] = package;
	*count = CSSP_PACKAGES;
	return package_info_put(list, CSSP_PACKAGES, out);
}

int cssp_package_info_one(u32 package, struct cssp_vbuf *out)
{
	return package_info_put(&package, 1, out);
}
