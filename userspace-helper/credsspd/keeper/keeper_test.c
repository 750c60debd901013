// SPDX-License-Identifier: GPL-2.0-only
/* The key keeper, with workers that are not as they should be. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "keeper.h"
#include "keeper_impl.h"
#include "tests/test.h"
#include "tests/test_worker.h"
#include "workers.h"

/* Longer than any test takes, and what is not waited for to the end */
#define LONG_MS		60000
#define SHORT_MS	50

static struct keeper *start(void)
{
	struct keeper *k;

	memset(shared, 0, sizeof(*shared));
	ENSURE(!sem_init(&shared->gate, 1, 0));
	k = keeper_start("directory");
	ENSURE(k && keeper_fd(k) >= 0);
	return k;
}

static void stop(struct keeper *k)
{
	keeper_stop(k);
	memset(scripts, 0, sizeof(scripts));
	keeper_patience = (struct keeper_patience){ LONG_MS, LONG_MS, LONG_MS, LONG_MS };
}

/* One turn of the daemon's loop; 0, or the keeper is lost. */
static int turn(struct keeper *k)
{
	struct pollfd p = { .fd = keeper_fd(k), .events = POLLIN };
	int due, ret = keeper_expire(k);

	if (ret)
		return ret;
	due = keeper_due(k);
	ENSURE(poll(&p, 1, due >= 0 && due < SHORT_MS ? due : SHORT_MS) >= 0);
	return p.revents ? keeper_receive(k) : 0;
}

static void ask(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name)
{
	q->deadline = clock_patience_ms() + LONG_MS;
	keeper_find(k, q, uid, name);
}

/* The outcome of a question for @name, which an answer must have. */
static int outcome(struct keeper *k, struct keeper_question *q, const char *name)
{
	int ret;

	while (!q->answered)
		turn(k);
	ret = q->error;
	ENSURE(ret || (q->answer.len == strlen(name) &&
		       !memcmp(q->answer.data, name, q->answer.len)));
	keeper_drop(k, q);
	return ret;
}

static int find(struct keeper *k, uint32_t uid, const char *name)
{
	struct keeper_question q = { 0 };

	ask(k, &q, uid, name);
	return outcome(k, &q, name);
}

static int sign(struct keeper *k, uint32_t uid, const char *name)
{
	struct keeper_question q = { .deadline = clock_patience_ms() + LONG_MS };

	keeper_sign(k, &q, uid, name, true, 0, "hash", 4);
	return outcome(k, &q, name);
}

/* Ask until the user's worker may start again. */
static int find_in_the_end(struct keeper *k, uint32_t uid, const char *name)
{
	int ret = find(k, uid, name);

	while (ret == -EAGAIN) {
		usleep(10000);
		ret = find(k, uid, name);
	}
	return ret;
}

/* Wait until there is no such process any more. */
static void await_end(struct keeper *k, pid_t pid)
{
	while (!kill(pid, 0))
		turn(k);
	ENSURE(errno == ESRCH);
}

static void test_answers(void)
{
	static const char *const script[] = { "aanf", NULL };
	struct keeper_question q = { 0 };
	struct keeper *k;

	scripts[ALICE] = script;
	k = start();
	ENSURE(!find(k, ALICE, "first") && !sign(k, ALICE, "second"));
	ENSURE(find(k, ALICE, "none") == -ENOENT);
	ENSURE(!find(k, ALICE, "nothing is inherited"));
	ENSURE(shared->started[ALICE] == 1);
	/* a user without certificates has no worker */
	ENSURE(find(k, NOBODY, "none") == -ENOENT);
	stop(k);
	ask(NULL, &q, ALICE, "no keeper");
	ENSURE(q.answered && q.error == -ENOENT);
	keeper_reload(NULL);
	keeper_stop(NULL);
	ENSURE(keeper_fd(NULL) == -1 && !keeper_expire(NULL) && keeper_due(NULL) == -1);
}

