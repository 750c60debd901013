// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "budget.h"
#include "conversations.h"
#include "engine.h"
#include "start_request.h"

/**
 * struct engine - one worker's part
 * @context: borrowed
 * @table: shared with the other workers' engines
 * @worker: its number in the table
 */
struct engine {
	const struct tls_context *context;
	struct conversations *table;
	unsigned int worker;
};

/* A request: its header and payload. */
struct request {
	const struct credssp_hlp_header *hdr;
	const uint8_t *payload;
	size_t length;
};

static void engine_lock(struct engine *e)
{
	pthread_mutex_lock(&e->table->lock);
}

/* Conversations that were dropped under the lock are freed without it. */
static void engine_unlock(struct engine *e)
{
	struct conversation *dropped = conversations_take_dropped(e->table);

	pthread_mutex_unlock(&e->table->lock);
	conversations_free_dropped(dropped);
}

static struct engine *engine_join(const struct tls_context *context,
				  struct conversations *table)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->context = context;
	e->table = table;
	engine_lock(e);
	e->worker = table->workers++;
	table->users++;
	engine_unlock(e);
	return e;
}

struct engine *engine_new(const struct tls_context *context)
{
	struct conversations *table = calloc(1, sizeof(*table));
	struct engine *e;

	if (!table)
		return NULL;
	pthread_mutex_init(&table->lock, NULL);
	e = engine_join(context, table);
	if (!e)
		free(table);
	return e;
}

struct engine *engine_beside(struct engine *e)
{
	return engine_join(e->context, e->table);
}

void engine_free(struct engine *e)
{
	struct conversation *c;
	bool last;

	if (!e)
		return;
	engine_lock(e);
	while ((c = conversations_find_oldest(e->table, e->worker)))
		conversations_drop(e->table, c);
	last = !--e->table->users;
	engine_unlock(e);
	if (last)
		free(e->table);
	free(e);
}

int64_t engine_now(void)
{
	return clock_ms();
}

static int write_done(struct tls_conn *tls, struct credssp_hlp_tls_reply *reply,
		      struct writer *w)
{
	size_t before = w->len;
	int err;

	err = tls_conn_describe(tls, reply);
	if (err)
		return err;
	tls_conn_chain(tls, w);
	reply->chain_length = w->len - before;
	before = w->len;
	tls_conn_session(tls, w);
	reply->session_length = w->len - before;
	return 0;
}

static void write_issuers(const struct tls_conn *tls, struct credssp_hlp_tls_reply *reply,
			  struct writer *w)
{
	size_t before = w->len;

	tls_conn_issuers(tls, w);
	reply->issuers_length = w->len - before;
}

static int write_reply(struct tls_conn *tls, const struct tls_progress *progress,
		       struct writer *w)
{
	struct credssp_hlp_tls_reply *reply = writer_take(w, sizeof(*reply));
	int err = 0;

	writer_put(w, progress->out, progress->out_length);
	if (!reply)
		return -EMSGSIZE;
	memset(reply, 0, sizeof(*reply));
	reply->state = progress->state;
	reply->consumed = progress->consumed;
	reply->wire_length = progress->out_length;
	reply->alert = progress->alert;
	reply->failure = progress->failure;
	if (progress->state == CREDSSP_HLP_TLS_DONE)
		err = write_done(tls, reply, w);
	else if (progress->state == CREDSSP_HLP_TLS_CERT_WANTED)
		write_issuers(tls, reply, w);
	return !err && w->overflow ? -EMSGSIZE : err;
}

static bool goes_on(const struct tls_progress *progress)
{
	return progress->state == CREDSSP_HLP_TLS_CONTINUE ||
	       progress->state == CREDSSP_HLP_TLS_CERT_WANTED;
}

/*
 * With the lock: the step of @c is over, and its reply written unless @err. A handshake that
 * does not go on is dropped, unless tickets are expected; one that has ended in any case.
 */
static int settle(struct engine *e, struct conversation *c, int err,
		  const struct tls_progress *progress)
{
	struct conversations *t = e->table;

	if (!err)
		budget_settle(c, progress->consumed);
	if (!err && progress->state == CREDSSP_HLP_TLS_CERT_WANTED)
		err = budget_wait(t, c, engine_now());
	if (err || c->ended || (!goes_on(progress) && !tls_conn_expects_tickets(c->tls)))
		conversations_drop(t, c);
	else if (goes_on(progress))
		conversations_touch(t, c, engine_now());
	else
		conversations_finish(t, c, engine_now());
	return err;
}

