// SPDX-License-Identifier: GPL-2.0-only
/* SPNEGO's tokens, RFC 4178 4.2 and MS-SPNG 2.2.1 */
#include "spnego_msg.h"

#include <linux/kernel.h>
#include "der.h"

/* Tags of the two alternatives of NegotiationToken */
#define NEG_TOKEN_INIT	0
#define NEG_TOKEN_RESP	1

/* NegTokenInit */
#define MECH_TYPES	0
#define REQ_FLAGS	1
#define MECH_TOKEN	2
#define INIT_MIC	3	/* in NegTokenInit2 negHints, and the MIC is [4] */
#define INIT2_MIC	4

/* NegTokenResp */
#define NEG_STATE	0
#define SUPPORTED_MECH	1
#define RESPONSE_TOKEN	2
#define RESP_MIC	3

/* 1.3.6.1.5.5.2, RFC 4178 4.2 */
static const u8 oid_spnego[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 };

static const u8 oid_ms_krb5[] = {
	0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02
};

static const u8 oid_krb5[] = {
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02
};

static const u8 oid_krb5_u2u[] = {
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03
};

static const u8 oid_ntlm[] = {
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a
};

static const u8 oid_negoex[] = {
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e
};

static const u8 oid_iakerb[] = { 0x2b, 0x06, 0x01, 0x05, 0x02, 0x05 };
static const u8 oid_pku2u[] = { 0x2b, 0x06, 0x01, 0x05, 0x02, 0x07 };

#define OID(array)	{ .p = (array), .left = sizeof(array) }

static const struct cssp_rd oids[CSSP_SPNEGO_MECHS] = {
	[CSSP_SPNEGO_MS_KRB5]	= OID(oid_ms_krb5),
	[CSSP_SPNEGO_KRB5]	= OID(oid_krb5),
	[CSSP_SPNEGO_KRB5_U2U]	= OID(oid_krb5_u2u),
	[CSSP_SPNEGO_NTLM]	= OID(oid_ntlm),
	[CSSP_SPNEGO_NEGOEX]	= OID(oid_negoex),
	[CSSP_SPNEGO_IAKERB]	= OID(oid_iakerb),
	[CSSP_SPNEGO_PKU2U]	= OID(oid_pku2u),
};

struct cssp_rd cssp_spnego_oid(enum cssp_spnego_mech mech)
{
	return oids[mech];
}

enum cssp_spnego_mech cssp_spnego_mech_of(const struct cssp_rd *oid)
{
	unsigned int mech;

	for (mech = CSSP_SPNEGO_UNKNOWN + 1; mech < CSSP_SPNEGO_MECHS; mech++)
		if (cssp_rd_equal(oid, oids[mech].p, oids[mech].left))
			return mech;
	return CSSP_SPNEGO_UNKNOWN;
}

static void put_mech_list(struct cssp_der_wr *w, const enum cssp_spnego_mech *mechs,
			  unsigned int count)
{
	size_t mark = w->len;

	while (count--)
		cssp_der_put_tlv(w, CSSP_DER_OID, &oids[mechs[count]]);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
}

void cssp_spnego_mech_list_encode(const enum cssp_spnego_mech *mechs, unsigned int count,
				  struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	put_mech_list(&w, mechs, count);
	w = cssp_der_wr_in(wr, w.len);
	put_mech_list(&w, mechs, count);
}

int cssp_spnego_mech_list_open(const struct cssp_rd *mech_list, struct cssp_rd *mechs)
{
	struct cssp_rd whole = *mech_list;

	return cssp_der_get_last(&whole, CSSP_DER_SEQUENCE, mechs);
}

int cssp_spnego_mech_next(struct cssp_rd *mechs, struct cssp_rd *oid)
{
	int err;

	err = cssp_der_get(mechs, CSSP_DER_OID, oid);
	if (err)
		return err;
	return oid->left ? 0 : -EBADMSG;
}

/* The list, all of it well-formed, as the very bytes that stand there. */
static int get_mech_list(struct cssp_rd *body, struct cssp_rd *mech_list)
{
	struct cssp_rd mechs, oid;
	unsigned int count = 0;
	int err;

	err = cssp_der_get(body, CSSP_DER_CONTEXT(MECH_TYPES), mech_list);
	if (err)
		return err;
	err = cssp_spnego_mech_list_open(mech_list, &mechs);
	if (err)
		return err;
	do {
		err = cssp_spnego_mech_next(&mechs, &oid);
		if (err)
			return err;
		if (++count > CSSP_SPNEGO_MAX_MECHS)
			return -EBADMSG;
	} while (mechs.left);
	return 0;
}

