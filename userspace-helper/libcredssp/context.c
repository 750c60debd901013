// SPDX-License-Identifier: LGPL-2.1-or-later
/* Security contexts on the token transport, and calls on any context. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Enough for most tokens: TLS flights with a chain, NTLM's AUTHENTICATE. */
#define FIRST_TOKEN_ROOM	8192
/* An alert is a record of some tens of bytes, perhaps behind a ChangeCipherSpec */
#define ALERT_ROOM		512
/* The kernel's answer has the size that the second attempt needs; one more in reserve */
#define TOKEN_TRIES		3

/* Of this thread's last first call, for credssp_last_reason() */
static _Thread_local uint32_t last_reason;

/* One descriptor in the ioctl's form. */
struct buffers {
	struct credssp_sec_buffer sec[CREDSSP_MAX_BUFFERS];
	uint32_t count;
};

static void buffers_load(struct buffers *b, const struct credssp_buffer_desc *desc)
{
	uint32_t i;

	memset(b, 0, sizeof(*b));
	b->count = desc ? desc->count : 0;
	for (i = 0; i < b->count; i++) {
		b->sec[i].type = desc->buffers[i].type;
		b->sec[i].length = desc->buffers[i].length;
		b->sec[i].addr = cssp_ptr(desc->buffers[i].data);
	}
}

static void buffers_store(const struct buffers *b, struct credssp_buffer_desc *desc)
{
	uint32_t i;

	for (i = 0; i < b->count; i++) {
		desc->buffers[i].type = b->sec[i].type;
		desc->buffers[i].length = b->sec[i].length;
	}
}

static struct credssp_sec_buffer *buffers_find(struct buffers *b, uint32_t type)
{
	uint32_t i;

	for (i = 0; i < b->count; i++)
		if ((b->sec[i].type & ~SECBUFFER_ATTRMASK) == type)
			return &b->sec[i];
	return NULL;
}

/*
 * A call that the kernel refused early leaves the output's length at the room that was
 * offered. That is no token: it must not be sent.
 */
static void drop_unwritten(struct buffers *out, const struct buffers *offered)
{
	uint32_t i;

	for (i = 0; i < out->count; i++)
		if (out->sec[i].length == offered->sec[i].length)
			out->sec[i].length = 0;
}

static int32_t init_call(struct credssp *lib, struct credssp_ioc_init *ioc,
			 struct buffers *in, struct buffers *out)
{
	struct buffers offered = *out;
	int32_t status;

	ioc->input_count = in->count;
	ioc->input = in->count ? cssp_ptr(in->sec) : 0;
	ioc->output_count = out->count;
	ioc->output = out->count ? cssp_ptr(out->sec) : 0;
	status = cssp_call(lib, CREDSSP_IOC_INIT, ioc, &ioc->status);
	if (status < 0 && status != SEC_E_BUFFER_TOO_SMALL)
		drop_unwritten(out, &offered);
	return status;
}

/*
 * After SEC_E_BUFFER_TOO_SMALL on a later call the kernel has used the input and keeps
 * the token: ask for it with an empty input token. A first call keeps nothing, so that it
 * is repeated with all of its input.
 */
static void empty_input(struct buffers *in)
{
	struct credssp_sec_buffer *token = buffers_find(in, SECBUFFER_TOKEN);

	if (token) {
		token->length = 0;
		token->addr = 0;
	}
}

/* The room that a refused output asks for, within the limit of one token. */
static uint32_t token_room(const struct credssp_sec_buffer *token, uint32_t tried)
{
	uint32_t room = token->length > tried ? token->length : CREDSSP_MAX_TOKEN;

	return room < CREDSSP_MAX_TOKEN ? room : CREDSSP_MAX_TOKEN;
}

/* Memory for an ALERT buffer, if there is one, which lasts for all tries. */
static struct credssp_sec_buffer *allocate_alert(struct buffers *out)
{
	struct credssp_sec_buffer *alert = buffers_find(out, SECBUFFER_ALERT);