/* A token that is slow: its own user's questions wait, in order; others' do not. */
static void test_slow(void)
{
	static const char *const script[] = { "aga", NULL };
	struct keeper_question first = { 0 }, second = { 0 };
	struct keeper *k;

	scripts[ALICE] = script;
	k = start();
	ENSURE(!find(k, ALICE, "loaded"));
	ask(k, &first, ALICE, "first");
	ask(k, &second, ALICE, "second");
	for (uint32_t uid = BOB; uid < BOB + 5; uid++)
		ENSURE(!find(k, uid, "meanwhile") && !sign(k, uid, "meanwhile"));
	ENSURE(!first.answered && !second.answered);
	sem_post(&shared->gate);
	ENSURE(!outcome(k, &second, "second"));
	ENSURE(first.answered && !outcome(k, &first, "first"));
	stop(k);
}

/* A question times out in the daemon, which drops its late answer. */
static void test_late(void)
{
	static const char *const script[] = { "ag", NULL };
	struct keeper_question q = { 0 };
	struct keeper *k;

	scripts[ALICE] = script;
	k = start();
	ENSURE(!find(k, ALICE, "loaded"));
	q.deadline = clock_patience_ms();
	keeper_find(k, &q, ALICE, "late");
	ENSURE(outcome(k, &q, "late") == -ETIMEDOUT);
	ask(k, &q, ALICE, "dropped");
	keeper_drop(k, &q);
	ENSURE(!find(k, BOB, "meanwhile"));
	sem_post(&shared->gate);
	ENSURE(!find(k, ALICE, "after it") && shared->started[ALICE] == 1);
	stop(k);
}

/* Tokens that take long to be read are given longer than one that does not sign. */
static void test_slow_start(void)
{
	static const char *const script[] = { "g", NULL };
	struct keeper_question q = { 0 };
	struct keeper *k;

	scripts[ALICE] = script;
	keeper_patience.sign = SHORT_MS;
	k = start();
	ask(k, &q, ALICE, "first");
	for (int64_t from = clock_patience_ms(); clock_patience_ms() - from < 3 * CLOCK_SLICE_MS;)
		turn(k);
	ENSURE(!q.answered);
	sem_post(&shared->gate);
	ENSURE(!outcome(k, &q, "first") && shared->started[ALICE] == 1);
	stop(k);
}

/* A worker that hangs is killed, and another one takes its place. */
static void test_hangs(void)
{
	static const char *const script[] = { "ah", "", NULL };
	struct keeper_question q = { 0 };
	struct keeper *k;
	pid_t pid;

	scripts[ALICE] = script;
	keeper_patience.sign = SHORT_MS;
	k = start();
	ENSURE(!find(k, ALICE, "loaded"));
	pid = shared->pid[ALICE];
	ask(k, &q, ALICE, "hangs");
	ENSURE(find(k, ALICE, "waits behind it") == -EIO);
	ENSURE(outcome(k, &q, "hangs") == -EIO);
	ENSURE(!find_in_the_end(k, ALICE, "again"));
	ENSURE(shared->started[ALICE] == 2);
	await_end(k, pid);
	stop(k);
}

static void test_hangs_at_the_start(void)
{
	static const char *const script[] = { "h", "", NULL };
	struct keeper *k;

	scripts[ALICE] = script;
	keeper_patience.load = SHORT_MS;
	k = start();
	ENSURE(find(k, ALICE, "hangs") == -EIO);
	keeper_patience.load = LONG_MS;
	stop(k);
}

/* One that ends or lies is lost, at no other user's cost. */
static void test_lies(void)
{
	static const char *const lies[] = { "e", "ae", "x", "o", "m", "l", "ax" };

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		const char *const script[] = { lies[i], "", NULL };
		struct keeper_question q = { 0 };
		struct keeper *k;

		scripts[ALICE] = script;
		k = start();
		ENSURE(lies[i][0] != 'a' || !find(k, ALICE, "loaded"));
		ask(k, &q, BOB, "another user");
		ENSURE(find(k, ALICE, "lies") == -EIO);
		ENSURE(!outcome(k, &q, "another user"));
		ENSURE(!find_in_the_end(k, ALICE, "again"));
		ENSURE(shared->started[ALICE] == 2 && shared->started[BOB] == 1);
		stop(k);
	}
}

