// SPDX-License-Identifier: GPL-2.0-only
/* QueryContextAttributes; the tests set the facts of the contexts. */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/time.h>

#include "api/package_info.h"
#include "api/query.h"
#include "base/filetime.h"
#include "base/status.h"
#include "core/context_impl.h"
#include "cred/package.h"
#include "ntlm_server.h"
#include "tls/suite.h"
#include "tls_util.h"
#include "util.h"

#define KEY	"0102030405060708090a0b0c0d0e0f10"

static void put_context(void *ctx)
{
	cssp_context_put(ctx);
}

static int set_user(struct credssp_context *ctx, const struct cssp_identity *id)
{
	int ret;

	mutex_lock(&ctx->lock);
	ret = cssp_context_set_user(ctx, id);
	mutex_unlock(&ctx->lock);
	return ret;
}

/* An established context; each of its facts has another value. */
static struct credssp_context *context(struct kunit *test)
{
	struct cssp_identity id = {};
	struct cssp_requester who;
	struct cssp_cred_params params = {
		.who = &who, .id = &id, .use = SECPKG_CRED_OUTBOUND,
		.mechs = CREDSSP_MECH_NTLM,
	};
	struct cssp_rd key = test_hex(test, KEY), spn = test_str("TERMSRV/host");
	struct credssp_context *ctx;
	struct credssp_cred *cred;

	KUNIT_ASSERT_EQ(test, ntlm_server_identity(&id, "alice", "CORP", "x"), 0);
	cssp_requester_pin(&who, current_cred(), &init_net);
	KUNIT_ASSERT_EQ(test, cssp_cred_create(&cred, &params), 0);
	KUNIT_ASSERT_EQ(test, cssp_context_create(&ctx, cred, &who), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_context, ctx), 0);
	KUNIT_ASSERT_EQ(test, cssp_spn_set(&ctx->target, &spn), 0);
	KUNIT_ASSERT_EQ(test, set_user(ctx, &cred->id), 0);
	KUNIT_ASSERT_LE(test, key.left, sizeof(ctx->session_key.bytes));
	memcpy(ctx->session_key.bytes, key.p, key.left);
	ctx->session_key.length = key.left;
	ctx->state = CSSP_CONTEXT_ESTABLISHED;
	ctx->attached = true;
	ctx->since = cssp_filetime_now();
	ctx->report.facts = CREDSSP_FACT_TLS;
	ctx->report.mech = CREDSSP_MECH_NTLM;
	cssp_cred_put(cred);
	cssp_requester_drop(&who);
	ntlm_server_identity_free(&id);
	return ctx;
}

static int ask(struct credssp_context *ctx, u32 attribute, bool privileged,
	       struct cssp_vbuf *out)
{
	const struct cssp_query query = {
		.attribute = attribute, .privileged = privileged, .room = U32_MAX,
	};

	cssp_vbuf_clear(out);
	return cssp_query(ctx, &query, out);
}

/* The structure of an attribute; the answer must have at least @size bytes. */
static const void *answer(struct kunit *test, struct credssp_context *ctx, u32 attribute,
			  size_t size, struct cssp_vbuf *out)
{
	KUNIT_ASSERT_EQ(test, ask(ctx, attribute, true, out), 0);
	KUNIT_ASSERT_GE(test, out->len, size);
	return out->data;
}

static void expect_string(struct kunit *test, const struct cssp_vbuf *out, u32 offset,
			  u32 length, const char *want)
{
	struct cssp_rd whole = cssp_vbuf_rd(out), sub, str = test_str(want);

	KUNIT_ASSERT_EQ(test, cssp_rd_at(&whole, offset, length, &sub), 0);
	test_expect_same(test, &sub, &str);
	KUNIT_ASSERT_LT(test, (size_t)offset + length, out->len);
	KUNIT_EXPECT_EQ(test, out->data[offset + length], 0);
}

static void names_and_times(struct kunit *test)
{
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	const struct credssp_native_names *names;
	const struct credssp_lifespan *span;

	ctx->expiry = 4711;
	names = answer(test, ctx, SECPKG_ATTR_NATIVE_NAMES, sizeof(*names), out);
	expect_string(test, out, names->client_offset, names->client_length, "CORP\\alice");
	expect_string(test, out, names->server_offset, names->server_length, "TERMSRV/host");
	span = answer(test, ctx, SECPKG_ATTR_LIFESPAN, sizeof(*span), out);
	KUNIT_EXPECT_EQ(test, span->start, ctx->since);
	KUNIT_EXPECT_EQ(test, span->expiry, ctx->expiry);
}

/*
 * A name with half of a surrogate pair, which NTLM accepts, or with a NUL. A query returns it
 * as an empty one, not cut.
 */
