// SPDX-License-Identifier: GPL-2.0-only
/*
 * InitializeSecurityContext's arguments in the kernel API, one by one
 * (Documentation/isc-conformance.rst).  There is no helper here: a call that passes the
 * checks ends with SEC_E_NO_AUTHENTICATING_AUTHORITY.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/err.h>
#include <linux/time.h>
#include <linux/vmalloc.h>

#include "api/isc.h"
#include "base/filetime.h"
#include "base/quota.h"
#include "base/status.h"
#include "core/context_impl.h"
#include "util.h"

#define TAKEN		SEC_E_NO_AUTHENTICATING_AUTHORITY
#define PARAMETER	SEC_E_INVALID_PARAMETER
#define UNSUPPORTED	SEC_E_UNSUPPORTED_FUNCTION

/* @n bytes of virtual memory, freed with the test. */
static void *virtual(struct kunit *test, const void *from, size_t n)
{
	void *p = vzalloc(n);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, (kunit_action_t *)vfree, p));
	if (from)
		memcpy(p, from, n);
	return p;
}

static __le16 *wide(struct kunit *test, const char *text)
{
	size_t i, n = strlen(text) + 1;
	__le16 *name = virtual(test, NULL, n * sizeof(*name));

	for (i = 0; i < n; i++)
		name[i] = cpu_to_le16((u8)text[i]);
	return name;
}

static s32 acquire(u32 use, const char *user, struct credssp_cred **cred)
{
	static const __le16 alice[] = { cpu_to_le16('a'), cpu_to_le16('l') };
	struct credssp_acquire args = {
		.use = use,
		.mechs = CREDSSP_MECH_NTLM,
		.cred = current_cred(),
		.user = user ? alice : NULL,
		.user_length = user ? sizeof(alice) : 0,
	};

	return credssp_acquire_credentials_handle(&args, cred, NULL);
}

/**
 * struct call - arguments and results
 * @to: place for the new handle, or NULL
 * @made: the new handle
 */
struct call {
	struct credssp_cred *cred;
	struct credssp_context *context;
	const __le16 *target;
	u32 req, reserved1, data_rep, reserved2;
	struct credssp_buffer_desc *input, *output;
	struct credssp_context **to, *made;
	u32 attr;
	s64 expiry;
};

struct fixture {
	struct credssp_cred *cred;
	u8 *room;
	struct credssp_buffer token;
	struct credssp_buffer_desc output;
	struct credssp_buffer in[2];
	struct credssp_buffer_desc input;
};

#define ROOM	4096

static int isc_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->room = virtual(test, NULL, ROOM);
	f->token = (struct credssp_buffer){ SECBUFFER_TOKEN, ROOM, f->room };
	f->output = (struct credssp_buffer_desc){ SECBUFFER_VERSION, 1, &f->token };
	f->in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, 0, NULL };
	f->in[1] = (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
	f->input = (struct credssp_buffer_desc){ SECBUFFER_VERSION, 2, f->in };
	test->priv = f;
	return acquire(SECPKG_CRED_OUTBOUND, "alice", &f->cred) == SEC_E_OK ? 0 : -EINVAL;
}

static void isc_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	credssp_free_credentials_handle(f->cred);
}

static struct call first_call(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->token = (struct credssp_buffer){ SECBUFFER_TOKEN, ROOM, f->room };
	return (struct call){
		.cred = f->cred, .target = wide(test, "TERMSRV/h"),
		.data_rep = SECURITY_NATIVE_DREP, .output = &f->output,
	};
}

/* A later call, on a context before its exchange has begun. */
static struct call later_call(struct kunit *test)
{
	struct call c = first_call(test);
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0, cssp_context_create(&c.context, f->cred, &f->cred->who));
	f->in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, 0, NULL };
	f->in[1] = (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
	c.input = &f->input;
	return c;
}

static s32 initialize(struct call *c)
{
	return credssp_initialize_security_context(c->cred, c->context, c->target, c->req,
						   c->reserved1, c->data_rep, c->input,
						   c->reserved2, c->to, c->output, &c->attr,
						   &c->expiry);
}

static s32 begin(struct call *c)
{
	c->to = &c->made;
	return initialize(c);
}

/* A call on the context, which is deleted afterwards. */
static s32 go_on(struct kunit *test, struct call *c)
{
	s32 status = initialize(c);

	KUNIT_EXPECT_EQ(test, SEC_E_OK, credssp_delete_security_context(c->context));
	return status;
}

