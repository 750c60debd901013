/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CredSSP acceptor without TLS: the keys of its records are fixed. It judges each
 * message; one that is not right ends the program.
 */
#ifndef BENCH_TS_ACCEPTOR_H
#define BENCH_TS_ACCEPTOR_H

#include "../peers/bind_hash.h"
#include "../peers/ntlm.h"
#include "record.h"

/**
 * struct ts_acceptor - one exchange after the other
 * @key: the subjectPublicKey of the certificate that the client was given
 * @in, @out: records
 * @ntlm: state of the exchange
 * @nonce: the client's
 * @answer: record for the client
 */
struct ts_acceptor {
	struct span key;
	struct record_side in;
	struct record_side out;
	struct ntlm_server ntlm;
	uint8_t nonce[BIND_NONCE_SIZE];
	struct bytes answer;
};

/* NEGOTIATE; begins an exchange. Returns the record to be sent, valid until the next call. */
struct span ts_acceptor_challenge(struct ts_acceptor *a, struct span record);
/* AUTHENTICATE and pubKeyAuth; likewise. */
struct span ts_acceptor_bind(struct ts_acceptor *a, struct span record);
/* authInfo: the credentials must be those of the account. */
void ts_acceptor_finish(struct ts_acceptor *a, struct span record);

#endif