/*
 * Write the result of a step behind the reply's header. -EINPROGRESS: the reply is held
 * back.
 */
static int conclude(struct engine *e, struct conversation *c, int err,
		    const struct tls_progress *progress, struct writer *w)
{
	if (!err) {
		engine_lock(e);
		err = budget_own(e->table, c, tls_conn_cert_length(c->tls));
		engine_unlock(e);
	}
	if (!err && progress->state == TLS_STATE_ASKING)
		return -EINPROGRESS;
	if (!err) {
		err = write_reply(c->tls, progress, w);
		tls_conn_free_out(c->tls);
	}
	engine_lock(e);
	err = settle(e, c, err, progress);
	engine_unlock(e);
	return err;
}

static int step(struct engine *e, struct conversation *c, const uint8_t *in,
		size_t length, struct writer *w)
{
	struct tls_progress progress;
	int err;

	engine_lock(e);
	err = budget_feed(e->table, c, length);
	engine_unlock(e);
	if (err == -EMSGSIZE)
		err = tls_conn_refuse(c->tls, &progress);
	else if (!err)
		err = tls_conn_step(c->tls, in, length, &progress);
	return conclude(e, c, err, &progress, w);
}

static int make_conn(struct engine *e, const struct request *rq, struct tls_conn **tls)
{
	struct start_request s;
	struct tls_start start;
	int err = start_request_parse(&s, rq->payload, rq->length);

	if (err)
		return err;
	start = (struct tls_start){
		.host = s.host,
		.keep = !(s.head.flags & CREDSSP_HLP_TLS_NO_SESSION),
		.remote_desktop = s.head.flags & CREDSSP_HLP_TLS_REMOTE_DESKTOP,
		.session = s.session,
		.session_length = s.head.session_length,
	};
	err = tls_conn_new(tls, e->context, &start);
	if (err)
		return err;
	err = tls_conn_set_cert(*tls, rq->hdr->uid, s.cert, s.head.cert_length,
				!(s.head.flags & CREDSSP_HLP_TLS_NO_CERT_WANTED));
	if (err)
		tls_conn_free(*tls);
	return err;
}

/* Add a conversation, charged for host name and session; the request was bounded. */
static int add(struct engine *e, const struct request *rq, struct tls_conn *tls,
	       struct conversation **c)
{
	const struct credssp_hlp_header *hdr = rq->hdr;
	int err;

	engine_lock(e);
	err = conversations_add(e->table, hdr->conversation, hdr->owner, tls, engine_now());
	if (!err) {
		*c = conversations_find(e->table, hdr->conversation);
		(*c)->worker = e->worker;
		(*c)->fed = rq->length;
	}
	engine_unlock(e);
	return err;
}

/* Begin a conversation with the handshake @tls. */
static int begin(struct engine *e, const struct request *rq, struct tls_conn *tls,
		 struct writer *w)
{
	struct conversation *c;
	int err = add(e, rq, tls, &c);

	if (err) {
		tls_conn_free(tls);
		return err;
	}
	log_debug("conversation %llu of uid %u, owner %u, pid %u",
		  (unsigned long long)rq->hdr->conversation, rq->hdr->uid, rq->hdr->owner,
		  rq->hdr->pid);
	return step(e, c, NULL, 0, w);
}

static int tls_start(struct engine *e, const struct request *rq, struct writer *w)
{
	struct tls_conn *tls;
	int err = make_conn(e, rq, &tls);

	return err ? err : begin(e, rq, tls, w);
}

static int tls_accept(struct engine *e, const struct request *rq, struct writer *w)
{
	const uint8_t *name = rq->payload + sizeof(struct credssp_hlp_tls_accept);
	struct credssp_hlp_tls_accept head;
	struct tls_conn *tls;
	int err;

	if (rq->length < sizeof(head))
		return -EINVAL;
	memcpy(&head, rq->payload, sizeof(head));
	if (head.flags || head.cert_length != rq->length - sizeof(head))
		return -EINVAL;
	err = tls_conn_accept(&tls, e->context, rq->hdr->uid, name, head.cert_length);
	return err ? err : begin(e, rq, tls, w);
}

/*
 * The conversation of a request that continues its handshake. A request is refused while the
 * reply to the previous one is held back, as that must not get lost.
 */
