// SPDX-License-Identifier: GPL-2.0-only
#include "../base/filetime.h"
#include "../base/status.h"
#include "../wire/tls_record.h"
#include "isc.h"

/* The flags of the contract, and those that are always on (MS-SSPI names). */
#define ISC_REQ_KNOWN							\
	(ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT |	\
	 ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |		\
	 ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_ALLOCATE_MEMORY |		\
	 ISC_REQ_CONNECTION |						\
	 ISC_REQ_EXTENDED_ERROR | ISC_REQ_STREAM | ISC_REQ_INTEGRITY |	\
	 ISC_REQ_MANUAL_CRED_VALIDATION)

/*
 * What SSPI knows for NTLM and Negotiate.  What they cannot do is not refused but
 * missing from the attributes, as there: delegation, a server that is proven.
 */
#define ISC_REQ_INNER							\
	(ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT |	\
	 ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |		\
	 ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION |			\
	 ISC_REQ_EXTENDED_ERROR | ISC_REQ_INTEGRITY)

static u32 buffer_type(const struct credssp_buffer *buffer)
{
	return buffer->type & ~SECBUFFER_ATTRMASK;
}

struct credssp_buffer *cssp_isc_find_buffer(const struct credssp_buffer_desc *desc, u32 type)
{
	u32 i;

	for (i = 0; desc && i < desc->count; i++)
		if (buffer_type(&desc->buffers[i]) == type)
			return &desc->buffers[i];
	return NULL;
}

/* An alert is what a failure leaves; the statuses that lose nothing are none. */
static bool is_failure(s32 status)
{
	return status < 0 && status != SEC_E_INCOMPLETE_MESSAGE &&
	       status != SEC_E_BUFFER_TOO_SMALL;
}

struct credssp_buffer *cssp_isc_place_output(struct cssp_isc_call *call, s32 status)
{
	struct credssp_buffer *token = cssp_isc_find_buffer(call->output, SECBUFFER_TOKEN);
	struct credssp_buffer *alert = cssp_isc_find_buffer(call->output, SECBUFFER_ALERT);
	struct credssp_buffer *chosen = alert && is_failure(status) ? alert : token;
	struct credssp_buffer *other = chosen == alert ? token : alert;

	if (other) {
		other->length = 0;
		if (call->isc.context_req & ISC_REQ_ALLOCATE_MEMORY)
			other->data = NULL;
	}
	/* the call was refused because of it, and its alert does not go there */
	if (chosen && chosen->type & SECBUFFER_READONLY) {
		chosen->length = 0;
		return NULL;
	}
	return chosen;
}

/* Is it for a package without TLS around it? */
static bool is_inner(const struct cssp_isc_call *call)
{
	if (call->context)
		return cssp_context_package(call->context) != CREDSSP_PACKAGE_CREDSSP;
	return call->cred && call->cred->package != CREDSSP_PACKAGE_CREDSSP;
}

