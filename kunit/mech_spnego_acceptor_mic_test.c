// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego_acceptor.c with scripted mechanisms: mechListMICs, and how it ends. */
#include "spnego_acceptor_util.h"

#define COMPLETED	CSSP_SPNEGO_ACCEPT_COMPLETED
#define INCOMPLETE	CSSP_SPNEGO_ACCEPT_INCOMPLETE
#define REJECT		CSSP_SPNEGO_REJECT
#define REQUEST_MIC	CSSP_SPNEGO_REQUEST_MIC

static const struct acc_reply nothing = { NO_STATE };
static const struct acc_reply reject = { REJECT };

/* The last step went well. */
static void expect_reply(struct kunit *test, const struct acc_test *t,
			 const struct acc_reply *want, enum cssp_mech_progress progress)
{
	acc_test_expect(test, t, want, "");
	KUNIT_EXPECT_EQ(test, t->progress, progress);
	KUNIT_EXPECT_EQ(test, t->mech->reason, (u32)CREDSSP_REASON_NONE);
}

/* The next step fails. */
static void expect_failure(struct kunit *test, struct acc_test *t, int err, u32 reason,
			   const struct acc_reply *want, const char *name)
{
	KUNIT_EXPECT_EQ_MSG(test, acc_test_step(t), err, "%s", name);
	acc_test_expect(test, t, want, name);
	KUNIT_EXPECT_EQ_MSG(test, t->mech->reason, reason, "%s", name);
	acc_test_expect_dead(test, t);
}

/* NTLM in these lists, up to the CHALLENGE */
static struct acc_test *challenge(struct kunit *test, bool first)
{
	static const struct acc_reply requested = { REQUEST_MIC, OID_NTLM };
	struct acc_test *t = acc_test_new(test, NULL);

	acc_test_init(test, t, first ? OID_NTLM : OID_NEGOEX OID_NTLM, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	if (first)
		return t;
	expect_reply(test, t, &requested, CSSP_MECH_CONTINUE);
	acc_test_resp(test, t, INCOMPLETE, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	return t;
}

/* AUTHENTICATE with the initiator's MIC */
static void authenticate(struct kunit *test, struct acc_test *t, u32 state)
{
	const struct cssp_rd mic = acc_test_mic(test, t, 'i', 0);

	acc_test_resp(test, t, state, "i2", &mic);
}

/* One message each way; @seq: of the first one, after the MICs */
static void pass_messages(struct kunit *test, struct acc_test *t, u8 seq)
{
	const u8 sealed[] = { 'i', seq, 'x' };
	const struct cssp_rd rd = cssp_rd_of(sealed, sizeof(sealed)), plain = test_str("x");

	cssp_vbuf_clear(t->out);
	KUNIT_ASSERT_EQ(test, t->mech->ops->unwrap(t->mech, &rd, t->out), 0);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)1);
	cssp_vbuf_clear(t->out);
	KUNIT_ASSERT_EQ(test, t->mech->ops->wrap(t->mech, &plain, t->out), 0);
	KUNIT_ASSERT_EQ(test, t->out->len, (size_t)3);
	KUNIT_EXPECT_EQ(test, t->out->data[0], 'a');
	KUNIT_EXPECT_EQ(test, t->out->data[1], seq);
}

/* Nothing is taken after the end. */
static void expect_ended(struct kunit *test, struct acc_test *t)
{
	authenticate(test, t, COMPLETED);
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &nothing, "after the end");
}

/* MS-SPNG 3.3.5.1: both MICs, whether NTLM comes first or not */
static void ntlm(struct kunit *test)
{
	static const struct acc_reply challenged = { INCOMPLETE, NULL, "a1" };
	static const struct acc_reply first_challenged = { INCOMPLETE, OID_NTLM, "a1" };
	static const struct acc_reply completed = { COMPLETED, NULL, NULL, true };
	struct cssp_session_key key = {};
	struct acc_test *t;
	unsigned int first;

	for (first = 0; first < 2; first++) {
		t = challenge(test, first);
		expect_reply(test, t, first ? &first_challenged : &challenged,
			     CSSP_MECH_CONTINUE);
		authenticate(test, t, INCOMPLETE);
		KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
		expect_reply(test, t, &completed, CSSP_MECH_DONE);
		KUNIT_EXPECT_EQ(test, t->mech->facts.client.len, sizeof(FAKE_CLIENT));
		KUNIT_EXPECT_EQ(test, t->mech->facts.claimed.len, sizeof(FAKE_CLAIMED));
		KUNIT_EXPECT_TRUE(test, t->mech->ntlm_only);
		KUNIT_EXPECT_EQ(test, t->mech->ops->session_key(t->mech, &key), 0);
		KUNIT_EXPECT_EQ(test, key.length, 16);
		pass_messages(test, t, 1);
		pass_messages(test, t, 2);
		expect_ended(test, t);
	}
}

