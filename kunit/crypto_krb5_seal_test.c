// SPDX-License-Identifier: GPL-2.0-only
/* kmod/crypto/krb5_seal.c: Kerberos' per-message tokens. */

#include "base/status.h"
#include "krb5_util.h"
#include "ntlm_util.h"

static struct cssp_rd sealed_by(struct kunit *test, struct cssp_krb5_dir *dir,
				const struct cssp_rd *plain)
{
	struct cssp_vbuf *out = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, cssp_krb5_seal(dir, plain, out), 0);
	return cssp_vbuf_rd(out);
}

static struct cssp_rd signed_by(struct kunit *test, struct cssp_krb5_dir *dir,
				const struct cssp_rd *message)
{
	struct cssp_vbuf *out = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, cssp_krb5_sign(dir, message, out), 0);
	return cssp_vbuf_rd(out);
}

/* @dir unseals @sealed, and gets @plain. */
static void expect_unsealed(struct kunit *test, struct cssp_krb5_dir *dir,
			    const struct cssp_rd *sealed, const struct cssp_rd *plain)
{
	struct cssp_vbuf out = {};
	struct cssp_rd rd;

	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(dir, sealed, &out), 0);
	rd = cssp_vbuf_rd(&out);
	test_expect_same(test, &rd, plain);
	cssp_vbuf_free(&out);
}

/* @dir refuses @sealed with @err, and is unchanged. */
static void expect_refused(struct kunit *test, struct cssp_krb5_dir *dir,
			   const struct cssp_rd *sealed, int err, const char *what)
{
	struct cssp_vbuf out = {};
	u64 seq = dir->seq;

	KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_unseal(dir, sealed, &out), err, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, out.len, (size_t)0, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, dir->seq, seq, "%s", what);
	cssp_vbuf_free(&out);
}

static void sizes_of_tokens(struct kunit *test)
{
	static const struct {
		u32 id;
		size_t seal, mic;
	} rows[] = {
		{ 17, 60, 28 }, { 18, 60, 28 }, { 19, 64, 32 }, { 20, 72, 40 },
	};
	const struct cssp_krb5_enctype *e;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		e = cssp_krb5_enctype_find(rows[i].id);
		KUNIT_EXPECT_EQ(test, cssp_krb5_seal_size(e), rows[i].seal);
		KUNIT_EXPECT_EQ(test, cssp_krb5_mic_size(e), rows[i].mic);
	}
}

/* A MIC and a Wrap token, as an initiator sends them first */
static void initiator_known_answers(struct kunit *test)
{
	struct cssp_rd list = test_hex(test, krb5_mech_list), hash = test_hex(test, krb5_c2s_hash);
	struct cssp_rd conf = test_hex(test, krb5_confounder), token;
	struct cssp_krb5_dir *dir;
	struct cssp_vbuf *out = new_vbuf(test);

	dir = new_krb5_dir(test, 18, CSSP_KRB5_INITIATOR_TO_ACCEPTOR, true, 0x2f4437e0);
	KUNIT_ASSERT_EQ(test, cssp_krb5_sign(dir, &list, out), 0);
	EXPECT_HEX(test, out->data, out->len, krb5_initiator_mic);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, cssp_krb5_seal_with(dir, &hash, conf.p, out), 0);
	EXPECT_HEX(test, out->data, out->len, krb5_initiator_wrap);
	KUNIT_EXPECT_EQ(test, dir->seq, 0x2f4437e2ULL);

	/* The peer receives them. */
	dir = new_krb5_dir(test, 18, CSSP_KRB5_INITIATOR_TO_ACCEPTOR, true, 0x2f4437e0);
	token = test_hex(test, krb5_initiator_mic);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &list, &token), 0);
	token = test_hex(test, krb5_initiator_wrap);
	expect_unsealed(test, dir, &token, &hash);
	KUNIT_EXPECT_EQ(test, dir->seq, 0x2f4437e2ULL);
	dir->seq--;
	token = test_hex(test, krb5_initiator_wrap_rrc_0);
	expect_unsealed(test, dir, &token, &hash);
}

