// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/net.h"
#include "base/password.h"
#include "logon.h"
#include "rdp/rdp.h"

#define MODULE_DIRECTORY	"/sys/module/credssp"

#define BASE_FLAGS							\
	(ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |		\
	 ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY |			\
	 ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_EXTENDED_ERROR)

/* Why there is no device */
static uint32_t absence(void)
{
	return access(MODULE_DIRECTORY, F_OK) ? CTL_REASON_NO_MODULE : CTL_REASON_NO_DEVICE;
}

/* Open the device. Without module or helper, fail before asking for a password. */
int logon_open(struct logon *l)
{
	struct credssp_ioc_info info;

	l->lib = credssp_open();
	if (!l->lib) {
		bool missing = errno == ENOENT || errno == ENODEV || errno == ENXIO;

		outcome_fail(&l->o, missing ? absence() : CTL_REASON_NO_PERMISSION,
			     "%s: %s", CREDSSP_DEVICE, strerror(errno));
		return -1;
	}
	if (credssp_info(l->lib, &info)) {
		outcome_fail(&l->o, CTL_REASON_NO_MODULE, "%s: %s", CREDSSP_DEVICE,
			     strerror(errno));
		return -1;
	}
	l->facts.helper_known = true;
	l->facts.helper_present = info.helper_present;
	if (!info.helper_present) {
		outcome_fail(&l->o, CREDSSP_REASON_NO_HELPER,
			     "start it: systemctl start credsspd");
		return -1;
	}
	return 0;
}

static int32_t ask_policy(const struct logon *l, uint32_t flags)
{
	struct credssp_ioc_policy_check check = {
		.kind = explain_kind(&l->opt),
		.flags = flags,
		.target_length = (uint32_t)strlen(l->opt.target),
		.target = (uintptr_t)l->opt.target,
	};

	return credssp_policy_check(l->lib, &check);
}

static bool is_policy_answer(int32_t status)
{
	return status == SEC_E_OK || status == SEC_E_DELEGATION_POLICY ||
	       status == SEC_E_POLICY_NLTM_ONLY;
}

void logon_ask_policy(struct logon *l)
{
	struct explain_facts *facts = &l->facts;

	facts->policy_ntlm = ask_policy(l, 0);
	facts->policy_proven = ask_policy(l, CREDSSP_CHECK_PROVEN);
	facts->policy_known = is_policy_answer(facts->policy_ntlm) &&
			      is_policy_answer(facts->policy_proven);
}

static const char *read_password(const struct options *opt, struct secret *secret)
{
	char prompt[2 * CREDSSP_MAX_NAME + HOST_MAX + 32];

	if (opt->tickets == CREDSSP_TICKETS_CERT)
		snprintf(prompt, sizeof(prompt), "PIN of the certificate (empty: none): ");
	else
		snprintf(prompt, sizeof(prompt), "Password for %s%s%s at %s: ", opt->domain,
			 *opt->domain ? "\\" : "", opt->user, opt->host);
	return password_from(secret, opt->password_fd, opt->password_file, prompt);
}

/*
 * @secret is NULL if user and password are in a key, named by --key or looked up, and if
 * tickets take the place of the password. It is the PIN of a certificate's key.
 */
static int acquire_with(struct logon *l, const struct secret *secret)
{
	const struct options *opt = &l->opt;
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = opt->mechs,
		.min_version = opt->min_version,
		.max_version = opt->max_version,
		.key = opt->key,
		.cert = opt->cert,
		.cert_length = (uint32_t)strlen(opt->cert),
		.pin_count = opt->pin_count,
		.pins = opt->pins,
		.ticket_source = opt->tickets,
		.flags = opt->user_to_user ? CREDSSP_ACQUIRE_USER_TO_USER : 0,
		.tickets = opt->ticket_name,
		.tickets_length = (uint32_t)strlen(opt->ticket_name),
		.realm = opt->realm,
		.realm_length = (uint32_t)strlen(opt->realm),
	};
	int32_t status;

	if (*opt->user) {
		args.user = opt->user;
		args.user_length = (uint32_t)strlen(opt->user);
		args.domain = opt->domain;
		args.domain_length = (uint32_t)strlen(opt->domain);
	}
	if (secret) {
		args.password = secret->data;
		args.password_length = (uint32_t)secret->length;
	}
	errno = 0;
	status = credssp_acquire_credentials_handle(l->lib, &args, &l->cred, NULL);
	if (status == SEC_E_OK)
		return 0;
	outcome_status(&l->o, status, opt->key && status == SEC_E_NO_CREDENTIALS ?
		       CREDSSP_REASON_KEY : CREDSSP_REASON_NONE);
	/* the errors of a module that does not know a member */
	if (errno == EINVAL || errno == E2BIG)
		snprintf(l->o.detail, sizeof(l->o.detail), "%s",
			 "the module is older than credsspctl");
	return -1;
}

/* The password is in memory during this function only. */
int logon_acquire(struct logon *l)
{
	struct secret secret;
	const char *err;
	int ret = -1;

	if (l->opt.key || l->opt.saved || l->opt.tickets == CREDSSP_TICKETS_CCACHE ||
	    l->opt.tickets == CREDSSP_TICKETS_KEYTAB)
		return acquire_with(l, NULL);
	if (secret_alloc(&secret)) {
		outcome_fail(&l->o, CTL_REASON_PASSWORD,
			     "memory for it cannot be locked (ulimit -l): %s", strerror(errno));
		return -1;
	}
	err = read_password(&l->opt, &secret);
	if (err)
		outcome_fail(&l->o, CTL_REASON_PASSWORD, "%s", err);
	else
		ret = acquire_with(l, &secret);
	secret_free(&secret);
	return ret;
}

