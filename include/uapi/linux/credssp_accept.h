/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * AcceptSecurityContext: the server's side of CredSSP and of its inner packages, on
 * /dev/credssp.  Included by <linux/credssp.h>, which has the rules of the ioctls and their
 * numbers.
 */
#ifndef _UAPI_LINUX_CREDSSP_ACCEPT_H
#define _UAPI_LINUX_CREDSSP_ACCEPT_H

#include <linux/credssp.h>
#include <linux/types.h>

/* fContextReq and pfContextAttr: the flags of AcceptSecurityContext (CredSSP) */
#define ASC_REQ_DELEGATE		0x00000001
#define ASC_REQ_MUTUAL_AUTH		0x00000002
#define ASC_REQ_REPLAY_DETECT		0x00000004
#define ASC_REQ_SEQUENCE_DETECT		0x00000008
#define ASC_REQ_CONFIDENTIALITY		0x00000010
#define ASC_REQ_ALLOCATE_MEMORY		0x00000100
#define ASC_REQ_CONNECTION		0x00000800
#define ASC_REQ_EXTENDED_ERROR		0x00008000
#define ASC_REQ_STREAM			0x00010000
#define ASC_REQ_INTEGRITY		0x00020000
#define ASC_REQ_ALLOW_MISSING_BINDINGS	0x10000000

#define ASC_RET_DELEGATE		ASC_REQ_DELEGATE
#define ASC_RET_MUTUAL_AUTH		ASC_REQ_MUTUAL_AUTH
#define ASC_RET_REPLAY_DETECT		ASC_REQ_REPLAY_DETECT
#define ASC_RET_SEQUENCE_DETECT		ASC_REQ_SEQUENCE_DETECT
#define ASC_RET_CONFIDENTIALITY		ASC_REQ_CONFIDENTIALITY
#define ASC_RET_ALLOCATED_MEMORY	ASC_REQ_ALLOCATE_MEMORY
#define ASC_RET_CONNECTION		ASC_REQ_CONNECTION
#define ASC_RET_EXTENDED_ERROR		ASC_REQ_EXTENDED_ERROR
#define ASC_RET_STREAM			ASC_REQ_STREAM
#define ASC_RET_INTEGRITY		ASC_REQ_INTEGRITY

/**
 * enum credssp_delegated - what an initiator has delegated to an acceptor
 * @CREDSSP_DELEGATED_NONE: nothing arrived yet, or an inner package
 * @CREDSSP_DELEGATED_EMPTY: TSPasswordCreds with three empty strings: Restricted Admin, or a
 *	client that delegates nothing
 * @CREDSSP_DELEGATED_PASSWORD: TSPasswordCreds (MS-CSSP 2.2.1.2.1)
 * @CREDSSP_DELEGATED_SMARTCARD: TSSmartCardCreds (2.2.1.2.2)
 * @CREDSSP_DELEGATED_REMOTE_GUARD: TSRemoteGuardCreds (2.2.1.2.3)
 */
enum credssp_delegated {
	CREDSSP_DELEGATED_NONE = 0,
	CREDSSP_DELEGATED_EMPTY = 1,
	CREDSSP_DELEGATED_PASSWORD = 2,
	CREDSSP_DELEGATED_SMARTCARD = 3,
	CREDSSP_DELEGATED_REMOTE_GUARD = 4,
};

/**
 * struct credssp_address - where an initiator is
 * @family: 0 when it is not known, AF_INET (2) or AF_INET6 (10)
 * @port: TCP port, in host byte order
 * @scope: interface of a link-local IPv6 address, else 0
 * @address: 4 or 16 bytes in network byte order, the rest zero
 */
struct credssp_address {
	__u16 family;
	__u16 port;
	__u32 scope;
	__u8 address[16];
};

/* @flags of struct credssp_ioc_accept and struct credssp_ioc_accept_socket */
#define CREDSSP_ACCEPT_RESTRICTED_ADMIN	0x1	/* empty credentials are taken */
#define CREDSSP_ACCEPT_REMOTE_GUARD	0x2	/* TSRemoteGuardCreds are taken */
#define CREDSSP_ACCEPT_EARLY_AUTH	0x4	/* HYBRID_EX: send the result PDU at the end */

