// SPDX-License-Identifier: GPL-2.0-only
/* The client's end of a remote shell against the server's, without the connection. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/net.h"
#include "remote_shell.h"
#include "shells.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"
#include "wsman.h"

#define PLENTY		(400 * 1024)
#define RUN_MS		60000

static char *const program[] = { (char *)"sh", (char *)"-c", NULL };

/* What a client does while a signal comes */
enum moment { MOMENT_NONE, MOMENT_CREATE, MOMENT_RECEIVE, MOMENT_DEAD };

/**
 * struct bench - both ends
 * @shells: server
 * @pair: stands for the connection
 * @stop: descriptor that ends the server's waiting
 * @replace: this answer in place of the server's, or NULL
 * @after: how many answers are the server's before it
 * @moment: when SIGTERM comes
 * @signals, @deletes: messages of these kinds
 */
struct bench {
	struct shells *shells;
	int pair[2];
	int stop;
	const char *replace;
	unsigned int after;
	enum moment moment;
	unsigned int signals;
	unsigned int deletes;
};

static void note_message(struct bench *b, const char *message)
{
	b->signals += !!strstr(message, ACTION_SIGNAL "<");
	b->deletes += !!strstr(message, ACTION_DELETE "<");
	if (b->moment == MOMENT_CREATE ? !strstr(message, ACTION_CREATE "<") :
	    b->moment == MOMENT_NONE || !strstr(message, ACTION_RECEIVE "<"))
		return;
	raise(SIGTERM);
}

static int exchange(void *arg, const void *message, size_t n, int64_t deadline,
		    struct winrm_reply *reply)
{
	struct bench *b = arg;

	CHECK(deadline > net_now());
	note_message(b, message);
	if (b->moment == MOMENT_DEAD && b->signals + b->deletes == 0 &&
	    strstr(message, ACTION_RECEIVE "<"))
		return -1;
	if (b->replace && !b->after) {
		*reply = (struct winrm_reply){ 200, (unsigned char *)strdup(b->replace),
					       strlen(b->replace) };
		return 0;
	}
	b->after--;
	return shells_answer(b->shells, message, n, &reply->status, &reply->text, &reply->length);
}

static void set_up(struct bench *b, char *const *argv)
{
	struct shells_options options = { .program = argv, .env = environ };

	*b = (struct bench){ .stop = eventfd(0, EFD_CLOEXEC) };
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, b->pair));
	options.fd = b->pair[0];
	options.stop = b->stop;
	b->shells = shells_new(&options);
}

static void tear_down(struct bench *b)
{
	shells_free(b->shells);
	close(b->pair[0]);
	close(b->pair[1]);
	close(b->stop);
}

/* A file in memory with @n bytes of @text */
static int memory(const char *text, size_t n)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	CHECK(write(fd, text, n) == (ssize_t)n && !lseek(fd, 0, SEEK_SET));
	return fd;
}

static void check_file(int fd, const char *want, size_t n)
{
	char *got = malloc(n + 2);
	ssize_t length = pread(fd, got, n + 1, 0);

	CHECK(length == (ssize_t)n && !memcmp(got, want, n));
	if (length != (ssize_t)n)
		printf("# %zd bytes, not %zu: %.*s\n", length, n, (int)(length > 80 ? 80 : length),
		       got);
	free(got);
	close(fd);
}

struct result {
	int ret;
	struct remote_command c;
	int output;
	int error;
};

static struct result run(struct bench *b, const char *line, int input, int run_ms)
{
	struct result r = { .output = memory("", 0), .error = memory("", 0) };

	r.c = (struct remote_command){
		.to = "srv:5985", .line = line, .input = input, .output = r.output,
		.error = r.error, .deadline = net_now() + run_ms,
	};
	r.ret = remote_run(&r.c, exchange, b);
	return r;
}

static void expect(struct bench *b, const char *line, int input, uint32_t code, const char *output,
		   const char *error)
{
	struct result r = run(b, line, input, RUN_MS);

	CHECK(!r.ret && r.c.done && r.c.code == code && !*r.c.failure);
	if (r.ret || r.c.code != code)
		printf("# %s: %d, code %u, %s\n", line, r.ret, r.c.code, r.c.failure);
	check_file(r.output, output, strlen(output));
	check_file(r.error, error, strlen(error));
}

