// SPDX-License-Identifier: GPL-2.0-only
/*
 * How exchanges of the server machine end: mechanisms that fail, and credentials of every
 * kind, taken or refused.
 */
#include "base/status.h"
#include "server_pair.h"
#include "util.h"
#include "vectors/ts.h"

#define LOGON_FAILURE	0xc000006d
#define CLAIMED		"DOMAIN\\alice"

/**
 * struct mech_failure - the acceptor fails
 * @name: of the case
 * @script: how; the style is FAKE_NTLM
 * @leg: at which TSRequest
 * @version: of both sides
 * @err, @reason: of the failure
 * @ntstatus: of the failure
 * @silent: no errorCode
 */
struct mech_failure {
	const char *name;
	struct fake_script script;
	unsigned int leg;
	u32 version;
	int err;
	u32 reason;
	u32 ntstatus;
	bool silent;
};

#define FAILS(e, r)	.err = e, .reason = CREDSSP_REASON_##r
#define STEP(n, e, r)	.fail_at = n, .err = e, .reason = CREDSSP_REASON_##r

static const struct mech_failure mech_failures[] = {
	{ "wrong password", { STEP(2, CSSP_E_LOGON_DENIED, LOGON) }, 1, 6,
	  FAILS(CSSP_E_LOGON_DENIED, LOGON), LOGON_FAILURE },
	{ "wrong password v4", { STEP(2, CSSP_E_LOGON_DENIED, LOGON) }, 1, 4,
	  FAILS(CSSP_E_LOGON_DENIED, LOGON), LOGON_FAILURE },
	{ "wrong password v5", { STEP(2, CSSP_E_LOGON_DENIED, LOGON) }, 1, 5,
	  FAILS(CSSP_E_LOGON_DENIED, LOGON), LOGON_FAILURE, true },
	{ "wrong password v2", { STEP(2, CSSP_E_LOGON_DENIED, LOGON) }, 1, 2,
	  FAILS(CSSP_E_LOGON_DENIED, LOGON), LOGON_FAILURE, true },
	{ "a status of the domain",
	  { STEP(2, CSSP_E_LOGON_DENIED, LOGON), .ntstatus = 0xc0000071 }, 1, 6,
	  FAILS(CSSP_E_LOGON_DENIED, LOGON), 0xc0000071 },
	{ "locked out", { STEP(2, CSSP_E_LOGON_DENIED, LOCKED_OUT), .ntstatus = 0xc0000234 },
	  1, 6, FAILS(CSSP_E_LOGON_DENIED, LOCKED_OUT), 0xc0000234 },
	{ "reject", { STEP(1, CSSP_E_WEAK, SPNEGO), .reject = "reject" }, 0, 6,
	  FAILS(CSSP_E_WEAK, SPNEGO), LOGON_FAILURE },
	{ "reject v5", { STEP(1, CSSP_E_WEAK, SPNEGO), .reject = "reject" }, 0, 5,
	  FAILS(CSSP_E_WEAK, SPNEGO), LOGON_FAILURE, true },
	{ "KRB-ERROR v2", { STEP(2, CSSP_E_SKEW, SKEW), .reject = "KRB-ERROR" }, 1, 2,
	  FAILS(CSSP_E_SKEW, SKEW), 0xc0000133, true },
	{ "KRB-ERROR v6", { STEP(2, CSSP_E_SKEW, SKEW), .reject = "KRB-ERROR" }, 1, 6,
	  FAILS(CSSP_E_SKEW, SKEW), 0xc0000133 },
	{ "a policy", { STEP(1, CSSP_E_POLICY, POLICY) }, 0, 6,
	  FAILS(CSSP_E_POLICY, POLICY), 0xc000006e },
	{ "NTLM is off", { STEP(1, CSSP_E_NTLM_ONLY, NTLM_OFF) }, 0, 6,
	  FAILS(CSSP_E_NTLM_ONLY, NTLM_OFF), 0xc0000418 },
	{ "NTLM is off, and nothing else is taken", { .create_err = CSSP_E_NTLM_ONLY }, 0, 6,
	  FAILS(CSSP_E_NTLM_ONLY, NTLM_OFF), 0xc0000418 },
	{ "no helper", { STEP(2, CSSP_E_NO_HELPER, NO_HELPER) }, 1, 6,
	  FAILS(CSSP_E_NO_HELPER, NO_HELPER), 0xc000005e },
	{ "a silent helper", { STEP(2, -ETIMEDOUT, TIMEOUT) }, 1, 6,
	  FAILS(-ETIMEDOUT, TIMEOUT), 0xc000005e },
	{ "cancelled", { STEP(2, -ECANCELED, CANCELLED) }, 1, 6,
	  FAILS(-ECANCELED, CANCELLED), 0xc0000120 },
	{ "killed", { STEP(2, -EINTR, CANCELLED) }, 1, 6, FAILS(-EINTR, CANCELLED), 0xc0000120 },
	{ "without a reason", { STEP(1, CSSP_E_STATE, NONE) }, 0, 6,
	  FAILS(CSSP_E_STATE, MECH_TOKEN), LOGON_FAILURE },
	{ "no algorithm", { .create_err = CSSP_E_WEAK }, 0, 6, FAILS(CSSP_E_WEAK, FIPS),
	  LOGON_FAILURE },
	{ "no memory for it", { .create_err = -ENOMEM }, 0, 6, FAILS(-ENOMEM, NONE), 0xc000009a },
	{ "no quota for it", { .create_err = -EDQUOT }, 0, 6, FAILS(-EDQUOT, NONE), 0xc000009a },
	{ "wrong seal", { .unwrap_err = CSSP_E_ALTERED }, 1, 6, FAILS(CSSP_E_ALTERED, BINDING),
	  LOGON_FAILURE },
	{ "too long a message", { .unwrap_err = CSSP_E_TOO_BIG }, 1, 6,
	  FAILS(CSSP_E_TOO_BIG, BINDING), LOGON_FAILURE },
	{ "no mechListMIC",
	  { .unwrap_err = CSSP_E_STATE, .unwrap_reason = CREDSSP_REASON_SPNEGO }, 1, 6,
	  FAILS(CSSP_E_STATE, SPNEGO), LOGON_FAILURE },
	{ "no memory to unseal",
	  { .unwrap_err = -ENOMEM, .unwrap_reason = CREDSSP_REASON_NO_MEMORY }, 1, 6,
	  FAILS(-ENOMEM, NO_MEMORY), 0xc000009a },
	{ "no memory to seal", { .wrap_err = -ENOMEM }, 1, 6, FAILS(-ENOMEM, NONE), 0xc000009a },
	{ "no session key", { .key_err = CSSP_E_STATE }, 2, 6, FAILS(CSSP_E_STATE, NONE),
	  LOGON_FAILURE },
};