/* An answer that was not asked for shows at once or with the next question. */
static void test_unasked(void)
{
	static const char *const script[] = { "u", "", NULL };
	struct keeper *k;
	int ret;

	scripts[ALICE] = script;
	k = start();
	ENSURE(!find(k, ALICE, "twice"));
	do {
		ret = find(k, ALICE, "next");
		ENSURE(!ret || ret == -EIO);
	} while (shared->started[ALICE] < 2);
	ENSURE(!find(k, ALICE, "again"));
	stop(k);
}

/* A token that crashes each time is not started as often as it is asked for. */
static void test_backoff(void)
{
	static const char *const script[] = { "e", NULL };
	struct keeper *k;
	int ret, refused = 0;

	scripts[ALICE] = script;
	k = start();
	for (int i = 0; i < 200; i++) {
		ret = find(k, ALICE, "crashes");
		ENSURE(ret == -EIO || ret == -EAGAIN);
		refused += ret == -EAGAIN;
	}
	/* The tenth start comes after four minutes. */
	ENSURE(shared->started[ALICE] >= 2 && shared->started[ALICE] < 10);
	ENSURE(refused == 200 - (int)shared->started[ALICE]);
	ENSURE(!find(k, BOB, "another user"));
	stop(k);
}

/* After the pause the next question starts a worker. */
static void test_backoff_ends(void)
{
	static const char *const script[] = { "e", "e", "", NULL };
	struct keeper *k;

	scripts[ALICE] = script;
	k = start();
	ENSURE(find(k, ALICE, "crashes") == -EIO && find(k, ALICE, "crashes") == -EIO);
	usleep(2000 * BACKOFF_MIN_MS);
	ENSURE(!find(k, ALICE, "works"));
	stop(k);
}

/* Certificates are read anew by new workers, when the old ones have answered. */
static void test_reload(void)
{
	static const char *const script[] = { "aga", "", NULL };
	struct keeper_question q = { 0 };
	struct keeper *k;
	pid_t alice, bob;

	scripts[ALICE] = script;
	k = start();
	ENSURE(!find(k, ALICE, "loaded") && !find(k, BOB, "loaded"));
	alice = shared->pid[ALICE];
	bob = shared->pid[BOB];
	ask(k, &q, ALICE, "slow");
	keeper_reload(k);
	ENSURE(!find(k, ALICE, "new") && !find(k, BOB, "new"));
	ENSURE(shared->started[ALICE] == 2 && shared->started[BOB] == 2);
	await_end(k, bob);
	ENSURE(!q.answered);
	sem_post(&shared->gate);
	ENSURE(!outcome(k, &q, "slow"));
	await_end(k, alice);
	ENSURE(!find(k, ALICE, "last") && shared->started[ALICE] == 2);
	stop(k);
}

/* A retired worker that closes its side and does not end is killed, and its place is free. */
static void test_retired_lingers(void)
{
	static const char *const script[] = { "ac", NULL };
	struct keeper *k;

	scripts[ALICE] = script;
	k = start();
	for (unsigned int i = 0; i < WORKERS_STUCK + 1; i++) {
		ENSURE(!find(k, ALICE, "loaded") && shared->started[ALICE] == i + 1);
		keeper_reload(k);
		await_end(k, shared->pid[ALICE]);
	}
	stop(k);
}

/* Ask until the connection to the keeper, which reads nothing, takes nothing any more. */
static int fill(struct keeper *k, struct keeper_question *q, int most)
{
	static uint8_t data[KEEPER_DATA_MAX];
	size_t length = sizeof(data);
	int n = 0;

	while (n < most) {
		q[n].deadline = clock_patience_ms() + LONG_MS;
		keeper_sign(k, &q[n], BOB, "fills", false, 0, data, length);
		if (q[n].answered && !length)
			return n;
		if (q[n].answered)
			length /= 2;
		else
			n++;
	}
	ENSURE(!"it takes more than that");
	return n;
}

