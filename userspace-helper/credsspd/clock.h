/* SPDX-License-Identifier: GPL-2.0-only */
/* Two clocks: what went by, and how long somebody else has had the chance to work. */
#ifndef CREDSSPD_CLOCK_H
#define CREDSSPD_CLOCK_H

#include <stdint.h>

/* Milliseconds, monotonic. */
int64_t clock_ms(void);

/*
 * Whoever waits for something calls clock_patience_ms() at least once in this time, and
 * polls no longer than this.
 */
#define CLOCK_SLICE_MS	500

/*
 * The clock by which the daemon and its key keeper lose patience: milliseconds, but
 * between two calls at most two slices go by. A machine that stood still for a while
 * took that time from both sides.
 */
int64_t clock_patience_ms(void);

#endif
