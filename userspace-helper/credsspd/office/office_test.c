// SPDX-License-Identifier: GPL-2.0-only
/* The ticket office, with workers that are not as they should be. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/credssp.h>
#include <linux/keyctl.h>
#include "base/clock.h"
#include "base/log.h"
#include "office.h"
#include "office_impl.h"
#include "office_workers.h"
#include "tests/test.h"
#include "tests/test_daemon.h"
#include "tests/test_office_client.h"
#include "tests/test_office_limits.h"
#include "tests/test_office_worker.h"

static void test_exchange(void)
{
	start();
	begin(1, 5, "ard");
	ENSURE(!init_outcome(1) && body->state == CREDSSP_HLP_KRB5_CONTINUE);
	ENSURE(body->message_length == 7 && !memcmp(body + 1, "request", 7));
	step(1);
	ENSURE(!step_outcome(1) && body->state == CREDSSP_HLP_KRB5_DONE);
	ENSURE(wait_for(has_ended, shared->pid[1]));
	/* It is over: END is for somebody else. */
	ENSURE(send_other(CREDSSP_HLP_END, 1, "") == -ENOENT);
	begin(2, 5, "f");
	ENSURE(!init_outcome(2) && body->state == CREDSSP_HLP_KRB5_FAILED && body->error == 7);
	ENSURE(wait_for(has_ended, shared->pid[2]));
	begin(3, 5, "L");
	ENSURE(!init_outcome(3) && head->length == CREDSSP_HLP_MAX_MESSAGE);
	stop();
}

static void test_two_at_once(void)
{
	start();
	begin(1, 5, "ward");
	begin(2, 6, "ard");
	ENSURE(!init_outcome(2));
	ENSURE(!sem_post(&shared->gate));
	ENSURE(!init_outcome(1));
	step(1);
	step(2);
	ENSURE(receive(LONG_MS) && !head->error && receive(LONG_MS) && !head->error);
	ENSURE(body->state == CREDSSP_HLP_KRB5_DONE);
	stop();
}

static void test_deadlines(void)
{
	struct init in = { .conversation = 1, .owner = 5, .time_limit = SHORT_MS, .script = "h" };

	office_patience.step = SHORT_MS;
	start();
	ENSURE(!ask(&in) && init_outcome(1) == ETIMEDOUT);
	ENSURE(wait_for(has_ended, shared->pid[1]));
	begin(2, 5, "arh");
	ENSURE(!init_outcome(2));
	step(2);
	ENSURE(step_outcome(2) == ETIMEDOUT && wait_for(has_ended, shared->pid[2]));
	stop();
	/* A peer that does not answer, and a worker that does not end */
	office_patience.init = 20 * SHORT_MS;
	office_patience.leave = SHORT_MS;
	start();
	begin(3, 5, "ard");
	ENSURE(!init_outcome(3) && wait_for(has_ended, shared->pid[3]));
	step(3);
	ENSURE(step_outcome(3) == EIO);
	begin(4, 5, "fh");
	ENSURE(!init_outcome(4) && wait_for(has_ended, shared->pid[4]));
	stop();
}

/* The time that a request has waited is not the worker's any more. */
static void test_waited(void)
{
	const struct init in = { .conversation = 100, .owner = 5, .script = "t" };

	start();
	begin(1, 5, "t");
	ENSURE(!init_outcome(1) && body->error > LONG_MS / 2 && body->error <= LONG_MS);
	for (unsigned int i = 0; i < OFFICE_WORKERS_OF_OWNER; i++)
		begin(2 + i, 5, "wf");
	ENSURE(wait_for(have_started, 1 + OFFICE_WORKERS_OF_OWNER));
	ENSURE(!ask(&in));
	/* An answer to a later packet: the office has read the request, and its time runs. */
	ENSURE(!send_other(CREDSSP_HLP_KRB5_INIT, 200, ""));
	ENSURE(receive(LONG_MS) && head->conversation == 200 && head->error == EBADMSG);
	ENSURE(!receive(QUIET_MS));
	ENSURE(!sem_post(&shared->gate) && receive(LONG_MS));
	ENSURE(!init_outcome(100) && body->error <= LONG_MS - QUIET_MS);
	stop();
}

