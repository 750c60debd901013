/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CredSSP server machine for tests, with a peer: the client machine, or TSRequests made
 * by hand, which can be wrong. No TLS.
 */
#ifndef KUNIT_SERVER_PAIR_H
#define KUNIT_SERVER_PAIR_H

#include <kunit/test.h>

#include "credssp/client.h"
#include "credssp/server.h"
#include "fake_mech.h"

#define PAIR_KEY_BYTES	270	/* of a 2048-bit RSA key */

/**
 * struct server_pair - both sides
 * @server: the machine under test; @params is what it is made with
 * @client: the client machine, made with @client_params
 * @id: what the client logs on with and delegates
 * @key: SubjectPublicKey of the server
 * @to_server, @to_client: messages under way
 * @sealed: messages that the client has made by hand
 * @nonce: clientNonce of messages that are made by hand
 * @version: version of messages that are made by hand
 */
struct server_pair {
	struct cssp_server_params params;
	struct cssp_server server;
	struct cssp_client_params client_params;
	struct cssp_client client;
	struct cssp_identity id;
	struct cssp_policy_view policy;
	u8 key[PAIR_KEY_BYTES];
	struct cssp_vbuf to_server, to_client;
	u32 sealed;
	u8 nonce[CSSP_NONCE_SIZE];
	u32 version;
};

/* init and exit of a suite: test->priv is a pair of fakes, version 6, minimum 5 */
int server_pair_init(struct kunit *test);
void server_pair_exit(struct kunit *test);

/* Drop what was; make the server, up to its wait for the first TSRequest. */
void server_pair_start(struct kunit *test);
/* Make the client too, with its first TSRequest in @to_server. */
void server_pair_start_client(struct kunit *test);

/* The server takes @rd; its answer is in @to_client. Its result */
int server_pair_serve(struct server_pair *p, const struct cssp_rd *rd);
/* The same for the contents of @to_server */
int server_pair_answer(struct server_pair *p);
/* The client takes @to_client; its next TSRequest is in @to_server. Its result */
int server_pair_client(struct server_pair *p);
/*
 * Until the server is established or a machine has failed. With @late the client's pubKeyAuth
 * goes a TSRequest after the token that it was made with. Result of the server, or of the
 * client that has failed.
 */
int server_pair_converse(struct kunit *test, bool late);

/* Put @req in @to_server. */
void server_pair_put(struct kunit *test, const struct cssp_ts_request *req);
/* Append what goes in the next pubKeyAuth and authInfo of a right client. */
void server_pair_seal(struct kunit *test, const struct cssp_rd *plain, struct cssp_vbuf *out);
void server_pair_proof(struct kunit *test, struct cssp_vbuf *out);
/*
 * By hand, with fakes of FAKE_NTLM: the server's next TSRequest in @to_server, and its way to
 * the server. @leg: 0 is "i1", 1 is "i2" and pubKeyAuth, 2 is authInfo with @creds in hex.
 */
void server_pair_make(struct kunit *test, unsigned int leg, const char *creds);
/* Take legs 0 to @legs - 1, and expect success. */
void server_pair_advance(struct kunit *test, unsigned int legs);

/* What the server has sent after a failure */
struct cssp_ts_request server_pair_sent(struct kunit *test);
/* Expect that it was the result PDU of denial. */
void server_pair_expect_denied(struct kunit *test);
/* Expect that the machine is dead, and has no secret. */
void server_pair_expect_dead(struct kunit *test, u32 reason);

#endif
