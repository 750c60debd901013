/* SPDX-License-Identifier: GPL-2.0-only */
/* Identities as callers hand them in: in either encoding, and packed into a buffer. */
#ifndef CSSP_MECH_IDENTITY_H
#define CSSP_MECH_IDENTITY_H

#include <uapi/linux/credssp.h>

#include "mech.h"

/* The longest that a PKG_PARAMS buffer can be. */
#define CSSP_IDENTITY_SIZE_MAX	(sizeof(struct credssp_identity) +	\
				 2 * CREDSSP_MAX_NAME + CREDSSP_MAX_PASSWORD)

/**
 * cssp_identity_string() - one string of an identity, in UTF-16LE
 * @utf16: out: replaced
 * @encoding: CREDSSP_IDENTITY_*, of @raw
 * @raw: as the caller has it; moved away where it can stay as it is
 *
 * Return: 0, -EINVAL when it is not what @encoding says or has a NUL, -ENOMEM.
 */
int __must_check cssp_identity_string(struct cssp_vbuf *utf16, u32 encoding,
				      struct cssp_vbuf *raw);

/**
 * cssp_identity_unpack() - what a PKG_PARAMS buffer holds
 * @id: out: to be freed with cssp_identity_free()
 * @packed: struct credssp_identity and its strings
 *
 * Return: 0; -EINVAL when it is malformed; -ENOKEY without a user; -ENOMEM.
 */
int __must_check cssp_identity_unpack(struct cssp_identity *id,
				      const struct cssp_rd *packed);

/* Wipe and free; the identity is empty and usable again. */
void cssp_identity_free(struct cssp_identity *id);
/* Take over what @from has, which becomes empty; @to's is freed. */
void cssp_identity_move(struct cssp_identity *to, struct cssp_identity *from);

#endif
