// SPDX-License-Identifier: GPL-2.0-only
#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "krb5_client.h"

#define FLAGS	(GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | \
		 GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG)

static gss_OID_desc krb5_oid = { 9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" };
/* GSS_KRB5_NT_PRINCIPAL_NAME */
static gss_OID_desc principal_oid = { 10, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01" };

static void judge(OM_uint32 major, const char *what)
{
	if (!GSS_ERROR(major))
		return;
	fprintf(stderr, "%s: GSSAPI %#x\n", what, major);
	exit(1);
}

static gss_name_t name_of(const char *text)
{
	gss_buffer_desc buffer = { strlen(text), (void *)text };
	gss_name_t name;
	OM_uint32 minor;

	judge(gss_import_name(&minor, &buffer, &principal_oid, &name), text);
	return name;
}

void krb5_client_open(struct krb5_client *c, const char *spn)
{
	c->target = name_of(spn);
}

static OM_uint32 with_cache(struct krb5_client *c, gss_OID_set mechs, const char *ccache)
{
	gss_key_value_element_desc element = { "ccache", ccache };
	gss_key_value_set_desc store = { 1, &element };
	OM_uint32 minor;

	return gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, mechs,
				     GSS_C_INITIATE, &store, &c->cred, NULL, NULL);
}

static OM_uint32 with_password(struct krb5_client *c, gss_OID_set mechs, const char *user,
			       const char *password)
{
	gss_buffer_desc secret = { strlen(password), (void *)password };
	gss_name_t name = name_of(user);
	OM_uint32 major, minor;

	major = gss_acquire_cred_with_password(&minor, name, &secret, GSS_C_INDEFINITE, mechs,
					       GSS_C_INITIATE, &c->cred, NULL, NULL);
	gss_release_name(&minor, &name);
	return major;
}

void krb5_client_acquire(struct krb5_client *c, const char *ccache, const char *user,
			 const char *password)
{
	gss_OID_set_desc mechs = { 1, &krb5_oid };
	OM_uint32 major;

	count_start(&c->count);
	if (ccache)
		major = with_cache(c, &mechs, ccache);
	else
		major = with_password(c, &mechs, user, password);
	count_stop(&c->count);
	judge(major, "credential");
}

bool krb5_client_step(struct krb5_client *c, struct span in)
{
	gss_buffer_desc token = { in.len, (void *)in.p }, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor;

	count_start(&c->count);
	major = gss_init_sec_context(&minor, c->cred, &c->ctx, c->target, &krb5_oid, FLAGS, 0,
				     GSS_C_NO_CHANNEL_BINDINGS, &token, NULL, &out, NULL, NULL);
	count_stop(&c->count);
	judge(major, "exchange");
	bytes_set(&c->token, span(out.value, out.length));
	gss_release_buffer(&minor, &out);
	return major == GSS_S_COMPLETE;
}

void krb5_client_end(struct krb5_client *c)
{
	OM_uint32 minor;

	count_start(&c->count);
	gss_delete_sec_context(&minor, &c->ctx, GSS_C_NO_BUFFER);
	gss_release_cred(&minor, &c->cred);
	count_stop(&c->count);
}