static void mech_failure_name(const struct mech_failure *f, char *name)
{
	strscpy(name, f->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mech_failure, mech_failures, mech_failure_name);

/* The token that the mechanism left is sent in any version; errorCode in those that have it. */
static void server_with_failing_mechanism(struct kunit *test)
{
	const struct mech_failure *f = test->param_value;
	struct server_pair *p = test->priv;
	u32 present = f->silent ? 0 : CSSP_TS_ERROR_CODE;
	struct cssp_ts_request sent;
	struct cssp_rd reject;

	p->params.min_version = 2;
	p->params.keep_key = true;
	p->version = f->version;
	server_pair_start(test);
	fake_script = f->script;
	fake_script.name = CLAIMED;
	server_pair_advance(test, f->leg);
	server_pair_make(test, f->leg, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), f->err);
	server_pair_expect_dead(test, f->reason);
	KUNIT_EXPECT_EQ(test, p->server.facts.ntstatus, f->ntstatus);
	if (f->script.fail_at) {
		/* For the verdict: who it was that has failed */
		KUNIT_EXPECT_EQ(test, p->server.facts.mech.claimed.len, sizeof(CLAIMED));
		KUNIT_EXPECT_EQ(test, p->server.facts.mech.client.len, (size_t)0);
	}
	sent = server_pair_sent(test);
	if (f->script.reject) {
		present |= CSSP_TS_NEGO_TOKEN;
		reject = test_str(f->script.reject);
		test_expect_same(test, &sent.nego_token, &reject);
	}
	KUNIT_EXPECT_EQ(test, sent.present, present);
	KUNIT_EXPECT_EQ(test, sent.error_code, f->silent ? 0 : f->ntstatus);
	KUNIT_EXPECT_EQ(test, fake_script.alive, 0);
}

