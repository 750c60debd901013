// SPDX-License-Identifier: GPL-2.0-only
/* The gate's processes: their ends, their rights, winbind, and changes of the file of accounts. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_gate.h"

#define DELAY_MS	200
/* What a busy machine may add to a time */
#define LATE_MS		150

/* ---- the bookkeeper's ends ----------------------------------------------------------- */

static void test_broken_books(void)
{
	static const char *const names[] = { "x", "m", "l", "x" };
	struct test_answer a;

	test_gate_start_script();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		a = test_gate_from(names[i], "", "192.0.2.1");
		ENSURE(test_had_trouble(&a) && a.after < TEST_LONG_MS / 2);
		ENSURE(test_gate_try("r", NULL, "192.0.2.1"));
		ENSURE(test_shared->books == 2 + i);
	}
	/* Two answers to one question: the first one counts. The second one ends the process. */
	a = test_gate_from("t", "", "192.0.2.1");
	ENSURE(test_was_denied(&a));
	test_gate_try("r", NULL, "192.0.2.1");
	ENSURE(test_gate_try("r", NULL, "192.0.2.1") && test_shared->books == 6);
	a = test_gate_from("o", "", "192.0.2.1");
	ENSURE(test_had_trouble(&a));
	test_gate_stop();
}

static bool was_asked(long count)
{
	return test_shared->asked >= (unsigned int)count;
}

/* All that it was asked is answered at once, and what waits goes on with the next one. */
static void test_killed_books(void)
{
	const struct test_logon hang = { .user = "h", .address = "192.0.2.1" };
	const struct test_logon right = { .user = "r", .address = "192.0.2.1" };
	struct test_answer a;

	test_gate_start_script();
	ENSURE(!test_gate_ask(1, &hang) && !test_gate_ask(2, &right));
	ENSURE(test_gate_await(was_asked, 1));
	test_gate_watch();
	ENSURE(!kill(test_shared->books_pid, SIGKILL));
	for (int i = 0; i < 2; i++) {
		a = test_gate_take(TEST_LONG_MS);
		ENSURE(test_had_trouble(&a) && a.after < LATE_MS);
	}
	ENSURE(test_gate_try("r", NULL, "192.0.2.1"));
	ENSURE(!kill(test_shared->books_pid, SIGSTOP));
	test_gate_stop();
	/* That of the script does not end with the gate. */
	ENSURE(!kill(test_shared->books_pid, SIGKILL));
	/* One that does not answer */
	test_gate_reset();
	gate_patience.check = DELAY_MS;
	test_gate_start();
	a = test_gate_from("h", "", "192.0.2.1");
	ENSURE(test_had_trouble(&a) && a.after >= DELAY_MS && a.after < DELAY_MS + LATE_MS);
	ENSURE(test_gate_await(test_gate_has_ended, test_shared->books_pid));
	ENSURE(test_gate_try("r", NULL, "192.0.2.1"));
	test_gate_stop();
}

static void test_its_end(void)
{
	struct test_answer a;
	pid_t pid;

	test_gate_reset();
	test_setup.winbind = test_gate_winbind;
	test_gate_start();
	ENSURE(!test_gate_ask(1, &(struct test_logon){ .user = "eh", .domain = "D" }));
	a = test_gate_take(TEST_QUIET_MS);
	ENSURE(!a.conversation && test_shared->workers == 1);
	pid = test_shared->books_pid;
	test_gate_stop();
	ENSURE(test_gate_await(test_gate_has_ended, pid));
	ENSURE(test_gate_await(test_gate_has_ended, test_shared->worker_pid));
}

/* ---- the file ------------------------------------------------------------------------ */

static void test_changes(void)
{
	static const char *const without[] = { "carol", "carols", "", NULL };
	static const char *const other[] = { "alice", "other", "", NULL };

	test_gate_start_with_accounts();
	ENSURE(test_gate_try("alice", "Passw0rd!", NULL));
	ENSURE(!test_gate_try("carol", "carols", NULL));
	test_gate_accounts(without);
	ENSURE(!test_gate_try("alice", "Passw0rd!", NULL));
	ENSURE(test_gate_try("carol", "carols", NULL));
	test_gate_accounts(other);
	ENSURE(test_gate_try("alice", "other", NULL) && !test_gate_try("alice", "Passw0rd!", NULL));
	test_gate_stop();
}

