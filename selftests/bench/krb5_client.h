/* SPDX-License-Identifier: GPL-2.0-only */
/* MIT's own initiator, with which the module's is compared. These end the program on failure. */
#ifndef BENCH_KRB5_CLIENT_H
#define BENCH_KRB5_CLIENT_H

#include "../peers/krb5_gss.h"
#include "count.h"

/**
 * struct krb5_client - a client of MIT's GSSAPI
 * @target: the service
 * @cred: of the exchange; acquired again for each
 * @ctx: GSSAPI's
 * @token: what the last step made
 * @count: instructions of the exchanges
 */
struct krb5_client {
	gss_name_t target;
	gss_cred_id_t cred;
	gss_ctx_id_t ctx;
	struct bytes token;
	struct count count;
};

/* @spn: SERVICE/HOST */
void krb5_client_open(struct krb5_client *c, const char *spn);
/* The credential: tickets of a cache, or @ccache is NULL and the password counts. */
void krb5_client_acquire(struct krb5_client *c, const char *ccache, const char *user,
			 const char *password);
/* One call; true when the exchange is over. */
bool krb5_client_step(struct krb5_client *c, struct span in);
void krb5_client_end(struct krb5_client *c);

#endif
