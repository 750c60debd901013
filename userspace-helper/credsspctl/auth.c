// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl auth: log on to a server, and print the result. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "explain.h"
#include "net.h"
#include "options.h"
#include "outcome.h"
#include "password.h"
#include "rdp.h"
#include "report.h"
#include "text.h"
#include "token.h"
#include "winrm.h"

#define BASE_FLAGS							\
	(ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |		\
	 ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY |			\
	 ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_EXTENDED_ERROR)

/**
 * struct job - one run
 * @opt: the command line
 * @lib: open device
 * @cred: credential
 * @fd: connection
 * @deadline: see net_now()
 * @o: the result
 * @facts: for --explain
 *
 * The steps below return 0, or -1 with the reason in @o.
 */
struct job {
	struct options opt;
	struct credssp *lib;
	uint64_t cred;
	int fd;
	int64_t deadline;
	struct outcome o;
	struct explain_facts facts;
};

/* Open the device. Without module or helper, fail before asking for a password. */
static int open_service(struct job *job)
{
	struct credssp_ioc_info info;

	job->lib = credssp_open();
	if (!job->lib) {
		bool missing = errno == ENOENT || errno == ENODEV || errno == ENXIO;

		outcome_fail(&job->o, missing ? CTL_REASON_NO_MODULE : CTL_REASON_NO_PERMISSION,
			     "%s: %s", CREDSSP_DEVICE, strerror(errno));
		return -1;
	}
	if (credssp_info(job->lib, &info)) {
		outcome_fail(&job->o, CTL_REASON_NO_MODULE, "%s: %s", CREDSSP_DEVICE,
			     strerror(errno));
		return -1;
	}
	job->facts.helper_known = true;
	job->facts.helper_present = info.helper_present;
	if (!info.helper_present) {
		outcome_fail(&job->o, CREDSSP_REASON_NO_HELPER,
			     "start it: systemctl start credsspd");
		return -1;
	}
	return 0;
}

static int32_t ask_policy(const struct job *job, uint32_t flags)
{
	struct credssp_ioc_policy_check check = {
		.kind = explain_kind(&job->opt),
		.flags = flags,
		.target_length = (uint32_t)strlen(job->opt.target),
		.target = (uintptr_t)job->opt.target,
	};

	return credssp_policy_check(job->lib, &check);
}

static bool is_policy_answer(int32_t status)
{
	return status == SEC_E_OK || status == SEC_E_DELEGATION_POLICY ||
	       status == SEC_E_POLICY_NLTM_ONLY;
}

