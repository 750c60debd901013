// SPDX-License-Identifier: GPL-2.0-only
/* A whole exchange on a socket, in one call. */
#include "../base/filetime.h"
#include "../base/status.h"
#include "asc.h"
#include "authenticate.h"

/*
 * A kTLS stream formats messages, and no token is handed out that could be allocated. The
 * bits of ASC_REQ_* are the same.
 */
#define AUTHENTICATE_REFUSED	(ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION)

static int authenticate_check(const struct cssp_authenticate *auth)
{
	if (auth->flags & ~(auth->accept ? CSSP_ASC_FLAGS : CREDSSP_AUTH_EARLY_AUTH))
		return CSSP_E_PARAMETER;
	if (auth->cred->acceptor != auth->accept)
		return CSSP_E_NO_CREDS;
	return auth->context_req & AUTHENTICATE_REFUSED ? CSSP_E_UNSUPPORTED : 0;
}

int cssp_authenticate_finish(struct cssp_authenticate *auth, struct credssp_context *ctx)
{
	const struct cssp_asc asc = { .flags = auth->flags };
	struct cssp_isc_call call = {
		.asc = auth->accept ? &asc : NULL,
		.context = ctx,
		.data_rep = SECURITY_NATIVE_DREP,
		.isc = {
			.target = auth->target,
			.context_req = auth->context_req,
		},
	};
	int ret;

	ret = cssp_isc_call(&call);
	auth->attr = call.isc.attr;
	auth->expiry = call.isc.expiry;
	/* The socket is a stream or dead by now; a missing report changes neither. */
	if (cssp_context_report(ctx, &auth->report) || cssp_context_cert(ctx, &auth->cert) ||
	    cssp_context_user(ctx, &auth->user) || cssp_context_trace(ctx, &auth->trace))
		cssp_vbuf_clear(&auth->cert);
	return ret;
}

int cssp_authenticate_begin(struct cssp_authenticate *auth, struct credssp_context **ctx)
{
	int ret;

	auth->report.reason = CREDSSP_REASON_PARAMETER;
	auth->expiry = CSSP_FILETIME_NEVER;
	ret = authenticate_check(auth);
	if (ret)
		return ret;
	ret = cssp_context_attach(ctx, auth->cred, auth->who, auth->sock);
	if (!ret) {
		cssp_context_set_options(*ctx, auth->timeout_ms,
					 !auth->accept && auth->flags & CREDSSP_AUTH_EARLY_AUTH);
		return 0;
	}
	/* The socket and the package are the only arguments that are refused. */
	auth->report.reason = ret == CSSP_E_PARAMETER || ret == CSSP_E_UNSUPPORTED ?
			      CREDSSP_REASON_SOCKET : cssp_reason(CSSP_LAYER_EXCHANGE, ret);
	return ret;
}

void cssp_authenticate_free(struct cssp_authenticate *auth)
{
	cssp_vbuf_free(&auth->cert);
	cssp_vbuf_free(&auth->user);
	cssp_vbuf_free(&auth->trace);
}

int cssp_authenticate(struct cssp_authenticate *auth)
{
	struct credssp_context *ctx;
	int ret;

	ret = cssp_authenticate_begin(auth, &ctx);
	if (ret)
		return ret;
	ret = cssp_authenticate_finish(auth, ctx);
	cssp_context_put(ctx);
	return ret;
}
