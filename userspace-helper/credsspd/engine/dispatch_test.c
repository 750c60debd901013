// SPDX-License-Identifier: GPL-2.0-only
/* Threads and their requests: the engine is played by this program. */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/credssp.h>
#include "base/clock.h"
#include "base/coroutine.h"
#include "base/log.h"
#include "dispatch.h"
#include "tests/test.h"

#define THREADS		2
#define CONVERSATIONS	16
#define PATIENCE_MS	60000

/*
 * What the engine does with a request of another opcode than START and STEP; WAIT_START is a
 * START that waits at the gate
 */
enum { WAIT = 100, HOLD = 101, WAIT_START = 102 };

/**
 * struct engine - one thread's
 * @worker: its number
 * @thread: the thread that uses it, once it has
 * @held: the request that is not answered yet
 */
struct engine {
	unsigned int worker;
	pthread_t thread;
	bool used;
	struct credssp_hlp_header held;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* With the lock: the number of the engine that has the conversation, or -1 */
static int home[CONVERSATIONS];
/* With the lock: those that have ended and are not freed yet */
static bool ended[CONVERSATIONS];
/* With the lock: ids of the requests in the order in which they were carried out */
static uint64_t order[64];
static unsigned int done;
static unsigned int engines;
static atomic_uint freed;
/* WAIT waits at the gate; @waiting is posted before. */
static sem_t gate, waiting;

static struct engine *receiver;
static struct dispatch *threads;
static int device;

struct engine *engine_new(const struct tls_context *client)
{
	struct engine *e = calloc(1, sizeof(*e));

	(void)client;
	ENSURE(e);
	e->worker = engines++;
	return e;
}

struct engine *engine_beside(struct engine *e)
{
	(void)e;
	return engine_new(NULL);
}

/* All of an engine's work is done in one thread. */
static void check_thread(struct engine *e)
{
	if (!e->used)
		e->thread = pthread_self();
	e->used = true;
	ENSURE(pthread_equal(e->thread, pthread_self()));
}

void engine_free(struct engine *e)
{
	if (e->worker)
		check_thread(e);
	freed++;
	free(e);
}

static size_t answer(const struct credssp_hlp_header *to, void *reply)
{
	struct credssp_hlp_header hdr = *to;

	hdr.length = sizeof(hdr);
	memcpy(reply, &hdr, sizeof(hdr));
	return sizeof(hdr);
}

static bool is_start(const struct credssp_hlp_header *rq)
{
	return rq->opcode == CREDSSP_HLP_TLS_START || rq->opcode == WAIT_START;
}

/* A second START is one of the same thread. */
static void note(struct engine *e, const struct credssp_hlp_header *rq)
{
	int *of = &home[rq->conversation];

	pthread_mutex_lock(&lock);
	order[done++ % 64] = rq->id;
	ENSURE(*of == (int)e->worker || (*of < 0 && is_start(rq)));
	*of = e->worker;
	pthread_mutex_unlock(&lock);
}

size_t engine_handle(struct engine *e, const void *request, size_t length, void *reply,
		     size_t room)
{
	struct credssp_hlp_header rq;
	void *volatile memory;

	check_thread(e);
	memory = malloc(65536);
	free(memory);
	ENSURE(length >= sizeof(rq) && room == CREDSSP_HLP_MAX_MESSAGE);
	memcpy(&rq, request, sizeof(rq));
	ENSURE(rq.opcode != CREDSSP_HLP_END);
	if (rq.opcode == WAIT || rq.opcode == WAIT_START) {
		sem_post(&waiting);
		while (sem_wait(&gate))
			;
	}
	note(e, &rq);
	if (rq.opcode == HOLD)
		e->held = rq;
	return rq.opcode == HOLD ? 0 : answer(&rq, reply);
}

/* The keeper answers at once, but the engine learns of it only when it is told. */
static atomic_bool answered;

size_t engine_resume(struct engine *e, void *reply, size_t room)
{
	size_t length;

	(void)room;
	check_thread(e);
	if (!e->held.length || !answered)
		return 0;
	length = answer(&e->held, reply);
	e->held.length = 0;
	return length;
}

int64_t engine_now(void)
{
	return clock_ms();
}

int engine_expire(struct engine *e, int64_t now)
{
	(void)now;
	check_thread(e);
	pthread_mutex_lock(&lock);
	for (int i = 0; i < CONVERSATIONS; i++) {
		if (!ended[i] || home[i] != (int)e->worker)
			continue;
		home[i] = -1;
		ended[i] = false;
	}
	pthread_mutex_unlock(&lock);
	return -1;
}

int engine_end(struct engine *e, uint64_t conversation)
{
	int worker;

	(void)e;
	pthread_mutex_lock(&lock);
	worker = home[conversation];
	ended[conversation] = worker >= 0;
	pthread_mutex_unlock(&lock);
	return worker;
}

int engine_worker(struct engine *e, uint64_t conversation)
{
	int worker;

	(void)e;
	pthread_mutex_lock(&lock);
	worker = home[conversation];
	pthread_mutex_unlock(&lock);
	return worker;
}

void engine_loads(struct engine *e, size_t *loads)
{
	(void)e;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < CONVERSATIONS; i++) {
		if (home[i] >= 0)
			loads[home[i]]++;
	}
	pthread_mutex_unlock(&lock);
}

