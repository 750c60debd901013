// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/krb5_msg.c: framing, KRB-ERROR, TGT-REQ and TGT-REP. */
#include "sweep.h"
#include "vectors/krb5.h"
#include "wire/der.h"
#include "wire/krb5_msg.h"

static SWEEP_DECODER(decode_token)
{
	struct cssp_krb5_token t, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_krb5_token_decode(rd, &t);
	if (err)
		return err;
	wr = sweep_room(test, cssp_krb5_token_size(&t));
	cssp_krb5_token_encode(&t, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_krb5_token_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.user_to_user, t.user_to_user);
	KUNIT_EXPECT_EQ(test, again.microsoft, t.microsoft);
	KUNIT_EXPECT_EQ(test, again.id, t.id);
	test_expect_same(test, &again.body, &t.body);
	kfree(wr.buf);
	return 0;
}

static SWEEP_DECODER(decode_error)
{
	struct cssp_krb5_error e;

	return cssp_krb5_error_decode(rd, &e);
}

static SWEEP_DECODER(decode_tgt_req)
{
	struct cssp_krb5_tgt_req req, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_krb5_tgt_req_decode(rd, &req);
	if (err)
		return err;
	wr = sweep_room(test, cssp_krb5_tgt_req_size(&req));
	cssp_krb5_tgt_req_encode(&req, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_krb5_tgt_req_decode(&out, &again), 0);
	test_expect_same(test, &again.service, &req.service);
	test_expect_same(test, &again.host, &req.host);
	test_expect_same(test, &again.realm, &req.realm);
	kfree(wr.buf);
	return 0;
}

static SWEEP_DECODER(decode_tgt_rep)
{
	struct cssp_rd ticket, again, out;
	struct cssp_wr wr;
	int err;

	err = cssp_krb5_tgt_rep_decode(rd, &ticket);
	if (err)
		return err;
	wr = sweep_room(test, cssp_krb5_tgt_rep_size(&ticket));
	cssp_krb5_tgt_rep_encode(&ticket, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_krb5_tgt_rep_decode(&out, &again), 0);
	test_expect_same(test, &again, &ticket);
	kfree(wr.buf);
	return 0;
}

/* Framing */

static void expect_token(struct kunit *test, const char *hex, bool user_to_user, u16 id,
			 const char *body)
{
	struct cssp_rd rd = test_hex(test, hex), out;
	struct cssp_krb5_token t;
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&rd, &t), 0);
	KUNIT_EXPECT_EQ(test, t.user_to_user, user_to_user);
	KUNIT_EXPECT_EQ(test, t.id, id);
	test_expect_hex(test, &t.body, body);
	wr = cssp_wr_of(test_room(test, rd.left), rd.left);
	cssp_krb5_token_encode(&t, &wr);
	out = sweep_written(test, &wr);
	test_expect_same(test, &out, &rd);
	sweep(test, hex, decode_token);
}

static void tokens(struct kunit *test)
{
	expect_token(test, krb5_token_error, false, CSSP_KRB5_KRB_ERROR, krb5_error_skew);
	expect_token(test, krb5_token_tgt_req, true, CSSP_KRB5_TGT_REQ, krb5_tgt_req);
	/* No body, as far as the framing is concerned */
	expect_token(test, "600d06092a864886f7120102020100", false, CSSP_KRB5_AP_REQ, "");
	expect_token(test, "600e060a2a864886f712010202030200", true, CSSP_KRB5_AP_REP, "");
	/* Microsoft's OID */
	expect_token(test, "600d06092a864882f7120102020100", false, CSSP_KRB5_AP_REQ, "");
}

static void tokens_that_are_refused(struct kunit *test)
{
	static const char *const rows[] = {
		"",
		/* TOK_ID cut off, and missing */
		"600c06092a864886f71201020201",
		"600b06092a864886f712010202",
		/* A byte behind it; a length that is too long; the indefinite form */
		"600d06092a864886f712010202010000",
		"600e06092a864886f7120102020100",
		"608006092a864886f71201020201000000",
		/* Another tag, another OID: SPNEGO, one octet more */
		"610d06092a864886f7120102020100",
		"600a06062b06010505020100",
		"600e060a2a864886f712010202040100",
		/* TOK_ID of other messages: MIC, Wrap, RFC 1964's, delete context */
		"600d06092a864886f7120102020404",
		"600d06092a864886f7120102020504",
		"600d06092a864886f7120102020201",
		"600d06092a864886f7120102020101",
		"600d06092a864886f7120102020405",
		/* TGT-REQ and TGT-REP without user-to-user */
		"600d06092a864886f7120102020400",
		"600d06092a864886f7120102020401",
		"600d06092a864882f7120102020400",
	};
	struct cssp_krb5_token t;
	struct cssp_rd rd;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_hex(test, rows[i]);
		KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_token_decode(&rd, &t), -EBADMSG, "row %u", i);
	}
}