/* A reload for which there is no room is sent when there is. */
static void test_reload_later(void)
{
	static struct keeper_question q[4096];
	struct keeper_question again = { 0 };
	struct keeper *k = start();
	int n;

	ENSURE(!find(k, ALICE, "loaded"));
	ENSURE(!kill(shared->keeper, SIGSTOP));
	n = fill(k, q, sizeof(q) / sizeof(q[0]));
	keeper_reload(k);
	ENSURE(!keeper_expire(k) && keeper_due(k) >= 0);
	/* No question comes before it. */
	ask(k, &again, ALICE, "again");
	ENSURE(again.answered && again.error == -EBUSY);
	ENSURE(!kill(shared->keeper, SIGCONT));
	for (int i = 0; i < n; i++) {
		int ret = outcome(k, &q[i], "fills");

		ENSURE(!ret || ret == -EBUSY);
	}
	ENSURE(!find(k, ALICE, "new") && shared->started[ALICE] == 2);
	ENSURE(!keeper_expire(k) && keeper_due(k) == -1);
	stop(k);
}

/* A reload that is owed is sent without a question as well. */
static void test_reload_alone(void)
{
	struct keeper *k = start();
	pid_t pid;

	ENSURE(!find(k, ALICE, "loaded"));
	pid = shared->pid[ALICE];
	ENSURE(!kill(shared->keeper, SIGSTOP));
	/* Nothing is owed but reloads, of which the last has no room. */
	for (int i = 0; i < 100000 && !keeper_expire(k) && keeper_due(k) == -1; i++)
		keeper_reload(k);
	ENSURE(keeper_due(k) == CLOCK_SLICE_MS);
	ENSURE(!kill(shared->keeper, SIGCONT));
	await_end(k, pid);
	while (!keeper_expire(k) && keeper_due(k) != -1)
		turn(k);
	ENSURE(!find(k, ALICE, "new") && shared->started[ALICE] == 2);
	stop(k);
}

/* Above the limit one that is idle makes room, the one that was so for longest. */
static void test_limit(void)
{
	static const char *const script[] = { "g", NULL };
	struct keeper_question q[WORKERS_MAX] = { 0 };
	struct keeper *k = start();

	for (uint32_t uid = 1; uid <= WORKERS_MAX; uid++)
		ENSURE(!find(k, uid, "fills up"));
	ENSURE(!find(k, 1, "used again"));
	ENSURE(!find(k, WORKERS_MAX + 1, "one more"));
	ENSURE(!find(k, 1, "is still there") && shared->started[1] == 1);
	ENSURE(!find(k, 2, "was not") && shared->started[2] == 2);
	stop(k);

	for (uint32_t uid = 1; uid <= WORKERS_MAX; uid++)
		scripts[uid] = script;
	k = start();
	for (uint32_t uid = 1; uid <= WORKERS_MAX; uid++)
		ask(k, &q[uid - 1], uid, "slow");
	ENSURE(find(k, WORKERS_MAX + 1, "all are busy") == -EBUSY);
	sem_post(&shared->gate);
	while (find(k, WORKERS_MAX + 1, "one is not") == -EBUSY)
		;
	for (uint32_t uid = 2; uid <= WORKERS_MAX; uid++)
		sem_post(&shared->gate);
	for (uint32_t uid = 1; uid <= WORKERS_MAX; uid++)
		ENSURE(!outcome(k, &q[uid - 1], "slow"));
	stop(k);
}

/* Questions for one worker are bounded, and leave room for those of others. */
static void test_queue(void)
{
	static const char *const script[] = { "g", NULL };
	static struct keeper_question q[WORKER_QUEUE + 1];
	struct keeper *k;
	int refused = 0;

	scripts[ALICE] = script;
	k = start();
	for (int i = 0; i <= WORKER_QUEUE; i++) {
		ask(k, &q[i], ALICE, "waits");
		/* Now and then let the keeper read what it was asked. */
		ENSURE((i & 15) || !find(k, BOB, "meanwhile"));
	}
	ENSURE(!find(k, BOB, "in the end"));
	for (int i = 0; i <= WORKER_QUEUE; i++)
		refused += q[i].answered;
	ENSURE(refused >= 1 && refused < WORKER_QUEUE / 2);
	sem_post(&shared->gate);
	for (int i = 0; i <= WORKER_QUEUE; i++) {
		int ret = outcome(k, &q[i], "waits");

		ENSURE(!ret || ret == -EBUSY);
	}
	stop(k);
}

