/* SPDX-License-Identifier: GPL-2.0-only */
/* Two clocks: the time that has passed, and the time during which the machine was running. */
#ifndef CREDSSPD_CLOCK_H
#define CREDSSPD_CLOCK_H

#include <stdint.h>

/* Milliseconds, monotonic. */
int64_t clock_ms(void);

/*
 * Code that waits must call clock_patience_ms() at least once in this
 * time, so that no poll() is longer.
 */
#define CLOCK_SLICE_MS	500

/*
 * The clock for timeouts between the daemon and its key keeper, in milliseconds. Between
 * two calls it advances by two slices at most: if the machine was stopped for a while,
 * neither side could work, and that time does not count.
 */
int64_t clock_patience_ms(void);

#endif