/* Some peers send lengths that are not minimal. */
static void tokens_with_long_lengths(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "60840000000e0681092a864886f7120102020100");
	struct cssp_krb5_token t;

	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&rd, &t), 0);
	KUNIT_EXPECT_EQ(test, t.id, (u16)CSSP_KRB5_AP_REQ);
	KUNIT_EXPECT_EQ(test, t.body.left, (size_t)0);
}

/* KRB-ERROR */

static void expect_error(struct kunit *test, const char *hex, u32 code, u64 stime)
{
	struct cssp_rd rd = test_hex(test, hex);
	struct cssp_krb5_error e;

	KUNIT_ASSERT_EQ(test, cssp_krb5_error_decode(&rd, &e), 0);
	KUNIT_EXPECT_EQ(test, e.code, code);
	KUNIT_EXPECT_EQ(test, e.stime, stime);
	sweep(test, hex, decode_error);
}

static void errors_of_mit(struct kunit *test)
{
	expect_error(test, krb5_error_skew, 37, 1700000000);
	expect_error(test, krb5_error_full, 68, 1709251199);
}

#define FIELDS		13	/* of a KRB-ERROR */
#define STIME		4

/* The fields of a KRB-ERROR, by the number of their tag; the contents are of no importance. */
static const struct error_field {
	bool optional;
	u8 tag;
	const char *contents;
} error_fields[FIELDS + 1] = {
	{ false, CSSP_DER_INTEGER, "05" },
	{ false, CSSP_DER_INTEGER, "1e" },
	{ true, CSSP_DER_GENERALIZED_TIME, "32303233313131343232313332305a" },
	{ true, CSSP_DER_INTEGER, "00" },
	{ false, CSSP_DER_GENERALIZED_TIME, "32303233313131343232313332305a" },
	{ false, CSSP_DER_INTEGER, "0f4240" },
	{ false, CSSP_DER_INTEGER, "25" },
	{ true, CSSP_DER_GENERAL_STRING, "5245414c4d" },
	{ true, CSSP_DER_SEQUENCE, "" },
	{ false, CSSP_DER_GENERAL_STRING, "5245414c4d" },
	{ false, CSSP_DER_SEQUENCE, "" },
	{ true, CSSP_DER_GENERAL_STRING, "74657874" },
	{ true, CSSP_DER_OCTET_STRING, "00" },
	/* There is no such field. */
	{ true, CSSP_DER_OCTET_STRING, "00" },
};

/* A KRB-ERROR of the @count fields @numbers, with the contents @stime, or without it. */
static int error_of(struct kunit *test, const u8 *numbers, unsigned int count,
		    const struct cssp_rd *stime, struct cssp_krb5_error *e)
{
	u8 *room = test_room(test, 300);
	struct cssp_wr wr = cssp_wr_of(room, 300);
	struct cssp_der_wr w = cssp_der_wr_in(&wr, 300);
	struct cssp_rd rd;
	int ret;

	while (count--) {
		unsigned int n = numbers[count];
		struct cssp_rd contents = test_hex(test, error_fields[n].contents);

		if (n == STIME && stime)
			contents = *stime;
		cssp_der_put_field(&w, n, error_fields[n].tag, &contents);
	}
	cssp_der_wrap(&w, 0, CSSP_DER_SEQUENCE);
	cssp_der_wrap(&w, 0, CSSP_DER_APPLICATION(30));
	rd = cssp_rd_of(room + 300 - w.len, w.len);
	rd = test_copy(test, &rd);
	ret = cssp_krb5_error_decode(&rd, e);
	KUNIT_EXPECT_TRUE(test, !ret || ret == -EBADMSG);
	return ret;
}

static void all_numbers(u8 numbers[FIELDS + 1])
{
	unsigned int i;

	for (i = 0; i <= FIELDS; i++)
		numbers[i] = i;
}

