// SPDX-License-Identifier: GPL-2.0-only
#include "../base/filetime.h"
#include "../base/status.h"
#include "authenticate.h"
#include "isc.h"

/* A stream socket formats messages, and there is no token to allocate. */
#define AUTH_REFUSED	(ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION)

static s32 authenticate(struct cssp_authenticate *auth, struct credssp_context *ctx)
{
	struct cssp_isc_call call = {
		.context = ctx,
		.data_rep = SECURITY_NATIVE_DREP,
		.isc = {
			.target = auth->target,
			.context_req = auth->context_req,
		},
	};
	s32 status;

	cssp_context_set_options(ctx, auth->timeout_ms,
				 auth->flags & CREDSSP_AUTH_EARLY_AUTH);
	status = cssp_isc_call(&call);
	auth->attr = call.isc.attr;
	auth->expiry = call.isc.expiry;
	/* the stream is there or dead; a report that cannot be made changes neither */
	if (cssp_context_report(ctx, &auth->report) || cssp_context_cert(ctx, &auth->cert))
		cssp_vbuf_clear(&auth->cert);
	return status;
}

s32 cssp_authenticate(struct cssp_authenticate *auth)
{
	struct credssp_context *ctx;
	s32 status;
	int ret = 0;

	auth->report.reason = CREDSSP_REASON_PARAMETER;
	auth->expiry = CSSP_FILETIME_NEVER;
	if (auth->flags & ~CREDSSP_AUTH_EARLY_AUTH)
		ret = CSSP_E_PARAMETER;
	else if (auth->context_req & AUTH_REFUSED)
		ret = CSSP_E_UNSUPPORTED;
	if (ret)
		return cssp_status(ret);
	ret = cssp_context_attach(&ctx, auth->cred, auth->who, auth->sock);
	if (ret) {
		auth->report.reason = ret == -ENOMEM ? CREDSSP_REASON_NO_MEMORY :
				      ret == -EDQUOT ? CREDSSP_REASON_LIMIT :
						       CREDSSP_REASON_SOCKET;
		return cssp_status(ret);
	}
	status = authenticate(auth, ctx);
	cssp_context_put(ctx);
	return status;
}
