// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <time.h>

#include "advice.h"
#include "explain.h"
#include "kerberos.h"
#include "text.h"

uint32_t explain_kind(const struct options *opt)
{
	if (opt->key || opt->saved)
		return CREDSSP_KIND_SAVED;
	return opt->tickets ? CREDSSP_KIND_DEFAULT : CREDSSP_KIND_FRESH;
}

static void begin(FILE *f)
{
	fputs("  - ", f);
}

static void explain_helper(FILE *f, const struct explain_facts *facts)
{
	begin(f);
	if (!facts->helper_known)
		fputs("credsspd, the helper: not known, because the module did not answer\n", f);
	else
		fprintf(f, "credsspd, the helper, is %srunning\n",
			facts->helper_present ? "" : "not ");
}

static void explain_target(FILE *f, const struct options *opt, const struct outcome *o)
{
	begin(f);
	fputs("target ", f);
	text_print(f, opt->target);
	if (*o->address) {
		fputs(" at ", f);
		text_print(f, o->address);
	} else {
		fputs(", which was not reached", f);
	}
	fputc('\n', f);
}

static void explain_policy(FILE *f, const struct options *opt,
			   const struct explain_facts *facts)
{
	static const char *const kinds[] = {
		[CREDSSP_KIND_FRESH] = "fresh",
		[CREDSSP_KIND_SAVED] = "saved",
		[CREDSSP_KIND_DEFAULT] = "default",
	};

	if (!facts->policy_known)
		return;
	begin(f);
	fprintf(f, "policy: %s credentials may %s", kinds[explain_kind(opt)],
		facts->policy_proven == SEC_E_OK ? "be delegated to this target" :
		"not be delegated to this target");
	if (facts->policy_proven == SEC_E_OK && facts->policy_ntlm != SEC_E_OK)
		fputs(" if Kerberos or its certificate proves it, not by NTLM alone", f);
	fputs(opt->no_delegate ? "; --no-delegate does not ask for it\n" : "\n", f);
}

static bool is_kerberos_reason(uint32_t reason)
{
	return reason >= CREDSSP_REASON_NO_TICKETS && reason <= CREDSSP_REASON_CERT_UNTRUSTED;
}

/* True if a mechanism, perhaps one that failed, had its turn. */
static bool reached_mechanism(const struct outcome *o)
{
	const struct credssp_report *r = &o->report;

	return o->asked && (r->mech_package || r->passed_over || r->kdc_messages ||
			    r->krb_error || r->leg >= CREDSSP_LEG_NEGO ||
			    is_kerberos_reason(o->reason));
}

static void kerberos_result(FILE *f, const struct outcome *o)
{
	const struct credssp_report *r = &o->report;

	if (r->mech_package == CREDSSP_PACKAGE_KERBEROS)
		fputs("was used", f);
	else if (r->passed_over)
		fprintf(f, "was passed over, because %s", credssp_reason_text(r->passed_over));
	else if (is_kerberos_reason(o->reason))
		fprintf(f, "failed: %s", credssp_reason_text(o->reason));
	else if (kerberos_is_older_module(r))
		fputs("was not tried: the module is older than it", f);
	else
		fputs("was not finished", f);
}

static void explain_kerberos(FILE *f, const struct options *opt, const struct outcome *o)
{
	const struct credssp_report *r = &o->report;

	begin(f);
	if (opt->mechs == CREDSSP_MECH_NTLM) {
		fputs("Kerberos was not tried: --mech ntlm\n", f);
		return;
	}
	fputs("Kerberos, with tickets ", f);
	fputs(opt->tickets ? "of the " : "", f);
	kerberos_source(f, opt);
	fputs(", ", f);
	kerberos_result(f, o);
	fputs("; ", f);
	kerberos_messages(f, r->kdc_messages);
	fputc('\n', f);
}

static void explain_answers(FILE *f, const struct outcome *o)
{
	const struct credssp_report *r = &o->report;
	const char *name = credssp_krb_error_name(r->krb_error);
	char skew[SKEW_ROOM];

	if (r->krb_error) {
		begin(f);
		fprintf(f, "the KDC or the server answered %s (%" PRIu32 "): %s\n",
			name ? name : "KRB-ERROR", r->krb_error,
			credssp_krb_error_text(r->krb_error));
	}
	if (kerberos_has_skew(r)) {
		begin(f);
		kerberos_skew(skew, sizeof(skew), r->skew);
		fprintf(f, "%s\n", skew);
	}
}

static void explain_ntlm(FILE *f, const struct options *opt, const struct outcome *o)
{
	begin(f);
	if (o->report.mech_package == CREDSSP_PACKAGE_NTLM ||
	    kerberos_is_older_module(&o->report))
		fputs("NTLM was used\n", f);
	else if (opt->mechs == CREDSSP_MECH_KERBEROS)
		fputs("NTLM was not tried: --mech kerberos\n", f);
	else
		fputs("NTLM was not used\n", f);
}

static void explain_mechanisms(FILE *f, const struct options *opt, const struct outcome *o)
{
	if (!reached_mechanism(o)) {
		begin(f);
		fputs("it ended before Kerberos or NTLM had their turn\n", f);
		return;
	}
	explain_kerberos(f, opt, o);
	explain_answers(f, o);
	explain_ntlm(f, opt, o);
}

static void explain_expiry(FILE *f, const struct outcome *o)
{
	char text[40];
	struct timespec ts;
	struct tm tm;

	if (outcome_exit_code(o) != EXIT_CODE_AUTHENTICATED ||
	    credssp_timestamp_utc(&o->expiry, &ts) || !gmtime_r(&ts.tv_sec, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm))
		return;
	begin(f);
	fprintf(f, "the context is valid until %s, when %s expires\n", text,
		o->report.mech_package == CREDSSP_PACKAGE_KERBEROS ?
		"the ticket or the server's certificate" : "the server's certificate");
}

static void explain_end(FILE *f, const struct outcome *o)
{
	begin(f);
	if (outcome_exit_code(o) == EXIT_CODE_AUTHENTICATED)
		fputs("the server accepted the logon\n", f);
	else
		fprintf(f, "the logon failed: %s\n", outcome_reason_text(o));
}

static void explain_trace(FILE *f, const struct outcome *o)
{
	if (!*o->trace)
		return;
	fputs("What Kerberos did:\n", f);
	kerberos_trace(f, o, "  - ");
}

static void explain_advice(FILE *f, const struct options *opt, const struct outcome *o)
{
	const char *failure = advice_for_outcome(opt, o);
	const char *fallback = advice_for(o->report.passed_over);

	if (!failure && outcome_exit_code(o) != EXIT_CODE_AUTHENTICATED)
		failure = "Look up the status above in libcredssp(3).";
	fputs("What to do:\n", f);
	if (failure)
		fprintf(f, "  - %s\n", failure);
	if (fallback)
		fprintf(f, "  - For Kerberos: %s\n", fallback);
	if (!failure && !fallback)
		fputs("  - Nothing.\n", f);
}

void explain_print(FILE *f, const struct options *opt, const struct outcome *o,
		   const struct explain_facts *facts)
{
	fputs("What was done:\n", f);
	explain_target(f, opt, o);
	explain_helper(f, facts);
	explain_policy(f, opt, facts);
	explain_mechanisms(f, opt, o);
	explain_expiry(f, o);
	explain_end(f, o);
	explain_trace(f, o);
	explain_advice(f, opt, o);
}
