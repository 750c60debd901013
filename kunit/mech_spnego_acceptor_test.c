// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego_acceptor.c with scripted mechanisms: the choice, and bare tokens. */
#include "spnego_acceptor_util.h"
#include "sweep.h"
#include "vectors/ntlm.h"
#include "vectors/spnego.h"

static void unavailable(void)
{
	fake_scripts[FAKE_TICKET].err = CSSP_E_NO_CREDS;
	fake_scripts[FAKE_TICKET].err_at = 1;
	fake_scripts[FAKE_TICKET].error_token = "e";
	fake_scripts[FAKE_TICKET].unavailable = true;
}

static void no_tgt(void)
{
	unavailable();
	fake_scripts[FAKE_TICKET].only_user_to_user = true;
}

static void refused(void)
{
	unavailable();
	fake_scripts[FAKE_TICKET].err = CSSP_E_LOGON_DENIED;
	fake_scripts[FAKE_TICKET].unavailable = false;
}

static void weak(void)
{
	fake_scripts[FAKE_CHALLENGE].create_err = CSSP_E_WEAK;
}

static void no_memory(void)
{
	fake_scripts[FAKE_CHALLENGE].create_err = -ENOMEM;
}

static void user_to_user(void)
{
	fake_scripts[FAKE_TICKET].tokens = 2;
	fake_scripts[FAKE_TICKET].user_to_user = true;
}

static void one_way(void)
{
	fake_scripts[FAKE_TICKET].silent = true;
}

static const struct cssp_mech_params any, no_ntlm = { .no_ntlm = true };
static const struct cssp_mech_params ntlm_only = { .mechs = CREDSSP_MECH_NTLM };
static const struct cssp_mech_params krb5_only = { .mechs = CREDSSP_MECH_KERBEROS };
static const struct cssp_mech_params negotiate = { .mechs = CREDSSP_MECH_NEGOTIATE };
static const struct cssp_mech_params negotiate_krb5 = {
	.mechs = CREDSSP_MECH_NEGOTIATE | CREDSSP_MECH_KERBEROS,
};

static const struct cssp_mech_params both = {
	.mechs = CREDSSP_MECH_NTLM | CREDSSP_MECH_KERBEROS,
};

#define COMPLETED	CSSP_SPNEGO_ACCEPT_COMPLETED
#define INCOMPLETE	CSSP_SPNEGO_ACCEPT_INCOMPLETE
#define REJECT		CSSP_SPNEGO_REJECT
#define REQUEST_MIC	CSSP_SPNEGO_REQUEST_MIC
#define KERBEROS	CREDSSP_PACKAGE_KERBEROS
#define NTLM		CREDSSP_PACKAGE_NTLM
#define WINDOWS		"06092a864882f712010202" OID_KRB5 OID_NEGOEX OID_NTLM

