/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of conversations: by id, and by how long they have been idle. */
#ifndef CREDSSPD_CONVERSATIONS_H
#define CREDSSPD_CONVERSATIONS_H

#include <stddef.h>
#include <stdint.h>
#include "tls.h"

/*
 * As many as requests that the module lets pend.  Their memory is bounded by budget.h.
 */
#define CONVERSATIONS_MAX	1024
/*
 * What one user may have of them, so that nobody can take all: a process of any
 * user can begin exchanges and leave them. Root, who has other ways to stop the
 * helper, and for whom kernel callers ask, may have all.
 */
#define CONVERSATIONS_OF_USER	(CONVERSATIONS_MAX / 4)
/*
 * The module ends what it gives up; this is for what it does not. An exchange
 * takes 600 s at most (the bound of handshake_timeout_ms), and a minute of grace.
 */
#define CONVERSATION_IDLE_MS	660000

/**
 * struct conversation - one handshake under way
 * @id: the module's
 * @owner: the user that it counts for
 * @asking: waits for the key keeper, and the module for the reply to @request
 * @opcode, @request: of the request that is held back
 * @finished: the handshake is over, tickets may come; the first to make room
 * @waiting: for the choice of a client certificate
 * @fed: bytes that it was given of the server's, and of a session to be resumed
 * @given: those of its last step
 * @tls: owned
 * @used: milliseconds of the monotonic clock
 * @chain: next with the same hash
 * @older, @newer: neighbours by @used
 */
struct conversation {
	uint64_t id;
	uint32_t owner;
	bool asking;
	uint16_t opcode;
	uint64_t request;
	bool finished;
	bool waiting;
	size_t fed;
	size_t given;
	struct tls_conn *tls;
	int64_t used;
	struct conversation *chain;
	struct conversation *older;
	struct conversation *newer;
};

#define CONVERSATION_BUCKETS	256

/* All-zero is an empty table; @asking of its @count conversations do so. */
struct conversations {
	struct conversation *bucket[CONVERSATION_BUCKETS];
	struct conversation *oldest;
	struct conversation *newest;
	size_t count;
	size_t asking;
};

struct conversation *conversations_find(const struct conversations *t, uint64_t id);
/*
 * Takes over @tls. 0, -EEXIST, -EDQUOT (the table or the user's share of it is
 * full of handshakes) or -ENOMEM, and then @tls is the caller's.
 */
int conversations_add(struct conversations *t, uint64_t id, uint32_t owner,
		      struct tls_conn *tls, int64_t now);
/* It has been used at @now. */
void conversations_touch(struct conversations *t, struct conversation *c, int64_t now);
/* Its handshake is over at @now. */
void conversations_finish(struct conversations *t, struct conversation *c, int64_t now);
/* The reply to this request is held back until conversations_go_on(). */
void conversations_hold(struct conversations *t, struct conversation *c, uint16_t opcode,
			uint64_t request);
void conversations_go_on(struct conversations *t, struct conversation *c);
/* One that asks and has its answer; NULL: none. */
struct conversation *conversations_find_answered(const struct conversations *t);
void conversations_remove(struct conversations *t, struct conversation *c);
void conversations_clear(struct conversations *t);

#endif
