// SPDX-License-Identifier: GPL-2.0-only
/* The loop that accepts connections, each served by a thread of its own. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "accept.h"
#include "accept_report.h"
#include "base/net.h"
#include "text.h"

/* Connections at a time. More wait in the listener's backlog, until one of these ends. */
#define CONNECTIONS_MAX	256
/*
 * With so many, one that is not authenticated is ended for each new one: so an address does not
 * keep the others out. The rest of the places is for those that are ending.
 */
#define CONNECTIONS_CROWD	240
/* Deepest use: structures of ioctls and a report, some 20 KiB */
#define STACK_SIZE	(256 * 1024)
/* Pause after accept(2) has failed for want of descriptors or memory */
#define PAUSE_MS	100

enum slot_state { SLOT_FREE, SLOT_BUSY, SLOT_DONE };

/**
 * struct slot - one connection
 * @loop: its loop
 * @state: FREE and BUSY are set by the loop, DONE by the thread
 * @fd: the connection, which the thread closes when DONE
 * @peer: where its client is
 * @number: its number among all connections
 * @proven: its client is authenticated; set by the thread
 * @displaced: it was ended for another one
 * @code: result, when DONE
 * @thread: the thread, unless FREE
 */
struct slot {
	struct loop *loop;
	enum slot_state state;
	int fd;
	struct credssp_address peer;
	unsigned long number;
	atomic_bool proven;
	bool displaced;
	int code;
	pthread_t thread;
};

/**
 * struct loop - the loop
 * @a: the acceptor
 * @listener: socket
 * @signals: descriptor of the signals that end it
 * @wake: descriptor by which a thread tells that it is done
 * @lock: protects the slots' @state, @fd and @code
 * @slots: connections
 * @busy: slots that are not FREE
 * @started: connections so far
 * @code: enum exit_code of the last connection that failed, else 0
 * @pausing: no accept(2) before the next timeout
 * @stopping: a signal has come
 */
struct loop {
	struct acceptor *a;
	int listener;
	int signals;
	int wake;
	pthread_mutex_t lock;
	struct slot slots[CONNECTIONS_MAX];
	unsigned int busy;
	unsigned long started;
	int code;
	bool pausing;
	bool stopping;
};

