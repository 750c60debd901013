/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inner mechanisms of CredSSP. The client machine and SPNEGO drive each of them
 * through one ops table.
 */
#ifndef CSSP_MECH_MECH_H
#define CSSP_MECH_MECH_H

#include <uapi/linux/credssp.h>

#include "../base/status.h"
#include "../base/vbuf.h"

struct cssp_helper_ops;
struct cssp_requester;
struct cssp_ticket_store;
struct cssp_wait;

/**
 * struct cssp_identity - a name and its password, in UTF-16LE without NUL
 * @user: user name
 * @domain: domain, or empty
 * @password: password, or empty
 *
 * The owner frees it with cssp_identity_free(). It does not change while a mechanism
 * uses it.
 */
struct cssp_identity {
	struct cssp_vbuf user;
	struct cssp_vbuf domain;
	struct cssp_vbuf password;
};

/**
 * struct cssp_tickets - where an initiator's Kerberos tickets come from
 * @source: enum credssp_ticket_source; an acceptor's keys always come from a keytab
 * @user_to_user: by user-to-user tickets; an acceptor takes both kinds
 * @one_way: the server is not to prove itself
 * @name: of the credential cache or keytab, may be empty, or of the certificate; in UTF-8
 * @realm: realm of the user, in UTF-8; empty: the identity's domain
 */
struct cssp_tickets {
	u32 source;
	bool user_to_user;
	bool one_way;
	struct cssp_vbuf name;
	struct cssp_vbuf realm;
};

/**
 * enum cssp_mech_progress - after a step
 * @CSSP_MECH_CONTINUE: a token of the peer is needed
 * @CSSP_MECH_READY: messages can be sealed; the peer may still send a final token
 *	(SPNEGO's accept-completed), or none
 * @CSSP_MECH_DONE: finished; any further token is an error
 */
enum cssp_mech_progress {
	CSSP_MECH_CONTINUE,
	CSSP_MECH_READY,
	CSSP_MECH_DONE,
};

#define CSSP_BINDINGS_SIZE	16

/**
 * struct cssp_mech_params - parameters of an initiator or an acceptor
 * @id: identity that logs on; without a user only Kerberos with tickets of a cache or
 *	keytab is possible; its password is a PIN, and for Kerberos only, if @tickets are by a
 *	certificate; borrowed until the step that returns CSSP_MECH_DONE.  Acceptor: only its
 *	domain, the one that NTLM announces, which may be empty
 * @target: SPN in UTF-8, NUL-terminated, may be empty. Acceptor: the service's own one, for
 *	which the initiator's ticket must be; empty: any for which the keytab has a key
 * @bindings: MD5 of the channel bindings (RFC 4121 4.1.1.2, MS-NLMP 2.2.2.1),
 *	CSSP_BINDINGS_SIZE bytes, or NULL; borrowed like @id
 * @who: identity that acts, for requests to the helper
 * @wait: deadline and cancellation, for requests to the helper
 * @tickets: Kerberos: where its tickets come from
 * @store: Kerberos: tickets of the credential, or NULL
 * @no_ntlm: a policy forbids NTLM
 * @optional: another mechanism can take the place of this one if it is unavailable
 * @mechs: acceptor of SPNEGO: CREDSSP_MECH_* that it takes, or 0 for all
 * @missing_bindings: acceptor: an initiator may leave the channel bindings out; those that it
 *	sends must be @bindings
 * @sign_optional, @seal_optional: acceptor of NTLM: an initiator need not negotiate signed, or
 *	sealed messages; with both, no key exchange either
 * @peer: acceptor: where the initiator is, or NULL
 * @host: acceptor: this machine's name, which NTLM announces; NULL: that of the first UTS
 *	namespace
 * @helper: calls to the helper; NULL for those of upcall/conv.h
 *
 * The other pointers are borrowed until the mechanism is freed. A mechanism that never
 * asks the helper ignores @who, @wait, @tickets, @store and @helper.
 */
struct cssp_mech_params {
	const struct cssp_identity *id;
	const char *target;
	const u8 *bindings;
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	const struct cssp_tickets *tickets;
	struct cssp_ticket_store *store;
	bool no_ntlm;
	bool optional;
	u32 mechs;
	bool missing_bindings;
	bool sign_optional;
	bool seal_optional;
	const struct credssp_address *peer;
	const char *host;
	const struct cssp_helper_ops *helper;
};

struct cssp_mech;

/* The longest session key is Kerberos' with AES-256 (RFC 3962 6). */
#define CSSP_SESSION_KEY_MAX	32

/**
 * struct cssp_session_key - the key that the peers share
 * @bytes: the key; the owner of the structure wipes it
 * @length: its length in bytes, 0 for no key
 */
struct cssp_session_key {
	u8 bytes[CSSP_SESSION_KEY_MAX];
	u8 length;
};

