// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../peers/ts.h"
#include "acceptor.h"
#include "ts_acceptor.h"

#define VERSION	6

static void judge(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "acceptor: %s\n", what);
	exit(1);
}

/* The TSRequest in @record, with the fields @present; @plain keeps its bytes. */
static struct ts_request receive(struct ts_acceptor *a, struct span record, unsigned int present,
				 struct bytes *plain)
{
	struct ts_request req = { 0 };

	record_open(&a->in, record, plain);
	judge(ts_decode(span_of(plain), &req), "a malformed TSRequest");
	judge(req.version == VERSION, "another version");
	judge((req.present & ~TS_NONCE) == present, "other fields");
	if (req.present & TS_NONCE) {
		judge(req.nonce.len == sizeof(a->nonce), "the size of the nonce");
		memcpy(a->nonce, req.nonce.p, sizeof(a->nonce));
	}
	return req;
}

static struct span reply(struct ts_acceptor *a, struct ts_request *req)
{
	struct bytes plain = { 0 };

	req->version = VERSION;
	ts_encode(req, TS_FORM_PLAIN, &plain);
	a->answer.len = 0;
	record_seal(&a->out, span_of(&plain), &a->answer);
	bytes_free(&plain);
	return span_of(&a->answer);
}

struct span ts_acceptor_challenge(struct ts_acceptor *a, struct span record)
{
	struct ts_request req, answer = { .present = TS_TOKEN };
	struct bytes plain = { 0 };

	a->in.seq = 0;
	a->out.seq = 0;
	req = receive(a, record, TS_TOKEN, &plain);
	answer.token = acceptor_challenge(&a->ntlm, req.token.p, req.token.len);
	bytes_free(&plain);
	return reply(a, &answer);
}

static void check_binding(struct ts_acceptor *a, struct span sealed)
{
	struct bytes plain = { 0 }, wanted = { 0 };

	bind_hash_client(a->nonce, a->key, &wanted);
	judge(ntlm_unseal(&a->ntlm.in, sealed, &plain), "the seal of pubKeyAuth");
	judge(span_equal(span_of(&plain), span_of(&wanted)), "another public key");
	bytes_free(&plain);
	bytes_free(&wanted);
}

struct span ts_acceptor_bind(struct ts_acceptor *a, struct span record)
{
	struct bytes plain = { 0 }, hash = { 0 }, sealed = { 0 };
	struct ts_request req, answer = { .present = TS_PUB_KEY };
	struct span sent;

	req = receive(a, record, TS_TOKEN | TS_PUB_KEY, &plain);
	acceptor_authenticate(&a->ntlm, req.token.p, req.token.len);
	check_binding(a, req.pub_key);
	bind_hash_server(a->nonce, a->key, &hash);
	ntlm_seal(&a->ntlm.out, span_of(&hash), &sealed);
	answer.pub_key = span_of(&sealed);
	sent = reply(a, &answer);
	bytes_free(&plain);
	bytes_free(&hash);
	bytes_free(&sealed);
	return sent;
}

static bool is_text(struct span wide, const char *text)
{
	struct bytes wanted = { 0 };
	bool same;

	bytes_utf16(&wanted, text);
	same = span_equal(wide, span_of(&wanted));
	bytes_free(&wanted);
	return same;
}

void ts_acceptor_finish(struct ts_acceptor *a, struct span record)
{
	struct bytes plain = { 0 }, open = { 0 };
	struct ts_password creds = { 0 };
	struct ts_request req;

	req = receive(a, record, TS_AUTH_INFO, &plain);
	judge(ntlm_unseal(&a->ntlm.in, req.auth_info, &open), "the seal of authInfo");
	judge(ts_credentials_decode(span_of(&open), &creds), "malformed TSCredentials");
	judge(is_text(creds.user, USER) && is_text(creds.password, PASSWORD),
	      "other credentials");
	bytes_free(&plain);
	bytes_free(&open);
	ntlm_free(&a->ntlm);
}
