// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inner packages on their own, through the in-kernel API, against a scripted
 * acceptor: no TLS, no helper.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "core/context_impl.h"
#include "mech/ntlm.h"
#include "mech/spnego.h"
#include "ntlm_util.h"
#include "policy/policy_net.h"
#include "util.h"

#define ROOM		4096
#define SIGNATURE	CSSP_NTLM_SIGNATURE_SIZE
#define PROTECTED	(ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |	\
			 ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY)

/**
 * struct duo - an initiator and its acceptor
 * @cred, @context: handles of the API
 * @server: the acceptor
 * @token, @data: vmalloc'd, of ROOM bytes
 * @attr: of the last call
 */
struct duo {
	struct credssp_cred *cred;
	struct credssp_context *context;
	struct ntlm_server *server;
	u8 *token;
	u8 *data;
	u32 attr;
};

static void duo_free(void *p)
{
	struct duo *d = p;

	credssp_delete_security_context(d->context);
	credssp_free_credentials_handle(d->cred);
	vfree(d->token);
	vfree(d->data);
}

static struct credssp_cred *acquire(struct kunit *test, u32 package)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.package = package,
		.cred = current_cred(),
		.user = "b\0o\0b\0",
		.user_length = 6,
		.password = "p\0w\0",
		.password_length = 4,
	};
	struct credssp_cred *cred = NULL;

	KUNIT_ASSERT_EQ(test, credssp_acquire_credentials_handle(&args, &cred, NULL), SEC_E_OK);
	return cred;
}

static struct duo *duo(struct kunit *test, u32 package,
		       const struct ntlm_server_knobs *knobs)
{
	struct duo *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	d->token = vmalloc(ROOM);
	d->data = vmalloc(ROOM);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, duo_free, d), 0);
	KUNIT_ASSERT_TRUE(test, d->token && d->data);
	d->cred = acquire(test, package);
	d->server = new_server(test, new_identity(test, "bob", "", "pw"), knobs);
	return d;
}

/* One call: @in (NULL on the first one), and the output token in @out. */
static s32 call(struct kunit *test, struct duo *d, const struct cssp_rd *in,
		struct cssp_vbuf *out)
{
	struct credssp_buffer token = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer input = { SECBUFFER_TOKEN, in ? in->left : 0, d->token };
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 1, &input };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &token };
	bool first = !d->context;
	s32 status;

	if (in) {
		KUNIT_ASSERT_LE(test, in->left, (size_t)ROOM);
		memcpy(d->token, in->p, in->left);
	}
	status = credssp_initialize_security_context(d->cred, d->context, NULL,
						     ISC_REQ_ALLOCATE_MEMORY, 0,
						     SECURITY_NATIVE_DREP,
						     first ? NULL : &in_desc, 0,
						     first ? &d->context : NULL,
						     &out_desc, &d->attr, NULL);
	cssp_vbuf_clear(out);
	if (token.data)
		KUNIT_EXPECT_EQ(test, cssp_vbuf_append(out, token.data, token.length), 0);
	credssp_free_context_buffer(token.data);
	return status;
}

/* All legs; the status of the last call, and how many calls there were. */
static s32 exchange(struct kunit *test, struct duo *d, int *calls)
{
	struct cssp_vbuf *ours = new_vbuf(test), *theirs = new_vbuf(test);
	struct cssp_rd rd;
	bool done = false;
	s32 status;

	status = call(test, d, NULL, ours);
	for (*calls = 1; ours->len && !done; (*calls)++) {
		rd = cssp_vbuf_rd(ours);
		cssp_vbuf_clear(theirs);
		if (ntlm_server_step(d->server, &rd, theirs, &done) || !theirs->len)
			break;
		rd = cssp_vbuf_rd(theirs);
		status = call(test, d, &rd, ours);
	}
	return status;
}

static struct duo *established(struct kunit *test, u32 package)
{
	struct duo *d = duo(test, package, NULL);
	int calls;

	KUNIT_ASSERT_EQ(test, exchange(test, d, &calls), SEC_E_OK);
	KUNIT_ASSERT_EQ(test, d->server->state, NTLM_SERVER_ESTABLISHED);
	return d;
}