/* What initiators write as negState differs, and means nothing. */
static void states_of_initiators(struct kunit *test)
{
	static const u32 states[] = { COMPLETED, INCOMPLETE, REQUEST_MIC, NO_STATE };
	struct acc_test *t;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		t = challenge(test, true);
		authenticate(test, t, states[i]);
		KUNIT_EXPECT_EQ(test, acc_test_step(t), 0);
		KUNIT_EXPECT_EQ(test, t->progress, CSSP_MECH_DONE);
	}
	t = challenge(test, true);
	authenticate(test, t, REJECT);
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &nothing, "it gives up");
}

/* NTLM is the first one, and AUTHENTICATE comes without a MIC */
static struct acc_test *without_mic(struct kunit *test)
{
	static const struct acc_reply incomplete = { INCOMPLETE, NULL, NULL, true };
	struct acc_test *t = challenge(test, true);

	acc_test_resp(test, t, INCOMPLETE, "i2", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &incomplete, CSSP_MECH_READY);
	return t;
}

/* Then its MIC may come afterwards, */
static void late_mic(struct kunit *test)
{
	struct acc_test *t = without_mic(test);
	struct cssp_rd mic = acc_test_mic(test, t, 'i', 0);

	acc_test_resp(test, t, COMPLETED, NULL, &mic);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &nothing, CSSP_MECH_DONE);
	pass_messages(test, t, 1);
	expect_ended(test, t);
}

/* or a message in its place, sealed or signed, after which no MIC is taken. */
static void message_for_a_mic(struct kunit *test)
{
	const struct cssp_rd sealed = cssp_rd_of("i\0x", 3), message = test_str("m");
	const u8 bytes[] = { 'i', 0, fake_list_sum(&message) };
	const struct cssp_rd signature = cssp_rd_of(bytes, sizeof(bytes));
	struct cssp_rd mic;
	struct acc_test *t;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		t = without_mic(test);
		mic = acc_test_mic(test, t, 'i', 0);
		KUNIT_EXPECT_EQ(test, i ? t->mech->ops->unwrap(t->mech, &sealed, t->out) :
					  t->mech->ops->verify(t->mech, &message, &signature), 0);
		acc_test_resp(test, t, COMPLETED, NULL, &mic);
		expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &nothing,
			       "the place of the MIC is taken");
	}
}

/* A message that is wrong ends the exchange. */
static void wrong_message_for_a_mic(struct kunit *test)
{
	const struct cssp_rd rd = cssp_rd_of("i\1x", 3);
	struct acc_test *t = without_mic(test);

	cssp_vbuf_clear(t->out);
	KUNIT_EXPECT_EQ(test, t->mech->ops->unwrap(t->mech, &rd, t->out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, t->mech->reason, (u32)FAKE_MIC_REASON);
	acc_test_expect_dead(test, t);
}

/* What a token in FINAL must not be */
static void wrong_final_tokens(struct kunit *test)
{
	static const struct {
		const char *name;
		const char *token;
		char side;
		u8 seq;
		int err;
		u32 reason;
	} rows[] = {
		{ "no MIC", NULL, 0, 0, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ "a token, and no MIC", "i3", 0, 0, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ "a token, and the MIC", "i3", 'i', 0, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ "our own MIC", NULL, 'a', 0, CSSP_E_ALTERED, FAKE_MIC_REASON },
		{ "another number", NULL, 'i', 1, CSSP_E_ALTERED, FAKE_MIC_REASON },
	};
	struct acc_test *t;
	struct cssp_rd mic;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		t = without_mic(test);
		mic = acc_test_mic(test, t, rows[i].side, rows[i].seq);
		acc_test_resp(test, t, COMPLETED, rows[i].token, rows[i].side ? &mic : NULL);
		expect_failure(test, t, rows[i].err, rows[i].reason, &reject, rows[i].name);
	}
}

