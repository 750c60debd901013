/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * CredSSP security contexts: /dev/credssp ioctls and SSPI constants with their
 * Windows numbers.
 *
 * General ioctl format: every argument is a structure.  Its first member is its size
 * in bytes as the caller knows it.  By the rules of copy_struct_from_user() both older
 * and newer callers work: members that an older caller does not have are zero.  The
 * smallest structures are those of CREDSSP_ABI 1.  Unknown flags and reserved members
 * must be zero.  The ioctl returns
 *
 *   0        the call was carried out; @status holds its SECURITY_STATUS, which may
 *            be an error of the protocol or of the policy,
 *   -EFAULT  a pointer is bad; the structure itself must be writable,
 *   -EINVAL  @size is too small, or a reserved member or an unknown flag is set,
 *   -E2BIG   the caller's structure is newer and sets members unknown to the module,
 *   -ENOTTY  no such ioctl,
 *   -EPERM   the caller or the opener of the file lacks a privilege,
 *   -EINTR   the caller was killed while waiting.
 *
 * Handles are 64-bit numbers that are valid in one open file only.  0 is never a
 * handle; it stands for NULL.
 */
#ifndef _UAPI_LINUX_CREDSSP_H
#define _UAPI_LINUX_CREDSSP_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include <linux/credssp_attr.h>
#include <linux/credssp_buffers.h>
#include <linux/credssp_helper.h>
#include <linux/credssp_policy.h>

#define CREDSSP_DEVICE		"/dev/credssp"
#define CREDSSP_HELPER_DEVICE	"/dev/credssp-helper"

/* SECURITY_STATUS: success codes (MS-ERREF 2.1, sspi.h) */
#define SEC_E_OK				0x00000000
#define SEC_I_CONTINUE_NEEDED			0x00090312
#define SEC_I_COMPLETE_NEEDED			0x00090313
#define SEC_I_COMPLETE_AND_CONTINUE		0x00090314
#define SEC_I_CONTEXT_EXPIRED			0x00090317
#define SEC_I_INCOMPLETE_CREDENTIALS		0x00090320
#define SEC_I_RENEGOTIATE			0x00090321

/* SECURITY_STATUS: failures, negative as a signed 32-bit number */
#define SEC_E_INSUFFICIENT_MEMORY		((__s32)0x80090300)
#define SEC_E_INVALID_HANDLE			((__s32)0x80090301)
#define SEC_E_UNSUPPORTED_FUNCTION		((__s32)0x80090302)
#define SEC_E_TARGET_UNKNOWN			((__s32)0x80090303)
#define SEC_E_INTERNAL_ERROR			((__s32)0x80090304)
#define SEC_E_SECPKG_NOT_FOUND			((__s32)0x80090305)
#define SEC_E_NOT_OWNER				((__s32)0x80090306)
#define SEC_E_INVALID_TOKEN			((__s32)0x80090308)
#define SEC_E_QOP_NOT_SUPPORTED			((__s32)0x8009030A)
#define SEC_E_LOGON_DENIED			((__s32)0x8009030C)
#define SEC_E_UNKNOWN_CREDENTIALS		((__s32)0x8009030D)
#define SEC_E_NO_CREDENTIALS			((__s32)0x8009030E)
#define SEC_E_MESSAGE_ALTERED			((__s32)0x8009030F)
#define SEC_E_OUT_OF_SEQUENCE			((__s32)0x80090310)
#define SEC_E_NO_AUTHENTICATING_AUTHORITY	((__s32)0x80090311)
#define SEC_E_CONTEXT_EXPIRED			((__s32)0x80090317)
#define SEC_E_INCOMPLETE_MESSAGE		((__s32)0x80090318)
#define SEC_E_BUFFER_TOO_SMALL			((__s32)0x80090321)
#define SEC_E_WRONG_PRINCIPAL			((__s32)0x80090322)
#define SEC_E_TIME_SKEW				((__s32)0x80090324)
#define SEC_E_ILLEGAL_MESSAGE			((__s32)0x80090326)
#define SEC_E_ENCRYPT_FAILURE			((__s32)0x80090329)
#define SEC_E_DECRYPT_FAILURE			((__s32)0x80090330)
#define SEC_E_ALGORITHM_MISMATCH		((__s32)0x80090331)
#define SEC_E_BAD_BINDINGS			((__s32)0x80090346)
#define SEC_E_INVALID_PARAMETER			((__s32)0x8009035D)
#define SEC_E_DELEGATION_POLICY			((__s32)0x8009035E)
#define SEC_E_POLICY_NLTM_ONLY			((__s32)0x8009035F)
#define SEC_E_NO_CONTEXT			((__s32)0x80090361)
#define SEC_E_MUTUAL_AUTH_FAILED		((__s32)0x80090363)