static const struct package {
	const char *name;
	u32 package;
	int calls;
} packages[] = {
	{ "NTLM", CREDSSP_PACKAGE_NTLM, 2 },
	{ "Negotiate", CREDSSP_PACKAGE_NEGOTIATE, 3 },
};

static void package_name(const struct package *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(packages, packages, package_name);

static void exchange_by_tokens(struct kunit *test)
{
	const struct package *p = test->param_value;
	struct duo *d = duo(test, p->package, NULL);
	int calls;

	KUNIT_EXPECT_EQ(test, exchange(test, d, &calls), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, calls, p->calls);
	KUNIT_EXPECT_EQ(test, d->server->state, NTLM_SERVER_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, d->attr & ~ISC_RET_ALLOCATED_MEMORY,
			ISC_RET_CONNECTION | PROTECTED);
}

/* The context's session key is the acceptor's. */
static void session_key_is_shared(struct kunit *test)
{
	const struct package *p = test->param_value;
	struct duo *d = established(test, p->package);
	struct {
		struct credssp_session_key head;
		u8 key[CSSP_NTLM_KEY_SIZE];
	} answer;
	u32 length = sizeof(answer);

	KUNIT_ASSERT_EQ(test, credssp_query_context_attributes(d->context,
							       SECPKG_ATTR_SESSION_KEY,
							       &answer, &length), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, answer.head.key_length, CSSP_NTLM_KEY_SIZE);
	KUNIT_EXPECT_MEMEQ(test, answer.key, d->server->session_key, CSSP_NTLM_KEY_SIZE);
}

/* The mechanism below a context, without the negotiation around it. */
static const struct cssp_ntlm *ntlm_below(const struct duo *d)
{
	struct cssp_mech *mech = d->context->inner.mech;

	if (d->context->package == CREDSSP_PACKAGE_NEGOTIATE)
		mech = cssp_spnego_context_of(mech)->inner;
	return cssp_ntlm_of(mech);
}

/*
 * The context keeps the key only for a caller that may ask
 * for it; the mechanism never does.
 */
static void session_key_is_kept_for_those_who_may_ask(struct kunit *test)
{
	static const u8 zeros[CSSP_SESSION_KEY_MAX];
	const struct package *p = test->param_value;
	struct duo *d = established(test, p->package);
	int calls;

	KUNIT_EXPECT_EQ(test, d->context->session_key.length, CSSP_NTLM_KEY_SIZE);
	KUNIT_EXPECT_EQ(test, memcmp(ntlm_below(d)->session.session_key, zeros,
				     CSSP_NTLM_KEY_SIZE), 0);
	/* the next exchange on the same handle, for a caller that may not ask */
	d->context->keep_key = false;
	d->server = new_server(test, new_identity(test, "bob", "", "pw"), NULL);
	KUNIT_ASSERT_EQ(test, exchange(test, d, &calls), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, d->context->session_key.length, 0);
	KUNIT_EXPECT_EQ(test, memcmp(d->context->session_key.bytes, zeros, sizeof(zeros)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(ntlm_below(d)->session.session_key, zeros,
				     CSSP_NTLM_KEY_SIZE), 0);
}

static struct credssp_buffer_desc message(struct credssp_buffer *b, struct duo *d,
					  const char *text)
{
	memcpy(d->data, text, strlen(text));
	b[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, SIGNATURE, d->token };
	b[1] = (struct credssp_buffer){ SECBUFFER_DATA, strlen(text), d->data };
	return (struct credssp_buffer_desc){ SECBUFFER_VERSION, 2, b };
}

/* token || data, as the mechanism has them. */
static struct cssp_vbuf *joined(struct kunit *test, const struct credssp_buffer *b)
{
	struct cssp_vbuf *both = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(both, b[0].data, b[0].length), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(both, b[1].data, b[1].length), 0);
	return both;
}

static void sealed_to_the_peer(struct kunit *test, struct duo *d)
{
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "to the peer");
	struct cssp_vbuf *plain = new_vbuf(test);
	struct cssp_rd rd, want = test_str("to the peer");

	KUNIT_ASSERT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0), SEC_E_OK);
	rd = cssp_vbuf_rd(joined(test, b));
	KUNIT_ASSERT_EQ(test, ntlm_server_unwrap(d->server, &rd, plain), 0);
	rd = cssp_vbuf_rd(plain);
	test_expect_same(test, &rd, &want);
}

