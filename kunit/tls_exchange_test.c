// SPDX-License-Identifier: GPL-2.0-only
/* Handshakes by a scripted helper, and TSRequests, on both transports. */
#include <linux/credssp.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/net.h>

#include "tls/xprt_token.h"
#include "tls_util.h"
#include "wire/tls_record.h"

/* Two TSRequests, MS-CSSP 2.2.1; these tests read only their outer header. */
#define REQUEST1 "300da003020106a106300430020a0b"
#define REQUEST2 "3005a003020106"

/* @hex as data in records of @piece bytes. */
static struct cssp_rd in_records(struct kunit *test, struct cssp_channel *from,
				 const char *hex, size_t piece)
{
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = test_hex(test, hex), one;

	while (rd.left) {
		KUNIT_ASSERT_EQ(test, cssp_rd_sub(&rd, min(rd.left, piece), &one), 0);
		KUNIT_ASSERT_EQ(test, tls_seal(from, &one, out), 0);
	}
	return cssp_vbuf_rd(out);
}

/* A record of another type. */
static struct cssp_rd in_forged(struct kunit *test, struct cssp_channel *from, u8 type,
				const char *hex)
{
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = test_hex(test, hex);

	/* kTLS on the loopback connection does not see this number: close that first. */
	cssp_xprt_token_park(from);
	tls_forge(test, &from->session, &from->session.tx, type, &rd, 0, out);
	return cssp_vbuf_rd(out);
}

static void expect_request(struct kunit *test, struct cssp_channel *ch, const char *hex)
{
	struct cssp_vbuf *msg = tls_vbuf(test);
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, cssp_channel_recv_request(ch, msg), 0);
	rd = cssp_vbuf_rd(msg);
	test_expect_hex(test, &rd, hex);
}

static void expect_no_request(struct kunit *test, struct cssp_channel *ch, int err,
			      u32 reason)
{
	struct cssp_vbuf *msg = tls_vbuf(test);

	KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(ch, msg), err);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(ch), reason);
}

/* Sends one byte at a time. */
struct dripper {
	struct socket *sock;
	struct cssp_rd rd;
};

static int drip(void *data)
{
	struct dripper *d = data;
	struct kvec iov;
	size_t i;

	for (i = 0; i < d->rd.left && !kthread_should_stop(); i++) {
		struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };

		iov = (struct kvec){ (void *)d->rd.p + i, 1 };
		if (kernel_sendmsg(d->sock, &msg, &iov, 1, 1) != 1)
			break;
		usleep_range(300, 600);
	}
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

/*
 * The deadline passes in the middle of a ticket. The next call reads
 * the rest of it and goes on behind it.
 */
static void half_a_ticket(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_channel *peer = tls_peer_channel(test, TLS_13_AES128);
	struct dripper *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	struct cssp_rd rd;
	u8 *two = test_room(test, 2);

	KUNIT_ASSERT_NOT_NULL(test, d);
	tls_end_up(end, test, TLS_13_AES128, false);
	cssp_channel_release_socket(end->ch);
	rd = in_forged(test, peer, CSSP_TLS_HANDSHAKE, "040000");
	tls_peer_sends(test, end, c->raw, &rd);
	*d = (struct dripper){ c->raw, in_forged(test, peer, CSSP_TLS_HANDSHAKE, "03010203") };
	tls_thread(test, drip, d);
	KUNIT_EXPECT_EQ(test, credssp_recv(c->tls, two, 2, 1), -ETIMEDOUT);
	rd = in_records(test, peer, "6869", 2);
	tls_peer_sends(test, end, c->raw, &rd);
	KUNIT_EXPECT_EQ(test, credssp_recv(c->tls, two, 2, 10000), 2);
	rd = cssp_rd_of(two, 2);
	test_expect_hex(test, &rd, "6869");
}

/*
 * Data behind the handshake must be left to kTLS, even if it has arrived already. Data
 * behind a TSRequest is left to the caller.
 */
