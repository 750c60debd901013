// SPDX-License-Identifier: GPL-2.0-only
/* The daemon's side of the key keeper, with keepers that are not as they should be. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "keeper.h"
#include "keeper_impl.h"
#include "log.h"

/* Enough for everybody, and what is not waited for to the end */
#define LONG_MS		20000
#define SHORT_MS	50

#define ENSURE(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: %s\n", __func__, __LINE__, #cond); \
			exit(EXIT_FAILURE); \
		} \
	} while (0)

/* A byte in it opens the gate once. Each keeper has its own, which ends with it. */
static int gate[2];

static void pass_gate(void)
{
	char c;

	if (read(gate[0], &c, 1) != 1)
		_exit(EXIT_FAILURE);
}

static void open_gate(void)
{
	ENSURE(write(gate[1], "", 1) == 1);
}

/* What an answer has: the name that was asked for. */
static bool answer(int fd, const struct keeper_request *rq, int error)
{
	struct {
		struct keeper_answer head;
		char name[sizeof(rq->name)];
	} a = { .head = { .id = rq->id, .error = error } };
	size_t length = sizeof(a.head) + (error ? 0 : strlen(rq->name));

	memcpy(a.name, rq->name, sizeof(a.name));
	return write(fd, &a, length) == (ssize_t)length;
}

/* One step of the script; false: it ends. */
static bool act(int fd, char what, const struct keeper_request *rq)
{
	switch (what) {
	case 'g':	/* waits at the gate before it looks */
		pass_gate();
		return true;
	case 'r':	/* is told to read */
		return rq->op == KEEPER_RELOAD;
	case 'a':	/* answers */
		return answer(fd, rq, 0);
	case 'n':	/* has no such thing */
		return answer(fd, rq, ENOENT);
	case 'o':	/* answers another one first */
		return answer(fd, &(struct keeper_request){ .id = rq->id - 1, .name = "old" }, 0) &&
		       answer(fd, rq, 0);
	case 'x':	/* talks nonsense */
		return write(fd, "x", 1) == 1;
	default:
		return false;
	}
}

