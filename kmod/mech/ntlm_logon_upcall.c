// SPDX-License-Identifier: GPL-2.0-only
/* Request NTLM_LOGON, and the checks of its reply. */
#include "ntlm_logon_upcall.h"

#include <crypto/algapi.h>
#include <linux/kernel.h>

#include "../base/status.h"
#include "encode.h"
#include "mech.h"
#include "ntlm_authenticate.h"

/* Bytes of an account's name: domain, separator and user */
#define ACCOUNT_MAX	(2 * CREDSSP_MAX_NAME + 1)

/* The upper two bits of an NTSTATUS that is an error (MS-ERREF 2.3) */
#define SEVERITY_SHIFT	30
#define SEVERITY_ERROR	3

/* errno and reason of the failures that the helper reports. */
static const struct {
	int err;
	u32 reason;
} logon_failures[] = {
	[CREDSSP_HLP_NTLM_FAIL_OTHER] = { -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY },
	[CREDSSP_HLP_NTLM_FAIL_LOGON] = { CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOGON },
	[CREDSSP_HLP_NTLM_FAIL_LOCKED] = { CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOCKED_OUT },
	[CREDSSP_HLP_NTLM_FAIL_BUSY] = { -EDQUOT, CREDSSP_REASON_BUSY },
	[CREDSSP_HLP_NTLM_FAIL_FOREIGN] = { CSSP_E_NO_HELPER, CREDSSP_REASON_FOREIGN },
	[CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS] = { CSSP_E_NO_HELPER, CREDSSP_REASON_NO_ACCOUNTS },
};

static int logon_failed(struct cssp_ntlm_account *a, u32 failure)
{
	a->reason = logon_failures[failure].reason;
	return logon_failures[failure].err;
}

static void logon_set_peer(struct credssp_hlp_ntlm_logon *head,
			   const struct credssp_address *peer)
{
	static_assert(sizeof(head->peer_address) == sizeof(peer->address));

	if (!peer)
		return;
	head->peer_family = peer->family;
	head->peer_port = peer->port;
	head->peer_scope = peer->scope;
	memcpy(head->peer_address, peer->address, sizeof(head->peer_address));
}

static int logon_build(const struct cssp_ntlm_upcall *u, const struct cssp_ntlm_logon *logon,
		       struct cssp_vbuf *request)
{
	const struct cssp_rd pieces[] = {
		logon->user, logon->domain, logon->workstation, logon->response,
	};
	struct credssp_hlp_ntlm_logon head = {
		.flags = CREDSSP_HLP_NTLM_LOCAL,
		.time_limit = cssp_upcall_time_limit(u->wait),
		.user_length = logon->user.left,
		.domain_length = logon->domain.left,
		.workstation_length = logon->workstation.left,
		.response_length = logon->response.left,
	};

	static_assert(sizeof(head.server_challenge) == CSSP_NTLM_CHALLENGE_SIZE);
	memcpy(head.server_challenge, logon->server_challenge, sizeof(head.server_challenge));
	logon_set_peer(&head, logon->peer);
	return cssp_encode_pieces(request, &head, sizeof(head), pieces, ARRAY_SIZE(pieces));
}

static bool logon_has_key(const struct credssp_hlp_ntlm_reply *head)
{
	static const u8 zeros[CSSP_NTLM_KEY_SIZE];

	static_assert(sizeof(head->session_base_key) == sizeof(zeros));
	return crypto_memneq(head->session_base_key, zeros, sizeof(zeros));
}

static int logon_check_done(const struct credssp_hlp_ntlm_reply *head)
{
	if (head->failure || head->ntstatus || !head->name_length ||
	    head->name_length > ACCOUNT_MAX)
		return -EREMOTEIO;
	return 0;
}

/* Another NTSTATUS than an error's would tell the initiator of a success. */
static int logon_check_failed(const struct credssp_hlp_ntlm_reply *head)
{
	if (head->failure >= ARRAY_SIZE(logon_failures) || head->name_length ||
	    logon_has_key(head))
		return -EREMOTEIO;
	if (head->ntstatus && head->ntstatus >> SEVERITY_SHIFT != SEVERITY_ERROR)
		return -EREMOTEIO;
	return 0;
}

