/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits for the memory of conversations. GnuTLS does not tell how much it has allocated
 * for one of them, so each is charged for the bytes that it was fed and for its client's
 * chain; memory_test measures that no conversation holds more than its charge.
 */
#ifndef CREDSSPD_BUDGET_H
#define CREDSSPD_BUDGET_H

#include "conversations.h"

/*
 * A session of GnuTLS after the ServerHello takes 20 KiB, a stopped coroutine up to 16
 * KiB, a certificate that is kept parsed (TRUST_FEW_ELEMENTS) up to 24 KiB, and glibc some
 * more between them.  ISSUERS_COUNT names take 32 KiB more than BUDGET_FACTOR allows for
 * when they are empty.
 */
#define BUDGET_BASE		(88 * 1024)
/*
 * The charge for each byte of the server, of a session to be resumed, or of the client's
 * chain (KEYRING_CHAIN_BYTES at most). A chain is kept
 * two or three times (as messages, for the hash of the handshake, as certificates). A
 * list of issuers is kept four times, and each name takes another 16 bytes.
 */
#define BUDGET_FACTOR		6
/*
 * The most bytes, in records, that a server may send in one handshake. GnuTLS accepts
 * messages of 128 KiB in all; real chains have 3 to 20 KiB, lists of issuers up to 64.
 */
#define BUDGET_HANDSHAKE	(256 * 1024)

#define BUDGET_MAX		(128u << 20)
/*
 * Memory of the process when conversations are charged for BUDGET_MAX in all: memory_test
 * measures 60 MiB.  The unit's MemoryMax= is derived from this: see credsspd.service.
 */
#define BUDGET_MEMORY		(BUDGET_MAX / 2)
/* The limit of one user except root, as for the number of conversations. */
#define BUDGET_OF_USER		(BUDGET_MAX / 4)
/*
 * The last quarter is for users with little memory, so that users with full shares do not
 * stop their logons: the largest handshake is charged for 1.6 MiB.
 */
#define BUDGET_RESERVE		(BUDGET_MAX / 4)
#define BUDGET_LITTLE		(2u << 20)

/*
 * Conversations that wait for the choice of a client certificate. They hold the most
 * memory, and for the longest time: up to the deadline of the exchange. Here too the last
 * quarter is for users with few of them.
 */
#define BUDGET_WAITING		64
#define BUDGET_WAITING_OF_USER	(BUDGET_WAITING / 4)
#define BUDGET_WAITING_RESERVE	(BUDGET_WAITING / 4)
#define BUDGET_WAITING_FEW	2
/*
 * A choice that has taken so long makes room for others: by default the whole exchange is over
 * (handshake_timeout_ms of the module), and nobody is going to answer.
 */
#define BUDGET_WAITING_MS	60000

/* The charge for a conversation that was fed, or holds itself, @bytes. */
size_t budget_charge(size_t bytes);

/**
 * budget_feed() - charge @c for more bytes
 * @t: the table that @c is in
 * @c: the conversation; if need be, others of its user that wait for tickets are ended
 * @length: bytes that it will be fed
 *
 * Users are told apart by the @owner of conversations.
 *
 * Return: 0; -EMSGSIZE above the limit of one handshake; -EDQUOT above the limit of its
 * user or of all users.
 */
int budget_feed(struct conversations *t, struct conversation *c, size_t length);

/* Charge @c for the client's chain of @length bytes. Return 0 or -EDQUOT, as above. */
int budget_own(struct conversations *t, struct conversation *c, size_t length);

/*
 * @c used @consumed bytes of its last input; take back the charge for the rest, which
 * comes again.
 */
void budget_settle(struct conversation *c, size_t consumed);

/*
 * At @now (clock_ms()) @c begins to wait for the choice of a client certificate. If need be,
 * others that have waited for BUDGET_WAITING_MS end, those of its user if this user has too many
 * of them. Return 0, or -EDQUOT if too many wait.
 */
int budget_wait(struct conversations *t, struct conversation *c, int64_t now);
/* @c no longer waits. */
void budget_go_on(struct conversation *c);

#endif
