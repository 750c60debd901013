// SPDX-License-Identifier: GPL-2.0-only
/* Channels: life, and the calls, which one of two transports carries out. */
#include "channel.h"

#include <linux/net.h>
#include <linux/slab.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/ts_request.h"
#include "channel_state.h"
#include "ktls.h"
#include "xprt_socket.h"
#include "xprt_token.h"

/* kmalloc() would round a channel up to 1024 bytes, half as much again. */
static struct kmem_cache *channel_cache;

int cssp_tls_init(void)
{
	int ret;

	channel_cache = KMEM_CACHE(cssp_channel, SLAB_ACCOUNT);
	if (!channel_cache)
		return -ENOMEM;
	ret = cssp_xprt_token_init();
	if (ret) {
		kmem_cache_destroy(channel_cache);
		return ret;
	}
	/* Load kTLS now, so that no exchange has to wait for it. */
	cssp_ktls_load();
	return 0;
}

void cssp_tls_exit(void)
{
	cssp_xprt_token_exit();
	kmem_cache_destroy(channel_cache);
}

static struct cssp_channel *channel_alloc(const struct cssp_channel_params *p)
{
	struct cssp_channel *ch = kmem_cache_zalloc(channel_cache, CSSP_GFP);

	if (!ch)
		return NULL;
	mutex_init(&ch->lock);
	ch->who = p->who;
	ch->wait = p->wait;
	ch->accept = p->accept;
	ch->control.accept = p->accept;
	cssp_channel_set_server(ch, p);
	ch->cert = "";
	ch->helper = &cssp_helper_upcall;
	return ch;
}

int cssp_channel_create_token(struct cssp_channel **ch,
			      const struct cssp_channel_params *p)
{
	*ch = channel_alloc(p);
	if (!*ch)
		return -ENOMEM;
	cssp_xprt_token_setup(*ch);
	return 0;
}

int cssp_channel_create_socket(struct cssp_channel **out,
			       const struct cssp_channel_params *p, struct socket *sock)
{
	int ret;

	*out = NULL;
	ret = cssp_sock_check(sock, p->who->net);
	if (ret)
		return ret;
	*out = channel_alloc(p);
	if (!*out)
		return -ENOMEM;
	cssp_xprt_socket_setup(*out, sock);
	return 0;
}

void cssp_channel_set_server(struct cssp_channel *ch, const struct cssp_channel_params *p)
{
	ch->host = p->host;
	ch->remote_desktop = p->remote_desktop;
}

void cssp_channel_set_cert(struct cssp_channel *ch, const char *name, bool may_ask)
{
	ch->cert = name;
	ch->may_ask = may_ask && !ch->accept;
}

void cssp_channel_set_alerts(struct cssp_channel *ch, bool alerts)
{
	ch->alerts = alerts;
}

bool cssp_channel_wants_cert(const struct cssp_channel *ch)
{
	return ch->state == CSSP_CHANNEL_CERT_WANTED;
}

void cssp_channel_take_issuers(struct cssp_channel *ch, struct cssp_vbuf *issuers)
{
	cssp_vbuf_move(issuers, &ch->issuers);
}

bool cssp_channel_usable(const struct cssp_channel *ch)
{
	return !cssp_channel_check(ch);
}

/* Exclude the transport's own work until channel_end(). -EINTR: the task is killed. */
static int channel_begin(struct cssp_channel *ch)
{
	return ch->xprt->begin ? ch->xprt->begin(ch) : 0;
}

static void channel_end(struct cssp_channel *ch)
{
	if (ch->xprt->end)
		ch->xprt->end(ch);
}

/* channel_begin() for a call that passes data. */
static int channel_begin_data(struct cssp_channel *ch)
{
	int ret = channel_begin(ch);

	if (ret)
		return ret;
	ret = cssp_channel_check(ch);
	if (ret)
		channel_end(ch);
	return ret;
}

int cssp_channel_push_wire(struct cssp_channel *ch, struct cssp_rd *in)
{
	int ret;

	if (!ch->xprt->push_wire)
		return -EOPNOTSUPP;
	ret = channel_begin(ch);
	if (ret)
		return ret;
	ret = ch->xprt->push_wire(ch, in);
	channel_end(ch);
	return ret;
}

int cssp_channel_pull_wire(struct cssp_channel *ch, struct cssp_vbuf *out)
{
	int ret;

	if (!ch->xprt->pull_wire)
		return -EOPNOTSUPP;
	ret = channel_begin(ch);
	if (ret)
		return ret;
	ret = ch->xprt->pull_wire(ch, out);
	channel_end(ch);
	return ret;
}

int cssp_channel_handshake(struct cssp_channel *ch)
{
	int ret;

	ret = channel_begin(ch);
	if (ret)
		return ret;
	switch (ch->state) {
	case CSSP_CHANNEL_NEW:
	case CSSP_CHANNEL_HANDSHAKE:
	case CSSP_CHANNEL_CERT_WANTED:
		ret = ch->xprt->handshake(ch);
		break;
	default:
		ret = cssp_channel_check(ch);
	}
	channel_end(ch);
	return ret;
}

const struct cssp_tls_session *cssp_channel_session(const struct cssp_channel *ch)
{
	return &ch->session;
}

void cssp_channel_forget_peer(struct cssp_channel *ch)
{
	cssp_vbuf_free(&ch->session.cert);
	cssp_vbuf_free(&ch->session.public_key);
}

