// SPDX-License-Identifier: GPL-2.0-only
/* Sessions in wrong replies of a helper, and records that are not data. */
#include "tls_util.h"

#include "base/compat.h"
#include "wire/tls_record.h"

KUNIT_ARRAY_PARAM(suites, tls_suites, tls_suite_name);

static void session_free(void *data)
{
	cssp_tls_session_wipe(data);
}

static struct cssp_tls_session *session(struct kunit *test)
{
	struct cssp_tls_session *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, session_free, s), 0);
	return s;
}

/* The bytes of the helper's IV are in the right places of crypto_info. */
static void expect_direction(struct kunit *test, const struct cssp_tls_direction *d,
			     const struct credssp_hlp_tls_keys *k, u16 version)
{
	bool v13 = version == 0x0304;

	KUNIT_EXPECT_EQ(test, d->info.version, version);
	switch (d->info.cipher_type) {
	case TLS_CIPHER_AES_GCM_128:
		KUNIT_EXPECT_EQ(test, d->size, sizeof(d->aes128));
		KUNIT_EXPECT_MEMEQ(test, d->aes128.key, k->key, 16);
		KUNIT_EXPECT_MEMEQ(test, d->aes128.salt, k->iv, 4);
		KUNIT_EXPECT_MEMEQ(test, d->aes128.iv, v13 ? k->iv + 4 : k->seq, 8);
		KUNIT_EXPECT_MEMEQ(test, d->aes128.rec_seq, k->seq, 8);
		break;
	case TLS_CIPHER_AES_GCM_256:
		KUNIT_EXPECT_EQ(test, d->size, sizeof(d->aes256));
		KUNIT_EXPECT_MEMEQ(test, d->aes256.key, k->key, 32);
		KUNIT_EXPECT_MEMEQ(test, d->aes256.salt, k->iv, 4);
		KUNIT_EXPECT_MEMEQ(test, d->aes256.iv, v13 ? k->iv + 4 : k->seq, 8);
		KUNIT_EXPECT_MEMEQ(test, d->aes256.rec_seq, k->seq, 8);
		break;
	case TLS_CIPHER_CHACHA20_POLY1305:
		KUNIT_EXPECT_EQ(test, d->size, sizeof(d->chacha));
		KUNIT_EXPECT_MEMEQ(test, d->chacha.key, k->key, 32);
		KUNIT_EXPECT_MEMEQ(test, d->chacha.iv, k->iv, 12);
		KUNIT_EXPECT_MEMEQ(test, d->chacha.rec_seq, k->seq, 8);
		break;
	default:
		KUNIT_FAIL(test, "cipher %u", d->info.cipher_type);
	}
}

static void session_takes_every_cipher(struct kunit *test)
{
	const struct tls_suite *suite = test->param_value;
	struct cssp_rd chain = tls_chain(test), rd;
	struct cssp_tls_session *s = session(test);
	struct credssp_hlp_tls_reply r;

	tls_reply(&r, suite, false);
	r.trust = CREDSSP_TRUST_EXPIRED;
	KUNIT_ASSERT_EQ(test, cssp_tls_session_set(s, &r, &chain), 0);

	expect_direction(test, &s->tx, &r.tx, suite->version);
	expect_direction(test, &s->rx, &r.rx, suite->version);
	KUNIT_EXPECT_EQ(test, s->version, suite->version);
	KUNIT_EXPECT_EQ(test, s->cipher, suite->suite);
	KUNIT_EXPECT_EQ(test, s->trust, CREDSSP_TRUST_EXPIRED);
	KUNIT_EXPECT_EQ(test, cssp_tls_overhead_before(s), suite->before);
	KUNIT_EXPECT_EQ(test, cssp_tls_overhead_after(s), suite->after);
	rd = cssp_vbuf_rd(&s->cert);
	test_expect_hex(test, &rd, tls_certs[0].cert);
	rd = cssp_vbuf_rd(&s->public_key);
	test_expect_hex(test, &rd, tls_certs[0].key);
}

/* One wrong value each: the field of the reply, and its value. */
enum field {
	VERSION, CIPHER, TRUST, TX_KEY, RX_KEY, TX_IV, RX_IV, TX_SEQ, RX_SEQ,
	LIMIT,
};

