// SPDX-License-Identifier: GPL-2.0-only
/* The socket transport: data over the caller's socket, a kTLS socket since the handshake. */
#include "xprt_socket.h"

#include <linux/file.h>
#include <net/sock.h>

#include "../wire/tls_record.h"
#include "channel_state.h"
#include "handshake.h"
#include "ktls.h"

/*
 * Longest wait to send a fatal alert, in jiffies: enough for a call of another thread on
 * the socket to end. The alert is lost when the peer has stopped reading.
 */
#define ALERT_TIME	(HZ / 20)

/* Bytes of a session ticket that are read at once; most are a little shorter. */
#define CONTROL_PIECE	256

static struct cssp_patience socket_patience(const struct cssp_channel *ch)
{
	return cssp_patience_of(ch->wait, MAX_JIFFY_OFFSET);
}

static int socket_send(struct cssp_channel *ch, const struct cssp_rd *plain)
{
	struct cssp_patience p = socket_patience(ch);
	int ret;

	ret = cssp_ktls_send(ch->sock, CSSP_TLS_DATA, plain, &p);
	if (ret) {
		cssp_channel_fail(ch, ret, 0);
		cssp_channel_kill(ch);
	}
	return ret;
}

/*
 * One attempt to read data. Returns the number of bytes; 0 after a record that is not
 * data, which has been handled; -EAGAIN when nothing has arrived.
 */
static int socket_read_once(struct cssp_channel *ch, void *buf, size_t n)
{
	struct cssp_rd rd;
	int ret, got;
	u8 type;

	ret = cssp_ktls_recv(ch->sock, buf, n, &type);
	if (ret < 0 && (ret != -EAGAIN || !type))
		return ret;
	if (!type)
		return -EPIPE;
	got = max(ret, 0);
	rd = cssp_rd_of(buf, got);
	if (type != CSSP_TLS_DATA)
		return cssp_control_feed(&ch->control, ch->session.version, type, &rd);
	ret = cssp_control_data(&ch->control, got);
	return ret ?: got;
}

/*
 * socket_read_once(), or in the middle of a message that is not data: read more of that than
 * the few bytes that the caller wants.
 */
static int socket_read_some(struct cssp_channel *ch, void *buf, size_t n)
{
	size_t rest = cssp_control_rest(&ch->control);
	u8 piece[CONTROL_PIECE];
	int ret;

	if (!rest)
		return socket_read_once(ch, buf, n);
	/* Data here are an error, which cssp_control_data() finds. */
	ret = socket_read_once(ch, piece, min(rest, sizeof(piece)));
	memzero_explicit(piece, sizeof(piece));
	return ret;
}

/* Read at least @n bytes, and at most @most. Returns their number. */
static int socket_read(struct cssp_channel *ch, void *buf, size_t n, size_t most)
{
	struct cssp_patience p = socket_patience(ch);
	size_t done = 0;
	u32 mark;
	int ret;

	while (done < n) {
		mark = cssp_sock_mark(ch->sock);
		ret = cssp_sock_wait_free(ch->sock, cssp_sock_is_free, &p);
		if (ret)
			goto err_break;
		ret = socket_read_some(ch, buf + done, most - done);
		if (ret == -EAGAIN)
			ret = cssp_sock_wait_news(ch->sock, mark, &p);
		if (ret < 0)
			goto err_break;
		done += ret;
	}
	return done;

err_break:
	cssp_channel_break(ch);
	return cssp_channel_fail(ch, ret, 0);
}

static int socket_fill(struct cssp_channel *ch, size_t n, size_t most)
{
	size_t have = ch->plain.len;
	int ret;

	if (have >= n)
		return 0;
	ret = cssp_vbuf_reserve(&ch->plain, most);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	ret = socket_read(ch, ch->plain.data + have, n - have, most - have);
	if (ret < 0)
		return ret;
	ch->plain.len += ret;
	return 0;
}

static void socket_send_alert(struct cssp_channel *ch, const struct cssp_rd *alert)
{
	/* Not until the deadline: the failure may be that it has passed. */
	struct cssp_patience p = { .wait = ch->wait, .until = jiffies + ALERT_TIME };

	/* Clear the socket's error, which receiving left there: sending would return it. */
	if (ch->state == CSSP_CHANNEL_BROKEN)
		sock_error(ch->sock->sk);
	if (cssp_ktls_send(ch->sock, CSSP_TLS_ALERT, alert, &p))
		cssp_channel_fail(ch, -EPIPE, 0);
	cssp_channel_kill(ch);
}

static void socket_release(struct cssp_channel *ch)
{
	if (!ch->sock)
		return;
	if (ch->file)
		fput(ch->file);
	ch->file = NULL;
	ch->sock = NULL;
	cssp_vbuf_free(&ch->plain);
	cssp_tls_session_forget_keys(&ch->session);
	if (cssp_channel_set_state(ch, CSSP_CHANNEL_GONE))
		cssp_channel_kill(ch);
}

static const struct cssp_xprt_ops xprt_socket_ops = {
	.handshake = cssp_handshake_socket,
	.send = socket_send,
	.fill = socket_fill,
	.send_alert = socket_send_alert,
	.release_socket = socket_release,
	.teardown = socket_release,
};

void cssp_xprt_socket_setup(struct cssp_channel *ch, struct socket *sock)
{
	ch->xprt = &xprt_socket_ops;
	ch->sock = sock;
	if (sock->file)
		ch->file = get_file(sock->file);
}
