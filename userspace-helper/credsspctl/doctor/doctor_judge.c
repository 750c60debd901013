// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "logon/advice.h"
#include "logon/kerberos.h"
#include "logon/report.h"
#include "rdp/rdp.h"
#include "text.h"

/* Reasons of the exchange; those that are not here are judged by the leg. */
static const struct {
	uint32_t reason;
	enum doctor_step step;
} reasons[] = {
	{ CREDSSP_REASON_NO_HELPER, DOCTOR_HELPER },
	{ CREDSSP_REASON_HELPER_DIED, DOCTOR_HELPER },
	{ CREDSSP_REASON_HELPER_REPLY, DOCTOR_HELPER },
	{ CREDSSP_REASON_LOOPBACK, DOCTOR_DEVICE },
	{ CREDSSP_REASON_SOCKET, DOCTOR_PORT },
	{ CREDSSP_REASON_KEY, DOCTOR_CREDENTIALS },
	{ CTL_REASON_PASSWORD, DOCTOR_CREDENTIALS },
	{ CTL_REASON_HTTP_NOT_OFFERED, DOCTOR_PROTOCOL },
	{ CTL_REASON_HTTP_MALFORMED, DOCTOR_PROTOCOL },
	{ CTL_REASON_HTTP_STATUS, DOCTOR_PROTOCOL },
	{ CTL_REASON_HTTP_PREMATURE, DOCTOR_PROTOCOL },
	{ CTL_REASON_HTTP_DENIED, DOCTOR_LOGON },
	{ CTL_REASON_HTTP_MESSAGE, DOCTOR_DELEGATION },
	{ CREDSSP_REASON_TLS_HANDSHAKE, DOCTOR_TLS },
	{ CREDSSP_REASON_TLS_VERSION, DOCTOR_TLS },
	{ CREDSSP_REASON_TLS_ALGORITHM, DOCTOR_TLS },
	{ CREDSSP_REASON_TLS_MESSAGE, DOCTOR_TLS },
	{ CREDSSP_REASON_TLS_DECODE, DOCTOR_TLS },
	{ CREDSSP_REASON_TLS_SIZE, DOCTOR_TLS },
	{ CREDSSP_REASON_CLIENT_CERT, DOCTOR_TLS },
	{ CREDSSP_REASON_TLS_PROOF, DOCTOR_CERTIFICATE },
	{ CREDSSP_REASON_KEY_SIZE, DOCTOR_CERTIFICATE },
	{ CREDSSP_REASON_CERTIFICATE, DOCTOR_CERTIFICATE },
	{ CREDSSP_REASON_BINDING, DOCTOR_CERTIFICATE },
	{ CREDSSP_REASON_SERVER_NOT_PROVEN, DOCTOR_CERTIFICATE },
	{ CREDSSP_REASON_VERSION, DOCTOR_VERSION },
	{ CREDSSP_REASON_VERSION_POLICY, DOCTOR_VERSION },
	{ CREDSSP_REASON_NO_TICKETS, DOCTOR_KDC },
	{ CREDSSP_REASON_TICKETS_EXPIRED, DOCTOR_KDC },
	{ CREDSSP_REASON_FOREIGN, DOCTOR_KDC },
	{ CREDSSP_REASON_NO_REALM, DOCTOR_KDC },
	{ CREDSSP_REASON_NO_KDC, DOCTOR_KDC },
	{ CREDSSP_REASON_CLIENT_UNKNOWN, DOCTOR_KDC },
	{ CREDSSP_REASON_TARGET_UNKNOWN, DOCTOR_KDC },
	{ CREDSSP_REASON_PASSWORD, DOCTOR_KDC },
	{ CREDSSP_REASON_PASSWORD_EXPIRED, DOCTOR_KDC },
	{ CREDSSP_REASON_ACCOUNT, DOCTOR_KDC },
	{ CREDSSP_REASON_SKEW, DOCTOR_KDC },
	{ CREDSSP_REASON_ENCTYPE, DOCTOR_KDC },
	{ CREDSSP_REASON_USER_TO_USER, DOCTOR_KDC },
	{ CREDSSP_REASON_KRB_ERROR, DOCTOR_KDC },
	{ CREDSSP_REASON_KDC_ANSWER, DOCTOR_KDC },
	{ CREDSSP_REASON_NO_KERBEROS, DOCTOR_KDC },
	{ CREDSSP_REASON_CERT_EXPIRED, DOCTOR_KDC },
	{ CREDSSP_REASON_CERT_UNTRUSTED, DOCTOR_KDC },
	{ CREDSSP_REASON_SPNEGO, DOCTOR_MECHANISM },
	{ CREDSSP_REASON_MECH_TOKEN, DOCTOR_MECHANISM },
	{ CREDSSP_REASON_MECH_WEAK, DOCTOR_MECHANISM },
	{ CREDSSP_REASON_MECH_MIC, DOCTOR_MECHANISM },
	{ CREDSSP_REASON_NTLM_OFF, DOCTOR_MECHANISM },
	{ CREDSSP_REASON_FIPS, DOCTOR_MECHANISM },
	{ CREDSSP_REASON_NOT_CHOSEN, DOCTOR_MECHANISM },
	{ CREDSSP_REASON_CLOSED_AFTER_AUTH, DOCTOR_LOGON },
	{ CREDSSP_REASON_EARLY_DENIED, DOCTOR_LOGON },
	{ CREDSSP_REASON_POLICY, DOCTOR_DELEGATION },
};

