// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "kerberos.h"
#include "text.h"

static const struct {
	uint32_t mech;
	uint32_t package;	/* 0: any */
	const char *name;
	const char *text;
} mechs[] = {
	{ CREDSSP_MECH_NEGOTIATE, CREDSSP_PACKAGE_KERBEROS, "spnego-kerberos",
	  "Kerberos inside SPNEGO" },
	{ CREDSSP_MECH_NEGOTIATE, CREDSSP_PACKAGE_NTLM, "spnego-ntlm", "NTLMv2 inside SPNEGO" },
	{ CREDSSP_MECH_NTLM, 0, "ntlm", "NTLMv2, without SPNEGO" },
	{ CREDSSP_MECH_KERBEROS, 0, "kerberos", "Kerberos, without SPNEGO" },
};

bool kerberos_is_older_module(const struct credssp_report *r)
{
	return !r->mech_package && r->leg > CREDSSP_LEG_NEGO;
}

/* The row of a report, or ARRAY_SIZE(mechs) */
static size_t find_mech(const struct credssp_report *r)
{
	uint32_t package = kerberos_is_older_module(r) ? CREDSSP_PACKAGE_NTLM :
							 r->mech_package;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mechs); i++)
		if (mechs[i].mech == r->mech &&
		    (!mechs[i].package || mechs[i].package == package))
			break;
	return i;
}

const char *kerberos_mech_name(const struct credssp_report *r)
{
	size_t i = find_mech(r);

	return i < ARRAY_SIZE(mechs) ? mechs[i].name : NULL;
}

const char *kerberos_mech_text(const struct credssp_report *r)
{
	size_t i = find_mech(r);

	if (i < ARRAY_SIZE(mechs))
		return mechs[i].text;
	return r->mech == CREDSSP_MECH_NEGOTIATE ? "SPNEGO" : "unknown";
}

bool kerberos_is_fallback(const struct credssp_report *r)
{
	return r->mech_package == CREDSSP_PACKAGE_NTLM && r->passed_over;
}

bool kerberos_has_skew(const struct credssp_report *r)
{
	return r->skew && (r->reason == CREDSSP_REASON_SKEW ||
			   r->passed_over == CREDSSP_REASON_SKEW);
}

