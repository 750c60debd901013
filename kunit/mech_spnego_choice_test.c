// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego.c with scripted mechanisms: what is offered, chosen and passed over. */

#include <linux/slab.h>
#include "base/status.h"
#include "mech/spnego.h"
#include "mech/encode.h"
#include "ntlm_util.h"

/*
 * A scripted mechanism, for exchanges of more legs than NTLM's. It takes SCRIPT_LEGS
 * tokens, "t" each. Its signature is the length of the message.
 */
#define SCRIPT_LEGS	4

struct script {
	struct cssp_mech base;
	unsigned int legs;
	unsigned int wanted;
};

static const struct cssp_mech_ops script_ops;
static const struct cssp_mech_ops endless_ops;

static int script_new(struct cssp_mech **mech, const struct cssp_mech_ops *ops,
		      unsigned int wanted)
{
	struct script *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return -ENOMEM;
	s->base.ops = ops;
	s->wanted = wanted;
	*mech = &s->base;
	return 0;
}

static int script_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return script_new(mech, &script_ops, SCRIPT_LEGS);
}

static int endless_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return script_new(mech, &endless_ops, UINT_MAX);
}

static int fail_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return CSSP_E_WEAK;
}

static int script_step(struct cssp_mech *mech, const struct cssp_rd *in,
		       struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct script *s = container_of(mech, struct script, base);

	*progress = ++s->legs < s->wanted ? CSSP_MECH_CONTINUE : CSSP_MECH_DONE;
	return cssp_vbuf_append(out, "t", 1);
}

static int script_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
			   struct cssp_vbuf *mic)
{
	u8 len = list->left;

	return cssp_vbuf_append(mic, &len, 1);
}

static int script_check_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
				 const struct cssp_rd *mic)
{
	u8 len = list->left;

	return cssp_rd_equal(mic, &len, 1) ? 0 : CSSP_E_ALTERED;
}

static void script_free(struct cssp_mech *mech)
{
	kfree(container_of(mech, struct script, base));
}

static const struct cssp_mech_ops script_ops = {
	.create = script_create,
	.step = script_step,
	.list_mic = script_list_mic,
	.check_list_mic = script_check_list_mic,
	.free = script_free,
};

static const struct cssp_mech_ops endless_ops = {
	.create = endless_create,
	.step = script_step,
	.list_mic = script_list_mic,
	.check_list_mic = script_check_list_mic,
	.free = script_free,
};

static const struct cssp_mech_ops failing_ops = {
	.create = fail_create,
};

static const struct cssp_identity nobody;
static const struct cssp_identity somebody = { .user = { .data = (u8 *)"u", .len = 2 } };
static const struct cssp_tickets tickets;
static const struct cssp_tickets ccache = { .source = CREDSSP_TICKETS_CCACHE };
static const struct cssp_tickets keytab = { .source = CREDSSP_TICKETS_KEYTAB };
static const struct cssp_tickets certificate = { .source = CREDSSP_TICKETS_CERT };
static const struct cssp_mech_params by_password = { .id = &somebody, .tickets = &tickets };

static struct cssp_mech *new_scripted_as(struct kunit *test,
					 const struct cssp_mech_params *params,
					 const struct cssp_spnego_offer *offers,
					 unsigned int count)
{
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, cssp_spnego_create_with(&mech, params, offers, count), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}

static struct cssp_mech *new_scripted(struct kunit *test, const struct cssp_spnego_offer *offers,
				      unsigned int count)
{
	return new_scripted_as(test, &by_password, offers, count);
}

/* Step @mech with a NegTokenResp in hex; the answer is in @out. */
static int feed(struct kunit *test, struct cssp_mech *mech, const char *token,
		struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_rd rd = test_hex(test, token);

	cssp_vbuf_clear(out);
	return mech->ops->step(mech, &rd, out, progress);
}

/* NegTokenResp of accept-incomplete with a responseToken "t", and variants */
static const char resp_token[] = "a10c300aa0030a0101a203040174";
static const char resp_token_mic[] = "a111300fa0030a0101a203040174a30304010e";
static const char resp_request_mic[] = "a10c300aa0030a0103a203040174";
static const char resp_token_only[] = "a1073005a203040174";
static const char resp_completed[] = "a1073005a0030a0100";
/* The answer, with a mechListMIC: the length of the MechTypeList, 14 */
static const char resp_last[] = "a111300fa0030a0101a203040174a30304010e";

