// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rule of virtual memory: each byte of a kernel caller's target names and buffers
 * must be in vmalloc()'s range.
 */
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "consumer.h"

#define SIZE	64

/* Memory of the module itself, which the rule excludes. */
static u8 fixed[SIZE];

enum place {
	IN_POOL,
	ON_STACK,
	IN_MODULE,
	FIRST_BYTE_OUTSIDE,
	LAST_BYTE_OUTSIDE,
	PLACES
};

/**
 * struct places - memory that the rule excludes
 * @p: by enum place; the module must not read it
 * @on_stack: memory on the stack, as the whole structure is
 */
struct places {
	void *p[PLACES];
	u8 on_stack[SIZE];
};

static bool places_init(struct consumer *c, struct places *m)
{
	m->p[IN_POOL] = kzalloc(SIZE, GFP_KERNEL);
	m->p[ON_STACK] = m->on_stack;
	m->p[IN_MODULE] = fixed;
	m->p[FIRST_BYTE_OUTSIDE] = (void *)(VMALLOC_START - 1);
	m->p[LAST_BYTE_OUTSIDE] = (void *)(VMALLOC_END - 1);
	memset(m->on_stack, 0, sizeof(m->on_stack));
	EXPECT(c, m->p[IN_POOL]);
	return m->p[IN_POOL];
}

static void places_free(struct places *m)
{
	kfree(m->p[IN_POOL]);
}

void consumer_pool_target(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	struct places m;
	int i;

	if (!cred || !places_init(c, &m))
		return;
	for (i = 0; i < PLACES; i++) {
		struct call call = {
			.target = m.p[i],
			.req = ISC_REQ_ALLOCATE_MEMORY,
			.out.type = SECBUFFER_TOKEN,
		};

		EXPECT_EQ(c, consumer_call(cred, &call), SEC_E_INVALID_PARAMETER);
		EXPECT(c, !call.context);
	}
	places_free(&m);
	credssp_free_credentials_handle(cred);
}

static s32 call_with_target(struct credssp_cred *cred, const __le16 *target)
{
	struct call call = {
		.target = target,
		.req = ISC_REQ_ALLOCATE_MEMORY,
		.out.type = SECBUFFER_TOKEN,
	};
	s32 status = consumer_call(cred, &call);

	credssp_free_context_buffer(call.out.data);
	if (call.context)
		credssp_delete_security_context(call.context);
	return status;
}

void consumer_bad_targets(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	size_t units = 2 * PAGE_SIZE / sizeof(__le16), i;
	__le16 *name = vmalloc(units * sizeof(*name));

	if (!cred || !name)
		goto out;
	/* no NUL before the limit, nor before the end of the memory */
	for (i = 0; i < units; i++)
		name[i] = cpu_to_le16('x');
	EXPECT_EQ(c, call_with_target(cred, name), SEC_E_TARGET_UNKNOWN);
	EXPECT_EQ(c, call_with_target(cred, name + units - 1), SEC_E_TARGET_UNKNOWN);
	/* half of a surrogate pair */
	name[1] = cpu_to_le16(0xd83d);
	name[2] = 0;
	EXPECT_EQ(c, call_with_target(cred, name), SEC_E_TARGET_UNKNOWN);
	name[1] = cpu_to_le16(' ');
	EXPECT_EQ(c, call_with_target(cred, name), SEC_E_TARGET_UNKNOWN);
out:
	vfree(name);
	credssp_free_credentials_handle(cred);
}

static struct credssp_cred *password(struct consumer *c)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.cred = c->user,
		.user = "a\0l\0i\0c\0e\0",
		.user_length = 10,
	};
	struct credssp_cred *cred = NULL;

	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL), SEC_E_OK);
	return cred;
}

/* The target name as the module has read it. */
static void expect_target(struct consumer *c, struct credssp_context *context,
			  const char *want)
{
	struct credssp_native_names *names = kzalloc(SIZE * 2, GFP_KERNEL);
	u32 length = SIZE * 2;

	if (!names)
		return;
	EXPECT_EQ(c, credssp_query_context_attributes(context, SECPKG_ATTR_NATIVE_NAMES,
						      names, &length), SEC_E_OK);
	EXPECT_EQ(c, names->server_length, strlen(want));
	if (names->server_offset + names->server_length < length)
		EXPECT(c, !strcmp((char *)names + names->server_offset, want));
	kfree(names);
}

void consumer_utf16_target(struct consumer *c)
{
	static const u16 units[] = {
		'H', 'T', 'T', 'P', '/', 'h', '/', 0xf6, 0x20ac, 0xd83d, 0xde00, 0
	};
	/* without it the host goes up to the end, and must be ASCII */
	const size_t second_slash = 6;
	struct credssp_cred *cred = password(c);
	struct call call = { .req = ISC_REQ_ALLOCATE_MEMORY, .out.type = SECBUFFER_TOKEN };
	__le16 *name = vmalloc(sizeof(units));
	size_t i;

	if (!cred || !name)
		goto out;
	for (i = 0; i < ARRAY_SIZE(units); i++)
		name[i] = cpu_to_le16(units[i]);
	call.target = name;
	EXPECT_EQ(c, consumer_call(cred, &call), SEC_I_CONTINUE_NEEDED);
	if (call.context) {
		expect_target(c, call.context,
			      "HTTP/h/\xc3\xb6\xe2\x82\xac\xf0\x9f\x98\x80");
		credssp_delete_security_context(call.context);
	}
	credssp_free_context_buffer(call.out.data);
	name[second_slash] = cpu_to_le16('x');
	EXPECT_EQ(c, call_with_target(cred, name), SEC_E_TARGET_UNKNOWN);
out:
	vfree(name);
	credssp_free_credentials_handle(cred);
}

