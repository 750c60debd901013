// SPDX-License-Identifier: GPL-2.0-only
/* Handshakes that fail, waits that end, sockets that are refused, exports. */
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "base/status.h"
#include "tls/ktls.h"
#include "tls/xprt_token.h"
#include "tls_util.h"
#include "wire/tls_record.h"

#define ALERT40	"15030300020228"

/* A reply of the helper that ends the handshake. */
struct turn_row {
	const char *name;
	u16 opcode;		/* the request that it answers */
	u32 state;
	s32 consumed;		/* -1: all that was given */
	u32 alert;
	u32 failure;
	u32 session_length;
	u32 record_limit;
	u32 longer;
	bool chain;
	const char *wire;
	size_t cut;
	int call_err;
	int err;
	u32 reason;
};

#define START	.opcode = CREDSSP_HLP_TLS_START
#define STEP	.opcode = CREDSSP_HLP_TLS_STEP
#define CONT	.state = CREDSSP_HLP_TLS_CONTINUE
#define DONE	.state = CREDSSP_HLP_TLS_DONE, .chain = true
#define FAILED	.state = CREDSSP_HLP_TLS_FAILED
#define WHY(failed)	.failure = CREDSSP_HLP_FAIL_##failed
#define NONSENSE .err = -EREMOTEIO, .reason = TLS_REASON_OF_ERRNO

