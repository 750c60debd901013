// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server machine with the acceptors of this module, and the client machine with its
 * initiators: NTLM and Kerberos, bare and inside SPNEGO.
 */
#include "base/status.h"
#include "krb5_acceptor_pair.h"
#include "ntlm_acceptor_pair.h"
#include "server_pair.h"

#define LOGON_FAILURE		0xc000006d
#define TIME_DIFFERENCE		0xc0000133

/* The client machine does not know the scripted helper. */
static int helped_krb5_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct cssp_mech_params helped = *params;

	helped.helper = &krb5_helper_ops;
	return cssp_krb5_ops.create(mech, &helped);
}

static int helped_spnego_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct cssp_mech_params helped = *params;

	helped.helper = &krb5_helper_ops;
	return cssp_spnego_ops.create(mech, &helped);
}

static const struct cssp_mech_ops helped_krb5_ops = { .create = helped_krb5_create };
static const struct cssp_mech_ops helped_spnego_ops = { .create = helped_spnego_create };

/**
 * struct logon - one row
 * @name: of the case
 * @client: the initiator
 * @krb5: with tickets, by user-to-user if @user_to_user
 * @version: of the client; the server has 6
 * @late: pubKeyAuth comes a TSRequest later
 */
struct logon {
	const char *name;
	const struct cssp_mech_ops *client;
	bool krb5, user_to_user;
	u32 version;
	bool late;
};

#define NTLM		.client = &cssp_ntlm_ops
#define NEGOTIATE	.client = &cssp_spnego_ops
#define KRB5		.client = &helped_krb5_ops, .krb5 = true
#define NEGO_KRB5	.client = &helped_spnego_ops, .krb5 = true
#define U2U		.user_to_user = true
#define LATE		.late = true

static const struct logon logons[] = {
	{ "ntlm v6", NTLM, .version = 6 },
	{ "ntlm v5", NTLM, .version = 5 },
	{ "ntlm v4", NTLM, .version = 4 },
	{ "ntlm v3", NTLM, .version = 3 },
	{ "ntlm v2", NTLM, .version = 2 },
	{ "ntlm v6 late", NTLM, .version = 6, LATE },
	{ "ntlm v2 late", NTLM, .version = 2, LATE },
	{ "spnego ntlm v6", NEGOTIATE, .version = 6 },
	{ "spnego ntlm v5", NEGOTIATE, .version = 5 },
	{ "spnego ntlm v4", NEGOTIATE, .version = 4 },
	{ "spnego ntlm v3", NEGOTIATE, .version = 3 },
	{ "spnego ntlm v2", NEGOTIATE, .version = 2 },
	{ "spnego ntlm v6 late", NEGOTIATE, .version = 6, LATE },
	{ "spnego ntlm v3 late", NEGOTIATE, .version = 3, LATE },
	{ "kerberos v6", KRB5, .version = 6 },
	{ "kerberos v2", KRB5, .version = 2 },
	{ "kerberos u2u v6", KRB5, U2U, .version = 6 },
	{ "spnego kerberos v6", NEGO_KRB5, .version = 6 },
	{ "spnego kerberos v5", NEGO_KRB5, .version = 5 },
	{ "spnego kerberos v4", NEGO_KRB5, .version = 4 },
	{ "spnego kerberos v3", NEGO_KRB5, .version = 3 },
	{ "spnego kerberos v2", NEGO_KRB5, .version = 2 },
	{ "spnego u2u v6", NEGO_KRB5, U2U, .version = 6 },
	{ "spnego u2u v3", NEGO_KRB5, U2U, .version = 3 },
	{ "spnego u2u v6 late", NEGO_KRB5, U2U, .version = 6, LATE },
	{ "spnego u2u v4 late", NEGO_KRB5, U2U, .version = 4, LATE },
};

