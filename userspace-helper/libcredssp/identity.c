// SPDX-License-Identifier: LGPL-2.1-or-later
/* The SECBUFFER_PKG_PARAMS buffer: an identity for a call of InitializeSecurityContext. */
#include <string.h>

#include "private.h"

static int bad_string(const void *p, uint32_t length, uint32_t max)
{
	return length > max || (length && !p);
}

static char *put(char *to, const void *p, uint32_t length)
{
	if (length)
		memcpy(to, p, length);
	return to + length;
}

int32_t credssp_pack_identity(const struct credssp_acquire *args, void *buffer,
			      uint32_t *length)
{
	struct credssp_identity head = { 0 };
	uint32_t room;
	char *at;

	if (!args || !length || (*length && !buffer) ||
	    bad_string(args->user, args->user_length, CREDSSP_MAX_NAME) ||
	    bad_string(args->domain, args->domain_length, CREDSSP_MAX_NAME) ||
	    bad_string(args->password, args->password_length, CREDSSP_MAX_PASSWORD))
		return SEC_E_INVALID_PARAMETER;
	head.encoding = args->encoding;
	head.user_length = args->user_length;
	head.domain_length = args->domain_length;
	head.password_length = args->password_length;
	head.size = (uint32_t)sizeof(head) + head.user_length + head.domain_length +
		    head.password_length;
	room = *length;
	*length = head.size;
	if (room < head.size)
		return SEC_E_BUFFER_TOO_SMALL;
	at = put(buffer, &head, sizeof(head));
	at = put(at, args->user, args->user_length);
	at = put(at, args->domain, args->domain_length);
	put(at, args->password, args->password_length);
	return SEC_E_OK;
}