/* fContextReq and pfContextAttr: the flags of InitializeSecurityContext (CredSSP) */
#define ISC_REQ_DELEGATE		0x00000001
#define ISC_REQ_MUTUAL_AUTH		0x00000002
#define ISC_REQ_REPLAY_DETECT		0x00000004
#define ISC_REQ_SEQUENCE_DETECT		0x00000008
#define ISC_REQ_CONFIDENTIALITY		0x00000010
#define ISC_REQ_USE_SUPPLIED_CREDS	0x00000080
#define ISC_REQ_ALLOCATE_MEMORY		0x00000100
#define ISC_REQ_CONNECTION		0x00000800
#define ISC_REQ_EXTENDED_ERROR		0x00004000
#define ISC_REQ_STREAM			0x00008000
#define ISC_REQ_INTEGRITY		0x00010000
#define ISC_REQ_MANUAL_CRED_VALIDATION	0x00080000

#define ISC_RET_DELEGATE		ISC_REQ_DELEGATE
#define ISC_RET_MUTUAL_AUTH		ISC_REQ_MUTUAL_AUTH
#define ISC_RET_REPLAY_DETECT		ISC_REQ_REPLAY_DETECT
#define ISC_RET_SEQUENCE_DETECT		ISC_REQ_SEQUENCE_DETECT
#define ISC_RET_CONFIDENTIALITY		ISC_REQ_CONFIDENTIALITY
#define ISC_RET_USED_SUPPLIED_CREDS	ISC_REQ_USE_SUPPLIED_CREDS
#define ISC_RET_ALLOCATED_MEMORY	ISC_REQ_ALLOCATE_MEMORY
#define ISC_RET_CONNECTION		ISC_REQ_CONNECTION
#define ISC_RET_EXTENDED_ERROR		ISC_REQ_EXTENDED_ERROR
#define ISC_RET_STREAM			ISC_REQ_STREAM
#define ISC_RET_INTEGRITY		ISC_REQ_INTEGRITY
#define ISC_RET_MANUAL_CRED_VALIDATION	ISC_REQ_MANUAL_CRED_VALIDATION

#define SECURITY_NATIVE_DREP		0x00000010
#define SECURITY_NETWORK_DREP		0x00000000

#define SECPKG_CRED_INBOUND		0x00000001
#define SECPKG_CRED_OUTBOUND		0x00000002

/* SecBuffer types (the low 28 bits) and attributes */
#define SECBUFFER_VERSION		0
#define SECBUFFER_EMPTY			0
#define SECBUFFER_DATA			1
#define SECBUFFER_TOKEN			2
#define SECBUFFER_PKG_PARAMS		3
#define SECBUFFER_MISSING		4
#define SECBUFFER_EXTRA			5
#define SECBUFFER_STREAM_TRAILER	6
#define SECBUFFER_STREAM_HEADER		7
#define SECBUFFER_CHANNEL_BINDINGS	14
#define SECBUFFER_ALERT			17
#define SECBUFFER_READONLY		0x80000000
#define SECBUFFER_ATTRMASK		0xF0000000

/* SEC_WINNT_AUTH_IDENTITY.Flags: how the strings of an identity are encoded */
#define CREDSSP_IDENTITY_UTF8		1	/* SEC_WINNT_AUTH_IDENTITY_ANSI */
#define CREDSSP_IDENTITY_UTF16		2	/* SEC_WINNT_AUTH_IDENTITY_UNICODE */

/* Limits of one call or handle; a larger value is refused, never truncated */
#define CREDSSP_MAX_TOKEN		65536	/* bytes of one token, MS-CSSP legs fit */
#define CREDSSP_MAX_TARGET		1024	/* bytes of a target name in UTF-8 */
#define CREDSSP_MAX_NAME		1024	/* bytes of a user or domain name */
#define CREDSSP_MAX_PASSWORD		4096	/* bytes of a password as passed in */
#define CREDSSP_MAX_CERT		32768	/* bytes of one DER certificate */
#define CREDSSP_MAX_MESSAGE		16384	/* plaintext bytes of one TLS record */
#define CREDSSP_MAX_SIGNED	65536	/* bytes that an inner package seals or signs */
#define CREDSSP_MAX_SIGNATURE	80	/* bytes of a signature, or that sealing adds */
#define CREDSSP_MAX_BUFFERS		8	/* SecBuffers in one descriptor */
#define CREDSSP_MAX_BINDINGS	4096	/* bytes of a SECBUFFER_CHANNEL_BINDINGS */
#define CREDSSP_MIN_VERSION		2	/* MS-CSSP 2.2.1 */
#define CREDSSP_MAX_VERSION		6

