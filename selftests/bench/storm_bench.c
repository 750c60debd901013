// SPDX-License-Identifier: GPL-2.0-only
/*
 * A storm of one user beside the quiet use of another. All figures are instructions.
 *
 *	storm_bench storm THREADS [PORT]
 *		Each thread begins handshakes as fast as it can, and abandons them; with a
 *		server at PORT it has whole logons. Prints a line when all threads have had
 *		one; at SIGTERM it prints how many there were since.
 *	storm_bench quiet|beside PORT COUNT
 *		Logons by tokens, one after the other, with nothing else going on or beside
 *		a storm. Prints their median and the worst:
 *		elapsed, slowest	from the first call to the last, by the clock: with
 *				whatever else the processor does meanwhile
 *		median, worst	the caller's instructions, and those of credsspd while a
 *				call waits: its own work and what came before it
 *
 * The emulated machine has one processor, on which the workers of credsspd take turns. On
 * a machine with a processor for each of them, all that work for the storm meanwhile. So
 * beside a storm the instructions of credsspd are divided by the number of its workers.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "count.h"
#include "initiator.h"
#include "tcp.h"
#include "threads.h"

#define HELPER		"credsspd"
#define WARM_UP		4
#define STACK		(256 * 1024)
/* A thread of credsspd is a worker if it does this part of what the busiest one does. */
#define WORKER_PART	4

/**
 * struct storm - shared by its threads
 * @port: the server's, 0 for handshakes that are abandoned
 * @begun: handshakes so far
 * @started: threads that have had one
 */
struct storm {
	unsigned short port;
	unsigned int begun;
	unsigned int started;
};

static void note_one(struct storm *s, bool first)
{
	__atomic_add_fetch(&s->begun, 1, __ATOMIC_RELAXED);
	if (first)
		__atomic_add_fetch(&s->started, 1, __ATOMIC_RELAXED);
}

static void *abandon(void *arg)
{
	struct initiator *i = calloc(1, sizeof(*i));
	bool first = true;

	if (!i)
		fail("calloc");
	for (initiator_open(i, CREDSSP_PACKAGE_CREDSSP);; first = false) {
		initiator_leg(i, span(NULL, 0), SEC_I_CONTINUE_NEEDED);
		initiator_end(i);
		note_one(arg, first);
	}
	return NULL;
}

static void *log_on(void *arg)
{
	struct exchange *e = malloc(sizeof(*e));
	const struct storm *s = arg;
	struct client client;
	bool first = true;

	if (!e)
		fail("malloc");
	for (client_open(&client);; first = false) {
		int fd = tcp_connect(s->port);

		credssp_delete_security_context(client.lib, exchange_run(&client, e, fd));
		close(fd);
		note_one(arg, first);
	}
	return NULL;
}

static void storm(unsigned int threads, unsigned short port)
{
	static struct storm s;
	pthread_attr_t attr;
	pthread_t thread;
	unsigned int i, before;
	sigset_t term;
	int sig;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &term, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	s.port = port;
	for (i = 0; i < threads; i++)
		if (pthread_create(&thread, &attr, port ? log_on : abandon, &s))
			fail("pthread_create");
	while (__atomic_load_n(&s.started, __ATOMIC_RELAXED) < threads)
		usleep(10000);
	before = __atomic_load_n(&s.begun, __ATOMIC_RELAXED);
	puts("storms");
	fflush(stdout);
	sigwait(&term, &sig);
	printf("begun %u\n", __atomic_load_n(&s.begun, __ATOMIC_RELAXED) - before);
}

/**
 * struct logons - measured ones
 * @client: the user
 * @port: the server's
 * @clocks: of credsspd
 * @times: number of them
 * @elapsed, @caller, @helper: of each
 */
struct logons {
	struct client client;
	unsigned short port;
	struct count_clocks clocks;
	unsigned int times;
	uint64_t *elapsed;
	uint64_t *caller;
	uint64_t *helper;
};

static void logon(struct logons *l, unsigned int n)
{
	static struct exchange e;
	struct count count = {};
	uint64_t begin, before, helper = 0;
	int32_t status;
	int fd = tcp_connect(l->port);

	e.context = 0;
	e.fill = 0;
	begin = count_elapsed();
	for (;;) {
		before = count_read(&l->clocks);
		count_start(&count);
		status = exchange_step(&l->client, &e);
		count_stop(&count);
		helper += count_read(&l->clocks) - before;
		exchange_send(&e, fd);
		if (status == SEC_E_OK)
			break;
		exchange_receive(&e, fd);
	}
	l->elapsed[n] = count_elapsed() - begin;
	l->caller[n] = count.total;
	l->helper[n] = helper;
	credssp_delete_security_context(l->client.lib, e.context);
	close(fd);
}

static void read_helper(struct threads *t)
{
	threads_read(t);
	threads_keep_name(t, HELPER);
}

/* How many threads of credsspd share its work since @before */
static unsigned int workers(const struct threads *before)
{
	struct threads now;
	unsigned int n = 0;

	read_helper(&now);
	threads_subtract(&now, before);
	threads_sort(&now);
	while (n < now.length && now.list[n].count >= now.list[0].count / WORKER_PART)
		n++;
	threads_free(&now);
	if (!n)
		fail("no " HELPER);
	return n;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void print(const char *median, const char *worst, uint64_t *list, unsigned int n)
{
	qsort(list, n, sizeof(*list), compare);
	count_print(median, list[n / 2], 1);
	count_print(worst, list[n - 1], 1);
}

static uint64_t *numbers(unsigned int n)
{
	uint64_t *list = calloc(n, sizeof(*list));

	if (!list)
		fail("calloc");
	return list;
}

static void measure(struct logons *l, bool beside)
{
	struct threads before;
	unsigned int i, parallel = 1;

	count_find(&l->clocks, HELPER);
	l->elapsed = numbers(l->times);
	l->caller = numbers(l->times);
	l->helper = numbers(l->times);
	client_open(&l->client);
	for (i = 0; i < WARM_UP; i++)
		logon(l, 0);
	read_helper(&before);
	for (i = 0; i < l->times; i++)
		logon(l, i);
	if (beside)
		parallel = workers(&before);
	for (i = 0; i < l->times; i++)
		l->helper[i] = l->caller[i] + l->helper[i] / parallel;
	print("elapsed", "slowest", l->elapsed, l->times);
	print("median", "worst", l->helper, l->times);
	fprintf(stderr, "# workers: %u\n", parallel);
}

int main(int argc, char **argv)
{
	struct logons l = {};

	if ((argc == 3 || argc == 4) && !strcmp(argv[1], "storm") && atoi(argv[2]) > 0) {
		storm(atoi(argv[2]), argc == 4 ? atoi(argv[3]) : 0);
		return 0;
	}
	if (argc != 4 || (strcmp(argv[1], "quiet") && strcmp(argv[1], "beside")))
		return 1;
	l.port = atoi(argv[2]);
	l.times = atoi(argv[3]);
	if (!l.times)
		return 1;
	measure(&l, !strcmp(argv[1], "beside"));
	return 0;
}
