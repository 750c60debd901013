// SPDX-License-Identifier: GPL-2.0-only
/* Several threads and processes on one context, and ends in the middle of a call. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define THREADS		8
#define ROUNDS		40
/* The time within which a call must end after it was cancelled */
#define SOON_MS		3000

#define NOT_TOLD	0x5a5a5a5a

struct shared {
	int fd;
	int sock;
	uint64_t cred;
	uint64_t context;
	int32_t status;
	int result;
	pid_t tid;	/* of the thread that blocks */
};

static void start(struct shared *s)
{
	s->fd = device_open();
	device_need_helper(s->fd);
	s->cred = device_cred(s->fd, CREDSSP_MECH_NTLM, PASSWORD);
}

static void first_leg(struct shared *s)
{
	static struct leg leg;

	leg.req = REQ;
	leg.room = sizeof(leg.out);
	s->context = 0;
	REQUIRE_EQ(device_leg(s->fd, s->cred, &s->context, &leg), SEC_I_CONTINUE_NEEDED);
}

static void *hammer(void *arg)
{
	struct shared *s = arg;
	uint8_t record[5 + 32] = { 22, 3, 3, 0, 32 };
	struct leg *leg = calloc(1, sizeof(*leg));
	struct credssp_report report;
	uint64_t context = s->context;
	int i;

	for (i = 0; leg && i < ROUNDS; i++) {
		leg->req = REQ;
		leg->in = record;
		leg->in_len = i % 3 ? 4 : sizeof(record);
		leg->room = sizeof(leg->out);
		device_leg(s->fd, s->cred, &context, leg);
		device_report(s->fd, context, &report);
	}
	free(leg);
	return NULL;
}

static void run_threads(void *(*run)(void *), struct shared *s)
{
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, run, s));
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

TEST_LIMIT(same_context, 60, "many threads on one context harm only that context")
{
	struct shared s;
	int round;

	start(&s);
	for (round = 0; round < 5; round++) {
		first_leg(&s);
		run_threads(hammer, &s);
		CHECK_EQ(device_delete(s.fd, s.context), SEC_E_OK);
	}
	device_expect_counts(s.fd, 0, 1);
}

static void *make_and_delete(void *arg)
{
	struct shared *s = arg;
	struct leg *leg = calloc(1, sizeof(*leg));
	uint64_t context;
	int i;

	for (i = 0; leg && i < ROUNDS; i++) {
		leg->req = REQ;
		leg->room = sizeof(leg->out);
		context = 0;
		if (device_leg(s->fd, s->cred, &context, leg) == SEC_I_CONTINUE_NEEDED)
			device_delete(s->fd, context);
		/* these handles belong to other threads */
		device_delete(s->fd, context + 1);
		device_delete(s->fd, context + 2);
	}
	free(leg);
	return NULL;
}

TEST_LIMIT(same_file, 90, "threads may make and delete contexts of one file at once")
{
	struct shared s;

	start(&s);
	run_threads(make_and_delete, &s);
	device_expect_counts(s.fd, 0, 1);
}

/* This call blocks: the server is silent. */
static void *block_in_init(void *arg)
{
	struct shared *s = arg;
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
		.cred = s->cred, .context = s->context,
	};

	__atomic_store_n(&s->tid, gettid(), __ATOMIC_SEQ_CST);
	s->result = device_call(s->fd, CREDSSP_IOC_INIT, &a);
	s->status = a.status;
	return NULL;
}

static void attach(struct shared *s)
{
	struct credssp_ioc_socket a = { .size = sizeof(a), .cred = s->cred };

	s->sock = sock_silent();
	a.fd = s->sock;
	REQUIRE_EQ(device_call(s->fd, CREDSSP_IOC_ATTACH, &a), 0);
	REQUIRE_EQ(a.status, SEC_E_OK);
	s->context = a.context;
}

