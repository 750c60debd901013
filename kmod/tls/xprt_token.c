// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tokens: records come and go by queues.  To seal and open them the context has
 * a loopback pair with kTLS on one end; it is made when it is needed and closed
 * when it is idle.  In between only the keys are kept, with the number of the
 * next record in each direction.
 *
 * A record number is spent, in the session, before its record is sealed, and
 * whatever fails from then on kills the keys: no number is ever used twice.
 */
#include "xprt_token.h"

#include <linux/moduleparam.h>
#include <linux/net.h>

#include "../wire/tls_record.h"
#include "../wire/ts_request.h"
#include "ktls.h"

/* A pair's work takes microseconds; making one may need three attempts of 2 s. */
#define PAIR_TIME		(10 * HZ)

/* Two tokens: what one leaves of a handshake, and the next one. */
#define WIRE_IN_MAX		(2 * CREDSSP_MAX_TOKEN)

/* All of the queue goes into one request to the helper. */
static_assert(sizeof(struct credssp_hlp_header) + WIRE_IN_MAX <= CREDSSP_HLP_MAX_MESSAGE);

static unsigned int pair_idle_ms = 3000;
module_param(pair_idle_ms, uint, 0644);
MODULE_PARM_DESC(pair_idle_ms, "Milliseconds until the loopback pair of an idle context is closed");

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

static void free_if_empty(struct cssp_vbuf *b)
{
	if (!b->len)
		cssp_vbuf_free(b);
}

static void park(struct cssp_channel *ch)
{
	lockdep_assert_held(&ch->lock);
	cssp_loopback_close(&ch->pair);
	free_if_empty(&ch->wire_in);
	free_if_empty(&ch->wire_out);
	free_if_empty(&ch->plain);
}

void cssp_xprt_token_park(struct cssp_channel *ch)
{
	mutex_lock(&ch->lock);
	park(ch);
	mutex_unlock(&ch->lock);
}

/* A channel at work is not idle, and starts the clock anew when it is done. */
static void idle_work(struct work_struct *work)
{
	struct cssp_channel *ch = container_of(to_delayed_work(work), struct cssp_channel,
					       idle);

	if (!mutex_trylock(&ch->lock))
		return;
	park(ch);
	mutex_unlock(&ch->lock);
}

void cssp_xprt_token_setup(struct cssp_channel *ch)
{
	INIT_DELAYED_WORK(&ch->idle, idle_work);
}

void cssp_xprt_token_teardown(struct cssp_channel *ch)
{
	cancel_delayed_work_sync(&ch->idle);
	cssp_loopback_close(&ch->pair);
}

static int token_lock(struct cssp_channel *ch)
{
	return mutex_lock_killable(&ch->lock);
}

static void token_unlock(struct cssp_channel *ch)
{
	if (cssp_loopback_alive(&ch->pair))
		mod_delayed_work(token_wq, &ch->idle,
				 msecs_to_jiffies(READ_ONCE(pair_idle_ms)));
	mutex_unlock(&ch->lock);
}

/* What happens to the pair is not the peer's doing, nor the caller's socket's. */
static int pair_error(int err)
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

/* A pair whose kTLS end goes on where the last one ended. Spends nothing. */
static int pair_up(struct cssp_channel *ch, const struct cssp_patience *p)
{
	bool spent;
	int ret = cssp_patience_check(p);

	if (!ret && cssp_loopback_alive(&ch->pair))
		return 0;
	if (!ret)
		ret = cssp_loopback_make(&ch->pair, p);
	if (!ret) {
		ret = pair_error(cssp_ktls_install(ch->pair.tls, &ch->session, false,
						   &spent, p));
		if (ret)
			cssp_loopback_close(&ch->pair);
	}
	if (!ret)
		return 0;
	/* no kTLS, or not for this cipher: said as on the socket transport */
	return cssp_channel_fail(ch, ret, ret == -ENOPKG ? CREDSSP_REASON_SOCKET : 0);
}

/* kTLS must have made one record of what it got, or its numbers are not ours. */
static int check_sealed(const u8 *data, size_t len)
{
	struct cssp_rd rd = cssp_rd_of(data, len);
	size_t total;
	u8 type;

	if (cssp_tls_record_total(&rd, &type, &total) || total != len)
		return -EIO;
	return 0;
}

/* There is room in @out. */
static int seal_record(struct cssp_channel *ch, u8 type, const struct cssp_rd *plain,
		       struct cssp_vbuf *out, const struct cssp_patience *p)
{
	size_t total = cssp_tls_overhead_before(&ch->session) + plain->left +
		       cssp_tls_overhead_after(&ch->session);
	u8 *sealed = out->data + out->len;
	int ret;

