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
#define INIT_MIC	3	/* in NegTokenInit2 it is negHints, and the MIC is [4] */
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

enum cssp_spnego_mech cssp_spnego_bare_mech(const struct cssp_rd *rd)
{
	static const u8 ntlm[] = "NTLMSSP";	/* with its NUL, MS-NLMP 2.2.1 */
	struct cssp_rd whole = *rd, start, gss, oid;

	if (!cssp_rd_sub(&whole, sizeof(ntlm), &start) &&
	    cssp_rd_equal(&start, ntlm, sizeof(ntlm)))
		return CSSP_SPNEGO_NTLM;
	whole = *rd;
	if (cssp_der_get(&whole, CSSP_DER_APPLICATION(0), &gss) ||
	    cssp_der_get(&gss, CSSP_DER_OID, &oid))
		return CSSP_SPNEGO_UNKNOWN;
	return cssp_spnego_mech_of(&oid);
}

static void spnego_msg_put_mech_list(struct cssp_der_wr *w, const enum cssp_spnego_mech *mechs,
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

	spnego_msg_put_mech_list(&w, mechs, count);
	w = cssp_der_wr_in(wr, w.len);
	spnego_msg_put_mech_list(&w, mechs, count);
}

int cssp_spnego_mech_list_open(const struct cssp_rd *mech_list, struct cssp_rd *mechs)
{
	struct cssp_rd whole = *mech_list;

	return cssp_der_get_last(&whole, CSSP_DER_SEQUENCE, mechs);
}

int cssp_spnego_mech_next(struct cssp_rd *mechs, struct cssp_rd *oid)
{
	int ret;

	ret = cssp_der_get(mechs, CSSP_DER_OID, oid);
	if (ret)
		return ret;
	return oid->left ? 0 : -EBADMSG;
}

/* Check the whole list; @mech_list: out: its bytes as they were received. */
static int spnego_msg_get_mech_list(struct cssp_rd *body, struct cssp_rd *mech_list)
{
	struct cssp_rd mechs, oid;
	unsigned int count = 0;
	int ret;

	ret = cssp_der_get(body, CSSP_DER_CONTEXT(MECH_TYPES), mech_list);
	if (ret)
		return ret;
	ret = cssp_spnego_mech_list_open(mech_list, &mechs);
	if (ret)
		return ret;
	do {
		ret = cssp_spnego_mech_next(&mechs, &oid);
		if (ret)
			return ret;
		if (++count > CSSP_SPNEGO_MAX_MECHS)
			return -EBADMSG;
	} while (mechs.left);
	return 0;
}

/* reqFlags has no protection, so it is ignored (RFC 4178 4.2.1). */
static int spnego_msg_skip_req_flags(struct cssp_rd *body)
{
	struct cssp_rd bits;

	if (!cssp_der_is(body, CSSP_DER_CONTEXT(REQ_FLAGS)))
		return 0;
	return cssp_der_get_field(body, REQ_FLAGS, CSSP_DER_BIT_STRING, &bits);
}

/* An optional [@n] OCTET STRING; sets @bit in @present if it is there. */
static int spnego_msg_get_octets(struct cssp_rd *body, unsigned int n, u32 bit, u32 *present,
				 struct cssp_rd *octets)
{
	if (!cssp_der_is(body, CSSP_DER_CONTEXT(n)))
		return 0;
	*present |= bit;
	return cssp_der_get_field(body, n, CSSP_DER_OCTET_STRING, octets);
}

/* NegHints, MS-SPNG 2.2.1: both fields are optional, the address is ignored. */
static int spnego_msg_get_hints(struct cssp_rd *hints, struct cssp_spnego_init *init)
{
	struct cssp_rd address;
	u32 ignored = 0;
	int ret;

	init->present |= CSSP_SPNEGO_HAS_HINT;
	if (cssp_der_is(hints, CSSP_DER_CONTEXT(0))) {
		ret = cssp_der_get_field(hints, 0, CSSP_DER_GENERAL_STRING,
					 &init->hint_name);
		if (ret)
			return ret;
	}
	ret = spnego_msg_get_octets(hints, 1, 0, &ignored, &address);
	if (ret)
		return ret;
	return cssp_rd_end(hints);
}

/*
 * The extension marker of both tokens (RFC 4178 4.2, MS-SPNG 2.2.1): fields of a later version
 * may follow the known ones, of which [@last] is the last one, in the order of their tags.
 */
static int spnego_msg_skip_extensions(struct cssp_rd *body, unsigned int last)
{
	u8 before = CSSP_DER_CONTEXT(last), tag;
	struct cssp_rd ignored;
	int ret;

	while (body->left) {
		ret = cssp_der_any(body, &tag, &ignored);
		if (ret)
			return ret;
		if (tag <= before || tag > CSSP_DER_CONTEXT(CSSP_DER_MAX_TAG))
			return -EBADMSG;
		before = tag;
	}
	return 0;
}

/*
 * [3] is the MIC in NegTokenInit and the hints in NegTokenInit2. The tag of its
 * contents shows which.
 */
