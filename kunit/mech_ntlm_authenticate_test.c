// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmod/mech/ntlm_authenticate.c: what the acceptor refuses of an initiator that knows the
 * password, and proves it with a right MIC over what it sends.
 */
#include "base/status.h"
#include "ntlm_acceptor_pair.h"

#define AV(name)	CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_##name)

static const u8 digest[CSSP_BINDINGS_SIZE] = "digest of sixtee";

/* The helper was asked @calls times, and the acceptor has ended. */
static void expect_refused(struct kunit *test, struct ntlm_acc_pair *p,
			   const struct ntlm_client_knobs *knobs, int want, u32 reason,
			   unsigned int calls, const char *name)
{
	ntlm_acc_forge(test, p, knobs);
	KUNIT_EXPECT_EQ_MSG(test, ntlm_acc_answer(p), want, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, p->helper.calls, calls, "%s", name);
	ntlm_acc_expect_dead(test, p, reason);
	ntlm_acc_expect_text(test, &p->acceptor->facts.client, "");
}

static void expect_accepted(struct kunit *test, struct ntlm_acc_pair *p,
			    const struct ntlm_client_knobs *knobs, const char *name)
{
	ntlm_acc_forge(test, p, knobs);
	KUNIT_EXPECT_EQ_MSG(test, ntlm_acc_answer(p), 0, "%s", name);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	ntlm_acc_expect_text(test, &p->acceptor->facts.client, NTLM_ACC_NAME);
}

/* Differences that real initiators have */
static void accepted(struct kunit *test)
{
	static const struct {
		const char *name;
		struct ntlm_client_knobs knobs;
	} rows[] = {
		{ "without faults", {} },
		{ "OEM beside UNICODE", { .set_flags = CSSP_NTLM_OEM } },
		{ "workstation supplied",
		  { .set_flags = CSSP_NTLM_OEM_WORKSTATION_SUPPLIED,
		    .workstation = "A-NAME-OF-MORE-THAN-FIFTEEN-CHARACTERS" } },
		{ "without VERSION", { .clear_flags = CSSP_NTLM_VERSION } },
		{ "without 56", { .clear_flags = CSSP_NTLM_56 } },
		{ "an LMv2 response as well", { .quirks = NTLM_CLIENT_LMV2 } },
		{ "no bindings", { .omit_av = AV(BINDINGS) } },
		{ "no target name", { .omit_av = AV(TARGET_NAME) } },
		{ "bindings that are not asked for", { .bindings = digest } },
		{ "single host", { .extra_av = CSSP_NTLM_AV_SINGLE_HOST } },
		{ "an unknown pair", { .extra_av = 0x77 } },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		expect_accepted(test, p, &rows[i].knobs, rows[i].name);
}

static void too_weak(struct kunit *test)
{
	static const struct {
		const char *name;
		struct ntlm_client_knobs knobs;
	} rows[] = {
		{ "NTLMv1", { .quirks = NTLM_CLIENT_V1 } },
		{ "NTLMv1, the MIC not announced",
		  { .quirks = NTLM_CLIENT_V1, .no_av_flags = true } },
		{ "LMv2 only", { .quirks = NTLM_CLIENT_LM_ONLY } },
		{ "no MIC", { .no_av_flags = true } },
		{ "no MsvAvFlags", { .omit_av = AV(FLAGS) } },
		{ "no UNICODE", { .clear_flags = CSSP_NTLM_UNICODE, .set_flags = CSSP_NTLM_OEM } },
		{ "no SIGN", { .clear_flags = CSSP_NTLM_SIGN } },
		{ "no SEAL", { .clear_flags = CSSP_NTLM_SEAL } },
		{ "no ESS", { .clear_flags = CSSP_NTLM_ESS } },
		{ "no 128", { .clear_flags = CSSP_NTLM_128 } },
		{ "no KEY_EXCH", { .clear_flags = CSSP_NTLM_KEY_EXCH } },
		{ "DATAGRAM", { .set_flags = CSSP_NTLM_DATAGRAM } },
		{ "LM_KEY", { .set_flags = CSSP_NTLM_LM_KEY } },
		{ "IDENTIFY", { .set_flags = CSSP_NTLM_IDENTIFY } },
		{ "NON_NT_SESSION_KEY", { .set_flags = CSSP_NTLM_NON_NT_SESSION_KEY } },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		expect_refused(test, p, &rows[i].knobs, CSSP_E_WEAK, CREDSSP_REASON_MECH_WEAK,
			       0, rows[i].name);
}

/* A name of an odd length is no UTF-16, but without UNICODE that is not what is wrong. */
static void oem_name(struct kunit *test)
{
	const struct ntlm_client_knobs oem = {
		.clear_flags = CSSP_NTLM_UNICODE, .set_flags = CSSP_NTLM_OEM,
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);

	ntlm_acc_forge(test, p, &oem);
	/* The length of UserName */
	KUNIT_ASSERT_EQ(test, p->to_server->data[36], 2 * strlen(NTLM_ACC_USER));
	p->to_server->data[36]--;
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_WEAK);
	KUNIT_EXPECT_EQ(test, p->helper.calls, 0);
	ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_WEAK);
}

