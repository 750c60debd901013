// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cert.h"
#include "kerberos.h"
#include "rdp/rdp.h"
#include "report.h"
#include "text.h"

#define SHA256_SIZE	32
#define TLS_1_2		0x0303
#define TLS_1_3		0x0304
#define TRUST_BITS	32

static bool has_fact(const struct outcome *o, uint32_t fact)
{
	return o->report.facts & fact;
}

static bool authenticated(const struct outcome *o)
{
	return outcome_exit_code(o) == EXIT_CODE_AUTHENTICATED;
}

const char *report_tls_version(uint16_t version)
{
	return version == TLS_1_3 ? "1.3" : version == TLS_1_2 ? "1.2" : "unknown";
}

/* Bold for a terminal; see no-color.org */
static bool wants_color(FILE *f)
{
	const char *no = getenv("NO_COLOR");

	return isatty(fileno(f)) && (!no || !*no);
}

static void line(FILE *f, const char *label, const char *value)
{
	text_label(f, label);
	text_print(f, value);
	fputc('\n', f);
}

static void human_headline(FILE *f, const struct outcome *o)
{
	bool ok = authenticated(o), color = wants_color(f);

	fprintf(f, "%s%s%s", color ? ok ? "\033[1;32m" : "\033[1;31m" : "",
		ok ? "Authenticated" : "Not authenticated", color ? "\033[0m" : "");
	fprintf(f, ok ? "\n" : ": %s\n", outcome_reason_text(o));
}

static void human_failure(FILE *f, const struct outcome *o)
{
	const struct credssp_report *r = &o->report;

	if (*o->detail)
		line(f, "Detail", o->detail);
	if (has_fact(o, CREDSSP_FACT_NTSTATUS)) {
		const char *name = credssp_ntstatus_name(r->ntstatus);
		const char *text = credssp_ntstatus_text(r->ntstatus);

		text_label(f, "Server says");
		fprintf(f, "%s (%s%s0x%08" PRIX32 ")\n",
			text ? text : "an error code without a description",
			name ? name : "", name ? " " : "", r->ntstatus);
	}
	if (has_fact(o, CREDSSP_FACT_ALERT)) {
		text_label(f, "TLS alert");
		fprintf(f, "%s (%u)\n", credssp_alert_name(r->tls_alert), r->tls_alert);
	}
	if (!o->asked)
		return;
	if (r->leg != CREDSSP_LEG_START)
		line(f, "Failed at", credssp_leg_text(r->leg));
	text_label(f, "Status");
	fprintf(f, "%s (0x%08" PRIX32 "), %s\n", credssp_status_name(o->status),
		(uint32_t)o->status, credssp_status_text(o->status));
}

static void human_user(FILE *f, const struct options *opt)
{
	text_label(f, "User");
	if (*opt->user) {
		if (*opt->domain) {
			text_print(f, opt->domain);
			fputc('\\', f);
		}
		text_print(f, opt->user);
	} else if (opt->saved) {
		fputs("saved credentials", f);
	} else if (opt->tickets) {
		fputs(opt->tickets == CREDSSP_TICKETS_KEYTAB ? "that of the keytab" :
		      "default credentials", f);
	} else {
		fprintf(f, "of key %" PRId32, opt->key);
	}
	fputc('\n', f);
}

static void human_peers(FILE *f, const struct options *opt, const struct outcome *o)
{
	human_user(f, opt);
	kerberos_human_request(f, opt);
	line(f, "Target", opt->target);
	text_label(f, "Server");
	text_print(f, *o->address ? o->address : opt->host);
	if (o->rdp_known)
		fprintf(f, ", RDP with %s", rdp_protocol_name(o->rdp_protocol));
	if (opt->carrier == CARRIER_HTTP)
		fprintf(f, ", HTTP at %s", opt->path);
	fprintf(f, ", %s transport\n",
		opt->transport == TRANSPORT_SOCKET ? "socket" : "token");
}

static void human_tls(FILE *f, const struct outcome *o)
{
	const char *cipher = credssp_cipher_name(o->report.tls_cipher);

	if (!has_fact(o, CREDSSP_FACT_TLS))
		return;
	text_label(f, "TLS");
	fprintf(f, "%s, ", report_tls_version(o->report.tls_version));
	if (cipher)
		fputs(cipher, f);
	else
		fprintf(f, "cipher suite 0x%04x", o->report.tls_cipher);
	fputs(has_fact(o, CREDSSP_FACT_RESUMED) ? ", resumed\n" : "\n", f);
}

