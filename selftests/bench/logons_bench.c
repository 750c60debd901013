// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many logons at the same time.
 *
 *	logons_bench at-once PORT USERS THREADS ROUNDS
 *		In each round USERS ordinary users have THREADS logons each, by tokens,
 *		and all of them have begun their handshake before any goes on. Prints the
 *		instructions of one logon in its caller, kernel included, and in credsspd.
 *	logons_bench processors PORT THREADS COUNT
 *		Logons by socket of THREADS threads, COUNT each. Prints for one logon the
 *		instructions of all threads of the machine but the server's, and those of
 *		the busier one of two processors among which the threads are divided.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "become.h"
#include "client.h"
#include "count.h"
#include "tcp.h"
#include "threads.h"

#define HELPER		"credsspd"
#define SERVER		"tspeer"
#define FIRST_USER	1001
/* Time for what credsspd does after the last logon */
#define SETTLE_US	300000
#define WARM_UP		8
#define STACK		(256 * 1024)

/**
 * struct shared - what all processes and threads see
 * @port: the server's
 * @threads: of a user
 * @rounds: of each thread
 * @begun: all handshakes of a round have begun, or all threads wait for the start
 * @ended: all are over
 * @caller: sum of the callers' instructions
 */
struct shared {
	unsigned short port;
	unsigned int threads;
	unsigned int rounds;
	pthread_barrier_t begun;
	pthread_barrier_t ended;
	uint64_t caller;
};

/* A thread's view; the client is its process'. */
struct runner {
	struct shared *shared;
	struct client *client;
	pthread_t thread;
};

static struct shared *share(unsigned short port, unsigned int threads, unsigned int rounds,
			    unsigned int waiters)
{
	pthread_barrierattr_t attr;
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		fail("mmap");
	*s = (struct shared){ .port = port, .threads = threads, .rounds = rounds };
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (pthread_barrier_init(&s->begun, &attr, waiters) ||
	    pthread_barrier_init(&s->ended, &attr, waiters))
		fail("barrier");
	return s;
}

static void start(struct runner *list, struct shared *s, struct client *c, void *(*run)(void *))
{
	pthread_attr_t attr;
	unsigned int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (i = 0; i < s->threads; i++) {
		list[i] = (struct runner){ .shared = s, .client = c };
		if (pthread_create(&list[i].thread, &attr, run, &list[i]))
			fail("pthread_create");
	}
	pthread_attr_destroy(&attr);
}

static struct runner *runners(unsigned int threads)
{
	struct runner *list = calloc(threads, sizeof(*list));

	if (!list)
		fail("calloc");
	return list;
}

/* One call and its token. True when the exchange is over. */
static bool step(struct runner *r, struct exchange *e, int fd, struct count *count)
{
	int32_t status;

	count_start(count);
	status = exchange_step(r->client, e);
	count_stop(count);
	exchange_send(e, fd);
	return status == SEC_E_OK;
}

static void round_of(struct runner *r, struct exchange *e, struct count *count)
{
	int fd = tcp_connect(r->shared->port);

	e->context = 0;
	e->fill = 0;
	step(r, e, fd, count);
	pthread_barrier_wait(&r->shared->begun);
	do
		exchange_receive(e, fd);
	while (!step(r, e, fd, count));
	count_start(count);
	credssp_delete_security_context(r->client->lib, e->context);
	count_stop(count);
	close(fd);
	pthread_barrier_wait(&r->shared->ended);
}

static void *run_rounds(void *arg)
{
	struct exchange *e = calloc(1, sizeof(*e));
	struct runner *r = arg;
	struct count count = {};
	unsigned int i;

	if (!e)
		fail("calloc");
	for (i = 0; i < r->shared->rounds; i++)
		round_of(r, e, &count);
	__atomic_add_fetch(&r->shared->caller, count.total, __ATOMIC_SEQ_CST);
	free(e);
	return NULL;
}

static void be_user(struct shared *s, uid_t uid)
{
	struct runner *list = runners(s->threads);
	struct client client;
	unsigned int i;

	become(uid);
	/* After that: a change of the user forgets it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		fail("prctl");
	client_open(&client);
	start(list, s, &client, run_rounds);
	for (i = 0; i < s->threads; i++)
		pthread_join(list[i].thread, NULL);
	credssp_close(client.lib);
	exit(0);
}

/* A user whose logon fails ends. The others would wait for it, but end with this process. */
static void wait_for_users(unsigned int users)
{
	int status;

	while (users--) {
		if (wait(&status) >= 0 && !status)
			continue;
		fputs("a logon failed\n", stderr);
		exit(1);
	}
}

static uint64_t settled_helper(void)
{
	usleep(SETTLE_US);
	return count_processes(HELPER);
}

static void at_once(unsigned short port, unsigned int users, unsigned int threads,
		    unsigned int rounds)
{
	struct shared *s = share(port, threads, rounds, users * threads);
	uint64_t helper = settled_helper();
	unsigned int i;

	for (i = 0; i < users; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (!pid)
			be_user(s, FIRST_USER + i);
	}
	wait_for_users(users);
	count_print("caller", s->caller, users * threads * rounds);
	count_print(HELPER, settled_helper() - helper, users * threads * rounds);
}

static void logons(struct runner *r, unsigned int times)
{
	unsigned int i;

	for (i = 0; i < times; i++) {
		int fd = tcp_connect(r->shared->port);

		client_logon(r->client, fd);
		close(fd);
	}
}

/* The thread stays until all have been counted. */
static void *run_logons(void *arg)
{
	struct runner *r = arg;

	logons(r, WARM_UP);
	pthread_barrier_wait(&r->shared->ended);
	pthread_barrier_wait(&r->shared->begun);
	logons(r, r->shared->rounds);
	pthread_barrier_wait(&r->shared->ended);
	pause();
	return NULL;
}

/* Give each thread, the busiest first, to the processor that has less. Returns the larger sum. */
static uint64_t busier_of_two(const struct threads *t)
{
	uint64_t sum[2] = { 0 };
	size_t i;

	for (i = 0; i < t->length; i++)
		sum[sum[1] < sum[0]] += t->list[i].count;
	return sum[0] > sum[1] ? sum[0] : sum[1];
}

static void processors(unsigned short port, unsigned int threads, unsigned int times)
{
	struct shared *s = share(port, threads, times, threads + 1);
	struct threads before, after;
	struct client client;

	client_open(&client);
	start(runners(threads), s, &client, run_logons);
	pthread_barrier_wait(&s->ended);
	usleep(SETTLE_US);
	threads_read(&before);
	pthread_barrier_wait(&s->begun);
	pthread_barrier_wait(&s->ended);
	usleep(SETTLE_US);
	threads_read(&after);
	threads_subtract(&after, &before);
	threads_drop_name(&after, SERVER);
	/* This one has counted the others. */
	threads_drop(&after, getpid());
	threads_sort(&after);
	count_print("all", threads_total(&after), threads * times);
	count_print("busier", busier_of_two(&after), threads * times);
}

int main(int argc, char **argv)
{
	unsigned int number[4] = { 0 };
	int i;

	for (i = 2; i < argc && i < 6; i++) {
		number[i - 2] = atoi(argv[i]);
		if (!number[i - 2])
			return 1;
	}
	if (argc == 6 && !strcmp(argv[1], "at-once"))
		at_once(number[0], number[1], number[2], number[3]);
	else if (argc == 5 && !strcmp(argv[1], "processors"))
		processors(number[0], number[1], number[2]);
	else
		return 1;
	return 0;
}
