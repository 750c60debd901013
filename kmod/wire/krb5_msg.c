// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos' messages between the peers: RFC 2743 3.1, RFC 4120 5.9.1, user-to-user. */
#include "krb5_msg.h"

#include <linux/kernel.h>
#include "der.h"

#define PVNO		5	/* protocol version number, RFC 4120 5.4.1 */
#define NT_SRV_INST	2	/* name-type of service/host, RFC 4120 6.2 */

/* msg-type, RFC 4120 7.5.7 and the user-to-user draft */
#define MSG_TGT_REQ	16
#define MSG_TGT_REP	17
#define MSG_ERROR	30

#define TICKET_TAG	CSSP_DER_APPLICATION(1)
#define ERROR_TAG	CSSP_DER_APPLICATION(30)

/* The first two fields of every message */
#define FIELD_PVNO	0
#define FIELD_MSG_TYPE	1

/* TGT-REQ and TGT-REP */
#define REQ_SERVER_NAME	2
#define REQ_REALM	3
#define REP_TICKET	2

/* PrincipalName */
#define NAME_TYPE	0
#define NAME_STRING	1

static const u8 krb5_msg_oid_krb5[] = {
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02
};

/* Some initiators of MS-KRB5 frame their tokens with it. */
static const u8 krb5_msg_oid_microsoft[] = {
	0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02
};

static const u8 krb5_msg_oid_u2u[] = {
	0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03
};

/* Tell whether a token of this kind exists. */
static bool krb5_msg_known_token(const struct cssp_krb5_token *t)
{
	switch (t->id) {
	case CSSP_KRB5_AP_REQ:
	case CSSP_KRB5_AP_REP:
	case CSSP_KRB5_KRB_ERROR:
		return true;
	case CSSP_KRB5_TGT_REQ:
	case CSSP_KRB5_TGT_REP:
		return t->user_to_user;
	default:
		return false;
	}
}

static int krb5_msg_read_oid(const struct cssp_rd *oid, struct cssp_krb5_token *t)
{
	t->user_to_user = cssp_rd_equal(oid, krb5_msg_oid_u2u, sizeof(krb5_msg_oid_u2u));
	t->microsoft = cssp_rd_equal(oid, krb5_msg_oid_microsoft,
				     sizeof(krb5_msg_oid_microsoft));
	if (t->user_to_user || t->microsoft)
		return 0;
	return cssp_rd_equal(oid, krb5_msg_oid_krb5, sizeof(krb5_msg_oid_krb5)) ? 0 : -EBADMSG;
}

int cssp_krb5_token_decode(const struct cssp_rd *rd, struct cssp_krb5_token *t)
{
	struct cssp_rd whole = *rd, gss, oid;
	int ret;

	*t = (struct cssp_krb5_token){};
	ret = cssp_der_get_last(&whole, CSSP_DER_APPLICATION(0), &gss);
	if (ret)
		return ret;
	ret = cssp_der_get(&gss, CSSP_DER_OID, &oid);
	if (ret)
		return ret;
	ret = krb5_msg_read_oid(&oid, t);
	if (ret)
		return ret;
	ret = cssp_rd_be16(&gss, &t->id);
	if (ret)
		return ret;
	t->body = gss;
	return krb5_msg_known_token(t) ? 0 : -EBADMSG;
}

static void krb5_msg_put_token(struct cssp_der_wr *w, const struct cssp_krb5_token *t)
{
	const u8 id[] = { t->id >> 8, t->id & 0xff };
	size_t mark = w->len, oid;

	cssp_der_put_rd(w, &t->body);
	cssp_der_put(w, id, sizeof(id));
	oid = w->len;
	if (t->user_to_user)
		cssp_der_put(w, krb5_msg_oid_u2u, sizeof(krb5_msg_oid_u2u));
	else if (t->microsoft)
		cssp_der_put(w, krb5_msg_oid_microsoft, sizeof(krb5_msg_oid_microsoft));
	else
		cssp_der_put(w, krb5_msg_oid_krb5, sizeof(krb5_msg_oid_krb5));
	cssp_der_wrap(w, oid, CSSP_DER_OID);
	cssp_der_wrap(w, mark, CSSP_DER_APPLICATION(0));
}

size_t cssp_krb5_token_size(const struct cssp_krb5_token *t)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	krb5_msg_put_token(&w, t);
	return w.len;
}