static void errors_without_a_field(struct kunit *test)
{
	struct cssp_krb5_error e;
	u8 numbers[FIELDS + 1];
	unsigned int i;

	all_numbers(numbers);
	KUNIT_EXPECT_EQ(test, error_of(test, numbers, FIELDS, NULL, &e), 0);
	KUNIT_EXPECT_EQ(test, e.code, 37U);
	for (i = 0; i < FIELDS; i++) {
		all_numbers(numbers);
		memmove(numbers + i, numbers + i + 1, FIELDS - i);
		KUNIT_EXPECT_EQ_MSG(test, error_of(test, numbers, FIELDS - 1, NULL, &e),
				    error_fields[i].optional ? 0 : -EBADMSG, "without %u", i);
	}
}

/* Each twice, each two in the wrong order, and one that does not exist */
static void errors_in_disorder(struct kunit *test)
{
	struct cssp_krb5_error e;
	u8 numbers[FIELDS + 1];
	unsigned int i;

	for (i = 0; i < FIELDS; i++) {
		all_numbers(numbers);
		memmove(numbers + i + 1, numbers + i, FIELDS - i);
		KUNIT_EXPECT_EQ_MSG(test, error_of(test, numbers, FIELDS + 1, NULL, &e),
				    -EBADMSG, "%u twice", i);
	}
	for (i = 0; i + 1 < FIELDS; i++) {
		all_numbers(numbers);
		swap(numbers[i], numbers[i + 1]);
		KUNIT_EXPECT_EQ_MSG(test, error_of(test, numbers, FIELDS, NULL, &e),
				    -EBADMSG, "%u behind %u", i, i + 1);
	}
	all_numbers(numbers);
	KUNIT_EXPECT_EQ(test, error_of(test, numbers, FIELDS + 1, NULL, &e), -EBADMSG);
}

static void times(struct kunit *test)
{
	static const struct {
		const char *time;
		u64 seconds;
	} rows[] = {
		{ "19700101000000Z", 0 },
		{ "19700101000001Z", 1 },
		{ "19701231235959Z", 31535999 },
		{ "19720229000000Z", 68169600 },
		{ "20000229120000Z", 951825600 },
		{ "20000301000000Z", 951868800 },
		{ "20231114221320Z", 1700000000 },
		{ "20240229235959Z", 1709251199 },
		{ "20240301000000Z", 1709251200 },
		{ "20380119031408Z", 2147483648ULL },
		{ "21000228235959Z", 4107542399ULL },
		{ "21000301000000Z", 4107542400ULL },
		{ "21060207062816Z", 4294967296ULL },
		{ "99991231235959Z", 253402300799ULL },
	};
	struct cssp_krb5_error e;
	u8 numbers[FIELDS + 1];
	struct cssp_rd stime;
	unsigned int i;

	all_numbers(numbers);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		stime = test_str(rows[i].time);
		KUNIT_EXPECT_EQ_MSG(test, error_of(test, numbers, FIELDS, &stime, &e), 0, "%s",
				    rows[i].time);
		KUNIT_EXPECT_EQ_MSG(test, e.stime, rows[i].seconds, "%s", rows[i].time);
	}
}

static void times_that_are_refused(struct kunit *test)
{
	static const char *const rows[] = {
		"", "Z", "2023111422132", "20231114221320", "2023111422132Z",
		"202311142213200Z", "20231114221320ZZ", "20231114221320z", "20231114221320 ",
		"20231114221320.0Z", "20231114221320+0000", "202311142213Z", " 0231114221320Z",
		"2023111422132:Z", "2023111422132/Z", "-0231114221320Z", "2023 114221320Z",
		"00000101000000Z", "19691231235959Z", "00011231235959Z",
		"20230014221320Z", "20231314221320Z", "20231100221320Z", "20231131221320Z",
		"20230132000000Z", "20230229000000Z", "20240230000000Z", "21000229000000Z",
		"20230431000000Z", "20230631000000Z", "20230931000000Z",
		"20231114241320Z", "20231114226020Z", "20231114221360Z", "20231114221399Z",
	};
	struct cssp_krb5_error e;
	u8 numbers[FIELDS + 1];
	struct cssp_rd stime;
	unsigned int i;

	all_numbers(numbers);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		stime = test_str(rows[i]);
		KUNIT_EXPECT_EQ_MSG(test, error_of(test, numbers, FIELDS, &stime, &e), -EBADMSG,
				    "%s", rows[i]);
	}
}

