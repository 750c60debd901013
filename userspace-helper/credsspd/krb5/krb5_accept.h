/* SPDX-License-Identifier: GPL-2.0-only */
/* The acceptor's exchange with an initiator: AP-REQ and AP-REP (RFC 4120 3.2, RFC 4121 4.1) */
#ifndef CREDSSPD_KRB5_ACCEPT_H
#define CREDSSPD_KRB5_ACCEPT_H

#include <krb5.h>
#include "base/bytes.h"
#include "krb5_accept_request.h"

/*
 * Lines of libdefaults for the context of an acceptor: the time for which an AP-REQ is good,
 * RFC 4120 7.5.9, and the replay cache, which libkrb5 has in the file krb5_UID.rcache2 of the
 * directory that KRB5RCACHEDIR names.
 */
#define KRB5_ACCEPT_DECIDED	"clockskew = 300\ndefault_rcache_name = dfl:\n"

/**
 * struct krb5_acceptance - one AP-REQ
 * @context: by krb5_library_open_with() with KRB5_ACCEPT_DECIDED
 * @conf: krb5.conf of @context
 * @rq: the request
 * @name: the acceptor's principal, for KRB-ERRORs; NULL: none is known
 * @auth: of the exchange; NULL before it
 * @bindings_differ: the cause of a failure
 */
struct krb5_acceptance {
	krb5_context context;
	const char *conf;
	const struct krb5_accept_request *rq;
	krb5_principal name;
	krb5_auth_context auth;
	int bindings_differ;
};

/**
 * krb5_accept_answer() - read the AP-REQ, and make the reply
 * @a: @context, @conf and @rq are set, the rest is zero; freed by krb5_accept_free() in any
 *	case
 * @reply: out: DONE, or FAILED; the caller wipes it
 * @out: gets what follows the reply
 *
 * Return: an error of libkrb5, for the log; 0 with DONE.
 */
krb5_error_code krb5_accept_answer(struct krb5_acceptance *a,
				   struct credssp_hlp_krb5_reply *reply, struct bytes *out);

void krb5_accept_free(struct krb5_acceptance *a);

#endif