#define CREDSSP_MAX_CERT_NAME	64	/* bytes of a client certificate's name */
#define CREDSSP_MAX_ISSUERS	131072	/* bytes of issuers' names, lengths included */
#define CREDSSP_MAX_PINS		16	/* fingerprints of one credential */
#define CREDSSP_PIN_SIZE		32	/* SHA-256 */

/* Security packages: CredSSP, and its inner packages on their own */
#define CREDSSP_PACKAGE_CREDSSP		0
#define CREDSSP_PACKAGE_NEGOTIATE	1
#define CREDSSP_PACKAGE_NTLM		2
#define CREDSSP_PACKAGE_KERBEROS	3

/* Inner mechanisms a credential may use */
#define CREDSSP_MECH_NEGOTIATE		0x1	/* SPNEGO offering what is enabled */
#define CREDSSP_MECH_NTLM		0x2	/* raw NTLM */
#define CREDSSP_MECH_KERBEROS		0x4	/* raw Kerberos (RFC 4121) */

/**
 * struct credssp_sec_buffer - SecBuffer of the ioctls
 * @type: SECBUFFER_*, with SECBUFFER_READONLY in the attribute bits
 * @length: in: bytes at @addr, or room there; out: bytes there or, for
 *	MISSING and EXTRA, the count; after SEC_E_BUFFER_TOO_SMALL the room needed
 * @addr: user pointer
 */
struct credssp_sec_buffer {
	__u32 type;
	__u32 length;
	__aligned_u64 addr;
};

/* Where an exchange is, or where it failed (MS-CSSP 3.1.5) */
enum credssp_leg {
	CREDSSP_LEG_START = 0,
	CREDSSP_LEG_TLS = 1,		/* TLS handshake */
	CREDSSP_LEG_NEGO = 2,		/* negoTokens */
	CREDSSP_LEG_PUBKEY = 3,		/* pubKeyAuth sent, the server's awaited */
	CREDSSP_LEG_CREDS = 4,		/* authInfo */
	CREDSSP_LEG_EARLY_AUTH = 5,	/* MS-RDPBCGR Early User Authorization Result */
	CREDSSP_LEG_ESTABLISHED = 6,
};