static void acceptor_known_answers(struct kunit *test)
{
	struct cssp_rd conf = test_hex(test, krb5_confounder), token;
	struct cssp_rd hash = test_hex(test, krb5_s2c_hash);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_krb5_dir *dir;

	dir = new_krb5_dir(test, 18, CSSP_KRB5_ACCEPTOR_TO_INITIATOR, true, 0x11223344);
	KUNIT_ASSERT_EQ(test, cssp_krb5_seal_with(dir, &hash, conf.p, out), 0);
	EXPECT_HEX(test, out->data, out->len, krb5_acceptor_wrap);
	dir = new_krb5_dir(test, 18, CSSP_KRB5_ACCEPTOR_TO_INITIATOR, true, 0x11223344);
	token = test_hex(test, krb5_acceptor_wrap);
	expect_unsealed(test, dir, &token, &hash);
}

static void known_answers_of_every_enctype(struct kunit *test)
{
	struct cssp_rd list = test_hex(test, krb5_mech_list), hash = test_hex(test, krb5_c2s_hash);
	struct cssp_rd conf = test_hex(test, krb5_confounder);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_krb5_dir *dir;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_tokens); i++) {
		dir = new_krb5_dir(test, krb5_tokens[i].enctype, CSSP_KRB5_INITIATOR_TO_ACCEPTOR,
				   false, 0x100000002ULL);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, cssp_krb5_sign(dir, &list, out), 0);
		EXPECT_HEX(test, out->data, out->len, krb5_tokens[i].mic);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, cssp_krb5_seal_with(dir, &hash, conf.p, out), 0);
		EXPECT_HEX(test, out->data, out->len, krb5_tokens[i].wrap);
	}
}

/* In memory of exactly its size, where KASAN detects a read past the end */
static void round_trips_of_every_length(struct kunit *test)
{
	struct cssp_rd plain = krb5_pattern(test, SWEEP_MAX), sealed, got;
	struct cssp_krb5_dir *ours, *theirs;
	struct cssp_vbuf token, out;
	unsigned int i;
	u8 *copy;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		ours = new_initiator(test, krb5_enctypes[i]);
		theirs = new_initiator(test, krb5_enctypes[i]);
		for (plain.left = 0; plain.left <= SWEEP_MAX; plain.left++) {
			token = (struct cssp_vbuf){};
			out = (struct cssp_vbuf){};
			KUNIT_ASSERT_EQ(test, cssp_krb5_seal(ours, &plain, &token), 0);
			KUNIT_EXPECT_EQ(test, token.len,
					cssp_krb5_seal_size(ours->enctype) + plain.left);
			copy = kmemdup(token.data, token.len, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, copy);
			sealed = cssp_rd_of(copy, token.len);
			KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(theirs, &sealed, &out), 0);
			got = cssp_vbuf_rd(&out);
			test_expect_same(test, &got, &plain);
			kfree(copy);
			cssp_vbuf_free(&token);
			cssp_vbuf_free(&out);
		}
	}
}

static void what_is_there_stays(struct kunit *test)
{
	struct cssp_krb5_dir *ours = new_initiator(test, 18), *theirs = new_initiator(test, 18);
	struct cssp_rd plain = test_str("plaintext"), sealed;
	struct cssp_vbuf *out = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(out, "before", 6), 0);
	KUNIT_ASSERT_EQ(test, cssp_krb5_seal(ours, &plain, out), 0);
	KUNIT_EXPECT_MEMEQ(test, out->data, "before", 6);
	sealed = cssp_rd_of(out->data + 6, out->len - 6);
	sealed = test_copy(test, &sealed);
	out->len = 6;
	KUNIT_ASSERT_EQ(test, cssp_krb5_unseal(theirs, &sealed, out), 0);
	KUNIT_ASSERT_EQ(test, out->len, (size_t)15);
	KUNIT_EXPECT_MEMEQ(test, out->data, "beforeplaintext", 15);
	/* A replay */
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(theirs, &sealed, out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)15);
}