static const struct turn_row turn_rows[] = {
	{ "no state", START, .wire = TLS_HELLO, NONSENSE },
	{ "state 4", START, .state = 4, .wire = TLS_HELLO, NONSENSE },
	{ "consumed without being given", START, CONT, .consumed = 1, NONSENSE },
	{ "consumed too little", STEP, CONT, .consumed = 3, NONSENSE },
	{ "consumed too much", STEP, CONT, .consumed = 10, NONSENSE },
	{ "consumed half a record", STEP, DONE, .consumed = 3, NONSENSE },
	{ "wire longer than the reply", START, CONT, .wire = TLS_HELLO, .longer = 1, NONSENSE },
	{ "wire of 4 GiB", START, CONT, .wire = TLS_HELLO, .longer = 0xfffffff0, NONSENSE },
	{ "reply cut in its head", START, CONT, .cut = 1, NONSENSE },
	{ "reply cut to nothing", START, CONT,
	  .cut = sizeof(struct credssp_hlp_tls_reply), NONSENSE },
	{ "reply cut in the wire", STEP, CONT, .consumed = -1, .wire = TLS_HELLO,
	  .cut = 1, NONSENSE },
	{ "plaintext for the wire", START, CONT, .wire = "474554202f", NONSENSE },
	{ "half a record for the wire", START, CONT, .wire = "160301000501", NONSENSE },
	{ "chain too early", START, CONT, .chain = true, NONSENSE },
	{ "chain of a failure", START, FAILED, .chain = true, NONSENSE },
	{ "resumption too early", START, CONT, .session_length = 4, NONSENSE },
	{ "limit of the record too early", START, CONT, .record_limit = 512, NONSENSE },
	{ "resumption that is not there", STEP, DONE, .consumed = -1,
	  .session_length = 4, NONSENSE },
	{ "no chain", STEP, .state = CREDSSP_HLP_TLS_DONE, .consumed = -1, NONSENSE },
	{ "alert while it goes on", STEP, CONT, .consumed = -1, .alert = 40, NONSENSE },
	{ "alert 256", STEP, FAILED, .consumed = -1, .alert = 256, NONSENSE },
	{ "died", STEP, .call_err = -EHOSTUNREACH,
	  .err = -EHOSTUNREACH, .reason = CREDSSP_REASON_HELPER_DIED },
	{ "slow", STEP, .call_err = -ETIMEDOUT,
	  .err = -ETIMEDOUT, .reason = TLS_REASON_OF_ERRNO },
	{ "error", START, .call_err = -EREMOTEIO, NONSENSE },
	{ "refused the peer", STEP, FAILED, .consumed = -1, .wire = ALERT40,
	  .err = -EBADMSG, .reason = CREDSSP_REASON_TLS_HANDSHAKE },
	{ "alert of the peer", STEP, FAILED, .consumed = -1, .alert = 48,
	  .err = -EPIPE, .reason = CREDSSP_REASON_TLS_ALERT },
	{ "nothing in common", STEP, FAILED, .alert = 40,
	  .err = -ENOPKG, .reason = CREDSSP_REASON_TLS_ALERT },
	{ "failure while it goes on", STEP, CONT, .consumed = -1, WHY(DECODE), NONSENSE },
	{ "failure and an alert", STEP, FAILED, .alert = 40, WHY(DECODE), NONSENSE },
	{ "unknown failure", STEP, FAILED, .failure = CREDSSP_HLP_FAIL_SERVER_CERT + 1, NONSENSE },
	{ "no common version", STEP, FAILED, WHY(VERSION),
	  .err = -ENOPKG, .reason = CREDSSP_REASON_TLS_VERSION },
	{ "no common algorithm", STEP, FAILED, WHY(ALGORITHM), .wire = ALERT40,
	  .err = -ENOPKG, .reason = CREDSSP_REASON_TLS_ALGORITHM },
	{ "unexpected message", STEP, FAILED, WHY(MESSAGE),
	  .err = -EBADMSG, .reason = CREDSSP_REASON_TLS_MESSAGE },
	{ "malformed message", STEP, FAILED, WHY(DECODE),
	  .err = -EBADMSG, .reason = CREDSSP_REASON_TLS_DECODE },
	{ "bad signature", STEP, FAILED, WHY(PROOF),
	  .err = -EKEYREJECTED, .reason = CREDSSP_REASON_TLS_PROOF },
	{ "bad certificate", STEP, FAILED, WHY(CERTIFICATE),
	  .err = -EBADMSG, .reason = CREDSSP_REASON_CERTIFICATE },
	{ "key too large", STEP, FAILED, WHY(KEY_SIZE),
	  .err = -ENOPKG, .reason = CREDSSP_REASON_KEY_SIZE },
	{ "too long", STEP, FAILED, WHY(SIZE),
	  .err = -EMSGSIZE, .reason = CREDSSP_REASON_TLS_SIZE },
	{ "client certificate", STEP, FAILED, WHY(CLIENT_CERT),
	  .err = CSSP_E_NO_CREDS, .reason = CREDSSP_REASON_CLIENT_CERT },
	{ "closed", STEP, FAILED, WHY(CLOSED),
	  .err = -EPIPE, .reason = CREDSSP_REASON_CONNECTION },
	{ "server certificate", STEP, FAILED, WHY(SERVER_CERT),
	  .err = CSSP_E_NO_CREDS, .reason = CREDSSP_REASON_SERVER_CERT },
};

static void turn_name(const struct turn_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(turns, turn_rows, turn_name);

/* Up to two turns; @row is the last one. Return their number. */
static unsigned int make_turns(struct kunit *test, const struct turn_row *row,
			       struct tls_turn *turns)
{
	struct tls_turn *t = row->opcode == CREDSSP_HLP_TLS_START ? turns : turns + 1;

	turns[0] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_START,
		.head.state = CREDSSP_HLP_TLS_CONTINUE,
		.wire = test_hex(test, TLS_HELLO),
	};
	*t = (struct tls_turn){
		.opcode = row->opcode,
		.all = row->consumed < 0,
		.longer = row->longer,
		.cut = row->cut,
		.err = row->call_err,
	};
	tls_reply(&t->head, TLS_13_AES128, false);
	t->head.state = row->state;
	t->head.consumed = max(row->consumed, 0);
	t->head.alert = row->alert;
	t->head.failure = row->failure;
	t->head.session_length = row->session_length;
	t->head.record_limit = row->record_limit;
	if (row->wire)
		t->wire = test_hex(test, row->wire);
	if (row->chain)
		t->chain = tls_chain(test);
	return t - turns + 1;
}

