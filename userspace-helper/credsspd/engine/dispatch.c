// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <linux/credssp.h>
#include "base/coroutine.h"
#include "base/log.h"
#include "base/queue.h"
#include "dispatch.h"

/* Handshakes run in coroutines, the evaluation of chains here. GMP may use 64 KB at once. */
#define STACK_SIZE	(512 * 1024)
/* Engine 0 is the receiver's; the threads' engines follow. */
#define FIRST_WORKER	1

/*
 * Heaps of malloc(). Memory that is free in one of them is of no use to the threads of another,
 * so a heap for each thread, as is glibc's habit, might take a multiple of BUDGET_MEMORY.
 */
#define ARENAS		2

/**
 * struct worker_thread - one thread
 * @dispatch: what it belongs to
 * @engine: its engine, used and freed by itself; others call what engine.h allows
 * @ready: there is something to do
 * @queue: requests
 * @running: header of the request that is carried out; no length if there is none
 * @over: END came for the conversation of @running
 * @ended: a conversation has ended, and is to be freed
 * @resume: the key keeper may have answered
 * @reply: a buffer of CREDSSP_HLP_MAX_MESSAGE
 */
struct worker_thread {
	struct dispatch *dispatch;
	struct engine *engine;
	pthread_t id;
	pthread_cond_t ready;
	struct queue queue;
	struct credssp_hlp_header running;
	bool over;
	bool ended;
	bool resume;
	uint8_t *reply;
};

/**
 * struct dispatch - all threads
 * @lock: protects the members below, and those of the threads except @dispatch, @engine, @id
 *	and @reply. @device, @news and @count do not change after dispatch_start(), and need no
 *	lock. The order of locks: this one, that of the table (conversations.h), that of the key
 *	keeper (keeper.h)
 * @device: for replies
 * @news: an eventfd, see dispatch_fd()
 * @bytes: of all jobs
 * @full: the receiver waits for room
 * @stop: the threads have to end
 * @next: rotates, so that equal threads take turns
 * @count: number of @threads
 * @begun: how many of them run
 * @started: @begun has changed
 */
struct dispatch {
	pthread_mutex_t lock;
	int device;
	int news;
	size_t bytes;
	bool full;
	bool stop;
	unsigned int next;
	unsigned int count;
	unsigned int begun;
	pthread_cond_t started;
	struct worker_thread threads[DISPATCH_THREADS_MAX];
};

/* Wake the receiver. */
static void dispatch_tell(struct dispatch *d)
{
	const uint64_t one = 1;

	if (write(d->news, &one, sizeof(one)) != sizeof(one))
		log_error("eventfd: %s", strerror(errno));
}

/*
 * With the lock: wait for something to do, or for @due milliseconds; -1: for ever. Return
 * the next request, if there is one.
 */
static struct job *worker_await(struct worker_thread *t, int due)
{
	const int64_t until = engine_now() + due;
	const struct timespec deadline = {
		.tv_sec = until / 1000,
		.tv_nsec = until % 1000 * 1000000,
	};
	struct dispatch *d = t->dispatch;
	struct job *job;
	int err = 0;

	while (!(job = queue_take(&t->queue)) && !d->stop && !t->resume && !t->ended && !err) {
		if (due < 0)
			pthread_cond_wait(&t->ready, &d->lock);
		else
			err = pthread_cond_timedwait(&t->ready, &d->lock, &deadline);
	}
	return job;
}

/**
 * struct work - what a thread has to do
 * @job: a request, or NULL
 * @resume: the key keeper may have answered
 */
struct work {
	struct job *job;
	bool resume;
};

/* Take up the next request. False when the thread has to end. */
static bool worker_take(struct worker_thread *t, int due, struct work *work)
{
	struct dispatch *d = t->dispatch;
	struct job *job;
	bool stop;

	pthread_mutex_lock(&d->lock);
	job = worker_await(t, due);
	if (job)
		t->running = *job_header(job);
	*work = (struct work){ job, t->resume };
	t->resume = false;
	t->ended = false;
	stop = d->stop;
	pthread_mutex_unlock(&d->lock);
	return !stop;
}

/*
 * The request was carried out. Its reply comes after this, so that the next request of the
 * module finds this thread idle.
 */
static void worker_finish(struct worker_thread *t, struct job *job)
{
	struct dispatch *d = t->dispatch;
	bool room;

	pthread_mutex_lock(&d->lock);
	t->running.length = 0;
	/* A START may have put it into the table after its END. */
	if (t->over)
		engine_end(t->engine, job_header(job)->conversation);
	t->over = false;
	d->bytes -= job_charge(job);
	room = d->full && d->bytes < DISPATCH_BYTES;
	d->full = d->full && !room;
	pthread_mutex_unlock(&d->lock);
	if (room)
		dispatch_tell(d);
}

static int reply_write(int device, const void *reply, size_t length)
{
	ssize_t written = write(device, reply, length);

	if (written < 0)
		return -errno;
	return (size_t)written == length ? 0 : -EIO;
}