static void sealed_by_the_peer(struct kunit *test, struct duo *d)
{
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "from it");
	struct cssp_vbuf *sealed = new_vbuf(test);
	struct cssp_rd rd, want = test_str("from it");

	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(d->server, &want, sealed), 0);
	memcpy(d->token, sealed->data, SIGNATURE);
	memcpy(d->data, sealed->data + SIGNATURE, want.left);
	KUNIT_ASSERT_EQ(test, credssp_decrypt_message(d->context, &desc, 0, NULL), SEC_E_OK);
	rd = cssp_rd_of(d->data, b[1].length);
	test_expect_same(test, &rd, &want);
}

static void signed_both_ways(struct kunit *test, struct duo *d)
{
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "in the clear");
	struct cssp_rd rd, text = test_str("in the clear");

	KUNIT_ASSERT_EQ(test, credssp_make_signature(d->context, 0, &desc, 0), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, b[0].length, SIGNATURE);
	rd = cssp_rd_of(d->token, SIGNATURE);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(&d->server->crypto, &d->server->to_server, &text,
					       &rd), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_sign(&d->server->crypto, &d->server->to_client, &text,
					     d->token), 0);
	KUNIT_EXPECT_EQ(test, credssp_verify_signature(d->context, &desc, 0, NULL), SEC_E_OK);
}

static void messages(struct kunit *test)
{
	const struct package *p = test->param_value;
	struct duo *d = established(test, p->package);
	int i;

	for (i = 0; i < 3; i++) {
		sealed_to_the_peer(test, d);
		signed_both_ways(test, d);
		sealed_by_the_peer(test, d);
	}
}

/* Sealed to a signature alone, and back. */
static void empty_messages(struct kunit *test)
{
	struct duo *d = established(test, CREDSSP_PACKAGE_NTLM);
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "");
	struct cssp_vbuf *plain = new_vbuf(test), *sealed = new_vbuf(test);
	const struct cssp_rd none = {};
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, b[1].length, 0);
	KUNIT_ASSERT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, b[0].length, SIGNATURE);
	rd = cssp_rd_of(d->token, SIGNATURE);
	KUNIT_EXPECT_EQ(test, ntlm_server_unwrap(d->server, &rd, plain), 0);
	KUNIT_EXPECT_EQ(test, plain->len, 0);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(d->server, &none, sealed), 0);
	KUNIT_ASSERT_EQ(test, sealed->len, SIGNATURE);
	memcpy(d->token, sealed->data, SIGNATURE);
	KUNIT_EXPECT_EQ(test, credssp_decrypt_message(d->context, &desc, 0, NULL), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, b[1].length, 0);
	sealed_to_the_peer(test, d);
}

static void expect_dead(struct kunit *test, struct duo *d, u32 reason)
{
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "too late");
	struct credssp_report report;
	u32 length = sizeof(report), none = 0;

	KUNIT_EXPECT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0),
			SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, credssp_make_signature(d->context, 0, &desc, 0),
			SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, credssp_query_context_attributes(d->context,
							       SECPKG_ATTR_SESSION_KEY,
							       NULL, &none),
			SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, credssp_query_context_attributes(d->context,
							       SECPKG_ATTR_CREDSSP_REPORT,
							       &report, &length), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, report.reason, reason);
}

static void a_forged_signature_ends_it(struct kunit *test)
{
	struct duo *d = established(test, CREDSSP_PACKAGE_NTLM);
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "forged");

	memset(d->token, 0, SIGNATURE);
	KUNIT_EXPECT_EQ(test, credssp_verify_signature(d->context, &desc, 0, NULL),
			SEC_E_MESSAGE_ALTERED);
	expect_dead(test, d, CREDSSP_REASON_MECH_MIC);
}

static void a_forged_message_ends_it(struct kunit *test)
{
	struct duo *d = established(test, CREDSSP_PACKAGE_NEGOTIATE);
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "forged");

	memset(d->token, 0, SIGNATURE);
	KUNIT_EXPECT_EQ(test, credssp_decrypt_message(d->context, &desc, 0, NULL),
			SEC_E_MESSAGE_ALTERED);
	/* the unverified plaintext is not written */
	KUNIT_EXPECT_EQ(test, memcmp(d->data, "forged", 6), 0);
	expect_dead(test, d, CREDSSP_REASON_MECH_MIC);
}