static void helpers_last_word_on_a_socket(struct kunit *test)
{
	const struct turn_row *row = test->param_value;
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_rd rd = test_hex(test, TLS_REPLY1);
	struct tls_turn turns[2];

	tls_peer_sends(test, end, c->raw, &rd);
	tls_end_script(end, turns, make_turns(test, row, turns));
	cssp_channel_set_alerts(end->ch, true);

	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), row->err);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), row->reason);
	KUNIT_EXPECT_EQ(test, cssp_channel_alert(end->ch), row->err == -EREMOTEIO ? 0 : row->alert);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EPIPE);
	if (row->opcode == CREDSSP_HLP_TLS_STEP) {
		rd = test_hex(test, TLS_HELLO);
		tls_peer_gets(test, end, c->raw, &rd);
	}
	/* Bytes of a malformed reply are not sent; the alert of a failed handshake is. */
	if (row->state == CREDSSP_HLP_TLS_FAILED && row->wire) {
		rd = test_hex(test, row->wire);
		tls_peer_gets(test, end, c->raw, &rd);
	}
	cssp_channel_send_alert(end->ch, 80);
	cssp_channel_release_socket(end->ch);
	KUNIT_EXPECT_EQ(test, READ_ONCE(tcp_sk(c->raw->sk)->rcv_nxt),
			READ_ONCE(tcp_sk(c->raw->sk)->copied_seq));
}

/* Without EXTENDED_ERROR no alert is sent to the peer. */
static void a_refusal_is_silent(struct kunit *test)
{
	static const struct turn_row row = { "", STEP, FAILED, .consumed = -1, .wire = ALERT40 };
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_rd rd = test_hex(test, TLS_REPLY1);
	struct tls_turn turns[2];

	tls_peer_sends(test, end, c->raw, &rd);
	tls_end_script(end, turns, make_turns(test, &row, turns));
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EBADMSG);
	rd = test_hex(test, TLS_HELLO);
	tls_peer_gets(test, end, c->raw, &rd);
	cssp_channel_shutdown(end->ch);
	cssp_channel_release_socket(end->ch);
	KUNIT_EXPECT_EQ(test, READ_ONCE(tcp_sk(c->raw->sk)->copied_seq) + 1,
			READ_ONCE(tcp_sk(c->raw->sk)->rcv_nxt));
}

static void helpers_last_word_on_tokens(struct kunit *test)
{
	const struct turn_row *row = test->param_value;
	struct tls_end *end = tls_end_token(test);
	struct cssp_rd rd = test_hex(test, TLS_REPLY1);
	struct cssp_vbuf *out = tls_vbuf(test);
	struct tls_turn turns[2];
	int ret;

	tls_end_script(end, turns, make_turns(test, row, turns));
	ret = cssp_channel_handshake(end->ch);
	if (row->opcode == CREDSSP_HLP_TLS_STEP) {
		KUNIT_EXPECT_EQ(test, ret, -EAGAIN);
		KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
		ret = cssp_channel_handshake(end->ch);
	}
	KUNIT_EXPECT_EQ(test, ret, row->err);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), row->reason);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_hex(test, &rd, row->err != -EREMOTEIO && row->wire ? row->wire : "");
}

static void without_a_helper_the_socket_is_left_alone(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_rd rd = test_str("plain");

	tls_end_script(end, NULL, 0);
	end->helper.open_err = -EHOSTUNREACH;
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	cssp_channel_shutdown(end->ch);
	cssp_channel_release_socket(end->ch);
	tls_peer_sends(test, end, c->tls, &rd);
	tls_peer_gets(test, end, c->raw, &rd);
}