/* What the server says in errorCode; the rest is about the logon. */
static const struct {
	uint32_t ntstatus;
	enum doctor_step step;
} ntstatuses[] = {
	{ 0xc00000bb, DOCTOR_VERSION },		/* STATUS_NOT_SUPPORTED */
	{ 0xc0000133, DOCTOR_KDC },		/* STATUS_TIME_DIFFERENCE_AT_DC */
	{ 0xc0000418, DOCTOR_MECHANISM },	/* STATUS_NTLM_BLOCKED */
};

static bool has_fact(const struct outcome *o, uint32_t fact)
{
	return o->report.facts & fact;
}

/* A server that has never answered by HTTP is not at the first leg of the exchange yet. */
static enum doctor_step step_of_leg(const struct options *opt, const struct outcome *o)
{
	if (opt->carrier == CARRIER_HTTP && !o->http_status)
		return DOCTOR_PROTOCOL;
	switch (o->report.leg) {
	case CREDSSP_LEG_START:
	case CREDSSP_LEG_TLS:
		return DOCTOR_TLS;
	case CREDSSP_LEG_NEGO:
		return has_fact(o, CREDSSP_FACT_PEER_VERSION) ? DOCTOR_MECHANISM : DOCTOR_VERSION;
	default:
		return DOCTOR_LOGON;
	}
}

static enum doctor_step step_of_ntstatus(uint32_t ntstatus)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ntstatuses); i++)
		if (ntstatuses[i].ntstatus == ntstatus)
			return ntstatuses[i].step;
	return DOCTOR_LOGON;
}

static enum doctor_step step_of_exchange(const struct options *opt, const struct outcome *o)
{
	size_t i;

	if (outcome_exit_code(o) == EXIT_CODE_AUTHENTICATED)
		return DOCTOR_STEPS;
	if (o->reason == CREDSSP_REASON_ERROR_CODE && has_fact(o, CREDSSP_FACT_NTSTATUS))
		return step_of_ntstatus(o->report.ntstatus);
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].reason == o->reason)
			return reasons[i].step;
	return step_of_leg(opt, o);
}

/* ---- what each step found ------------------------------------------------------------ */

/**
 * struct note - a finding being made
 * @f: writes the text
 * @opt, @o: arguments of doctor_judge()
 * @finding: whose state and advice may be changed
 */
struct note {
	FILE *f;
	const struct options *opt;
	const struct outcome *o;
	struct doctor_finding *finding;
};

static void warn(struct note *n, const char *advice)
{
	n->finding->state = DOCTOR_WARNING;
	n->finding->advice = advice;
}

static void note_module(struct note *n)
{
	fputs("it is loaded", n->f);
}

static void note_device(struct note *n)
{
	fputs(CREDSSP_DEVICE " can be opened", n->f);
}

static void note_helper(struct note *n)
{
	fputs("it is running", n->f);
}

