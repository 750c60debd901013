// SPDX-License-Identifier: GPL-2.0-only
/*
 * The configuration is read again while handshakes go on. The reader is the real one; this takes
 * the place of the gate for logons.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <gnutls/x509.h>
#include "base/log.h"
#include "keeper/keeper.h"
#include "reload.h"
#include "tests/test.h"
#include "tests/test_accept.h"
#include "tests/test_server.h"

/* The longest time that the reader may take, milliseconds */
#define PATIENCE_MS	60000

#define NAME_SIZE	32

static char config[NAME_SIZE], trusted[NAME_SIZE];
static char name[NAME_SIZE], option[NAME_SIZE];
static char *argv[4] = { name, option, config, NULL };

static struct options started;
static struct tls_context *context;
static struct engine *e;
static struct reload *reader;
static pid_t reader_pid;

/* What the gate was told: how often, and the limits, if there were any */
static struct {
	unsigned int count;
	bool rules;
	struct attempts_rules last;
} gate;

void logons_reload(struct logons *l, const struct attempts_rules *rules)
{
	ENSURE(!l);
	gate.count++;
	gate.rules = rules;
	if (rules)
		gate.last = *rules;
}

static void put(const char *file, const void *data, size_t length)
{
	const int fd = open(file, O_WRONLY | O_TRUNC);

	ENSURE(fd >= 0 && write(fd, data, length) == (ssize_t)length);
	close(fd);
}

static void configure(const char *text)
{
	put(config, text, strlen(text));
}

/* Take what the reader sends until the gate has been told @count times, or it is lost. */
static void receive(unsigned int count)
{
	struct pollfd fds = { .events = POLLIN };

	while (gate.count < count && reload_fd(reader) >= 0) {
		fds.fd = reload_fd(reader);
		ENSURE(poll(&fds, 1, PATIENCE_MS) == 1);
		reload_receive(reader, NULL);
	}
}

static void reload(void)
{
	gate.count = 0;
	ENSURE(reload_begin(reader));
	receive(1);
	ENSURE(gate.count == 1);
}

/* ---- handshakes ------------------------------------------------------------- */

static const struct test_server_options servers[] = {
	{ .version = TLS_1_2, .hello_extension = -1, .ee_extension = -1 },
	{ .version = TLS_1_3, .hello_extension = -1, .ee_extension = -1 },
};

#define NEWEST	(&servers[1])
#define OLDEST	(&servers[0])

static void relay(const struct test_server_options *o, uint64_t conversation,
		  struct test_reply *r)
{
	struct test_server *s = test_server_new(o);

	test_relay(e, conversation, s, r);
	test_server_free(s);
}

static void handshake(const struct test_server_options *o, struct test_reply *r)
{
	test_start(e, 1, "server.test", r);
	relay(o, 1, r);
	ENSURE(!r->error);
}

static bool is_trusted(const struct test_reply *r)
{
	return !(r->tls.trust & CREDSSP_TRUST_UNTRUSTED_ROOT);
}

static bool works(const struct test_server_options *o, bool trust)
{
	struct test_reply r;

	handshake(o, &r);
	return r.tls.state == CREDSSP_HLP_TLS_DONE && r.tls.version == o->version &&
	       is_trusted(&r) == trust;
}

static bool fails(const struct test_server_options *o)
{
	struct test_reply r;

	handshake(o, &r);
	return r.tls.state == CREDSSP_HLP_TLS_FAILED;
}

/* The same as the server */
static bool serves(const char *priorities)
{
	static struct test_peer p;
	struct test_reply r;

	test_peer_new(&p, priorities, NULL);
	test_accept(e, 1, "ec", &r);
	test_accept_relay(e, 1, &p, &r);
	test_peer_free(&p);
	ENSURE(!r.error);
	return r.tls.state == CREDSSP_HLP_TLS_DONE;
}

#define CLIENT_12	"NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define CLIENT_13	"NORMAL:-VERS-ALL:+VERS-TLS1.3"

/* Write the server's certificate to the file of trusted ones. */
static void trust_server(void)
{
	struct test_reply r;
	gnutls_datum_t der, pem;

	handshake(NEWEST, &r);
	ENSURE(r.tls.chain_length > 4);
	der = (gnutls_datum_t){ (uint8_t *)r.chain + 4, r.tls.chain_length - 4 };
	ENSURE(!gnutls_pem_base64_encode2("CERTIFICATE", &der, &pem));
	put(trusted, pem.data, pem.size);
	gnutls_free(pem.data);
}

