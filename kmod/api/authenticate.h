/* SPDX-License-Identifier: GPL-2.0-only */
/* A whole exchange on a socket, for the kernel API and the ioctl. */
#ifndef CSSP_API_AUTHENTICATE_H
#define CSSP_API_AUTHENTICATE_H

#include "../core/context.h"

/**
 * struct cssp_authenticate - all legs on a connected TCP socket
 * @accept: as the acceptor
 * @cred: credential
 * @who: pinned requester
 * @sock: socket; the caller holds a reference
 * @target: target name in UTF-8; not of an acceptor
 * @context_req: ISC_REQ_* or ASC_REQ_*
 * @flags: CREDSSP_AUTH_* or CREDSSP_ACCEPT_*
 * @timeout_ms: bound on the exchange in milliseconds, 0 for the module's default
 * @attr: out: ISC_RET_* or ASC_RET_*
 * @expiry: out: FILETIME in UTC
 * @report: out: what is known of the exchange, after a failure too
 * @cert: out: the peer's certificate, to be freed by the caller
 * @user: out: name of the user in UTF-8, likewise
 * @trace: out: lines about KDCs and tickets in UTF-8, likewise
 */
struct cssp_authenticate {
	bool accept;
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
	struct cssp_vbuf user;
	struct cssp_vbuf trace;
};

/**
 * cssp_authenticate() - carry out the exchange
 * @auth: arguments and results
 *
 * Context: may sleep; killable.
 * Return: 0 when the socket is a kTLS stream; otherwise a negative errno.
 */
int cssp_authenticate(struct cssp_authenticate *auth);

/*
 * The two parts of cssp_authenticate(), for a caller that wants to cancel the second one.
 * The first checks the arguments and makes the context: a failure leaves the socket intact.
 */
int __must_check cssp_authenticate_begin(struct cssp_authenticate *auth,
					 struct credssp_context **ctx);
/* The second carries out the exchange. The caller drops @ctx. */
int cssp_authenticate_finish(struct cssp_authenticate *auth, struct credssp_context *ctx);

/* Free the results. */
void cssp_authenticate_free(struct cssp_authenticate *auth);

#endif
