/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * QueryContextAttributes: the attributes of security contexts and packages, with
 * their Windows numbers (sspi.h, schannel.h, credssp.h), and their structures.
 * Included by <linux/credssp.h>.
 *
 * Strings and other parts of variable length follow the structure, which has their
 * offset from the start of the buffer and their length in bytes.  Strings are UTF-8; a
 * NUL, not counted in the length, follows each.
 */
#ifndef _UAPI_LINUX_CREDSSP_ATTR_H
#define _UAPI_LINUX_CREDSSP_ATTR_H

#include <linux/types.h>

#define SECPKG_ATTR_SIZES		0
#define SECPKG_ATTR_NAMES		1
#define SECPKG_ATTR_LIFESPAN		2
#define SECPKG_ATTR_STREAM_SIZES	4
#define SECPKG_ATTR_SESSION_KEY		9
#define SECPKG_ATTR_PACKAGE_INFO	10
#define SECPKG_ATTR_NEGOTIATION_INFO	12
#define SECPKG_ATTR_NATIVE_NAMES	13
#define SECPKG_ATTR_FLAGS		14
#define SECPKG_ATTR_REMOTE_CERT_CONTEXT	0x53
#define SECPKG_ATTR_ISSUER_LIST_EX	0x59
#define SECPKG_ATTR_CONNECTION_INFO	0x5A
#define SECPKG_ATTR_CIPHER_INFO		0x64
#define SECPKG_ATTR_SERVER_AUTH_FLAGS	0x80000083
#define SECPKG_ATTR_CERT_TRUST_STATUS	0x80000084
/* Not of Windows: struct credssp_report of the context, of a dead one too. */
#define SECPKG_ATTR_CREDSSP_REPORT	0x43530001
/* Not of Windows: struct credssp_trace of the context, of a dead one too. */
#define SECPKG_ATTR_CREDSSP_TRACE	0x43530002
/* Not of Windows: struct credssp_verdict of an acceptor's context, of a dead one too. */
#define SECPKG_ATTR_CREDSSP_VERDICT	0x43530003
/*
 * Not of Windows: struct credssp_delegated_creds: what the initiator has delegated, as bytes.
 * For callers and openers with CAP_SYS_ADMIN in the initial user namespace, as the session key.
 */
#define SECPKG_ATTR_CREDSSP_DELEGATED	0x43530004

/**
 * struct credssp_sizes - SECPKG_ATTR_SIZES: SecPkgContext_Sizes, in bytes
 * @max_token: longest token of an exchange
 * @max_signature: longest signature; 0: the context makes none
 * @block_size: 1: messages are not padded
 * @security_trailer: what EncryptMessage adds; 0: the context encrypts nothing
 */
struct credssp_sizes {
	__u32 max_token;
	__u32 max_signature;
	__u32 block_size;
	__u32 security_trailer;
};

/* SECPKG_ATTR_STREAM_SIZES: SecPkgContext_StreamSizes, in bytes */
struct credssp_stream_sizes {
	__u32 header;
	__u32 trailer;
	__u32 maximum_message;
	__u32 buffers;
	__u32 block_size;
};

/**
 * struct credssp_names - SECPKG_ATTR_NAMES: SecPkgContext_Names
 * @user_offset, @user_length: the user that logs on: DOMAIN\user, or the user alone
 */
struct credssp_names {
	__u32 user_offset;
	__u32 user_length;
};

/**
 * struct credssp_native_names - SECPKG_ATTR_NATIVE_NAMES: SecPkgContext_NativeNames
 * @client_offset, @client_length: as in struct credssp_names
 * @server_offset, @server_length: the target name of the exchange
 */
struct credssp_native_names {
	__u32 client_offset;
	__u32 client_length;
	__u32 server_offset;
	__u32 server_length;
};

/**
 * struct credssp_lifespan - SECPKG_ATTR_LIFESPAN: SecPkgContext_Lifespan
 * @start: FILETIME: when the context was established
 * @expiry: FILETIME, 2^63 - 1 for never
 *
 * In UTC from the ioctl, in local time from the kernel API and the library.
 */
struct credssp_lifespan {
	__aligned_s64 start;
	__aligned_s64 expiry;
};