static int spnego_msg_get_mic_or_hints(struct cssp_rd *body, struct cssp_spnego_init *init)
{
	struct cssp_rd at = *body, field, hints;
	int ret;

	if (!cssp_der_is(&at, CSSP_DER_CONTEXT(INIT_MIC)))
		return 0;
	ret = cssp_der_get(&at, CSSP_DER_CONTEXT(INIT_MIC), &field);
	if (ret)
		return ret;
	if (!cssp_der_is(&field, CSSP_DER_SEQUENCE))
		return spnego_msg_get_octets(body, INIT_MIC, CSSP_SPNEGO_HAS_MIC, &init->present,
					     &init->mic);
	ret = cssp_der_get_last(&field, CSSP_DER_SEQUENCE, &hints);
	if (ret)
		return ret;
	*body = at;
	return spnego_msg_get_hints(&hints, init);
}

static int spnego_msg_get_init_body(struct cssp_rd *body, struct cssp_spnego_init *init)
{
	int ret;

	ret = spnego_msg_get_mech_list(body, &init->mech_list);
	if (ret)
		return ret;
	ret = spnego_msg_skip_req_flags(body);
	if (ret)
		return ret;
	ret = spnego_msg_get_octets(body, MECH_TOKEN, CSSP_SPNEGO_HAS_TOKEN, &init->present,
				    &init->token);
	if (ret)
		return ret;
	ret = spnego_msg_get_mic_or_hints(body, init);
	if (ret)
		return ret;
	/*
	 * The MIC has one of two places. A second MIC is left in @body, and is no extension,
	 * which has a higher tag.
	 */
	if (!(init->present & CSSP_SPNEGO_HAS_MIC)) {
		ret = spnego_msg_get_octets(body, INIT2_MIC, CSSP_SPNEGO_HAS_MIC, &init->present,
					    &init->mic);
		if (ret)
			return ret;
	}
	return spnego_msg_skip_extensions(body, INIT2_MIC);
}

int cssp_spnego_init_decode(const struct cssp_rd *rd, struct cssp_spnego_init *init)
{
	struct cssp_rd whole = *rd, gss, oid, body;
	int ret;

	*init = (struct cssp_spnego_init){};
	/* InitialContextToken, RFC 2743 3.1 */
	ret = cssp_der_get_last(&whole, CSSP_DER_APPLICATION(0), &gss);
	if (ret)
		return ret;
	ret = cssp_der_get(&gss, CSSP_DER_OID, &oid);
	if (ret)
		return ret;
	if (!cssp_rd_equal(&oid, oid_spnego, sizeof(oid_spnego)))
		return -EBADMSG;
	ret = cssp_der_get_field(&gss, NEG_TOKEN_INIT, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = cssp_rd_end(&gss);
	if (ret)
		return ret;
	return spnego_msg_get_init_body(&body, init);
}

static int spnego_msg_get_state(struct cssp_rd *body, struct cssp_spnego_resp *resp)
{
	struct cssp_rd value;
	int ret;

	if (!cssp_der_is(body, CSSP_DER_CONTEXT(NEG_STATE)))
		return 0;
	ret = cssp_der_get_field(body, NEG_STATE, CSSP_DER_ENUMERATED, &value);
	if (ret)
		return ret;
	ret = cssp_der_u32(&value, &resp->state);
	if (ret)
		return ret;
	resp->present |= CSSP_SPNEGO_HAS_STATE;
	return resp->state <= CSSP_SPNEGO_REQUEST_MIC ? 0 : -EBADMSG;
}

static int spnego_msg_get_supported_mech(struct cssp_rd *body, struct cssp_spnego_resp *resp)
{
	int ret;

	if (!cssp_der_is(body, CSSP_DER_CONTEXT(SUPPORTED_MECH)))
		return 0;
	ret = cssp_der_get_field(body, SUPPORTED_MECH, CSSP_DER_OID, &resp->mech);
	if (ret)
		return ret;
	resp->present |= CSSP_SPNEGO_HAS_MECH;
	return resp->mech.left ? 0 : -EBADMSG;
}

int cssp_spnego_resp_decode(const struct cssp_rd *rd, struct cssp_spnego_resp *resp)
{
	struct cssp_rd whole = *rd, body;
	int ret;

	*resp = (struct cssp_spnego_resp){};
	ret = cssp_der_get_field(&whole, NEG_TOKEN_RESP, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = cssp_rd_end(&whole);
	if (ret)
		return ret;
	ret = spnego_msg_get_state(&body, resp);
	if (ret)
		return ret;
	ret = spnego_msg_get_supported_mech(&body, resp);
	if (ret)
		return ret;
	ret = spnego_msg_get_octets(&body, RESPONSE_TOKEN, CSSP_SPNEGO_HAS_TOKEN, &resp->present,
				    &resp->token);
	if (ret)
		return ret;
	ret = spnego_msg_get_octets(&body, RESP_MIC, CSSP_SPNEGO_HAS_MIC, &resp->present,
				    &resp->mic);
	if (ret)
		return ret;
	return spnego_msg_skip_extensions(&body, RESP_MIC);
}

/* Fields from the last to the first, see struct cssp_der_wr. */
static void spnego_msg_put_init(struct cssp_der_wr *w, const struct cssp_spnego_init *init)
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

	spnego_msg_put_init(&w, init);
	return w.len;
}

void cssp_spnego_init_encode(const struct cssp_spnego_init *init, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_spnego_init_size(init));

	spnego_msg_put_init(&w, init);
}

static void spnego_msg_put_resp(struct cssp_der_wr *w, const struct cssp_spnego_resp *resp)
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

	spnego_msg_put_resp(&w, resp);
	return w.len;
}

void cssp_spnego_resp_encode(const struct cssp_spnego_resp *resp, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_spnego_resp_size(resp));

	spnego_msg_put_resp(&w, resp);
}
