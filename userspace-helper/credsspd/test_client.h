/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's part, played by the tests: requests to an engine, and records. */
#ifndef CREDSSPD_TEST_CLIENT_H
#define CREDSSPD_TEST_CLIENT_H

#include "engine.h"

/**
 * struct test_reply - a reply of the engine, taken apart
 * @error: of the header
 * @tls: the fixed part
 * @wire: to be sent
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

/* Whose requests those that follow are; at first root's. */
void test_as(uint32_t uid);
/* Likewise, and they count for @owner. */
void test_as_of(uint32_t uid, uint32_t owner);
/*
 * Send a request with @payload, wait for the reply and check its form. Exits when it is
 * wrong.
 */
void test_call(struct engine *e, uint16_t opcode, uint64_t conversation,
	       const void *payload, size_t length, struct test_reply *r);
/* Conversations with different low bits can be held back at the same time. */
#define TEST_HELD_MAX	8

/* The same, but false and no reply when that is held back. */
bool test_ask(struct engine *e, uint16_t opcode, uint64_t conversation,
	      const void *payload, size_t length, struct test_reply *r);
/* A reply that was held back and is ready: its conversation, 0: there is none. */
uint64_t test_resume(struct engine *e, struct test_reply *r);
/* The keeper that test_call() and test_wait() wait for. */
void test_keeper(struct keeper *k);
/* Wait until it says something, or for a while, and take that. */
void test_wait(void);
/* What the next TLS_STARTs say of client certificates; at first none, and no questions. */
void test_cert(const char *name, bool may_ask);
/* TLS_CERT with @name. */
void test_answer(struct engine *e, uint64_t conversation, const char *name,
		 struct test_reply *r);
/* Whether the next TLS_STARTs are to terminal servers; at first they are not. */
void test_remote_desktop(bool is_one);
/* TLS_START for @host, of a session that will not be resumed. */
void test_start(struct engine *e, uint64_t conversation, const char *host,
		struct test_reply *r);
/* ... of one that will be, and may resume @session. */
void test_start_session(struct engine *e, uint64_t conversation, const char *host,
			const void *session, size_t length, struct test_reply *r);
/* END, which has no reply. */
void test_end(struct engine *e, uint64_t conversation);
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

/* Seal @length bytes of type 23 into @record; its length. */
size_t test_seal(struct test_keys *k, const void *plain, size_t length, uint8_t *record);
/* Open a whole record in place: length of the plaintext at @plain, its type. */
size_t test_open(struct test_keys *k, uint8_t *record, size_t length,
		 uint8_t **plain, uint8_t *type);

#endif