static pthread_t block(struct shared *s)
{
	pthread_t thread;

	s->result = 12345;
	s->tid = 0;
	REQUIRE(!pthread_create(&thread, NULL, block_in_init, s));
	device_expect_sleep(&s->tid);
	REQUIRE_EQ(s->result, 12345);
	return thread;
}

/* Expect that the blocked call has failed soon after @before. */
static void expect_ended(struct shared *s, pthread_t thread, long before)
{
	pthread_join(thread, NULL);
	CHECK(tap_now() - before < tap_limit(SOON_MS));
	CHECK_EQ(s->result, 0);
	CHECK(s->status < 0);
}

TEST(cancelled, "CANCEL ends a call under way, and the context is dead")
{
	struct credssp_ioc_handle h = { .size = sizeof(h) };
	struct credssp_report report;
	struct shared s;
	pthread_t thread;
	long before;

	start(&s);
	attach(&s);
	thread = block(&s);
	before = tap_now();
	h.handle = s.context;
	CHECK_EQ(device_call(s.fd, CREDSSP_IOC_CANCEL, &h), 0);
	CHECK_EQ(h.status, SEC_E_OK);
	expect_ended(&s, thread, before);
	CHECK_EQ(device_report(s.fd, s.context, &report), SEC_E_OK);
	CHECK_EQ(report.reason, CREDSSP_REASON_CANCELLED);
	CHECK_EQ(device_delete(s.fd, s.context), SEC_E_OK);
	sock_expect_dead(s.sock);
	device_expect_counts(s.fd, 0, 1);
}

TEST(deleted, "DELETE ends a call under way")
{
	struct shared s;
	pthread_t thread;
	long before;

	start(&s);
	attach(&s);
	thread = block(&s);
	before = tap_now();
	CHECK_EQ(device_delete(s.fd, s.context), SEC_E_OK);
	expect_ended(&s, thread, before);
	device_expect_counts(s.fd, 0, 1);
}

TEST(closed_under_way, "closing the descriptor during a call harms nothing and leaks nothing")
{
	int watch = device_open();
	struct credssp_ioc_handle h = { .size = sizeof(h) };
	struct shared s;
	pthread_t thread;
	int copy;

	start(&s);
	copy = dup(s.fd);
	attach(&s);
	thread = block(&s);
	close(s.fd);
	h.handle = s.context;
	CHECK_EQ(device_call(copy, CREDSSP_IOC_CANCEL, &h), 0);
	pthread_join(thread, NULL);
	close(copy);
	device_expect_counts(watch, 0, 0);
}

TEST(killed, "a caller that is killed while it waits goes at once, and so does its context")
{
	int watch = device_open(), status = 0;
	struct shared s;
	long before;
	pid_t pid;

	pid = fork();
	if (!pid) {
		start(&s);
		device_authenticate(s.fd, sock_silent(), s.cred, 60000, NULL);
		_exit(0);
	}
	REQUIRE(pid > 0);
	device_expect_sleep(&pid);
	before = tap_now();
	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(tap_now() - before < tap_limit(SOON_MS));
	device_expect_counts(watch, 0, 0);
}

TEST(killed_midway, "SIGKILL at many moments of an exchange leaves nothing behind")
{
	int watch = device_open(), status, i;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		pid = fork();
		if (!pid) {
			struct shared s;

			start(&s);
			for (;;) {
				int sock = sock_peer();

				device_authenticate(s.fd, sock, s.cred, 0, NULL);
				close(sock);
			}
		}
		usleep(i * 4000);
		REQUIRE(!kill(pid, SIGKILL));
		REQUIRE(waitpid(pid, &status, 0) == pid);
	}
	device_expect_counts(watch, 0, 0);
}

/* Enough for two binary searches for the end of the last leg */
#define KILLS	24

/**
 * struct last_call - the call that completes an exchange, in memory that a child shares
 * @args: the status is NOT_TOLD until the call has returned
 */
