// SPDX-License-Identifier: GPL-2.0-only
/* The inner packages on their own: contexts of initiators against contexts of acceptors. */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/socket.h>
#include <linux/utsname.h>

#include "accept_pair.h"
#include "base/status.h"
#include "core/context_impl.h"
#include "wire/ntlm_av.h"
#include "wire/ntlm_msg.h"

#define PROTECTED	(ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT |	\
			 ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY)
/* gss_channel_bindings_struct of RFC 2744 3.11 with nothing but application data */
#define BINDINGS(last) \
	"0000000000000000000000000000000000000000000000000400000020000000616263" last

/* NTLM's NEGOTIATE of Windows 10, without names */
#define NEGOTIATE \
	"4e544c4d5353500001000000b78208e2000000000000000000000000000000000a0000000000000f"

static const struct package {
	const char *name;
	u32 package;
} packages[] = {
	{ "NTLM", CREDSSP_PACKAGE_NTLM },
	{ "Negotiate", CREDSSP_PACKAGE_NEGOTIATE },
};

static void package_name(const struct package *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(packages, packages, package_name);

static struct accept_pair *pair(struct kunit *test, const char *password)
{
	const struct package *row = test->param_value;

	return accept_pair_new(test, row->package, password);
}

static void expect_signed(struct kunit *test, struct credssp_context *from,
			  struct credssp_context *to)
{
	struct cssp_rd message = test_str("message"), signature;
	u8 *made = test_room(test, CREDSSP_MAX_SIGNATURE);
	struct cssp_source source;
	struct cssp_room room;
	struct cssp_sink sink;

	cssp_source_kernel(&source, &message);
	cssp_sink_kernel(&sink, made, CREDSSP_MAX_SIGNATURE);
	KUNIT_ASSERT_EQ(test, cssp_context_sign(from, &source, &sink, &room), 0);
	signature = cssp_rd_of(made, room.whole);
	KUNIT_EXPECT_EQ(test, cssp_context_verify(to, &message, &signature), 0);
}

static void a_logon(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);

	accept_establish(p);
	KUNIT_EXPECT_EQ(test, p->server.attr & PROTECTED, PROTECTED);
	KUNIT_EXPECT_TRUE(test, p->server.attr & ASC_RET_CONNECTION);
	KUNIT_EXPECT_FALSE(test, p->server.attr & ASC_RET_MUTUAL_AUTH);
	KUNIT_EXPECT_STREQ(test, p->server.ctx->user, NTLM_ACC_NAME);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.status, SEC_E_OK);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.version, 0);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.mech, CREDSSP_PACKAGE_NTLM);
	ntlm_acc_expect_text(test, &accept_verdict(p)->user, NTLM_ACC_NAME);
	KUNIT_EXPECT_NULL(test, p->server.ctx->unproven);
	expect_signed(test, p->client.ctx, p->server.ctx);
	expect_signed(test, p->server.ctx, p->client.ctx);
	KUNIT_EXPECT_EQ(test, p->server.ctx->session_key.length, CSSP_NTLM_KEY_SIZE);
	KUNIT_EXPECT_MEMEQ(test, p->server.ctx->session_key.bytes,
			   p->client.ctx->session_key.bytes, CSSP_NTLM_KEY_SIZE);
}

/* SPNEGO says reject, NTLM says nothing. */
static void a_wrong_password(struct kunit *test)
{
	const struct package *row = test->param_value;
	struct accept_pair *p = pair(test, "wrong");

	accept_run(p);
	KUNIT_ASSERT_NOT_NULL(test, p->server.ctx);
	KUNIT_EXPECT_EQ(test, p->server.ret, CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, p->server.answer, row->package == CREDSSP_PACKAGE_NEGOTIATE);
	KUNIT_EXPECT_EQ(test, !!p->server.out->len, row->package == CREDSSP_PACKAGE_NEGOTIATE);
	KUNIT_EXPECT_EQ(test, accept_report(p).reason, CREDSSP_REASON_LOGON);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.ntstatus, 0xc000006d);
	ntlm_acc_expect_text(test, &accept_verdict(p)->account,
			     NTLM_ACC_DOMAIN "\\" NTLM_ACC_USER);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_DEAD);
}

/* A first token that is no token: a context only where there is an answer */
static void garbage(struct kunit *test)
{
	static const char *const tokens[] = { "", "00", "4e544c4d53535000", "6003060100" };
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_rd rd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++) {
		rd = test_hex(test, tokens[i]);
		accept_server_leg(p, &rd);
		KUNIT_EXPECT_NE(test, p->server.ret, 0);
		KUNIT_EXPECT_NE(test, p->server.ret, -EAGAIN);
		KUNIT_EXPECT_EQ(test, !!p->server.ctx, !!p->server.out->len);
		cssp_context_put(p->server.ctx);
		p->server.ctx = NULL;
	}
}

