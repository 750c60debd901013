/* SPDX-License-Identifier: GPL-2.0-only */
/* The daemon, as the test of the ticket office plays it. */
#ifndef CREDSSPD_TEST_OFFICE_CLIENT_H
#define CREDSSPD_TEST_OFFICE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/credssp.h>
#include "office/office.h"
#include "test_office_worker.h"

/* Longer than any test takes, what is waited for to the end, and what to see nothing in */
#define LONG_MS		60000
#define SHORT_MS	100
#define QUIET_MS	200

/* The relay's file */
#define TEST_KDCS	"/tmp/credssp-office-test-kdcs"

/* The office's set-up: workers and a relay of test_office_worker.c */
extern const struct office_setup test_setup;
/* The office, between start() and stop() */
extern struct office *office;
/* The last reply, its header and its payload */
extern uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];
extern const struct credssp_hlp_header *const head;
extern const struct credssp_hlp_krb5_reply *const body;

/**
 * struct init - a KRB5_INIT
 * @conversation: also the tag of its worker, and after 1000 its id
 * @owner, @uid: of the header; no @uid: USER
 * @time_limit: in milliseconds; 0: enough
 * @script: what the worker does; see test_office_worker.c
 * @tickets: name of a cache in the requester's own namespaces; NULL: by password
 * @session: its session_keyring
 * @password, @password_length: bytes that come along
 */
struct init {
	uint64_t conversation;
	uint32_t owner;
	uint32_t uid;
	uint32_t time_limit;
	const char *script;
	const char *tickets;
	int32_t session;
	const void *password;
	size_t password_length;
};

bool is_root(void);
/* Wait until @condition holds; false: for too long. */
bool wait_for(bool (*condition)(uintptr_t arg), uintptr_t arg);
/* Conditions: the process has ended; so many workers have started, reloads have come */
bool has_ended(uintptr_t pid);
bool have_started(uintptr_t count);
bool relay_was_reloaded(uintptr_t count);

/* Once, before all */
void prepare(void);
/* Start an office with its relay. End it, with its processes. */
void start(void);
void stop(void);

/* Bytes of the groups, between the header and the payload */
#define GROUPS_SIZE	(sizeof(struct credssp_hlp_groups) + USER_GROUPS * sizeof(uint32_t))

/* Make a KRB5_INIT; the length of @packet. */
size_t make_init(uint8_t *packet, const struct init *in);
/* Send it; what office_request() returns. */
int ask(const struct init *in);
/* The same, until the office has read enough to have room for it */
void ask_for_sure(const struct init *in);
void begin(uint64_t conversation, uint32_t owner, const char *script);
/* Send a request with @text; -ENOENT: it is not for the office. */
int send_other(uint16_t opcode, uint64_t conversation, const char *text);
void step(uint64_t conversation);
void end(uint64_t conversation);

/* Take a reply within @ms; false: there is none. */
bool receive(int ms);
/* Take the reply of this conversation to KRB5_INIT or KRB5_STEP; its error */
int init_outcome(uint64_t conversation);
int step_outcome(uint64_t conversation);

#endif
