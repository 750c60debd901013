/* SPDX-License-Identifier: GPL-2.0-only */
/* Certificates of servers, and a TLS client in memory that talks to an engine. */
#ifndef CREDSSPD_TEST_ACCEPT_H
#define CREDSSPD_TEST_ACCEPT_H

#include <gnutls/gnutls.h>
#include "test_client.h"

/**
 * struct test_file - a certificate with its key, of the user UID in the directory
 * @name: of the file
 * @pk: of its key
 * @names: its alternative names, separated by blanks
 * @cn: its common name, or NULL
 * @purpose: its extended key usage, or NULL
 * @from, @days: the time from which it is valid, in days from now, and the days after that
 */
struct test_file {
	const char *name;
	gnutls_pk_algorithm_t pk;
	const char *names;
	const char *cn;
	const char *purpose;
	int from, days;
};

/* A directory for certificates, which is removed when the program ends */
const char *test_directory(void);
/* Make @directory/UID/NAME.pem. Its DER is found by test_file_is(). */
void test_file_make(const char *directory, uint32_t uid, const struct test_file *f);
/* Is the first certificate of @r's chain the last one made with this name? */
bool test_file_is(const struct test_reply *r, const char *name);

/**
 * struct test_peer - a client
 * @in: bytes that it has got, from @in_at on
 * @out: bytes that it sends
 * @done: its handshake is over
 */
struct test_peer {
	gnutls_session_t session;
	uint8_t in[65536];
	size_t in_at, in_length;
	uint8_t out[65536];
	size_t out_length;
	bool done;
};

/* @host: for SNI, or NULL */
void test_peer_new(struct test_peer *p, const char *priorities, const char *host);
void test_peer_free(struct test_peer *p);
/* Go on with its handshake. True when it is over, and then 0 or its error in @ret. */
bool test_peer_step(struct test_peer *p, int *ret);
/* Give it bytes. */
void test_peer_feed(struct test_peer *p, const void *data, size_t length);

/* Write a ClientHello in one record, of at most 4096 bytes. Return its length. */
size_t test_hello(uint8_t *to, const char *host);

/* TLS_ACCEPT with the certificate @name. */
void test_accept(struct engine *e, uint64_t conversation, const char *name,
		 struct test_reply *r);
/*
 * Relay between the conversation and the client, from a reply to TLS_ACCEPT on, up to the first
 * one that is not CONTINUE.
 */
void test_accept_relay(struct engine *e, uint64_t conversation, struct test_peer *p,
		       struct test_reply *r);
/*
 * Pass data in both directions with the keys of @r, and the session tickets before them. Ends
 * the test if they do not arrive.
 */
void test_accept_talk(struct test_peer *p, const struct test_reply *r);

#endif
