// SPDX-License-Identifier: GPL-2.0-only
/* SPNEGO tokens. */
#include "der.h"
#include "spnego.h"

#define APPLICATION_0	0x60

static const uint8_t spnego_oid[] = { 0x2b, 6, 1, 5, 5, 2 };
static const uint8_t ntlm_oid[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0a };
static const uint8_t krb5_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2 };
static const uint8_t ms_krb5_oid[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2 };
static const uint8_t u2u_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 3 };

const struct span spnego_ntlm_oid = { ntlm_oid, sizeof(ntlm_oid) };
const struct span spnego_krb5_oid = { krb5_oid, sizeof(krb5_oid) };
const struct span spnego_ms_krb5_oid = { ms_krb5_oid, sizeof(ms_krb5_oid) };
const struct span spnego_u2u_oid = { u2u_oid, sizeof(u2u_oid) };

/* The OID of an initial context token, RFC 2743 3.1. */
static bool token_oid(struct span token, struct span *oid)
{
	struct span in;

	return der_take(&token, APPLICATION_0, &in) && der_take(&in, DER_OID, oid);
}

bool spnego_is_krb5(struct span token)
{
	struct span oid;

	return token_oid(token, &oid) && (span_equal(oid, spnego_krb5_oid) ||
					  span_equal(oid, spnego_u2u_oid));
}

bool spnego_is_init(struct span token)
{
	return der_peek(token) == APPLICATION_0 && !spnego_is_krb5(token);
}

static bool read_list(struct span wrapped, struct spnego_init *init)
{
	struct span list, oid;
	bool first = true;

	init->list = wrapped;
	if (!der_take(&wrapped, DER_SEQUENCE, &list) || wrapped.len)
		return false;
	for (; list.len; first = false) {
		if (!der_take(&list, DER_OID, &oid))
			return false;
		init->krb5 |= span_equal(oid, spnego_krb5_oid) ||
			      span_equal(oid, spnego_ms_krb5_oid);
		if (!span_equal(oid, spnego_ntlm_oid))
			continue;
		init->ntlm = true;
		init->ntlm_first |= first;
	}
	return true;
}

static bool read_octets(struct span wrapped, struct span *out)
{
	return der_take(&wrapped, DER_OCTETS, out) && !wrapped.len;
}

bool spnego_read_init(struct span token, struct spnego_init *init)
{
	struct span in, oid, body, f;

	*init = (struct spnego_init){ 0 };
	if (!der_take(&token, APPLICATION_0, &in) || token.len)
		return false;
	if (!der_take(&in, DER_OID, &oid) ||
	    !span_equal(oid, span(spnego_oid, sizeof(spnego_oid))))
		return false;
	if (!der_take(&in, DER_CONTEXT(0), &body) || in.len)
		return false;
	if (!der_take(&body, DER_SEQUENCE, &in) || body.len)
		return false;
	if (!der_take(&in, DER_CONTEXT(0), &f) || !read_list(f, init))
		return false;
	if (der_peek(in) == DER_CONTEXT(1) && !der_skip(&in))
		return false;
	if (der_peek(in) == DER_CONTEXT(2))
		return der_take(&in, DER_CONTEXT(2), &f) && read_octets(f, &init->token);
	return true;
}

bool spnego_read_resp(struct span token, struct spnego_resp *resp)
{
	struct span in, body, f, state;

	*resp = (struct spnego_resp){ .state = SPNEGO_NO_STATE };
	if (!der_take(&token, DER_CONTEXT(1), &body) || token.len)
		return false;
	if (!der_take(&body, DER_SEQUENCE, &in) || body.len)
		return false;
	if (der_peek(in) == DER_CONTEXT(0)) {
		if (!der_take(&in, DER_CONTEXT(0), &f) ||
		    !der_take(&f, DER_ENUM, &state) || state.len != 1)
			return false;
		resp->state = state.p[0];
	}
	if (der_peek(in) == DER_CONTEXT(1) &&
	    (!der_take(&in, DER_CONTEXT(1), &f) || !der_take(&f, DER_OID, &resp->mech)))
		return false;
	if (der_peek(in) == DER_CONTEXT(2) &&
	    (!der_take(&in, DER_CONTEXT(2), &f) || !read_octets(f, &resp->token)))
		return false;
	if (der_peek(in) == DER_CONTEXT(3) &&
	    (!der_take(&in, DER_CONTEXT(3), &f) || !read_octets(f, &resp->mic)))
		return false;
	return !in.len;
}

static void put_wrapped(struct bytes *b, unsigned int n, uint8_t tag, struct span content)
{
	size_t start = b->len;

	if (!content.len)
		return;
	der_put(b, tag, content);
	der_close(b, DER_CONTEXT(n), start);
}

void spnego_write_resp(const struct spnego_resp *resp, struct bytes *out)
{
	uint8_t state = resp->state;
	size_t start = out->len;

	if (resp->state != SPNEGO_NO_STATE)
		put_wrapped(out, 0, DER_ENUM, span(&state, 1));
	put_wrapped(out, 1, DER_OID, resp->mech);
	put_wrapped(out, 2, DER_OCTETS, resp->token);
	put_wrapped(out, 3, DER_OCTETS, resp->mic);
	der_close(out, DER_SEQUENCE, start);
	der_close(out, DER_CONTEXT(1), start);
}