static void logon_name(const struct logon *l, char *name)
{
	strscpy(name, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(logon, logons, logon_name);

/**
 * struct helpers - the mechanisms' own pairs, for their helpers and what they lend. They are
 *	freed with the test case, behind the exit of the suite
 * @krb5, @ntlm: one of them
 */
struct helpers {
	struct krb5_acc_pair *krb5;
	struct ntlm_acc_pair *ntlm;
};

static void logon_params(struct kunit *test, const struct logon *l, struct helpers *h)
{
	struct server_pair *p = test->priv;
	struct cssp_mech_params *acceptor = &p->params.mech_params;

	p->params.mech = &cssp_spnego_acceptor_ops;
	p->params.min_version = 2;
	p->params.keep_key = true;
	p->client_params.mech = l->client;
	p->client_params.min_version = 2;
	p->client_params.max_version = l->version;
	p->client_params.keep_key = true;
	if (l->krb5) {
		h->krb5 = krb5_acc_pair_new(test, NULL, l->user_to_user);
		acceptor->wait = &h->krb5->p->wait;
		acceptor->helper = &krb5_acc_helper_ops;
		p->client_params.id = h->krb5->p->id;
		p->client_params.spn = KRB5_TARGET;
		p->client_params.wait = &h->krb5->p->wait;
		p->client_params.tickets = &h->krb5->p->tickets;
		p->client_params.store = &h->krb5->p->store;
	} else {
		h->ntlm = ntlm_acc_pair_new(test);
		acceptor->wait = &h->ntlm->wait;
		acceptor->helper = &ntlm_acc_helper_ops;
		p->client_params.id = h->ntlm->id;
		p->client_params.spn = NTLM_ACC_TARGET;
	}
}

static void server_logs_on(struct kunit *test)
{
	const struct logon *l = test->param_value;
	struct server_pair *p = test->priv;
	struct cssp_mech_facts *facts = &p->server.facts.mech;
	struct helpers h = {};

	logon_params(test, l, &h);
	server_pair_start_client(test);
	KUNIT_EXPECT_EQ(test, server_pair_converse(test, l->late), 0);
	KUNIT_EXPECT_EQ(test, p->server.facts.reason, 0U);
	KUNIT_EXPECT_EQ(test, p->client.facts.reason, 0U);
	KUNIT_EXPECT_EQ(test, p->server.state, CSSP_SERVER_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, p->server.facts.version, l->version);
	KUNIT_EXPECT_EQ(test, p->server.delegated.kind, (u32)CREDSSP_DELEGATED_PASSWORD);
	KUNIT_EXPECT_EQ(test, facts->package, l->krb5 ? (u32)CREDSSP_PACKAGE_KERBEROS :
							(u32)CREDSSP_PACKAGE_NTLM);
	KUNIT_EXPECT_EQ(test, facts->user_to_user, l->user_to_user);
	ntlm_acc_expect_text(test, &facts->client, l->krb5 ? KRB5_HELPER_CLIENT : NTLM_ACC_NAME);
	KUNIT_EXPECT_GT(test, p->server.session_key.length, 0);
	KUNIT_EXPECT_MEMEQ(test, &p->server.session_key, &p->client.session_key,
			   sizeof(p->server.session_key));
}

/* Up to the answer of a server that refuses: its result */
static int converse_to_refusal(struct kunit *test)
{
	server_pair_start_client(test);
	return server_pair_converse(test, false);
}

/*
 * An unknown user and a wrong password end alike: with errorCode where the version has it, and
 * with SPNEGO's reject.
 */
static void server_refuses_logon(struct kunit *test)
{
	static const struct logon rows[] = {
		{ "raw", NTLM, .version = 6 },
		{ "raw v5", NTLM, .version = 5 },
		{ "raw v2", NTLM, .version = 2 },
		{ "spnego", NEGOTIATE, .version = 6 },
		{ "spnego v5", NEGOTIATE, .version = 5 },
		{ "spnego v2", NEGOTIATE, .version = 2 },
	};
	struct server_pair *p = test->priv;
	struct helpers h = {};
	struct cssp_ts_request sent;
	struct cssp_vbuf first = {};
	unsigned int i, unknown;
	u32 present;
	struct cssp_rd rd, want;

	logon_params(test, &rows[0], &h);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->client_params.mech = rows[i].client;
		p->client_params.max_version = rows[i].version;
		for (unknown = 0; unknown < 2; unknown++) {
			h.ntlm->helper.account = unknown ? NULL :
				new_identity(test, NTLM_ACC_USER, NTLM_ACC_DOMAIN, "other");
			KUNIT_EXPECT_EQ(test, converse_to_refusal(test), CSSP_E_LOGON_DENIED);
			server_pair_expect_dead(test, CREDSSP_REASON_LOGON);
			KUNIT_EXPECT_EQ(test, p->server.facts.ntstatus, LOGON_FAILURE);
			ntlm_acc_expect_text(test, &p->server.facts.mech.claimed,
					     NTLM_ACC_DOMAIN "\\" NTLM_ACC_USER);
			sent = server_pair_sent(test);
			present = rows[i].version == 6 ? CSSP_TS_ERROR_CODE : 0;
			if (rows[i].client == &cssp_spnego_ops)
				present |= CSSP_TS_NEGO_TOKEN;
			KUNIT_EXPECT_EQ(test, sent.present, present);
			rd = cssp_vbuf_rd(&p->to_client);
			want = cssp_vbuf_rd(&first);
			if (unknown)
				test_expect_same(test, &rd, &want);
			else
				KUNIT_EXPECT_EQ(test, cssp_vbuf_set(&first, &rd), 0);
		}
		cssp_vbuf_clear(&first);
	}
	cssp_vbuf_free(&first);
}

/* The client machine understands the refusal. */
static void client_hears_refusal(struct kunit *test)
{
	static const struct logon raw = { "raw", NTLM, .version = 6 };
	struct server_pair *p = test->priv;
	struct helpers h = {};

	logon_params(test, &raw, &h);
	h.ntlm->helper.fails = true;
	h.ntlm->helper.failure = CREDSSP_HLP_NTLM_FAIL_LOCKED;
	h.ntlm->helper.ntstatus = 0xc0000234;
	KUNIT_EXPECT_EQ(test, converse_to_refusal(test), CSSP_E_LOGON_DENIED);
	server_pair_expect_dead(test, CREDSSP_REASON_LOCKED_OUT);
	KUNIT_EXPECT_EQ(test, server_pair_client(p), CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, p->client.facts.reason, (u32)CREDSSP_REASON_ERROR_CODE);
	KUNIT_EXPECT_EQ(test, p->client.facts.ntstatus, 0xc0000234);
}

/* Clocks that differ: the KRB-ERROR beside errorCode */
static void server_tells_skew(struct kunit *test)
{
	static const struct logon kerberos = { "kerberos", NEGO_KRB5, .version = 6 };
	struct cssp_ts_request sent;
	struct helpers h = {};

	logon_params(test, &kerberos, &h);
	h.krb5->helper.fails[KRB5_ACC_ACCEPT] = true;
	h.krb5->helper.failure = CREDSSP_HLP_KRB5_FAIL_SKEW;
	h.krb5->helper.skew = 4000;
	h.krb5->helper.tells = true;
	KUNIT_EXPECT_EQ(test, converse_to_refusal(test), CSSP_E_SKEW);
	server_pair_expect_dead(test, CREDSSP_REASON_SKEW);
	sent = server_pair_sent(test);
	KUNIT_EXPECT_EQ(test, sent.present, (u32)(CSSP_TS_NEGO_TOKEN | CSSP_TS_ERROR_CODE));
	KUNIT_EXPECT_EQ(test, sent.error_code, TIME_DIFFERENCE);
	KUNIT_EXPECT_GT(test, sent.nego_token.left, strlen(KRB5_ACC_ERROR));
}

/* A wrong bit in each byte of the TSRequest with AUTHENTICATE and pubKeyAuth */
static void server_refuses_flipped_logon(struct kunit *test)
{
	static const struct logon raw = { "raw", NTLM, .version = 6 };
	struct server_pair *p = test->priv;
	struct helpers h = {};
	size_t at, bytes = 1;

	logon_params(test, &raw, &h);
	for (at = 0; at < bytes; at++) {
		server_pair_start_client(test);
		KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
		KUNIT_ASSERT_EQ(test, server_pair_client(p), 0);
		bytes = p->to_server.len;
		p->to_server.data[at] ^= 1 << at % 8;
		KUNIT_EXPECT_LT_MSG(test, server_pair_answer(p), 0, "byte %zu", at);
		KUNIT_EXPECT_EQ(test, p->server.state, CSSP_SERVER_DEAD);
		KUNIT_EXPECT_NULL(test, p->server.mech);
	}
	KUNIT_EXPECT_GT(test, at, (size_t)300);
}

/* AUTHENTICATE and pubKeyAuth of another exchange, with another challenge */
static void server_refuses_replay(struct kunit *test)
{
	static const struct logon raw = { "raw", NTLM, .version = 6 };
	struct server_pair *p = test->priv;
	struct cssp_vbuf old = {};
	struct helpers h = {};
	struct cssp_rd rd;

	logon_params(test, &raw, &h);
	server_pair_start_client(test);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	KUNIT_ASSERT_EQ(test, server_pair_client(p), 0);
	rd = cssp_vbuf_rd(&p->to_server);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&old, &rd), 0);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);

	server_pair_start_client(test);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	rd = cssp_vbuf_rd(&old);
	KUNIT_EXPECT_LT(test, server_pair_serve(p, &rd), 0);
	KUNIT_EXPECT_EQ(test, p->server.state, CSSP_SERVER_DEAD);
	cssp_vbuf_free(&old);
}

