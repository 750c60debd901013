/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key keeper: processes of their own that have the users' private keys and
 * sign with them.  The daemon, whose parsers meet what servers send, has none.
 * Nothing here waits: questions are sent, and answers are taken when they come.
 */
#ifndef CREDSSPD_KEEPER_H
#define CREDSSPD_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

struct keeper;

/**
 * struct keeper_question - what was asked; all-zero: nothing
 * @id: in the packets
 * @deadline: of clock_patience_ms(); with no answer by then the question has failed
 * @answered: @error and @answer are there
 * @error: 0 or a negative errno
 * @answer: owned
 * @next: among those that are not answered
 */
struct keeper_question {
	uint32_t id;
	int64_t deadline;
	bool answered;
	int error;
	struct bytes answer;
	struct keeper_question *next;
};

/*
 * Fork the keeper. It reads @directory, and ends when the daemon does. Call it before
 * anything is open that the keeper must not have. NULL after logging why not.
 */
struct keeper *keeper_start(const char *directory);
void keeper_stop(struct keeper *k);
/* Read the directory anew. If there is no room for this, keeper_expire() tries again. */
void keeper_reload(struct keeper *k);

/**
 * keeper_find() - ask for a user's certificate
 * @k: keeper, or NULL
 * @q: out; its @deadline is set. It stays where it is until it was answered or dropped
 * @uid: the user
 * @name: of the certificate
 *
 * The answer: certificates as big-endian 32-bit lengths and DER, the user's own first.
 * A failure that is known at once is in @q on return. Errors: -ENOENT; -ETIMEDOUT; -EIO: the
 * user's worker was lost; -EAGAIN: it was lost again and again; -EBUSY: too many wait.
 */
void keeper_find(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name);

/**
 * keeper_sign() - ask for a signature with the certificate's key
 * @k, @q, @uid, @name: as above
 * @hashed: @data is a hash (for RSA a DigestInfo), else it is to be hashed
 * @algorithm: gnutls_sign_algorithm_t
 * @data, @length: what is to be signed
 *
 * The answer is the signature. Errors: as above.
 */
void keeper_sign(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name,
		 bool hashed, uint32_t algorithm, const void *data, size_t length);

/* Forget @q, answered or not; wipes the answer. */
void keeper_drop(struct keeper *k, struct keeper_question *q);

/* What poll() shall wait for POLLIN on; -1 without a keeper. */
int keeper_fd(const struct keeper *k);
/* Take an answer, if there is one. 0, or a negative errno after logging: it is lost. */
int keeper_receive(struct keeper *k);
/*
 * Fail what is overdue, and send a reload that is owed. @due_ms: out: when to call again,
 * -1: not before the next question. Return: as above.
 */
int keeper_expire(struct keeper *k, int *due_ms);

#endif