/**
 * struct credssp_session_key - SECPKG_ATTR_SESSION_KEY: SecPkgContext_SessionKey
 * @key_offset, @key_length: the inner mechanism's session key
 */
struct credssp_session_key {
	__u32 key_offset;
	__u32 key_length;
};

/* @capabilities of struct credssp_package_info (sspi.h) */
#define SECPKG_FLAG_INTEGRITY		0x00000001
#define SECPKG_FLAG_PRIVACY		0x00000002
#define SECPKG_FLAG_TOKEN_ONLY		0x00000004
#define SECPKG_FLAG_CONNECTION		0x00000010
#define SECPKG_FLAG_CLIENT_ONLY		0x00000040
#define SECPKG_FLAG_EXTENDED_ERROR	0x00000080
#define SECPKG_FLAG_STREAM		0x00000400
#define SECPKG_FLAG_NEGOTIABLE		0x00000800
#define SECPKG_FLAG_GSS_COMPATIBLE	0x00001000
#define SECPKG_FLAG_MUTUAL_AUTH		0x00010000
#define SECPKG_FLAG_DELEGATION		0x00020000

/* @rpc_id of struct credssp_package_info (MS-RPCE 2.2.1.1.7) */
#define SECPKG_ID_NEGOTIATE		9
#define SECPKG_ID_NTLM			10
#define SECPKG_ID_KERBEROS		16
#define SECPKG_ID_NONE			0xFFFF

/**
 * struct credssp_package_info - SECPKG_ATTR_PACKAGE_INFO: SecPkgInfo
 * @capabilities: SECPKG_FLAG_*
 * @version: 1
 * @rpc_id: SECPKG_ID_*
 * @max_token: bytes of its longest token
 * @package: CREDSSP_PACKAGE_*
 * @name_offset, @name_length: "CREDSSP", "Negotiate" or "NTLM"
 * @comment_offset, @comment_length: a few words for people
 *
 * CREDSSP_IOC_PACKAGES writes an array of these, and the strings after it.
 */
struct credssp_package_info {
	__u32 capabilities;
	__u16 version;
	__u16 rpc_id;
	__u32 max_token;
	__u32 package;
	__u32 name_offset;
	__u32 name_length;
	__u32 comment_offset;
	__u32 comment_length;
};

/* @state of struct credssp_negotiation_info (sspi.h) */
#define SECPKG_NEGOTIATION_COMPLETE	0
#define SECPKG_NEGOTIATION_IN_PROGRESS	2
#define SECPKG_NEGOTIATION_DIRECT	3

/**
 * struct credssp_negotiation_info - SECPKG_ATTR_NEGOTIATION_INFO
 * @package: the mechanism that is used inside
 * @state: SECPKG_NEGOTIATION_*: DIRECT where nothing was negotiated
 * @__reserved: zero
 */
struct credssp_negotiation_info {
	struct credssp_package_info package;
	__u32 state;
	__u32 __reserved;
};

/* SECPKG_ATTR_FLAGS: SecPkgContext_Flags: ISC_RET_* as the last call gave them */
struct credssp_flags {
	__u32 flags;
};

/* @protocol of struct credssp_connection_info (schannel.h) */
#define CREDSSP_PROTOCOL_TLS1_2_SERVER	0x00000400
#define CREDSSP_PROTOCOL_TLS1_2_CLIENT	0x00000800
#define CREDSSP_PROTOCOL_TLS1_3_SERVER	0x00001000
#define CREDSSP_PROTOCOL_TLS1_3_CLIENT	0x00002000

/* Windows' ALG_ID (wincrypt.h); 0 where it has none */
#define CREDSSP_ALG_AES_128		0x0000660E
#define CREDSSP_ALG_AES_256		0x00006610
#define CREDSSP_ALG_SHA_256		0x0000800C
#define CREDSSP_ALG_SHA_384		0x0000800D
#define CREDSSP_ALG_RSA_KEYX		0x0000A400
#define CREDSSP_ALG_DH_EPHEM		0x0000AA02
#define CREDSSP_ALG_ECDH_EPHEM		0x0000AE06