/* Nothing of a plaintext is left behind one that was not accepted, or behind the accepted. */
static void unseal_wipes(struct kunit *test)
{
	struct cssp_krb5_dir *ours = new_initiator(test, 18), *theirs = new_initiator(test, 18);
	struct cssp_rd plain = krb5_pattern(test, 64), sealed = sealed_by(test, ours, &plain);
	struct cssp_rd bad = test_copy(test, &sealed);
	struct cssp_vbuf *out = new_vbuf(test);
	size_t i;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(out, sealed.left), 0);
	((u8 *)bad.p)[bad.left - 1] ^= 1;
	memset(out->data, 0, out->cap);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(theirs, &bad, out), CSSP_E_ALTERED);
	for (i = 0; i < out->cap; i++)
		KUNIT_EXPECT_EQ(test, out->data[i], 0);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(theirs, &sealed, out), 0);
	for (i = out->len; i < out->cap; i++)
		KUNIT_EXPECT_EQ(test, out->data[i], 0);
}

static void confounders_are_random(struct kunit *test)
{
	struct cssp_krb5_dir *dir = new_initiator(test, 18);
	struct cssp_rd plain = test_str("the same plaintext"), first, second;

	first = sealed_by(test, dir, &plain);
	dir->seq--;
	second = sealed_by(test, dir, &plain);
	KUNIT_ASSERT_EQ(test, first.left, second.left);
	KUNIT_EXPECT_MEMEQ(test, first.p, second.p, KRB5_HEADER);
	KUNIT_EXPECT_MEMNEQ(test, first.p + KRB5_HEADER, second.p + KRB5_HEADER,
			    first.left - KRB5_HEADER);
}

static void unseal_refuses_every_flipped_bit(struct kunit *test)
{
	struct cssp_rd plain = krb5_pattern(test, 32), sealed;
	struct cssp_krb5_dir *dir;
	unsigned int i;
	size_t bit;
	u8 *bytes;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		dir = new_initiator(test, krb5_enctypes[i]);
		sealed = sealed_by(test, dir, &plain);
		sealed = test_copy(test, &sealed);
		bytes = (u8 *)sealed.p;
		dir = new_initiator(test, krb5_enctypes[i]);
		for (bit = 0; bit < 8 * sealed.left; bit++) {
			bool malformed = bit / 8 < 2 || bit / 8 == 3;	/* TOK_ID, filler */
			struct cssp_vbuf out = {};
			int ret;

			bytes[bit / 8] ^= 1 << bit % 8;
			ret = cssp_krb5_unseal(dir, &sealed, &out);
			if (malformed)
				KUNIT_EXPECT_EQ_MSG(test, ret, CSSP_E_MALFORMED, "bit %zu", bit);
			/* EC, the fifth and sixth byte, may be more than there is. */
			else if (bit / 8 != 4 && bit / 8 != 5)
				KUNIT_EXPECT_EQ_MSG(test, ret, CSSP_E_ALTERED, "bit %zu", bit);
			else
				KUNIT_EXPECT_LT_MSG(test, ret, 0, "bit %zu", bit);
			KUNIT_EXPECT_EQ(test, out.len, (size_t)0);
			bytes[bit / 8] ^= 1 << bit % 8;
			cssp_vbuf_free(&out);
		}
		expect_unsealed(test, dir, &sealed, &plain);
	}
}