static const struct {
	uint64_t seconds;
	const char *name;
} units[] = {
	{ 24 * 3600, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" },
};

/* The two largest units that fit. */
void kerberos_skew(char *text, size_t room, int64_t skew)
{
	uint64_t left = skew < 0 ? -(uint64_t)skew : (uint64_t)skew;
	int parts = 0;
	size_t i, n;

	n = (size_t)snprintf(text, room, "the clock of the KDC or server is ");
	for (i = 0; i < ARRAY_SIZE(units) && parts < 2 && n < room; i++) {
		uint64_t count = left / units[i].seconds;

		if (!count)
			continue;
		left %= units[i].seconds;
		parts++;
		n += (size_t)snprintf(text + n, room - n, "%" PRIu64 " %s%s ", count,
				      units[i].name, count == 1 ? "" : "s");
	}
	if (n < room)
		snprintf(text + n, room - n, skew < 0 ? "behind" : "ahead");
}

void kerberos_messages(FILE *f, uint32_t count)
{
	fprintf(f, "%" PRIu32 " message%s to KDCs", count, count == 1 ? "" : "s");
}

void kerberos_source(FILE *f, const struct options *opt)
{
	const char *what = opt->tickets == CREDSSP_TICKETS_KEYTAB ? "keytab" :
			   opt->tickets == CREDSSP_TICKETS_CERT ? "certificate" :
			   "credential cache";

	if (opt->tickets == CREDSSP_TICKETS_AUTO) {
		fputs(opt->key || opt->saved ? "from the saved password" :
					       "from the password", f);
		/* The module does not say which. */
		if (opt->saved)
			fputs(" or, if none is saved, of the default credential cache", f);
		return;
	}
	if (!*opt->ticket_name) {
		fprintf(f, "default %s", what);
		return;
	}
	fprintf(f, "%s ", what);
	text_print(f, opt->ticket_name);
}

void kerberos_human_request(FILE *f, const struct options *opt)
{
	if (!opt->tickets && !*opt->realm && !opt->user_to_user)
		return;
	text_label(f, "Tickets");
	kerberos_source(f, opt);
	if (*opt->realm) {
		fputs(", realm ", f);
		text_print(f, opt->realm);
	}
	fputs(opt->user_to_user ? ", user-to-user\n" : "\n", f);
}

static void human_error(FILE *f, uint32_t code)
{
	const char *name = credssp_krb_error_name(code);

	text_label(f, "KRB-ERROR");
	fprintf(f, "%s (%s%s%" PRIu32 ")\n", credssp_krb_error_text(code), name ? name : "",
		name ? " " : "", code);
}

void kerberos_human(FILE *f, const struct outcome *o)
{
	const struct credssp_report *r = &o->report;
	char skew[SKEW_ROOM];

	/* a fallback stands behind the mechanism where that is printed */
	if (r->passed_over && !(kerberos_is_fallback(r) && r->facts & CREDSSP_FACT_PEER_VERSION)) {
		text_label(f, "Kerberos");
		fprintf(f, "was not used, because %s\n", credssp_reason_text(r->passed_over));
	}
	if (*o->client) {
		text_label(f, "Client");
		text_print(f, o->client);
		fputc('\n', f);
	}
	if (r->facts & CREDSSP_FACT_USER_TO_USER) {
		text_label(f, "Ticket");
		fputs("user-to-user\n", f);
	}
	if (r->krb_error)
		human_error(f, r->krb_error);
	if (kerberos_has_skew(r)) {
		kerberos_skew(skew, sizeof(skew), r->skew);
		text_label(f, "Clock");
		fprintf(f, "%s\n", skew);
	}
	if (r->kdc_messages) {
		text_label(f, "KDC");
		kerberos_messages(f, r->kdc_messages);
		fputc('\n', f);
	}
}

void kerberos_json_request(struct json *j, const struct options *opt,
			   const struct outcome *o)
{
	static const char *const sources[] = {
		[CREDSSP_TICKETS_CCACHE] = "ccache", [CREDSSP_TICKETS_KEYTAB] = "keytab",
		[CREDSSP_TICKETS_CERT] = "certificate",
	};

	json_string(j, "ticket_source", sources[opt->tickets]);
	json_string(j, "ticket_name", *opt->ticket_name ? opt->ticket_name : NULL);
	json_string(j, "realm", *opt->realm ? opt->realm : NULL);
	json_bool(j, "user_to_user",
		  opt->user_to_user || o->report.facts & CREDSSP_FACT_USER_TO_USER);
}

static void json_error(struct json *j, uint32_t code)
{
	json_string(j, "krb_error", code ? credssp_krb_error_name(code) : NULL);
	if (code)
		json_number(j, "krb_error_code", code);
	else
		json_null(j, "krb_error_code");
}

void kerberos_trace(FILE *f, const struct outcome *o, const char *prefix)
{
	char copy[sizeof(o->trace)], *rest, *line;

	memcpy(copy, o->trace, sizeof(copy));
	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		fputs(prefix, f);
		text_print(f, line);
		fputc('\n', f);
	}
}

static void json_trace(struct json *j, const struct outcome *o)
{
	char copy[sizeof(o->trace)], *rest, *line;

	memcpy(copy, o->trace, sizeof(copy));
	json_open(j, "trace", '[');
	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		json_string(j, NULL, line);
	json_close(j, ']');
}

void kerberos_json(struct json *j, const struct outcome *o)
{
	const struct credssp_report *r = &o->report;

	json_string(j, "passed_over", r->passed_over ? credssp_reason_name(r->passed_over) :
						       NULL);
	json_string(j, "client", *o->client ? o->client : NULL);
	json_error(j, r->krb_error);
	if (kerberos_has_skew(r))
		json_signed(j, "skew", r->skew);
	else
		json_null(j, "skew");
	if (o->asked)
		json_number(j, "kdc_messages", r->kdc_messages);
	else
		json_null(j, "kdc_messages");
	json_trace(j, o);
}