static void many_legs(struct kunit *test)
{
	static const struct cssp_spnego_offer offers[] = { { CSSP_SPNEGO_NTLM, &script_ops } };
	struct cssp_mech *mech = new_scripted(test, offers, 1);
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;

	KUNIT_ASSERT_EQ(test, step(mech, NULL, out, &progress), 0);
	KUNIT_ASSERT_EQ(test, feed(test, mech, resp_token, out, &progress), 0);
	EXPECT_HEX(test, out->data, out->len, resp_token);
	KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_CONTINUE);
	/* negState is optional after the first reply, RFC 4178 4.2.2 */
	KUNIT_ASSERT_EQ(test, feed(test, mech, resp_token_only, out, &progress), 0);
	KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_CONTINUE);
	/* The acceptor's MIC may come with the token that ends the mechanism. */
	KUNIT_ASSERT_EQ(test, feed(test, mech, resp_token_mic, out, &progress), 0);
	EXPECT_HEX(test, out->data, out->len, resp_last);
	KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_READY);
	KUNIT_ASSERT_EQ(test, feed(test, mech, resp_completed, out, &progress), 0);
	KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_DONE);
}

static void legs_are_limited(struct kunit *test)
{
	static const struct cssp_spnego_offer offers[] = { { CSSP_SPNEGO_NTLM, &endless_ops } };
	struct cssp_mech *mech = new_scripted(test, offers, 1);
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;
	unsigned int legs = 0;
	int ret;

	KUNIT_ASSERT_EQ(test, step(mech, NULL, out, &progress), 0);
	do {
		ret = feed(test, mech, resp_token, out, &progress);
	} while (!ret && ++legs < 100);
	KUNIT_EXPECT_EQ(test, ret, CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, legs, 8U);
	KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_LIMIT);
}

static void later_replies_refused(struct kunit *test)
{
	static const struct cssp_spnego_offer offers[] = { { CSSP_SPNEGO_NTLM, &script_ops } };
	static const char * const replies[] = {
		resp_token_mic,		/* nothing to verify it with yet */
		resp_request_mic,	/* for the first reply only */
		resp_completed,
	};
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;
	struct cssp_mech *mech;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		mech = new_scripted(test, offers, 1);
		KUNIT_ASSERT_EQ(test, step(mech, NULL, out, &progress), 0);
		KUNIT_ASSERT_EQ(test, feed(test, mech, resp_token, out, &progress), 0);
		KUNIT_EXPECT_EQ_MSG(test, feed(test, mech, replies[i], out, &progress),
				    CSSP_E_STATE, "row %u", i);
		KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_SPNEGO);
	}
}

/*
 * A mechanism like Kerberos: "a" is its first token, and the peer's "t" ends it. Any other
 * token is a refusal. @fault makes the first step fail.
 */
struct ticket {
	struct cssp_mech base;
	bool begun;
};

static struct {
	int err;
	bool unavailable;
} fault;

static const struct cssp_mech_ops ticket_ops;

static int ticket_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct ticket *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->base.ops = &ticket_ops;
	t->base.trailer = 60;
	t->base.signature = 28;
	t->base.facts.package = CREDSSP_PACKAGE_KERBEROS;
	*mech = &t->base;
	return 0;
}

static int ticket_fail(struct ticket *t, u32 reason, int err)
{
	t->base.reason = reason;
	t->base.unavailable = fault.unavailable;
	return err;
}

static int ticket_step(struct cssp_mech *mech, const struct cssp_rd *in,
		       struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct ticket *t = container_of(mech, struct ticket, base);

	t->base.facts.kdc_messages = 1;
	if (!t->begun && fault.err)
		return ticket_fail(t, CREDSSP_REASON_NO_KDC, fault.err);
	if (t->begun && !cssp_rd_equal(in, "t", 1)) {
		t->base.facts.krb_error = 41;
		return ticket_fail(t, CREDSSP_REASON_KRB_ERROR, CSSP_E_WRONG_PRINCIPAL);
	}
	*progress = t->begun ? CSSP_MECH_DONE : CSSP_MECH_CONTINUE;
	if (t->begun)
		return cssp_vbuf_append(&t->base.facts.client, "bob@REALM", 10);
	t->begun = true;
	return cssp_vbuf_append(out, "a", 1);
}

static void ticket_free(struct cssp_mech *mech)
{
	cssp_vbuf_free(&mech->facts.client);
	kfree(container_of(mech, struct ticket, base));
}

static const struct cssp_mech_ops ticket_ops = {
	.needs_tickets = true,
	.create = ticket_create,
	.step = ticket_step,
	.list_mic = script_list_mic,
	.check_list_mic = script_check_list_mic,
	.free = ticket_free,
};

