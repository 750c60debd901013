// SPDX-License-Identifier: GPL-2.0-only
/*
 * The token transport: records come and go through queues.  To seal and open them the
 * channel has a loopback connection with kTLS on one end.  It is made when it is
 * needed and closed when the channel is idle.  While there is none, the channel keeps
 * only the keys and the number of the next record in each direction.
 *
 * The session's record number is advanced before the record is sealed, and every
 * failure after that wipes the keys, so that no number is ever used twice.
 */
#include "xprt_token.h"

#include <linux/moduleparam.h>
#include <linux/net.h>

#include "../wire/tls_record.h"
#include "channel_state.h"
#include "handshake.h"
#include "ktls.h"

/*
 * Jiffies for one operation on the loopback connection. It takes microseconds, but
 * making the connection may take three attempts of 2 s.
 */
#define TOKEN_TIME		(10 * HZ)

/* Two tokens: the rest of a token after the handshake, and the next token. */
#define WIRE_IN_MAX		(2 * CREDSSP_MAX_TOKEN)

/* The whole queue goes into one request to the helper. */
static_assert(sizeof(struct credssp_hlp_header) + WIRE_IN_MAX <= CREDSSP_HLP_MAX_MESSAGE);

static unsigned int loopback_idle_ms = 3000;
module_param(loopback_idle_ms, uint, 0644);
MODULE_PARM_DESC(loopback_idle_ms, "Milliseconds until the loopback connection of an idle context is closed");

static struct workqueue_struct *token_wq;

int cssp_xprt_token_init(void)
{
	token_wq = alloc_workqueue("credssp_tls", WQ_UNBOUND, 0);
	return token_wq ? 0 : -ENOMEM;
}

void cssp_xprt_token_exit(void)
{
	destroy_workqueue(token_wq);
}

static struct cssp_patience token_patience(const struct cssp_channel *ch)
{
	return cssp_patience_of(ch->wait, TOKEN_TIME);
}

static void token_free_if_empty(struct cssp_vbuf *b)
{
	if (!b->len)
		cssp_vbuf_free(b);
}

static void token_park(struct cssp_channel *ch)
{
	lockdep_assert_held(&ch->lock);
	cssp_loopback_close(&ch->loopback);
	token_free_if_empty(&ch->wire_in);
	token_free_if_empty(&ch->wire_out);
	token_free_if_empty(&ch->plain);
}

void cssp_xprt_token_park(struct cssp_channel *ch)
{
	mutex_lock(&ch->lock);
	token_park(ch);
	mutex_unlock(&ch->lock);
}

/* If the lock is taken, the channel is not idle: token_end() queues the work again. */
static void token_idle_work(struct work_struct *work)
{
	struct cssp_channel *ch = container_of(to_delayed_work(work), struct cssp_channel,
					       idle);

	if (!mutex_trylock(&ch->lock))
		return;
	token_park(ch);
	mutex_unlock(&ch->lock);
}

static void token_teardown(struct cssp_channel *ch)
{
	cancel_delayed_work_sync(&ch->idle);
	cssp_loopback_close(&ch->loopback);
}

static int token_begin(struct cssp_channel *ch)
{
	return mutex_lock_killable(&ch->lock);
}

static void token_end(struct cssp_channel *ch)
{
	if (cssp_loopback_alive(&ch->loopback))
		mod_delayed_work(token_wq, &ch->idle,
				 msecs_to_jiffies(READ_ONCE(loopback_idle_ms)));
	mutex_unlock(&ch->lock);
}

/* A failure of the loopback connection is neither the peer's nor the caller's socket's. */
static int token_loopback_error(int err)
{
	switch (err) {
	case -EEXIST:
	case -ENETDOWN:
	case -ENOTCONN:
	case -EPIPE:
		return -EIO;
	default:
		return err;
	}
}

/* Make a loopback connection with the keys of the next records. Uses up no number. */
static int token_connect(struct cssp_channel *ch, const struct cssp_patience *p)
{
	int ret;

	ret = cssp_loopback_make(&ch->loopback, p);
	if (ret)
		return ret;
	ret = cssp_ktls_install(ch->loopback.tls, &ch->session, false, NULL, p);
	if (ret)
		cssp_loopback_close(&ch->loopback);
	return token_loopback_error(ret);
}