/* Why an exchange failed, finer than the status; stable numbers */
enum credssp_reason {
	CREDSSP_REASON_NONE = 0,
	CREDSSP_REASON_PARAMETER = 1,		/* the caller's arguments */
	CREDSSP_REASON_NO_MEMORY = 2,
	CREDSSP_REASON_NO_HELPER = 3,		/* credsspd is not running */
	CREDSSP_REASON_HELPER_DIED = 4,
	CREDSSP_REASON_HELPER_REPLY = 5,	/* malformed or refused */
	CREDSSP_REASON_TIMEOUT = 6,
	CREDSSP_REASON_CANCELLED = 7,
	CREDSSP_REASON_CONNECTION = 8,		/* closed, reset; or no network */
	CREDSSP_REASON_TLS_ALERT = 9,		/* the peer's fatal alert, @tls_alert */
	CREDSSP_REASON_TLS_HANDSHAKE = 10,
	CREDSSP_REASON_TLS_RECORD = 11,		/* broken record, bad tag, KeyUpdate */
	CREDSSP_REASON_DER = 12,		/* TSRequest malformed */
	CREDSSP_REASON_UNEXPECTED_FIELD = 13,	/* wrong field for this leg */
	CREDSSP_REASON_VERSION = 14,		/* below 2, or changed midway */
	CREDSSP_REASON_VERSION_POLICY = 15,	/* below the minimum wanted */
	CREDSSP_REASON_SPNEGO = 16,
	CREDSSP_REASON_MECH_TOKEN = 17,		/* NTLM message malformed */
	CREDSSP_REASON_MECH_WEAK = 18,		/* weaker than NTLMv2/ESS/128/KEY_EXCH */
	CREDSSP_REASON_MECH_MIC = 19,
	CREDSSP_REASON_BINDING = 20,		/* pubKeyAuth does not prove the key */
	CREDSSP_REASON_ERROR_CODE = 21,		/* the server's errorCode, @ntstatus */
	CREDSSP_REASON_CLOSED_AFTER_AUTH = 22,	/* close or alert after AUTHENTICATE */
	CREDSSP_REASON_EARLY_DENIED = 23,	/* Early User Authorization Result */
	CREDSSP_REASON_POLICY = 24,		/* delegation policy */
	CREDSSP_REASON_SERVER_NOT_PROVEN = 25,
	CREDSSP_REASON_KEY = 26,		/* logon key unusable */
	CREDSSP_REASON_FIPS = 27,		/* algorithm not available */
	CREDSSP_REASON_LIMIT = 28,		/* the module's, or the peer's record size */
	CREDSSP_REASON_SOCKET = 29,		/* not a socket that can be attached */
	CREDSSP_REASON_CERTIFICATE = 30,	/* no usable public key in it */
	CREDSSP_REASON_LOOPBACK = 31,		/* the token transport's loopback connection */
	CREDSSP_REASON_NTLM_OFF = 32,		/* policy: Kerberos only */
	CREDSSP_REASON_TLS_VERSION = 33,	/* none in common */
	CREDSSP_REASON_TLS_ALGORITHM = 34,	/* no suite, group or signature in common */
	CREDSSP_REASON_TLS_MESSAGE = 35,	/* unexpected handshake message */
	CREDSSP_REASON_TLS_DECODE = 36,		/* a malformed message */
	CREDSSP_REASON_TLS_PROOF = 37,		/* the server did not prove its key */
	CREDSSP_REASON_KEY_SIZE = 38,		/* the server's key is too large */
	CREDSSP_REASON_TLS_SIZE = 39,		/* the handshake is too long */
	CREDSSP_REASON_CLIENT_CERT = 40,	/* not available, or its key cannot sign */
	CREDSSP_REASON_NO_TICKETS = 41,		/* no cache or keytab, or nothing usable in it */
	CREDSSP_REASON_TICKETS_EXPIRED = 42,	/* the TGT has expired */
	CREDSSP_REASON_FOREIGN = 43,		/* in other namespaces than the helper */
	CREDSSP_REASON_NO_REALM = 44,		/* no realm is known for user or target */
	CREDSSP_REASON_NO_KDC = 45,		/* no KDC is known, or none has answered */
	CREDSSP_REASON_CLIENT_UNKNOWN = 46,	/* the KDC does not know the user */
	CREDSSP_REASON_TARGET_UNKNOWN = 47,	/* the KDC does not know the service */
	CREDSSP_REASON_PASSWORD = 48,		/* wrong, says the KDC */
	CREDSSP_REASON_PASSWORD_EXPIRED = 49,
	CREDSSP_REASON_ACCOUNT = 50,		/* locked, disabled, revoked or expired */
	CREDSSP_REASON_SKEW = 51,		/* the clocks differ, @skew */
	CREDSSP_REASON_ENCTYPE = 52,		/* no strong Kerberos encryption in common */
	CREDSSP_REASON_USER_TO_USER = 53,	/* the service takes user-to-user only */
	CREDSSP_REASON_KRB_ERROR = 54,		/* another KRB-ERROR, @krb_error */
	CREDSSP_REASON_KDC_ANSWER = 55,		/* malformed or not authentic */
	CREDSSP_REASON_NO_KERBEROS = 56,	/* the helper is without it */
	CREDSSP_REASON_NOT_CHOSEN = 57,		/* the server chose another mechanism */
	CREDSSP_REASON_CERT_EXPIRED = 58,	/* the user's (PKINIT), or not valid yet */
	CREDSSP_REASON_CERT_UNTRUSTED = 59,	/* the user's (PKINIT), here or by the KDC */
	CREDSSP_REASON_LOGON = 60,		/* acceptor: unknown account or wrong password */
	CREDSSP_REASON_LOCKED_OUT = 61,		/* acceptor: too many failures before this one */
	CREDSSP_REASON_BUSY = 62,		/* acceptor: too many logons at a time */
	CREDSSP_REASON_DELEGATION = 63,		/* acceptor: their kind is not taken */
	CREDSSP_REASON_SERVER_CERT = 64,	/* acceptor: none, or unusable */
	CREDSSP_REASON_NO_ACCOUNTS = 65,	/* acceptor: credsspd knows no accounts */
};

/* @trust of struct credssp_report: what is wrong with the certificate; 0: trusted */
#define CREDSSP_TRUST_UNTRUSTED_ROOT	0x01
#define CREDSSP_TRUST_EXPIRED		0x02
#define CREDSSP_TRUST_NOT_YET_VALID	0x04
#define CREDSSP_TRUST_WRONG_NAME	0x08
#define CREDSSP_TRUST_REVOKED		0x10
#define CREDSSP_TRUST_WEAK		0x20
#define CREDSSP_TRUST_INVALID		0x40
#define CREDSSP_TRUST_NOT_EVALUATED	0x80	/* no target host to check against */

/* @facts of struct credssp_report */
#define CREDSSP_FACT_DELEGATED		0x01	/* non-empty TSCredentials were sent */
#define CREDSSP_FACT_SERVER_PROVEN	0x02	/* by a trusted or pinned certificate or Kerberos */
#define CREDSSP_FACT_PEER_VERSION	0x04	/* @credssp_version is known */
#define CREDSSP_FACT_NTSTATUS		0x08	/* @ntstatus came from the peer */
#define CREDSSP_FACT_EARLY_AUTH		0x10	/* the result PDU said success */
#define CREDSSP_FACT_TLS		0x20	/* the TLS members are set */
#define CREDSSP_FACT_ALERT		0x40	/* @tls_alert came from the peer */
#define CREDSSP_FACT_RESUMED		0x80	/* an earlier TLS session was resumed */
#define CREDSSP_FACT_PINNED		0x100	/* certificate is one of the pinned ones */
#define CREDSSP_FACT_CLIENT_CERT	0x200	/* the server was given a client certificate */
#define CREDSSP_FACT_KERBEROS_PROVEN	0x400	/* Kerberos has proven the server */
#define CREDSSP_FACT_USER_TO_USER	0x800	/* Kerberos, by a user-to-user ticket */