static const struct cssp_spnego_offer all[] = {
	{ CSSP_SPNEGO_MS_KRB5, &ticket_ops },
	{ CSSP_SPNEGO_KRB5, &ticket_ops },
	{ CSSP_SPNEGO_NTLM, &script_ops },
};

/* The MechTypeLists of @all: everything, Kerberos only, NTLM only */
static const char list_all[] =
	"302206092a864882f71201020206092a864886f712010202060a2b06010401823702020a";
static const char list_krb5[] = "301606092a864882f71201020206092a864886f712010202";
static const char list_ntlm[] = "300c060a2b06010401823702020a";

/* Offer, and expect this list and this token. */
static void offer_scripted(struct kunit *test, struct cssp_mech *mech, const char *list,
			   const char *token)
{
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;
	struct cssp_spnego_init init;
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, step(mech, NULL, out, &progress), 0);
	KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_CONTINUE);
	rd = cssp_vbuf_rd(out);
	KUNIT_ASSERT_EQ(test, cssp_spnego_init_decode(&rd, &init), 0);
	EXPECT_HEX(test, init.mech_list.p, init.mech_list.left, list);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&init.token, token, 1));
}

/* What may be offered depends on the credential and the policy. */
static void offers_of_a_credential(struct kunit *test)
{
	const struct cssp_mech_params no_ntlm = {
		.id = &somebody, .tickets = &tickets, .no_ntlm = true,
	}, no_password = {
		.id = &nobody, .tickets = &tickets,
	}, user_of_ccache = {
		.id = &somebody, .tickets = &ccache,
	}, user_of_keytab = {
		.id = &somebody, .tickets = &keytab,
	}, user_of_certificate = {
		.id = &somebody, .tickets = &certificate,
	}, no_tickets = {
		.id = &somebody,
	}, nothing = {
		.id = &nobody,
	}, forbidden = {
		.id = &somebody, .no_ntlm = true,
	};
	struct cssp_mech *mech = NULL;

	offer_scripted(test, new_scripted_as(test, &by_password, all, 3), list_all, "a");
	offer_scripted(test, new_scripted_as(test, &no_ntlm, all, 3), list_krb5, "a");
	offer_scripted(test, new_scripted_as(test, &no_password, all, 3), list_krb5, "a");
	offer_scripted(test, new_scripted_as(test, &user_of_ccache, all, 3), list_krb5, "a");
	offer_scripted(test, new_scripted_as(test, &user_of_keytab, all, 3), list_krb5, "a");
	/* Its password is a PIN, which is not for NTLM. */
	offer_scripted(test, new_scripted_as(test, &user_of_certificate, all, 3), list_krb5, "a");
	offer_scripted(test, new_scripted_as(test, &no_tickets, all, 3), list_ntlm, "t");
	KUNIT_EXPECT_EQ(test, cssp_spnego_create_with(&mech, &nothing, all, 3), CSSP_E_NO_CREDS);
	KUNIT_EXPECT_EQ(test, cssp_spnego_create_with(&mech, &forbidden, all, 3),
			CSSP_E_NTLM_ONLY);
	KUNIT_EXPECT_NULL(test, mech);
}

/* What cannot be used is passed over, and the report says why. */
static void passed_over(struct kunit *test)
{
	struct cssp_mech *mech = new_scripted(test, all, 3);

	fault.err = CSSP_E_NO_HELPER;
	fault.unavailable = true;
	offer_scripted(test, mech, list_ntlm, "t");
	KUNIT_EXPECT_EQ(test, mech->facts.passed_over, (u32)CREDSSP_REASON_NO_KDC);
	KUNIT_EXPECT_EQ(test, mech->facts.kdc_messages, 1U);
	KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_NONE);
}

/* A logon that was tried and failed is not tried again with NTLM. */
static void not_passed_over(struct kunit *test)
{
	const struct cssp_mech_params no_ntlm = {
		.id = &somebody, .tickets = &tickets, .no_ntlm = true,
	}, user_of_ccache = {
		.id = &somebody, .tickets = &ccache,
	};
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;
	struct cssp_mech *mech = new_scripted(test, all, 3);

	fault.err = CSSP_E_LOGON_DENIED;
	KUNIT_EXPECT_EQ(test, step(mech, NULL, out, &progress), CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_NO_KDC);
	KUNIT_EXPECT_EQ(test, mech->facts.passed_over, 0U);
	/* Nor is anything passed over when there is nothing else. */
	fault.unavailable = true;
	mech = new_scripted_as(test, &no_ntlm, all, 3);
	KUNIT_EXPECT_EQ(test, step(mech, NULL, out, &progress), CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_NO_KDC);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
	/* The user's name beside a cache is no password for NTLM. */
	mech = new_scripted_as(test, &user_of_ccache, all, 3);
	KUNIT_EXPECT_EQ(test, step(mech, NULL, out, &progress), CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_NO_KDC);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
}

