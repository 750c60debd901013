// SPDX-License-Identifier: GPL-2.0-only
/* The server's handshake by a scripted helper, on both transports. */
#include <linux/net.h>
#include <net/sock.h>

#include "base/status.h"
#include "tls/xprt_token.h"
#include "tls_util.h"
#include "wire/tls_record.h"

/* A TSRequest, MS-CSSP 2.2.1; these tests read only its outer header. */
#define REQUEST "300da003020106a106300430020a0b"

/* The client's side of the session of tls_accept_script() */
static struct cssp_channel *accept_client(struct kunit *test, const struct tls_suite *s)
{
	struct tls_end *end = tls_end_token(test);

	tls_end_up(end, test, s, false);
	return end->ch;
}

static struct cssp_rd accept_sealed(struct kunit *test, struct cssp_channel *from,
				    const char *hex)
{
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_rd rd = test_hex(test, hex);

	KUNIT_ASSERT_EQ(test, tls_seal(from, &rd, out), 0);
	return cssp_vbuf_rd(out);
}

static void accept_expect_request(struct kunit *test, struct cssp_channel *ch)
{
	struct cssp_vbuf *msg = tls_vbuf(test);
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, cssp_channel_recv_request(ch, msg), 0);
	rd = cssp_vbuf_rd(msg);
	test_expect_hex(test, &rd, REQUEST);
}

static void accept_expect_session(struct kunit *test, const struct cssp_channel *ch,
				  const struct tls_suite *s)
{
	const struct cssp_tls_session *session = cssp_channel_session(ch);
	struct cssp_rd cert = cssp_vbuf_rd(&session->cert);
	struct cssp_rd key = cssp_vbuf_rd(&session->public_key);

	test_expect_hex(test, &cert, tls_certs[0].cert);
	test_expect_hex(test, &key, tls_certs[0].key);
	KUNIT_EXPECT_EQ(test, session->version, s->version);
	KUNIT_EXPECT_EQ(test, session->trust, 0);
	KUNIT_EXPECT_FALSE(test, session->cert_sent);
}

/* TLS_ACCEPT with the name of a certificate */
static struct cssp_rd accept_request(struct kunit *test, const char *name)
{
	const struct credssp_hlp_tls_accept head = { .cert_length = strlen(name) };
	u8 *p = test_room(test, sizeof(head) + strlen(name));

	memcpy(p, &head, sizeof(head));
	memcpy(p + sizeof(head), name, strlen(name));
	return cssp_rd_of(p, sizeof(head) + strlen(name));
}

KUNIT_ARRAY_PARAM(suites, tls_suites, tls_suite_name);

/*
 * The client sends its first TSRequest right behind its Finished. That must be left to kTLS,
 * whether it has arrived with the handshake or not.
 */
static void a_client_is_accepted_on_a_socket(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_server(test, c->tls);
	struct cssp_channel *client = accept_client(test, s);
	struct cssp_rd rd, sealed = accept_sealed(test, client, REQUEST "7a");
	struct cssp_vbuf *msg = tls_vbuf(test);
	struct tls_turn turns[3];
	struct cssp_patience p;
	u8 *one = test_room(test, 1);

	rd = test_hex(test, TLS_HELLO TLS_FINISH);
	tls_peer_sends(test, end, c->raw, &rd);
	tls_peer_sends(test, end, c->raw, &sealed);
	tls_accept_script(test, turns, s);
	turns[0].request = accept_request(test, "web-1");
	tls_end_script(end, turns, 3);
	/* A server asks for nothing, and resumes by itself. */
	cssp_channel_set_cert(end->ch, "web-1", true);
	cssp_channel_offer(end->ch, NULL);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	KUNIT_EXPECT_EQ(test, end->helper.at, 3);
	KUNIT_EXPECT_TRUE(test, end->helper.over);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	accept_expect_session(test, end->ch, s);
	KUNIT_EXPECT_NULL(test, memchr_inv(&end->ch->session.tx, 0, sizeof(end->ch->session.tx)));
	KUNIT_EXPECT_NULL(test, cssp_channel_next_session(end->ch));

	accept_expect_request(test, end->ch);
	rd = test_hex(test, REQUEST);
	KUNIT_ASSERT_EQ(test, cssp_channel_send(end->ch, &rd), 0);
	rd = test_hex(test, TLS_REPLY1 TLS_REPLY2 TLS_TICKET);
	tls_peer_gets(test, end, c->raw, &rd);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(msg, 64), 0);
	msg->len = strlen(REQUEST) / 2 + s->before + s->after;
	p = tls_patient(end);
	KUNIT_ASSERT_EQ(test, cssp_sock_recv(c->raw, msg->data, msg->len, &p), 0);
	rd = cssp_vbuf_rd(msg);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(client, &rd), 0);
	accept_expect_request(test, client);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_exact(end->ch, one, 1), 0);
	KUNIT_EXPECT_EQ(test, *one, 'z');
}

