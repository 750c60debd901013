// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: EncryptMessage, DecryptMessage, MakeSignature, VerifySignature. */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "../base/status.h"
#include "../cred/package.h"
#include "export_buffers.h"
#include "export_call.h"
#include "isc.h"

/* DecryptMessage of a TLS record: the records, and buffers for the parts of the first. */
#define RECORD_BUFFERS	4

/**
 * struct export_parts - the buffers of a message
 * @before: in front of the data: the signature, or a TLS record's header
 * @data: the message
 * @after: behind it: a TLS record's trailer; @none where there is no trailer
 * @none: empty
 */
struct export_parts {
	struct credssp_buffer *before;
	struct credssp_buffer *data;
	struct credssp_buffer *after;
	struct credssp_buffer none;
};

static const struct cssp_package *export_package(const struct credssp_context *context)
{
	return cssp_package(cssp_context_package(context));
}

/* One STREAM_HEADER, DATA and STREAM_TRAILER, in any order. */
static int export_find_record(const struct credssp_buffer_desc *message,
			      struct export_parts *p)
{
	p->before = cssp_isc_find_buffer(message, SECBUFFER_STREAM_HEADER);
	p->data = cssp_isc_find_buffer(message, SECBUFFER_DATA);
	p->after = cssp_isc_find_buffer(message, SECBUFFER_STREAM_TRAILER);
	if (!p->before || !p->data || !p->after)
		return CSSP_E_PARAMETER;
	return p->before->data && p->data->data && p->after->data ? 0 : CSSP_E_PARAMETER;
}

/*
 * One TOKEN and one DATA, in any order; EMPTY buffers do not matter.  A message in
 * several pieces is refused: a piece that was passed over would look protected
 * without being so.
 */
static int export_find_signed(const struct credssp_buffer_desc *message,
			      struct export_parts *p)
{
	struct credssp_buffer *b, **slot;
	u32 i;

	*p = (struct export_parts){};
	p->after = &p->none;
	for (i = 0; i < message->count; i++) {
		b = &message->buffers[i];
		switch (b->type & ~SECBUFFER_ATTRMASK) {
		case SECBUFFER_EMPTY:
			continue;
		case SECBUFFER_TOKEN:
			slot = &p->before;
			break;
		case SECBUFFER_DATA:
			slot = &p->data;
			break;
		default:
			return CSSP_E_PARAMETER;
		}
		if (*slot || !b->data)
			return CSSP_E_PARAMETER;
		*slot = b;
	}
	return p->before && p->data ? 0 : CSSP_E_PARAMETER;
}

/* Split the sealed bytes over the buffers of the message. */
static int export_put_sealed(const struct cssp_vbuf *sealed, const struct export_parts *p)
{
	struct cssp_rd rd = cssp_vbuf_rd(sealed);
	int ret;

	ret = cssp_rd_copy(&rd, p->before->data, p->before->length);
	if (ret)
		return ret;
	ret = cssp_rd_copy(&rd, p->data->data, p->data->length);
	if (ret)
		return ret;
	ret = cssp_rd_copy(&rd, p->after->data, p->after->length);
	return ret ?: cssp_rd_end(&rd);
}

static int export_encrypt(struct credssp_context *context,
			  struct credssp_buffer_desc *message)
{
	struct export_parts p = {};
	struct cssp_vbuf sealed = {};
	struct cssp_room room;
	struct cssp_rd rd;
	int ret;

	ret = export_package(context)->tls ? export_find_record(message, &p) :
					     export_find_signed(message, &p);
	if (ret)
		return ret;
	if ((p.before->type | p.data->type | p.after->type) & SECBUFFER_READONLY)
		return CSSP_E_PARAMETER;
	rd = cssp_rd_of(p.data->data, p.data->length);
	room = (struct cssp_room){ SIZE_MAX, p.before->length, p.after->length };
	ret = cssp_context_encrypt(context, &rd, &room, &sealed);
	p.before->length = room.before;
	p.after->length = room.after;
	if (!ret)
		ret = export_put_sealed(&sealed, &p);
	cssp_vbuf_free(&sealed);
	return ret;
}

/* One DATA with records, and EMPTY buffers that receive the first record's parts. */
static int export_check_records(const struct credssp_buffer_desc *message)
{
	const struct credssp_buffer *b = message->buffers;
	u32 i;

	if (message->count != RECORD_BUFFERS || b[0].type != SECBUFFER_DATA || !b[0].data)
		return CSSP_E_PARAMETER;
	for (i = 1; i < RECORD_BUFFERS; i++)
		if (b[i].type != SECBUFFER_EMPTY)
			return CSSP_E_PARAMETER;
	return 0;
}

/*
 * The parts of the first record, in place: the plaintext stands where the ciphertext
 * was.  @rest: the records behind it.
 */
static void export_put_record(struct credssp_buffer *b,
			      const struct credssp_stream_sizes *sizes,
			      const struct cssp_rd *rest, const struct cssp_vbuf *plain)
{
	u8 *record = b[0].data;
	u32 total = b[0].length - rest->left;

	memcpy(record + sizes->header, plain->data, plain->len);
	b[0] = (struct credssp_buffer){ SECBUFFER_STREAM_HEADER, sizes->header, record };
	b[1] = (struct credssp_buffer){ SECBUFFER_DATA, plain->len,
					record + sizes->header };
	b[2] = (struct credssp_buffer){ SECBUFFER_STREAM_TRAILER,
					total - sizes->header - plain->len,
					record + sizes->header + plain->len };
	b[3] = (struct credssp_buffer){ rest->left ? SECBUFFER_EXTRA : SECBUFFER_EMPTY,
					rest->left, rest->left ? record + total : NULL };
}

