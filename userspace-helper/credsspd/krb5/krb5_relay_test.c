// SPDX-License-Identifier: GPL-2.0-only
/* The relay, with KDCs that behave badly. The test plays the office, the workers and KDCs. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/packets.h"
#include "krb5_absent.h"
#include "krb5_kdc.h"
#include "krb5_kdcs.h"
#include "krb5_relay.h"
#include "tests/test.h"

/* Enough for a busy machine; a relay that waits for libkrb5 takes longer. */
#define SOON_MS		8000
/* As in krb5_relay.c */
#define CHILDREN	64
#define SILENCE_MS	3000

/* KRB-ERROR of realm "R", with the error-code 52, KRB_ERR_RESPONSE_TOO_BIG, or another one */
#define ERROR_CODE	42
#define SVC_UNAVAILABLE	29
static const uint8_t too_big[] = {
	0x7e, 0x3e, 0x30, 0x3c,
	0xa0, 0x03, 0x02, 0x01, 0x05,		/* pvno 5 */
	0xa1, 0x03, 0x02, 0x01, 0x1e,		/* msg-type 30 */
	0xa4, 0x11, 0x18, 0x0f, '2', '0', '2', '0', '0', '1', '0', '1', '0', '0', '0', '0',
	'0', '0', 'Z',				/* stime */
	0xa5, 0x03, 0x02, 0x01, 0x00,		/* susec */
	0xa6, 0x03, 0x02, 0x01, 0x34,		/* error-code 52 */
	0xa9, 0x03, 0x1b, 0x01, 'R',		/* realm */
	0xaa, 0x0e, 0x30, 0x0c, 0xa0, 0x03, 0x02, 0x01, 0x02,	/* sname */
	0xa1, 0x05, 0x30, 0x03, 0x1b, 0x01, 'x',
};

enum manner { ECHO, SILENT, GARBAGE, TOO_BIG, BUSY, RESET, DEAD, MANNERS };

/**
 * struct kdc - a KDC of one manner
 * @udp, @tcp: sockets of the same port
 * @tcp_messages: messages by TCP so far
 */
static struct kdc {
	int udp;
	int tcp;
	unsigned int port;
	unsigned int tcp_messages;
} kdcs[MANNERS];

static int office;
/* What the relay writes for credsspctl status */
static int kdcs_file;
static pid_t relay;

static const char garbage[] = "this is no KDC";

static int bind_to(int type, unsigned int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	ENSURE(fd >= 0);
	if (!bind(fd, (struct sockaddr *)&a, sizeof(a)) && (type == SOCK_DGRAM || !listen(fd, 8)))
		return fd;
	close(fd);
	return -1;
}

static void kdc_bind(struct kdc *k)
{
	struct sockaddr_in a;
	socklen_t length = sizeof(a);

	do {
		k->udp = bind_to(SOCK_DGRAM, 0);
		ENSURE(!getsockname(k->udp, (struct sockaddr *)&a, &length));
		k->port = ntohs(a.sin_port);
		k->tcp = bind_to(SOCK_STREAM, k->port);
		if (k->tcp < 0)
			close(k->udp);
	} while (k->tcp < 0);
}

static uint8_t busy[sizeof(too_big)];

static void kdc_udp(enum manner m)
{
	static uint8_t message[65536];
	struct sockaddr_in a;
	socklen_t length = sizeof(a);
	ssize_t got = recvfrom(kdcs[m].udp, message, sizeof(message), 0, (struct sockaddr *)&a,
			       &length);
	const void *reply = message;

	ENSURE(got >= 0);
	if (m == GARBAGE) {
		reply = garbage;
		got = sizeof(garbage);
	} else if (m == TOO_BIG) {
		reply = too_big;
		got = sizeof(too_big);
	} else if (m == BUSY) {
		reply = busy;
		got = sizeof(busy);
	} else if (m != ECHO) {
		return;
	}
	ENSURE(sendto(kdcs[m].udp, reply, got, 0, (struct sockaddr *)&a, length) == got);
}

