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

#include "../base/compat.h"
#include "../wire/tls_record.h"
#include "channel_state.h"
#include "handshake.h"
#include "ktls.h"
#include "token_open.h"

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

/*
 * If the lock is taken, the channel is not idle: token_end() queues the work again.  A timer
 * is not moved with every message, which would take longer than this now and then.
 */
static void token_idle_work(struct work_struct *work)
{
	struct cssp_channel *ch = container_of(to_delayed_work(work), struct cssp_channel,
					       idle);
	long left;

	if (!mutex_trylock(&ch->lock))
		return;
	left = ch->idle_from - jiffies;
	if (left > 0)
		queue_delayed_work(token_wq, &ch->idle, left);
	else
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
	unsigned long wait = msecs_to_jiffies(READ_ONCE(loopback_idle_ms));

	if (cssp_loopback_alive(&ch->loopback)) {
		ch->idle_from = jiffies + wait;
		queue_delayed_work(token_wq, &ch->idle, wait);
	}
	mutex_unlock(&ch->lock);
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
	return cssp_loopback_error(ret);
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

/* Bytes of @n bytes in sealed records. */
static size_t token_sealed_size(const struct cssp_channel *ch, size_t n)
{
	return n + DIV_ROUND_UP(n, ch->session.record_limit) * cssp_tls_overhead(&ch->session);
}

/*
 * Move the record of @total bytes that kTLS made to @out.  If it made anything else, its
 * record numbers differ from the session's.
 */
static int token_take_sealed(struct cssp_channel *ch, size_t total, struct iov_iter *out,
			     const struct cssp_patience *p)
{
	u8 head[CSSP_TLS_HEADER], type;
	struct cssp_rd rd = cssp_rd_of(head, sizeof(head));
	size_t made;
	int ret;

	ret = cssp_sock_recv(ch->loopback.raw, head, sizeof(head), p);
	if (ret)
		return cssp_loopback_error(ret);
	if (cssp_tls_record_total(&rd, &type, &made) || made != total)
		return -EIO;
	if (copy_to_iter(head, sizeof(head), out) != sizeof(head))
		return -EFAULT;
	ret = cssp_sock_recv_iter(ch->loopback.raw, out, total - sizeof(head), p);
	return cssp_loopback_error(ret);
}

/* Seal the next @n bytes of @plain into one record. */
static int token_seal_record(struct cssp_channel *ch, u8 type, struct iov_iter *plain,
			     size_t n, struct iov_iter *out, const struct cssp_patience *p)
{
	int ret;

	ret = cssp_tls_direction_advance(&ch->session, &ch->session.tx);
	if (ret)
		return ret;
	ret = cssp_ktls_send_iter(ch->loopback.tls, type, plain, n, p);
	if (ret)
		return cssp_loopback_error(ret);
	return token_take_sealed(ch, cssp_tls_overhead(&ch->session) + n, out, p);
}

static int token_seal_records(struct cssp_channel *ch, u8 type, struct iov_iter *plain,
			      struct iov_iter *out, const struct cssp_patience *p)
{
	size_t n;
	int ret;

	while (iov_iter_count(plain)) {
		n = min_t(size_t, iov_iter_count(plain), ch->session.record_limit);
		ret = token_seal_record(ch, type, plain, n, out, p);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Seal all of @plain into records.  @out has room for token_sealed_size() bytes.  Any
 * failure after the first record number wipes the keys.
 */
static int token_seal_iter(struct cssp_channel *ch, u8 type, struct iov_iter *plain,
			   struct iov_iter *out, const struct cssp_patience *p)
{
	int ret;

	lockdep_assert_held(&ch->lock);
	ret = token_need_loopback(ch, p);
	if (ret)
		return ret;
	ret = token_seal_records(ch, type, plain, out, p);
	if (ret) {
		cssp_channel_fail(ch, ret, 0);
		cssp_channel_kill(ch);
	}
	return ret;
}

/* Seal @plain into records at the end of the queue. */
static int token_seal_queue(struct cssp_channel *ch, u8 type, const struct cssp_rd *plain,
			    const struct cssp_patience *p)
{
	struct cssp_vbuf *queue = &ch->wire_out;
	size_t n = token_sealed_size(ch, plain->left);
	struct cssp_source source;
	struct kvec vec;
	struct iov_iter out;
	int ret;

	ret = cssp_vbuf_reserve(queue, queue->len + n);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	cssp_source_kernel(&source, plain);
	vec = (struct kvec){ queue->data + queue->len, n };
	iov_iter_kvec(&out, ITER_DEST, &vec, 1, n);
	ret = token_seal_iter(ch, type, &source.iter, &out, p);
	if (!ret)
		queue->len += n;
	return ret;
}

/* RFC 8446 5.2: every sealed record of TLS 1.3 has the content type of data. */
static bool token_type_allowed(const struct cssp_channel *ch, u8 type)
{
	if (ch->session.version == TLS_1_3_VERSION)
		return type == CSSP_TLS_DATA;
	return type == CSSP_TLS_DATA || type == CSSP_TLS_ALERT || type == CSSP_TLS_HANDSHAKE;
}

/* Read the header of the record at the front of @source. -EAGAIN: @r->total is needed. */
static int token_look(struct cssp_channel *ch, const struct cssp_source *source,
		      struct cssp_token_record *r)
{
	size_t overhead = cssp_tls_overhead(&ch->session), got;
	struct cssp_rd rd;
	int ret;

	ret = cssp_source_peek(source, r->head, sizeof(r->head), &got);
	if (ret)
		return ret;
	rd = cssp_rd_of(r->head, got);
	ret = cssp_tls_record_total(&rd, &r->type, &r->total);
	if (ret)
		return ret;
	r->room = r->total > overhead ? r->total - overhead : 0;
	return r->total > cssp_source_left(source) ? -EAGAIN : 0;
}

/* @source begins with the whole record @r; @out has room for its contents. */
static int token_open_record(struct cssp_channel *ch, const struct cssp_token_record *r,
			     struct cssp_source *source, struct iov_iter *out,
			     const struct cssp_patience *p)
{
	int ret;

	lockdep_assert_held(&ch->lock);
	if (!token_type_allowed(ch, r->type) || r->total < cssp_tls_overhead(&ch->session)) {
		cssp_channel_break(ch);
		return cssp_channel_fail(ch, -EBADMSG, 0);
	}
	ret = token_need_loopback(ch, p);
	if (ret)
		return ret;
	iov_iter_advance(&source->iter, CSSP_TLS_HEADER);
	ret = cssp_token_open(ch, r, &source->iter, out, p);
	if (ret < 0) {
		cssp_channel_fail(ch, ret, 0);
		cssp_channel_break(ch);
	}
	return ret;
}

/* Open the first record of the queue and append its data to @ch->plain. */
static int token_open_queued(struct cssp_channel *ch, const struct cssp_patience *p)
{
	struct cssp_rd rd = cssp_vbuf_rd(&ch->wire_in);
	struct cssp_vbuf *plain = &ch->plain;
	struct cssp_source source;
	struct cssp_token_record r;
	struct iov_iter out;
	struct kvec vec;
	int ret;

	cssp_source_kernel(&source, &rd);
	/* The queue has whole records only. */
	if (token_look(ch, &source, &r))
		return cssp_channel_fail(ch, -EBADMSG, 0);
	ret = cssp_vbuf_reserve(plain, plain->len + r.room);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	vec = (struct kvec){ plain->data + plain->len, r.room };
	iov_iter_kvec(&out, ITER_DEST, &vec, 1, r.room);
	ret = token_open_record(ch, &r, &source, &out, p);
	if (ret < 0)
		return ret;
	plain->len += ret;
	cssp_vbuf_consume(&ch->wire_in, r.total);
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

static int token_seal(struct cssp_channel *ch, struct cssp_source *plain,
		      struct cssp_sink *wire)
{
	struct cssp_patience p = token_patience(ch);

	return token_seal_iter(ch, CSSP_TLS_DATA, &plain->iter, &wire->iter, &p);
}

static int token_send(struct cssp_channel *ch, const struct cssp_rd *plain)
{
	struct cssp_patience p = token_patience(ch);

	return token_seal_queue(ch, CSSP_TLS_DATA, plain, &p);
}

/* Records are opened as a whole: there can be more than @most bytes. */
static int token_fill(struct cssp_channel *ch, size_t n, size_t most)
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

/* What can be found wrong before the record has used up its number. */
static int token_open_check(struct cssp_channel *ch, const struct cssp_source *wire,
			    struct cssp_token_record *r, struct cssp_sink *plain,
			    struct cssp_opened *o)
{
	int ret = token_look(ch, wire, r);

	if (ret == -EAGAIN) {
		o->needed = r->total - cssp_source_left(wire);
		return -ENODATA;
	}
	if (ret)
		return ret;
	o->room = (struct cssp_room){
		.whole = r->room,
		.before = cssp_tls_overhead_before(&ch->session),
		.after = cssp_tls_overhead_after(&ch->session),
	};
	o->needed = r->room;
	return cssp_iter_prepare(wire, r->total, plain, &o->room);
}

static int token_open(struct cssp_channel *ch, struct cssp_source *wire,
		      struct cssp_sink *plain, struct cssp_opened *o)
{
	struct cssp_patience p = token_patience(ch);
	struct cssp_token_record r;
	int ret;

	ret = token_open_check(ch, wire, &r, plain, o);
	o->intact = ret == -ENODATA || ret == -ENOSPC || ret == -EFAULT;
	if (o->intact)
		return ret;
	if (ret) {
		cssp_channel_break(ch);
		return cssp_channel_fail(ch, ret, 0);
	}
	ret = cssp_channel_check(ch);
	if (ret)
		return ret;
	ret = token_open_record(ch, &r, wire, &plain->iter, &p);
	if (ret < 0)
		return ret;
	o->length = ret;
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

	if (token_seal_queue(ch, CSSP_TLS_ALERT, alert, &p))
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
