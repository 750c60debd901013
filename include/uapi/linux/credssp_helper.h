/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The helper channel, /dev/credssp-helper.  read() takes exactly one request; with a
 * smaller buffer it fails with -EMSGSIZE and the request stays; a buffer of
 * CREDSSP_HLP_MAX_MESSAGE bytes always suffices.  write() gives exactly one reply,
 * and poll() waits for a request.  Replies may be given in any order.  All integers are
 * in native byte order.  A reply to an id that is no longer pending is accepted and
 * dropped.
 *
 * Included by <linux/credssp.h>.
 */
#ifndef _UAPI_LINUX_CREDSSP_HELPER_H
#define _UAPI_LINUX_CREDSSP_HELPER_H

#include <linux/types.h>

#define CREDSSP_HLP_MAX_MESSAGE		(256 * 1024)

enum credssp_hlp_opcode {
	CREDSSP_HLP_TLS_START = 1,
	CREDSSP_HLP_TLS_STEP = 2,
	CREDSSP_HLP_TLS_TICKET = 3,
	CREDSSP_HLP_END = 4,		/* one way: no reply */
	CREDSSP_HLP_TLS_CERT = 5,
	CREDSSP_HLP_KRB5_INIT = 6,
	CREDSSP_HLP_KRB5_STEP = 7,
	CREDSSP_HLP_KRB5_ACCEPT = 8,
	CREDSSP_HLP_KRB5_TGT = 9,
	CREDSSP_HLP_TLS_ACCEPT = 10,
	CREDSSP_HLP_NTLM_LOGON = 11,
};

/**
 * struct credssp_hlp_header - before each request and each reply
 * @length: of the whole message, header included
 * @opcode: enum credssp_hlp_opcode; a reply repeats it
 * @error: request: 0; reply: 0 or a positive errno
 * @id: unique per request; a reply repeats it
 * @conversation: one TLS handshake or one Kerberos exchange; made by the module; a reply
 *	repeats it
 * @uid, @pid: the requester in the helper's namespaces (the overflow id and 0 where
 *	it has none there; the pid of a kernel caller is 0); ignored in a reply
 * @flags: in a request CREDSSP_HLP_GROUPS or zero; zero in a reply
 * @owner: in a request: id to share the helper fairly between users; zero in a reply. It
 *	is the uid, in the helper's user namespace, of the requester. If the requester's
 *	user namespace has an owner there, it is the uid of that owner; for a container
 *	made by root, it is the inode number of the container's user namespace. An
 *	unmapped uid is the overflow id. Do not use it as an identity; use @uid.
 */
struct credssp_hlp_header {
	__u32 length;
	__u16 opcode;
	__u16 error;
	__aligned_u64 id;
	__aligned_u64 conversation;
	__u32 uid;
	__u32 pid;
	__u32 flags;
	__u32 owner;
};

/* The most supplementary groups of a request. A user of a Windows domain has 1015 at most. */
#define CREDSSP_HLP_MAX_GROUPS	1024

/*
 * @flags of struct credssp_hlp_header: struct credssp_hlp_groups follows the header, before
 * what belongs to the opcode.  With KRB5_INIT, KRB5_TGT and KRB5_ACCEPT of a requester in the
 * helper's user namespace; without it the requester has no groups there.
 */
#define CREDSSP_HLP_GROUPS	0x1

/**
 * struct credssp_hlp_groups - groups of the requester, for files that it may read by them
 * @gid: its effective group
 * @count: number of supplementary groups, which follow this structure, 32 bits each; those
 *	beyond CREDSSP_HLP_MAX_GROUPS, and those that the user namespace does not have, are
 *	left out
 */
struct credssp_hlp_groups {
	__u32 gid;
	__u32 count;
};

/**
 * struct credssp_hlp_tls_start - request TLS_START, after the header
 * @host_length: bytes of the server's host name in ASCII (A-labels), 0 when unknown;
 *	it follows this structure.  A numeric address is not sent as SNI.
 * @session_length: bytes of a resumption blob, which follows the host name
 * @cert_length: bytes of the name of a client certificate, which follows the blob;
 *	the certificate is used if the server asks for one and trusts its issuer
 * @flags: CREDSSP_HLP_TLS_*
 *
 * TLS_STEP has no structure of its own: after the header come wire bytes (whole
 * TLS records).  Both are answered by struct credssp_hlp_tls_reply.
 */