/* Another process writes the file all the time: each logon finds one state or the other. */
static void test_race(void)
{
	static const char *const states[2][4] = {
		{ "alice", "one", "", NULL }, { "alice", "two", "", NULL },
	};
	unsigned int right[2] = { 0 };
	pid_t writer;

	test_gate_start_with_accounts();
	test_gate_accounts(states[0]);
	writer = fork();
	ENSURE(writer >= 0);
	for (int i = 0; !writer; i++) {
		test_gate_accounts(states[i % 2]);
		usleep(2000);
	}
	for (int i = 0; i < 100; i++) {
		right[0] += test_gate_try("alice", "one", NULL);
		right[1] += test_gate_try("alice", "two", NULL);
	}
	ENSURE(!kill(writer, SIGKILL));
	usleep(50000);
	ENSURE(right[0] && right[1] && right[0] < 100 && right[1] < 100);
	test_gate_accounts(states[1]);
	ENSURE(test_gate_try("alice", "two", NULL) && !test_gate_try("alice", "one", NULL));
	test_gate_stop();
}

/* ---- winbind -------------------------------------------------------------------------- */

static void test_winbind(void)
{
	struct test_answer a;

	test_gate_reset();
	test_setup.winbind = test_gate_winbind;
	test_gate_start();
	a = test_gate_from("er", "D", "192.0.2.1");
	ENSURE(a.body.state == CREDSSP_HLP_NTLM_DONE && !strcmp(a.name, "account"));
	a = test_gate_from("ew", "D", "192.0.2.1");
	ENSURE(test_was_denied(&a));
	a = test_gate_from("wr", "D", "192.0.2.1");
	ENSURE(test_was_denied(&a) && test_shared->workers == 2);
	a = test_gate_from("ex", "D", "192.0.2.1");
	ENSURE(test_had_trouble(&a));
	a = test_gate_from("em", "D", "192.0.2.1");
	ENSURE(test_had_trouble(&a));
	a = test_gate_from("el", "D", "192.0.2.1");
	ENSURE(test_had_trouble(&a));
	a = test_gate_from("eg", "D", "192.0.2.1");
	ENSURE(test_had_trouble(&a));
	a = test_gate_from("eo", "D", "192.0.2.1");
	ENSURE(test_had_trouble(&a));
	test_gate_stop();
	/* Without it the account does not exist. */
	test_gate_start_script();
	a = test_gate_from("er", "D", "192.0.2.1");
	ENSURE(test_was_denied(&a));
	test_gate_stop();
}

static bool has_started(long count)
{
	return test_shared->workers >= (unsigned int)count;
}

static void test_winbind_limits(void)
{
	const struct test_logon slow = { .user = "eh", .address = "192.0.2.1", .time_limit = 300 };
	char address[] = "192.0.2.100";
	struct test_answer a;

	test_gate_reset();
	test_setup.winbind = test_gate_winbind;
	test_gate_start();
	test_gate_watch();
	ENSURE(!test_gate_ask(1, &slow));
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(test_had_trouble(&a) && a.after >= 250 && a.after < 300 + LATE_MS);
	ENSURE(test_gate_await(test_gate_has_ended, test_shared->worker_pid));
	for (unsigned int i = 0; i < 5; i++) {
		address[strlen(address) - 1] = '0' + i;
		test_gate_ask_many(10 + 4 * i, 4, address, "es");
	}
	ENSURE(test_gate_await(has_started, 1 + GATE_WORKERS));
	ENSURE(!test_gate_take(TEST_QUIET_MS).conversation);
	ENSURE(test_shared->workers == 1 + GATE_WORKERS);
	/* Local accounts do not wait for winbind. */
	ENSURE(test_gate_try("r", NULL, "192.0.2.7"));
	test_gate_open(20);
	for (int i = 0; i < 20; i++)
		ENSURE(test_gate_take(TEST_LONG_MS).body.state == CREDSSP_HLP_NTLM_DONE);
	ENSURE(test_shared->workers == 21);
	test_gate_stop();
}