/* If the keeper ends, its questions fail and its workers end. */
static void test_keeper_ends(void)
{
	static const char *const script[] = { "ah", NULL };
	struct keeper_question q = { 0 };
	struct keeper *k;

	scripts[ALICE] = script;
	k = start();
	ENSURE(!find(k, ALICE, "loaded"));
	ask(k, &q, ALICE, "hangs");
	/* signals to all of the service are not for them */
	for (int i = 0; i < 3; i++) {
		ENSURE(!kill(shared->keeper, ((int[]){ SIGTERM, SIGINT, SIGHUP })[i]));
		ENSURE(!kill(shared->pid[ALICE], ((int[]){ SIGTERM, SIGINT, SIGHUP })[i]));
	}
	ENSURE(!find(k, BOB, "goes on") && !q.answered);
	ENSURE(!kill(shared->keeper, SIGKILL));
	ENSURE(outcome(k, &q, "hangs") == -EIO);
	ENSURE(keeper_receive(k) == -EIO && keeper_fd(k) == -1);
	ask(k, &q, BOB, "nobody there");
	ENSURE(q.answered && q.error == -EIO);
	while (!kill(shared->pid[ALICE], 0))
		usleep(10000);
	keeper_reload(k);
	stop(k);
}

/* One that owes an answer and says nothing is lost as well; an idle one is not. */
static void test_keeper_hangs(void)
{
	struct keeper_question q = { 0 };
	struct keeper *k;
	pid_t pid;

	k = start();
	ENSURE(!find(k, ALICE, "loaded"));
	ENSURE(!keeper_expire(k) && keeper_due(k) == -1);
	pid = shared->keeper;
	ENSURE(!kill(pid, SIGSTOP));
	/* From here on; before this the keeper may be slow. */
	keeper_patience.lost = 4 * SHORT_MS;
	ask(k, &q, ALICE, "hangs");
	ENSURE(outcome(k, &q, "hangs") == -EIO && keeper_fd(k) == -1);
	ENSURE(!kill(pid, SIGKILL));
	stop(k);
}

static void test_arguments(void)
{
	static uint8_t data[KEEPER_DATA_MAX + 1];
	char name[CREDSSP_MAX_CERT_NAME + 2];
	struct keeper_question q = { 0 };
	struct keeper *k = start();

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ask(k, &q, ALICE, name);
	ENSURE(q.answered && q.error == -EINVAL);
	keeper_sign(k, &q, ALICE, name, false, 0, "", 0);
	ENSURE(q.answered && q.error == -EINVAL);
	keeper_sign(k, &q, ALICE, "n", false, 0, data, sizeof(data));
	ENSURE(q.answered && q.error == -EMSGSIZE);
	q.deadline = clock_patience_ms() + LONG_MS;
	keeper_sign(k, &q, ALICE, "n", false, 0, data, sizeof(data) - 1);
	ENSURE(!outcome(k, &q, "n"));
	stop(k);
}

static const struct test_case tests[] = {
	{ "answers", test_answers },
	{ "a slow token is its user's trouble alone", test_slow },
	{ "answers that come late", test_late },
	{ "slow at the start", test_slow_start },
	{ "a worker that hangs is started again", test_hangs },
	{ "one that hangs when it starts", test_hangs_at_the_start },
	{ "workers that end or lie are started again", test_lies },
	{ "an answer that was not asked for", test_unasked },
	{ "a worker that crashes is not started too often", test_backoff },
	{ "... and is after a while", test_backoff_ends },
	{ "certificates are read anew", test_reload },
	{ "... when an old worker does not end", test_retired_lingers },
	{ "... later, when the keeper does not read", test_reload_later },
	{ "... and without a question", test_reload_alone },
	{ "number of workers", test_limit },
	{ "questions for one worker", test_queue },
	{ "the keeper ends", test_keeper_ends },
	{ "the keeper hangs", test_keeper_hangs },
	{ "arguments", test_arguments },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	keeper_patience = (struct keeper_patience){ LONG_MS, LONG_MS, LONG_MS, LONG_MS };
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ENSURE(shared != MAP_FAILED);
	test_run("key keeper", tests, sizeof(tests) / sizeof(tests[0]));
	return 0;
}