static void a_name_that_is_no_text(struct kunit *test)
{
	static const char * const utf16[] = { "610000006200", "00d8", "610000dc" };
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	const struct credssp_names *names;
	struct cssp_identity id = {};
	struct cssp_rd user;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(utf16); i++) {
		user = test_hex(test, utf16[i]);
		KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&id.user, &user), 0);
		KUNIT_EXPECT_EQ(test, set_user(ctx, &id), 0);
		cssp_identity_free(&id);
		names = answer(test, ctx, SECPKG_ATTR_NAMES, sizeof(*names), out);
		KUNIT_EXPECT_EQ_MSG(test, names->user_length, 0, "user %s", utf16[i]);
	}
}

/* The kernel API's times are local: sys_tz is minutes west of Greenwich. */
static void local_time(struct kunit *test)
{
	const struct timezone saved = sys_tz;

	sys_tz.tz_minuteswest = -90;
	KUNIT_EXPECT_EQ(test, cssp_filetime_local(0), 90 * 60 * 10000000LL);
	KUNIT_EXPECT_EQ(test, cssp_filetime_local(S64_MAX), S64_MAX);
	sys_tz = saved;
}

static void a_session_key_is_for_the_privileged(struct kunit *test)
{
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	const struct credssp_session_key *key;
	struct cssp_rd whole, sub;

	KUNIT_EXPECT_EQ(test, ask(ctx, SECPKG_ATTR_SESSION_KEY, false, out),
			CSSP_E_UNSUPPORTED);
	KUNIT_EXPECT_EQ(test, out->len, 0);
	key = answer(test, ctx, SECPKG_ATTR_SESSION_KEY, sizeof(*key), out);
	whole = cssp_vbuf_rd(out);
	KUNIT_ASSERT_EQ(test, cssp_rd_at(&whole, key->key_offset, key->key_length, &sub), 0);
	test_expect_hex(test, &sub, KEY);
}

/* Only the token transport of CREDSSP seals; this context is attached. */
static void sizes_without_sealing(struct kunit *test)
{
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	const struct credssp_sizes *sizes;

	sizes = answer(test, ctx, SECPKG_ATTR_SIZES, sizeof(*sizes), out);
	KUNIT_EXPECT_EQ(test, sizes->max_token, CREDSSP_MAX_TOKEN);
	KUNIT_EXPECT_EQ(test, sizes->security_trailer, 0);
	KUNIT_EXPECT_EQ(test, ask(ctx, SECPKG_ATTR_STREAM_SIZES, true, out),
			CSSP_E_UNSUPPORTED);
}

static const struct trust_row {
	const char *name;
	u32 trust, windows;
} trusts[] = {
	{ "trusted", 0, 0 },
	{ "untrusted root", CREDSSP_TRUST_UNTRUSTED_ROOT, 0x20 },
	{ "expired", CREDSSP_TRUST_EXPIRED, 0x1 },
	{ "not yet valid", CREDSSP_TRUST_NOT_YET_VALID, 0x1 },
	{ "revoked", CREDSSP_TRUST_REVOKED, 0x4 },
	{ "weak", CREDSSP_TRUST_WEAK, 0x100000 },
	{ "invalid", CREDSSP_TRUST_INVALID, 0x8 },
	{ "another name", CREDSSP_TRUST_WRONG_NAME, 0 },
	{ "several", CREDSSP_TRUST_EXPIRED | CREDSSP_TRUST_UNTRUSTED_ROOT, 0x21 },
};

static void trust_row_name(const struct trust_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(trusts, trusts, trust_row_name);

static void trust_in_windows_words(struct kunit *test)
{
	const struct trust_row *row = test->param_value;
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	const struct credssp_cert_trust_status *status;
	const struct credssp_server_auth_flags *auth;

	ctx->report.trust = row->trust;
	status = answer(test, ctx, SECPKG_ATTR_CERT_TRUST_STATUS, sizeof(*status), out);
	KUNIT_EXPECT_EQ(test, status->trust, row->trust);
	KUNIT_EXPECT_EQ(test, status->error_status, row->windows);
	KUNIT_EXPECT_EQ(test, status->info_status, 0);
	auth = answer(test, ctx, SECPKG_ATTR_SERVER_AUTH_FLAGS, sizeof(*auth), out);
	KUNIT_EXPECT_EQ(test, auth->flags, row->trust ? 0 : CREDSSP_SERVER_AUTH_CERTIFICATE);
}

KUNIT_ARRAY_PARAM(suites, tls_suites, tls_suite_name);

/* Every suite that a session can have is described, consistently with its keys. */
static void suites_are_described(struct kunit *test)
{
	const struct tls_suite *s = test->param_value;
	const struct cssp_tls_suite *d = cssp_tls_suite_find(s->suite);
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	const struct credssp_connection_info *conn;
	const struct credssp_cipher_info *cipher;

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, d->cipher->bits, s->key * 8);
	KUNIT_EXPECT_EQ(test, !*d->exchange, s->version == 0x0304);
	ctx->report.tls_cipher = s->suite;
	ctx->report.tls_version = s->version;
	conn = answer(test, ctx, SECPKG_ATTR_CONNECTION_INFO, sizeof(*conn), out);
	KUNIT_EXPECT_EQ(test, conn->protocol, s->version == 0x0304 ? 0x2000 : 0x800);
	KUNIT_EXPECT_EQ(test, conn->cipher_strength, s->key * 8);
	cipher = answer(test, ctx, SECPKG_ATTR_CIPHER_INFO, sizeof(*cipher), out);
	KUNIT_EXPECT_STREQ(test, (const char *)cipher->suite_name, d->name);
	KUNIT_EXPECT_EQ(test, cipher->suite, s->suite);
}

