/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate with a test that plays the daemon, and processes in the place of the bookkeeper and of
 * the workers for winbind that do what the name of the user says.
 */
#ifndef CREDSSPD_TEST_GATE_H
#define CREDSSPD_TEST_GATE_H

#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "logons/gate.h"
#include "logons/logons.h"
#include "test_logon.h"

#define TEST_LONG_MS	10000
#define TEST_QUIET_MS	150

/**
 * struct test_shared - what the processes tell the test
 * @books, @workers: how many were started
 * @books_pid, @worker_pid: the last one
 * @asked: questions to the bookkeeper, @worker_asked: to workers
 * @open: a process that has to wait for it waits
 */
struct test_shared {
	unsigned int books;
	unsigned int workers;
	pid_t books_pid;
	pid_t worker_pid;
	unsigned int asked;
	unsigned int worker_asked;
	sem_t open;
};

extern struct test_shared *test_shared;
/* The gate's setup: a test may change it before test_gate_start(). */
extern struct gate_setup test_setup;

/*
 * The bookkeeper of a script. The first letter of the user's name is what it does: r right, w
 * wrong, e elsewhere, h hang, x exit, m malformed answer, l answer to another question, t two
 * answers, o other trouble, s right after waiting for @open
 */
int test_gate_books(int fd, const struct bookkeeper_setup *setup);
/* Likewise a worker, by the second letter; g answers "elsewhere" once more */
int test_gate_winbind(int fd);

/* Rules without delay and limits, unless the test changes them */
void test_gate_reset(void);
void test_gate_start(void);
/* With the bookkeeper of the script */
void test_gate_start_script(void);
/* With the real one and test_accounts */
void test_gate_start_with_accounts(void);
/* alice, with the password Passw0rd!, and carol, who is disabled, with carols */
extern const char *const test_accounts[];
void test_gate_stop(void);
/* Start with these accounts: user, password, and "off" or "" in turns, up to NULL. */
void test_gate_accounts(const char *const *accounts);
const char *test_gate_file(void);

/* Send a request with this payload or logon; 0 or the error of logons_request(). */
int test_gate_send(uint64_t conversation, const uint8_t *payload, size_t length);
int test_gate_ask(uint64_t conversation, const struct test_logon *t);
void test_gate_end(uint64_t conversation);

/**
 * struct test_answer - a reply
 * @conversation: 0: none has come
 * @error: of its header
 * @body: without @error
 * @name: terminated
 * @after: milliseconds since test_gate_watch()
 */
struct test_answer {
	uint64_t conversation;
	int error;
	struct credssp_hlp_ntlm_reply body;
	char name[LOGON_ACCOUNT_MAX + 1];
	int64_t after;
};

void test_gate_watch(void);
/* Wait for a reply, whose lengths must add up. */
struct test_answer test_gate_take(int ms);
/* The whole of it */
struct test_answer test_gate_logon(const struct test_logon *t);
/* The same with a user and password from an address; true if right */
bool test_gate_try(const char *user, const char *password, const char *address);
/* Was it refused with this? */
bool test_answer_is(const struct test_answer *a, uint32_t failure, uint32_t ntstatus);

/* Was it refused as a wrong password, as locked, as one too many, or for another reason? */
bool test_was_denied(const struct test_answer *a);
bool test_was_locked(const struct test_answer *a);
bool test_was_busy(const struct test_answer *a);
bool test_had_trouble(const struct test_answer *a);

/* A whole logon to the script */
struct test_answer test_gate_from(const char *user, const char *domain, const char *address);
/* Ask for @count users at an address, whose names are @user and a number. */
void test_gate_ask_many(uint64_t first, unsigned int count, const char *address,
			const char *user);
/* Let so many processes go on that wait. */
void test_gate_open(unsigned int count);

/* Wait until @done says so. */
bool test_gate_await(bool (*done)(long arg), long arg);
bool test_gate_has_ended(long pid);
/* The parent of @pid */
pid_t test_gate_parent(pid_t pid);

#endif
