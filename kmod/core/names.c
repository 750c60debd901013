// SPDX-License-Identifier: GPL-2.0-only
/* The name under which somebody logs on, for those who ask a context for it. */
#include "../base/status.h"
#include "../wire/utf16.h"
#include "context_impl.h"

/* UTF-8 takes at most three bytes for two of UTF-16. */
static size_t room_for(const struct cssp_vbuf *utf16)
{
	return utf16->len / 2 * 3;
}

static int write_name(const struct cssp_identity *id, struct cssp_wr *wr)
{
	struct cssp_rd domain = cssp_vbuf_rd(&id->domain), user = cssp_vbuf_rd(&id->user);
	int ret = cssp_utf16_to_utf8(&domain, wr);

	if (ret)
		return ret;
	if (domain.left)
		cssp_wr_u8(wr, '\\');
	return cssp_utf16_to_utf8(&user, wr) ?: cssp_wr_done(wr);
}

int cssp_context_set_user(struct credssp_context *ctx, const struct cssp_identity *id)
{
	size_t room = room_for(&id->domain) + 1 + room_for(&id->user);
	struct cssp_wr wr;
	int ret;

	cssp_vbuf_clear(&ctx->user);
	ret = cssp_vbuf_reserve(&ctx->user, room);
	if (ret)
		return ret;
	wr = cssp_wr_of(ctx->user.data, room);
	/* Lone surrogates pass the door, and NTLM as well: such a name has no UTF-8. */
	if (!write_name(id, &wr))
		ctx->user.len = wr.len;
	return 0;
}