/*
 * AUTHENTICATE with another MIC than the right one. The mechanism is not to blame, so that
 * the reject has no token of it.
 */
static void wrong_mics(struct kunit *test)
{
	static const struct {
		const char *name;
		u8 mic[4];
		size_t length;
	} rows[] = {
		{ "empty", {}, 0 },
		{ "our own", { 'a', 0 }, 3 },
		{ "another number", { 'i', 1 }, 3 },
		{ "cut", { 'i', 0 }, 2 },
		{ "longer", { 'i', 0 }, 4 },
	};
	struct acc_test *t;
	struct cssp_rd mic;
	unsigned int i;
	u8 bytes[4];

	for (i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		t = challenge(test, i % 2);
		memcpy(bytes, rows[i / 2].mic, sizeof(bytes));
		bytes[2] = fake_list_sum(&t->list);
		mic = cssp_rd_of(bytes, rows[i / 2].length);
		acc_test_resp(test, t, INCOMPLETE, "i2", &mic);
		expect_failure(test, t, CSSP_E_ALTERED, FAKE_MIC_REASON, &reject,
			       rows[i / 2].name);
	}
}

/* Somebody has taken Kerberos out of the list, so that NTLM comes first. */
static void downgraded_list(struct kunit *test)
{
	struct acc_test *t = challenge(test, true);

	t->list = acc_test_list(test, OID_KRB5 OID_NTLM);
	authenticate(test, t, INCOMPLETE);
	expect_failure(test, t, CSSP_E_ALTERED, FAKE_MIC_REASON, &reject, "downgraded");
}

/* The choice is not the initiator's first one: without its MIC the logon is refused. */
static void needed_mic_is_missing(struct kunit *test)
{
	struct acc_test *t = challenge(test, false);

	acc_test_resp(test, t, INCOMPLETE, "i2", NULL);
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &reject, "no MIC");
}

/* Before there is a key, a MIC can only be nonsense. */
static void early_mic(struct kunit *test)
{
	struct acc_test *t = acc_test_new(test, NULL);
	struct cssp_rd mic;

	acc_test_init(test, t, OID_NTLM, "i1", NULL);
	mic = acc_test_mic(test, t, 'i', 0);
	acc_test_init(test, t, OID_NTLM, "i1", &mic);
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &reject, "NTLM");

	t = acc_test_new(test, NULL);
	acc_test_init(test, t, OID_NEGOEX OID_KRB5, "i1", &mic);
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &reject, "not chosen");

	t = acc_test_new(test, NULL);
	acc_test_init(test, t, OID_KRB5, NULL, &mic);
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &reject, "no token");
}

/* Kerberos, chosen instead of NEGOEX: the AP-REP comes with our MIC, then follows theirs. */
static struct acc_test *second_choice(struct kunit *test)
{
	static const struct acc_reply incomplete = { INCOMPLETE, NULL, "a1", true };
	struct acc_test *t = acc_test_new(test, NULL);

	acc_test_init(test, t, OID_NEGOEX OID_MS_KRB5 OID_KRB5, "NEGOEXTS", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	/* As MIT's initiator does: the state that it was told */
	acc_test_resp(test, t, REQUEST_MIC, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &incomplete, CSSP_MECH_CONTINUE);
	return t;
}

static void kerberos_is_second_choice(struct kunit *test)
{
	struct acc_test *t = second_choice(test);
	struct cssp_rd mic = acc_test_mic(test, t, 'i', 0);

	acc_test_resp(test, t, COMPLETED, NULL, &mic);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &nothing, CSSP_MECH_DONE);
	pass_messages(test, t, 1);
	expect_ended(test, t);
}

/* Here no message takes the place of the MIC. */
static void kerberos_is_second_choice_without_mic(struct kunit *test)
{
	const struct cssp_rd rd = cssp_rd_of("i\0x", 3);
	struct acc_test *t = second_choice(test);

	cssp_vbuf_clear(t->out);
	KUNIT_EXPECT_EQ(test, t->mech->ops->unwrap(t->mech, &rd, t->out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)0);
	acc_test_expect_dead(test, t);
	t = second_choice(test);
	acc_test_resp(test, t, COMPLETED, NULL, NULL);
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &reject, "no MIC");
}

