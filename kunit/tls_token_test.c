// SPDX-License-Identifier: GPL-2.0-only
/* The token transport: two channels with mirrored keys talk to each other. */
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/sock.h>

#include "base/compat.h"
#include "tls/ktls.h"
#include "tls/xprt_token.h"
#include "tls_util.h"
#include "wire/tls_record.h"

KUNIT_ARRAY_PARAM(suites, tls_suites, tls_suite_name);

#define DATA_TO_ALERT	(CSSP_TLS_DATA ^ CSSP_TLS_ALERT)

/* Both ends of one session. */
struct ends {
	struct cssp_channel *a, *b;
	struct tls_end *end_a, *end_b;
};

static struct ends ends(struct kunit *test, const struct tls_suite *s)
{
	struct ends e = { .end_a = tls_end_token(test), .end_b = tls_end_token(test) };

	tls_end_up(e.end_a, test, s, false);
	tls_end_up(e.end_b, test, s, true);
	e.a = e.end_a->ch;
	e.b = e.end_b->ch;
	return e;
}

static void seal(struct kunit *test, struct cssp_channel *ch, const struct cssp_rd *plain,
		 struct cssp_vbuf *out)
{
	KUNIT_ASSERT_EQ(test, tls_seal(ch, plain, out), 0);
}

/* Seal @str as one message. */
static struct cssp_vbuf *sealed(struct kunit *test, struct cssp_channel *ch, const char *str)
{
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = test_str(str);

	seal(test, ch, &rd, out);
	return out;
}

static void expect_open(struct kunit *test, struct cssp_channel *ch,
			const struct cssp_vbuf *wire, const char *want)
{
	struct cssp_vbuf *plain = tls_vbuf(test);
	struct cssp_rd rd = cssp_vbuf_rd(wire), str = test_str(want);

	KUNIT_EXPECT_EQ(test, tls_open(ch, &rd, plain), 0);
	KUNIT_EXPECT_EQ(test, rd.left, 0);
	rd = cssp_vbuf_rd(plain);
	test_expect_same(test, &rd, &str);
}

static void expect_open_fails(struct kunit *test, struct cssp_channel *ch,
			      const struct cssp_vbuf *wire, int err)
{
	struct cssp_vbuf *plain = tls_vbuf(test);
	struct cssp_rd rd = cssp_vbuf_rd(wire);

	KUNIT_EXPECT_EQ(test, tls_open(ch, &rd, plain), err);
	KUNIT_EXPECT_EQ(test, plain->len, 0);
}

static void round_trips(struct kunit *test)
{
	static const size_t sizes[] = { 1, 100, 16383, 16384, 16385, 50000 };
	const struct tls_suite *s = test->param_value;
	struct ends e = ends(test, s);
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t n = sizes[i], records = DIV_ROUND_UP(n, 16384);
		struct cssp_rd plain = tls_pattern(test, n), wire, rd;
		struct cssp_vbuf *out = tls_vbuf(test), *back = tls_vbuf(test);
		size_t opened = 0;

		seal(test, e.a, &plain, out);
		KUNIT_EXPECT_EQ(test, out->len, n + records * (s->before + s->after));
		for (wire = cssp_vbuf_rd(out); wire.left; opened++)
			KUNIT_ASSERT_EQ(test, tls_open(e.b, &wire, back), 0);
		KUNIT_EXPECT_EQ(test, opened, records);
		rd = cssp_vbuf_rd(back);
		test_expect_same(test, &rd, &plain);
	}
	expect_open(test, e.a, sealed(test, e.b, "and back"), "and back");
}