static int check_flags(const struct cssp_isc_call *call)
{
	u32 req = call->isc.context_req;

	if (is_inner(call))
		return req & ~ISC_REQ_INNER ? CSSP_E_UNSUPPORTED : 0;
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

/*
 * The server's bytes, and an empty buffer for what is left of them, of which the
 * inner packages have no need: @empty may be NULL.
 */
static int check_token(struct cssp_isc_call *call, const struct credssp_buffer *token,
		       const struct credssp_buffer *empty)
{
	if (buffer_type(token) != SECBUFFER_TOKEN)
		return CSSP_E_PARAMETER;
	if (empty && (buffer_type(empty) != SECBUFFER_EMPTY || empty->length ||
		      empty->data || empty->type & SECBUFFER_READONLY))
		return CSSP_E_PARAMETER;
	if (token->length > CREDSSP_MAX_TOKEN)
		return CSSP_E_TOO_BIG;
	if (token->length && !token->data)
		return CSSP_E_PARAMETER;
	call->isc.input = cssp_rd_of(token->data, token->length);
	if (call->context)
		return 0;
	/* Only a server that asks for it may be heard before the client. */
	if (is_inner(call) || !cssp_tls_is_hello_request(&call->isc.input))
		return CSSP_E_PARAMETER;
	call->isc.input = (struct cssp_rd){};
	return 0;
}

/* USE_SUPPLIED_CREDS: the identity comes in the last of the buffers. */
static int check_identity(struct cssp_isc_call *call, const struct credssp_buffer *params)
{
	struct cssp_rd rd;

	if (!(call->isc.context_req & ISC_REQ_USE_SUPPLIED_CREDS))
		return CSSP_E_UNSUPPORTED;
	if (!params->data)
		return CSSP_E_PARAMETER;
	rd = cssp_rd_of(params->data, params->length);
	call->isc.identity = &call->identity;
	return cssp_identity_unpack(&call->identity, &rd);
}

/*
 * TOKEN and EMPTY on later calls, or when the server began; neither on an
 * attached socket.  On the call that begins an exchange PKG_PARAMS may follow.
 */
static int check_input(struct cssp_isc_call *call)
{
	const struct credssp_buffer_desc *in = call->input;
	const struct credssp_buffer *params = cssp_isc_find_buffer(in, SECBUFFER_PKG_PARAMS);
	u32 count = in ? in->count : 0;
	int ret = 0;

	if (params && params != &in->buffers[--count])
		return CSSP_E_PARAMETER;
	if (count == 2 && !on_socket(call->context))
		ret = check_token(call, &in->buffers[0], &in->buffers[1]);
	else if (count == 1 && is_inner(call))
		ret = check_token(call, &in->buffers[0], NULL);
	else if (count || (call->context && !on_socket(call->context)))
		ret = CSSP_E_PARAMETER;
	if (!ret && params)
		ret = check_identity(call, params);
	return ret;
}

/* One TOKEN and at most one ALERT, both to be written; anything else is EMPTY. */
static int check_output_types(const struct credssp_buffer_desc *out)
{
	u32 tokens = 0, alerts = 0, i;

	for (i = 0; out && i < out->count; i++) {
		switch (buffer_type(&out->buffers[i])) {
		case SECBUFFER_TOKEN:
			tokens++;
			break;
		case SECBUFFER_ALERT:
			alerts++;
			break;
		case SECBUFFER_EMPTY:
			continue;
		default:
			return CSSP_E_PARAMETER;
		}
		if (out->buffers[i].type & SECBUFFER_READONLY)
			return CSSP_E_PARAMETER;
	}
	return tokens > 1 || alerts > 1 ? CSSP_E_PARAMETER : 0;
}

static bool has_room(const struct cssp_isc_call *call, const struct credssp_buffer *buffer)
{
	return !buffer || !buffer->length || buffer->data ||
	       call->isc.context_req & ISC_REQ_ALLOCATE_MEMORY;
}

/* No token is needed where the module does the sending. */
static int check_output(struct cssp_isc_call *call)
{
	const struct credssp_buffer *token = cssp_isc_find_buffer(call->output, SECBUFFER_TOKEN);
	const struct credssp_buffer *alert = cssp_isc_find_buffer(call->output, SECBUFFER_ALERT);
	int ret = check_output_types(call->output);

	if (ret)
		return ret;
	if (!has_room(call, token) || !has_room(call, alert))
		return CSSP_E_PARAMETER;
	if (on_socket(call->context))
		return 0;
	if (!token)
		return CSSP_E_PARAMETER;
	call->isc.room = call->isc.context_req & ISC_REQ_ALLOCATE_MEMORY ? SIZE_MAX :
									   token->length;
	return 0;
}

/* Which one a later call may bring, only the context knows. */
static int check_cred(struct cssp_isc_call *call)
{
	call->isc.cred = call->cred;
	return call->context || call->cred ? 0 : CSSP_E_NO_CREDS;
}

static int check(struct cssp_isc_call *call)
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

/*
 * A kTLS stream cannot begin an exchange again.  That is said before the arguments
 * are looked at, and changes nothing.
 */
static int check_time(struct credssp_context *ctx)
{
	int ret;

	if (!ctx)
		return 0;
	ret = cssp_context_lock(ctx);
	if (ret)
		return ret;
	if (ctx->state == CSSP_CONTEXT_EXPORTED ||
	    (ctx->attached && ctx->state == CSSP_CONTEXT_ESTABLISHED))
		ret = CSSP_E_UNSUPPORTED;
	cssp_context_unlock(ctx);
	return ret;
}

int cssp_isc_refuse(struct credssp_context *ctx, int err)
{
	int ret = check_time(ctx);

	if (ret)
		return ret;
	if (ctx)
		cssp_context_kill(ctx, err, NULL);
	return err;
}

/* Tell in the EMPTY buffer what was not used, or what is missing. */
static void update_input(struct cssp_isc_call *call, int ret)
{
	struct credssp_buffer *empty = cssp_isc_find_buffer(call->input, SECBUFFER_EMPTY);

	if (!empty)
		return;
	if (ret == -ENODATA) {
		empty->type = SECBUFFER_MISSING;
		empty->length = call->isc.missing;
	} else if (call->isc.extra && (!ret || ret == -EAGAIN || ret == -ENOSPC ||
				       ret == CSSP_E_CERT_WANTED)) {
		empty->type = SECBUFFER_EXTRA;
		empty->length = call->isc.extra;
	}
}

static int first_call(struct cssp_isc_call *call)
{
	struct credssp_context *ctx;
	int ret = cssp_context_create(&ctx, call->cred, call->who);

	if (ret)
		return ret;
	if (call->keep_key)
		cssp_context_keep_key(ctx);
	ret = cssp_context_initialize(ctx, &call->isc);
	if (ret && ret != -EAGAIN) {
		/* a failed first call makes no context */
		cssp_context_put(ctx);
		return ret;
	}
	call->new_context = ctx;
	return ret;
}

static int initialize(struct cssp_isc_call *call)
{
	int ret = check_time(call->context);

	if (ret)
		return ret;
	ret = check(call);
	if (ret && call->context)
		cssp_context_kill(call->context, ret, &call->isc.token);
	if (ret)
		return ret;
	return call->context ? cssp_context_initialize(call->context, &call->isc) :
			       first_call(call);
}

s32 cssp_isc_call(struct cssp_isc_call *call)
{
	int ret;

	call->isc.expiry = CSSP_FILETIME_NEVER;
	ret = initialize(call);
	update_input(call, ret);
	cssp_identity_free(&call->identity);
	return ret == -EAGAIN ? SEC_I_CONTINUE_NEEDED : cssp_status(ret);
}