#define CREDSSP_HLP_TLS_NO_CERT_WANTED	0x1	/* never reply CERT_WANTED: go on without */
#define CREDSSP_HLP_TLS_NO_SESSION	0x2	/* no resumption later: ask for no ticket */
/*
 * The target's service class is TERMSRV: a certificate with the extended key usage
 * "Remote Desktop Authentication" (1.3.6.1.4.1.311.54.1.2) is as good as one with
 * serverAuth.
 */
#define CREDSSP_HLP_TLS_REMOTE_DESKTOP	0x4
struct credssp_hlp_tls_start {
	__u32 host_length;
	__u32 session_length;
	__u32 cert_length;
	__u32 flags;
};

/**
 * struct credssp_hlp_tls_cert - request TLS_CERT, the answer to CERT_WANTED
 * @cert_length: bytes of the client certificate's name, which follows; 0: go on
 *	without one
 * @__reserved: zero
 *
 * The reply is struct credssp_hlp_tls_reply; its state is CERT_WANTED again where there
 * is no such certificate or the server does not trust its issuer.  Wire bytes that the
 * request before CERT_WANTED left over come in the next TLS_STEP.
 */
struct credssp_hlp_tls_cert {
	__u32 cert_length;
	__u32 __reserved;
};

/**
 * struct credssp_hlp_tls_accept - request TLS_ACCEPT: begin a handshake as the server
 * @cert_length: bytes of the name of the server's certificate, which follows: one of the
 *	requester's (credsspd(8)); 0: the one whose names match the client's SNI, else the one
 *	called "default"
 * @flags: zero
 *
 * The reply is struct credssp_hlp_tls_reply, CONTINUE without wire bytes, or FAILED
 * (FAIL_SERVER_CERT). TLS_STEP goes on with the client's records. With DONE the chain is the
 * server's own, @trust is 0, and there is neither a resumption blob nor a ticket for the
 * module: what the client resumes with is the helper's.
 */
struct credssp_hlp_tls_accept {
	__u32 cert_length;
	__u32 flags;
};

/**
 * struct credssp_hlp_tls_ticket - reply to TLS_TICKET
 * @session_length: bytes of a resumption blob, which follows; 0 when the ticket
 *	is of no use
 * @session_lifetime: seconds in which the blob may be used
 *
 * In the request the decrypted NewSessionTicket messages (RFC 8446 4.6.1), with their
 * headers, follow the header.  It is the last request of the conversation.
 */
struct credssp_hlp_tls_ticket {
	__u32 session_length;
	__u32 session_lifetime;
};

enum credssp_hlp_tls_state {
	CREDSSP_HLP_TLS_CONTINUE = 1,	/* send the wire bytes, then go on */
	CREDSSP_HLP_TLS_DONE = 2,	/* send the wire bytes; keys follow */
	CREDSSP_HLP_TLS_FAILED = 3,	/* the wire bytes may be sent (an alert) */
	CREDSSP_HLP_TLS_CERT_WANTED = 4, /* send the wire bytes; TLS_CERT goes on */
};

/**
 * enum credssp_hlp_failure - with FAILED: why the helper gave up
 * @CREDSSP_HLP_FAIL_OTHER: the helper's own trouble, or the peer's alert
 * @CREDSSP_HLP_FAIL_VERSION: no TLS version in common
 * @CREDSSP_HLP_FAIL_ALGORITHM: no cipher suite, group or signature algorithm in
 *	common
 * @CREDSSP_HLP_FAIL_MESSAGE: a message of the peer that does not belong there
 * @CREDSSP_HLP_FAIL_DECODE: a malformed message
 * @CREDSSP_HLP_FAIL_PROOF: a signature, a Finished or a record that does not verify
 * @CREDSSP_HLP_FAIL_CERTIFICATE: the peer's certificate, or the key in it, cannot be
 *	read or used
 * @CREDSSP_HLP_FAIL_KEY_SIZE: the use of the key would take too long
 * @CREDSSP_HLP_FAIL_SIZE: a message too long, or too many of them
 * @CREDSSP_HLP_FAIL_CLIENT_CERT: the client certificate cannot be looked up now, or its
 *	key does not sign
 * @CREDSSP_HLP_FAIL_CLOSED: the peer closed TLS
 * @CREDSSP_HLP_FAIL_SERVER_CERT: TLS_ACCEPT: the requester has no certificate of that name, or
 *	its key cannot be used
 */