int cssp_channel_send(struct cssp_channel *ch, const struct cssp_rd *plain)
{
	int ret;

	ret = channel_begin_data(ch);
	if (ret)
		return ret;
	ret = ch->xprt->send(ch, plain);
	channel_end(ch);
	return ret;
}

/*
 * Have a whole TSRequest at the front of @ch->plain. Asks the transport for no byte
 * more than the TSRequest is known to have: on a socket the next byte may be for the
 * socket's owner.
 */
static int channel_fill_request(struct cssp_channel *ch, size_t *total)
{
	struct cssp_rd rd;
	size_t least;
	int ret;

	for (;;) {
		rd = cssp_vbuf_rd(&ch->plain);
		ret = cssp_ts_request_total(&rd, total);
		if (ret && ret != -EAGAIN)
			return cssp_channel_fail(ch, ret, ret == -EBADMSG ?
						 CREDSSP_REASON_DER : 0);
		if (!ret && *total <= rd.left)
			return 0;
		least = ret ? rd.left + 1 : *total;
		if (ret)
			*total = max_t(size_t, least, CSSP_TS_REQUEST_MIN);
		ret = ch->xprt->fill(ch, least, *total);
		if (ret)
			return ret;
	}
}

/* Move the first @n bytes of @ch->plain to @msg. */
static int channel_take(struct cssp_channel *ch, struct cssp_vbuf *msg, size_t n)
{
	struct cssp_rd rd = cssp_rd_of(ch->plain.data, n);
	int ret;

	if (n == ch->plain.len) {
		cssp_vbuf_move(msg, &ch->plain);
		return 0;
	}
	ret = cssp_vbuf_set(msg, &rd);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	cssp_vbuf_consume(&ch->plain, n);
	return 0;
}

int cssp_channel_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg)
{
	size_t total;
	int ret;

	ret = channel_begin_data(ch);
	if (ret)
		return ret;
	ret = channel_fill_request(ch, &total);
	if (ret)
		goto out_end;
	ret = channel_take(ch, msg, total);
out_end:
	channel_end(ch);
	return ret;
}

int cssp_channel_recv_exact(struct cssp_channel *ch, void *buf, size_t n)
{
	struct cssp_rd rd;
	int ret;

	ret = channel_begin_data(ch);
	if (ret)
		return ret;
	ret = ch->xprt->fill(ch, n, n);
	if (ret)
		goto out_end;
	rd = cssp_vbuf_rd(&ch->plain);
	ret = cssp_rd_copy(&rd, buf, n);
	cssp_vbuf_consume(&ch->plain, n);
out_end:
	channel_end(ch);
	return ret;
}

int cssp_channel_settle(struct cssp_channel *ch)
{
	int ret;

	if (!ch->xprt->settle)
		return 0;
	ret = channel_begin_data(ch);
	if (ret)
		return ret;
	ret = ch->xprt->settle(ch);
	channel_end(ch);
	return ret;
}

int cssp_channel_seal(struct cssp_channel *ch, struct cssp_source *plain,
		      struct cssp_sink *wire)
{
	int ret;

	if (!ch->xprt->seal)
		return -EOPNOTSUPP;
	ret = channel_begin_data(ch);
	if (ret)
		return ret;
	ret = ch->xprt->seal(ch, plain, wire);
	channel_end(ch);
	return ret;
}

int cssp_channel_open(struct cssp_channel *ch, struct cssp_source *wire,
		      struct cssp_sink *plain, struct cssp_opened *o)
{
	int ret;

	*o = (struct cssp_opened){};
	if (!ch->xprt->open)
		return -EOPNOTSUPP;
	ret = channel_begin(ch);
	if (ret)
		return ret;
	ret = ch->xprt->open(ch, wire, plain, o);
	channel_end(ch);
	return ret;
}

int cssp_channel_export(struct cssp_channel *ch, struct socket *sock)
{
	int ret;

	if (!ch->xprt->export)
		return -EOPNOTSUPP;
	ret = channel_begin_data(ch);
	if (ret)
		return ret;
	ret = ch->xprt->export(ch, sock);
	channel_end(ch);
	return ret;
}

void cssp_channel_send_alert(struct cssp_channel *ch, u8 description)
{
	const u8 alert[] = { 2 /* fatal */, description };
	struct cssp_rd rd = cssp_rd_of(alert, sizeof(alert));

	if (channel_begin(ch))
		return;
	if (ch->state == CSSP_CHANNEL_UP || ch->state == CSSP_CHANNEL_BROKEN)
		ch->xprt->send_alert(ch, &rd);
	channel_end(ch);
}

void cssp_channel_release_socket(struct cssp_channel *ch)
{
	if (ch->xprt->release_socket)
		ch->xprt->release_socket(ch);
}

void cssp_channel_shutdown(struct cssp_channel *ch)
{
	if (ch->sock && ch->touched)
		cssp_sock_shutdown(ch->sock);
	cssp_channel_kill(ch);
}

u32 cssp_channel_reason(const struct cssp_channel *ch)
{
	return ch->reason;
}

u8 cssp_channel_alert(const struct cssp_channel *ch)
{
	return ch->control.alert;
}

void cssp_channel_free(struct cssp_channel *ch)
{
	if (!ch)
		return;
	ch->xprt->teardown(ch);
	cssp_channel_kill(ch);
	cssp_vbuf_free(&ch->wire_out);
	cssp_vbuf_free(&ch->issuers);
	cssp_tls_session_wipe(&ch->session);
	mutex_destroy(&ch->lock);
	memzero_explicit(ch, sizeof(*ch));
	kmem_cache_free(channel_cache, ch);
}