void consumer_first_buffers(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	__le16 *target = consumer_utf16("TERMSRV/localhost");
	struct places m;
	int i;

	if (!cred || !target || !places_init(c, &m))
		return;
	for (i = 0; i < PLACES; i++) {
		struct call call = {
			.target = target,
			.out = { SECBUFFER_TOKEN, SIZE, m.p[i] },
		};

		EXPECT_EQ(c, consumer_call(cred, &call), SEC_E_INVALID_PARAMETER);
		EXPECT(c, !call.context);
	}
	places_free(&m);
	vfree(target);
	credssp_free_credentials_handle(cred);
}

/* A context after its first call, and a second call with @in and @out. */
static void second_call(struct consumer *c, struct credssp_cred *cred,
			const __le16 *target, void *in, void *out)
{
	struct call call = {
		.target = target,
		.req = ISC_REQ_ALLOCATE_MEMORY,
		.out.type = SECBUFFER_TOKEN,
	};
	struct credssp_report report;
	u32 length = sizeof(report);

	EXPECT_EQ(c, consumer_call(cred, &call), SEC_I_CONTINUE_NEEDED);
	credssp_free_context_buffer(call.out.data);
	if (!call.context)
		return;
	call.req = 0;
	call.in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, SIZE, in };
	call.out = (struct credssp_buffer){ SECBUFFER_TOKEN, SIZE, out };
	EXPECT_EQ(c, consumer_call(cred, &call), SEC_E_INVALID_PARAMETER);
	call.out.length = SIZE;	/* the first call may have set it to 0 */
	EXPECT_EQ(c, consumer_call(cred, &call), SEC_E_INVALID_PARAMETER);
	EXPECT_EQ(c, credssp_query_context_attributes(call.context,
						      SECPKG_ATTR_CREDSSP_REPORT,
						      &report, &length), SEC_E_OK);
	EXPECT_EQ(c, report.reason, CREDSSP_REASON_PARAMETER);
	EXPECT_EQ(c, credssp_delete_security_context(call.context), SEC_E_OK);
}

void consumer_later_buffers(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	__le16 *target = consumer_utf16("TERMSRV/localhost");
	void *good = vzalloc(SIZE);
	struct places m;
	int i;

	if (!cred || !target || !good || !places_init(c, &m))
		return;
	for (i = 0; i < PLACES; i++) {
		second_call(c, cred, target, m.p[i], good);
		second_call(c, cred, target, good, m.p[i]);
	}
	/* a length without memory is refused as well */
	second_call(c, cred, target, good, NULL);
	places_free(&m);
	vfree(good);
	vfree(target);
	credssp_free_credentials_handle(cred);
}

/* All four buffers are in virtual memory, except number @bad. */
static void refused(struct consumer *c, struct credssp_context *context, void *good,
		    void *bad_place, int bad)
{
	struct credssp_buffer b[4] = {
		{ SECBUFFER_STREAM_HEADER, SIZE, good },
		{ SECBUFFER_DATA, SIZE, good },
		{ SECBUFFER_STREAM_TRAILER, SIZE, good },
		{ .type = SECBUFFER_EMPTY },
	};
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };

	b[bad].data = bad_place;
	EXPECT_EQ(c, credssp_encrypt_message(context, 0, &desc, 0),
		  SEC_E_INVALID_PARAMETER);
	b[0] = (struct credssp_buffer){ SECBUFFER_DATA, SIZE, bad_place };
	b[1] = (struct credssp_buffer){ .type = SECBUFFER_EMPTY };
	b[2] = b[1];
	EXPECT_EQ(c, credssp_decrypt_message(context, &desc, 0, NULL),
		  SEC_E_INVALID_PARAMETER);
}

void consumer_message_buffers(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	struct credssp_stream_sizes sizes;
	struct credssp_context *context;
	struct socket *sock = NULL;
	u32 length = sizeof(sizes);
	void *good = vzalloc(SIZE);
	struct places m;
	int i, bad;

	if (!cred || !good || !places_init(c, &m))
		return;
	context = consumer_exchange(c, cred, ISC_REQ_DELEGATE, &sock);
	for (i = 0; context && i < PLACES; i++)
		for (bad = 0; bad < 3; bad++)
			refused(c, context, good, m.p[i], bad);
	if (context) {
		EXPECT_EQ(c, credssp_query_context_attributes(context,
							      SECPKG_ATTR_STREAM_SIZES,
							      &sizes, &length), SEC_E_OK);
		credssp_delete_security_context(context);
	}
	if (sock)
		sock_release(sock);
	places_free(&m);
	vfree(good);
	credssp_free_credentials_handle(cred);
}