static int token_need_loopback(struct cssp_channel *ch, const struct cssp_patience *p)
{
	int ret;

	ret = cssp_patience_check(p);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	if (cssp_loopback_alive(&ch->loopback))
		return 0;
	ret = token_connect(ch, p);
	/* No kTLS, or not for this cipher: the same reason as on the socket transport. */
	if (ret == -ENOPKG)
		return cssp_channel_fail(ch, ret, CREDSSP_REASON_SOCKET);
	return ret ? cssp_channel_fail(ch, ret, 0) : 0;
}

/* If kTLS made anything but one record, its record numbers differ from the session's. */
static int token_check_sealed(const u8 *data, size_t len)
{
	struct cssp_rd rd = cssp_rd_of(data, len);
	size_t total;
	u8 type;

	if (cssp_tls_record_total(&rd, &type, &total) || total != len)
		return -EIO;
	return 0;
}

/* @out has room for the record. */
static int token_seal_record(struct cssp_channel *ch, u8 type, const struct cssp_rd *plain,
			     struct cssp_vbuf *out, const struct cssp_patience *p)
{
	size_t total = cssp_tls_overhead_before(&ch->session) + plain->left +
		       cssp_tls_overhead_after(&ch->session);
	u8 *sealed = out->data + out->len;
	int ret;

	ret = cssp_tls_direction_advance(&ch->session, &ch->session.tx);
	if (ret)
		return ret;
	ret = cssp_ktls_send(ch->loopback.tls, type, plain, p);
	if (ret)
		return token_loopback_error(ret);
	ret = cssp_sock_recv(ch->loopback.raw, sealed, total, p);
	if (ret)
		return token_loopback_error(ret);
	ret = token_check_sealed(sealed, total);
	if (ret)
		return ret;
	out->len += total;
	return 0;
}

/* Seal all of @plain; @out has room for the records. */
static int token_seal_records(struct cssp_channel *ch, u8 type, const struct cssp_rd *plain,
			      struct cssp_vbuf *out, const struct cssp_patience *p)
{
	struct cssp_rd rest = *plain, chunk;
	int ret;