/* A mechanism that wants more without saying anything would wait forever. */
static int silent_step(struct cssp_mech *mech, const struct cssp_rd *in, struct cssp_vbuf *out,
		       enum cssp_mech_progress *progress)
{
	*progress = CSSP_MECH_CONTINUE;
	return 0;
}

static void server_with_silent_mechanism(struct kunit *test)
{
	struct cssp_mech_ops ops = fake_acceptor_ops;
	struct server_pair *p = test->priv;

	server_pair_start(test);
	server_pair_advance(test, 1);
	ops.step = silent_step;
	p->server.mech->ops = &ops;
	server_pair_make(test, 1, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_STATE);
	server_pair_expect_dead(test, CREDSSP_REASON_UNEXPECTED_FIELD);

	server_pair_start(test);
	server_pair_advance(test, 1);
	p->server.mech->ops = &ops;
	server_pair_make(test, 0, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_STATE);
	server_pair_expect_dead(test, CREDSSP_REASON_MECH_TOKEN);
}

/**
 * struct credentials - what authInfo has
 * @name: of the case
 * @hex: TSCredentials
 * @admin, @guard: the caller takes empty credentials, TSRemoteGuardCreds
 * @kind: enum credssp_delegated, NONE when it does not come to that
 * @err, @reason, @ntstatus: of a refusal
 */
struct credentials {
	const char *name;
	const char *hex;
	bool admin, guard;
	u32 kind;
	int err;
	u32 reason;
	u32 ntstatus;
};

#define ADMIN		.admin = true
#define GUARD		.guard = true
#define KIND(k)		.kind = CREDSSP_DELEGATED_##k
#define REFUSED		FAILS(CSSP_E_POLICY, DELEGATION), .ntstatus = 0xc000006e

static const struct credentials credentials[] = {
	{ "password", ts_creds_domain, KIND(PASSWORD) },
	{ "password, all is taken", ts_creds_domain, ADMIN, GUARD, KIND(PASSWORD) },
	{ "password, no domain", ts_creds_letters, KIND(PASSWORD) },
	{ "empty", ts_creds_empty, GUARD, KIND(EMPTY), REFUSED },
	{ "empty, taken", ts_creds_empty, ADMIN, KIND(EMPTY) },
	{ "a user without password", "3019a003020101a1120410300ea0020400a10404026100a2020400",
	  KIND(PASSWORD) },
	{ "a domain alone", "3019a003020101a1120410300ea00404026100a1020400a2020400", ADMIN,
	  KIND(PASSWORD), REFUSED },
	{ "a password alone", "3019a003020101a1120410300ea0020400a1020400a20404026100", ADMIN,
	  KIND(PASSWORD), REFUSED },
	{ "smart card", ts_creds_smartcard, KIND(SMARTCARD) },
	{ "smart card, keySpec 0", ts_creds_smartcard_ksp, KIND(SMARTCARD) },
	{ "smart card without names", ts_creds_smartcard_bare, KIND(SMARTCARD) },
	{ "remote guard", ts_creds_remote_guard, ADMIN, KIND(REMOTE_GUARD), REFUSED },
	{ "remote guard, taken", ts_creds_remote_guard, GUARD, KIND(REMOTE_GUARD) },
	{ "remote guard, none in it", ts_creds_remote_guard_empty, GUARD, KIND(REMOTE_GUARD) },
	{ "remote guard, two in it", ts_creds_remote_guard_two, GUARD, KIND(REMOTE_GUARD) },
	{ "unknown", "3017a003020103a110040e300ca0020400a1020400a2020400", ADMIN, GUARD,
	  FAILS(CSSP_E_UNSUPPORTED, DELEGATION), .ntstatus = LOGON_FAILURE },
	{ "malformed", "3017a003020101a110040e300ca0020400a1020400a202040000", ADMIN, GUARD,
	  FAILS(CSSP_E_MALFORMED, DER), .ntstatus = LOGON_FAILURE },
	{ "nothing", "", ADMIN, GUARD, FAILS(CSSP_E_MALFORMED, DER), .ntstatus = LOGON_FAILURE },
};

