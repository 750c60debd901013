// SPDX-License-Identifier: GPL-2.0-only
/* libcredssp's pure functions: times, UTF-16, names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"
#include "test.h"
#include "words_test.h"

static void test_timestamps(void)
{
	/* 2024-07-01 12:00:00 UTC, and 1970 */
	static const uint64_t summer = (1719835200ULL + 11644473600ULL) * 10000000ULL + 7;
	struct credssp_timestamp t;
	struct timespec ts;

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	cssp_timestamp_set(&t, summer);
	CHECK(t.utc == (int64_t)summer);
	CHECK(t.local - t.utc == 2LL * 3600 * 10000000);
	CHECK(!credssp_timestamp_utc(&t, &ts));
	CHECK(ts.tv_sec == 1719835200 && ts.tv_nsec == 700);
	cssp_timestamp_set(&t, 0);
	CHECK(!t.utc && !t.local);
	CHECK(credssp_timestamp_utc(&t, &ts) == -1 && errno == ERANGE);
	cssp_timestamp_set(&t, UINT64_MAX);
	CHECK(t.utc == INT64_MAX && t.local == INT64_MAX);
	CHECK(credssp_timestamp_utc(&t, &ts) == -1);
	cssp_timestamp_set(NULL, summer);
}

static void test_utf8_to_utf16(void)
{
	static const struct {
		const char *in;
		ssize_t units;
	} rows[] = {
		{ "", 0 },			{ "abc", 3 },
		{ "\xc3\xbc", 1 },		{ "\xe2\x82\xac", 1 },
		{ "\xf0\x9f\x98\x80", 2 },	{ "\xf4\x8f\xbf\xbf", 2 },
		{ "\xef\xbf\xbf", 1 },		{ "\xed\x9f\xbf", 1 },
		/* overlong, surrogates, too high, cut, stray */
		{ "\xc0\x80", -1 },		{ "\xc1\xbf", -1 },
		{ "\xe0\x9f\xbf", -1 },		{ "\xf0\x8f\xbf\xbf", -1 },
		{ "\xed\xa0\x80", -1 },		{ "\xf4\x90\x80\x80", -1 },
		{ "\xf8\x88\x80\x80\x80", -1 },	{ "a\xc3", -1 },
		{ "\xe2\x82", -1 },		{ "\x80", -1 },
		{ "\xe2\x28\xa1", -1 },		{ "\xff", -1 },
	};
	uint16_t u[4];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(credssp_utf8_to_utf16(rows[i].in, strlen(rows[i].in), u, 4) ==
		      rows[i].units);
		CHECK(credssp_utf8_to_utf16(rows[i].in, strlen(rows[i].in), NULL, 0) ==
		      rows[i].units);
	}
	CHECK(credssp_utf8_to_utf16("\xf0\x9f\x98\x80", 4, u, 4) == 2);
	CHECK(u[0] == 0xd83d && u[1] == 0xde00);
	/* without room units are counted, but not written */
	u[1] = 0x1234;
	CHECK(credssp_utf8_to_utf16("\xf0\x9f\x98\x80", 4, u, 1) == 2 && u[1] == 0x1234);
}

/* Each character is converted to UTF-8 and back. */
static void test_utf16_round_trip(void)
{
	uint16_t u[2], back[2];
	char s[4];
	uint32_t c;
	unsigned int wrong = 0;

	for (c = 0; c <= 0x10ffff; c++) {
		size_t units = c < 0x10000 ? 1 : 2;
		ssize_t n;

		u[0] = units == 1 ? c : 0xd800 | (c - 0x10000) >> 10;
		u[1] = 0xdc00 | (c & 0x3ff);
		n = credssp_utf16_to_utf8(u, units, s, sizeof(s));
		if (c >= 0xd800 && c <= 0xdfff) {
			wrong += n != -1;
			continue;
		}
		wrong += n < 1 || credssp_utf8_to_utf16(s, (size_t)n, back, 2) !=
			 (ssize_t)units || memcmp(u, back, 2 * units);
	}
	CHECK(wrong == 0);
	u[0] = 0xdc00;
	u[1] = 0xd800;
	CHECK(credssp_utf16_to_utf8(u, 2, s, sizeof(s)) == -1 && errno == EILSEQ);
}

