/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TGTs of acceptors, for user-to-user: the office keeps them, so that an exchange costs no
 * message to a KDC, and renews them at half of their time while they are in use. Their session
 * keys are with the conversations that a TGT was given to, until the AP-REQ comes.
 */
#ifndef CREDSSPD_OFFICE_TGTS_H
#define CREDSSPD_OFFICE_TGTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <linux/credssp.h>
#include "base/bytes.h"
#include "krb5/krb5_accept_request.h"

/* One for each service with a keytab of its own; more than a machine has */
#define OFFICE_TGTS		64
/* Conversations with a TGT, or waiting for one; as the daemon's own number of exchanges */
#define OFFICE_TGT_USERS	4096
/* Those of one owner other than root */
#define OFFICE_TGT_USERS_OF_OWNER (OFFICE_TGT_USERS / 4)
/* Seconds before its end from which on a TGT is not given any more: an exchange takes a while */
#define OFFICE_TGT_MARGIN	300
/* Until another attempt to renew, in milliseconds */
#define OFFICE_TGT_PAUSE_MS	60000

/**
 * struct office_tgt - one TGT, or the wish for it
 * @serial: names it
 * @uid, @owner: of the requester
 * @flags: of the request's header
 * @request, @length: what follows its header: the requester's groups, then the payload, struct
 *	credssp_hlp_krb5_tgt and the names. With @uid, groups and names are the key of the
 *	table
 * @before: bytes of the groups
 * @is_fetched: a worker gets it, or will
 * @is_used: since it was fetched last
 * @used: when, by clock_ms()
 * @renew: when to fetch it again, by clock_ms(); INT64_MAX: not
 * @end: when it ends, seconds since 1970 UTC; 0: there is none yet
 * @reply: payload of the reply to KRB5_TGT
 * @key: its session key
 */
struct office_tgt {
	LIST_ENTRY(office_tgt) next;
	uint64_t serial;
	uint32_t uid;
	uint32_t owner;
	uint32_t flags;
	uint8_t *request;
	size_t length;
	size_t before;
	bool is_fetched;
	bool is_used;
	int64_t used;
	int64_t renew;
	int64_t end;
	struct bytes reply;
	struct krb5_tgt_key key;
};

/**
 * struct office_tgt_user - a conversation between KRB5_TGT and KRB5_ACCEPT
 * @asked: header of the KRB5_TGT
 * @deadline: by clock_ms(): for the reply, then for the KRB5_ACCEPT
 * @tgt: serial of the TGT
 * @has_key: the reply has been given
 * @key: the session key of the TGT in it, which may have been renewed since
 */
struct office_tgt_user {
	LIST_ENTRY(office_tgt_user) next;
	struct credssp_hlp_header asked;
	int64_t deadline;
	uint64_t tgt;
	bool has_key;
	struct krb5_tgt_key key;
};

/* All-zero is empty. */
struct office_tgts {
	LIST_HEAD(, office_tgt) tgts;
	LIST_HEAD(, office_tgt_user) users;
	uint64_t last_serial;
};

/*
 * The TGT for a request, which office_payload() has accepted; made if there is none yet. NULL:
 * out of memory, or too many.
 */
struct office_tgt *office_tgts_get(struct office_tgts *ts, const struct credssp_hlp_header *hdr);
struct office_tgt *office_tgts_find(struct office_tgts *ts, uint64_t serial);
/* Can it be given now? */
bool office_tgt_is_good(const struct office_tgt *t);
/* Take the reply of a worker, whose lengths have been checked. 0, -EBADMSG or -ENOMEM. */
int office_tgt_set(struct office_tgt *t, const uint8_t *payload, size_t length);
/* The worker has failed: a TGT that is still good stays. */
void office_tgt_fail(struct office_tgt *t);
/* A TGT that has to be fetched again now, or NULL */
struct office_tgt *office_tgts_take_due(struct office_tgts *ts, int64_t now);

/* The conversation that begins with @hdr. 0, -ENOMEM, or -EDQUOT: too many. */
int office_tgts_add_user(struct office_tgts *ts, const struct credssp_hlp_header *hdr,
			 const struct office_tgt *t, int64_t deadline,
			 struct office_tgt_user **user);
struct office_tgt_user *office_tgts_find_user(struct office_tgts *ts, uint64_t conversation);
/* One that waits for this TGT, or NULL */
struct office_tgt_user *office_tgts_find_waiting(struct office_tgts *ts, uint64_t tgt);
/* One whose deadline has come, or NULL */
struct office_tgt_user *office_tgts_find_overdue(struct office_tgts *ts, int64_t now);
void office_tgt_user_free(struct office_tgt_user *u);

/* When something is due, by clock_ms(); INT64_MAX: never */
int64_t office_tgts_due(const struct office_tgts *ts);
/* Wipe and free all. */
void office_tgts_clear(struct office_tgts *ts);

#endif
