// SPDX-License-Identifier: GPL-2.0-only
/* The engine as a server that waits for the key keeper, or loses it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/sockios.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_accept.h"

#define UID	1000

static const char *directory;
static struct tls_context *context;

static struct tls_options options = {
	.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
};

/* The process that is the child of @pid, 0 if there is none */
static pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "r");
	ENSURE(f && fscanf(f, "%d", &child) != 0);
	fclose(f);
	return child;
}

/* Stop a process, and wait until it has stopped. */
static void stop_process(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	ENSURE(!kill(pid, SIGSTOP));
	while (state != 'T') {
		f = fopen(path, "r");
		ENSURE(f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1);
		fclose(f);
	}
}

/* Without the key keeper the handshakes that wait for it fail, and so do further ones. */
static void test_lost_keeper(bool signing)
{
	struct tls_options o = options;
	static struct test_peer p;
	struct tls_context *c;
	struct test_reply r;
	struct engine *e;
	pid_t keeper;
	int ret;

	/* The last keeper ends by itself. */
	while (child_of(getpid()))
		usleep(1000);
	o.keys = keeper_start(directory);
	ENSURE(o.keys);
	keeper = child_of(getpid());
	c = tls_context_new(&o);
	e = c ? engine_new(c) : NULL;
	ENSURE(e);
	test_keeper(o.keys);
	test_peer_new(&p, "NORMAL", "ec.test");
	test_accept(e, 1, signing ? "rsa" : "", &r);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
	test_peer_step(&p, &ret);
	stop_process(keeper);
	ENSURE(!test_ask(e, CREDSSP_HLP_TLS_STEP, 1, p.out, p.out_length, &r));
	ENSURE(!test_resume(e, &r));
	ENSURE(!kill(keeper, SIGKILL));
	while (!keeper_receive(o.keys))
		usleep(1000);
	ENSURE(test_resume(e, &r) == 1);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_FAILED &&
	       r.tls.failure == CREDSSP_HLP_FAIL_SERVER_CERT && !engine_count(e));
	/* An alert, alone or behind a ServerHello */
	test_peer_feed(&p, r.wire, r.tls.wire_length);
	ENSURE(test_peer_step(&p, &ret) && ret == GNUTLS_E_FATAL_ALERT_RECEIVED);
	test_accept(e, 2, "rsa", &r);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_FAILED &&
	       r.tls.failure == CREDSSP_HLP_FAIL_SERVER_CERT && !r.tls.wire_length);
	test_peer_free(&p);
	engine_free(e);
	tls_context_free(c);
	keeper_stop(o.keys);
}

/* Wait until the keeper has read what it was asked. */
static void await_keeper(void)
{
	int unread;

	do
		ENSURE(!ioctl(keeper_fd(options.keys), SIOCOUTQ, &unread));
	while (unread);
}

/* A lost worker ends the handshakes that wait for it. The next one gets another worker. */
static void test_lost_worker(void)
{
	struct engine *e = engine_new(context);
	static struct test_peer p;
	struct test_reply r;
	pid_t worker;
	int ret;

	test_peer_new(&p, "NORMAL", NULL);
	test_accept(e, 1, "rsa", &r);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
	worker = child_of(child_of(getpid()));
	test_peer_step(&p, &ret);
	stop_process(worker);
	ENSURE(!test_ask(e, CREDSSP_HLP_TLS_STEP, 1, p.out, p.out_length, &r));
	await_keeper();
	ENSURE(!kill(worker, SIGKILL));
	while (test_resume(e, &r) != 1)
		test_wait();
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_FAILED &&
	       r.tls.failure == CREDSSP_HLP_FAIL_SERVER_CERT);
	test_peer_free(&p);
	test_peer_new(&p, "NORMAL", NULL);
	test_accept(e, 2, "rsa", &r);
	test_accept_relay(e, 2, &p, &r);
	ENSURE(r.tls.state == CREDSSP_HLP_TLS_DONE);
	test_accept_talk(&p, &r);
	test_peer_free(&p);
	engine_free(e);
}

/* Take replies until all of @count conversations have theirs, which must be CONTINUE. */
static void await_all(struct engine *e, unsigned int count)
{
	struct test_reply r;

	while (count) {
		if (!test_resume(e, &r)) {
			test_wait();
			continue;
		}
		ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
		count--;
	}
}

/* Many clients at once, all of which wait for the certificate, and then for a signature */
static void test_many(void)
{
	enum { COUNT = 200 };
	const struct credssp_hlp_tls_accept head = { .cert_length = 3 };
	uint8_t hello[4096], payload[sizeof(head) + 3];
	struct engine *e = engine_new(context);
	size_t length = test_hello(hello, NULL);
	struct test_reply r;

	memcpy(payload, &head, sizeof(head));
	memcpy(payload + sizeof(head), "rsa", 3);
	for (unsigned int i = 1; i <= COUNT; i++)
		ENSURE(!test_ask(e, CREDSSP_HLP_TLS_ACCEPT, i, payload, sizeof(payload), &r));
	await_all(e, COUNT);
	for (unsigned int i = 1; i <= COUNT; i++)
		ENSURE(!test_ask(e, CREDSSP_HLP_TLS_STEP, i, hello, length, &r));
	await_all(e, COUNT);
	ENSURE(engine_count(e) == COUNT);
	engine_free(e);
}

/* END while the keeper is asked: nothing of the handshake stays. */
static void test_end_while_asking(void)
{
	struct engine *e = engine_new(context);
	static struct test_peer p;
	struct test_reply r;
	int ret;

	for (int signing = 0; signing < 2; signing++) {
		test_peer_new(&p, "NORMAL", "ec.test");
		test_accept(e, 1, signing ? "rsa" : "", &r);
		test_peer_step(&p, &ret);
		ENSURE(!test_ask(e, CREDSSP_HLP_TLS_STEP, 1, p.out, p.out_length, &r));
		test_end(e, 1);
		ENSURE(!engine_count(e) && !test_resume(e, &r));
		test_peer_free(&p);
	}
	engine_free(e);
}

/* Without certificates at all: there is no keeper. */
static void test_no_keeper(void)
{
	struct tls_options o = options;
	struct tls_context *c;
	struct test_reply r;
	struct engine *e;

	o.keys = NULL;
	c = tls_context_new(&o);
	e = c ? engine_new(c) : NULL;
	ENSURE(e);
	test_accept(e, 1, "rsa", &r);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_FAILED &&
	       r.tls.failure == CREDSSP_HLP_FAIL_SERVER_CERT);
	engine_free(e);
	tls_context_free(c);
}

int main(void)
{
	static const struct test_file files[] = {
		{ "default", GNUTLS_PK_ECDSA, "ec.test", NULL, NULL, 0, 30 },
		{ "rsa", GNUTLS_PK_RSA, "rsa.test", NULL, NULL, 0, 30 },
	};

	log_setup(getenv("VERBOSE"));
	directory = test_directory();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		test_file_make(directory, UID, &files[i]);
	options.keys = keeper_start(directory);
	test_keeper(options.keys);
	context = tls_context_new(&options);
	ENSURE(options.keys && context);
	test_as(UID);
	test_lost_worker();
	test_many();
	test_end_while_asking();
	test_no_keeper();
	tls_context_free(context);
	keeper_stop(options.keys);
	test_lost_keeper(false);
	test_lost_keeper(true);
	return 0;
}
