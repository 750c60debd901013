// SPDX-License-Identifier: GPL-2.0-only
/* Handshakes that stop because the server asks for a client certificate. */
#include "base/status.h"
#include "tls_util.h"

#define ISSUERS	"0000000230000000000430023100"	/* two names, with their lengths */

/* struct credssp_hlp_tls_cert and a name */
static struct cssp_rd answer_of(struct kunit *test, const char *name)
{
	struct credssp_hlp_tls_cert head = { .cert_length = strlen(name) };
	u8 *request = test_room(test, sizeof(head) + head.cert_length);

	memcpy(request, &head, sizeof(head));
	memcpy(request + sizeof(head), name, head.cert_length);
	return cssp_rd_of(request, sizeof(head) + head.cert_length);
}

/* The good script with two questions in the middle: five turns. */
static void asking_script(struct kunit *test, struct tls_turn *turns)
{
	struct tls_turn good[3];

	tls_good_script(test, good, TLS_13_AES128);
	turns[0] = good[0];
	turns[1] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_STEP,
		.head.state = CREDSSP_HLP_TLS_CERT_WANTED,
		.head.consumed = test_hex(test, TLS_REPLY1).left,
		.issuers = test_hex(test, ISSUERS),
	};
	turns[2] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_CERT,
		.request = answer_of(test, "second"),
		.head.state = CREDSSP_HLP_TLS_CERT_WANTED,
	};
	turns[3] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_CERT,
		.request = answer_of(test, "third"),
		.head.state = CREDSSP_HLP_TLS_CONTINUE,
	};
	turns[4] = good[2];
	turns[4].head.flags = CREDSSP_HLP_TLS_CERT_SENT;
}

static void expect_question(struct kunit *test, struct cssp_channel *ch, const char *issuers)
{
	struct cssp_vbuf *got = tls_vbuf(test);
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(ch), CSSP_E_CERT_WANTED);
	KUNIT_EXPECT_TRUE(test, cssp_channel_wants_cert(ch));
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(ch), CREDSSP_REASON_NONE);
	cssp_channel_take_issuers(ch, got);
	rd = cssp_vbuf_rd(got);
	test_expect_hex(test, &rd, issuers);
}

static void expect_answered(struct kunit *test, struct tls_end *end)
{
	KUNIT_EXPECT_FALSE(test, cssp_channel_wants_cert(end->ch));
	KUNIT_EXPECT_TRUE(test, cssp_channel_session(end->ch)->cert_sent);
	KUNIT_EXPECT_EQ(test, end->helper.at, 5);
}

static void question_by_tokens(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	struct tls_turn turns[5];
	struct cssp_rd rd;

	asking_script(test, turns);
	tls_end_script(end, turns, 5);
	cssp_channel_set_cert(end->ch, "first", true);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);
	/* one token has the server's question and what follows it */
	rd = test_hex(test, TLS_REPLY1 TLS_REPLY2);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_question(test, end->ch, ISSUERS);
	cssp_channel_set_cert(end->ch, "second", true);
	expect_question(test, end->ch, "");
	cssp_channel_set_cert(end->ch, "third", true);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	expect_answered(test, end);
	KUNIT_ASSERT_EQ(test, cssp_channel_pull_wire(end->ch, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_hex(test, &rd, TLS_HELLO TLS_FINISH);
}

static void question_on_a_socket(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct tls_turn turns[5];
	struct cssp_rd rd;

	asking_script(test, turns);
	tls_end_script(end, turns, 5);
	cssp_channel_set_cert(end->ch, "first", true);
	rd = test_hex(test, TLS_REPLY1 TLS_REPLY2);
	tls_peer_sends(test, end, c->raw, &rd);
	expect_question(test, end->ch, ISSUERS);
	cssp_channel_set_cert(end->ch, "second", true);
	expect_question(test, end->ch, "");
	cssp_channel_set_cert(end->ch, "third", true);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	expect_answered(test, end);
	rd = test_hex(test, TLS_HELLO TLS_FINISH);
	tls_peer_gets(test, end, c->raw, &rd);
}

/* Shutting the channel down at a question ends the conversation. */
static void question_given_up(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turns[5];
	struct cssp_rd rd;

	asking_script(test, turns);
	tls_end_script(end, turns, 5);
	cssp_channel_set_cert(end->ch, "", true);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);
	rd = test_hex(test, TLS_REPLY1);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_question(test, end->ch, ISSUERS);
	KUNIT_EXPECT_FALSE(test, cssp_channel_usable(end->ch));
	cssp_channel_shutdown(end->ch);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
}