static void kdc_tcp(enum manner m)
{
	static uint8_t message[KRB5_KDC_MESSAGE_MAX + 4];
	const struct linger reset = { 1, 0 };
	int fd = accept(kdcs[m].tcp, NULL, NULL);
	uint32_t length;

	ENSURE(fd >= 0);
	if (m == SILENT)
		return;
	if (m == RESET) {
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	} else if (recv(fd, message, 4, MSG_WAITALL) == 4) {
		memcpy(&length, message, 4);
		length = ntohl(length);
		ENSURE(length <= KRB5_KDC_MESSAGE_MAX);
		ENSURE(recv(fd, message + 4, length, MSG_WAITALL) == (ssize_t)length);
		kdcs[m].tcp_messages++;
		if (m == BUSY) {
			length = sizeof(busy);
			memcpy(message, &(uint32_t){ htonl(length) }, 4);
			memcpy(message + 4, busy, length);
		}
		ENSURE(send(fd, message, length + 4, MSG_NOSIGNAL) == (ssize_t)length + 4);
	}
	close(fd);
}

static void *serve(void *unused)
{
	struct pollfd fds[2 * DEAD];

	for (;;) {
		for (int i = 0; i < DEAD; i++) {
			fds[2 * i] = (struct pollfd){ .fd = kdcs[i].udp, .events = POLLIN };
			fds[2 * i + 1] = (struct pollfd){ .fd = kdcs[i].tcp, .events = POLLIN };
		}
		ENSURE(poll(fds, 2 * DEAD, -1) > 0);
		for (int i = 0; i < DEAD; i++) {
			if (fds[2 * i].revents)
				kdc_udp(i);
			if (fds[2 * i + 1].revents)
				kdc_tcp(i);
		}
	}
	return unused;
}

static void start_kdcs(char *conf)
{
	static const char *const realms[] = {
		[ECHO] = "ECHO", [SILENT] = "SILENT", [GARBAGE] = "GARBAGE",
		[TOO_BIG] = "TOOBIG", [BUSY] = "BUSY", [RESET] = "RESET", [DEAD] = "DEAD",
	};
	FILE *f = fdopen(mkstemp(conf), "w");

	ENSURE(f && too_big[ERROR_CODE] == 52);
	memcpy(busy, too_big, sizeof(busy));
	busy[ERROR_CODE] = SVC_UNAVAILABLE;
	fprintf(f, "[libdefaults]\ndns_lookup_kdc = false\ndns_lookup_realm = false\n[realms]\n");
	for (int i = 0; i < MANNERS; i++) {
		kdc_bind(&kdcs[i]);
		fprintf(f, "%s = {\nkdc = 127.0.0.1:%u\n}\n", realms[i], kdcs[i].port);
	}
	fprintf(f, "SECOND = {\nkdc = 127.0.0.1:%u\nkdc = 127.0.0.1:%u\n}\n", kdcs[DEAD].port,
		kdcs[ECHO].port);
	ENSURE(!fclose(f));
	/* Nobody else has its port soon. */
	close(kdcs[DEAD].udp);
	close(kdcs[DEAD].tcp);
}

static void start_relay(const char *conf)
{
	int fds[2];

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	relay = fork();
	ENSURE(relay >= 0);
	if (!relay) {
		close(fds[0]);
		_exit(krb5_relay(fds[1], kdcs_file, conf));
	}
	close(fds[1]);
	office = fds[0];
}

/* User whom the next worker works for */
static uint32_t owner = 5;

static int connect_worker(void)
{
	int fds[2];

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	ENSURE(!packets_pass_for(office, fds[1], owner));
	close(fds[1]);
	return fds[0];
}

/* A message of @length bytes, whose content shows where it was cut. */
static const uint8_t *pattern(size_t length)
{
	static uint8_t bytes[KRB5_KDC_MESSAGE_MAX + 1];

	for (size_t i = 0; i < length; i++)
		bytes[i] = i * 31 >> 3;
	return bytes;
}

/* Of the requests */
static uint32_t flags = KRB5_KDC_OPTIONAL;