enum credssp_hlp_failure {
	CREDSSP_HLP_FAIL_OTHER = 0,
	CREDSSP_HLP_FAIL_VERSION = 1,
	CREDSSP_HLP_FAIL_ALGORITHM = 2,
	CREDSSP_HLP_FAIL_MESSAGE = 3,
	CREDSSP_HLP_FAIL_DECODE = 4,
	CREDSSP_HLP_FAIL_PROOF = 5,
	CREDSSP_HLP_FAIL_CERTIFICATE = 6,
	CREDSSP_HLP_FAIL_KEY_SIZE = 7,
	CREDSSP_HLP_FAIL_SIZE = 8,
	CREDSSP_HLP_FAIL_CLIENT_CERT = 9,
	CREDSSP_HLP_FAIL_CLOSED = 10,
	CREDSSP_HLP_FAIL_SERVER_CERT = 11,
};

/* @flags of struct credssp_hlp_tls_reply, with DONE */
#define CREDSSP_HLP_TLS_RESUMED		0x1	/* the session of TLS_START was resumed */
#define CREDSSP_HLP_TLS_CERT_SENT	0x2	/* the server got a client certificate */
#define CREDSSP_HLP_TLS_TICKETS		0x4	/* the conversation waits for TLS_TICKET or END */

/* Bytes of a resumption blob: a session with its chain and its ticket */
#define CREDSSP_HLP_MAX_SESSION	(16 * 1024)

/* The smallest record_size_limit, 64 (RFC 8449 4), less the content type of TLS 1.3 */
#define CREDSSP_HLP_MIN_RECORD	63

#define CREDSSP_HLP_MAX_KEY	32
#define CREDSSP_HLP_MAX_IV	12

/**
 * struct credssp_hlp_tls_keys - one direction's state after the handshake
 * @key: @key_length bytes
 * @iv: TLS 1.3 and ChaCha20: 12 bytes; TLS 1.2 GCM: the 4-byte salt
 * @seq: number of the next record, big-endian as on the wire
 */
struct credssp_hlp_tls_keys {
	__u8 key[CREDSSP_HLP_MAX_KEY];
	__u8 iv[CREDSSP_HLP_MAX_IV];
	__u8 seq[8];
	__u16 key_length;
	__u16 iv_length;
};

/**
 * struct credssp_hlp_tls_reply - reply to TLS_START, TLS_STEP and TLS_CERT
 * @state: enum credssp_hlp_tls_state
 * @consumed: bytes of the request's wire bytes that the handshake used; the rest must
 *	be whole records, and belongs behind the handshake (DONE) or behind the
 *	answer to CERT_WANTED
 * @wire_length: bytes to send, following this structure
 * @chain_length: DONE: after them, the peer's chain, its own certificate first,
 *	each as a big-endian 32-bit length and the DER bytes
 * @session_length: DONE: after that, a resumption blob
 * @alert: FAILED: AlertDescription received from the peer (or 0)
 * @version: 0x0303 or 0x0304
 * @cipher: IANA number of the cipher suite
 * @trust: CREDSSP_TRUST_*
 * @flags: CREDSSP_HLP_TLS_*
 * @session_lifetime: seconds in which the resumption blob may be used
 * @issuers_length: CERT_WANTED: after the wire bytes, the names of the issuers
 *	that the server trusts, each as a big-endian 32-bit length and the DER of
 *	a Name
 * @failure: FAILED without @alert: enum credssp_hlp_failure
 * @record_limit: DONE: bytes of plaintext that the peer takes in one record, at
 *	least CREDSSP_HLP_MIN_RECORD (RFC 8449 4, without the byte of the content
 *	type); 0: it did not say
 * @not_after: DONE: when the first certificate of the chain expires, seconds
 *	since 1970 UTC
 * @tx, @rx: the module's sending and receiving direction
 */
