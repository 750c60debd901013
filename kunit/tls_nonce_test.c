// SPDX-License-Identifier: GPL-2.0-only
/*
 * No record number is ever used twice for sealing, whatever interrupts the sealing: a tap
 * on loopback records what kTLS seals, whether the module hands it out or not.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/net.h>

#include "base/compat.h"
#include "tls/ktls.h"
#include "tls/channel_state.h"
#include "tls/xprt_token.h"
#include "tls_tap.h"
#include "wire/tls_record.h"

/* TLS 1.2 sends the record number, TLS 1.3 does not. */
static const struct tls_suite *const versions[] = { TLS_12_AES128, TLS_13_AES128 };

static void version_name(const struct tls_suite *const *s, char *desc)
{
	tls_suite_name(*s, desc);
}

KUNIT_ARRAY_PARAM(versions, versions, version_name);

/* The fixture's handshake used number 0. */
#define FIRST	1

/**
 * struct bench - a channel, and the tap
 * @d: a copy of the channel's sending keys, which the channel may wipe
 * @said: messages so far; all differ, so that two records with one number differ
 */
struct bench {
	struct kunit *test;
	struct tls_tap *tap;
	struct tls_end *end;
	struct cssp_channel *ch;
	struct cssp_tls_session s;
	struct cssp_tls_direction d;
	atomic_t said;
	struct tls_tap_result result;
};

static void bench_channel(struct bench *b, const struct tls_suite *s)
{
	tls_tap_reset(b->tap);
	b->end = tls_end_token(b->test);
	tls_end_up(b->end, b->test, s, false);
	b->ch = b->end->ch;
	b->s.version = b->ch->session.version;
	b->d = b->ch->session.tx;
}

static struct bench *bench(struct kunit *test)
{
	const struct tls_suite *const *s = test->param_value;
	struct bench *b = (void *)test_room(test, sizeof(*b));

	b->test = test;
	b->tap = tls_tap(test);
	bench_channel(b, *s);
	return b;
}