void coroutine_forget(void)
{
}

/* ---- the receiver ------------------------------------------------------------- */

static void begin(void)
{
	int fds[2];

	for (int i = 0; i < CONVERSATIONS; i++)
		home[i] = -1;
	memset(ended, 0, sizeof(ended));
	done = 0;
	engines = 0;
	answered = false;
	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	device = fds[0];
	receiver = engine_new(NULL);
	threads = dispatch_start(receiver, fds[1], THREADS);
	ENSURE(threads);
}

static void finish(void)
{
	dispatch_stop(threads);
	engine_free(receiver);
	close(device);
}

static uint64_t put_of(uint32_t owner, uint16_t opcode, uint64_t conversation, size_t length)
{
	static uint8_t message[CREDSSP_HLP_MAX_MESSAGE];
	static uint64_t id;
	struct credssp_hlp_header hdr = {
		.length = sizeof(hdr) + length,
		.opcode = opcode,
		.id = ++id,
		.conversation = conversation,
		.owner = owner,
	};

	memcpy(message, &hdr, sizeof(hdr));
	ENSURE(!dispatch_request(threads, message, hdr.length));
	return id;
}

static uint64_t put(uint16_t opcode, uint64_t conversation)
{
	return put_of(1, opcode, conversation, 0);
}

/* Await a reply; return the id of its request. */
static uint64_t get(void)
{
	struct pollfd p = { .fd = device, .events = POLLIN };
	struct credssp_hlp_header hdr;

	ENSURE(poll(&p, 1, PATIENCE_MS) == 1);
	ENSURE(read(device, &hdr, sizeof(hdr)) == sizeof(hdr));
	return hdr.id;
}

static bool has_news(int ms)
{
	struct pollfd p = { .fd = dispatch_fd(threads), .events = POLLIN };
	bool news = poll(&p, 1, ms) == 1;

	if (news)
		dispatch_take_news(threads);
	return news;
}

static int home_of(uint64_t conversation)
{
	return engine_worker(receiver, conversation);
}

static void open_gate(void)
{
	sem_post(&gate);
}

static void await_waiting(void)
{
	while (sem_wait(&waiting))
		;
}

static void start(uint64_t conversation)
{
	ENSURE(put(CREDSSP_HLP_TLS_START, conversation) == get());
}

static void await_end(uint64_t conversation)
{
	for (int i = 0; home_of(conversation) >= 0; i++) {
		ENSURE(i < PATIENCE_MS);
		usleep(1000);
	}
}

static bool has_ended(uint64_t conversation)
{
	bool has;

	pthread_mutex_lock(&lock);
	has = home[conversation] < 0 || ended[conversation];
	pthread_mutex_unlock(&lock);
	return has;
}