/* RFC 8449: the peer accepts smaller records only. */
static void a_limit_of_the_record_is_kept(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	struct ends e = ends(test, s);
	struct cssp_rd plain = tls_pattern(test, 1300), wire, rd;
	struct cssp_vbuf *out = tls_vbuf(test), *back = tls_vbuf(test);
	size_t total, records = 0;
	u8 type;

	e.a->session.record_limit = 512;
	seal(test, e.a, &plain, out);
	for (wire = cssp_vbuf_rd(out); wire.left; records++) {
		KUNIT_ASSERT_EQ(test, cssp_tls_record_total(&wire, &type, &total), 0);
		KUNIT_EXPECT_LE(test, total, s->before + 512 + s->after);
		KUNIT_ASSERT_EQ(test, tls_open(e.b, &wire, back), 0);
	}
	KUNIT_EXPECT_EQ(test, records, 3);
	rd = cssp_vbuf_rd(back);
	test_expect_same(test, &rd, &plain);
}

static void nothing_makes_no_record(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);

	KUNIT_EXPECT_EQ(test, sealed(test, e.a, "")->len, 0);
	expect_open(test, e.b, sealed(test, e.a, "x"), "x");
}

/* The number that TLS 1.2 sends with each record. */
static u64 number_of(const struct cssp_vbuf *record)
{
	return get_unaligned_be64(record->data + CSSP_TLS_HEADER);
}

static void a_number_is_never_used_twice(struct kunit *test)
{
	struct ends e = ends(test, TLS_12_AES128);
	int i;

	/*
	 * The handshake of the fixture used number 0; the loopback
	 * connection is closed now and then.
	 */
	for (i = 1; i <= 12; i++) {
		struct cssp_vbuf *record = sealed(test, e.a, "same");

		KUNIT_EXPECT_EQ(test, number_of(record), i);
		KUNIT_EXPECT_EQ(test, get_unaligned_be64(e.a->session.tx.aes128.rec_seq), i + 1);
		expect_open(test, e.b, record, "same");
		if (i % 3 == 0)
			cssp_xprt_token_park(e.a);
		if (i % 4 == 0)
			cssp_xprt_token_park(e.b);
	}
}

/* TLS 1.3 does not send the number: ciphertexts of equal plaintext must differ. */
static void parked_ends_go_on(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	struct ends e = ends(test, s);
	struct cssp_vbuf *before[6];
	int i, j;

	for (i = 0; i < ARRAY_SIZE(before); i++) {
		before[i] = sealed(test, e.a, "the same sixteen");
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_MEMNEQ(test, before[i]->data + CSSP_TLS_HEADER,
					    before[j]->data + CSSP_TLS_HEADER,
					    before[i]->len - CSSP_TLS_HEADER);
		cssp_xprt_token_park(e.a);
		KUNIT_EXPECT_FALSE(test, cssp_loopback_alive(&e.a->loopback));
	}
	for (i = 0; i < ARRAY_SIZE(before); i++) {
		expect_open(test, e.b, before[i], "the same sixteen");
		cssp_xprt_token_park(e.b);
	}
}

static void an_idle_loopback_is_closed(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *record = sealed(test, e.a, "one");

	KUNIT_EXPECT_TRUE(test, cssp_loopback_alive(&e.a->loopback));
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&e.a->idle));
	/* It looks too early, since there was a message meanwhile. */
	flush_delayed_work(&e.a->idle);
	KUNIT_EXPECT_TRUE(test, cssp_loopback_alive(&e.a->loopback));
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&e.a->idle));
	e.a->idle_from = jiffies;
	flush_delayed_work(&e.a->idle);
	KUNIT_EXPECT_FALSE(test, cssp_loopback_alive(&e.a->loopback));
	expect_open(test, e.b, record, "one");
	expect_open(test, e.b, sealed(test, e.a, "two"), "two");
	kunit_info(test, "idle: %zu bytes of channel, %zu of certificate, %zu of key, queues %zu",
		   sizeof(*e.a), e.a->session.cert.cap, e.a->session.public_key.cap,
		   e.b->wire_in.cap + e.b->wire_out.cap + e.b->plain.cap);
}

/* Changes to a record on its way. */
struct damage {
	const char *name;
	const struct tls_suite *suite;
	int at;			/* from the end if negative */
	u8 flip;
	int err;
};