static void unseal_refuses_every_truncation(struct kunit *test)
{
	struct cssp_rd plain = krb5_pattern(test, 32), sealed, cut;
	struct cssp_krb5_dir *dir;
	unsigned int i;
	size_t n;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		dir = new_initiator(test, krb5_enctypes[i]);
		sealed = sealed_by(test, dir, &plain);
		dir = new_initiator(test, krb5_enctypes[i]);
		for (n = 0; n < sealed.left; n++) {
			cut = cssp_rd_of(sealed.p, n);
			cut = test_copy(test, &cut);
			expect_refused(test, dir, &cut, n < cssp_krb5_seal_size(dir->enctype) ?
				       CSSP_E_MALFORMED : CSSP_E_ALTERED, "cut");
			kunit_kfree(test, cut.p);
		}
	}
}

/* The receiver takes any EC and any RRC, also more than a whole turn. */
static void unseal_takes_any_filler_and_rotation(struct kunit *test)
{
	static const u16 ecs[] = { 0, 1, 12, 15, 16, 17, 300 };
	static const u16 rrcs[] = {
		0, 1, 12, 16, 28, 32, 40, 44, 59, 60, 61, 76, 255, 4096, U16_MAX
	};
	struct cssp_rd plain = krb5_pattern(test, 33), token;
	struct cssp_krb5_dir *dir;
	unsigned int i, j, k;
	struct krb5_wrap w;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		dir = new_initiator(test, krb5_enctypes[i]);
		for (j = 0; j < ARRAY_SIZE(ecs); j++) {
			for (k = 0; k < ARRAY_SIZE(rrcs); k++) {
				w = krb5_wrap_of(ecs[j], rrcs[k]);
				token = krb5_wrap_made(test, dir->enctype, &w, &plain);
				dir->seq = FIRST_SEQ;
				expect_unsealed(test, dir, &token, &plain);
			}
		}
	}
}

static void unseal_takes_every_rotation(struct kunit *test)
{
	struct cssp_krb5_dir *dir = new_initiator(test, 20);
	struct cssp_rd plain = krb5_pattern(test, 5), nothing = {}, token;
	struct krb5_wrap w;
	u16 rrc;

	for (rrc = 0; rrc < 200; rrc++) {
		w = krb5_wrap_of(0, rrc);
		token = krb5_wrap_made(test, dir->enctype, &w, &plain);
		dir->seq = FIRST_SEQ;
		expect_unsealed(test, dir, &token, &plain);
		/* Filler alone */
		w = krb5_wrap_of(7, rrc);
		token = krb5_wrap_made(test, dir->enctype, &w, &nothing);
		dir->seq = FIRST_SEQ;
		expect_unsealed(test, dir, &token, &nothing);
	}
}

/* CVE-2024-37370: the clear header may be altered, its encrypted copy may not. */
static void unseal_compares_the_copy(struct kunit *test)
{
	struct cssp_krb5_dir *dir = new_initiator(test, 18);
	struct cssp_rd plain = krb5_pattern(test, 33), token;
	struct krb5_wrap w;
	size_t bit;

	for (bit = 0; bit < 8 * KRB5_HEADER; bit++) {
		w = krb5_wrap_of(3, 28);
		w.inner[bit / 8] ^= 1 << bit % 8;
		token = krb5_wrap_made(test, dir->enctype, &w, &plain);
		/* RRC is set after encryption, so the copy's is of no importance. */
		if (bit / 8 == 6 || bit / 8 == 7) {
			expect_unsealed(test, dir, &token, &plain);
			dir->seq = FIRST_SEQ;
			continue;
		}
		expect_refused(test, dir, &token, CSSP_E_ALTERED, "copy altered");
	}
}

