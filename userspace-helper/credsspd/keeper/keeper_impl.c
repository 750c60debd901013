// SPDX-License-Identifier: GPL-2.0-only
/* How long the daemon, the key keeper and its workers wait for each other. */
#include "keeper_impl.h"

struct keeper_patience keeper_patience = {
	.wait = 12000, .sign = 10000, .load = 60000, .lost = 90000,
};