static void test_names(void)
{
	static const uint32_t ntstatuses[] = {
		0xc0000022, 0xc000005e, 0xc0000064, 0xc000006a, 0xc000006d, 0xc000006e,
		0xc000006f, 0xc0000070, 0xc0000071, 0xc0000072, 0xc00000bb, 0xc0000133,
		0xc000015b, 0xc000018d, 0xc0000193, 0xc0000224, 0xc0000234,
	};
	uint32_t i;

	CHECK(!strcmp(credssp_status_name(SEC_E_LOGON_DENIED), "SEC_E_LOGON_DENIED"));
	CHECK(!strcmp(credssp_status_name(SEC_I_CONTINUE_NEEDED), "SEC_I_CONTINUE_NEEDED"));
	CHECK(!strcmp(credssp_status_name(0x1234), "unknown"));
	CHECK(*credssp_status_text(0x1234));
	for (i = 0; i < ARRAY_SIZE(ntstatuses); i++) {
		CHECK(credssp_ntstatus_name(ntstatuses[i]));
		CHECK(credssp_ntstatus_text(ntstatuses[i]));
	}
	CHECK(!strcmp(credssp_ntstatus_name(0xc0000071), "STATUS_PASSWORD_EXPIRED"));
	CHECK(!credssp_ntstatus_name(0xc0000001) && !credssp_ntstatus_text(0xc0000001));
	for (i = CREDSSP_REASON_NONE; i <= CREDSSP_REASON_CERT_UNTRUSTED; i++) {
		CHECK(strcmp(credssp_reason_name(i), "unknown"));
		CHECK(strcmp(credssp_reason_text(i), credssp_reason_text(UINT32_MAX)));
	}
	CHECK(!strcmp(credssp_reason_name(CREDSSP_REASON_NO_ACCOUNTS + 1), "unknown"));
	for (i = CREDSSP_LEG_START; i <= CREDSSP_LEG_ESTABLISHED; i++) {
		CHECK(strcmp(credssp_leg_name(i), "unknown"));
		CHECK(strcmp(credssp_leg_text(i), "unknown"));
	}
	for (i = CREDSSP_TRUST_UNTRUSTED_ROOT; i <= CREDSSP_TRUST_NOT_EVALUATED; i <<= 1) {
		CHECK(strcmp(credssp_trust_name(i), "unknown"));
		CHECK(strcmp(credssp_trust_text(i), "unknown"));
	}
	CHECK(!strcmp(credssp_cipher_name(0x1302), "TLS_AES_256_GCM_SHA384"));
	CHECK(!credssp_cipher_name(0x0005));
	CHECK(!strcmp(credssp_alert_name(49), "access_denied"));
}

/* The reasons that a user of Kerberos meets have words that differ from each other. */
static void test_reasons_differ(void)
{
	uint32_t i, j;

	for (i = CREDSSP_REASON_NONE; i <= CREDSSP_REASON_CERT_UNTRUSTED; i++)
		for (j = CREDSSP_REASON_NONE; j < i; j++)
			CHECK(strcmp(credssp_reason_name(i), credssp_reason_name(j)) &&
			      strcmp(credssp_reason_text(i), credssp_reason_text(j)));
	CHECK(!strcmp(credssp_reason_name(CREDSSP_REASON_NO_TICKETS), "no-tickets"));
	CHECK(!strcmp(credssp_reason_name(CREDSSP_REASON_PASSWORD), "wrong-password"));
	CHECK(!strcmp(credssp_status_name(SEC_E_TIME_SKEW), "SEC_E_TIME_SKEW"));
}

static void test_kerberos_names(void)
{
	static const uint32_t errors[] = {
		6, 7, 12, 18, 23, 24, 25, 27, 31, 32, 33, 34, 35, 36, 37, 41, 44, 45, 68, 69,
		62, 64, 65, 70, 71, 72, 73, 74, 75, 77, 78, 79, 80, 81,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		CHECK(credssp_krb_error_name(errors[i]));
		CHECK(strcmp(credssp_krb_error_text(errors[i]), credssp_krb_error_text(9999)));
	}
	CHECK(!strcmp(credssp_krb_error_name(24), "KDC_ERR_PREAUTH_FAILED"));
	CHECK(!strcmp(credssp_krb_error_name(37), "KRB_AP_ERR_SKEW"));
	CHECK(!credssp_krb_error_name(0) && !credssp_krb_error_name(9999));
	CHECK(*credssp_krb_error_text(9999));
	CHECK(!strcmp(credssp_package_name(CREDSSP_PACKAGE_CREDSSP), "CREDSSP"));
	CHECK(!strcmp(credssp_package_name(CREDSSP_PACKAGE_NEGOTIATE), "Negotiate"));
	CHECK(!strcmp(credssp_package_name(CREDSSP_PACKAGE_NTLM), "NTLM"));
	CHECK(!strcmp(credssp_package_name(CREDSSP_PACKAGE_KERBEROS), "Kerberos"));
	CHECK(!credssp_package_name(CREDSSP_PACKAGE_KERBEROS + 1));
	CHECK(!strcmp(credssp_mech_name(CREDSSP_MECH_NEGOTIATE), "negotiate"));
	CHECK(!strcmp(credssp_mech_name(CREDSSP_MECH_NTLM), "ntlm"));
	CHECK(!strcmp(credssp_mech_name(CREDSSP_MECH_KERBEROS), "kerberos"));
	CHECK(!credssp_mech_name(0));
}

void test_words(void)
{
	test_timestamps();
	test_utf8_to_utf16();
	test_utf16_round_trip();
	test_names();
	test_reasons_differ();
	test_kerberos_names();
}
