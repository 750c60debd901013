// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: the framing of its tokens, KRB-ERROR, TGT-REQ and TGT-REP. */
#include "fuzz.h"
#include "wire/krb5_msg.h"

/* The last second of the year 9999 */
#define LATEST	253402300799ULL

static void check_error(const struct cssp_rd *body)
{
	struct cssp_krb5_error e;

	if (!cssp_krb5_error_decode(body, &e))
		HOLDS(e.stime <= LATEST);
}

static void check_tgt_req(const struct cssp_rd *body)
{
	struct cssp_krb5_tgt_req req, req2;
	struct cssp_rd again;
	struct cssp_wr wr;

	if (cssp_krb5_tgt_req_decode(body, &req))
		return;
	HOLDS(fuzz_inside(&req.service, body));
	HOLDS(fuzz_inside(&req.host, body));
	HOLDS(fuzz_inside(&req.realm, body));
	HOLDS(!req.service.left == !req.host.left);
	wr = fuzz_room(cssp_krb5_tgt_req_size(&req));
	cssp_krb5_tgt_req_encode(&req, &wr);
	again = fuzz_written(&wr);
	HOLDS(again.left <= body->left);
	HOLDS(!cssp_krb5_tgt_req_decode(&again, &req2));
	HOLDS(fuzz_same(&req.service, &req2.service));
	HOLDS(fuzz_same(&req.host, &req2.host));
	HOLDS(fuzz_same(&req.realm, &req2.realm));
	free(wr.buf);
}

static void check_tgt_rep(const struct cssp_rd *body)
{
	struct cssp_rd ticket, ticket2, again;
	struct cssp_wr wr;

	if (cssp_krb5_tgt_rep_decode(body, &ticket))
		return;
	HOLDS(fuzz_inside(&ticket, body));
	HOLDS(ticket.left >= 2);
	wr = fuzz_room(cssp_krb5_tgt_rep_size(&ticket));
	cssp_krb5_tgt_rep_encode(&ticket, &wr);
	again = fuzz_written(&wr);
	HOLDS(again.left <= body->left);
	HOLDS(!cssp_krb5_tgt_rep_decode(&again, &ticket2));
	HOLDS(fuzz_same(&ticket, &ticket2));
	free(wr.buf);
}

static void check_message(const struct cssp_rd *body)
{
	check_error(body);
	check_tgt_req(body);
	check_tgt_rep(body);
}

static void check_token(const struct cssp_rd *rd)
{
	struct cssp_krb5_token t, t2;
	struct cssp_rd again;
	struct cssp_wr wr;

	if (cssp_krb5_token_decode(rd, &t))
		return;
	HOLDS(fuzz_inside(&t.body, rd));
	HOLDS(t.user_to_user || t.id < CSSP_KRB5_TGT_REQ);
	wr = fuzz_room(cssp_krb5_token_size(&t));
	cssp_krb5_token_encode(&t, &wr);
	again = fuzz_written(&wr);
	HOLDS(again.left <= rd->left);
	HOLDS(!cssp_krb5_token_decode(&again, &t2));
	HOLDS(t.user_to_user == t2.user_to_user && t.microsoft == t2.microsoft && t.id == t2.id);
	HOLDS(fuzz_same(&t.body, &t2.body));
	free(wr.buf);
	check_message(&t.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size);

	check_token(&rd);
	/* Messages without the framing as well */
	check_message(&rd);
	return 0;
}
