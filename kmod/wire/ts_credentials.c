// SPDX-License-Identifier: GPL-2.0-only
/* TSCredentials with TSPasswordCreds, MS-CSSP 2.2.1.2 */
#include "ts_credentials.h"

#include <uapi/linux/credssp.h>
#include "der.h"
#include "utf16.h"

#define CRED_TYPE_PASSWORD	1
#define CRED_TYPE_SMART_CARD	2
#define CRED_TYPE_REMOTE_GUARD	6

/* The uapi limits UTF-8; UTF-16 takes at most twice as many bytes. */
#define NAME_MAX_BYTES		(2 * CREDSSP_MAX_NAME)
#define PASSWORD_MAX_BYTES	(2 * CREDSSP_MAX_PASSWORD)

static int ts_credentials_get_string(struct cssp_rd *body, unsigned int n, size_t max,
				     struct cssp_rd *string)
{
	int ret;

	ret = cssp_der_get_field(body, n, CSSP_DER_OCTET_STRING, string);
	if (ret)
		return ret;
	if (string->left > max)
		return -EMSGSIZE;
	return cssp_utf16_check(string);
}

static int ts_credentials_get_password(struct cssp_rd *rd,
				       struct cssp_ts_password_creds *creds)
{
	struct cssp_rd body;
	int ret;

	ret = cssp_der_get_last(rd, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = ts_credentials_get_string(&body, 0, NAME_MAX_BYTES, &creds->domain);
	if (ret)
		return ret;
	ret = ts_credentials_get_string(&body, 1, NAME_MAX_BYTES, &creds->user);
	if (ret)
		return ret;
	ret = ts_credentials_get_string(&body, 2, PASSWORD_MAX_BYTES, &creds->password);
	if (ret)
		return ret;
	return cssp_rd_end(&body);
}

static int ts_credentials_check_type(struct cssp_rd *body)
{
	struct cssp_rd integer;
	u32 type;
	int ret;

	ret = cssp_der_get_field(body, 0, CSSP_DER_INTEGER, &integer);
	if (ret)
		return ret;
	ret = cssp_der_u32(&integer, &type);
	if (ret)
		return ret;
	switch (type) {
	case CRED_TYPE_PASSWORD:
		return 0;
	case CRED_TYPE_SMART_CARD:
	case CRED_TYPE_REMOTE_GUARD:
		return -EOPNOTSUPP;
	default:
		return -EBADMSG;
	}
}

int cssp_ts_credentials_decode(const struct cssp_rd *rd,
			       struct cssp_ts_password_creds *creds)
{
	struct cssp_rd whole = *rd, body, inner;
	int ret;

	*creds = (struct cssp_ts_password_creds){};
	ret = cssp_der_get_last(&whole, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = ts_credentials_check_type(&body);
	if (ret)
		return ret;
	ret = cssp_der_get_field(&body, 1, CSSP_DER_OCTET_STRING, &inner);
	if (ret)
		return ret;
	ret = cssp_rd_end(&body);
	if (ret)
		return ret;
	return ts_credentials_get_password(&inner, creds);
}

/* Fields from the last to the first, see struct cssp_der_wr. */
static void ts_credentials_put(struct cssp_der_wr *w,
			       const struct cssp_ts_password_creds *creds)
{
	size_t mark = w->len;

	cssp_der_put_field(w, 2, CSSP_DER_OCTET_STRING, &creds->password);
	cssp_der_put_field(w, 1, CSSP_DER_OCTET_STRING, &creds->user);
	cssp_der_put_field(w, 0, CSSP_DER_OCTET_STRING, &creds->domain);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
	cssp_der_wrap(w, mark, CSSP_DER_OCTET_STRING);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(1));
	cssp_der_put_field_u32(w, 0, CSSP_DER_INTEGER, CRED_TYPE_PASSWORD);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
}

size_t cssp_ts_credentials_size(const struct cssp_ts_password_creds *creds)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	ts_credentials_put(&w, creds);
	return w.len;
}

void cssp_ts_credentials_encode(const struct cssp_ts_password_creds *creds,
				struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_ts_credentials_size(creds));

	ts_credentials_put(&w, creds);
}