/* Without mutual authentication the AP-REQ is the last token: with the MIC, or refused. */
static void one_way_is_second_choice(struct kunit *test)
{
	static const struct acc_reply completed = { COMPLETED, NULL, NULL, true };
	struct cssp_rd mic;
	struct acc_test *t;
	unsigned int i;

	fake_scripts[FAKE_TICKET].silent = true;
	for (i = 0; i < 2; i++) {
		t = acc_test_new(test, NULL);
		acc_test_init(test, t, OID_NEGOEX OID_KRB5, NULL, NULL);
		KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
		mic = acc_test_mic(test, t, 'i', 0);
		acc_test_resp(test, t, INCOMPLETE, "i1", i ? &mic : NULL);
		if (!i) {
			expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_SPNEGO, &reject,
				       "no MIC");
			continue;
		}
		KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
		expect_reply(test, t, &completed, CSSP_MECH_DONE);
		pass_messages(test, t, 1);
	}
}

/* A MIC in the first token, which nothing demands, is verified and answered. */
static void mic_at_once(struct kunit *test)
{
	static const struct acc_reply completed = { COMPLETED, OID_KRB5, NULL, true };
	struct cssp_rd mic;
	struct acc_test *t;
	unsigned int i;

	fake_scripts[FAKE_TICKET].silent = true;
	for (i = 0; i < 2; i++) {
		t = acc_test_new(test, NULL);
		t->list = acc_test_list(test, OID_KRB5);
		mic = acc_test_mic(test, t, i ? 'i' : 'a', 0);
		acc_test_init(test, t, OID_KRB5, "i1", &mic);
		if (!i) {
			expect_failure(test, t, CSSP_E_ALTERED, FAKE_MIC_REASON, &reject,
				       "wrong MIC");
			continue;
		}
		KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
		expect_reply(test, t, &completed, CSSP_MECH_DONE);
	}
}

/* A wrong MIC beside an AP-REQ: the AP-REP does not leave. */
static void no_proof_beside_a_wrong_mic(struct kunit *test)
{
	struct acc_test *t = acc_test_new(test, NULL);
	struct cssp_rd mic = test_str("xyz");

	acc_test_init(test, t, OID_KRB5, "i1", &mic);
	expect_failure(test, t, CSSP_E_ALTERED, FAKE_MIC_REASON, &reject, "wrong MIC");
}

/* The first mechanism without a token in NegTokenInit: no MIC, as nothing was refused */
static void kerberos_without_an_optimistic_token(struct kunit *test)
{
	static const struct acc_reply completed = { COMPLETED, NULL, "a1" };
	struct acc_test *t = acc_test_new(test, NULL);

	acc_test_init(test, t, OID_KRB5 OID_NTLM, NULL, NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	acc_test_resp(test, t, NO_STATE, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &completed, CSSP_MECH_DONE);
	pass_messages(test, t, 0);
	expect_ended(test, t);
}

/* Windows' trace: accept-incomplete, AP-REP and MIC; then accept-completed and MIC */
static struct acc_test *user_to_user(struct kunit *test)
{
	static const struct acc_reply tgt_rep = { INCOMPLETE, OID_MS_KRB5, "a1" };
	static const struct acc_reply ap_rep = { INCOMPLETE, NULL, "a2", true };
	struct acc_test *t = acc_test_new(test, NULL);

	fake_scripts[FAKE_TICKET].tokens = 2;
	fake_scripts[FAKE_TICKET].user_to_user = true;
	acc_test_init(test, t, OID_MS_KRB5 OID_KRB5 OID_NEGOEX OID_NTLM, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &tgt_rep, CSSP_MECH_CONTINUE);
	acc_test_resp(test, t, INCOMPLETE, "i2", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &ap_rep, CSSP_MECH_READY);
	KUNIT_EXPECT_TRUE(test, t->mech->facts.user_to_user);
	KUNIT_EXPECT_EQ(test, t->mech->facts.kdc_messages, 2U);
	return t;
}

static void kerberos_user_to_user(struct kunit *test)
{
	struct acc_test *t = user_to_user(test);
	struct cssp_rd mic = acc_test_mic(test, t, 'i', 0);

	acc_test_resp(test, t, COMPLETED, NULL, &mic);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &nothing, CSSP_MECH_DONE);
	pass_messages(test, t, 1);
	expect_ended(test, t);
	/* pubKeyAuth in its place binds as well. */
	t = user_to_user(test);
	cssp_vbuf_clear(t->out);
	mic = cssp_rd_of("i\0x", 3);
	KUNIT_EXPECT_EQ(test, t->mech->ops->unwrap(t->mech, &mic, t->out), 0);
	expect_ended(test, t);
}

