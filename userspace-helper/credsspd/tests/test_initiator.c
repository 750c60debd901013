// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include "test.h"
#include "test_initiator.h"

static gss_OID_desc krb5_oid = { 9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" };

/* 60 L 06 09 OID TOK_ID; L is of two bytes, or three for what is longer than 255 */
#define OID_SIZE	11

void test_initiator_checksum(uint8_t *sum, uint32_t flags, const uint8_t *bindings)
{
	memset(sum, 0, 24);
	sum[0] = 16;
	if (bindings)
		memcpy(sum + 4, bindings, 16);
	for (int i = 0; i < 4; i++)
		sum[20 + i] = flags >> 8 * i;
}

static void get_ticket(struct test_initiator *i, const struct test_intent *intent)
{
	krb5_creds want = { .second_ticket = intent->peer_ticket };
	krb5_flags options = intent->peer_ticket.length ?
			     KRB5_GC_USER_USER | KRB5_GC_NO_STORE : 0;
	krb5_error_code ret;
	krb5_ccache cache;

	ENSURE(!krb5_cc_resolve(i->context, intent->cache, &cache));
	ENSURE(!krb5_cc_get_principal(i->context, cache, &want.client));
	ENSURE(!krb5_parse_name(i->context, intent->target, &want.server));
	ret = krb5_get_credentials(i->context, options, cache, &want, &i->creds);
	if (ret)
		fprintf(stderr, "%s: %s\n", intent->target,
			krb5_get_error_message(i->context, ret));
	ENSURE(!ret);
	krb5_free_principal(i->context, want.client);
	krb5_free_principal(i->context, want.server);
	krb5_cc_close(i->context, cache);
}

/* The library does not use a ticket whose time has not come, or is over. */
static void set_patient_clock(krb5_context *context)
{
	const char *own = getenv("KRB5_CONFIG");
	char path[] = "/tmp/test_initiator.XXXXXX", *all;
	static const char text[] = "[libdefaults]\nclockskew = 1000000\n";
	int fd = mkstemp(path);

	ENSURE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	own = strdup(own);
	ENSURE(own && asprintf(&all, "%s:%s", path, own) > 0);
	ENSURE(!setenv("KRB5_CONFIG", all, 1) && !krb5_init_context(context));
	ENSURE(!setenv("KRB5_CONFIG", own, 1) && !unlink(path));
	free(all);
	free((char *)own);
}

void test_initiator_make(struct test_initiator *i, const struct test_intent *intent)
{
	krb5_data sum = { .data = (char *)intent->checksum, .length = intent->checksum_length };
	krb5_flags options = intent->options | AP_OPTS_USE_SUBKEY;
	krb5_error_code ret;
	krb5_data req;

	memset(i, 0, sizeof(*i));
	if (intent->ahead)
		set_patient_clock(&i->context);
	else
		ENSURE(!krb5_init_context(&i->context));
	ENSURE(!krb5_auth_con_init(i->context, &i->auth));
	ENSURE(!krb5_auth_con_setflags(i->context, i->auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE));
	if (intent->checksum_type)
		ENSURE(!krb5_auth_con_set_req_cksumtype(i->context, i->auth,
							intent->checksum_type));
	get_ticket(i, intent);
	if (intent->ahead)
		ENSURE(!krb5_set_real_time(i->context, time(NULL) + intent->ahead, 0));
	if (intent->peer_ticket.length)
		options |= AP_OPTS_USE_SESSION_KEY;
	ret = krb5_mk_req_extended(i->context, &i->auth, options,
				   intent->checksum ? &sum : NULL, i->creds, &req);
	if (ret)
		fprintf(stderr, "AP-REQ: %s\n", krb5_get_error_message(i->context, ret));
	ENSURE(!ret);
	ENSURE(req.length <= sizeof(i->req));
	i->length = req.length;
	memcpy(i->req, req.data, req.length);
	krb5_free_data_contents(i->context, &req);
}

void test_initiator_finish(struct test_initiator *i, const uint8_t *rep, size_t length,
			   krb5_keyblock **key, uint32_t *sequence)
{
	const krb5_data in = { .data = (char *)rep, .length = length };
	krb5_ap_rep_enc_part *part;

	ENSURE(!krb5_rd_rep(i->context, i->auth, &in, &part));
	ENSURE(part->subkey);
	ENSURE(!krb5_copy_keyblock(i->context, part->subkey, key));
	*sequence = part->seq_number;
	krb5_free_ap_rep_enc_part(i->context, part);
}

void test_initiator_free(struct test_initiator *i)
{
	krb5_free_creds(i->context, i->creds);
	krb5_auth_con_free(i->context, i->auth);
	krb5_free_context(i->context);
}

/* ---- GSSAPI -------------------------------------------------------------------- */

static void gss_open(struct test_gss *g, const char *cache, const char *target)
{
	gss_key_value_element_desc element = { "ccache", cache };
	gss_key_value_set_desc store = { 1, &element };
	gss_OID_set_desc mechs = { 1, &krb5_oid };
	gss_buffer_desc name = { strlen(target), (void *)target };
	OM_uint32 minor;

	ENSURE(!gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechs,
				      GSS_C_INITIATE, &store, &g->cred, NULL, NULL));
	ENSURE(!gss_import_name(&minor, &name, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &g->target));
}

