// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos' per-message tokens: RFC 4121 4.2. */

#include <crypto/algapi.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/random.h>
#include <linux/string.h>
#include "../base/status.h"
#include "krb5_seal.h"

/* TOK_ID, RFC 4121 4.2.6 */
#define TOK_MIC			0x0404
#define TOK_WRAP		0x0504

/* Flags, RFC 4121 4.2.2; a receiver ignores the others */
#define FLAG_SENT_BY_ACCEPTOR	0x1
#define FLAG_SEALED		0x2
#define FLAG_ACCEPTOR_SUBKEY	0x4
#define FLAGS_KNOWN		(FLAG_SENT_BY_ACCEPTOR | FLAG_SEALED | FLAG_ACCEPTOR_SUBKEY)

#define HEADER_SIZE		16
#define FILLER			0xff
#define MIC_FILLER		0xffffffff	/* in the place of EC and RRC */
#define RRC_OFFSET		6		/* of a Wrap token, RFC 4121 4.2.6.2 */
#define RRC_END			8

/* Key usage numbers, RFC 4121 2 */
static const struct {
	u32 seal;
	u32 sign;
	u8 flags;
} krb5_seal_ways[] = {
	[CSSP_KRB5_INITIATOR_TO_ACCEPTOR] = { 24, 25, 0 },
	[CSSP_KRB5_ACCEPTOR_TO_INITIATOR] = { 22, 23, FLAG_SENT_BY_ACCEPTOR },
};

/**
 * struct krb5_seal_header - header of a token
 * @id: TOK_*
 * @flags: FLAG_*
 * @filler: FILLER
 * @counts: Wrap: EC in the high half, RRC in the low half; MIC: MIC_FILLER
 * @seq: number of the token
 */
struct krb5_seal_header {
	u16 id;
	u8 flags;
	u8 filler;
	u32 counts;
	u64 seq;
};

static struct krb5_seal_header krb5_seal_wrap_header(const struct cssp_krb5_dir *dir, u16 rrc)
{
	return (struct krb5_seal_header){
		.id = TOK_WRAP, .flags = dir->flags | FLAG_SEALED, .filler = FILLER,
		.counts = rrc, .seq = dir->seq,
	};
}

static struct krb5_seal_header krb5_seal_mic_header(const struct cssp_krb5_dir *dir)
{
	return (struct krb5_seal_header){
		.id = TOK_MIC, .flags = dir->flags, .filler = FILLER,
		.counts = MIC_FILLER, .seq = dir->seq,
	};
}

static void krb5_seal_put_header(struct cssp_wr *wr, const struct krb5_seal_header *h)
{
	cssp_wr_be16(wr, h->id);
	cssp_wr_u8(wr, h->flags);
	cssp_wr_u8(wr, h->filler);
	cssp_wr_be32(wr, h->counts);
	cssp_wr_be32(wr, upper_32_bits(h->seq));
	cssp_wr_be32(wr, lower_32_bits(h->seq));
}

/* @raw: out: the same HEADER_SIZE bytes as a view. */
static int krb5_seal_get_header(struct cssp_rd *rd, struct krb5_seal_header *h,
				struct cssp_rd *raw)
{
	struct cssp_rd at;
	u32 high, low;
	int ret;

	ret = cssp_rd_sub(rd, HEADER_SIZE, raw);
	if (ret)
		return ret;
	at = *raw;
	if (cssp_rd_be16(&at, &h->id) || cssp_rd_u8(&at, &h->flags) ||
	    cssp_rd_u8(&at, &h->filler) || cssp_rd_be32(&at, &h->counts) ||
	    cssp_rd_be32(&at, &high) || cssp_rd_be32(&at, &low))
		return CSSP_E_MALFORMED;
	h->seq = (u64)high << 32 | low;
	return 0;
}

/* No number is used twice, so the last one is not used at all. */
static bool krb5_seal_is_next(const struct cssp_krb5_dir *dir, u64 seq)
{
	return dir->first ? seq != U64_MAX : seq == dir->seq;
}

