/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of conversations: by id, and by how long they have been idle. All workers
 * (threads) share it, so that a user's share is the same whatever their number.
 */
#ifndef CREDSSPD_CONVERSATIONS_H
#define CREDSSPD_CONVERSATIONS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include "tls/tls.h"

/* As many as pending requests in the module. budget.h bounds their memory. */
#define CONVERSATIONS_MAX	1024
/*
 * The limit of one user, so that a process that begins exchanges and leaves them cannot
 * use up the table. Root has no limit: it has other ways to stop the helper, and the
 * requests of kernel callers count for it.
 */
#define CONVERSATIONS_OF_USER	(CONVERSATIONS_MAX / 4)
/*
 * The last quarter is for users with few conversations and for root, so that users with
 * full shares do not stop the logons of others.
 */
#define CONVERSATIONS_RESERVE	(CONVERSATIONS_MAX / 4)
#define CONVERSATIONS_FEW	16
/*
 * The module ends conversations that it gives up. If it does not, they end
 * after this time: an exchange takes 600 s at most (the bound of
 * handshake_timeout_ms), plus a minute.
 */
#define CONVERSATION_IDLE_MS	660000

/**
 * struct conversation - one handshake
 * @id: the module's
 * @owner: the user that it counts for
 * @worker: the worker that carries out its requests. No other one touches it until it is
 *	@finished
 * @asking: it waits for the key keeper, and the reply to @request is held back
 * @opcode, @request: of the request that is held back
 * @finished: the handshake is over, tickets may come; any worker may drop it to make room
 * @ended: its requester has ended it. It counts for no limit, and @worker drops it soon
 * @waiting: it waits for the choice of a client certificate
 * @fed: bytes of the server and of a session to be resumed that it was given
 * @given: bytes of its last step
 * @own: bytes of the client's chain that it holds
 * @tls: owned
 * @used: time of its last use, by clock_ms()
 * @chain: next with the same hash
 * @older, @newer: neighbours by @used
 */
struct conversation {
	uint64_t id;
	uint32_t owner;
	unsigned int worker;
	bool asking;
	uint16_t opcode;
	uint64_t request;
	bool finished;
	bool ended;
	bool waiting;
	size_t fed;
	size_t given;
	size_t own;
	struct tls_conn *tls;
	int64_t used;
	struct conversation *chain;
	struct conversation *older;
	struct conversation *newer;
};

#define CONVERSATION_BUCKETS	256

/**
 * struct conversations - the table; all-zero is an empty one
 * @lock: protects the table, and all members of its conversations except @tls. The caller
 *	of each function below holds it, if there are several workers
 * @count: number of conversations that have not ended
 * @asking: number of those that wait for the key keeper
 * @dropped: conversations that are out of the table and not freed yet, by @chain
 * @workers: number of workers so far
 * @users: number of workers that have not ended
 */
struct conversations {
	pthread_mutex_t lock;
	struct conversation *bucket[CONVERSATION_BUCKETS];
	struct conversation *oldest;
	struct conversation *newest;
	size_t count;
	size_t asking;
	struct conversation *dropped;
	unsigned int workers;
	unsigned int users;
};

struct conversation *conversations_find(const struct conversations *t, uint64_t id);
/*
 * Add a conversation, which takes over @tls. Return 0; or -EEXIST, -EDQUOT (the table or
 * the user's share of it is full of handshakes) or -ENOMEM, and then the caller keeps
 * @tls.
 */
int conversations_add(struct conversations *t, uint64_t id, uint32_t owner,
		      struct tls_conn *tls, int64_t now);
/* Note that @c was used at @now. */
void conversations_touch(struct conversations *t, struct conversation *c, int64_t now);
/* Note that its handshake was over at @now. */
void conversations_finish(struct conversations *t, struct conversation *c, int64_t now);
/*
 * Note that @c has ended, whatever its worker does with it now. It becomes the oldest one.
 */
void conversations_end(struct conversations *t, struct conversation *c);
/* May any worker drop @c to make room? */
bool conversation_gives_room(const struct conversation *c);
/* The reply to this request is held back until conversations_go_on(). */
void conversations_hold(struct conversations *t, struct conversation *c, uint16_t opcode,
			uint64_t request);
void conversations_go_on(struct conversations *t, struct conversation *c);
/* A conversation of @worker whose question to the key keeper is answered, or NULL. */
struct conversation *conversations_find_answered(const struct conversations *t,
						 unsigned int worker);
/* The conversation of @worker that has ended or was idle for the longest time, or NULL. */
struct conversation *conversations_find_oldest(const struct conversations *t,
					       unsigned int worker);
/* Add the number of each worker's handshakes to @loads. */
void conversations_loads(const struct conversations *t, size_t *loads);
/* Take @c out of the table; the caller frees it. */
void conversations_unlink(struct conversations *t, struct conversation *c);
/* Take @c out of the table and leave it to conversations_take_dropped(). */
void conversations_drop(struct conversations *t, struct conversation *c);
/*
 * Return the conversations that were dropped. The caller frees them after it has given up
 * the lock, because GnuTLS takes its time for it.
 */
struct conversation *conversations_take_dropped(struct conversations *t);
/* Free a list of conversations that were dropped. */
void conversations_free_dropped(struct conversation *c);
void conversation_free(struct conversation *c);
/* Free all conversations. */
void conversations_clear(struct conversations *t);

#endif