static void options_of_credssp(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);

	p->server.flags = CREDSSP_ACCEPT_RESTRICTED_ADMIN;
	accept_run(p);
	KUNIT_EXPECT_EQ(test, p->server.ret, CSSP_E_PARAMETER);
	KUNIT_EXPECT_NULL(test, p->server.ctx);
}

static const struct binding_row {
	const char *name;
	const char *client, *server;
	u32 req;
	bool fits;
} binding_rows[] = {
	{ "none", "", "", 0, true },
	{ "the same", BINDINGS("64"), BINDINGS("64"), 0, true },
	{ "others", BINDINGS("64"), BINDINGS("65"), 0, false },
	{ "others, and missing ones are allowed", BINDINGS("64"), BINDINGS("65"),
	  ASC_REQ_ALLOW_MISSING_BINDINGS, false },
	{ "missing", "", BINDINGS("64"), 0, false },
	{ "missing, which is allowed", "", BINDINGS("64"), ASC_REQ_ALLOW_MISSING_BINDINGS, true },
	{ "not asked for", BINDINGS("64"), "", 0, true },
};

static void binding_name(const struct binding_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bindings, binding_rows, binding_name);

static void channel_bindings(struct kunit *test)
{
	const struct binding_row *row = test->param_value;
	struct accept_pair *p = accept_pair_new(test, CREDSSP_PACKAGE_NEGOTIATE,
						NTLM_ACC_PASSWORD);

	p->client.bindings = test_hex(test, row->client);
	p->server.bindings = test_hex(test, row->server);
	p->server.req = row->req;
	accept_run(p);
	KUNIT_EXPECT_EQ(test, p->server.ret, row->fits ? 0 : CSSP_E_BINDINGS);
}

/* The attributes tell what is negotiated, and a message that needs more changes nothing. */
static void signatures_alone(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_rd message = test_str("message");
	u8 *made = test_room(test, 2 * CREDSSP_MAX_SIGNATURE);
	struct credssp_context *ctx;
	struct credssp_sizes sizes;
	struct cssp_source source;
	struct cssp_opened opened;
	struct cssp_room room;
	struct cssp_sink sink;

	accept_establish(p);
	ctx = p->server.ctx;
	ctx->inner.mech->no_seal = true;
	mutex_lock(&ctx->lock);
	KUNIT_EXPECT_EQ(test, cssp_context_attributes(ctx) & PROTECTED,
			PROTECTED & ~ASC_RET_CONFIDENTIALITY);
	cssp_context_sizes_locked(ctx, &sizes);
	mutex_unlock(&ctx->lock);
	KUNIT_EXPECT_EQ(test, sizes.security_trailer, 0);
	KUNIT_EXPECT_GT(test, sizes.max_signature, 0);
	cssp_source_kernel(&source, &message);
	cssp_sink_kernel(&sink, made, 2 * CREDSSP_MAX_SIGNATURE);
	KUNIT_EXPECT_EQ(test, cssp_context_encrypt(ctx, &source, &sink, &room), CSSP_E_UNSUPPORTED);
	KUNIT_EXPECT_EQ(test, cssp_context_decrypt(ctx, &source, &sink, &opened),
			CSSP_E_UNSUPPORTED);
	expect_signed(test, p->client.ctx, ctx);
	expect_signed(test, ctx, p->client.ctx);
	ctx->inner.mech->no_sign = true;
	mutex_lock(&ctx->lock);
	KUNIT_EXPECT_EQ(test, cssp_context_attributes(ctx) & PROTECTED, 0);
	cssp_context_sizes_locked(ctx, &sizes);
	mutex_unlock(&ctx->lock);
	KUNIT_EXPECT_EQ(test, sizes.max_signature, 0);
	KUNIT_EXPECT_EQ(test, cssp_context_sign(ctx, &source, &sink, &room), CSSP_E_UNSUPPORTED);
	KUNIT_EXPECT_EQ(test, cssp_context_verify(ctx, &message, &message), CSSP_E_UNSUPPORTED);
	KUNIT_EXPECT_EQ(test, ctx->state, CSSP_CONTEXT_ESTABLISHED);
}

/*
 * A second exchange on the handle that does not even begin: its verdict has nothing of the
 * first one.
 */
static void reauthentication_without_begin(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_quota *quota;
	struct cssp_rd token = test_str("NTLMSSP");
	long left;

	accept_establish(p);
	quota = cssp_quota_get(p->server.cred->who.cred);
	KUNIT_ASSERT_FALSE(test, IS_ERR(quota));
	left = cssp_quota_left(quota, CSSP_UNPROVEN);
	KUNIT_ASSERT_EQ(test, cssp_quota_charge(quota, p->server.cred->who.cred, CSSP_UNPROVEN,
						left), 0);
	accept_server_leg(p, &token);
	cssp_quota_uncharge(quota, CSSP_UNPROVEN, left);
	cssp_quota_put(quota);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EDQUOT);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.status, SEC_E_INSUFFICIENT_MEMORY);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.reason, CREDSSP_REASON_LIMIT);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.leg, 0);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->user.len, 0);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->account.len, 0);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_DEAD);
}