struct credssp_hlp_tls_reply {
	__u32 state;
	__u32 consumed;
	__u32 wire_length;
	__u32 chain_length;
	__u32 session_length;
	__u32 alert;
	__u16 version;
	__u16 cipher;
	__u32 trust;
	__u32 flags;
	__u32 session_lifetime;
	__u32 issuers_length;
	__u16 failure;
	__u16 record_limit;
	__aligned_u64 not_after;
	struct credssp_hlp_tls_keys tx;
	struct credssp_hlp_tls_keys rx;
};

/**
 * enum credssp_hlp_krb5_source - where the initiator's tickets come from
 * @CREDSSP_HLP_KRB5_PASSWORD: of @user in @realm, with a password
 * @CREDSSP_HLP_KRB5_CCACHE: the requester's credential cache, read with its uid
 * @CREDSSP_HLP_KRB5_KEYTAB: a keytab that the requester can read
 * @CREDSSP_HLP_KRB5_CERT: of @user in @realm, with a certificate (PKINIT, RFC 4556) that the
 *	requester can read; the password is its PIN, if there is one
 */
enum credssp_hlp_krb5_source {
	CREDSSP_HLP_KRB5_PASSWORD = 1,
	CREDSSP_HLP_KRB5_CCACHE = 2,
	CREDSSP_HLP_KRB5_KEYTAB = 3,
	CREDSSP_HLP_KRB5_CERT = 4,
};

/*
 * The requester's user, mount and network namespaces are the helper's. Without this flag
 * CCACHE, KEYTAB and CERT are refused (CREDSSP_HLP_KRB5_FAIL_FOREIGN): a name would lead to the
 * files and keyrings of another user (CVE-2025-2312).
 */
#define CREDSSP_HLP_KRB5_LOCAL		0x1
/* The AP-REQ is for a ticket that is encrypted in the key of @peer_ticket. */
#define CREDSSP_HLP_KRB5_USER_TO_USER	0x2
/* @bindings counts. */
#define CREDSSP_HLP_KRB5_BINDINGS	0x4
/*
 * Another mechanism can take the place of Kerberos: a realm whose KDCs were not found or
 * did not answer a moment ago need not be tried again.
 */
#define CREDSSP_HLP_KRB5_OPTIONAL	0x8
/*
 * The AP-REQ does not ask for an AP-REP: the reply is DONE, and has the fields of CONTINUE as
 * well.  The key is the AP-REQ's subkey, and both directions begin with the same number.
 */
#define CREDSSP_HLP_KRB5_ONE_WAY	0x10

/* Bytes of the tickets of a password, which a credential keeps between exchanges */
#define CREDSSP_HLP_MAX_TICKETS		(64 * 1024)
/* Bytes of an AP-REQ, AP-REP or Ticket: what SPNEGO and a TSRequest leave of a token */
#define CREDSSP_HLP_MAX_KRB5_MESSAGE	(60 * 1024)
/* Description of the keyring @session_keyring of struct credssp_hlp_krb5_init */
#define CREDSSP_HLP_SESSION_NAME	".credssp-session"
/* Bytes of the text about an exchange: a line per KDC and ticket, a few dozen of them */
#define CREDSSP_HLP_MAX_TRACE		4096

/**
 * struct credssp_hlp_krb5_init - request KRB5_INIT: an AP-REQ for a service
 * @source: enum credssp_hlp_krb5_source
 * @flags: CREDSSP_HLP_KRB5_*
 * @time_limit: milliseconds that the requester waits for the reply; the helper ends its
 *	work for it then
 * @user_length: bytes of the user name in UTF-8; none: the cache's or keytab's own.
 *	The strings follow this structure in the order of their lengths
 * @realm_length: realm in UTF-8; none: that of the user's name (after its last @), or the
 *	helper's default realm.  A realm without a configuration is tried in upper case
 * @password_length: password or PIN in UTF-8; only with PASSWORD and CERT
 * @tickets_length: residual name of the cache ("FILE:/path", "KEYRING:session:x") or of
 *	the keytab; none: the requester's default one.  CERT: the certificate and its key
 *	("FILE:cert.pem,key.pem", "PKCS11:...": the values of pkinit_identities in
 *	krb5.conf(5))
 * @target_length: SPN in UTF-8, SERVICE/HOST, optionally with @REALM
 * @peer_ticket_length: USER_TO_USER: the peer's TGT, a DER-encoded Ticket
 * @saved_length: PASSWORD, CERT: tickets that an earlier reply gave for the same credential
 * @session_keyring: CCACHE with LOCAL: serial of a keyring that has a link to the
 *	requester's session keyring, or 0 if it has joined no session; valid until the reply.
 *	Its description is CREDSSP_HLP_SESSION_NAME.  The user of the helper's opener may link
 *	it to a keyring of its own (keyctl(2), KEYCTL_LINK), and then reaches what the
 *	requester reaches by its session keyring
 * @__reserved: zero
 * @bindings: MD5 of the channel bindings (RFC 4121 4.1.1.2)
 *
 * The reply is struct credssp_hlp_krb5_reply.
 */
