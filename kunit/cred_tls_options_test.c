// SPDX-License-Identifier: GPL-2.0-only
/* kmod/cred/tls_options.c: pins and the name of the client certificate. */
#include <kunit/test.h>

#include "base/status.h"
#include "cred/tls_options.h"
#include "util.h"

static struct cssp_rd some_pins(struct kunit *test, size_t bytes)
{
	u8 *pins = test_room(test, bytes);
	size_t i;

	for (i = 0; i < bytes; i++)
		pins[i] = i / CREDSSP_PIN_SIZE * 16 + i % CREDSSP_PIN_SIZE;
	return cssp_rd_of(pins, bytes);
}

static void tls_options_pins_match(struct kunit *test)
{
	struct cssp_rd pins = some_pins(test, CREDSSP_MAX_PINS * CREDSSP_PIN_SIZE);
	struct cssp_tls_options tls = {};
	struct cssp_rd none = {};
	u8 sha256[CREDSSP_PIN_SIZE];
	unsigned int i, bit;

	KUNIT_ASSERT_EQ(test, cssp_tls_options_set(&tls, &none, &pins), 0);
	KUNIT_EXPECT_EQ(test, tls.pin_count, CREDSSP_MAX_PINS);
	for (i = 0; i < CREDSSP_MAX_PINS; i++)
		KUNIT_EXPECT_TRUE(test,
				  cssp_tls_options_pinned(&tls, pins.p + i * CREDSSP_PIN_SIZE));
	for (bit = 0; bit < CREDSSP_PIN_SIZE * 8; bit++) {
		memcpy(sha256, pins.p, sizeof(sha256));
		sha256[bit / 8] ^= 1 << bit % 8;
		KUNIT_EXPECT_FALSE(test, cssp_tls_options_pinned(&tls, sha256));
	}
	cssp_tls_options_free(&tls);
	KUNIT_EXPECT_FALSE(test, cssp_tls_options_pinned(&tls, pins.p));
}

static void tls_options_pins_bounds(struct kunit *test)
{
	static const size_t bad[] = {
		1, CREDSSP_PIN_SIZE - 1, CREDSSP_PIN_SIZE + 1,
		(CREDSSP_MAX_PINS + 1) * CREDSSP_PIN_SIZE,
	};
	struct cssp_tls_options tls = {};
	struct cssp_rd none = {};
	u8 zero[CREDSSP_PIN_SIZE] = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct cssp_rd pins = some_pins(test, bad[i]);

		KUNIT_EXPECT_EQ(test, cssp_tls_options_set(&tls, &none, &pins), CSSP_E_PARAMETER);
		KUNIT_EXPECT_NULL(test, tls.pins);
	}
	KUNIT_EXPECT_EQ(test, cssp_tls_options_set(&tls, &none, &none), 0);
	KUNIT_EXPECT_FALSE(test, cssp_tls_options_pinned(&tls, zero));
	cssp_tls_options_free(&tls);
}

static void tls_options_cert_names(struct kunit *test)
{
	static const struct {
		const char *name;
		int err;
	} rows[] = {
		{ "", 0 },
		{ "alice", 0 },
		{ "A-z_0.9", 0 },
		{ "a..", 0 },
		{ "1234567890123456789012345678901234567890123456789012345678901234", 0 },
		{ "12345678901234567890123456789012345678901234567890123456789012345",
		  CSSP_E_PARAMETER },
		{ ".", CSSP_E_PARAMETER },
		{ "..", CSSP_E_PARAMETER },
		{ ".a", CSSP_E_PARAMETER },
		{ "a/b", CSSP_E_PARAMETER },
		{ "a b", CSSP_E_PARAMETER },
		{ "a\n", CSSP_E_PARAMETER },
		{ "\xe4", CSSP_E_PARAMETER },
	};
	struct cssp_tls_options tls = {};
	struct cssp_rd none = {}, rd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_str(rows[i].name);
		KUNIT_EXPECT_EQ(test, cssp_tls_options_set(&tls, &rd, &none), rows[i].err);
		if (!rows[i].err)
			KUNIT_EXPECT_STREQ(test, tls.cert, rows[i].name);
	}
	rd = cssp_rd_of("a\0b", 3);
	KUNIT_EXPECT_EQ(test, cssp_tls_options_set(&tls, &rd, &none), CSSP_E_PARAMETER);
	cssp_tls_options_free(&tls);
}

static struct kunit_case tls_options_cases[] = {
	KUNIT_CASE(tls_options_pins_match),
	KUNIT_CASE(tls_options_pins_bounds),
	KUNIT_CASE(tls_options_cert_names),
	{}
};

static struct kunit_suite tls_options_suite = {
	.name = "credssp_cred_tls_options",
	.test_cases = tls_options_cases,
};

kunit_test_suites(&tls_options_suite);