/* Other messages of Kerberos, other versions, other tags, and trailing bytes */
static void errors_that_are_refused(struct kunit *test)
{
	struct cssp_krb5_error e;
	struct cssp_rd rd;
	/* Offsets in krb5_error_skew */
	static const struct {
		u8 at, value;
	} rows[] = {
		{ 0, 0x7f }, { 0, 0x6e }, { 2, 0x31 }, { 8, 4 }, { 13, 15 },
		{ 6, 0x0a },	/* pvno is an ENUMERATED */
		{ 16, 0x17 },	/* stime is a UTCTime */
		{ 44, 0x80 },	/* a negative error-code */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_hex(test, krb5_error_skew);
		((u8 *)rd.p)[rows[i].at] = rows[i].value;
		KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_error_decode(&rd, &e), -EBADMSG, "row %u", i);
	}
	rd = test_hex(test, krb5_token_error);
	KUNIT_EXPECT_EQ(test, cssp_krb5_error_decode(&rd, &e), -EBADMSG);
	rd = test_hex(test, krb5_tgt_req);
	KUNIT_EXPECT_EQ(test, cssp_krb5_error_decode(&rd, &e), -EBADMSG);
}

/* User-to-user */

static void expect_tgt_req(struct kunit *test, const char *hex, const char *service,
			   const char *host, const char *realm)
{
	const struct cssp_krb5_tgt_req want = {
		test_str(service), test_str(host), test_str(realm)
	};
	struct cssp_rd rd = test_hex(test, hex), out;
	struct cssp_krb5_tgt_req req;
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_krb5_tgt_req_decode(&rd, &req), 0);
	test_expect_same(test, &req.service, &want.service);
	test_expect_same(test, &req.host, &want.host);
	test_expect_same(test, &req.realm, &want.realm);
	KUNIT_ASSERT_EQ(test, cssp_krb5_tgt_req_size(&want), rd.left);
	wr = cssp_wr_of(test_room(test, rd.left), rd.left);
	cssp_krb5_tgt_req_encode(&want, &wr);
	out = sweep_written(test, &wr);
	test_expect_same(test, &out, &rd);
	sweep(test, hex, decode_tgt_req);
}

static void tgt_reqs(struct kunit *test)
{
	expect_tgt_req(test, krb5_tgt_req, "TERMSRV", "host.example.com", "EXAMPLE.COM");
	expect_tgt_req(test, krb5_tgt_req_no_realm, "TERMSRV", "host.example.com", "");
	expect_tgt_req(test, krb5_tgt_req_empty, "", "", "");
}

static void tgt_reqs_that_are_refused(struct kunit *test)
{
	static const char *const rows[] = {
		/* pvno, msg-type; without msg-type */
		"300aa003020104a103020110",
		"300aa003020105a103020111",
		"3005a003020105",
		/* Only the realm's place; a field [4]; a trailing byte */
		"300aa103020110a003020105",
		"3011a003020105a103020110a4051b03616263",
		"300aa003020105a10302011000",
		/* A component that is cut short, and one that is no GeneralString */
		"301ca003020105a103020110a210300ea003020102a10730051b01611b01",
		"301da003020105a103020110a211300fa003020102a10830061b0161020162",
		/* Without the type; the type behind the strings */
		"3018a003020105a103020110a20c300aa10830061b01611b0162",
		"301da003020105a103020110a211300fa10830061b01611b0162a003020102",
		krb5_tgt_req_two_names,
	};
	struct cssp_krb5_tgt_req req;
	struct cssp_rd rd;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_hex(test, rows[i]);
		KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_tgt_req_decode(&rd, &req), -EBADMSG,
				    "row %u", i);
	}
}

/* The type of a name is a hint, and any Int32. */
static void tgt_req_with_a_name_of_another_type(struct kunit *test)
{
	static const char *const rows[] = {
		"301da003020105a103020110a211300fa003020103a10830061b01611b0162",
		/* -130, as Windows' KRB_NT_ENT_PRINCIPAL_AND_ID, and the ends of Int32 */
		"301ea003020105a103020110a2123010a0040202ff7ea10830061b01611b0162",
		"3020a003020105a103020110a2143012a006020480000000a10830061b01611b0162",
		"3020a003020105a103020110a2143012a00602047fffffffa10830061b01611b0162",
	};
	/* Over 32 bits, and without a value */
	static const char *const bad[] = {
		"3021a003020105a103020110a2153013a00702050080000000a10830061b01611b0162",
		"301ca003020105a103020110a210300ea0020200a10830061b01611b0162",
	};
	struct cssp_krb5_tgt_req req;
	struct cssp_rd rd;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_hex(test, rows[i]);
		KUNIT_ASSERT_EQ_MSG(test, cssp_krb5_tgt_req_decode(&rd, &req), 0, "row %u", i);
		test_expect_hex(test, &req.service, "61");
		test_expect_hex(test, &req.host, "62");
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		rd = test_hex(test, bad[i]);
		KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_tgt_req_decode(&rd, &req), -EBADMSG,
				    "row %u", i);
	}
}

