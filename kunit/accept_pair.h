/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's context and an acceptor's, and a thread that plays credsspd for both: scripted
 * TLS handshakes with fixed keys, and one account. Everything is freed with the test case.
 */
#ifndef KUNIT_ACCEPT_PAIR_H
#define KUNIT_ACCEPT_PAIR_H

#include "api/asc.h"
#include "api/authenticate.h"
#include "ntlm_acceptor_pair.h"
#include "tls_util.h"
#include "upcall/helper.h"

#define ACCEPT_CLIENT_REQ	(ISC_REQ_DELEGATE | ISC_REQ_EXTENDED_ERROR)
#define ACCEPT_SERVER_REQ	ASC_REQ_EXTENDED_ERROR

/**
 * struct accept_side - one side
 * @cred: credential
 * @ctx: context, NULL before it is made
 * @ret: result of the last call
 * @req: ISC_REQ_* or ASC_REQ_*
 * @flags: acceptor: CREDSSP_ACCEPT_*
 * @room: bytes for the token; 0: allocated
 * @bindings: contents of a CHANNEL_BINDINGS buffer of the first call; empty for none
 * @answer, @missing, @extra, @needed, @attr, @reason: of the last call
 * @out: its token
 */
struct accept_side {
	struct credssp_cred *cred;
	struct credssp_context *ctx;
	int ret;
	u32 req;
	u32 flags;
	u32 room;
	struct cssp_rd bindings;
	bool answer;
	size_t missing;
	size_t extra;
	size_t needed;
	u32 attr;
	u32 reason;
	struct cssp_vbuf *out;
};

/**
 * struct accept_pair - both sides
 * @test: for expectations
 * @helper: referenced
 * @killed: it is dead
 * @mute: opcode that the helper does not answer, 0 for none
 * @seen: requests with that opcode
 * @logon: the helper's account
 * @client, @server: the sides
 * @peer: where the client is, as the acceptor's caller says
 */
struct accept_pair {
	struct kunit *test;
	struct cssp_helper *helper;
	bool killed;
	u16 mute;
	atomic_t seen;
	struct ntlm_acc_helper logon;
	struct accept_side client;
	struct accept_side server;
	struct credssp_address peer;
};

/* A pair before the first call; @package: CREDSSP_PACKAGE_*, @password: the client's. */
struct accept_pair *accept_pair_new(struct kunit *test, u32 package, const char *password);
/* A credential of this side. @p: of struct cssp_cred_params, without @who and @id. */
int accept_pair_acquire(struct cssp_cred_params *p, const char *user, const char *domain,
			const char *password, struct credssp_cred **cred);
void accept_pair_kill_helper(struct accept_pair *p);
/* Wait until the helper has got a request that it does not answer. */
void accept_pair_await_mute(struct accept_pair *p);

/* One call, with the token @in; NULL: a client's first call. */
void accept_client_leg(struct accept_pair *p, const struct cssp_rd *in);
void accept_server_leg(struct accept_pair *p, const struct cssp_rd *in);
/* Legs by turns until a side is done or has nothing to say; the results are in both sides. */
void accept_run(struct accept_pair *p);
/* The same, until the acceptor has taken @legs tokens. */
void accept_run_legs(struct accept_pair *p, int legs);
/* Both are established. */
void accept_establish(struct accept_pair *p);
/* The client's first record and no more, without which the acceptor does not ask the helper. */
void accept_say_hello(struct accept_pair *p, struct cssp_loopback *lo);
/* The client's half of an exchange on a connection, of which it has the end @raw. */
struct accept_thread;
struct accept_thread *accept_client_begin(struct accept_pair *p, struct cssp_loopback *lo);
void accept_client_end(struct accept_thread *t);
/* The whole exchange on a connection, of which the client has the end @raw. */
void accept_run_sockets(struct accept_pair *p, struct cssp_loopback *lo, u32 timeout_ms);

/* Report and verdict of the acceptor. */
struct credssp_report accept_report(struct accept_pair *p);
struct cssp_verdict *accept_verdict(struct accept_pair *p);

#endif
