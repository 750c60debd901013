/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CredSSP server machine, MS-CSSP 3.1.5: TSRequests in, TSRequests out, and at the end
 * what the client delegates. It knows no transport; core/exchange_accept.c connects it to a
 * channel.
 */
#ifndef CSSP_CREDSSP_SERVER_H
#define CSSP_CREDSSP_SERVER_H

#include "../mech/mech.h"
#include "../wire/ts_request.h"
#include "delegated.h"

enum cssp_server_state {
	CSSP_SERVER_START,
	CSSP_SERVER_TLS,
	CSSP_SERVER_NEGO,	/* a token, and perhaps pubKeyAuth beside it */
	CSSP_SERVER_PUBKEY,	/* the mechanism is done; pubKeyAuth is expected */
	CSSP_SERVER_CREDS,	/* pubKeyAuth was answered; authInfo is expected */
	CSSP_SERVER_ESTABLISHED,
	CSSP_SERVER_DEAD,
	CSSP_SERVER_STATES,
};

/* Events; each state expects exactly one of them. */
enum cssp_server_event {
	CSSP_SERVER_BEGIN,	/* the exchange starts */
	CSSP_SERVER_CHANNEL_UP,	/* TLS is up; input: this side's own SubjectPublicKey */
	CSSP_SERVER_REQUEST,	/* input: a TSRequest of the client */
	CSSP_SERVER_NONE,
};

/**
 * struct cssp_server_params - parameters of an exchange
 * @mech: acceptor of the inner mechanism
 * @mech_params: its parameters; without channel bindings, as pubKeyAuth binds the channel
 * @min_version: lowest version accepted
 * @max_version: own version
 * @restricted_admin: empty credentials are taken
 * @remote_guard: TSRemoteGuardCreds are taken
 * @early_auth: HYBRID_EX was selected: the last output is the Early User Authorization Result
 *	PDU, of success, or of denial where the credentials are refused
 * @keep_key: the caller may ask for the mechanism's session key later
 *
 * All pointers are borrowed until the machine is wiped.
 */
struct cssp_server_params {
	const struct cssp_mech_ops *mech;
	struct cssp_mech_params mech_params;
	u32 min_version;
	u32 max_version;
	bool restricted_admin;
	bool remote_guard;
	bool early_auth;
	bool keep_key;
};

/**
 * struct cssp_server_facts - what report and verdict tell about an exchange
 * @peer_version: the client's version, 0 before its first TSRequest
 * @version: effective version, the lower one of both sides
 * @legs: TSRequests received
 * @delegated: enum credssp_delegated; of credentials that were refused, too
 * @mech: what the mechanism tells; its strings until the machine is wiped
 * @reason: enum credssp_reason of the failure
 * @ntstatus: NTSTATUS of the failure, sent as errorCode if @version has it (MS-CSSP 2.2.1:
 *	3, 4 and from 6 on)
 */
struct cssp_server_facts {
	u32 peer_version;
	u32 version;
	u32 legs;
	u32 delegated;
	struct cssp_mech_facts mech;
	u32 reason;
	u32 ntstatus;
};

/**
 * struct cssp_server - the machine
 * @p: parameters
 * @state: written by the dispatcher and cssp_server_kill() only
 * @mech: inner mechanism, freed when established
 * @progress: progress of @mech
 * @public_key: this side's SubjectPublicKey in this TLS session
 * @nonce: clientNonce, of the first TSRequest that has one
 * @has_nonce: @nonce counts
 * @session_key: the mechanism's, when established and if @p.keep_key
 * @delegated: when established; the owner may move it out
 * @facts: facts for the report
 */
struct cssp_server {
	struct cssp_server_params p;
	enum cssp_server_state state;
	struct cssp_mech *mech;
	enum cssp_mech_progress progress;
	struct cssp_vbuf public_key;
	u8 nonce[CSSP_NONCE_SIZE];
	bool has_nonce;
	struct cssp_session_key session_key;
	struct cssp_delegated delegated;
	struct cssp_server_facts facts;
};

void cssp_server_init(struct cssp_server *s, const struct cssp_server_params *p);

/* The only event that is legal now. */
enum cssp_server_event cssp_server_expects(const struct cssp_server *s);

/**
 * cssp_server_event() - the dispatcher
 * @s: machine
 * @event: what happened
 * @in: input of the event, NULL for none
 * @out: what must be sent to the client is appended: a TSRequest, at the end perhaps the Early
 *	User Authorization Result PDU. After a failure too: a TSRequest with errorCode or the
 *	mechanism's last token, or the PDU of denial; best effort
 *
 * Context: may sleep; the caller serializes calls on one machine.
 * Return: 0 with the machine in its next state; or a negative errno with the machine
 * dead and its secrets wiped. @s->facts.reason is the reason, 0 for that of the errno.
 */
int __must_check cssp_server_event(struct cssp_server *s, enum cssp_server_event event,
				   const struct cssp_rd *in, struct cssp_vbuf *out);

/* enum credssp_leg of the state: that in which the next event is awaited. */
u32 cssp_server_leg(const struct cssp_server *s);

/* Wipe all secrets. State and facts stay, except the names. */
void cssp_server_wipe(struct cssp_server *s);
/* Wipe all secrets, and end the exchange. The facts stay; the owner frees their strings. */
void cssp_server_kill(struct cssp_server *s);

#endif
