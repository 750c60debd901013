// SPDX-License-Identifier: GPL-2.0-only
/*
 * The call that begins an exchange of an inner package: channel bindings, and a token of a
 * server that begins.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/vmalloc.h>

#include "core/context_impl.h"
#include "mech/bindings.h"
#include "ntlm_util.h"
#include "vectors/bindings.h"
#include "vectors/spnego.h"

#define PARAMETER	SEC_E_INVALID_PARAMETER
#define CONTINUE	SEC_I_CONTINUE_NEEDED
#define ROOM		4096

/**
 * struct inner - a credential and a context
 * @cred, @context: handles
 * @token: virtual memory of ROOM bytes, for tokens of the server
 * @bindings: virtual memory of 2 * ROOM bytes, with CHANNEL_BINDINGS of @bindings_length
 * @digest: of @bindings
 */
struct inner {
	struct credssp_cred *cred;
	struct credssp_context *context;
	u8 *token;
	u8 *bindings;
	u32 bindings_length;
	u8 digest[CSSP_BINDINGS_SIZE];
};

static void inner_free(void *p)
{
	struct inner *in = p;

	credssp_delete_security_context(in->context);
	credssp_free_credentials_handle(in->cred);
	vfree(in->token);
	vfree(in->bindings);
}

static void inner_bind(struct kunit *test, struct inner *in)
{
	struct cssp_rd application = test_hex(test, bindings_application);
	const struct credssp_bindings args = {
		.application = application.p, .application_length = application.left,
	};

	in->bindings_length = ROOM;
	KUNIT_ASSERT_EQ(test, credssp_pack_channel_bindings(&args, in->bindings,
							    &in->bindings_length), SEC_E_OK);
	test_hex_into(test, bindings_digest, in->digest, sizeof(in->digest));
}

static struct inner *inner_new(struct kunit *test, u32 package)
{
	struct inner *in = kunit_kzalloc(test, sizeof(*in), GFP_KERNEL);
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.package = package,
		.cred = current_cred(),
		.user = "b\0o\0b\0",
		.user_length = 6,
		.password = "p\0w\0",
		.password_length = 4,
	};

	KUNIT_ASSERT_NOT_NULL(test, in);
	in->token = vzalloc(ROOM);
	in->bindings = vzalloc(2 * ROOM);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, inner_free, in), 0);
	KUNIT_ASSERT_TRUE(test, in->token && in->bindings);
	KUNIT_ASSERT_EQ(test, credssp_acquire_credentials_handle(&args, &in->cred, NULL),
			SEC_E_OK);
	inner_bind(test, in);
	return in;
}

/*
 * I: TOKEN with the NegTokenInit2 of a server, G: with garbage, t: empty TOKEN, N: TOKEN
 * without memory, E: EMPTY, B: CHANNEL_BINDINGS, r: read-only ones, s: a byte shorter, m: a
 * byte longer than the limit, n: without memory, P: PKG_PARAMS.
 */
static struct credssp_buffer buffer_of(struct kunit *test, struct inner *in, char letter)
{
	const size_t n = test_hex_size(spnego_hint);

	switch (letter) {
	case 'I':
		test_hex_into(test, spnego_hint, in->token, n);
		return (struct credssp_buffer){ SECBUFFER_TOKEN, n, in->token };
	case 'G':
		memset(in->token, 'g', 8);
		return (struct credssp_buffer){ SECBUFFER_TOKEN, 8, in->token };
	case 't':
		return (struct credssp_buffer){ SECBUFFER_TOKEN, 0, NULL };
	case 'N':
		return (struct credssp_buffer){ SECBUFFER_TOKEN, 8, NULL };
	case 'E':
		return (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
	case 'B':
		return (struct credssp_buffer){ SECBUFFER_CHANNEL_BINDINGS,
						in->bindings_length, in->bindings };
	case 'r':
		return (struct credssp_buffer){ SECBUFFER_CHANNEL_BINDINGS | SECBUFFER_READONLY,
						in->bindings_length, in->bindings };
	case 's':
		return (struct credssp_buffer){ SECBUFFER_CHANNEL_BINDINGS,
						in->bindings_length - 1, in->bindings };
	case 'm':
		return (struct credssp_buffer){ SECBUFFER_CHANNEL_BINDINGS,
						CREDSSP_MAX_BINDINGS + 1, in->bindings };
	case 'n':
		return (struct credssp_buffer){ SECBUFFER_CHANNEL_BINDINGS,
						in->bindings_length, NULL };
	default:
		return (struct credssp_buffer){ SECBUFFER_PKG_PARAMS, in->bindings_length,
						in->bindings };
	}
}

/* One call with these buffers; its token in @out. */
static s32 call(struct kunit *test, struct inner *in, const char *buffers,
		struct cssp_vbuf *out)
{
	struct credssp_buffer b[CREDSSP_MAX_BUFFERS], token = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc input = { SECBUFFER_VERSION, strlen(buffers), b };
	struct credssp_buffer_desc output = { SECBUFFER_VERSION, 1, &token };
	u32 attr, i;
	s32 status;

