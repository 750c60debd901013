/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CredSSP client machine, MS-CSSP 3.1.5: TSRequests in, TSRequests out.
 * It knows no transport; core/context.c connects it to a channel.
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

/* What happens to the machine; each state expects exactly one of them. */
enum cssp_client_event {
	CSSP_EVENT_BEGIN,	/* the exchange starts */
	CSSP_EVENT_CHANNEL_UP,	/* TLS is there; input: SubjectPublicKey */
	CSSP_EVENT_REQUEST,	/* input: a TSRequest of the server */
	CSSP_EVENT_SENT,	/* the last output is on its way */
	CSSP_EVENT_RESULT,	/* input: Early User Authorization Result PDU */
	CSSP_EVENT_NONE,
};

/**
 * struct cssp_client_params - what an exchange is for; borrowed for its life
 * @mech: inner mechanism
 * @id: who logs on
 * @kind: where the identity comes from (delegation policy)
 * @policy: policies that hold to the end of the exchange
 * @who: identity that acts, for a mechanism that asks the helper
 * @wait: deadline and cancellation of the exchange
 * @spn: target name, may be empty
 * @context_req: ISC_REQ_*
 * @min_version: lowest version accepted
 * @max_version: own version
 * @early_auth: HYBRID_EX was selected and the result PDU is ours to read
 * @keep_key: the caller may ask for the mechanism's session key later
 */
struct cssp_client_params {
	const struct cssp_mech_ops *mech;
	const struct cssp_identity *id;
	enum cssp_cred_kind kind;
	const struct cssp_policy_view *policy;
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	const char *spn;
	u32 context_req;
	u32 min_version;
	u32 max_version;
	bool early_auth;
	bool keep_key;
};

/**
 * struct cssp_client - the machine
 * @p: parameters
 * @state: written by the dispatcher only
 * @mech: inner mechanism, freed when established
 * @progress: its progress
 * @public_key: the server's SubjectPublicKey, of the TLS session at hand
 * @trust: CREDSSP_TRUST_* of its certificate
 * @pinned: which is one that the credential knows by its fingerprint
 * @nonce: clientNonce; the server's own are ignored
 * @peer_version: as sent by the server, 0 before its first TSRequest
 * @version: effective version, min(own, peer's)
 * @legs: TSRequests received
 * @session_key: the mechanism's, once the credentials are sent, if @p.keep_key;
 *	outlives the mechanism
 * @delegated: non-empty credentials were sent
 * @early_ok: the result PDU said success
 * @reason: enum credssp_reason of the failure
 * @ntstatus: the server's errorCode
 */
struct cssp_client {
	struct cssp_client_params p;
	enum cssp_client_state state;
	struct cssp_mech *mech;
	enum cssp_mech_progress progress;
	struct cssp_vbuf public_key;
	u32 trust;
	bool pinned;
	u8 nonce[CSSP_NONCE_SIZE];
	u32 peer_version;
	u32 version;
	u32 legs;
	struct cssp_session_key session_key;
	bool delegated;
	bool early_ok;
	u32 reason;
	u32 ntstatus;
};

void cssp_client_init(struct cssp_client *c, const struct cssp_client_params *p);

/* The one event that the state waits for. */
enum cssp_client_event cssp_client_expects(const struct cssp_client *c);

/**
 * cssp_client_event() - the dispatcher
 * @c: machine
 * @event: what happened
 * @in: its input, may be NULL
 * @out: a TSRequest to be sent, if any, is appended
 *
 * Return: 0 with the machine in its next state, or a negative errno with the
 * machine dead, its secrets wiped and @c->reason set.
 */
int __must_check cssp_client_event(struct cssp_client *c,
				   enum cssp_client_event event,
				   const struct cssp_rd *in, struct cssp_vbuf *out);

/* enum credssp_leg of the state. */
u32 cssp_client_leg(const struct cssp_client *c);

/*
 * Is the verdict on AUTHENTICATE awaited?  A silent close is a refused logon
 * then.
 */
bool cssp_client_authenticated(const struct cssp_client *c);

/* Wipe all secrets; the facts for the report stay. */
void cssp_client_wipe(struct cssp_client *c);

#endif