struct credssp_hlp_krb5_init {
	__u32 source;
	__u32 flags;
	__u32 time_limit;
	__u32 user_length;
	__u32 realm_length;
	__u32 password_length;
	__u32 tickets_length;
	__u32 target_length;
	__u32 peer_ticket_length;
	__u32 saved_length;
	__s32 session_keyring;
	__u32 __reserved;
	__u8 bindings[16];
};

/*
 * KRB5_STEP has no structure of its own: after the header comes the peer's AP-REP, without
 * GSS framing.  The reply is struct credssp_hlp_krb5_reply, DONE or FAILED, and is the last
 * one of the conversation.
 */

/**
 * struct credssp_hlp_krb5_tgt - request KRB5_TGT: the acceptor's own TGT, for user-to-user
 * @flags: CREDSSP_HLP_KRB5_LOCAL; without it the reply is FAILED (FAIL_FOREIGN)
 * @time_limit: milliseconds that the requester waits for the reply
 * @keytab_length: name of the keytab ("FILE:/path") that the requester can read; none: its
 *	default one.  The strings follow this structure in the order of their lengths
 * @spn_length: SPN of the service in UTF-8, SERVICE/HOST, optionally with @REALM: the TGT is
 *	that of the keytab's principal that serves it (see KRB5_ACCEPT); none: of the
 *	keytab's first principal of the service TERMSRV, else host, else the first NAME$,
 *	else the first one
 *
 * The reply is struct credssp_hlp_krb5_reply. Its state is CONTINUE, and @message is the TGT,
 * a DER-encoded Ticket, to be sent in a TGT-REP. KRB5_ACCEPT with USER_TO_USER is the next and
 * last request of the conversation.
 */
struct credssp_hlp_krb5_tgt {
	__u32 flags;
	__u32 time_limit;
	__u32 keytab_length;
	__u32 spn_length;
};

/**
 * struct credssp_hlp_krb5_accept - request KRB5_ACCEPT: an initiator's AP-REQ
 * @flags: CREDSSP_HLP_KRB5_LOCAL, without which the reply is FAILED (FAIL_FOREIGN);
 *	USER_TO_USER: the ticket is encrypted in the session key of the TGT that KRB5_TGT of
 *	this conversation has given; BINDINGS
 * @time_limit: milliseconds that the requester waits for the reply
 * @keytab_length: name of the keytab, as in KRB5_TGT.  This and the rest follow the structure
 *	in the order of their lengths.  USER_TO_USER needs no keytab and no SPN: both are
 *	those of KRB5_TGT, and the lengths are 0
 * @spn_length: SPN of the service as in KRB5_TGT, whose key in the keytab must decrypt the
 *	ticket: that of the principal SERVICE/HOST, or where the keytab does not have it, of
 *	host/HOST, or without that too, of NAME$; none: any key of the keytab
 * @message_length: the AP-REQ, without GSS framing
 * @__reserved: zero
 * @bindings: MD5 of the channel bindings (RFC 4121 4.1.1.2)
 *
 * The first request of a conversation without USER_TO_USER, and the last one in any case. The
 * reply is struct credssp_hlp_krb5_reply, DONE or FAILED.
 */
struct credssp_hlp_krb5_accept {
	__u32 flags;
	__u32 time_limit;
	__u32 keytab_length;
	__u32 spn_length;
	__u32 message_length;
	__u32 __reserved;
	__u8 bindings[16];
};