/* One more message of @n bytes. */
static int say_bytes(struct bench *b, size_t n)
{
	struct cssp_vbuf out = {};
	struct cssp_rd rd;
	u8 *text;
	int ret;

	text = kvzalloc(n, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	put_unaligned_be32(atomic_inc_return(&b->said), text);
	rd = cssp_rd_of(text, n);
	ret = tls_seal(b->ch, &rd, &out);
	cssp_vbuf_free(&out);
	kvfree(text);
	return ret;
}

static int say(struct bench *b)
{
	return say_bytes(b, 16);
}

static void expect_sealed(struct bench *b, unsigned int records)
{
	tls_tap_read(b->test, b->tap, &b->s, &b->d, &b->result);
	tls_tap_expect(b->test, &b->result, records);
}

static void expect_no_keys(struct bench *b)
{
	KUNIT_EXPECT_NULL(b->test, memchr_inv(&b->ch->session.tx, 0,
					      sizeof(b->ch->session.tx)));
}

/*
 * The tap detects a number that is used twice: two loopback
 * connections with the same keys.
 */
static void the_tap_hears_a_second_use(struct kunit *test)
{
	struct bench *b = bench(test);

	KUNIT_ASSERT_EQ(test, say(b), 0);
	cssp_xprt_token_park(b->ch);
	b->ch->session.tx = b->d;
	KUNIT_ASSERT_EQ(test, say(b), 0);
	tls_tap_read(test, b->tap, &b->s, &b->d, &b->result);
	KUNIT_EXPECT_EQ(test, b->result.records, 2);
	KUNIT_EXPECT_EQ(test, b->result.most, 2);
	KUNIT_EXPECT_EQ(test, b->result.count[FIRST], 2);
}

static void loopbacks_come_and_go(struct kunit *test)
{
	struct bench *b = bench(test);
	int i;

	for (i = 0; i < 12; i++) {
		KUNIT_ASSERT_EQ(test, say(b), 0);
		if (i % 3 == 0)
			cssp_xprt_token_park(b->ch);
	}
	/* several records in one message */
	KUNIT_ASSERT_EQ(test, say_bytes(b, 3 * CSSP_TLS_MAX_PLAIN), 0);
	expect_sealed(b, 15);
	KUNIT_EXPECT_EQ(test, b->result.last, FIRST + 14);
}

/* A record is sealed but lost: its number is used, so that the keys are wiped. */
static void a_lost_record_is_the_last(struct kunit *test)
{
	struct bench *b = bench(test);

	KUNIT_ASSERT_EQ(test, say(b), 0);
	kernel_sock_shutdown(b->ch->loopback.raw, SHUT_RDWR);
	KUNIT_EXPECT_EQ(test, say(b), -EIO);
	expect_no_keys(b);
	KUNIT_EXPECT_EQ(test, say(b), -EPIPE);
	cssp_channel_send_alert(b->ch, 80);
	expect_sealed(b, 2);
}

/*
 * If kTLS makes a record that was not counted, the next output shows it,
 * and nothing is sealed from then on.
 */
static void an_uncounted_record_is_the_end(struct kunit *test)
{
	struct bench *b = bench(test);
	struct cssp_patience p = tls_patient(b->end);
	struct cssp_rd rd = test_str("a record that was not counted");

	KUNIT_ASSERT_EQ(test, say(b), 0);
	KUNIT_ASSERT_EQ(test, cssp_ktls_send(b->ch->loopback.tls, CSSP_TLS_DATA, &rd, &p), 0);
	KUNIT_EXPECT_EQ(test, say(b), -EIO);
	expect_no_keys(b);
	KUNIT_EXPECT_EQ(test, say(b), -EPIPE);
	cssp_channel_send_alert(b->ch, 80);
	expect_sealed(b, 3);
}

/* The alert of a broken channel is its last record, and has a number of its own. */
static void an_alert_has_its_own_number(struct kunit *test)
{
	struct bench *b = bench(test);

	KUNIT_ASSERT_EQ(test, say(b), 0);
	cssp_channel_break(b->ch);
	KUNIT_EXPECT_EQ(test, say(b), -EPIPE);
	cssp_channel_send_alert(b->ch, 20);
	cssp_channel_send_alert(b->ch, 20);
	expect_no_keys(b);
	expect_sealed(b, 2);
	KUNIT_EXPECT_EQ(test, b->result.last, FIRST + 1);
}

static int cancel_soon(void *data)
{
	struct bench *b = data;

	udelay(get_random_u32() % 1000);
	cssp_wait_cancel(&b->end->wait);
	while (!kthread_should_stop())
		usleep_range(500, 1000);
	return 0;
}

/*
 * A cancelled message may be half sealed or not begun; the
 * channel seals nothing afterwards.
 */
static void cancelled_at_any_moment(struct kunit *test)
{
	const struct tls_suite *const *s = test->param_value;
	struct bench *b = bench(test);
	unsigned int spent, done;
	struct task_struct *task;
	int i;

	for (i = 0; i < 20; i++) {
		bench_channel(b, *s);
		task = kthread_run(cancel_soon, b, "credssp_kunit");
		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
		for (done = 0; done < 20 && !say_bytes(b, 2 * CSSP_TLS_MAX_PLAIN); done++)
			;
		kthread_stop(task);
		spent = get_unaligned_be64(b->ch->session.tx.aes128.rec_seq);
		KUNIT_EXPECT_NE(test, say(b), 0);
		tls_tap_read(test, b->tap, &b->s, &b->d, &b->result);
		KUNIT_EXPECT_LE(test, b->result.most, 1);
		KUNIT_EXPECT_GE(test, b->result.records, 2 * done);
		/* if the keys were kept, their number counts each sealed record */
		if (cssp_channel_usable(b->ch))
			KUNIT_EXPECT_EQ(test, spent, FIRST + b->result.records);
		else
			expect_no_keys(b);
	}
}

/* The exported stream goes on with the next number; the channel seals no more. */
static void an_export_goes_on(struct kunit *test)
{
	struct bench *b = bench(test);
	struct cssp_patience p = tls_patient(b->end);
	struct cssp_loopback *first = tls_connection(test), *second = tls_connection(test);
	struct cssp_rd rd = test_str("said by the stream");

	KUNIT_ASSERT_EQ(test, say(b), 0);
	KUNIT_ASSERT_EQ(test, say(b), 0);
	KUNIT_EXPECT_TRUE(test, cssp_loopback_alive(&b->ch->loopback));
	KUNIT_ASSERT_EQ(test, cssp_channel_export(b->ch, first->tls), 0);
	KUNIT_EXPECT_FALSE(test, cssp_loopback_alive(&b->ch->loopback));
	expect_no_keys(b);
	KUNIT_EXPECT_EQ(test, say(b), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, cssp_channel_export(b->ch, second->tls), -EOPNOTSUPP);
	cssp_channel_send_alert(b->ch, 20);
	KUNIT_ASSERT_EQ(test, cssp_ktls_send(first->tls, CSSP_TLS_DATA, &rd, &p), 0);
	expect_sealed(b, 3);
	KUNIT_EXPECT_EQ(test, b->result.last, FIRST + 2);
	/* the second socket has got no keys */
	KUNIT_EXPECT_EQ(test, cssp_channel_export(tls_peer_channel(test, TLS_13_AES128),
						  second->tls), 0);
}

/* A socket that cannot take the keys has used no number: the channel goes on. */
static void a_failed_export_spends_nothing(struct kunit *test)
{
	struct bench *b = bench(test);
	struct cssp_loopback *taken = tls_connection(test);

	KUNIT_ASSERT_EQ(test, cssp_channel_export(tls_peer_channel(test, TLS_13_AES128),
						  taken->tls), 0);
	KUNIT_ASSERT_EQ(test, say(b), 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_export(b->ch, taken->tls), -EEXIST);
	KUNIT_ASSERT_EQ(test, say(b), 0);
	expect_sealed(b, 2);
	KUNIT_EXPECT_EQ(test, b->result.last, FIRST + 1);
}

#define TALKERS		4
#define WORDS		25

struct talker {
	struct bench *b;
	atomic_t *good;
	struct completion done;
};

static int talk(void *data)
{
	struct talker *t = data;
	int i, ret;

	for (i = 0; i < WORDS; i++) {
		ret = say(t->b);
		if (!ret)
			atomic_inc(t->good);
		else if (ret != -EOPNOTSUPP)
			break;
	}
	complete(&t->done);
	while (!kthread_should_stop())
		usleep_range(500, 1000);
	return 0;
}

static int park_again(void *data)
{
	struct bench *b = data;

	while (!kthread_should_stop()) {
		cssp_xprt_token_park(b->ch);
		usleep_range(100, 300);
	}
	return 0;
}

static struct talker *start_talkers(struct bench *b, atomic_t *good)
{
	struct talker *t = (void *)test_room(b->test, TALKERS * sizeof(*t));
	int i;

	tls_thread(b->test, park_again, b);
	for (i = 0; i < TALKERS; i++) {
		t[i].b = b;
		t[i].good = good;
		init_completion(&t[i].done);
		tls_thread(b->test, talk, &t[i]);
	}
	return t;
}

static void wait_for_talkers(struct kunit *test, struct talker *t)
{
	int i;

	for (i = 0; i < TALKERS; i++)
		KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&t[i].done, 60 * HZ), 0);
}