static void test_end(void)
{
	start();
	begin(1, 5, "h");
	begin(2, 5, "ard");
	begin(3, 5, "ard");
	/* In either order */
	ENSURE(receive(LONG_MS) && !head->error && receive(LONG_MS) && !head->error);
	ENSURE(wait_for(have_started, 3));
	end(1);
	end(2);
	ENSURE(wait_for(has_ended, shared->pid[1]) && wait_for(has_ended, shared->pid[2]));
	ENSURE(!receive(QUIET_MS) && send_other(CREDSSP_HLP_KRB5_STEP, 1, "reply") == -EPROTO);
	step(3);
	ENSURE(!step_outcome(3));
	stop();
}

static void test_broken_workers(void)
{
	static const char *const scripts[] = { "x", "m", "o", "l", "", "arx", "arm", "arl", "ar" };

	start();
	begin(100, 5, "ard");
	ENSURE(!init_outcome(100));
	for (unsigned int i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		begin(1 + i, 5, scripts[i]);
		if (scripts[i][0] != 'a') {
			ENSURE(init_outcome(1 + i) == EIO);
		} else {
			ENSURE(!init_outcome(1 + i));
			step(1 + i);
			ENSURE(step_outcome(1 + i) == EIO);
		}
		ENSURE(wait_for(has_ended, shared->pid[1 + i]));
	}
	/* One that is killed while it works, and one while the peer does */
	begin(50, 5, "h");
	ENSURE(wait_for(have_started, 11) && !kill(shared->pid[50], SIGKILL));
	ENSURE(init_outcome(50) == EIO);
	begin(51, 5, "ard");
	ENSURE(!init_outcome(51) && !kill(shared->pid[51], SIGKILL));
	ENSURE(wait_for(has_ended, shared->pid[51]));
	step(51);
	ENSURE(step_outcome(51) == EIO);
	/* One that answers without a request: its exchange fails. */
	begin(52, 5, "aah");
	ENSURE(!init_outcome(52) && wait_for(has_ended, shared->pid[52]));
	/* The other exchange has noticed nothing. */
	step(100);
	ENSURE(!step_outcome(100) && body->state == CREDSSP_HLP_KRB5_DONE);
	stop();
}

/* The names of caches and keytabs of requesters in other namespaces are not used. */
static void test_foreign(void)
{
	static alignas(8) uint8_t packet[256];
	struct init in = { .conversation = 1, .owner = 5, .script = "a" };
	struct credssp_hlp_krb5_init *init =
		(void *)(packet + sizeof(struct credssp_hlp_header) + GROUPS_SIZE);
	size_t length = make_init(packet, &in);

	start();
	for (init->source = CREDSSP_HLP_KRB5_CCACHE; init->source <= CREDSSP_HLP_KRB5_KEYTAB;
	     init->source++) {
		init->flags = 0;
		ENSURE(!office_request(office, packet, length) && !init_outcome(1));
		ENSURE(body->state == CREDSSP_HLP_KRB5_FAILED);
		ENSURE(body->failure == CREDSSP_HLP_KRB5_FAIL_FOREIGN && !shared->started);
	}
	init->source = CREDSSP_HLP_KRB5_CCACHE;
	init->flags = CREDSSP_HLP_KRB5_LOCAL;
	ENSURE(!office_request(office, packet, length) && !init_outcome(1));
	ENSURE(body->state == CREDSSP_HLP_KRB5_CONTINUE);
	stop();
}

