/* SPDX-License-Identifier: GPL-2.0-only */
/* Channel bindings as callers pass them: SEC_CHANNEL_BINDINGS of Windows. */
#ifndef CSSP_MECH_BINDINGS_H
#define CSSP_MECH_BINDINGS_H

#include <uapi/linux/credssp.h>

#include "mech.h"

/**
 * cssp_bindings_digest() - what the mechanisms send of a CHANNEL_BINDINGS buffer
 * @packed: struct credssp_channel_bindings and what it points to
 * @digest: out: MD5 (RFC 4121 4.1.1.2), zero on failure
 *
 * Context: may sleep.
 * Return: 0; -EINVAL when it is malformed; -ENOPKG without MD5 (fips=1); -ENOMEM.
 */
int __must_check cssp_bindings_digest(const struct cssp_rd *packed,
				      u8 digest[CSSP_BINDINGS_SIZE]);

#endif
