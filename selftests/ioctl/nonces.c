// SPDX-License-Identifier: GPL-2.0-only
/*
 * nonce_test [FILTER]: no record number is used twice for sealing, whatever
 * interrupts the sealing. A listener on loopback records each sealed
 * record, also those that no caller received. The peer echoes (tspeer
 * --echo) and speaks AES-128-GCM; TLS=1.2 or 1.3.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "lo.h"
#include "side.h"
#include "tap.h"

#define LOOPBACK_IDLE	"/sys/module/credssp/parameters/loopback_idle_ms"
#define WIRE_MAX	(CREDSSP_MAX_MESSAGE + 256)
/* Attempts to find the last record, and the pause between them */
#define TRIES		50
#define PAUSE_US	100000
/* More numbers than an exchange and a test use */
#define MOST_NUMBERS	4000

/*
 * The number of messages so far. All messages differ, so that
 * two records with one number differ.
 */
static unsigned int *said;

static bool is_13(void)
{
	const char *tls = getenv("TLS");

	return tls && !strcmp(tls, "1.3");
}

/* Set the idle time of loopback connections to @ms. Return the previous value. */
static unsigned int set_idle(unsigned int ms)
{
	unsigned int before = 0;
	FILE *f = fopen(LOOPBACK_IDLE, "r+");

	REQUIRE(f);
	REQUIRE_EQ(fscanf(f, "%u", &before), 1);
	rewind(f);
	fprintf(f, "%u\n", ms);
	REQUIRE(!fclose(f));
	return before;
}

static void start(struct side *s)
{
	if (!said)
		said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(said != MAP_FAILED);
	lo_reset();
	side_exchange(s, 0);
}

/* One more message of @n bytes; @wire may be NULL. */
static int32_t say(struct side *s, uint32_t n, uint8_t *wire, size_t *length)
{
	uint8_t plain[CREDSSP_MAX_MESSAGE] = { 0 }, mine[WIRE_MAX];
	unsigned int number = __atomic_add_fetch(said, 1, __ATOMIC_RELAXED);
	size_t unused;

	memcpy(plain, &number, sizeof(number));
	return side_try_encrypt(s, plain, n, wire ? wire : mine, length ? length : &unused);
}

/* After an export the caller's socket has the keys: count the records that they sealed. */
static void numbers_after_export(int sock, struct lo_numbers *n, uint64_t *next)
{
	struct tls12_crypto_info_aes_gcm_128 key = { 0 };
	socklen_t size = sizeof(key);
	int i;

	REQUIRE(!getsockopt(sock, SOL_TLS, TLS_TX, &key, &size));
	REQUIRE_EQ(key.info.cipher_type, TLS_CIPHER_AES_GCM_128);
	for (i = 0, *next = 0; i < 8; i++)
		*next = *next << 8 | key.rec_seq[i];
	REQUIRE(*next < MOST_NUMBERS);
	/* TCP may send the last record a moment later. */
	for (i = 0; i < TRIES; i++) {
		lo_numbers_of_key(&key, *next + 16, n);
		if (n->records && n->last + 1 >= *next)
			return;
		usleep(PAUSE_US);
	}
}

static void expect_each_once(const struct lo_numbers *n)
{
	CHECK_EQ(n->twice, 0);
	CHECK(n->records > 0);
}

/* The peer opens and echoes each record, so its numbers are the same as ours. */
static void echo(struct side *s, const uint8_t *wire, size_t length, size_t n)
{
	uint8_t back[CREDSSP_MAX_TOKEN];
	size_t at = 0;

	sock_send(s->sock, wire, length);
	while (at < n)
		at += side_receive(s, back);
	CHECK_EQ(at, n);
}

static void nothing(int sig)
{
	(void)sig;
}

static void storm(unsigned int us)
{
	const struct itimerval timer = { { 0, us }, { 0, us } };

	REQUIRE(!setitimer(ITIMER_REAL, &timer, NULL));
}

TEST_LIMIT(signals, 60,
	   "signals and loopback connections that close: each number once, in order")
{
	const struct sigaction catch = { .sa_handler = nothing };
	unsigned int idle = set_idle(1);
	uint8_t wire[WIRE_MAX];
	struct lo_numbers n;
	struct side s;
	uint64_t next;
	size_t length;
	int i;

	lo_open();
	start(&s);
	REQUIRE(!sigaction(SIGALRM, &catch, NULL));
	for (i = 0; i < 60; i++) {
		storm(tap_slow(300));
		REQUIRE_EQ(say(&s, i % 10 ? 16 : CREDSSP_MAX_MESSAGE, wire, &length), SEC_E_OK);
		storm(0);
		echo(&s, wire, length, i % 10 ? 16 : CREDSSP_MAX_MESSAGE);
	}
	set_idle(idle);
	REQUIRE_EQ(credssp_export_ktls(s.lib, s.context, s.sock), SEC_E_OK);
	numbers_after_export(s.sock, &n, &next);
	expect_each_once(&n);
	CHECK_EQ(n.last, next - 1);
	credssp_close(s.lib);
}

