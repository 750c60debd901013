/* SPDX-License-Identifier: GPL-2.0-only */
/* Identities as callers pass them: in UTF-8 or UTF-16LE, also packed in a buffer. */
#ifndef CSSP_MECH_IDENTITY_H
#define CSSP_MECH_IDENTITY_H

#include <uapi/linux/credssp.h>

#include "mech.h"

/* Bytes of the longest PKG_PARAMS buffer. */
#define CSSP_IDENTITY_SIZE_MAX	(sizeof(struct credssp_identity) +	\
				 2 * CREDSSP_MAX_NAME + CREDSSP_MAX_PASSWORD)

/**
 * cssp_identity_string() - convert one string of an identity to UTF-16LE
 * @utf16: out: replaced
 * @encoding: CREDSSP_IDENTITY_* of @raw
 * @raw: the string as the caller passed it; emptied if it is UTF-16LE already
 *
 * Return: 0, -EINVAL when @raw does not match @encoding or has a NUL, -ENOMEM.
 */
int __must_check cssp_identity_string(struct cssp_vbuf *utf16, u32 encoding,
				      struct cssp_vbuf *raw);

/**
 * cssp_identity_unpack() - read a PKG_PARAMS buffer
 * @id: out: replaced; the caller frees it with cssp_identity_free()
 * @packed: struct credssp_identity and its strings
 *
 * Return: 0; -EINVAL when it is malformed; -ENOKEY without a user; -ENOMEM.
 */
int __must_check cssp_identity_unpack(struct cssp_identity *id,
				      const struct cssp_rd *packed);

/* Wipe and free; the identity is empty and usable again. */
void cssp_identity_free(struct cssp_identity *id);
/* Move @from to @to: @to's old strings are freed, @from becomes empty. */
void cssp_identity_move(struct cssp_identity *to, struct cssp_identity *from);

#endif