static OM_uint32 gss_step(struct test_gss *g, const char *bindings, gss_buffer_t in,
			  gss_buffer_t out)
{
	struct gss_channel_bindings_struct channel = { 0 };
	OM_uint32 minor, major;

	if (bindings) {
		channel.application_data.value = (void *)bindings;
		channel.application_data.length = strlen(bindings);
	}
	major = gss_init_sec_context(&minor, g->cred, &g->context, g->target, &krb5_oid,
				     g->flags, GSS_C_INDEFINITE,
				     bindings ? &channel : GSS_C_NO_CHANNEL_BINDINGS, in,
				     NULL, out, NULL, NULL);
	ENSURE(!GSS_ERROR(major));
	return major;
}

void test_gss_start(struct test_gss *g, const char *cache, const char *target, OM_uint32 flags,
		    const char *bindings)
{
	gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor, major;
	const uint8_t *p;
	size_t head;

	memset(g, 0, sizeof(*g));
	g->flags = flags;
	gss_open(g, cache, target);
	major = gss_step(g, bindings, GSS_C_NO_BUFFER, &out);
	ENSURE(major == (flags & GSS_C_MUTUAL_FLAG ? GSS_S_CONTINUE_NEEDED : GSS_S_COMPLETE));
	p = out.value;
	head = 2 + (p[1] & 0x80 ? p[1] & 0x7f : 0) + OID_SIZE + 2;
	ENSURE(p[0] == 0x60 && p[head - 2] == 1 && !p[head - 1]);
	g->length = out.length - head;
	ENSURE(g->length <= sizeof(g->req));
	memcpy(g->req, p + head, g->length);
	gss_release_buffer(&minor, &out);
}

static void gss_answer(struct test_gss *g, const uint8_t *rep, size_t length)
{
	const size_t body = OID_SIZE + 2 + length;
	uint8_t token[4096] = { 0x60, 0x82, body >> 8, body, 0x06, 0x09 };
	gss_buffer_desc in = { body + 4, token }, out = GSS_C_EMPTY_BUFFER;

	ENSURE(body + 4 <= sizeof(token));
	memcpy(token + 6, krb5_oid.elements, krb5_oid.length);
	token[4 + OID_SIZE] = 2;
	memcpy(token + 4 + OID_SIZE + 2, rep, length);
	ENSURE(gss_step(g, NULL, &in, &out) == GSS_S_COMPLETE && !out.length);
}

static void gss_take_keys(struct test_gss *g)
{
	gss_krb5_lucid_context_v1_t *lucid;
	gss_krb5_lucid_key_t *key;
	OM_uint32 minor;

	ENSURE(!gss_krb5_export_lucid_sec_context(&minor, &g->context, 1, (void **)&lucid));
	ENSURE(lucid->protocol == 1 && lucid->initiate);
	g->subkey = lucid->cfx_kd.have_acceptor_subkey;
	key = g->subkey ? &lucid->cfx_kd.acceptor_subkey : &lucid->cfx_kd.ctx_key;
	g->enctype = key->type;
	g->key_length = key->length;
	ENSURE(key->length <= sizeof(g->key));
	memcpy(g->key, key->data, key->length);
	g->tx_seq = lucid->send_seq;
	g->rx_seq = lucid->recv_seq;
	gss_krb5_free_lucid_sec_context(&minor, lucid);
}

void test_gss_finish(struct test_gss *g, const uint8_t *rep, size_t length)
{
	if (rep)
		gss_answer(g, rep, length);
	gss_take_keys(g);
}

void test_gss_free(struct test_gss *g)
{
	OM_uint32 minor;

	gss_delete_sec_context(&minor, &g->context, GSS_C_NO_BUFFER);
	gss_release_cred(&minor, &g->cred);
	gss_release_name(&minor, &g->target);
}