static void gather_policy(struct job *job)
{
	struct explain_facts *facts = &job->facts;

	facts->policy_ntlm = ask_policy(job, 0);
	facts->policy_proven = ask_policy(job, CREDSSP_CHECK_PROVEN);
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
static int acquire_with(struct job *job, const struct secret *secret)
{
	const struct options *opt = &job->opt;
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
	status = credssp_acquire_credentials_handle(job->lib, &args, &job->cred, NULL);
	if (status == SEC_E_OK)
		return 0;
	outcome_status(&job->o, status, opt->key && status == SEC_E_NO_CREDENTIALS ?
		       CREDSSP_REASON_KEY : CREDSSP_REASON_NONE);
	/* the errors of a module that does not know a member */
	if (errno == EINVAL || errno == E2BIG)
		snprintf(job->o.detail, sizeof(job->o.detail), "%s",
			 "the module is older than credsspctl");
	return -1;
}

/* The password is in memory during this function only. */
static int acquire(struct job *job)
{
	struct secret secret;
	const char *err;
	int ret = -1;

	if (job->opt.key || job->opt.saved || job->opt.tickets == CREDSSP_TICKETS_CCACHE ||
	    job->opt.tickets == CREDSSP_TICKETS_KEYTAB)
		return acquire_with(job, NULL);
	if (secret_alloc(&secret)) {
		outcome_fail(&job->o, CTL_REASON_PASSWORD,
			     "memory for it cannot be locked (ulimit -l): %s", strerror(errno));
		return -1;
	}
	err = read_password(&job->opt, &secret);
	if (err)
		outcome_fail(&job->o, CTL_REASON_PASSWORD, "%s", err);
	else
		ret = acquire_with(job, &secret);
	secret_free(&secret);
	return ret;
}

static int open_connection(struct job *job)
{
	int gai;

	job->deadline = net_now() + job->opt.timeout_ms;
	job->fd = net_connect(job->opt.host, job->opt.port, job->deadline,
			      job->o.address, &gai);
	if (job->fd >= 0)
		return 0;
	if (gai)
		outcome_fail(&job->o, CTL_REASON_RESOLVE, "%s", gai == EAI_SYSTEM ?
			     strerror(errno) : gai_strerror(gai));
	else
		outcome_errno(&job->o, CTL_REASON_CONNECT);
	return -1;
}

/* Accept only CredSSP: there is no fallback if the server selects another protocol. */
static int judge_confirm(struct job *job, const struct rdp_confirm *confirm)
{
	struct outcome *o = &job->o;

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

static int negotiate(struct job *job)
{
	struct rdp_confirm confirm;

	if (job->opt.carrier != CARRIER_RDP)
		return 0;
	if (!rdp_negotiate(job->fd, job->deadline, &confirm))
		return judge_confirm(job, &confirm);
	if (errno == EBADMSG)
		outcome_fail(&job->o, CTL_REASON_X224_MALFORMED, "%s", "");
	else
		outcome_errno(&job->o, CTL_REASON_X224_CLOSED);
	return -1;
}

static bool expects_result_pdu(const struct job *job)
{
	return job->o.rdp_known && job->o.rdp_protocol == RDP_PROTOCOL_HYBRID_EX;
}

static uint32_t context_req(const struct options *opt)
{
	return BASE_FLAGS | (opt->no_delegate ? 0 : ISC_REQ_DELEGATE) |
	       (opt->mutual ? ISC_REQ_MUTUAL_AUTH : 0);
}

static void authenticate_socket(struct job *job)
{
	struct credssp_result result;
	struct outcome *o = &job->o;
	int left = net_left(job->deadline);
	int32_t status;

	status = credssp_authenticate_socket(job->lib, job->cred, job->fd,
					     job->opt.target, context_req(&job->opt),
					     expects_result_pdu(job) ?
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
	if (status == SEC_E_OK)
		credssp_send_close_notify(job->fd);
}

static struct token_job token_job(const struct job *job)
{
	return (struct token_job){
		.lib = job->lib,
		.cred = job->cred,
		.target = job->opt.target,
		.context_req = context_req(&job->opt),
		.early_auth = expects_result_pdu(job),
	};
}

static void authenticate_token(struct job *job)
{
	struct token_tcp tcp = { .fd = job->fd, .deadline = job->deadline };
	struct token_job token = token_job(job);

	token.wire = &token_tcp_wire;
	token.arg = &tcp;
	token_authenticate(&token, &job->o);
}

/* RFC 9110 7.2: an address in brackets, without its zone. */
static void host_header(const struct job *job, char *header, size_t room)
{
	const char *host = job->opt.host;
	bool address = strchr(host, ':');

	snprintf(header, room, "%s%.*s%s:%u", address ? "[" : "", (int)strcspn(host, "%"),
		 host, address ? "]" : "", job->opt.port);
}

static void authenticate_http(struct job *job)
{
	char host[HOST_MAX + sizeof("[]:65535")];
	struct winrm_job winrm = {
		.token = token_job(job),
		.fd = job->fd,
		.host = host,
		.path = job->opt.path,
		.deadline = job->deadline,
	};

	host_header(job, host, sizeof(host));
	winrm_authenticate(&winrm, &job->o);
}

static void run(struct job *job)
{
	int64_t start;

	if (open_service(job))
		return;
	if (job->opt.explain)
		gather_policy(job);
	if (acquire(job))
		return;
	start = net_now();
	if (!open_connection(job) && !negotiate(job)) {
		if (job->opt.carrier == CARRIER_HTTP)
			authenticate_http(job);
		else if (job->opt.transport == TRANSPORT_SOCKET)
			authenticate_socket(job);
		else
			authenticate_token(job);
	}
	job->o.elapsed_ms = net_now() - start;
}

int command_auth(int argc, char **argv)
{
	struct job job = { .fd = -1, .o = { .status = SEC_E_INTERNAL_ERROR } };
	FILE *f;
	int code;

	if (options_parse(&job.opt, argc, argv))
		return EXIT_CODE_USAGE;
	run(&job);
	code = outcome_exit_code(&job.o);
	f = code && !job.opt.json ? stderr : stdout;
	if (job.opt.json)
		report_json(f, &job.opt, &job.o);
	else
		report_human(f, &job.opt, &job.o);
	if (job.opt.explain)
		explain_print(f, &job.opt, &job.o, &job.facts);
	outcome_free(&job.o);
	if (job.fd >= 0)
		close(job.fd);
	credssp_close(job.lib);
	return code;
}