	if (alert)
		alert->addr = cssp_ptr(malloc(ALERT_ROOM));
	return alert;
}

/* ISC_REQ_ALLOCATE_MEMORY, which the library implements for user programs. */
static int32_t init_allocating(struct credssp *lib, struct credssp_ioc_init *ioc,
			       struct buffers *in, struct buffers *out,
			       struct credssp_sec_buffer *token)
{
	struct credssp_sec_buffer *found, *alert = allocate_alert(out);
	uint32_t room = FIRST_TOKEN_ROOM, extra = 0;
	struct buffers fresh = *in;
	int32_t status = SEC_E_INTERNAL_ERROR;
	int tries;

	for (tries = 0; tries < TOKEN_TRIES; tries++) {
		void *data = malloc(room);

		if (!data) {
			status = SEC_E_INSUFFICIENT_MEMORY;
			break;
		}
		token->addr = cssp_ptr(data);
		token->length = room;
		if (alert)
			alert->length = alert->addr ? ALERT_ROOM : 0;
		status = init_call(lib, ioc, in, out);
		found = buffers_find(in, SECBUFFER_EXTRA);
		if (found)
			extra = found->length;
		if (status != SEC_E_BUFFER_TOO_SMALL)
			break;
		room = token_room(token, room);
		free(data);
		token->addr = 0;
		token->length = 0;
		*in = fresh;
		if (ioc->context)
			empty_input(in);
	}
	/* EXTRA was told by the call that used the input, not by the retry. */
	found = buffers_find(in, SECBUFFER_EMPTY);
	if (extra && tries && found) {
		found->type = SECBUFFER_EXTRA;
		found->length = extra;
	}
	return status;
}

/* Give the token to the caller, who frees it. An empty token is freed here. */
static void hand_over_token(const struct credssp_sec_buffer *token,
			    struct credssp_buffer *to)
{
	void *data;

	if (!token)
		return;
	data = (void *)(uintptr_t)token->addr;

	if (!token->length) {
		free(data);
		data = NULL;
	}
	to->data = data;
}

/* EXTRA is the end of the input token. */
static void point_at_extra(struct credssp_buffer_desc *input, void *data,
			   uint32_t length)
{
	struct credssp_buffer *extra = cssp_find_buffer(input, SECBUFFER_EXTRA);

	if (extra && data && extra->length <= length)
		extra->data = (char *)data + (length - extra->length);
}

static int32_t init_with_buffers(struct credssp *lib, struct credssp_ioc_init *ioc,
				 struct credssp_buffer_desc *input,
				 struct credssp_buffer_desc *output, int allocate)
{
	struct credssp_buffer *token_in = cssp_find_buffer(input, SECBUFFER_TOKEN);
	struct credssp_buffer *token_out = cssp_find_buffer(output, SECBUFFER_TOKEN);
	struct credssp_buffer *alert_out = cssp_find_buffer(output, SECBUFFER_ALERT);
	uint32_t in_length = token_in ? token_in->length : 0;
	struct credssp_sec_buffer *token;
	struct buffers in, out;
	int32_t status;

	buffers_load(&in, input);
	buffers_load(&out, output);
	token = buffers_find(&out, SECBUFFER_TOKEN);
	if (allocate && token) {
		status = init_allocating(lib, ioc, &in, &out, token);
		hand_over_token(token, token_out);
		hand_over_token(buffers_find(&out, SECBUFFER_ALERT), alert_out);
	} else {
		status = init_call(lib, ioc, &in, &out);
	}
	buffers_store(&out, output);
	buffers_store(&in, input);
	if (token_in) {
		/* undo what the retry with an empty token has changed */
		token_in->length = in_length;
		point_at_extra(input, token_in->data, in_length);
	}
	return status;
}

