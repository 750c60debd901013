/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of this module a failure is a negative errno. These names give the meaning
 * that an errno has here. base/status.c has the only table that turns an errno into
 * a SECURITY_STATUS, for the entry points, the only one that turns it into a reason,
 * and the only one that turns it into an alert.
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
#define CSSP_E_BINDINGS		(-ECHRNG)	/* the initiator is bound to another channel */
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
#define CSSP_E_SKEW		(-ETIME)	/* the clocks differ too much for Kerberos */
#define CSSP_E_VERSION		(-EPROTONOSUPPORT) /* peer below the minimum version */

/* SECURITY_STATUS of 0 or a negative errno; SEC_E_INTERNAL_ERROR for an unknown one. */
s32 cssp_status(int err);
/* The same for a call of an exchange, where -EAGAIN is SEC_I_CONTINUE_NEEDED. */
s32 cssp_status_exchange(int err);

/**
 * enum cssp_layer - where a failure is met; an errno may have another reason there
 * @CSSP_LAYER_EXCHANGE: the exchange, and a call without an exchange
 * @CSSP_LAYER_TLS: a TLS channel; what it does not know is left to the exchange
 * @CSSP_LAYER_SOCKET: the installation of the keys in the caller's socket
 * @CSSP_LAYER_NTLM: the NTLM mechanism
 * @CSSP_LAYER_KRB5: the Kerberos mechanism
 * @CSSP_LAYER_SPNEGO: SPNEGO, without the mechanism in it
 * @CSSP_LAYERS: their number
 */
enum cssp_layer {
	CSSP_LAYER_EXCHANGE,
	CSSP_LAYER_TLS,
	CSSP_LAYER_SOCKET,
	CSSP_LAYER_NTLM,
	CSSP_LAYER_KRB5,
	CSSP_LAYER_SPNEGO,
	CSSP_LAYERS,
};

/*
 * enum credssp_reason of a negative errno in @layer, for a failure without a reason of
 * its own. An errno that is unknown there has CREDSSP_REASON_NONE in the exchange and
 * on the channel, and the layer's most general reason in the others.
 */
u32 cssp_reason(enum cssp_layer layer, int err);

/* TLS AlertDescription, RFC 8446 6 */
#define CSSP_ALERT_HANDSHAKE_FAILURE		40
#define CSSP_ALERT_ACCESS_DENIED		49
#define CSSP_ALERT_DECODE_ERROR			50
#define CSSP_ALERT_DECRYPT_ERROR		51
#define CSSP_ALERT_PROTOCOL_VERSION		70
#define CSSP_ALERT_INSUFFICIENT_SECURITY	71
#define CSSP_ALERT_INTERNAL_ERROR		80

/* CSSP_ALERT_* of a negative errno; internal_error for an unknown one. */
u8 cssp_alert(int err);

#endif
