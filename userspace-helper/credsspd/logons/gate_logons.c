// SPDX-License-Identifier: GPL-2.0-only
/* The gate's logons: from the request to their place, and from a verdict to the answer. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <nettle/hmac.h>
#include "base/clock.h"
#include "base/log.h"
#include "gate_process.h"

#define HEADER	sizeof(struct credssp_hlp_header)

/*
 * As for Kerberos: longer than any exchange. The module waits 15 seconds by default, and then a
 * checker that is stuck is replaced in time.
 */
struct gate_patience gate_patience = {
	.limit = 10 * 60 * 1000,
	.early = 250,
	.check = 5000,
	.restart = 1000,
};

/* ---- answers ------------------------------------------------------------------- */

/* The daemon never waits for the gate to read, so the gate may wait for the daemon. */
static int gate_tell(struct gate *g, const struct iovec *parts, size_t count, size_t length)
{
	const struct msghdr msg = { .msg_iov = (struct iovec *)parts, .msg_iovlen = count };

	return sendmsg(g->daemon, &msg, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -EPIPE;
}

static struct credssp_hlp_header gate_head(const struct credssp_hlp_header *asked, size_t length)
{
	return (struct credssp_hlp_header){
		.length = length, .opcode = asked->opcode, .id = asked->id,
		.conversation = asked->conversation,
	};
}

static int gate_fail(struct gate *g, const struct credssp_hlp_header *asked, int err)
{
	struct credssp_hlp_header head = gate_head(asked, HEADER);
	const struct iovec part = { &head, HEADER };

	head.error = -err;
	return gate_tell(g, &part, 1, HEADER);
}

static int gate_answer(struct gate *g, const struct credssp_hlp_header *asked,
		       const struct credssp_hlp_ntlm_reply *reply, const uint8_t *name)
{
	const size_t length = HEADER + sizeof(*reply) + reply->name_length;
	struct credssp_hlp_header head = gate_head(asked, length);
	const struct iovec parts[] = {
		{ &head, HEADER }, { (void *)reply, sizeof(*reply) },
		{ (void *)name, reply->name_length },
	};

	return gate_tell(g, parts, 3, length);
}

int gate_refuse(struct gate *g, const struct credssp_hlp_header *asked, uint32_t failure,
		uint32_t ntstatus)
{
	struct credssp_hlp_ntlm_reply reply;

	logon_refuse(&reply, failure, ntstatus);
	return gate_answer(g, asked, &reply, NULL);
}

/* ---- a logon's beginning and end -------------------------------------------------- */

void gate_logon_wipe(struct gate_logon *l)
{
	if (l->payload)
		explicit_bzero(l->payload, l->length);
	free(l->payload);
	l->payload = NULL;
	l->length = 0;
}

/* It is over; an attempt that has begun must have ended. */
void gate_logon_free(struct gate *g, struct gate_logon *l, int64_t now)
{
	attempts_drop(g->attempts, l->pair, now);
	TAILQ_REMOVE(&g->logons, l, next);
	gate_logon_wipe(l);
	free(l);
}

/* Refuse one that has not begun, or whose attempt was abandoned. */
int gate_logon_refuse(struct gate *g, struct gate_logon *l, uint32_t failure, uint32_t ntstatus,
		      int64_t now)
{
	int ret = l->answered ? 0 : gate_refuse(g, &l->asked, failure, ntstatus);

	gate_logon_free(g, l, now);
	return ret;
}

int gate_logon_refuse_busy(struct gate *g, struct gate_logon *l, int64_t now)
{
	static struct log_limit limit;

	if (log_may(&limit, now))
		log_warning("too many logons wait: one was refused");
	return gate_logon_refuse(g, l, CREDSSP_HLP_NTLM_FAIL_BUSY,
				 STATUS_INSUFF_SERVER_RESOURCES, now);
}

static void digest_bytes(const struct gate *g, const void *bytes, size_t length, void *digest,
			 size_t room)
{
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, sizeof(g->name_key), g->name_key);
	hmac_sha256_update(&hmac, length, bytes);
	hmac_sha256_digest(&hmac, room, digest);
	explicit_bzero(&hmac, sizeof(hmac));
}

/*
 * Digest of the account's name. The domain does not count, nor what follows an @: both can be
 * written in several ways for one account, and each of them would have attempts of its own. A name
 * that no account can have counts as it was sent. @domain: that of the domain, as it was sent
 */
