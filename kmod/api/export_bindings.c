// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: filling a CHANNEL_BINDINGS buffer. */
#include <linux/credssp.h>
#include <linux/export.h>

#include "../base/buf.h"

/* Longer than any buffer, or a length without an address */
static bool export_is_part_wrong(const void *p, u32 length)
{
	return length > CREDSSP_MAX_BINDINGS || (length && !p);
}

static bool export_are_bindings_wrong(const struct credssp_bindings *args)
{
	return export_is_part_wrong(args->initiator, args->initiator_length) ||
	       export_is_part_wrong(args->acceptor, args->acceptor_length) ||
	       export_is_part_wrong(args->application, args->application_length);
}

/* The parts follow the structure in the order of its members. Returns the whole size. */
static u32 export_lay_out(const struct credssp_bindings *args,
			  struct credssp_channel_bindings *head)
{
	u32 at = sizeof(*head);

	head->initiator_type = cpu_to_le32(args->initiator_type);
	head->initiator_length = cpu_to_le32(args->initiator_length);
	head->initiator_offset = cpu_to_le32(at);
	at += args->initiator_length;
	head->acceptor_type = cpu_to_le32(args->acceptor_type);
	head->acceptor_length = cpu_to_le32(args->acceptor_length);
	head->acceptor_offset = cpu_to_le32(at);
	at += args->acceptor_length;
	head->application_length = cpu_to_le32(args->application_length);
	head->application_offset = cpu_to_le32(at);
	return at + args->application_length;
}

s32 credssp_pack_channel_bindings(const struct credssp_bindings *args, void *buffer,
				  u32 *length)
{
	struct credssp_channel_bindings head;
	struct cssp_wr wr;
	u32 room, size;

	if (!args || !length || (*length && !buffer) || export_are_bindings_wrong(args))
		return SEC_E_INVALID_PARAMETER;
	size = export_lay_out(args, &head);
	if (size > CREDSSP_MAX_BINDINGS)
		return SEC_E_INVALID_PARAMETER;
	room = *length;
	*length = size;
	if (room < size)
		return SEC_E_BUFFER_TOO_SMALL;
	wr = cssp_wr_of(buffer, room);
	cssp_wr_copy(&wr, &head, sizeof(head));
	cssp_wr_copy(&wr, args->initiator, args->initiator_length);
	cssp_wr_copy(&wr, args->acceptor, args->acceptor_length);
	cssp_wr_copy(&wr, args->application, args->application_length);
	return cssp_wr_done(&wr) ? SEC_E_INTERNAL_ERROR : SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_pack_channel_bindings);
