// SPDX-License-Identifier: GPL-2.0-only
#include "../base/status.h"
#include "isc.h"

/* The flags of the contract, and those that are always on (MS-SSPI names). */
#define ISC_REQ_KNOWN							\
	(ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT |	\
	 ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |		\
	 ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION |			\
	 ISC_REQ_EXTENDED_ERROR | ISC_REQ_STREAM | ISC_REQ_INTEGRITY |	\
	 ISC_REQ_MANUAL_CRED_VALIDATION)

static u32 buffer_type(const struct credssp_buffer *buffer)
{
	return buffer->type & ~SECBUFFER_ATTRMASK;
}

struct credssp_buffer *cssp_door_find(const struct credssp_buffer_desc *desc, u32 type)
{
	u32 i;

	for (i = 0; desc && i < desc->count; i++)
		if (buffer_type(&desc->buffers[i]) == type)
			return &desc->buffers[i];
	return NULL;
}

struct credssp_buffer *cssp_door_output_token(const struct cssp_door_isc *call)
{
	return cssp_door_find(call->output, SECBUFFER_TOKEN);
}

static int check_flags(const struct cssp_door_isc *call)
{
	u32 req = call->isc.context_req;

	if (req & ~ISC_REQ_KNOWN)
		return CSSP_E_UNSUPPORTED;
	if (req & ISC_REQ_CONNECTION && req & ISC_REQ_STREAM)
		return CSSP_E_UNSUPPORTED;
	return 0;
}

static int check_desc(const struct credssp_buffer_desc *desc)
{
	if (!desc)
		return 0;
	if (desc->version != SECBUFFER_VERSION || desc->count > CREDSSP_MAX_BUFFERS)
		return CSSP_E_PARAMETER;
	return desc->count && !desc->buffers ? CSSP_E_PARAMETER : 0;
}

static bool on_socket(const struct credssp_context *context)
{
	return context && context->attached;
}

/* First call: no input.  Later: the server's token, and an empty one for what is left. */
static int check_input(struct cssp_door_isc *call)
{
	const struct credssp_buffer_desc *in = call->input;
	const struct credssp_buffer *token, *empty;

	if (!call->context || on_socket(call->context))
		return in && in->count ? CSSP_E_PARAMETER : 0;
	if (!in || in->count != 2)
		return CSSP_E_PARAMETER;
	token = &in->buffers[0];
	empty = &in->buffers[1];
	if (buffer_type(token) != SECBUFFER_TOKEN ||
	    buffer_type(empty) != SECBUFFER_EMPTY || empty->length || empty->data)
		return CSSP_E_PARAMETER;
	if (token->length > CREDSSP_MAX_TOKEN)
		return CSSP_E_TOO_BIG;
	if (token->length && !token->data)
		return CSSP_E_PARAMETER;
	call->isc.input = cssp_rd_of(token->data, token->length);
	return 0;
}

/* One SECBUFFER_TOKEN; not needed where the module does the sending. */
static int check_output(struct cssp_door_isc *call)
{
	const struct credssp_buffer *token = cssp_door_output_token(call);

	if (on_socket(call->context))
		return 0;
	if (!token || token->type & SECBUFFER_READONLY)
		return CSSP_E_PARAMETER;
	call->isc.room = token->length;
	if (call->isc.context_req & ISC_REQ_ALLOCATE_MEMORY)
		call->isc.room = SIZE_MAX;
	else if (token->length && !token->data)
		return CSSP_E_PARAMETER;
	return 0;
}

static int check_cred(const struct cssp_door_isc *call)
{
	if (!call->context)
		return call->cred ? 0 : CSSP_E_NO_CREDS;
	return !call->cred || call->cred == call->context->cred ? 0 : CSSP_E_HANDLE;
}

static int check(struct cssp_door_isc *call)
{
	int ret;

	if (call->reserved1 || call->reserved2 ||
	    (call->data_rep != SECURITY_NATIVE_DREP &&
	     call->data_rep != SECURITY_NETWORK_DREP))
		return CSSP_E_PARAMETER;
	ret = check_flags(call);
	if (!ret)
		ret = check_desc(call->input);
	if (!ret)
		ret = check_desc(call->output);
	if (!ret)
		ret = check_cred(call);
	if (!ret)
		ret = check_input(call);
	if (!ret)
		ret = check_output(call);
	return ret;
}

/* Tell in the EMPTY buffer what was not used, or what is missing. */
static void update_input(struct cssp_door_isc *call, int ret)
{
	struct credssp_buffer *empty = cssp_door_find(call->input, SECBUFFER_EMPTY);

	if (!empty)
		return;
	if (ret == -ENODATA) {
		empty->type = SECBUFFER_MISSING;
		empty->length = call->isc.missing;
	} else if ((!ret || ret == -EAGAIN || ret == -ENOSPC) && call->isc.extra) {
		empty->type = SECBUFFER_EXTRA;
		empty->length = call->isc.extra;
	}
}

static int first_call(struct cssp_door_isc *call)
{
	struct credssp_context *ctx;
	int ret = cssp_context_create(&ctx, call->cred, call->who);

	if (ret)
		return ret;
	ret = cssp_context_initialize(ctx, &call->isc);
	if (ret && ret != -EAGAIN) {
		/* a failed first call makes no context */
		cssp_context_put(ctx);
		return ret;
	}
	call->new_context = ctx;
	return ret;
}

s32 cssp_door_initialize(struct cssp_door_isc *call)
{
	int ret = check(call);

	if (ret && call->context)
		cssp_context_kill(call->context, ret, &call->isc.token);
	if (!ret)
		ret = call->context ?
		      cssp_context_initialize(call->context, &call->isc) :
		      first_call(call);
	update_input(call, ret);
	return ret == -EAGAIN ? SEC_I_CONTINUE_NEEDED : cssp_status(ret);
}