static void ask(int fd, const char *realm, uint32_t time_limit, size_t length)
{
	static uint8_t packet[KRB5_KDC_REQUEST_MAX + 1];
	const struct krb5_kdc_request rq = {
		.time_limit = time_limit, .flags = flags, .realm_length = strlen(realm),
	};
	size_t n = sizeof(rq) + rq.realm_length + length;

	ENSURE(n <= sizeof(packet));
	memcpy(packet, &rq, sizeof(rq));
	memcpy(packet + sizeof(rq), realm, rq.realm_length);
	memcpy(packet + sizeof(rq) + rq.realm_length, pattern(length), length);
	ENSURE(send(fd, packet, n, 0) == (ssize_t)n);
}

static uint8_t answer[KRB5_KDC_REPLY_MAX + 1];
static size_t answer_length, lines_length;

static bool has_line(const char *part)
{
	return memmem(answer + sizeof(struct krb5_kdc_reply), lines_length, part, strlen(part));
}

/* The error of the answer */
static uint32_t take(int fd)
{
	struct krb5_kdc_reply reply;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t got;

	ENSURE(poll(&p, 1, 4 * SOON_MS) == 1);
	got = recv(fd, answer, sizeof(answer), 0);
	ENSURE(got >= (ssize_t)sizeof(reply));
	memcpy(&reply, answer, sizeof(reply));
	lines_length = reply.trace_length;
	ENSURE(lines_length <= KRB5_KDC_TRACE_MAX && lines_length <= got - sizeof(reply));
	answer_length = got - sizeof(reply) - lines_length;
	ENSURE(!reply.error || !answer_length);
	return reply.error;
}

static uint32_t ask_once(const char *realm, uint32_t time_limit, size_t length)
{
	int fd = connect_worker();
	uint32_t error;

	ask(fd, realm, time_limit, length);
	error = take(fd);
	close(fd);
	return error;
}

static bool is_answer(const void *bytes, size_t length)
{
	return answer_length == length &&
	       !memcmp(answer + sizeof(struct krb5_kdc_reply) + lines_length, bytes, length);
}

static void test_carry(void)
{
	static const size_t lengths[] = { 1, 100, 1465, 1466, 70000, KRB5_KDC_MESSAGE_MAX };
	int fd = connect_worker();

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		ask(fd, "ECHO", SOON_MS, lengths[i]);
		ENSURE(!take(fd) && is_answer(pattern(lengths[i]), lengths[i]));
	}
	close(fd);
}

/* Is there a row that begins with @begin and ends with @result in the relay's file? */
static bool has_row(const char *begin, const char *result)
{
	static char text[KRB5_KDCS_FILE_MAX];
	ssize_t got = pread(kdcs_file, text, sizeof(text) - 1, 0);
	const char *row, *end;

	ENSURE(got > 0);
	text[got] = '\0';
	row = strstr(text, begin);
	end = row ? strchr(row + 1, '\n') : NULL;
	return end && !strncmp(end - strlen(result), result, strlen(result));
}

static void test_second_kdc(void)
{
	char port[16], row[64];

	ENSURE(!ask_once("SECOND", SOON_MS, 200) && is_answer(pattern(200), 200));
	/* Its lines tell which KDC was asked, and by what. */
	snprintf(port, sizeof(port), ":%u", kdcs[ECHO].port);
	ENSURE(has_line(" ms: Sending initial UDP request to") && has_line(port));
	ENSURE(has_line("Received answer (200 bytes) from"));
	snprintf(row, sizeof(row), "\nSECOND udp 127.0.0.1:%u ", kdcs[ECHO].port);
	ENSURE(has_row(row, " answered"));
	snprintf(row, sizeof(row), "\nSECOND udp 127.0.0.1:%u ", kdcs[DEAD].port);
	ENSURE(has_row(row, " error") || has_row(row, " no-answer"));
}

static void test_garbage(void)
{
	ENSURE(!ask_once("GARBAGE", SOON_MS, 200) && is_answer(garbage, sizeof(garbage)));
}

/* A long message goes by TCP at once, as libkrb5 has it: not in fragments, which may be lost. */
static void test_long(void)
{
	const unsigned int before = kdcs[GARBAGE].tcp_messages;

	ENSURE(!ask_once("GARBAGE", SOON_MS, 1800) && is_answer(pattern(1800), 1800));
	ENSURE(kdcs[GARBAGE].tcp_messages == before + 1 && !has_line("UDP"));
}