/**
 * struct credssp_report - what is known of an exchange, after a failure too
 * @leg: enum credssp_leg: where it is or where it failed
 * @reason: enum credssp_reason
 * @ntstatus: NTSTATUS of the peer's errorCode, else 0
 * @tls_alert: AlertDescription received (RFC 8446 6), else 0
 * @tls_version: 0x0303 or 0x0304
 * @tls_cipher: cipher suite by IANA number
 * @credssp_version: effective version, min(own, peer's)
 * @peer_version: the peer's own version as sent
 * @mech: CREDSSP_MECH_* of the credential; @mech_package says what it came to
 * @trust: CREDSSP_TRUST_* bits, 0 for a trusted certificate
 * @facts: CREDSSP_FACT_* bits
 * @cert_length: bytes of the peer's own certificate in DER
 * @mech_package: CREDSSP_PACKAGE_NTLM or CREDSSP_PACKAGE_KERBEROS: the mechanism that was
 *	used; 0 before it is known
 * @cert_sha256: SHA-256 of it
 * @passed_over: enum credssp_reason why Kerberos was not used where it was possible, else 0
 * @krb_error: error-code of a KRB-ERROR of the KDC or the server (RFC 4120 7.5.9), else 0
 * @skew: seconds by which the other clock is ahead of this machine's, with
 *	CREDSSP_REASON_SKEW
 * @kdc_messages: messages to KDCs in this exchange
 * @delegated: enum credssp_delegated; of an acceptor
 * @__reserved: zero, for later facts
 */
struct credssp_report {
	__u32 leg;
	__u32 reason;
	__u32 ntstatus;
	__u32 tls_alert;
	__u16 tls_version;
	__u16 tls_cipher;
	__u32 credssp_version;
	__u32 peer_version;
	__u32 mech;
	__u32 trust;
	__u32 facts;
	__u32 cert_length;
	__u32 mech_package;
	__u8 cert_sha256[32];
	__u32 passed_over;
	__u32 krb_error;
	__aligned_s64 skew;
	__u32 kdc_messages;
	__u32 delegated;
	__u32 __reserved[6];
};

/**
 * struct credssp_ioc_info - CREDSSP_IOC_INFO: module, helper, counts and limits
 * @abi: CREDSSP_ABI of the module
 * @helper_present: 1 when credsspd serves the opener's network namespace
 * @flags: CREDSSP_INFO_*
 * @own_contexts, @own_credentials, @own_buffer_bytes: in use by the caller's user,
 *	including the user namespaces that it owns
 * @max_contexts, @max_credentials, @max_buffer_bytes: that user's quota, or
 *	CREDSSP_UNLIMITED
 * @contexts, @credentials, @buffer_bytes: in use by all users; these and the
 *	next three are 0 without CREDSSP_INFO_ALL
 * @established: contexts established since load, @failed: exchanges failed
 * @refused: how often a quota was exceeded since load
 * @helper_timeout_ms, @handshake_timeout_ms, @max_handles: limits in force
 * @version: version of the module, NUL-terminated
 */
#define CREDSSP_ABI	3
#define CREDSSP_UNLIMITED	(~(__u64)0)
#define CREDSSP_INFO_ALL	0x1	/* the caller may see the counts of all users */
struct credssp_ioc_info {
	__u32 size;
	__u32 abi;
	__u32 helper_present;
	__u32 flags;
	__u32 own_contexts;
	__u32 own_credentials;
	__u32 contexts;
	__u32 credentials;
	__u32 helper_timeout_ms;
	__u32 handshake_timeout_ms;
	__u32 max_handles;
	__u32 __reserved;
	__aligned_u64 own_buffer_bytes;
	__aligned_u64 max_contexts;
	__aligned_u64 max_credentials;
	__aligned_u64 max_buffer_bytes;
	__aligned_u64 buffer_bytes;
	__aligned_u64 established;
	__aligned_u64 failed;
	__aligned_u64 refused;
	__u8 version[32];
};

/**
 * enum credssp_ticket_source - where Kerberos tickets come from
 * @CREDSSP_TICKETS_AUTO: from the password of the credential. Without a password, user and
 *	saved key: from the user's default credential cache (default credentials)
 * @CREDSSP_TICKETS_CCACHE: from a credential cache, which the caller's user can read
 * @CREDSSP_TICKETS_KEYTAB: by a keytab, which the caller's user can read
 * @CREDSSP_TICKETS_CERT: by a certificate (PKINIT), which the caller's user can read; the
 *	password is its PIN
 */
