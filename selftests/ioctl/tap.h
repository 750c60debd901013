/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A test harness in one header: tests register themselves, each runs in a
 * process of its own with a time limit, the results are printed as TAP.
 * Environment: SLOW multiplies the limits (emulated and debug machines).
 */
#ifndef SELFTESTS_TAP_H
#define SELFTESTS_TAP_H

#include <stdbool.h>

/**
 * struct tap_test - one test
 * @name: a sentence that is true when it passes
 * @run: the test; returns, or ends the process through REQUIRE() or SKIP()
 * @seconds: its time limit
 */
struct tap_test {
	const char *name;
	void (*run)(void);
	unsigned int seconds;
	struct tap_test *next;
};

void tap_register(struct tap_test *test);
/* Run those whose name contains @filter (NULL: all). Returns main's result. */
int tap_main(const char *filter);

/* Milliseconds since some time. */
long tap_now(void);
/* @n times the slowness of this machine. */
long tap_slow(long n);
/* @n, as an idle machine takes it, up to where something must hang. */
long tap_limit(long n);

bool tap_check(bool ok, const char *file, int line, const char *what);
bool tap_equal(long long got, long long want, const char *file, int line, const char *what);
void tap_require(bool ok) __attribute__((visibility("default")));
void tap_skip(const char *why) __attribute__((noreturn));

#define TEST_LIMIT(id, limit, sentence)					\
	static void id(void);						\
	static struct tap_test id##_test = { sentence, id, limit, 0 };	\
	static void __attribute__((constructor)) id##_register(void)	\
	{								\
		tap_register(&id##_test);				\
	}								\
	static void id(void)

#define TEST(id, sentence)	TEST_LIMIT(id, 20, sentence)

/* Note a failure and go on; the result can be looked at. */
#define CHECK(cond)		tap_check(cond, __FILE__, __LINE__, #cond)
#define CHECK_EQ(got, want)	tap_equal(got, want, __FILE__, __LINE__, #got " == " #want)
/* Note a failure and end the test. */
#define REQUIRE(cond)		tap_require(CHECK(cond))
#define REQUIRE_EQ(got, want)	tap_require(CHECK_EQ(got, want))
#define SKIP(why)		tap_skip(why)

#endif