/* END has no reply. */
static void end(uint64_t conversation)
{
	put(CREDSSP_HLP_END, conversation);
	await_end(conversation);
}

/* New ones in turn; note() and check_thread() see that each stays where it is. */
static void test_spread(void)
{
	unsigned int first = 0;

	for (uint64_t id = 1; id <= 8; id++)
		start(id);
	for (uint64_t id = 1; id <= 8; id++)
		first += home_of(id) == 1;
	ENSURE(first == 4);
	for (int i = 0; i < 100; i++) {
		put(CREDSSP_HLP_TLS_STEP, 1 + i % 8);
		get();
	}
	/* One thread has no more, so it gets the next ones. */
	for (uint64_t id = 1; id <= 8; id++) {
		if (home_of(id) == 1)
			end(id);
	}
	for (uint64_t id = 9; id <= 10; id++) {
		start(id);
		ENSURE(home_of(id) == 1);
	}
}

/* A thread is busy; conversations of the other one, and new ones, go on. */
static void test_busy(void)
{
	uint64_t slow, id;

	start(1);
	start(2);
	slow = put(WAIT, 1);
	await_waiting();
	for (int i = 0; i < 10; i++) {
		id = put(CREDSSP_HLP_TLS_STEP, 2);
		ENSURE(get() == id);
	}
	start(3);
	ENSURE(home_of(3) == home_of(2));
	open_gate();
	ENSURE(get() == slow);
}

/*
 * Handshakes that are left unfinished do not steer a new one to a busy thread, and of threads
 * with equally much to do each is taken in turn.
 */
static void test_idle(void)
{
	uint64_t slow;
	int first;

	for (uint64_t id = 1; id <= 10; id++)
		start(id);
	for (uint64_t id = 3; id <= 10; id++) {
		if (home_of(id) == home_of(2))
			end(id);
	}
	slow = put(WAIT, 2);
	await_waiting();
	start(11);
	ENSURE(home_of(11) == home_of(1));
	open_gate();
	ENSURE(get() == slow);
	for (uint64_t id = 1; id <= 11; id++) {
		if (home_of(id) >= 0)
			end(id);
	}
	start(1);
	first = home_of(1);
	end(1);
	start(1);
	ENSURE(home_of(1) != first);
}

/* Make both threads busy, with conversations 1 and 2. */
static void occupy(void)
{
	start(1);
	start(2);
	put(WAIT, 1);
	put(WAIT, 2);
	await_waiting();
	await_waiting();
}

static void release(void)
{
	open_gate();
	open_gate();
	get();
	get();
}

/* END does not wait for a busy thread; that frees the conversation later. */
static void test_end(void)
{
	start(3);
	occupy();
	put(CREDSSP_HLP_END, 3);
	ENSURE(has_ended(3) && home_of(3) >= 0);
	/* Also the one that a thread works on */
	put(CREDSSP_HLP_END, 1);
	ENSURE(has_ended(1) && home_of(1) >= 0);
	release();
	await_end(3);
	await_end(1);
	put(CREDSSP_HLP_END, 9);	/* unknown */
	start(3);
}

/* END of conversations whose requests still wait: these are not carried out. */
static void test_end_of_waiting(void)
{
	unsigned int before;

	occupy();
	before = done;
	put(CREDSSP_HLP_TLS_START, 3);
	put(CREDSSP_HLP_TLS_STEP, 1);
	put(CREDSSP_HLP_TLS_START, 4);
	put(CREDSSP_HLP_END, 3);
	put(CREDSSP_HLP_END, 1);
	release();
	get();	/* of 4 */
	await_end(1);
	start(3);
	ENSURE(done == before + 4);
}