int32_t credssp_initialize_security_context(struct credssp *lib,
					    const uint64_t *cred,
					    const uint64_t *context,
					    const char *target_name,
					    uint32_t context_req,
					    uint32_t reserved1,
					    uint32_t target_data_rep,
					    struct credssp_buffer_desc *input,
					    uint32_t reserved2,
					    uint64_t *new_context,
					    struct credssp_buffer_desc *output,
					    uint32_t *context_attr,
					    struct credssp_timestamp *expiry)
{
	struct cssp_spn_name target;
	int allocate = !!(context_req & ISC_REQ_ALLOCATE_MEMORY);
	struct credssp_ioc_init ioc = {
		.size = sizeof(ioc),
		.context_req = context_req & ~ISC_REQ_ALLOCATE_MEMORY,
		.reserved1 = reserved1,
		.data_rep = target_data_rep,
		.reserved2 = reserved2,
		.target = cssp_ptr(target_name ? target.text : NULL),
		.cred = cred ? *cred : 0,
		.context = context ? *context : 0,
	};
	int32_t status;

	last_reason = CREDSSP_REASON_NONE;
	if (cssp_check_desc(input) || cssp_check_desc(output) || !context_attr ||
	    (!ioc.context && !new_context) ||
	    (ioc.context && new_context && *new_context != ioc.context))
		return SEC_E_INVALID_PARAMETER;
	status = cssp_spn_load(&target, target_name);
	if (status != SEC_E_OK)
		return status;
	ioc.target_length = target.length;

	status = init_with_buffers(lib, &ioc, input, output, allocate);
	last_reason = ioc.reason;
	*context_attr = ioc.context_attr;
	if (allocate)
		*context_attr |= ISC_RET_ALLOCATED_MEMORY;
	if (!ioc.context)
		*new_context = ioc.new_context;
	cssp_timestamp_set(expiry, ioc.expiry);
	return status;
}

uint32_t credssp_last_reason(void)
{
	return last_reason;
}

int32_t credssp_initialize_security_context_w(struct credssp *lib,
					      const uint64_t *cred,
					      const uint64_t *context,
					      const uint16_t *target_name,
					      uint32_t context_req,
					      uint32_t reserved1,
					      uint32_t target_data_rep,
					      struct credssp_buffer_desc *input,
					      uint32_t reserved2,
					      uint64_t *new_context,
					      struct credssp_buffer_desc *output,
					      uint32_t *context_attr,
					      struct credssp_timestamp *expiry)
{
	char utf8[CREDSSP_MAX_TARGET + 1];
	size_t units = 0;
	ssize_t length;

	last_reason = CREDSSP_REASON_NONE;
	if (target_name) {
		while (units <= CREDSSP_MAX_TARGET && target_name[units])
			units++;
		length = credssp_utf16_to_utf8(target_name, units, utf8,
					       CREDSSP_MAX_TARGET);
		if (length < 0 || length > CREDSSP_MAX_TARGET)
			return SEC_E_TARGET_UNKNOWN;
		utf8[length] = '\0';
	}
	return credssp_initialize_security_context(lib, cred, context,
						   target_name ? utf8 : NULL,
						   context_req, reserved1,
						   target_data_rep, input,
						   reserved2, new_context, output,
						   context_attr, expiry);
}

static int32_t handle_call(struct credssp *lib, unsigned long cmd, uint64_t handle)
{
	struct credssp_ioc_handle ioc = { .size = sizeof(ioc), .handle = handle };

	return cssp_call(lib, cmd, &ioc, &ioc.status);
}

int32_t credssp_complete_auth_token(struct credssp *lib, uint64_t context,
				    struct credssp_buffer_desc *token)
{
	(void)token;
	return handle_call(lib, CREDSSP_IOC_COMPLETE, context);
}

int32_t credssp_delete_security_context(struct credssp *lib, uint64_t context)
{
	return handle_call(lib, CREDSSP_IOC_DELETE, context);
}

int32_t credssp_cancel(struct credssp *lib, uint64_t context)
{
	return handle_call(lib, CREDSSP_IOC_CANCEL, context);
}

int32_t credssp_free_context_buffer(void *buffer)
{
	free(buffer);
	return SEC_E_OK;
}
