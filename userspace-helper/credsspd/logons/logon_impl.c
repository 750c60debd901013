// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "logon_impl.h"

#define IPV4_BYTES	4

static bool bytes_are_zero(const uint8_t *p, size_t length)
{
	uint8_t all = 0;

	for (size_t i = 0; i < length; i++)
		all |= p[i];
	return !all;
}

/* Is it as struct credssp_address says? */
static bool peer_is_valid(const struct credssp_hlp_ntlm_logon *q)
{
	const uint8_t *rest = q->peer_address + IPV4_BYTES;

	switch (q->peer_family) {
	case 0:
		return !q->peer_port && !q->peer_scope &&
		       bytes_are_zero(q->peer_address, sizeof(q->peer_address));
	case AF_INET:
		return !q->peer_scope &&
		       bytes_are_zero(rest, sizeof(q->peer_address) - IPV4_BYTES);
	case AF_INET6:
		return true;
	default:
		return false;
	}
}

static int logon_request_check(const struct credssp_hlp_ntlm_logon *q, size_t length)
{
	const uint64_t sum = (uint64_t)sizeof(*q) + q->user_length + q->domain_length +
			     q->workstation_length + q->response_length;

	if (sum != length || q->flags & ~CREDSSP_HLP_NTLM_LOCAL || !peer_is_valid(q))
		return -EBADMSG;
	if (q->user_length % 2 || q->domain_length % 2 || q->workstation_length % 2)
		return -EBADMSG;
	if (q->user_length > LOGON_NAME_MAX || q->domain_length > LOGON_NAME_MAX ||
	    q->workstation_length > LOGON_NAME_MAX ||
	    q->response_length > CREDSSP_HLP_MAX_NTLM_RESPONSE)
		return -EMSGSIZE;
	return 0;
}

int logon_request_read(struct logon_request *r, const uint8_t *payload, size_t length)
{
	struct ntlm_response *nt = &r->response;
	int ret;

	if (length < sizeof(r->head))
		return -EBADMSG;
	memcpy(&r->head, payload, sizeof(r->head));
	ret = logon_request_check(&r->head, length);
	if (ret)
		return ret;
	nt->user = payload + sizeof(r->head);
	nt->user_length = r->head.user_length;
	nt->domain = nt->user + nt->user_length;
	nt->domain_length = r->head.domain_length;
	r->workstation = nt->domain + nt->domain_length;
	nt->nt = r->workstation + r->head.workstation_length;
	nt->nt_length = r->head.response_length;
	nt->challenge = payload + offsetof(struct credssp_hlp_ntlm_logon, server_challenge);
	return 0;
}

bool logon_request_names(const struct logon_request *r, struct account_name *user,
			 struct account_name *domain)
{
	const struct ntlm_response *nt = &r->response;

	if (account_name_from_utf16(user, nt->user, nt->user_length) ||
	    account_name_from_utf16(domain, nt->domain, nt->domain_length))
		return false;
	if (!domain->length)
		account_name_split(user, domain);
	return user->length;
}

static bool reply_is_valid(const struct credssp_hlp_ntlm_reply *r)
{
	switch (r->state) {
	case CREDSSP_HLP_NTLM_DONE:
		return !r->failure && !r->ntstatus && r->name_length &&
		       r->name_length <= LOGON_ACCOUNT_MAX &&
		       !bytes_are_zero(r->session_base_key, sizeof(r->session_base_key));
	case CREDSSP_HLP_NTLM_FAILED:
		return r->ntstatus && !r->name_length &&
		       (r->failure == CREDSSP_HLP_NTLM_FAIL_LOGON ||
			r->failure == CREDSSP_HLP_NTLM_FAIL_OTHER) &&
		       bytes_are_zero(r->session_base_key, sizeof(r->session_base_key));
	default:
		return false;
	}
}

bool logon_verdict_read(struct logon_verdict *v, const uint8_t *packet, size_t length)
{
	if (length < sizeof(*v))
		return false;
	memcpy(v, packet, sizeof(*v));
	if (!v->id)
		return length == sizeof(*v);
	return length == (uint64_t)sizeof(*v) + v->reply.name_length && reply_is_valid(&v->reply) &&
	       (!v->elsewhere || v->reply.state == CREDSSP_HLP_NTLM_FAILED);
}

void logon_refuse(struct credssp_hlp_ntlm_reply *reply, uint32_t failure, uint32_t ntstatus)
{
	*reply = (struct credssp_hlp_ntlm_reply){
		.state = CREDSSP_HLP_NTLM_FAILED, .failure = failure, .ntstatus = ntstatus,
	};
}
