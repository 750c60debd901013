/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key keeper: separate processes that have the users' private keys and sign with
 * them.  The daemon, which parses the bytes of servers, has no keys.  No function here
 * waits: questions are sent, and answers are taken when they arrive. Any thread may ask; one
 * thread receives the answers.
 */
#ifndef CREDSSPD_KEEPER_H
#define CREDSSPD_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bytes.h"

struct keeper;

/**
 * struct keeper_question - a question to the keeper; all-zero when there is none
 * @id: its number in the packets
 * @deadline: by clock_patience_ms(); without an answer by then the question fails
 * @answered: @error and @answer are valid; see keeper_has_answered()
 * @error: 0 or a negative errno
 * @answer: owned
 * @next: in the list of questions without an answer
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
 * Fork the keeper. It reads @directory, and ends when the daemon ends. It inherits all
 * open files, so call this before a file is opened that it must not have. Returns NULL
 * after logging the reason.
 */
struct keeper *keeper_start(const char *directory);
void keeper_stop(struct keeper *k);
/* Read the directory anew. If there is no room for this, keeper_expire() tries again. */
void keeper_reload(struct keeper *k);

/**
 * keeper_find() - ask for a user's certificate
 * @k: keeper, or NULL
 * @q: in: its @deadline; out: the question, whose address must stay the same until it
 *	is answered or dropped
 * @uid: the user
 * @name: name of the certificate
 *
 * The answer is a list of certificates, each a big-endian 32-bit length and DER, the
 * user's own first. If the question fails at once, @q has the error on return. Errors:
 * -ENOENT: the user has no such certificate; -ETIMEDOUT; -EIO: the certificate cannot be
 * read, or the user's worker was lost; -EAGAIN: it was lost repeatedly; -EBUSY: too many
 * questions wait.
 */
void keeper_find(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name);

/**
 * keeper_find_host() - ask for the certificate of a server
 * @k, @q, @uid: as above
 * @host: name of the server in ASCII, empty if the client does not say one
 *
 * The answer is that of keeper_find(), with the name of the certificate in front in the same
 * form: the certificate whose names match @host, else the one named KEYRING_DEFAULT. Errors:
 * as above.
 */
void keeper_find_host(struct keeper *k, struct keeper_question *q, uint32_t uid,
		      const char *host);

/**
 * keeper_sign() - ask for a signature with the certificate's key
 * @k, @q, @uid, @name: as above
 * @hashed: @data is a hash (for RSA a DigestInfo); otherwise the worker hashes it
 * @algorithm: gnutls_sign_algorithm_t
 * @data, @length: the bytes to sign
 *
 * The answer is the signature. Errors: as above.
 */
void keeper_sign(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name,
		 bool hashed, uint32_t algorithm, const void *data, size_t length);

/* True if @q is answered; then its members stay as they are. */
bool keeper_has_answered(struct keeper *k, const struct keeper_question *q);
/* Forget @q, answered or not; wipes the answer. */
void keeper_drop(struct keeper *k, struct keeper_question *q);

/* The file descriptor to poll for POLLIN; -1 without a keeper. */
int keeper_fd(struct keeper *k);
/* Take an answer, if one has arrived. A negative errno, logged, means a lost keeper. */
int keeper_receive(struct keeper *k);
/*
 * Fail overdue questions, and send a reload that could not be sent before. Returns as
 * keeper_receive() does.
 */
int keeper_expire(struct keeper *k);
/* True if a question was answered, or has failed, since this was called the last time. */
bool keeper_has_news(struct keeper *k);
/*
 * Milliseconds until keeper_expire() must be called; -1: not before the next question. A
 * question changes this, so ask right before poll().
 */
int keeper_due(struct keeper *k);

#endif