/* @name: out: view into @reply */
static int logon_parse(const struct cssp_vbuf *reply, struct credssp_hlp_ntlm_reply *head,
		       struct cssp_rd *name)
{
	struct cssp_rd rd = cssp_vbuf_rd(reply);
	int ret = -EREMOTEIO;

	if (cssp_rd_copy(&rd, head, sizeof(*head)))
		return ret;
	if (head->state == CREDSSP_HLP_NTLM_DONE)
		ret = logon_check_done(head);
	else if (head->state == CREDSSP_HLP_NTLM_FAILED)
		ret = logon_check_failed(head);
	if (ret)
		return ret;
	if (cssp_rd_sub(&rd, head->name_length, name) || cssp_rd_end(&rd) ||
	    !cssp_mech_text_is_name(name))
		return -EREMOTEIO;
	return 0;
}

static int logon_take(const struct credssp_hlp_ntlm_reply *head, const struct cssp_rd *name,
		      struct cssp_ntlm_account *a)
{
	int ret;

	a->ntstatus = head->ntstatus;
	if (head->state == CREDSSP_HLP_NTLM_FAILED)
		return logon_failed(a, head->failure);
	/* A guest's key, which all know (MS-NLMP 3.2.5.1.2) */
	if (!logon_has_key(head)) {
		a->ntstatus = CSSP_NTLM_LOGON_FAILURE;
		return logon_failed(a, CREDSSP_HLP_NTLM_FAIL_LOGON);
	}
	ret = cssp_vbuf_set(&a->name, name) ?: cssp_vbuf_append(&a->name, "", 1);
	if (ret)
		return ret;
	memcpy(a->session_base_key, head->session_base_key, sizeof(a->session_base_key));
	return 0;
}

/* @answered: out: the helper has given a valid reply: the conversation is over */
static int logon_call(const struct cssp_ntlm_upcall *u, struct cssp_conv *conv,
		      const struct cssp_rd *request, struct cssp_ntlm_account *a,
		      bool *answered)
{
	struct credssp_hlp_ntlm_reply head = {};
	struct cssp_vbuf reply = {};
	struct cssp_rd name = {};
	int ret;

	ret = u->ops->call(conv, CREDSSP_HLP_NTLM_LOGON, request, &reply, u->wait);
	if (ret == CSSP_E_NO_HELPER)
		a->reason = CREDSSP_REASON_HELPER_DIED;
	if (ret == CSSP_E_UNSUPPORTED)
		ret = logon_failed(a, CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS);
	if (ret)
		goto out;
	ret = logon_parse(&reply, &head, &name);
	if (ret)
		goto out;
	*answered = true;
	ret = logon_take(&head, &name, a);
out:
	memzero_explicit(&head, sizeof(head));
	cssp_vbuf_free(&reply);
	return ret;
}

/* The conversation is open. */
static int logon_ask(const struct cssp_ntlm_upcall *u, struct cssp_conv *conv,
		     const struct cssp_ntlm_logon *logon, struct cssp_ntlm_account *a,
		     bool *answered)
{
	struct cssp_vbuf request = {};
	struct cssp_rd rd;
	int ret;

	/* The accounts of another machine or container are not those of this one. */
	if (!u->ops->is_local(conv))
		return logon_failed(a, CREDSSP_HLP_NTLM_FAIL_FOREIGN);
	ret = logon_build(u, logon, &request);
	if (ret)
		return ret;
	rd = cssp_vbuf_rd(&request);
	ret = logon_call(u, conv, &rd, a, answered);
	cssp_vbuf_free(&request);
	return ret;
}

int cssp_ntlm_logon_ask(const struct cssp_ntlm_upcall *u, const struct cssp_ntlm_logon *logon,
			struct cssp_ntlm_account *a)
{
	struct cssp_conv *conv;
	bool answered = false;
	int ret;

	*a = (struct cssp_ntlm_account){};
	ret = u->ops->open(&conv, u->who);
	if (ret == CSSP_E_NO_HELPER)
		a->reason = CREDSSP_REASON_NO_HELPER;
	if (ret)
		return ret;
	ret = logon_ask(u, conv, logon, a, &answered);
	u->ops->close(conv, answered);
	return ret;
}