struct lie {
	const char *name;
	const struct tls_suite *suite;
	enum field field;
	u64 value;
};

static const struct lie lies[] = {
	{ "version 1.1", TLS_12_AES128, VERSION, 0x0302 },
	{ "version 0", TLS_12_AES128, VERSION, 0 },
	{ "1.2 cipher in 1.3", TLS_12_AES128, VERSION, 0x0304 },
	{ "1.3 cipher in 1.2", TLS_13_AES128, VERSION, 0x0303 },
	{ "CBC cipher", TLS_12_AES128, CIPHER, 0xc013 },
	{ "CCM cipher", TLS_13_AES128, CIPHER, 0x1304 },
	{ "no cipher", TLS_13_AES128, CIPHER, 0 },
	{ "longer cipher", TLS_13_AES128, CIPHER, 0x1302 },
	{ "unknown trust", TLS_13_AES128, TRUST, 0x100 },
	{ "tx key short", TLS_13_AES128, TX_KEY, 15 },
	{ "tx key long", TLS_13_AES128, TX_KEY, 32 },
	{ "tx key past its room", TLS_13_AES128, TX_KEY, 0xffff },
	{ "rx key none", TLS_13_AES128, RX_KEY, 0 },
	{ "tx iv of 1.2 in 1.3", TLS_13_AES128, TX_IV, 4 },
	{ "rx iv past its room", TLS_13_AES128, RX_IV, 13 },
	{ "rx iv of 1.3 in 1.2", TLS_12_AES128, RX_IV, 12 },
	{ "tx iv none", TLS_12_AES128, TX_IV, 0 },
	{ "tx number 0 in 1.2", TLS_12_AES128, TX_SEQ, 0 },
	{ "rx number 0 in 1.2", TLS_12_AES128, RX_SEQ, 0 },
	{ "tx number about to wrap", TLS_13_AES128, TX_SEQ, ~0ULL },
	{ "rx number native-endian", TLS_13_AES128, RX_SEQ, 1ULL << 56 },
	{ "a limit of the record too small", TLS_13_AES128, LIMIT, 62 },
	{ "... too large", TLS_13_AES128, LIMIT, 16385 },
};

static void tell(struct credssp_hlp_tls_reply *r, const struct lie *lie)
{
	switch (lie->field) {
	case VERSION:
		r->version = lie->value;
		break;
	case CIPHER:
		r->cipher = lie->value;
		break;
	case TRUST:
		r->trust = lie->value;
		break;
	case TX_KEY:
		r->tx.key_length = lie->value;
		break;
	case RX_KEY:
		r->rx.key_length = lie->value;
		break;
	case TX_IV:
		r->tx.iv_length = lie->value;
		break;
	case RX_IV:
		r->rx.iv_length = lie->value;
		break;
	case TX_SEQ:
		put_unaligned_be64(lie->value, r->tx.seq);
		break;
	case RX_SEQ:
		put_unaligned_be64(lie->value, r->rx.seq);
		break;
	case LIMIT:
		r->record_limit = lie->value;
		break;
	}
}

static void lie_name(const struct lie *lie, char *desc)
{
	strscpy(desc, lie->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lies, lies, lie_name);

static void session_refuses_wrong_values(struct kunit *test)
{
	const struct lie *lie = test->param_value;
	struct cssp_rd chain = tls_chain(test);
	struct cssp_tls_session *s = session(test);
	struct credssp_hlp_tls_reply r;

	tls_reply(&r, lie->suite, false);
	tell(&r, lie);

	KUNIT_EXPECT_EQ(test, cssp_tls_session_set(s, &r, &chain), -EREMOTEIO);
	KUNIT_EXPECT_EQ(test, s->tx.size, 0);
	KUNIT_EXPECT_EQ(test, s->rx.size, 0);
}

static void session_refuses_one_key_for_both(struct kunit *test)
{
	struct cssp_rd chain = tls_chain(test);
	struct cssp_tls_session *s = session(test);
	struct credssp_hlp_tls_reply r;

	tls_reply(&r, TLS_13_AES128, false);
	memcpy(r.rx.key, r.tx.key, sizeof(r.rx.key));

	KUNIT_EXPECT_EQ(test, cssp_tls_session_set(s, &r, &chain), -EREMOTEIO);
}

static void put_cert(struct cssp_vbuf *chain, struct kunit *test, u32 len, size_t n)
{
	__be32 be = cpu_to_be32(len);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(chain, &be, sizeof(be)), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(chain, chain->len + n), 0);
	memset(chain->data + chain->len, 0x30, n);
	chain->len += n;
}

