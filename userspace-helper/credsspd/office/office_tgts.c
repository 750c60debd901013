// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "office_groups.h"
#include "office_tgts.h"

#define HEADER	sizeof(struct credssp_hlp_header)
/* The fixed part of the payload, which does not tell one TGT from another but for lengths */
#define FIXED	sizeof(struct credssp_hlp_krb5_tgt)

static void tgt_free(struct office_tgt *t)
{
	LIST_REMOVE(t, next);
	bytes_free(&t->reply);
	free(t->request);
	explicit_bzero(t, sizeof(*t));
	free(t);
}

static bool tgt_is_for(const struct office_tgt *t, const struct credssp_hlp_header *hdr)
{
	const uint8_t *own_payload = t->request + t->before, *payload;
	struct credssp_hlp_krb5_tgt own, other;
	size_t length;

	payload = office_payload(hdr, &length);
	if (t->uid != hdr->uid || t->flags != hdr->flags ||
	    t->length != hdr->length - HEADER || t->before + length != t->length ||
	    memcmp(t->request, hdr + 1, t->before))
		return false;
	memcpy(&own, own_payload, FIXED);
	memcpy(&other, payload, FIXED);
	return own.keytab_length == other.keytab_length && own.spn_length == other.spn_length &&
	       !memcmp(own_payload + FIXED, payload + FIXED, length - FIXED);
}

/* Room for one more: one that no worker fetches, the one that was used the longest ago, goes. */
static bool tgts_make_room(struct office_tgts *ts)
{
	struct office_tgt *t, *oldest = NULL;
	size_t count = 0;

	LIST_FOREACH(t, &ts->tgts, next) {
		count++;
		if (!t->is_fetched && (!oldest || t->used < oldest->used))
			oldest = t;
	}
	if (count < OFFICE_TGTS)
		return true;
	if (!oldest)
		return false;
	tgt_free(oldest);
	return true;
}

static struct office_tgt *tgts_add(struct office_tgts *ts, const struct credssp_hlp_header *hdr)
{
	struct office_tgt *t = tgts_make_room(ts) ? calloc(1, sizeof(*t)) : NULL;
	size_t length;

	if (!t)
		return NULL;
	t->length = hdr->length - HEADER;
	t->request = malloc(t->length);
	if (!t->request) {
		free(t);
		return NULL;
	}
	memcpy(t->request, hdr + 1, t->length);
	t->before = office_payload(hdr, &length) - (const uint8_t *)(hdr + 1);
	t->flags = hdr->flags;
	t->serial = ++ts->last_serial;
	t->uid = hdr->uid;
	t->owner = hdr->owner;
	t->renew = INT64_MAX;
	LIST_INSERT_HEAD(&ts->tgts, t, next);
	return t;
}

struct office_tgt *office_tgts_get(struct office_tgts *ts, const struct credssp_hlp_header *hdr)
{
	struct office_tgt *t;

	LIST_FOREACH(t, &ts->tgts, next) {
		if (tgt_is_for(t, hdr))
			break;
	}
	if (!t)
		t = tgts_add(ts, hdr);
	if (!t)
		return NULL;
	t->is_used = true;
	t->used = clock_ms();
	return t;
}

struct office_tgt *office_tgts_find(struct office_tgts *ts, uint64_t serial)
{
	struct office_tgt *t;

	LIST_FOREACH(t, &ts->tgts, next) {
		if (t->serial == serial)
			return t;
	}
	return NULL;
}

/* By the clock of the tickets, which can be set. */
bool office_tgt_is_good(const struct office_tgt *t)
{
	return t->reply.len && t->end - OFFICE_TGT_MARGIN > time(NULL);
}

/* Half of its time: a KDC that is silent for a while does not matter. */
static int64_t tgt_renew_time(int64_t end)
{
	const int64_t left = end - OFFICE_TGT_MARGIN - time(NULL);

	return left > 0 ? clock_ms() + left * 1000 / 2 : INT64_MAX;
}