void cssp_krb5_token_encode(const struct cssp_krb5_token *t, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_krb5_token_size(t));

	krb5_msg_put_token(&w, t);
}

/* An INTEGER in [@n]. */
static int krb5_msg_get_u32(struct cssp_rd *body, unsigned int n, u32 *v)
{
	struct cssp_rd contents;
	int ret;

	ret = cssp_der_get_field(body, n, CSSP_DER_INTEGER, &contents);
	if (ret)
		return ret;
	return cssp_der_u32(&contents, v);
}

/* The SEQUENCE that is all of @whole, and pvno and msg-type, which every message starts with. */
static int krb5_msg_open(struct cssp_rd *whole, u32 type, struct cssp_rd *body)
{
	u32 pvno, msg_type;
	int ret;

	ret = cssp_der_get_last(whole, CSSP_DER_SEQUENCE, body);
	if (ret)
		return ret;
	ret = krb5_msg_get_u32(body, FIELD_PVNO, &pvno);
	if (ret)
		return ret;
	ret = krb5_msg_get_u32(body, FIELD_MSG_TYPE, &msg_type);
	if (ret)
		return ret;
	return pvno == PVNO && msg_type == type ? 0 : -EBADMSG;
}

/* KRB-ERROR, RFC 4120 5.9.1; pvno [0] and msg-type [1] come first. */
#define ERROR_STIME	4
#define ERROR_CODE	6
#define ERROR_FIELDS	13

#define FIRST_ERROR_FIELD	2

static const struct {
	u8 tag;
	bool optional;
} krb5_msg_error_fields[ERROR_FIELDS] = {
	[2]		= { CSSP_DER_GENERALIZED_TIME, true },	/* ctime */
	[3]		= { CSSP_DER_INTEGER, true },		/* cusec */
	[ERROR_STIME]	= { CSSP_DER_GENERALIZED_TIME, false },
	[5]		= { CSSP_DER_INTEGER, false },		/* susec */
	[ERROR_CODE]	= { CSSP_DER_INTEGER, false },
	[7]		= { CSSP_DER_GENERAL_STRING, true },	/* crealm */
	[8]		= { CSSP_DER_SEQUENCE, true },		/* cname */
	[9]		= { CSSP_DER_GENERAL_STRING, false },	/* realm */
	[10]		= { CSSP_DER_SEQUENCE, false },		/* sname */
	[11]		= { CSSP_DER_GENERAL_STRING, true },	/* e-text */
	[12]		= { CSSP_DER_OCTET_STRING, true },	/* e-data */
};

/* @fields: out: the contents of each field, empty for one that is not there. */
static int krb5_msg_get_error_fields(struct cssp_rd *body, struct cssp_rd *fields)
{
	unsigned int n;
	int ret;

	for (n = FIRST_ERROR_FIELD; n < ERROR_FIELDS; n++) {
		fields[n] = cssp_rd_of(NULL, 0);
		if (krb5_msg_error_fields[n].optional && !cssp_der_is(body, CSSP_DER_CONTEXT(n)))
			continue;
		ret = cssp_der_get_field(body, n, krb5_msg_error_fields[n].tag, &fields[n]);
		if (ret)
			return ret;
	}
	return cssp_rd_end(body);
}

/* Read @digits decimal digits: a number from @min to @max. */
static int krb5_msg_get_number(struct cssp_rd *rd, unsigned int digits, u32 min, u32 max, u32 *v)
{
	u8 digit;
	int ret;

	for (*v = 0; digits; digits--) {
		ret = cssp_rd_u8(rd, &digit);
		if (ret)
			return ret;
		if (digit < '0' || digit > '9')
			return -EBADMSG;
		*v = 10 * *v + (digit - '0');
	}
	return *v >= min && *v <= max ? 0 : -EBADMSG;
}

/* Years of the Gregorian calendar from 1 to @year that have a 29 February. */
static u32 krb5_msg_leap_years(u32 year)
{
	return year / 4 - year / 100 + year / 400;
}

/* Days from 1970-01-01 to a day of a later year; -EBADMSG if the month does not have the day. */
static int krb5_msg_days(u32 year, u32 month, u32 day, u64 *days)
{
	static const u8 lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	u32 leap = krb5_msg_leap_years(year) - krb5_msg_leap_years(year - 1);
	u32 m;

	if (day > lengths[month - 1] + (month == 2 ? leap : 0))
		return -EBADMSG;
	*days = 365 * (year - 1970) + day - 1;
	*days += krb5_msg_leap_years(year - 1) - krb5_msg_leap_years(1969);
	for (m = 1; m < month; m++)
		*days += lengths[m - 1];
	if (month > 2)
		*days += leap;
	return 0;
}

