// SPDX-License-Identifier: GPL-2.0-only
/*
 * krb5_package_test PACKAGE ENCTYPE TARGET KEYTAB [CCACHE]: the packages "kerberos" and
 * "negotiate" of the module on their own, by ioctl, with MIT's acceptor in this process.
 * The user is alice, by the password or with the tickets of CCACHE.
 */
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../ioctl/tap.h"
#include "krb5_pair.h"
#include "spnego.h"

#define CLIENT		"alice@CREDSSP.TEST"
#define EPOCH		11644473600ll	/* seconds from 1601 to 1970 */
#define SECOND		10000000ll	/* units of FILETIME */
#define BEFORE		ISC_RET_CONNECTION

static bool is_string(const uint8_t *buffer, uint32_t offset, uint32_t length, const char *want)
{
	return length == strlen(want) && !strcmp((const char *)buffer + offset, want);
}

TEST(attributes, "both sides agree on what is protected, and the server is proven")
{
	struct pair *p = pair_begin();

	CHECK_EQ(p->leg.attr, BEFORE);
	pair_accept(p);
	CHECK_EQ(p->server.flags & (GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
				    GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_DELEG_FLAG),
		 GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
		 GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG);
	REQUIRE_EQ(pair_feed(p, span_of(&p->server.token)), SEC_E_OK);
	CHECK_EQ(p->leg.attr, BEFORE | PAIR_REQ);
	pair_end(p);
}

TEST(report, "the report says that Kerberos has proven the server")
{
	struct pair *p = pair_establish();
	struct credssp_report report;

	CHECK_EQ(device_report(p->fd, p->context, &report), SEC_E_OK);
	CHECK_EQ(report.leg, CREDSSP_LEG_ESTABLISHED);
	CHECK_EQ(report.reason, CREDSSP_REASON_NONE);
	CHECK_EQ(report.mech_package, CREDSSP_PACKAGE_KERBEROS);
	CHECK_EQ(report.facts & ~CREDSSP_FACT_DELEGATED,
		 CREDSSP_FACT_KERBEROS_PROVEN | CREDSSP_FACT_SERVER_PROVEN);
	CHECK_EQ(report.passed_over, 0);
	CHECK_EQ(report.krb_error, 0);
	/* The service's ticket is in the cache after the first logon. */
	if (pair_setup.ccache)
		CHECK_EQ(report.kdc_messages, 0);
	else
		CHECK(report.kdc_messages >= 2);
	pair_end(p);
}

TEST(saved, "the second exchange of a credential with a password asks no KDC")
{
	struct pair *p = pair_establish();
	struct credssp_report report;

	krb5_free(&p->server);
	p->server = (struct krb5_server){ 0 };
	CHECK_EQ(device_delete(p->fd, p->context), SEC_E_OK);
	p->context = 0;
	REQUIRE_EQ(pair_feed(p, span(NULL, 0)), SEC_I_CONTINUE_NEEDED);
	pair_accept(p);
	REQUIRE_EQ(pair_feed(p, span_of(&p->server.token)), SEC_E_OK);
	CHECK_EQ(device_report(p->fd, p->context, &report), SEC_E_OK);
	CHECK_EQ(report.kdc_messages, 0);
	pair_end(p);
}

TEST(names, "the names are the client's principal and the target; MIT sees the same user")
{
	struct pair *p = pair_establish();
	struct credssp_native_names native;
	struct credssp_names names;
	uint8_t room[1024];

	CHECK(!strcmp(p->server.user, "alice") && !strcmp(p->server.realm, "CREDSSP.TEST"));
	REQUIRE_EQ(pair_query(p, SECPKG_ATTR_NAMES, room, sizeof(room)), SEC_E_OK);
	memcpy(&names, room, sizeof(names));
	CHECK(is_string(room, names.user_offset, names.user_length, CLIENT));
	REQUIRE_EQ(pair_query(p, SECPKG_ATTR_NATIVE_NAMES, room, sizeof(room)), SEC_E_OK);
	memcpy(&native, room, sizeof(native));
	CHECK(is_string(room, native.client_offset, native.client_length, CLIENT));
	CHECK(is_string(room, native.server_offset, native.server_length, pair_setup.target));
	pair_end(p);
}