/* In place of the real one; @script has what it does with each request. */
int keeper_serve(int fd, const char *script)
{
	struct keeper_request rq = { 0 };

	close(gate[1]);
	for (; *script; script++) {
		if (*script != 'g' && read(fd, &rq, sizeof(rq)) != sizeof(rq))
			return EXIT_FAILURE;
		if (!act(fd, *script, &rq))
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

static struct keeper *start(const char *script)
{
	struct keeper *k;

	ENSURE(!pipe(gate));
	k = keeper_start(script);
	ENSURE(k);
	keeper_set_patience(k, LONG_MS);
	return k;
}

static void stop(struct keeper *k)
{
	keeper_stop(k);
	close(gate[0]);
	close(gate[1]);
}

/* What comes of asking for @name; the answer must be that one's. */
static int find(struct keeper *k, const char *name)
{
	struct bytes out = { 0 };
	int err = keeper_find(k, 1000, name, &out);

	ENSURE(err || (out.len == strlen(name) && !memcmp(out.data, name, out.len)));
	bytes_free(&out);
	return err;
}

static int sign(struct keeper *k, const char *name)
{
	struct bytes out = { 0 };
	int err = keeper_sign(k, 1000, name, 1, 0, "hash", 4, &out);

	ENSURE(err || (out.len == strlen(name) && !memcmp(out.data, name, out.len)));
	bytes_free(&out);
	return err;
}

/* The same, when it must not wait. */
static int find_at_once(struct keeper *k, const char *name)
{
	struct timespec before, after;
	int err;

	clock_gettime(CLOCK_MONOTONIC, &before);
	err = find(k, name);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ENSURE(after.tv_sec - before.tv_sec < LONG_MS / 2000);
	return err;
}

/* Ask until a late answer has come. */
static int find_in_the_end(struct keeper *k, const char *name)
{
	int err = -ETIMEDOUT;

	for (int i = 0; err == -ETIMEDOUT && i < LONG_MS / 10; i++) {
		usleep(10000);
		err = find_at_once(k, name);
	}
	return err;
}

static void test_answers(void)
{
	struct keeper *k = start("aano");

	ENSURE(!find(k, "first") && !sign(k, "second"));
	ENSURE(find(k, "none") == -ENOENT);
	ENSURE(!find(k, "third"));
	stop(k);
	ENSURE(find(NULL, "first") == -ENOENT);
	keeper_reload(NULL);
	keeper_stop(NULL);
}

/* A token that is stuck: all wait for it once. */
static void test_stuck(void)
{
	struct keeper *k = start("agaa");

	ENSURE(!find(k, "first"));
	keeper_set_patience(k, SHORT_MS);
	ENSURE(sign(k, "stuck") == -ETIMEDOUT);
	keeper_set_patience(k, LONG_MS);
	ENSURE(find_at_once(k, "second") == -EIO);
	ENSURE(sign(k, "second") == -EIO);
	/* nor when it has recovered, or the certificates are to be read anew */
	open_gate();
	keeper_reload(k);
	ENSURE(find_at_once(k, "third") == -EIO);
	stop(k);
}

/* Slow tokens at the start: it is asked again when it has answered. */
static void test_slow_start(void)
{
	struct keeper *k = start("gaaga");

	keeper_set_patience(k, SHORT_MS);
	ENSURE(find(k, "too early") == -ETIMEDOUT);
	keeper_set_patience(k, LONG_MS);
	for (int i = 0; i < 3; i++)
		ENSURE(find_at_once(k, "too early") == -ETIMEDOUT);
	open_gate();
	ENSURE(!find_in_the_end(k, "ready"));
	/* now there is no excuse any more */
	keeper_set_patience(k, SHORT_MS);
	ENSURE(sign(k, "stuck") == -ETIMEDOUT && find(k, "stuck") == -EIO);
	open_gate();
	stop(k);
}

static void test_slow_reload(void)
{
	struct keeper *k = start("argarara");

	ENSURE(!find(k, "first"));
	keeper_reload(k);
	keeper_set_patience(k, SHORT_MS);
	ENSURE(find(k, "too early") == -ETIMEDOUT);
	keeper_set_patience(k, LONG_MS);
	/* which is not lost while it is late */
	keeper_reload(k);
	ENSURE(find_at_once(k, "too early") == -ETIMEDOUT);
	open_gate();
	ENSURE(!find_in_the_end(k, "ready"));
	keeper_reload(k);
	ENSURE(!find(k, "last"));
	stop(k);
}

static void test_ends(void)
{
	static const char *const scripts[] = { "", "ax", "ae" };

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct keeper *k = start(scripts[i]);

		ENSURE(!*scripts[i] || !find(k, "first"));
		ENSURE(find(k, "second") == -EIO);
		ENSURE(find_at_once(k, "third") == -EIO);
		keeper_reload(k);
		stop(k);
	}
}

/* One that ends while it is late is not waited for. */
static void test_ends_late(void)
{
	struct keeper *k = start("ge");

	keeper_set_patience(k, SHORT_MS);
	ENSURE(find(k, "too early") == -ETIMEDOUT);
	keeper_set_patience(k, LONG_MS);
	open_gate();
	ENSURE(find_in_the_end(k, "second") == -EIO);
	stop(k);
}

static void test_arguments(void)
{
	static uint8_t data[KEEPER_DATA_MAX + 1];
	char name[CREDSSP_MAX_CERT_NAME + 2];
	struct keeper *k = start("a");
	struct bytes out = { 0 };

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ENSURE(keeper_find(k, 0, name, &out) == -EINVAL);
	ENSURE(keeper_sign(k, 0, name, 0, 0, "", 0, &out) == -EINVAL);
	ENSURE(keeper_sign(k, 0, "n", 0, 0, data, sizeof(data), &out) == -EMSGSIZE);
	ENSURE(!find(k, "first"));
	stop(k);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "answers", test_answers },
	{ "stuck", test_stuck },
	{ "slow at the start", test_slow_start },
	{ "slow to read anew", test_slow_reload },
	{ "ends", test_ends },
	{ "ends while it is late", test_ends_late },
	{ "arguments", test_arguments },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		tests[i].run();
		printf("ok key keeper: %s\n", tests[i].name);
		fflush(stdout);
	}
	return 0;
}
