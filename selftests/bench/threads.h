/* SPDX-License-Identifier: GPL-2.0-only */
/* The instructions of each thread of the machine (see count.h). */
#ifndef BENCH_THREADS_H
#define BENCH_THREADS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define THREADS_NAME	32

/**
 * struct thread - one thread
 * @pid: its process
 * @tid: its number
 * @name: of the process
 * @count: instructions so far
 */
struct thread {
	pid_t pid;
	pid_t tid;
	char name[THREADS_NAME];
	uint64_t count;
};

/**
 * struct threads - all threads of the machine, the kernel's too
 * @list: malloc'd, @length elements
 */
struct threads {
	struct thread *list;
	size_t length;
};

/* These end the program when there is no memory. */
void threads_read(struct threads *t);
void threads_free(struct threads *t);
/* Subtract what each had in @before. A thread that is not in it is new and had none. */
void threads_subtract(struct threads *t, const struct threads *before);
/* Forget those of all processes called @name. */
void threads_drop_name(struct threads *t, const char *name);
/* Keep those only. */
void threads_keep_name(struct threads *t, const char *name);
/* Forget the thread @tid. */
void threads_drop(struct threads *t, pid_t tid);
/* The one with most instructions first. */
void threads_sort(struct threads *t);
uint64_t threads_total(const struct threads *t);

#endif
