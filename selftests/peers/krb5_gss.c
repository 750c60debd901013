// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos contexts of MIT's GSSAPI. */
#include <ctype.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "krb5_gss.h"

#define TEXT_SIZE	80
#define CFX_HEADER	16	/* of a sealed message, RFC 4121 4.2.6.2 */
#define CFX_RRC		6	/* where its rotation count is */

static gss_OID_desc krb5_oid = { 9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" };
static gss_OID_desc spnego_oid = { 6, "\x2b\x06\x01\x05\x05\x02" };

/* For one line of the report: blanks and control characters become '-'. */
static const char *text_of(gss_buffer_desc *text)
{
	static __thread char line[TEXT_SIZE];
	char *p;

	snprintf(line, sizeof(line), "krb-%.*s", (int)text->length, (char *)text->value);
	for (p = line; *p; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
			*p = '-';
	return line;
}

static const char *error_text(OM_uint32 major, OM_uint32 minor)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 ignored, more = 0;
	const char *line;

	if (minor)
		gss_display_status(&ignored, minor, GSS_C_MECH_CODE, &krb5_oid, &more, &text);
	else
		gss_display_status(&ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &text);
	line = text_of(&text);
	gss_release_buffer(&ignored, &text);
	return line;
}

/* Kerberos alone, in SPNEGO too: another mechanism's library may be installed. */
const char *krb5_acceptor_open(struct krb5_acceptor *acceptor, const char *keytab)
{
	gss_key_value_element_desc element = { "keytab", keytab };
	gss_key_value_set_desc store = { 1, &element };
	gss_OID_desc mechs[] = { krb5_oid, spnego_oid };
	gss_OID_set_desc both = { 2, mechs }, inner = { 1, &krb5_oid };
	OM_uint32 major, minor;

	major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &both,
				      GSS_C_ACCEPT, &store, &acceptor->cred, NULL, NULL);
	if (!GSS_ERROR(major))
		major = gss_set_neg_mechs(&minor, acceptor->cred, &inner);
	return GSS_ERROR(major) ? error_text(major, minor) : NULL;
}

static void read_name(struct krb5_server *s, gss_name_t name)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	char *at;

	if (gss_display_name(&minor, name, &text, NULL))
		return;
	snprintf(s->user, sizeof(s->user), "%.*s", (int)text.length, (char *)text.value);
	gss_release_buffer(&minor, &text);
	at = strrchr(s->user, '@');
	if (!at)
		return;
	*at = '\0';
	snprintf(s->realm, sizeof(s->realm), "%s", at + 1);
}

/* The enctype of the session key: the last arc of the OID beside it. */
static void read_enctype(struct krb5_server *s)
{
	gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
	const uint8_t *arc;
	OM_uint32 minor;

	if (gss_inquire_sec_context_by_oid(&minor, s->ctx, GSS_C_INQ_SSPI_SESSION_KEY, &set))
		return;
	if (set->count == 2 && set->elements[1].length) {
		arc = set->elements[1].value;
		s->enctype = arc[set->elements[1].length - 1];
	}
	memset(set->elements[0].value, 0, set->elements[0].length);
	gss_release_buffer_set(&minor, &set);
}

const char *krb5_accept(struct krb5_server *s, const struct krb5_acceptor *acceptor,
			struct span token)
{
	gss_buffer_desc in = { token.len, (void *)token.p }, out = GSS_C_EMPTY_BUFFER;
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 major, minor, ignored;

	major = gss_accept_sec_context(&minor, &s->ctx, acceptor->cred, &in,
				       GSS_C_NO_CHANNEL_BINDINGS, &name, NULL, &out, &s->flags,
				       NULL, NULL);
	bytes_set(&s->token, span(out.value, out.length));
	gss_release_buffer(&ignored, &out);
	if (name)
		read_name(s, name);
	gss_release_name(&ignored, &name);
	if (GSS_ERROR(major))
		return error_text(major, minor);
	s->done = major == GSS_S_COMPLETE;
	if (s->done)
		read_enctype(s);
	return NULL;
}