/* What comes while a START is carried out is for the same thread. */
static void test_start_under_way(void)
{
	uint64_t ids[3];

	ids[0] = put(WAIT_START, 1);
	await_waiting();
	ids[1] = put(CREDSSP_HLP_TLS_START, 1);
	ids[2] = put(CREDSSP_HLP_TLS_STEP, 1);
	open_gate();
	for (int i = 0; i < 3; i++)
		ENSURE(get() == ids[i]);
	/* END while it is not in the table yet */
	put(WAIT_START, 2);
	await_waiting();
	put(CREDSSP_HLP_END, 2);
	open_gate();
	get();
	await_end(2);
}

/*
 * The first user has had a turn. Users without one come before its next turn, but only once
 * in each round.
 */
static void test_turns(void)
{
	uint64_t many[4], others[3];

	for (uint64_t id = 1; id <= 10; id++)
		start(id);
	/* The even ones have one home. */
	for (uint64_t id = 2; id <= 10; id += 2)
		ENSURE(home_of(id) == home_of(2));
	put(WAIT, 2);
	await_waiting();
	for (int i = 0; i < 4; i++)
		many[i] = put_of(1, CREDSSP_HLP_TLS_STEP, 4 + 2 * (i % 2), 0);
	others[0] = put_of(2, CREDSSP_HLP_TLS_STEP, 8, 0);
	others[1] = put_of(3, CREDSSP_HLP_TLS_STEP, 10, 0);
	others[2] = put_of(2, CREDSSP_HLP_TLS_STEP, 8, 0);
	pthread_mutex_lock(&lock);
	done = 0;
	pthread_mutex_unlock(&lock);
	open_gate();
	for (int i = 0; i < 8; i++)
		get();
	ENSURE(order[1] == others[0] && order[2] == others[1]);
	ENSURE(order[3] == many[0] && order[4] == others[2] && order[5] == many[1]);
	ENSURE(order[6] == many[2] && order[7] == many[3]);
}

/* A user's share; what another one has is not refused, nor is END. */
static void test_share(void)
{
	static const uint8_t message[sizeof(struct credssp_hlp_header)];
	struct credssp_hlp_header step = {
		.length = sizeof(step), .opcode = CREDSSP_HLP_TLS_STEP, .conversation = 1,
		.owner = 1,
	};
	const unsigned int share = DISPATCH_BYTES_OF_USER / 4096;

	ENSURE(dispatch_request(threads, message, sizeof(message) - 1) == -EBADMSG);
	start(2);
	start(1);
	put(WAIT, 1);
	await_waiting();
	for (unsigned int i = 0; i < share; i++)
		put(CREDSSP_HLP_TLS_STEP, 1);
	ENSURE(dispatch_request(threads, &step, sizeof(step)) == -EDQUOT);
	step.conversation = 2;
	ENSURE(dispatch_request(threads, &step, sizeof(step)) == -EDQUOT);
	ENSURE(put_of(2, CREDSSP_HLP_TLS_STEP, 2, 0) == get());
	/* Root has no limit. */
	for (unsigned int i = 0; i < share + 1; i++)
		put_of(0, CREDSSP_HLP_TLS_STEP, 1, 0);
	put(CREDSSP_HLP_END, 1);
	start(3);
	open_gate();
	get();
	await_end(1);
}

static void test_room(void)
{
	unsigned int count = 0;

	start(1);
	put(WAIT, 1);
	await_waiting();
	while (dispatch_has_room(threads)) {
		put_of(0, CREDSSP_HLP_TLS_STEP, 1, 65536);
		count++;
	}
	ENSURE(count >= DISPATCH_BYTES / 65536 - 2 && count <= DISPATCH_BYTES / 65536);
	ENSURE(!has_news(0));
	open_gate();
	ENSURE(has_news(PATIENCE_MS));
	ENSURE(dispatch_has_room(threads));
	for (unsigned int i = 0; i <= count; i++)
		get();
	/* Short ones count as well. */
	put(WAIT, 1);
	await_waiting();
	for (count = 1; dispatch_has_room(threads); count++)
		put_of(0, CREDSSP_HLP_TLS_STEP, 1, 0);
	ENSURE(count <= DISPATCH_BYTES / 4096 + 1);
	open_gate();
	for (unsigned int i = 0; i < count; i++)
		get();
}