/* The peer's EC 0 became a larger one, which would cut the plaintext, and the reverse. */
static void unseal_refuses_another_ec(struct kunit *test)
{
	struct cssp_krb5_dir *dir = new_initiator(test, 18);
	struct cssp_rd plain = krb5_pattern(test, 33), token;
	struct krb5_wrap w;
	u16 ec;

	for (ec = 1; ec < 100; ec++) {
		w = krb5_wrap_of(0, 28);
		w.ec = ec;
		token = krb5_wrap_made(test, dir->enctype, &w, &plain);
		expect_refused(test, dir, &token, ec > plain.left ? CSSP_E_MALFORMED :
			       CSSP_E_ALTERED, "EC added");
		w = krb5_wrap_of(ec, 28);
		w.ec = 0;
		token = krb5_wrap_made(test, dir->enctype, &w, &plain);
		expect_refused(test, dir, &token, CSSP_E_ALTERED, "EC removed");
	}
	/* More filler than there is, in both headers */
	w = krb5_wrap_of(U16_MAX, 28);
	w.filler = 0;
	token = krb5_wrap_made(test, dir->enctype, &w, &plain);
	expect_refused(test, dir, &token, CSSP_E_MALFORMED, "EC of 65535");
	w = krb5_wrap_of(plain.left + 1, 28);
	w.filler = 0;
	token = krb5_wrap_made(test, dir->enctype, &w, &plain);
	expect_refused(test, dir, &token, CSSP_E_MALFORMED, "EC one too many");
}

/* Both headers say the same here, and the checksum is right. */
static void unseal_checks_flags(struct kunit *test)
{
	static const struct {
		u8 flags;
		bool taken;
	} rows[] = {
		{ 6, true }, { 7, false }, { 4, false }, { 2, false }, { 0, false },
		/* RFC 4121 4.2.2: unknown flags are ignored. */
		{ 0x86, true }, { 0xfe, true }, { 0xfc, false },
	};
	struct cssp_krb5_dir *dir = new_initiator(test, 18);
	struct cssp_rd plain = krb5_pattern(test, 33), token;
	unsigned int i;
	struct krb5_wrap w;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		w = krb5_wrap_of(0, 28);
		w.flags = rows[i].flags;
		w.inner[2] = rows[i].flags;
		token = krb5_wrap_made(test, dir->enctype, &w, &plain);
		dir->seq = FIRST_SEQ;
		if (rows[i].taken)
			expect_unsealed(test, dir, &token, &plain);
		else
			expect_refused(test, dir, &token, CSSP_E_ALTERED, "flags");
	}
}

static void unseal_refuses_what_is_not_next(struct kunit *test)
{
	struct cssp_krb5_dir *ours = new_initiator(test, 18), *dir = new_initiator(test, 18);
	struct cssp_rd plain = krb5_pattern(test, 20), tokens[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		tokens[i] = sealed_by(test, ours, &plain);
	expect_refused(test, dir, &tokens[1], CSSP_E_ALTERED, "one left out");
	expect_unsealed(test, dir, &tokens[0], &plain);
	expect_refused(test, dir, &tokens[0], CSSP_E_ALTERED, "a replay");
	expect_refused(test, dir, &tokens[2], CSSP_E_ALTERED, "one left out");
	expect_unsealed(test, dir, &tokens[1], &plain);
	expect_unsealed(test, dir, &tokens[2], &plain);
	expect_refused(test, dir, &tokens[1], CSSP_E_ALTERED, "a replay");

	/* The number counts with all of its 64 bits. */
	dir->seq = FIRST_SEQ | 1ULL << 32;
	expect_refused(test, dir, &tokens[0], CSSP_E_ALTERED, "high half of the number");
}

/* A reflected token, and those of a session with another key or subkey */
static void unseal_refuses_other_directions(struct kunit *test)
{
	struct cssp_rd plain = krb5_pattern(test, 20), token;
	struct cssp_krb5_dir *dir;

	token = sealed_by(test, new_initiator(test, 18), &plain);
	dir = new_krb5_dir(test, 18, CSSP_KRB5_ACCEPTOR_TO_INITIATOR, true, FIRST_SEQ);
	expect_refused(test, dir, &token, CSSP_E_ALTERED, "reflected");
	dir = new_krb5_dir(test, 18, CSSP_KRB5_INITIATOR_TO_ACCEPTOR, false, FIRST_SEQ);
	expect_refused(test, dir, &token, CSSP_E_ALTERED, "subkey");
	dir = new_initiator(test, 17);
	expect_refused(test, dir, &token, CSSP_E_ALTERED, "another key");
	dir = new_initiator(test, 20);
	expect_refused(test, dir, &token, CSSP_E_ALTERED, "another encryption type");
	plain.left = 8;
	token = sealed_by(test, new_initiator(test, 18), &plain);
	expect_refused(test, dir, &token, CSSP_E_MALFORMED, "too short for SHA-384");
}

static void signatures_and_messages_share_numbers(struct kunit *test)
{
	struct cssp_krb5_dir *ours = new_initiator(test, 19), *dir = new_initiator(test, 19);
	struct cssp_rd message = krb5_pattern(test, 20), mic, sealed;

	mic = signed_by(test, ours, &message);
	sealed = sealed_by(test, ours, &message);
	KUNIT_EXPECT_EQ(test, ours->seq, FIRST_SEQ + 2);
	expect_refused(test, dir, &sealed, CSSP_E_ALTERED, "the MIC comes first");
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &message, &mic), 0);
	expect_unsealed(test, dir, &sealed, &message);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &message, &mic), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, dir->seq, FIRST_SEQ + 2);
}