/* A fault of the acceptor has the same status and reason as in CredSSP. */
static const struct wrong {
	const char *name;
	struct ntlm_server_knobs knobs;
	s32 status;
	u32 reason;
} wrongs[] = {
	{ "weak", { .clear_flags = CSSP_NTLM_128 }, SEC_E_ALGORITHM_MISMATCH,
	  CREDSSP_REASON_MECH_WEAK },
	{ "rejected", { .quirks = NTLM_SERVER_FIRST_REJECT }, 0, 0 },
	{ "logon rejected", { .quirks = NTLM_SERVER_FINAL_REJECT }, SEC_E_LOGON_DENIED,
	  CREDSSP_REASON_SPNEGO },
	{ "bad mechListMIC", { .quirks = NTLM_SERVER_FINAL_BAD_MIC }, SEC_E_MESSAGE_ALTERED,
	  CREDSSP_REASON_MECH_MIC },
	{ "another mechanism", { .quirks = NTLM_SERVER_FIRST_KRB5 }, SEC_E_INVALID_TOKEN,
	  CREDSSP_REASON_SPNEGO },
};

static void wrong_name(const struct wrong *w, char *desc)
{
	strscpy(desc, w->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wrongs, wrongs, wrong_name);

static void what_the_peer_does_wrong(struct kunit *test)
{
	const struct wrong *w = test->param_value;
	struct duo *d = duo(test, CREDSSP_PACKAGE_NEGOTIATE, &w->knobs);
	int calls;
	s32 status = exchange(test, d, &calls);

	KUNIT_EXPECT_LT(test, status, 0);
	if (!w->status)
		return;
	KUNIT_EXPECT_EQ(test, status, w->status);
	expect_dead(test, d, w->reason);
}

/* Which buffers make a message, and which do not. */
static void buffers_of_a_message(struct kunit *test)
{
	struct duo *d = established(test, CREDSSP_PACKAGE_NTLM);
	struct credssp_buffer b[3];
	struct credssp_buffer_desc desc = message(b, d, "data");
	u8 pool[SIGNATURE];

	b[0].length = SIGNATURE - 1;
	KUNIT_EXPECT_EQ(test, credssp_make_signature(d->context, 0, &desc, 0),
			SEC_E_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_EQ(test, b[0].length, SIGNATURE);
	b[0].length = SIGNATURE - 1;
	KUNIT_EXPECT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0),
			SEC_E_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_EQ(test, b[0].length, SIGNATURE);
	/* memory on the stack, and two DATA buffers */
	b[0].data = pool;
	KUNIT_EXPECT_EQ(test, credssp_make_signature(d->context, 0, &desc, 0),
			SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0),
			SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, credssp_verify_signature(d->context, &desc, 0, NULL),
			SEC_E_INVALID_PARAMETER);
	b[0].data = d->token;
	b[2] = b[1];
	desc.count = 3;
	KUNIT_EXPECT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0),
			SEC_E_INVALID_PARAMETER);
	desc.count = 1;
	KUNIT_EXPECT_EQ(test, credssp_decrypt_message(d->context, &desc, 0, NULL),
			SEC_E_INVALID_PARAMETER);
	desc.count = 2;
	b[1].type |= SECBUFFER_READONLY;
	KUNIT_EXPECT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0),
			SEC_E_INVALID_PARAMETER);
	/* read-only data can be signed; the refused calls left the context intact */
	KUNIT_EXPECT_EQ(test, credssp_make_signature(d->context, 1, &desc, 0),
			SEC_E_INVALID_PARAMETER);
	sealed_to_the_peer(test, d);
}

