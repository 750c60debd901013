// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "logons/logon_impl.h"
#include "test.h"
#include "test_gate.h"

#define HEADER	sizeof(struct credssp_hlp_header)

struct test_shared *test_shared;
struct gate_setup test_setup;

static struct logons *logons;
static int64_t watch;
static uint64_t last_id;
static char file[64];

/* ---- the processes ---------------------------------------------------------------- */

static void make_right(struct logon_verdict *v, char *name)
{
	v->reply = (struct credssp_hlp_ntlm_reply){
		.state = CREDSSP_HLP_NTLM_DONE, .name_length = strlen("account"),
	};
	memset(v->reply.session_base_key, 'k', sizeof(v->reply.session_base_key));
	memcpy(name, "account", strlen("account"));
}

/* Do what @c says. False: the process has to end. */
static bool play(int fd, char c, const struct logon_question *q)
{
	struct {
		struct logon_verdict v;
		char name[LOGON_ACCOUNT_MAX];
	} out = { .v = { .id = q->id, .usable = 1 } };
	size_t length;

	logon_refuse(&out.v.reply, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE);
	switch (c) {
	case 's':
		ENSURE(!sem_wait(&test_shared->open));
		make_right(&out.v, out.name);
		break;
	case 'r':
		make_right(&out.v, out.name);
		break;
	case 'e':
	case 'g':
		out.v.elsewhere = 1;
		break;
	case 'o':
		logon_refuse(&out.v.reply, CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR);
		out.v.trouble = 4;
		break;
	case 'l':
		out.v.id += 1000;
		break;
	case 'm':
		out.v.reply.name_length = 5;
		break;
	case 'x':
		return false;
	case 'h':
		pause();
		return false;
	default:
		break;
	}
	length = sizeof(out.v) + (out.v.reply.state == CREDSSP_HLP_NTLM_DONE ?
					  out.v.reply.name_length : 0);
	ENSURE(write(fd, &out, length) == (ssize_t)length);
	if (c == 't')
		ENSURE(write(fd, &out, length) == (ssize_t)length);
	return true;
}

/* Read a question and return its letter; 0: the gate has closed the connection. */
static char take(int fd, unsigned int letter, struct logon_question *q)
{
	uint8_t in[LOGON_QUESTION_MAX + 1];
	struct logon_request r;
	ssize_t got = read(fd, in, sizeof(in));

	if (got <= 0)
		return 0;
	ENSURE((size_t)got > sizeof(*q));
	memcpy(q, in, sizeof(*q));
	ENSURE(!logon_request_read(&r, in + sizeof(*q), got - sizeof(*q)));
	return r.response.user_length > 2 * letter ? r.response.user[2 * letter] : 'w';
}

int test_gate_books(int fd, const struct bookkeeper_setup *setup)
{
	const struct logon_verdict hello = { .usable = 1 };
	struct logon_question q;
	char c;

	(void)setup;
	test_shared->books_pid = getpid();
	test_shared->books++;
	ENSURE(write(fd, &hello, sizeof(hello)) == sizeof(hello));
	do {
		c = take(fd, 0, &q);
		if (!c)
			break;
		__atomic_add_fetch(&test_shared->asked, 1, __ATOMIC_SEQ_CST);
	} while (play(fd, c, &q));
	return EXIT_SUCCESS;
}

int test_gate_winbind(int fd)
{
	struct logon_question q;

	test_shared->worker_pid = getpid();
	__atomic_add_fetch(&test_shared->workers, 1, __ATOMIC_SEQ_CST);
	play(fd, take(fd, 1, &q), &q);
	return EXIT_SUCCESS;
}

/* ---- the gate --------------------------------------------------------------------- */

void test_gate_reset(void)
{
	if (!test_shared) {
		test_shared = mmap(NULL, sizeof(*test_shared), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		ENSURE(test_shared != MAP_FAILED);
	}
	*test_shared = (struct test_shared){ 0 };
	ENSURE(!sem_init(&test_shared->open, 1, 0));
	gate_patience = (struct gate_patience){
		.limit = 60000, .early = 20, .check = TEST_LONG_MS, .restart = 50,
	};
	test_setup = (struct gate_setup){
		.user = "nobody", .books = test_gate_books,
		.rules = { .lock_ms = 60000, .address_ms = 1000 },
	};
}

void test_gate_start(void)
{
	logons = logons_start(&test_setup);
	ENSURE(logons);
}

void test_gate_stop(void)
{
	logons_stop(logons);
	logons = NULL;
}

const char *test_gate_file(void)
{
	static bool made;
	int fd;

	if (!made) {
		strcpy(file, "/tmp/gate_test.XXXXXX");
		fd = mkstemp(file);
		ENSURE(fd >= 0 && !close(fd));
		made = true;
	}
	return file;
}

/* As credsspctl does it: another file takes the name. */
void test_gate_accounts(const char *const *accounts)
{
	char temporary[sizeof(file) + 4];
	uint8_t hash[ACCOUNT_HASH];
	FILE *f;

	snprintf(temporary, sizeof(temporary), "%s.new", test_gate_file());
	f = fopen(temporary, "w");
	ENSURE(f && !fchmod(fileno(f), 0600));
	for (; *accounts; accounts += 3) {
		ENSURE(!account_hash_password(hash, accounts[1], strlen(accounts[1])));
		fprintf(f, "%s::", accounts[0]);
		for (size_t i = 0; i < sizeof(hash); i++)
			fprintf(f, "%02x", hash[i]);
		fprintf(f, ":%s\n", accounts[2]);
	}
	ENSURE(!fclose(f) && !rename(temporary, file));
}

const char *const test_accounts[] = {
	"alice", "Passw0rd!", "", "carol", "carols", "disabled", NULL,
};

void test_gate_start_with_accounts(void)
{
	test_gate_reset();
	test_gate_accounts(test_accounts);
	test_setup.accounts = test_gate_file();
	test_setup.books = bookkeeper_serve;
	test_gate_start();
}

void test_gate_start_script(void)
{
	test_gate_reset();
	test_gate_start();
}

/* ---- requests and replies ---------------------------------------------------------- */

int test_gate_send(uint64_t conversation, const uint8_t *payload, size_t length)
{
	static alignas(8) uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];
	const struct credssp_hlp_header head = {
		.length = HEADER + length, .opcode = CREDSSP_HLP_NTLM_LOGON, .id = ++last_id,
		.conversation = conversation, .uid = 5, .owner = 5,
	};
	int ret;

	memcpy(packet, &head, HEADER);
	memcpy(packet + HEADER, payload, length);
	ENSURE(logons_are_for(logons, packet, HEADER + length));
	/* The daemon would refuse what the gate has no room for. */
	while ((ret = logons_request(logons, packet, HEADER + length)) == -EDQUOT)
		usleep(1000);
	return ret;
}

