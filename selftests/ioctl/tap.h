/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A test harness: tests register themselves, each runs in a process of its own with a
 * time limit, and the results are printed as TAP. Environment: SLOW and HANG, which scale
 * times and time limits on emulated and debug machines.
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
/* Run the tests with @filter in their name (NULL: all). Return the exit status for main(). */
int tap_main(const char *filter);

/* Milliseconds of a monotonic clock. */
long tap_now(void);
/* @n, the time on an idle machine, scaled by SLOW. */
long tap_slow(long n);
/*
 * A limit, by HANG, for work that takes an idle machine at
 * most @n: beyond it the work hangs.
 */
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

/* Note a failure and go on. The value is the condition. */
#define CHECK(cond)		tap_check(cond, __FILE__, __LINE__, #cond)
#define CHECK_EQ(got, want)	tap_equal(got, want, __FILE__, __LINE__, #got " == " #want)
/* Note a failure and end the test. */
#define REQUIRE(cond)		tap_require(CHECK(cond))
#define REQUIRE_EQ(got, want)	tap_require(CHECK_EQ(got, want))
#define SKIP(why)		tap_skip(why)

#endif