/* NegTokenInit, and what becomes of it */
static const struct first_row {
	const char *name;
	const char *list, *token;
	const struct cssp_mech_params *params;
	void (*script)(void);
	int err;
	u32 reason;
	struct acc_reply want;
	u32 package, passed_over;
} first_rows[] = {
	{ "Windows' list: Kerberos, in the OID that comes first", WINDOWS, "i1", &any, NULL,
	  0, 0, { COMPLETED, OID_MS_KRB5, "a1" }, KERBEROS },
	{ "the other OID first", OID_KRB5 OID_MS_KRB5 OID_NTLM, "i1", &any, NULL,
	  0, 0, { COMPLETED, OID_KRB5, "a1" }, KERBEROS },
	{ "one OID of Kerberos", OID_KRB5, "i1", &any, NULL, 0, 0,
	  { COMPLETED, OID_KRB5, "a1" }, KERBEROS },
	{ "user-to-user as a mechanism", OID_U2U OID_NTLM, "i1", &any, NULL, 0, 0,
	  { COMPLETED, OID_U2U, "a1" }, KERBEROS },
	{ "user-to-user by the token", WINDOWS, "i1", &any, user_to_user, 0, 0,
	  { INCOMPLETE, OID_MS_KRB5, "a1" }, KERBEROS },
	{ "NTLM alone", OID_NTLM, "i1", &any, NULL, 0, 0,
	  { INCOMPLETE, OID_NTLM, "a1" }, NTLM },
	{ "NTLM first: the initiator's order", OID_NTLM OID_KRB5, "i1", &any, NULL, 0, 0,
	  { INCOMPLETE, OID_NTLM, "a1" }, NTLM },
	{ "NEGOEX first, then Kerberos", OID_NEGOEX WINDOWS, "NEGOEXTS", &any, NULL, 0, 0,
	  { REQUEST_MIC, OID_MS_KRB5 }, KERBEROS },
	{ "NEGOEX first, then NTLM", OID_NEGOEX OID_NTLM, "i1", &any, NULL, 0, 0,
	  { REQUEST_MIC, OID_NTLM }, NTLM },
	{ "unknown ones first", OID_IAKERB OID_PKU2U OID_UNKNOWN OID_KRB5, "i1", &any, NULL,
	  0, 0, { REQUEST_MIC, OID_KRB5 }, KERBEROS },
	{ "Kerberos without a token", WINDOWS, NULL, &any, NULL, 0, 0,
	  { INCOMPLETE, OID_MS_KRB5 }, KERBEROS },
	{ "Kerberos with an empty token", WINDOWS, "", &any, NULL, 0, 0,
	  { INCOMPLETE, OID_MS_KRB5 }, KERBEROS },
	{ "NTLM without a token", OID_NTLM, NULL, &any, NULL, 0, 0,
	  { INCOMPLETE, OID_NTLM }, NTLM },
	{ "NEGOEX without a token", OID_NEGOEX WINDOWS, NULL, &any, NULL, 0, 0,
	  { REQUEST_MIC, OID_MS_KRB5 }, KERBEROS },
	{ "nothing in common", OID_NEGOEX OID_IAKERB OID_PKU2U OID_UNKNOWN, "i1", &any, NULL,
	  CSSP_E_WEAK, CREDSSP_REASON_SPNEGO, { REJECT } },
	{ "NTLM is forbidden", OID_NTLM, "i1", &no_ntlm, NULL,
	  CSSP_E_NTLM_ONLY, CREDSSP_REASON_NTLM_OFF, { REJECT } },
	{ "NTLM is forbidden, and there is NEGOEX", OID_NEGOEX OID_NTLM, "i1", &no_ntlm, NULL,
	  CSSP_E_NTLM_ONLY, CREDSSP_REASON_NTLM_OFF, { REJECT } },
	{ "NTLM is forbidden, Kerberos is not", OID_NTLM OID_KRB5, "i1", &no_ntlm, NULL, 0, 0,
	  { REQUEST_MIC, OID_KRB5 }, KERBEROS },
	{ "NTLM is forbidden and last", WINDOWS, "i1", &no_ntlm, NULL, 0, 0,
	  { COMPLETED, OID_MS_KRB5, "a1" }, KERBEROS },
	{ "NTLM only is taken", WINDOWS, "i1", &ntlm_only, NULL, 0, 0,
	  { REQUEST_MIC, OID_NTLM }, NTLM },
	{ "Kerberos only is taken", OID_NTLM, "i1", &krb5_only, NULL,
	  CSSP_E_WEAK, CREDSSP_REASON_SPNEGO, { REJECT } },
	{ "Kerberos only, by Negotiate", OID_NTLM, "i1", &negotiate_krb5, NULL,
	  CSSP_E_WEAK, CREDSSP_REASON_SPNEGO, { REJECT } },
	{ "Negotiate means all", OID_NTLM, "i1", &negotiate, NULL, 0, 0,
	  { INCOMPLETE, OID_NTLM, "a1" }, NTLM },
	{ "both are named", OID_NTLM, "i1", &both, NULL, 0, 0,
	  { INCOMPLETE, OID_NTLM, "a1" }, NTLM },
	{ "Kerberos is unavailable", WINDOWS, "i1", &any, unavailable, 0, 0,
	  { REQUEST_MIC, OID_NTLM }, NTLM, FAKE_REASON },
	{ "Kerberos is unavailable, NTLM is forbidden", WINDOWS, "i1", &no_ntlm, unavailable,
	  CSSP_E_NO_CREDS, FAKE_REASON, { REJECT, NULL, "e" }, KERBEROS },
	{ "Kerberos is unavailable, nothing else is listed", OID_MS_KRB5 OID_KRB5 OID_U2U, "i1",
	  &any, unavailable, CSSP_E_NO_CREDS, FAKE_REASON, { REJECT, NULL, "e" }, KERBEROS },
	{ "no TGT: FreeRDP's list goes on with Kerberos", OID_U2U OID_KRB5 OID_NTLM, "i1", &any,
	  no_tgt, 0, 0, { REQUEST_MIC, OID_KRB5 }, KERBEROS, FAKE_REASON },
	{ "no TGT, and the other Kerberos is not listed", OID_U2U OID_NTLM, "i1", &any, no_tgt,
	  0, 0, { REQUEST_MIC, OID_NTLM }, NTLM, FAKE_REASON },
	{ "no TGT, and nothing else is listed", OID_U2U, "i1", &any, no_tgt,
	  CSSP_E_NO_CREDS, FAKE_REASON, { REJECT, NULL, "e" }, KERBEROS },
	{ "no TGT, in Windows' list", WINDOWS, "i1", &any, no_tgt, 0, 0,
	  { REQUEST_MIC, OID_NTLM }, NTLM, FAKE_REASON },
	{ "FreeRDP's list, and Kerberos is unavailable", OID_U2U OID_KRB5 OID_NTLM, "i1", &any,
	  unavailable, 0, 0, { REQUEST_MIC, OID_NTLM }, NTLM, FAKE_REASON },
	{ "Kerberos refuses", WINDOWS, "i1", &any, refused,
	  CSSP_E_LOGON_DENIED, FAKE_REASON, { REJECT, NULL, "e" }, KERBEROS },
	{ "a token that is not Kerberos'", WINDOWS, "x1", &any, NULL, -EBADMSG, FAKE_REASON,
	  { REJECT }, KERBEROS },
	{ "no algorithms for NTLM", OID_NTLM OID_KRB5, "i1", &any, weak, 0, 0,
	  { REQUEST_MIC, OID_KRB5 }, KERBEROS, CREDSSP_REASON_FIPS },
	{ "no algorithms for NTLM, nothing else", OID_NTLM, "i1", &any, weak,
	  CSSP_E_WEAK, CREDSSP_REASON_FIPS, { REJECT } },
	{ "no memory for NTLM: not passed over", OID_NTLM OID_KRB5, "i1", &any, no_memory,
	  -ENOMEM, CREDSSP_REASON_NO_MEMORY, { REJECT } },
	{ "Kerberos without mutual authentication", OID_KRB5, "i1", &any, one_way, 0, 0,
	  { COMPLETED, OID_KRB5 }, KERBEROS },
};

