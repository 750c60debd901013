// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "tcp.h"
#include "threads.h"

static bool is_number(const char *name)
{
	return *name >= '1' && *name <= '9';
}

/* The first line of a file in /proc; false when the thread has ended. */
static bool read_line(const char *path, char *line, int room)
{
	FILE *f = fopen(path, "re");
	bool got;

	if (!f)
		return false;
	got = fgets(line, room, f);
	fclose(f);
	if (got)
		line[strcspn(line, "\n")] = 0;
	return got;
}

static void add(struct threads *t, const struct thread *new)
{
	t->list = realloc(t->list, (t->length + 1) * sizeof(*t->list));
	if (!t->list)
		fail("realloc");
	t->list[t->length++] = *new;
}

static void read_process(struct threads *t, pid_t pid)
{
	struct thread new = { .pid = pid };
	const struct dirent *d;
	char path[64], line[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (!read_line(path, new.name, sizeof(new.name)))
		return;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && (d = readdir(tasks))) {
		if (!is_number(d->d_name))
			continue;
		new.tid = atoi(d->d_name);
		snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", pid, new.tid);
		if (!read_line(path, line, sizeof(line)))
			continue;
		new.count = strtoull(line, NULL, 10) / NS_PER_INSTRUCTION;
		add(t, &new);
	}
	if (tasks)
		closedir(tasks);
}

void threads_read(struct threads *t)
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;

	*t = (struct threads){ 0 };
	if (!proc)
		fail("/proc");
	while ((d = readdir(proc)))
		if (is_number(d->d_name))
			read_process(t, atoi(d->d_name));
	closedir(proc);
}

void threads_free(struct threads *t)
{
	free(t->list);
	*t = (struct threads){ 0 };
}

static uint64_t count_before(const struct threads *before, const struct thread *now)
{
	size_t i;

	for (i = 0; i < before->length; i++)
		if (before->list[i].pid == now->pid && before->list[i].tid == now->tid)
			return before->list[i].count;
	return 0;
}

void threads_subtract(struct threads *t, const struct threads *before)
{
	size_t i;

	for (i = 0; i < t->length; i++)
		t->list[i].count -= count_before(before, &t->list[i]);
}

/* Keep the threads whose name is @name, or those whose name is not. */
static void filter_name(struct threads *t, const char *name, bool same)
{
	size_t i, kept = 0;

	for (i = 0; i < t->length; i++)
		if (!strcmp(t->list[i].name, name) == same)
			t->list[kept++] = t->list[i];
	t->length = kept;
}

void threads_drop_name(struct threads *t, const char *name)
{
	filter_name(t, name, false);
}

void threads_keep_name(struct threads *t, const char *name)
{
	filter_name(t, name, true);
}

void threads_drop(struct threads *t, pid_t tid)
{
	size_t i, kept = 0;

	for (i = 0; i < t->length; i++)
		if (t->list[i].tid != tid)
			t->list[kept++] = t->list[i];
	t->length = kept;
}

static int compare(const void *a, const void *b)
{
	const struct thread *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

void threads_sort(struct threads *t)
{
	qsort(t->list, t->length, sizeof(*t->list), compare);
}

uint64_t threads_total(const struct threads *t)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < t->length; i++)
		sum += t->list[i].count;
	return sum;
}
