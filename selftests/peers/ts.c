// SPDX-License-Identifier: GPL-2.0-only
/* TSRequest and TSCredentials. */
#include <string.h>

#include "der.h"
#include "ts.h"

/* [n] EXPLICIT: true with empty @content and *there false when it is absent. */
static bool optional(struct span *in, unsigned int n, struct span *content, bool *there)
{
	*there = der_peek(*in) == (int)DER_CONTEXT(n);
	return !*there || der_take(in, DER_CONTEXT(n), content);
}

static bool octets(struct span wrapped, struct span *out)
{
	return der_take(&wrapped, DER_OCTETS, out) && !wrapped.len;
}

/* negoTokens: SEQUENCE OF SEQUENCE { [0] OCTET STRING }; the first counts. */
static bool first_token(struct span wrapped, struct span *out)
{
	struct span list, item, field;

	return der_take(&wrapped, DER_SEQUENCE, &list) && !wrapped.len &&
	       der_take(&list, DER_SEQUENCE, &item) &&
	       der_take(&item, DER_CONTEXT(0), &field) && !item.len &&
	       octets(field, out);
}

bool ts_decode(struct span msg, struct ts_request *req)
{
	struct span in, f;
	int64_t error;
	bool there;

	*req = (struct ts_request){ 0 };
	if (!der_take(&msg, DER_SEQUENCE, &in) || msg.len)
		return false;
	if (!der_take(&in, DER_CONTEXT(0), &f) || !der_integer(f, &req->version))
		return false;
	if (!optional(&in, 1, &f, &there) || (there && !first_token(f, &req->token)))
		return false;
	req->present |= there ? TS_TOKEN : 0;
	if (!optional(&in, 2, &f, &there) || (there && !octets(f, &req->auth_info)))
		return false;
	req->present |= there ? TS_AUTH_INFO : 0;
	if (!optional(&in, 3, &f, &there) || (there && !octets(f, &req->pub_key)))
		return false;
	req->present |= there ? TS_PUB_KEY : 0;
	if (!optional(&in, 4, &f, &there) || (there && !der_integer(f, &error)))
		return false;
	req->present |= there ? TS_ERROR : 0;
	req->error = there ? (uint32_t)error : 0;
	if (!optional(&in, 5, &f, &there) || (there && !octets(f, &req->nonce)))
		return false;
	req->present |= there ? TS_NONCE : 0;
	return !in.len;
}

static void close_as(struct bytes *b, uint8_t tag, size_t start, enum ts_form form)
{
	if (form == TS_FORM_NON_MINIMAL)
		der_close_long(b, tag, start, 2);
	else
		der_close(b, tag, start);
}

static void put_octets(struct bytes *b, unsigned int n, struct span s, enum ts_form form)
{
	size_t start = b->len;

	bytes_span(b, s);
	close_as(b, DER_OCTETS, start, form);
	close_as(b, DER_CONTEXT(n), start, form);
}

static void put_version(struct bytes *b, int64_t version, enum ts_form form)
{
	uint8_t padded[2] = { 0, version };
	size_t start = b->len;

	if (form == TS_FORM_LONG_INTEGER)
		der_put(b, DER_INTEGER, span(padded, 2));
	else
		der_put_integer(b, form == TS_FORM_NEGATIVE_VERSION ? -6 : version);
	close_as(b, DER_CONTEXT(0), start, form);
}

static void put_tokens(struct bytes *b, struct span token, enum ts_form form)
{
	size_t start = b->len, second;

	if (form == TS_FORM_EMPTY_TOKEN)
		token.len = 0;
	put_octets(b, 0, token, form);
	close_as(b, DER_SEQUENCE, start, form);
	if (form == TS_FORM_TWO_TOKENS) {
		second = b->len;
		put_octets(b, 0, span("second", 6), form);
		close_as(b, DER_SEQUENCE, second, form);
	}
	close_as(b, DER_SEQUENCE, start, form);
	close_as(b, DER_CONTEXT(1), start, form);
}

/* Four octets, as implementations write an NTSTATUS. */
static void put_error(struct bytes *b, uint32_t error, enum ts_form form)
{
	size_t start = b->len;

	if (form == TS_FORM_ERROR_POSITIVE)
		der_put_integer(b, error);
	else
		der_put_integer(b, (int32_t)error);
	close_as(b, DER_CONTEXT(4), start, form);
}

static void put_fields(struct bytes *b, const struct ts_request *req, enum ts_form form)
{
	if (form != TS_FORM_UNORDERED && form != TS_FORM_NO_VERSION)
		put_version(b, req->version, form);
	if (form == TS_FORM_DUPLICATE)
		put_version(b, req->version, form);
	if (req->present & TS_TOKEN)
		put_tokens(b, req->token, form);
	if (req->present & TS_AUTH_INFO)
		put_octets(b, 2, req->auth_info, form);
	if (form == TS_FORM_AUTH_INFO)
		put_octets(b, 2, span("sixteen bytes ab sealed", 23), form);
	if (req->present & TS_PUB_KEY)
		put_octets(b, 3, req->pub_key, form);
	if (req->present & TS_ERROR)
		put_error(b, req->error, form);
	if (req->present & TS_NONCE)
		put_octets(b, 5, req->nonce, form);
	if (form == TS_FORM_UNORDERED)
		put_version(b, req->version, form);
	if (form == TS_FORM_UNKNOWN)
		put_octets(b, 6, span("six", 3), form);
	if (form == TS_FORM_TRAILING)
		bytes_add(b, "\x05\x00", 2);
	if (form == TS_FORM_OVER_LIMIT)
		bytes_zero(b, 70000);
	if (form == TS_FORM_INNER_LENGTH)
		bytes_add(b, "\xa5\x22\x04\x30\x00", 5);
}

void ts_encode(const struct ts_request *req, enum ts_form form, struct bytes *out)
{
	static const uint8_t huge[] = { DER_SEQUENCE, 0x84, 0x7f, 0xff, 0xff, 0xff };
	static const uint8_t indefinite[] = { DER_SEQUENCE, 0x80 };
	size_t start = out->len;

	put_fields(out, req, form);
	switch (form) {
	case TS_FORM_HUGE:
		bytes_insert(out, start, huge, sizeof(huge));
		break;
	case TS_FORM_INDEFINITE:
		bytes_insert(out, start, indefinite, sizeof(indefinite));
		bytes_zero(out, 2);
		break;
	case TS_FORM_TAG:
		der_close(out, 0x31, start);
		break;
	default:
		close_as(out, DER_SEQUENCE, start, form);
	}
	if (form == TS_FORM_AFTER)
		bytes_add(out, "\x00\x00\x00\x00\x00\x00", 6);
}

static bool string_field(struct span *in, unsigned int n, struct span *out)
{
	struct span f;

	return der_take(in, DER_CONTEXT(n), &f) && octets(f, out) && !(out->len & 1);
}

bool ts_credentials_decode(struct span msg, struct ts_password *creds)
{
	struct span in, f, inner;
	int64_t type;

	if (!der_take(&msg, DER_SEQUENCE, &in) || msg.len)
		return false;
	if (!der_take(&in, DER_CONTEXT(0), &f) || !der_integer(f, &type) || type != 1)
		return false;
	if (!der_take(&in, DER_CONTEXT(1), &f) || in.len || !octets(f, &inner))
		return false;
	if (!der_take(&inner, DER_SEQUENCE, &in) || inner.len)
		return false;
	return string_field(&in, 0, &creds->domain) && string_field(&in, 1, &creds->user) &&
	       string_field(&in, 2, &creds->password) && !in.len;
}