enum credssp_hlp_krb5_state {
	CREDSSP_HLP_KRB5_CONTINUE = 1,	/* send the message, then KRB5_STEP or KRB5_ACCEPT */
	CREDSSP_HLP_KRB5_DONE = 2,	/* the key follows */
	CREDSSP_HLP_KRB5_FAILED = 3,
};

/**
 * enum credssp_hlp_krb5_failure - with FAILED: why
 * @CREDSSP_HLP_KRB5_FAIL_OTHER: the helper's own trouble
 * @CREDSSP_HLP_KRB5_FAIL_FOREIGN: the requester is in other namespaces than the helper
 * @CREDSSP_HLP_KRB5_FAIL_NO_TICKETS: no such cache or keytab, or nothing usable in it
 * @CREDSSP_HLP_KRB5_FAIL_EXPIRED: its TGT has expired
 * @CREDSSP_HLP_KRB5_FAIL_NO_REALM: the target has no host name, or nothing says which
 *	realm the user is in
 * @CREDSSP_HLP_KRB5_FAIL_NO_KDC: no KDC of the realm is known, or none has answered
 * @CREDSSP_HLP_KRB5_FAIL_CLIENT: the KDC does not know the user
 * @CREDSSP_HLP_KRB5_FAIL_TARGET: the KDC does not know the service
 * @CREDSSP_HLP_KRB5_FAIL_PASSWORD: wrong password, or a keytab with an old key
 * @CREDSSP_HLP_KRB5_FAIL_PASSWORD_EXPIRED: the password has expired
 * @CREDSSP_HLP_KRB5_FAIL_ACCOUNT: the account is locked, disabled, revoked or expired
 * @CREDSSP_HLP_KRB5_FAIL_SKEW: the clocks differ by @skew
 * @CREDSSP_HLP_KRB5_FAIL_ENCTYPE: no encryption type in common that is strong enough
 * @CREDSSP_HLP_KRB5_FAIL_USER_TO_USER: the service takes user-to-user tickets only
 * @CREDSSP_HLP_KRB5_FAIL_KDC: another error of the KDC, @error
 * @CREDSSP_HLP_KRB5_FAIL_ANSWER: the KDC's answer is malformed or not authentic, or without
 *	the armor (FAST) that the helper requires
 * @CREDSSP_HLP_KRB5_FAIL_PROOF: the AP-REP does not prove the service
 * @CREDSSP_HLP_KRB5_FAIL_KEY: no key of the acceptor decrypts the ticket
 * @CREDSSP_HLP_KRB5_FAIL_REPLAY: the AP-REQ was accepted before
 * @CREDSSP_HLP_KRB5_FAIL_BINDINGS: the channel bindings are those of another channel
 * @CREDSSP_HLP_KRB5_FAIL_REQUEST: the AP-REQ is malformed or not authentic, @error
 * @CREDSSP_HLP_KRB5_FAIL_CERT_EXPIRED: the user's certificate, or that of one of its
 *	authorities, has expired or is not valid yet
 * @CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED: the user's certificate is of no authority that is
 *	trusted, or was revoked: by the helper's configuration or, with @error, by the KDC's
 *
 * KRB5_ACCEPT and KRB5_TGT have of the others OTHER, FOREIGN, NO_TICKETS (no keytab, or no key
 * in it that serves the SPN), EXPIRED (the initiator's ticket), SKEW and ENCTYPE; KRB5_TGT has
 * those of an AS exchange too, about the acceptor's own principal.
 */