/* reqFlags: not protected by anything, so ignored (RFC 4178 4.2.1). */
static int skip_req_flags(struct cssp_rd *body)
{
	struct cssp_rd bits;

	if (!cssp_der_is(body, CSSP_DER_CONTEXT(REQ_FLAGS)))
		return 0;
	return cssp_der_get_field(body, REQ_FLAGS, CSSP_DER_BIT_STRING, &bits);
}

/* An optional [@n] OCTET STRING; sets @bit when it is there. */
static int get_octets(struct cssp_rd *body, unsigned int n, u32 bit, u32 *present,
		      struct cssp_rd *octets)
{
	if (!cssp_der_is(body, CSSP_DER_CONTEXT(n)))
		return 0;
	*present |= bit;
	return cssp_der_get_field(body, n, CSSP_DER_OCTET_STRING, octets);
}

/* NegHints, MS-SPNG 2.2.1: both fields optional, the address never used. */
static int get_hints(struct cssp_rd *hints, struct cssp_spnego_init *init)
{
	struct cssp_rd address;
	u32 ignored = 0;
	int err;

	init->present |= CSSP_SPNEGO_HAS_HINT;
	if (cssp_der_is(hints, CSSP_DER_CONTEXT(0))) {
		err = cssp_der_get_field(hints, 0, CSSP_DER_GENERAL_STRING,
					 &init->hint_name);
		if (err)
			return err;
	}
	err = get_octets(hints, 1, 0, &ignored, &address);
	if (err)
		return err;
	return cssp_rd_end(hints);
}

/* [3] is the MIC in NegTokenInit and the hints in NegTokenInit2: its contents tell. */
static int get_mic_or_hints(struct cssp_rd *body, struct cssp_spnego_init *init)
{
	struct cssp_rd at = *body, field, hints;
	int err;

	if (!cssp_der_is(&at, CSSP_DER_CONTEXT(INIT_MIC)))
		return 0;
	err = cssp_der_get(&at, CSSP_DER_CONTEXT(INIT_MIC), &field);
	if (err)
		return err;
	if (!cssp_der_is(&field, CSSP_DER_SEQUENCE))
		return get_octets(body, INIT_MIC, CSSP_SPNEGO_HAS_MIC, &init->present,
				  &init->mic);
	err = cssp_der_get_last(&field, CSSP_DER_SEQUENCE, &hints);
	if (err)
		return err;
	*body = at;
	return get_hints(&hints, init);
}

static int get_init_body(struct cssp_rd *body, struct cssp_spnego_init *init)
{
	int err;

	err = get_mech_list(body, &init->mech_list);
	if (err)
		return err;
	err = skip_req_flags(body);
	if (err)
		return err;
	err = get_octets(body, MECH_TOKEN, CSSP_SPNEGO_HAS_TOKEN, &init->present,
			 &init->token);
	if (err)
		return err;
	err = get_mic_or_hints(body, init);
	if (err)
		return err;
	/* Never both: the MIC has one place or the other. */
	if (!(init->present & CSSP_SPNEGO_HAS_MIC)) {
		err = get_octets(body, INIT2_MIC, CSSP_SPNEGO_HAS_MIC, &init->present,
				 &init->mic);
		if (err)
			return err;
	}
	return cssp_rd_end(body);
}

int cssp_spnego_init_decode(const struct cssp_rd *rd, struct cssp_spnego_init *init)
{
	struct cssp_rd whole = *rd, gss, oid, body;
	int err;

	*init = (struct cssp_spnego_init){};
	/* InitialContextToken, RFC 2743 3.1 */
	err = cssp_der_get_last(&whole, CSSP_DER_APPLICATION(0), &gss);
	if (err)
		return err;
	err = cssp_der_get(&gss, CSSP_DER_OID, &oid);
	if (err)
		return err;
	if (!cssp_rd_equal(&oid, oid_spnego, sizeof(oid_spnego)))
		return -EBADMSG;
	err = cssp_der_get_field(&gss, NEG_TOKEN_INIT, CSSP_DER_SEQUENCE, &body);
	if (err)
		return err;
	err = cssp_rd_end(&gss);
	if (err)
		return err;
	return get_init_body(&body, init);
}