/* The first token is the ClientHello, and the one with Finished has half a TSRequest. */
static void a_client_is_accepted_on_tokens(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	struct tls_end *end = tls_end_server(test, NULL);
	struct cssp_channel *client = accept_client(test, s);
	struct cssp_rd rd, first = accept_sealed(test, client, "300da003020106a1");
	struct cssp_rd second = accept_sealed(test, client, "06300430020a0b");
	struct cssp_vbuf *out = tls_vbuf(test), *in = tls_vbuf(test);
	struct tls_turn turns[3];

	tls_accept_script(test, turns, s);
	turns[0].request = accept_request(test, "");
	tls_end_script(end, turns, 3);
	rd = test_hex(test, TLS_HELLO);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);
	KUNIT_EXPECT_EQ(test, end->helper.at, 2);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_hex(test, &rd, TLS_REPLY1 TLS_REPLY2);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);

	rd = test_hex(test, TLS_FINISH);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, rd.p, rd.left), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, first.p, first.left), 0);
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	turns[2].all = false;
	turns[2].head.consumed = strlen(TLS_FINISH) / 2;
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	accept_expect_session(test, end->ch, s);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_hex(test, &rd, TLS_TICKET);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(end->ch, in), -EAGAIN);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &second), 0);
	accept_expect_request(test, end->ch);
	KUNIT_EXPECT_EQ(test, cssp_channel_settle(end->ch), 0);
}

/* Replies that a lying helper gives, and those that fail the handshake. */
struct accept_row {
	const char *name;
	unsigned int at;	/* the turn */
	u32 state;
	u32 alert, failure, trust, flags, session;
	bool all, resumed;
	const char *wire;
	int err;		/* 0: the handshake succeeds */
	u32 reason;
};

#define LIE	.err = -EREMOTEIO, .reason = TLS_REASON_OF_ERRNO
#define CONT	.state = CREDSSP_HLP_TLS_CONTINUE
#define DONE	.state = CREDSSP_HLP_TLS_DONE
#define FAILED	.state = CREDSSP_HLP_TLS_FAILED
#define ALERT40	"15030300020228"

static const struct accept_row accept_rows[] = {
	{ "speaks first", 0, CONT, .wire = TLS_REPLY1, LIE },
	{ "done before the client", 0, DONE, LIE },
	{ "alert of a silent client", 0, FAILED, .alert = 40, LIE },
	{ "fails aloud before the client", 0, FAILED, .wire = ALERT40, LIE },
	{ "asks before the client", 0, .state = CREDSSP_HLP_TLS_CERT_WANTED, LIE },
	{ "no certificate", 0, FAILED, .failure = CREDSSP_HLP_FAIL_SERVER_CERT,
	  .err = CSSP_E_NO_CREDS, .reason = CREDSSP_REASON_SERVER_CERT },
	{ "asks for a certificate", 1, .state = CREDSSP_HLP_TLS_CERT_WANTED, .all = true, LIE },
	{ "trust too early", 1, CONT, .all = true, .trust = CREDSSP_TRUST_EXPIRED, LIE },
	{ "resumed too early", 1, CONT, .all = true, .flags = CREDSSP_HLP_TLS_RESUMED, LIE },
	{ "no certificate of that name", 1, FAILED, .all = true, .wire = ALERT40,
	  .failure = CREDSSP_HLP_FAIL_SERVER_CERT,
	  .err = CSSP_E_NO_CREDS, .reason = CREDSSP_REASON_SERVER_CERT },
	{ "alert of the client", 2, FAILED, .all = true, .alert = 48,
	  .err = -EPIPE, .reason = CREDSSP_REASON_TLS_ALERT },
	{ "trust", 2, DONE, .all = true, .trust = CREDSSP_TRUST_UNTRUSTED_ROOT, LIE },
	{ "client certificate", 2, DONE, .all = true, .flags = CREDSSP_HLP_TLS_CERT_SENT, LIE },
	{ "tickets", 2, DONE, .all = true, .flags = CREDSSP_HLP_TLS_TICKETS, LIE },
	{ "unknown flag", 2, DONE, .all = true, .flags = 0x8, LIE },
	{ "session", 2, DONE, .all = true, .session = 4, LIE },
	{ "resumed", 2, DONE, .all = true, .flags = CREDSSP_HLP_TLS_RESUMED, .resumed = true },
	{ "not resumed", 2, DONE, .all = true },
};

