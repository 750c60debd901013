// SPDX-License-Identifier: GPL-2.0-only
/*
 * InitializeSecurityContext (CredSSP) and, with asc.c, AcceptSecurityContext: checks of the
 * arguments, then one leg.
 */
#include "../base/filetime.h"
#include "../base/status.h"
#include "../mech/bindings.h"
#include "../wire/tls_record.h"
#include "asc.h"

static u32 isc_buffer_type(const struct credssp_buffer *buffer)
{
	return buffer->type & ~SECBUFFER_ATTRMASK;
}

struct credssp_buffer *cssp_isc_find_buffer(const struct credssp_buffer_desc *desc, u32 type)
{
	u32 i;

	for (i = 0; desc && i < desc->count; i++)
		if (isc_buffer_type(&desc->buffers[i]) == type)
			return &desc->buffers[i];
	return NULL;
}

static bool isc_allocates(const struct cssp_isc_call *call)
{
	return call->isc.context_req & ISC_REQ_ALLOCATE_MEMORY;
}

static bool isc_is_attached(const struct cssp_isc_call *call)
{
	return call->context && cssp_context_is_attached(call->context);
}

/* A call that may begin an exchange without a token of the peer. An acceptor's never does. */
static bool isc_is_first(const struct cssp_isc_call *call)
{
	if (call->asc)
		return false;
	return !call->context || cssp_context_awaits_first(call->context);
}

/* Without context and credential the call fails, by the rules of CredSSP. */
static const struct cssp_package *isc_package(const struct cssp_isc_call *call)
{
	u32 package = CREDSSP_PACKAGE_CREDSSP;

	if (call->context)
		package = cssp_context_package(call->context);
	else if (call->cred)
		package = call->cred->package;
	return cssp_package(package);
}

static int isc_check_reserved(const struct cssp_isc_call *call)
{
	if (call->reserved1 || call->reserved2)
		return CSSP_E_PARAMETER;
	if (call->data_rep != SECURITY_NATIVE_DREP && call->data_rep != SECURITY_NETWORK_DREP)
		return CSSP_E_PARAMETER;
	return 0;
}

static int isc_check_flags(const struct cssp_isc_call *call)
{
	u32 req = call->isc.context_req;
	u32 known = call->asc ? call->package->asc_flags : call->package->isc_flags;
	u32 stream = call->asc ? ASC_REQ_STREAM : ISC_REQ_STREAM;

	if (req & ~known)
		return CSSP_E_UNSUPPORTED;
	if (req & ISC_REQ_CONNECTION && req & stream)
		return CSSP_E_UNSUPPORTED;
	return 0;
}

static int isc_check_desc(const struct credssp_buffer_desc *desc)
{
	if (!desc)
		return 0;
	if (desc->version != SECBUFFER_VERSION || desc->count > CREDSSP_MAX_BUFFERS)
		return CSSP_E_PARAMETER;
	return desc->count && !desc->buffers ? CSSP_E_PARAMETER : 0;
}

/* The context checks the credential of a later call: which one fits depends on its state. */
static int isc_check_cred(struct cssp_isc_call *call)
{
	call->isc.cred = call->cred;
	if (call->context)
		return 0;
	return call->cred && call->cred->acceptor == !!call->asc ? 0 : CSSP_E_NO_CREDS;
}

/* An EMPTY buffer that can come back as EXTRA or MISSING. */
static bool isc_is_empty(const struct credssp_buffer *buffer)
{
	return isc_buffer_type(buffer) == SECBUFFER_EMPTY && !buffer->length &&
	       !buffer->data && !(buffer->type & SECBUFFER_READONLY);
}

/*
 * The peer's token, which becomes the input of the exchange.  With CREDSSP only a TLS
 * HelloRequest is allowed on a first call, by which a server asks the client to begin;
 * the exchange has no use for it.
 */
static int isc_check_token(struct cssp_isc_call *call, const struct credssp_buffer *token)
{
	struct cssp_rd rd;

	if (isc_buffer_type(token) != SECBUFFER_TOKEN)
		return CSSP_E_PARAMETER;
	if (token->length > CREDSSP_MAX_TOKEN)
		return CSSP_E_TOO_BIG;
	if (token->length && !token->data)
		return CSSP_E_PARAMETER;
	rd = cssp_rd_of(token->data, token->length);
	if (!isc_is_first(call) || call->package->server_first) {
		call->isc.input = rd;
		return 0;
	}
	return call->package->tls && cssp_tls_is_hello_request(&rd) ? 0 : CSSP_E_PARAMETER;
}

/*
 * @count buffers for the peer's token: a TOKEN, and an EMPTY for what is left of it.
 * A package whose tokens are whole messages needs no EMPTY.
 */