struct last_call {
	struct credssp_ioc_init args;
	struct credssp_sec_buffer in[2];
	struct credssp_sec_buffer out;
	uint8_t record[CREDSSP_MAX_TOKEN];
	uint8_t token[CREDSSP_MAX_TOKEN];
};

/* Run an exchange up to its last call. */
static void before_last_call(struct shared *s, struct last_call *last)
{
	struct credssp_report report;
	static struct leg leg;

	leg = (struct leg){ .req = REQ, .room = sizeof(leg.out), .in = last->record };
	s->context = 0;
	s->sock = sock_peer();
	do {
		REQUIRE_EQ(device_leg(s->fd, s->cred, &s->context, &leg), SEC_I_CONTINUE_NEEDED);
		if (leg.out_len)
			sock_send(s->sock, leg.out, leg.out_len);
		leg.in_len = sock_record(s->sock, last->record, sizeof(last->record));
		REQUIRE_EQ(device_report(s->fd, s->context, &report), SEC_E_OK);
	} while (report.leg < CREDSSP_LEG_PUBKEY);
	last->in[0] = (struct credssp_sec_buffer){
		.type = SECBUFFER_TOKEN, .length = leg.in_len, .addr = (uintptr_t)last->record,
	};
	last->in[1] = (struct credssp_sec_buffer){ .type = SECBUFFER_EMPTY };
	last->out = (struct credssp_sec_buffer){
		.type = SECBUFFER_TOKEN, .length = sizeof(last->token),
		.addr = (uintptr_t)last->token,
	};
	last->args = (struct credssp_ioc_init){
		.size = sizeof(last->args), .status = NOT_TOLD, .context_req = REQ,
		.data_rep = SECURITY_NATIVE_DREP, .context = s->context,
		.input = (uintptr_t)last->in, .input_count = 2,
		.output = (uintptr_t)&last->out, .output_count = 1,
	};
}

static void kill_in_last_call(struct shared *s, struct last_call *last,
			      unsigned int after_us)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		device_call(s->fd, CREDSSP_IOC_INIT, &last->args);
		_exit(0);
	}
	REQUIRE(pid > 0);
	usleep(after_us);
	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
}

TEST_LIMIT(killed_sharer, 90,
	   "a context whose last token was lost with a killed caller cannot be used")
{
	struct last_call *last = mmap(NULL, sizeof(*last), PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint8_t room[64];
	struct credssp_ioc_message m = {
		.size = sizeof(m), .in = (uintptr_t)"x", .in_length = 1,
		.out = (uintptr_t)room, .out_length = sizeof(room),
	};
	unsigned int early = 0, late = tap_slow(4000), after;
	struct credssp_report report;
	int i, met = 0;
	struct shared s;

	REQUIRE(last != MAP_FAILED);
	start(&s);
	for (i = 0; i < KILLS; i++) {
		before_last_call(&s, last);
		after = (early + late) / 2;
		kill_in_last_call(&s, last, after);
		REQUIRE_EQ(device_report(s.fd, s.context, &report), SEC_E_OK);
		m.context = s.context;
		REQUIRE_EQ(device_call(s.fd, CREDSSP_IOC_ENCRYPT, &m), 0);
		if (last->args.status == NOT_TOLD) {
			CHECK(m.status != SEC_E_OK);
			met += report.leg > CREDSSP_LEG_PUBKEY;
		}
		/* binary search for the end of the call, begun again when it has converged */
		if (last->args.status == NOT_TOLD && report.leg <= CREDSSP_LEG_PUBKEY)
			early = after;
		else
			late = after;
		if (late - early < 20) {
			early = 0;
			late = tap_slow(4000) + i * 100;
		}
		CHECK_EQ(device_delete(s.fd, s.context), SEC_E_OK);
		close(s.sock);
		m.out_length = sizeof(room);
	}
	printf("# %d of %d kills met the last leg\n", met, KILLS);
	device_expect_counts(s.fd, 0, 1);
}