/**
 * struct cssp_mech_ops - an inner mechanism, one side of it
 * @needs_ntlm: every exchange uses NTLM, so that a policy without NTLM refuses it
 *	before it starts
 * @needs_tickets: every exchange uses Kerberos
 * @create: allocate; -ENOPKG when an algorithm is not available (FIPS)
 * @step: take the peer's token, append the answer to @out. The token of the first call
 *	is empty; SPNEGO also takes the NegTokenInit of a server there
 * @wrap: append token || ciphertext of @plain to @out (GSS_Wrap with
 *	confidentiality, MS-CSSP 2.2.1); uses up a sequence number
 * @unwrap: the reverse; -EKEYREJECTED when the checksum or number is wrong
 * @sign: append the signature of @message (GSS_GetMIC); uses up a sequence number
 * @verify: the reverse; -EKEYREJECTED when it or the number is wrong
 * @list_mic: append the mechListMIC over @list (RFC 4178 4.1.2, and for NTLM
 *	the RC4 reset of MS-SPNG 3.2.5.1); NULL in SPNEGO's own table
 * @check_list_mic: verify the peer's mechListMIC; NULL in SPNEGO's own table
 * @session_key: move out the key that the peers share (MS-NLMP 3.1.5.1.2's
 *	ExportedSessionKey): the mechanism wipes its copy, so that a second call
 *	finds none; a failure ends nothing
 * @free: wipe and free
 *
 * An acceptor's step() may append a last token although it fails: a KRB-ERROR, or SPNEGO's
 * reject, to be sent.  The step that returns CSSP_MECH_DONE may append a last token; after
 * CSSP_MECH_READY the initiator's last token may come, or its first sealed message instead.
 *
 * A failure of any function but create() and session_key() ends the mechanism: its
 * keys are wiped, and every call but free() returns -EPROTO from then on.
 *
 * Context: all may sleep; the caller serializes calls on one mechanism.
 */
struct cssp_mech_ops {
	bool needs_ntlm;
	bool needs_tickets;
	int (*create)(struct cssp_mech **mech, const struct cssp_mech_params *params);
	int (*step)(struct cssp_mech *mech, const struct cssp_rd *in,
		    struct cssp_vbuf *out, enum cssp_mech_progress *progress);
	int (*wrap)(struct cssp_mech *mech, const struct cssp_rd *plain,
		    struct cssp_vbuf *out);
	int (*unwrap)(struct cssp_mech *mech, const struct cssp_rd *sealed,
		      struct cssp_vbuf *out);
	int (*sign)(struct cssp_mech *mech, const struct cssp_rd *message,
		    struct cssp_vbuf *signature);
	int (*verify)(struct cssp_mech *mech, const struct cssp_rd *message,
		      const struct cssp_rd *signature);
	int (*list_mic)(struct cssp_mech *mech, const struct cssp_rd *list,
			struct cssp_vbuf *mic);
	int (*check_list_mic)(struct cssp_mech *mech, const struct cssp_rd *list,
			      const struct cssp_rd *mic);
	int (*session_key)(struct cssp_mech *mech, struct cssp_session_key *key);
	void (*free)(struct cssp_mech *mech);
};

/**
 * struct cssp_mech_facts - what the report tells about a mechanism's exchange
 * @package: CREDSSP_PACKAGE_* that protects the messages, 0 before it is known
 * @passed_over: SPNEGO: enum credssp_reason why Kerberos was not used, else 0
 * @krb_error: error-code of a KRB-ERROR, else 0
 * @kdc_messages: messages to KDCs
 * @skew: seconds by which the other clock is ahead, with CREDSSP_REASON_SKEW
 * @not_after: when the credentials expire, seconds since 1970 UTC; 0: never
 * @client: Kerberos: the client's principal name in UTF-8, with NUL; else empty
 * @trace: Kerberos: lines of text about KDCs and tickets, in printable UTF-8, at most
 *	CREDSSP_HLP_MAX_TRACE bytes; whoever reads them moves them out
 * @user_to_user: Kerberos: by a user-to-user ticket
 * @gss_flags: Kerberos acceptor: what the initiator asks for, RFC 4121 4.1.1.1
 * @bound: acceptor: the initiator's channel bindings are the given ones
 * @claimed: acceptor: who the initiator says it is: DOMAIN\user or the user alone in UTF-8,
 *	with NUL, cleaned of control characters; after a right ticket its client; else empty
 * @workstation: NTLM acceptor: the initiator's machine as it says, likewise
 * @ntstatus: acceptor: NTSTATUS for the initiator's errorCode after a failure, 0: not known
 */
