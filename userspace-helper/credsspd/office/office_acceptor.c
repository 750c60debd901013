// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ticket office's part for acceptors. A worker for an AP-REQ has no connection to the
 * relay, and the worker for a TGT sees nothing of an initiator. A conversation that waits for
 * its initiator has no worker: a stranger who sends only a TGT-REQ takes no place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "office_groups.h"
#include "office_impl.h"
#include "office_process.h"

#define HEADER	sizeof(struct credssp_hlp_header)

static int64_t acceptor_deadline(uint32_t time_limit)
{
	const int64_t limit = office_patience.init;

	return clock_ms() + (time_limit < limit ? time_limit : limit);
}

/* Is there anything of this conversation already? */
static bool acceptor_is_known(struct office_process *op, uint64_t conversation)
{
	return queue_has(&op->queue, conversation) ||
	       office_workers_find(&op->workers, conversation) ||
	       office_tgts_find_user(&op->tgts, conversation);
}

/* ---- TGTs ---------------------------------------------------------------------- */

/* Give a good TGT to a conversation that waits for it. */
static int acceptor_give(struct office_process *op, struct office_tgt *t,
			 struct office_tgt_user *u)
{
	u->key = t->key;
	u->has_key = true;
	u->deadline = clock_ms() + office_patience.init;
	return office_process_answer(op, &u->asked, t->reply.data, t->reply.len);
}

static int acceptor_give_all(struct office_process *op, struct office_tgt *t)
{
	struct credssp_hlp_krb5_reply head;
	struct office_tgt_user *u;
	int ret = 0;

	while (!ret && (u = office_tgts_find_waiting(&op->tgts, t->serial)))
		ret = acceptor_give(op, t, u);
	/* It costs nothing any more. */
	memcpy(&head, t->reply.data, sizeof(head));
	head.kdc_messages = 0;
	memcpy(t->reply.data, &head, sizeof(head));
	return ret;
}

/* Tell all that wait for it that there is no TGT: by a payload, or without one by @err. */
static int acceptor_fail_all(struct office_process *op, uint64_t tgt, const uint8_t *payload,
			     size_t length, int err)
{
	struct credssp_hlp_header asked;
	struct office_tgt_user *u;
	int ret = 0;

	while (!ret && (u = office_tgts_find_waiting(&op->tgts, tgt))) {
		asked = u->asked;
		office_tgt_user_free(u);
		ret = payload ? office_process_answer(op, &asked, payload, length) :
				office_process_refuse(op, &asked, err);
	}
	return ret;
}

/* Have a worker fetch the TGT. */
static int acceptor_fetch(struct office_process *op, struct office_tgt *t)
{
	struct credssp_hlp_header hdr = {
		.length = HEADER + t->length, .opcode = OFFICE_TGT, .id = t->serial,
		.uid = t->uid, .owner = t->owner, .flags = t->flags,
	};
	struct credssp_hlp_krb5_tgt head;
	uint8_t *packet = malloc(hdr.length);
	int ret;

	if (!packet)
		return -ENOMEM;
	memcpy(packet, &hdr, HEADER);
	memcpy(packet + HEADER, t->request, t->length);
	memcpy(&head, t->request + t->before, sizeof(head));
	ret = office_process_queue(op, (const struct credssp_hlp_header *)packet,
				   acceptor_deadline(head.time_limit));
	free(packet);
	t->is_fetched = !ret;
	return ret;
}

/* A conversation whose deadline is that of its request waits for @t. */
static int acceptor_ask(struct office_process *op, struct office_tgt *t,
			const struct credssp_hlp_header *hdr, uint32_t time_limit)
{
	struct office_tgt_user *u;
	int ret = office_tgts_add_user(&op->tgts, hdr, t, acceptor_deadline(time_limit), &u);

	if (ret)
		return office_process_refuse(op, hdr, ret);
	if (office_tgt_is_good(t))
		return acceptor_give(op, t, u);
	ret = t->is_fetched ? 0 : acceptor_fetch(op, t);
	if (!ret)
		return 0;
	office_tgt_user_free(u);
	return office_process_refuse(op, hdr, ret);
}

int office_acceptor_tgt(struct office_process *op, const struct credssp_hlp_header *hdr)
{
	size_t length = 0;
	const uint8_t *payload = office_payload(hdr, &length);
	struct credssp_hlp_krb5_tgt head;
	struct office_tgt *t;

	if (!payload || length < sizeof(head))
		return office_process_refuse(op, hdr, -EBADMSG);
	memcpy(&head, payload, sizeof(head));
	if ((uint64_t)sizeof(head) + head.keytab_length + head.spn_length != length ||
	    head.keytab_length > KRB5_REQUEST_TICKETS_MAX ||
	    head.spn_length > KRB5_REQUEST_NAME_MAX)
		return office_process_refuse(op, hdr, -EBADMSG);
	if (!(head.flags & CREDSSP_HLP_KRB5_LOCAL) || office_process_is_nobody(op, hdr->uid))
		return office_process_refuse_foreign(op, hdr);
	if (acceptor_is_known(op, hdr->conversation))
		return office_process_refuse(op, hdr, -EPROTO);
	t = office_tgts_get(&op->tgts, hdr);
	if (!t)
		return office_process_refuse(op, hdr, -EDQUOT);
	return acceptor_ask(op, t, hdr, head.time_limit);
}

