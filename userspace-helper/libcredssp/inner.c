// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sealed and signed messages of the inner packages: SSPI has a TOKEN with the signature
 * and a DATA, the ioctls have both in one buffer.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct parts {
	struct credssp_buffer *token;
	struct credssp_buffer *data;
};

/* The buffers that a call writes to: these must not be READONLY. */
enum {
	WRITES_TOKEN = 1,
	WRITES_DATA = 2,
};

static bool may_write(const struct parts *p, unsigned int writes)
{
	return !(writes & WRITES_TOKEN && p->token->type & SECBUFFER_READONLY) &&
	       !(writes & WRITES_DATA && p->data->type & SECBUFFER_READONLY);
}

/* Find the TOKEN and the DATA. Refuse other buffers but EMPTY: they would not be protected. */
static int32_t find_parts(const struct credssp_buffer_desc *message, unsigned int writes,
			  struct parts *p)
{
	uint32_t i, others = 0;

	if (!message || cssp_check_desc(message) != SEC_E_OK)
		return SEC_E_INVALID_PARAMETER;
	p->token = cssp_find_buffer(message, SECBUFFER_TOKEN);
	p->data = cssp_find_buffer(message, SECBUFFER_DATA);
	for (i = 0; i < message->count; i++)
		if ((message->buffers[i].type & ~SECBUFFER_ATTRMASK) != SECBUFFER_EMPTY)
			others++;
	if (!p->token || !p->data || others != 2 || !p->token->data || !p->data->data)
		return SEC_E_INVALID_PARAMETER;
	if (p->data->length > CREDSSP_MAX_SIGNED || !may_write(p, writes))
		return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}

/*
 * Pass one message to the module. With SEC_E_OK the length of @out is the number of bytes
 * written, with SEC_E_BUFFER_TOO_SMALL the room needed; else it is unchanged.
 */
static int32_t pass(const struct credssp *lib, unsigned long cmd, uint64_t context,
		    const struct credssp_buffer *in, struct credssp_buffer *out)
{
	struct credssp_ioc_message ioc = {
		.size = sizeof(ioc),
		.context = context,
		.in = cssp_ptr(in->data),
		.in_length = in->length,
		.out = cssp_ptr(out->data),
		.out_length = out->length,
	};
	int32_t status = cssp_call(lib, cmd, &ioc, &ioc.status);

	if (status == SEC_E_OK && ioc.out_length > out->length)
		return SEC_E_INTERNAL_ERROR;
	if (status == SEC_E_OK || status == SEC_E_BUFFER_TOO_SMALL)
		out->length = ioc.out_length;
	return status;
}

/* A buffer for a token with the data behind it; @data is NULL when out of memory. */
static struct credssp_buffer both(uint32_t token_length, uint32_t data_length)
{
	uint32_t length = token_length + data_length;

	return (struct credssp_buffer){ .length = length, .data = malloc(length + 1) };
}

/* Split the sealed message into TOKEN and DATA. Without room only set the length needed. */
static int32_t split(const struct parts *p, const struct credssp_buffer *sealed,
		     int32_t status)
{
	const unsigned char *from = sealed->data;

	if (sealed->length < p->data->length)
		return SEC_E_INTERNAL_ERROR;
	p->token->length = sealed->length - p->data->length;
	if (status == SEC_E_OK) {
		memcpy(p->token->data, from, p->token->length);
		memcpy(p->data->data, from + p->token->length, p->data->length);
	}
	return status;
}

int32_t cssp_inner_encrypt(const struct credssp *lib, uint64_t context,
			   struct credssp_buffer_desc *message)
{
	struct credssp_buffer sealed;
	struct parts p;
	int32_t status = find_parts(message, WRITES_TOKEN | WRITES_DATA, &p);
	uint32_t room = CREDSSP_MAX_SIGNATURE;

	if (status != SEC_E_OK)
		return status;
	if (p.token->length < room)
		room = p.token->length;
	sealed = both(room, p.data->length);
	if (!sealed.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = pass(lib, CREDSSP_IOC_ENCRYPT, context, p.data, &sealed);
	if (status == SEC_E_OK || status == SEC_E_BUFFER_TOO_SMALL)
		status = split(&p, &sealed, status);
	free(sealed.data);
	return status;
}

int32_t cssp_inner_decrypt(const struct credssp *lib, uint64_t context,
			   struct credssp_buffer_desc *message)
{
	struct credssp_buffer sealed, plain;
	struct parts p;
	int32_t status = find_parts(message, WRITES_DATA, &p);

	if (status != SEC_E_OK)
		return status;
	if (p.token->length > CREDSSP_MAX_SIGNATURE)
		return SEC_E_INVALID_PARAMETER;
	sealed = both(p.token->length, p.data->length);
	if (!sealed.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(sealed.data, p.token->data, p.token->length);
	memcpy((unsigned char *)sealed.data + p.token->length, p.data->data, p.data->length);
	plain = *p.data;
	status = pass(lib, CREDSSP_IOC_DECRYPT, context, &sealed, &plain);
	if (status == SEC_E_OK)
		p.data->length = plain.length;
	free(sealed.data);
	return status;
}

int32_t credssp_make_signature(struct credssp *lib, uint64_t context, uint32_t qop,
			       struct credssp_buffer_desc *message, uint32_t sequence)
{
	struct parts p;
	int32_t status;

	if (qop || sequence)
		return SEC_E_INVALID_PARAMETER;
	status = find_parts(message, WRITES_TOKEN, &p);
	if (status != SEC_E_OK)
		return status;
	return pass(lib, CREDSSP_IOC_SIGN, context, p.data, p.token);
}

int32_t credssp_verify_signature(struct credssp *lib, uint64_t context,
				 struct credssp_buffer_desc *message,
				 uint32_t sequence, uint32_t *qop)
{
	struct credssp_buffer token;
	struct parts p;
	int32_t status;

	if (qop)
		*qop = 0;
	if (sequence)
		return SEC_E_INVALID_PARAMETER;
	status = find_parts(message, 0, &p);
	if (status != SEC_E_OK)
		return status;
	token = *p.token;
	return pass(lib, CREDSSP_IOC_VERIFY, context, p.data, &token);
}
