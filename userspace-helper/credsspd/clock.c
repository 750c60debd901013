// SPDX-License-Identifier: GPL-2.0-only
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
	static int64_t last, total;
	const int64_t now = clock_ms();
	const int64_t passed = now - last;

	last = now;
	total += passed < 2 * CLOCK_SLICE_MS ? passed : 2 * CLOCK_SLICE_MS;
	return total;
}
