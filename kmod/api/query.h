/* SPDX-License-Identifier: GPL-2.0-only */
/* QueryContextAttributes, for the kernel API and the ioctl. */
#ifndef CSSP_API_QUERY_H
#define CSSP_API_QUERY_H

#include "../core/context.h"

/**
 * struct cssp_query - a query
 * @attribute: SECPKG_ATTR_*
 * @privileged: the caller may have session keys
 * @local_time: times are wanted in local time
 * @room: bytes that the caller has for the structure
 */
struct cssp_query {
	u32 attribute;
	bool privileged;
	bool local_time;
	u32 room;
};

/**
 * cssp_query() - look up an attribute
 * @ctx: context
 * @query: query
 * @out: empty; the attribute's structure is appended
 *
 * Context: may sleep; killable.
 * Return: 0; -EOPNOTSUPP for an attribute that this context does not have or the
 * caller may not have; -EBADF in a state in which it is not available; -ENOMEM; -EINTR.
 */
int __must_check cssp_query(struct credssp_context *ctx, const struct cssp_query *query,
			    struct cssp_vbuf *out);

#endif
