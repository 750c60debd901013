// SPDX-License-Identifier: GPL-2.0-only
/* kmod/core/delegated_attr.c: delegated credentials as bytes. */
#include <kunit/test.h>

#include "base/status.h"
#include "core/delegated_attr.h"
#include "mech/encode.h"
#include "squeeze.h"
#include "util.h"

#define ROOM_STEP	8

static void set_utf16(struct kunit *test, struct cssp_vbuf *b, const char *utf8)
{
	struct cssp_rd rd = test_str(utf8);

	KUNIT_ASSERT_EQ(test, cssp_encode_utf16(b, &rd), 0);
}

static void expect_string(struct kunit *test, const struct cssp_vbuf *out, u32 offset, u32 length,
			  const char *want)
{
	KUNIT_ASSERT_LT(test, (size_t)offset + length, out->len);
	KUNIT_EXPECT_EQ(test, (size_t)length, strlen(want));
	KUNIT_EXPECT_STREQ(test, (char *)out->data + offset, want);
}

/* The head and seven strings with their NULs */
static void smartcard(struct kunit *test, struct cssp_delegated *d)
{
	*d = (struct cssp_delegated){ .kind = CREDSSP_DELEGATED_SMARTCARD, .key_spec = 1 };
	set_utf16(test, &d->id.user, "alice@example.com");
	set_utf16(test, &d->id.domain, "EXAMPLE");
	set_utf16(test, &d->id.password, "1234");
	set_utf16(test, &d->card, "Card \xc3\xbc");
	set_utf16(test, &d->reader, "Reader 0");
	set_utf16(test, &d->container, "{key}");
	set_utf16(test, &d->csp, "Provider \xf0\x9f\x98\x80");
}

static void smartcard_free(struct cssp_delegated *d)
{
	cssp_vbuf_free(&d->id.user);
	cssp_vbuf_free(&d->id.domain);
	cssp_vbuf_free(&d->id.password);
	cssp_vbuf_free(&d->card);
	cssp_vbuf_free(&d->reader);
	cssp_vbuf_free(&d->container);
	cssp_vbuf_free(&d->csp);
	cssp_vbuf_free(&d->remote_guard);
}

static void all_strings(struct kunit *test)
{
	struct credssp_delegated_creds head;
	struct cssp_vbuf out = {};
	struct cssp_delegated d;

	smartcard(test, &d);
	KUNIT_ASSERT_EQ(test, cssp_delegated_write(&d, &out), 0);
	KUNIT_ASSERT_GT(test, out.len, sizeof(head));
	memcpy(&head, out.data, sizeof(head));
	KUNIT_EXPECT_EQ(test, head.kind, (u32)CREDSSP_DELEGATED_SMARTCARD);
	KUNIT_EXPECT_EQ(test, head.key_spec, 1U);
	expect_string(test, &out, head.user_offset, head.user_length, "alice@example.com");
	expect_string(test, &out, head.domain_offset, head.domain_length, "EXAMPLE");
	expect_string(test, &out, head.secret_offset, head.secret_length, "1234");
	expect_string(test, &out, head.card_offset, head.card_length, "Card \xc3\xbc");
	expect_string(test, &out, head.reader_offset, head.reader_length, "Reader 0");
	expect_string(test, &out, head.container_offset, head.container_length, "{key}");
	expect_string(test, &out, head.csp_offset, head.csp_length, "Provider \xf0\x9f\x98\x80");
	KUNIT_EXPECT_EQ(test, head.raw_length, 0U);
	KUNIT_EXPECT_EQ(test, (size_t)head.raw_offset, out.len);
	cssp_vbuf_free(&out);
	smartcard_free(&d);
}

static void remote_guard(struct kunit *test)
{
	struct cssp_delegated d = { .kind = CREDSSP_DELEGATED_REMOTE_GUARD };
	struct credssp_delegated_creds head;
	struct cssp_vbuf out = {};
	struct cssp_rd raw;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&d.remote_guard, "\x30\x02\x05\x00", 4), 0);
	KUNIT_ASSERT_EQ(test, cssp_delegated_write(&d, &out), 0);
	memcpy(&head, out.data, sizeof(head));
	expect_string(test, &out, head.user_offset, head.user_length, "");
	expect_string(test, &out, head.secret_offset, head.secret_length, "");
	KUNIT_ASSERT_EQ(test, (size_t)head.raw_offset + head.raw_length, out.len);
	raw = cssp_rd_of(out.data + head.raw_offset, head.raw_length);
	test_expect_hex(test, &raw, "30 02 05 00");
	cssp_vbuf_free(&out);
	smartcard_free(&d);
}

/* Nothing stays in the caller's buffer of a password that has no form in UTF-8. */
static void not_unicode(struct kunit *test)
{
	static const char *const bad[] = { "00d8", "00dc", "61000000", "61" };
	struct cssp_vbuf out = {};
	struct cssp_delegated d;
	struct cssp_rd rd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		smartcard(test, &d);
		rd = test_hex(test, bad[i]);
		KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&d.id.password, &rd), 0);
		KUNIT_EXPECT_EQ(test, cssp_delegated_write(&d, &out), CSSP_E_NO_CREDS);
		KUNIT_EXPECT_EQ(test, out.len, (size_t)0);
		KUNIT_EXPECT_NULL(test, memchr_inv(out.data, 0,
						   sizeof(struct credssp_delegated_creds)));
		smartcard_free(&d);
	}
	cssp_vbuf_free(&out);
}

static void without_memory(struct kunit *test)
{
	struct cssp_vbuf out = {};
	struct cssp_delegated d;
	struct squeeze s = {};
	int ret = -EDQUOT;
	long room;

	smartcard(test, &d);
	squeeze_init(test, &s);
	for (room = 0; ret && room < PAGE_SIZE; room += ROOM_STEP) {
		cssp_vbuf_free(&out);
		squeeze_begin(test, &s, room);
		ret = cssp_delegated_write(&d, &out);
		squeeze_end(&s);
		KUNIT_EXPECT_TRUE(test, !ret || (ret == -EDQUOT && !out.len));
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, room, (long)ROOM_STEP);
	cssp_vbuf_free(&out);
	smartcard_free(&d);
}

static struct kunit_case delegated_attr_cases[] = {
	KUNIT_CASE(all_strings),
	KUNIT_CASE(remote_guard),
	KUNIT_CASE(not_unicode),
	KUNIT_CASE(without_memory),
	{}
};

static struct kunit_suite delegated_attr_suite = {
	.name = "credssp_core_delegated_attr",
	.test_cases = delegated_attr_cases,
};

kunit_test_suite(delegated_attr_suite);
