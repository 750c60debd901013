/* SPDX-License-Identifier: GPL-2.0-only */
/* The ticket office: it starts workers and the relay, and passes packets. */
#ifndef CREDSSPD_TEST_OFFICE_H
#define CREDSSPD_TEST_OFFICE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/credssp.h>

/* The pieces of a KRB5_INIT; NULL and 0 where there is nothing. */
struct test_ask {
	uint32_t source;
	uint32_t flags;
	const char *user;
	const char *realm;
	const char *password;
	const char *tickets;
	const char *target;
	const uint8_t *peer_ticket;
	size_t peer_ticket_length;
	const uint8_t *saved;
	size_t saved_length;
	uint32_t time_limit;	/* 0: enough */
	const uint8_t *bindings;
};

/**
 * struct test_exchange - a worker, and what it has said
 * @fd: to the worker
 * @relay: the relay's end of its connection, if the test plays the relay; else -1
 * @pid: of the worker
 * @reply: its last reply
 * @out: what follows the reply: message, client, saved
 */
struct test_exchange {
	int fd;
	int relay;
	pid_t pid;
	struct credssp_hlp_krb5_reply reply;
	uint8_t out[CREDSSP_HLP_MAX_MESSAGE];
};

/* Start the relay. */
void test_office_start(const char *conf);
/* End it; it must exit with success. */
void test_office_end(void);

/* Start a worker. With @play the test plays the relay. */
void test_office_open(struct test_exchange *x, int play);
/*
 * The same for a password in armor: the test plays the relay, and passes the connection to the
 * armorer after the request.
 */
void test_office_open_armored(struct test_exchange *x, int required);
void test_office_send(struct test_exchange *x, const void *packet, size_t length);
void test_office_ask(struct test_exchange *x, const struct test_ask *a);
/* Read a reply. */
void test_office_take(struct test_exchange *x);
/* Close the connection; return the exit status of the worker. */
int test_office_close(struct test_exchange *x);

/* Make the payload of KRB5_INIT at @packet, of CREDSSP_HLP_MAX_MESSAGE bytes. */
size_t test_office_make(uint8_t *packet, const struct test_ask *a);

#endif