static void test_commands(void)
{
	struct bench b;

	set_up(&b, program);
	expect(&b, "echo hello", -1, 0, "hello\n", "");
	expect(&b, "echo '<&>\"'; echo oops >&2; exit 3", -1, 3, "<&>\"\n", "oops\n");
	expect(&b, "exit 255", -1, 255, "", "");
	expect(&b, "kill -9 $$", -1, 137, "", "");
	/* a program in the background keeps the pipes, and is not waited for */
	expect(&b, "sleep 60 & echo done", -1, 0, "done\n", "");
	expect(&b, "exec >&- 2>&-; sleep 0.1; exit 4", -1, 4, "", "");
	tear_down(&b);
}

static void test_input(void)
{
	char *plenty = malloc(PLENTY);
	struct result r;
	struct bench b;
	int input;

	memset(plenty, 'x', PLENTY);
	set_up(&b, program);
	input = memory("a\nb\n", 4);
	expect(&b, "sort -r", input, 0, "b\na\n", "");
	close(input);
	input = memory("", 0);
	expect(&b, "wc -c", input, 0, "0\n", "");
	close(input);
	input = memory(plenty, PLENTY);
	r = run(&b, "cat", input, RUN_MS);
	CHECK(!r.ret && !r.c.code);
	check_file(r.output, plenty, PLENTY);
	close(r.error);
	/* the command reads late, or not at all */
	CHECK(!lseek(input, 0, SEEK_SET));
	expect(&b, "sleep 0.3; wc -c", input, 0, "409600\n", "");
	CHECK(!lseek(input, 0, SEEK_SET));
	expect(&b, "exec <&-; sleep 0.3; echo no", input, 0, "no\n", "");
	close(input);
	tear_down(&b);
	free(plenty);
}

static unsigned int polls;

/* In place of the C library's, for all of this program */
int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	const struct timespec limit = {
		.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L,
	};

	polls++;
	return ppoll(fds, n, timeout_ms < 0 ? NULL : &limit, NULL);
}

/* Output that is there while the server waits for room for input does not keep it busy. */
static void test_idle(void)
{
	char *plenty = calloc(1, PLENTY);
	int input = memory(plenty, PLENTY);
	unsigned int before = polls;
	struct bench b;

	set_up(&b, program);
	expect(&b, "echo; sleep 1.5; wc -c", input, 0, "\n409600\n", "");
	/* some for each message; else, as many as the processor can do */
	CHECK(polls > before && polls - before < 500);
	tear_down(&b);
	close(input);
	free(plenty);
}

/* The command is ended, and the shell is free for the next one. */
static void test_late(void)
{
	struct result r;
	struct bench b;

	set_up(&b, program);
	r = run(&b, "echo begun; sleep 60", -1, 300);
	CHECK(r.ret && r.c.late && !r.c.done && *r.c.failure);
	check_file(r.output, "begun\n", 6);
	close(r.error);
	expect(&b, "echo next", -1, 0, "next\n", "");
	tear_down(&b);
}

static struct result run_stopped(struct bench *b, const char *line, struct stop *stop, int output)
{
	struct result r = { .output = output, .error = memory("", 0) };

	stop_begin(stop);
	r.c = (struct remote_command){
		.to = "srv:5985", .line = line, .input = -1, .output = output,
		.error = r.error, .deadline = net_now() + RUN_MS, .stop = stop,
	};
	r.ret = remote_run(&r.c, exchange, b);
	stop_end(stop);
	close(r.error);
	return r;
}

/* A signal ends the command and its shell on the server, which outlives the connection there. */
static void test_stopped(void)
{
	static const struct {
		enum moment moment;
		unsigned int signals;
		unsigned int deletes;
		bool left;
	} rows[] = {
		{ MOMENT_CREATE, 0, 1, false },
		{ MOMENT_RECEIVE, 1, 1, false },
		{ MOMENT_DEAD, 0, 0, true },
	};
	struct result r;
	struct stop stop;
	struct bench b;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		set_up(&b, program);
		b.moment = rows[i].moment;
		r = run_stopped(&b, "echo begun; sleep 60", &stop, memory("", 0));
		CHECK(r.ret && !r.c.done && !r.c.late && stop.signal == SIGTERM);
		CHECK(b.signals == rows[i].signals && b.deletes == rows[i].deletes);
		CHECK(r.c.left == rows[i].left);
		close(r.output);
		tear_down(&b);
	}
}

/* The same while nobody reads the output */
static void test_stopped_output(void)
{
	struct result r;
	struct stop stop;
	struct bench b;
	pid_t pid = getpid();
	int pipes[2];

	CHECK(!pipe2(pipes, O_CLOEXEC));
	set_up(&b, program);
	if (!fork()) {
		usleep(300000);
		kill(pid, SIGINT);
		_exit(0);
	}
	r = run_stopped(&b, "head -c 200000 /dev/zero; sleep 60", &stop, pipes[1]);
	CHECK(r.ret && !r.c.left && stop.signal == SIGINT && b.signals == 1 && b.deletes == 1);
	close(pipes[0]);
	close(pipes[1]);
	CHECK(wait(NULL) > 0);
	tear_down(&b);
}

