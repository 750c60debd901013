/* SPDX-License-Identifier: GPL-2.0-only */
/* Credentials that a client has delegated, MS-CSSP 2.2.1.2 */
#ifndef CSSP_CREDSSP_DELEGATED_H
#define CSSP_CREDSSP_DELEGATED_H

#include "../mech/mech.h"
#include "../wire/ts_credentials.h"

/**
 * struct cssp_delegated - what the client has delegated; the owner frees it with
 *	cssp_delegated_free(), which wipes it
 * @kind: enum credssp_delegated
 * @key_spec: SMARTCARD
 * @id: PASSWORD: the identity; SMARTCARD: its hints, and the PIN as password
 * @card, @reader, @container, @csp: SMARTCARD, in UTF-16LE
 * @remote_guard: REMOTE_GUARD: TSRemoteGuardCreds in DER
 */
struct cssp_delegated {
	u32 kind;
	u32 key_spec;
	struct cssp_identity id;
	struct cssp_vbuf card;
	struct cssp_vbuf reader;
	struct cssp_vbuf container;
	struct cssp_vbuf csp;
	struct cssp_vbuf remote_guard;
};

void cssp_delegated_free(struct cssp_delegated *d);
/* @to is empty before, and @from afterwards. */
void cssp_delegated_move(struct cssp_delegated *to, struct cssp_delegated *from);

/*
 * Copy decoded credentials. @d is empty before, and freed by the caller in any case; its kind
 * is set after a failure, too. 0 or -ENOMEM.
 */
int __must_check cssp_delegated_take(struct cssp_delegated *d,
				     const struct cssp_ts_credentials *creds);

#endif