/* FreeRDP's list: user-to-user is a mechanism by itself, and the first one. */
static void user_to_user_by_itself(struct kunit *test)
{
	static const struct acc_reply tgt_rep = { INCOMPLETE, OID_U2U, "a1" };
	static const struct acc_reply ap_rep = { COMPLETED, NULL, "a2" };
	struct acc_test *t = acc_test_new(test, NULL);

	fake_scripts[FAKE_TICKET].tokens = 2;
	fake_scripts[FAKE_TICKET].user_to_user = true;
	acc_test_init(test, t, OID_U2U OID_KRB5 OID_NTLM, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &tgt_rep, CSSP_MECH_CONTINUE);
	acc_test_resp(test, t, INCOMPLETE, "i2", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &ap_rep, CSSP_MECH_DONE);
	pass_messages(test, t, 0);
	expect_ended(test, t);
}

/*
 * FreeRDP's TGT-REQ has failed. It takes the next OID of its list, sends its MIC after the AP-REP,
 * and numbers its messages from 1.
 */
static void kerberos_after_user_to_user(struct kunit *test)
{
	static const struct acc_reply requested = { REQUEST_MIC, OID_KRB5 };
	static const struct acc_reply proven = { INCOMPLETE, NULL, "a1", true };
	struct acc_test *t = acc_test_new(test, NULL);
	struct cssp_rd mic;

	fake_scripts[FAKE_TICKET].err = CSSP_E_NO_HELPER;
	fake_scripts[FAKE_TICKET].err_at = 1;
	fake_scripts[FAKE_TICKET].unavailable = true;
	fake_scripts[FAKE_TICKET].only_user_to_user = true;
	acc_test_init(test, t, OID_U2U OID_KRB5 OID_NTLM, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &requested, CSSP_MECH_CONTINUE);
	KUNIT_EXPECT_EQ(test, t->mech->facts.passed_over, (u32)FAKE_REASON);
	fake_scripts[FAKE_TICKET].err_at = 0;
	acc_test_resp(test, t, INCOMPLETE, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &proven, CSSP_MECH_CONTINUE);
	mic = acc_test_mic(test, t, 'i', 0);
	acc_test_resp(test, t, COMPLETED, NULL, &mic);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	expect_reply(test, t, &nothing, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, t->mech->facts.package, (u32)CREDSSP_PACKAGE_KERBEROS);
	pass_messages(test, t, 1);
	expect_ended(test, t);
}