TEST(packages, "the package and the mechanism that it came to have their names")
{
	bool spnego = pair_setup.package == CREDSSP_PACKAGE_NEGOTIATE;
	struct pair *p = pair_establish();
	struct credssp_negotiation_info info;
	struct credssp_package_info package;
	uint8_t room[1024];

	REQUIRE_EQ(pair_query(p, SECPKG_ATTR_PACKAGE_INFO, room, sizeof(room)), SEC_E_OK);
	memcpy(&package, room, sizeof(package));
	CHECK_EQ(package.rpc_id, spnego ? SECPKG_ID_NEGOTIATE : SECPKG_ID_KERBEROS);
	CHECK(is_string(room, package.name_offset, package.name_length,
			spnego ? "Negotiate" : "Kerberos"));
	REQUIRE_EQ(pair_query(p, SECPKG_ATTR_NEGOTIATION_INFO, room, sizeof(room)), SEC_E_OK);
	memcpy(&info, room, sizeof(info));
	CHECK_EQ(info.state, spnego ? SECPKG_NEGOTIATION_COMPLETE : SECPKG_NEGOTIATION_DIRECT);
	CHECK_EQ(info.package.rpc_id, SECPKG_ID_KERBEROS);
	CHECK(is_string(room, info.package.name_offset, info.package.name_length, "Kerberos"));
	pair_end(p);
}

TEST(sizes, "the sizes are those of the encryption type")
{
	struct pair *p = pair_establish();
	struct credssp_sizes sizes;

	REQUIRE_EQ(pair_query(p, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes)), SEC_E_OK);
	CHECK_EQ(sizes.max_token, CREDSSP_MAX_TOKEN);
	CHECK_EQ(sizes.max_signature, TOKEN_HEADER + pair_mac());
	CHECK_EQ(sizes.security_trailer, 2 * TOKEN_HEADER + CONFOUNDER + pair_mac());
	CHECK_EQ(sizes.block_size, 1);
	pair_end(p);
}

/* When MIT's context, which this ends, expires: the end of the ticket. */
static int64_t ticket_end(struct pair *p)
{
	gss_krb5_lucid_context_v1_t *lucid;
	OM_uint32 minor;
	int64_t end;
	void *got;

	REQUIRE(!gss_krb5_export_lucid_sec_context(&minor, &p->server.ctx, 1, &got));
	lucid = got;
	end = lucid->endtime;
	gss_krb5_free_lucid_sec_context(&minor, got);
	return end;
}

TEST(lifespan, "the context's life ends with the ticket")
{
	struct pair *p = pair_establish();
	struct credssp_lifespan span_of_life;
	int64_t end, now = time(NULL);

	REQUIRE_EQ(pair_query(p, SECPKG_ATTR_LIFESPAN, &span_of_life, sizeof(span_of_life)),
		   SEC_E_OK);
	end = (ticket_end(p) + EPOCH) * SECOND;
	CHECK_EQ(span_of_life.expiry, end);
	CHECK_EQ(p->leg.expiry, end);
	CHECK(span_of_life.start / SECOND - EPOCH >= now - tap_limit(20));
	CHECK(span_of_life.start / SECOND - EPOCH <= now + 1);
	pair_end(p);
}

TEST(session_key, "both sides have the same session key, which only the privileged may read")
{
	struct pair *p = pair_establish();
	gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
	struct credssp_session_key key;
	uint8_t room[128];
	OM_uint32 minor;
	int32_t status;

	status = pair_query(p, SECPKG_ATTR_SESSION_KEY, room, sizeof(room));
	REQUIRE_EQ(status, geteuid() ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK);
	if (!status) {
		memcpy(&key, room, sizeof(key));
		REQUIRE(!gss_inquire_sec_context_by_oid(&minor, p->server.ctx,
							GSS_C_INQ_SSPI_SESSION_KEY, &set));
		CHECK(span_equal(span(room + key.key_offset, key.key_length),
				 span(set->elements[0].value, set->elements[0].length)));
		CHECK_EQ(key.key_length, pair_setup.enctype % 2 ? 16 : 32);
		gss_release_buffer_set(&minor, &set);
	}
	pair_end(p);
}