static void first_row_name(const struct first_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(first, first_rows, first_row_name);

static u32 first_ntstatus(const struct first_row *row)
{
	if (row->reason == CREDSSP_REASON_NTLM_OFF)
		return 0xc0000418;
	/* The mechanism was stepped, and failed as its script says. */
	return row->err && row->want.token ? FAKE_NTSTATUS : 0;
}

static void first_token(struct kunit *test)
{
	const struct first_row *row = test->param_value;
	struct acc_test *t = acc_test_new(test, row->params);
	const struct cssp_mech_facts *facts = &t->mech->facts;

	if (row->script)
		row->script();
	acc_test_init(test, t, row->list, row->token, NULL);
	KUNIT_EXPECT_EQ(test, acc_test_step(t), row->err);
	acc_test_expect(test, t, &row->want, row->name);
	KUNIT_EXPECT_EQ(test, t->mech->reason, row->reason);
	KUNIT_EXPECT_EQ(test, facts->package, row->package);
	KUNIT_EXPECT_EQ(test, facts->passed_over, row->passed_over);
	KUNIT_EXPECT_EQ(test, facts->ntstatus, first_ntstatus(row));
	if (row->err) {
		acc_test_expect_dead(test, t);
		return;
	}
	KUNIT_EXPECT_EQ(test, t->progress, row->want.state == COMPLETED ? CSSP_MECH_DONE :
									   CSSP_MECH_CONTINUE);
	KUNIT_EXPECT_EQ(test, t->mech->ntlm_only, row->package == NTLM);
	KUNIT_EXPECT_EQ(test, t->mech->trailer, row->package == NTLM ? 16U : 60U);
	KUNIT_EXPECT_EQ(test, t->mech->signature, row->package == NTLM ? 16U : 28U);
}

/* No mechanism at all */
static void refused_at_creation(struct kunit *test)
{
	static const struct cssp_mech_params nothing = {
		.mechs = CREDSSP_MECH_NTLM,
		.no_ntlm = true,
	};
	static const struct cssp_spnego_offer many[CSSP_SPNEGO_MAX_MECHS + 1];
	struct cssp_mech *mech = NULL;

	KUNIT_EXPECT_EQ(test, cssp_spnego_acceptor_create_with(&mech, &nothing, fake_acc_offers,
							       FAKE_ACC_OFFERS),
			CSSP_E_NTLM_ONLY);
	KUNIT_EXPECT_EQ(test, cssp_spnego_acceptor_create_with(&mech, &any, fake_acc_offers, 0),
			CSSP_E_NO_CREDS);
	KUNIT_EXPECT_EQ(test, cssp_spnego_acceptor_create_with(&mech, &any, many,
							       ARRAY_SIZE(many)),
			CSSP_E_PARAMETER);
	KUNIT_EXPECT_NULL(test, mech);
}

/* No answer, because nothing shows that the initiator speaks SPNEGO */
static void malformed_first_tokens(struct kunit *test)
{
	static const char * const tokens[] = {
		"",
		"00",
		"a1073005a0030a0101",			/* NegTokenResp */
		"60",
		"6080",
		"600c06062b0601050502a0023000",		/* no list */
		"601006062b0601050502a0063004a0023000",	/* an empty list */
		"600806062b0601050502",			/* SPNEGO, and nothing in it */
		"600506032a0304",			/* of an unknown mechanism */
		"4e544c4d535350",			/* NTLMSSP without its NUL */
		"4e544c4d53535001",
	};
	struct acc_test *t;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++) {
		t = acc_test_new(test, NULL);
		acc_test_set(test, t, test_hex(test, tokens[i]));
		KUNIT_EXPECT_EQ_MSG(test, acc_test_step(t), -EBADMSG, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, t->out->len, (size_t)0, "row %u", i);
		KUNIT_EXPECT_EQ(test, t->mech->reason, (u32)CREDSSP_REASON_SPNEGO);
		acc_test_expect_dead(test, t);
	}
}