static void run_socket(struct kunit *test, const struct tls_suite *s, bool dripping)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_channel *peer = tls_peer_channel(test, s);
	struct cssp_vbuf *in = tls_vbuf(test), *out = tls_vbuf(test);
	struct cssp_rd rd[5], answer = test_hex(test, REQUEST2);
	struct dripper *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	struct tls_turn turns[3];
	u8 *four = test_room(test, 4);
	struct cssp_patience p;
	int i;

	rd[0] = test_hex(test, TLS_REPLY1);
	rd[1] = test_hex(test, TLS_REPLY2);
	rd[2] = in_records(test, peer, REQUEST1, 7);
	rd[3] = in_records(test, peer, REQUEST2 "000000007a", 100);
	for (i = 0; i < 4; i++)
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, rd[i].p, rd[i].left), 0);
	KUNIT_ASSERT_NOT_NULL(test, d);
	*d = (struct dripper){ c->raw, cssp_vbuf_rd(in) };
	if (dripping)
		tls_thread(test, drip, d);
	else
		tls_peer_sends(test, end, c->raw, &d->rd);

	tls_good_script(test, turns, s);
	tls_end_script(end, turns, 3);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	KUNIT_EXPECT_EQ(test, end->helper.at, 3);
	/* Records that have arrived are one request. */
	KUNIT_EXPECT_EQ(test, end->helper.calls, dripping ? 3 : 2);
	KUNIT_EXPECT_TRUE(test, end->helper.over);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	KUNIT_EXPECT_NULL(test, memchr_inv(&end->ch->session.tx, 0, sizeof(end->ch->session.tx)));
	expect_request(test, end->ch, REQUEST1);
	expect_request(test, end->ch, REQUEST2);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_exact(end->ch, four, 4), 0);
	KUNIT_ASSERT_EQ(test, cssp_channel_send(end->ch, &answer), 0);
	cssp_channel_release_socket(end->ch);
	KUNIT_EXPECT_EQ(test, cssp_channel_send(end->ch, &answer), -EOPNOTSUPP);

	/* From here on the caller reads and writes. */
	rd[4] = test_str("z");
	tls_peer_gets(test, end, c->tls, &rd[4]);
	rd[4] = test_hex(test, TLS_HELLO TLS_FINISH);
	tls_peer_gets(test, end, c->raw, &rd[4]);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(out, 7 + s->before + s->after), 0);
	out->len = 7 + s->before + s->after;
	p = tls_patient(end);
	KUNIT_ASSERT_EQ(test, cssp_sock_recv(c->raw, out->data, out->len, &p), 0);
	rd[4] = cssp_vbuf_rd(out);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(peer, &rd[4]), 0);
	expect_request(test, peer, REQUEST2);
}

KUNIT_ARRAY_PARAM(suites, tls_suites, tls_suite_name);

static void socket_exchange(struct kunit *test)
{
	run_socket(test, test->param_value, false);
}

static void socket_exchange_by_single_bytes(struct kunit *test)
{
	run_socket(test, TLS_13_AES128, true);
}

static void token_exchange(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	struct tls_end *end = tls_end_token(test);
	struct cssp_channel *peer = tls_peer_channel(test, s);
	struct cssp_vbuf *out = tls_vbuf(test), *in = tls_vbuf(test);
	struct tls_turn turns[3];
	struct cssp_rd rd, piece;
	int i;

	tls_good_script(test, turns, s);
	tls_end_script(end, turns, 3);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_hex(test, &rd, TLS_HELLO);
	/* Without new data nothing happens. Part of a record is not taken. */
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);
	rd = test_hex(test, TLS_REPLY1 "17");
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	KUNIT_EXPECT_EQ(test, rd.left, 1);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);

	/* One token has the last flight and half of a TSRequest behind it. */
	piece = in_records(test, peer, REQUEST1, 7);
	rd = test_hex(test, TLS_REPLY2);
	turns[2].request = (struct cssp_rd){};
	turns[2].all = false;
	turns[2].head.consumed = rd.left;
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, rd.p, rd.left), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, piece.p, 7 + s->before + s->after), 0);
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_hex(test, &rd, TLS_FINISH);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(end->ch, in), -EAGAIN);
	KUNIT_ASSERT_EQ(test, cssp_rd_skip(&piece, 7 + s->before + s->after), 0);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &piece), 0);
	expect_request(test, end->ch, REQUEST1);
	KUNIT_EXPECT_EQ(test, cssp_channel_settle(end->ch), 0);
}

static void two_requests_in_one_record(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct cssp_channel *peer = tls_peer_channel(test, TLS_13_AES128);
	u8 *two = test_room(test, 2);
	struct cssp_rd rd;

	tls_end_up(end, test, TLS_13_AES128, false);
	rd = in_records(test, peer, REQUEST1 REQUEST2 "beef", 100);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_request(test, end->ch, REQUEST1);
	KUNIT_EXPECT_EQ(test, cssp_channel_settle(end->ch), -EBADMSG);
	expect_request(test, end->ch, REQUEST2);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_exact(end->ch, two, 3), -EAGAIN);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_exact(end->ch, two, 2), 0);
	KUNIT_EXPECT_EQ(test, two[0] << 8 | two[1], 0xbeef);
	KUNIT_EXPECT_EQ(test, cssp_channel_settle(end->ch), 0);
}

/* Records that come in place of a TSRequest, on both transports. */
struct intruder {
	const char *name;
	const struct tls_suite *suite;
	struct {
		u8 type;
		const char *hex;
		int times;
	} in[2];
	int err;		/* 0: the TSRequest that follows is received */
	u32 reason;
	u8 alert;
};