static int find_open(struct engine *e, uint64_t id, struct conversation **c)
{
	int err = 0;

	engine_lock(e);
	*c = conversations_find(e->table, id);
	if (!*c || (*c)->finished || (*c)->ended || (*c)->worker != e->worker)
		err = -ENOENT;
	else if ((*c)->asking)
		err = -EPROTO;
	engine_unlock(e);
	return err;
}

static int tls_step(struct engine *e, const struct request *rq, struct writer *w)
{
	struct conversation *c;
	int err = find_open(e, rq->hdr->conversation, &c);

	return err ? err : step(e, c, rq->payload, rq->length, w);
}

/* Take a conversation that waits for tickets out of the table. NULL if there is none. */
static int take_finished(struct engine *e, uint64_t id, struct conversation **c)
{
	int err = 0;

	engine_lock(e);
	*c = conversations_find(e->table, id);
	if (*c && !(*c)->finished)
		err = -EPROTO;
	else if (*c)
		conversations_unlink(e->table, *c);
	engine_unlock(e);
	return err;
}

/*
 * The last request of a conversation. If the conversation was ended to
 * make room, the reply has no session.
 */
static int tls_ticket(struct engine *e, const struct request *rq, struct writer *w)
{
	struct credssp_hlp_tls_ticket *reply = writer_take(w, sizeof(*reply));
	struct conversation *c;
	size_t before = w->len;

	if (!reply || take_finished(e, rq->hdr->conversation, &c))
		return -EPROTO;
	*reply = (struct credssp_hlp_tls_ticket){ 0 };
	if (!c)
		return 0;
	reply->session_lifetime = tls_conn_tickets(c->tls, rq->payload, rq->length);
	tls_conn_session(c->tls, w);
	reply->session_length = w->len - before;
	conversation_free(c);
	return w->overflow ? -EMSGSIZE : 0;
}

static int tls_cert(struct engine *e, const struct request *rq, struct writer *w)
{
	const uint8_t *name = rq->payload + sizeof(struct credssp_hlp_tls_cert);
	struct credssp_hlp_tls_cert cert;
	struct tls_progress progress;
	struct conversation *c;
	int err;

	if (rq->length < sizeof(cert))
		return -EINVAL;
	memcpy(&cert, rq->payload, sizeof(cert));
	if (cert.__reserved || cert.cert_length != rq->length - sizeof(cert))
		return -EINVAL;
	err = find_open(e, rq->hdr->conversation, &c);
	if (err)
		return err;
	err = tls_conn_answer(c->tls, name, cert.cert_length, &progress);
	engine_lock(e);
	budget_go_on(c);
	engine_unlock(e);
	return conclude(e, c, err, &progress, w);
}

/* There may be none: a finished handshake is removed before its END. */
static void end(struct engine *e, const struct request *rq)
{
	struct conversation *c;

	engine_lock(e);
	c = conversations_find(e->table, rq->hdr->conversation);
	if (c && c->worker == e->worker)
		conversations_drop(e->table, c);
	engine_unlock(e);
}

static int engine_carry_out(struct engine *e, const struct request *rq, struct writer *w)
{
	switch (rq->hdr->opcode) {
	case CREDSSP_HLP_TLS_START:
		return tls_start(e, rq, w);
	case CREDSSP_HLP_TLS_ACCEPT:
		return tls_accept(e, rq, w);
	case CREDSSP_HLP_TLS_STEP:
		return tls_step(e, rq, w);
	case CREDSSP_HLP_TLS_TICKET:
		return tls_ticket(e, rq, w);
	case CREDSSP_HLP_TLS_CERT:
		return tls_cert(e, rq, w);
	default:
		return -EOPNOTSUPP;
	}
}

static void log_refusal(unsigned int opcode, int err)
{
	static struct log_limit refusals;

	if (log_may(&refusals, engine_now()))
		log_warning("request %u failed: %s", opcode, strerror(-err));
}

/* Write the header of the reply in @w in front of its payload; with @err wipe the payload. */
static size_t complete(const struct credssp_hlp_header *to, int err, struct writer *w)
{
	struct credssp_hlp_header *hdr = (struct credssp_hlp_header *)w->data;

	if (err) {
		log_refusal(to->opcode, err);
		explicit_bzero(w->data, w->len);
		w->len = sizeof(*hdr);
	}
	*hdr = (struct credssp_hlp_header){
		.length = w->len,
		.opcode = to->opcode,
		.error = -err,
		.id = to->id,
		.conversation = to->conversation,
	};
	return w->len;
}