/* Compare all but @counts of a token with @want, the header of the token that is next. */
static int krb5_seal_check_header(const struct cssp_krb5_dir *dir,
				  const struct krb5_seal_header *h,
				  const struct krb5_seal_header *want)
{
	if (h->id != want->id || h->filler != want->filler)
		return CSSP_E_MALFORMED;
	if ((h->flags & FLAGS_KNOWN) != want->flags || !krb5_seal_is_next(dir, h->seq))
		return CSSP_E_ALTERED;
	return 0;
}

/* A token of the peer with this number is authentic. */
static void krb5_seal_advance(struct cssp_krb5_dir *dir, u64 seq)
{
	dir->seq = seq + 1;
	dir->first = false;
}

static int krb5_seal_check_message(const struct cssp_krb5_dir *dir, size_t len)
{
	if (len > CSSP_KRB5_MAX_MESSAGE)
		return CSSP_E_TOO_BIG;
	return dir->seq == U64_MAX ? -EOVERFLOW : 0;
}

int cssp_krb5_dir_init(struct cssp_krb5_dir *dir, const struct cssp_krb5_enctype *e,
		       const u8 *protocol_key, enum cssp_krb5_way way, bool acceptor_subkey,
		       u64 seq)
{
	struct cssp_krb5_key *key;
	int ret;

	*dir = (struct cssp_krb5_dir){};
	ret = cssp_krb5_key_create(&key, e, protocol_key, krb5_seal_ways[way].seal,
				   krb5_seal_ways[way].sign);
	if (ret)
		return ret;
	dir->enctype = e;
	dir->key = key;
	dir->seq = seq;
	dir->flags = krb5_seal_ways[way].flags;
	if (acceptor_subkey)
		dir->flags |= FLAG_ACCEPTOR_SUBKEY;
	return 0;
}

void cssp_krb5_dir_wipe(struct cssp_krb5_dir *dir)
{
	cssp_krb5_key_free(dir->key);
	*dir = (struct cssp_krb5_dir){};
}

size_t cssp_krb5_seal_size(const struct cssp_krb5_enctype *e)
{
	/* Header, confounder, encrypted copy of the header, checksum */
	return HEADER_SIZE + CSSP_KRB5_CONFOUNDER_SIZE + HEADER_SIZE + e->mac_size;
}

size_t cssp_krb5_mic_size(const struct cssp_krb5_enctype *e)
{
	return HEADER_SIZE + e->mac_size;
}

/* Move the last @n bytes of @body, a header's copy and a checksum at most, to its front. */
static void krb5_seal_rotate(u8 *body, size_t len, size_t n)
{
	u8 end[HEADER_SIZE + CSSP_KRB5_MAC_MAX];

	memcpy(end, body + (len - n), n);
	memmove(body + n, body, len - n);
	memcpy(body, end, n);
}

/* @token: out: the whole token, @size bytes. */
static int krb5_seal_write(struct cssp_krb5_dir *dir, const struct cssp_rd *plain,
			   const u8 confounder[CSSP_KRB5_CONFOUNDER_SIZE], u8 *token, size_t size)
{
	u16 rrc = HEADER_SIZE + dir->enctype->mac_size;
	const struct krb5_seal_header outer = krb5_seal_wrap_header(dir, rrc);
	const struct krb5_seal_header inner = krb5_seal_wrap_header(dir, 0);
	struct cssp_wr wr = cssp_wr_of(token, size);
	u8 *body = token + HEADER_SIZE;
	int ret;

	krb5_seal_put_header(&wr, &outer);
	cssp_wr_copy(&wr, confounder, CSSP_KRB5_CONFOUNDER_SIZE);
	cssp_wr_rd(&wr, plain);
	krb5_seal_put_header(&wr, &inner);
	ret = cssp_wr_done(&wr);
	if (ret)
		return ret;
	ret = cssp_krb5_encrypt(dir->key, body, wr.len - HEADER_SIZE);
	if (ret)
		return ret;
	krb5_seal_rotate(body, size - HEADER_SIZE, rrc);
	return 0;
}

int cssp_krb5_seal_with(struct cssp_krb5_dir *dir, const struct cssp_rd *plain,
			const u8 confounder[CSSP_KRB5_CONFOUNDER_SIZE], struct cssp_vbuf *out)
{
	size_t size = cssp_krb5_seal_size(dir->enctype) + plain->left;
	u8 *token;
	int ret;

	ret = krb5_seal_check_message(dir, plain->left);
	if (ret)
		return ret;
	ret = cssp_vbuf_reserve(out, out->len + size);
	if (ret)
		return ret;
	token = out->data + out->len;
	ret = krb5_seal_write(dir, plain, confounder, token, size);
	if (ret) {
		memzero_explicit(token, size);
		return ret;
	}
	out->len += size;
	dir->seq++;
	return 0;
}

