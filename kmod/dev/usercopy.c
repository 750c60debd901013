// SPDX-License-Identifier: GPL-2.0-only
/* Copies from and to the caller's memory. */
#include <linux/uaccess.h>

#include "../api/isc.h"
#include "../base/status.h"
#include "usercopy.h"

int cssp_user_copy_in(struct cssp_vbuf *b, u64 addr, u32 length, u32 max)
{
	int ret;

	if (length > max)
		return CSSP_E_PARAMETER;
	ret = cssp_vbuf_reserve(b, length);
	if (ret)
		return ret;
	if (copy_from_user(b->data, u64_to_user_ptr(addr), length))
		return -EFAULT;
	b->len = length;
	return 0;
}

int cssp_user_copy_out(u64 addr, const void *p, size_t length)
{
	return copy_to_user(u64_to_user_ptr(addr), p, length) ? -EFAULT : 0;
}

int cssp_user_copy_answer(u64 addr, u32 *length, const struct cssp_vbuf *answer)
{
	u32 room = *length;

	*length = answer->len;
	if (answer->len > room)
		return -ENOSPC;
	return cssp_user_copy_out(addr, answer->data, answer->len);
}

int cssp_user_buffers_in(struct cssp_user_buffers *b, u64 addr, u32 count)
{
	u32 i;

	if (count > CREDSSP_MAX_BUFFERS)
		return CSSP_E_PARAMETER;
	if (copy_from_user(b->user, u64_to_user_ptr(addr), count * sizeof(*b->user)))
		return -EFAULT;
	for (i = 0; i < count; i++)
		b->kernel[i] = (struct credssp_buffer){
			.type = b->user[i].type,
			.length = b->user[i].length,
			.data = b->user[i].addr ? b : NULL,
		};
	b->desc = (struct credssp_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = count,
		.buffers = b->kernel,
	};
	return 0;
}

static u64 usercopy_addr(const struct cssp_user_buffers *b, const struct credssp_buffer *buffer)
{
	return b->user[buffer - b->kernel].addr;
}

/* A buffer over @max is not copied: cssp_isc_call() refuses it by its length. */
static int usercopy_load(struct cssp_user_buffers *b, u32 type, struct cssp_vbuf *copy, u32 max)
{
	struct credssp_buffer *buffer = cssp_isc_find_buffer(&b->desc, type);
	int ret;

	if (!buffer || buffer->length > max || !buffer->data)
		return 0;
	ret = cssp_user_copy_in(copy, usercopy_addr(b, buffer), buffer->length, max);
	buffer->data = copy->data;
	return ret;
}

int cssp_user_buffers_load(struct cssp_user_buffers *b)
{
	return usercopy_load(b, SECBUFFER_TOKEN, &b->token, CREDSSP_MAX_TOKEN) ?:
	       usercopy_load(b, SECBUFFER_PKG_PARAMS, &b->params, CSSP_IDENTITY_SIZE_MAX) ?:
	       usercopy_load(b, SECBUFFER_CHANNEL_BINDINGS, &b->bindings, CREDSSP_MAX_BINDINGS);
}

int cssp_user_buffers_store(const struct cssp_user_buffers *b,
			    const struct credssp_buffer *buffer,
			    const struct cssp_vbuf *contents)
{
	return cssp_user_copy_out(usercopy_addr(b, buffer), contents->data, contents->len);
}

int cssp_user_buffers_out(struct cssp_user_buffers *b, u64 addr)
{
	u32 i;

	for (i = 0; i < b->desc.count; i++) {
		b->user[i].type = b->kernel[i].type;
		b->user[i].length = b->kernel[i].length;
	}
	return cssp_user_copy_out(addr, b->user, b->desc.count * sizeof(*b->user));
}

void cssp_user_buffers_free(struct cssp_user_buffers *b)
{
	cssp_vbuf_free(&b->token);
	cssp_vbuf_free(&b->params);
	cssp_vbuf_free(&b->bindings);
}