/* A man in the middle has another TLS key on each side. */
static void server_refuses_relay(struct kunit *test)
{
	static const struct logon rows[] = {
		{ "raw", NTLM, .version = 6 },
		{ "raw v2", NTLM, .version = 2 },
		{ "spnego", NEGOTIATE, .version = 6 },
	};
	struct server_pair *p = test->priv;
	struct helpers h = {};
	unsigned int i;

	logon_params(test, &rows[0], &h);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->client_params.mech = rows[i].client;
		p->client_params.max_version = rows[i].version;
		server_pair_start_client(test);
		p->server.public_key.data[PAIR_KEY_BYTES - 1] ^= 1;
		KUNIT_EXPECT_EQ(test, server_pair_converse(test, false), CSSP_E_ALTERED);
		server_pair_expect_dead(test, CREDSSP_REASON_BINDING);
	}
}

static struct kunit_case server_real_cases[] = {
	KUNIT_CASE_PARAM(server_logs_on, logon_gen_params),
	KUNIT_CASE(server_refuses_logon),
	KUNIT_CASE(client_hears_refusal),
	KUNIT_CASE(server_tells_skew),
	KUNIT_CASE(server_refuses_flipped_logon),
	KUNIT_CASE(server_refuses_replay),
	KUNIT_CASE(server_refuses_relay),
	{}
};

static struct kunit_suite server_real_suite = {
	.name = "credssp_credssp_server_real",
	.init = server_pair_init,
	.exit = server_pair_exit,
	.test_cases = server_real_cases,
};

kunit_test_suite(server_real_suite);
