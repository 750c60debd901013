// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego_choice.c: SPNEGO where the server begins, with the list of its mechanisms. */
#include "base/status.h"
#include "mech/spnego.h"
#include "ntlm_util.h"
#include "sweep.h"
#include "vectors/spnego.h"

static const struct cssp_mech_ops tickets_ops = { .needs_tickets = true };
static const struct cssp_mech_ops password_ops;

static const struct cssp_spnego_offer offers[] = {
	{ CSSP_SPNEGO_MS_KRB5, &tickets_ops },
	{ CSSP_SPNEGO_KRB5, &tickets_ops },
	{ CSSP_SPNEGO_NTLM, &password_ops },
};

static const struct cssp_identity nobody;
static const struct cssp_identity somebody = { .user = { .data = (u8 *)"u", .len = 2 } };
static const struct cssp_tickets tickets;

static const struct cssp_mech_params everything = { .id = &somebody, .tickets = &tickets };
static const struct cssp_mech_params no_password = { .id = &nobody, .tickets = &tickets };
static const struct cssp_mech_params no_tickets = { .id = &somebody };

static const struct cssp_mech_params no_ntlm = {
	.id = &somebody, .tickets = &tickets, .no_ntlm = true,
};

/* The hints of servers: NegTokenInit of these mechanisms, if it is not a vector */
#define INIT(length_0, length_1, length_2, length_3, oids)	\
	"60" length_0 "06062b0601050502a0" length_1 "30" length_2 "a0" length_3 oids
#define MS_KRB5		"06092a864882f712010202"
#define KRB5		"06092a864886f712010202"
#define U2U		"060a2a864886f71201020203"
#define NTLM		"060a2b06010401823702020a"
#define NEGOEX		"060a2b06010401823702021e"
/* One OID of 9 bytes, one of 10; two of 9; three of 9, 9 and 10 */
#define ONE_9(oid)	INIT("1b", "11", "0f", "0d", "300b" oid)
#define ONE_10(oid)	INIT("1c", "12", "10", "0e", "300c" oid)
#define TWO_9(a, b)	INIT("26", "1c", "1a", "18", "3016" a b)
#define THREE(a, b, c)	INIT("32", "28", "26", "24", "3022" a b c)

static const struct hint_row {
	const char *name;
	const struct cssp_mech_params *params;
	const char *hint;
	int err;
	const char *list;
	u32 passed_over;
} hint_rows[] = {
	{ "Windows: all", &everything, spnego_hint, 0, "3022" MS_KRB5 KRB5 NTLM },
	{ "Samba: all", &everything, spnego_hint_samba, 0, "3022" MS_KRB5 KRB5 NTLM },
	{ "without hints, in another order: our order", &everything, THREE(KRB5, MS_KRB5, NTLM),
	  0, "3022" MS_KRB5 KRB5 NTLM },
	{ "the one OID of Kerberos", &everything, ONE_9(MS_KRB5), 0, "300b" MS_KRB5 },
	{ "the other one", &everything, ONE_9(KRB5), 0, "300b" KRB5 },
	{ "both", &everything, TWO_9(KRB5, MS_KRB5), 0, "3016" MS_KRB5 KRB5 },
	{ "twice the same", &everything, TWO_9(KRB5, KRB5), 0, "300b" KRB5 },
	{ "Windows, no password", &no_password, spnego_hint, 0, "3016" MS_KRB5 KRB5 },
	{ "Windows, Kerberos only", &no_ntlm, spnego_hint, 0, "3016" MS_KRB5 KRB5 },
	{ "Windows, no tickets", &no_tickets, spnego_hint, 0, "300c" NTLM },
	{ "NTLM only", &everything, ONE_10(NTLM), 0, "300c" NTLM,
	  CREDSSP_REASON_NOT_CHOSEN },
	{ "NTLM only, no tickets", &no_tickets, ONE_10(NTLM), 0, "300c" NTLM },
	{ "NTLM only, forbidden", &no_ntlm, ONE_10(NTLM), CSSP_E_NTLM_ONLY },
	{ "NTLM only, no password", &no_password, ONE_10(NTLM), CSSP_E_NO_CREDS },
	{ "Kerberos only, no tickets", &no_tickets, ONE_9(KRB5), CSSP_E_NO_CREDS },
	{ "user-to-user only", &everything, ONE_10(U2U), CSSP_E_WEAK },
	{ "unknown only", &everything, ONE_10(NEGOEX), CSSP_E_WEAK },
	{ "an empty list", &everything, INIT("10", "06", "04", "02", "3000"), -EBADMSG },
	{ "no list", &everything, "600c06062b0601050502a0023000", -EBADMSG },
	{ "bare NTLM", &everything, "4e544c4d53535000", -EBADMSG },
	{ "NegTokenResp", &everything, "a1073005a0030a0101", -EBADMSG },
	{ "with a token and a MIC, which do not count", &everything,
	  INIT("28", "1e", "1c", "0d", "300b" KRB5) "a203040174a306040401020304", 0,
	  "300b" KRB5 },
};

