// SPDX-License-Identifier: GPL-2.0-only
/* The harness behind tap.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

enum { EXIT_FAILED = 1, EXIT_SKIPPED = 77 };

static struct tap_test *first, **last = &first;
static unsigned int failures;

void tap_register(struct tap_test *test)
{
	*last = test;
	last = &test->next;
}

long tap_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static long times(long n, const char *name)
{
	const char *value = getenv(name);
	long factor = value ? atol(value) : 1;

	return n * (factor > 0 ? factor : 1);
}

long tap_slow(long n)
{
	return times(n, "SLOW");
}

long tap_limit(long n)
{
	return times(n, "HANG");
}

bool tap_check(bool ok, const char *file, int line, const char *what)
{
	int error = errno;

	if (ok)
		return true;
	printf("# %s:%d: not so: %s (errno %s)\n", file, line, what, strerrorname_np(error));
	failures++;
	return false;
}

bool tap_equal(long long got, long long want, const char *file, int line, const char *what)
{
	int error = errno;

	if (got == want)
		return true;
	printf("# %s:%d: not so: %s: %lld (0x%08x), not %lld (0x%08x) (errno %s)\n", file, line,
	       what, got, (unsigned int)got, want, (unsigned int)want, strerrorname_np(error));
	failures++;
	return false;
}

void tap_require(bool ok)
{
	if (ok)
		return;
	fflush(stdout);
	_exit(EXIT_FAILED);
}

void tap_skip(const char *why)
{
	printf("# skip: %s\n", why);
	fflush(stdout);
	_exit(EXIT_SKIPPED);
}

static void run_child(const struct tap_test *test)
{
	alarm(tap_limit(test->seconds));
	test->run();
	fflush(stdout);
	_exit(failures ? EXIT_FAILED : 0);
}

static bool report(const struct tap_test *test, unsigned int number, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		printf("ok %u - %s\n", number, test->name);
		return true;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED) {
		printf("ok %u - %s # SKIP see above\n", number, test->name);
		return true;
	}
	if (WIFSIGNALED(status))
		printf("# %s\n", WTERMSIG(status) == SIGALRM ? "time limit" :
							       strsignal(WTERMSIG(status)));
	printf("not ok %u - %s\n", number, test->name);
	return false;
}

static bool run(const struct tap_test *test, unsigned int number)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		run_child(test);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		printf("not ok %u - %s\n# fork or wait failed\n", number, test->name);
		return false;
	}
	return report(test, number, status);
}

static bool wanted(const struct tap_test *test, const char *filter)
{
	return !filter || strstr(test->name, filter);
}

int tap_main(const char *filter)
{
	unsigned int count = 0, number = 0;
	const struct tap_test *test;
	bool ok = true;

	for (test = first; test; test = test->next)
		count += wanted(test, filter);
	printf("1..%u\n", count);
	for (test = first; test; test = test->next)
		if (wanted(test, filter))
			ok &= run(test, ++number);
	/* If no test matches the filter, the result is a failure. */
	return ok && count ? 0 : 1;
}
