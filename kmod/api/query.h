/* SPDX-License-Identifier: GPL-2.0-only */
/* QueryContextAttributes, for the kernel API and the ioctl. */
#ifndef CSSP_API_QUERY_H
#define CSSP_API_QUERY_H

#include "../core/context.h"

/**
 * struct cssp_query - a question
 * @attribute: SECPKG_ATTR_*
 * @privileged: whoever asks may have session keys
 * @local_time: times are wanted in local time
 */
struct cssp_query {
	u32 attribute;
	bool privileged;
	bool local_time;
};

/*
 * The attribute's structure as bytes in @out.
 *
 * Return: 0; -EOPNOTSUPP for what is no attribute of this context, or is not
 * for who asks; -EBADF in a state that has it not; -ENOMEM, -EINTR.
 */
int __must_check cssp_query(struct credssp_context *ctx,
				 const struct cssp_query *query,
				 struct cssp_vbuf *out);

/* packages.c: all struct credssp_package_info, or one, with their strings. */
int __must_check cssp_package_info_all(struct cssp_vbuf *out, u32 *count);
int __must_check cssp_package_info_one(u32 package, struct cssp_vbuf *out);
/* Put the strings of @package at the end of @out and fill in @info for them. */
int __must_check cssp_package_info_fill(u32 package, struct cssp_vbuf *out,
					struct credssp_package_info *info);
/* Append @rd and a NUL that does not count, and tell where they are. */
int __must_check cssp_query_put_string(struct cssp_vbuf *out, const struct cssp_rd *rd,
				      u32 *offset, u32 *length);

#endif
