// SPDX-License-Identifier: GPL-2.0-only
/* Channels: life, state, and which transport does the work. */
#include "channel.h"

#include <linux/file.h>
#include <linux/net.h>
#include <linux/slab.h>

#include "../base/mem.h"
#include "channel_impl.h"
#include "ktls.h"
#include "resume.h"
#include "xprt_socket.h"
#include "xprt_token.h"

int cssp_tls_init(void)
{
	/* Once, so that it need not be loaded in the middle of an exchange. */
	cssp_ktls_load();
	return cssp_xprt_token_init();
}

void cssp_tls_exit(void)
{
	cssp_xprt_token_exit();
}

static struct cssp_channel *channel_alloc(const struct cssp_channel_params *p)
{
	struct cssp_channel *ch = kzalloc(sizeof(*ch), CSSP_GFP);

	if (!ch)
		return NULL;
	mutex_init(&ch->lock);
	ch->who = p->who;
	ch->wait = p->wait;
	cssp_channel_set_server(ch, p);
	ch->cert = "";
	ch->helper = &cssp_helper_upcall;
	ch->state = CSSP_CHANNEL_NEW;
	cssp_xprt_token_setup(ch);
	return ch;
}

int cssp_channel_create_token(struct cssp_channel **ch,
			      const struct cssp_channel_params *p)
{
	*ch = channel_alloc(p);
	return *ch ? 0 : -ENOMEM;
}

int cssp_channel_create_socket(struct cssp_channel **out,
			       const struct cssp_channel_params *p, struct socket *sock)
{
	struct cssp_channel *ch;
	int ret;

	*out = NULL;
	ret = cssp_sock_check(sock, p->who->net);
	if (ret)
		return ret;
	ch = channel_alloc(p);
	if (!ch)
		return -ENOMEM;
	ch->is_socket = true;
	ch->sock = sock;
	if (sock->file)
		ch->file = get_file(sock->file);
	*out = ch;
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
	ch->may_ask = may_ask;
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

/* Who fails without saying more. */
static u32 reason_of(const struct cssp_channel *ch, int err)
{
	switch (err) {
	case -ENOMEM:
		return CREDSSP_REASON_NO_MEMORY;
	case -ETIMEDOUT:
		return CREDSSP_REASON_TIMEOUT;
	case -ECANCELED:
	case -EINTR:
		return CREDSSP_REASON_CANCELLED;
	case -EHOSTUNREACH:
		return CREDSSP_REASON_NO_HELPER;
	case -EREMOTEIO:
		return CREDSSP_REASON_HELPER_REPLY;
	case -EPIPE:
		return ch->control.alert ? CREDSSP_REASON_TLS_ALERT :
					   CREDSSP_REASON_CONNECTION;
	case -ENETDOWN:
		return CREDSSP_REASON_CONNECTION;
	case -EBADMSG:
	case -EKEYREJECTED:
		return CREDSSP_REASON_TLS_RECORD;
	case -EDQUOT:
	case -EMSGSIZE:
	case -EOVERFLOW:
		return CREDSSP_REASON_LIMIT;
	case -EIO:
		return CREDSSP_REASON_LOOPBACK;
	default:
		return CREDSSP_REASON_NONE;
	}
}

int cssp_channel_fail(struct cssp_channel *ch, int err, u32 reason)
{
	if (!ch->reason)
		ch->reason = reason ?: reason_of(ch, err);
	return err;
}

int cssp_channel_check(const struct cssp_channel *ch)
{
	switch (ch->state) {
	case CSSP_CHANNEL_UP:
		return 0;
	case CSSP_CHANNEL_NEW:
	case CSSP_CHANNEL_HANDSHAKE:
	case CSSP_CHANNEL_CERT_WANTED:
		return -EPROTO;
	case CSSP_CHANNEL_GONE:
		return -EOPNOTSUPP;
	default:
		return -EPIPE;
	}
}

bool cssp_channel_usable(const struct cssp_channel *ch)
{
	return !cssp_channel_check(ch);
}

static void drop_input(struct cssp_channel *ch)
{
	cssp_loopback_close(&ch->pair);
	cssp_vbuf_free(&ch->wire_in);
	cssp_vbuf_free(&ch->plain);
}

void cssp_channel_break(struct cssp_channel *ch)
{
	if (ch->state != CSSP_CHANNEL_UP)
		return;
	drop_input(ch);
	ch->state = CSSP_CHANNEL_BROKEN;
}

void cssp_channel_kill(struct cssp_channel *ch)
{
	drop_input(ch);
	cssp_tls_session_forget_keys(&ch->session);
	cssp_resume_forget(ch);
	if (ch->conv)
		ch->helper->close(ch->conv);
	ch->conv = NULL;
	ch->state = CSSP_CHANNEL_DEAD;
}

int cssp_channel_push_wire(struct cssp_channel *ch, struct cssp_rd *in)
{
	return ch->is_socket ? -EOPNOTSUPP : cssp_xprt_token_push_wire(ch, in);
}

int cssp_channel_pull_wire(struct cssp_channel *ch, struct cssp_vbuf *out)
{
	return ch->is_socket ? -EOPNOTSUPP : cssp_xprt_token_pull_wire(ch, out);
}

int cssp_channel_handshake(struct cssp_channel *ch)
{
	return ch->is_socket ? cssp_xprt_socket_handshake(ch) : cssp_xprt_token_handshake(ch);
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
	return ch->is_socket ? cssp_xprt_socket_send(ch, plain) : cssp_xprt_token_send(ch, plain);
}

int cssp_channel_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg)
{
	return ch->is_socket ? cssp_xprt_socket_recv_request(ch, msg) :
			       cssp_xprt_token_recv_request(ch, msg);
}

int cssp_channel_recv_exact(struct cssp_channel *ch, void *buf, size_t n)
{
	return ch->is_socket ? cssp_xprt_socket_recv_exact(ch, buf, n) :
			       cssp_xprt_token_recv_exact(ch, buf, n);
}

int cssp_channel_settle(struct cssp_channel *ch)
{
	return ch->is_socket ? 0 : cssp_xprt_token_settle(ch);
}

int cssp_channel_seal(struct cssp_channel *ch, const struct cssp_rd *plain,
		      struct cssp_vbuf *out)
{
	return ch->is_socket ? -EOPNOTSUPP : cssp_xprt_token_seal(ch, plain, out);
}

int cssp_channel_open(struct cssp_channel *ch, struct cssp_rd *wire,
		      struct cssp_vbuf *plain)
{
	return ch->is_socket ? -EOPNOTSUPP : cssp_xprt_token_open(ch, wire, plain);
}

int cssp_channel_export(struct cssp_channel *ch, struct socket *sock)
{
	return ch->is_socket ? -EOPNOTSUPP : cssp_xprt_token_export(ch, sock);
}

void cssp_channel_send_alert(struct cssp_channel *ch, u8 description)
{
	if (ch->is_socket)
		cssp_xprt_socket_send_alert(ch, description);
	else
		cssp_xprt_token_send_alert(ch, description);
}

void cssp_channel_release_socket(struct cssp_channel *ch)
{
	cssp_xprt_socket_release(ch);
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
	cssp_xprt_token_teardown(ch);
	cssp_xprt_socket_release(ch);
	cssp_channel_kill(ch);
	cssp_vbuf_free(&ch->wire_out);
	cssp_vbuf_free(&ch->issuers);
	cssp_tls_session_wipe(&ch->session);
	mutex_destroy(&ch->lock);
	kfree_sensitive(ch);
}