static void credentials_name(const struct credentials *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(credentials, credentials, credentials_name);

static void server_judges_credentials(struct kunit *test)
{
	const struct credentials *c = test->param_value;
	struct server_pair *p = test->priv;
	int early;

	p->params.restricted_admin = c->admin;
	p->params.remote_guard = c->guard;
	for (early = 0; early < 2; early++) {
		p->params.early_auth = early;
		server_pair_start(test);
		server_pair_advance(test, 2);
		server_pair_make(test, 2, c->hex);
		KUNIT_EXPECT_EQ(test, server_pair_answer(p), c->err);
		KUNIT_EXPECT_EQ(test, p->server.facts.delegated, c->kind);
		KUNIT_EXPECT_EQ(test, p->server.facts.ntstatus, c->ntstatus);
		if (!c->err) {
			KUNIT_EXPECT_EQ(test, p->server.state, CSSP_SERVER_ESTABLISHED);
			KUNIT_EXPECT_EQ(test, p->server.delegated.kind, c->kind);
			continue;
		}
		server_pair_expect_dead(test, c->reason);
		if (early)
			server_pair_expect_denied(test);
		else
			KUNIT_EXPECT_EQ(test, server_pair_sent(test).error_code, c->ntstatus);
	}
}

static void expect_vbuf(struct kunit *test, const struct cssp_vbuf *b, const char *hex)
{
	struct cssp_rd rd = cssp_vbuf_rd(b);

	test_expect_hex(test, &rd, hex);
}

/* Every string of a smart card arrives in its place. */
static void server_takes_smartcard(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_delegated *d = &p->server.delegated;

	server_pair_start(test);
	server_pair_advance(test, 2);
	server_pair_make(test, 2, ts_creds_smartcard_ksp);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, d->key_spec, 0U);
	expect_vbuf(test, &d->id.password, "310032003300340035003600");
	KUNIT_EXPECT_EQ(test, d->id.user.len, 2 * strlen("alice@EXAMPLE.TEST"));
	expect_vbuf(test, &d->id.domain, "4500580041004d0050004c004500");
	expect_vbuf(test, &d->card, "4300610072006400");
	expect_vbuf(test, &d->reader, "52006500610064006500720020003000");
	expect_vbuf(test, &d->container, "740065002d003100");
	KUNIT_EXPECT_EQ(test, d->csp.len, 2 * strlen("Microsoft Smart Card Key Storage Provider"));

	server_pair_start(test);
	server_pair_advance(test, 2);
	server_pair_make(test, 2, ts_creds_smartcard);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, d->key_spec, 1U);
	KUNIT_EXPECT_EQ(test, d->card.len, (size_t)0);
	KUNIT_EXPECT_EQ(test, d->id.user.len, (size_t)0);
	KUNIT_EXPECT_EQ(test, d->reader.len, 2 * strlen("OMNIKEY CardMan 3x21 0"));
}

/* TSRemoteGuardCreds are kept as sent. */
static void server_takes_remote_guard(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd got, want = test_hex(test, ts_creds_remote_guard_two);

	p->params.remote_guard = true;
	server_pair_start(test);
	server_pair_advance(test, 2);
	server_pair_make(test, 2, ts_creds_remote_guard_two);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	KUNIT_ASSERT_EQ(test, cssp_rd_skip(&want, 11), 0);
	got = cssp_vbuf_rd(&p->server.delegated.remote_guard);
	test_expect_same(test, &got, &want);
}

static struct kunit_case server_outcome_cases[] = {
	KUNIT_CASE_PARAM(server_with_failing_mechanism, mech_failure_gen_params),
	KUNIT_CASE(server_with_silent_mechanism),
	KUNIT_CASE_PARAM(server_judges_credentials, credentials_gen_params),
	KUNIT_CASE(server_takes_smartcard),
	KUNIT_CASE(server_takes_remote_guard),
	{}
};

static struct kunit_suite server_outcome_suite = {
	.name = "credssp_credssp_server_outcome",
	.init = server_pair_init,
	.exit = server_pair_exit,
	.test_cases = server_outcome_cases,
};

kunit_test_suite(server_outcome_suite);