static void test_bad_requests(void)
{
	static alignas(8) uint8_t packet[256];
	struct init in = { .conversation = 1, .owner = 5, .script = "a" };
	struct credssp_hlp_krb5_init *init =
		(void *)(packet + sizeof(struct credssp_hlp_header) + GROUPS_SIZE);
	size_t length = make_init(packet, &in);

	start();
	/* Lengths that do not add up; in the second case their sum overflows 32 bits */
	init->user_length = 1;
	ENSURE(!office_request(office, packet, length) && init_outcome(1) == EBADMSG);
	init->user_length = UINT32_MAX;
	init->realm_length = 1;
	ENSURE(!office_request(office, packet, length) && init_outcome(1) == EBADMSG);
	ENSURE(office_request(office, packet, length - 1) == -EBADMSG);
	/* A header alone, and a conversation that does not exist */
	ENSURE(!send_other(CREDSSP_HLP_KRB5_INIT, 2, ""));
	ENSURE(receive(LONG_MS) && head->conversation == 2 && head->error == EBADMSG);
	ENSURE(send_other(CREDSSP_HLP_KRB5_STEP, 3, "reply") == -EPROTO);
	/* A requester without a uid here */
	in.uid = 65534;
	ENSURE(!ask(&in) && !init_outcome(1) && body->state == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(body->failure == CREDSSP_HLP_KRB5_FAIL_FOREIGN);
	in.uid = UINT32_MAX;
	ENSURE(!ask(&in) && !init_outcome(1));
	ENSURE(body->failure == CREDSSP_HLP_KRB5_FAIL_FOREIGN && !shared->started);
	/* A second KRB5_INIT, a KRB5_STEP that is too early, and one without an AP-REP */
	begin(4, 5, "war");
	in = (struct init){ .conversation = 4, .owner = 5, .script = "a" };
	ENSURE(ask(&in) == -EPROTO);
	step(4);
	ENSURE(step_outcome(4) == EPROTO);
	ENSURE(!sem_post(&shared->gate) && !init_outcome(4));
	ENSURE(!send_other(CREDSSP_HLP_KRB5_STEP, 4, "") && step_outcome(4) == EBADMSG);
	ENSURE(wait_for(has_ended, shared->pid[4]));
	stop();
}

static void test_relay(void)
{
	start();
	ENSURE(!shared->relay_wrong || !is_root());
	for (unsigned int i = 1; i <= 3; i++) {
		begin(i, 5, "n");
		ENSURE(!init_outcome(i) && body->state == CREDSSP_HLP_KRB5_FAILED && !body->error);
	}
	ENSURE(shared->connections == 3);
	office_reload(office);
	ENSURE(wait_for(relay_was_reloaded, 1));
	office_reload(office);
	ENSURE(wait_for(relay_was_reloaded, 2));
	stop();
}

/* Look around in a worker of @uid; what is wrong */
static unsigned int look_around(uint64_t conversation, uid_t uid)
{
	const struct init in = {
		.conversation = conversation, .owner = 6, .uid = uid, .script = "s",
	};

	ENSURE(!ask(&in) && !init_outcome(conversation));
	ENSURE(body->state == CREDSSP_HLP_KRB5_FAILED);
	if (body->error)
		fprintf(stderr, "uid %u: wrong: %#x\n", uid, body->error);
	return body->error;
}

static void test_sandbox(void)
{
	struct init secret = {
		.conversation = 100, .owner = 5, .script = "ar", .password_length = SECRET_SIZE,
	};

	if (!is_root()) {
		printf("# not root: workers cannot become another user\n");
		return;
	}
	ENSURE(!setenv("KRB5_CONFIG", "/nowhere", 1));
	start();
	/* Root's worker: "no uid" in struct init stands for USER. */
	fill(1, OFFICE_WORKERS_OF_OWNER, 5);
	for (int i = 0; i < SECRET_SIZE; i++)
		shared->secret[i] = 0x81 + 5 * i;
	secret.password = shared->secret;
	/* It waits while others start. */
	ENSURE(!ask(&secret));
	ENSURE(!look_around(101, USER) && !look_around(102, STRANGER));
	end(1);
	ENSURE(!init_outcome(100));
	/* Now it runs, and has left nothing behind. */
	ENSURE(!look_around(103, USER));
	stop();
}

/* The requester is root: its worker has root's files, and nothing else of root's. */
static void test_root(void)
{
	static alignas(8) uint8_t packet[256];
	const struct init in = { .conversation = 1, .script = "s" };
	struct credssp_hlp_header *hdr = (void *)packet;
	size_t length = make_init(packet, &in);

	if (!is_root()) {
		printf("# not root: no worker of root\n");
		return;
	}
	hdr->uid = 0;
	start();
	ENSURE(!office_request(office, packet, length) && !init_outcome(1));
	if (body->error)
		fprintf(stderr, "root: wrong: %#x\n", body->error);
	ENSURE(!body->error);
	stop();
}

/* A relay that is alive is asked and stays; one that is stopped is noticed. */
static void test_stopped_relay(void)
{
	int64_t from;

	office_patience.relay = SHORT_MS;
	start();
	begin(1, 5, "h");
	ENSURE(wait_for(have_started, 1));
	usleep(2 * (OFFICE_RELAY_QUESTIONS + 1) * SHORT_MS * 1000);
	ENSURE(!has_ended(shared->relay) && !has_ended(shared->office));
	from = clock_ms();
	ENSURE(!kill(shared->relay, SIGSTOP));
	ENSURE(wait_for(has_ended, shared->relay) && wait_for(has_ended, shared->office));
	ENSURE(clock_ms() - from >= (OFFICE_RELAY_QUESTIONS - 1) * SHORT_MS);
	ENSURE(wait_for(has_ended, shared->pid[1]));
	stop();
}

/* The channel closes: all processes end. The office or the relay ends: so does the rest. */
static void test_end_of_all(void)
{
	size_t length;
	int ret;

	start();
	begin(1, 5, "h");
	begin(2, 6, "ar");
	ENSURE(!init_outcome(2) && wait_for(have_started, 2));
	stop();
	ENSURE(wait_for(has_ended, shared->pid[1]) && wait_for(has_ended, shared->pid[2]));
	for (int i = 0; i < 2; i++) {
		start();
		begin(1, 5, "h");
		ENSURE(wait_for(have_started, 1));
		ENSURE(!kill(i ? shared->relay : shared->office, SIGKILL));
		ENSURE(wait_for(has_ended, shared->office) && wait_for(has_ended, shared->relay));
		ENSURE(wait_for(has_ended, shared->pid[1]));
		ret = office_receive(office, reply, sizeof(reply), &length);
		ENSURE(ret < 0 && !length);
		stop();
	}
}

/* As main() starts it, with the loop on the device and the filter of system calls */
static void test_daemon(unsigned int threads, bool with_office)
{
	struct init in = { .conversation = 1, .owner = 5, .script = "ard" };
	struct credssp_hlp_header hdr = {
		.length = sizeof(hdr), .opcode = CREDSSP_HLP_END, .conversation = 2,
	};
	static alignas(8) uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];
	size_t length = make_init(packet, &in);
	struct test_daemon t;

	shared->started = 0;
	test_daemon_start(&t, threads, NULL, with_office ? &test_setup : NULL);
	ENSURE(write(t.device, packet, length) == (ssize_t)length);
	ENSURE(read(t.device, reply, sizeof(reply)) == head->length && head->id == 1001);
	if (!with_office) {
		ENSURE(head->error == EOPNOTSUPP);
		test_daemon_stop(&t);
		return;
	}
	ENSURE(!head->error && body->message_length == 7);
	hdr.opcode = CREDSSP_HLP_KRB5_STEP;
	hdr.conversation = 1;
	hdr.length++;
	memcpy(packet, &hdr, sizeof(hdr));
	ENSURE(write(t.device, packet, hdr.length) == hdr.length);
	ENSURE(read(t.device, reply, sizeof(reply)) == head->length && !head->error);
	ENSURE(body->state == CREDSSP_HLP_KRB5_DONE && wait_for(has_ended, shared->pid[1]));
	in = (struct init){ .conversation = 2, .owner = 5, .script = "h" };
	length = make_init(packet, &in);
	ENSURE(write(t.device, packet, length) == (ssize_t)length && wait_for(have_started, 2));
	hdr = (struct credssp_hlp_header){
		.length = sizeof(hdr), .opcode = CREDSSP_HLP_END, .conversation = 2,
	};
	ENSURE(write(t.device, &hdr, sizeof(hdr)) == sizeof(hdr));
	ENSURE(wait_for(has_ended, shared->pid[2]));
	test_daemon_stop(&t);
	ENSURE(wait_for(has_ended, shared->office) && wait_for(has_ended, shared->relay));
}

