/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of client and server in MCS' connection, MS-RDPBCGR 2.2.1.3 and 2.2.1.4 */
#ifndef PEER_RDP_CONNECT_H
#define PEER_RDP_CONNECT_H

#include "peer.h"

#define RDP_IO_CHANNEL		1003
#define RDP_FIRST_CHANNEL	1004
#define RDP_MESSAGE_CHANNEL	1100

/**
 * struct rdp_client - what a client has said
 * @selected: serverSelectedProtocol of its CS_CORE
 * @channels: static channels, @names with commas between them
 * @message_channel: it wants one
 */
struct rdp_client {
	uint32_t selected;
	unsigned int channels;
	char names[31 * 8 + 1];
	bool message_channel;
};

/* The Connect-Initial behind X.224's header: NULL, or the reason why it is wrong. */
const char *rdp_read_connect(struct span msg, struct rdp_client *client);
/* The Connect-Response for it, behind X.224's header. */
void rdp_write_connect(const struct conn *c, const struct rdp_client *client,
		       struct bytes *msg);

#endif
