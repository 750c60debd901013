// SPDX-License-Identifier: GPL-2.0-only
/* Exchanges that succeed, and the messages and attributes after them. */
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "consumer.h"

#define REQ		(ISC_REQ_DELEGATE | ISC_REQ_CONFIDENTIALITY)
#define HELLO		"hello from a kernel thread"
#define TIMEOUT_MS	60000
#define FILETIME_1970	116444736000000000LL

static void end(struct credssp_cred *cred, struct credssp_context *context,
		struct socket *sock)
{
	if (context)
		credssp_delete_security_context(context);
	if (sock)
		sock_release(sock);
	credssp_free_credentials_handle(cred);
}

static void exchange(struct consumer *c, u32 mech, u32 req)
{
	struct credssp_cred *cred = consumer_acquire(c, mech);
	struct credssp_context *context = NULL;
	struct socket *sock = NULL;

	if (cred)
		context = consumer_exchange(c, cred, req, &sock);
	end(cred, context, sock);
}

void consumer_tokens(struct consumer *c)
{
	exchange(c, CREDSSP_MECH_NTLM, REQ);
}

void consumer_allocated(struct consumer *c)
{
	exchange(c, CREDSSP_MECH_NEGOTIATE, REQ | ISC_REQ_ALLOCATE_MEMORY);
}

/* Seal HELLO into @wire; its length. */
static size_t seal(struct consumer *c, struct credssp_context *context, u8 *wire)
{
	struct credssp_stream_sizes sizes = {};
	u32 length = sizeof(sizes);
	struct credssp_buffer b[4] = { { .type = SECBUFFER_EMPTY } };
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	int i;

	EXPECT_EQ(c, credssp_query_context_attributes(context, SECPKG_ATTR_STREAM_SIZES,
						      &sizes, &length), SEC_E_OK);
	memcpy(wire + sizes.header, HELLO, sizeof(HELLO));
	b[0] = (struct credssp_buffer){ SECBUFFER_STREAM_HEADER, sizes.header, wire };
	b[1] = (struct credssp_buffer){ SECBUFFER_DATA, sizeof(HELLO), wire + sizes.header };
	b[2] = (struct credssp_buffer){ SECBUFFER_STREAM_TRAILER, sizes.trailer,
					wire + sizes.header + sizeof(HELLO) };
	/* the call writes to all three */
	for (i = 0; i < 3; i++) {
		b[i].type |= SECBUFFER_READONLY;
		EXPECT_EQ(c, credssp_encrypt_message(context, 0, &desc, 0),
			  SEC_E_INVALID_PARAMETER);
		b[i].type &= ~SECBUFFER_READONLY;
	}
	/* Without enough room no number is used, and both lengths are set. */
	for (i = 0; i < 3; i += 2) {
		b[i].length--;
		EXPECT_EQ(c, credssp_encrypt_message(context, 0, &desc, 0),
			  SEC_E_BUFFER_TOO_SMALL);
		EXPECT_EQ(c, b[0].length, sizes.header);
		EXPECT_EQ(c, b[2].length, sizes.trailer);
	}
	EXPECT_EQ(c, credssp_encrypt_message(context, 0, &desc, 0), SEC_E_OK);
	EXPECT(c, memcmp(wire + sizes.header, HELLO, sizeof(HELLO)));
	return sizes.header + sizeof(HELLO) + sizes.trailer;
}

/* Only EMPTY buffers may receive the parts of a record. */
static void refuse_full_buffers(struct consumer *c, struct credssp_context *context,
				struct credssp_buffer *b)
{
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	int i;

	for (i = 1; i < 4; i++) {
		b[i] = (struct credssp_buffer){ SECBUFFER_DATA, 1, b[0].data };
		EXPECT_EQ(c, credssp_decrypt_message(context, &desc, 0, NULL),
			  SEC_E_INVALID_PARAMETER);
		EXPECT(c, b[i].type == SECBUFFER_DATA && b[i].data == b[0].data);
		b[i] = (struct credssp_buffer){ .type = SECBUFFER_EMPTY };
	}
}

/* Take records of the peer until one has data, which is HELLO. */
static void open_answer(struct consumer *c, struct credssp_context *context,
			struct socket *sock, u8 *wire)
{
	struct credssp_buffer b[4];
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	int len;