enum credssp_ticket_source {
	CREDSSP_TICKETS_AUTO = 0,
	CREDSSP_TICKETS_CCACHE = 1,
	CREDSSP_TICKETS_KEYTAB = 2,
	CREDSSP_TICKETS_CERT = 3,
};

/* @flags of struct credssp_ioc_acquire: Kerberos by user-to-user tickets (MS-KILE 3.2.5.2) */
#define CREDSSP_ACQUIRE_USER_TO_USER	0x1
/*
 * @flags: Kerberos without mutual authentication, for CREDSSP_PACKAGE_KERBEROS only: the first
 * call establishes the context, with the key that the AP-REQ gives to the server.  For a
 * protocol that proves the server in another way, as SMB does with its signatures
 */
#define CREDSSP_ACQUIRE_ONE_WAY		0x2

/**
 * struct credssp_ioc_acquire - CREDSSP_IOC_ACQUIRE: AcquireCredentialsHandle
 * @status: out
 * @use: SECPKG_CRED_OUTBOUND; or SECPKG_CRED_INBOUND, for which the caller and the opener need
 *	CAP_NET_ADMIN in the user namespace that owns the opener's network namespace. With
 *	INBOUND: no key, user, password, realm or pins; @domain is the name of the domain that
 *	NTLM announces (none: the machine's name); @cert is the name of the server certificate
 *	that the helper has for this user (none: chosen by the client's SNI); @tickets is the
 *	keytab, with CREDSSP_TICKETS_KEYTAB
 * @flags: CREDSSP_ACQUIRE_*
 * @encoding: CREDSSP_IDENTITY_UTF8 or _UTF16, of the three strings
 * @mechs: CREDSSP_MECH_* or 0 for NEGOTIATE
 * @min_version, @max_version: CredSSP versions, 0 for the policy's minimum and 6
 * @key: serial of a `logon` key described "credssp:...", or 0; an SPN in the
 *	description is spelled as targets are
 * @user, @domain, @password: user pointers with lengths in bytes, no NUL;
 *	with @key all zero.  They are copied.  With neither a key nor strings, an
 *	exchange looks up the key "credssp:<SPN>" in the keyrings of the task that
 *	acquired the credential, unless the call supplies an identity
 * @cred: out: handle
 * @expiry: out: FILETIME in UTC
 * @package: CREDSSP_PACKAGE_*
 * @cert_length, @cert: name of a client certificate that the helper has for
 *	this user (credsspd(8)), in ASCII without NUL, at most
 *	CREDSSP_MAX_CERT_NAME bytes; none when the length is 0
 * @pin_count, @pins: SHA-256 fingerprints of certificates, 32 bytes each, at most
 *	CREDSSP_MAX_PINS; a server with one of these certificates is proven,
 *	trusted or not
 * @ticket_source: enum credssp_ticket_source
 * @tickets_length, @tickets: name of the credential cache or keytab, in UTF-8 without NUL,
 *	at most CREDSSP_MAX_NAME bytes; none: the default one of the caller's user.  With
 *	CREDSSP_TICKETS_CERT: a value of pkinit_identities, krb5.conf(5)
 * @realm_length, @realm: Kerberos realm of @user, in UTF-8 without NUL, at most
 *	CREDSSP_MAX_NAME bytes; none: @domain
 */
struct credssp_ioc_acquire {
	__u32 size;
	__s32 status;
	__u32 use;
	__u32 flags;
	__u32 encoding;
	__u32 mechs;
	__u32 min_version;
	__u32 max_version;
	__s32 key;
	__u32 user_length;
	__u32 domain_length;
	__u32 password_length;
	__aligned_u64 user;
	__aligned_u64 domain;
	__aligned_u64 password;
	__aligned_u64 cred;
	__aligned_u64 expiry;
	__u32 package;
	__u32 cert_length;
	__u32 pin_count;
	__u32 ticket_source;
	__aligned_u64 cert;
	__aligned_u64 pins;
	__u32 tickets_length;
	__u32 realm_length;
	__aligned_u64 tickets;
	__aligned_u64 realm;
};

/**
 * struct credssp_ioc_handle - FREE_CRED, DELETE, COMPLETE, CANCEL
 * @status: out
 * @handle: the credential (FREE_CRED) or the context
 */
struct credssp_ioc_handle {
	__u32 size;
	__s32 status;
	__aligned_u64 handle;
};