static const struct damage damages[] = {
	{ "tag", TLS_13_AES128, -1, 0x01, -EKEYREJECTED },
	{ "first byte sealed", TLS_13_AES128, 5, 0x80, -EKEYREJECTED },
	{ "explicit nonce", TLS_12_AES128, 12, 0x01, -EKEYREJECTED },
	{ "type data to alert", TLS_12_AES128, 0, DATA_TO_ALERT, -EKEYREJECTED },
	{ "type data to alert", TLS_13_AES128, 0, DATA_TO_ALERT, -EBADMSG },
	{ "type ChangeCipherSpec", TLS_12_AES128, 0, 23 ^ 20, -EBADMSG },
	{ "type ChangeCipherSpec", TLS_13_AES128, 0, 23 ^ 20, -EBADMSG },
	{ "no type", TLS_13_AES128, 0, 0xff, -EBADMSG },
	{ "major version", TLS_13_AES128, 1, 0x01, -EBADMSG },
	{ "minor version", TLS_12_AES128, 2, 0x01, -EBADMSG },
};

static void damage_name(const struct damage *d, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", d->name, d->suite->name);
}

KUNIT_ARRAY_PARAM(damages, damages, damage_name);

static void damaged_records_are_refused(struct kunit *test)
{
	const struct damage *d = test->param_value;
	struct ends e = ends(test, d->suite);
	struct cssp_vbuf *record = sealed(test, e.a, "some text");
	struct cssp_rd more = test_str("more");
	struct cssp_vbuf *alert = tls_vbuf(test);

	record->data[d->at < 0 ? record->len + d->at : d->at] ^= d->flip;

	expect_open_fails(test, e.b, record, d->err);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.b), CREDSSP_REASON_TLS_RECORD);
	/* Only one alert is sealed afterwards, with a new number. */
	expect_open_fails(test, e.b, sealed(test, e.a, "next"), -EPIPE);
	KUNIT_EXPECT_EQ(test, tls_seal(e.b, &more, alert), -EPIPE);
	cssp_channel_send_alert(e.b, 20);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(e.b, alert), 0);
	expect_open_fails(test, e.a, alert, -EPIPE);
	KUNIT_EXPECT_EQ(test, cssp_channel_alert(e.a), 20);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.a), CREDSSP_REASON_TLS_ALERT);
	/* The keys are gone now. */
	KUNIT_EXPECT_NULL(test, memchr_inv(&e.b->session.tx, 0, sizeof(e.b->session.tx)));
	cssp_channel_send_alert(e.b, 20);
	cssp_vbuf_clear(alert);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(e.b, alert), 0);
	KUNIT_EXPECT_EQ(test, alert->len, 0);
}

static void records_out_of_order_are_refused(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *one = sealed(test, e.a, "one"), *two = sealed(test, e.a, "two");

	KUNIT_EXPECT_GT(test, one->len, 0);
	expect_open_fails(test, e.b, two, -EKEYREJECTED);
}

static void a_replay_is_refused(struct kunit *test)
{
	struct ends e = ends(test, TLS_12_AES128);
	struct cssp_vbuf *one = sealed(test, e.a, "one");

	expect_open(test, e.b, one, "one");
	cssp_xprt_token_park(e.b);
	expect_open_fails(test, e.b, one, -EKEYREJECTED);
}

static void a_part_of_a_record_is_left(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *record = sealed(test, e.a, "whole"), *plain = tls_vbuf(test);
	size_t n;

	for (n = 0; n < record->len; n++) {
		struct cssp_rd rd = cssp_rd_of(record->data, n);

		rd = test_copy(test, &rd);
		KUNIT_ASSERT_EQ(test, tls_open(e.b, &rd, plain), -ENODATA);
		KUNIT_ASSERT_EQ(test, rd.left, n);
	}
	expect_open(test, e.b, record, "whole");
}