	for (i = 0; i < input.count; i++)
		b[i] = buffer_of(test, in, buffers[i]);
	status = credssp_initialize_security_context(in->cred, in->context, NULL,
						     ISC_REQ_ALLOCATE_MEMORY, 0,
						     SECURITY_NATIVE_DREP, &input, 0,
						     in->context ? NULL : &in->context, &output,
						     &attr, NULL);
	cssp_vbuf_clear(out);
	if (token.data)
		KUNIT_EXPECT_EQ(test, cssp_vbuf_append(out, token.data, token.length), 0);
	credssp_free_context_buffer(token.data);
	return status;
}

static void first_inputs(struct kunit *test)
{
	static const struct {
		const char *buffers;
		s32 ntlm, negotiate;
	} rows[] = {
		{ "", CONTINUE, CONTINUE },
		{ "B", CONTINUE, CONTINUE }, { "r", CONTINUE, CONTINUE },
		{ "s", PARAMETER, PARAMETER }, { "m", PARAMETER, PARAMETER },
		{ "n", PARAMETER, PARAMETER }, { "BB", PARAMETER, PARAMETER },
		{ "BE", PARAMETER, PARAMETER }, { "EB", PARAMETER, PARAMETER },
		{ "P", SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION },
		{ "BP", PARAMETER, PARAMETER }, { "PB", PARAMETER, PARAMETER },
		{ "t", PARAMETER, CONTINUE }, { "tE", PARAMETER, CONTINUE },
		{ "I", PARAMETER, CONTINUE }, { "IE", PARAMETER, CONTINUE },
		{ "IB", PARAMETER, CONTINUE }, { "IEB", PARAMETER, CONTINUE },
		{ "tB", PARAMETER, CONTINUE }, { "BI", PARAMETER, PARAMETER },
		{ "IEE", PARAMETER, PARAMETER }, { "II", PARAMETER, PARAMETER },
		{ "E", PARAMETER, PARAMETER }, { "N", PARAMETER, PARAMETER },
		{ "G", PARAMETER, SEC_E_INVALID_TOKEN },
		{ "GB", PARAMETER, SEC_E_INVALID_TOKEN },
	};
	struct cssp_vbuf *out = new_vbuf(test);
	u32 i, package;
	struct inner *in;

	for (i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		package = i % 2 ? CREDSSP_PACKAGE_NEGOTIATE : CREDSSP_PACKAGE_NTLM;
		in = inner_new(test, package);
		KUNIT_EXPECT_EQ_MSG(test, call(test, in, rows[i / 2].buffers, out),
				    i % 2 ? rows[i / 2].negotiate : rows[i / 2].ntlm,
				    "\"%s\", package %u", rows[i / 2].buffers, package);
	}
}

/* CredSSP's inner mechanism is bound by pubKeyAuth, and the channel is the module's own. */
static void not_with_credssp(struct kunit *test)
{
	struct inner *in = inner_new(test, CREDSSP_PACKAGE_CREDSSP);
	struct cssp_vbuf *out = new_vbuf(test);

	KUNIT_EXPECT_EQ(test, call(test, in, "B", out), PARAMETER);
	KUNIT_EXPECT_EQ(test, call(test, in, "IE", out), PARAMETER);
	KUNIT_EXPECT_NULL(test, in->context);
}

/* All legs; the context is established, or the server has refused the client. */
static int exchange(struct kunit *test, struct inner *in, struct ntlm_server *server,
		    const char *first)
{
	struct cssp_vbuf *ours = new_vbuf(test), *theirs = new_vbuf(test);
	struct credssp_buffer token = { SECBUFFER_TOKEN, 0, in->token }, out;
	struct credssp_buffer_desc input = { SECBUFFER_VERSION, 1, &token };
	struct credssp_buffer_desc output = { SECBUFFER_VERSION, 1, &out };
	s32 status = call(test, in, first, ours);
	bool done = false;
	u32 attr;
	int ret;

	KUNIT_ASSERT_EQ(test, status, CONTINUE);
	while (ours->len) {
		ret = server_step(server, ours, theirs, &done);
		if (ret || !theirs->len)
			return ret;
		KUNIT_ASSERT_LE(test, theirs->len, (size_t)ROOM);
		memcpy(in->token, theirs->data, theirs->len);
		token.length = theirs->len;
		out = (struct credssp_buffer){ .type = SECBUFFER_TOKEN };
		status = credssp_initialize_security_context(NULL, in->context, NULL,
							     ISC_REQ_ALLOCATE_MEMORY, 0,
							     SECURITY_NATIVE_DREP, &input, 0,
							     NULL, &output, &attr, NULL);
		KUNIT_ASSERT_GE(test, status, 0);
		cssp_vbuf_clear(ours);
		if (out.data)
			KUNIT_EXPECT_EQ(test, cssp_vbuf_append(ours, out.data, out.length), 0);
		credssp_free_context_buffer(out.data);
	}
	KUNIT_EXPECT_EQ(test, status, SEC_E_OK);
	return 0;
}

/* The server has the digest it expects: right, wrong, and none although it wants some. */
static void bindings_reach_the_server(struct kunit *test)
{
	static const struct {
		u32 package;
		const char *first;
		bool wants, other;
		int result;
	} rows[] = {
		{ CREDSSP_PACKAGE_NTLM, "B", true, false, 0 },
		{ CREDSSP_PACKAGE_NTLM, "B", true, true, CSSP_E_LOGON_DENIED },
		{ CREDSSP_PACKAGE_NTLM, "", true, false, CSSP_E_LOGON_DENIED },
		{ CREDSSP_PACKAGE_NTLM, "", false, false, 0 },
		{ CREDSSP_PACKAGE_NEGOTIATE, "B", true, false, 0 },
		{ CREDSSP_PACKAGE_NEGOTIATE, "IEB", true, false, 0 },
		{ CREDSSP_PACKAGE_NEGOTIATE, "IB", true, true, CSSP_E_LOGON_DENIED },
		{ CREDSSP_PACKAGE_NEGOTIATE, "I", true, false, CSSP_E_LOGON_DENIED },
		{ CREDSSP_PACKAGE_NEGOTIATE, "I", false, false, 0 },
	};
	struct ntlm_server_knobs knobs = {};
	struct ntlm_server *server;
	struct inner *in;
	u8 want[CSSP_BINDINGS_SIZE];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		in = inner_new(test, rows[i].package);
		memcpy(want, in->digest, sizeof(want));
		want[15] ^= rows[i].other;
		knobs.bindings = rows[i].wants ? want : NULL;
		server = new_server(test, new_identity(test, "bob", "", "pw"), &knobs);
		KUNIT_EXPECT_EQ_MSG(test, exchange(test, in, server, rows[i].first),
				    rows[i].result, "row %u", i);
	}
}

