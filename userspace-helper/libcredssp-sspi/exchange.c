// SPDX-License-Identifier: LGPL-2.1-or-later
/* InitializeSecurityContext, AcceptSecurityContext, and the end of a context. */
#include <stdlib.h>

#include "sspi.h"
#include "slots.h"

/* The kernel has these flags for the inner packages. */
#define ISC_KERNEL							\
	(ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT |	\
	 ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |		\
	 ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION |			\
	 ISC_REQ_EXTENDED_ERROR | ISC_REQ_INTEGRITY)
#define ASC_KERNEL							\
	(ASC_REQ_DELEGATE | ASC_REQ_MUTUAL_AUTH | ASC_REQ_REPLAY_DETECT |	\
	 ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY |		\
	 ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONNECTION |			\
	 ASC_REQ_EXTENDED_ERROR | ASC_REQ_INTEGRITY |			\
	 ASC_REQ_ALLOW_MISSING_BINDINGS)

/*
 * These change nothing here: there always is a session key, no token is split, nothing is
 * impersonated. All others, such as DATAGRAM, USE_DCE_STYLE and NULL_SESSION, are refused.
 */
#define ISC_IGNORED							\
	(SSPI_REQ_USE_SESSION_KEY | SSPI_ISC_REQ_IDENTIFY |		\
	 SSPI_ISC_REQ_FRAGMENT_TO_FIT | SSPI_ISC_REQ_USE_HTTP_STYLE |	\
	 ISC_REQ_MANUAL_CRED_VALIDATION)
#define ASC_IGNORED							\
	(SSPI_REQ_USE_SESSION_KEY | SSPI_ASC_REQ_IDENTIFY |		\
	 SSPI_ASC_REQ_ALLOW_NON_USER_LOGONS | SSPI_ASC_REQ_FRAGMENT_TO_FIT | \
	 SSPI_ASC_REQ_PROXY_BINDINGS)

struct side {
	uint32_t kernel;
	uint32_t ignored;
	int acceptor;
};

static const struct side initiator = { ISC_KERNEL, ISC_IGNORED, 0 };
static const struct side acceptor = { ASC_KERNEL, ASC_IGNORED, 1 };

/**
 * struct leg - one call
 * @side: whose
 * @in, @input: the peer's token, and on the first call channel bindings
 * @out, @output: the token made
 * @to: the caller's TOKEN, or NULL
 * @context: of a later call
 * @first: this call makes the context
 * @called: the kernel was called
 * @cred: the kernel's handle, 0 for none
 * @req: flags for the kernel
 * @attr, @expiry: results
 */
struct leg {
	const struct side *side;
	struct credssp_buffer in[2];
	struct credssp_buffer_desc input;
	struct credssp_buffer out;
	struct credssp_buffer_desc output;
	struct sspi_buffer *to;
	struct sspi_context context;
	int first;
	int called;
	uint64_t cred;
	uint32_t req;
	uint32_t attr;
	struct credssp_timestamp expiry;
};

static struct sspi_buffer *find_buffer(const struct sspi_buffer_desc *desc, uint32_t type)
{
	uint32_t i;

	for (i = 0; desc && i < desc->count; i++)
		if ((desc->buffers[i].type & ~SECBUFFER_ATTRMASK) == type)
			return &desc->buffers[i];
	return NULL;
}

static int32_t check_desc(const struct sspi_buffer_desc *desc)
{
	if (!desc)
		return SEC_E_OK;
	if (desc->version != SECBUFFER_VERSION || desc->count > CREDSSP_MAX_BUFFERS ||
	    (desc->count && !desc->buffers))
		return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}

static void add_input(struct leg *leg, const struct sspi_buffer *buffer, uint32_t type)
{
	leg->in[leg->input.count++] = (struct credssp_buffer){
		.type = type,
		.length = buffer->length,
		.data = buffer->data,
	};
}

/*
 * A first call of an initiator has no token, or with Negotiate a server's hint; FreeRDP 3
 * passes an empty buffer. Bindings belong to the first call; FreeRDP 3 repeats them.
 */
static int32_t load_input(struct leg *leg, const struct sspi_buffer_desc *desc)
{
	const struct sspi_buffer *token = find_buffer(desc, SECBUFFER_TOKEN);
	const struct sspi_buffer *bindings = find_buffer(desc, SECBUFFER_CHANNEL_BINDINGS);
	int needed = leg->side->acceptor || !leg->first;

	leg->input = (struct credssp_buffer_desc){
		.version = SECBUFFER_VERSION,
		.buffers = leg->in,
	};
	if (needed && !token)
		return SEC_E_INVALID_PARAMETER;
	if (needed || (token && token->length))
		add_input(leg, token, SECBUFFER_TOKEN);
	if (leg->first && bindings)
		add_input(leg, bindings, SECBUFFER_CHANNEL_BINDINGS);
	return SEC_E_OK;
}

