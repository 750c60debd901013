/* SPDX-License-Identifier: GPL-2.0-only */
/* What cifs.ko is told when there is no token. */
#ifndef CREDSSP_SPNEGO_FAILURE_H
#define CREDSSP_SPNEGO_FAILURE_H

#include <stdint.h>

/**
 * failure_errno() - the error of a key
 * @status: SECURITY_STATUS of the logon
 * @reason: enum credssp_reason
 *
 * Return: 0 for SEC_E_OK; ENOKEY (no usable tickets), EKEYEXPIRED (they have expired), EACCES
 * (this program and credsspd are in different namespaces), EREMOTEIO (no module, helper or
 * KDC), EKEYREJECTED (all else).
 */
int failure_errno(int32_t status, uint32_t reason);

#endif