/* A KDC without its database is none, after both of its transports. */
static void test_not_available(void)
{
	owner = 7;
	ENSURE(ask_once("BUSY", 3 * SOON_MS, 200) == EHOSTUNREACH);
	owner = 5;
}

static void test_too_big(void)
{
	const unsigned int before = kdcs[TOO_BIG].tcp_messages;

	ENSURE(!ask_once("TOOBIG", SOON_MS, 200) && is_answer(pattern(200), 200));
	ENSURE(kdcs[TOO_BIG].tcp_messages == before + 1);
	ENSURE(has_line("retrying with TCP") && has_line("Initiating TCP connection"));
}

static void forget(void)
{
	ENSURE(!kill(relay, SIGHUP));
}

static void test_no_kdc(void)
{
	ENSURE(ask_once("NOWHERE", SOON_MS, 10) == ENOENT);
	ENSURE(ask_once("NOWHERE", SOON_MS, 10) == ENOENT);
	ENSURE(has_row("\nNOWHERE - - ", " no-kdc"));
	ENSURE(ask_once("DEAD", 3 * SOON_MS, 10) == EHOSTUNREACH);
	/* Remembered */
	ENSURE(ask_once("DEAD", 0, 10) == EHOSTUNREACH && has_line("not asked"));
	/* but not for other users */
	owner = 6;
	ENSURE(ask_once("DEAD", 0, 10) == ETIMEDOUT);
	owner = 5;
	/* and not for a logon that needs Kerberos */
	flags = 0;
	ENSURE(ask_once("DEAD", 0, 10) == ETIMEDOUT);
	flags = KRB5_KDC_OPTIONAL;
	forget();
	ENSURE(ask_once("DEAD", 0, 10) == ETIMEDOUT);
}

static void test_deadline(void)
{
	static const char *const realms[] = { "SILENT", "RESET" };
	int64_t from, took;

	for (int i = 0; i < 2; i++) {
		from = clock_ms();
		/* By TCP: the message is long. */
		ENSURE(ask_once(realms[i], 300, 5000) == ETIMEDOUT);
		ENSURE(ask_once(realms[i], 300, 50) == ETIMEDOUT);
		took = clock_ms() - from;
		ENSURE(took >= 600 && took < SOON_MS);
	}
}

static void test_silence(void)
{
	forget();
	/* A worker in a hurry says nothing about the KDC. */
	ENSURE(ask_once("SILENT", 100, 50) == ETIMEDOUT);
	ENSURE(ask_once("SILENT", SILENCE_MS + 100, 50) == ETIMEDOUT);
	for (int i = 0; i < 2; i++) {
		int64_t from = clock_ms();

		ENSURE(ask_once("SILENT", SILENCE_MS, 50) == ETIMEDOUT);
		ENSURE(clock_ms() - from < SILENCE_MS / 2);
	}
	forget();
}

/* Ask the silent KDC, and end the worker after @ms. Is the silence remembered? */
static bool is_remembered_after(int ms)
{
	int64_t from;
	int fd = connect_worker();

	ask(fd, "SILENT", 4 * SOON_MS, 50);
	usleep(ms * 1000);
	close(fd);
	/* The relay sees the end before it takes the next message, or soon after it. */
	usleep(200000);
	from = clock_ms();
	ENSURE(ask_once("SILENT", SILENCE_MS / 2, 50) == ETIMEDOUT);
	return clock_ms() - from < SILENCE_MS / 4;
}

static void test_abandoned(void)
{
	ENSURE(!is_remembered_after(100));
	ENSURE(is_remembered_after(SILENCE_MS + 200));
	forget();
}