/* A child seals until it is killed; it shares the open device, and so the context. */
static void kill_a_talker(struct side *s, unsigned int us)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		while (say(s, CREDSSP_MAX_MESSAGE, NULL, NULL) == SEC_E_OK)
			;
		pause();
	}
	REQUIRE(pid > 0);
	usleep(us);
	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
}

/* The keys are wiped and cannot be exported: the numbers are known only in TLS 1.2. */
static void bury(struct side *s)
{
	struct lo_numbers n;

	CHECK_EQ(say(s, 16, NULL, NULL), SEC_E_INVALID_HANDLE);
	if (!is_13()) {
		lo_numbers(&n);
		expect_each_once(&n);
	}
	credssp_close(s->lib);
	close(s->sock);
	s->lib = NULL;
}

TEST_LIMIT(killed, 90, "killed while it seals: the number is spent, or its keys are gone")
{
	unsigned int dead = 0, i;
	struct lo_numbers n;
	struct side s = { 0 };
	uint64_t next;

	lo_open();
	for (i = 0; i < 16; i++) {
		if (!s.lib)
			start(&s);
		kill_a_talker(&s, tap_slow(3000 + 1700 * i % 7000));
		if (say(&s, 16, NULL, NULL) == SEC_E_OK)
			continue;
		bury(&s);
		dead++;
	}
	if (!s.lib)
		start(&s);
	REQUIRE_EQ(credssp_export_ktls(s.lib, s.context, s.sock), SEC_E_OK);
	numbers_after_export(s.sock, &n, &next);
	expect_each_once(&n);
	CHECK_EQ(n.last, next - 1);
	credssp_close(s.lib);
	printf("# %u of %u kills met the sealing itself\n", dead, i);
}

#define TALKERS		4
#define WORDS		40

struct race {
	struct side s;
	int to[2];
	int32_t exported[2];
	unsigned int good;
	unsigned int wrong;
};

static void *talk(void *arg)
{
	struct race *r = arg;
	int32_t status;
	int i;

	for (i = 0; i < WORDS; i++) {
		status = say(&r->s, 16, NULL, NULL);
		if (status == SEC_E_OK)
			__atomic_add_fetch(&r->good, 1, __ATOMIC_RELAXED);
		else if (status != SEC_E_UNSUPPORTED_FUNCTION)
			__atomic_add_fetch(&r->wrong, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void *export_first(void *arg)
{
	struct race *r = arg;

	usleep(5000);
	r->exported[0] = credssp_export_ktls(r->s.lib, r->s.context, r->to[0]);
	return NULL;
}

static void *export_second(void *arg)
{
	struct race *r = arg;

	usleep(5000);
	r->exported[1] = credssp_export_ktls(r->s.lib, r->s.context, r->to[1]);
	return NULL;
}

static void run_race(struct race *r)
{
	pthread_t threads[TALKERS + 2];
	int i;

	for (i = 0; i < TALKERS; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, talk, r));
	REQUIRE(!pthread_create(&threads[i++], NULL, export_first, r));
	REQUIRE(!pthread_create(&threads[i++], NULL, export_second, r));
	while (i--)
		pthread_join(threads[i], NULL);
}

TEST_LIMIT(race, 60, "two exports against Encrypt of four threads: one wins, no number comes twice")
{
	struct race r = { .to = { -1, -1 } };
	struct lo_numbers before, n;
	uint64_t next;
	int winner;

	lo_open();
	start(&r.s);
	r.to[0] = r.s.sock;
	r.to[1] = sock_silent();
	run_race(&r);
	winner = r.exported[0] == SEC_E_OK ? 0 : 1;
	CHECK_EQ(r.exported[winner], SEC_E_OK);
	CHECK_EQ(r.exported[!winner], SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(r.wrong, 0);
	numbers_after_export(r.to[winner], &before, &next);
	expect_each_once(&before);
	CHECK_EQ(before.last, next - 1);
	CHECK(before.records >= r.good);
	/* the stream goes on with the next number */
	CHECK_EQ(credssp_send(r.to[winner], "on", 2, 0), 2);
	numbers_after_export(r.to[winner], &n, &next);
	expect_each_once(&n);
	CHECK_EQ(n.records, before.records + 1);
	CHECK_EQ(n.last, before.last + 1);
	CHECK_EQ(say(&r.s, 16, NULL, NULL), SEC_E_UNSUPPORTED_FUNCTION);
	credssp_close(r.s.lib);
}

int main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: nonce_test [FILTER]\n");
		return 64;
	}
	return tap_main(argv[1]);
}
