// SPDX-License-Identifier: GPL-2.0-only
/* Credentials, single calls and whole exchanges for the tests. */
#include <linux/cred.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/net.h>

#include "consumer.h"

/* Calls of one exchange: TLS, NTLM, binding, and tickets in between. */
#define MAX_LEGS	40

struct credssp_cred *consumer_acquire(struct consumer *c, u32 mechs)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.mechs = mechs,
		.cred = c->user,
		.key = c->key,
	};
	struct credssp_cred *cred = NULL;

	EXPECT_EQ(c, credssp_acquire_credentials_handle(&args, &cred, NULL), SEC_E_OK);
	return cred;
}

s32 consumer_call(struct credssp_cred *cred, struct call *call)
{
	struct credssp_buffer_desc in = { SECBUFFER_VERSION, 2, call->in };
	struct credssp_buffer_desc out = { SECBUFFER_VERSION, 1, &call->out };
	bool first = !call->context;

	return credssp_initialize_security_context(cred, call->context, call->target,
						   call->req, 0, SECURITY_NATIVE_DREP,
						   first ? NULL : &in, 0,
						   first ? &call->context : NULL,
						   &out, &call->attr, NULL);
}

/* Send the token of a call, and prepare the output buffer of the next call. */
static int send_token(struct call *call, struct socket *sock, void *room)
{
	int ret = 0;

	if (call->out.length)
		ret = consumer_send(sock, call->out.data, call->out.length);
	if (call->req & ISC_REQ_ALLOCATE_MEMORY)
		credssp_free_context_buffer(call->out.data);
	call->out = (struct credssp_buffer){ SECBUFFER_TOKEN, CONSUMER_ROOM, room };
	if (call->req & ISC_REQ_ALLOCATE_MEMORY)
		call->out = (struct credssp_buffer){ .type = SECBUFFER_TOKEN };
	return ret;
}

static s32 legs(struct consumer *c, struct credssp_cred *cred, struct call *call,
		struct socket *sock, void *in, void *out)
{
	s32 status = SEC_E_INTERNAL_ERROR;
	int i, len;

	for (i = 0; i < MAX_LEGS; i++) {
		status = consumer_call(cred, call);
		EXPECT_EQ(c, send_token(call, sock, out), 0);
		if (status != SEC_I_CONTINUE_NEEDED || c->wrong)
			break;
		len = consumer_record(sock, in, CONSUMER_ROOM);
		EXPECT(c, len > 0);
		if (len <= 0)
			break;
		call->in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, len, in };
		call->in[1] = (struct credssp_buffer){ .type = SECBUFFER_EMPTY };
	}
	return status;
}

struct credssp_context *consumer_exchange(struct consumer *c, struct credssp_cred *cred,
					  u32 req, struct socket **sock)
{
	void *in = vmalloc(CONSUMER_ROOM), *out = vmalloc(CONSUMER_ROOM);
	__le16 *target = consumer_utf16("TERMSRV/localhost");
	struct call call = { .target = target, .req = req };
	s32 status = SEC_E_INSUFFICIENT_MEMORY;
	int ret;

	*sock = NULL;
	call.out = (struct credssp_buffer){ SECBUFFER_TOKEN, CONSUMER_ROOM, out };
	if (req & ISC_REQ_ALLOCATE_MEMORY)
		call.out = (struct credssp_buffer){ .type = SECBUFFER_TOKEN };
	ret = consumer_connect(c->port, sock);
	EXPECT_EQ(c, ret, 0);
	if (!ret && in && out && target)
		status = legs(c, cred, &call, *sock, in, out);
	EXPECT_EQ(c, status, SEC_E_OK);
	if (status != SEC_E_OK && call.context) {
		credssp_delete_security_context(call.context);
		call.context = NULL;
	}
	if (status == SEC_E_OK)
		EXPECT(c, call.attr & ISC_RET_CONFIDENTIALITY);
	vfree(in);
	vfree(out);
	vfree(target);
	return call.context;
}