static int get_state(struct cssp_rd *body, struct cssp_spnego_resp *resp)
{
	struct cssp_rd value;
	int err;

	if (!cssp_der_is(body, CSSP_DER_CONTEXT(NEG_STATE)))
		return 0;
	err = cssp_der_get_field(body, NEG_STATE, CSSP_DER_ENUMERATED, &value);
	if (err)
		return err;
	err = cssp_der_u32(&value, &resp->state);
	if (err)
		return err;
	resp->present |= CSSP_SPNEGO_HAS_STATE;
	return resp->state <= CSSP_SPNEGO_REQUEST_MIC ? 0 : -EBADMSG;
}

static int get_supported_mech(struct cssp_rd *body, struct cssp_spnego_resp *resp)
{
	int err;

	if (!cssp_der_is(body, CSSP_DER_CONTEXT(SUPPORTED_MECH)))
		return 0;
	err = cssp_der_get_field(body, SUPPORTED_MECH, CSSP_DER_OID, &resp->mech);
	if (err)
		return err;
	resp->present |= CSSP_SPNEGO_HAS_MECH;
	return resp->mech.left ? 0 : -EBADMSG;
}

int cssp_spnego_resp_decode(const struct cssp_rd *rd, struct cssp_spnego_resp *resp)
{
	struct cssp_rd whole = *rd, body;
	int err;

	*resp = (struct cssp_spnego_resp){};
	err = cssp_der_get_field(&whole, NEG_TOKEN_RESP, CSSP_DER_SEQUENCE, &body);
	if (err)
		return err;
	err = cssp_rd_end(&whole);
	if (err)
		return err;
	err = get_state(&body, resp);
	if (err)
		return err;
	err = get_supported_mech(&body, resp);
	if (err)
		return err;
	err = get_octets(&body, RESPONSE_TOKEN, CSSP_SPNEGO_HAS_TOKEN, &resp->present,
			 &resp->token);
	if (err)
		return err;
	err = get_octets(&body, RESP_MIC, CSSP_SPNEGO_HAS_MIC, &resp->present,
			 &resp->mic);
	if (err)
		return err;
	return cssp_rd_end(&body);
}

/* From the last field to the first, see struct cssp_der_wr. */
static void put_init(struct cssp_der_wr *w, const struct cssp_spnego_init *init)
{
	size_t mark = w->len, list;

	if (init->present & CSSP_SPNEGO_HAS_MIC)
		cssp_der_put_field(w, INIT_MIC, CSSP_DER_OCTET_STRING, &init->mic);
	if (init->present & CSSP_SPNEGO_HAS_TOKEN)
		cssp_der_put_field(w, MECH_TOKEN, CSSP_DER_OCTET_STRING, &init->token);
	list = w->len;
	cssp_der_put_rd(w, &init->mech_list);
	cssp_der_wrap(w, list, CSSP_DER_CONTEXT(MECH_TYPES));
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(NEG_TOKEN_INIT));
	list = w->len;
	cssp_der_put(w, oid_spnego, sizeof(oid_spnego));
	cssp_der_wrap(w, list, CSSP_DER_OID);
	cssp_der_wrap(w, mark, CSSP_DER_APPLICATION(0));
}

size_t cssp_spnego_init_size(const struct cssp_spnego_init *init)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	put_init(&w, init);
	return w.len;
}

void cssp_spnego_init_encode(const struct cssp_spnego_init *init, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_spnego_init_size(init));

	put_init(&w, init);
}

static void put_resp(struct cssp_der_wr *w, const struct cssp_spnego_resp *resp)
{
	size_t mark = w->len;

	if (resp->present & CSSP_SPNEGO_HAS_MIC)
		cssp_der_put_field(w, RESP_MIC, CSSP_DER_OCTET_STRING, &resp->mic);
	if (resp->present & CSSP_SPNEGO_HAS_TOKEN)
		cssp_der_put_field(w, RESPONSE_TOKEN, CSSP_DER_OCTET_STRING,
				   &resp->token);
	if (resp->present & CSSP_SPNEGO_HAS_MECH)
		cssp_der_put_field(w, SUPPORTED_MECH, CSSP_DER_OID, &resp->mech);
	if (resp->present & CSSP_SPNEGO_HAS_STATE)
		cssp_der_put_field_u32(w, NEG_STATE, CSSP_DER_ENUMERATED, resp->state);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(NEG_TOKEN_RESP));
}

size_t cssp_spnego_resp_size(const struct cssp_spnego_resp *resp)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	put_resp(&w, resp);
	return w.len;
}

void cssp_spnego_resp_encode(const struct cssp_spnego_resp *resp, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_spnego_resp_size(resp));

	put_resp(&w, resp);
}