/* A failure in a later leg is told as well. */
static void late_refusal(struct kunit *test)
{
	static const struct acc_reply told = { REJECT, NULL, "e" };
	struct acc_test *t = acc_test_new(test, NULL);

	fake_scripts[FAKE_TICKET] = (struct fake_script){
		.tokens = 2,
		.err = CSSP_E_SKEW,
		.err_at = 2,
		.error_token = "e",
		/* By now nothing else can be chosen. */
		.unavailable = true,
	};
	acc_test_init(test, t, OID_MS_KRB5 OID_NTLM, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	acc_test_resp(test, t, INCOMPLETE, "i2", NULL);
	expect_failure(test, t, CSSP_E_SKEW, FAKE_REASON, &told, "late");
	KUNIT_EXPECT_EQ(test, t->mech->facts.ntstatus, FAKE_NTSTATUS);
	KUNIT_EXPECT_EQ(test, t->mech->facts.passed_over, 0U);
}

/* Second tokens that are none */
static void wrong_second_tokens(struct kunit *test)
{
	static const struct {
		const char *token;
		u32 reason;
	} rows[] = {
		{ "", CREDSSP_REASON_SPNEGO },
		{ "a1023000", FAKE_REASON },			/* no fields */
		{ "a1063004a2020400", FAKE_REASON },		/* an empty token */
		{ "6932", CREDSSP_REASON_SPNEGO },		/* without SPNEGO */
		{ "a10a3008a2060404693269", CREDSSP_REASON_SPNEGO },	/* cut */
		{ "a10930073005a203040178", CREDSSP_REASON_SPNEGO },	/* nested */
		{ "601c06062b0601050502a0123010a00e300c" OID_NTLM, CREDSSP_REASON_SPNEGO },
	};
	struct acc_test *t;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		t = challenge(test, true);
		acc_test_set(test, t, test_hex(test, rows[i].token));
		expect_failure(test, t, -EBADMSG, rows[i].reason, &reject, rows[i].token);
	}
	/* A whole NegTokenInit, once more */
	t = challenge(test, true);
	acc_test_init(test, t, OID_NTLM, "i2", NULL);
	expect_failure(test, t, -EBADMSG, CREDSSP_REASON_SPNEGO, &reject, "NegTokenInit");
}

static void legs_are_limited(struct kunit *test)
{
	static const char * const tokens[] = {
		"i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9",
	};
	struct acc_test *t = acc_test_new(test, NULL);
	unsigned int i;

	fake_scripts[FAKE_TICKET].tokens = 100;
	acc_test_init(test, t, OID_KRB5, tokens[0], NULL);
	for (i = 1; i < ARRAY_SIZE(tokens); i++) {
		KUNIT_ASSERT_EQ_MSG(test, acc_test_step(t), 0, "token %u", i);
		KUNIT_EXPECT_EQ(test, t->progress, CSSP_MECH_CONTINUE);
		acc_test_resp(test, t, INCOMPLETE, tokens[i], NULL);
	}
	expect_failure(test, t, CSSP_E_STATE, CREDSSP_REASON_LIMIT, &reject, "the ninth");
}

/* The token of a leg, cut anywhere: it is refused, and the exchange is over. */
static void second_token_cut_anywhere(struct kunit *test)
{
	struct acc_test *t = challenge(test, true);
	size_t len, whole;

	authenticate(test, t, INCOMPLETE);
	whole = t->in->len;
	for (len = 0; len < whole; len++) {
		t = challenge(test, true);
		authenticate(test, t, INCOMPLETE);
		t->in->len = len;
		expect_failure(test, t, -EBADMSG, CREDSSP_REASON_SPNEGO, &reject, "cut");
	}
}

static struct kunit_case spnego_acceptor_mic_cases[] = {
	KUNIT_CASE(ntlm),
	KUNIT_CASE(states_of_initiators),
	KUNIT_CASE(late_mic),
	KUNIT_CASE(message_for_a_mic),
	KUNIT_CASE(wrong_message_for_a_mic),
	KUNIT_CASE(wrong_final_tokens),
	KUNIT_CASE(wrong_mics),
	KUNIT_CASE(downgraded_list),
	KUNIT_CASE(needed_mic_is_missing),
	KUNIT_CASE(early_mic),
	KUNIT_CASE(kerberos_is_second_choice),
	KUNIT_CASE(kerberos_is_second_choice_without_mic),
	KUNIT_CASE(one_way_is_second_choice),
	KUNIT_CASE(mic_at_once),
	KUNIT_CASE(no_proof_beside_a_wrong_mic),
	KUNIT_CASE(kerberos_without_an_optimistic_token),
	KUNIT_CASE(kerberos_user_to_user),
	KUNIT_CASE(user_to_user_by_itself),
	KUNIT_CASE(kerberos_after_user_to_user),
	KUNIT_CASE(late_refusal),
	KUNIT_CASE(wrong_second_tokens),
	KUNIT_CASE(legs_are_limited),
	KUNIT_CASE(second_token_cut_anywhere),
	{}
};

static struct kunit_suite spnego_acceptor_mic_suite = {
	.name = "credssp_mech_spnego_acceptor_mic",
	.init = fakes_reset,
	.test_cases = spnego_acceptor_mic_cases,
};

kunit_test_suite(spnego_acceptor_mic_suite);