/* KerberosTime, RFC 4120 5.2.3: always YYYYMMDDHHMMSSZ, and no leap seconds. */
static int krb5_msg_time(struct cssp_rd rd, u64 *time)
{
	static const struct {
		u8 digits;
		u16 min, max;
	} rows[] = {
		{ 4, 1970, 9999 }, { 2, 1, 12 }, { 2, 1, 31 },
		{ 2, 0, 23 }, { 2, 0, 59 }, { 2, 0, 59 },
	};
	u32 v[ARRAY_SIZE(rows)];
	unsigned int i;
	u64 days;
	int ret;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ret = krb5_msg_get_number(&rd, rows[i].digits, rows[i].min, rows[i].max, &v[i]);
		if (ret)
			return ret;
	}
	if (!cssp_rd_equal(&rd, "Z", 1))
		return -EBADMSG;
	ret = krb5_msg_days(v[0], v[1], v[2], &days);
	if (ret)
		return ret;
	*time = ((days * 24 + v[3]) * 60 + v[4]) * 60 + v[5];
	return 0;
}

int cssp_krb5_error_decode(const struct cssp_rd *body, struct cssp_krb5_error *e)
{
	struct cssp_rd whole = *body, message, rest, fields[ERROR_FIELDS];
	int ret;

	*e = (struct cssp_krb5_error){};
	ret = cssp_der_get_last(&whole, ERROR_TAG, &message);
	if (ret)
		return ret;
	ret = krb5_msg_open(&message, MSG_ERROR, &rest);
	if (ret)
		return ret;
	ret = krb5_msg_get_error_fields(&rest, fields);
	if (ret)
		return ret;
	ret = cssp_der_u32(&fields[ERROR_CODE], &e->code);
	if (ret)
		return ret;
	return krb5_msg_time(fields[ERROR_STIME], &e->stime);
}

/* The type of a name is a hint only (RFC 4120 6.2). Windows has negative ones. */
static int krb5_msg_skip_name_type(struct cssp_rd *name)
{
	struct cssp_rd contents;
	s32 type;
	int ret;

	ret = cssp_der_get_field(name, NAME_TYPE, CSSP_DER_INTEGER, &contents);
	if (ret)
		return ret;
	return cssp_der_s32(&contents, &type);
}

/*
 * The components of a name. HOST$ has one, ldap/dc/domain three. Those of any other number than
 * two, and empty ones, are not the two of a service on a host.
 */
static int krb5_msg_get_components(struct cssp_rd *strings, struct cssp_krb5_tgt_req *req)
{
	struct cssp_rd two[2] = {}, component;
	unsigned int count = 0;
	int ret;

	while (strings->left) {
		ret = cssp_der_get(strings, CSSP_DER_GENERAL_STRING, &component);
		if (ret)
			return ret;
		if (count < ARRAY_SIZE(two))
			two[count] = component;
		count++;
	}
	if (count == ARRAY_SIZE(two) && two[0].left && two[1].left) {
		req->service = two[0];
		req->host = two[1];
	}
	return 0;
}

/* PrincipalName, RFC 4120 5.2.2 */
static int krb5_msg_get_name(struct cssp_rd *name, struct cssp_krb5_tgt_req *req)
{
	struct cssp_rd strings;
	int ret;

	ret = krb5_msg_skip_name_type(name);
	if (ret)
		return ret;
	ret = cssp_der_get_field(name, NAME_STRING, CSSP_DER_SEQUENCE, &strings);
	if (ret)
		return ret;
	ret = cssp_rd_end(name);
	if (ret)
		return ret;
	return krb5_msg_get_components(&strings, req);
}

