// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "count.h"

#define EMPTY_INTERVALS		64

static uint64_t nanoseconds(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static uint64_t empty_interval(void)
{
	uint64_t start = nanoseconds(CLOCK_THREAD_CPUTIME_ID);

	return nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start;
}

static uint64_t reading;

/* What an interval costs in which nothing happens. */
static uint64_t overhead(void)
{
	if (!reading)
		reading = empty_interval();
	return reading;
}

void count_calibrate(void)
{
	uint64_t cost;
	int i;

	reading = empty_interval();
	for (i = 0; i < EMPTY_INTERVALS; i++) {
		cost = empty_interval();
		if (cost < reading)
			reading = cost;
	}
}

void count_reset(struct count *c)
{
	c->total = 0;
}

void count_start(struct count *c)
{
	overhead();
	c->start = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}

void count_stop(struct count *c)
{
	uint64_t cost = nanoseconds(CLOCK_THREAD_CPUTIME_ID) - c->start;

	if (cost > overhead())
		c->total += (cost - overhead()) / NS_PER_INSTRUCTION;
}

static bool has_name(const char *pid, const char *name)
{
	char path[64], comm[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fgets(comm, sizeof(comm), f))
		comm[strcspn(comm, "\n")] = 0;
	fclose(f);
	return !strcmp(comm, name);
}

void count_find(struct count_clocks *c, const char *name)
{
	DIR *proc = opendir("/proc");
	const struct dirent *d;

	c->length = 0;
	while (proc && c->length < COUNT_PROCESSES && (d = readdir(proc))) {
		if (*d->d_name < '1' || *d->d_name > '9' || !has_name(d->d_name, name))
			continue;
		if (!clock_getcpuclockid(atoi(d->d_name), &c->clock[c->length]))
			c->length++;
	}
	if (proc)
		closedir(proc);
}

uint64_t count_read(const struct count_clocks *c)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < c->length; i++)
		sum += nanoseconds(c->clock[i]) / NS_PER_INSTRUCTION;
	return sum;
}

uint64_t count_processes(const char *name)
{
	struct count_clocks c;

	count_find(&c, name);
	return count_read(&c);
}

uint64_t count_cgroup(const char *cpu_stat)
{
	FILE *f = fopen(cpu_stat, "re");
	uint64_t us = 0;

	if (!f)
		return 0;
	if (fscanf(f, "usage_usec %" SCNu64, &us) != 1)
		us = 0;
	fclose(f);
	return us * 1000 / NS_PER_INSTRUCTION;
}

uint64_t count_elapsed(void)
{
	return nanoseconds(CLOCK_MONOTONIC) / NS_PER_INSTRUCTION;
}

void count_print(const char *part, uint64_t total, unsigned int times)
{
	printf("%s %" PRIu64 "\n", part, total / times);
}
