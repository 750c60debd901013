/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel API and the ioctls share beside api/isc.c. */
#ifndef CSSP_API_AUTHENTICATE_H
#define CSSP_API_AUTHENTICATE_H

#include "../core/context.h"

/**
 * struct cssp_authenticate - all legs on a connected TCP socket
 * @cred: credential
 * @who: pinned requester
 * @sock: socket; the caller holds a reference
 * @target: target name in UTF-8
 * @context_req: ISC_REQ_*
 * @flags: CREDSSP_AUTH_*
 * @timeout_ms: 0 for the module's
 * @attr: out
 * @expiry: out: FILETIME in UTC
 * @report: out
 * @cert: out: the peer's certificate, to be freed by the caller
 */
struct cssp_authenticate {
	struct credssp_cred *cred;
	const struct cssp_requester *who;
	struct socket *sock;
	struct cssp_rd target;
	u32 context_req;
	u32 flags;
	u32 timeout_ms;
	u32 attr;
	s64 expiry;
	struct credssp_report report;
	struct cssp_vbuf cert;
};

s32 cssp_authenticate(struct cssp_authenticate *auth);

#endif