static SWEEP_DECODER(take_first)
{
	enum cssp_mech_progress progress;
	struct cssp_vbuf out = {};
	struct cssp_mech *mech;
	int ret;

	KUNIT_ASSERT_EQ(test, cssp_spnego_acceptor_create_with(&mech, &any, fake_acc_offers,
							       FAKE_ACC_OFFERS), 0);
	ret = mech->ops->step(mech, rd, &out, &progress);
	KUNIT_EXPECT_EQ(test, !ret, mech->reason == CREDSSP_REASON_NONE);
	cssp_mech_free(mech);
	cssp_vbuf_free(&out);
	return ret;
}

/* The scripted mechanisms refuse the tokens of NTLM; a list without a token is fine. */
static void real_first_tokens(struct kunit *test)
{
	static const struct {
		const char *token;
		int err;
	} rows[] = {
		{ spnego_hint, 0 },
		{ spnego_hint_samba, 0 },
		{ spnego_init_ntlm, -EBADMSG },
		{ spnego_init_flags_mic, -EBADMSG },
		{ capture_a_negotiate, -EBADMSG },
		{ derived_negotiate, -EBADMSG },
	};
	struct cssp_rd whole;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		whole = test_hex(test, rows[i].token);
		KUNIT_EXPECT_EQ(test, take_first(test, &whole), rows[i].err);
		sweep_cuts(test, &whole, take_first);
		sweep_flips(test, &whole, take_first);
	}
}

