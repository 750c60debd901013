/* SPDX-License-Identifier: GPL-2.0-only */
/* From a request to the ticket for its service */
#ifndef CREDSSPD_KRB5_TICKETS_H
#define CREDSSPD_KRB5_TICKETS_H

#include <stdbool.h>
#include <krb5.h>
#include "base/bytes.h"
#include "krb5_armor.h"
#include "krb5_pkinit.h"
#include "krb5_request.h"
#include "krb5_trace.h"

/**
 * struct krb5_tickets - the tickets of one request
 * @context: borrowed
 * @rq: borrowed
 * @hook: messages to KDCs; borrowed
 * @armor: FAST for a password; borrowed
 * @asked: the client as the request names it; NULL if it does not
 * @client: whose tickets they are
 * @server: the service
 * @is_realm_open: nothing has told the realm of @server
 * @cache: where they are
 * @is_temporary: @cache has no other user
 * @served: the cache of a server (KCM), of which @cache is a copy; NULL without one
 * @is_initial: an AS exchange is the last thing that was begun
 * @is_saved: the TGT comes from an earlier request
 * @pkinit: the certificate, if the request has one
 */
struct krb5_tickets {
	krb5_context context;
	const struct krb5_request *rq;
	struct krb5_hook *hook;
	struct krb5_armor *armor;
	krb5_principal asked;
	krb5_principal client;
	krb5_principal server;
	bool is_realm_open;
	krb5_ccache cache;
	bool is_temporary;
	krb5_ccache served;
	bool is_initial;
	bool is_saved;
	struct krb5_pkinit pkinit;
};

/*
 * Find the client, and open the cache if the request names one: this is before any message of
 * a KDC, and connects to the server of a cache (KCM). The caller frees @t in any case.
 */
krb5_error_code krb5_tickets_open(struct krb5_tickets *t);

/* Then get the ticket. The caller frees *@creds by krb5_free_creds(), and always @t. */
krb5_error_code krb5_tickets_get(struct krb5_tickets *t, krb5_creds **creds);

/*
 * With a password or certificate: what the next request saves by these tickets. @creds is what
 * was gotten. An empty @out is no failure: they are gotten anew then. The caller frees it.
 */
void krb5_tickets_save(struct krb5_tickets *t, krb5_creds *creds, struct bytes *out);

/* Add lines about the TGT, where there is one, and the service's ticket. */
void krb5_tickets_describe(struct krb5_tickets *t, const krb5_creds *creds,
			   struct krb5_trace *trace);

void krb5_tickets_free(struct krb5_tickets *t);

#endif
