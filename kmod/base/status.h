/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of this module a failure is a negative errno. These names give the meaning
 * that an errno has here. base/status.c has the only table that turns an errno into
 * a SECURITY_STATUS, for the entry points, and the only one that turns it into a
 * reason and an alert.
 */
#ifndef CSSP_BASE_STATUS_H
#define CSSP_BASE_STATUS_H

#include <linux/errno.h>
#include <linux/types.h>
#include <uapi/linux/credssp.h>

#define CSSP_E_MALFORMED	(-EBADMSG)	/* the peer's message is malformed */
#define CSSP_E_STATE		(-EPROTO)	/* it is well-formed, but illegal in this state */
#define CSSP_E_TOO_BIG		(-EMSGSIZE)	/* over a limit of this module */
#define CSSP_E_ALTERED		(-EKEYREJECTED)	/* bad MIC, tag or key binding */
#define CSSP_E_LOGON_DENIED	(-EACCES)
#define CSSP_E_POLICY		(-EPERM)	/* refused by delegation policy */
#define CSSP_E_NTLM_ONLY	(-EXDEV)	/* refused because only NTLM proved the server */
#define CSSP_E_NOT_PROVEN	(-ENOTUNIQ)	/* MUTUAL_AUTH requested, server not proven */
#define CSSP_E_WRONG_PRINCIPAL	(-EREMCHG)	/* the server proved another identity */
#define CSSP_E_NO_CREDS		(-ENOKEY)
#define CSSP_E_NO_HELPER	(-EHOSTUNREACH)
#define CSSP_E_UNSUPPORTED	(-EOPNOTSUPP)
#define CSSP_E_WEAK		(-ENOPKG)	/* no strong algorithm in common, or FIPS */
#define CSSP_E_PARAMETER	(-EINVAL)
#define CSSP_E_HANDLE		(-EBADF)
#define CSSP_E_CLOSED		(-EPIPE)	/* the peer closed or reset the connection */
#define CSSP_E_NETWORK		(-ENETDOWN)	/* the network to the peer failed */
#define CSSP_E_EXPIRED		(-ESHUTDOWN)	/* the peer sent close_notify */
#define CSSP_E_TARGET		(-EDESTADDRREQ)	/* the target name is unusable */
#define CSSP_E_CERT_WANTED	(-ENOANO)	/* the server requests a certificate */
#define CSSP_E_VERSION		(-EPROTONOSUPPORT) /* peer below the minimum version */

/* SECURITY_STATUS of 0 or a negative errno; SEC_E_INTERNAL_ERROR for an unknown one. */
s32 cssp_status(int err);
/* The same for a call of an exchange, where -EAGAIN is SEC_I_CONTINUE_NEEDED. */
s32 cssp_status_exchange(int err);
/*
 * enum credssp_reason of a negative errno, for a failure without a reason of its own;
 * CREDSSP_REASON_NONE for an unknown one.
 */
u32 cssp_reason(int err);
/* TLS AlertDescription of a negative errno; internal_error for an unknown one. */
u8 cssp_alert(int err);

#endif
