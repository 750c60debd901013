// SPDX-License-Identifier: GPL-2.0-only
/* Logons through the whole daemon: this plays the part of the module. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/test.h"
#include "tests/test_daemon.h"
#include "tests/test_logon.h"

#define HEADER	sizeof(struct credssp_hlp_header)
#define WAIT_MS	10000
#define DELAY_MS 100
#define MANY	200

static char path[64];

static struct test_daemon daemon_of_test;
static alignas(8) uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];
static const struct credssp_hlp_header *const head = (const void *)packet;
static struct credssp_hlp_ntlm_reply body;

static struct gate_setup setup = {
	.accounts = path, .user = "nobody", .books = bookkeeper_serve,
	.rules = { .failures = 5, .lock_ms = 60000, .delay_ms = DELAY_MS, .address_ms = 1000 },
};

static void put_account(const char *user, const char *password)
{
	uint8_t hash[ACCOUNT_HASH];
	FILE *f = fopen(path, "w");

	ENSURE(f && !fchmod(fileno(f), 0600));
	ENSURE(!account_hash_password(hash, password, strlen(password)));
	fprintf(f, "%s:EXAMPLE:", user);
	for (size_t i = 0; i < sizeof(hash); i++)
		fprintf(f, "%02x", hash[i]);
	fputs(":\n", f);
	ENSURE(!fclose(f));
}

static void send_header(uint16_t opcode, uint64_t conversation, size_t length)
{
	const struct credssp_hlp_header h = {
		.length = HEADER + length, .opcode = opcode, .id = 1000 + conversation,
		.conversation = conversation, .uid = 1000, .owner = 1000,
	};

	memcpy(packet, &h, HEADER);
	ENSURE(write(daemon_of_test.device, packet, h.length) == (ssize_t)h.length);
}

static void ask(uint64_t conversation, const char *password)
{
	const struct test_logon t = {
		.user = "alice", .domain = "EXAMPLE", .password = password,
		.address = "192.0.2.1",
	};

	send_header(CREDSSP_HLP_NTLM_LOGON, conversation, test_logon_make(packet + HEADER, &t));
}

/* Take a reply; its error. */
static int take(void)
{
	struct pollfd p = { .fd = daemon_of_test.device, .events = POLLIN };
	ssize_t got;

	ENSURE(poll(&p, 1, WAIT_MS) == 1);
	got = read(daemon_of_test.device, packet, sizeof(packet));
	ENSURE(got >= (ssize_t)HEADER && head->length == got);
	ENSURE(head->opcode == CREDSSP_HLP_NTLM_LOGON && head->id == 1000 + head->conversation);
	if (head->error) {
		ENSURE(got == HEADER);
		return head->error;
	}
	memcpy(&body, packet + HEADER, sizeof(body));
	ENSURE((size_t)got == HEADER + sizeof(body) + body.name_length);
	return 0;
}

static bool logon(const char *password)
{
	static uint64_t conversation;

	ask(++conversation, password);
	ENSURE(!take() && head->conversation == conversation);
	return body.state == CREDSSP_HLP_NTLM_DONE;
}

static bool is_quiet(void)
{
	struct pollfd p = { .fd = daemon_of_test.device, .events = POLLIN };

	return !poll(&p, 1, 2 * DELAY_MS);
}

static void test_logons(unsigned int threads)
{
	test_daemon_start(&daemon_of_test, threads, NULL, NULL);
	ENSURE(logon("right") && body.name_length == strlen("EXAMPLE\\alice"));
	ENSURE(!memcmp(packet + HEADER + sizeof(body), "EXAMPLE\\alice", body.name_length));
	ENSURE(!logon("wrong") && body.ntstatus == STATUS_LOGON_FAILURE);
	/* After its END nothing comes, and the conversation may be used again. */
	ask(5000, "wrong");
	send_header(CREDSSP_HLP_END, 5000, 0);
	ENSURE(is_quiet() && logon("right"));
	ask(5000, "right");
	ENSURE(!take() && head->conversation == 5000);
	/* END after the reply is for nobody. */
	send_header(CREDSSP_HLP_END, 5000, 0);
	ENSURE(logon("right"));
	test_daemon_stop(&daemon_of_test);
}