int cssp_krb5_seal(struct cssp_krb5_dir *dir, const struct cssp_rd *plain, struct cssp_vbuf *out)
{
	u8 confounder[CSSP_KRB5_CONFOUNDER_SIZE];
	int ret;

	get_random_bytes(confounder, sizeof(confounder));
	ret = cssp_krb5_seal_with(dir, plain, confounder, out);
	memzero_explicit(confounder, sizeof(confounder));
	return ret;
}

/**
 * struct krb5_seal_wrap - a Wrap token of the peer
 * @header: the bytes of its header
 * @body: what follows, rotated
 * @rrc: bytes by which @body is rotated to the right
 * @ec: bytes of filler behind the plaintext
 * @plain: bytes of plaintext
 * @seq: its number
 */
struct krb5_seal_wrap {
	struct cssp_rd header;
	struct cssp_rd body;
	size_t rrc;
	size_t ec;
	size_t plain;
	u64 seq;
};

/* EC is checked again when it is known that it was not altered. */
static int krb5_seal_measure(const struct cssp_krb5_dir *dir, struct krb5_seal_wrap *w)
{
	size_t added = cssp_krb5_seal_size(dir->enctype) - HEADER_SIZE;
	int ret;

	if (w->body.left < added)
		return CSSP_E_MALFORMED;
	ret = krb5_seal_check_message(dir, w->body.left - added);
	if (ret)
		return ret;
	if (w->ec > w->body.left - added)
		return CSSP_E_MALFORMED;
	w->plain = w->body.left - added - w->ec;
	/* RFC 4121 4.2.5: any count is legal. */
	w->rrc %= w->body.left;
	return 0;
}

static int krb5_seal_parse(const struct cssp_krb5_dir *dir, const struct cssp_rd *sealed,
			   struct krb5_seal_wrap *w)
{
	const struct krb5_seal_header want = krb5_seal_wrap_header(dir, 0);
	struct krb5_seal_header h;
	int ret;

	w->body = *sealed;
	ret = krb5_seal_get_header(&w->body, &h, &w->header);
	if (ret)
		return ret;
	ret = krb5_seal_check_header(dir, &h, &want);
	if (ret)
		return ret;
	w->seq = h.seq;
	w->ec = h.counts >> 16;
	w->rrc = h.counts & U16_MAX;
	return krb5_seal_measure(dir, w);
}

/* Copy @w's body to @to, not rotated any more. */
static int krb5_seal_unrotate(const struct krb5_seal_wrap *w, u8 *to)
{
	struct cssp_wr wr = cssp_wr_of(to, w->body.left);
	struct cssp_rd start = w->body, end;
	int ret;

	ret = cssp_rd_sub(&start, w->rrc, &end);
	if (ret)
		return ret;
	cssp_wr_rd(&wr, &start);
	cssp_wr_rd(&wr, &end);
	return cssp_wr_done(&wr);
}

/*
 * Only the encrypted copy is protected: every field of the header must be the same in both.
 * The exception is RRC, which a sender sets after encryption (RFC 4121 4.2.4).
 */
static int krb5_seal_check_copy(const struct cssp_rd *header, const u8 *copy)
{
	if (crypto_memneq(header->p, copy, RRC_OFFSET) ||
	    crypto_memneq(header->p + RRC_END, copy + RRC_END, HEADER_SIZE - RRC_END))
		return CSSP_E_ALTERED;
	return 0;
}

/* @text: out: plaintext, and after it memory of no use; @w->body.left bytes. */
static int krb5_seal_open(struct cssp_krb5_dir *dir, const struct krb5_seal_wrap *w, u8 *text)
{
	int ret;

	ret = krb5_seal_unrotate(w, text);
	if (ret)
		return ret;
	ret = cssp_krb5_decrypt(dir->key, text, w->body.left);
	if (ret)
		return ret;
	ret = krb5_seal_check_copy(&w->header,
				   text + CSSP_KRB5_CONFOUNDER_SIZE + w->plain + w->ec);
	if (ret)
		return ret;
	memmove(text, text + CSSP_KRB5_CONFOUNDER_SIZE, w->plain);
	return 0;
}