/* The first signal leaves little time, the second one none. */
static void test_stop(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction old;
	struct stop stop;
	sigset_t set;
	int pipes[2];

	CHECK(!pipe2(pipes, O_CLOEXEC));
	stop_begin(&stop);
	CHECK(!stop_asked(&stop) && !stop_asked(NULL) && stop_limit(&stop, 5) == 5);
	CHECK(stop_await(&stop, pipes[0], net_now() + 20) == -1 && errno == ETIMEDOUT);
	CHECK(!stop_await_room(&stop, pipes[1]));
	raise(SIGHUP);
	CHECK(stop_asked(&stop) && stop.signal == SIGHUP);
	CHECK(stop_limit(&stop, INT64_MAX) <= net_now() + STOP_MS);
	CHECK(!stop_await_room(&stop, pipes[1]));
	CHECK(write(pipes[1], "x", 1) == 1 && !stop_await(&stop, pipes[0], INT64_MAX));
	raise(SIGINT);
	CHECK(stop_await(&stop, pipes[0], INT64_MAX) == -1 && errno == ETIMEDOUT);
	CHECK(stop_await_room(&stop, pipes[1]) == -1 && errno == EINTR);
	CHECK(stop.signal == SIGHUP);
	stop_end(&stop);
	close(pipes[0]);
	close(pipes[1]);
	/* as under nohup(1) */
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL) && !sigaction(SIGHUP, &ignore, &old));
	stop_begin(&stop);
	raise(SIGHUP);
	CHECK(!stop_asked(&stop));
	raise(SIGTERM);
	CHECK(stop_asked(&stop) && stop.signal == SIGTERM);
	stop_end(&stop);
	sigaction(SIGHUP, &old, NULL);
}

static void test_programs(void)
{
	static char *const missing[] = { (char *)"/nowhere/at/all", NULL };
	static char *const directory[] = { (char *)"/", NULL };
	static char *const echo[] = { (char *)"echo", (char *)"-n", NULL };
	struct bench b;

	set_up(&b, missing);
	expect(&b, "x", -1, 127, "", "");
	tear_down(&b);
	set_up(&b, directory);
	expect(&b, "x", -1, 126, "", "");
	tear_down(&b);
	/* the command line is one argument */
	set_up(&b, echo);
	expect(&b, "a  'b' $(c)", -1, 0, "a  'b' $(c)", "");
	tear_down(&b);
}

/* What comes in place of an answer: the failure says so, and nothing is called a success. */
static void test_bad_answers(void)
{
#define ENVELOPE(relates, body)								\
	"<s:Envelope xmlns:s='" NS_SOAP "' xmlns:a='" NS_ADDRESSING "' xmlns:r='" NS_SHELL	\
	"'><s:Header><a:RelatesTo>" relates "</a:RelatesTo></s:Header><s:Body>" body		\
	"</s:Body></s:Envelope>"
#define FAULT(inside)	"<s:Fault>" inside "</s:Fault>"
	static const struct {
		const char *answer;
		const char *failure;
	} rows[] = {
		{ "", "no envelope" },
		{ "<a/>", "another message" },
		{ "no XML", "no envelope" },
		{ "<!DOCTYPE a><a/>", "no envelope" },
		{ ENVELOPE("uuid:00000000-0000-0000-0000-000000000000", ""), "another message" },
		{ ENVELOPE("", FAULT("<s:Reason><s:Text>too bad</s:Text></s:Reason>")), "too bad" },
		{ ENVELOPE("", FAULT("")), "without a text" },
	};
	struct result r;
	struct bench b;
	unsigned int after;
	size_t i;

	for (after = 0; after < 3; after++) {
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			set_up(&b, program);
			b.replace = rows[i].answer;
			b.after = after;
			r = run(&b, "echo x", -1, RUN_MS);
			CHECK(r.ret && !r.c.done && strstr(r.c.failure, rows[i].failure));
			if (!r.ret || !strstr(r.c.failure, rows[i].failure))
				printf("# %zu, %u: %s\n", i, after, r.c.failure);
			close(r.output);
			close(r.error);
			tear_down(&b);
		}
	}
}

/* Output that cannot be written ends the command. */
static void test_full(void)
{
	struct remote_command c = {
		.to = "srv", .line = "echo x; sleep 60", .input = -1, .error = -1,
		.deadline = net_now() + RUN_MS, .output = open("/dev/full", O_WRONLY | O_CLOEXEC),
	};
	struct bench b;

	set_up(&b, program);
	CHECK(remote_run(&c, exchange, &b) && strstr(c.failure, "standard output"));
	close(c.output);
	tear_down(&b);
}

