// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/identity.c: identities in a PKG_PARAMS buffer. */
#include <kunit/test.h>
#include <linux/credssp.h>

#include "base/status.h"
#include "mech/identity.h"
#include "util.h"

static const __le16 wide_name[] = { cpu_to_le16('a') };

/* The identity of a user "a", packed by the exported function. */
static u8 *identity(struct kunit *test, u32 *length)
{
	const struct credssp_acquire args = {
		.user = wide_name, .user_length = sizeof(wide_name),
	};
	u32 room = sizeof(struct credssp_identity) + sizeof(wide_name);
	u8 *p = test_room(test, room);

	*length = room - 1;
	KUNIT_EXPECT_EQ(test, SEC_E_BUFFER_TOO_SMALL, credssp_pack_identity(&args, p, length));
	KUNIT_ASSERT_EQ(test, room, *length);
	KUNIT_ASSERT_EQ(test, SEC_E_OK, credssp_pack_identity(&args, p, length));
	return p;
}

static void packing_refuses(struct kunit *test)
{
	struct credssp_acquire args = { .user_length = 2 };
	u8 room[64];
	u32 length = sizeof(room);

	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER, credssp_pack_identity(&args, room, &length));
	args = (struct credssp_acquire){ .password = room,
					 .password_length = CREDSSP_MAX_PASSWORD + 1 };
	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER, credssp_pack_identity(&args, room, &length));
	args = (struct credssp_acquire){};
	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER, credssp_pack_identity(&args, NULL, &length));
	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER, credssp_pack_identity(&args, room, NULL));
	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER, credssp_pack_identity(NULL, room, &length));
}

static void strings_in_order(struct kunit *test)
{
	static const struct credssp_identity head = {
		.size = sizeof(head) + 6, .encoding = CREDSSP_IDENTITY_UTF8,
		.user_length = 1, .domain_length = 2, .password_length = 3,
	};
	struct cssp_identity id = {};
	u8 *p = test_room(test, head.size);
	struct cssp_rd rd = cssp_rd_of(p, head.size);

	memcpy(p, &head, sizeof(head));
	memcpy(p + sizeof(head), "u\303\274pwd", 6);
	KUNIT_ASSERT_EQ(test, 0, cssp_identity_unpack(&id, &rd));
	rd = cssp_vbuf_rd(&id.user);
	test_expect_hex(test, &rd, "7500");
	rd = cssp_vbuf_rd(&id.domain);
	test_expect_hex(test, &rd, "fc00");
	rd = cssp_vbuf_rd(&id.password);
	test_expect_hex(test, &rd, "7000 7700 6400");
	cssp_identity_free(&id);
}

static void expect_unpacked(struct kunit *test, int want, const void *p, size_t n)
{
	struct cssp_rd whole = cssp_rd_of(p, n), rd = test_copy(test, &whole);
	struct cssp_identity id = {};

	KUNIT_EXPECT_EQ(test, want, cssp_identity_unpack(&id, &rd));
	KUNIT_EXPECT_EQ(test, want ? 0 : 2, id.user.len);
	cssp_identity_free(&id);
}

static void malformed(struct kunit *test)
{
	static const struct credssp_identity wrong[] = {
		{ .encoding = 0 }, { .encoding = 3 }, { .encoding = 2, .__reserved = 1 },
		{ .encoding = 2, .user_length = CREDSSP_MAX_NAME + 1 },
		{ .encoding = 2, .domain_length = ~0u },
		{ .encoding = 2, .user_length = 3 }, { .encoding = 2, .user_length = 1 },
		{ .encoding = 2, .user_length = 2, .password_length = ~0u - 1 },
	};
	struct credssp_identity head;
	u8 *p;
	u32 n, i;

	p = identity(test, &n);
	expect_unpacked(test, 0, p, n);
	for (i = 0; i < n; i++)
		expect_unpacked(test, CSSP_E_PARAMETER, p, i);
	for (i = sizeof(head); i < n; i++) {
		((struct credssp_identity *)p)->size = i;
		expect_unpacked(test, CSSP_E_PARAMETER, p, i);
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		head = wrong[i];
		head.size = n;
		memcpy(p, &head, sizeof(head));
		expect_unpacked(test, CSSP_E_PARAMETER, p, n);
	}
	head = (struct credssp_identity){ .size = sizeof(head), .encoding = 1 };
	expect_unpacked(test, CSSP_E_NO_CREDS, &head, sizeof(head));
	/* In neither encoding a name may contain a NUL. */
	head = (struct credssp_identity){ .size = n, .encoding = 2, .user_length = 2 };
	memset(p, 0, n);
	memcpy(p, &head, sizeof(head));
	expect_unpacked(test, CSSP_E_PARAMETER, p, n);
	head.encoding = 1;
	memcpy(p, &head, sizeof(head));
	expect_unpacked(test, CSSP_E_PARAMETER, p, n);
}

static struct kunit_case identity_cases[] = {
	KUNIT_CASE(packing_refuses),
	KUNIT_CASE(strings_in_order),
	KUNIT_CASE(malformed),
	{}
};

static struct kunit_suite identity_suite = {
	.name = "credssp_mech_identity",
	.test_cases = identity_cases,
};

kunit_test_suites(&identity_suite);