/**
 * struct credssp_ioc_accept - CREDSSP_IOC_ACCEPT: AcceptSecurityContext (CredSSP)
 * @status: out
 * @context_req: ASC_REQ_*
 * @flags: CREDSSP_ACCEPT_*; on the first call of a context, later ones repeat them or have 0
 * @data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @cred: handle of a credential with SECPKG_CRED_INBOUND; may be 0 on later calls
 * @context: 0 on the first call, then the handle of the first call; from the first call on
 *	the handle of CREDSSP_IOC_ATTACH, for all legs in one call without tokens
 * @input: array of @input_count struct credssp_sec_buffer: a SECBUFFER_TOKEN with the client's
 *	bytes and a SECBUFFER_EMPTY, as in CREDSSP_IOC_INIT; for an inner package the first call
 *	may have a SECBUFFER_CHANNEL_BINDINGS as its last buffer; written back
 * @output: array of @output_count, as in CREDSSP_IOC_INIT; written back. A call that fails may
 *	have made a token that says why (errorCode, KRB-ERROR): send it
 * @new_context: out: handle of the context
 * @context_attr: out: ASC_RET_*
 * @reason: out: as in CREDSSP_IOC_INIT
 * @expiry: out: FILETIME in UTC
 * @peer: where the initiator is, for lockout and verdict; @family 0 when unknown; ignored on
 *	a socket of CREDSSP_IOC_ATTACH, which knows it, and on later calls
 */
struct credssp_ioc_accept {
	__u32 size;
	__s32 status;
	__u32 context_req;
	__u32 flags;
	__u32 data_rep;
	__u32 input_count;
	__u32 output_count;
	__u32 context_attr;
	__aligned_u64 cred;
	__aligned_u64 context;
	__aligned_u64 input;
	__aligned_u64 output;
	__aligned_u64 new_context;
	__aligned_u64 expiry;
	__u32 reason;
	__u32 __reserved;
	struct credssp_address peer;
};

/**
 * struct credssp_ioc_accept_socket - CREDSSP_IOC_ACCEPT_SOCKET: all legs on a TCP socket
 * @status: out
 * @fd: connected TCP socket of the opener's network namespace, from accept(2); with SEC_E_OK it
 *	is a kTLS stream; after an error it is shut down, unless no byte was sent
 * @flags: CREDSSP_ACCEPT_*
 * @context_req: ASC_REQ_*, without ALLOCATE_MEMORY and CONNECTION
 * @timeout_ms: bound on the whole exchange, 0 for the module's
 * @context_attr, @expiry: out
 * @cred: handle of a credential with SECPKG_CRED_INBOUND
 * @context: out: handle of the context, with SEC_E_OK and after a failure of the exchange: for
 *	CREDSSP_IOC_QUERY and CREDSSP_IOC_DELEGATED, and to be deleted; 0 when there is none
 * @report: out
 */
struct credssp_ioc_accept_socket {
	__u32 size;
	__s32 status;
	__s32 fd;
	__u32 flags;
	__u32 context_req;
	__u32 timeout_ms;
	__u32 context_attr;
	__u32 __reserved;
	__aligned_u64 cred;
	__aligned_u64 context;
	__aligned_u64 expiry;
	struct credssp_report report;
};

/* @form of struct credssp_ioc_delegated */
#define CREDSSP_DELEGATED_AS_CREDSSP	0	/* "credssp:..." of credssp(7) */
#define CREDSSP_DELEGATED_AS_CIFS	1	/* of cifs.ko: "cifs:a:ADDRESS", "cifs:d:DOMAIN" */

/**
 * struct credssp_ioc_delegated - CREDSSP_IOC_DELEGATED: put a delegated password into a keyring
 * @status: out; SEC_E_NO_CREDENTIALS when no password was delegated
 * @keyring: serial of a keyring that the caller may write, or KEY_SPEC_*
 * @context: established context of an acceptor
 * @form: CREDSSP_DELEGATED_AS_*
 * @lifetime: seconds until the key expires, 1 to CREDSSP_MAX_DELEGATED_LIFETIME
 * @name_length, @name: what the key is for, in ASCII without NUL: an SPN, or an address or
 *	domain (AS_CIFS: an address when it is one, else a domain); none: the domain of the
 *	delegated user
 * @key: out: serial of the key, of type "logon". It is revoked by KEYCTL_REVOKE
 * @__reserved: zero
 *
 * Each delegation can be delivered until the context is deleted; the password is never read by
 * a program.
 */
#define CREDSSP_MAX_DELEGATED_LIFETIME	86400	/* a day: then the user logs on again */
struct credssp_ioc_delegated {
	__u32 size;
	__s32 status;
	__s32 keyring;
	__u32 form;
	__aligned_u64 context;
	__aligned_u64 name;
	__u32 name_length;
	__u32 lifetime;
	__s32 key;
	__u32 __reserved;
};

#endif /* _UAPI_LINUX_CREDSSP_ACCEPT_H */