int cssp_krb5_unseal(struct cssp_krb5_dir *dir, const struct cssp_rd *sealed,
		     struct cssp_vbuf *out)
{
	struct krb5_seal_wrap w;
	u8 *text;
	int ret;

	ret = krb5_seal_parse(dir, sealed, &w);
	if (ret)
		return ret;
	ret = cssp_vbuf_reserve(out, out->len + w.body.left);
	if (ret)
		return ret;
	text = out->data + out->len;
	ret = krb5_seal_open(dir, &w, text);
	if (ret) {
		memzero_explicit(text, w.body.left);
		return ret;
	}
	memzero_explicit(text + w.plain, w.body.left - w.plain);
	out->len += w.plain;
	krb5_seal_advance(dir, w.seq);
	return 0;
}

/* The checksum covers the message, then the header: RFC 4121 4.2.4. */
static int krb5_seal_checksum(struct cssp_krb5_dir *dir, const struct cssp_rd *message,
			      const u8 header[HEADER_SIZE], u8 *sum)
{
	const struct cssp_rd parts[] = { *message, cssp_rd_of(header, HEADER_SIZE) };

	return cssp_krb5_checksum(dir->key, parts, ARRAY_SIZE(parts), sum);
}

/* The MIC token that is next, cssp_krb5_mic_size() bytes. Does not use up its number. */
static int krb5_seal_mic(struct cssp_krb5_dir *dir, const struct cssp_rd *message,
			 u8 token[HEADER_SIZE + CSSP_KRB5_MAC_MAX])
{
	const struct krb5_seal_header h = krb5_seal_mic_header(dir);
	struct cssp_wr wr = cssp_wr_of(token, HEADER_SIZE);
	int ret;

	ret = krb5_seal_check_message(dir, message->left);
	if (ret)
		return ret;
	krb5_seal_put_header(&wr, &h);
	return krb5_seal_checksum(dir, message, token, token + HEADER_SIZE);
}

int cssp_krb5_sign(struct cssp_krb5_dir *dir, const struct cssp_rd *message,
		   struct cssp_vbuf *mic)
{
	u8 token[HEADER_SIZE + CSSP_KRB5_MAC_MAX];
	int ret;

	ret = krb5_seal_mic(dir, message, token);
	if (ret)
		return ret;
	ret = cssp_vbuf_append(mic, token, cssp_krb5_mic_size(dir->enctype));
	if (ret)
		return ret;
	dir->seq++;
	return 0;
}

/* Check the header of a MIC token; @sum: out: its checksum; @seq: out: its number. */
static int krb5_seal_parse_mic(const struct cssp_krb5_dir *dir, const struct cssp_rd *mic,
			       struct cssp_rd *header, struct cssp_rd *sum, u64 *seq)
{
	const struct krb5_seal_header want = krb5_seal_mic_header(dir);
	struct krb5_seal_header h;
	int ret;

	*sum = *mic;
	ret = krb5_seal_get_header(sum, &h, header);
	if (ret)
		return ret;
	if (h.counts != want.counts || sum->left != dir->enctype->mac_size)
		return CSSP_E_MALFORMED;
	*seq = h.seq;
	return krb5_seal_check_header(dir, &h, &want);
}

int cssp_krb5_verify(struct cssp_krb5_dir *dir, const struct cssp_rd *message,
		     const struct cssp_rd *mic)
{
	struct cssp_rd header, sum;
	u8 want[CSSP_KRB5_MAC_MAX];
	u64 seq;
	int ret;

	ret = krb5_seal_check_message(dir, message->left);
	if (ret)
		return ret;
	ret = krb5_seal_parse_mic(dir, mic, &header, &sum, &seq);
	if (ret)
		return ret;
	/* Over the header as received: it may have flags that are unknown here. */
	ret = krb5_seal_checksum(dir, message, header.p, want);
	if (!ret && crypto_memneq(want, sum.p, sum.left))
		ret = CSSP_E_ALTERED;
	memzero_explicit(want, sizeof(want));
	if (ret)
		return ret;
	krb5_seal_advance(dir, seq);
	return 0;
}