/* Peers that close or send invalid records, before or after the handshake. */
static void a_broken_peer(struct kunit *test)
{
	static const struct {
		const char *hex;
		bool close, up;
		int err;
		u32 reason;
	} rows[] = {
		{ "", true, false, -EPIPE, TLS_REASON_OF_ERRNO },
		{ "1603", true, false, -EPIPE, TLS_REASON_OF_ERRNO },
		{ "16030300ff00", true, false, -EPIPE, TLS_REASON_OF_ERRNO },
		{ "485454502f", false, false, -EBADMSG, CREDSSP_REASON_TLS_RECORD },
		{ "1603030000", false, false, -EBADMSG, CREDSSP_REASON_TLS_RECORD },
		{ "160303ffff", false, false, -EBADMSG, CREDSSP_REASON_TLS_RECORD },
		{ "", true, true, -EPIPE, TLS_REASON_OF_ERRNO },
		{ "17030300", true, true, -EPIPE, TLS_REASON_OF_ERRNO },
		{ "485454502f312e31", false, true, -EBADMSG, CREDSSP_REASON_TLS_RECORD },
		{ "1703030001aa", false, true, -EKEYREJECTED, CREDSSP_REASON_TLS_RECORD },
	};
	struct cssp_vbuf *msg = tls_vbuf(test);
	struct tls_turn turns[3];
	struct cssp_rd rd;
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cssp_loopback *c = tls_connection(test);
		struct tls_end *end = tls_end_socket(test, c->tls);

		rd = test_hex(test, rows[i].hex);
		if (rows[i].up)
			tls_end_up(end, test, TLS_13_AES128, false);
		tls_peer_sends(test, end, c->raw, &rd);
		if (rows[i].close)
			kernel_sock_shutdown(c->raw, SHUT_WR);
		tls_good_script(test, turns, TLS_13_AES128);
		tls_end_script(end, turns, 3);
		ret = rows[i].up ? cssp_channel_recv_request(end->ch, msg) :
				   cssp_channel_handshake(end->ch);
		KUNIT_EXPECT_EQ_MSG(test, ret, rows[i].err, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, cssp_channel_reason(end->ch), rows[i].reason,
				    "row %d", i);
		/* The socket must not carry plaintext afterwards. */
		cssp_channel_shutdown(end->ch);
		KUNIT_EXPECT_EQ(test, c->tls->sk->sk_shutdown, SHUTDOWN_MASK);
	}
}

/* The peer closes behind its last record, before kTLS has the keys. */
static void a_peer_that_is_gone_already(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_rd rd = test_hex(test, TLS_REPLY1 TLS_REPLY2);
	struct tls_turn turns[3];

	tls_peer_sends(test, end, c->raw, &rd);
	kernel_sock_shutdown(c->raw, SHUT_WR);
	tls_good_script(test, turns, TLS_13_AES128);
	tls_end_script(end, turns, 3);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EPIPE);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	cssp_channel_shutdown(end->ch);
	KUNIT_EXPECT_EQ(test, c->tls->sk->sk_shutdown, SHUTDOWN_MASK);
}

/* After a bad record the peer gets an alert, and its answer is not read. */
static void an_alert_after_a_bad_record(struct kunit *test)
{
	const struct tls_suite *s = TLS_13_AES128;
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_channel *peer = tls_peer_channel(test, s);
	struct cssp_vbuf *wire = tls_vbuf(test), *msg = tls_vbuf(test);
	struct cssp_patience p = tls_patient(end);
	struct cssp_rd rd = test_str("text");

	KUNIT_ASSERT_EQ(test, tls_seal(peer, &rd, wire), 0);
	wire->data[wire->len - 1] ^= 1;
	tls_end_up(end, test, s, false);
	rd = cssp_vbuf_rd(wire);
	tls_peer_sends(test, end, c->raw, &rd);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(end->ch, msg), -EKEYREJECTED);
	KUNIT_EXPECT_EQ(test, cssp_channel_send(end->ch, &rd), -EPIPE);

	cssp_channel_send_alert(end->ch, 20);
	wire->len = 2 + s->before + s->after;
	KUNIT_ASSERT_EQ(test, cssp_sock_recv(c->raw, wire->data, wire->len, &p), 0);
	rd = cssp_vbuf_rd(wire);
	KUNIT_EXPECT_EQ(test, tls_open(peer, &rd, msg), -EPIPE);
	KUNIT_EXPECT_EQ(test, cssp_channel_alert(peer), 20);
}

