// SPDX-License-Identifier: GPL-2.0-only
/* TSCredentials, MS-CSSP 2.2.1.2 */
#include "ts_credentials.h"

#include <linux/kernel.h>
#include <uapi/linux/credssp.h>
#include "der.h"
#include "utf16.h"

/* The uapi limits UTF-8; UTF-16 takes at most twice as many bytes. */
#define NAME_MAX_BYTES		(2 * CREDSSP_MAX_NAME)
#define PASSWORD_MAX_BYTES	(2 * CREDSSP_MAX_PASSWORD)

/* keySpec of 2.2.1.2.2.1; a key storage provider has neither of CryptoAPI's two, but 0. */
#define KEY_SPEC_MAX		2

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

/* An OPTIONAL name; without it the view is empty, as before. */
static int ts_credentials_get_name(struct cssp_rd *body, unsigned int n, struct cssp_rd *name)
{
	if (!cssp_der_is(body, CSSP_DER_CONTEXT(n)))
		return 0;
	return ts_credentials_get_string(body, n, NAME_MAX_BYTES, name);
}

static int ts_credentials_get_password(struct cssp_rd *rd, struct cssp_ts_credentials *creds)
{
	struct cssp_ts_password_creds *p = &creds->password;
	struct cssp_rd body;
	int ret;

	ret = cssp_der_get_last(rd, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = ts_credentials_get_string(&body, 0, NAME_MAX_BYTES, &p->domain);
	if (ret)
		return ret;
	ret = ts_credentials_get_string(&body, 1, NAME_MAX_BYTES, &p->user);
	if (ret)
		return ret;
	ret = ts_credentials_get_string(&body, 2, PASSWORD_MAX_BYTES, &p->password);
	if (ret)
		return ret;
	return cssp_rd_end(&body);
}

static int ts_credentials_get_key_spec(struct cssp_rd *body, u32 *key_spec)
{
	struct cssp_rd integer;
	int ret;

	ret = cssp_der_get_field(body, 0, CSSP_DER_INTEGER, &integer);
	if (ret)
		return ret;
	ret = cssp_der_u32(&integer, key_spec);
	if (ret)
		return ret;
	return *key_spec <= KEY_SPEC_MAX ? 0 : -EBADMSG;
}

/* TSCspDataDetail, 2.2.1.2.2.1 */
static int ts_credentials_get_csp_data(struct cssp_rd *rd, struct cssp_ts_smartcard_creds *s)
{
	struct cssp_rd *names[] = { &s->card, &s->reader, &s->container, &s->csp };
	struct cssp_rd body;
	unsigned int i;
	int ret;

	ret = cssp_der_get_field(rd, 1, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = ts_credentials_get_key_spec(&body, &s->key_spec);
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		ret = ts_credentials_get_name(&body, i + 1, names[i]);
		if (ret)
			return ret;
	}
	return cssp_rd_end(&body);
}

static int ts_credentials_get_smartcard(struct cssp_rd *rd, struct cssp_ts_credentials *creds)
{
	struct cssp_ts_smartcard_creds *s = &creds->smartcard;
	struct cssp_rd body;
	int ret;

	ret = cssp_der_get_last(rd, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = ts_credentials_get_string(&body, 0, PASSWORD_MAX_BYTES, &s->pin);
	if (ret)
		return ret;
	ret = ts_credentials_get_csp_data(&body, s);
	if (ret)
		return ret;
	ret = ts_credentials_get_name(&body, 2, &s->user_hint);
	if (ret)
		return ret;
	ret = ts_credentials_get_name(&body, 3, &s->domain_hint);
	if (ret)
		return ret;
	return cssp_rd_end(&body);
}

/* The contents of one TSRemoteGuardPackageCred, 2.2.1.2.3.1. Its buffer is opaque. */
static int ts_credentials_check_package(struct cssp_rd body)
{
	struct cssp_rd name, buffer;
	int ret;

	ret = ts_credentials_get_string(&body, 0, NAME_MAX_BYTES, &name);
	if (ret)
		return ret;
	if (!name.left)
		return -EBADMSG;
	ret = cssp_der_get_field(&body, 1, CSSP_DER_OCTET_STRING, &buffer);
	if (ret)
		return ret;
	return cssp_rd_end(&body);
}

/* supplementalCreds, which some peers send empty instead of leaving it out. */
static int ts_credentials_check_supplemental(struct cssp_rd *body)
{
	struct cssp_rd list, package;
	int ret;

	if (!cssp_der_is(body, CSSP_DER_CONTEXT(1)))
		return 0;
	ret = cssp_der_get_field(body, 1, CSSP_DER_SEQUENCE, &list);
	while (!ret && list.left) {
		ret = cssp_der_get(&list, CSSP_DER_SEQUENCE, &package);
		if (!ret)
			ret = ts_credentials_check_package(package);
	}
	return ret;
}

static int ts_credentials_get_remote_guard(struct cssp_rd *rd,
					   struct cssp_ts_credentials *creds)
{
	struct cssp_rd body, package;
	int ret;

	creds->remote_guard = *rd;
	ret = cssp_der_get_last(rd, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = cssp_der_get_field(&body, 0, CSSP_DER_SEQUENCE, &package);
	if (ret)
		return ret;
	ret = ts_credentials_check_package(package);
	if (ret)
		return ret;
	ret = ts_credentials_check_supplemental(&body);
	if (ret)
		return ret;
	return cssp_rd_end(&body);
}

/* The credTypes that there are */
static const struct {
	u32 type;
	int (*get)(struct cssp_rd *rd, struct cssp_ts_credentials *creds);
} ts_credentials_kinds[] = {
	{ CSSP_TS_PASSWORD, ts_credentials_get_password },
	{ CSSP_TS_SMARTCARD, ts_credentials_get_smartcard },
	{ CSSP_TS_REMOTE_GUARD, ts_credentials_get_remote_guard },
};

static int ts_credentials_get_kind(struct cssp_rd *rd, struct cssp_ts_credentials *creds)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ts_credentials_kinds); i++)
		if (ts_credentials_kinds[i].type == creds->type)
			return ts_credentials_kinds[i].get(rd, creds);
	return -EOPNOTSUPP;
}

static int ts_credentials_get_type(struct cssp_rd *body, u32 *type)
{
	struct cssp_rd integer;
	int ret;

	ret = cssp_der_get_field(body, 0, CSSP_DER_INTEGER, &integer);
	if (ret)
		return ret;
	return cssp_der_u32(&integer, type);
}

int cssp_ts_credentials_decode(const struct cssp_rd *rd, struct cssp_ts_credentials *creds)
{
	struct cssp_rd whole = *rd, body, inner;
	int ret;

	/* All of the union, which an empty initializer does not promise. */
	memset(creds, 0, sizeof(*creds));
	ret = cssp_der_get_last(&whole, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = ts_credentials_get_type(&body, &creds->type);
	if (ret)
		return ret;
	ret = cssp_der_get_field(&body, 1, CSSP_DER_OCTET_STRING, &inner);
	if (ret)
		return ret;
	ret = cssp_rd_end(&body);
	if (ret)
		return ret;
	return ts_credentials_get_kind(&inner, creds);
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
	cssp_der_put_field_u32(w, 0, CSSP_DER_INTEGER, CSSP_TS_PASSWORD);
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
