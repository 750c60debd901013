// SPDX-License-Identifier: GPL-2.0-only
/*
 * krb5_peer_test HOST KEYTAB OTHER-KEYTAB: the peer's Kerberos against MIT's own initiator,
 * which has its tickets from KRB5CCNAME. The service is TERMSRV/HOST, which the other keytab
 * does not have.
 */
#include <gssapi/gssapi.h>
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ioctl/tap.h"
#include "der.h"
#include "krb5_error.h"
#include "krb5_gss.h"
#include "krb5_user.h"
#include "spnego.h"

#define FLAGS	(GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | \
		 GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG)
#define HEADER	16	/* of a sealed message */

static const char *host, *keytab, *other_keytab;
static gss_OID_desc krb5_oid = { 9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" };
static gss_OID_desc spnego_oid = { 6, "\x2b\x06\x01\x05\x05\x02" };
static const char words[] = "thirty-two bytes, as a hash has!";

struct pair {
	gss_name_t target;
	gss_ctx_id_t client;
	struct krb5_acceptor acceptor;
	struct krb5_server server;
};

static OM_uint32 step(struct pair *p, gss_OID mech, struct span in, struct bytes *out)
{
	gss_buffer_desc token = { in.len, (void *)in.p }, answer = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor;

	major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &p->client, p->target, mech,
				     FLAGS, 0, GSS_C_NO_CHANNEL_BINDINGS, &token, NULL, &answer,
				     NULL, NULL);
	bytes_set(out, span(answer.value, answer.length));
	gss_release_buffer(&minor, &answer);
	return major;
}

static void open_pair(struct pair *p)
{
	gss_buffer_desc name;
	char text[300];
	OM_uint32 minor;

	*p = (struct pair){ 0 };
	snprintf(text, sizeof(text), "TERMSRV@%s", host);
	name = (gss_buffer_desc){ strlen(text), text };
	REQUIRE(!gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &p->target));
	REQUIRE(!krb5_acceptor_open(&p->acceptor, keytab));
}

static void establish(struct pair *p, gss_OID mech)
{
	struct bytes token = { 0 };

	open_pair(p);
	REQUIRE_EQ(step(p, mech, span("", 0), &token), GSS_S_CONTINUE_NEEDED);
	REQUIRE(!krb5_accept(&p->server, &p->acceptor, span_of(&token)));
	REQUIRE(p->server.done);
	REQUIRE_EQ(step(p, mech, span_of(&p->server.token), &token), GSS_S_COMPLETE);
	CHECK_EQ(token.len, 0);
	bytes_free(&token);
}

static void close_pair(struct pair *p)
{
	OM_uint32 minor;

	krb5_free(&p->server);
	gss_delete_sec_context(&minor, &p->client, GSS_C_NO_BUFFER);
	gss_release_name(&minor, &p->target);
	gss_release_cred(&minor, &p->acceptor.cred);
}

/* The client can read what the peer has sealed. */
static bool client_reads(struct pair *p, struct span sealed, int *is_sealed)
{
	gss_buffer_desc in = { sealed.len, (void *)sealed.p }, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor;
	bool same;

	major = gss_unwrap(&minor, p->client, &in, &out, is_sealed, NULL);
	same = !major && span_equal(span(out.value, out.length), span(words, sizeof(words)));
	gss_release_buffer(&minor, &out);
	return same;
}

static void client_seals(struct pair *p, struct bytes *sealed)
{
	gss_buffer_desc in = { sizeof(words), (void *)words }, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;

	REQUIRE(!gss_wrap(&minor, p->client, 1, 0, &in, NULL, &out));
	bytes_set(sealed, span(out.value, out.length));
	gss_release_buffer(&minor, &out);
}

static void check_names(gss_OID mech)
{
	struct pair p;

	establish(&p, mech);
	CHECK(!strcmp(p.server.user, "alice"));
	CHECK(!strcmp(p.server.realm, "CREDSSP.TEST"));
	CHECK_EQ(p.server.flags & FLAGS, FLAGS);
	CHECK(p.server.enctype >= 17 && p.server.enctype <= 20);
	close_pair(&p);
}

TEST(names_raw, "the user, the flags and the enctype are known, without SPNEGO")
{
	check_names(&krb5_oid);
}