static int krb5_msg_get_tgt_req(struct cssp_rd *body, struct cssp_krb5_tgt_req *req)
{
	struct cssp_rd name;
	int ret;

	if (cssp_der_is(body, CSSP_DER_CONTEXT(REQ_SERVER_NAME))) {
		ret = cssp_der_get_field(body, REQ_SERVER_NAME, CSSP_DER_SEQUENCE, &name);
		if (ret)
			return ret;
		ret = krb5_msg_get_name(&name, req);
		if (ret)
			return ret;
	}
	if (cssp_der_is(body, CSSP_DER_CONTEXT(REQ_REALM))) {
		ret = cssp_der_get_field(body, REQ_REALM, CSSP_DER_GENERAL_STRING, &req->realm);
		if (ret)
			return ret;
	}
	return cssp_rd_end(body);
}

int cssp_krb5_tgt_req_decode(const struct cssp_rd *body, struct cssp_krb5_tgt_req *req)
{
	struct cssp_rd whole = *body, rest;
	int ret;

	*req = (struct cssp_krb5_tgt_req){};
	ret = krb5_msg_open(&whole, MSG_TGT_REQ, &rest);
	if (ret)
		return ret;
	return krb5_msg_get_tgt_req(&rest, req);
}

static void krb5_msg_put_name(struct cssp_der_wr *w, const struct cssp_krb5_tgt_req *req)
{
	size_t mark = w->len;

	cssp_der_put_tlv(w, CSSP_DER_GENERAL_STRING, &req->host);
	cssp_der_put_tlv(w, CSSP_DER_GENERAL_STRING, &req->service);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(NAME_STRING));
	cssp_der_put_field_u32(w, NAME_TYPE, CSSP_DER_INTEGER, NT_SRV_INST);
	cssp_der_wrap(w, mark, CSSP_DER_SEQUENCE);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(REQ_SERVER_NAME));
}

/* Put pvno and msg-type in front of the fields since @w->len was 0, and end the message. */
static void krb5_msg_put_start(struct cssp_der_wr *w, u32 type)
{
	cssp_der_put_field_u32(w, FIELD_MSG_TYPE, CSSP_DER_INTEGER, type);
	cssp_der_put_field_u32(w, FIELD_PVNO, CSSP_DER_INTEGER, PVNO);
	cssp_der_wrap(w, 0, CSSP_DER_SEQUENCE);
}

/* Fields from the last to the first, see struct cssp_der_wr. */
static void krb5_msg_put_tgt_req(struct cssp_der_wr *w, const struct cssp_krb5_tgt_req *req)
{
	if (req->realm.left)
		cssp_der_put_field(w, REQ_REALM, CSSP_DER_GENERAL_STRING, &req->realm);
	if (req->service.left)
		krb5_msg_put_name(w, req);
	krb5_msg_put_start(w, MSG_TGT_REQ);
}

size_t cssp_krb5_tgt_req_size(const struct cssp_krb5_tgt_req *req)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	krb5_msg_put_tgt_req(&w, req);
	return w.len;
}

void cssp_krb5_tgt_req_encode(const struct cssp_krb5_tgt_req *req, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_krb5_tgt_req_size(req));

	krb5_msg_put_tgt_req(&w, req);
}

int cssp_krb5_tgt_rep_decode(const struct cssp_rd *body, struct cssp_rd *ticket)
{
	struct cssp_rd whole = *body, rest, element, contents;
	int ret;

	*ticket = cssp_rd_of(NULL, 0);
	ret = krb5_msg_open(&whole, MSG_TGT_REP, &rest);
	if (ret)
		return ret;
	ret = cssp_der_get_last(&rest, CSSP_DER_CONTEXT(REP_TICKET), &element);
	if (ret)
		return ret;
	*ticket = element;
	return cssp_der_get_last(&element, TICKET_TAG, &contents);
}

static void krb5_msg_put_tgt_rep(struct cssp_der_wr *w, const struct cssp_rd *ticket)
{
	cssp_der_put_rd(w, ticket);
	cssp_der_wrap(w, 0, CSSP_DER_CONTEXT(REP_TICKET));
	krb5_msg_put_start(w, MSG_TGT_REP);
}

size_t cssp_krb5_tgt_rep_size(const struct cssp_rd *ticket)
{
	struct cssp_der_wr w = cssp_der_wr_measure();

	krb5_msg_put_tgt_rep(&w, ticket);
	return w.len;
}

void cssp_krb5_tgt_rep_encode(const struct cssp_rd *ticket, struct cssp_wr *wr)
{
	struct cssp_der_wr w = cssp_der_wr_in(wr, cssp_krb5_tgt_rep_size(ticket));

	krb5_msg_put_tgt_rep(&w, ticket);
}