/**
 * struct credssp_ioc_init - CREDSSP_IOC_INIT: InitializeSecurityContext (CredSSP)
 * @status: out
 * @context_req: ISC_REQ_*
 * @cred: handle; may be another one after SEC_I_INCOMPLETE_CREDENTIALS
 * @context: 0 on the first call, then the handle of the first call
 * @target: target name without NUL, @target_length bytes (may be absent): an SPN
 *	whose class may have blanks inside, or a host; the host is ASCII (A-labels),
 *	an IPv4 address of four decimal numbers or an IPv6 address as in RFC 5952
 * @reserved1, @reserved2: must be zero
 * @data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @input: array of @input_count struct credssp_sec_buffer; written back
 * @output: array of @output_count, one SECBUFFER_TOKEN and, to receive alerts
 *	apart from tokens, a SECBUFFER_ALERT; written back
 * @new_context: out: handle of the context
 * @context_attr: out: ISC_RET_*
 * @expiry: out: FILETIME in UTC
 * @reason: out: enum credssp_reason of a first call that failed, which makes no context to
 *	ask for a report; else 0
 * @__reserved: zero
 */
struct credssp_ioc_init {
	__u32 size;
	__s32 status;
	__u32 context_req;
	__u32 reserved1;
	__u32 data_rep;
	__u32 reserved2;
	__u32 target_length;
	__u32 input_count;
	__u32 output_count;
	__u32 context_attr;
	__aligned_u64 cred;
	__aligned_u64 context;
	__aligned_u64 target;
	__aligned_u64 input;
	__aligned_u64 output;
	__aligned_u64 new_context;
	__aligned_u64 expiry;
	__u32 reason;
	__u32 __reserved;
};

/**
 * struct credssp_ioc_authenticate - CREDSSP_IOC_AUTHENTICATE: all legs on a TCP socket
 * @status: out
 * @fd: connected TCP socket of the opener's network namespace; with SEC_E_OK it is a
 *	kTLS stream; after an error it is shut down, unless no byte was sent
 * @flags: CREDSSP_AUTH_*
 * @context_req: ISC_REQ_*, without ALLOCATE_MEMORY and CONNECTION
 * @timeout_ms: bound on the whole exchange, 0 for the module's
 * @cred, @target, @target_length: as in CREDSSP_IOC_INIT
 * @context_attr, @expiry: out
 * @cert, @cert_length: optional room for the peer's certificate in DER; out:
 *	its length (the bytes are written only if there is room)
 * @report: out
 * @user, @user_length: optional room for the name of the user that logs on, in UTF-8
 *	without NUL: DOMAIN\\user, the user alone, or Kerberos' principal; out: its
 *	length, likewise
 * @trace, @trace_length: optional room for lines about KDCs and tickets, as in struct
 *	credssp_trace; out: their length, likewise
 */
#define CREDSSP_AUTH_EARLY_AUTH		0x1	/* wait for the HYBRID_EX result PDU */
struct credssp_ioc_authenticate {
	__u32 size;
	__s32 status;
	__s32 fd;
	__u32 flags;
	__u32 context_req;
	__u32 timeout_ms;
	__u32 target_length;
	__u32 context_attr;
	__u32 cert_length;
	__u32 __reserved;
	__aligned_u64 cred;
	__aligned_u64 target;
	__aligned_u64 expiry;
	__aligned_u64 cert;
	struct credssp_report report;
	__aligned_u64 user;
	__u32 user_length;
	__u32 trace_length;
	__aligned_u64 trace;
};

/**
 * struct credssp_ioc_query - CREDSSP_IOC_QUERY: QueryContextAttributes
 * @status: out; SEC_E_BUFFER_TOO_SMALL with @length = room needed
 * @attribute: SECPKG_ATTR_*
 * @context: handle
 * @buffer, @length: where the attribute's structure goes; out: bytes written
 */
struct credssp_ioc_query {
	__u32 size;
	__s32 status;
	__u32 attribute;
	__u32 length;
	__aligned_u64 context;
	__aligned_u64 buffer;
};

/**
 * struct credssp_ioc_packages - CREDSSP_IOC_PACKAGES: EnumerateSecurityPackages
 * @status: out; SEC_E_BUFFER_TOO_SMALL with @length = room needed
 * @length: room at @buffer; out: bytes written
 * @count: out: packages
 * @__reserved: zero
 * @buffer: @count struct credssp_package_info, and their strings
 */
struct credssp_ioc_packages {
	__u32 size;
	__s32 status;
	__u32 length;
	__u32 count;
	__aligned_u64 __reserved;
	__aligned_u64 buffer;
};

/* Flags of struct credssp_ioc_message. */
#define CREDSSP_MESSAGE_SPLIT		0x1
#define CREDSSP_MESSAGE_INSIDE		0x2

