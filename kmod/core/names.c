// SPDX-License-Identifier: GPL-2.0-only
/* The name under which somebody logs on, for those who ask a context for it. */
#include <linux/slab.h>

#include "../base/mem.h"
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
	ret = cssp_utf16_to_utf8(&user, wr);
	cssp_wr_u8(wr, '\0');
	return ret ?: cssp_wr_done(wr);
}

int cssp_context_set_user(struct credssp_context *ctx, const struct cssp_identity *id)
{
	size_t room = room_for(&id->domain) + room_for(&id->user) + sizeof("\\");
	char *name = kmalloc(room, CSSP_GFP);
	struct cssp_wr wr = cssp_wr_of(name, room);

	if (!name)
		return -ENOMEM;
	/* A lone surrogate or a NUL passes the door, and NTLM as well: this is no text. */
	if (write_name(id, &wr) || strlen(name) + 1 != wr.len) {
		kfree(name);
		name = NULL;
	}
	kfree(ctx->user);
	ctx->user = name;
	return 0;
}