/* Keep only the header of a reply, and make it the error @err. */
static void reply_make_error(struct credssp_hlp_header *hdr, size_t length, int err)
{
	explicit_bzero(hdr + 1, length - sizeof(*hdr));
	hdr->length = sizeof(*hdr);
	hdr->error = -err;
}

void dispatch_reply(int device, void *reply, size_t length)
{
	static struct log_limit lost;
	int err = reply_write(device, reply, length);

	if (err && log_may(&lost, engine_now()))
		log_error("reply of %zu bytes: %s", length, strerror(-err));
	if (err) {
		reply_make_error(reply, length, err);
		reply_write(device, reply, sizeof(struct credssp_hlp_header));
	}
	explicit_bzero(reply, length);	/* TLS keys */
}

static void worker_carry_out(struct worker_thread *t, struct job *job)
{
	const size_t length = engine_handle(t->engine, job->request, job->length, t->reply,
					    CREDSSP_HLP_MAX_MESSAGE);

	worker_finish(t, job);
	if (length)
		dispatch_reply(t->dispatch->device, t->reply, length);
	else
		dispatch_tell(t->dispatch);	/* the key keeper was asked */
	job_free(job);
}

static void worker_resume(struct worker_thread *t)
{
	size_t length;

	while ((length = engine_resume(t->engine, t->reply, CREDSSP_HLP_MAX_MESSAGE)))
		dispatch_reply(t->dispatch->device, t->reply, length);
}

static void worker_begin(struct dispatch *d)
{
	pthread_mutex_lock(&d->lock);
	d->begun++;
	pthread_cond_signal(&d->started);
	pthread_mutex_unlock(&d->lock);
}

static void *worker_run(void *arg)
{
	struct worker_thread *t = arg;
	struct work work;
	int due = -1;

	worker_begin(t->dispatch);
	while (worker_take(t, due, &work)) {
		if (work.job)
			worker_carry_out(t, work.job);
		worker_resume(t);
		/* These handshakes may have asked the key keeper again. */
		if (work.resume)
			dispatch_tell(t->dispatch);
		due = engine_expire(t->engine, engine_now());
	}
	if (work.job)
		job_free(work.job);
	engine_free(t->engine);
	coroutine_forget();
	return NULL;
}

/* Is a request of this conversation carried out now? */
static bool worker_runs(const struct worker_thread *t, uint64_t conversation)
{
	return t->running.length && t->running.conversation == conversation;
}

static bool worker_has(const struct worker_thread *t, uint64_t conversation)
{
	return worker_runs(t, conversation) || queue_has(&t->queue, conversation);
}

/* The thread of a conversation, or NULL. Its START may still wait, or be under way. */
static struct worker_thread *dispatch_find(struct dispatch *d, uint64_t conversation)
{
	int worker;

	for (unsigned int i = 0; i < d->count; i++) {
		if (worker_has(&d->threads[i], conversation))
			return &d->threads[i];
	}
	/* If its START has been carried out, the conversation is in the table. */
	worker = engine_worker(d->threads[0].engine, conversation);
	return worker < 0 ? NULL : &d->threads[worker - FIRST_WORKER];
}

/* Requests that wait, and the one that is carried out */
static size_t worker_jobs(const struct worker_thread *t)
{
	return t->queue.count + (t->running.length > 0);
}

/* Negative if thread @a has less to do than @b. */
static int worker_compare(const struct dispatch *d, unsigned int a, unsigned int b,
			  const size_t *handshakes)
{
	const size_t jobs_a = worker_jobs(&d->threads[a]);
	const size_t jobs_b = worker_jobs(&d->threads[b]);

	if (jobs_a != jobs_b)
		return jobs_a < jobs_b ? -1 : 1;
	return handshakes[FIRST_WORKER + a] < handshakes[FIRST_WORKER + b] ? -1 : 0;
}

/*
 * The thread for a new conversation. Handshakes that wait for their servers only decide
 * between threads with equally many requests: a user may leave any number of them.
 */
static struct worker_thread *dispatch_find_idlest(struct dispatch *d)
{
	size_t handshakes[FIRST_WORKER + DISPATCH_THREADS_MAX] = { 0 };
	const unsigned int first = d->next++ % d->count;
	unsigned int best = first, i;

	engine_loads(d->threads[0].engine, handshakes);
	for (unsigned int n = 1; n < d->count; n++) {
		i = (first + n) % d->count;
		if (worker_compare(d, i, best, handshakes) < 0)
			best = i;
	}
	return &d->threads[best];
}

/* Has the user of @j, other than root, no room for it in the queues of all threads? */
static bool dispatch_is_above_share(const struct dispatch *d, const struct job *j)
{
	const uint32_t owner = job_header(j)->owner;
	size_t bytes = job_charge(j);

	for (unsigned int i = 0; i < d->count; i++)
		bytes += queue_bytes(&d->threads[i].queue, owner);
	return owner && bytes > DISPATCH_BYTES_OF_USER;
}