/* Write @count long requests to the device. */
static pid_t flood(int device, unsigned int count)
{
	static alignas(8) uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];
	static uint8_t much[CREDSSP_HLP_MAX_TICKETS];
	struct init in = {
		.owner = 5, .script = "f", .password = much, .password_length = sizeof(much),
	};
	pid_t pid = fork();
	size_t length;

	ENSURE(pid >= 0);
	if (pid)
		return pid;
	for (unsigned int i = 0; i < count; i++) {
		in.conversation = 10 + i;
		length = make_init(packet, &in);
		if (write(device, packet, length) != (ssize_t)length)
			_exit(EXIT_FAILURE);
	}
	_exit(EXIT_SUCCESS);
}

/* An office that is late is waited for: more requests come than there is room for. */
static void test_late_office(unsigned int threads)
{
	static alignas(8) uint8_t packet[256];
	const struct init in = { .conversation = 1, .owner = 5, .script = "f" };
	const unsigned int count = 100;
	size_t length = make_init(packet, &in);
	struct test_daemon t;
	pid_t writer;

	shared->started = 0;
	test_daemon_start(&t, threads, NULL, &test_setup);
	ENSURE(write(t.device, packet, length) == (ssize_t)length);
	ENSURE(read(t.device, reply, sizeof(reply)) == head->length && !head->error);
	ENSURE(!kill(shared->office, SIGSTOP));
	writer = flood(t.device, count);
	usleep(QUIET_MS * 1000);
	ENSURE(!kill(shared->office, SIGCONT));
	for (unsigned int i = 0; i < count; i++)
		ENSURE(read(t.device, reply, sizeof(reply)) == head->length && !head->error);
	test_daemon_stop(&t);
	ENSURE(wait_for(has_ended, writer));
}