/* Its key is all zeros, which all know. So the helper is not asked. */
static void anonymous(struct kunit *test)
{
	const struct ntlm_client_knobs flag = { .set_flags = CSSP_NTLM_ANONYMOUS };
	const struct ntlm_client_knobs lm = { .quirks = NTLM_CLIENT_LM_ONLY };
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);

	expect_refused(test, p, &flag, CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOGON, 0, "flag");
	KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, 0xc000006dU);
	/* A user without a name, with and without a response */
	p->forger = new_identity(test, "", "", "");
	p->helper.account = p->forger;
	expect_refused(test, p, NULL, CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOGON, 0, "NTLMv2");
	expect_refused(test, p, &lm, CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOGON, 0, "LM");
	ntlm_acc_expect_text(test, &p->acceptor->facts.claimed, "");
}

/* Pairs of the CHALLENGE come back as they were sent, and once. */
static void other_target_info(struct kunit *test)
{
	static const struct {
		const char *name;
		struct ntlm_client_knobs knobs;
	} rows[] = {
		{ "no domain", { .omit_av = AV(NB_DOMAIN) } },
		{ "no computer", { .omit_av = AV(NB_COMPUTER) } },
		{ "no DNS name", { .omit_av = AV(DNS_COMPUTER) } },
		{ "no DNS domain", { .omit_av = AV(DNS_DOMAIN) } },
		{ "no timestamp", { .omit_av = AV(TIMESTAMP) } },
		{ "another domain", { .alter_av = AV(NB_DOMAIN) } },
		{ "another computer", { .alter_av = AV(NB_COMPUTER) } },
		{ "another DNS name", { .alter_av = AV(DNS_COMPUTER) } },
		{ "another DNS domain", { .alter_av = AV(DNS_DOMAIN) } },
		{ "another timestamp", { .alter_av = AV(TIMESTAMP) } },
		{ "a DNS tree", { .extra_av = CSSP_NTLM_AV_DNS_TREE } },
		{ "domain twice", { .repeat_av = AV(NB_DOMAIN) } },
		{ "timestamp twice", { .repeat_av = AV(TIMESTAMP) } },
		{ "flags twice", { .repeat_av = AV(FLAGS) } },
		{ "target name twice", { .repeat_av = AV(TARGET_NAME) } },
		{ "bindings twice", { .repeat_av = AV(BINDINGS) } },
		{ "no EOL", { .no_eol = true } },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		expect_refused(test, p, &rows[i].knobs, CSSP_E_MALFORMED,
			       CREDSSP_REASON_MECH_TOKEN, 0, rows[i].name);
}

/* Both sides have the same session key, and the same mechListMIC: NTLM's key of it is right. */
static void expect_keys(struct kunit *test, struct ntlm_acc_pair *p, bool plain_sum,
			const char *name)
{
	struct cssp_ntlm_dir *dir = kunit_kzalloc(test, sizeof(*dir), GFP_KERNEL);
	const struct cssp_rd list = cssp_rd_of("list", 4);
	u8 signature[CSSP_NTLM_SIGNATURE_SIZE];
	struct cssp_session_key key = {};
	struct cssp_rd mic;

	KUNIT_ASSERT_NOT_NULL(test, dir);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_dir_init(p->helper.crypto, dir, CSSP_NTLM_CLIENT_TO_SERVER,
						 p->forged_key), 0);
	dir->plain_sum = plain_sum;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_sign(p->helper.crypto, dir, &list, signature), 0);
	KUNIT_ASSERT_EQ_MSG(test, p->acceptor->ops->session_key(p->acceptor, &key), 0, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(key.bytes, p->forged_key, CSSP_NTLM_KEY_SIZE), 0, "%s",
			    name);
	mic = cssp_rd_of(signature, sizeof(signature));
	KUNIT_EXPECT_EQ_MSG(test, p->acceptor->ops->check_list_mic(p->acceptor, &list, &mic), 0,
			    "%s", name);
}

#define PROTECTION	(CSSP_NTLM_SIGN | CSSP_NTLM_SEAL)
/* Windows' flags for HTTP are those for a sealed session without these. */
#define NOT_FOR_HTTP	(PROTECTION | CSSP_NTLM_KEY_EXCH | CSSP_NTLM_LM_KEY)

static_assert((NTLM_CLIENT_WINDOWS_FLAGS & ~NOT_FOR_HTTP) == 0xa2088207);

