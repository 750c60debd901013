// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: keys by their number. */
#include <linux/credssp.h>
#include <linux/export.h>
#include <linux/module.h>

#include "../cred/keyring.h"

struct key *credssp_lookup_key(s32 serial)
{
	might_sleep();
	return cssp_keyring_by_serial(serial);
}
EXPORT_SYMBOL_GPL(credssp_lookup_key);
