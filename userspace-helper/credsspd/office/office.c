// SPDX-License-Identifier: GPL-2.0-only
/* The daemon's side of the ticket office. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/children.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/conversations.h"
#include "office_impl.h"
#include "office_tgts.h"
#include "office_workers.h"

/*
 * Exchanges that the daemon knows of: as many as the office can have, so that acceptors whose
 * initiators are silent do not keep others from it. Few of the places are in use.
 */
#define EXCHANGES_MAX	(OFFICE_TGT_USERS + OFFICE_REQUESTS + 2 * OFFICE_WORKERS)
/* Bytes of requests on their way to the office, where the kernel allows it */
#define OFFICE_SOCKET	(2u << 20)
/* The time that the daemon reads no requests because the office takes none */
#define OFFICE_STALL_MS	1000

/**
 * struct office_exchange - an exchange that has begun and is not over
 * @conversation: the module's id; 0: this place is free
 * @end_owed: END has come, and could not be passed on yet
 * @used: time of the last request (clock_ms())
 */
struct office_exchange {
	uint64_t conversation;
	bool end_owed;
	int64_t used;
};

/**
 * struct office - the connection to the office
 * @fd: never waits
 * @reload_owed: OFFICE_RELOAD has to be sent as soon as there is room
 * @has_sent: since the office was known to have room
 * @full_since: time since when it has no room (clock_ms()), 0: it has
 * @ends_owed: number of exchanges with @end_owed
 * @places: all places behind so many are free
 * @exchanges: in no order
 */
struct office {
	int fd;
	bool reload_owed;
	bool has_sent;
	int64_t full_since;
	unsigned int ends_owed;
	size_t places;
	struct office_exchange exchanges[EXCHANGES_MAX];
};

/*
 * So that the daemon can go on while the office starts a worker. Above net.core.wmem_max it
 * needs CAP_NET_ADMIN, which the daemon has at its start; without it there is room for one
 * packet at least.
 */
static void office_widen(int fd)
{
	const int room = OFFICE_SOCKET;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		log_debug("ticket office: SO_SNDBUFFORCE: %s", strerror(errno));
}

static int office_run(int fd, const void *setup)
{
	return office_serve(fd, setup);
}

struct office *office_start(const struct office_setup *setup)
{
	struct office *o = calloc(1, sizeof(*o));
	int ret = o ? children_start_service(CREDSSP_HLP_MAX_MESSAGE, office_run, setup) : -ENOMEM;

	if (ret >= 0) {
		o->fd = ret;
		office_widen(o->fd);
		return o;
	}
	log_error("ticket office: %s", strerror(-ret));
	free(o);
	return NULL;
}

void office_stop(struct office *o)
{
	if (!o)
		return;
	close(o->fd);
	free(o);
}

/* ---- exchanges -------------------------------------------------------------- */

static struct office_exchange *exchange_find(struct office *o, uint64_t conversation)
{
	struct office_exchange *x;

	for (x = o->exchanges; x < o->exchanges + o->places; x++) {
		if (x->conversation == conversation)
			return x;
	}
	return NULL;
}

static struct office_exchange *exchange_find_free(struct office *o)
{
	struct office_exchange *x = exchange_find(o, 0);

	if (!x && o->places < EXCHANGES_MAX)
		x = &o->exchanges[o->places++];
	return x;
}

/* One that the office has given up long ago, and for which no END came; or NULL */
static struct office_exchange *exchange_find_stale(struct office *o)
{
	const int64_t now = clock_ms();
	struct office_exchange *x;

	for (x = o->exchanges; x < o->exchanges + o->places; x++) {
		/* Its reply comes within this time, and then the peer's answer. */
		if (now - x->used > 2 * office_patience.init)
			return x;
	}
	return NULL;
}

static void exchange_forget(struct office *o, struct office_exchange *x)
{
	o->ends_owed -= x->end_owed;
	*x = (struct office_exchange){ 0 };
	while (o->places && !o->exchanges[o->places - 1].conversation)
		o->places--;
}

/* NULL if there is no place. */
static struct office_exchange *exchange_add(struct office *o, uint64_t conversation)
{
	struct office_exchange *x = exchange_find_free(o);

	if (!x)
		x = exchange_find_stale(o);
	if (!x)
		return NULL;
	o->ends_owed -= x->end_owed;
	*x = (struct office_exchange){ .conversation = conversation, .used = clock_ms() };
	return x;
}

/* ---- requests --------------------------------------------------------------- */

/* Without room -EDQUOT. office_receive() finds that the office has ended. */
static int office_send(struct office *o, const void *packet, size_t length)
{
	if (write(o->fd, packet, length) != (ssize_t)length)
		return -EDQUOT;
	o->has_sent = true;
	return 0;
}

static int office_begin(struct office *o, const struct credssp_hlp_header *hdr)
{
	struct office_exchange *x;
	int ret;

	if (!hdr->conversation || exchange_find(o, hdr->conversation))
		return -EPROTO;
	x = exchange_add(o, hdr->conversation);
	if (!x)
		return -EDQUOT;
	ret = office_send(o, hdr, hdr->length);
	if (ret)
		exchange_forget(o, x);
	return ret;
}

static int office_step(struct office *o, const struct credssp_hlp_header *hdr)
{
	struct office_exchange *x = exchange_find(o, hdr->conversation);

	if (!hdr->conversation || !x)
		return -EPROTO;
	x->used = clock_ms();
	return office_send(o, hdr, hdr->length);
}