static int set_with_chain(struct kunit *test, const struct cssp_rd *chain)
{
	struct credssp_hlp_tls_reply r;

	tls_reply(&r, TLS_13_AES128, false);
	return cssp_tls_session_set(session(test), &r, chain);
}

static void session_checks_the_chain(struct kunit *test)
{
	struct cssp_rd good = tls_chain(test), rd;
	struct cssp_vbuf *b = tls_vbuf(test);
	size_t n;
	int i;

	/* Cut off anywhere. */
	for (n = 0; n < good.left; n++) {
		rd = cssp_rd_of(good.p, n);
		rd = test_copy(test, &rd);
		KUNIT_ASSERT_EQ(test, set_with_chain(test, &rd), -EREMOTEIO);
	}
	/* Bytes behind it that are no certificate. */
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(b, &good), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(b, "\0", 1), 0);
	rd = cssp_vbuf_rd(b);
	KUNIT_EXPECT_EQ(test, set_with_chain(test, &rd), -EREMOTEIO);
	/* The maximum number of certificates, and one more. */
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(b, &good), 0);
	for (i = 0; i < 15; i++)
		put_cert(b, test, 1, 1);
	rd = cssp_vbuf_rd(b);
	KUNIT_EXPECT_EQ(test, set_with_chain(test, &rd), 0);
	put_cert(b, test, 1, 1);
	rd = cssp_vbuf_rd(b);
	KUNIT_EXPECT_EQ(test, set_with_chain(test, &rd), -EREMOTEIO);
	/* An empty one, and a complete one that is too long. */
	cssp_vbuf_clear(b);
	put_cert(b, test, 0, 0);
	rd = cssp_vbuf_rd(b);
	KUNIT_EXPECT_EQ(test, set_with_chain(test, &rd), -EREMOTEIO);
	cssp_vbuf_clear(b);
	put_cert(b, test, CREDSSP_MAX_CERT + 1, CREDSSP_MAX_CERT + 1);
	rd = cssp_vbuf_rd(b);
	KUNIT_EXPECT_EQ(test, set_with_chain(test, &rd), -EREMOTEIO);
}

/* An invalid certificate is the peer's fault, not the helper's. */
static void session_needs_a_public_key(struct kunit *test)
{
	struct cssp_tls_session *s = session(test);
	struct credssp_hlp_tls_reply r;
	struct cssp_vbuf *b = tls_vbuf(test);
	struct cssp_rd rd;
	int i;

	tls_reply(&r, TLS_13_AES128, false);
	for (i = 0; i < TLS_CERTS; i++) {
		struct cssp_rd cert = test_hex(test, tls_certs[i].cert);

		cssp_vbuf_clear(b);
		put_cert(b, test, cert.left, 0);
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(b, cert.p, cert.left), 0);
		rd = cssp_vbuf_rd(b);
		KUNIT_EXPECT_EQ(test, cssp_tls_session_set(s, &r, &rd), tls_certs[i].err);
		rd = cssp_vbuf_rd(&s->public_key);
		if (tls_certs[i].key)
			test_expect_hex(test, &rd, tls_certs[i].key);
	}
}