/* What the worker says when it has failed; a key of its is not passed on. */
static int acceptor_pass_failure(struct office_process *op, struct office_tgt *t,
				 const uint8_t *payload, size_t length)
{
	struct credssp_hlp_krb5_reply head;

	memcpy(&head, payload, sizeof(head));
	if (head.state != CREDSSP_HLP_KRB5_FAILED || length != sizeof(head))
		return acceptor_fail_all(op, t->serial, NULL, 0, -EIO);
	return acceptor_fail_all(op, t->serial, payload, length, 0);
}

int office_acceptor_take_tgt(struct office_process *op, struct office_worker *w,
			     const uint8_t *payload, size_t length)
{
	struct office_tgt *t = office_tgts_find(&op->tgts, w->asked.id);

	if (!t)
		return 0;
	if (!office_tgt_set(t, payload, length))
		return acceptor_give_all(op, t);
	office_tgt_fail(t);
	return acceptor_pass_failure(op, t, payload, length);
}

int office_acceptor_lose_tgt(struct office_process *op, const struct credssp_hlp_header *asked,
			     int err)
{
	struct office_tgt *t = office_tgts_find(&op->tgts, asked->id);

	if (t)
		office_tgt_fail(t);
	return acceptor_fail_all(op, asked->id, NULL, 0, err);
}

/* ---- AP-REQs ------------------------------------------------------------------- */

/* Let a worker have the session key behind the request, in @op->packet. */
static int acceptor_queue_user(struct office_process *op, struct office_tgt_user *u,
			       int64_t deadline)
{
	struct credssp_hlp_header *hdr = (struct credssp_hlp_header *)op->packet;
	const size_t length = hdr->length;
	int ret;

	if (sizeof(op->packet) - length < sizeof(u->key))
		return -EMSGSIZE;
	memcpy(op->packet + length, &u->key, sizeof(u->key));
	hdr->length += sizeof(u->key);
	ret = office_process_queue(op, hdr, deadline);
	hdr->length = length;
	explicit_bzero(op->packet + length, sizeof(u->key));
	return ret;
}

static int acceptor_queue(struct office_process *op, const struct credssp_hlp_header *hdr,
			  const struct credssp_hlp_krb5_accept *head)
{
	struct office_tgt_user *u = office_tgts_find_user(&op->tgts, hdr->conversation);
	const bool is_user = head->flags & CREDSSP_HLP_KRB5_USER_TO_USER;
	const int64_t deadline = acceptor_deadline(head->time_limit);
	int ret;

	if (is_user != (u && u->has_key) || (!is_user && acceptor_is_known(op, hdr->conversation)))
		return -EPROTO;
	if (!is_user)
		return office_process_queue(op, hdr, deadline);
	/* A key of another requester is none of its own. */
	ret = u->asked.uid == hdr->uid ? acceptor_queue_user(op, u, deadline) : -EPROTO;
	office_tgt_user_free(u);
	return ret;
}

int office_acceptor_accept(struct office_process *op, const struct credssp_hlp_header *hdr)
{
	size_t length = 0;
	const uint8_t *payload = office_payload(hdr, &length);
	struct credssp_hlp_krb5_accept head;
	int ret;

	if (!payload || length < sizeof(head))
		return office_process_refuse(op, hdr, -EBADMSG);
	memcpy(&head, payload, sizeof(head));
	if ((uint64_t)sizeof(head) + head.keytab_length + head.spn_length +
	    head.message_length != length)
		return office_process_refuse(op, hdr, -EBADMSG);
	if (!(head.flags & CREDSSP_HLP_KRB5_LOCAL) || office_process_is_nobody(op, hdr->uid))
		return office_process_refuse_foreign(op, hdr);
	ret = acceptor_queue(op, hdr, &head);
	return ret ? office_process_refuse(op, hdr, ret) : 0;
}

/* ---- ends ---------------------------------------------------------------------- */

void office_acceptor_end(struct office_process *op, uint64_t conversation)
{
	struct office_tgt_user *u = office_tgts_find_user(&op->tgts, conversation);

	if (u)
		office_tgt_user_free(u);
}

int office_acceptor_expire(struct office_process *op, int64_t now)
{
	struct credssp_hlp_header asked;
	struct office_tgt_user *u;
	struct office_tgt *t;
	bool waits;
	int ret = 0;

	while (!ret && (u = office_tgts_find_overdue(&op->tgts, now))) {
		asked = u->asked;
		waits = !u->has_key;
		office_tgt_user_free(u);
		if (waits)
			ret = office_process_refuse(op, &asked, -ETIMEDOUT);
	}
	while (!ret && (t = office_tgts_take_due(&op->tgts, now))) {
		if (acceptor_fetch(op, t))
			office_tgt_fail(t);
	}
	return ret;
}
