// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/json.h"
#include "base/outcome.h"
#include "text.h"
#include "verdict.h"

/* CSSP_VERDICT_NAME_MAX of the module */
#define NAME_MAX_BYTES	128
/* The longest escape: \xNN */
#define ESCAPE_MAX	4

static const char *verdict_string(const struct credssp_verdict *v, uint32_t offset)
{
	return (const char *)v + offset;
}

const char *verdict_account(const struct credssp_verdict *v)
{
	return verdict_string(v, v->account_offset);
}

const char *verdict_user(const struct credssp_verdict *v)
{
	return verdict_string(v, v->user_offset);
}

const char *verdict_workstation(const struct credssp_verdict *v)
{
	return verdict_string(v, v->workstation_offset);
}

/* An IPv4 address in an IPv6 one is that IPv4 address: a ban must meet it. */
void verdict_address(const struct credssp_verdict *v, char *text, size_t room)
{
	struct in6_addr in6;

	*text = '\0';
	memcpy(&in6, v->address, sizeof(in6));
	if (v->family == AF_INET)
		inet_ntop(AF_INET, v->address, text, (socklen_t)room);
	else if (v->family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6))
		inet_ntop(AF_INET, &in6.s6_addr[12], text, (socklen_t)room);
	else if (v->family == AF_INET6)
		inet_ntop(AF_INET6, &in6, text, (socklen_t)room);
}

const char *verdict_mech(const struct credssp_verdict *v)
{
	return v->mech == CREDSSP_PACKAGE_NTLM ? "ntlm" :
	       v->mech == CREDSSP_PACKAGE_KERBEROS ? "kerberos" : "";
}

const char *verdict_delegated(const struct credssp_verdict *v)
{
	static const char *const names[] = {
		[CREDSSP_DELEGATED_NONE] = "none",
		[CREDSSP_DELEGATED_EMPTY] = "empty",
		[CREDSSP_DELEGATED_PASSWORD] = "password",
		[CREDSSP_DELEGATED_SMARTCARD] = "smartcard",
		[CREDSSP_DELEGATED_REMOTE_GUARD] = "remote-guard",
	};

	return v->delegated < ARRAY_SIZE(names) ? names[v->delegated] : "unknown";
}

/* A verdict of this program may have a reason of its own. */
static const char *verdict_reason(const struct credssp_verdict *v)
{
	const struct outcome o = { .reason = v->reason };

	return outcome_reason_name(&o);
}

/* A quote ends the name, and a backslash starts an escape. */
static int verdict_escape(unsigned char byte, char text[ESCAPE_MAX + 1])
{
	if (byte == '\\')
		return snprintf(text, ESCAPE_MAX + 1, "\\\\");
	if (byte < ' ' || byte > '~' || byte == '"')
		return snprintf(text, ESCAPE_MAX + 1, "\\x%02x", byte);
	return snprintf(text, ESCAPE_MAX + 1, "%c", byte);
}

static void verdict_text_name(FILE *f, const char *label, const char *name)
{
	char text[ESCAPE_MAX + 1];
	int length = 0, n;

	fprintf(f, " %s \"", label);
	for (; *name; name++) {
		n = verdict_escape((unsigned char)*name, text);
		if (length + n > NAME_MAX_BYTES)
			break;
		length += n;
		fputs(text, f);
	}
	fputs(*name ? "\"..." : "\"", f);
}

static const char *verdict_or_dash(const char *text)
{
	return *text ? text : "-";
}

void verdict_text(FILE *f, const struct credssp_verdict *v)
{
	char address[INET6_ADDRSTRLEN];

	verdict_address(v, address, sizeof(address));
	fprintf(f, "credssp: accept from %s port %u", verdict_or_dash(address), v->port);
	if (v->scope)
		fprintf(f, " scope %" PRIu32, v->scope);
	fprintf(f, " status %s reason %s leg %s mech %s version %" PRIu32,
		credssp_status_name(v->status), verdict_reason(v),
		credssp_leg_name(v->leg), verdict_or_dash(verdict_mech(v)), v->version);
	fprintf(f, " ntstatus 0x%08" PRIx32 " delegated %s", v->ntstatus,
		verdict_delegated(v));
	verdict_text_name(f, "account", verdict_account(v));
	verdict_text_name(f, "user", verdict_user(v));
	verdict_text_name(f, "workstation", verdict_workstation(v));
	fputc('\n', f);
}

/* @text is null where it is empty. */
static void verdict_json_text(struct json *j, const char *key, const char *text)
{
	json_string(j, key, *text ? text : NULL);
}

static void verdict_json_time(struct json *j, const struct credssp_verdict *v)
{
	struct credssp_timestamp stamp = { .utc = v->time };
	char text[64] = "";
	struct timespec ts;
	struct tm tm;
	size_t n;

	if (v->time && !credssp_timestamp_utc(&stamp, &ts) && gmtime_r(&ts.tv_sec, &tm)) {
		n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		snprintf(text + n, sizeof(text) - n, ".%03ldZ", ts.tv_nsec / 1000000);
	}
	verdict_json_text(j, "time", text);
}

static void verdict_json_outcome(struct json *j, const struct credssp_verdict *v)
{
	json_string(j, "status", credssp_status_name(v->status));
	json_hex32(j, "status_code", (uint32_t)v->status);
	json_string(j, "reason", verdict_reason(v));
	json_string(j, "leg", credssp_leg_name(v->leg));
	if (v->ntstatus) {
		json_string(j, "ntstatus", credssp_ntstatus_name(v->ntstatus));
		json_hex32(j, "ntstatus_code", v->ntstatus);
	} else {
		json_null(j, "ntstatus");
		json_null(j, "ntstatus_code");
	}
	if (v->version)
		json_number(j, "version", v->version);
	else
		json_null(j, "version");
	verdict_json_text(j, "mech", verdict_mech(v));
}

static void verdict_json_peer(struct json *j, const struct credssp_verdict *v)
{
	char address[INET6_ADDRSTRLEN];

	verdict_address(v, address, sizeof(address));
	if (!*address) {
		json_null(j, "peer");
		return;
	}
	json_open(j, "peer", '{');
	json_string(j, "address", address);
	json_number(j, "port", v->port);
	if (v->scope)
		json_number(j, "scope", v->scope);
	else
		json_null(j, "scope");
	json_close(j, '}');
}

void verdict_json_members(struct json *j, const struct credssp_verdict *v)
{
	verdict_json_time(j, v);
	verdict_json_outcome(j, v);
	verdict_json_peer(j, v);
	verdict_json_text(j, "account", verdict_account(v));
	verdict_json_text(j, "user", verdict_user(v));
	verdict_json_text(j, "workstation", verdict_workstation(v));
	json_string(j, "delegated", verdict_delegated(v));
}

void verdict_json(FILE *f, const struct credssp_verdict *v)
{
	struct json j = { .f = f, .one_line = true };

	json_open(&j, NULL, '{');
	verdict_json_members(&j, v);
	json_close(&j, '}');
}
