/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts of instructions, in a guest whose clock is its instruction counter: QEMU's
 * "-icount shift=1" makes each instruction last two nanoseconds, so that the processor
 * time of a thread tells how many instructions it has carried out, in user space and in
 * the kernel. Elsewhere these are halves of nanoseconds and mean nothing.
 */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

#include <stdint.h>
#include <time.h>

#define COUNT_PROCESSES		16
#define NS_PER_INSTRUCTION	2

/**
 * struct count - instructions of this thread between count_start() and count_stop()
 * @total: the sum of all intervals, without the cost of the two calls
 * @start: the thread's processor time in nanoseconds when the interval began
 */
struct count {
	uint64_t total;
	uint64_t start;
};

/*
 * Find what a reading of the clock costs at least. Without this call it is what the first
 * one costs, with its page faults or an interrupt.
 */
void count_calibrate(void);
/* Forget the intervals so far, which warmed caches up. */
void count_reset(struct count *c);
void count_start(struct count *c);
void count_stop(struct count *c);

/* Instructions so far of all processes with this name. */
uint64_t count_processes(const char *name);

/**
 * struct count_clocks - the processor clocks of all processes with one name, for readings
 *	that cost little. Any user may read them.
 */
struct count_clocks {
	unsigned int length;
	clockid_t clock[COUNT_PROCESSES];
};

void count_find(struct count_clocks *c, const char *name);
uint64_t count_read(const struct count_clocks *c);

/*
 * Instructions so far of all processes of a cgroup, of those that have ended too. The file
 * is its cpu.stat; 0 if it cannot be read. Its unit is 500 instructions.
 */
uint64_t count_cgroup(const char *cpu_stat);

/* Instructions of the whole machine since it started, and time in which it was idle. */
uint64_t count_elapsed(void);

/* Print "@part @total", the latter for each of @times. */
void count_print(const char *part, uint64_t total, unsigned int times);

#endif