enum credssp_hlp_krb5_failure {
	CREDSSP_HLP_KRB5_FAIL_OTHER = 0,
	CREDSSP_HLP_KRB5_FAIL_FOREIGN = 1,
	CREDSSP_HLP_KRB5_FAIL_NO_TICKETS = 2,
	CREDSSP_HLP_KRB5_FAIL_EXPIRED = 3,
	CREDSSP_HLP_KRB5_FAIL_NO_REALM = 4,
	CREDSSP_HLP_KRB5_FAIL_NO_KDC = 5,
	CREDSSP_HLP_KRB5_FAIL_CLIENT = 6,
	CREDSSP_HLP_KRB5_FAIL_TARGET = 7,
	CREDSSP_HLP_KRB5_FAIL_PASSWORD = 8,
	CREDSSP_HLP_KRB5_FAIL_PASSWORD_EXPIRED = 9,
	CREDSSP_HLP_KRB5_FAIL_ACCOUNT = 10,
	CREDSSP_HLP_KRB5_FAIL_SKEW = 11,
	CREDSSP_HLP_KRB5_FAIL_ENCTYPE = 12,
	CREDSSP_HLP_KRB5_FAIL_USER_TO_USER = 13,
	CREDSSP_HLP_KRB5_FAIL_KDC = 14,
	CREDSSP_HLP_KRB5_FAIL_ANSWER = 15,
	CREDSSP_HLP_KRB5_FAIL_PROOF = 16,
	CREDSSP_HLP_KRB5_FAIL_KEY = 17,
	CREDSSP_HLP_KRB5_FAIL_REPLAY = 18,
	CREDSSP_HLP_KRB5_FAIL_BINDINGS = 19,
	CREDSSP_HLP_KRB5_FAIL_REQUEST = 20,
	CREDSSP_HLP_KRB5_FAIL_CERT_EXPIRED = 21,
	CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED = 22,
};

/* @flags of struct credssp_hlp_krb5_reply, with DONE */
#define CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY	0x1	/* @key is the acceptor's subkey */
#define CREDSSP_HLP_KRB5_BINDINGS_MATCH		0x2	/* the initiator's bindings are @bindings */

/* @gss_flags of struct credssp_hlp_krb5_reply (RFC 4121 4.1.1.1, MS-KILE 3.2.5.2) */
#define CREDSSP_HLP_KRB5_GSS_DELEG		0x1
#define CREDSSP_HLP_KRB5_GSS_MUTUAL		0x2
#define CREDSSP_HLP_KRB5_GSS_SEQUENCE		0x8

/**
 * struct credssp_hlp_krb5_reply - reply to KRB5_INIT, KRB5_STEP, KRB5_TGT and KRB5_ACCEPT
 * @state: enum credssp_hlp_krb5_state
 * @failure: FAILED: enum credssp_hlp_krb5_failure
 * @error: FAILED: error-code of the KRB-ERROR (RFC 4120 7.5.9), 0 without one; of
 *	KRB5_ACCEPT: the one in @message
 * @kdc_messages: messages that this request sent to KDCs
 * @skew: SKEW: seconds by which the KDC's clock, or of KRB5_ACCEPT the initiator's, is ahead
 *	of this machine's
 * @not_after: CONTINUE and KRB5_ACCEPT's DONE: when the ticket expires, seconds since 1970 UTC
 * @message_length: CONTINUE: bytes of the AP-REQ or, of KRB5_TGT, of the Ticket, which follows
 *	this structure without GSS framing; KRB5_ACCEPT: DONE: of the AP-REP, none unless
 *	@gss_flags has MUTUAL; FAILED: of a KRB-ERROR to send, or none
 * @client_length: CONTINUE and KRB5_ACCEPT's DONE: after it, the client's principal name in
 *	UTF-8; of KRB5_TGT: that of the acceptor
 * @saved_length: CONTINUE, PASSWORD and CERT: after that, tickets for the next KRB5_INIT
 *	of the same credential; opaque, and as secret as the password
 * @trace_length: after that, lines of text in UTF-8, at most CREDSSP_HLP_MAX_TRACE bytes:
 *	which KDCs were asked, what they answered, and which tickets were used until when;
 *	without secrets
 * @gss_flags: KRB5_ACCEPT's DONE: flags of the authenticator's checksum (RFC 4121 4.1.1.1),
 *	all 32 bits of them; else 0
 * @flags: DONE: CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY, CREDSSP_HLP_KRB5_BINDINGS_MATCH
 * @enctype: DONE: encryption type of @key (RFC 3961 8)
 * @key_length: DONE: bytes of @key
 * @tx_seq, @rx_seq: DONE: number of the next per-message token, sent and received
 *	(RFC 4121 4.2.6)
 * @key: DONE: protocol key of the context
 */
