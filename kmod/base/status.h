/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What went wrong, inside: a negative errno.  The names below say which errno
 * carries which meaning in this module; base/status.c has the one table that
 * turns them into a SECURITY_STATUS at the doors.
 */
#ifndef CSSP_BASE_STATUS_H
#define CSSP_BASE_STATUS_H

#include <linux/errno.h>
#include <linux/types.h>
#include <uapi/linux/credssp.h>

#define CSSP_E_MALFORMED	(-EBADMSG)	/* the peer's bytes do not parse */
#define CSSP_E_STATE		(-EPROTO)	/* they parse, but not here and now */
#define CSSP_E_TOO_BIG		(-EMSGSIZE)	/* over one of our limits */
#define CSSP_E_ALTERED		(-EKEYREJECTED)	/* bad MIC, tag or key binding */
#define CSSP_E_LOGON_DENIED	(-EACCES)
#define CSSP_E_POLICY		(-EPERM)	/* delegation policy says no */
#define CSSP_E_NTLM_ONLY	(-EXDEV)	/* ... because only NTLM proved the server */
#define CSSP_E_NOT_PROVEN	(-ENOTUNIQ)	/* MUTUAL_AUTH wanted, server not proven */
#define CSSP_E_WRONG_PRINCIPAL	(-EREMCHG)	/* it proved to be somebody else */
#define CSSP_E_NO_CREDS		(-ENOKEY)
#define CSSP_E_NO_HELPER	(-EHOSTUNREACH)
#define CSSP_E_UNSUPPORTED	(-EOPNOTSUPP)
#define CSSP_E_WEAK		(-ENOPKG)	/* no common strong algorithm, FIPS */
#define CSSP_E_PARAMETER	(-EINVAL)
#define CSSP_E_HANDLE		(-EBADF)
#define CSSP_E_CLOSED		(-EPIPE)	/* the peer closed or reset */
#define CSSP_E_NETWORK		(-ENETDOWN)	/* nobody closed: the way to the peer broke */
#define CSSP_E_EXPIRED		(-ESHUTDOWN)	/* the peer ended it in good order */
#define CSSP_E_TARGET		(-EDESTADDRREQ)	/* the target name is unusable */
#define CSSP_E_CERT_WANTED	(-ENOANO)	/* by the server; nothing is lost */
#define CSSP_E_VERSION		(-EPROTONOSUPPORT) /* peer below the minimum version */

/* SECURITY_STATUS of 0 or a negative errno; unknown ones are SEC_E_INTERNAL_ERROR. */
s32 cssp_status(int err);
/* The same for a call of an exchange, where -EAGAIN is SEC_I_CONTINUE_NEEDED. */
s32 cssp_status_exchange(int err);

#endif