/**
 * struct credssp_connection_info - SECPKG_ATTR_CONNECTION_INFO
 * @protocol: CREDSSP_PROTOCOL_*
 * @cipher, @cipher_strength: CREDSSP_ALG_* (0: ChaCha20-Poly1305) and its bits
 * @hash, @hash_strength: of the key derivation, and its bits
 * @exchange: key exchange; 0 where the suite does not name it, as in TLS 1.3
 * @exchange_strength: 0, as its bits are not known
 */
struct credssp_connection_info {
	__u32 protocol;
	__u32 cipher;
	__u32 cipher_strength;
	__u32 hash;
	__u32 hash_strength;
	__u32 exchange;
	__u32 exchange_strength;
};

#define CREDSSP_CIPHER_INFO_V1		1

/**
 * struct credssp_cipher_info - SECPKG_ATTR_CIPHER_INFO: SecPkgContext_CipherInfo
 * @version: CREDSSP_CIPHER_INFO_V1
 * @protocol: 0x0303 or 0x0304
 * @suite, @base_suite: IANA number, twice: no curve is part of it
 * @cipher_bits, @cipher_block: key in bits, block in bytes
 * @hash_bits: of the key derivation
 * @min_exchange_bits, @max_exchange_bits: zero, as the suite does not say
 * @suite_name: IANA's name, NUL-padded as the names below
 * @cipher_name: "AES" or "CHACHA20_POLY1305"
 * @hash_name: "SHA256" or "SHA384"
 * @exchange_name, @certificate_name: "ECDHE", "DHE", "RSA"; "RSA", "ECDSA";
 *	empty in TLS 1.3, where the suite does not name them
 */
struct credssp_cipher_info {
	__u32 version;
	__u32 protocol;
	__u32 suite;
	__u32 base_suite;
	__u32 cipher_bits;
	__u32 cipher_block;
	__u32 hash_bits;
	__u32 min_exchange_bits;
	__u32 max_exchange_bits;
	__u32 __reserved;
	__u8 suite_name[64];
	__u8 cipher_name[32];
	__u8 hash_name[16];
	__u8 exchange_name[16];
	__u8 certificate_name[16];
};

/**
 * struct credssp_trace - SECPKG_ATTR_CREDSSP_TRACE: what Kerberos did in the exchange
 * @text_offset, @text_length: lines for people, at most CREDSSP_HLP_MAX_TRACE bytes of
 *	printable UTF-8: KDCs that were asked, what they answered, tickets and their times;
 *	none without Kerberos
 */
struct credssp_trace {
	__u32 text_offset;
	__u32 text_length;
};

/* @flags of struct credssp_server_auth_flags: the proof of the server */
#define CREDSSP_SERVER_AUTH_NEGOTIATED	0x1	/* the inner mechanism: Kerberos */
#define CREDSSP_SERVER_AUTH_CERTIFICATE	0x2
#define CREDSSP_SERVER_AUTH_LOOPBACK	0x4

/* SECPKG_ATTR_SERVER_AUTH_FLAGS; 0: NTLM alone proved the server */
struct credssp_server_auth_flags {
	__u32 flags;
};

/* @error_status of struct credssp_cert_trust_status (wincrypt.h) */
#define CREDSSP_CERT_TRUST_IS_NOT_TIME_VALID		0x00000001
#define CREDSSP_CERT_TRUST_IS_REVOKED			0x00000004
#define CREDSSP_CERT_TRUST_IS_NOT_SIGNATURE_VALID	0x00000008
#define CREDSSP_CERT_TRUST_IS_UNTRUSTED_ROOT		0x00000020
#define CREDSSP_CERT_TRUST_HAS_WEAK_SIGNATURE		0x00100000

/**
 * struct credssp_cert_trust_status - SECPKG_ATTR_CERT_TRUST_STATUS
 * @error_status: CREDSSP_CERT_TRUST_*: what is wrong with the chain, in Windows'
 *	bits, which do not cover the certificate's name
 * @info_status: zero
 * @trust: CREDSSP_TRUST_*, which cover the name too; 0 for a certificate that is
 *	trusted for the target
 * @__reserved: zero
 */
