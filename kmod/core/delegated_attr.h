/* SPDX-License-Identifier: GPL-2.0-only */
/* SECPKG_ATTR_CREDSSP_DELEGATED: delegated credentials as bytes, for privileged callers. */
#ifndef CSSP_CORE_DELEGATED_ATTR_H
#define CSSP_CORE_DELEGATED_ATTR_H

#include "../credssp/server.h"

/**
 * cssp_delegated_write() - write the attribute
 * @d: what was delegated
 * @out: empty; the caller wipes it
 *
 * Return: 0; CSSP_E_NO_CREDS when a string cannot be written in UTF-8 (a lone surrogate, a
 * NUL); -ENOMEM. @out is empty after a failure.
 */
int __must_check cssp_delegated_write(const struct cssp_delegated *d, struct cssp_vbuf *out);

#endif