static int export_decrypt_record(struct credssp_context *context,
				 struct credssp_buffer_desc *message)
{
	struct credssp_buffer *b = message->buffers;
	struct credssp_stream_sizes sizes;
	struct cssp_vbuf plain = {};
	struct cssp_rd rd;
	size_t needed;
	int ret;

	ret = export_check_records(message);
	if (ret)
		return ret;
	ret = cssp_context_stream_sizes(context, &sizes);
	if (ret)
		return ret;
	rd = cssp_rd_of(b[0].data, b[0].length);
	ret = cssp_context_decrypt(context, &rd, &plain, SIZE_MAX, &needed);
	if (!ret)
		export_put_record(b, &sizes, &rd, &plain);
	else if (ret == -ENODATA)
		b[1] = (struct credssp_buffer){ SECBUFFER_MISSING, needed, NULL };
	cssp_vbuf_free(&plain);
	return ret;
}

/* The mechanism takes signature and ciphertext as one. */
static int export_join(const struct export_parts *p, struct cssp_vbuf *sealed)
{
	if (p->data->type & SECBUFFER_READONLY || p->data->length > CREDSSP_MAX_SIGNED ||
	    p->before->length > CREDSSP_MAX_SIGNATURE)
		return CSSP_E_PARAMETER;
	return cssp_vbuf_append(sealed, p->before->data, p->before->length) ?:
	       cssp_vbuf_append(sealed, p->data->data, p->data->length);
}

static int export_decrypt_signed(struct credssp_context *context,
				 struct credssp_buffer_desc *message)
{
	struct cssp_vbuf sealed = {}, plain = {};
	struct export_parts p;
	struct cssp_rd rd;
	size_t needed;
	int ret;

	ret = export_find_signed(message, &p);
	if (ret)
		return ret;
	ret = export_join(&p, &sealed);
	if (ret)
		goto out;
	rd = cssp_vbuf_rd(&sealed);
	ret = cssp_context_decrypt(context, &rd, &plain, SIZE_MAX, &needed);
	if (ret)
		goto out;
	rd = cssp_vbuf_rd(&plain);
	p.data->length = plain.len;
	ret = cssp_rd_copy(&rd, p.data->data, plain.len);
out:
	cssp_vbuf_free(&sealed);
	cssp_vbuf_free(&plain);
	return ret;
}

static int export_sign(struct credssp_context *context, struct credssp_buffer_desc *message)
{
	struct cssp_vbuf signature = {};
	struct export_parts p;
	struct cssp_room room;
	struct cssp_rd rd;
	int ret;

	ret = export_find_signed(message, &p);
	if (ret)
		return ret;
	if (p.before->type & SECBUFFER_READONLY)
		return CSSP_E_PARAMETER;
	rd = cssp_rd_of(p.data->data, p.data->length);
	room = (struct cssp_room){ SIZE_MAX, p.before->length, SIZE_MAX };
	ret = cssp_context_sign(context, &rd, &room, &signature);
	p.before->length = room.before;
	if (ret)
		goto out;
	rd = cssp_vbuf_rd(&signature);
	ret = cssp_rd_copy(&rd, p.before->data, p.before->length) ?: cssp_rd_end(&rd);
out:
	cssp_vbuf_free(&signature);
	return ret;
}

static int export_verify(struct credssp_context *context, struct credssp_buffer_desc *message)
{
	struct cssp_rd data, token;
	struct export_parts p;
	int ret;

	ret = export_find_signed(message, &p);
	if (ret)
		return ret;
	data = cssp_rd_of(p.data->data, p.data->length);
	token = cssp_rd_of(p.before->data, p.before->length);
	return cssp_context_verify(context, &data, &token);
}

/* One of the functions above, once the arguments that all of them have are checked. */
static s32 export_message(struct credssp_context *context, struct credssp_buffer_desc *message,
			  int (*call)(struct credssp_context *context,
				      struct credssp_buffer_desc *message))
{
	struct cssp_quota_scope scope;
	int ret;

	might_sleep();
	if (!message || cssp_export_check_buffers(message))
		return SEC_E_INVALID_PARAMETER;
	cssp_export_enter(context, &scope);
	ret = call(context, message);
	cssp_export_leave(context, &scope);
	return cssp_status(ret);
}

s32 credssp_encrypt_message(struct credssp_context *context, u32 qop,
			    struct credssp_buffer_desc *message, u32 sequence)
{
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (qop || sequence)
		return SEC_E_INVALID_PARAMETER;
	return export_message(context, message, export_encrypt);
}
EXPORT_SYMBOL_GPL(credssp_encrypt_message);

s32 credssp_decrypt_message(struct credssp_context *context,
			    struct credssp_buffer_desc *message, u32 sequence,
			    u32 *qop)
{
	if (qop)
		*qop = 0;
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (sequence)
		return SEC_E_INVALID_PARAMETER;
	return export_message(context, message,
			      export_package(context)->tls ? export_decrypt_record :
							     export_decrypt_signed);
}
EXPORT_SYMBOL_GPL(credssp_decrypt_message);

s32 credssp_make_signature(struct credssp_context *context, u32 qop,
			   struct credssp_buffer_desc *message, u32 sequence)
{
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!cssp_context_can_sign(context))
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (qop || sequence)
		return SEC_E_INVALID_PARAMETER;
	return export_message(context, message, export_sign);
}
EXPORT_SYMBOL_GPL(credssp_make_signature);

s32 credssp_verify_signature(struct credssp_context *context,
			     struct credssp_buffer_desc *message, u32 sequence, u32 *qop)
{
	if (qop)
		*qop = 0;
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!cssp_context_can_sign(context))
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (sequence)
		return SEC_E_INVALID_PARAMETER;
	return export_message(context, message, export_verify);
}
EXPORT_SYMBOL_GPL(credssp_verify_signature);