/* ---- tests ------------------------------------------------------------------ */

static void test_as_started(void)
{
	ENSURE(works(NEWEST, false) && works(OLDEST, false));
	ENSURE(serves(CLIENT_12) && serves(CLIENT_13));
	reload();
	ENSURE(gate.rules && gate.last.failures == ATTEMPTS_FAILURES);
	ENSURE(works(NEWEST, false) && works(OLDEST, false));
}

static void test_changes(void)
{
	struct test_reply begun;
	char text[256];

	trust_server();
	snprintf(text, sizeof(text), "trust = %s\ntls-max = 1.2\nlockout-failures = 3\n"
		 "lockout-time = 4\nthreads = 9\n", trusted);
	configure(text);
	test_start(e, 2, "server.test", &begun);
	reload();
	ENSURE(gate.rules && gate.last.failures == 3 && gate.last.lock_ms == 4000);
	/* One that has begun keeps version and trust; new ones have the new. */
	relay(NEWEST, 2, &begun);
	ENSURE(!begun.error && begun.tls.state == CREDSSP_HLP_TLS_DONE &&
	       begun.tls.version == TLS_1_3 && !is_trusted(&begun));
	ENSURE(works(OLDEST, true) && fails(NEWEST));
	ENSURE(serves(CLIENT_12) && !serves(CLIENT_13));
}

/* What is wrong changes nothing; the accounts are read again all the same. */
static void test_wrong(void)
{
	static const char *const wrong[] = {
		"threads = 99\n", "tls-max 1.3\n", "trust = /dev/null\n", "trust = /nowhere\n",
		"tls-min = 1.3\ntls-max = 1.2\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		configure(wrong[i]);
		reload();
		if (gate.rules || !works(OLDEST, true) || !fails(NEWEST))
			test_fail("%s was taken", wrong[i]);
	}
}

static void test_twice(void)
{
	configure("");
	gate.count = 0;
	for (int i = 0; i < 5; i++)
		ENSURE(reload_begin(reader));
	receive(2);
	ENSURE(gate.count == 2 && gate.rules && works(NEWEST, false));
	/* Four of the five were one. */
	ENSURE(poll(&(struct pollfd){ .fd = reload_fd(reader), .events = POLLIN }, 1, 0) == 0);
}

static void test_many(void)
{
	char text[64];

	for (int i = 0; i < 50; i++) {
		struct test_reply r;

		snprintf(text, sizeof(text), "tls-max = 1.%d\n", 2 + i % 2);
		configure(text);
		test_start(e, 100 + i, "server.test", &r);
		reload();
		ENSURE(i % 2 ? works(NEWEST, false) : works(OLDEST, false));
		/* Each has begun with the settings before. */
		if (i % 3)
			relay(i % 2 || !i ? OLDEST : NEWEST, 100 + i, &r);
		else
			test_end(e, 100 + i);
		ENSURE(!r.error);
		if (i % 3)
			test_end(e, 100 + i);
	}
}

/* The only child of this process */
static pid_t child(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	ENSURE(proc);
	while ((entry = readdir(proc))) {
		char path[300], line[512];
		int pid, parent;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		f = atoi(entry->d_name) > 0 ? fopen(path, "re") : NULL;
		if (f && fgets(line, sizeof(line), f) &&
		    sscanf(line, "%d (%*[^)]) %*c %d", &pid, &parent) == 2 && parent == getpid())
			found = pid;
		if (f)
			fclose(f);
	}
	closedir(proc);
	return found;
}

/* Without a reader the daemon goes on. */
static void test_lost(void)
{
	ENSURE(!kill(reader_pid, SIGTERM) && !kill(reader_pid, SIGHUP));
	configure("tls-max = 1.3\n");
	reload();
	ENSURE(!kill(reader_pid, SIGKILL));
	gate.count = 0;
	if (reload_begin(reader))
		receive(1);
	ENSURE(!gate.count && reload_fd(reader) < 0 && !reload_begin(reader));
	ENSURE(works(NEWEST, false));
}

