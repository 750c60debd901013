/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of conversations: by id, and by how long they have been idle. */
#ifndef CREDSSPD_CONVERSATIONS_H
#define CREDSSPD_CONVERSATIONS_H

#include <stddef.h>
#include <stdint.h>
#include "tls.h"

/*
 * A handshake in GnuTLS takes about 50 KB, so this is some 50 MB; it is also
 * the number of requests that the module lets pend.
 */
#define CONVERSATIONS_MAX	1024
/* The longest the module waits for a peer between two steps is below this. */
#define CONVERSATION_IDLE_MS	60000

/**
 * struct conversation - one handshake under way
 * @id: the module's
 * @tls: owned
 * @used: milliseconds of the monotonic clock
 * @chain: next with the same hash
 * @older, @newer: neighbours by @used
 */
struct conversation {
	uint64_t id;
	struct tls_conn *tls;
	int64_t used;
	struct conversation *chain;
	struct conversation *older;
	struct conversation *newer;
};

#define CONVERSATION_BUCKETS	256

/* All-zero is an empty table. */
struct conversations {
	struct conversation *bucket[CONVERSATION_BUCKETS];
	struct conversation *oldest;
	struct conversation *newest;
	size_t count;
};

struct conversation *conversations_find(const struct conversations *t, uint64_t id);
/* Takes over @tls. 0, -EEXIST, -EBUSY (full) or -ENOMEM, and then @tls is the caller's. */
int conversations_add(struct conversations *t, uint64_t id, struct tls_conn *tls,
		      int64_t now);
/* It has been used at @now. */
void conversations_touch(struct conversations *t, struct conversation *c, int64_t now);
void conversations_remove(struct conversations *t, struct conversation *c);
void conversations_clear(struct conversations *t);

#endif