static void notify(int event)
{
	const uint64_t one = 1;

	/* the counter cannot overflow by as few as these */
	while (write(event, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void *serve(void *arg)
{
	struct slot *slot = arg;
	struct loop *loop = slot->loop;
	int code = accept_serve(loop->a, slot->fd, &slot->proven);

	pthread_mutex_lock(&loop->lock);
	slot->code = code;
	slot->state = SLOT_DONE;
	/* under the lock, so that stop() does not shut down another file of this number */
	close(slot->fd);
	pthread_mutex_unlock(&loop->lock);
	notify(loop->wake);
	return NULL;
}

static int start_thread(struct slot *slot)
{
	pthread_attr_t attr;
	int err = pthread_attr_init(&attr);

	if (err)
		return err;
	err = pthread_attr_setstacksize(&attr, STACK_SIZE);
	if (!err)
		err = pthread_create(&slot->thread, &attr, serve, slot);
	pthread_attr_destroy(&attr);
	return err;
}

static struct slot *free_slot(struct loop *loop)
{
	struct slot *slot = loop->slots;

	while (slot->state != SLOT_FREE)
		slot++;
	return slot;
}

/* ---- a crowd ------------------------------------------------------------------- */

/* Is its client not authenticated? All of these are called with the lock. */
static bool may_displace(const struct slot *slot)
{
	return slot->state == SLOT_BUSY && !slot->displaced && !atomic_load(&slot->proven);
}

/* Such connections of an address */
static unsigned int count_at(const struct loop *loop, const struct credssp_address *peer)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < CONNECTIONS_MAX; i++)
		count += may_displace(&loop->slots[i]) &&
			 net_same_place(&loop->slots[i].peer, peer);
	return count;
}

/* Of one address the last connection goes first; of two, the one that has had more time. */
static bool goes_before(const struct slot *a, const struct slot *b)
{
	bool older = a->number < b->number;

	return net_same_place(&a->peer, &b->peer) ? !older : older;
}

/* A connection of the address with the most that are not authenticated; NULL: there is none. */
static struct slot *find_victim(struct loop *loop)
{
	struct slot *victim = NULL, *slot;
	unsigned int most = 0, count;

	for (slot = loop->slots; slot < loop->slots + CONNECTIONS_MAX; slot++) {
		if (!may_displace(slot))
			continue;
		count = count_at(loop, &slot->peer);
		if (count > most || (count == most && goes_before(slot, victim))) {
			most = count;
			victim = slot;
		}
	}
	return victim;
}

static void displace_one(struct loop *loop)
{
	struct slot *victim;

	pthread_mutex_lock(&loop->lock);
	victim = find_victim(loop);
	if (victim) {
		victim->displaced = true;
		shutdown(victim->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&loop->lock);
}

/* ---- connections ---------------------------------------------------------------- */

/* Called with a free slot. */
static void accept_one(struct loop *loop)
{
	struct slot *slot;
	int fd = net_accept(loop->listener);

	if (fd < 0) {
		loop->pausing = errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
				errno == ENOMEM;
		return;
	}
	pthread_mutex_lock(&loop->lock);
	slot = free_slot(loop);
	*slot = (struct slot){
		.loop = loop, .state = SLOT_BUSY, .fd = fd, .number = loop->started,
	};
	net_peer(fd, &slot->peer);
	pthread_mutex_unlock(&loop->lock);
	if (start_thread(slot)) {
		slot->state = SLOT_FREE;
		close(fd);
		loop->pausing = true;
		return;
	}
	loop->busy++;
	loop->started++;
	if (loop->busy > CONNECTIONS_CROWD)
		displace_one(loop);
}

/* Take the results of connections that are over. */
static void reap(struct loop *loop)
{
	uint64_t count;
	size_t i;

	if (read(loop->wake, &count, sizeof(count)) < 0)
		return;
	for (i = 0; i < CONNECTIONS_MAX; i++) {
		struct slot *slot = &loop->slots[i];
		bool done;

		pthread_mutex_lock(&loop->lock);
		done = slot->state == SLOT_DONE;
		pthread_mutex_unlock(&loop->lock);
		if (!done)
			continue;
		pthread_join(slot->thread, NULL);
		if (slot->code)
			loop->code = slot->code;
		slot->state = SLOT_FREE;
		loop->busy--;
	}
}

/* End all connections: exchanges by shutting down their sockets, programs by @a->stop. */
static void stop(struct loop *loop)
{
	size_t i;

	loop->stopping = true;
	notify(loop->a->stop);
	pthread_mutex_lock(&loop->lock);
	for (i = 0; i < CONNECTIONS_MAX; i++)
		if (loop->slots[i].state == SLOT_BUSY)
			shutdown(loop->slots[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&loop->lock);
}

static bool is_open(const struct loop *loop)
{
	return !loop->stopping && (!loop->a->opt.count || loop->started < loop->a->opt.count);
}

static void turn(struct loop *loop)
{
	bool accepts = is_open(loop) && !loop->pausing && loop->busy < CONNECTIONS_MAX;
	struct pollfd p[] = {
		{ .fd = accepts ? loop->listener : -1, .events = POLLIN },
		{ .fd = loop->wake, .events = POLLIN },
		{ .fd = loop->stopping ? -1 : loop->signals, .events = POLLIN },
	};

	if (poll(p, ARRAY_SIZE(p), loop->pausing ? PAUSE_MS : -1) < 0)
		return;
	loop->pausing = false;
	if (p[1].revents)
		reap(loop);
	if (p[2].revents)
		stop(loop);
	else if (p[0].revents)
		accept_one(loop);
}

static int watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void close_all(const struct loop *loop)
{
	const int fds[] = { loop->signals, loop->wake, loop->a->stop };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int prepare(struct loop *loop, struct acceptor *a, int listener)
{
	loop->a = a;
	loop->listener = listener;
	pthread_mutex_init(&loop->lock, NULL);
	loop->signals = watch_signals();
	loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	a->stop = eventfd(0, EFD_CLOEXEC);
	return loop->signals < 0 || loop->wake < 0 || a->stop < 0 ? -1 : 0;
}

int accept_loop(struct acceptor *a, int listener)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int code = EXIT_CODE_OTHER;

	if (!loop || prepare(loop, a, listener)) {
		fprintf(stderr, "credsspctl accept: %s\n", strerror(errno));
	} else {
		while (is_open(loop) || loop->busy)
			turn(loop);
		code = loop->code;
	}
	if (loop)
		close_all(loop);
	a->stop = -1;
	free(loop);
	return code;
}