/* Later calls have no bindings: they could be others than those of the first message. */
static void not_on_later_calls(struct kunit *test)
{
	struct inner *in = inner_new(test, CREDSSP_PACKAGE_NTLM);
	struct cssp_vbuf *out = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, call(test, in, "B", out), CONTINUE);
	KUNIT_EXPECT_EQ(test, call(test, in, "GB", out), PARAMETER);
	KUNIT_EXPECT_EQ(test, in->context->state, CSSP_CONTEXT_DEAD);
}

/* A new exchange on the same handle has its own bindings, or none. */
static void again(struct kunit *test)
{
	struct inner *in = inner_new(test, CREDSSP_PACKAGE_NTLM);
	struct ntlm_server_knobs knobs = { .bindings = in->digest };
	const struct cssp_identity *bob = new_identity(test, "bob", "", "pw");

	KUNIT_EXPECT_EQ(test, exchange(test, in, new_server(test, bob, &knobs), "B"), 0);
	KUNIT_EXPECT_EQ(test, exchange(test, in, new_server(test, bob, NULL), "t"), 0);
	KUNIT_EXPECT_EQ(test, exchange(test, in, new_server(test, bob, &knobs), "tB"), 0);
	/* The hint of a server is for the first exchange. */
	KUNIT_EXPECT_EQ(test, call(test, in, "I", new_vbuf(test)), PARAMETER);
}

static struct kunit_case inner_cases[] = {
	KUNIT_CASE(first_inputs),
	KUNIT_CASE(not_with_credssp),
	KUNIT_CASE(bindings_reach_the_server),
	KUNIT_CASE(not_on_later_calls),
	KUNIT_CASE(again),
	{}
};

static struct kunit_suite inner_suite = {
	.name = "credssp_api_isc_inner",
	.test_cases = inner_cases,
};

kunit_test_suite(inner_suite);