#define OPEN										\
	"<s:Envelope xmlns:s='" NS_SOAP "' xmlns:a='" NS_ADDRESSING "'"			\
	" xmlns:w='" NS_WSMAN "' xmlns:r='" NS_SHELL "'><s:Header>"

/* Send the server a request by hand. Return the code of the fault in its answer, or "". */
static const char *ask(struct bench *b, const char *header, const char *body)
{
	static char code[32];
	char *message = NULL;
	const struct xml_element *e;
	unsigned int status = 0;
	unsigned char *reply;
	size_t length;
	struct xml x;

	CHECK(asprintf(&message, OPEN "%s</s:Header><s:Body>%s</s:Body></s:Envelope>", header,
		       body) > 0);
	CHECK(!shells_answer(b->shells, message, strlen(message), &status, &reply, &length));
	CHECK(!xml_parse(&x, reply, length));
	e = xml_find(&x, NS_FAULT, "WSManFault", NULL);
	CHECK(status == (e ? 500 : 200));
	snprintf(code, sizeof(code), "%s", e ? xml_attribute(e, "Code") : "");
	xml_free(&x);
	free(reply);
	free(message);
	return code;
}

#define RESOURCE	"<w:ResourceURI>" RESOURCE_CMD "</w:ResourceURI>"
#define HEAD(action)	"<a:Action>" action "</a:Action>" RESOURCE
#define SELECTOR(id)	"<w:Selector Name='ShellId'>" id "</w:Selector>"
#define SHELL(id)	"<w:SelectorSet>" SELECTOR(id) "</w:SelectorSet>"
#define CREATE(inside)	"<r:Shell>" inside "</r:Shell>"
#define PRELOAD		"<r:Variable Name='LD_PRELOAD'>x</r:Variable>"

static void test_bad_requests(void)
{
	struct bench b;
	int i;

	set_up(&b, program);
	CHECK(!strcmp(ask(&b, "", ""), FAULT_UNSUPPORTED));
	CHECK(!strcmp(ask(&b, HEAD("urn:x"), ""), FAULT_UNSUPPORTED));
	CHECK(!strcmp(ask(&b, "<a:Action>" ACTION_CREATE "</a:Action>", ""), FAULT_UNSUPPORTED));
	CHECK(!strcmp(ask(&b, HEAD(ACTION_COMMAND), ""), FAULT_NO_SHELL));
	CHECK(!strcmp(ask(&b, HEAD(ACTION_DELETE) SHELL(""), ""), FAULT_NO_SHELL));
	CHECK(!strcmp(ask(&b, HEAD(ACTION_RECEIVE) SHELL("x"), ""), FAULT_NO_SHELL));
	CHECK(!strcmp(ask(&b, HEAD(ACTION_CREATE),
			  CREATE("<r:Environment>" PRELOAD "</r:Environment>")),
		      FAULT_UNSUPPORTED));
	CHECK(!strcmp(ask(&b, HEAD(ACTION_CREATE),
			  CREATE("<r:WorkingDirectory>/</r:WorkingDirectory>")),
		      FAULT_UNSUPPORTED));
	for (i = 0; i < SHELLS_MAX; i++)
		CHECK(!*ask(&b, HEAD(ACTION_CREATE), "<r:Shell/>"));
	CHECK(!strcmp(ask(&b, HEAD(ACTION_CREATE), "<r:Shell/>"), FAULT_BUSY));
	tear_down(&b);
}

/* No wait for output outlives the server or the client. */
static void test_ends(void)
{
	struct bench b;
	struct result r;

	set_up(&b, program);
	CHECK(!eventfd_write(b.stop, 1));
	r = run(&b, "sleep 60", -1, RUN_MS);
	CHECK(r.ret && !*r.c.failure);
	close(r.output);
	close(r.error);
	tear_down(&b);
	set_up(&b, program);
	shutdown(b.pair[1], SHUT_RDWR);
	r = run(&b, "sleep 60", -1, RUN_MS);
	CHECK(r.ret && !*r.c.failure);
	close(r.output);
	close(r.error);
	tear_down(&b);
}

void test_shells(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction old;

	sigaction(SIGPIPE, &ignore, &old);
	test_commands();
	test_input();
	test_idle();
	test_late();
	test_stopped();
	test_stopped_output();
	test_stop();
	test_programs();
	test_bad_answers();
	test_full();
	test_bad_requests();
	test_ends();
	sigaction(SIGPIPE, &old, NULL);
}