#define HAND	CSSP_TLS_HANDSHAKE
#define DATA	CSSP_TLS_DATA
#define RECORD	CREDSSP_REASON_TLS_RECORD

static const struct intruder intruders[] = {
	{ "ticket", TLS_13_AES128, { { HAND, "04000003010203", 1 } }, 0 },
	{ "two tickets", TLS_13_AES128, { { HAND, "04000003010203", 2 } }, 0 },
	{ "ticket in two", TLS_13_AES128, { { HAND, "040000", 1 }, { HAND, "03010203", 1 } }, 0 },
	{ "empty data", TLS_13_AES128, { { DATA, "", 5 } }, 0 },
	{ "empty data 1.2", TLS_12_AES128, { { DATA, "", 5 } }, 0 },
	{ "empty, ticket", TLS_13_AES128, { { DATA, "", 1 }, { HAND, "0400000101", 1 } }, 0 },
	{ "KeyUpdate", TLS_13_AES128, { { HAND, "1800000100", 1 } }, -EBADMSG, RECORD },
	{ "HelloRequest", TLS_12_AES128, { { HAND, "00000000", 1 } }, -EBADMSG, RECORD },
	{ "data, KeyUpdate", TLS_13_AES128,
	  { { DATA, "30", 1 }, { HAND, "1800000100", 1 } }, -EBADMSG, RECORD },
	{ "close_notify", TLS_13_AES128, { { CSSP_TLS_ALERT, "0100", 1 } },
	  -EPIPE, TLS_REASON_OF_ERRNO },
	{ "alert", TLS_12_AES128, { { CSSP_TLS_ALERT, "0231", 1 } },
	  -EPIPE, CREDSSP_REASON_TLS_ALERT, 49 },
	{ "data, alert", TLS_13_AES128, { { DATA, "300d", 1 }, { CSSP_TLS_ALERT, "0274", 1 } },
	  -EPIPE, CREDSSP_REASON_TLS_ALERT, 116 },
	{ "no DER", TLS_13_AES128, { { DATA, "1603", 1 } }, -EBADMSG, CREDSSP_REASON_DER },
	{ "too long", TLS_13_AES128, { { DATA, "3083100000", 1 } },
	  -EMSGSIZE, TLS_REASON_OF_ERRNO },
};

static void intruder_name(const struct intruder *i, char *desc)
{
	strscpy(desc, i->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(intruders, intruders, intruder_name);

static void make_intruder(struct kunit *test, const struct intruder *row, struct cssp_vbuf *in)
{
	struct cssp_channel *peer = tls_peer_channel(test, row->suite);
	struct cssp_rd rd;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(row->in); i++) {
		for (j = 0; j < row->in[i].times; j++) {
			rd = in_forged(test, peer, row->in[i].type, row->in[i].hex);
			KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, rd.p, rd.left), 0);
		}
	}
	rd = in_records(test, peer, REQUEST1, 100);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, rd.p, rd.left), 0);
}

static void expect_intruder(struct kunit *test, const struct intruder *row,
			    struct cssp_channel *ch)
{
	if (row->err)
		expect_no_request(test, ch, row->err, row->reason);
	else
		expect_request(test, ch, REQUEST1);
	KUNIT_EXPECT_EQ(test, cssp_channel_alert(ch), row->alert);
}

static void intruders_in_tokens(struct kunit *test)
{
	const struct intruder *row = test->param_value;
	struct tls_end *end = tls_end_token(test);
	struct cssp_vbuf *in = tls_vbuf(test);
	struct cssp_rd rd;

	make_intruder(test, row, in);
	tls_end_up(end, test, row->suite, false);
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_intruder(test, row, end->ch);
}

static void intruders_on_a_socket(struct kunit *test)
{
	const struct intruder *row = test->param_value;
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_vbuf *in = tls_vbuf(test);
	struct cssp_rd rd;

	make_intruder(test, row, in);
	tls_end_up(end, test, row->suite, false);
	rd = cssp_vbuf_rd(in);
	tls_peer_sends(test, end, c->raw, &rd);
	expect_intruder(test, row, end->ch);
}

static struct kunit_case tls_exchange_cases[] = {
	KUNIT_CASE_PARAM(socket_exchange, suites_gen_params),
	KUNIT_CASE(socket_exchange_by_single_bytes),
	KUNIT_CASE_PARAM(token_exchange, suites_gen_params),
	KUNIT_CASE(two_requests_in_one_record),
	KUNIT_CASE(half_a_ticket),
	KUNIT_CASE_PARAM(intruders_in_tokens, intruders_gen_params),
	KUNIT_CASE_PARAM(intruders_on_a_socket, intruders_gen_params),
	{}
};

static struct kunit_suite tls_exchange_suite = {
	.name = "credssp_tls_exchange",
	.suite_init = tls_suite_init,
	.test_cases = tls_exchange_cases,
};

kunit_test_suite(tls_exchange_suite);
