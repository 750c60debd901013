/* SPDX-License-Identifier: GPL-2.0-only */
/* The tests' side of the module: requests to an engine, and records. */
#ifndef CREDSSPD_TEST_CLIENT_H
#define CREDSSPD_TEST_CLIENT_H

#include "engine/engine.h"

/**
 * struct test_reply - a parsed reply of the engine
 * @error: of the header
 * @tls: the fixed part
 * @wire: bytes to be sent
 * @chain: the chain
 * @session: the resumption blob
 * @ticket: the fixed part of the reply to TLS_TICKET, which has @session alone
 * @issuers: of client certificates
 */
struct test_reply {
	uint16_t error;
	struct credssp_hlp_tls_reply tls;
	const uint8_t *wire;
	const uint8_t *chain;
	const uint8_t *session;
	struct credssp_hlp_tls_ticket ticket;
	const uint8_t *issuers;
};

/* Set the user of the requests that follow; at first root. */
void test_as(uint32_t uid);
/* Likewise; the requests count for @owner. */
void test_as_of(uint32_t uid, uint32_t owner);
/*
 * Send the requests that follow to a daemon through @device, instead of to an engine, until
 * this is called with -1. The daemon must reply within TEST_ANSWER_MS.
 */
void test_through(int device);
#define TEST_ANSWER_MS	60000
/*
 * Send a request with @payload, wait for the reply and check its
 * form. Ends the test if that is wrong.
 */
void test_call(struct engine *e, uint16_t opcode, uint64_t conversation,
	       const void *payload, size_t length, struct test_reply *r);
/* Replies of conversations with different low bits can be held back at the same time. */
#define TEST_HELD_MAX	256

/* The same, but false and no reply if the reply is held back. */
bool test_ask(struct engine *e, uint16_t opcode, uint64_t conversation,
	      const void *payload, size_t length, struct test_reply *r);
/* Take a held-back reply that is ready. Return its conversation, or 0 if there is none. */
uint64_t test_resume(struct engine *e, struct test_reply *r);
/* The keeper that test_call() and test_wait() wait for. */
void test_keeper(struct keeper *k);
/* Wait for a message of the keeper, or for a while, and receive it. */
void test_wait(void);
/*
 * Set name and flag of the client certificate in the next
 * TLS_STARTs; at first none, and no questions.
 */
void test_cert(const char *name, bool may_ask);
/* TLS_CERT with @name. */
void test_answer(struct engine *e, uint64_t conversation, const char *name,
		 struct test_reply *r);
/* Set whether the next TLS_STARTs are to terminal servers; at first they are not. */
void test_remote_desktop(bool is_one);
/* TLS_START for @host, of a session that will not be resumed. */
void test_start(struct engine *e, uint64_t conversation, const char *host,
		struct test_reply *r);
/* TLS_START of a session that will be resumed; it may resume @session. */
void test_start_session(struct engine *e, uint64_t conversation, const char *host,
			const void *session, size_t length, struct test_reply *r);
/* END, which has no reply. */
void test_end(struct engine *e, uint64_t conversation);
/*
 * The key log KEYLOG of the environment, where SECURITYFS is the directory of securityfs, or NULL
 * if there is none.
 */
struct keylog *test_keylog(void);
/* Print and exit with a failure. */
__attribute__((noreturn, format(printf, 1, 2)))
void test_fail(const char *format, ...);

/* One direction of a session, for sealing or opening records by hand. */
struct test_keys {
	struct credssp_hlp_tls_keys keys;
	uint16_t version;
	uint16_t cipher;
};

/* The largest record and what sealing adds to it. */
#define TEST_RECORD_MAX	(16384 + 2048)

/* Seal @length bytes of type 23 into @record. Return its length. */
size_t test_seal(struct test_keys *k, const void *plain, size_t length, uint8_t *record);
/*
 * Open a whole record in place. Return the length of the
 * plaintext at @plain; @type gets its type.
 */
size_t test_open(struct test_keys *k, uint8_t *record, size_t length,
		 uint8_t **plain, uint8_t *type);

#endif
