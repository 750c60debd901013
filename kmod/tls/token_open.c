// SPDX-License-Identifier: GPL-2.0-only
/* Opening a record of the token transport through the loopback connection. */
#include "token_open.h"

#include <linux/net.h>
#include <linux/slab.h>

#include "../base/mem.h"
#include "ktls.h"

/* Bytes of a record that are read to learn its type. */
#define TOKEN_FIRST		64
/* Bytes of a record up to which one more copy takes less than one more call. */
#define TOKEN_SMALL		2048
/* Bytes of a record from which on cssp_sock_acknowledge() takes less than it saves. */
#define TOKEN_LARGE		4096

/* Wait for the first bytes of the record that the loopback connection has. */
static int token_read_first(struct cssp_channel *ch, u8 *buf, size_t n, u8 *type,
			    const struct cssp_patience *p)
{
	u32 mark;
	int ret;

	for (;;) {
		mark = cssp_sock_mark(ch->loopback.tls);
		ret = cssp_ktls_recv(ch->loopback.tls, buf, n, type);
		if (*type || ret != -EAGAIN)
			break;
		ret = cssp_sock_wait_news(ch->loopback.tls, mark, p);
		if (ret)
			return ret;
	}
	if (ret < 0 && ret != -EAGAIN)
		return cssp_loopback_error(ret);
	return *type ? max(ret, 0) : -EIO;
}

/* Read the rest of the record.  @type: of its first bytes.  0: there is no rest. */
static int token_read_rest(struct cssp_channel *ch, struct iov_iter *to, u8 type)
{
	u8 now;
	int ret = cssp_ktls_recv_iter(ch->loopback.tls, to, &now);

	if (ret == -EAGAIN && !now)
		return 0;
	if (ret < 0)
		return cssp_loopback_error(ret);
	return now == type ? ret : -EIO;
}

/*
 * A record of data, of which @first was read; @whole: it has no more.  Returns the number
 * of bytes.
 */
static int token_read_data(struct cssp_channel *ch, const u8 *first, size_t n, bool whole,
			   struct iov_iter *out)
{
	int ret = 0;

	if (copy_to_iter(first, n, out) != n)
		return -EFAULT;
	if (!whole && iov_iter_count(out))
		ret = token_read_rest(ch, out, CSSP_TLS_DATA);
	if (ret < 0)
		return ret;
	n += ret;
	return cssp_control_data(&ch->control, n) ?: n;
}

static int token_read_control(struct cssp_channel *ch, u8 type, u8 *buf, size_t n, size_t room)
{
	struct cssp_rd rd = cssp_rd_of(buf, n);
	struct kvec vec = { buf, room };
	struct iov_iter iter;
	int ret;

	do {
		ret = cssp_control_feed(&ch->control, ch->session.version, type, &rd);
		if (ret || rd.left < room)
			return ret;
		iov_iter_kvec(&iter, ITER_DEST, &vec, 1, room);
		ret = token_read_rest(ch, &iter, type);
		rd = cssp_rd_of(buf, max(ret, 0));
	} while (ret > 0);
	return ret;
}

/*
 * The loopback connection has one record, with at most @room bytes of contents.  Its type
 * comes with its first bytes, for which @first has room: only data go to @out.  Returns the
 * number of bytes of data.
 */
static int token_read_opened(struct cssp_channel *ch, u8 *first, size_t size,
			     struct iov_iter *out, size_t room, const struct cssp_patience *p)
{
	/* kTLS opens no record when it is asked for 0 bytes. */
	size_t n = clamp_t(size_t, room, 1, size);
	u8 type;
	int ret;

	ret = token_read_first(ch, first, n, &type, p);
	if (ret < 0)
		return ret;
	if (type == CSSP_TLS_DATA)
		return token_read_data(ch, first, ret, ret < n, out);
	return token_read_control(ch, type, first, ret, n);
}

static int token_pass(struct cssp_channel *ch, const u8 *p, size_t n, int flags,
		      const struct cssp_patience *patience)
{
	struct cssp_rd rd = cssp_rd_of(p, n);
	struct cssp_source source;

	cssp_source_kernel(&source, &rd);
	return cssp_sock_send_iter(ch->loopback.raw, &source.iter, n, flags, patience);
}

/*
 * A small record and its contents pass through one buffer, which takes less than another
 * call for the header and another one for the type.
 */
static int token_open_small(struct cssp_channel *ch, const struct cssp_token_record *r,
			    struct iov_iter *body, struct iov_iter *out,
			    const struct cssp_patience *p)
{
	u8 *record = kmalloc(r->total, CSSP_GFP);
	int ret = -EFAULT;

	if (!record)
		return -ENOMEM;
	memcpy(record, r->head, sizeof(r->head));
	if (!copy_from_iter_full(record + sizeof(r->head), r->total - sizeof(r->head), body))
		goto out_free;
	ret = cssp_loopback_error(token_pass(ch, record, r->total, 0, p));
	if (!ret)
		ret = token_read_opened(ch, record, r->total, out, r->room, p);
out_free:
	kfree_sensitive(record);
	return ret;
}

/* Give the record to kTLS in two pieces, and read its contents to where they belong. */
static int token_open_large(struct cssp_channel *ch, const struct cssp_token_record *r,
			    struct iov_iter *body, struct iov_iter *out,
			    const struct cssp_patience *p)
{
	u8 first[TOKEN_FIRST];
	int ret;

	ret = token_pass(ch, r->head, sizeof(r->head), MSG_MORE, p);
	if (!ret)
		ret = cssp_sock_send_iter(ch->loopback.raw, body, r->total - sizeof(r->head), 0, p);
	if (ret)
		return cssp_loopback_error(ret);
	ret = token_read_opened(ch, first, sizeof(first), out, r->room, p);
	memzero_explicit(first, sizeof(first));
	if (ret >= 0 && r->total >= TOKEN_LARGE)
		cssp_sock_acknowledge(ch->loopback.tls);
	return ret;
}

/*
 * The header is the one that was checked: if a program changed the length meanwhile, kTLS
 * would see another number of records than the session counts.
 */
int cssp_token_open(struct cssp_channel *ch, const struct cssp_token_record *r,
		    struct iov_iter *body, struct iov_iter *out, const struct cssp_patience *p)
{
	int ret;

	ret = cssp_tls_direction_advance(&ch->session, &ch->session.rx);
	if (ret)
		return ret;
	return r->total <= TOKEN_SMALL ? token_open_small(ch, r, body, out, p) :
					 token_open_large(ch, r, body, out, p);
}