	ret = cssp_tls_direction_advance(&ch->session, &ch->session.tx, 1);
	if (!ret)
		ret = pair_error(cssp_ktls_send(ch->pair.tls, type, plain, p));
	if (!ret)
		ret = pair_error(cssp_sock_recv(ch->pair.raw, sealed, total, p));
	if (!ret)
		ret = check_sealed(sealed, total);
	if (!ret)
		out->len += total;
	return ret;
}

/*
 * Seal @plain into records, appended to @out.  What was sealed before a failure
 * is lost with the keys, so @out gets all or nothing.
 */
static int seal(struct cssp_channel *ch, u8 type, const struct cssp_rd *plain,
		struct cssp_vbuf *out, const struct cssp_patience *p)
{
	size_t overhead = cssp_tls_overhead_before(&ch->session) +
			  cssp_tls_overhead_after(&ch->session);
	size_t records = DIV_ROUND_UP(plain->left, ch->session.record_limit);
	struct cssp_rd rest = *plain, chunk;
	size_t begin = out->len;
	int ret;

	lockdep_assert_held(&ch->lock);
	ret = cssp_vbuf_reserve(out, begin + plain->left + records * overhead);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	ret = pair_up(ch, p);
	if (ret)
		return ret;
	while (!ret && rest.left) {
		ret = cssp_rd_sub(&rest, min_t(size_t, rest.left, ch->session.record_limit),
				  &chunk);
		if (!ret)
			ret = seal_record(ch, type, &chunk, out, p);
	}
	if (!ret)
		return 0;
	out->len = begin;
	cssp_channel_fail(ch, ret, 0);
	cssp_channel_kill(ch);
	return ret;
}

/* RFC 8446 5.2: in TLS 1.3 every record looks like data from outside. */
static bool type_allowed(const struct cssp_channel *ch, u8 type)
{
	if (ch->session.version == TLS_1_3_VERSION)
		return type == CSSP_TLS_DATA;
	return type == CSSP_TLS_DATA || type == CSSP_TLS_ALERT || type == CSSP_TLS_HANDSHAKE;
}

/* One record is in the pair: read what is in it, at most @room bytes. */
static int read_opened(struct cssp_channel *ch, struct cssp_vbuf *out, size_t room,
		       const struct cssp_patience *p)
{
	u8 *data = out->data + out->len;
	struct cssp_rd rd;
	u32 mark;
	u8 type;
	int ret;

	for (;;) {
		mark = cssp_sock_mark(ch->pair.tls);
		ret = cssp_ktls_recv(ch->pair.tls, data, room, &type);
		if (type || ret != -EAGAIN)
			break;
		ret = cssp_sock_wait_news(ch->pair.tls, mark, p);
		if (ret)
			return ret;
	}
	if (ret < 0 && ret != -EAGAIN)
		return pair_error(ret);
	if (!type)
		return -EIO;
	rd = cssp_rd_of(data, max(ret, 0));
	if (type != CSSP_TLS_DATA)
		return cssp_control_feed(&ch->control, ch->session.version, type, &rd);
	out->len += rd.left;
	return cssp_control_data(&ch->control, rd.left);
}

static int pass_record(struct cssp_channel *ch, const struct cssp_rd *record,
		       struct cssp_vbuf *out, size_t room, const struct cssp_patience *p)
{
	int ret = cssp_tls_direction_advance(&ch->session, &ch->session.rx, 1);

	if (!ret)
		ret = pair_error(cssp_sock_send(ch->pair.raw, record->p, record->left, p));
	if (!ret)
		ret = read_opened(ch, out, room, p);
	return ret;
}

/* Open the whole record @record; its data are appended to @out. */
static int open_record(struct cssp_channel *ch, u8 type, const struct cssp_rd *record,
		       struct cssp_vbuf *out, const struct cssp_patience *p)
{
	size_t overhead = cssp_tls_overhead_before(&ch->session) +
			  cssp_tls_overhead_after(&ch->session);
	size_t begin = out->len, room;
	int ret;