/* Replies about certificates that a helper must not give. */
struct lie {
	const char *name;
	u32 state;
	const char *issuers;
	u32 consumed;
	u32 flags;
	bool may_ask;
};

static const struct lie lies[] = {
	{ "a question that is not allowed", CREDSSP_HLP_TLS_CERT_WANTED, "", 9 },
	{ "more consumed than given", CREDSSP_HLP_TLS_CERT_WANTED, "", 10, 0, true },
	{ "half a record consumed", CREDSSP_HLP_TLS_CERT_WANTED, "", 5, 0, true },
	{ "issuers without a question", CREDSSP_HLP_TLS_CONTINUE, ISSUERS, 9, 0, true },
	{ "a length that is cut", CREDSSP_HLP_TLS_CERT_WANTED, "000000", 9, 0, true },
	{ "a name that is cut", CREDSSP_HLP_TLS_CERT_WANTED, "0000000330", 9, 0, true },
	{ "an empty name", CREDSSP_HLP_TLS_CERT_WANTED, "00000000", 9, 0, true },
	{ "sent before the end", CREDSSP_HLP_TLS_CONTINUE, "", 9,
	  CREDSSP_HLP_TLS_CERT_SENT, true },
	{ "a state that is none", CREDSSP_HLP_TLS_CERT_WANTED + 1, "", 9, 0, true },
};

static void lie_name(const struct lie *lie, char *desc)
{
	strscpy(desc, lie->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lies, lies, lie_name);

static void lies_of_certificates(struct kunit *test)
{
	const struct lie *lie = test->param_value;
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turns[2];
	struct cssp_rd rd = test_hex(test, TLS_REPLY1);

	turns[0] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_START,
		.head.state = CREDSSP_HLP_TLS_CONTINUE,
		.wire = test_hex(test, TLS_HELLO),
	};
	turns[1] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_STEP,
		.head.state = lie->state,
		.head.consumed = lie->consumed,
		.head.flags = lie->flags,
		.issuers = test_hex(test, lie->issuers),
	};
	KUNIT_ASSERT_EQ(test, rd.left, 9);
	tls_end_script(end, turns, 2);
	cssp_channel_set_cert(end->ch, "", lie->may_ask);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EAGAIN);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EREMOTEIO);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
}

/* The first reply cannot be a question: the server has sent nothing yet. */
static void question_too_early(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turn = {
		.opcode = CREDSSP_HLP_TLS_START,
		.head.state = CREDSSP_HLP_TLS_CERT_WANTED,
	};

	tls_end_script(end, &turn, 1);
	cssp_channel_set_cert(end->ch, "", true);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EREMOTEIO);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
}

static struct kunit_case tls_cert_cases[] = {
	KUNIT_CASE(question_by_tokens),
	KUNIT_CASE(question_on_a_socket),
	KUNIT_CASE(question_given_up),
	KUNIT_CASE(question_too_early),
	KUNIT_CASE_PARAM(lies_of_certificates, lies_gen_params),
	{}
};

static struct kunit_suite tls_cert_suite = {
	.name = "credssp_tls_cert",
	.suite_init = tls_suite_init,
	.test_cases = tls_cert_cases,
};

kunit_test_suites(&tls_cert_suite);