/* Of two addresses one leaves room for the other. */
static void share_of_an_address(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_rd token = test_hex(test, NEGOTIATE);
	struct credssp_context **made;
	int n;

	made = kunit_kcalloc(test, CSSP_MAX_UNPROVEN_USER, sizeof(*made), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, made);
	p->peer = (struct credssp_address){ .family = AF_INET, .address = { 10, 1 } };
	for (n = 0; n < CSSP_MAX_UNPROVEN_USER; n++) {
		p->peer.port = n;
		accept_server_leg(p, &token);
		if (p->server.ret != -EAGAIN)
			break;
		made[n] = p->server.ctx;
		p->server.ctx = NULL;
	}
	KUNIT_EXPECT_EQ(test, p->server.ret, -EDQUOT);
	KUNIT_EXPECT_EQ(test, n, CSSP_MAX_UNPROVEN_USER / 2);
	KUNIT_EXPECT_EQ(test, p->server.reason, CREDSSP_REASON_LIMIT);
	p->peer.address[0] = 11;
	accept_server_leg(p, &token);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EAGAIN);
	while (n)
		cssp_context_put(made[--n]);
}

/* Negotiate takes the tokens of NTLM without SPNEGO around them, and answers in kind. */
static void bare_tokens_for_negotiate(struct kunit *test)
{
	struct cssp_cred_params negotiate = {
		.use = SECPKG_CRED_INBOUND, .package = CREDSSP_PACKAGE_NEGOTIATE,
	};
	struct accept_pair *p = accept_pair_new(test, CREDSSP_PACKAGE_NTLM, NTLM_ACC_PASSWORD);
	struct credssp_cred *ntlm = p->server.cred;

	KUNIT_ASSERT_EQ(test, accept_pair_acquire(&negotiate, "", "", "", &p->server.cred), 0);
	cssp_cred_put(ntlm);
	accept_establish(p);
	KUNIT_EXPECT_EQ(test, p->server.ctx->package, CREDSSP_PACKAGE_NEGOTIATE);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.mech, CREDSSP_PACKAGE_NTLM);
	KUNIT_EXPECT_STREQ(test, p->server.ctx->user, NTLM_ACC_NAME);
	expect_signed(test, p->client.ctx, p->server.ctx);
	expect_signed(test, p->server.ctx, p->client.ctx);
}

/* The name that the CHALLENGE announces in an AV pair is @want. */
static void expect_host(struct kunit *test, const struct cssp_vbuf *token, const char *want)
{
	const struct cssp_rd rd = cssp_vbuf_rd(token);
	struct cssp_ntlm_challenge challenge;
	struct cssp_rd name = {};
	struct cssp_rd list;
	u16 id = CSSP_NTLM_AV_EOL;
	size_t i;

	KUNIT_ASSERT_EQ(test, cssp_ntlm_challenge_decode(&rd, &challenge), 0);
	list = challenge.target_info;
	do
		KUNIT_ASSERT_EQ(test, cssp_ntlm_av_next(&list, &id, &name), 0);
	while (id != CSSP_NTLM_AV_NB_COMPUTER && id != CSSP_NTLM_AV_EOL);
	KUNIT_ASSERT_EQ(test, name.left, 2 * strlen(want));
	for (i = 0; i < name.left; i++)
		KUNIT_EXPECT_EQ(test, name.p[i], i % 2 ? 0 : want[i / 2]);
}

/* It is the owner's machine, whatever task makes the exchange. */
static void name_of_the_machine(struct kunit *test)
{
	struct accept_pair *p = accept_pair_new(test, CREDSSP_PACKAGE_NTLM, NTLM_ACC_PASSWORD);
	struct cssp_rd token = test_hex(test, NEGOTIATE);

	KUNIT_EXPECT_STREQ(test, p->server.cred->host, init_utsname()->nodename);
	KUNIT_EXPECT_STREQ(test, p->client.cred->host, "");
	strscpy(p->server.cred->host, "box", sizeof(p->server.cred->host));
	accept_server_leg(p, &token);
	KUNIT_ASSERT_EQ(test, p->server.ret, -EAGAIN);
	expect_host(test, p->server.out, "BOX");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(name_of_the_machine),
	KUNIT_CASE(bare_tokens_for_negotiate),
	KUNIT_CASE_PARAM(a_logon, packages_gen_params),
	KUNIT_CASE_PARAM(signatures_alone, packages_gen_params),
	KUNIT_CASE_PARAM(reauthentication_without_begin, packages_gen_params),
	KUNIT_CASE_PARAM(share_of_an_address, packages_gen_params),
	KUNIT_CASE_PARAM(a_wrong_password, packages_gen_params),
	KUNIT_CASE_PARAM(garbage, packages_gen_params),
	KUNIT_CASE_PARAM(options_of_credssp, packages_gen_params),
	KUNIT_CASE_PARAM(channel_bindings, bindings_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_core_exchange_accept_inner",
	.test_cases = cases,
};

kunit_test_suite(suite);