int test_gate_ask(uint64_t conversation, const struct test_logon *t)
{
	uint8_t payload[LOGON_PAYLOAD_MAX];

	return test_gate_send(conversation, payload, test_logon_make(payload, t));
}

void test_gate_end(uint64_t conversation)
{
	const struct credssp_hlp_header head = {
		.length = HEADER, .opcode = CREDSSP_HLP_END, .conversation = conversation,
	};

	ENSURE(logons_are_for(logons, &head, HEADER));
	ENSURE(!logons_request(logons, &head, HEADER));
	ENSURE(!logons_are_for(logons, &head, HEADER));
}

void test_gate_watch(void)
{
	watch = clock_ms();
}

struct test_answer test_gate_take(int ms)
{
	static alignas(8) uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];
	const struct credssp_hlp_header *head = (void *)packet;
	struct pollfd p = { .fd = logons_fd(logons), .events = POLLIN };
	struct test_answer a = { 0 };
	size_t length;

	if (poll(&p, 1, ms) != 1)
		return a;
	ENSURE(!logons_receive(logons, packet, sizeof(packet), &length) && length >= HEADER);
	a.conversation = head->conversation;
	a.error = head->error;
	a.after = clock_ms() - watch;
	ENSURE(!head->uid && !head->pid && !head->flags && !head->owner);
	if (a.error) {
		ENSURE(length == HEADER);
		return a;
	}
	ENSURE(length >= HEADER + sizeof(a.body));
	memcpy(&a.body, packet + HEADER, sizeof(a.body));
	ENSURE(length == HEADER + sizeof(a.body) + a.body.name_length);
	memcpy(a.name, packet + HEADER + sizeof(a.body), a.body.name_length);
	return a;
}

struct test_answer test_gate_logon(const struct test_logon *t)
{
	static uint64_t conversation = 1000000;
	struct test_answer a;

	test_gate_watch();
	ENSURE(!test_gate_ask(++conversation, t));
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == conversation);
	return a;
}

bool test_gate_try(const char *user, const char *password, const char *address)
{
	const struct test_logon t = { .user = user, .password = password, .address = address };
	struct test_answer a = test_gate_logon(&t);

	ENSURE(!a.error);
	return a.body.state == CREDSSP_HLP_NTLM_DONE;
}

bool test_answer_is(const struct test_answer *a, uint32_t failure, uint32_t ntstatus)
{
	return !a->error && a->body.state == CREDSSP_HLP_NTLM_FAILED &&
	       a->body.failure == failure && a->body.ntstatus == ntstatus;
}

bool test_was_denied(const struct test_answer *a)
{
	return test_answer_is(a, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_LOGON_FAILURE);
}

bool test_was_locked(const struct test_answer *a)
{
	return test_answer_is(a, CREDSSP_HLP_NTLM_FAIL_LOCKED, STATUS_LOGON_FAILURE);
}

bool test_was_busy(const struct test_answer *a)
{
	return test_answer_is(a, CREDSSP_HLP_NTLM_FAIL_BUSY, STATUS_INSUFF_SERVER_RESOURCES);
}

bool test_had_trouble(const struct test_answer *a)
{
	return test_answer_is(a, CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR);
}

struct test_answer test_gate_from(const char *user, const char *domain, const char *address)
{
	const struct test_logon t = { .user = user, .domain = domain, .address = address };

	return test_gate_logon(&t);
}

void test_gate_ask_many(uint64_t first, unsigned int count, const char *address, const char *user)
{
	char name[16];
	const struct test_logon t = { .user = name, .address = address };

	for (unsigned int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u", user, i);
		ENSURE(!test_gate_ask(first + i, &t));
	}
}

void test_gate_open(unsigned int count)
{
	while (count--)
		ENSURE(!sem_post(&test_shared->open));
}

bool test_gate_await(bool (*done)(long arg), long arg)
{
	for (int i = 0; i < TEST_LONG_MS / 10; i++) {
		if (done(arg))
			return true;
		usleep(10000);
	}
	return false;
}

/* They are children of the gate, which reaps them. */
bool test_gate_has_ended(long pid)
{
	return kill(pid, 0) && errno == ESRCH;
}

pid_t test_gate_parent(pid_t pid)
{
	char path[64];
	int parent;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	ENSURE(f && fscanf(f, "%*d (%*[^)]) %*c %d", &parent) == 1);
	fclose(f);
	return parent;
}