/* A peer that does not ask for order begins where it likes, and goes on from there. */
static void the_first_token_says_the_number(struct kunit *test)
{
	const enum cssp_krb5_way way = CSSP_KRB5_INITIATOR_TO_ACCEPTOR;
	struct cssp_krb5_dir *tx = new_krb5_dir(test, CSSP_KRB5_AES256_SHA1, way, true, 0);
	struct cssp_krb5_dir *rx = new_initiator(test, CSSP_KRB5_AES256_SHA1);
	struct cssp_vbuf *first = new_vbuf(test), *second = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_rd plain = krb5_pattern(test, 20), rd;

	KUNIT_ASSERT_EQ(test, cssp_krb5_seal(tx, &plain, first), 0);
	KUNIT_ASSERT_EQ(test, cssp_krb5_sign(tx, &plain, second), 0);
	rd = cssp_vbuf_rd(first);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(rx, &rd, out), CSSP_E_ALTERED);
	cssp_krb5_dir_take_first(rx);
	/* Only an authentic token says it. */
	first->data[first->len - 1] ^= 1;
	KUNIT_EXPECT_NE(test, cssp_krb5_unseal(rx, &rd, out), 0);
	first->data[first->len - 1] ^= 1;
	KUNIT_EXPECT_TRUE(test, rx->first);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(rx, &rd, out), 0);
	KUNIT_EXPECT_EQ(test, rx->seq, 1ULL);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(rx, &rd, out), CSSP_E_ALTERED);
	rd = cssp_vbuf_rd(second);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(rx, &plain, &rd), 0);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(rx, &plain, &rd), CSSP_E_ALTERED);
	/* The last number is not used, not even first. */
	tx->seq = U64_MAX - 1;
	cssp_vbuf_clear(second);
	KUNIT_ASSERT_EQ(test, cssp_krb5_sign(tx, &plain, second), 0);
	rd = cssp_vbuf_rd(second);
	cssp_krb5_dir_take_first(rx);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(rx, &plain, &rd), 0);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(rx, &plain, &rd), -EOVERFLOW);
}