int office_tgt_set(struct office_tgt *t, const uint8_t *payload, size_t length)
{
	struct credssp_hlp_krb5_reply head;
	struct bytes reply = { 0 };

	memcpy(&head, payload, sizeof(head));
	if (head.state != CREDSSP_HLP_KRB5_CONTINUE || !head.message_length ||
	    head.saved_length != sizeof(t->key))
		return -EBADMSG;
	length -= sizeof(t->key);
	head.saved_length = 0;
	if (bytes_append(&reply, &head, sizeof(head), CREDSSP_HLP_MAX_MESSAGE) ||
	    bytes_append(&reply, payload + sizeof(head), length - sizeof(head),
			 CREDSSP_HLP_MAX_MESSAGE)) {
		bytes_free(&reply);
		return -ENOMEM;
	}
	bytes_free(&t->reply);
	t->reply = reply;
	memcpy(&t->key, payload + length, sizeof(t->key));
	t->end = head.not_after;
	t->is_fetched = false;
	t->is_used = false;
	t->renew = tgt_renew_time(t->end);
	return 0;
}

void office_tgt_fail(struct office_tgt *t)
{
	t->is_fetched = false;
	t->renew = INT64_MAX;
	if (office_tgt_is_good(t))
		t->renew = clock_ms() + OFFICE_TGT_PAUSE_MS;
}

struct office_tgt *office_tgts_take_due(struct office_tgts *ts, int64_t now)
{
	struct office_tgt *t;

	LIST_FOREACH(t, &ts->tgts, next) {
		if (t->is_fetched || t->renew > now)
			continue;
		t->renew = INT64_MAX;
		/* The next one that needs it fetches it. */
		if (t->is_used)
			return t;
	}
	return NULL;
}

/* ---- conversations ------------------------------------------------------------- */

static bool users_have_room(const struct office_tgts *ts, uint32_t owner)
{
	const struct office_tgt_user *u;
	size_t all = 0, own = 0;

	LIST_FOREACH(u, &ts->users, next) {
		all++;
		own += u->asked.owner == owner;
	}
	return all < OFFICE_TGT_USERS && (!owner || own < OFFICE_TGT_USERS_OF_OWNER);
}

int office_tgts_add_user(struct office_tgts *ts, const struct credssp_hlp_header *hdr,
			 const struct office_tgt *t, int64_t deadline,
			 struct office_tgt_user **user)
{
	struct office_tgt_user *u;

	if (!users_have_room(ts, hdr->owner))
		return -EDQUOT;
	u = calloc(1, sizeof(*u));
	if (!u)
		return -ENOMEM;
	u->asked = *hdr;
	u->deadline = deadline;
	u->tgt = t->serial;
	LIST_INSERT_HEAD(&ts->users, u, next);
	*user = u;
	return 0;
}

struct office_tgt_user *office_tgts_find_user(struct office_tgts *ts, uint64_t conversation)
{
	struct office_tgt_user *u;

	LIST_FOREACH(u, &ts->users, next) {
		if (u->asked.conversation == conversation)
			return u;
	}
	return NULL;
}

struct office_tgt_user *office_tgts_find_waiting(struct office_tgts *ts, uint64_t tgt)
{
	struct office_tgt_user *u;

	LIST_FOREACH(u, &ts->users, next) {
		if (!u->has_key && u->tgt == tgt)
			return u;
	}
	return NULL;
}

struct office_tgt_user *office_tgts_find_overdue(struct office_tgts *ts, int64_t now)
{
	struct office_tgt_user *u;

	LIST_FOREACH(u, &ts->users, next) {
		if (u->deadline <= now)
			return u;
	}
	return NULL;
}

void office_tgt_user_free(struct office_tgt_user *u)
{
	LIST_REMOVE(u, next);
	explicit_bzero(u, sizeof(*u));
	free(u);
}

/* ---- all ----------------------------------------------------------------------- */

int64_t office_tgts_due(const struct office_tgts *ts)
{
	const struct office_tgt_user *u;
	const struct office_tgt *t;
	int64_t due = INT64_MAX;

	LIST_FOREACH(t, &ts->tgts, next) {
		if (!t->is_fetched && t->renew < due)
			due = t->renew;
	}
	LIST_FOREACH(u, &ts->users, next) {
		if (u->deadline < due)
			due = u->deadline;
	}
	return due;
}

void office_tgts_clear(struct office_tgts *ts)
{
	struct office_tgt_user *u;
	struct office_tgt *t;

	while ((u = LIST_FIRST(&ts->users)))
		office_tgt_user_free(u);
	while ((t = LIST_FIRST(&ts->tgts)))
		tgt_free(t);
}
