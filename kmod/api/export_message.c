// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: sealed and signed messages of the inner packages. */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "../base/quota_scope.h"
#include "../base/status.h"
#include "export_message.h"
#include "isc.h"

/**
 * struct parts - a message's two buffers
 * @token: the signature
 * @data: what it is of
 */
struct parts {
	struct credssp_buffer *token;
	struct credssp_buffer *data;
};

/*
 * One TOKEN and one DATA, in any order; what is EMPTY does not matter.  Messages
 * in several pieces are not taken: a piece that is passed over would look
 * protected and be not.
 */
static int find_parts(struct credssp_buffer_desc *message, struct parts *parts)
{
	u32 i;

	*parts = (struct parts){};
	for (i = 0; i < message->count; i++) {
		struct credssp_buffer *b = &message->buffers[i];
		struct credssp_buffer **slot = NULL;

		switch (b->type & ~SECBUFFER_ATTRMASK) {
		case SECBUFFER_EMPTY:
			continue;
		case SECBUFFER_TOKEN:
			slot = &parts->token;
			break;
		case SECBUFFER_DATA:
			slot = &parts->data;
			break;
		}
		if (!slot || *slot || !b->data)
			return CSSP_E_PARAMETER;
		*slot = b;
	}
	return parts->token && parts->data ? 0 : CSSP_E_PARAMETER;
}

/* The signature has a buffer of its own; what is sealed stays where it is. */
static struct cssp_room room_of(const struct parts *p)
{
	return (struct cssp_room){ SIZE_MAX, p->token->length, SIZE_MAX };
}

/* One of the verbs below; the context's own user pays for what it takes. */
static s32 carry_out(struct credssp_context *context, const struct parts *parts,
		     int (*verb)(struct credssp_context *, const struct parts *))
{
	struct cssp_quota_scope scope;
	int ret;

	cssp_context_get(context);
	cssp_quota_scope_enter(&scope, context->who.cred);
	ret = verb(context, parts);
	cssp_quota_scope_leave(&scope);
	cssp_context_put(context);
	return cssp_status(ret);
}

static int seal(struct credssp_context *context, const struct parts *p)
{
	struct cssp_rd rd = cssp_rd_of(p->data->data, p->data->length);
	struct cssp_room room = room_of(p);
	struct cssp_vbuf sealed = {};
	int ret;

	if ((p->token->type | p->data->type) & SECBUFFER_READONLY)
		return CSSP_E_PARAMETER;
	ret = cssp_context_encrypt(context, &rd, &room, &sealed);
	p->token->length = room.before;
	if (!ret) {
		rd = cssp_vbuf_rd(&sealed);
		ret = cssp_rd_copy(&rd, p->token->data, p->token->length) ?:
		      cssp_rd_copy(&rd, p->data->data, p->data->length) ?:
		      cssp_rd_end(&rd);
	}
	cssp_vbuf_free(&sealed);
	return ret;
}

s32 cssp_export_seal(struct credssp_context *context, struct credssp_buffer_desc *message)
{
	struct parts parts;
	int ret = find_parts(message, &parts);

	return ret ? cssp_status(ret) : carry_out(context, &parts, seal);
}

/* The mechanism takes token and ciphertext as one. */
static int unseal(struct credssp_context *context, const struct parts *p)
{
	struct cssp_vbuf sealed = {}, plain = {};
	struct cssp_rd rd;
	size_t needed;
	int ret;

	if (p->data->type & SECBUFFER_READONLY || p->data->length > CREDSSP_MAX_SIGNED ||
	    p->token->length > CREDSSP_MAX_SIGNATURE)
		return CSSP_E_PARAMETER;
	ret = cssp_vbuf_append(&sealed, p->token->data, p->token->length) ?:
	      cssp_vbuf_append(&sealed, p->data->data, p->data->length);
	if (!ret) {
		rd = cssp_vbuf_rd(&sealed);
		ret = cssp_context_decrypt(context, &rd, &plain, SIZE_MAX, &needed);
	}
	if (!ret) {
		rd = cssp_vbuf_rd(&plain);
		p->data->length = plain.len;
		ret = cssp_rd_copy(&rd, p->data->data, plain.len);
	}
	cssp_vbuf_free(&sealed);
	cssp_vbuf_free(&plain);
	return ret;
}

s32 cssp_export_unseal(struct credssp_context *context, struct credssp_buffer_desc *message)
{
	struct parts parts;
	int ret = find_parts(message, &parts);

	return ret ? cssp_status(ret) : carry_out(context, &parts, unseal);
}

static int sign(struct credssp_context *context, const struct parts *p)
{
	struct cssp_rd rd = cssp_rd_of(p->data->data, p->data->length);
	struct cssp_room room = room_of(p);
	struct cssp_vbuf signature = {};
	int ret;

	if (p->token->type & SECBUFFER_READONLY)
		return CSSP_E_PARAMETER;
	ret = cssp_context_sign(context, &rd, &room, &signature);
	p->token->length = room.before;
	if (!ret) {
		rd = cssp_vbuf_rd(&signature);
		ret = cssp_rd_copy(&rd, p->token->data, p->token->length) ?:
		      cssp_rd_end(&rd);
	}
	cssp_vbuf_free(&signature);
	return ret;
}

s32 credssp_make_signature(struct credssp_context *context, u32 qop,
			   struct credssp_buffer_desc *message, u32 sequence)
{
	struct parts parts;

	might_sleep();
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (cssp_context_package(context) == CREDSSP_PACKAGE_CREDSSP)
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (qop || sequence || !message || cssp_export_check_buffers(message) ||
	    find_parts(message, &parts))
		return SEC_E_INVALID_PARAMETER;
	return carry_out(context, &parts, sign);
}
EXPORT_SYMBOL_GPL(credssp_make_signature);

static int verify(struct credssp_context *context, const struct parts *p)
{
	struct cssp_rd data = cssp_rd_of(p->data->data, p->data->length);
	struct cssp_rd token = cssp_rd_of(p->token->data, p->token->length);

	return cssp_context_verify(context, &data, &token);
}

s32 credssp_verify_signature(struct credssp_context *context,
			     struct credssp_buffer_desc *message, u32 sequence, u32 *qop)
{
	struct parts parts;

	might_sleep();
	if (qop)
		*qop = 0;
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (cssp_context_package(context) == CREDSSP_PACKAGE_CREDSSP)
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (sequence || !message || cssp_export_check_buffers(message) ||
	    find_parts(message, &parts))
		return SEC_E_INVALID_PARAMETER;
	return carry_out(context, &parts, verify);
}
EXPORT_SYMBOL_GPL(credssp_verify_signature);