static void human_trust(FILE *f, uint32_t trust)
{
	const char *separator = "not trusted: ";
	unsigned int bit;

	text_label(f, "Trust");
	if (!trust)
		fputs("trusted for this target", f);
	for (bit = 0; bit < TRUST_BITS; bit++) {
		if (!(trust >> bit & 1))
			continue;
		fprintf(f, "%s%s", separator, credssp_trust_text(1U << bit));
		separator = ", ";
	}
	fputc('\n', f);
}

static void human_cert(FILE *f, const struct outcome *o)
{
	char *subject = cert_subject(o->cert, o->cert_length);
	unsigned int i;

	if (!has_fact(o, CREDSSP_FACT_TLS))
		goto out;
	line(f, "Certificate", subject && *subject ? subject : "without a subject");
	text_label(f, "SHA-256");
	for (i = 0; i < SHA256_SIZE; i++) {
		if (i == SHA256_SIZE / 2)
			text_label(f, "");
		fprintf(f, "%02X%c", o->report.cert_sha256[i],
			(i + 1) % (SHA256_SIZE / 2) ? ':' : '\n');
	}
	human_trust(f, o->report.trust);
	if (has_fact(o, CREDSSP_FACT_PINNED))
		line(f, "", "known by its fingerprint");
out:
	free(subject);
}

static void human_credssp(FILE *f, const struct outcome *o)
{
	const struct credssp_report *r = &o->report;

	if (!has_fact(o, CREDSSP_FACT_PEER_VERSION))
		return;
	text_label(f, "CredSSP");
	fprintf(f, "version %u", r->credssp_version);
	if (r->peer_version != r->credssp_version)
		fprintf(f, " (the server speaks %u)", r->peer_version);
	fprintf(f, ", %s", kerberos_mech_text(r));
	if (kerberos_is_fallback(r))
		fprintf(f, ", because %s", credssp_reason_text(r->passed_over));
	fputc('\n', f);
	if (has_fact(o, CREDSSP_FACT_CLIENT_CERT))
		line(f, "Certificate", "a client certificate was sent to the server");
	line(f, "Credentials", has_fact(o, CREDSSP_FACT_DELEGATED) ?
	     "delegated to the server" : "not delegated");
	if (has_fact(o, CREDSSP_FACT_EARLY_AUTH))
		line(f, "Authorization", "granted by the server");
}

static void human_http(FILE *f, const struct outcome *o)
{
	if (!o->http_status)
		return;
	text_label(f, "HTTP");
	fprintf(f, "%" PRIu32 "%s\n", o->http_status, o->sealed_reply ?
		", the answer to a sealed message is sealed" : "");
}

void report_human(FILE *f, const struct options *opt, const struct outcome *o)
{
	human_headline(f, o);
	if (!authenticated(o))
		human_failure(f, o);
	human_peers(f, opt, o);
	human_tls(f, o);
	human_cert(f, o);
	human_credssp(f, o);
	kerberos_human(f, o);
	human_http(f, o);
	if (authenticated(o)) {
		text_label(f, "Time");
		fprintf(f, "%" PRId64 " ms\n", o->elapsed_ms);
	}
}

/* @name is NULL where the number has none. */
static void json_coded(struct json *j, const char *key, const char *name, uint32_t code)
{
	char key_code[32];

	snprintf(key_code, sizeof(key_code), "%s_code", key);
	json_string(j, key, name);
	json_hex32(j, key_code, code);
}

static void json_result(struct json *j, const struct outcome *o)
{
	json_string(j, "result", authenticated(o) ? "authenticated" : "failed");
	json_number(j, "exit_code", outcome_exit_code(o));
	json_string(j, "reason", outcome_reason_name(o));
	json_string(j, "message", authenticated(o) ? "authenticated" : outcome_reason_text(o));
	json_string(j, "detail", *o->detail ? o->detail : NULL);
	if (o->asked) {
		json_coded(j, "status", credssp_status_name(o->status), (uint32_t)o->status);
		json_string(j, "leg", credssp_leg_name(o->report.leg));
	} else {
		json_null(j, "status");
		json_null(j, "status_code");
		json_null(j, "leg");
	}
}

static void json_peer_said(struct json *j, const struct outcome *o)
{
	if (has_fact(o, CREDSSP_FACT_NTSTATUS)) {
		json_coded(j, "ntstatus", credssp_ntstatus_name(o->report.ntstatus),
			   o->report.ntstatus);
	} else {
		json_null(j, "ntstatus");
		json_null(j, "ntstatus_code");
	}
	if (has_fact(o, CREDSSP_FACT_ALERT)) {
		json_string(j, "tls_alert", credssp_alert_name(o->report.tls_alert));
		json_number(j, "tls_alert_code", o->report.tls_alert);
	} else {
		json_null(j, "tls_alert");
		json_null(j, "tls_alert_code");
	}
}