static void test_late_offices(void)
{
	test_late_office(1);
	test_late_office(2);
}

/*
 * A keyring as the module does not make it: users cannot give it the name. -1 where there are
 * no keyrings.
 */
static int32_t make_keyring(void)
{
	const int32_t ring = syscall(SYS_add_key, "keyring", "credssp-office-lent", NULL, 0,
				     KEY_SPEC_PROCESS_KEYRING);

	if (ring < 0 && (errno == ENOSYS || errno == EPERM))
		return -1;
	ENSURE(ring > 0 && syscall(SYS_add_key, "user", SESSION_KEY, "x", 1, ring) > 0);
	ENSURE(syscall(SYS_add_key, "keyring", CREDSSP_HLP_SESSION_NAME, NULL, 0, ring) < 0);
	/* As that of the module: possession finds, the owner may link. */
	ENSURE(!syscall(SYS_keyctl, KEYCTL_SETPERM, ring, 0x3f100000));
	return ring;
}

static void test_sessions(void)
{
	const int32_t ring = make_keyring();
	const struct {
		const char *tickets;
		int32_t session;
		unsigned int found;
	} rows[] = {
		{ NULL, 0, 0 },
		{ "FILE:/cache", 0, 0 },
		{ "KEYRING", 0, 0 },
		{ "KEYRING:session:x", 0, SESSION_OF_USER },
		{ "KEYRING:x", 0, SESSION_OF_USER },
		{ "", 0, SESSION_OF_USER },
		/* Another keyring of the office's user, and a number that is not in use */
		{ "KEYRING:session:x", ring, 0 },
		{ "", ring, 0 },
		{ "KEYRING:session:x", INT32_MAX, 0 },
	};
	struct init in = { .owner = 5, .script = "k" };

	if (ring < 0)
		return;
	start();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		in.conversation = 1 + i;
		in.tickets = rows[i].tickets;
		in.session = rows[i].session;
		ENSURE(!ask(&in) && !init_outcome(1 + i));
		ENSURE(body->state == CREDSSP_HLP_KRB5_FAILED && body->error == rows[i].found);
	}
	in.conversation = 100;
	in.session = KEY_SPEC_USER_KEYRING;
	ENSURE(!ask(&in) && init_outcome(100) == EBADMSG);
	syscall(SYS_keyctl, KEYCTL_INVALIDATE, ring);
	stop();
}