TEST(names_spnego, "the same in SPNEGO, whose answer is one token")
{
	check_names(&spnego_oid);
}

TEST(seals, "the peer's messages have the size and the rotation of Windows' ones")
{
	struct bytes sealed = { 0 };
	struct pair p;
	int is_sealed;

	establish(&p, &spnego_oid);
	krb5_seal(&p.server, span(words, sizeof(words)), &sealed);
	REQUIRE(sealed.len > HEADER);
	/* the header's copy and the checksum */
	CHECK_EQ(sealed.p[6] << 8 | sealed.p[7], sealed.len - sizeof(words) - 2 * HEADER);
	CHECK(client_reads(&p, span_of(&sealed), &is_sealed) && is_sealed);
	bytes_free(&sealed);
	close_pair(&p);
}

TEST(rotations, "messages of any rotation can be read")
{
	static const unsigned int counts[] = { 0, 1, 27, 28, 29, 91, 92, 1000, 65535 };
	struct pair p;
	int is_sealed;
	size_t i;

	establish(&p, &krb5_oid);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct bytes sealed = { 0 };

		krb5_seal(&p.server, span(words, sizeof(words)), &sealed);
		krb5_rotate(&sealed, counts[i]);
		CHECK_EQ(sealed.p[6] << 8 | sealed.p[7], counts[i]);
		CHECK(client_reads(&p, span_of(&sealed), &is_sealed) && is_sealed);
		bytes_free(&sealed);
	}
	close_pair(&p);
}

TEST(integrity, "a message with integrity alone is valid, and says that it is not sealed")
{
	struct bytes sealed = { 0 };
	struct pair p;
	int is_sealed;

	establish(&p, &krb5_oid);
	krb5_wrap(&p.server, span(words, sizeof(words)), &sealed);
	CHECK(client_reads(&p, span_of(&sealed), &is_sealed) && !is_sealed);
	bytes_free(&sealed);
	close_pair(&p);
}

TEST(unseals, "the client's message is taken once, and not with a bit flipped")
{
	struct bytes sealed = { 0 }, plain = { 0 };
	struct pair p;

	establish(&p, &spnego_oid);
	client_seals(&p, &sealed);
	sealed.p[sealed.len - 1] ^= 1;
	CHECK(!krb5_unseal(&p.server, span_of(&sealed), &plain));
	sealed.p[sealed.len - 1] ^= 1;
	CHECK(krb5_unseal(&p.server, span_of(&sealed), &plain));
	CHECK(span_equal(span_of(&plain), span(words, sizeof(words))));
	CHECK(!krb5_unseal(&p.server, span_of(&sealed), &plain));
	bytes_free(&sealed);
	bytes_free(&plain);
	close_pair(&p);
}

TEST(gaps, "a message that is skipped is noticed")
{
	struct bytes sealed = { 0 }, plain = { 0 };
	struct pair p;

	establish(&p, &krb5_oid);
	client_seals(&p, &sealed);
	client_seals(&p, &sealed);
	CHECK(!krb5_unseal(&p.server, span_of(&sealed), &plain));
	bytes_free(&sealed);
	bytes_free(&plain);
	close_pair(&p);
}

TEST(mics, "MICs are right both ways")
{
	gss_buffer_desc in = { sizeof(words), (void *)words }, token = GSS_C_EMPTY_BUFFER;
	struct bytes mic = { 0 };
	struct pair p;
	OM_uint32 minor;

	establish(&p, &spnego_oid);
	krb5_sign(&p.server, span(words, sizeof(words)), &mic);
	token = (gss_buffer_desc){ mic.len, mic.p };
	CHECK(!gss_verify_mic(&minor, p.client, &in, &token, NULL));
	REQUIRE(!gss_get_mic(&minor, p.client, 0, &in, &token));
	CHECK(krb5_verify(&p.server, span(words, sizeof(words)),
			  span(token.value, token.length)));
	CHECK(!krb5_verify(&p.server, span(words, sizeof(words) - 1),
			   span(token.value, token.length)));
	gss_release_buffer(&minor, &token);
	bytes_free(&mic);
	close_pair(&p);
}