/*
 * Where the acceptor's caller does not ask for it, the initiator need not negotiate it, in
 * NEGOTIATE or only in AUTHENTICATE. What CHALLENGE did not have is not negotiated.
 */
static void optional_protection(struct kunit *test)
{
	static const struct {
		const char *name;
		bool sign_optional, seal_optional;
		u32 omit;
		struct ntlm_client_knobs knobs;
		bool no_sign, no_seal, plain_sum;
	} rows[] = {
		{ "both", true, true, 0, {}, false, false, false },
		{ "no SEAL", false, true, CSSP_NTLM_SEAL, {}, false, true, false },
		{ "no SEAL at the end", false, true, 0, { .clear_flags = CSSP_NTLM_SEAL },
		  false, true, false },
		{ "SEAL at the end", false, true, CSSP_NTLM_SEAL, { .set_flags = CSSP_NTLM_SEAL },
		  false, true, false },
		{ "SEAL alone", true, true, CSSP_NTLM_SIGN, {}, false, false, false },
		{ "neither, a key", true, true, PROTECTION, {}, true, true, false },
		{ "neither", true, true, PROTECTION, { .base_key = true }, true, true, false },
		{ "neither, and a byte", true, true, PROTECTION,
		  { .base_key = true, .enc_size = 1 }, true, true, false },
		{ "neither at the end", true, true, 0,
		  { .clear_flags = PROTECTION, .base_key = true }, true, true, false },
		{ "of HTTP", true, true, NOT_FOR_HTTP, { .base_key = true }, true, true, true },
		{ "KEY_EXCH at the end", true, true, NOT_FOR_HTTP,
		  { .set_flags = CSSP_NTLM_KEY_EXCH, .base_key = true, .enc_size = 16 },
		  true, true, true },
		{ "no KEY_EXCH", true, true, CSSP_NTLM_KEY_EXCH, { .base_key = true },
		  false, false, true },
		{ "no KEY_EXCH at the end", true, true, 0,
		  { .clear_flags = CSSP_NTLM_KEY_EXCH, .base_key = true, .enc_size = 16 },
		  false, false, true },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->sign_optional = rows[i].sign_optional;
		p->seal_optional = rows[i].seal_optional;
		p->asks = NTLM_CLIENT_WINDOWS_FLAGS & ~rows[i].omit;
		expect_accepted(test, p, &rows[i].knobs, rows[i].name);
		KUNIT_EXPECT_EQ_MSG(test, p->acceptor->no_sign, rows[i].no_sign, "%s",
				    rows[i].name);
		KUNIT_EXPECT_EQ_MSG(test, p->acceptor->no_seal, rows[i].no_seal, "%s",
				    rows[i].name);
		expect_keys(test, p, rows[i].plain_sum, rows[i].name);
	}
}

/* The caller does without one or both of SIGN and SEAL, and the initiator lacks more. */
static void needed_protection(struct kunit *test)
{
	static const struct {
		const char *name;
		bool sign_optional, seal_optional;
		u32 clear;
	} rows[] = {
		{ "no SIGN", false, true, CSSP_NTLM_SIGN },
		{ "no SEAL", true, false, CSSP_NTLM_SEAL },
		{ "SIGN without KEY_EXCH", false, true, CSSP_NTLM_KEY_EXCH },
		{ "SEAL without KEY_EXCH", true, false, CSSP_NTLM_KEY_EXCH },
		{ "no 128", true, true, CSSP_NTLM_128 },
		{ "no ESS", true, true, CSSP_NTLM_ESS },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct ntlm_client_knobs knobs = { .clear_flags = rows[i].clear };

		p->sign_optional = rows[i].sign_optional;
		p->seal_optional = rows[i].seal_optional;
		expect_refused(test, p, &knobs, CSSP_E_WEAK, CREDSSP_REASON_MECH_WEAK, 0,
			       rows[i].name);
	}
}

