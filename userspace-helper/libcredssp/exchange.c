// SPDX-License-Identifier: LGPL-2.1-or-later
/* One call of an exchange: its buffers, and the memory for its token. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Enough for most tokens: TLS flights with a chain, NTLM's AUTHENTICATE. */
#define FIRST_TOKEN_ROOM	8192
/* An alert is a record of some tens of bytes, perhaps behind a ChangeCipherSpec */
#define ALERT_ROOM		512
/* The kernel's answer has the size that the second attempt needs; one more in reserve */
#define TOKEN_TRIES		3

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

static int32_t exchange_call(const struct cssp_exchange *x, struct buffers *in,
			     struct buffers *out)
{
	struct buffers offered = *out;
	int32_t status;

	*x->input_count = in->count;
	*x->input = in->count ? cssp_ptr(in->sec) : 0;
	*x->output_count = out->count;
	*x->output = out->count ? cssp_ptr(out->sec) : 0;
	status = cssp_call(x->lib, x->cmd, x->ioc, x->status);
	if (status < 0 && status != SEC_E_BUFFER_TOO_SMALL)
		drop_unwritten(out, &offered);
	return status;
}

/*
 * After SEC_E_BUFFER_TOO_SMALL on a later call the kernel has used the input and keeps
 * the token: ask for it with an empty input token. An initiator's first call keeps nothing,
 * so that it is repeated with all of its input; an acceptor's has made a context.
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
static int32_t exchange_allocating(const struct cssp_exchange *x, struct buffers *in,
				   struct buffers *out, struct credssp_sec_buffer *token)
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
		status = exchange_call(x, in, out);
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
		if (*x->new_context)
			*x->context = *x->new_context;
		if (*x->context)
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

int32_t cssp_exchange_call(const struct cssp_exchange *x, struct credssp_buffer_desc *input,
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
		status = exchange_allocating(x, &in, &out, token);
		hand_over_token(token, token_out);
		hand_over_token(buffers_find(&out, SECBUFFER_ALERT), alert_out);
	} else {
		status = exchange_call(x, &in, &out);
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

int32_t cssp_check_exchange(uint64_t context, const uint64_t *new_context,
			    const struct credssp_buffer_desc *input,
			    const struct credssp_buffer_desc *output,
			    const uint32_t *context_attr)
{
	if (cssp_check_desc(input) || cssp_check_desc(output) || !context_attr)
		return SEC_E_INVALID_PARAMETER;
	if ((!context && !new_context) || (context && new_context && *new_context != context))
		return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}