static void note_credentials(struct note *n)
{
	const struct options *opt = n->opt;

	if (opt->key)
		fprintf(n->f, "key %" PRId32, opt->key);
	else if (opt->saved)
		fputs("what is saved for the target", n->f);
	else if (opt->tickets && opt->tickets != CREDSSP_TICKETS_CERT)
		kerberos_source(n->f, opt);
	else
		fprintf(n->f, "%s for %s%s%s", opt->tickets ? "a certificate" : "a password",
			opt->domain, *opt->domain ? "\\" : "", opt->user);
}

static void note_dns(struct note *n)
{
	fprintf(n->f, "%s is at %s", n->opt->host, n->o->address);
}

static void note_port(struct note *n)
{
	fprintf(n->f, "%s takes connections", n->o->address);
}

static void note_protocol(struct note *n)
{
	if (n->opt->carrier == CARRIER_RDP)
		fprintf(n->f, "the server chose %s", rdp_protocol_name(n->o->rdp_protocol));
	else
		fputs(n->opt->carrier == CARRIER_RAW ? "nothing comes before TLS" :
		      "the server offers CredSSP over HTTP", n->f);
}

static void note_tls(struct note *n)
{
	const char *cipher = credssp_cipher_name(n->o->report.tls_cipher);

	if (!has_fact(n->o, CREDSSP_FACT_TLS)) {
		fputs("done", n->f);
		return;
	}
	fprintf(n->f, "version %s, %s", report_tls_version(n->o->report.tls_version),
		cipher ? cipher : "a cipher suite without a name");
}

static void note_certificate(struct note *n)
{
	const struct credssp_report *r = &n->o->report;
	const char *separator = "nothing proves it: ";
	unsigned int bit;
	size_t i;

	if (has_fact(n->o, CREDSSP_FACT_PINNED) || !r->trust) {
		fputs(r->trust ? "known by its fingerprint" : "trusted for the target", n->f);
		return;
	}
	for (bit = 0; bit < 32; bit++) {
		if (!(r->trust >> bit & 1))
			continue;
		fprintf(n->f, "%s%s", separator, credssp_trust_text(1U << bit));
		separator = ", ";
	}
	fputs("; SHA-256 ", n->f);
	for (i = 0; i < sizeof(r->cert_sha256); i++)
		fprintf(n->f, "%02x", r->cert_sha256[i]);
	if (has_fact(n->o, CREDSSP_FACT_KERBEROS_PROVEN))
		fputs("; Kerberos proves the server", n->f);
	else
		warn(n, advice_for_trust(r->trust));
}

static void note_kdc(struct note *n)
{
	const struct credssp_report *r = &n->o->report;

	if (n->opt->mechs == CREDSSP_MECH_NTLM) {
		fputs("not asked: --mech ntlm", n->f);
	} else if (r->passed_over) {
		fprintf(n->f, "no ticket, because %s; NTLM takes Kerberos' place",
			credssp_reason_text(r->passed_over));
		warn(n, advice_for(r->passed_over));
	} else if (r->mech_package == CREDSSP_PACKAGE_KERBEROS) {
		fputs("a ticket for the target, by ", n->f);
		kerberos_messages(n->f, r->kdc_messages);
	} else {
		kerberos_messages(n->f, r->kdc_messages);
	}
	if (kerberos_has_skew(r)) {
		char skew[SKEW_ROOM];

		kerberos_skew(skew, sizeof(skew), r->skew);
		fprintf(n->f, "; %s", skew);
	}
}

static void note_version(struct note *n)
{
	fprintf(n->f, "version %" PRIu32, n->o->report.credssp_version);
}

static void note_mechanism(struct note *n)
{
	fputs(kerberos_mech_text(&n->o->report), n->f);
}

static void note_logon(struct note *n)
{
	fputs(has_fact(n->o, CREDSSP_FACT_EARLY_AUTH) ?
	      "the server accepted it and granted access" : "the server accepted it", n->f);
}

static void note_delegation(struct note *n)
{
	if (has_fact(n->o, CREDSSP_FACT_DELEGATED))
		fputs("the server has the credentials", n->f);
	else
		fputs(n->opt->no_delegate ? "not asked for (--no-delegate: Restricted Admin)" :
		      "the server got none", n->f);
}