/* With SIGN or SEAL there is a key, which the MIC has as well. */
static void wrong_keys(struct kunit *test)
{
	const struct ntlm_client_knobs base_key = {
		.base_key = true, .enc_size = CSSP_NTLM_KEY_SIZE,
	};
	const struct ntlm_client_knobs sizes[] = {
		{ .enc_size = 15 }, { .base_key = true, .enc_size = 1 }, { .base_key = true },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i, optional;

	for (optional = 0; optional < 2; optional++) {
		p->sign_optional = optional;
		p->seal_optional = optional;
		for (i = 0; i < ARRAY_SIZE(sizes); i++)
			expect_refused(test, p, &sizes[i], CSSP_E_MALFORMED,
				       CREDSSP_REASON_MECH_TOKEN, 0, "size");
		expect_refused(test, p, &base_key, CSSP_E_LOGON_DENIED, CREDSSP_REASON_MECH_MIC,
			       1, "key");
	}
}

/* The list may lack the pair as well as have zeros in it. */
static void missing_bindings(struct kunit *test)
{
	const struct ntlm_client_knobs none = { .omit_av = AV(BINDINGS) };
	const struct ntlm_client_knobs right = { .bindings = digest };
	const struct ntlm_client_knobs wrong = {
		.bindings = digest, .alter_av = AV(BINDINGS),
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);

	p->bindings = digest;
	expect_refused(test, p, &none, CSSP_E_BINDINGS, CREDSSP_REASON_BINDING, 0, "none");
	expect_refused(test, p, &wrong, CSSP_E_BINDINGS, CREDSSP_REASON_BINDING, 0, "wrong");
	expect_accepted(test, p, &right, "right");
	KUNIT_EXPECT_TRUE(test, p->acceptor->facts.bound);
	p->missing_bindings = true;
	expect_refused(test, p, &wrong, CSSP_E_BINDINGS, CREDSSP_REASON_BINDING, 0, "wrong");
	expect_accepted(test, p, &none, "none");
	KUNIT_EXPECT_FALSE(test, p->acceptor->facts.bound);
}

/* The proof is right, and the initiator is told no more than if it were wrong. */
static void wrong_mic(struct kunit *test)
{
	const struct ntlm_client_knobs rows[] = {
		{ .quirks = NTLM_CLIENT_WRONG_MIC },
		{ .quirks = NTLM_CLIENT_ZERO_MIC },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		expect_refused(test, p, &rows[i], CSSP_E_LOGON_DENIED, CREDSSP_REASON_MECH_MIC,
			       1, "MIC");
		KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, 0xc000006dU);
		KUNIT_EXPECT_TRUE(test, p->helper.over);
	}
}

/* A message without its MIC, whose fields lie where the MIC was (CVE-2019-1040) */
static void dropped_mic(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int field;
	__le32 off;
	u8 *data;

	ntlm_acc_forge(test, p, NULL);
	data = p->to_server->data;
	memmove(data + CSSP_NTLM_MIC_OFFSET, data + CSSP_NTLM_MIC_OFFSET + CSSP_NTLM_MIC_SIZE,
		p->to_server->len - CSSP_NTLM_MIC_OFFSET - CSSP_NTLM_MIC_SIZE);
	p->to_server->len -= CSSP_NTLM_MIC_SIZE;
	for (field = 12; field < 60; field += 8) {
		memcpy(&off, data + field + 4, sizeof(off));
		off = cpu_to_le32(le32_to_cpu(off) - CSSP_NTLM_MIC_SIZE);
		memcpy(data + field + 4, &off, sizeof(off));
	}
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_MALFORMED);
	KUNIT_EXPECT_EQ(test, p->helper.calls, 0);
	ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
}

static void sizes(struct kunit *test)
{
	const struct ntlm_client_knobs long_response = { .quirks = NTLM_CLIENT_LONG };
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	char name[CREDSSP_MAX_NAME / 2 + 2] = {};
	const struct cssp_identity *ids[3];
	struct ntlm_client_knobs knobs = {};
	unsigned int i;

	expect_refused(test, p, &long_response, CSSP_E_TOO_BIG, CREDSSP_REASON_LIMIT, 0, "NT");
	memset(name, 'n', sizeof(name) - 2);
	p->forger = new_identity(test, name, name, NTLM_ACC_PASSWORD);
	p->helper.account = p->forger;
	knobs.workstation = name;
	expect_accepted(test, p, &knobs, "longest names");
	name[sizeof(name) - 2] = 'n';
	ids[0] = new_identity(test, name, "", NTLM_ACC_PASSWORD);
	ids[1] = new_identity(test, "n", name, NTLM_ACC_PASSWORD);
	ids[2] = new_identity(test, "n", "", NTLM_ACC_PASSWORD);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		p->forger = ids[i];
		knobs.workstation = i == 2 ? name : "";
		expect_refused(test, p, &knobs, CSSP_E_TOO_BIG, CREDSSP_REASON_LIMIT, 0, "name");
	}
}

static struct kunit_case ntlm_authenticate_cases[] = {
	KUNIT_CASE(accepted),
	KUNIT_CASE(too_weak),
	KUNIT_CASE(oem_name),
	KUNIT_CASE(anonymous),
	KUNIT_CASE_SLOW(other_target_info),
	KUNIT_CASE(optional_protection),
	KUNIT_CASE(needed_protection),
	KUNIT_CASE(wrong_keys),
	KUNIT_CASE(missing_bindings),
	KUNIT_CASE(wrong_mic),
	KUNIT_CASE(dropped_mic),
	KUNIT_CASE(sizes),
	{}
};

static struct kunit_suite ntlm_authenticate_suite = {
	.name = "credssp_mech_ntlm_authenticate",
	.test_cases = ntlm_authenticate_cases,
};

kunit_test_suite(ntlm_authenticate_suite);
