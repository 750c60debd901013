// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages. The kernel counts them itself, so that the program's sequence numbers, which
 * FreeRDP counts in the same way, are not needed.
 */
#include "sspi.h"
#include "slots.h"

/* A message in the library's form: PADDING is made empty, as no package here pads. */
struct message {
	struct credssp_buffer buffers[CREDSSP_MAX_BUFFERS];
	struct credssp_buffer_desc desc;
};

static uint32_t type_of(const struct sspi_buffer *buffer)
{
	return buffer->type & ~SECBUFFER_ATTRMASK;
}

static int32_t message_load(struct message *m, const struct sspi_buffer_desc *desc)
{
	uint32_t i, n = 0;

	if (!desc || desc->version != SECBUFFER_VERSION || desc->count > CREDSSP_MAX_BUFFERS ||
	    (desc->count && !desc->buffers))
		return SEC_E_INVALID_PARAMETER;
	for (i = 0; i < desc->count; i++) {
		if (type_of(&desc->buffers[i]) == SECBUFFER_PADDING)
			continue;
		m->buffers[n++] = (struct credssp_buffer){
			.type = desc->buffers[i].type,
			.length = desc->buffers[i].length,
			.data = desc->buffers[i].data,
		};
	}
	m->desc = (struct credssp_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = n,
		.buffers = m->buffers,
	};
	return SEC_E_OK;
}

/* What the library has changed: lengths of TOKEN and DATA. */
static void message_store(const struct message *m, struct sspi_buffer_desc *desc)
{
	uint32_t i, n = 0;

	for (i = 0; i < desc->count; i++) {
		if (type_of(&desc->buffers[i]) == SECBUFFER_PADDING)
			desc->buffers[i].length = 0;
		else
			desc->buffers[i].length = m->buffers[n++].length;
	}
}

/* SEC_E_OK: @m and @context are ready for the call. A message without a TOKEN is TLS's. */
static int32_t message_begin(struct message *m, struct sspi_context *context,
			     const struct sspi_handle *handle,
			     const struct sspi_buffer_desc *desc)
{
	int32_t status = sspi_context_get(handle, context);
	uint32_t i;

	if (status == SEC_E_OK)
		status = message_load(m, desc);
	if (status != SEC_E_OK)
		return status;
	for (i = 0; i < m->desc.count; i++)
		if ((m->buffers[i].type & ~SECBUFFER_ATTRMASK) == SECBUFFER_TOKEN)
			return SEC_E_OK;
	return SEC_E_INVALID_PARAMETER;
}

int32_t sspi_encrypt(struct sspi_handle *handle, uint32_t qop, struct sspi_buffer_desc *desc,
		     uint32_t sequence)
{
	struct sspi_context context;
	struct message m;
	int32_t status = message_begin(&m, &context, handle, desc);

	(void)sequence;
	if (status != SEC_E_OK)
		return status;
	status = credssp_encrypt_message(sspi_device(), context.handle, qop, &m.desc, 0);
	message_store(&m, desc);
	return status;
}

int32_t sspi_decrypt(struct sspi_handle *handle, struct sspi_buffer_desc *desc,
		     uint32_t sequence, uint32_t *qop)
{
	struct sspi_context context;
	struct message m;
	int32_t status = message_begin(&m, &context, handle, desc);

	(void)sequence;
	if (status != SEC_E_OK)
		return status;
	status = credssp_decrypt_message(sspi_device(), context.handle, &m.desc, 0, qop);
	message_store(&m, desc);
	return status;
}

int32_t sspi_sign(struct sspi_handle *handle, uint32_t qop, struct sspi_buffer_desc *desc,
		  uint32_t sequence)
{
	struct sspi_context context;
	struct message m;
	int32_t status = message_begin(&m, &context, handle, desc);

	(void)sequence;
	if (status != SEC_E_OK)
		return status;
	status = credssp_make_signature(sspi_device(), context.handle, qop, &m.desc, 0);
	message_store(&m, desc);
	return status;
}

int32_t sspi_verify(struct sspi_handle *handle, struct sspi_buffer_desc *desc,
		    uint32_t sequence, uint32_t *qop)
{
	struct sspi_context context;
	struct message m;
	int32_t status = message_begin(&m, &context, handle, desc);

	(void)sequence;
	if (status != SEC_E_OK)
		return status;
	return credssp_verify_signature(sspi_device(), context.handle, &m.desc, 0, qop);
}