static void signatures_of_every_length(struct kunit *test)
{
	struct cssp_rd message = krb5_pattern(test, SWEEP_MAX), mic;
	struct cssp_krb5_dir *ours, *theirs;
	struct cssp_vbuf out = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		ours = new_initiator(test, krb5_enctypes[i]);
		theirs = new_initiator(test, krb5_enctypes[i]);
		for (message.left = 0; message.left <= SWEEP_MAX; message.left++) {
			cssp_vbuf_clear(&out);
			KUNIT_EXPECT_EQ(test, cssp_krb5_sign(ours, &message, &out), 0);
			KUNIT_EXPECT_EQ(test, out.len, cssp_krb5_mic_size(ours->enctype));
			mic = cssp_vbuf_rd(&out);
			KUNIT_EXPECT_EQ(test, cssp_krb5_verify(theirs, &message, &mic), 0);
		}
	}
	cssp_vbuf_free(&out);
}

/* CVE-2025-57736: no MIC is taken for a good one because it is short or malformed. */
static void verify_refuses(struct kunit *test)
{
	struct cssp_rd message = krb5_pattern(test, 40), mic, cut;
	struct cssp_krb5_dir *dir;
	unsigned int i;
	size_t bit, n;
	u8 *bytes;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		mic = signed_by(test, new_initiator(test, krb5_enctypes[i]), &message);
		dir = new_initiator(test, krb5_enctypes[i]);
		/* One byte more than it has */
		bytes = test_room(test, mic.left + 1);
		memcpy(bytes, mic.p, mic.left);
		mic.p = bytes;
		for (bit = 0; bit < 8 * mic.left; bit++) {
			bool malformed = bit / 8 < 8 && bit / 8 != 2;	/* all but the flags */

			bytes[bit / 8] ^= 1 << bit % 8;
			KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_verify(dir, &message, &mic),
					    malformed ? CSSP_E_MALFORMED : CSSP_E_ALTERED,
					    "bit %zu", bit);
			bytes[bit / 8] ^= 1 << bit % 8;
		}
		for (n = 0; n <= mic.left + 1; n++) {
			cut = cssp_rd_of(mic.p, n);
			if (n != mic.left)
				KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_verify(dir, &message, &cut),
						    CSSP_E_MALFORMED, "%zu bytes", n);
		}
		message.left--;
		KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &message, &mic), CSSP_E_ALTERED);
		message.left++;
		KUNIT_EXPECT_EQ(test, dir->seq, FIRST_SEQ);
		KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &message, &mic), 0);
	}
}

/* A Wrap token is no MIC token, and the reverse. */
static void kinds_of_tokens(struct kunit *test)
{
	struct cssp_rd message = krb5_pattern(test, 40), mic, sealed;
	struct cssp_krb5_dir *dir = new_initiator(test, 18);

	mic = signed_by(test, new_initiator(test, 18), &message);
	sealed = sealed_by(test, new_initiator(test, 18), &message);
	expect_refused(test, dir, &mic, CSSP_E_MALFORMED, "a MIC");
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &message, &sealed), CSSP_E_MALFORMED);
	sealed.left = mic.left;
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &message, &sealed), CSSP_E_MALFORMED);
}

static void limits_of_a_direction(struct kunit *test)
{
	struct cssp_vbuf *big = new_vbuf(test), *out = new_vbuf(test), *back = new_vbuf(test);
	struct cssp_krb5_dir *dir = new_initiator(test, 20);
	struct cssp_rd rd, sealed, nothing = cssp_rd_of(NULL, 0);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(big, 2 * CSSP_KRB5_MAX_MESSAGE), 0);
	memset(big->data, 0x5a, 2 * CSSP_KRB5_MAX_MESSAGE);
	rd = cssp_rd_of(big->data, CSSP_KRB5_MAX_MESSAGE + 1);
	KUNIT_EXPECT_EQ(test, cssp_krb5_seal(dir, &rd, out), CSSP_E_TOO_BIG);
	KUNIT_EXPECT_EQ(test, cssp_krb5_sign(dir, &rd, out), CSSP_E_TOO_BIG);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &rd, &nothing), CSSP_E_TOO_BIG);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, dir->seq, FIRST_SEQ);
	/* The longest message, vmalloc'd on both sides */
	rd.left = CSSP_KRB5_MAX_MESSAGE;
	KUNIT_ASSERT_EQ(test, cssp_krb5_seal(dir, &rd, out), 0);
	sealed = cssp_vbuf_rd(out);
	dir->seq = FIRST_SEQ;
	KUNIT_ASSERT_EQ(test, cssp_krb5_unseal(dir, &sealed, back), 0);
	KUNIT_ASSERT_EQ(test, back->len, rd.left);
	KUNIT_EXPECT_EQ(test, memcmp(back->data, rd.p, rd.left), 0);
	/* One byte more */
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(out, "", 1), 0);
	sealed = cssp_vbuf_rd(out);
	dir->seq = FIRST_SEQ;
	cssp_vbuf_clear(back);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(dir, &sealed, back), CSSP_E_TOO_BIG);
}