static int cancel_later(void *data)
{
	msleep(100);
	cssp_wait_cancel(data);
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

static void a_wait_is_cancelled(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	unsigned long begin = jiffies;

	tls_end_up(end, test, TLS_13_AES128, false);
	tls_thread(test, cancel_later, &end->wait);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(end->ch, tls_vbuf(test)), -ECANCELED);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, begin + MS(10000)));
}

static void a_wait_ends_at_the_deadline(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	unsigned long begin;

	tls_end_up(end, test, TLS_13_AES128, false);
	begin = jiffies;
	cssp_wait_start(&end->wait, 600);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(end->ch, tls_vbuf(test)), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, begin + MS(600)));
	KUNIT_EXPECT_TRUE(test, time_before(jiffies, begin + MS(10000)));
}

struct sleeper {
	struct tls_end *end;
	struct completion done;
	int ret;
};

static int receive(void *data)
{
	struct sleeper *s = data;
	struct cssp_vbuf msg = {};

	allow_signal(SIGKILL);
	s->ret = cssp_channel_recv_request(s->end->ch, &msg);
	cssp_vbuf_free(&msg);
	complete(&s->done);
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

static void a_wait_is_killed(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct sleeper *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->end = tls_end_socket(test, c->tls);
	init_completion(&s->done);
	tls_end_up(s->end, test, TLS_13_AES128, false);
	task = tls_thread(test, receive, s);
	msleep(100);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_GT(test, wait_for_completion_timeout(&s->done, MS(10000)), 0);
	KUNIT_EXPECT_EQ(test, s->ret, -EINTR);
}

/* The peer does not read, so that sending waits until the deadline. */
static void a_send_ends_at_the_deadline(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_rd rd = tls_pattern(test, 60000);
	int ret = 0, i;

	tls_end_up(end, test, TLS_13_AES128, false);
	cssp_wait_start(&end->wait, 3000);
	for (i = 0; i < 500 && !ret; i++)
		ret = cssp_channel_send(end->ch, &rd);
	KUNIT_EXPECT_EQ(test, ret, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, cssp_channel_send(end->ch, &rd), -EPIPE);
}

static struct socket *new_socket(struct kunit *test, int family, int type, int proto)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, family, type, proto, &sock), 0);
	return sock;
}

static int try_attach(struct tls_end *end, const struct cssp_requester *who,
		      struct socket *sock)
{
	struct cssp_channel_params params = { who, &end->wait, "" };
	struct cssp_channel *ch;
	int ret = cssp_channel_create_socket(&ch, &params, sock);

	cssp_channel_free(ch);
	return ret;
}

static void sockets_that_are_refused(struct kunit *test)
{
	static struct net elsewhere;
	struct tls_end *end = tls_end_token(test), *user;
	struct cssp_loopback *c = tls_connection(test);
	struct cssp_requester stranger = end->who;
	struct socket *sock;

	KUNIT_EXPECT_EQ(test, try_attach(end, &end->who, c->tls), 0);
	stranger.net = &elsewhere;
	KUNIT_EXPECT_EQ(test, try_attach(end, &stranger, c->tls), CSSP_E_PARAMETER);
	sock = new_socket(test, AF_INET, SOCK_STREAM, IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, try_attach(end, &end->who, sock), -ENOTCONN);
	sock_release(sock);
	sock = new_socket(test, AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, try_attach(end, &end->who, sock), -ENOTSOCK);
	sock_release(sock);
	sock = new_socket(test, AF_UNIX, SOCK_STREAM, 0);
	KUNIT_EXPECT_EQ(test, try_attach(end, &end->who, sock), CSSP_E_PARAMETER);
	sock_release(sock);
	user = tls_end_socket(test, c->tls);
	tls_end_up(user, test, TLS_13_AES128, false);
	KUNIT_EXPECT_EQ(test, try_attach(end, &end->who, c->tls), -EEXIST);
	kernel_sock_shutdown(c->raw, SHUT_RDWR);
	kernel_sock_shutdown(c->tls, SHUT_RDWR);
	KUNIT_EXPECT_EQ(test, try_attach(end, &end->who, c->tls), -ENOTCONN);
}

