// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sealed and signed messages of the inner packages: a TOKEN with the signature and
 * a DATA, over ioctls that take and give both as one.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct parts {
	struct credssp_buffer *token;
	struct credssp_buffer *data;
};

/* One of each; anything else but EMPTY would look protected and not be. */
static int32_t find_parts(const struct credssp_buffer_desc *message, struct parts *p)
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
	if (p->data->length > CREDSSP_MAX_SIGNED)
		return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}

/* A copy of the two, one behind the other, or NULL. */
static unsigned char *join(const struct parts *p, uint32_t token_length)
{
	unsigned char *both = malloc((size_t)token_length + p->data->length + 1);

	if (!both)
		return NULL;
	memcpy(both, p->token->data, token_length);
	memcpy(both + token_length, p->data->data, p->data->length);
	return both;
}

int32_t cssp_inner_encrypt(const struct credssp *lib, uint64_t context,
			   struct credssp_buffer_desc *message)
{
	struct credssp_ioc_message ioc = { .size = sizeof(ioc), .context = context };
	unsigned char *sealed;
	struct parts p;
	int32_t status = find_parts(message, &p);
	uint32_t length;

	if (status != SEC_E_OK)
		return status;
	length = p.data->length;
	ioc.out_length = CREDSSP_MAX_SIGNATURE;
	if (p.token->length < ioc.out_length)
		ioc.out_length = p.token->length;
	ioc.out_length += length;
	sealed = malloc(ioc.out_length + 1);
	if (!sealed)
		return SEC_E_INSUFFICIENT_MEMORY;
	ioc.in = cssp_ptr(p.data->data);
	ioc.in_length = length;
	ioc.out = cssp_ptr(sealed);
	status = cssp_call(lib, CREDSSP_IOC_ENCRYPT, &ioc, &ioc.status);
	if (status == SEC_E_BUFFER_TOO_SMALL) {
		p.token->length = ioc.out_length - length;
	} else if (status == SEC_E_OK) {
		p.token->length = ioc.out_length - length;
		memcpy(p.token->data, sealed, p.token->length);
		memcpy(p.data->data, sealed + p.token->length, length);
	}
	free(sealed);
	return status;
}

int32_t cssp_inner_decrypt(const struct credssp *lib, uint64_t context,
			   struct credssp_buffer_desc *message)
{
	struct credssp_ioc_message ioc = { .size = sizeof(ioc), .context = context };
	unsigned char *sealed;
	struct parts p;
	int32_t status = find_parts(message, &p);

	if (status != SEC_E_OK)
		return status;
	if (p.token->length > CREDSSP_MAX_SIGNATURE)
		return SEC_E_INVALID_PARAMETER;
	sealed = join(&p, p.token->length);
	if (!sealed)
		return SEC_E_INSUFFICIENT_MEMORY;
	ioc.in = cssp_ptr(sealed);
	ioc.in_length = p.token->length + p.data->length;
	ioc.out = cssp_ptr(p.data->data);
	ioc.out_length = p.data->length;
	status = cssp_call(lib, CREDSSP_IOC_DECRYPT, &ioc, &ioc.status);
	if (status == SEC_E_OK)
		p.data->length = ioc.out_length;
	free(sealed);
	return status;
}

int32_t credssp_make_signature(struct credssp *lib, uint64_t context, uint32_t qop,
			       struct credssp_buffer_desc *message, uint32_t sequence)
{
	struct credssp_ioc_message ioc = { .size = sizeof(ioc), .context = context };
	struct parts p;
	int32_t status;

	if (qop || sequence)
		return SEC_E_INVALID_PARAMETER;
	status = find_parts(message, &p);
	if (status != SEC_E_OK)
		return status;
	ioc.in = cssp_ptr(p.data->data);
	ioc.in_length = p.data->length;
	ioc.out = cssp_ptr(p.token->data);
	ioc.out_length = p.token->length;
	status = cssp_call(lib, CREDSSP_IOC_SIGN, &ioc, &ioc.status);
	if (status == SEC_E_OK || status == SEC_E_BUFFER_TOO_SMALL)
		p.token->length = ioc.out_length;
	return status;
}

int32_t credssp_verify_signature(struct credssp *lib, uint64_t context,
				 struct credssp_buffer_desc *message,
				 uint32_t sequence, uint32_t *qop)
{
	struct credssp_ioc_message ioc = { .size = sizeof(ioc), .context = context };
	struct parts p;
	int32_t status;

	if (qop)
		*qop = 0;
	if (sequence)
		return SEC_E_INVALID_PARAMETER;
	status = find_parts(message, &p);
	if (status != SEC_E_OK)
		return status;
	ioc.in = cssp_ptr(p.data->data);
	ioc.in_length = p.data->length;
	ioc.out = cssp_ptr(p.token->data);
	ioc.out_length = p.token->length;
	return cssp_call(lib, CREDSSP_IOC_VERIFY, &ioc, &ioc.status);
}