static int office_send_end(struct office *o, uint64_t conversation)
{
	const struct credssp_hlp_header hdr = {
		.length = sizeof(hdr), .opcode = CREDSSP_HLP_END, .conversation = conversation,
	};

	return office_send(o, &hdr, sizeof(hdr));
}

static void office_end(struct office *o, uint64_t conversation)
{
	struct office_exchange *x = exchange_find(o, conversation);

	if (!x || x->end_owed)
		return;
	if (!office_send_end(o, conversation)) {
		exchange_forget(o, x);
		return;
	}
	x->end_owed = true;
	o->ends_owed++;
}

static void office_flush_ends(struct office *o)
{
	struct office_exchange *x;

	for (x = o->exchanges; x < o->exchanges + o->places && o->ends_owed; x++) {
		if (!x->end_owed)
			continue;
		if (office_send_end(o, x->conversation))
			return;
		exchange_forget(o, x);
	}
}

void office_flush(struct office *o)
{
	const struct credssp_hlp_header hdr = {
		.length = sizeof(hdr), .opcode = OFFICE_RELOAD,
	};

	if (o->reload_owed)
		o->reload_owed = office_send(o, &hdr, sizeof(hdr));
	office_flush_ends(o);
}

void office_reload(struct office *o)
{
	if (!o)
		return;
	o->reload_owed = true;
	office_flush(o);
}

bool office_is_for(struct office *o, const void *request, size_t length)
{
	const struct credssp_hlp_header *hdr = request;

	if (length < sizeof(*hdr))
		return false;
	switch (hdr->opcode) {
	case CREDSSP_HLP_KRB5_INIT:
	case CREDSSP_HLP_KRB5_STEP:
	case CREDSSP_HLP_KRB5_TGT:
	case CREDSSP_HLP_KRB5_ACCEPT:
		return true;
	case CREDSSP_HLP_END:
		return o && hdr->conversation && exchange_find(o, hdr->conversation);
	default:
		return false;
	}
}

int office_request(struct office *o, const void *request, size_t length)
{
	const struct credssp_hlp_header *hdr = request;

	if (!o)
		return -EOPNOTSUPP;
	if (hdr->length != length)
		return -EBADMSG;
	switch (hdr->opcode) {
	case CREDSSP_HLP_KRB5_INIT:
	case CREDSSP_HLP_KRB5_TGT:
		return office_begin(o, hdr);
	case CREDSSP_HLP_KRB5_ACCEPT:
		/* It may be the first request, or the one after KRB5_TGT. */
		return hdr->conversation && exchange_find(o, hdr->conversation) ?
			office_step(o, hdr) : office_begin(o, hdr);
	case CREDSSP_HLP_KRB5_STEP:
		return office_step(o, hdr);
	default:
		office_end(o, hdr->conversation);
		return 0;
	}
}

/* ---- replies ---------------------------------------------------------------- */

/* The seccomp filter forbids fork(), so the daemon ends and is started again. */
static int office_lose(const char *why)
{
	log_error("the ticket office has failed: %s", why);
	return -EIO;
}

static int office_take_reply(struct office *o, const struct credssp_hlp_header *reply,
			     size_t length)
{
	struct office_exchange *x;

	if (length < sizeof(*reply) || reply->length != length ||
	    reply->opcode < CREDSSP_HLP_KRB5_INIT || reply->opcode > CREDSSP_HLP_KRB5_TGT)
		return office_lose("it sent an invalid packet");
	x = reply->conversation ? exchange_find(o, reply->conversation) : NULL;
	if (!x)
		return 0;
	x->used = clock_ms();
	/* A KRB5_STEP that came too early changes nothing. */
	if (!office_goes_on(reply, length) && reply->error != EPROTO)
		exchange_forget(o, x);
	return 0;
}

int office_receive(struct office *o, void *reply, size_t room, size_t *length)
{
	ssize_t got = read(o->fd, reply, room);
	int ret;

	*length = 0;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return office_lose(got ? strerror(errno) : "it has ended");
	ret = office_take_reply(o, reply, got);
	if (!ret)
		*length = got;
	return ret;
}

int office_fd(const struct office *o)
{
	return o ? o->fd : -1;
}

short office_events(const struct office *o)
{
	return o && (o->reload_owed || o->ends_owed || o->full_since) ? POLLIN | POLLOUT : POLLIN;
}

/* ---- room -------------------------------------------------------------------- */

/* Only what was sent takes room. */
static void office_look_for_room(struct office *o)
{
	struct pollfd p = { .fd = o->fd, .events = POLLOUT };

	if (!o->has_sent && !o->full_since)
		return;
	o->has_sent = false;
	if (poll(&p, 1, 0) == 1)
		o->full_since = 0;
	else if (!o->full_since)
		o->full_since = clock_ms();
}

bool office_has_room(struct office *o)
{
	if (!o)
		return true;
	office_look_for_room(o);
	return !o->full_since || clock_ms() - o->full_since >= OFFICE_STALL_MS;
}

int office_due(const struct office *o)
{
	int64_t left;

	if (!o || !o->full_since)
		return -1;
	left = o->full_since + OFFICE_STALL_MS - clock_ms();
	return left > 0 ? (int)left : -1;
}