static const struct {
	const char *name;
	const char *question;
	void (*note)(struct note *n);
} steps[DOCTOR_STEPS] = {
	[DOCTOR_MODULE] = { "module", "kernel module credssp", note_module },
	[DOCTOR_DEVICE] = { "device", "device " CREDSSP_DEVICE, note_device },
	[DOCTOR_HELPER] = { "helper", "helper credsspd", note_helper },
	[DOCTOR_CREDENTIALS] = { "credentials", "credentials", note_credentials },
	[DOCTOR_DNS] = { "dns", "address of the host", note_dns },
	[DOCTOR_PORT] = { "port", "connection to the port", note_port },
	[DOCTOR_PROTOCOL] = { "protocol", "protocol before TLS", note_protocol },
	[DOCTOR_TLS] = { "tls", "TLS handshake", note_tls },
	[DOCTOR_CERTIFICATE] = { "certificate", "server's certificate", note_certificate },
	[DOCTOR_KDC] = { "kdc", "Kerberos ticket", note_kdc },
	[DOCTOR_VERSION] = { "version", "version of CredSSP", note_version },
	[DOCTOR_MECHANISM] = { "mechanism", "mechanism", note_mechanism },
	[DOCTOR_LOGON] = { "logon", "logon", note_logon },
	[DOCTOR_DELEGATION] = { "delegation", "delegation", note_delegation },
};

const char *doctor_name(enum doctor_step step)
{
	return steps[step].name;
}

const char *doctor_question(enum doctor_step step)
{
	return steps[step].question;
}

int doctor_exit(enum doctor_step failed)
{
	return failed == DOCTOR_STEPS ? 0 : DOCTOR_EXIT_BASE + (int)failed;
}

/* ---- the findings ------------------------------------------------------------------------ */

static void note_failure(struct note *n)
{
	const struct outcome *o = n->o;
	const struct credssp_report *r = &o->report;

	fputs(outcome_reason_text(o), n->f);
	if (*o->detail)
		fprintf(n->f, " (%s)", o->detail);
	if (has_fact(o, CREDSSP_FACT_NTSTATUS)) {
		const char *text = credssp_ntstatus_text(r->ntstatus);

		fprintf(n->f, ": %s (0x%08" PRIX32 ")",
			text ? text : "an error code without a description", r->ntstatus);
	}
	if (has_fact(o, CREDSSP_FACT_ALERT))
		fprintf(n->f, ": TLS alert %s", credssp_alert_name(r->tls_alert));
	if (kerberos_has_skew(r)) {
		char skew[SKEW_ROOM];

		kerberos_skew(skew, sizeof(skew), r->skew);
		fprintf(n->f, ": %s", skew);
	}
	n->finding->advice = advice_for_outcome(n->opt, o);
	if (!n->finding->advice)
		n->finding->advice = "Look up the status in libcredssp(3).";
}

/* Steps after the failed one that were passed all the same */
static bool is_passed(const struct outcome *o, enum doctor_step step)
{
	if (step == DOCTOR_VERSION)
		return has_fact(o, CREDSSP_FACT_PEER_VERSION);
	return step == DOCTOR_MECHANISM && o->report.mech_package &&
	       o->report.leg > CREDSSP_LEG_PUBKEY;
}

static void find(struct note *n, enum doctor_step step, enum doctor_step failed)
{
	if (step == failed) {
		n->finding->state = DOCTOR_FAILED;
		note_failure(n);
	} else if (step < failed || is_passed(n->o, step)) {
		n->finding->state = DOCTOR_OK;
		steps[step].note(n);
	} else {
		fputs("not reached", n->f);
	}
}

enum doctor_step doctor_judge(const struct options *opt, const struct outcome *o,
			      enum doctor_step at, struct doctor_finding *findings)
{
	enum doctor_step failed = at < DOCTOR_TLS ? at : step_of_exchange(opt, o), step;

	memset(findings, 0, DOCTOR_STEPS * sizeof(*findings));
	for (step = 0; step < DOCTOR_STEPS; step++) {
		struct note n = { NULL, opt, o, &findings[step] };

		/* a text that is too long is cut */
		n.f = fmemopen(findings[step].found, sizeof(findings[step].found) - 1, "w");
		if (!n.f)
			continue;
		find(&n, step, failed);
		fclose(n.f);
	}
	return failed;
}
