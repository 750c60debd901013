/* SPDX-License-Identifier: GPL-2.0-only */
/* What smbpeer does to one packet of a connection. */
#ifndef PEER_SMB_FAULT_H
#define PEER_SMB_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMB_ROOM	(256 * 1024)	/* for one packet and its frame */
#define SMB_FRAME	4

/* The packets of a connection: requests of the client, answers of the server. */
enum smb_where {
	AT_NEGOTIATE_REQUEST,
	AT_NEGOTIATE,
	AT_SETUP,		/* answers that want more */
	AT_LOGON,		/* the answer that says success */
	AT_RENEWAL,		/* any answer to the logon of a session that has expired */
	AT_TREE,
	AT_VALIDATE,
	AT_ECHO,
	AT_TREE_DISCONNECT,
	AT_LOGOFF,
	AT_OTHER,
};

/* What becomes of the packet. */
enum smb_fate {
	FATE_PASS,
	FATE_DROP,		/* the peer is silent from now on */
	FATE_CLOSE,
	FATE_TWICE,
	FATE_SLOW,		/* STATUS_PENDING comes first */
};

/**
 * struct smb_packet - a packet with its frame
 * @bytes: the frame, which smb_fault_frame() sets, and the packet
 * @length: of the packet, without its frame
 */
struct smb_packet {
	uint8_t bytes[SMB_ROOM];
	size_t length;
};

/**
 * struct smb_fault - a fault of the peer
 * @name: for the command line
 * @where: the packet that it is about
 * @apply: changes the packet
 */
struct smb_fault {
	const char *name;
	enum smb_where where;
	enum smb_fate (*apply)(struct smb_packet *p);
};

extern const struct smb_fault smb_faults[];
extern const size_t smb_fault_count;

/* The packets of one connection, in their order: a logon after a tree is a renewal. */
enum smb_where smb_where(const struct smb_packet *p);
/* The packet becomes STATUS_PENDING, or an answer that follows it. */
void smb_fault_pending(struct smb_packet *p);
void smb_fault_async(struct smb_packet *p);
/* The frame's length is the packet's. */
void smb_fault_frame(struct smb_packet *p);

#endif