/* Several threads encrypt while the idle loopback connection is closed again and again. */
static void talkers_do_not_meet(struct kunit *test)
{
	struct bench *b = bench(test);
	atomic_t good = ATOMIC_INIT(0);

	wait_for_talkers(test, start_talkers(b, &good));
	KUNIT_EXPECT_EQ(test, atomic_read(&good), TALKERS * WORDS);
	expect_sealed(b, TALKERS * WORDS);
	KUNIT_EXPECT_EQ(test, b->result.last, FIRST + TALKERS * WORDS - 1);
}

/* The same with an export in the middle. */
static void an_export_among_talkers(struct kunit *test)
{
	struct bench *b = bench(test);
	struct cssp_patience p = tls_patient(b->end);
	struct cssp_loopback *to = tls_connection(test);
	struct cssp_rd rd = test_str("said by the stream");
	atomic_t good = ATOMIC_INIT(0);
	struct talker *t = start_talkers(b, &good);

	while (atomic_read(&good) < TALKERS * WORDS / 3)
		usleep_range(50, 100);
	KUNIT_ASSERT_EQ(test, cssp_channel_export(b->ch, to->tls), 0);
	KUNIT_ASSERT_EQ(test, cssp_ktls_send(to->tls, CSSP_TLS_DATA, &rd, &p), 0);
	wait_for_talkers(test, t);
	KUNIT_EXPECT_LT(test, atomic_read(&good), TALKERS * WORDS);
	expect_sealed(b, atomic_read(&good) + 1);
	KUNIT_EXPECT_EQ(test, b->result.last, FIRST + atomic_read(&good));
}

static struct kunit_case tls_nonce_cases[] = {
	KUNIT_CASE_PARAM(the_tap_hears_a_second_use, versions_gen_params),
	KUNIT_CASE_PARAM(loopbacks_come_and_go, versions_gen_params),
	KUNIT_CASE_PARAM(a_lost_record_is_the_last, versions_gen_params),
	KUNIT_CASE_PARAM(an_uncounted_record_is_the_end, versions_gen_params),
	KUNIT_CASE_PARAM(an_alert_has_its_own_number, versions_gen_params),
	KUNIT_CASE_PARAM(cancelled_at_any_moment, versions_gen_params),
	KUNIT_CASE_PARAM(an_export_goes_on, versions_gen_params),
	KUNIT_CASE_PARAM(a_failed_export_spends_nothing, versions_gen_params),
	KUNIT_CASE_PARAM(talkers_do_not_meet, versions_gen_params),
	KUNIT_CASE_PARAM(an_export_among_talkers, versions_gen_params),
	{}
};

static struct kunit_suite tls_nonce_suite = {
	.name = "credssp_tls_nonce",
	.suite_init = tls_suite_init,
	.test_cases = tls_nonce_cases,
};

kunit_test_suite(tls_nonce_suite);