static void gate_digest(const struct gate *g, const struct logon_request *r,
			uint8_t digest[ATTEMPTS_NAME], uint64_t *domain)
{
	struct account_name user, own;

	*domain = 0;
	if (!logon_request_names(r, &user, &own)) {
		digest_bytes(g, r->response.user, r->response.user_length, digest, ATTEMPTS_NAME);
		return;
	}
	digest_bytes(g, own.units, own.length * sizeof(own.units[0]), domain, sizeof(*domain));
	/* A domain controller may take user@domain also if the domain is sent apart. */
	account_name_split(&user, &own);
	digest_bytes(g, user.units, user.length * sizeof(user.units[0]), digest, ATTEMPTS_NAME);
}

static struct attempt_pair *gate_hold(struct gate *g, const struct logon_request *r,
				      uint64_t *domain, int64_t now)
{
	struct credssp_address address = {
		.family = r->head.peer_family, .port = r->head.peer_port,
		.scope = r->head.peer_scope,
	};
	uint8_t digest[ATTEMPTS_NAME];

	memcpy(address.address, r->head.peer_address, sizeof(address.address));
	gate_digest(g, r, digest, domain);
	return attempts_hold(g->attempts, digest, &address, now);
}

/* Its outcome is known, but not due. */
static bool logon_is_delayed(const struct gate_logon *l)
{
	return l->state == GATE_FAILED || l->state == GATE_LOCKED;
}

/* Logons that are answered and kept for the delay only; or the others, which are pending */
static unsigned int gate_count(const struct gate *g, bool kept)
{
	const struct gate_logon *l;
	unsigned int count = 0;

	TAILQ_FOREACH(l, &g->logons, next)
		count += (l->answered && logon_is_delayed(l)) == kept;
	return count;
}

/* Of the address with the most logons, the last one that has not begun */
static struct gate_logon *gate_find_victim(struct gate *g)
{
	struct gate_logon *victim = NULL, *l;

	TAILQ_FOREACH(l, &g->logons, next) {
		if (l->state != GATE_WAITS)
			continue;
		if (!victim || attempts_held(l->pair) >= attempts_held(victim->pair))
			victim = l;
	}
	return victim;
}

int gate_logon_tell_failure(struct gate *g, struct gate_logon *l)
{
	l->answered = true;
	return gate_answer(g, &l->asked, &l->reply, NULL);
}

/*
 * End the wait of one logon, for another one of an address with @own logons. One whose outcome is
 * known is answered before its time: failures from many addresses do not fill the gate. Its
 * account and address wait for the whole delay all the same.
 */
static int gate_displace(struct gate *g, unsigned int own, bool *busy, int64_t now)
{
	struct gate_logon *l;

	TAILQ_FOREACH(l, &g->logons, next) {
		if (logon_is_delayed(l) && !l->answered)
			return gate_logon_tell_failure(g, l);
	}
	l = gate_find_victim(g);
	*busy = !l || attempts_held(l->pair) <= own;
	return *busy ? 0 : gate_logon_refuse_busy(g, l, now);
}

/* May one more logon of this account and address wait? @busy: no. -EPIPE as above */
static int gate_make_room(struct gate *g, const struct attempt_pair *p, bool *busy, int64_t now)
{
	const unsigned int own = attempts_held(p);

	*busy = own > (attempts_is_known(p) ? GATE_PENDING_OF_ADDRESS : GATE_PENDING_OF_UNKNOWN) ||
		gate_count(g, true) >= GATE_KEPT;
	if (*busy || gate_count(g, false) < GATE_PENDING)
		return 0;
	return gate_displace(g, own, busy, now);
}

static struct gate_logon *logon_new(struct gate *g, const struct credssp_hlp_header *hdr,
				    const struct logon_request *r, int64_t now)
{
	const size_t length = hdr->length - HEADER;
	struct gate_logon *l = calloc(1, sizeof(*l));
	int64_t limit = r->head.time_limit;

	if (!l)
		return NULL;
	l->payload = malloc(length);
	if (!l->payload) {
		free(l);
		return NULL;
	}
	if (limit > gate_patience.limit)
		limit = gate_patience.limit;
	memcpy(l->payload, hdr + 1, length);
	l->length = length;
	l->asked = *hdr;
	l->id = ++g->last_id;
	l->answer_by = now + limit - gate_patience.early;
	return l;
}