/* A list with an OID of @length bytes and Kerberos' behind it */
static void put_long_list(struct kunit *test, struct acc_test *t, size_t length)
{
	static const u8 krb5[] = { 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2 };
	const size_t size = 4 + length + sizeof(krb5);
	struct cssp_spnego_init init = {};
	struct cssp_wr wr = cssp_wr_of(test_room(test, 4 + size), 4 + size);

	cssp_wr_be16(&wr, 0x3082);
	cssp_wr_be16(&wr, size);
	cssp_wr_be16(&wr, 0x0682);
	cssp_wr_be16(&wr, length);
	cssp_wr_zero(&wr, length);
	cssp_wr_copy(&wr, krb5, sizeof(krb5));
	init.mech_list = cssp_rd_of(wr.buf, wr.len);
	KUNIT_ASSERT_EQ(test, cssp_encode_begin(t->in, cssp_spnego_init_size(&init), &wr), 0);
	cssp_spnego_init_encode(&init, &wr);
	KUNIT_ASSERT_EQ(test, cssp_encode_end(t->in, &wr), 0);
}

/* The list is kept, so that it must not be long. */
static void long_lists(struct kunit *test)
{
	static const struct acc_reply reject = { REJECT };
	/* 1024 bytes: two headers of 4, and the OID of Kerberos with its header */
	const size_t longest = 1024 - 8 - 11;
	struct acc_test *t = acc_test_new(test, NULL);

	put_long_list(test, t, longest);
	KUNIT_EXPECT_EQ(test, acc_test_step(t), 0);
	t = acc_test_new(test, NULL);
	put_long_list(test, t, longest + 1);
	KUNIT_EXPECT_EQ(test, acc_test_step(t), CSSP_E_TOO_BIG);
	acc_test_expect(test, t, &reject, "too long");
	KUNIT_EXPECT_EQ(test, t->mech->reason, (u32)CREDSSP_REASON_LIMIT);
	acc_test_expect_dead(test, t);
}

/* NTLMSSP\0 i1, and i1 in Kerberos' framing */
#define BARE_NTLM	"4e544c4d535350006931"
#define BARE_KRB5	"600d" OID_KRB5 "6931"
#define BARE_U2U	"600e" OID_U2U "6931"
#define BARE_NEGOEX	"600e" OID_NEGOEX "6931"

static const struct bare_row {
	const char *name;
	const char *token;
	const struct cssp_mech_params *params;
	void (*script)(void);
	int err;
	u32 reason;
	const char *answer;
	u32 package;
} bare_rows[] = {
	{ "NTLM", BARE_NTLM, &any, NULL, 0, 0, "a1", NTLM },
	{ "Kerberos", BARE_KRB5, &any, NULL, 0, 0, "a1", KERBEROS },
	{ "user-to-user", BARE_U2U, &any, user_to_user, 0, 0, "a1", KERBEROS },
	{ "Kerberos without mutual authentication", BARE_KRB5, &any, one_way, 0, 0, "",
	  KERBEROS },
	{ "NTLM is forbidden", BARE_NTLM, &no_ntlm, NULL,
	  CSSP_E_NTLM_ONLY, CREDSSP_REASON_NTLM_OFF, "" },
	{ "NTLM is not taken", BARE_NTLM, &krb5_only, NULL,
	  CSSP_E_WEAK, CREDSSP_REASON_SPNEGO, "" },
	{ "Kerberos is not taken", BARE_KRB5, &ntlm_only, NULL,
	  CSSP_E_WEAK, CREDSSP_REASON_SPNEGO, "" },
	{ "Kerberos only", BARE_KRB5, &krb5_only, NULL, 0, 0, "a1", KERBEROS },
	{ "NEGOEX", BARE_NEGOEX, &any, NULL, CSSP_E_WEAK, CREDSSP_REASON_SPNEGO, "" },
	{ "Kerberos refuses, in its own words", BARE_KRB5, &any, refused,
	  CSSP_E_LOGON_DENIED, FAKE_REASON, "e", KERBEROS },
	{ "Kerberos is unavailable, and nothing else is offered", BARE_KRB5, &any, unavailable,
	  CSSP_E_NO_CREDS, FAKE_REASON, "e", KERBEROS },
	{ "no algorithms for NTLM", BARE_NTLM, &any, weak,
	  CSSP_E_WEAK, CREDSSP_REASON_FIPS, "" },
};

static void bare_row_name(const struct bare_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bare, bare_rows, bare_row_name);