static void uses(struct kunit *test)
{
	static const u32 others[] = {
		0, SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND, 4, ~0u,
	};
	struct credssp_cred *cred = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		KUNIT_EXPECT_EQ(test, UNSUPPORTED, acquire(others[i], "alice", &cred));
	/* an acceptor is no user */
	KUNIT_EXPECT_EQ(test, PARAMETER, acquire(SECPKG_CRED_INBOUND, "alice", &cred));
	KUNIT_EXPECT_NULL(test, cred);
}

static void handles(struct kunit *test)
{
	struct call c = first_call(test);
	struct credssp_context *other;
	struct credssp_cred *cred;
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, PARAMETER, initialize(&c));	/* no place for the handle */
	KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	KUNIT_EXPECT_NULL(test, c.made);
	c.cred = NULL;
	KUNIT_EXPECT_EQ(test, SEC_E_NO_CREDENTIALS, begin(&c));
	KUNIT_EXPECT_EQ(test, PARAMETER,
			credssp_initialize_security_context(f->cred, NULL, NULL, 0, 0,
							    SECURITY_NATIVE_DREP, NULL, 0,
							    &c.made, &f->output, NULL, NULL));
	KUNIT_EXPECT_EQ(test, TAKEN,
			credssp_initialize_security_context(f->cred, NULL, NULL, 0, 0,
							    SECURITY_NATIVE_DREP, NULL, 0,
							    &c.made, &f->output, &c.attr, NULL));
	c = later_call(test);
	KUNIT_EXPECT_EQ(test, TAKEN, go_on(test, &c));
	c = later_call(test);
	other = c.context;
	c.to = &other;
	KUNIT_EXPECT_EQ(test, TAKEN, go_on(test, &c));
	c = later_call(test);
	other = NULL;
	c.to = &other;
	KUNIT_EXPECT_EQ(test, PARAMETER, go_on(test, &c));
	c = later_call(test);
	c.cred = NULL;
	KUNIT_EXPECT_EQ(test, TAKEN, go_on(test, &c));
	c = later_call(test);
	KUNIT_ASSERT_EQ(test, SEC_E_OK, acquire(SECPKG_CRED_OUTBOUND, "alice", &cred));
	c.cred = cred;
	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_HANDLE, go_on(test, &c));
	credssp_free_credentials_handle(cred);
}

/* Each of the 32 bits alone. */
static void flags(struct kunit *test)
{
	static const u32 known = ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH |
		ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |
		ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION | ISC_REQ_EXTENDED_ERROR |
		ISC_REQ_STREAM | ISC_REQ_INTEGRITY | ISC_REQ_MANUAL_CRED_VALIDATION;
	struct call c = first_call(test);
	s32 want;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		c = first_call(test);
		c.req = BIT(bit);
		want = known & BIT(bit) ? TAKEN : UNSUPPORTED;
		if (BIT(bit) == ISC_REQ_USE_SUPPLIED_CREDS)
			want = SEC_E_NO_CREDENTIALS;
		KUNIT_EXPECT_EQ_MSG(test, want, begin(&c), "bit %d", bit);
	}
	c.req = 0;
	KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	c = first_call(test);
	c.req = known & ~ISC_REQ_CONNECTION;
	KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	c = first_call(test);
	c.req = known & ~ISC_REQ_STREAM;
	KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	c.req = known;
	KUNIT_EXPECT_EQ(test, UNSUPPORTED, begin(&c));
}

static void reserved(struct kunit *test)
{
	static const u32 values[] = { 1, 0x80000000, ~0u };
	struct call c = first_call(test);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		c.reserved1 = values[i];
		KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
		c.reserved1 = 0;
		c.reserved2 = values[i];
		KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
		c.reserved2 = 0;
	}
}

static void data_representations(struct kunit *test)
{
	static const struct {
		u32 value;
		s32 status;
	} rows[] = {
		{ SECURITY_NATIVE_DREP, TAKEN }, { SECURITY_NETWORK_DREP, TAKEN },
		{ 1, PARAMETER }, { 0x20, PARAMETER }, { 0x30, PARAMETER }, { ~0u, PARAMETER },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct call c = first_call(test);

		c.data_rep = rows[i].value;
		KUNIT_EXPECT_EQ(test, rows[i].status, begin(&c));
	}
}