static int32_t load_output(struct leg *leg)
{
	if (!leg->to || leg->to->type & SECBUFFER_READONLY)
		return SEC_E_INVALID_PARAMETER;
	leg->out = (struct credssp_buffer){
		.type = SECBUFFER_TOKEN,
		.length = leg->to->length,
		.data = leg->to->data,
	};
	leg->output = (struct credssp_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = 1,
		.buffers = &leg->out,
	};
	return SEC_E_OK;
}

/*
 * Flags of a later call are those of the first: FreeRDP 3 passes the attributes of the last call
 * as flags of the next. Only where the token's memory comes from is said by each call.
 */
static int32_t load_flags(struct leg *leg, uint32_t req)
{
	if (leg->first && req & ~(leg->side->kernel | leg->side->ignored))
		return SEC_E_UNSUPPORTED_FUNCTION;
	leg->req = leg->first ? req & leg->side->kernel : leg->context.req;
	leg->req &= ~ISC_REQ_ALLOCATE_MEMORY;
	leg->req |= req & ISC_REQ_ALLOCATE_MEMORY;
	return SEC_E_OK;
}

/* The credential for this exchange; of an acceptor of Negotiate the one that reads @token. */
static int32_t load_cred(struct leg *leg, const struct sspi_handle *handle,
			 const struct sspi_buffer *token)
{
	struct sspi_cred cred;
	uint32_t package;
	int32_t status;

	/* The kernel knows the credential of a later call. */
	if (!leg->first)
		return SEC_E_OK;
	status = sspi_cred_get(handle, &cred);
	if (status != SEC_E_OK)
		return status;
	free(cred.name);
	if (cred.acceptor != leg->side->acceptor)
		return SEC_E_NO_CREDENTIALS;
	package = cred.package;
	if (cred.acceptor && package == CREDSSP_PACKAGE_NEGOTIATE && token)
		package = sspi_sniff(token->data, token->length);
	leg->cred = cred.handles[package];
	return SEC_E_OK;
}

