// SPDX-License-Identifier: GPL-2.0-only
/* The number of threads, with processors that this program makes up. */
#include <errno.h>
#include <sched.h>
#include <unistd.h>
#include "dispatch.h"
#include "options.h"
#include "test.h"

/* Processors that the process may use; 0: more than a cpu_set_t has */
static unsigned int allowed;

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	(void)pid;
	if (!allowed) {
		errno = EINVAL;
		return -1;
	}
	CPU_ZERO_S(size, set);
	for (unsigned int i = 0; i < allowed; i++)
		CPU_SET_S(i, size, set);
	return 0;
}

long sysconf(int name)
{
	return name == _SC_NPROCESSORS_ONLN ? 5 : -1;
}

static unsigned int threads_with(unsigned int processors)
{
	char name[] = "credsspd";
	char *argv[2] = { name, NULL };
	struct options o;

	allowed = processors;
	ENSURE(options_parse(&o, 1, argv) == OPTIONS_RUN);
	return o.threads;
}

int main(void)
{
	ENSURE(threads_with(1) == 1);
	ENSURE(threads_with(3) == 3);
	ENSURE(threads_with(100) == DISPATCH_THREADS_MAX);
	ENSURE(threads_with(0) == 5);
	puts("ok options: as many threads as processors");
	return 0;
}