static void an_unknown_suite_is_not_described(struct kunit *test)
{
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);

	ctx->report.tls_cipher = 0x0005;	/* RC4, which kTLS does not have */
	KUNIT_EXPECT_EQ(test, ask(ctx, SECPKG_ATTR_CONNECTION_INFO, true, out), CSSP_E_HANDLE);
	KUNIT_EXPECT_EQ(test, ask(ctx, SECPKG_ATTR_CIPHER_INFO, true, out), CSSP_E_HANDLE);
}

static const u32 all[] = {
	SECPKG_ATTR_SIZES, SECPKG_ATTR_NAMES, SECPKG_ATTR_LIFESPAN, SECPKG_ATTR_STREAM_SIZES,
	SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_PACKAGE_INFO, SECPKG_ATTR_NEGOTIATION_INFO,
	SECPKG_ATTR_NATIVE_NAMES, SECPKG_ATTR_FLAGS, SECPKG_ATTR_REMOTE_CERT_CONTEXT,
	SECPKG_ATTR_CONNECTION_INFO, SECPKG_ATTR_CIPHER_INFO, SECPKG_ATTR_SERVER_AUTH_FLAGS,
	SECPKG_ATTR_CERT_TRUST_STATUS,
};

static void a_new_context_has_nothing(struct kunit *test)
{
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	size_t i;

	ctx->state = CSSP_CONTEXT_NEW;
	ctx->report.facts = 0;
	for (i = 0; i < ARRAY_SIZE(all); i++)
		KUNIT_EXPECT_EQ_MSG(test, ask(ctx, all[i], true, out), CSSP_E_HANDLE,
				    "attribute 0x%x", all[i]);
}

static void a_dead_context_has_its_report(struct kunit *test)
{
	struct credssp_context *ctx = context(test);
	struct cssp_vbuf *out = tls_vbuf(test);
	size_t i;

	cssp_context_kill(ctx, CSSP_E_ALTERED, NULL);
	KUNIT_EXPECT_EQ(test, ctx->session_key.length, 0);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		KUNIT_EXPECT_EQ_MSG(test, ask(ctx, all[i], true, out), CSSP_E_HANDLE,
				    "attribute 0x%x", all[i]);
	KUNIT_EXPECT_EQ(test, ask(ctx, SECPKG_ATTR_CREDSSP_REPORT, false, out), 0);
	KUNIT_EXPECT_EQ(test, out->len, sizeof(struct credssp_report));
}

static void packages_and_their_strings(struct kunit *test)
{
	struct cssp_vbuf *out = tls_vbuf(test);
	const struct credssp_package_info *info;
	u32 count, i;

	KUNIT_ASSERT_EQ(test, cssp_package_info_all(out, &count), 0);
	KUNIT_ASSERT_GE(test, out->len, count * sizeof(*info));
	info = (const void *)out->data;
	for (i = 0; i < count; i++) {
		const struct cssp_package *p = cssp_package(info[i].package);

		KUNIT_ASSERT_NOT_NULL(test, p);
		expect_string(test, out, info[i].name_offset, info[i].name_length, p->name);
		expect_string(test, out, info[i].comment_offset, info[i].comment_length,
			      p->comment);
		KUNIT_EXPECT_EQ(test, cssp_package_find(p->name), info[i].package);
	}
	KUNIT_EXPECT_EQ(test, cssp_package_find("credSSP"), CREDSSP_PACKAGE_CREDSSP);
	KUNIT_EXPECT_EQ(test, cssp_package_find("Schannel"), CSSP_PACKAGES);
	KUNIT_EXPECT_NULL(test, cssp_package(CSSP_PACKAGES));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(names_and_times),
	KUNIT_CASE(a_name_that_is_no_text),
	KUNIT_CASE(local_time),
	KUNIT_CASE(a_session_key_is_for_the_privileged),
	KUNIT_CASE(sizes_without_sealing),
	KUNIT_CASE_PARAM(trust_in_windows_words, trusts_gen_params),
	KUNIT_CASE_PARAM(suites_are_described, suites_gen_params),
	KUNIT_CASE(an_unknown_suite_is_not_described),
	KUNIT_CASE(a_new_context_has_nothing),
	KUNIT_CASE(a_dead_context_has_its_report),
	KUNIT_CASE(packages_and_their_strings),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_api_query",
	.test_cases = cases,
};

kunit_test_suite(suite);