/**
 * struct credssp_ioc_message - ENCRYPT, DECRYPT, SIGN and VERIFY
 * @status: out
 * @flags: ENCRYPT: CREDSSP_MESSAGE_SPLIT: a record's header goes to @header, the
 *	ciphertext, which is as long as @in, to @out, and the trailer to @trailer;
 *	DECRYPT: CREDSSP_MESSAGE_INSIDE: the plaintext of a record goes to
 *	@header_length bytes behind @in, and @out is set to that address
 * @context: handle of an established context
 * @in, @in_length: plaintext (at most CREDSSP_MAX_MESSAGE) or TLS records; of
 *	inner packages plaintext (at most CREDSSP_MAX_SIGNED) or one sealed message
 * @out, @out_length: room; out: bytes written or needed; VERIFY: the signature
 * @consumed: out: bytes of @in that were used (whole records only)
 * @missing: out: after SEC_E_INCOMPLETE_MESSAGE, how many more bytes are needed
 * @header, @trailer: memory for CREDSSP_MESSAGE_SPLIT
 * @header_length, @trailer_length: room there; out: bytes written or needed. DECRYPT: out:
 *	bytes in front of the plaintext and behind it, in a record without padding
 */
struct credssp_ioc_message {
	__u32 size;
	__s32 status;
	__u32 flags;
	__u32 in_length;
	__u32 out_length;
	__u32 consumed;
	__u32 missing;
	__u32 __reserved;
	__aligned_u64 context;
	__aligned_u64 in;
	__aligned_u64 out;
	__aligned_u64 header;
	__aligned_u64 trailer;
	__u32 header_length;
	__u32 trailer_length;
};

/**
 * struct credssp_ioc_socket - ATTACH and EXPORT_KTLS
 * @status: out
 * @fd: TCP socket of the opener's network namespace
 * @flags: must be zero
 * @cred: ATTACH: credential of the new context
 * @context: ATTACH: out, a context on that socket, for CREDSSP_IOC_INIT without
 *	tokens; EXPORT_KTLS: in
 */
struct credssp_ioc_socket {
	__u32 size;
	__s32 status;
	__s32 fd;
	__u32 flags;
	__aligned_u64 cred;
	__aligned_u64 context;
};

#define CREDSSP_IOC_TYPE		0xC5
#define CREDSSP_IOC_INFO		_IO(CREDSSP_IOC_TYPE, 0x00)
#define CREDSSP_IOC_ACQUIRE		_IO(CREDSSP_IOC_TYPE, 0x01)
#define CREDSSP_IOC_FREE_CRED		_IO(CREDSSP_IOC_TYPE, 0x02)
#define CREDSSP_IOC_INIT		_IO(CREDSSP_IOC_TYPE, 0x03)
#define CREDSSP_IOC_ATTACH		_IO(CREDSSP_IOC_TYPE, 0x04)
#define CREDSSP_IOC_AUTHENTICATE	_IO(CREDSSP_IOC_TYPE, 0x05)
#define CREDSSP_IOC_DELETE		_IO(CREDSSP_IOC_TYPE, 0x06)
#define CREDSSP_IOC_QUERY		_IO(CREDSSP_IOC_TYPE, 0x07)
#define CREDSSP_IOC_ENCRYPT		_IO(CREDSSP_IOC_TYPE, 0x08)
#define CREDSSP_IOC_DECRYPT		_IO(CREDSSP_IOC_TYPE, 0x09)
#define CREDSSP_IOC_EXPORT_KTLS		_IO(CREDSSP_IOC_TYPE, 0x0A)
#define CREDSSP_IOC_COMPLETE		_IO(CREDSSP_IOC_TYPE, 0x0B)
#define CREDSSP_IOC_CANCEL		_IO(CREDSSP_IOC_TYPE, 0x0C)
#define CREDSSP_IOC_ACCEPT		_IO(CREDSSP_IOC_TYPE, 0x0D)
#define CREDSSP_IOC_ACCEPT_SOCKET	_IO(CREDSSP_IOC_TYPE, 0x0E)
#define CREDSSP_IOC_DELEGATED		_IO(CREDSSP_IOC_TYPE, 0x0F)
#define CREDSSP_IOC_PACKAGES		_IO(CREDSSP_IOC_TYPE, 0x10)
#define CREDSSP_IOC_SIGN		_IO(CREDSSP_IOC_TYPE, 0x11)
#define CREDSSP_IOC_VERIFY		_IO(CREDSSP_IOC_TYPE, 0x12)
#define CREDSSP_IOC_POLICY_GET		_IO(CREDSSP_IOC_TYPE, 0x18)
#define CREDSSP_IOC_POLICY_SET		_IO(CREDSSP_IOC_TYPE, 0x19)
#define CREDSSP_IOC_POLICY_CHECK	_IO(CREDSSP_IOC_TYPE, 0x1A)

#include <linux/credssp_accept.h>

#endif /* _UAPI_LINUX_CREDSSP_H */