void krb5_free(struct krb5_server *s)
{
	OM_uint32 minor;

	gss_delete_sec_context(&minor, &s->ctx, GSS_C_NO_BUFFER);
	bytes_free(&s->token);
}

/* Without a buffer for the trailer, it is rotated into the header. */
void krb5_seal(struct krb5_server *s, struct span plain, struct bytes *out)
{
	struct bytes data = { 0 };
	gss_iov_buffer_desc iov[2] = {
		{ .type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE },
		{ .type = GSS_IOV_BUFFER_TYPE_DATA },
	};
	OM_uint32 minor;

	bytes_span(&data, plain);
	iov[1].buffer = (gss_buffer_desc){ data.len, data.p };
	if (!gss_wrap_iov(&minor, s->ctx, 1, GSS_C_QOP_DEFAULT, NULL, iov, 2)) {
		bytes_add(out, iov[0].buffer.value, iov[0].buffer.length);
		bytes_add(out, iov[1].buffer.value, iov[1].buffer.length);
	}
	gss_release_iov_buffer(&minor, iov, 1);
	bytes_free(&data);
}

void krb5_wrap(struct krb5_server *s, struct span plain, struct bytes *out)
{
	gss_buffer_desc in = { plain.len, (void *)plain.p }, token = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;

	gss_wrap(&minor, s->ctx, 0, GSS_C_QOP_DEFAULT, &in, NULL, &token);
	bytes_add(out, token.value, token.length);
	gss_release_buffer(&minor, &token);
}

/*
 * GSS_S_OLD_TOKEN and the like are no errors for GSSAPI: the result must be 0. The library
 * undoes the rotation in the memory that it is given.
 */
bool krb5_unseal(struct krb5_server *s, struct span sealed, struct bytes *plain)
{
	gss_buffer_desc in, out = GSS_C_EMPTY_BUFFER;
	struct bytes copy = { 0 };
	OM_uint32 major, minor;
	int is_sealed = 0;

	bytes_span(&copy, sealed);
	in = (gss_buffer_desc){ copy.len, copy.p };
	major = gss_unwrap(&minor, s->ctx, &in, &out, &is_sealed, NULL);
	if (!GSS_ERROR(major))
		bytes_add(plain, out.value, out.length);
	gss_release_buffer(&minor, &out);
	bytes_free(&copy);
	return major == GSS_S_COMPLETE && is_sealed;
}

void krb5_sign(struct krb5_server *s, struct span msg, struct bytes *mic)
{
	gss_buffer_desc in = { msg.len, (void *)msg.p }, out = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;

	gss_get_mic(&minor, s->ctx, GSS_C_QOP_DEFAULT, &in, &out);
	bytes_set(mic, span(out.value, out.length));
	gss_release_buffer(&minor, &out);
}

bool krb5_verify(struct krb5_server *s, struct span msg, struct span mic)
{
	gss_buffer_desc in = { msg.len, (void *)msg.p }, token = { mic.len, (void *)mic.p };
	OM_uint32 minor;

	return gss_verify_mic(&minor, s->ctx, &in, &token, NULL) == GSS_S_COMPLETE;
}

/* To the left by what the message has, then to the right by @count. */
void krb5_rotate(struct bytes *sealed, unsigned int count)
{
	struct bytes from = { 0 };
	size_t n, i, old;

	if (sealed->len <= CFX_HEADER)
		return;
	n = sealed->len - CFX_HEADER;
	old = sealed->p[CFX_RRC] << 8 | sealed->p[CFX_RRC + 1];
	bytes_add(&from, sealed->p + CFX_HEADER, n);
	for (i = 0; i < n; i++)
		sealed->p[CFX_HEADER + (i + count) % n] = from.p[(i + old) % n];
	sealed->p[CFX_RRC] = count >> 8;
	sealed->p[CFX_RRC + 1] = count;
	bytes_free(&from);
}