TEST(no_tls, "there is nothing of TLS, and nothing before the context is established")
{
	static const uint32_t none[] = {
		SECPKG_ATTR_STREAM_SIZES, SECPKG_ATTR_REMOTE_CERT_CONTEXT,
		SECPKG_ATTR_CONNECTION_INFO, SECPKG_ATTR_CIPHER_INFO,
	};
	struct pair *p = pair_begin();
	uint8_t room[1024];
	uint32_t length = sizeof(room);
	size_t i;

	CHECK_EQ(pair_query(p, SECPKG_ATTR_LIFESPAN, room, sizeof(room)), SEC_E_INVALID_HANDLE);
	CHECK_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, span("x", 1), room, &length),
		 SEC_E_INVALID_HANDLE);
	pair_accept(p);
	REQUIRE_EQ(pair_feed(p, span_of(&p->server.token)), SEC_E_OK);
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK_EQ(pair_query(p, none[i], room, sizeof(room)), SEC_E_UNSUPPORTED_FUNCTION);
	pair_end(p);
}

/* One message each way */
static void talk(struct pair *p)
{
	struct span text = span("after all", 9);
	struct bytes made = { 0 };
	uint8_t room[9 + CREDSSP_MAX_SIGNATURE];
	uint32_t length = sizeof(room);

	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, text, room, &length), SEC_E_OK);
	REQUIRE(krb5_unseal(&p->server, span(room, length), &made));
	CHECK(span_equal(span_of(&made), text));
	bytes_free(&made);
	krb5_seal(&p->server, text, &made);
	length = sizeof(room);
	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_DECRYPT, span_of(&made), room, &length), SEC_E_OK);
	CHECK(span_equal(span(room, length), text));
	bytes_free(&made);
}

TEST(again, "calling again on an established context begins a new exchange")
{
	struct pair *p = pair_establish();

	talk(p);
	krb5_free(&p->server);
	p->server = (struct krb5_server){ 0 };
	REQUIRE_EQ(pair_feed(p, span(NULL, 0)), SEC_I_CONTINUE_NEEDED);
	pair_accept(p);
	REQUIRE(p->server.done);
	REQUIRE_EQ(pair_feed(p, span_of(&p->server.token)), SEC_E_OK);
	talk(p);
	pair_end(p);
}

/*
 * MIT never asks for a mechListMIC when Kerberos is the first mechanism. So SPNEGO is this
 * program's own here, and the MICs are MIT's.
 */
struct mic_row {
	int state;
	bool mic_first;
};

/* The acceptor's answer to the first token; @list: the MechTypeList. */
static void answer_with(struct pair *p, const struct mic_row *row, struct bytes *list,
			struct bytes *answer)
{
	struct spnego_resp resp = { .state = row->state, .mech = spnego_ms_krb5_oid };
	struct bytes mic = { 0 };
	struct spnego_init init;
	const char *why;

	REQUIRE(spnego_read_init(span(p->leg.out, p->leg.out_len), &init) && init.krb5);
	bytes_set(list, init.list);
	why = krb5_accept(&p->server, &p->acceptor, init.token);
	REQUIRE(!why && p->server.done);
	resp.token = span_of(&p->server.token);
	if (row->mic_first)
		krb5_sign(&p->server, init.list, &mic);
	resp.mic = span_of(&mic);
	spnego_write_resp(&resp, answer);
	bytes_free(&mic);
}