/* It is not looked at, so it may have any form. */
static void tgt_req_with_a_name_of_another_form(struct kunit *test)
{
	static const char *const rows[] = {
		/* One component, three, one that is empty, none */
		"301ea003020105a103020110a2123010a003020102a10930071b05484f535424",
		"3023a003020105a103020110a2173015a003020102a10e300c1b0261611b0261621b026163",
		"301ca003020105a103020110a210300ea003020102a10730051b01611b00",
		"301ca003020105a103020110a210300ea003020102a10730051b001b0161",
		"3017a003020105a103020110a20b3009a003020102a1023000",
	};
	struct cssp_krb5_tgt_req req;
	struct cssp_rd rd;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_hex(test, rows[i]);
		KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_tgt_req_decode(&rd, &req), 0, "row %u", i);
		KUNIT_EXPECT_EQ(test, req.service.left, (size_t)0);
		KUNIT_EXPECT_EQ(test, req.host.left, (size_t)0);
		sweep(test, rows[i], decode_tgt_req);
	}
}

static void tgt_reps(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, krb5_tgt_rep), ticket, out;
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_krb5_tgt_rep_decode(&rd, &ticket), 0);
	test_expect_hex(test, &ticket, krb5_ticket);
	KUNIT_ASSERT_EQ(test, cssp_krb5_tgt_rep_size(&ticket), rd.left);
	wr = cssp_wr_of(test_room(test, rd.left), rd.left);
	cssp_krb5_tgt_rep_encode(&ticket, &wr);
	out = sweep_written(test, &wr);
	test_expect_same(test, &out, &rd);
	sweep(test, krb5_tgt_rep, decode_tgt_rep);
}

static void tgt_reps_that_are_refused(struct kunit *test)
{
	static const char *const rows[] = {
		/* No ticket; an empty one; one of another tag; two; a byte behind it */
		"300aa003020105a103020111",
		"300ca003020105a103020111a200",
		"300ea003020105a103020111a2026200",
		"3010a003020105a103020111a20461006100",
		"300fa003020105a103020111a203610000",
		"3010a003020105a103020111a2026100a300",
		/* A TGT-REQ */
		"300ea003020105a103020110a2026100",
	};
	struct cssp_rd rd, ticket;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_hex(test, rows[i]);
		KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_tgt_rep_decode(&rd, &ticket), -EBADMSG,
				    "row %u", i);
	}
	/* The ticket is not looked into. */
	rd = test_hex(test, "300ea003020105a103020111a2026100");
	KUNIT_EXPECT_EQ(test, cssp_krb5_tgt_rep_decode(&rd, &ticket), 0);
	test_expect_hex(test, &ticket, "6100");
}

static struct kunit_case krb5_msg_cases[] = {
	KUNIT_CASE(tokens),
	KUNIT_CASE(tokens_that_are_refused),
	KUNIT_CASE(tokens_with_long_lengths),
	KUNIT_CASE(errors_of_mit),
	KUNIT_CASE(errors_without_a_field),
	KUNIT_CASE(errors_in_disorder),
	KUNIT_CASE(times),
	KUNIT_CASE(times_that_are_refused),
	KUNIT_CASE(errors_that_are_refused),
	KUNIT_CASE(tgt_reqs),
	KUNIT_CASE(tgt_reqs_that_are_refused),
	KUNIT_CASE(tgt_req_with_a_name_of_another_type),
	KUNIT_CASE(tgt_req_with_a_name_of_another_form),
	KUNIT_CASE(tgt_reps),
	KUNIT_CASE(tgt_reps_that_are_refused),
	{}
};

static struct kunit_suite krb5_msg_suite = {
	.name = "credssp_wire_krb5_msg",
	.test_cases = krb5_msg_cases,
};

kunit_test_suite(krb5_msg_suite);