struct cssp_mech_facts {
	u32 package;
	u32 passed_over;
	u32 krb_error;
	u32 kdc_messages;
	s64 skew;
	u64 not_after;
	struct cssp_vbuf client;
	struct cssp_vbuf trace;
	bool user_to_user;
	u32 gss_flags;
	bool bound;
	struct cssp_vbuf claimed;
	struct cssp_vbuf workstation;
	u32 ntstatus;
};

/**
 * struct cssp_mech - base of every mechanism's own structure
 * @ops: its table
 * @reason: enum credssp_reason of the failure that ended it, for the report
 * @unavailable: it failed before a logon was tried with it: another mechanism may be used
 * @only_user_to_user: acceptor of Kerberos: @unavailable, but without user-to-user it may be
 *	used
 * @ntlm_only: only NTLM proves the server (delegation policy)
 * @trailer: bytes that wrap() adds
 * @signature: bytes of a signature
 * @no_sign, @no_seal: the initiator has not negotiated signed, or sealed messages
 * @facts: for the report; stay after a failure
 *
 * @no_sign and @no_seal are valid from CSSP_MECH_READY on, and so are SPNEGO's @ntlm_only,
 * @trailer and @signature, which are those of the mechanism that is chosen. The callers of
 * wrap() and sign() look at them; SPNEGO signs its list in any case.
 */
struct cssp_mech {
	const struct cssp_mech_ops *ops;
	u32 reason;
	bool unavailable;
	bool only_user_to_user;
	bool ntlm_only;
	u32 trailer;
	u32 signature;
	bool no_sign;
	bool no_seal;
	struct cssp_mech_facts facts;
};

/*
 * Move lines to the end of others, as far as there is room for them. They are for people, so
 * that without memory they are dropped.
 */
void cssp_mech_trace_move(struct cssp_vbuf *to, struct cssp_vbuf *from);

/*
 * Text of the helper for people's terminals: UTF-8 without control characters; and of
 * cssp_mech_text_is_lines() with the end of each line.
 */
bool cssp_mech_text_is_name(const struct cssp_rd *text);
bool cssp_mech_text_is_lines(const struct cssp_rd *text);

/* Free what they own. */
static inline void cssp_mech_facts_free(struct cssp_mech_facts *facts)
{
	cssp_vbuf_free(&facts->client);
	cssp_vbuf_free(&facts->trace);
	cssp_vbuf_free(&facts->claimed);
	cssp_vbuf_free(&facts->workstation);
}

/*
 * Copy the facts of a mechanism; names of the client are moved if there are new ones. The
 * name that Kerberos had is not that of a logon by NTLM; SPNEGO may not have named Kerberos yet.
 */
static inline void cssp_mech_facts_take(struct cssp_mech_facts *to,
					struct cssp_mech_facts *from)
{
	struct cssp_vbuf client = {}, trace = {}, claimed = {}, workstation = {};
	bool now_ntlm = from->package == CREDSSP_PACKAGE_NTLM &&
			to->package != CREDSSP_PACKAGE_NTLM;

	cssp_vbuf_move(&claimed, from->claimed.len ? &from->claimed : &to->claimed);
	cssp_vbuf_move(&workstation, from->workstation.len ? &from->workstation : &to->workstation);
	cssp_vbuf_free(&to->claimed);
	cssp_vbuf_free(&to->workstation);
	cssp_vbuf_move(&trace, &to->trace);
	cssp_mech_trace_move(&trace, &from->trace);
	if (from->client.len || now_ntlm)
		cssp_vbuf_move(&client, &from->client);
	else
		cssp_vbuf_move(&client, &to->client);
	cssp_vbuf_free(&to->client);
	*to = *from;
	to->client = client;
	to->trace = trace;
	to->claimed = claimed;
	to->workstation = workstation;
}

extern const struct cssp_mech_ops cssp_krb5_ops;
extern const struct cssp_mech_ops cssp_krb5_acceptor_ops;
extern const struct cssp_mech_ops cssp_ntlm_ops;
extern const struct cssp_mech_ops cssp_ntlm_acceptor_ops;
extern const struct cssp_mech_ops cssp_spnego_ops;
/*
 * Takes a bare token of NTLM or Kerberos for its first one, too, and answers in kind, as
 * Windows' Negotiate does.
 */
extern const struct cssp_mech_ops cssp_spnego_acceptor_ops;

/* Wipe and free. NULL is fine. */
static inline void cssp_mech_free(struct cssp_mech *mech)
{
	if (mech)
		mech->ops->free(mech);
}

/* enum credssp_reason of a create() that failed, or NONE: that of the errno in the exchange. */
static inline u32 cssp_mech_create_reason(int err)
{
	switch (err) {
	case CSSP_E_WEAK:
		return CREDSSP_REASON_FIPS;
	case CSSP_E_NTLM_ONLY:
		return CREDSSP_REASON_NTLM_OFF;
	default:
		return CREDSSP_REASON_NONE;
	}
}

#endif