struct credssp_hlp_krb5_reply {
	__u32 state;
	__u32 failure;
	__u32 error;
	__u32 kdc_messages;
	__aligned_s64 skew;
	__aligned_u64 not_after;
	__u32 message_length;
	__u32 client_length;
	__u32 saved_length;
	__u32 trace_length;
	__u32 gss_flags;
	__u32 flags;
	__u32 enctype;
	__u32 key_length;
	__aligned_u64 tx_seq;
	__aligned_u64 rx_seq;
	__u8 key[CREDSSP_HLP_MAX_KEY];
};

/* @flags of struct credssp_hlp_ntlm_logon */
/* The requester's user, mount and network namespaces are the helper's: see KRB5_LOCAL */
#define CREDSSP_HLP_NTLM_LOCAL		0x1

/* Bytes of an NTLMv2 response: its 44, and AV pairs of Windows with an SPN */
#define CREDSSP_HLP_MAX_NTLM_RESPONSE	8192

/**
 * struct credssp_hlp_ntlm_logon - request NTLM_LOGON: check an NTLMv2 response
 * @flags: CREDSSP_HLP_NTLM_*
 * @time_limit: milliseconds that the requester waits for the reply
 * @user_length, @domain_length, @workstation_length: bytes of the names in the AUTHENTICATE
 *	message, in UTF-16LE as they were sent; they follow this structure in this order
 * @response_length: bytes of NtChallengeResponse (MS-NLMP 2.2.2.8), which follows them
 * @peer_family, @peer_port, @peer_scope, @peer_address: where the initiator is, as in struct
 *	credssp_address
 * @server_challenge: of the CHALLENGE message, made by the module
 *
 * The reply is struct credssp_hlp_ntlm_reply. It is the only request of its conversation.
 */
struct credssp_hlp_ntlm_logon {
	__u32 flags;
	__u32 time_limit;
	__u32 user_length;
	__u32 domain_length;
	__u32 workstation_length;
	__u32 response_length;
	__u16 peer_family;
	__u16 peer_port;
	__u32 peer_scope;
	__u8 peer_address[16];
	__u8 server_challenge[8];
};

enum credssp_hlp_ntlm_state {
	CREDSSP_HLP_NTLM_DONE = 1,	/* the response is right: the key and the name follow */
	CREDSSP_HLP_NTLM_FAILED = 2,	/* refused */
};

/**
 * enum credssp_hlp_ntlm_failure - with FAILED: why
 * @CREDSSP_HLP_NTLM_FAIL_OTHER: the helper's own trouble: @ntstatus says no more
 * @CREDSSP_HLP_NTLM_FAIL_LOGON: unknown account or wrong password, not told apart; or an
 *	account that must not log on (@ntstatus)
 * @CREDSSP_HLP_NTLM_FAIL_LOCKED: too many failures of this account from this address, or of
 *	this address
 * @CREDSSP_HLP_NTLM_FAIL_BUSY: too many logons wait
 * @CREDSSP_HLP_NTLM_FAIL_FOREIGN: the requester is in other namespaces than the helper
 * @CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS: neither a file of accounts nor winbind
 */
enum credssp_hlp_ntlm_failure {
	CREDSSP_HLP_NTLM_FAIL_OTHER = 0,
	CREDSSP_HLP_NTLM_FAIL_LOGON = 1,
	CREDSSP_HLP_NTLM_FAIL_LOCKED = 2,
	CREDSSP_HLP_NTLM_FAIL_BUSY = 3,
	CREDSSP_HLP_NTLM_FAIL_FOREIGN = 4,
	CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS = 5,
};

/**
 * struct credssp_hlp_ntlm_reply - reply to NTLM_LOGON
 * @state: enum credssp_hlp_ntlm_state
 * @failure: FAILED: enum credssp_hlp_ntlm_failure, else 0
 * @ntstatus: FAILED: NTSTATUS for the initiator's errorCode, else 0
 * @name_length: DONE: bytes of the account's own name, DOMAIN\user or the user alone, in
 *	UTF-8; it follows this structure
 * @session_base_key: DONE: SessionBaseKey (MS-NLMP 3.3.2)
 */
struct credssp_hlp_ntlm_reply {
	__u32 state;
	__u32 failure;
	__u32 ntstatus;
	__u32 name_length;
	__u8 session_base_key[16];
};

#endif /* _UAPI_LINUX_CREDSSP_HELPER_H */