static void hint_row_name(const struct hint_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hints, hint_rows, hint_row_name);

static struct cssp_spnego_choice choice_of(struct kunit *test,
					   const struct cssp_mech_params *params)
{
	struct cssp_spnego_choice c = { .offers = offers, .count = ARRAY_SIZE(offers) };

	KUNIT_ASSERT_EQ(test, cssp_spnego_choice_make(&c, params), 0);
	return c;
}

static void server_begins(struct kunit *test)
{
	const struct hint_row *row = test->param_value;
	struct cssp_spnego_choice c = choice_of(test, row->params), before = c;
	struct cssp_rd hint = test_hex(test, row->hint);
	struct cssp_vbuf *list = new_vbuf(test);
	u32 passed_over = 0;

	KUNIT_ASSERT_EQ(test, cssp_spnego_choice_narrow(&c, row->params, &hint, &passed_over),
			row->err);
	KUNIT_EXPECT_EQ(test, passed_over, row->passed_over);
	if (row->err) {
		KUNIT_EXPECT_MEMEQ(test, &c, &before, sizeof(c));
		return;
	}
	KUNIT_ASSERT_EQ(test, cssp_spnego_choice_write(&c, list), 0);
	EXPECT_HEX(test, list->data, list->len, row->list);
}

/* The acceptor may choose what was offered, in the OID that was offered. */
static void choice_after_a_hint(struct kunit *test)
{
	struct cssp_spnego_choice c = choice_of(test, &everything);
	struct cssp_rd hint = test_hex(test, THREE(KRB5, KRB5, NTLM));
	struct cssp_rd oid = cssp_spnego_oid(CSSP_SPNEGO_MS_KRB5);
	u32 passed_over = 0;

	KUNIT_EXPECT_EQ(test, cssp_spnego_choice_find(&c, &oid), 0U);
	KUNIT_ASSERT_EQ(test, cssp_spnego_choice_narrow(&c, &everything, &hint, &passed_over), 0);
	KUNIT_EXPECT_EQ(test, passed_over, 0U);
	KUNIT_EXPECT_EQ(test, c.first, 1U);
	KUNIT_EXPECT_EQ(test, cssp_spnego_choice_find(&c, &oid), 3U);
	oid = cssp_spnego_oid(CSSP_SPNEGO_KRB5);
	KUNIT_EXPECT_EQ(test, cssp_spnego_choice_find(&c, &oid), 1U);
	KUNIT_EXPECT_EQ(test, cssp_spnego_choice_next(&c, 1), 2U);
	KUNIT_EXPECT_EQ(test, cssp_spnego_choice_next(&c, 2), 3U);
}