static void numbers_advance(struct kunit *test)
{
	static const struct {
		const struct tls_suite *suite;
		u64 from;
		u32 times;
		u64 to;
		int err;	/* of the last time */
	} rows[] = {
		{ TLS_12_AES128, 1, 1, 2 },
		{ TLS_12_AES128, 0xff, 1, 0x100 },
		{ TLS_12_AES128, 0xffffffff, 5, 0x100000004 },
		{ TLS_12_AES128, ~0ULL - 1, 1, ~0ULL },
		{ TLS_12_AES128, ~0ULL, 1, ~0ULL, -EOVERFLOW },
		{ TLS_13_AES128, 0xffff, 1, 0x10000 },
		{ TLS_13_AES128, ~0ULL - 3, 4, ~0ULL, -EOVERFLOW },
	};
	struct cssp_rd chain = tls_chain(test);
	struct cssp_tls_session *s = session(test);
	struct credssp_hlp_tls_reply r;
	u64 iv;
	int i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 to = rows[i].to;
		bool v12 = rows[i].suite->version == 0x0303;

		tls_reply(&r, rows[i].suite, false);
		KUNIT_ASSERT_EQ(test, cssp_tls_session_set(s, &r, &chain), 0);
		iv = get_unaligned_be64(s->tx.aes128.iv);
		put_unaligned_be64(rows[i].from, s->tx.aes128.rec_seq);
		if (v12)
			put_unaligned_be64(rows[i].from, s->tx.aes128.iv);

		for (n = 1; n < rows[i].times; n++)
			KUNIT_EXPECT_EQ(test, cssp_tls_direction_advance(s, &s->tx), 0);
		KUNIT_EXPECT_EQ(test, cssp_tls_direction_advance(s, &s->tx), rows[i].err);
		KUNIT_EXPECT_EQ(test, get_unaligned_be64(s->tx.aes128.rec_seq), to);
		/* Only the explicit nonce of TLS 1.2 advances with the number. */
		KUNIT_EXPECT_EQ(test, get_unaligned_be64(s->tx.aes128.iv), v12 ? to : iv);
		KUNIT_EXPECT_EQ(test, get_unaligned_be64(s->rx.aes128.rec_seq), 1);
	}
	cssp_tls_session_forget_keys(s);
	KUNIT_EXPECT_EQ(test, cssp_tls_direction_advance(s, &s->tx), -EOVERFLOW);
	KUNIT_EXPECT_NULL(test, memchr_inv(&s->tx, 0, sizeof(s->tx)));
	KUNIT_EXPECT_NULL(test, memchr_inv(&s->rx, 0, sizeof(s->rx)));
}

/* Records that are not data, in order, and the result of the last. */
struct control_row {
	const char *name;
	u16 version;
	struct {
		u8 type;
		const char *hex;
		u16 times;
	} in[4];
	int err;
	u8 alert;
};

#define ALERT	CSSP_TLS_ALERT
#define HAND	CSSP_TLS_HANDSHAKE
#define DATA	CSSP_TLS_DATA

