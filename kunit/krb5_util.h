/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of the suites of Kerberos' cryptography. Objects are freed with the test case. */
#ifndef KUNIT_KRB5_UTIL_H
#define KUNIT_KRB5_UTIL_H

#include "crypto/krb5_crypto.h"
#include "crypto/krb5_seal.h"
#include "util.h"
#include "vectors/krb5.h"

/* The longest message of the sweeps over lengths: several blocks, whole and not. */
#define SWEEP_MAX	300

static const u32 krb5_enctypes[] = {
	CSSP_KRB5_AES128_SHA1, CSSP_KRB5_AES256_SHA1,
	CSSP_KRB5_AES128_SHA256, CSSP_KRB5_AES256_SHA384,
};

/* Bytes that differ from their neighbours and from a filler. */
static inline struct cssp_rd krb5_pattern(struct kunit *test, size_t n)
{
	u8 *bytes = test_room(test, n);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = i * 7 + n;
	return cssp_rd_of(bytes, n);
}

#define KRB5_HEADER	16
/* Number of the first token of new_initiator() */
#define FIRST_SEQ	0x2f4437e1ULL

KUNIT_DEFINE_ACTION_WRAPPER(wipe_krb5_dir_action, cssp_krb5_dir_wipe, struct cssp_krb5_dir *);
KUNIT_DEFINE_ACTION_WRAPPER(free_krb5_key_action, cssp_krb5_key_free, struct cssp_krb5_key *);

static inline const char *krb5_key_of(const struct cssp_krb5_enctype *e)
{
	return e->key_size == 16 ? krb5_key_128 : krb5_key_256;
}

static inline struct cssp_krb5_dir *new_krb5_dir(struct kunit *test, u32 enctype,
						 enum cssp_krb5_way way,
						 bool acceptor_subkey, u64 seq)
{
	const struct cssp_krb5_enctype *e = cssp_krb5_enctype_find(enctype);
	struct cssp_krb5_dir *dir = kunit_kzalloc(test, sizeof(*dir), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, e);
	KUNIT_ASSERT_NOT_NULL(test, dir);
	KUNIT_ASSERT_EQ(test, cssp_krb5_dir_init(dir, e, test_hex(test, krb5_key_of(e)).p, way,
						 acceptor_subkey, seq), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, wipe_krb5_dir_action, dir), 0);
	return dir;
}

/* The direction of most tests */
static inline struct cssp_krb5_dir *new_initiator(struct kunit *test, u32 enctype)
{
	return new_krb5_dir(test, enctype, CSSP_KRB5_INITIATOR_TO_ACCEPTOR, true, FIRST_SEQ);
}

/**
 * struct krb5_wrap - a Wrap token, made by hand
 * @flags, @ec, @rrc, @seq: of the header
 * @inner: its encrypted copy
 * @filler: bytes behind the plaintext, @ec of them if the token is right
 */
struct krb5_wrap {
	u8 flags;
	u16 ec, rrc;
	u64 seq;
	u8 inner[KRB5_HEADER];
	size_t filler;
};

static inline void krb5_put_header(struct cssp_wr *wr, const struct krb5_wrap *w, u16 rrc)
{
	cssp_wr_be16(wr, 0x0504);
	cssp_wr_u8(wr, w->flags);
	cssp_wr_u8(wr, 0xff);
	cssp_wr_be16(wr, w->ec);
	cssp_wr_be16(wr, rrc);
	cssp_wr_be32(wr, w->seq >> 32);
	cssp_wr_be32(wr, w->seq);
}

/* What new_initiator() sends first, with @ec bytes of filler and rotated by @rrc. */
static inline struct krb5_wrap krb5_wrap_of(u16 ec, u16 rrc)
{
	struct krb5_wrap w = { .flags = 6, .ec = ec, .rrc = rrc, .seq = FIRST_SEQ, .filler = ec };
	struct cssp_wr wr = cssp_wr_of(w.inner, sizeof(w.inner));

	krb5_put_header(&wr, &w, 0);
	return w;
}

/* @n bytes at @p rotated right by @by, one byte at a time */
static inline void krb5_rotate(u8 *p, size_t n, size_t by)
{
	for (by %= n; by--; ) {
		u8 last = p[n - 1];

		memmove(p + 1, p, n - 1);
		*p = last;
	}
}

static inline struct cssp_rd krb5_wrap_made(struct kunit *test,
					    const struct cssp_krb5_enctype *e,
					    const struct krb5_wrap *w,
					    const struct cssp_rd *plain)
{
	size_t text = CSSP_KRB5_CONFOUNDER_SIZE + plain->left + w->filler + KRB5_HEADER;
	size_t size = KRB5_HEADER + text + e->mac_size;
	const u8 *protocol_key = test_hex(test, krb5_key_of(e)).p;
	u8 *token = test_room(test, size), *filler;
	struct cssp_wr wr = cssp_wr_of(token, size);
	struct cssp_krb5_key *key;

	KUNIT_ASSERT_EQ(test, cssp_krb5_key_create(&key, e, protocol_key, 24, 25), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_krb5_key_action, key), 0);
	krb5_put_header(&wr, w, w->rrc);
	cssp_wr_zero(&wr, CSSP_KRB5_CONFOUNDER_SIZE);
	cssp_wr_rd(&wr, plain);
	filler = cssp_wr_take(&wr, w->filler);
	KUNIT_ASSERT_NOT_NULL(test, filler);
	memset(filler, 0xee, w->filler);
	cssp_wr_copy(&wr, w->inner, KRB5_HEADER);
	KUNIT_ASSERT_EQ(test, cssp_wr_done(&wr), 0);
	KUNIT_ASSERT_EQ(test, cssp_krb5_encrypt(key, token + KRB5_HEADER, text), 0);
	krb5_rotate(token + KRB5_HEADER, size - KRB5_HEADER, w->rrc);
	return cssp_rd_of(token, size);
}

#endif