/* Many at once: all are answered, and as many as may be there succeed. */
static void test_many(void)
{
	unsigned int done = 0;

	test_daemon_start(&daemon_of_test, 2, NULL, NULL);
	for (uint64_t i = 1; i <= MANY; i++) {
		ask(10000 + i, "right");
		if (i % GATE_PENDING_OF_ADDRESS)
			continue;
		for (int n = 0; n < GATE_PENDING_OF_ADDRESS; n++) {
			ENSURE(!take());
			done += body.state == CREDSSP_HLP_NTLM_DONE;
		}
	}
	for (int n = 0; n < MANY % GATE_PENDING_OF_ADDRESS; n++) {
		ENSURE(!take());
		done += body.state == CREDSSP_HLP_NTLM_DONE;
	}
	ENSURE(done == MANY && is_quiet());
	test_daemon_stop(&daemon_of_test);
}

static void test_reload(void)
{
	const struct signalfd_siginfo hup = { .ssi_signo = SIGHUP };

	test_daemon_start(&daemon_of_test, 1, NULL, NULL);
	ENSURE(logon("right"));
	put_account("alice", "other");
	ENSURE(write(daemon_of_test.signals, &hup, sizeof(hup)) == sizeof(hup));
	ENSURE(logon("other") && !logon("right"));
	put_account("alice", "right");
	ENSURE(logon("right"));
	test_daemon_stop(&daemon_of_test);
}

static void test_without(void)
{
	test_daemon_gate = NULL;
	test_daemon_start(&daemon_of_test, 1, NULL, NULL);
	ask(1, "right");
	ENSURE(take() == EOPNOTSUPP);
	test_daemon_stop(&daemon_of_test);
	test_daemon_gate = &setup;
}

static pid_t noted;
static int noted_fds[2];

static int note_gate(int fd, const struct bookkeeper_setup *s)
{
	ENSURE(write(noted_fds[1], &s->gate, sizeof(s->gate)) == sizeof(s->gate));
	return bookkeeper_serve(fd, s);
}

/* The daemon cannot start another gate: it ends, and its service starts it again. */
static void test_lost_gate(void)
{
	struct pollfd p = { .events = POLLIN };
	int status;

	/* sandbox_office() leaves the gate the lowest descriptors only, so the test uses stderr. */
	ENSURE(!pipe(noted_fds) && dup2(noted_fds[1], STDERR_FILENO) == STDERR_FILENO);
	noted_fds[1] = STDERR_FILENO;
	setup.books = note_gate;
	test_daemon_start(&daemon_of_test, 1, NULL, NULL);
	ENSURE(logon("right") && read(noted_fds[0], &noted, sizeof(noted)) == sizeof(noted));
	ENSURE(!kill(noted, SIGKILL));
	p.fd = daemon_of_test.device;
	ENSURE(poll(&p, 1, WAIT_MS) == 1 && read(p.fd, packet, sizeof(packet)) == 0);
	ENSURE(waitpid(daemon_of_test.pid, &status, 0) == daemon_of_test.pid);
	ENSURE(WIFEXITED(status) && !WEXITSTATUS(status));
	close(daemon_of_test.device);
	close(daemon_of_test.signals);
}

int main(void)
{
	int fd;

	strcpy(path, "/tmp/logons_test.XXXXXX");
	fd = mkstemp(path);
	ENSURE(fd >= 0 && !close(fd));
	put_account("alice", "right");
	test_daemon_gate = &setup;
	test_logons(1);
	test_logons(4);
	puts("ok logons: with one and with several threads");
	test_many();
	test_reload();
	puts("ok logons: many, and changes of the file");
	test_without();
	test_lost_gate();
	puts("ok logons: without a gate, and after its loss");
	ENSURE(!unlink(path));
	return 0;
}