static const struct control_row control_rows[] = {
	{ "ticket whole", 0x0304, { { HAND, "04000003010203" } } },
	{ "ticket empty", 0x0304, { { HAND, "04000000" }, { DATA, "00" } } },
	{ "two tickets in one", 0x0304,
	  { { HAND, "040000010104000002ffff" }, { DATA, "00" } } },
	{ "ticket over records", 0x0304,
	  { { HAND, "0400" }, { HAND, "0004aa" }, { HAND, "bbccdd" }, { DATA, "00" } } },
	{ "data inside a ticket", 0x0304, { { HAND, "0400000401" }, { DATA, "00" } }, -EBADMSG },
	{ "data inside a header", 0x0304, { { HAND, "0400" }, { DATA, "00" } }, -EBADMSG },
	{ "alert inside a ticket", 0x0304,
	  { { HAND, "0400000401" }, { ALERT, "0228" } }, -EBADMSG },
	{ "alert inside a header", 0x0304, { { HAND, "0400" }, { ALERT, "0228" } }, -EBADMSG },
	{ "ticket in 1.2", 0x0303, { { HAND, "04000003010203" } }, -EBADMSG },
	{ "HelloRequest in 1.2", 0x0303, { { HAND, "00000000" } }, -EBADMSG },
	{ "KeyUpdate", 0x0304, { { HAND, "1800000101" } }, -EBADMSG },
	{ "KeyUpdate after ticket", 0x0304, { { HAND, "04000001011800000100" } }, -EBADMSG },
	{ "CertificateRequest", 0x0304, { { HAND, "0d000000" } }, -EBADMSG },
	{ "ticket too long", 0x0304, { { HAND, "04010001" } }, -EBADMSG },
	{ "16 tickets", 0x0304, { { HAND, "0400000101", 16 } } },
	{ "17 tickets", 0x0304, { { HAND, "0400000101", 17 } }, -EBADMSG },
	{ "tickets and data", 0x0304,
	  { { HAND, "0400000101", 16 }, { DATA, "00" }, { HAND, "0400000101", 16 } } },
	{ "close_notify", 0x0304, { { ALERT, "0100" } }, -EPIPE, 0 },
	{ "access_denied", 0x0303, { { ALERT, "0231" } }, -EPIPE, 49 },
	{ "warning is an alert too", 0x0304, { { ALERT, "015a" } }, -EPIPE, 90 },
	{ "alert in two pieces", 0x0304, { { ALERT, "02" }, { ALERT, "28" } }, -EPIPE, 40 },
	{ "alert too long", 0x0304, { { ALERT, "022800" } }, -EBADMSG },
	{ "data inside an alert", 0x0304, { { ALERT, "02" }, { DATA, "00" } }, -EBADMSG },
	{ "ChangeCipherSpec", 0x0304, { { CSSP_TLS_CHANGE_CIPHER, "01" } }, -EBADMSG },
	{ "heartbeat", 0x0303, { { 24, "01" } }, -EBADMSG },
	{ "32 empty data", 0x0304, { { DATA, "", 32 } } },
	{ "33 empty data", 0x0304, { { DATA, "", 33 } }, -EBADMSG },
	{ "33 empty handshakes", 0x0304, { { HAND, "", 33 } }, -EBADMSG },
	{ "33 empty, mixed", 0x0304, { { HAND, "", 20 }, { DATA, "", 13 } }, -EBADMSG },
	{ "empty and data", 0x0304, { { DATA, "", 32 }, { DATA, "00" }, { DATA, "", 32 } } },
};

static void control_name(const struct control_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(controls, control_rows, control_name);

static int feed(struct cssp_control *c, u16 version, u8 type, const struct cssp_rd *rd)
{
	if (type == CSSP_TLS_DATA)
		return cssp_control_data(c, rd->left);
	return cssp_control_feed(c, version, type, rd);
}

/* Feed whole records or, as a reader may ask for any number of bytes, single bytes. */
static void run_controls(struct kunit *test, const struct control_row *row, bool bytewise)
{
	struct cssp_control c = {};
	int i, j, ret = 0;

	for (i = 0; i < ARRAY_SIZE(row->in) && row->in[i].type; i++) {
		for (j = 0; j < (row->in[i].times ?: 1); j++) {
			struct cssp_rd rd = test_hex(test, row->in[i].hex), one;

			KUNIT_EXPECT_EQ(test, ret, 0);
			do {
				one = rd;
				if (bytewise && one.left)
					one.left = 1;
				ret = feed(&c, row->version, row->in[i].type, &one);
				KUNIT_ASSERT_EQ(test, cssp_rd_skip(&rd, one.left), 0);
			} while (rd.left && !ret);
		}
	}
	KUNIT_EXPECT_EQ(test, ret, row->err);
	KUNIT_EXPECT_EQ(test, c.alert, row->alert);
}

static void control_records(struct kunit *test)
{
	const struct control_row *row = test->param_value;

	run_controls(test, row, false);
	/* Byte by byte, an alert ends before the byte that is too many. */
	if (strcmp(row->name, "alert too long"))
		run_controls(test, row, true);
}

static struct kunit_case tls_session_cases[] = {
	KUNIT_CASE_PARAM(session_takes_every_cipher, suites_gen_params),
	KUNIT_CASE_PARAM(session_refuses_wrong_values, lies_gen_params),
	KUNIT_CASE(session_refuses_one_key_for_both),
	KUNIT_CASE(session_checks_the_chain),
	KUNIT_CASE(session_needs_a_public_key),
	KUNIT_CASE(numbers_advance),
	KUNIT_CASE_PARAM(control_records, controls_gen_params),
	{}
};

static struct kunit_suite tls_session_suite = {
	.name = "credssp_tls_session",
	.test_cases = tls_session_cases,
};

kunit_test_suite(tls_session_suite);