static int narrow(struct kunit *test, const struct cssp_rd *rd)
{
	struct cssp_spnego_choice c = { .offers = offers, .count = ARRAY_SIZE(offers) };
	u32 passed_over;

	return cssp_spnego_choice_make(&c, &everything) ?:
	       cssp_spnego_choice_narrow(&c, &everything, rd, &passed_over);
}

static void cut_and_flipped(struct kunit *test)
{
	sweep(test, spnego_hint, narrow);
	sweep(test, spnego_hint_samba, narrow);
}

/* The machine with NTLM: a hint on the first step, and on no other one. */
static void machine_takes_a_hint(struct kunit *test)
{
	const struct cssp_identity *id = new_identity(test, "u", "", "p");
	struct cssp_mech *mech = new_mech(test, &cssp_spnego_ops, id, "cifs/h");
	struct cssp_rd hint = test_hex(test, spnego_hint), rd;
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;
	struct cssp_spnego_init init;

	KUNIT_ASSERT_EQ(test, mech->ops->step(mech, &hint, out, &progress), 0);
	KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_CONTINUE);
	rd = cssp_vbuf_rd(out);
	KUNIT_ASSERT_EQ(test, cssp_spnego_init_decode(&rd, &init), 0);
	KUNIT_EXPECT_EQ(test, init.present, CSSP_SPNEGO_HAS_TOKEN);
	EXPECT_HEX(test, init.mech_list.p, init.mech_list.left, spnego_list_ntlm);
	KUNIT_EXPECT_TRUE(test, init.token.left > 8 && !memcmp(init.token.p, "NTLMSSP", 8));
	KUNIT_EXPECT_EQ(test, mech->ops->step(mech, &hint, out, &progress), -EBADMSG);
	KUNIT_EXPECT_EQ(test, mech->reason, (u32)CREDSSP_REASON_SPNEGO);
}

/* A list that leaves nothing to offer: the reason is not a fault of the list. */
static void machine_refuses_a_hint(struct kunit *test)
{
	static const struct cssp_tickets ccache = { .source = CREDSSP_TICKETS_CCACHE };
	static const struct {
		bool no_ntlm;
		const struct cssp_tickets *tickets;
		const char *hint;
		int err;
		u32 reason;
	} rows[] = {
		{ true, &tickets, ONE_10(NTLM), CSSP_E_NTLM_ONLY, CREDSSP_REASON_NTLM_OFF },
		{ false, &ccache, ONE_10(NTLM), CSSP_E_NO_CREDS, CREDSSP_REASON_NOT_CHOSEN },
		{ false, &tickets, ONE_10(NEGOEX), CSSP_E_WEAK, CREDSSP_REASON_SPNEGO },
		{ false, &tickets, "60", -EBADMSG, CREDSSP_REASON_SPNEGO },
	};
	struct cssp_vbuf *out = new_vbuf(test);
	enum cssp_mech_progress progress;
	struct cssp_mech_params params = {
		.id = new_identity(test, "u", "", "p"), .target = "cifs/h",
	};
	struct cssp_mech *mech;
	struct cssp_rd hint;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		params.no_ntlm = rows[i].no_ntlm;
		params.tickets = rows[i].tickets;
		hint = test_hex(test, rows[i].hint);
		KUNIT_ASSERT_EQ(test, cssp_spnego_ops.create(&mech, &params), 0);
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
		KUNIT_EXPECT_EQ_MSG(test, mech->ops->step(mech, &hint, out, &progress),
				    rows[i].err, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, mech->reason, rows[i].reason, "row %u", i);
	}
}

static struct kunit_case hint_cases[] = {
	KUNIT_CASE_PARAM(server_begins, hints_gen_params),
	KUNIT_CASE(choice_after_a_hint),
	KUNIT_CASE(cut_and_flipped),
	KUNIT_CASE(machine_takes_a_hint),
	KUNIT_CASE(machine_refuses_a_hint),
	{}
};

static struct kunit_suite hint_suite = {
	.name = "credssp_mech_spnego_hint",
	.test_cases = hint_cases,
};

kunit_test_suite(hint_suite);