static void accept_name(const struct accept_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(accepts, accept_rows, accept_name);

/* Return the number of turns. */
static unsigned int accept_turns(struct kunit *test, const struct accept_row *row,
				 struct tls_turn *turns)
{
	struct tls_turn *t = &turns[row->at];

	tls_accept_script(test, turns, TLS_13_AES128);
	t->head.state = row->state;
	t->head.alert = row->alert;
	t->head.failure = row->failure;
	t->head.trust = row->trust;
	t->head.flags = row->flags;
	t->head.session_length = row->session;
	t->head.session_lifetime = row->session;
	t->all = row->all;
	t->wire = row->wire ? test_hex(test, row->wire) : (struct cssp_rd){};
	if (row->session)
		t->session = test_str("blob");
	t->chain = row->state == CREDSSP_HLP_TLS_DONE ? tls_chain(test) : (struct cssp_rd){};
	return row->at + 1;
}

static void helpers_word_on_a_socket(struct kunit *test)
{
	const struct accept_row *row = test->param_value;
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_server(test, c->tls);
	struct cssp_rd rd = test_hex(test, row->at < 2 ? TLS_HELLO : TLS_HELLO TLS_FINISH);
	struct tls_turn turns[3];

	tls_peer_sends(test, end, c->raw, &rd);
	tls_end_script(end, turns, accept_turns(test, row, turns));
	cssp_channel_set_alerts(end->ch, true);
	cssp_channel_set_cert(end->ch, "", true);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), row->err);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), row->reason);
	KUNIT_EXPECT_EQ(test, cssp_channel_session(end->ch)->resumed, row->resumed);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	if (row->err == -EREMOTEIO || !row->wire)
		return;
	rd = test_hex(test, row->wire);
	tls_peer_gets(test, end, c->raw, &rd);
}

static void helpers_word_on_tokens(struct kunit *test)
{
	const struct accept_row *row = test->param_value;
	struct tls_end *end = tls_end_server(test, NULL);
	struct cssp_vbuf *out = tls_vbuf(test);
	struct tls_turn turns[3];
	struct cssp_rd rd;
	int ret;

	tls_end_script(end, turns, accept_turns(test, row, turns));
	cssp_channel_set_cert(end->ch, "", true);
	rd = test_hex(test, TLS_HELLO);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	ret = cssp_channel_handshake(end->ch);
	if (row->at == 2) {
		KUNIT_EXPECT_EQ(test, ret, -EAGAIN);
		KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
		cssp_vbuf_clear(out);
		rd = test_hex(test, TLS_FINISH);
		KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
		ret = cssp_channel_handshake(end->ch);
	}
	KUNIT_EXPECT_EQ(test, ret, row->err);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), row->reason);
	KUNIT_EXPECT_EQ(test, cssp_channel_session(end->ch)->resumed, row->resumed);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_hex(test, &rd, row->err != -EREMOTEIO && row->wire ? row->wire : "");
}

/* A client sends no tickets: they end the connection, in one record or in two. */
static void a_ticket_of_a_client_is_refused(struct kunit *test)
{
	const struct tls_suite *s = TLS_13_AES128;
	struct cssp_channel *client = accept_client(test, s);
	struct tls_end *end = tls_end_server(test, NULL);
	struct cssp_vbuf *in = tls_vbuf(test), *msg = tls_vbuf(test);
	struct tls_turn turns[3];
	struct cssp_rd rd;

	tls_accept_script(test, turns, s);
	tls_end_script(end, turns, 3);
	rd = test_hex(test, TLS_HELLO);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);
	rd = test_hex(test, TLS_FINISH);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	rd = test_hex(test, "04000003010203");
	cssp_xprt_token_park(client);
	tls_forge(test, &client->session, &client->session.tx, CSSP_TLS_HANDSHAKE, &rd, 0, in);
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(end->ch, msg), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), CREDSSP_REASON_TLS_RECORD);
}

/*
 * A client that asks its user about the certificate, or that refuses it silently, closes
 * during or right after the handshake.
 */
static void a_client_that_closes_early(struct kunit *test)
{
	static const struct {
		const char *hex;
		int how;
	} rows[] = {
		{ "", SHUT_WR },
		{ "1603010005", SHUT_WR },
		{ TLS_HELLO, SHUT_WR },
		{ TLS_HELLO "14030300", SHUT_WR },
		{ TLS_HELLO TLS_FINISH, SHUT_WR },
		{ TLS_HELLO TLS_FINISH, SHUT_RDWR },
	};
	struct tls_turn turns[3];
	struct cssp_rd rd;
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cssp_loopback *c = tls_connection(test);
		struct tls_end *end = tls_end_server(test, c->tls);

		rd = test_hex(test, rows[i].hex);
		tls_peer_sends(test, end, c->raw, &rd);
		kernel_sock_shutdown(c->raw, rows[i].how);
		tls_accept_script(test, turns, TLS_13_AES128);
		tls_end_script(end, turns, 3);
		KUNIT_EXPECT_EQ_MSG(test, cssp_channel_handshake(end->ch), -EPIPE, "row %d", i);
		KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
		KUNIT_EXPECT_FALSE(test, end->helper.open);
		cssp_channel_shutdown(end->ch);
		/* Plaintext must not follow. */
		KUNIT_EXPECT_EQ(test, c->tls->sk->sk_shutdown, SHUTDOWN_MASK);
	}
}

