// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <time.h>
#include "clock.h"

int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_patience_ms(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int64_t last, total;
	int64_t now, passed;

	pthread_mutex_lock(&lock);
	now = clock_ms();
	passed = now - last;
	last = now;
	total += passed < 2 * CLOCK_SLICE_MS ? passed : 2 * CLOCK_SLICE_MS;
	now = total;
	pthread_mutex_unlock(&lock);
	return now;
}
