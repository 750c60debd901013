// SPDX-License-Identifier: GPL-2.0-only
/*
 * krb5_peer_test HOST KEYTAB OTHER-KEYTAB: the peer's Kerberos against MIT's own initiator,
 * which has its tickets from KRB5CCNAME. The service is TERMSRV/HOST, which the other keytab
 * does not have.
 */
#include <gssapi/gssapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ioctl/tap.h"
#include "krb5_error.h"
#include "krb5_gss.h"
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