/* ---- rights ------------------------------------------------------------------------------ */

/* Does /proc/PID/status have this line? */
static bool has_status(pid_t pid, const char *wanted)
{
	char path[64], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	ENSURE(f);
	while (fgets(line, sizeof(line), f))
		found = found || !strncmp(line, wanted, strlen(wanted));
	fclose(f);
	return found;
}

static bool is_harmless(pid_t pid)
{
	return has_status(pid, "NoNewPrivs:\t1") && has_status(pid, "Seccomp:\t2") &&
	       has_status(pid, "CapPrm:\t0000000000000000") &&
	       has_status(pid, "CapBnd:\t0000000000000000") == !geteuid() &&
	       !has_status(pid, "Uid:\t0\t");
}

static int noted_books(int fd, const struct bookkeeper_setup *setup)
{
	test_shared->books_pid = getpid();
	return bookkeeper_serve(fd, setup);
}

static int noted_winbind(int fd)
{
	test_shared->worker_pid = getpid();
	return test_gate_winbind(fd);
}

/* Clients can cause as many of these as they like: the log has ten a minute. */
static void test_winbind_log(void)
{
	const int saved = dup(STDERR_FILENO);
	struct test_answer a;
	unsigned int lines = 0;
	char line[128];
	FILE *log = tmpfile();

	ENSURE(saved >= 0 && log && dup2(fileno(log), STDERR_FILENO) >= 0);
	test_gate_reset();
	test_setup.winbind = test_gate_winbind;
	test_gate_start();
	for (int i = 0; i < 20; i++) {
		a = test_gate_from("eo", "D", "192.0.2.1");
		ENSURE(test_had_trouble(&a));
	}
	test_gate_stop();
	ENSURE(dup2(saved, STDERR_FILENO) >= 0 && !close(saved));
	rewind(log);
	while (fgets(line, sizeof(line), log))
		lines += !strcmp(line, "<4>winbind: error 4\n");
	ENSURE(lines == 10 && !fclose(log));
}

/* A process of root has rights to lose. */
static void test_rights(void)
{
	const struct test_logon elsewhere = { .user = "eh", .domain = "D" };
	pid_t books, gate;

	test_gate_reset();
	test_gate_accounts(test_accounts);
	test_setup.accounts = test_gate_file();
	test_setup.books = noted_books;
	test_setup.winbind = noted_winbind;
	test_gate_start();
	ENSURE(test_gate_try("alice", "Passw0rd!", NULL) && !test_gate_ask(1, &elsewhere));
	ENSURE(test_gate_await(has_started, 1));
	books = test_shared->books_pid;
	gate = test_gate_parent(books);
	ENSURE(is_harmless(books) && is_harmless(test_shared->worker_pid));
	ENSURE(has_status(books, "Seccomp:\t2") && has_status(gate, "Seccomp:\t2"));
	/* CAP_KILL, CAP_SETGID and CAP_SETUID at most */
	ENSURE(has_status(gate, geteuid() ? "CapPrm:\t0000000000000000" :
					    "CapPrm:\t00000000000000e0"));
	ENSURE(!kill(test_shared->worker_pid, SIGKILL));
	test_gate_stop();
}

static const struct test_case tests[] = {
	{ "a bookkeeper that is broken", test_broken_books },
	{ "a bookkeeper that is killed, or silent", test_killed_books },
	{ "all end with the daemon", test_its_end },
	{ "changes of the file", test_changes },
	{ "changes of the file all the time", test_race },
	{ "accounts of other domains", test_winbind },
	{ "winbind that is slow", test_winbind_limits },
	{ "winbind that does not work", test_winbind_log },
	{ "rights of the processes", test_rights },
};

int main(void)
{
	/* Expected failures are logged. */
	log_setup(false);
	test_run("gate's processes", tests, sizeof(tests) / sizeof(tests[0]));
	ENSURE(!unlink(test_gate_file()));
	return 0;
}
