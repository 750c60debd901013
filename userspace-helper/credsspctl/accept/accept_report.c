// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "accept_report.h"
#include "base/json.h"
#include "base/net.h"
#include "logon/report.h"
#include "logon/verdict.h"
#include "rdp/rdp.h"
#include "text.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/**
 * struct report - one line being made
 * @f: memory
 * @text, @length: what is in it after fclose(3)
 * @json: in it
 */
struct report {
	FILE *f;
	char *text;
	size_t length;
	struct json json;
};

/* Without memory for the line there is no line: @f is NULL then. */
static void begin(struct report *r, const char *event)
{
	memset(r, 0, sizeof(*r));
	r->f = open_memstream(&r->text, &r->length);
	r->json = (struct json){ .f = r->f, .one_line = true };
	if (!r->f || !event)
		return;
	json_open(&r->json, NULL, '{');
	json_string(&r->json, "event", event);
}

static void end(struct report *r, FILE *to)
{
	if (!r->f)
		return;
	if (r->json.depth)
		json_close(&r->json, '}');
	if (!(ferror(r->f) | fclose(r->f))) {
		pthread_mutex_lock(&lock);
		fwrite(r->text, 1, r->length, to);
		fflush(to);
		pthread_mutex_unlock(&lock);
	}
	free(r->text);
}

void accept_report_listening(const struct accept_options *opt, const char *address)
{
	struct report r;
	const char *port = strrchr(address, ':');

	begin(&r, opt->json ? "listening" : NULL);
	if (!r.f)
		return;
	if (opt->json) {
		json_string(&r.json, "address", address);
		json_number(&r.json, "port", port ? strtoul(port + 1, NULL, 10) : 0);
	} else {
		fprintf(r.f, "credsspctl accept: listening on %s\n", address);
	}
	end(&r, opt->json ? stdout : stderr);
}

static void json_rdp(struct json *j, const struct accepted *c)
{
	char correlation[2 * RDP_CORRELATION_SIZE + 1];
	const struct rdp_request *request = &c->request;
	size_t i;

	if (!c->request_known) {
		json_null(j, "rdp");
		return;
	}
	for (i = 0; i < RDP_CORRELATION_SIZE; i++)
		snprintf(correlation + 2 * i, 3, "%02x", request->correlation[i]);
	json_open(j, "rdp", '{');
	json_string(j, "cookie", *request->cookie ? request->cookie : NULL);
	json_bool(j, "negotiates", request->negotiates);
	json_hex32(j, "requested", request->protocols);
	json_hex32(j, "flags", request->flags);
	json_string(j, "correlation",
		    request->flags & RDP_REQUEST_CORRELATION ? correlation : NULL);
	json_string(j, "selected",
		    c->o.rdp_known ? rdp_protocol_name(c->o.rdp_protocol) : NULL);
	json_close(j, '}');
}

static void json_tls(struct json *j, const struct accepted *c)
{
	const struct credssp_report *report = &c->o.report;

	if (!(report->facts & CREDSSP_FACT_TLS)) {
		json_null(j, "tls");
		return;
	}
	json_open(j, "tls", '{');
	json_string(j, "version", report_tls_version(report->tls_version));
	json_string(j, "cipher", credssp_cipher_name(report->tls_cipher));
	json_bool(j, "resumed", report->facts & CREDSSP_FACT_RESUMED);
	json_close(j, '}');
}

static void json_delivery(struct json *j, const struct accepted *c)
{
	json_string(j, "key_status",
		    c->key_asked ? credssp_status_name(c->key_status) : NULL);
	if (c->key)
		json_signed(j, "key", c->key);
	else
		json_null(j, "key");
}

/* Beside the verdict: what this program has seen and done */
static void verdict_as_json(struct json *j, const struct accepted *c)
{
	static const char *const carriers[] = {
		[CARRIER_RDP] = "rdp", [CARRIER_RAW] = "raw", [CARRIER_HTTP] = "http",
	};

	verdict_json_members(j, c->verdict);
	json_string(j, "carrier", carriers[c->a->opt.carrier]);
	json_rdp(j, c);
	json_tls(j, c);
	json_bool(j, "user_to_user", c->o.report.facts & CREDSSP_FACT_USER_TO_USER);
	json_delivery(j, c);
}

static void verdict_as_text(FILE *f, const struct accepted *c)
{
	verdict_text(f, c->verdict);
	if (c->key)
		fprintf(f, "credsspctl accept: the password is in key %d\n", c->key);
	else if (c->key_asked)
		fprintf(f, "credsspctl accept: the password was not delivered: %s, %s\n",
			credssp_status_name(c->key_status),
			credssp_status_text(c->key_status));
}

void accept_report_verdict(const struct accepted *c)
{
	bool json = c->a->opt.json;
	struct report r;

	if (!c->verdict)
		return;
	begin(&r, json ? "verdict" : NULL);
	if (!r.f)
		return;
	if (json)
		verdict_as_json(&r.json, c);
	else
		verdict_as_text(r.f, c);
	end(&r, json ? stdout : stderr);
}

static void json_peer(struct json *j, const struct accepted *c)
{
	char address[NET_ADDRESS_MAX];

	verdict_address(c->verdict, address, sizeof(address));
	json_open(j, "peer", '{');
	json_string(j, "address", address);
	json_number(j, "port", c->verdict->port);
	json_close(j, '}');
}

static void text_peer(FILE *f, const struct accepted *c)
{
	char address[NET_ADDRESS_MAX];

	verdict_address(c->verdict, address, sizeof(address));
	fprintf(f, "credsspctl accept: the program for %s port %u ", address,
		c->verdict->port);
}

static void json_end(struct json *j, const struct relay_result *result)
{
	int status = result->status;

	if (WIFEXITED(status))
		json_number(j, "exit_status", (unsigned int)WEXITSTATUS(status));
	else
		json_null(j, "exit_status");
	if (WIFSIGNALED(status))
		json_number(j, "signal", (unsigned int)WTERMSIG(status));
	else
		json_null(j, "signal");
	json_bool(j, "lost", result->lost);
	json_number(j, "received", result->received);
	json_number(j, "sent", result->sent);
}

static void text_end(FILE *f, const struct relay_result *result)
{
	int status = result->status;

	if (WIFSIGNALED(status))
		fprintf(f, "was ended by signal %d", WTERMSIG(status));
	else
		fprintf(f, "ended with status %d", WEXITSTATUS(status));
	fputs(result->lost ? ", the connection broke\n" : "\n", f);
}

void accept_report_exec(const struct accepted *c, const struct relay_result *result)
{
	bool json = c->a->opt.json;
	struct report r;

	begin(&r, json ? "exit" : NULL);
	if (!r.f)
		return;
	if (json) {
		json_peer(&r.json, c);
		json_end(&r.json, result);
	} else {
		text_peer(r.f, c);
		text_end(r.f, result);
	}
	end(&r, json ? stdout : stderr);
}

void accept_report_exec_failed(const struct accepted *c, int err)
{
	bool json = c->a->opt.json;
	struct report r;

	if (!c->verdict)
		return;
	begin(&r, json ? "exit" : NULL);
	if (!r.f)
		return;
	if (json) {
		json_peer(&r.json, c);
		json_string(&r.json, "error", strerror(err));
	} else {
		text_peer(r.f, c);
		fprintf(r.f, "did not start: %s\n", strerror(err));
	}
	end(&r, json ? stdout : stderr);
}