static void test_invalid(void)
{
	static const char *const realms[] = {
		"", "A B", "A/B", "A\\B", "A@B", "\xc3\x84", ".A", "-A", "A{", "A\nB", "A:B",
	};
	const struct krb5_kdc_request too_far = { .time_limit = SOON_MS, .realm_length = 256 };
	char longest[KRB5_KDC_REALM_MAX + 1] = "";
	uint8_t packet[sizeof(too_far) + 300] = { 0 };
	int fd = connect_worker();

	for (size_t i = 0; i < sizeof(realms) / sizeof(realms[0]); i++) {
		ask(fd, realms[i], SOON_MS, 10);
		ENSURE(take(fd) == EINVAL);
	}
	memset(longest, 'A', KRB5_KDC_REALM_MAX);
	ask(fd, longest, SOON_MS, 10);
	ENSURE(take(fd) == ENOENT);
	ask(fd, "ECHO", SOON_MS, 0);
	ENSURE(take(fd) == EINVAL);
	ask(fd, "ECHO", SOON_MS, KRB5_KDC_MESSAGE_MAX + 1);
	ENSURE(take(fd) == EINVAL);
	for (size_t n = 1; n <= sizeof(too_far); n++) {
		ENSURE(send(fd, packet, n, 0) == (ssize_t)n);
		ENSURE(take(fd) == EINVAL);
	}
	memcpy(packet, &too_far, sizeof(too_far));
	memset(packet + sizeof(too_far), 'A', sizeof(packet) - sizeof(too_far));
	ENSURE(send(fd, packet, sizeof(packet), 0) == sizeof(packet));
	ENSURE(take(fd) == EINVAL);
	/* The link is good still. */
	ask(fd, "ECHO", SOON_MS, 10);
	ENSURE(!take(fd));
	close(fd);
}

/* Does the relay's child have one filter more than the relay? */
static bool children_are_filtered(void)
{
	unsigned int filters[2] = { 0 };
	char path[64], line[256];
	pid_t pids[2] = { relay };
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)relay, (int)relay);
	f = fopen(path, "re");
	ENSURE(f && fscanf(f, "%d", &pids[1]) == 1);
	fclose(f);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/status", (int)pids[i]);
		f = fopen(path, "re");
		while (f && fgets(line, sizeof(line), f))
			sscanf(line, "Seccomp_filters: %u", &filters[i]);
		if (f)
			fclose(f);
	}
	return filters[1] == filters[0] + 1;
}

static void test_filter(void)
{
	int fd = connect_worker();

	ask(fd, "SILENT", 4 * SOON_MS, 50);
	usleep(500000);
	ENSURE(children_are_filtered());
	close(fd);
}

/* Too many at once; when their workers have gone, others have the room. */
static void test_busy(void)
{
	int fds[CHILDREN], i;
	uint32_t error;

	for (i = 0; i < CHILDREN; i++) {
		fds[i] = connect_worker();
		ask(fds[i], "SILENT", 4 * SOON_MS, 10);
	}
	/* Links and their requests are not taken in this order. */
	for (i = 0; i < 100; i++) {
		error = ask_once("ECHO", SOON_MS, 10);
		if (error)
			break;
		usleep(50000);
	}
	ENSURE(error == EBUSY);
	for (i = 0; i < CHILDREN; i++)
		close(fds[i]);
	for (i = 0; i < 100; i++) {
		error = ask_once("ECHO", SOON_MS, 10);
		if (!error)
			break;
		ENSURE(error == EBUSY);
		usleep(50000);
	}
	ENSURE(!error);
}

/* Packets of the office without a descriptor are questions. */
static void test_office(void)
{
	struct pollfd p = { .fd = office, .events = POLLIN };
	char byte;

	for (int i = 0; i < 3; i++)
		ENSURE(send(office, "x", 1, 0) == 1);
	for (int i = 0; i < 3; i++)
		ENSURE(poll(&p, 1, SOON_MS) == 1 && recv(office, &byte, 1, 0) == 1);
	ENSURE(!ask_once("ECHO", SOON_MS, 10));
}

/* Fill the shares of @owners users, from the number @from, at the times from 10 on. */
static void add_realms(struct krb5_absent *a, uint32_t from, int owners)
{
	char name[] = "A0";

	for (int i = 0; i < owners * KRB5_ABSENT_OF_OWNER; i++) {
		name[1] = '0' + i % KRB5_ABSENT_OF_OWNER;
		krb5_absent_add(a, from + i / KRB5_ABSENT_OF_OWNER, name, ENOENT, 10 + i);
	}
}

