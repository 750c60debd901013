/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks for the tests of libcredssp and credsspctl. */
#ifndef LIBCREDSSP_TEST_H
#define LIBCREDSSP_TEST_H

#include <stdio.h>

extern unsigned int test_checks;
extern unsigned int test_failures;

#define CHECK(cond)							\
	do {								\
		test_checks++;						\
		if (!(cond)) {						\
			test_failures++;				\
			printf("not ok - %s:%d: %s\n", __func__, __LINE__, #cond); \
		}							\
	} while (0)

/* Print the last line, and return the exit status. A run without checks fails. */
static inline int test_result(const char *what)
{
	int failed = test_failures || !test_checks;

	printf("%s - %s: %u checks, %u failed\n", failed ? "not ok" : "ok", what,
	       test_checks, test_failures);
	return failed;
}

#endif