	while (rest.left) {
		ret = cssp_rd_sub(&rest, min_t(size_t, rest.left, ch->session.record_limit),
				  &chunk);
		if (ret)
			return ret;
		ret = token_seal_record(ch, type, &chunk, out, p);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Seal @plain into records, appended to @out. A failure after the first record number
 * wipes the keys, so the records that were sealed before are dropped as well.
 */
static int token_seal_to(struct cssp_channel *ch, u8 type, const struct cssp_rd *plain,
			 struct cssp_vbuf *out, const struct cssp_patience *p)
{
	size_t overhead = cssp_tls_overhead_before(&ch->session) +
			  cssp_tls_overhead_after(&ch->session);
	size_t records = DIV_ROUND_UP(plain->left, ch->session.record_limit);
	size_t begin = out->len;
	int ret;

	lockdep_assert_held(&ch->lock);
	ret = cssp_vbuf_reserve(out, begin + plain->left + records * overhead);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	ret = token_need_loopback(ch, p);
	if (ret)
		return ret;
	ret = token_seal_records(ch, type, plain, out, p);
	if (ret)
		goto err_kill;
	return 0;

err_kill:
	out->len = begin;
	cssp_channel_fail(ch, ret, 0);
	cssp_channel_kill(ch);
	return ret;
}

/* RFC 8446 5.2: every sealed record of TLS 1.3 has the content type of data. */
static bool token_type_allowed(const struct cssp_channel *ch, u8 type)
{
	if (ch->session.version == TLS_1_3_VERSION)
		return type == CSSP_TLS_DATA;
	return type == CSSP_TLS_DATA || type == CSSP_TLS_ALERT || type == CSSP_TLS_HANDSHAKE;
}

/*
 * The loopback connection has one record: read its contents, at most @room bytes, and
 * append them to @out if they are data.
 */
static int token_read_opened(struct cssp_channel *ch, struct cssp_vbuf *out, size_t room,
			     const struct cssp_patience *p)
{
	u8 *data = out->data + out->len;
	struct cssp_rd rd;
	u32 mark;
	u8 type;
	int ret;

	for (;;) {
		mark = cssp_sock_mark(ch->loopback.tls);
		ret = cssp_ktls_recv(ch->loopback.tls, data, room, &type);
		if (type || ret != -EAGAIN)
			break;
		ret = cssp_sock_wait_news(ch->loopback.tls, mark, p);
		if (ret)
			return ret;
	}
	if (ret < 0 && ret != -EAGAIN)
		return token_loopback_error(ret);
	if (!type)
		return -EIO;
	rd = cssp_rd_of(data, max(ret, 0));
	if (type != CSSP_TLS_DATA)
		return cssp_control_feed(&ch->control, ch->session.version, type, &rd);
	out->len += rd.left;
	return cssp_control_data(&ch->control, rd.left);
}

static int token_pass_record(struct cssp_channel *ch, const struct cssp_rd *record,
			     struct cssp_vbuf *out, size_t room,
			     const struct cssp_patience *p)
{
	int ret;

	ret = cssp_tls_direction_advance(&ch->session, &ch->session.rx);
	if (ret)
		return ret;
	ret = cssp_sock_send(ch->loopback.raw, record->p, record->left, p);
	if (ret)
		return token_loopback_error(ret);
	return token_read_opened(ch, out, room, p);
}

/* Open the whole record @record and append its data to @out. */
static int token_open_record(struct cssp_channel *ch, u8 type, const struct cssp_rd *record,
			     struct cssp_vbuf *out, const struct cssp_patience *p)
{
	size_t overhead = cssp_tls_overhead_before(&ch->session) +
			  cssp_tls_overhead_after(&ch->session);
	size_t begin = out->len, room;
	int ret;

	lockdep_assert_held(&ch->lock);
	if (!token_type_allowed(ch, type) || record->left < overhead) {
		cssp_channel_break(ch);
		return cssp_channel_fail(ch, -EBADMSG, 0);
	}
	/* kTLS opens no record when it is asked for 0 bytes. */
	room = max_t(size_t, record->left - overhead, 1);
	ret = cssp_vbuf_reserve(out, begin + room);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	ret = token_need_loopback(ch, p);
	if (ret)
		return ret;
	ret = token_pass_record(ch, record, out, room, p);
	if (ret) {
		out->len = begin;
		cssp_channel_fail(ch, ret, 0);
		cssp_channel_break(ch);
	}
	return ret;
}

/* Open the first record of the queue and append its data to @ch->plain. */
static int token_open_queued(struct cssp_channel *ch, const struct cssp_patience *p)
{
	struct cssp_rd rd = cssp_vbuf_rd(&ch->wire_in), record;
	size_t total;
	u8 type;
	int ret;

	/* The queue has whole records only. */
	ret = cssp_tls_record_total(&rd, &type, &total) ?: cssp_rd_sub(&rd, total, &record);
	if (ret)
		return cssp_channel_fail(ch, -EBADMSG, 0);
	ret = token_open_record(ch, type, &record, &ch->plain, p);
	if (ret)
		return ret;
	cssp_vbuf_consume(&ch->wire_in, total);
	return 0;
}

/*
 * The records of a handshake have the same limit as on a socket. The exchange limits
 * the later ones.
 */
static int token_count_records(struct cssp_channel *ch, unsigned int count)
{
	if (ch->state == CSSP_CHANNEL_UP)
		return 0;
	ch->records += count;
	return ch->records > CSSP_HANDSHAKE_RECORDS_MAX ? -EMSGSIZE : 0;
}

static int token_enqueue(struct cssp_channel *ch, struct cssp_rd *in)
{
	struct cssp_rd rest = *in, whole;
	unsigned int count;
	size_t missing;
	int ret;

	ret = cssp_tls_records_split(&rest, &whole, &count, &missing);
	if (ret)
		return ret;
	if (whole.left > WIRE_IN_MAX - ch->wire_in.len)
		return -EMSGSIZE;
	ret = token_count_records(ch, count);
	if (ret)
		return ret;
	ret = cssp_vbuf_append(&ch->wire_in, whole.p, whole.left);
	if (ret)
		return ret;
	*in = rest;
	return 0;
}

static int token_push_wire(struct cssp_channel *ch, struct cssp_rd *in)
{
	int ret = token_enqueue(ch, in);

	return ret ? cssp_channel_fail(ch, ret, 0) : 0;
}

static int token_pull_wire(struct cssp_channel *ch, struct cssp_vbuf *out)
{
	int ret;

	if (!out->len) {
		cssp_vbuf_move(out, &ch->wire_out);
		return 0;
	}
	ret = cssp_vbuf_append(out, ch->wire_out.data, ch->wire_out.len);
	if (ret)
		return ret;
	cssp_vbuf_free(&ch->wire_out);
	return 0;
}

static int token_seal(struct cssp_channel *ch, const struct cssp_rd *plain,
		      struct cssp_vbuf *out)
{
	struct cssp_patience p = token_patience(ch);

	return token_seal_to(ch, CSSP_TLS_DATA, plain, out, &p);
}

static int token_send(struct cssp_channel *ch, const struct cssp_rd *plain)
{
	return token_seal(ch, plain, &ch->wire_out);
}

static int token_fill(struct cssp_channel *ch, size_t n)
{
	struct cssp_patience p = token_patience(ch);
	int ret;

	while (ch->plain.len < n) {
		if (!ch->wire_in.len)
			return -EAGAIN;
		ret = token_open_queued(ch, &p);
		if (ret)
			return ret;
	}
	return 0;
}

static int token_settle(struct cssp_channel *ch)
{
	struct cssp_patience p = token_patience(ch);
	int ret;

	while (ch->wire_in.len && !ch->plain.len) {
		ret = token_open_queued(ch, &p);
		if (ret)
			return ret;
	}
	if (ch->plain.len)
		return cssp_channel_fail(ch, -EBADMSG, CREDSSP_REASON_UNEXPECTED_FIELD);
	return 0;
}

static int token_open(struct cssp_channel *ch, struct cssp_rd *wire, struct cssp_vbuf *plain)
{
	struct cssp_patience p = token_patience(ch);
	struct cssp_rd rest = *wire, record;
	size_t total;
	u8 type;
	int ret;

	ret = cssp_tls_record_total(&rest, &type, &total);
	if (ret == -EAGAIN || (!ret && total > rest.left))
		return -EAGAIN;
	if (ret) {
		cssp_channel_break(ch);
		return cssp_channel_fail(ch, ret, 0);
	}
	ret = cssp_channel_check(ch);
	if (ret)
		return ret;
	ret = cssp_rd_sub(&rest, total, &record);
	if (ret)
		return ret;
	ret = token_open_record(ch, type, &record, plain, &p);
	if (ret)
		return ret;
	*wire = rest;
	return 0;
}

static int token_export(struct cssp_channel *ch, struct socket *sock)
{
	struct cssp_patience p = token_patience(ch);
	bool spent = false;
	int ret;

	ret = cssp_sock_check(sock, ch->who->net);
	if (ret)
		return ret;
	/* Bytes that only this channel has would be missing in @sock's data. */
	if (ch->wire_in.len || ch->plain.len || ch->wire_out.len)
		return -EBUSY;
	token_park(ch);
	ret = cssp_ktls_install(sock, &ch->session, true, &spent, &p);
	if (ret)
		goto err_install;
	cssp_tls_session_forget_keys(&ch->session);
	return cssp_channel_set_state(ch, CSSP_CHANNEL_GONE);

err_install:
	/* An unsuitable socket leaves the channel intact; a partial key install kills it. */
	if (spent) {
		cssp_channel_fail(ch, ret, CREDSSP_REASON_SOCKET);
		cssp_channel_kill(ch);
		cssp_sock_shutdown(sock);
	}
	return ret;
}

static void token_send_alert(struct cssp_channel *ch, const struct cssp_rd *alert)
{
	/* Not token_patience(): the failure may be that the deadline has passed. */
	struct cssp_patience p = { .wait = ch->wait, .until = jiffies + TOKEN_TIME };

	if (token_seal_to(ch, CSSP_TLS_ALERT, alert, &ch->wire_out, &p))
		cssp_channel_fail(ch, -EPIPE, 0);
	cssp_channel_kill(ch);
}

static const struct cssp_xprt_ops xprt_token_ops = {
	.begin = token_begin,
	.end = token_end,
	.push_wire = token_push_wire,
	.pull_wire = token_pull_wire,
	.handshake = cssp_handshake_token,
	.send = token_send,
	.fill = token_fill,
	.settle = token_settle,
	.seal = token_seal,
	.open = token_open,
	.export = token_export,
	.send_alert = token_send_alert,
	.teardown = token_teardown,
};

void cssp_xprt_token_setup(struct cssp_channel *ch)
{
	ch->xprt = &xprt_token_ops;
	INIT_DELAYED_WORK(&ch->idle, token_idle_work);
}
