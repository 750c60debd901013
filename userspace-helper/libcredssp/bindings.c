// SPDX-License-Identifier: LGPL-2.1-or-later
/* The SECBUFFER_CHANNEL_BINDINGS buffer of the inner packages. */
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "private.h"

/* Longer than any buffer, or a length without an address */
static bool wrong_part(const void *p, uint32_t length)
{
	return length > CREDSSP_MAX_BINDINGS || (length && !p);
}

/* Where the next part is; returns the place behind it. */
static uint32_t lay_out(__le32 *part_length, __le32 *offset, uint32_t length, uint32_t at)
{
	*part_length = htole32(length);
	*offset = htole32(at);
	return at + length;
}

static char *put(char *to, const void *p, uint32_t length)
{
	if (length)
		memcpy(to, p, length);
	return to + length;
}

int32_t credssp_pack_channel_bindings(const struct credssp_bindings *args, void *buffer,
				      uint32_t *length)
{
	struct credssp_channel_bindings head;
	uint32_t size = sizeof(head), room;
	char *at;

	if (!args || !length || (*length && !buffer) ||
	    wrong_part(args->initiator, args->initiator_length) ||
	    wrong_part(args->acceptor, args->acceptor_length) ||
	    wrong_part(args->application, args->application_length))
		return SEC_E_INVALID_PARAMETER;
	head.initiator_type = htole32(args->initiator_type);
	head.acceptor_type = htole32(args->acceptor_type);
	size = lay_out(&head.initiator_length, &head.initiator_offset, args->initiator_length,
		       size);
	size = lay_out(&head.acceptor_length, &head.acceptor_offset, args->acceptor_length, size);
	size = lay_out(&head.application_length, &head.application_offset,
		       args->application_length, size);
	if (size > CREDSSP_MAX_BINDINGS)
		return SEC_E_INVALID_PARAMETER;
	room = *length;
	*length = size;
	if (room < size)
		return SEC_E_BUFFER_TOO_SMALL;
	at = put(buffer, &head, sizeof(head));
	at = put(at, args->initiator, args->initiator_length);
	at = put(at, args->acceptor, args->acceptor_length);
	put(at, args->application, args->application_length);
	return SEC_E_OK;
}
