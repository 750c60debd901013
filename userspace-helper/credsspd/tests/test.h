/* SPDX-License-Identifier: GPL-2.0-only */
/* What the unit tests share. */
#ifndef CREDSSPD_TEST_H
#define CREDSSPD_TEST_H

#include <stdio.h>
#include <stdlib.h>

/* End the program with an error if @cond does not hold. */
#define ENSURE(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: %s\n", __func__, __LINE__, #cond); \
			exit(EXIT_FAILURE); \
		} \
	} while (0)

/* A test ends the program if it fails. */
struct test_case {
	const char *name;
	void (*run)(void);
};

static inline void test_run(const char *what, const struct test_case *tests, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tests[i].run();
		printf("ok %s: %s\n", what, tests[i].name);
		fflush(stdout);
	}
}

#endif