/* With the lock: give @j to a thread. */
static int dispatch_enqueue(struct dispatch *d, struct job *j)
{
	struct worker_thread *t = dispatch_find(d, job_header(j)->conversation);
	int err;

	if (dispatch_is_above_share(d, j))
		return -EDQUOT;
	if (!t)
		t = dispatch_find_idlest(d);
	err = queue_put(&t->queue, j);
	if (err)
		return err;
	d->bytes += job_charge(j);
	pthread_cond_signal(&t->ready);
	return 0;
}

/*
 * With the lock: END does not wait behind other requests, because its user may begin another
 * conversation at once, and its place must be free then. Replies to other requests of the
 * conversation are not wanted any more.
 */
static void dispatch_end(struct dispatch *d, uint64_t conversation)
{
	struct worker_thread *t;
	int worker;

	for (unsigned int i = 0; i < d->count; i++) {
		t = &d->threads[i];
		d->bytes -= queue_remove(&t->queue, conversation);
		if (worker_runs(t, conversation))
			t->over = true;
	}
	worker = engine_end(d->threads[0].engine, conversation);
	if (worker < 0)
		return;
	t = &d->threads[worker - FIRST_WORKER];
	t->ended = true;
	pthread_cond_signal(&t->ready);
}

static int dispatch_hand_over(struct dispatch *d, const void *request, size_t length)
{
	struct job *j = job_new(request, length);
	int err;

	if (!j)
		return -ENOMEM;
	pthread_mutex_lock(&d->lock);
	err = dispatch_enqueue(d, j);
	pthread_mutex_unlock(&d->lock);
	if (err)
		job_free(j);
	return err;
}

int dispatch_request(struct dispatch *d, const void *request, size_t length)
{
	struct credssp_hlp_header hdr;

	if (length < sizeof(hdr))
		return -EBADMSG;
	memcpy(&hdr, request, sizeof(hdr));
	if (hdr.opcode != CREDSSP_HLP_END)
		return dispatch_hand_over(d, request, length);
	pthread_mutex_lock(&d->lock);
	dispatch_end(d, hdr.conversation);
	pthread_mutex_unlock(&d->lock);
	return 0;
}

bool dispatch_has_room(struct dispatch *d)
{
	bool full;

	pthread_mutex_lock(&d->lock);
	full = d->bytes >= DISPATCH_BYTES;
	d->full = full;
	pthread_mutex_unlock(&d->lock);
	return !full;
}

void dispatch_resume(struct dispatch *d)
{
	pthread_mutex_lock(&d->lock);
	for (unsigned int i = 0; i < d->count; i++) {
		d->threads[i].resume = true;
		pthread_cond_signal(&d->threads[i].ready);
	}
	pthread_mutex_unlock(&d->lock);
}

int dispatch_fd(const struct dispatch *d)
{
	return d ? d->news : -1;
}

void dispatch_take_news(struct dispatch *d)
{
	uint64_t count;

	if (read(d->news, &count, sizeof(count)) < 0 && errno != EAGAIN && errno != EINTR)
		log_error("eventfd: %s", strerror(errno));
}

static int worker_create(struct worker_thread *t)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = pthread_create(&t->id, &attr, worker_run, t);
	pthread_attr_destroy(&attr);
	return -err;
}

static int worker_start(struct worker_thread *t, struct dispatch *d, struct engine *e)
{
	pthread_condattr_t attr;
	int err = -ENOMEM;

	*t = (struct worker_thread){ .dispatch = d };
	queue_init(&t->queue);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->ready, &attr);
	pthread_condattr_destroy(&attr);
	t->engine = engine_beside(e);
	t->reply = malloc(CREDSSP_HLP_MAX_MESSAGE);
	if (t->engine && t->reply)
		err = worker_create(t);
	if (!err)
		return 0;
	engine_free(t->engine);
	free(t->reply);
	return err;
}

/* The C library needs system calls in a thread's first moments, which are forbidden later. */
static void dispatch_await_begin(struct dispatch *d)
{
	pthread_mutex_lock(&d->lock);
	while (d->begun < d->count)
		pthread_cond_wait(&d->started, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

struct dispatch *dispatch_start(struct engine *e, int device, unsigned int threads)
{
	struct dispatch *d = calloc(1, sizeof(*d));
	int err = 0;

	if (!d)
		return NULL;
	mallopt(M_ARENA_MAX, ARENAS);
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->started, NULL);
	d->device = device;
	d->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (d->news < 0)
		err = -errno;
	while (!err && d->count < threads) {
		err = worker_start(&d->threads[d->count], d, e);
		d->count += !err;
	}
	dispatch_await_begin(d);
	if (!err)
		return d;
	log_error("threads: %s", strerror(-err));
	dispatch_stop(d);
	return NULL;
}

void dispatch_stop(struct dispatch *d)
{
	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	d->stop = true;
	for (unsigned int i = 0; i < d->count; i++)
		pthread_cond_signal(&d->threads[i].ready);
	pthread_mutex_unlock(&d->lock);
	for (unsigned int i = 0; i < d->count; i++) {
		pthread_join(d->threads[i].id, NULL);
		queue_clear(&d->threads[i].queue);
		free(d->threads[i].reply);
	}
	if (d->news >= 0)
		close(d->news);
	free(d);
}