/* The keeper is asked: the receiver learns of it, and the thread of the answer. */
static void test_held(void)
{
	uint64_t held, id;

	start(1);
	held = put(HOLD, 1);
	ENSURE(has_news(PATIENCE_MS));
	dispatch_resume(threads);
	ENSURE(has_news(PATIENCE_MS));
	start(2);
	id = put(CREDSSP_HLP_TLS_STEP, 2);
	ENSURE(get() == id);
	answered = true;
	dispatch_resume(threads);
	ENSURE(get() == held);
}

/* The heaps of malloc() are fewer than the threads, which are the receiver's and two. */
static void test_heaps(void)
{
	unsigned int heaps = 0;
	char *text, *p;
	size_t length;
	FILE *f;

	start(1);
	start(2);
	ENSURE(home_of(1) != home_of(2));
	f = open_memstream(&text, &length);
	ENSURE(f && !malloc_info(0, f) && !fclose(f));
	for (p = text; (p = strstr(p, "<heap nr=")); p++)
		heaps++;
	free(text);
	ENSURE(heaps && heaps <= 2);
}

/* The device refuses a reply: the requester gets the error. */
static void test_refused_reply(void)
{
	static uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];
	struct credssp_hlp_header hdr = {
		.length = sizeof(reply), .opcode = 7, .id = 8, .conversation = 9,
	};
	const int room = 4608;
	int fds[2];

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	ENSURE(!setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)));
	memset(reply, 0x55, sizeof(reply));
	memcpy(reply, &hdr, sizeof(hdr));
	dispatch_reply(fds[0], reply, sizeof(reply));
	ENSURE(read(fds[1], &hdr, sizeof(hdr)) == sizeof(hdr));
	ENSURE(hdr.length == sizeof(hdr) && hdr.error == EMSGSIZE);
	ENSURE(hdr.opcode == 7 && hdr.id == 8 && hdr.conversation == 9);
	for (size_t i = 0; i < sizeof(reply); i++)
		ENSURE(!reply[i]);
	ENSURE(recv(fds[1], &hdr, sizeof(hdr), MSG_DONTWAIT) < 0);
	close(fds[0]);
	close(fds[1]);
}

static void *stop(void *unused)
{
	(void)unused;
	dispatch_stop(threads);
	return NULL;
}

/* At the end requests that were not taken up are not carried out. */
static void test_stop(void)
{
	unsigned int before;
	pthread_t stopper;

	start(1);
	put(WAIT, 1);
	await_waiting();
	for (int i = 0; i < 10; i++)
		put(CREDSSP_HLP_TLS_STEP, 1);
	before = done;
	ENSURE(!pthread_create(&stopper, NULL, stop, NULL));
	/* The idle thread has ended, so the other one knows as well. */
	while (!freed)
		usleep(1000);
	open_gate();
	ENSURE(!pthread_join(stopper, NULL));
	ENSURE(done == before + 1);
	threads = NULL;
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "heaps", test_heaps },
	{ "conversations are spread, and stay where they are", test_spread },
	{ "a busy thread holds up no conversation of another", test_busy },
	{ "idle handshakes are no work", test_idle },
	{ "END does not wait", test_end },
	{ "END of what waits", test_end_of_waiting },
	{ "a START under way", test_start_under_way },
	{ "users take turns", test_turns },
	{ "a user's share", test_share },
	{ "room for requests", test_room },
	{ "a reply that is held back", test_held },
	{ "a reply that is refused", test_refused_reply },
	{ "the end", test_stop },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	ENSURE(!sem_init(&gate, 0, 0) && !sem_init(&waiting, 0, 0));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		freed = 0;
		begin();
		tests[i].run();
		finish();
		ENSURE(freed == THREADS + 1);
		printf("ok threads: %s\n", tests[i].name);
		fflush(stdout);
	}
	return 0;
}
