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

static struct kvec export_piece(const struct credssp_buffer *b)
{
	return (struct kvec){ b->data, b->length };
}

static int export_encrypt(struct credssp_context *context,
			  struct credssp_buffer_desc *message)
{
	struct export_parts p = {};
	struct cssp_source plain;
	struct cssp_sink sealed;
	struct kvec pieces[3];
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
	cssp_source_kernel(&plain, &rd);
	pieces[0] = export_piece(p.before);
	pieces[1] = export_piece(p.data);
	pieces[2] = export_piece(p.after);
	cssp_sink_kernel_split(&sealed, pieces);
	ret = cssp_context_encrypt(context, &plain, &sealed, &room);
	if (ret && ret != -ENOSPC)
		return ret;
	p.before->length = room.before;
	p.after->length = room.after;
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
 * was.  @rest: bytes of the records behind it.
 */
static void export_put_record(struct credssp_buffer *b, const struct cssp_opened *o,
			      u32 rest)
{
	u32 total = b[0].length - rest, header = o->room.before;
	u8 *record = b[0].data;

	b[0] = (struct credssp_buffer){ SECBUFFER_STREAM_HEADER, header, record };
	b[1] = (struct credssp_buffer){ SECBUFFER_DATA, o->length, record + header };
	b[2] = (struct credssp_buffer){ SECBUFFER_STREAM_TRAILER,
					total - header - o->length,
					record + header + o->length };
	b[3] = (struct credssp_buffer){ rest ? SECBUFFER_EXTRA : SECBUFFER_EMPTY,
					rest, rest ? record + total : NULL };
}

static int export_decrypt_record(struct credssp_context *context,
				 struct credssp_buffer_desc *message)
{
	struct credssp_buffer *b = message->buffers;
	struct cssp_source sealed;
	struct cssp_sink plain;
	struct cssp_opened o;
	struct cssp_rd rd;
	int ret;

	ret = export_check_records(message);
	if (ret)
		return ret;
	rd = cssp_rd_of(b[0].data, b[0].length);
	cssp_source_kernel(&sealed, &rd);
	cssp_sink_kernel_inside(&plain, b[0].data, b[0].length);
	ret = cssp_context_decrypt(context, &sealed, &plain, &o);
	if (!ret)
		export_put_record(b, &o, cssp_source_left(&sealed));
	else if (ret == -ENODATA)
		b[1] = (struct credssp_buffer){ SECBUFFER_MISSING, o.needed, NULL };
	return ret;
}

static int export_decrypt_signed(struct credssp_context *context,
				 struct credssp_buffer_desc *message)
{
	struct cssp_rd signature, data;
	struct cssp_source sealed;
	struct export_parts p;
	struct cssp_sink plain;
	struct cssp_opened o;
	int ret;

	ret = export_find_signed(message, &p);
	if (ret)
		return ret;
	if (p.data->type & SECBUFFER_READONLY || p.data->length > CREDSSP_MAX_SIGNED ||
	    p.before->length > CREDSSP_MAX_SIGNATURE)
		return CSSP_E_PARAMETER;
	/* The mechanism takes signature and ciphertext as one. */
	signature = cssp_rd_of(p.before->data, p.before->length);
	data = cssp_rd_of(p.data->data, p.data->length);
	cssp_source_pair(&sealed, &signature, &data);
	cssp_sink_kernel(&plain, p.data->data, p.data->length);
	ret = cssp_context_decrypt(context, &sealed, &plain, &o);
	if (!ret)
		p.data->length = o.length;
	return ret;
}

static int export_sign(struct credssp_context *context, struct credssp_buffer_desc *message)
{
	struct cssp_source source;
	struct cssp_sink signature;
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
	cssp_source_kernel(&source, &rd);
	cssp_sink_kernel(&signature, p.before->data, p.before->length);
	ret = cssp_context_sign(context, &source, &signature, &room);
	if (!ret || ret == -ENOSPC)
		p.before->length = room.before;
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