static void test_daemons(void)
{
	test_daemon(1, true);
	test_daemon(2, true);
	test_daemon(1, false);
}

static void test_lost_office(void)
{
	static alignas(8) uint8_t packet[256];
	const struct init in = { .conversation = 1, .owner = 5, .script = "h" };
	size_t length = make_init(packet, &in);
	struct test_daemon t;

	shared->started = 0;
	test_daemon_start(&t, 2, NULL, &test_setup);
	ENSURE(write(t.device, packet, length) == (ssize_t)length && wait_for(have_started, 1));
	ENSURE(!kill(shared->office, SIGKILL));
	/* The daemon ends by itself, and with it its end of the device. */
	ENSURE(read(t.device, reply, sizeof(reply)) == 0 && wait_for(has_ended, t.pid));
	test_daemon_stop(&t);
}

/* Groups that are malformed, or too many */
static void test_bad_groups(void)
{
	static alignas(8) uint8_t packet[8192];
	struct init in = { .conversation = 1, .owner = 5, .script = "a" };
	struct credssp_hlp_header *hdr = (void *)packet;
	struct credssp_hlp_groups *groups = (void *)(hdr + 1);
	const size_t length = make_init(packet, &in);

	start();
	hdr->flags |= 2;
	ENSURE(!office_request(office, packet, length) && init_outcome(1) == EBADMSG);
	hdr->flags = CREDSSP_HLP_GROUPS;
	groups->count = CREDSSP_HLP_MAX_GROUPS + 1;
	hdr->length = sizeof(packet);
	ENSURE(!office_request(office, packet, hdr->length) && init_outcome(1) == EBADMSG);
	groups->count = UINT32_MAX;
	ENSURE(!office_request(office, packet, hdr->length) && init_outcome(1) == EBADMSG);
	/* One group more than there is room for, and not even their number */
	groups->count = USER_GROUPS;
	hdr->length = sizeof(*hdr) + GROUPS_SIZE - 1;
	ENSURE(!office_request(office, packet, hdr->length) && init_outcome(1) == EBADMSG);
	hdr->length = sizeof(*hdr) + sizeof(*groups) - 1;
	ENSURE(!office_request(office, packet, hdr->length) && init_outcome(1) == EBADMSG);
	hdr->length = length;
	ENSURE(!office_request(office, packet, length) && !init_outcome(1));
	stop();
}

static const struct test_case tests[] = {
	{ "an exchange", test_exchange },
	{ "two exchanges at once", test_two_at_once },
	{ "deadlines", test_deadlines },
	{ "a request that has waited", test_waited },
	{ "END", test_end },
	{ "workers that end or send nonsense", test_broken_workers },
	{ "requests that are wrong", test_bad_requests },
	{ "groups that are wrong", test_bad_groups },
	{ "requesters in other namespaces", test_foreign },
	{ "limits of an owner and of all", test_limits },
	{ "turns of those that wait", test_queue },
	{ "limit of what waits", test_queue_limit },
	{ "what is left of it for others", test_queue_reserve },
	{ "many exchanges", test_many },
	{ "an office that does not read", test_full_socket },
	{ "an office that reads late", test_late_offices },
	{ "the relay", test_relay },
	{ "a relay that is stopped", test_stopped_relay },
	{ "what a worker may do", test_sandbox },
	{ "what a worker of root may do", test_root },
	{ "a worker's session keyring", test_sessions },
	{ "all processes end together", test_end_of_all },
	{ "the daemon's loop", test_daemons },
	{ "the daemon ends without its office", test_lost_office },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	prepare();
	office_patience = (struct office_patience){ LONG_MS, LONG_MS, LONG_MS, LONG_MS };
	test_run("office", tests, sizeof(tests) / sizeof(tests[0]));
	unlink(shared->private);
	unlink(TEST_KDCS);
	return 0;
}
