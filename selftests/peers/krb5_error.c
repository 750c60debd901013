// SPDX-License-Identifier: GPL-2.0-only
/* KRB-ERRORs. */
#include <string.h>

#include "der.h"
#include "krb5_error.h"
#include "spnego.h"

#define APPLICATION_0	0x60
#define APPLICATION_30	0x7e
#define KERBEROS_TIME	0x18	/* GeneralizedTime */
#define KERBEROS_STRING	0x1b	/* GeneralString */
#define NT_SRV_INST	2
#define KRB_ERROR	30	/* msg-type */

static const uint8_t tok_id[] = { 3, 0 };

static void put_integer(struct bytes *b, unsigned int field, int64_t v)
{
	size_t start = b->len;

	der_put_integer(b, v);
	der_close(b, DER_CONTEXT(field), start);
}

static void put_text(struct bytes *b, unsigned int field, uint8_t tag, const char *text)
{
	size_t start = b->len;

	der_put(b, tag, span(text, strlen(text)));
	der_close(b, DER_CONTEXT(field), start);
}

static void put_time(struct bytes *b, unsigned int field, time_t now)
{
	char text[sizeof("20000101000000Z")];
	struct tm tm;

	strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", gmtime_r(&now, &tm));
	put_text(b, field, KERBEROS_TIME, text);
}

/* PrincipalName, RFC 4120 5.2.2 */
static void put_name(struct bytes *b, unsigned int field, const char *service,
		     const char *host)
{
	size_t start = b->len, names;

	put_integer(b, 0, NT_SRV_INST);
	names = b->len;
	der_put(b, KERBEROS_STRING, span(service, strlen(service)));
	der_put(b, KERBEROS_STRING, span(host, strlen(host)));
	der_close(b, DER_SEQUENCE, names);
	der_close(b, DER_CONTEXT(1), names);
	der_close(b, DER_SEQUENCE, start);
	der_close(b, DER_CONTEXT(field), start);
}

void krb5_error_message(int code, time_t now, const char *realm, struct bytes *out)
{
	size_t start = out->len;

	put_integer(out, 0, 5);
	put_integer(out, 1, KRB_ERROR);
	put_time(out, 4, now);
	put_integer(out, 5, 0);
	put_integer(out, 6, code);
	put_text(out, 9, KERBEROS_STRING, realm);
	put_name(out, 10, "krbtgt", realm);
	der_close(out, DER_SEQUENCE, start);
	der_close(out, APPLICATION_30, start);
}

void krb5_error_token(int code, time_t now, struct bytes *out)
{
	size_t start = out->len;

	der_put(out, DER_OID, spnego_krb5_oid);
	bytes_add(out, tok_id, sizeof(tok_id));
	krb5_error_message(code, now, "CREDSSP.TEST", out);
	der_close(out, APPLICATION_0, start);
}
