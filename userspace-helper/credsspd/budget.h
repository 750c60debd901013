/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much memory conversations may hold.  What GnuTLS has allocated for one of them
 * cannot be asked for, so each is charged for the bytes that it was fed; memory_test
 * measures that no conversation holds more than it is charged for.
 */
#ifndef CREDSSPD_BUDGET_H
#define CREDSSPD_BUDGET_H

#include "conversations.h"

/*
 * A session of GnuTLS after the ServerHello takes 20 KiB, a stopped coroutine up to 16
 * KiB, and glibc some more between them.  ISSUERS_COUNT names take 32 KiB more than
 * BUDGET_FACTOR allows for when they are empty.
 */
#define BUDGET_BASE		(72 * 1024)
/*
 * For each byte of the server's, or of a session to be resumed.  A chain is kept two or
 * three times (as messages, for the hash of the handshake, as certificates).  A list of
 * issuers is kept four times, and each name takes another 16 bytes.
 */
#define BUDGET_FACTOR		6
/*
 * Bytes that one handshake may take from the server, in records.  GnuTLS takes messages
 * of 128 KiB in all; chains in the field have 3 to 20 KiB, lists of issuers up to 64.
 */
#define BUDGET_HANDSHAKE	(256 * 1024)

#define BUDGET_MAX		(128u << 20)
/*
 * What all conversations that are charged for BUDGET_MAX take of the system: memory_test
 * measures 50 MiB.  The unit's MemoryMax= is derived from this: see credsspd.service.
 */
#define BUDGET_MEMORY		(BUDGET_MAX / 2)
/* Of one user but root, as for the number of conversations. */
#define BUDGET_OF_USER		(BUDGET_MAX / 4)
/*
 * The last quarter is for users who hold little, so that those with full shares do not
 * stop their logons: the largest handshake is charged for 1.6 MiB.
 */
#define BUDGET_RESERVE		(BUDGET_MAX / 4)
#define BUDGET_LITTLE		(2u << 20)

/*
 * A conversation that waits for the choice of a client certificate holds the most, and
 * for the longest time: up to the deadline of the exchange.  Here too the last quarter
 * is for users with few of them.
 */
#define BUDGET_WAITING		64
#define BUDGET_WAITING_OF_USER	(BUDGET_WAITING / 4)
#define BUDGET_WAITING_RESERVE	(BUDGET_WAITING / 4)
#define BUDGET_WAITING_FEW	2

/* What a conversation that was fed @fed bytes is charged for. */
size_t budget_charge(size_t fed);

/**
 * budget_feed() - before @c is given more
 * @t: the table that @c is in
 * @c: the conversation; those of its user that wait for tickets make room for it
 * @length: bytes that it will be fed
 *
 * A user is the @owner of conversations.
 *
 * Return: 0; -EMSGSIZE when it is too much for one handshake; -EDQUOT when its user,
 * or all users, would hold too much.
 */
int budget_feed(struct conversations *t, struct conversation *c, size_t length);

/* Of what @c was given last @consumed bytes were used; the rest will be given again. */
void budget_settle(struct conversation *c, size_t consumed);

/* @c asks for a client certificate. 0, or -EDQUOT when too many do. */
int budget_wait(struct conversations *t, struct conversation *c);
/* @c goes on. */
void budget_go_on(struct conversation *c);

#endif