/* No number is used twice, so the last one is not used at all. */
static void numbers_end(struct kunit *test)
{
	struct cssp_krb5_dir *dir = new_initiator(test, 18);
	struct cssp_rd plain = test_str("plaintext"), sealed, mic;
	struct cssp_vbuf *out = new_vbuf(test);

	dir->seq = U64_MAX - 1;
	sealed = sealed_by(test, dir, &plain);
	KUNIT_EXPECT_EQ(test, dir->seq, U64_MAX);
	KUNIT_EXPECT_EQ(test, cssp_krb5_seal(dir, &plain, out), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, cssp_krb5_sign(dir, &plain, out), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
	dir->seq = U64_MAX - 1;
	expect_unsealed(test, dir, &sealed, &plain);
	dir->seq = U64_MAX - 1;
	mic = signed_by(test, dir, &plain);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(dir, &plain, &mic), -EOVERFLOW);
}

static void wiped_directions(struct kunit *test)
{
	struct cssp_krb5_dir *dir = new_initiator(test, 18);
	struct cssp_krb5_dir empty = {};

	cssp_krb5_dir_wipe(dir);
	KUNIT_EXPECT_EQ(test, memcmp(dir, &empty, sizeof(empty)), 0);
	/* Again, also when the test ends */
	cssp_krb5_dir_wipe(dir);
	cssp_krb5_dir_wipe(&empty);
}

static struct kunit_case krb5_seal_cases[] = {
	KUNIT_CASE(sizes_of_tokens),
	KUNIT_CASE(initiator_known_answers),
	KUNIT_CASE(acceptor_known_answers),
	KUNIT_CASE(known_answers_of_every_enctype),
	KUNIT_CASE(round_trips_of_every_length),
	KUNIT_CASE(what_is_there_stays),
	KUNIT_CASE(unseal_wipes),
	KUNIT_CASE(confounders_are_random),
	KUNIT_CASE(unseal_refuses_every_flipped_bit),
	KUNIT_CASE(unseal_refuses_every_truncation),
	KUNIT_CASE(unseal_takes_any_filler_and_rotation),
	KUNIT_CASE(unseal_takes_every_rotation),
	KUNIT_CASE(unseal_compares_the_copy),
	KUNIT_CASE(unseal_refuses_another_ec),
	KUNIT_CASE(unseal_checks_flags),
	KUNIT_CASE(unseal_refuses_what_is_not_next),
	KUNIT_CASE(unseal_refuses_other_directions),
	KUNIT_CASE(signatures_and_messages_share_numbers),
	KUNIT_CASE(the_first_token_says_the_number),
	KUNIT_CASE(signatures_of_every_length),
	KUNIT_CASE(verify_refuses),
	KUNIT_CASE(kinds_of_tokens),
	KUNIT_CASE(limits_of_a_direction),
	KUNIT_CASE(numbers_end),
	KUNIT_CASE(wiped_directions),
	{}
};

static struct kunit_suite krb5_seal_suite = {
	.name = "credssp_crypto_krb5_seal",
	.test_cases = krb5_seal_cases,
};

kunit_test_suite(krb5_seal_suite);
