// SPDX-License-Identifier: GPL-2.0-only
/* The connections between the daemon, the key keeper and its workers. */
#include "base/packets.h"
#include "keeper_impl.h"

struct keeper_patience keeper_patience = {
	.wait = 12000, .sign = 10000, .load = 60000, .lost = 90000,
};

int keeper_connect(int fds[2])
{
	return packets_connect(fds, KEEPER_PACKET_MAX);
}
