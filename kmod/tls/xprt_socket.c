// SPDX-License-Identifier: GPL-2.0-only
/* TSRequests over the caller's socket, which is kTLS since the handshake. */
#include "xprt_socket.h"

#include <linux/file.h>
#include <net/sock.h>

#include "../wire/tls_record.h"
#include "../wire/ts_request.h"
#include "ktls.h"

static struct cssp_patience patience(const struct cssp_channel *ch)
{
	return cssp_patience_of(ch->wait, MAX_JIFFY_OFFSET);
}

int cssp_xprt_socket_handshake(struct cssp_channel *ch)
{
	switch (ch->state) {
	case CSSP_CHANNEL_NEW:
	case CSSP_CHANNEL_CERT_WANTED:
		return cssp_handshake_socket(ch);
	default:
		return cssp_channel_check(ch);
	}
}

int cssp_xprt_socket_send(struct cssp_channel *ch, const struct cssp_rd *plain)
{
	struct cssp_patience p = patience(ch);
	int ret = cssp_channel_check(ch);

	if (ret)
		return ret;
	ret = cssp_ktls_send(ch->sock, CSSP_TLS_DATA, plain, &p);
	if (ret) {
		cssp_channel_fail(ch, ret, 0);
		cssp_channel_kill(ch);
	}
	return ret;
}

/*
 * One attempt to read data.  Bytes read, 0 when something else was there and
 * has been dealt with, -EAGAIN when nothing is there.
 */
static int read_some(struct cssp_channel *ch, void *buf, size_t n)
{
	struct cssp_rd rd;
	u8 type;
	int ret = cssp_ktls_recv(ch->sock, buf, n, &type);
	int err;

	if (ret < 0 && (ret != -EAGAIN || !type))
		return ret;
	if (!type)
		return -EPIPE;
	ret = max(ret, 0);
	rd = cssp_rd_of(buf, ret);
	if (type != CSSP_TLS_DATA)
		return cssp_control_feed(&ch->control, ch->session.version, type, &rd);
	err = cssp_control_data(&ch->control, ret);
	return err ?: ret;
}

static int read_exact(struct cssp_channel *ch, void *buf, size_t n)
{
	struct cssp_patience p = patience(ch);
	size_t done = 0;
	u32 mark;
	int ret;

	while (done < n) {
		mark = cssp_sock_mark(ch->sock);
		ret = cssp_sock_wait_free(ch->sock, cssp_sock_is_free, &p);
		if (!ret)
			ret = read_some(ch, buf + done, n - done);
		if (ret == -EAGAIN)
			ret = cssp_sock_wait_news(ch->sock, mark, &p);
		if (ret < 0) {
			cssp_channel_break(ch);
			return cssp_channel_fail(ch, ret, 0);
		}
		done += ret;
	}
	return 0;
}

int cssp_xprt_socket_recv_exact(struct cssp_channel *ch, void *buf, size_t n)
{
	return cssp_channel_check(ch) ?: read_exact(ch, buf, n);
}

/* Not a byte more than the header needs, and then not a byte more than it says. */
static int read_request(struct cssp_channel *ch, struct cssp_vbuf *msg)
{
	size_t total = 2;	/* tag and the length's first byte */
	struct cssp_rd rd;
	int ret;

	do {
		ret = cssp_vbuf_reserve(msg, total);
		if (ret)
			return cssp_channel_fail(ch, ret, 0);
		ret = read_exact(ch, msg->data + msg->len, total - msg->len);
		if (ret)
			return ret;
		msg->len = total;
		rd = cssp_vbuf_rd(msg);
		ret = cssp_ts_request_total(&rd, &total);
		if (ret == -EAGAIN)
			total = msg->len + 1;
		else if (ret)
			return cssp_channel_fail(ch, ret, ret == -EBADMSG ?
						 CREDSSP_REASON_DER : 0);
	} while (total > msg->len);
	return 0;
}

int cssp_xprt_socket_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg)
{
	cssp_vbuf_clear(msg);
	return cssp_channel_check(ch) ?: read_request(ch, msg);
}

void cssp_xprt_socket_send_alert(struct cssp_channel *ch, u8 description)
{
	/* Now or never: the deadline may be what failed. */
	struct cssp_patience p = { .wait = ch->wait, .until = jiffies };
	const u8 alert[] = { 2 /* fatal */, description };
	struct cssp_rd rd = cssp_rd_of(alert, sizeof(alert));

	if (ch->state != CSSP_CHANNEL_UP && ch->state != CSSP_CHANNEL_BROKEN)
		return;
	/* What receiving left there would make sending fail. */
	if (ch->state == CSSP_CHANNEL_BROKEN)
		sock_error(ch->sock->sk);
	if (cssp_ktls_send(ch->sock, CSSP_TLS_ALERT, &rd, &p))
		cssp_channel_fail(ch, -EPIPE, 0);
	cssp_channel_kill(ch);
}

void cssp_xprt_socket_release(struct cssp_channel *ch)
{
	if (!ch->sock)
		return;
	if (ch->file)
		fput(ch->file);
	ch->file = NULL;
	ch->sock = NULL;
	cssp_tls_session_forget_keys(&ch->session);
	if (ch->state == CSSP_CHANNEL_UP)
		ch->state = CSSP_CHANNEL_GONE;
	else
		cssp_channel_kill(ch);
}