/* The context of a later call */
static int32_t load_context(struct leg *leg, const struct sspi_handle *context)
{
	int32_t status;

	leg->first = !context;
	if (leg->first)
		return SEC_E_OK;
	status = sspi_context_get(context, &leg->context);
	if (status != SEC_E_OK)
		return status;
	return leg->context.acceptor == leg->side->acceptor ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

static int32_t leg_begin(struct leg *leg, const struct sspi_handle *cred,
			 const struct sspi_handle *context, uint32_t req,
			 const struct sspi_buffer_desc *input, struct sspi_buffer_desc *output,
			 const struct sspi_handle *new_context)
{
	int32_t status;

	if (check_desc(input) != SEC_E_OK || check_desc(output) != SEC_E_OK)
		return SEC_E_INVALID_PARAMETER;
	leg->to = find_buffer(output, SECBUFFER_TOKEN);
	status = load_context(leg, context);
	if (status != SEC_E_OK)
		return status;
	if (leg->first && !new_context)
		return SEC_E_INVALID_PARAMETER;
	status = load_flags(leg, req);
	if (status != SEC_E_OK)
		return status;
	status = load_cred(leg, cred, find_buffer(input, SECBUFFER_TOKEN));
	if (status != SEC_E_OK)
		return status;
	status = load_input(leg, input);
	return status == SEC_E_OK ? load_output(leg) : status;
}

static int lost(int32_t status)
{
	return status < 0 && status != SEC_E_BUFFER_TOO_SMALL;
}

/*
 * Windows makes no context by a first call that fails, and FreeRDP 3 deletes none. So
 * the kernel's, which an acceptor's refusal has, ends here; its token is the caller's.
 */
static int32_t keep_context(struct leg *leg, uint64_t made, struct sspi_handle *new_context,
			    int32_t status)
{
	struct sspi_context context = {
		.handle = made,
		.req = leg->req,
		.acceptor = leg->side->acceptor,
	};

	if (!made)
		return status;
	if (!lost(status) && sspi_context_put(&context, new_context) != SEC_E_OK) {
		leg->out.length = 0;
		status = SEC_E_INSUFFICIENT_MEMORY;
	}
	if (lost(status))
		credssp_delete_security_context(sspi_device(), made);
	return status;
}

/*
 * The results. Without a token to send its length is 0: FreeRDP sends what the buffer has.
 * @status: of the call
 */
static int32_t leg_end(struct leg *leg, int32_t status, const struct sspi_handle *context,
		       struct sspi_handle *new_context, uint32_t *attr,
		       struct sspi_time *expiry)
{
	if (leg->to) {
		leg->to->length = leg->called ? leg->out.length : 0;
		if (leg->called)
			leg->to->data = leg->out.data;
	}
	if (attr)
		*attr = leg->attr;
	sspi_time_set(expiry, &leg->expiry);
	if (status >= 0 && context && new_context)
		*new_context = *context;
	return status;
}

static const uint64_t *or_null(const uint64_t *handle)
{
	return *handle ? handle : NULL;
}

static int32_t initialize(struct leg *leg, enum sspi_form form, const void *target,
			  uint32_t reserved1, uint32_t data_rep, uint32_t reserved2,
			  struct sspi_handle *new_context)
{
	char spn[CREDSSP_MAX_TARGET + 1];
	uint64_t made = 0;
	int32_t status;

	if (target && sspi_string_read(form, target, spn, sizeof(spn)) != SEC_E_OK)
		return SEC_E_TARGET_UNKNOWN;
	leg->called = 1;
	status = credssp_initialize_security_context(sspi_device(), or_null(&leg->cred),
						     or_null(&leg->context.handle),
						     target ? spn : NULL, leg->req, reserved1,
						     data_rep,
						     leg->input.count ? &leg->input : NULL,
						     reserved2, leg->first ? &made : NULL,
						     &leg->output, &leg->attr, &leg->expiry);
	return keep_context(leg, made, new_context, status);
}

static int32_t initialize_form(enum sspi_form form, struct sspi_handle *cred,
			       struct sspi_handle *context, const void *target, uint32_t req,
			       uint32_t reserved1, uint32_t data_rep,
			       struct sspi_buffer_desc *input, uint32_t reserved2,
			       struct sspi_handle *new_context, struct sspi_buffer_desc *output,
			       uint32_t *attr, struct sspi_time *expiry)
{
	struct leg leg = { .side = &initiator };
	int32_t status = leg_begin(&leg, cred, context, req, input, output, new_context);

	if (status == SEC_E_OK)
		status = initialize(&leg, form, target, reserved1, data_rep, reserved2,
				    new_context);
	return leg_end(&leg, status, context, new_context, attr, expiry);
}

int32_t sspi_initialize_a(struct sspi_handle *cred, struct sspi_handle *context,
			  const void *target, uint32_t req, uint32_t reserved1,
			  uint32_t data_rep, struct sspi_buffer_desc *input,
			  uint32_t reserved2, struct sspi_handle *new_context,
			  struct sspi_buffer_desc *output, uint32_t *attr,
			  struct sspi_time *expiry)
{
	return initialize_form(SSPI_A, cred, context, target, req, reserved1, data_rep, input,
			       reserved2, new_context, output, attr, expiry);
}

int32_t sspi_initialize_w(struct sspi_handle *cred, struct sspi_handle *context,
			  const void *target, uint32_t req, uint32_t reserved1,
			  uint32_t data_rep, struct sspi_buffer_desc *input,
			  uint32_t reserved2, struct sspi_handle *new_context,
			  struct sspi_buffer_desc *output, uint32_t *attr,
			  struct sspi_time *expiry)
{
	return initialize_form(SSPI_W, cred, context, target, req, reserved1, data_rep, input,
			       reserved2, new_context, output, attr, expiry);
}

/* What the client of the failed context @handle is to be told; 0: there is no context. */
static void tell_refusal(uint64_t handle)
{
	uint32_t ntstatus = 0;
	struct credssp_verdict *verdict;

	if (handle && credssp_query_verdict(sspi_device(), handle, &verdict) == SEC_E_OK) {
		ntstatus = verdict->ntstatus;
		credssp_free_context_buffer(verdict);
	}
	sspi_set_last_error(ntstatus);
}

static int32_t accept_leg(struct leg *leg, uint32_t data_rep, struct sspi_handle *new_context)
{
	uint64_t made = 0;
	int32_t status;

	leg->called = 1;
	status = credssp_accept_security_context(sspi_device(), or_null(&leg->cred),
						 or_null(&leg->context.handle), &leg->input,
						 leg->req, data_rep, leg->first ? &made : NULL,
						 &leg->output, &leg->attr, &leg->expiry, NULL);
	if (lost(status))
		tell_refusal(leg->first ? made : leg->context.handle);
	return keep_context(leg, made, new_context, status);
}

int32_t sspi_accept(struct sspi_handle *cred, struct sspi_handle *context,
		    struct sspi_buffer_desc *input, uint32_t req, uint32_t data_rep,
		    struct sspi_handle *new_context, struct sspi_buffer_desc *output,
		    uint32_t *attr, struct sspi_time *expiry)
{
	struct leg leg = { .side = &acceptor };
	int32_t status = leg_begin(&leg, cred, context, req, input, output, new_context);

	if (status == SEC_E_OK)
		status = accept_leg(&leg, data_rep, new_context);
	return leg_end(&leg, status, context, new_context, attr, expiry);
}

int32_t sspi_complete(struct sspi_handle *handle, struct sspi_buffer_desc *token)
{
	struct sspi_context context;
	int32_t status = sspi_context_get(handle, &context);

	(void)token;
	if (status != SEC_E_OK)
		return status;
	return credssp_complete_auth_token(sspi_device(), context.handle, NULL);
}

int32_t sspi_delete_context(struct sspi_handle *handle)
{
	struct sspi_context context;
	int32_t status = sspi_context_take(handle, &context);

	if (status != SEC_E_OK)
		return status;
	return credssp_delete_security_context(sspi_device(), context.handle);
}