static void bare_token(struct kunit *test)
{
	const struct bare_row *row = test->param_value;
	struct acc_test *t = acc_test_new(test, row->params);
	struct cssp_rd answer = test_str(row->answer), got;

	if (row->script)
		row->script();
	acc_test_set(test, t, test_hex(test, row->token));
	KUNIT_EXPECT_EQ(test, acc_test_step(t), row->err);
	got = cssp_vbuf_rd(t->out);
	test_expect_same(test, &got, &answer);
	KUNIT_EXPECT_EQ(test, t->mech->reason, row->reason);
	KUNIT_EXPECT_EQ(test, t->mech->facts.package, row->package);
	KUNIT_EXPECT_EQ(test, t->mech->facts.passed_over, 0U);
	if (row->err)
		acc_test_expect_dead(test, t);
}

/* All of a bare exchange is bare, and needs no mechListMIC. */
static void bare_exchange(struct kunit *test)
{
	const struct cssp_rd plain = test_str("pubKeyAuth");
	struct acc_test *t = acc_test_new(test, NULL);

	acc_test_set(test, t, test_hex(test, BARE_NTLM));
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	KUNIT_EXPECT_EQ(test, t->progress, CSSP_MECH_CONTINUE);
	KUNIT_EXPECT_EQ(test, t->mech->facts.claimed.len, sizeof(FAKE_CLAIMED));
	acc_test_set(test, t, test_str("i2"));
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	KUNIT_EXPECT_EQ(test, t->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, t->mech->facts.client.len, sizeof(FAKE_CLIENT));
	KUNIT_ASSERT_EQ(test, t->mech->ops->wrap(t->mech, &plain, t->out), 0);
	KUNIT_EXPECT_EQ(test, t->out->len, plain.left + 2);
	/* The first message, as there was no MIC. */
	KUNIT_EXPECT_EQ(test, t->out->data[1], 0);
	acc_test_set(test, t, test_str("i3"));
	KUNIT_EXPECT_EQ(test, acc_test_step(t), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->mech->reason, (u32)CREDSSP_REASON_SPNEGO);
	acc_test_expect_dead(test, t);
}

/* SPNEGO does not begin in the middle of it. */
static void bare_then_spnego(struct kunit *test)
{
	struct acc_test *t = acc_test_new(test, NULL);

	acc_test_set(test, t, test_hex(test, BARE_NTLM));
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	acc_test_init(test, t, OID_NTLM, "i2", NULL);
	/* A byte behind it, as the scripted mechanism looks at the end only */
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(t->in, "", 1), 0);
	KUNIT_EXPECT_EQ(test, acc_test_step(t), -EBADMSG);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)0);
	acc_test_expect_dead(test, t);
}

static void nothing_works_too_early(struct kunit *test)
{
	struct acc_test *t = acc_test_new(test, NULL);
	struct cssp_rd rd = test_str("x");

	KUNIT_EXPECT_EQ(test, t->mech->ops->wrap(t->mech, &rd, t->out), CSSP_E_STATE);
	acc_test_expect_dead(test, t);
	t = acc_test_new(test, NULL);
	acc_test_init(test, t, OID_NTLM, "i1", NULL);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	cssp_vbuf_clear(t->out);
	KUNIT_EXPECT_EQ(test, t->mech->ops->unwrap(t->mech, &rd, t->out), CSSP_E_STATE);
	acc_test_expect_dead(test, t);
}

static struct kunit_case spnego_acceptor_cases[] = {
	KUNIT_CASE_PARAM(first_token, first_gen_params),
	KUNIT_CASE(refused_at_creation),
	KUNIT_CASE(malformed_first_tokens),
	KUNIT_CASE_SLOW(real_first_tokens),
	KUNIT_CASE(long_lists),
	KUNIT_CASE_PARAM(bare_token, bare_gen_params),
	KUNIT_CASE(bare_exchange),
	KUNIT_CASE(bare_then_spnego),
	KUNIT_CASE(nothing_works_too_early),
	{}
};

static struct kunit_suite spnego_acceptor_suite = {
	.name = "credssp_mech_spnego_acceptor",
	.init = fakes_reset,
	.test_cases = spnego_acceptor_cases,
};

kunit_test_suite(spnego_acceptor_suite);
