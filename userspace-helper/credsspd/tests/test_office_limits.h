/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_TEST_OFFICE_LIMITS_H
#define CREDSSPD_TEST_OFFICE_LIMITS_H

#include <stdint.h>

/* Begin exchanges that wait for their peers, until the office starts no more of them. */
void fill(uint64_t first, unsigned int count, uint32_t owner);

void test_limits(void);
void test_queue(void);
void test_queue_limit(void);
void test_queue_reserve(void);
void test_many(void);
void test_full_socket(void);

#endif