static void test_absent(void)
{
	static struct krb5_absent a;

	ENSURE(!krb5_absent_find(&a, 1, "A", 1));
	krb5_absent_add(&a, 1, "A", ENOENT, 1);
	ENSURE(krb5_absent_find(&a, 1, "A", 1) == ENOENT);
	ENSURE(!krb5_absent_find(&a, 1, "B", 1) && !krb5_absent_find(&a, 2, "A", 1));
	ENSURE(krb5_absent_find(&a, 1, "A", KRB5_ABSENT_MS) == ENOENT);
	ENSURE(!krb5_absent_find(&a, 1, "A", KRB5_ABSENT_MS + 1));
	krb5_absent_add(&a, 1, "A", EHOSTUNREACH, 2);
	ENSURE(krb5_absent_find(&a, 1, "A", 3) == EHOSTUNREACH);
	/* One user's names push out none of another's, and its own oldest. */
	add_realms(&a, 2, 1);
	ENSURE(krb5_absent_find(&a, 1, "A", 100) && krb5_absent_find(&a, 2, "A0", 100));
	krb5_absent_add(&a, 2, "A", ENOENT, 50);
	ENSURE(krb5_absent_find(&a, 1, "A", 100) && krb5_absent_find(&a, 2, "A", 100));
	ENSURE(!krb5_absent_find(&a, 2, "A0", 100) && krb5_absent_find(&a, 2, "A1", 100));
	krb5_absent_clear(&a);
	ENSURE(!krb5_absent_find(&a, 2, "A1", 100));
	/* The table is full: the oldest of all has made room, and only that. */
	krb5_absent_add(&a, 1, "A", ENOENT, 1);
	add_realms(&a, 2, KRB5_ABSENT_REALMS / KRB5_ABSENT_OF_OWNER);
	ENSURE(!krb5_absent_find(&a, 1, "A", 300) && krb5_absent_find(&a, 2, "A0", 300));
}

static void test_end(void)
{
	int fd, status;

	/* A user for whom no silence is remembered, however long the tests before have taken */
	owner = 7;
	fd = connect_worker();
	ask(fd, "SILENT", 4 * SOON_MS, 10);
	close(office);
	ENSURE(waitpid(relay, &status, 0) == relay && WIFEXITED(status) && !WEXITSTATUS(status));
	/* Its child is killed with it. */
	ENSURE(!recv(fd, answer, sizeof(answer), 0));
	close(fd);
}

static const struct test_case tests[] = {
	{ "messages by UDP and TCP", test_carry },
	{ "the first KDC is dead", test_second_kdc },
	{ "a KDC that sends garbage", test_garbage },
	{ "a long message", test_long },
	{ "a KDC that is not available", test_not_available },
	{ "a reply too big for UDP", test_too_big },
	{ "no KDC, and it is remembered", test_no_kdc },
	{ "KDCs that are silent or hang up: the deadline holds", test_deadline },
	{ "a KDC's silence is remembered", test_silence },
	{ "a KDC's silence that outlasts the worker", test_abandoned },
	{ "malformed requests", test_invalid },
	{ "the filter of a child", test_filter },
	{ "too many messages at once", test_busy },
	{ "packets without a link", test_office },
	{ "the table of absent realms", test_absent },
	{ "the office ends", test_end },
};

int main(void)
{
	char conf[] = "/tmp/krb5_relay_test.XXXXXX", kdcs_path[] = "/tmp/krb5_kdcs.XXXXXX";
	pthread_t thread;

	log_setup(getenv("VERBOSE"));
	kdcs_file = mkstemp(kdcs_path);
	ENSURE(kdcs_file >= 0);
	unlink(kdcs_path);
	start_kdcs(conf);
	start_relay(conf);
	ENSURE(!pthread_create(&thread, NULL, serve, NULL));
	test_run("relay", tests, sizeof(tests) / sizeof(tests[0]));
	unlink(conf);
	return 0;
}