/* The record and its length field are shortened alike. */
static void a_truncated_record_is_refused(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *record = sealed(test, e.a, "whole");

	record->len -= 1;
	put_unaligned_be16(record->len - CSSP_TLS_HEADER, record->data + 3);
	expect_open_fails(test, e.b, record, -EKEYREJECTED);

	e = ends(test, TLS_12_AES128);
	record = sealed(test, e.a, "whole");
	record->len = CSSP_TLS_HEADER + 23;	/* less than nonce and tag */
	put_unaligned_be16(23, record->data + 3);
	expect_open_fails(test, e.b, record, -EBADMSG);
}

static void no_number_is_left(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = tls_pattern(test, 16385);

	put_unaligned_be64(~0ULL - 1, e.a->session.tx.aes128.rec_seq);

	/* There is a number for the first record only: nothing is sealed. */
	KUNIT_EXPECT_EQ(test, tls_seal(e.a, &rd, out), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, out->len, 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.a), CREDSSP_REASON_LIMIT);
	KUNIT_EXPECT_EQ(test, tls_seal(e.a, &rd, out), -EPIPE);
	KUNIT_EXPECT_NULL(test, memchr_inv(&e.a->session.tx, 0, sizeof(e.a->session.tx)));
}

static void forge(struct kunit *test, struct cssp_channel *a, u8 type, const char *hex,
		  size_t padding, struct cssp_vbuf *out)
{
	struct cssp_rd rd = test_hex(test, hex);

	tls_forge(test, &a->session, &a->session.tx, type, &rd, padding, out);
}

/* Records that kTLS does not send: empty and padded ones, other types. */
static void forged_records_are_understood(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	struct ends e = ends(test, s);
	struct cssp_vbuf *one = tls_vbuf(test);
	int i;

	if (s->suite == 0xcca8 || s->suite == 0x1303)
		kunit_skip(test, "forged with AES only");
	forge(test, e.a, CSSP_TLS_DATA, "616263", 0, one);
	expect_open(test, e.b, one, "abc");
	for (i = 0; i < 32; i++) {
		cssp_vbuf_clear(one);
		forge(test, e.a, CSSP_TLS_DATA, "", i % 2, one);
		expect_open(test, e.b, one, "");
	}
	cssp_vbuf_clear(one);
	forge(test, e.a, CSSP_TLS_DATA, "64", 100, one);
	expect_open(test, e.b, one, "d");
	cssp_vbuf_clear(one);
	if (s->version == 0x0304) {
		forge(test, e.a, CSSP_TLS_HANDSHAKE, "04000003010203", 0, one);
		expect_open(test, e.b, one, "");
		cssp_vbuf_clear(one);
	}
	forge(test, e.a, CSSP_TLS_ALERT, "0231", 0, one);
	expect_open_fails(test, e.b, one, -EPIPE);
	KUNIT_EXPECT_EQ(test, cssp_channel_alert(e.b), 49);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.b), CREDSSP_REASON_TLS_ALERT);
}

static void a_flood_of_empty_records_ends(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *one = tls_vbuf(test);
	int i;

	for (i = 0; i < 32; i++) {
		cssp_vbuf_clear(one);
		forge(test, e.a, CSSP_TLS_DATA, "", 0, one);
		expect_open(test, e.b, one, "");
	}
	cssp_vbuf_clear(one);
	forge(test, e.a, CSSP_TLS_DATA, "", 0, one);
	expect_open_fails(test, e.b, one, -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.b), CREDSSP_REASON_TLS_RECORD);
}

static void keyupdate_is_refused(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *one = tls_vbuf(test);

	forge(test, e.a, CSSP_TLS_HANDSHAKE, "1800000101", 0, one);
	expect_open_fails(test, e.b, one, -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.b), CREDSSP_REASON_TLS_RECORD);
}

static void close_notify_is_a_close(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *one = tls_vbuf(test);

	forge(test, e.a, CSSP_TLS_ALERT, "0100", 0, one);
	expect_open_fails(test, e.b, one, -EPIPE);
	KUNIT_EXPECT_EQ(test, cssp_channel_alert(e.b), 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.b), TLS_REASON_OF_ERRNO);
}