	lockdep_assert_held(&ch->lock);
	if (!type_allowed(ch, type) || record->left < overhead) {
		cssp_channel_break(ch);
		return cssp_channel_fail(ch, -EBADMSG, 0);
	}
	/* kTLS does nothing when it is asked for no byte. */
	room = max_t(size_t, record->left - overhead, 1);
	ret = cssp_vbuf_reserve(out, begin + room);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	ret = pair_up(ch, p);
	if (ret)
		return ret;
	ret = pass_record(ch, record, out, room, p);
	if (ret) {
		out->len = begin;
		cssp_channel_fail(ch, ret, 0);
		cssp_channel_break(ch);
	}
	return ret;
}

/* The next record of the queue. */
static int open_queued(struct cssp_channel *ch, struct cssp_vbuf *out,
		       const struct cssp_patience *p)
{
	struct cssp_rd rd = cssp_vbuf_rd(&ch->wire_in), record;
	size_t total;
	u8 type;
	int ret;

	/* Only whole records were let in. */
	ret = cssp_tls_record_total(&rd, &type, &total) ?: cssp_rd_sub(&rd, total, &record);
	if (ret)
		return cssp_channel_fail(ch, -EBADMSG, 0);
	ret = open_record(ch, type, &record, out, p);
	if (!ret)
		cssp_vbuf_consume(&ch->wire_in, total);
	return ret;
}

/* Those of a handshake are bounded as on a socket; later ones the exchange bounds. */
static int count_records(struct cssp_channel *ch, unsigned int count)
{
	if (ch->state == CSSP_CHANNEL_UP)
		return 0;
	ch->records += count;
	return ch->records > CSSP_HANDSHAKE_RECORDS_MAX ? -EMSGSIZE : 0;
}

int cssp_xprt_token_push_wire(struct cssp_channel *ch, struct cssp_rd *in)
{
	struct cssp_rd rest = *in, whole;
	unsigned int count;
	size_t missing;
	int ret;

	if (token_lock(ch))
		return -EINTR;
	ret = cssp_tls_records_split(&rest, &whole, &count, &missing);
	if (!ret && whole.left > WIRE_IN_MAX - ch->wire_in.len)
		ret = -EMSGSIZE;
	if (!ret)
		ret = count_records(ch, count);
	if (!ret)
		ret = cssp_vbuf_append(&ch->wire_in, whole.p, whole.left);
	if (ret)
		cssp_channel_fail(ch, ret, 0);
	else
		*in = rest;
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_pull_wire(struct cssp_channel *ch, struct cssp_vbuf *out)
{
	int ret = 0;

	if (token_lock(ch))
		return -EINTR;
	if (!out->len)
		cssp_vbuf_move(out, &ch->wire_out);
	else
		ret = cssp_vbuf_append(out, ch->wire_out.data, ch->wire_out.len);
	if (!ret)
		cssp_vbuf_free(&ch->wire_out);
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_handshake(struct cssp_channel *ch)
{
	int ret;

	if (token_lock(ch))
		return -EINTR;
	switch (ch->state) {
	case CSSP_CHANNEL_NEW:
	case CSSP_CHANNEL_HANDSHAKE:
	case CSSP_CHANNEL_CERT_WANTED:
		ret = cssp_handshake_token(ch);
		break;
	default:
		ret = cssp_channel_check(ch);
	}
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_send(struct cssp_channel *ch, const struct cssp_rd *plain)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, PAIR_TIME);
	int ret;

	if (token_lock(ch))
		return -EINTR;
	ret = cssp_channel_check(ch);
	if (!ret)
		ret = seal(ch, CSSP_TLS_DATA, plain, &ch->wire_out, &p);
	token_unlock(ch);
	return ret;
}

/* Have at least @n bytes in @ch->plain; -EAGAIN when the queue is too short. */
static int gather(struct cssp_channel *ch, size_t n, const struct cssp_patience *p)
{
	int ret = 0;

	while (!ret && ch->plain.len < n)
		ret = ch->wire_in.len ? open_queued(ch, &ch->plain, p) : -EAGAIN;
	return ret;
}

static int take_request(struct cssp_channel *ch, struct cssp_vbuf *msg,
			const struct cssp_patience *p)
{
	struct cssp_rd rd;
	size_t total;
	int ret;

	for (;;) {
		rd = cssp_vbuf_rd(&ch->plain);
		ret = cssp_ts_request_total(&rd, &total);
		if (ret && ret != -EAGAIN)
			return cssp_channel_fail(ch, ret, ret == -EBADMSG ?
						 CREDSSP_REASON_DER : 0);
		if (!ret && total <= rd.left)
			break;
		ret = gather(ch, ret ? rd.left + 1 : total, p);
		if (ret)
			return ret;
	}
	rd = cssp_vbuf_rd(&ch->plain);
	rd.left = total;
	ret = cssp_vbuf_set(msg, &rd);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	cssp_vbuf_consume(&ch->plain, total);
	return 0;
}

int cssp_xprt_token_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, PAIR_TIME);
	int ret;

	if (token_lock(ch))
		return -EINTR;
	ret = cssp_channel_check(ch);
	if (!ret)
		ret = take_request(ch, msg, &p);
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_recv_exact(struct cssp_channel *ch, void *buf, size_t n)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, PAIR_TIME);
	struct cssp_rd rd;
	int ret;

	if (token_lock(ch))
		return -EINTR;
	ret = cssp_channel_check(ch);
	if (!ret)
		ret = gather(ch, n, &p);
	if (!ret) {
		rd = cssp_vbuf_rd(&ch->plain);
		ret = cssp_rd_copy(&rd, buf, n);
		cssp_vbuf_consume(&ch->plain, n);
	}
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_seal(struct cssp_channel *ch, const struct cssp_rd *plain,
			 struct cssp_vbuf *out)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, PAIR_TIME);
	int ret;

	if (token_lock(ch))
		return -EINTR;
	ret = cssp_channel_check(ch);
	if (!ret)
		ret = seal(ch, CSSP_TLS_DATA, plain, out, &p);
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_settle(struct cssp_channel *ch)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, PAIR_TIME);
	int ret;

	if (token_lock(ch))
		return -EINTR;
	ret = cssp_channel_check(ch);
	while (!ret && ch->wire_in.len && !ch->plain.len)
		ret = open_queued(ch, &ch->plain, &p);
	if (!ret && ch->plain.len)
		ret = cssp_channel_fail(ch, -EBADMSG, CREDSSP_REASON_UNEXPECTED_FIELD);
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_open(struct cssp_channel *ch, struct cssp_rd *wire, struct cssp_vbuf *plain)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, PAIR_TIME);
	struct cssp_rd rest = *wire, record;
	size_t total;
	u8 type;
	int ret;

	ret = cssp_tls_record_total(&rest, &type, &total);
	if (ret == -EAGAIN || (!ret && total > rest.left))
		return -EAGAIN;
	if (token_lock(ch))
		return -EINTR;
	if (ret) {
		cssp_channel_break(ch);
		cssp_channel_fail(ch, ret, 0);
	} else {
		ret = cssp_channel_check(ch);
	}
	if (!ret)
		ret = cssp_rd_sub(&rest, total, &record);
	if (!ret)
		ret = open_record(ch, type, &record, plain, &p);
	if (!ret)
		*wire = rest;
	token_unlock(ch);
	return ret;
}