/* com_err's numbers begin here: ERROR_TABLE_BASE_krb5 */
#define KRB5_ERRORS	(-1765328384L)

TEST(strange_ticket, "a ticket for another service is refused, with the library's reason")
{
	struct bytes token = { 0 };
	const char *why;
	struct pair p;

	open_pair(&p);
	REQUIRE_EQ(step(&p, &spnego_oid, span("", 0), &token), GSS_S_CONTINUE_NEEDED);
	REQUIRE(!krb5_acceptor_open(&p.acceptor, other_keytab));
	why = krb5_accept(&p.server, &p.acceptor, span_of(&token));
	CHECK(why && strstr(why, "not-found") && !p.server.done);
	bytes_free(&token);
	close_pair(&p);
}

TEST(errors, "the initiator reads the peer's KRB-ERRORs")
{
	static const int codes[] = { KRB_AP_ERR_SKEW, KRB_AP_ERR_MODIFIED, KRB_ERR_GENERIC,
				     KRB_AP_ERR_USER_TO_USER_REQUIRED };
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct bytes token = { 0 }, answer = { 0 };
		gss_buffer_desc in, out = GSS_C_EMPTY_BUFFER;
		OM_uint32 major, minor, ignored;
		struct pair p;

		open_pair(&p);
		REQUIRE_EQ(step(&p, &krb5_oid, span("", 0), &answer), GSS_S_CONTINUE_NEEDED);
		krb5_error_token(codes[i], time(NULL), &token);
		in = (gss_buffer_desc){ token.len, token.p };
		major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &p.client, p.target,
					     &krb5_oid, FLAGS, 0, GSS_C_NO_CHANNEL_BINDINGS,
					     &in, NULL, &out, NULL, NULL);
		CHECK(GSS_ERROR(major));
		CHECK_EQ(minor, (OM_uint32)(KRB5_ERRORS + codes[i]));
		gss_release_buffer(&ignored, &out);
		bytes_free(&token);
		bytes_free(&answer);
		close_pair(&p);
	}
}

TEST(malformed, "malformed tokens are refused with a reason")
{
	struct bytes token = { 0 };
	const char *why;
	struct pair p;

	open_pair(&p);
	REQUIRE_EQ(step(&p, &krb5_oid, span("", 0), &token), GSS_S_CONTINUE_NEEDED);
	why = krb5_accept(&p.server, &p.acceptor, span(token.p, token.len / 2));
	CHECK(why && !strncmp(why, "krb-", 4) && !strpbrk(why, "\n "));
	CHECK(!p.server.done);
	bytes_free(&token);
	close_pair(&p);
}

TEST(kinds, "tokens of Kerberos and of SPNEGO are told apart")
{
	struct spnego_init init;
	struct bytes token = { 0 };
	struct pair p;

	open_pair(&p);
	REQUIRE_EQ(step(&p, &krb5_oid, span("", 0), &token), GSS_S_CONTINUE_NEEDED);
	CHECK(spnego_is_krb5(span_of(&token)) && !spnego_is_init(span_of(&token)));
	close_pair(&p);
	open_pair(&p);
	REQUIRE_EQ(step(&p, &spnego_oid, span("", 0), &token), GSS_S_CONTINUE_NEEDED);
	CHECK(!spnego_is_krb5(span_of(&token)) && spnego_is_init(span_of(&token)));
	CHECK(spnego_read_init(span_of(&token), &init) && init.krb5);
	bytes_free(&token);
	close_pair(&p);
}

/* ---- user-to-user --------------------------------------------------------------- */

#define TGT_REQ_TOKEN	"\x60\x1a\x06\x0a\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03\x04\x00" \
			"\x30\x0a\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x10"

/* The body of the acceptor's answer, whose TOK_ID must be @id in the framing of @oid */
static struct span answer_body(struct pair *p, struct span oid, unsigned int id)
{
	struct span rest = span_of(&p->server.token), inner, got, tok_id;

	REQUIRE(der_take(&rest, 0x60, &inner) && !rest.len);
	REQUIRE(der_take(&inner, DER_OID, &got) && span_equal(got, oid));
	REQUIRE(span_take(&inner, 2, &tok_id));
	CHECK_EQ((unsigned int)(tok_id.p[0] << 8 | tok_id.p[1]), id);
	return inner;
}

