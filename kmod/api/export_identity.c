// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: filling a PKG_PARAMS buffer with an identity. */
#include <linux/credssp.h>
#include <linux/export.h>

#include "../base/buf.h"

/* A string that is too long, or has a length but no address. */
static bool export_is_identity_wrong(const struct credssp_acquire *args)
{
	return args->user_length > CREDSSP_MAX_NAME || args->domain_length > CREDSSP_MAX_NAME ||
	       args->password_length > CREDSSP_MAX_PASSWORD ||
	       (args->user_length && !args->user) ||
	       (args->domain_length && !args->domain) ||
	       (args->password_length && !args->password);
}

s32 credssp_pack_identity(const struct credssp_acquire *args, void *buffer, u32 *length)
{
	struct credssp_identity head = { .encoding = CREDSSP_IDENTITY_UTF16 };
	struct cssp_wr wr;
	u32 room;

	if (!args || !length || (*length && !buffer) || export_is_identity_wrong(args))
		return SEC_E_INVALID_PARAMETER;
	head.user_length = args->user_length;
	head.domain_length = args->domain_length;
	head.password_length = args->password_length;
	head.size = sizeof(head) + head.user_length + head.domain_length +
		    head.password_length;
	room = *length;
	*length = head.size;
	if (room < head.size)
		return SEC_E_BUFFER_TOO_SMALL;
	wr = cssp_wr_of(buffer, room);
	cssp_wr_copy(&wr, &head, sizeof(head));
	cssp_wr_copy(&wr, args->user, head.user_length);
	cssp_wr_copy(&wr, args->domain, head.domain_length);
	cssp_wr_copy(&wr, args->password, head.password_length);
	return cssp_wr_done(&wr) ? SEC_E_INTERNAL_ERROR : SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_pack_identity);
