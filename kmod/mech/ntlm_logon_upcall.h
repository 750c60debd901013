/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Request NTLM_LOGON: the helper, which has the accounts, checks an NTLMv2 response. For
 * mech/ntlm_acceptor.c and its tests only. The helper's reply is untrusted.
 */
#ifndef CSSP_MECH_NTLM_LOGON_UPCALL_H
#define CSSP_MECH_NTLM_LOGON_UPCALL_H

#include <uapi/linux/credssp.h>

#include "../upcall/conv.h"
#include "../wire/ntlm_msg.h"

/**
 * struct cssp_ntlm_upcall - how the helper is asked
 * @ops: calls to the helper
 * @who: requester, borrowed
 * @wait: deadline and cancellation, borrowed
 */
struct cssp_ntlm_upcall {
	const struct cssp_helper_ops *ops;
	const struct cssp_requester *who;
	struct cssp_wait *wait;
};

/**
 * struct cssp_ntlm_logon - what is to be checked
 * @user, @domain, @workstation: names in UTF-16LE, as they were sent
 * @response: NTLMv2 response
 * @server_challenge: of the CHALLENGE, CSSP_NTLM_CHALLENGE_SIZE bytes
 * @peer: where the initiator is, or NULL
 */
struct cssp_ntlm_logon {
	struct cssp_rd user;
	struct cssp_rd domain;
	struct cssp_rd workstation;
	struct cssp_rd response;
	const u8 *server_challenge;
	const struct credssp_address *peer;
};

/**
 * struct cssp_ntlm_account - who has logged on
 * @session_base_key: SessionBaseKey; the caller wipes it
 * @name: DOMAIN\user or the user alone, in UTF-8 with NUL; the caller frees it
 * @reason: after a failure: enum credssp_reason if it has its own, else 0
 * @ntstatus: after a failure: NTSTATUS for the initiator, or 0
 */
struct cssp_ntlm_account {
	u8 session_base_key[CSSP_NTLM_KEY_SIZE];
	struct cssp_vbuf name;
	u32 reason;
	u32 ntstatus;
};

/**
 * cssp_ntlm_logon_ask() - let the helper check a response
 * @u: how it is asked
 * @logon: names and response
 * @a: out: see there
 *
 * Context: may sleep; the helper delays its answer after failures.
 * Return: 0; -EACCES for an unknown account or a wrong password, which are not told apart, and
 * for an account that is locked; -EREMOTEIO when the reply is invalid, or the helper failed;
 * -EDQUOT when too many logons wait; or as cssp_conv_open() and cssp_conv_call().
 */
int __must_check cssp_ntlm_logon_ask(const struct cssp_ntlm_upcall *u,
				     const struct cssp_ntlm_logon *logon,
				     struct cssp_ntlm_account *a);

#endif