/* ---- the command ------------------------------------------------------------ */

static char report[NAME_SIZE];

/* Longer than the command waits between two looks */
#define LOOK_US	100000

/* The signal has come; @busy: while another reload is under way, which ends first. */
static void hear(bool busy)
{
	if (busy) {
		receive(1);
		usleep(LOOK_US);
	}
	ENSURE(reload_begin(reader));
	receive(busy ? 2 : 1);
}

/* Its exit status, while this is the daemon; @hears: the signal arrives; @busy: see hear() */
static int tell(pid_t daemon, bool hears, bool busy)
{
	int signal = 0, status, fds[2];
	sigset_t set;
	pid_t pid;
	char c;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	ENSURE(!sigprocmask(SIG_BLOCK, &set, NULL) && !pipe(fds));
	gate.count = 0;
	pid = fork();
	ENSURE(pid >= 0);
	if (!pid) {
		c = reload_tell(report, daemon) ? 1 : 0;
		_exit(write(fds[1], &c, 1) != 1);
	}
	if (hears) {
		ENSURE(!sigwait(&set, &signal) && signal == SIGHUP);
		hear(busy);
	}
	/* SIGCHLD may be ignored: the status comes by the pipe. */
	ENSURE(read(fds[0], &c, 1) == 1);
	waitpid(pid, &status, 0);
	close(fds[0]);
	close(fds[1]);
	return c;
}

static void test_command(void)
{
	configure("tls-max = 1.2\n");
	ENSURE(!tell(getpid(), true, false) && fails(NEWEST));
	configure("tls-max = 1.4\n");
	ENSURE(tell(getpid(), true, false) && fails(NEWEST));
	configure("");
	ENSURE(!tell(getpid(), true, false) && works(NEWEST, false));
	/* What another one tells, which began before, does not count. */
	configure("tls-max = 1.4\n");
	ENSURE(reload_begin(reader));
	ENSURE(poll(&(struct pollfd){ .fd = reload_fd(reader), .events = POLLIN }, 1,
		    PATIENCE_MS) == 1);
	configure("");
	ENSURE(!tell(getpid(), true, true) && gate.count == 2);
	/* It is not this process's file, or there is none. */
	ENSURE(tell(getppid(), false, false) && !gate.count);
	unlink(report);
	ENSURE(tell(getpid(), false, false) && !gate.count);
}

static const struct test_case tests[] = {
	{ "without a change", test_as_started },
	{ "new ones have what has changed, one that has begun does not", test_changes },
	{ "what is wrong changes nothing", test_wrong },
	{ "again while it is read", test_twice },
	{ "the command waits, and tells what came of it", test_command },
	{ "fifty times, with handshakes under way", test_many },
	{ "without the reader", test_lost },
};

static void make_file(char *path)
{
	int fd;

	strcpy(path, "/tmp/reload_test-XXXXXX");
	fd = mkstemp(path);
	ENSURE(fd >= 0);
	close(fd);
}

static const struct test_file own_cert = {
	.name = "ec", .pk = GNUTLS_PK_ECDSA, .names = "server.test", .days = 30,
};

int main(void)
{
	const char *certs = test_directory();

	log_setup(getenv("VERBOSE"));
	make_file(config);
	make_file(trusted);
	make_file(report);
	strcpy(name, "credsspd");
	strcpy(option, "--config");
	ENSURE(options_parse(&started, 3, argv) == OPTIONS_RUN);
	reader = reload_start(3, argv, &started);
	reader_pid = child();
	test_file_make(certs, 0, &own_cert);
	started.tls.keys = keeper_start(certs);
	ENSURE(reader_pid > 0 && started.tls.keys);
	test_keeper(started.tls.keys);
	context = tls_context_new(&started.tls);
	e = context ? engine_new(context) : NULL;
	ENSURE(reader && e);
	reload_report_to(reader, report);
	reload_set(reader, context, &started.tls, -1);
	test_run("reload", tests, sizeof(tests) / sizeof(tests[0]));
	engine_free(e);
	tls_context_free(context);
	keeper_stop(started.tls.keys);
	reload_stop(reader);
	options_free(&started);
	unlink(config);
	unlink(trusted);
	unlink(report);
	return 0;
}
