// SPDX-License-Identifier: GPL-2.0-only
/* Identities as callers pass them: their checks and their conversion to UTF-16LE. */
#include "../base/status.h"
#include "encode.h"
#include "identity.h"

void cssp_identity_free(struct cssp_identity *id)
{
	cssp_vbuf_free(&id->user);
	cssp_vbuf_free(&id->domain);
	cssp_vbuf_free(&id->password);
}

void cssp_identity_move(struct cssp_identity *to, struct cssp_identity *from)
{
	cssp_vbuf_move(&to->user, &from->user);
	cssp_vbuf_move(&to->domain, &from->domain);
	cssp_vbuf_move(&to->password, &from->password);
}

int cssp_identity_string(struct cssp_vbuf *utf16, u32 encoding, struct cssp_vbuf *raw)
{
	struct cssp_rd rd = cssp_vbuf_rd(raw);
	int ret;

	if (encoding == CREDSSP_IDENTITY_UTF16) {
		if (cssp_utf16_check(&rd))
			return CSSP_E_PARAMETER;
		cssp_vbuf_move(utf16, raw);
		return 0;
	}
	ret = cssp_encode_utf16(utf16, &rd);
	return ret == -EBADMSG ? CSSP_E_PARAMETER : ret;
}

/* Check that the size is that of the buffer, and each length within its limit. */
static int identity_check_head(const struct credssp_identity *head, size_t total)
{
	if (head->size != total || head->__reserved)
		return CSSP_E_PARAMETER;
	if (head->encoding != CREDSSP_IDENTITY_UTF8 && head->encoding != CREDSSP_IDENTITY_UTF16)
		return CSSP_E_PARAMETER;
	if (head->user_length > CREDSSP_MAX_NAME || head->domain_length > CREDSSP_MAX_NAME ||
	    head->password_length > CREDSSP_MAX_PASSWORD)
		return CSSP_E_PARAMETER;
	return 0;
}

static int identity_take_string(struct cssp_rd *rd, u32 length, u32 encoding,
				struct cssp_vbuf *utf16)
{
	struct cssp_vbuf raw = {};
	struct cssp_rd string;
	int ret;

	if (cssp_rd_sub(rd, length, &string))
		return CSSP_E_PARAMETER;
	ret = cssp_vbuf_set(&raw, &string) ?: cssp_identity_string(utf16, encoding, &raw);
	cssp_vbuf_free(&raw);
	return ret;
}

/* The three strings, and nothing behind them. @new is to be freed in any case. */
static int identity_take_strings(struct cssp_rd *rd, const struct credssp_identity *head,
				 struct cssp_identity *new)
{
	int ret;

	ret = identity_take_string(rd, head->user_length, head->encoding, &new->user);
	if (ret)
		return ret;
	ret = identity_take_string(rd, head->domain_length, head->encoding, &new->domain);
	if (ret)
		return ret;
	ret = identity_take_string(rd, head->password_length, head->encoding, &new->password);
	if (ret)
		return ret;
	if (cssp_rd_end(rd))
		return CSSP_E_PARAMETER;
	return new->user.len ? 0 : CSSP_E_NO_CREDS;
}

int cssp_identity_unpack(struct cssp_identity *id, const struct cssp_rd *packed)
{
	struct cssp_identity new = {};
	struct credssp_identity head;
	struct cssp_rd rd = *packed;
	int ret;

	if (packed->left > CSSP_IDENTITY_SIZE_MAX || cssp_rd_copy(&rd, &head, sizeof(head)))
		return CSSP_E_PARAMETER;
	ret = identity_check_head(&head, packed->left);
	if (ret)
		return ret;
	ret = identity_take_strings(&rd, &head, &new);
	if (!ret)
		cssp_identity_move(id, &new);
	cssp_identity_free(&new);
	return ret;
}
