// SPDX-License-Identifier: GPL-2.0-only
/* TSRequest, MS-CSSP 2.2.1 */
#include "ts_request.h"

#include <linux/kernel.h>
#include <uapi/linux/credssp.h>
#include "der.h"

/* Field numbers */
#define VERSION		0
#define NEGO_TOKENS	1
#define AUTH_INFO	2
#define PUB_KEY_AUTH	3
#define ERROR_CODE	4
#define CLIENT_NONCE	5

/*
 * negoTokens is a SEQUENCE OF SEQUENCE { [0] OCTET STRING }. No peer sends a second
 * token, so it is an error.
 */
static int ts_request_get_nego_tokens(struct cssp_rd *body, struct cssp_rd *token)
{
	struct cssp_rd list, item;
	int ret;

	ret = cssp_der_get_field(body, NEGO_TOKENS, CSSP_DER_SEQUENCE, &list);
	if (ret)
		return ret;
	ret = cssp_der_get_last(&list, CSSP_DER_SEQUENCE, &item);
	if (ret)
		return ret;
	ret = cssp_der_get_field(&item, 0, CSSP_DER_OCTET_STRING, token);
	if (ret)
		return ret;
	return cssp_rd_end(&item);
}

static int ts_request_get_version(struct cssp_rd *body, u32 *version)
{
	struct cssp_rd integer;
	int ret;

	ret = cssp_der_get_field(body, VERSION, CSSP_DER_INTEGER, &integer);
	if (ret)
		return ret;
	return cssp_der_u32(&integer, version);
}

static int ts_request_get_error_code(struct cssp_rd *body, u32 *code)
{
	struct cssp_rd integer;
	int ret;

	ret = cssp_der_get_field(body, ERROR_CODE, CSSP_DER_INTEGER, &integer);
	if (ret)
		return ret;
	return cssp_der_status(&integer, code);
}

static int ts_request_get_nonce(struct cssp_rd *body, struct cssp_rd *nonce)
{
	int ret;

	ret = cssp_der_get_field(body, CLIENT_NONCE, CSSP_DER_OCTET_STRING, nonce);
	if (ret)
		return ret;
	return nonce->left == CSSP_NONCE_SIZE ? 0 : -EBADMSG;
}

/* Read the optional field @number into @req. */
static int ts_request_get_optional(struct cssp_rd *body, unsigned int number,
				   struct cssp_ts_request *req)
{
	switch (number) {
	case NEGO_TOKENS:
		req->present |= CSSP_TS_NEGO_TOKEN;
		return ts_request_get_nego_tokens(body, &req->nego_token);
	case AUTH_INFO:
		req->present |= CSSP_TS_AUTH_INFO;
		return cssp_der_get_field(body, number, CSSP_DER_OCTET_STRING,
					  &req->auth_info);
	case PUB_KEY_AUTH:
		req->present |= CSSP_TS_PUB_KEY_AUTH;
		return cssp_der_get_field(body, number, CSSP_DER_OCTET_STRING,
					  &req->pub_key_auth);
	case ERROR_CODE:
		req->present |= CSSP_TS_ERROR_CODE;
		return ts_request_get_error_code(body, &req->error_code);
	default:
		req->present |= CSSP_TS_CLIENT_NONCE;
		return ts_request_get_nonce(body, &req->client_nonce);
	}
}

int cssp_ts_request_decode(const struct cssp_rd *rd, struct cssp_ts_request *req)
{
	struct cssp_rd whole = *rd, body;
	unsigned int number;
	int ret;

	*req = (struct cssp_ts_request){};
	ret = cssp_der_get_last(&whole, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = ts_request_get_version(&body, &req->version);
	if (ret)
		return ret;
	/*
	 * In ascending order, each once. Any other field (repeated, unknown or out of order)
	 * is left in @body, and cssp_rd_end() refuses it.
	 */
	for (number = NEGO_TOKENS; number <= CLIENT_NONCE; number++) {
		if (!cssp_der_is(&body, CSSP_DER_CONTEXT(number)))
			continue;
		ret = ts_request_get_optional(&body, number, req);
		if (ret)
			return ret;
	}
	return cssp_rd_end(&body);
}

static void ts_request_put_nego_tokens(struct cssp_der_wr *w, const struct cssp_rd *token)
{
	size_t mark = w->len;

	cssp_der_put_field(w, 0, CSSP_DER_OCTET_STRING, token);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(NEGO_TOKENS));
}

/* Four octets of two's complement, as mstsc accepts and other implementations send. */
static void ts_request_put_error_code(struct cssp_der_wr *w, u32 code)
{
	struct cssp_rd contents;
	u8 octets[4];
	struct cssp_wr wr = cssp_wr_of(octets, sizeof(octets));

	cssp_wr_be32(&wr, code);
	contents = cssp_rd_of(octets, sizeof(octets));
	cssp_der_put_field(w, ERROR_CODE, CSSP_DER_INTEGER, &contents);
}

/* Fields from the last to the first, see struct cssp_der_wr. */
static void ts_request_put(struct cssp_der_wr *w, const struct cssp_ts_request *req)
{
	size_t mark = w->len;

	if (req->present & CSSP_TS_CLIENT_NONCE)
		cssp_der_put_field(w, CLIENT_NONCE, CSSP_DER_OCTET_STRING,
				   &req->client_nonce);
	if (req->present & CSSP_TS_ERROR_CODE)
		ts_request_put_error_code(w, req->error_code);
	if (req->present & CSSP_TS_PUB_KEY_AUTH)
		cssp_der_put_field(w, PUB_KEY_AUTH, CSSP_DER_OCTET_STRING,
				   &req->pub_key_auth);
	if (req->present & CSSP_TS_AUTH_INFO)
		cssp_der_put_field(w, AUTH_INFO, CSSP_DER_OCTET_STRING,
				   &req->auth_info);
	if (req->present & CSSP_TS_NEGO_TOKEN)
		ts_request_put_nego_tokens(w, &req->nego_token);
	cssp_der_put_field_u32(w, VERSION, CSSP_DER_INTEGER, req->version);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
}

size_t cssp_ts_request_size(const struct cssp_ts_request *req)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	ts_request_put(&w, req);
	return w.len;
}

void cssp_ts_request_encode(const struct cssp_ts_request *req, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_ts_request_size(req));

	ts_request_put(&w, req);
}

int cssp_ts_request_total(const struct cssp_rd *rd, size_t *total)
{
	struct cssp_rd at = *rd;
	size_t header, len;
	u8 tag;
	int ret;

	if (at.left && !cssp_der_is(&at, CSSP_DER_SEQUENCE))
		return -EBADMSG;
	ret = cssp_der_header(&at, &tag, &len);
	if (ret)
		return ret;
	header = rd->left - at.left;
	if (len > CREDSSP_MAX_TOKEN - header)
		return -EMSGSIZE;
	*total = header + len;
	return 0;
}
