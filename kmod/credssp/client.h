/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CredSSP client machine, MS-CSSP 3.1.5: TSRequests in, TSRequests out.
 * It knows no transport; core/exchange_credssp.c connects it to a channel.
 */
#ifndef CSSP_CREDSSP_CLIENT_H
#define CSSP_CREDSSP_CLIENT_H

#include "../mech/mech.h"
#include "../policy/policy.h"
#include "../wire/ts_request.h"

enum cssp_client_state {
	CSSP_CLIENT_START,
	CSSP_CLIENT_TLS,
	CSSP_CLIENT_NEGO,
	CSSP_CLIENT_PUBKEY_SENT,
	CSSP_CLIENT_CREDS_SENT,
	CSSP_CLIENT_EARLY_AUTH,
	CSSP_CLIENT_ESTABLISHED,
	CSSP_CLIENT_DEAD,
	CSSP_CLIENT_STATES,
};

/* Events; each state expects exactly one of them. */
enum cssp_client_event {
	CSSP_EVENT_BEGIN,	/* the exchange starts */
	CSSP_EVENT_CHANNEL_UP,	/* TLS is up; input: SubjectPublicKey */
	CSSP_EVENT_REQUEST,	/* input: a TSRequest of the server */
	CSSP_EVENT_SENT,	/* the channel took the last output */
	CSSP_EVENT_RESULT,	/* input: Early User Authorization Result PDU */
	CSSP_EVENT_NONE,
};

/**
 * struct cssp_client_params - parameters of an exchange
 * @mech: inner mechanism
 * @id: identity that logs on
 * @kind: origin of the identity, for the delegation policy
 * @policy: policies that hold to the end of the exchange
 * @who: identity that acts, for a mechanism that asks the helper
 * @wait: deadline and cancellation of the exchange
 * @tickets, @store: for Kerberos
 * @no_ntlm: a policy forbids NTLM
 * @spn: target name, may be empty
 * @context_req: ISC_REQ_*
 * @min_version: lowest version accepted
 * @max_version: own version
 * @early_auth: HYBRID_EX was selected, and the machine reads the result PDU
 * @keep_key: the caller may ask for the mechanism's session key later
 *
 * All pointers are borrowed until the machine is wiped.
 */
struct cssp_client_params {
	const struct cssp_mech_ops *mech;
	const struct cssp_identity *id;
	enum cssp_cred_kind kind;
	const struct cssp_policy_view *policy;
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	const struct cssp_tickets *tickets;
	struct cssp_ticket_store *store;
	bool no_ntlm;
	const char *spn;
	u32 context_req;
	u32 min_version;
	u32 max_version;
	bool early_auth;
	bool keep_key;
};

/**
 * struct cssp_client_facts - what the report tells about an exchange
 * @peer_version: the server's version, 0 before its first TSRequest
 * @version: effective version, the lower one of both sides
 * @legs: TSRequests received
 * @delegated: credentials that are not empty were sent
 * @early_ok: the result PDU said success
 * @mech_proven: the mechanism itself has proven the server
 * @mech: what the mechanism tells; its @client until the machine is wiped
 * @reason: enum credssp_reason of the failure
 * @ntstatus: the server's errorCode
 */
struct cssp_client_facts {
	u32 peer_version;
	u32 version;
	u32 legs;
	bool delegated;
	bool early_ok;
	bool mech_proven;
	struct cssp_mech_facts mech;
	u32 reason;
	u32 ntstatus;
};

/**
 * struct cssp_client - the machine
 * @p: parameters
 * @state: written by the dispatcher and cssp_client_kill() only
 * @mech: inner mechanism, freed when established
 * @progress: progress of @mech
 * @last_token: the last token that @mech took
 * @public_key: the server's SubjectPublicKey in this TLS session
 * @trust: CREDSSP_TRUST_* of the server's certificate
 * @pinned: the credential has the fingerprint of that certificate
 * @nonce: clientNonce
 * @session_key: the mechanism's, when the credentials are sent and if @p.keep_key;
 *	outlives the mechanism
 * @facts: facts for the report
 */
struct cssp_client {
	struct cssp_client_params p;
	enum cssp_client_state state;
	struct cssp_mech *mech;
	enum cssp_mech_progress progress;
	struct cssp_vbuf last_token;
	struct cssp_vbuf public_key;
	u32 trust;
	bool pinned;
	u8 nonce[CSSP_NONCE_SIZE];
	struct cssp_session_key session_key;
	struct cssp_client_facts facts;
};

void cssp_client_init(struct cssp_client *c, const struct cssp_client_params *p);

/* The evaluation of the server's certificate, before CSSP_EVENT_CHANNEL_UP. */
void cssp_client_set_server(struct cssp_client *c, u32 trust, bool pinned);

/* The only event that is legal now. */
enum cssp_client_event cssp_client_expects(const struct cssp_client *c);

/**
 * cssp_client_event() - the dispatcher
 * @c: machine
 * @event: what happened
 * @in: input of the event, NULL for none
 * @out: the TSRequest to be sent, if any, is appended
 *
 * Context: may sleep; the caller serializes calls on one machine.
 * Return: 0 with the machine in its next state; or a negative errno with the machine
 * dead and its secrets wiped. @c->facts.reason is the reason, 0 for that of the errno.
 */
int __must_check cssp_client_event(struct cssp_client *c,
				   enum cssp_client_event event,
				   const struct cssp_rd *in, struct cssp_vbuf *out);

/* enum credssp_leg of the state. */
u32 cssp_client_leg(const struct cssp_client *c);

/*
 * AUTHENTICATE was sent and the exchange is not over. A close by the server in this time
 * means a refused logon.
 */
bool cssp_client_authenticated(const struct cssp_client *c);

/* Wipe all secrets. State and facts stay, except the client's name. */
void cssp_client_wipe(struct cssp_client *c);
/* Wipe all secrets, and end the exchange. The facts stay; the owner frees their trace. */
void cssp_client_kill(struct cssp_client *c);

#endif