	do {
		memset(b, 0, sizeof(b));
		len = consumer_record(sock, wire, CONSUMER_ROOM);
		EXPECT(c, len > 0);
		if (len <= 0)
			return;
		b[0] = (struct credssp_buffer){ SECBUFFER_DATA, len, wire };
		refuse_full_buffers(c, context, b);
		EXPECT_EQ(c, credssp_decrypt_message(context, &desc, 0, NULL), SEC_E_OK);
	} while (!c->wrong && !b[1].length);
	if (c->wrong)
		return;
	EXPECT_EQ(c, b[1].type, SECBUFFER_DATA);
	EXPECT_EQ(c, b[1].length, sizeof(HELLO));
	EXPECT(c, !memcmp(b[1].data, HELLO, sizeof(HELLO)));
}

void consumer_messages(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	struct credssp_context *context = NULL;
	struct socket *sock = NULL;
	u8 *wire = vmalloc(CONSUMER_ROOM);
	size_t len;

	if (cred && wire)
		context = consumer_exchange(c, cred, REQ, &sock);
	if (context) {
		len = seal(c, context, wire);
		EXPECT_EQ(c, consumer_send(sock, wire, len), 0);
		open_answer(c, context, sock, wire);
	}
	end(cred, context, sock);
	vfree(wire);
}

static void expect_fixed(struct consumer *c, struct credssp_context *context,
			 u32 attribute, void *answer, u32 size)
{
	u32 length = 0;

	EXPECT_EQ(c, credssp_query_context_attributes(context, attribute, NULL, &length),
		  SEC_E_BUFFER_TOO_SMALL);
	EXPECT_EQ(c, length, size);
	EXPECT_EQ(c, credssp_query_context_attributes(context, attribute, answer, &length),
		  SEC_E_OK);
}

/* Local time by sys_tz. */
static s64 now(void)
{
	return ktime_get_real_ns() / 100 + FILETIME_1970 -
	       sys_tz.tz_minuteswest * 600000000LL;
}

void consumer_attributes(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NEGOTIATE);
	struct credssp_context *context = NULL;
	struct credssp_sizes sizes = {};
	struct credssp_lifespan span = {};
	struct {
		struct credssp_session_key head;
		u8 key[16];
	} key = {};
	struct socket *sock = NULL;
	u32 length = 0;

	if (cred)
		context = consumer_exchange(c, cred, REQ, &sock);
	if (context) {
		expect_fixed(c, context, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes));
		EXPECT(c, sizes.security_trailer > 16);
		expect_fixed(c, context, SECPKG_ATTR_LIFESPAN, &span, sizeof(span));
		EXPECT(c, span.start <= now() && span.start > now() - 6000000000LL);
		/* in-kernel callers need no privilege for the session key */
		expect_fixed(c, context, SECPKG_ATTR_SESSION_KEY, &key, sizeof(key));
		EXPECT_EQ(c, key.head.key_length, sizeof(key.key));
		EXPECT(c, memchr_inv(key.key, 0, sizeof(key.key)));
		memzero_explicit(&key, sizeof(key));
		EXPECT_EQ(c, credssp_query_context_attributes(context, 0xffff, NULL, &length),
			  SEC_E_UNSUPPORTED_FUNCTION);
		EXPECT_EQ(c, credssp_query_context_attributes(context, 0, NULL, NULL),
			  SEC_E_INVALID_PARAMETER);
	}
	end(cred, context, sock);
}

void consumer_socket(struct consumer *c)
{
	struct credssp_cred *cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	__le16 *target = consumer_utf16("TERMSRV/localhost");
	struct credssp_report report = {};
	struct socket *sock = NULL;
	char answer[sizeof(HELLO)];
	u32 attr = 0;
	s32 status;

	if (!cred || !target || consumer_connect(c->port, &sock)) {
		EXPECT(c, false);
		goto out;
	}
	status = credssp_authenticate_socket(cred, sock, target, REQ, 0, TIMEOUT_MS, &attr,
					     &report);
	EXPECT_EQ(c, status, SEC_E_OK);
	EXPECT(c, attr & ISC_RET_DELEGATE);
	EXPECT_EQ(c, report.leg, CREDSSP_LEG_ESTABLISHED);
	if (status == SEC_E_OK) {
		EXPECT_EQ(c, consumer_send(sock, HELLO, sizeof(HELLO)), 0);
		/* the buffer of credssp_recv() may be on the stack */
		EXPECT_EQ(c, credssp_recv(sock, answer, sizeof(answer), TIMEOUT_MS),
			  sizeof(answer));
		EXPECT(c, !memcmp(answer, HELLO, sizeof(answer)));
	}
out:
	vfree(target);
	end(cred, NULL, sock);
}