static const char *carrier_name(enum carrier carrier)
{
	static const char *const names[] = {
		[CARRIER_RDP] = "rdp",
		[CARRIER_RAW] = "raw",
		[CARRIER_HTTP] = "http",
	};

	return names[carrier];
}

static void json_request(struct json *j, const struct options *opt, const struct outcome *o)
{
	json_string(j, "host", opt->host);
	json_number(j, "port", opt->port);
	json_string(j, "address", *o->address ? o->address : NULL);
	json_string(j, "target", opt->target);
	json_string(j, "user", *opt->user ? opt->user : NULL);
	json_string(j, "domain", *opt->domain ? opt->domain : NULL);
	if (opt->key)
		json_number(j, "key", (uint64_t)opt->key);
	else
		json_null(j, "key");
	kerberos_json_request(j, opt, o);
	json_string(j, "carrier", carrier_name(opt->carrier));
	json_string(j, "transport", opt->transport == TRANSPORT_SOCKET ? "socket" : "token");
	json_string(j, "rdp_protocol", o->rdp_known ? rdp_protocol_name(o->rdp_protocol) : NULL);
	if (o->http_status)
		json_number(j, "http_status", o->http_status);
	else
		json_null(j, "http_status");
	json_bool(j, "sealed_reply", o->sealed_reply);
}

static void json_trust(struct json *j, uint32_t trust)
{
	unsigned int bit;

	json_bool(j, "trusted", !trust);
	json_open(j, "trust", '[');
	for (bit = 0; bit < TRUST_BITS; bit++)
		if (trust >> bit & 1)
			json_string(j, NULL, credssp_trust_name(1U << bit));
	json_close(j, ']');
}

static void json_tls(struct json *j, const struct outcome *o)
{
	char hex[2 * SHA256_SIZE + 1], code[8];
	char *subject;
	unsigned int i;

	if (!has_fact(o, CREDSSP_FACT_TLS)) {
		json_null(j, "tls");
		json_null(j, "certificate");
		return;
	}
	snprintf(code, sizeof(code), "0x%04X", o->report.tls_cipher);
	json_open(j, "tls", '{');
	json_string(j, "version", report_tls_version(o->report.tls_version));
	json_string(j, "cipher", credssp_cipher_name(o->report.tls_cipher));
	json_string(j, "cipher_code", code);
	json_bool(j, "resumed", has_fact(o, CREDSSP_FACT_RESUMED));
	json_close(j, '}');

	subject = cert_subject(o->cert, o->cert_length);
	for (i = 0; i < SHA256_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", o->report.cert_sha256[i]);
	json_open(j, "certificate", '{');
	json_string(j, "subject", subject);
	json_string(j, "sha256", hex);
	json_number(j, "length", o->report.cert_length);
	json_trust(j, o->report.trust);
	json_close(j, '}');
	free(subject);
}

static void json_credssp(struct json *j, const struct outcome *o)
{
	bool known = has_fact(o, CREDSSP_FACT_PEER_VERSION);

	if (known) {
		json_number(j, "credssp_version", o->report.credssp_version);
		json_number(j, "peer_version", o->report.peer_version);
	} else {
		json_null(j, "credssp_version");
		json_null(j, "peer_version");
	}
	known = known || o->report.mech_package;
	json_string(j, "mechanism", known ? kerberos_mech_name(&o->report) : NULL);
	kerberos_json(j, o);
	json_bool(j, "delegated", has_fact(o, CREDSSP_FACT_DELEGATED));
	json_bool(j, "server_proven", has_fact(o, CREDSSP_FACT_SERVER_PROVEN));
	json_bool(j, "pinned", has_fact(o, CREDSSP_FACT_PINNED));
	json_bool(j, "client_cert", has_fact(o, CREDSSP_FACT_CLIENT_CERT));
	json_bool(j, "early_auth", has_fact(o, CREDSSP_FACT_EARLY_AUTH));
}

/* ISO 8601 in UTC; null for a context that does not expire. */
static void json_expiry(struct json *j, const struct outcome *o)
{
	char text[40] = "";
	struct timespec ts;
	struct tm tm;

	if (authenticated(o) && !credssp_timestamp_utc(&o->expiry, &ts) &&
	    gmtime_r(&ts.tv_sec, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_string(j, "expiry", *text ? text : NULL);
}

void report_json(FILE *f, const struct options *opt, const struct outcome *o)
{
	struct json j = { .f = f };

	json_open(&j, NULL, '{');
	json_result(&j, o);
	json_peer_said(&j, o);
	json_request(&j, opt, o);
	json_tls(&j, o);
	json_credssp(&j, o);
	json_expiry(&j, o);
	json_number(&j, "elapsed_ms", (uint64_t)(o->elapsed_ms > 0 ? o->elapsed_ms : 0));
	json_close(&j, '}');
}