int cssp_xprt_token_export(struct cssp_channel *ch, struct socket *sock)
{
	/* The exchange is over, and so may be its deadline. */
	struct cssp_patience p = { .wait = ch->wait, .until = jiffies + PAIR_TIME };
	bool spent = false;
	int ret;

	if (token_lock(ch))
		return -EINTR;
	ret = cssp_channel_check(ch) ?: cssp_sock_check(sock, ch->who->net);
	/* Bytes that only this channel knows of would be missing from the stream. */
	if (!ret && (ch->wire_in.len || ch->plain.len || ch->wire_out.len))
		ret = -EBUSY;
	if (!ret) {
		park(ch);
		ret = cssp_ktls_install(sock, &ch->session, true, &spent, &p);
	}
	if (!ret) {
		cssp_tls_session_forget_keys(&ch->session);
		ch->state = CSSP_CHANNEL_GONE;
	} else if (spent) {
		/* Half of the keys are where nobody can take them back from. */
		cssp_channel_fail(ch, ret, CREDSSP_REASON_SOCKET);
		cssp_channel_kill(ch);
		cssp_sock_shutdown(sock);
	}
	token_unlock(ch);
	return ret;
}

void cssp_xprt_token_send_alert(struct cssp_channel *ch, u8 description)
{
	/* The deadline may be what failed. */
	struct cssp_patience p = { .wait = ch->wait, .until = jiffies + PAIR_TIME };
	const u8 alert[] = { 2 /* fatal */, description };
	struct cssp_rd rd = cssp_rd_of(alert, sizeof(alert));

	if (token_lock(ch))
		return;
	if (ch->state == CSSP_CHANNEL_UP || ch->state == CSSP_CHANNEL_BROKEN) {
		if (!seal(ch, CSSP_TLS_ALERT, &rd, &ch->wire_out, &p))
			cssp_channel_kill(ch);
	}
	token_unlock(ch);
}