/* Replies of an acceptor to Kerberos: each is the first one. */
static const struct reply_row {
	const char *name;
	const char *reply;
	int err;
	u32 reason;
	enum cssp_mech_progress progress;
	const char *answer;
} reply_rows[] = {
	{ "completed, MS OID",
	  "a1193017a0030a0100a10b06092a864882f712010202a203040174", 0, 0, CSSP_MECH_DONE, "" },
	{ "completed, other OID of the same mechanism",
	  "a1193017a0030a0100a10b06092a864886f712010202a203040174", 0, 0, CSSP_MECH_DONE, "" },
	{ "completed, no OID", "a10c300aa0030a0100a203040174", 0, 0, CSSP_MECH_DONE, "" },
	{ "completed with a MIC", "a111300fa0030a0100a203040174a303040124", 0, 0,
	  CSSP_MECH_DONE, "" },
	{ "completed with a wrong MIC", "a111300fa0030a0100a203040174a303040125",
	  CSSP_E_ALTERED, CREDSSP_REASON_SPNEGO, 0, "" },
	{ "incomplete with a MIC: ours ends it", "a111300fa0030a0101a203040174a303040124", 0, 0,
	  CSSP_MECH_DONE, "a10c300aa0030a0100a303040124" },
	{ "incomplete without a MIC: the acceptor's follows", "a10c300aa0030a0101a203040174",
	  0, 0, CSSP_MECH_READY, "a10c300aa0030a0101a303040124" },
	{ "a MIC is requested", "a10c300aa0030a0103a203040174", 0, 0, CSSP_MECH_READY,
	  "a10c300aa0030a0101a303040124" },
	{ "completed without the mechanism's token", "a1073005a0030a0100",
	  CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR, 0, "" },
	{ "rejected, with a reason", "a10c300aa0030a0102a203040165",
	  CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR, 0, "" },
	{ "rejected, without a reason", "a1073005a0030a0102", CSSP_E_LOGON_DENIED,
	  CREDSSP_REASON_SPNEGO, 0, "" },
	{ "incomplete, with a refusal", "a10c300aa0030a0101a203040165",
	  CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR, 0, "" },
	{ "another mechanism with a token of it",
	  "a11a3018a0030a0101a10c060a2b06010401823702020aa203040174", CSSP_E_STATE,
	  CREDSSP_REASON_SPNEGO, 0, "" },
	{ "another mechanism, completed", "a1153013a0030a0100a10c060a2b06010401823702020a",
	  CSSP_E_STATE, CREDSSP_REASON_SPNEGO, 0, "" },
	{ "a mechanism that was not offered",
	  "a1153013a0030a0101a10c060a2b06010401823702021e", CSSP_E_STATE,
	  CREDSSP_REASON_SPNEGO, 0, "" },
};