static int isc_check_token_buffers(struct cssp_isc_call *call, u32 count)
{
	const struct credssp_buffer *buffers = call->input ? call->input->buffers : NULL;
	bool attached = isc_is_attached(call);

	if (!count)
		return isc_is_first(call) || attached ? 0 : CSSP_E_PARAMETER;
	if (count > 2 || (count == 2 && attached) || (count == 1 && call->package->tls))
		return CSSP_E_PARAMETER;
	if (count == 2 && !isc_is_empty(&buffers[1]))
		return CSSP_E_PARAMETER;
	return isc_check_token(call, &buffers[0]);
}

/* USE_SUPPLIED_CREDS: the identity comes in a PKG_PARAMS buffer. */
static int isc_check_identity(struct cssp_isc_call *call, const struct credssp_buffer *params)
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

/* Channel bindings are for the inner packages: pubKeyAuth is what binds CredSSP. */
static int isc_check_bindings(struct cssp_isc_call *call, const struct credssp_buffer *buffer)
{
	struct cssp_rd rd;

	if (call->package->tls || !buffer->data)
		return CSSP_E_PARAMETER;
	rd = cssp_rd_of(buffer->data, buffer->length);
	call->isc.bindings = call->bindings;
	return cssp_bindings_digest(&rd, call->bindings);
}

/* The last buffer, on the call that begins an exchange: what the caller supplies to it */
static int isc_check_supplied(struct cssp_isc_call *call, const struct credssp_buffer *buffer)
{
	return isc_buffer_type(buffer) == SECBUFFER_PKG_PARAMS ?
	       isc_check_identity(call, buffer) : isc_check_bindings(call, buffer);
}

/*
 * The buffers of the peer's token on later calls, or where the server begins; none of
 * them on an attached socket.  On the call that begins an exchange PKG_PARAMS or
 * CHANNEL_BINDINGS may follow as the last one: no package has both.
 */
static int isc_check_input(struct cssp_isc_call *call)
{
	const struct credssp_buffer_desc *in = call->input;
	const struct credssp_buffer *supplied =
		cssp_isc_find_buffer(in, SECBUFFER_PKG_PARAMS) ?:
		cssp_isc_find_buffer(in, SECBUFFER_CHANNEL_BINDINGS);
	u32 count = in ? in->count : 0;
	int ret;

	if (supplied && supplied != &in->buffers[--count])
		return CSSP_E_PARAMETER;
	ret = isc_check_token_buffers(call, count);
	if (ret)
		return ret;
	return supplied ? isc_check_supplied(call, supplied) : 0;
}

