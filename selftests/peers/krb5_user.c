// SPDX-License-Identifier: GPL-2.0-only
#include <krb5.h>
#include <string.h>
#include <time.h>

#include "der.h"
#include "krb5_error.h"
#include "krb5_user.h"
#include "spnego.h"

#define APPLICATION_0	0x60
#define TGT_REP		17	/* msg-type */
#define OWN_KEYTAB	"MEMORY:user-to-user"

/* TOK_ID */
enum { AP_REQ = 0x0100, AP_REP = 0x0200, TGT_REQ = 0x0400, TGT_REP_ID = 0x0401 };

/* ---- the acceptor's TGT -------------------------------------------------------- */

/* The ticket has no key version, so that of the entry does not matter. */
static krb5_error_code keep_key(krb5_context context, const krb5_creds *tgt)
{
	krb5_keytab_entry entry = { .principal = tgt->client, .vno = 1, .key = tgt->keyblock };
	krb5_keytab keytab;
	krb5_error_code ret = krb5_kt_resolve(context, OWN_KEYTAB, &keytab);

	/* It ends with its last handle, so this one stays open. */
	return ret ? ret : krb5_kt_add_entry(context, keytab, &entry);
}

static krb5_error_code get_tgt(krb5_context context, krb5_keytab keytab, const char *name,
			       struct bytes *ticket)
{
	krb5_principal client;
	krb5_creds tgt;
	krb5_error_code ret = krb5_parse_name(context, name, &client);

	if (!ret)
		ret = krb5_get_init_creds_keytab(context, &tgt, client, keytab, 0, NULL, NULL);
	if (!ret)
		ret = keep_key(context, &tgt);
	if (!ret)
		bytes_add(ticket, tgt.ticket.data, tgt.ticket.length);
	return ret;
}

const char *krb5_user_open(struct krb5_acceptor *acceptor, const char *keytab, const char *name)
{
	krb5_context context;
	krb5_keytab keys;
	krb5_error_code ret = krb5_init_context(&context);

	if (ret)
		return "krb5_init_context";
	ret = krb5_kt_resolve(context, keytab, &keys);
	if (!ret)
		ret = get_tgt(context, keys, name, &acceptor->tgt);
	return ret ? krb5_get_error_message(context, ret) :
		     krb5_acceptor_open(acceptor, OWN_KEYTAB);
}

/* ---- tokens -------------------------------------------------------------------- */

/* 60 L OID TOK_ID body */
static bool read_token(struct span token, struct span *oid, unsigned int *id, struct span *body)
{
	struct span inner, tok_id;

	if (!der_take(&token, APPLICATION_0, &inner) || token.len ||
	    !der_take(&inner, DER_OID, oid) || !span_take(&inner, 2, &tok_id))
		return false;
	*id = tok_id.p[0] << 8 | tok_id.p[1];
	*body = inner;
	return true;
}

static void write_token(struct span oid, unsigned int id, struct span body, struct bytes *out)
{
	size_t start = out->len;

	der_put(out, DER_OID, oid);
	bytes_u8(out, id >> 8);
	bytes_u8(out, id);
	bytes_span(out, body);
	der_close(out, APPLICATION_0, start);
}

static void put_field(struct bytes *out, unsigned int field, int64_t v)
{
	size_t start = out->len;

	der_put_integer(out, v);
	der_close(out, DER_CONTEXT(field), start);
}

static void answer_tgt(const struct krb5_acceptor *acceptor, struct bytes *out)
{
	struct bytes rep = { 0 };

	put_field(&rep, 0, 5);
	put_field(&rep, 1, TGT_REP);
	der_put(&rep, DER_CONTEXT(2), span_of(&acceptor->tgt));
	der_close(&rep, DER_SEQUENCE, 0);
	write_token(spnego_u2u_oid, TGT_REP_ID, span_of(&rep), out);
	bytes_free(&rep);
}

/* GSSAPI knows Kerberos' own framing only. */
static const char *answer_ap_req(struct krb5_server *s, const struct krb5_acceptor *acceptor,
				 struct span body, struct bytes *out)
{
	struct bytes token = { 0 };
	struct span oid, rep;
	unsigned int id;
	const char *why;

	write_token(spnego_krb5_oid, AP_REQ, body, &token);
	why = krb5_accept(s, acceptor, span_of(&token));
	bytes_free(&token);
	if (why)
		return why;
	if (!read_token(span_of(&s->token), &oid, &id, &rep) || id != AP_REP)
		return "krb-no-ap-rep";
	write_token(spnego_u2u_oid, AP_REP, rep, out);
	return NULL;
}

static const char *answer(struct krb5_server *s, const struct krb5_acceptor *acceptor,
			  struct span token, struct bytes *out)
{
	struct span oid, body;
	unsigned int id;
	bool is_user;

	if (!read_token(token, &oid, &id, &body))
		return "krb-malformed";
	is_user = span_equal(oid, spnego_u2u_oid);
	if (is_user && id == TGT_REQ)
		answer_tgt(acceptor, out);
	else if (is_user && id == AP_REQ)
		return answer_ap_req(s, acceptor, body, out);
	else if (id == AP_REQ)
		krb5_error_token(KRB_AP_ERR_USER_TO_USER_REQUIRED, time(NULL), out);
	else
		return "krb-unexpected";
	return NULL;
}

/* ---- SPNEGO -------------------------------------------------------------------- */

static bool unwrap(struct span token, struct span *inner, bool *is_first)
{
	struct spnego_init init;
	struct spnego_resp resp;

	*is_first = spnego_is_init(token);
	if (*is_first ? !spnego_read_init(token, &init) : !spnego_read_resp(token, &resp))
		return false;
	*inner = *is_first ? init.token : resp.token;
	return true;
}

static void wrap(struct krb5_server *s, bool is_first, struct span inner)
{
	struct spnego_resp resp = {
		.state = s->done ? SPNEGO_COMPLETED : SPNEGO_INCOMPLETE, .token = inner,
	};
	struct bytes token = { 0 };

	if (is_first)
		resp.mech = spnego_ms_krb5_oid;
	spnego_write_resp(&resp, &token);
	bytes_set(&s->token, span_of(&token));
	bytes_free(&token);
}

const char *krb5_user_accept(struct krb5_server *s, const struct krb5_acceptor *acceptor,
			     struct span token)
{
	const bool raw = spnego_is_krb5(token);
	struct bytes out = { 0 };
	struct span inner = token;
	bool is_first = false;
	const char *why;

	if (!raw && !unwrap(token, &inner, &is_first))
		return "spnego-malformed";
	why = answer(s, acceptor, inner, &out);
	if (!why && raw)
		bytes_set(&s->token, span_of(&out));
	else if (!why)
		wrap(s, is_first, span_of(&out));
	bytes_free(&out);
	return why;
}