static void exchange_mics(const struct mic_row *row)
{
	struct bytes list = { 0 }, answer = { 0 }, mic = { 0 };
	struct pair *p = pair_begin();
	struct spnego_resp resp, final = { .state = SPNEGO_COMPLETED };

	answer_with(p, row, &list, &answer);
	REQUIRE_EQ(pair_feed(p, span_of(&answer)),
		   row->mic_first ? SEC_E_OK : SEC_I_CONTINUE_NEEDED);
	REQUIRE(spnego_read_resp(span(p->leg.out, p->leg.out_len), &resp));
	CHECK_EQ(resp.state, row->mic_first ? SPNEGO_COMPLETED : SPNEGO_INCOMPLETE);
	CHECK(krb5_verify(&p->server, span_of(&list), resp.mic));
	if (!row->mic_first) {
		krb5_sign(&p->server, span_of(&list), &mic);
		final.mic = span_of(&mic);
		bytes_free(&answer);
		spnego_write_resp(&final, &answer);
		REQUIRE_EQ(pair_feed(p, span_of(&answer)), SEC_E_OK);
		CHECK_EQ(p->leg.out_len, 0);
	}
	talk(p);
	pair_end(p);
	bytes_free(&list);
	bytes_free(&answer);
	bytes_free(&mic);
}

static void asked_for_mics(void)
{
	static const struct mic_row rows[] = {
		{ SPNEGO_REQUEST_MIC, false }, { SPNEGO_REQUEST_MIC, true },
		{ SPNEGO_INCOMPLETE, false }, { SPNEGO_INCOMPLETE, true },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		exchange_mics(&rows[i]);
}

/* The list that is signed is not the one that was sent. */
static void wrong_mic(void)
{
	static const struct mic_row row = { SPNEGO_REQUEST_MIC, false };
	struct bytes list = { 0 }, answer = { 0 }, mic = { 0 };
	struct spnego_resp final = { .state = SPNEGO_COMPLETED };
	struct pair *p = pair_begin();

	answer_with(p, &row, &list, &answer);
	REQUIRE_EQ(pair_feed(p, span_of(&answer)), SEC_I_CONTINUE_NEEDED);
	list.p[list.len - 1] ^= 1;
	krb5_sign(&p->server, span_of(&list), &mic);
	final.mic = span_of(&mic);
	bytes_free(&answer);
	spnego_write_resp(&final, &answer);
	CHECK_EQ(pair_feed(p, span_of(&answer)), SEC_E_MESSAGE_ALTERED);
	pair_end(p);
	bytes_free(&list);
	bytes_free(&answer);
	bytes_free(&mic);
}

static void missing_mic(void)
{
	static const struct mic_row row = { SPNEGO_REQUEST_MIC, false };
	struct spnego_resp final = { .state = SPNEGO_COMPLETED };
	struct bytes list = { 0 }, answer = { 0 };
	struct pair *p = pair_begin();

	answer_with(p, &row, &list, &answer);
	REQUIRE_EQ(pair_feed(p, span_of(&answer)), SEC_I_CONTINUE_NEEDED);
	bytes_free(&answer);
	spnego_write_resp(&final, &answer);
	CHECK_EQ(pair_feed(p, span_of(&answer)), SEC_E_INVALID_TOKEN);
	pair_end(p);
	bytes_free(&list);
	bytes_free(&answer);
}

static struct tap_test negotiate_tests[] = {
	{ "mechListMICs both ways: asked for, or sent before", asked_for_mics, 60, NULL },
	{ "a mechListMIC of another list is refused", wrong_mic, 20, NULL },
	{ "a mechListMIC that is needed must come", missing_mic, 20, NULL },
};

int main(int argc, char **argv)
{
	size_t i;

	if (!pair_read_setup(argc, argv, &pair_setup)) {
		fputs("usage: krb5_package_test PACKAGE ENCTYPE TARGET KEYTAB [CCACHE]\n", stderr);
		return 64;
	}
	for (i = 0; i < sizeof(negotiate_tests) / sizeof(negotiate_tests[0]); i++)
		if (pair_setup.package == CREDSSP_PACKAGE_NEGOTIATE)
			tap_register(&negotiate_tests[i]);
	return tap_main(NULL);
}
