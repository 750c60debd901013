/* SPDX-License-Identifier: GPL-2.0-only */
/* What every exported function does around its work on a context. */
#ifndef CSSP_API_EXPORT_CALL_H
#define CSSP_API_EXPORT_CALL_H

#include "../base/quota_scope.h"
#include "../core/context.h"

/*
 * The call keeps @context alive, since another thread may delete it meanwhile, and
 * charges what it allocates to the user of @context.
 */
static inline void cssp_export_enter(struct credssp_context *context,
				     struct cssp_quota_scope *scope)
{
	cssp_context_get(context);
	cssp_quota_scope_enter(scope, cssp_context_requester(context)->cred);
}

static inline void cssp_export_leave(struct credssp_context *context,
				     struct cssp_quota_scope *scope)
{
	cssp_quota_scope_leave(scope);
	cssp_context_put(context);
}

#endif