static void keys_are_exported_once(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	struct tls_end *end = tls_end_token(test);
	struct cssp_channel *peer = tls_peer_channel(test, s);
	struct cssp_loopback *c = tls_connection(test), *other = tls_connection(test);
	struct cssp_vbuf *wire = tls_vbuf(test), *plain = tls_vbuf(test);
	struct cssp_rd rd = test_str("one"), two = test_str("two");
	struct cssp_patience p;

	tls_end_up(end, test, s, false);
	/*
	 * Both numbers have moved, the loopback connection exists,
	 * and bytes are still to be taken.
	 */
	KUNIT_ASSERT_EQ(test, cssp_channel_send(end->ch, &rd), 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_export(end->ch, c->tls), -EBUSY);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, wire), 0);
	rd = cssp_vbuf_rd(wire);
	KUNIT_ASSERT_EQ(test, tls_open(peer, &rd, plain), 0);
	cssp_vbuf_clear(wire);
	KUNIT_ASSERT_EQ(test, tls_seal(peer, &two, wire), 0);
	rd = cssp_vbuf_rd(wire);
	KUNIT_ASSERT_EQ(test, tls_open(end->ch, &rd, plain), 0);
	KUNIT_EXPECT_TRUE(test, cssp_loopback_alive(&end->ch->loopback));

	KUNIT_ASSERT_EQ(test, cssp_channel_export(end->ch, c->tls), 0);
	KUNIT_EXPECT_FALSE(test, cssp_loopback_alive(&end->ch->loopback));
	KUNIT_EXPECT_NULL(test, memchr_inv(&end->ch->session.tx, 0, sizeof(end->ch->session.tx)));
	KUNIT_EXPECT_EQ(test, cssp_channel_export(end->ch, other->tls), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, tls_seal(end->ch, &two, wire), -EOPNOTSUPP);
	rd = cssp_vbuf_rd(wire);
	KUNIT_EXPECT_EQ(test, tls_open(end->ch, &rd, plain), -EOPNOTSUPP);

	/* The socket goes on with the next numbers. */
	cssp_vbuf_clear(wire);
	KUNIT_ASSERT_EQ(test, tls_seal(peer, &two, wire), 0);
	rd = cssp_vbuf_rd(wire);
	tls_peer_sends(test, end, c->raw, &rd);
	tls_peer_gets(test, end, c->tls, &two);
	tls_peer_sends(test, end, c->tls, &two);
	wire->len = two.left + s->before + s->after;
	rd = cssp_vbuf_rd(wire);
	p = tls_patient(end);
	KUNIT_ASSERT_EQ(test, cssp_sock_recv(c->raw, wire->data, wire->len, &p), 0);
	cssp_vbuf_clear(plain);
	KUNIT_ASSERT_EQ(test, tls_open(peer, &rd, plain), 0);
	rd = cssp_vbuf_rd(plain);
	test_expect_same(test, &rd, &two);
}

static void an_export_that_is_refused_loses_nothing(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test), *user;
	struct cssp_channel *peer = tls_peer_channel(test, TLS_12_AES128);
	struct cssp_loopback *c = tls_connection(test);
	struct cssp_vbuf *wire = tls_vbuf(test), *plain = tls_vbuf(test);
	struct cssp_rd rd = test_str("still");

	user = tls_end_socket(test, c->tls);
	tls_end_up(user, test, TLS_13_AES128, false);
	tls_end_up(end, test, TLS_12_AES128, false);
	KUNIT_EXPECT_EQ(test, cssp_channel_export(end->ch, c->tls), -EEXIST);
	KUNIT_EXPECT_EQ(test, tls_seal(end->ch, &rd, wire), 0);
	rd = cssp_vbuf_rd(wire);
	KUNIT_EXPECT_EQ(test, tls_open(peer, &rd, plain), 0);
}