static void reply_row_name(const struct reply_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(replies, reply_rows, reply_row_name);

static void reply_to_kerberos(struct kunit *test)
{
	const struct reply_row *row = test->param_value;
	struct cssp_mech *mech = new_scripted(test, all, 3);
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress = 0;

	offer_scripted(test, mech, list_all, "a");
	KUNIT_EXPECT_EQ(test, feed(test, mech, row->reply, out, &progress), row->err);
	KUNIT_EXPECT_EQ(test, mech->reason, row->reason);
	EXPECT_HEX(test, out->data, out->len, row->answer);
	if (row->err)
		return;
	KUNIT_EXPECT_EQ(test, progress, row->progress);
	KUNIT_EXPECT_FALSE(test, mech->ntlm_only);
	KUNIT_EXPECT_EQ(test, mech->trailer, 60U);
	KUNIT_EXPECT_EQ(test, mech->signature, 28U);
	KUNIT_EXPECT_EQ(test, mech->facts.package, (u32)CREDSSP_PACKAGE_KERBEROS);
	KUNIT_EXPECT_EQ(test, mech->facts.client.len, (size_t)10);
	KUNIT_EXPECT_EQ(test, mech->facts.kdc_messages, 2U);
}

/* A MIC that was requested, and one that proves another choice, must come. */
static void a_mic_that_is_missing(struct kunit *test)
{
	static const char chose_ntlm[] = "a1153013a0030a0101a10c060a2b06010401823702020a";
	static const char completed_mic[] = "a10c300aa0030a0100a303040124";
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;
	struct cssp_mech *mech;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		mech = new_scripted(test, all, 3);
		offer_scripted(test, mech, list_all, "a");
		KUNIT_ASSERT_EQ(test, feed(test, mech, resp_request_mic, out, &progress), 0);
		KUNIT_EXPECT_EQ(test, feed(test, mech, i ? completed_mic : resp_completed, out,
					   &progress), i ? 0 : CSSP_E_STATE);

		mech = new_scripted(test, all, 3);
		offer_scripted(test, mech, list_all, "a");
		/* NTLM begins anew, with the same list. */
		KUNIT_ASSERT_EQ(test, feed(test, mech, chose_ntlm, out, &progress), 0);
		EXPECT_HEX(test, out->data, out->len, resp_token);
		KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_CONTINUE);
		KUNIT_EXPECT_EQ(test, mech->facts.passed_over, (u32)CREDSSP_REASON_NOT_CHOSEN);
		KUNIT_ASSERT_EQ(test, feed(test, mech, resp_token, out, &progress), 0);
		KUNIT_ASSERT_EQ(test, feed(test, mech, resp_token, out, &progress), 0);
		KUNIT_ASSERT_EQ(test, feed(test, mech, resp_token, out, &progress), 0);
		KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_READY);
		KUNIT_EXPECT_EQ(test, feed(test, mech, i ? completed_mic : resp_completed, out,
					   &progress), i ? 0 : CSSP_E_STATE);
	}
}

/* The client's name stays until there is another one, or NTLM is used instead. */
static void client_of_an_exchange(struct kunit *test)
{
	struct cssp_mech_facts to = {}, from = { .kdc_messages = 1 };

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&from.client, "bob@REALM", 10), 0);
	cssp_mech_facts_take(&to, &from);
	KUNIT_EXPECT_EQ(test, to.client.len, (size_t)10);
	KUNIT_EXPECT_NULL(test, from.client.data);
	from.package = CREDSSP_PACKAGE_KERBEROS;
	cssp_mech_facts_take(&to, &from);
	KUNIT_EXPECT_EQ(test, to.client.len, (size_t)10);
	from.package = CREDSSP_PACKAGE_NTLM;
	cssp_mech_facts_take(&to, &from);
	KUNIT_EXPECT_NULL(test, to.client.data);
	KUNIT_EXPECT_EQ(test, to.kdc_messages, 1U);
}

/* Without an algorithm (FIPS) the mechanism that is left cannot be created. */
static void a_mechanism_without_algorithms(struct kunit *test)
{
	static const struct cssp_spnego_offer failing[] = { { CSSP_SPNEGO_NTLM, &failing_ops } };
	struct cssp_mech *mech = new_scripted(test, failing, 1);
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;

	KUNIT_EXPECT_EQ(test, step(mech, NULL, out, &progress), CSSP_E_WEAK);
	KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_FIPS);
}

static void refused_at_creation(struct kunit *test)
{
	static const struct cssp_spnego_offer many[CSSP_SPNEGO_MAX_MECHS + 1];
	struct cssp_mech *mech = NULL;

	KUNIT_EXPECT_EQ(test, cssp_spnego_create_with(&mech, &by_password, many, 0),
			CSSP_E_NO_CREDS);
	KUNIT_EXPECT_EQ(test, cssp_spnego_create_with(&mech, &by_password, many,
						      ARRAY_SIZE(many)), CSSP_E_PARAMETER);
	KUNIT_EXPECT_NULL(test, mech);
}

static void no_fault(struct kunit *test)
{
	fault.err = 0;
	fault.unavailable = false;
}

static struct kunit_case spnego_choice_cases[] = {
	KUNIT_CASE(many_legs),
	KUNIT_CASE(legs_are_limited),
	KUNIT_CASE(later_replies_refused),
	KUNIT_CASE(offers_of_a_credential),
	KUNIT_CASE(passed_over),
	KUNIT_CASE(not_passed_over),
	KUNIT_CASE_PARAM(reply_to_kerberos, replies_gen_params),
	KUNIT_CASE(a_mic_that_is_missing),
	KUNIT_CASE(client_of_an_exchange),
	KUNIT_CASE(a_mechanism_without_algorithms),
	KUNIT_CASE(refused_at_creation),
	{}
};

static struct kunit_suite spnego_choice_suite = {
	.name = "credssp_mech_spnego_choice",
	.exit = no_fault,
	.test_cases = spnego_choice_cases,
};

kunit_test_suite(spnego_choice_suite);
