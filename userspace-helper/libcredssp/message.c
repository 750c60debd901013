// SPDX-License-Identifier: LGPL-2.1-or-later
/* EncryptMessage and DecryptMessage, in the caller's buffers. */
#include "private.h"

/* Room for TLS records, as much as for one token */
#define MAX_RECORDS	CREDSSP_MAX_TOKEN

struct record {
	struct credssp_buffer *header;
	struct credssp_buffer *data;
	struct credssp_buffer *trailer;
};

static int32_t find_record(const struct credssp_buffer_desc *message,
			   struct record *r)
{
	if (!message || cssp_check_desc(message))
		return SEC_E_INVALID_PARAMETER;
	r->header = cssp_find_buffer(message, SECBUFFER_STREAM_HEADER);
	r->data = cssp_find_buffer(message, SECBUFFER_DATA);
	r->trailer = cssp_find_buffer(message, SECBUFFER_STREAM_TRAILER);
	if (!r->header || !r->header->data || !r->data || !r->data->data ||
	    !r->trailer || !r->trailer->data || !r->data->length ||
	    r->data->length > CREDSSP_MAX_MESSAGE)
		return SEC_E_INVALID_PARAMETER;
	if ((r->header->type | r->data->type | r->trailer->type) & SECBUFFER_READONLY)
		return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}

/* The lengths of header and trailer: written, or with SEC_E_BUFFER_TOO_SMALL needed. */
static int32_t set_margins(struct record *r, const struct credssp_ioc_message *ioc)
{
	if (ioc->status == SEC_E_OK && (ioc->header_length > r->header->length ||
					ioc->trailer_length > r->trailer->length))
		return SEC_E_INTERNAL_ERROR;
	r->header->length = ioc->header_length;
	r->trailer->length = ioc->trailer_length;
	return ioc->status;
}

int32_t credssp_encrypt_message(struct credssp *lib, uint64_t context,
				uint32_t qop, struct credssp_buffer_desc *message,
				uint32_t sequence)
{
	struct credssp_ioc_message ioc = {
		.size = sizeof(ioc),
		.flags = CREDSSP_MESSAGE_SPLIT,
		.context = context,
	};
	struct record r;
	int32_t status;

	if (qop || sequence)
		return SEC_E_INVALID_PARAMETER;
	if (cssp_find_buffer(message, SECBUFFER_TOKEN))
		return cssp_inner_encrypt(lib, context, message);
	status = find_record(message, &r);
	if (status != SEC_E_OK)
		return status;
	ioc.in = cssp_ptr(r.data->data);
	ioc.in_length = r.data->length;
	ioc.out = ioc.in;
	ioc.out_length = ioc.in_length;
	ioc.header = cssp_ptr(r.header->data);
	ioc.header_length = r.header->length;
	ioc.trailer = cssp_ptr(r.trailer->data);
	ioc.trailer_length = r.trailer->length;
	status = cssp_call(lib, CREDSSP_IOC_ENCRYPT, &ioc, &ioc.status);
	if (status == SEC_E_OK || status == SEC_E_BUFFER_TOO_SMALL)
		return set_margins(&r, &ioc);
	return status;
}

/* DATA first, then at least three EMPTY, as SSPI requires. */
static int32_t check_decrypt_buffers(const struct credssp_buffer_desc *message)
{
	uint32_t i;

	if (!message || cssp_check_desc(message) || message->count < 4)
		return SEC_E_INVALID_PARAMETER;
	if (message->buffers[0].type != SECBUFFER_DATA || !message->buffers[0].data)
		return SEC_E_INVALID_PARAMETER;
	for (i = 1; i < 4; i++)
		if (message->buffers[i].type != SECBUFFER_EMPTY)
			return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}

static void buffer_set(struct credssp_buffer *b, uint32_t type, void *data,
		       uint32_t length)
{
	b->type = type;
	b->data = data;
	b->length = length;
}

/* The plaintext stands where the ciphertext was. */
static int32_t lay_out_plain(struct credssp_buffer_desc *message,
			     const struct credssp_ioc_message *ioc)
{
	struct credssp_buffer *b = message->buffers;
	unsigned char *wire = b[0].data;
	uint32_t length = b[0].length, header = ioc->header_length, rest;

	if (ioc->consumed > length || header > ioc->consumed ||
	    ioc->out_length > ioc->consumed - header)
		return SEC_E_INTERNAL_ERROR;
	rest = ioc->consumed - header - ioc->out_length;
	buffer_set(&b[0], SECBUFFER_STREAM_HEADER, wire, header);
	buffer_set(&b[1], SECBUFFER_DATA, wire + header, ioc->out_length);
	buffer_set(&b[2], SECBUFFER_STREAM_TRAILER, wire + header + ioc->out_length, rest);
	if (ioc->consumed < length)
		buffer_set(&b[3], SECBUFFER_EXTRA, wire + ioc->consumed,
			   length - ioc->consumed);
	return SEC_E_OK;
}

int32_t credssp_decrypt_message(struct credssp *lib, uint64_t context,
				struct credssp_buffer_desc *message,
				uint32_t sequence, uint32_t *qop)
{
	struct credssp_ioc_message ioc = {
		.size = sizeof(ioc),
		.flags = CREDSSP_MESSAGE_INSIDE,
		.context = context,
	};
	int32_t status;

	if (qop)
		*qop = 0;
	if (!sequence && cssp_find_buffer(message, SECBUFFER_TOKEN))
		return cssp_inner_decrypt(lib, context, message);
	if (sequence || check_decrypt_buffers(message))
		return SEC_E_INVALID_PARAMETER;
	ioc.in = cssp_ptr(message->buffers[0].data);
	ioc.in_length = message->buffers[0].length;
	if (ioc.in_length > MAX_RECORDS)
		ioc.in_length = MAX_RECORDS;
	status = cssp_call(lib, CREDSSP_IOC_DECRYPT, &ioc, &ioc.status);
	if (status == SEC_E_OK)
		status = lay_out_plain(message, &ioc);
	else if (status == SEC_E_INCOMPLETE_MESSAGE)
		buffer_set(&message->buffers[1], SECBUFFER_MISSING, NULL, ioc.missing);
	return status;
}