/*
 * Only kTLS can apply the peer's record size limit (RFC 8449) to the caller's own sends,
 * and it does so from 6.19 on. On older kernels the keys stay here.
 */
static void a_limit_that_ktls_cannot_keep(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test), *other = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls), *token = tls_end_token(test);
	struct cssp_channel *peer = tls_peer_channel(test, TLS_13_AES128);
	struct cssp_vbuf *wire = tls_vbuf(test), *plain = tls_vbuf(test);
	struct tls_turn turns[3];
	struct cssp_rd rd;

	tls_good_script(test, turns, TLS_13_AES128);
	turns[2].head.record_limit = 512;
	tls_end_script(end, turns, 3);
	rd = test_hex(test, TLS_REPLY1 TLS_REPLY2);
	tls_peer_sends(test, end, c->raw, &rd);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), CREDSSP_REASON_LIMIT);
	KUNIT_EXPECT_FALSE(test, cssp_channel_usable(end->ch));

	tls_end_up(token, test, TLS_13_AES128, false);
	token->ch->session.record_limit = 512;
	KUNIT_EXPECT_EQ(test, cssp_channel_export(token->ch, other->tls), -EOPNOTSUPP);
	rd = test_str("still");
	KUNIT_EXPECT_EQ(test, tls_seal(token->ch, &rd, wire), 0);
	rd = cssp_vbuf_rd(wire);
	KUNIT_EXPECT_EQ(test, tls_open(peer, &rd, plain), 0);
}

static void only_what_fits_is_queued(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct cssp_rd big = tls_pattern(test, CSSP_TLS_HEADER + 16384), rd;
	u8 *p = (u8 *)big.p;
	int i, ret = 0;

	memcpy(p, "\x17\x03\x03\x40\x00", CSSP_TLS_HEADER);
	for (i = 0; i < 20 && !ret; i++) {
		rd = big;
		ret = cssp_channel_push_wire(end->ch, &rd);
		KUNIT_EXPECT_EQ(test, rd.left, ret ? big.left : 0);
	}
	KUNIT_EXPECT_EQ(test, ret, -EMSGSIZE);
	KUNIT_EXPECT_LE(test, end->ch->wire_in.len, 2 * CREDSSP_MAX_TOKEN);
	KUNIT_EXPECT_GT(test, end->ch->wire_in.len, CREDSSP_MAX_TOKEN);
	KUNIT_EXPECT_EQ(test, tls_seal(end->ch, &big, tls_vbuf(test)), -EPROTO);
}

KUNIT_ARRAY_PARAM(suites, tls_suites, tls_suite_name);

static struct kunit_case tls_failure_cases[] = {
	KUNIT_CASE_PARAM(helpers_last_word_on_a_socket, turns_gen_params),
	KUNIT_CASE(a_refusal_is_silent),
	KUNIT_CASE_PARAM(helpers_last_word_on_tokens, turns_gen_params),
	KUNIT_CASE(without_a_helper_the_socket_is_left_alone),
	KUNIT_CASE(a_broken_peer),
	KUNIT_CASE(a_peer_that_is_gone_already),
	KUNIT_CASE(an_alert_after_a_bad_record),
	KUNIT_CASE(a_wait_is_cancelled),
	KUNIT_CASE(a_wait_ends_at_the_deadline),
	KUNIT_CASE(a_wait_is_killed),
	KUNIT_CASE(a_send_ends_at_the_deadline),
	KUNIT_CASE(sockets_that_are_refused),
	KUNIT_CASE_PARAM(keys_are_exported_once, suites_gen_params),
	KUNIT_CASE(an_export_that_is_refused_loses_nothing),
	KUNIT_CASE(a_limit_that_ktls_cannot_keep),
	KUNIT_CASE(only_what_fits_is_queued),
	{}
};

static struct kunit_suite tls_failure_suite = {
	.name = "credssp_tls_failure",
	.suite_init = tls_suite_init,
	.test_cases = tls_failure_cases,
};

kunit_test_suite(tls_failure_suite);