/* One buffer, or three: a refusal uses no number. */
static void room_of_a_message(struct kunit *test)
{
	static const struct cssp_room enough = { 4 + SIGNATURE, SIGNATURE, 0 };
	struct duo *d = established(test, CREDSSP_PACKAGE_NTLM);
	struct cssp_rd rd, want = test_str("four");
	struct cssp_vbuf *plain = new_vbuf(test);
	u8 sealed[4 + SIGNATURE] = {}, none[sizeof(sealed)] = {};
	struct kvec pieces[3] = {
		{ sealed, SIGNATURE - 1 }, { sealed + SIGNATURE, 4 }, { NULL, 0 },
	};
	struct cssp_source source;
	struct cssp_room room;
	struct cssp_sink sink;

	cssp_source_kernel(&source, &want);
	cssp_sink_kernel(&sink, sealed, sizeof(sealed) - 1);
	KUNIT_EXPECT_EQ(test, cssp_context_encrypt(d->context, &source, &sink, &room), -ENOSPC);
	KUNIT_EXPECT_MEMEQ(test, &room, &enough, sizeof(room));
	cssp_sink_kernel_split(&sink, pieces);
	KUNIT_EXPECT_EQ(test, cssp_context_encrypt(d->context, &source, &sink, &room), -ENOSPC);
	KUNIT_EXPECT_MEMEQ(test, &room, &enough, sizeof(room));
	KUNIT_EXPECT_MEMEQ(test, sealed, none, sizeof(sealed));
	pieces[0].iov_len = SIGNATURE + 9;	/* more than is needed */
	cssp_sink_kernel_split(&sink, pieces);
	KUNIT_ASSERT_EQ(test, cssp_context_encrypt(d->context, &source, &sink, &room), 0);
	rd = cssp_rd_of(sealed, sizeof(sealed));
	KUNIT_ASSERT_EQ(test, ntlm_server_unwrap(d->server, &rd, plain), 0);
	rd = cssp_vbuf_rd(plain);
	test_expect_same(test, &rd, &want);
	cssp_source_kernel(&source, &want);
	cssp_sink_kernel(&sink, sealed, SIGNATURE - 1);
	KUNIT_EXPECT_EQ(test, cssp_context_sign(d->context, &source, &sink, &room), -ENOSPC);
	KUNIT_EXPECT_EQ(test, room.whole, SIGNATURE);
	signed_both_ways(test, d);
}

static void before_it_is_established(struct kunit *test)
{
	struct duo *d = duo(test, CREDSSP_PACKAGE_NTLM, NULL);
	struct cssp_vbuf *out = new_vbuf(test);
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc;

	KUNIT_ASSERT_EQ(test, call(test, d, NULL, out), SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, d->attr & ~ISC_RET_ALLOCATED_MEMORY, ISC_RET_CONNECTION);
	desc = message(b, d, "early");
	KUNIT_EXPECT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0),
			SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, credssp_decrypt_message(d->context, &desc, 0, NULL),
			SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, credssp_make_signature(d->context, 0, &desc, 0),
			SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, credssp_verify_signature(d->context, &desc, 0, NULL),
			SEC_E_INVALID_HANDLE);
	credssp_cancel(d->context);
	KUNIT_EXPECT_EQ(test, call(test, d, &(struct cssp_rd){}, out), SEC_E_INTERNAL_ERROR);
	expect_dead(test, d, CREDSSP_REASON_CANCELLED);
}

/* After cancellation the next message fails, and the context is dead. */
static void a_cancelled_context_seals_nothing(struct kunit *test)
{
	struct duo *d = established(test, CREDSSP_PACKAGE_NTLM);
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = message(b, d, "late");

	credssp_cancel(d->context);
	KUNIT_EXPECT_EQ(test, credssp_encrypt_message(d->context, 0, &desc, 0),
			SEC_E_INTERNAL_ERROR);
	expect_dead(test, d, CREDSSP_REASON_CANCELLED);
}

/* A mechanism without NTLM, which keeps the parameters that it got. */
static struct cssp_mech_params given;
static const struct cssp_mech_ops other_ops;

static int other_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	static struct cssp_mech other;

	given = *params;
	other = (struct cssp_mech){
		.ops = &other_ops,
		.facts.package = CREDSSP_PACKAGE_NTLM,
	};
	*mech = &other;
	return 0;
}

static int other_step(struct cssp_mech *mech, const struct cssp_rd *in,
		      struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	*progress = CSSP_MECH_CONTINUE;
	return cssp_vbuf_append(out, "t", 1);
}

static void other_free(struct cssp_mech *mech)
{
}

static const struct cssp_mech_ops other_ops = {
	.create = other_create,
	.step = other_step,
	.free = other_free,
};

static void forbid_ntlm(struct kunit *test)
{
	const struct cssp_rd none = {};
	struct cssp_policy *policy;

	KUNIT_ASSERT_EQ(test, cssp_policy_create(&policy, CREDSSP_ORACLE_FORCE,
						 CREDSSP_POLICY_NO_NTLM, 0, &none), 0);
	cssp_policy_net_set(&init_net, policy);
}