/* A silent client ends at the deadline, gets no byte, and takes no place in the helper. */
static void a_silent_client(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_server(test, c->tls);
	unsigned long begin = jiffies;
	struct tls_turn turns[3];

	tls_accept_script(test, turns, TLS_13_AES128);
	tls_end_script(end, turns, 3);
	cssp_wait_start(&end->wait, 300);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, begin + MS(300)));
	KUNIT_EXPECT_EQ(test, end->helper.calls, 0);
	KUNIT_EXPECT_EQ(test, cssp_sock_arrived(c->raw), 0);
}

/* So does one that speaks another protocol. */
static void a_client_of_another_protocol(struct kunit *test)
{
	static const char *const rows[] = {
		"474554202f20485454502f312e310d0a", "0300001300000000000000000000000000000000",
		"1603010000", "16030100000000000000", "160301ffff00", "80460103010000",
	};
	struct tls_turn turns[3];
	struct cssp_rd rd;
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cssp_loopback *c = tls_connection(test);
		struct tls_end *end = tls_end_server(test, c->tls);

		rd = test_hex(test, rows[i]);
		tls_peer_sends(test, end, c->raw, &rd);
		tls_accept_script(test, turns, TLS_13_AES128);
		tls_end_script(end, turns, 3);
		KUNIT_EXPECT_EQ_MSG(test, cssp_channel_handshake(end->ch), -EBADMSG, "row %d", i);
		KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), CREDSSP_REASON_TLS_RECORD);
		KUNIT_EXPECT_EQ(test, end->helper.calls, 0);
		KUNIT_EXPECT_FALSE(test, end->helper.open);
		cssp_channel_shutdown(end->ch);
		KUNIT_EXPECT_EQ(test, c->tls->sk->sk_shutdown, SHUTDOWN_MASK);
	}
}

/* Without a helper the client's bytes stay on the socket. */
static void no_helper_for_a_server(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_server(test, c->tls);
	struct cssp_rd rd = test_hex(test, TLS_HELLO);

	tls_peer_sends(test, end, c->raw, &rd);
	tls_end_script(end, NULL, 0);
	end->helper.open_err = -EHOSTUNREACH;
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EHOSTUNREACH);
	cssp_channel_shutdown(end->ch);
	cssp_channel_release_socket(end->ch);
	tls_peer_gets(test, end, c->tls, &rd);
}

/* A client that sends one byte in each record does not go on for ever. */
static void too_many_records(struct kunit *test)
{
	const unsigned int n = CSSP_HANDSHAKE_RECORDS_MAX + 8;
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_server(test, c->tls);
	struct cssp_rd rd = test_hex(test, "160301000101");
	struct cssp_vbuf *in = tls_vbuf(test);
	struct tls_turn *turns;
	unsigned int i;

	turns = kunit_kcalloc(test, n, sizeof(*turns), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, turns);
	for (i = 0; i < n; i++) {
		turns[i].opcode = i ? CREDSSP_HLP_TLS_STEP : CREDSSP_HLP_TLS_ACCEPT;
		turns[i].head.state = CREDSSP_HLP_TLS_CONTINUE;
		turns[i].all = i;
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(in, rd.p, rd.left), 0);
	}
	rd = cssp_vbuf_rd(in);
	tls_peer_sends(test, end, c->raw, &rd);
	tls_end_script(end, turns, n);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EMSGSIZE);
	KUNIT_EXPECT_LE(test, end->helper.calls, n);
}

static struct kunit_case tls_accept_cases[] = {
	KUNIT_CASE_PARAM(a_client_is_accepted_on_a_socket, suites_gen_params),
	KUNIT_CASE_PARAM(a_client_is_accepted_on_tokens, suites_gen_params),
	KUNIT_CASE_PARAM(helpers_word_on_a_socket, accepts_gen_params),
	KUNIT_CASE_PARAM(helpers_word_on_tokens, accepts_gen_params),
	KUNIT_CASE(a_ticket_of_a_client_is_refused),
	KUNIT_CASE(a_client_that_closes_early),
	KUNIT_CASE(a_silent_client),
	KUNIT_CASE(a_client_of_another_protocol),
	KUNIT_CASE(no_helper_for_a_server),
	KUNIT_CASE(too_many_records),
	{}
};

static struct kunit_suite tls_accept_suite = {
	.name = "credssp_tls_accept",
	.suite_init = tls_suite_init,
	.test_cases = tls_accept_cases,
};

kunit_test_suite(tls_accept_suite);