/* At most one TOKEN and one ALERT, both writable; any other buffer is EMPTY. */
static int isc_check_output_types(const struct credssp_buffer_desc *out)
{
	u32 tokens = 0, alerts = 0, i;

	for (i = 0; out && i < out->count; i++) {
		switch (isc_buffer_type(&out->buffers[i])) {
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

/* Memory behind the room that the caller says to have. */
static bool isc_has_memory(const struct cssp_isc_call *call, const struct credssp_buffer *buffer)
{
	return !buffer || !buffer->length || buffer->data || isc_allocates(call);
}

/* On an attached socket the module sends, and no TOKEN is needed. */
static int isc_check_output(struct cssp_isc_call *call)
{
	const struct credssp_buffer *token = cssp_isc_find_buffer(call->output, SECBUFFER_TOKEN);
	const struct credssp_buffer *alert = cssp_isc_find_buffer(call->output, SECBUFFER_ALERT);
	int ret;

	ret = isc_check_output_types(call->output);
	if (ret)
		return ret;
	if (!isc_has_memory(call, token) || !isc_has_memory(call, alert))
		return CSSP_E_PARAMETER;
	if (isc_is_attached(call))
		return 0;
	if (!token)
		return CSSP_E_PARAMETER;
	call->isc.room = isc_allocates(call) ? SIZE_MAX : token->length;
	return 0;
}

/* The order decides which status a call with several faults gets. */
static int isc_check(struct cssp_isc_call *call)
{
	int ret;

	ret = isc_check_reserved(call);
	if (ret)
		return ret;
	ret = isc_check_flags(call);
	if (ret)
		return ret;
	ret = isc_check_desc(call->input);
	if (ret)
		return ret;
	ret = isc_check_desc(call->output);
	if (ret)
		return ret;
	ret = isc_check_cred(call);
	if (ret)
		return ret;
	ret = isc_check_input(call);
	if (ret)
		return ret;
	return isc_check_output(call);
}

int cssp_isc_refuse(struct credssp_context *ctx, int err)
{
	return ctx ? cssp_context_refuse(ctx, err, NULL) : err;
}

static u32 isc_reason(struct credssp_context *ctx)
{
	struct credssp_report report;

	return cssp_context_report(ctx, &report) ? CREDSSP_REASON_NONE : report.reason;
}

/*
 * An acceptor's first call keeps its context where it has a token to send: the reason of the
 * failure, or the answer that did not fit. It must not use the client's token twice.
 */
static bool isc_keeps_context(const struct cssp_isc_call *call, int ret)
{
	if (!ret || ret == -EAGAIN)
		return true;
	return call->asc && (ret == -ENOSPC || call->isc.token.len);
}

/* A first call that fails makes no context.  Of its report the caller gets the reason. */
static int isc_first(struct cssp_isc_call *call)
{
	struct credssp_context *ctx;
	int ret;

	ret = isc_check(call);
	if (!ret && call->asc)
		ret = cssp_asc_check_first(call);
	if (ret)
		return ret;
	ret = cssp_context_create(&ctx, call->cred, call->who);
	if (ret)
		return ret;
	if (call->keep_key)
		cssp_context_keep_key(ctx);
	if (call->asc)
		cssp_asc_set_options(call);
	ret = cssp_context_initialize(ctx, &call->isc);
	if (!isc_keeps_context(call, ret)) {
		call->reason = isc_reason(ctx);
		cssp_context_put(ctx);
		return ret;
	}
	call->new_context = ctx;
	return ret;
}

/*
 * Check the state before the arguments. On a kTLS stream the call fails in any case, and
 * wrong arguments must not kill the stream.
 */
static int isc_later(struct cssp_isc_call *call)
{
	int ret;

	/* The other call's context; as if its handle were unknown. */
	if (cssp_context_is_acceptor(call->context) != !!call->asc)
		return CSSP_E_HANDLE;
	ret = cssp_context_check_exchange(call->context);
	if (ret)
		return ret;
	ret = isc_check(call);
	if (!ret && call->asc)
		ret = cssp_asc_check_options(call);
	if (ret)
		return cssp_context_refuse(call->context, ret, &call->isc.token);
	if (call->asc)
		cssp_asc_set_options(call);
	return cssp_context_initialize(call->context, &call->isc);
}

/* A failure is the end of the exchange; the results below are not. */
static bool isc_is_failure(int ret)
{
	switch (ret) {
	case 0:
	case -EAGAIN:
	case -ENODATA:
	case -ENOSPC:
	case CSSP_E_CERT_WANTED:
		return false;
	default:
		return true;
	}
}

/* The EMPTY buffer of the input says how many bytes are missing, or were not used. */
static void isc_update_input(struct cssp_isc_call *call, int ret)
{
	struct credssp_buffer *empty = cssp_isc_find_buffer(call->input, SECBUFFER_EMPTY);

	if (!empty || isc_is_failure(ret))
		return;
	if (ret == -ENODATA) {
		empty->type = SECBUFFER_MISSING;
		empty->length = call->isc.missing;
	} else if (call->isc.extra) {
		empty->type = SECBUFFER_EXTRA;
		empty->length = call->isc.extra;
	}
}

int cssp_isc_call(struct cssp_isc_call *call)
{
	int ret;

	call->isc.expiry = CSSP_FILETIME_NEVER;
	call->package = isc_package(call);
	ret = call->context ? isc_later(call) : isc_first(call);
	isc_update_input(call, ret);
	cssp_identity_free(&call->identity);
	return ret;
}

static void isc_empty_buffer(struct credssp_buffer *buffer, bool allocates)
{
	buffer->length = 0;
	if (allocates)
		buffer->data = NULL;
}

struct credssp_buffer *cssp_isc_place_output(struct cssp_isc_call *call, int ret)
{
	struct credssp_buffer *token = cssp_isc_find_buffer(call->output, SECBUFFER_TOKEN);
	struct credssp_buffer *alert = cssp_isc_find_buffer(call->output, SECBUFFER_ALERT);
	bool is_alert = isc_is_failure(ret) && !call->isc.answer;
	struct credssp_buffer *chosen = alert && is_alert ? alert : token;
	struct credssp_buffer *other = chosen == alert ? token : alert;
	size_t length = call->isc.token.len;

	if (other)
		isc_empty_buffer(other, isc_allocates(call));
	if (!chosen)
		return NULL;
	if (ret == -ENOSPC) {
		chosen->length = call->isc.needed;
		return NULL;
	}
	/* A READONLY buffer is never written, not even with the alert. */
	if (chosen->type & SECBUFFER_READONLY ||
	    (!isc_allocates(call) && (length > chosen->length || !chosen->data))) {
		chosen->length = 0;
		return NULL;
	}
	chosen->length = length;
	return chosen;
}