static void without_loopback_nothing_is_spent(struct kunit *test)
{
	struct ends e = ends(test, TLS_12_AES128);
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = test_str("text");

	rtnl_lock();
	dev_close(init_net.loopback_dev);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, tls_seal(e.a, &rd, out), -EIO);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.a), CREDSSP_REASON_LOOPBACK);
	KUNIT_EXPECT_EQ(test, out->len, 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_open(init_net.loopback_dev, NULL), 0);
	rtnl_unlock();

	out = sealed(test, e.a, "again");
	KUNIT_EXPECT_EQ(test, number_of(out), 1);
	expect_open(test, e.b, out, "again");
}

/*
 * A broken loopback connection must not look like a close by the
 * peer, which means a refused logon.
 */
static void a_broken_loopback_is_no_close(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = test_str("text");

	expect_open(test, e.b, sealed(test, e.a, "text"), "text");
	out = sealed(test, e.a, "text");
	kernel_sock_shutdown(e.a->loopback.raw, SHUT_RDWR);
	kernel_sock_shutdown(e.b->loopback.raw, SHUT_RDWR);
	expect_open_fails(test, e.b, out, -EIO);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.b), CREDSSP_REASON_LOOPBACK);
	/*
	 * A number may have been used: the keys are wiped, and
	 * there is no second attempt.
	 */
	cssp_vbuf_clear(out);
	KUNIT_EXPECT_EQ(test, tls_seal(e.a, &rd, out), -EIO);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.a), CREDSSP_REASON_LOOPBACK);
	KUNIT_EXPECT_EQ(test, out->len, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(&e.a->session.tx, 0, sizeof(e.a->session.tx)));
	KUNIT_EXPECT_EQ(test, tls_seal(e.a, &rd, out), -EPIPE);
}

static void a_cancelled_channel_does_nothing(struct kunit *test)
{
	struct ends e = ends(test, TLS_13_AES128);
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = test_str("text");

	cssp_wait_cancel(&e.end_a->wait);
	KUNIT_EXPECT_EQ(test, tls_seal(e.a, &rd, out), -ECANCELED);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(e.a), TLS_REASON_OF_ERRNO);
	KUNIT_EXPECT_EQ(test, out->len, 0);
}

static struct kunit_case tls_token_cases[] = {
	KUNIT_CASE_PARAM(round_trips, suites_gen_params),
	KUNIT_CASE_PARAM(a_limit_of_the_record_is_kept, suites_gen_params),
	KUNIT_CASE(nothing_makes_no_record),
	KUNIT_CASE(a_number_is_never_used_twice),
	KUNIT_CASE_PARAM(parked_ends_go_on, suites_gen_params),
	KUNIT_CASE(an_idle_loopback_is_closed),
	KUNIT_CASE_PARAM(damaged_records_are_refused, damages_gen_params),
	KUNIT_CASE(records_out_of_order_are_refused),
	KUNIT_CASE(a_replay_is_refused),
	KUNIT_CASE(a_part_of_a_record_is_left),
	KUNIT_CASE(a_truncated_record_is_refused),
	KUNIT_CASE(no_number_is_left),
	KUNIT_CASE_PARAM(forged_records_are_understood, suites_gen_params),
	KUNIT_CASE(a_flood_of_empty_records_ends),
	KUNIT_CASE(keyupdate_is_refused),
	KUNIT_CASE(close_notify_is_a_close),
	KUNIT_CASE(without_loopback_nothing_is_spent),
	KUNIT_CASE(a_broken_loopback_is_no_close),
	KUNIT_CASE(a_cancelled_channel_does_nothing),
	{}
};

static struct kunit_suite tls_token_suite = {
	.name = "credssp_tls_token",
	.suite_init = tls_suite_init,
	.test_cases = tls_token_cases,
};

kunit_test_suite(tls_token_suite);