static void descriptors(struct kunit *test)
{
	struct credssp_buffer many[CREDSSP_MAX_BUFFERS + 1] = {};
	struct credssp_buffer_desc bad[] = {
		{ SECBUFFER_VERSION + 1, 0, many },
		{ SECBUFFER_VERSION, ARRAY_SIZE(many), many },
		{ SECBUFFER_VERSION, ~0u, many },
		{ SECBUFFER_VERSION, 1, NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct call c = first_call(test);

		c.input = &bad[i];
		KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
		c = first_call(test);
		c.output = &bad[i];
		KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
	}
}

/* ---- buffers: a letter each --------------------------------------------- */

static const u8 hello[] = { 22, 3, 3, 0, 4, 0, 0, 0, 0 };

/*
 * H: TOKEN with HelloRequest, T: TOKEN of another kind, t: empty TOKEN, E: EMPTY, e:
 * EMPTY with a length, a: EMPTY with an address, R: read-only EMPTY, D: DATA, P:
 * PKG_PARAMS, p: PKG_PARAMS without memory, A: ALERT, r and x: read-only TOKEN and ALERT,
 * L: TOKEN over the limit, N: TOKEN without memory.
 */
static struct credssp_buffer buffer_of(struct kunit *test, char letter, void *p,
				       u32 params_length)
{
	switch (letter) {
	case 'H':
		return (struct credssp_buffer){ SECBUFFER_TOKEN, sizeof(hello),
						virtual(test, hello, sizeof(hello)) };
	case 'T':
		return (struct credssp_buffer){ SECBUFFER_TOKEN, 8, p };
	case 't':
		return (struct credssp_buffer){ SECBUFFER_TOKEN, 0, NULL };
	case 'E':
		return (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
	case 'e':
		return (struct credssp_buffer){ SECBUFFER_EMPTY, 1, NULL };
	case 'a':
		return (struct credssp_buffer){ SECBUFFER_EMPTY, 0, p };
	case 'R':
		return (struct credssp_buffer){ SECBUFFER_EMPTY | SECBUFFER_READONLY, 0, NULL };
	case 'D':
		return (struct credssp_buffer){ SECBUFFER_DATA, 8, p };
	case 'P':
		return (struct credssp_buffer){ SECBUFFER_PKG_PARAMS, params_length, p };
	case 'p':
		return (struct credssp_buffer){ SECBUFFER_PKG_PARAMS, params_length, NULL };
	case 'A':
		return (struct credssp_buffer){ SECBUFFER_ALERT, 64, p };
	case 'r':
		return (struct credssp_buffer){ SECBUFFER_TOKEN | SECBUFFER_READONLY, 8, p };
	case 'x':
		return (struct credssp_buffer){ SECBUFFER_ALERT | SECBUFFER_READONLY, 8, p };
	case 'L':
		return (struct credssp_buffer){ SECBUFFER_TOKEN, CREDSSP_MAX_TOKEN + 1,
						virtual(test, NULL, CREDSSP_MAX_TOKEN + 1) };
	default:
		return (struct credssp_buffer){ SECBUFFER_TOKEN, 8, NULL };
	}
}

/* An identity of a user "a", in virtual memory. */
static void *identity(struct kunit *test, u32 *length)
{
	static const __le16 name = cpu_to_le16('a');
	const struct credssp_acquire args = { .user = &name, .user_length = sizeof(name) };
	void *p = virtual(test, NULL, 256);

	*length = 256;
	KUNIT_ASSERT_EQ(test, SEC_E_OK, credssp_pack_identity(&args, p, length));
	return p;
}

struct row {
	const char *buffers;
	s32 status;
	u32 req;
};

static void run_row(struct kunit *test, const struct row *row, bool later, bool output)
{
	struct call c = later ? later_call(test) : first_call(test);
	struct credssp_buffer b[CREDSSP_MAX_BUFFERS];
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, strlen(row->buffers), b };
	void *p;
	u32 n, i;

	p = identity(test, &n);
	for (i = 0; i < desc.count; i++)
		b[i] = buffer_of(test, row->buffers[i], p, n);
	c.req = row->req;
	if (output)
		c.output = &desc;
	else
		c.input = &desc;
	KUNIT_EXPECT_EQ_MSG(test, row->status, later ? go_on(test, &c) : begin(&c),
			    "\"%s\"", row->buffers);
	KUNIT_EXPECT_NULL(test, c.made);
}

#define SUPPLIED	ISC_REQ_USE_SUPPLIED_CREDS

static void first_inputs(struct kunit *test)
{
	static const struct row rows[] = {
		{ "", TAKEN }, { "HE", TAKEN }, { "P", TAKEN, SUPPLIED },
		{ "HEP", TAKEN, SUPPLIED },
		{ "", SEC_E_NO_CREDENTIALS, SUPPLIED }, { "HE", SEC_E_NO_CREDENTIALS, SUPPLIED },
		{ "P", UNSUPPORTED }, { "HEP", UNSUPPORTED },
		{ "TE", PARAMETER }, { "tE", PARAMETER }, { "H", PARAMETER }, { "EH", PARAMETER },
		{ "E", PARAMETER }, { "EE", PARAMETER }, { "HER", PARAMETER }, { "D", PARAMETER },
		{ "A", PARAMETER }, { "p", PARAMETER, SUPPLIED }, { "PP", PARAMETER, SUPPLIED },
		{ "PHE", PARAMETER, SUPPLIED }, { "PE", PARAMETER, SUPPLIED },
		{ "HEEP", PARAMETER, SUPPLIED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		run_row(test, &rows[i], false, false);
}

static void later_inputs(struct kunit *test)
{
	static const struct row rows[] = {
		{ "TE", TAKEN }, { "tE", TAKEN }, { "HE", TAKEN }, { "tEP", TAKEN, SUPPLIED },
		{ "tEP", UNSUPPORTED },
		{ "", PARAMETER }, { "T", PARAMETER }, { "E", PARAMETER }, { "ET", PARAMETER },
		{ "TT", PARAMETER }, { "EE", PARAMETER }, { "DE", PARAMETER }, { "TD", PARAMETER },
		{ "TEE", PARAMETER }, { "Te", PARAMETER }, { "Ta", PARAMETER },
		{ "NE", PARAMETER }, { "P", PARAMETER, SUPPLIED }, { "TP", PARAMETER, SUPPLIED },
		{ "PTE", PARAMETER, SUPPLIED }, { "LE", SEC_E_INVALID_TOKEN },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		run_row(test, &rows[i], true, false);
}

static void outputs(struct kunit *test)
{
	static const struct row rows[] = {
		{ "T", TAKEN }, { "t", TAKEN }, { "TA", TAKEN }, { "AT", TAKEN }, { "TAE", TAKEN },
		{ "ETE", TAKEN }, { "N", TAKEN, ISC_REQ_ALLOCATE_MEMORY },
		{ "", PARAMETER }, { "A", PARAMETER }, { "E", PARAMETER }, { "D", PARAMETER },
		{ "TT", PARAMETER }, { "TAA", PARAMETER }, { "TD", PARAMETER }, { "TP", PARAMETER },
		{ "N", PARAMETER },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		run_row(test, &rows[i], false, true);
		run_row(test, &rows[i], true, true);
	}
}

/* A READONLY buffer is refused where the call writes. */
static void read_only_buffers(struct kunit *test)
{
	static const struct row in = { "rE", TAKEN }, cannot_tell = { "TR", PARAMETER };
	static const struct row token = { "r", PARAMETER }, alert = { "Tx", PARAMETER };

	run_row(test, &in, true, false);
	run_row(test, &cannot_tell, true, false);
	run_row(test, &token, false, true);
	run_row(test, &alert, false, true);
}

/* A kTLS stream cannot begin an exchange, and an attempt does not harm it. */
static void no_exchange_on_a_stream(struct kunit *test)
{
	static const __le16 lone[] = { cpu_to_le16(0xd800), 0 };
	static const struct {
		bool attached;
		enum cssp_context_state state;
		bool tokens;
	} rows[] = {
		{ true, CSSP_CONTEXT_ESTABLISHED, true },
		{ true, CSSP_CONTEXT_ESTABLISHED, false },
		{ false, CSSP_CONTEXT_EXPORTED, true },
		{ false, CSSP_CONTEXT_EXPORTED, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct call c = later_call(test);

		c.context->attached = rows[i].attached;
		c.context->state = rows[i].state;
		if (!rows[i].tokens)
			c.input = NULL;
		KUNIT_EXPECT_EQ(test, UNSUPPORTED, initialize(&c));
		KUNIT_EXPECT_EQ(test, c.context->state, rows[i].state);
		c.target = virtual(test, lone, sizeof(lone));
		KUNIT_EXPECT_EQ(test, UNSUPPORTED, initialize(&c));
		KUNIT_EXPECT_EQ(test, c.context->state, rows[i].state);
		KUNIT_EXPECT_EQ(test, SEC_E_OK, credssp_delete_security_context(c.context));
	}
}

static void targets(struct kunit *test)
{
	static const __le16 lone[] = { cpu_to_le16('a'), cpu_to_le16(0xd800), 0 };
	struct call c = first_call(test);
	__le16 *endless = virtual(test, NULL, PAGE_SIZE);
	size_t i;

	KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	c = first_call(test);
	c.target = NULL;
	KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	c = first_call(test);
	c.target = wide(test, "");
	KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	c.target = wide(test, "TERMSRV/");
	KUNIT_EXPECT_EQ(test, SEC_E_TARGET_UNKNOWN, begin(&c));
	c.target = wide(test, "TERMSRV/a b");
	KUNIT_EXPECT_EQ(test, SEC_E_TARGET_UNKNOWN, begin(&c));
	c.target = virtual(test, lone, sizeof(lone));
	KUNIT_EXPECT_EQ(test, SEC_E_TARGET_UNKNOWN, begin(&c));
	for (i = 0; i < PAGE_SIZE / sizeof(*endless); i++)
		endless[i] = cpu_to_le16('a');
	c.target = endless;
	KUNIT_EXPECT_EQ(test, SEC_E_TARGET_UNKNOWN, begin(&c));
	KUNIT_EXPECT_NULL(test, c.made);
}

/* Memory from kmalloc() and on the stack is refused, for each pointer of the contract. */
static void virtual_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	u8 on_stack[sizeof(hello)];
	void *places[] = { kunit_kzalloc(test, ROOM, GFP_KERNEL), on_stack };
	size_t i;

	memcpy(on_stack, hello, sizeof(hello));
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		struct call c = first_call(test);

		KUNIT_ASSERT_NOT_NULL(test, places[i]);
		c.target = places[i];
		KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
		c = first_call(test);
		f->token.data = places[i];
		KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
		f->token.data = f->room;
		c = first_call(test);
		c.input = &f->input;
		f->in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, sizeof(hello), places[i] };
		KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
		f->in[0].data = virtual(test, hello, sizeof(hello));
		KUNIT_EXPECT_EQ(test, TAKEN, begin(&c));
	}
}

/* A call on a context with a token that the caller has not taken yet. */
static struct call waiting_call(struct kunit *test, const char *token)
{
	struct call c = later_call(test);

	c.context->state = CSSP_CONTEXT_RUNNING;
	c.context->result = -EAGAIN;
	KUNIT_ASSERT_EQ(test, 0, cssp_vbuf_append(&c.context->output, token, strlen(token)));
	return c;
}

static void allocated_output(struct kunit *test)
{
	struct call c = waiting_call(test, "token");
	struct fixture *f = test->priv;

	f->token.length = 3;
	KUNIT_EXPECT_EQ(test, SEC_E_BUFFER_TOO_SMALL, initialize(&c));
	KUNIT_EXPECT_EQ(test, 5, f->token.length);
	KUNIT_EXPECT_FALSE(test, c.attr & ISC_RET_ALLOCATED_MEMORY);
	c.req = ISC_REQ_ALLOCATE_MEMORY;
	KUNIT_EXPECT_EQ(test, SEC_I_CONTINUE_NEEDED, initialize(&c));
	KUNIT_EXPECT_EQ(test, 5, f->token.length);
	KUNIT_EXPECT_PTR_NE(test, f->token.data, (void *)f->room);
	KUNIT_ASSERT_TRUE(test, is_vmalloc_addr(f->token.data));
	KUNIT_EXPECT_MEMEQ(test, f->token.data, "token", 5);
	KUNIT_EXPECT_TRUE(test, c.attr & ISC_RET_ALLOCATED_MEMORY);
	KUNIT_EXPECT_EQ(test, SEC_E_OK, credssp_free_context_buffer(f->token.data));
	KUNIT_EXPECT_EQ(test, PARAMETER, credssp_free_context_buffer(f));
	KUNIT_EXPECT_EQ(test, SEC_E_OK, credssp_delete_security_context(c.context));
}

static void expiry_is_local_time(struct kunit *test)
{
	int west = sys_tz.tz_minuteswest;
	struct call c = waiting_call(test, "token");

	sys_tz.tz_minuteswest = -120;
	c.context->expiry = cssp_filetime_of_seconds(1000000000);
	KUNIT_EXPECT_EQ(test, SEC_I_CONTINUE_NEEDED, go_on(test, &c));
	KUNIT_EXPECT_EQ(test, c.expiry,
			(1000000000 + 11644473600LL + 7200) * 10000000);
	c = waiting_call(test, "token");
	KUNIT_EXPECT_EQ(test, SEC_I_CONTINUE_NEEDED, go_on(test, &c));
	KUNIT_EXPECT_EQ(test, c.expiry, S64_MAX);
	sys_tz.tz_minuteswest = west;
	KUNIT_EXPECT_EQ(test, cssp_filetime_of_seconds(0), S64_MAX);
	KUNIT_EXPECT_EQ(test, cssp_filetime_of_seconds(U64_MAX), S64_MAX);
}

/* A user at the quota of buffer bytes: neither a target name nor an answer fits. */
static void the_user_pays(struct kunit *test)
{
	struct cred *poor = prepare_creds();
	struct credssp_acquire args = { .use = SECPKG_CRED_OUTBOUND, .cred = poor };
	struct call c = first_call(test);
	struct credssp_report report;
	u32 length = sizeof(report);
	struct cssp_quota *quota;
	long rest;

	KUNIT_ASSERT_NOT_NULL(test, poor);
	poor->euid = KUIDT_INIT(4711);
	poor->cap_effective = CAP_EMPTY_SET;
	KUNIT_ASSERT_EQ(test, SEC_E_OK, credssp_acquire_credentials_handle(&args, &c.cred, NULL));
	KUNIT_ASSERT_EQ(test, 0, cssp_context_create(&c.context, c.cred, &c.cred->who));
	rest = cssp_quota_limit(poor, CSSP_BUFFER_BYTES) - cssp_quota_used(poor, CSSP_BUFFER_BYTES);
	quota = cssp_quota_charge_cred(poor, CSSP_BUFFER_BYTES, rest);
	KUNIT_ASSERT_FALSE(test, IS_ERR(quota));
	KUNIT_EXPECT_EQ(test, SEC_E_INSUFFICIENT_MEMORY,
			credssp_query_context_attributes(c.context, SECPKG_ATTR_CREDSSP_REPORT,
							 &report, &length));
	c.reserved1 = 1;	/* checked after the target */
	KUNIT_EXPECT_EQ(test, SEC_E_INSUFFICIENT_MEMORY, initialize(&c));
	KUNIT_EXPECT_EQ(test, SEC_E_OK, credssp_delete_security_context(c.context));
	c.context = NULL;
	KUNIT_EXPECT_EQ(test, SEC_E_INSUFFICIENT_MEMORY, begin(&c));
	cssp_quota_uncharge(quota, CSSP_BUFFER_BYTES, rest);
	KUNIT_EXPECT_EQ(test, PARAMETER, begin(&c));
	credssp_free_credentials_handle(c.cred);
	put_cred(poor);
}

static struct kunit_case isc_cases[] = {
	KUNIT_CASE(uses),
	KUNIT_CASE(handles),
	KUNIT_CASE(flags),
	KUNIT_CASE(reserved),
	KUNIT_CASE(data_representations),
	KUNIT_CASE(descriptors),
	KUNIT_CASE(first_inputs),
	KUNIT_CASE(later_inputs),
	KUNIT_CASE(outputs),
	KUNIT_CASE(read_only_buffers),
	KUNIT_CASE(no_exchange_on_a_stream),
	KUNIT_CASE(targets),
	KUNIT_CASE(virtual_memory),
	KUNIT_CASE(allocated_output),
	KUNIT_CASE(expiry_is_local_time),
	KUNIT_CASE(the_user_pays),
	{}
};

static struct kunit_suite isc_suite = {
	.name = "credssp_api_isc",
	.init = isc_init,
	.exit = isc_exit,
	.test_cases = isc_cases,
};

kunit_test_suites(&isc_suite);