struct credssp_cert_trust_status {
	__u32 error_status;
	__u32 info_status;
	__u32 trust;
	__u32 __reserved;
};

/**
 * struct credssp_issuer - one name of SECPKG_ATTR_ISSUER_LIST_EX
 * @offset: of the DER of a Name (RFC 5280 4.1.2.4), from the start of the buffer
 * @length: bytes
 */
struct credssp_issuer {
	__u32 offset;
	__u32 length;
};

/**
 * struct credssp_issuer_list - SECPKG_ATTR_ISSUER_LIST_EX, after
 *	SEC_I_INCOMPLETE_CREDENTIALS
 * @count: number of @issuers; 0: the server accepts any
 * @__reserved: zero
 * @issuers: of client certificates that the server trusts; the names follow
 */
struct credssp_issuer_list {
	__u32 count;
	__u32 __reserved;
	/* ISO C++ has no flexible arrays, but its compilers do. */
	__extension__ struct credssp_issuer issuers[];
};

/**
 * struct credssp_verdict - SECPKG_ATTR_CREDSSP_VERDICT: the outcome of an acceptor's exchange
 * @time: FILETIME in UTC: when it was over; 0 while it runs
 * @status: SECURITY_STATUS
 * @ntstatus: what the initiator was told (errorCode), or would have been; 0 after a success
 * @leg: enum credssp_leg
 * @reason: enum credssp_reason
 * @version: effective version of CredSSP, 0 before it is known
 * @mech: CREDSSP_PACKAGE_NTLM or CREDSSP_PACKAGE_KERBEROS, 0 before it is known
 * @delegated: enum credssp_delegated
 * @family, @port, @scope, @address: where the initiator is, as in struct credssp_address
 * @account_offset, @account_length: account and domain as the initiator claims them,
 *	DOMAIN\user, the user alone or a Kerberos principal; empty before they are known
 * @user_offset, @user_length: the account that has logged on, as SECPKG_ATTR_NAMES; empty
 *	after a failure
 * @workstation_offset, @workstation_length: NTLM: name of the initiator's machine as it claims
 * @__reserved: zero
 */
struct credssp_verdict {
	__aligned_s64 time;
	__s32 status;
	__u32 ntstatus;
	__u32 leg;
	__u32 reason;
	__u32 version;
	__u32 mech;
	__u32 delegated;
	__u16 family;
	__u16 port;
	__u32 scope;
	__u8 address[16];
	__u32 account_offset;
	__u32 account_length;
	__u32 user_offset;
	__u32 user_length;
	__u32 workstation_offset;
	__u32 workstation_length;
	__u32 __reserved;
};

/**
 * struct credssp_delegated_creds - SECPKG_ATTR_CREDSSP_DELEGATED
 * @kind: enum credssp_delegated
 * @key_spec: SMARTCARD: keySpec of TSCspDataDetail
 * @user_offset, @user_length: PASSWORD: user; SMARTCARD: userHint
 * @domain_offset, @domain_length: PASSWORD: domain; SMARTCARD: domainHint
 * @secret_offset, @secret_length: PASSWORD: password; SMARTCARD: PIN
 * @card_offset, @card_length: SMARTCARD: cardName
 * @reader_offset, @reader_length: SMARTCARD: readerName
 * @container_offset, @container_length: SMARTCARD: containerName
 * @csp_offset, @csp_length: SMARTCARD: cspName
 * @raw_offset, @raw_length: REMOTE_GUARD: TSRemoteGuardCreds in DER, checked for its form
 *
 * The strings are UTF-8.  The caller wipes the buffer.
 */
struct credssp_delegated_creds {
	__u32 kind;
	__u32 key_spec;
	__u32 user_offset;
	__u32 user_length;
	__u32 domain_offset;
	__u32 domain_length;
	__u32 secret_offset;
	__u32 secret_length;
	__u32 card_offset;
	__u32 card_length;
	__u32 reader_offset;
	__u32 reader_length;
	__u32 container_offset;
	__u32 container_length;
	__u32 csp_offset;
	__u32 csp_length;
	__u32 raw_offset;
	__u32 raw_length;
};

#endif /* _UAPI_LINUX_CREDSSP_ATTR_H */
