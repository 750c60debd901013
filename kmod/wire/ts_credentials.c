// SPDX-License-Identifier: GPL-2.0-only
/* TSCredentials with TSPasswordCreds, MS-CSSP 2.2.1.2 */
#include "ts_credentials.h"

#include <uapi/linux/credssp.h>
#include "der.h"
#include "utf16.h"

#define CRED_TYPE_PASSWORD	1
#define CRED_TYPE_SMART_CARD	2
#define CRED_TYPE_REMOTE_GUARD	6

/* The uapi's limits are of UTF-8; UTF-16 takes at most twice as much. */
#define NAME_MAX_BYTES		(2 * CREDSSP_MAX_NAME)
#define PASSWORD_MAX_BYTES	(2 * CREDSSP_MAX_PASSWORD)

static int get_string(struct cssp_rd *body, unsigned int n, size_t max,
		      struct cssp_rd *string)
{
	int err;

	err = cssp_der_get_field(body, n, CSSP_DER_OCTET_STRING, string);
	if (err)
		return err;
	if (string->left > max)
		return -EMSGSIZE;
	return cssp_utf16_check(string);
}

static int get_password_creds(struct cssp_rd *rd, struct cssp_ts_password_creds *creds)
{
	struct cssp_rd body;
	int err;

	err = cssp_der_get_last(rd, CSSP_DER_SEQUENCE, &body);
	if (err)
		return err;
	err = get_string(&body, 0, NAME_MAX_BYTES, &creds->domain);
	if (err)
		return err;
	err = get_string(&body, 1, NAME_MAX_BYTES, &creds->user);
	if (err)
		return err;
	err = get_string(&body, 2, PASSWORD_MAX_BYTES, &creds->password);
	if (err)
		return err;
	return cssp_rd_end(&body);
}

static int check_type(struct cssp_rd *body)
{
	struct cssp_rd integer;
	u32 type;
	int err;

	err = cssp_der_get_field(body, 0, CSSP_DER_INTEGER, &integer);
	if (err)
		return err;
	err = cssp_der_u32(&integer, &type);
	if (err)
		return err;
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
	int err;

	*creds = (struct cssp_ts_password_creds){};
	err = cssp_der_get_last(&whole, CSSP_DER_SEQUENCE, &body);
	if (err)
		return err;
	err = check_type(&body);
	if (err)
		return err;
	err = cssp_der_get_field(&body, 1, CSSP_DER_OCTET_STRING, &inner);
	if (err)
		return err;
	err = cssp_rd_end(&body);
	if (err)
		return err;
	return get_password_creds(&inner, creds);
}

/* From the last field to the first, see struct cssp_der_wr. */
static void put_credentials(struct cssp_der_wr *w,
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

	put_credentials(&w, creds);
	return w.len;
}

void cssp_ts_credentials_encode(const struct cssp_ts_password_creds *creds,
				struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_ts_credentials_size(creds));

	put_credentials(&w, creds);
}