size_t engine_refuse(const void *request, size_t length, int err, void *reply, size_t room)
{
	const struct credssp_hlp_header *to = request;
	struct writer w = { .data = reply, .room = room };

	if (length < sizeof(*to) || to->opcode == CREDSSP_HLP_END ||
	    !writer_take(&w, sizeof(*to)))
		return 0;
	return complete(to, err, &w);
}

/* The reply to the request @to is held back. */
static void hold(struct engine *e, const struct credssp_hlp_header *to)
{
	engine_lock(e);
	conversations_hold(e->table, conversations_find(e->table, to->conversation),
			   to->opcode, to->id);
	engine_unlock(e);
}

/* Take up an answered conversation; @to gets the request that it owes the reply to. */
static struct conversation *take_up(struct engine *e, struct credssp_hlp_header *to)
{
	struct conversation *c;

	engine_lock(e);
	c = conversations_find_answered(e->table, e->worker);
	if (c) {
		*to = (struct credssp_hlp_header){
			.opcode = c->opcode,
			.id = c->request,
			.conversation = c->id,
		};
		conversations_go_on(e->table, c);
	}
	engine_unlock(e);
	return c;
}

size_t engine_resume(struct engine *e, void *reply, size_t room)
{
	struct writer w = { .data = reply, .room = room };
	struct credssp_hlp_header to;
	struct tls_progress progress;
	struct conversation *c;
	int ret;

	while ((c = take_up(e, &to))) {
		w.len = 0;
		writer_take(&w, sizeof(to));
		tls_conn_resume(c->tls, &progress);
		ret = conclude(e, c, 0, &progress, &w);
		if (ret != -EINPROGRESS)
			return complete(&to, ret, &w);
		hold(e, &to);
	}
	return 0;
}

size_t engine_handle(struct engine *e, const void *request, size_t length,
		     void *reply, size_t room)
{
	const struct request rq = {
		.hdr = request,
		.payload = (const uint8_t *)request + sizeof(*rq.hdr),
		.length = length - sizeof(*rq.hdr),
	};
	struct writer w = { .data = reply, .room = room };
	int err;

	if (length < sizeof(*rq.hdr) || rq.hdr->length != length ||
	    room < sizeof(*rq.hdr)) {
		log_error("a request of %zu bytes is malformed", length);
		return 0;
	}
	if (rq.hdr->opcode == CREDSSP_HLP_END) {
		end(e, &rq);
		return 0;
	}
	writer_take(&w, sizeof(*rq.hdr));
	err = engine_carry_out(e, &rq, &w);
	if (err == -EINPROGRESS) {
		hold(e, rq.hdr);
		return 0;
	}
	return complete(rq.hdr, err, &w);
}

/* The next conversation that has ended or was idle for too long, out of the table; or NULL. */
static struct conversation *take_idle(struct engine *e, int64_t now, int *due)
{
	struct conversation *c;

	engine_lock(e);
	c = conversations_find_oldest(e->table, e->worker);
	*due = c ? (int)(CONVERSATION_IDLE_MS - (now - c->used)) : -1;
	if (c && (c->ended || *due <= 0))
		conversations_unlink(e->table, c);
	else
		c = NULL;
	engine_unlock(e);
	return c;
}

int engine_expire(struct engine *e, int64_t now)
{
	const int tickets = tls_context_expire(e->context, now);
	struct conversation *c;
	int due;

	while ((c = take_idle(e, now, &due))) {
		log_debug("conversation %llu %s", (unsigned long long)c->id,
			  c->ended ? "ended" : "expired");
		conversation_free(c);
	}
	return tickets >= 0 && (due < 0 || tickets < due) ? tickets : due;
}

int engine_end(struct engine *e, uint64_t conversation)
{
	struct conversation *c;
	int worker = -1;

	engine_lock(e);
	c = conversations_find(e->table, conversation);
	if (c) {
		conversations_end(e->table, c);
		worker = (int)c->worker;
	}
	engine_unlock(e);
	return worker;
}

int engine_worker(struct engine *e, uint64_t conversation)
{
	const struct conversation *c;
	int worker;

	engine_lock(e);
	c = conversations_find(e->table, conversation);
	worker = c ? (int)c->worker : -1;
	engine_unlock(e);
	return worker;
}

void engine_loads(struct engine *e, size_t *loads)
{
	engine_lock(e);
	conversations_loads(e->table, loads);
	engine_unlock(e);
}

size_t engine_count(const struct engine *e)
{
	return e->table->count;
}