int logon_connect(struct logon *l)
{
	int gai;

	l->start = net_now();
	l->deadline = l->start + l->opt.timeout_ms;
	l->fd = net_connect(l->opt.host, l->opt.port, l->deadline, l->o.address, &gai);
	if (l->fd >= 0)
		return 0;
	if (gai)
		outcome_fail(&l->o, CTL_REASON_RESOLVE, "%s", gai == EAI_SYSTEM ?
			     strerror(errno) : gai_strerror(gai));
	else
		outcome_errno(&l->o, CTL_REASON_CONNECT);
	return -1;
}

/* Accept only CredSSP: there is no fallback if the server selects another protocol. */
static int judge_confirm(struct logon *l, const struct rdp_confirm *confirm)
{
	struct outcome *o = &l->o;

	switch (confirm->answer) {
	case RDP_ANSWER_NONE:
		outcome_fail(o, CTL_REASON_X224_NOT_OFFERED, "%s", "");
		return -1;
	case RDP_ANSWER_FAILURE:
		outcome_fail(o, CTL_REASON_X224_REFUSED, "%s (%s)",
			     rdp_failure_text(confirm->value),
			     rdp_failure_name(confirm->value));
		return -1;
	case RDP_ANSWER_SELECTED:
		break;
	}
	o->rdp_known = true;
	o->rdp_protocol = confirm->value;
	if (confirm->value == RDP_PROTOCOL_HYBRID || confirm->value == RDP_PROTOCOL_HYBRID_EX)
		return 0;
	outcome_fail(o, CTL_REASON_X224_DOWNGRADE, "it chose %s",
		     rdp_protocol_name(confirm->value));
	return -1;
}

int logon_negotiate(struct logon *l)
{
	struct rdp_confirm confirm;

	if (l->opt.carrier != CARRIER_RDP)
		return 0;
	if (!rdp_negotiate(l->fd, l->deadline, &confirm))
		return judge_confirm(l, &confirm);
	if (errno == EBADMSG)
		outcome_fail(&l->o, CTL_REASON_X224_MALFORMED, "%s", "");
	else
		outcome_errno(&l->o, CTL_REASON_X224_CLOSED);
	return -1;
}

static bool expects_result_pdu(const struct logon *l)
{
	return l->o.rdp_known && l->o.rdp_protocol == RDP_PROTOCOL_HYBRID_EX;
}

static uint32_t context_req(const struct options *opt)
{
	return BASE_FLAGS | (opt->no_delegate ? 0 : ISC_REQ_DELEGATE) |
	       (opt->mutual ? ISC_REQ_MUTUAL_AUTH : 0);
}

static void authenticate_socket(struct logon *l)
{
	struct credssp_result result;
	struct outcome *o = &l->o;
	int left = net_left(l->deadline);
	int32_t status;

	status = credssp_authenticate_socket(l->lib, l->cred, l->fd,
					     l->opt.target, context_req(&l->opt),
					     expects_result_pdu(l) ?
					     CREDSSP_AUTH_EARLY_AUTH : 0,
					     left ? (uint32_t)left : 1, &result);
	outcome_status(o, status, result.report.reason);
	o->report = result.report;
	memcpy(o->trace, result.trace, sizeof(o->trace));
	o->context_attr = result.context_attr;
	o->expiry = result.expiry;
	o->cert = result.cert;
	o->cert_length = result.cert_length;
	if (status == SEC_E_OK && result.report.mech_package == CREDSSP_PACKAGE_KERBEROS)
		snprintf(o->client, sizeof(o->client), "%s", result.user);
}

static struct token_job token_job(const struct logon *l)
{
	return (struct token_job){
		.lib = l->lib,
		.cred = l->cred,
		.target = l->opt.target,
		.context_req = context_req(&l->opt),
		.early_auth = expects_result_pdu(l),
	};
}

static void authenticate_token(struct logon *l)
{
	struct token_tcp tcp = { .fd = l->fd, .deadline = l->deadline };
	struct token_job token = token_job(l);

	token.wire = &token_tcp_wire;
	token.arg = &tcp;
	token_authenticate(&token, &l->o);
}

/* RFC 9110 7.2: an address in brackets, without its zone. */
void logon_host_header(const struct logon *l, char *header, size_t room)
{
	const char *host = l->opt.host;
	bool address = strchr(host, ':');

	snprintf(header, room, "%s%.*s%s:%u", address ? "[" : "", (int)strcspn(host, "%"),
		 host, address ? "]" : "", l->opt.port);
}

void logon_talk(struct logon *l, winrm_talk_fn talk, void *arg)
{
	char host[LOGON_HOST_ROOM];
	struct winrm_job winrm = {
		.token = token_job(l),
		.fd = l->fd,
		.host = host,
		.path = l->opt.path,
		.deadline = l->deadline,
		.talk = talk,
		.arg = arg,
	};

	logon_host_header(l, host, sizeof(host));
	winrm_authenticate(&winrm, &l->o);
}

void logon_authenticate(struct logon *l)
{
	if (l->opt.carrier == CARRIER_HTTP)
		logon_talk(l, NULL, NULL);
	else if (l->opt.transport == TRANSPORT_SOCKET)
		authenticate_socket(l);
	else
		authenticate_token(l);
}

int logon_prepare(struct logon *l)
{
	if (logon_open(l))
		return -1;
	if (l->opt.explain)
		logon_ask_policy(l);
	return logon_acquire(l) || logon_connect(l) || logon_negotiate(l) ? -1 : 0;
}

void logon_end(struct logon *l)
{
	outcome_free(&l->o);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	credssp_close(l->lib);
	l->lib = NULL;
}