static struct span ticket_of(struct span rep)
{
	struct span message, ticket;

	REQUIRE(der_take(&rep, DER_SEQUENCE, &message));
	REQUIRE(der_skip(&message) && der_skip(&message));
	REQUIRE(der_take(&message, DER_CONTEXT(2), &ticket));
	return ticket;
}

/* An AP-REQ of libkrb5 with a ticket for the TGT @ticket, framed */
static void make_user_request(krb5_context context, krb5_auth_context *auth,
			      struct span ticket, struct bytes *token)
{
	/* MUTUAL, RFC 4121 4.1.1 */
	static uint8_t sum[24] = { 16, [20] = 2 };
	krb5_data in = { .data = (char *)sum, .length = sizeof(sum) }, req;
	krb5_creds want = { .second_ticket.data = (char *)ticket.p }, *creds;
	char name[300];
	krb5_ccache cache;

	want.second_ticket.length = ticket.len;
	snprintf(name, sizeof(name), "TERMSRV/%s", host);
	REQUIRE(!krb5_cc_default(context, &cache));
	REQUIRE(!krb5_cc_get_principal(context, cache, &want.client));
	REQUIRE(!krb5_parse_name(context, name, &want.server));
	REQUIRE(!krb5_get_credentials(context, KRB5_GC_USER_USER | KRB5_GC_NO_STORE, cache, &want,
				      &creds));
	REQUIRE(!krb5_auth_con_init(context, auth));
	REQUIRE(!krb5_auth_con_setflags(context, *auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE));
	REQUIRE(!krb5_auth_con_set_req_cksumtype(context, *auth, 0x8003));
	REQUIRE(!krb5_mk_req_extended(context, auth, AP_OPTS_USE_SESSION_KEY |
				      AP_OPTS_MUTUAL_REQUIRED | AP_OPTS_USE_SUBKEY, &in, creds,
				      &req));
	der_put(token, DER_OID, spnego_u2u_oid);
	bytes_add(token, "\x01", 2);
	bytes_add(token, req.data, req.length);
	der_close(token, 0x60, 0);
	krb5_free_data_contents(context, &req);
}

TEST(user_to_user, "an acceptor that demands user-to-user takes such tickets only")
{
	krb5_ap_rep_enc_part *part;
	struct bytes token = { 0 };
	krb5_auth_context auth;
	krb5_context context;
	struct span rep;
	char name[300];
	krb5_data in;
	struct pair p;

	open_pair(&p);
	snprintf(name, sizeof(name), "TERMSRV/%s", host);
	REQUIRE(!krb5_user_open(&p.acceptor, keytab, name));
	REQUIRE_EQ(step(&p, &krb5_oid, span("", 0), &token), GSS_S_CONTINUE_NEEDED);
	REQUIRE(!krb5_user_accept(&p.server, &p.acceptor, span_of(&token)));
	answer_body(&p, spnego_krb5_oid, 0x0300);
	CHECK(!p.server.done);
	REQUIRE(!krb5_user_accept(&p.server, &p.acceptor,
				  span(TGT_REQ_TOKEN, sizeof(TGT_REQ_TOKEN) - 1)));
	token.len = 0;
	REQUIRE(!krb5_init_context(&context));
	make_user_request(context, &auth, ticket_of(answer_body(&p, spnego_u2u_oid, 0x0401)),
			  &token);
	REQUIRE(!krb5_user_accept(&p.server, &p.acceptor, span_of(&token)));
	CHECK(p.server.done && !strcmp(p.server.user, "alice"));
	rep = answer_body(&p, spnego_u2u_oid, 0x0200);
	in = (krb5_data){ .data = (char *)rep.p, .length = rep.len };
	REQUIRE(!krb5_rd_rep(context, auth, &in, &part));
	krb5_free_ap_rep_enc_part(context, part);
	krb5_auth_con_free(context, auth);
	krb5_free_context(context);
	bytes_free(&token);
	close_pair(&p);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: krb5_peer_test HOST KEYTAB OTHER-KEYTAB\n");
		return 64;
	}
	host = argv[1];
	keytab = argv[2];
	other_keytab = argv[3];
	return tap_main(NULL);
}