static int gate_admit(struct gate *g, const struct credssp_hlp_header *hdr,
		      const struct logon_request *r, struct attempt_pair *p, uint64_t domain,
		      int64_t now)
{
	struct gate_logon *l;
	bool busy;
	int ret;

	ret = gate_make_room(g, p, &busy, now);
	l = ret || busy ? NULL : logon_new(g, hdr, r, now);
	if (l) {
		l->pair = p;
		l->domain = domain;
		TAILQ_INSERT_TAIL(&g->logons, l, next);
		return 0;
	}
	attempts_drop(g->attempts, p, now);
	return ret ? ret : gate_refuse(g, hdr, CREDSSP_HLP_NTLM_FAIL_BUSY,
				       STATUS_INSUFF_SERVER_RESOURCES);
}

static struct gate_logon *gate_find_conversation(struct gate *g, uint64_t conversation)
{
	struct gate_logon *l;

	TAILQ_FOREACH(l, &g->logons, next) {
		if (l->asked.conversation == conversation && !l->answered)
			return l;
	}
	return NULL;
}

int gate_logon_take(struct gate *g, const struct credssp_hlp_header *hdr, int64_t now)
{
	struct attempt_pair *p;
	struct logon_request r;
	uint64_t domain;
	int ret;

	ret = logon_request_read(&r, (const uint8_t *)(hdr + 1), hdr->length - HEADER);
	if (!ret && hdr->flags)
		ret = -EBADMSG;
	if (!ret && gate_find_conversation(g, hdr->conversation))
		ret = -EPROTO;
	if (ret)
		return gate_fail(g, hdr, ret);
	/* The file and winbind are those of this machine, and not of a container. */
	if (!(r.head.flags & CREDSSP_HLP_NTLM_LOCAL))
		return gate_refuse(g, hdr, CREDSSP_HLP_NTLM_FAIL_FOREIGN, STATUS_INTERNAL_ERROR);
	p = gate_hold(g, &r, &domain, now);
	if (!p)
		return gate_refuse(g, hdr, CREDSSP_HLP_NTLM_FAIL_LOCKED, STATUS_LOGON_FAILURE);
	return gate_admit(g, hdr, &r, p, domain, now);
}

/* A check goes on: its result counts, also if the initiator has left. */
void gate_logon_end(struct gate *g, uint64_t conversation, int64_t now)
{
	struct gate_logon *l = gate_find_conversation(g, conversation);

	if (!l)
		return;
	if (l->state == GATE_WAITS || l->state == GATE_LOCKED)
		gate_logon_free(g, l, now);
	else
		l->answered = true;
}

struct gate_logon *gate_logon_find(struct gate *g, uint64_t id)
{
	struct gate_logon *l;

	TAILQ_FOREACH(l, &g->logons, next) {
		if (l->id == id)
			return l;
	}
	return NULL;
}

/* ---- verdicts ------------------------------------------------------------------- */

static void logon_fail(struct gate *g, struct gate_logon *l,
		       const struct credssp_hlp_ntlm_reply *reply, int64_t now)
{
	l->reply = *reply;
	l->due = attempts_fail(g->attempts, l->pair, l->domain, l->begun, now);
	l->state = GATE_FAILED;
	gate_logon_wipe(l);
}

int gate_logon_settle(struct gate *g, struct gate_logon *l, const struct logon_verdict *v,
		      const uint8_t *name, int64_t now)
{
	const struct credssp_hlp_ntlm_reply *reply = &v->reply;
	int ret;

	if (reply->state == CREDSSP_HLP_NTLM_FAILED &&
	    reply->failure == CREDSSP_HLP_NTLM_FAIL_LOGON) {
		if (l->state == GATE_BOOKS && v->elsewhere && g->setup->winbind)
			l->state = GATE_ELSEWHERE;
		else
			logon_fail(g, l, reply, now);
		return 0;
	}
	if (reply->state == CREDSSP_HLP_NTLM_DONE)
		attempts_succeed(l->pair, l->domain);
	else
		attempts_abandon(l->pair);
	ret = l->answered ? 0 : gate_answer(g, &l->asked, reply, name);
	gate_logon_free(g, l, now);
	return ret;
}

int gate_logon_lose(struct gate *g, struct gate_logon *l, uint32_t ntstatus, int64_t now)
{
	attempts_abandon(l->pair);
	return gate_logon_refuse(g, l, CREDSSP_HLP_NTLM_FAIL_OTHER, ntstatus, now);
}

void gate_logons_forget(struct gate *g)
{
	struct gate_logon *l;

	TAILQ_FOREACH(l, &g->logons, next)
		gate_logon_wipe(l);
	explicit_bzero(g->packet, sizeof(g->packet));
}