static void allow_ntlm(struct kunit *test)
{
	cssp_policy_net_set(&init_net, NULL);
}

/* Whether a policy without NTLM ends an exchange is the mechanism's property. */
static void a_policy_without_ntlm(struct kunit *test)
{
	struct duo *ntlm = duo(test, CREDSSP_PACKAGE_NTLM, NULL);
	struct duo *nego = duo(test, CREDSSP_PACKAGE_NEGOTIATE, NULL);
	struct duo *other = duo(test, CREDSSP_PACKAGE_NEGOTIATE, NULL);
	struct cssp_vbuf *out = new_vbuf(test);

	other->cred->mech = &other_ops;
	forbid_ntlm(test);
	KUNIT_EXPECT_EQ(test, call(test, ntlm, NULL, out), SEC_E_POLICY_NLTM_ONLY);
	/* Kerberos is left, but the call names no target. */
	KUNIT_EXPECT_EQ(test, call(test, nego, NULL, out), SEC_E_TARGET_UNKNOWN);
	KUNIT_EXPECT_EQ(test, call(test, other, NULL, out), SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, out->len, 1);
}

static u32 negotiated(struct kunit *test, struct duo *d)
{
	struct {
		struct credssp_negotiation_info head;
		u8 strings[256];
	} answer;
	u32 length = sizeof(answer);

	KUNIT_ASSERT_EQ(test, credssp_query_context_attributes(d->context,
							       SECPKG_ATTR_NEGOTIATION_INFO,
							       &answer, &length), SEC_E_OK);
	return answer.head.package.package;
}

static void negotiation_info_names_the_mechanism(struct kunit *test)
{
	struct duo *nego = duo(test, CREDSSP_PACKAGE_NEGOTIATE, NULL);
	struct duo *other = duo(test, CREDSSP_PACKAGE_NEGOTIATE, NULL);
	struct cssp_vbuf *out = new_vbuf(test);

	other->cred->mech = &other_ops;
	KUNIT_ASSERT_EQ(test, call(test, nego, NULL, out), SEC_I_CONTINUE_NEEDED);
	KUNIT_ASSERT_EQ(test, call(test, other, NULL, out), SEC_I_CONTINUE_NEEDED);
	/* The acceptor has not chosen yet. */
	KUNIT_EXPECT_EQ(test, negotiated(test, nego), CREDSSP_PACKAGE_NEGOTIATE);
	KUNIT_EXPECT_EQ(test, negotiated(test, other), CREDSSP_PACKAGE_NTLM);
}

static void a_mechanism_can_ask_the_helper(struct kunit *test)
{
	struct duo *d = duo(test, CREDSSP_PACKAGE_NEGOTIATE, NULL);
	struct cssp_vbuf *out = new_vbuf(test);

	d->cred->mech = &other_ops;
	KUNIT_ASSERT_EQ(test, call(test, d, NULL, out), SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_PTR_EQ(test, given.who, &d->context->who);
	KUNIT_EXPECT_PTR_EQ(test, given.wait, &d->context->wait);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(exchange_by_tokens, packages_gen_params),
	KUNIT_CASE_PARAM(session_key_is_shared, packages_gen_params),
	KUNIT_CASE_PARAM(session_key_is_kept_for_those_who_may_ask, packages_gen_params),
	KUNIT_CASE_PARAM(messages, packages_gen_params),
	KUNIT_CASE(empty_messages),
	KUNIT_CASE(a_forged_signature_ends_it),
	KUNIT_CASE(a_forged_message_ends_it),
	KUNIT_CASE_PARAM(what_the_peer_does_wrong, wrongs_gen_params),
	KUNIT_CASE(buffers_of_a_message),
	KUNIT_CASE(room_of_a_message),
	KUNIT_CASE(before_it_is_established),
	KUNIT_CASE(a_cancelled_context_seals_nothing),
	KUNIT_CASE(a_policy_without_ntlm),
	KUNIT_CASE(negotiation_info_names_the_mechanism),
	KUNIT_CASE(a_mechanism_can_ask_the_helper),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_core_exchange_mech",
	.exit = allow_ntlm,
	.test_cases = cases,
};

kunit_test_suite(suite);
