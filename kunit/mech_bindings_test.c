// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/bindings.c: channel bindings in a CHANNEL_BINDINGS buffer. */
#include <kunit/test.h>
#include <linux/credssp.h>

#include "base/status.h"
#include "krb5_pair.h"
#include "mech/bindings.h"
#include "vectors/bindings.h"

#define HEAD	sizeof(struct credssp_channel_bindings)

/* Packed by the exported function, in memory of exactly the size. */
static struct cssp_rd packed(struct kunit *test, const struct credssp_bindings *args)
{
	u32 length = 0;
	u8 *p;

	KUNIT_EXPECT_EQ(test, credssp_pack_channel_bindings(args, NULL, &length),
			SEC_E_BUFFER_TOO_SMALL);
	p = test_room(test, length);
	length--;
	KUNIT_EXPECT_EQ(test, credssp_pack_channel_bindings(args, p, &length),
			SEC_E_BUFFER_TOO_SMALL);
	KUNIT_ASSERT_EQ(test, credssp_pack_channel_bindings(args, p, &length), SEC_E_OK);
	return cssp_rd_of(p, length);
}

static void expect_digest(struct kunit *test, const struct cssp_rd *rd, const char *hex)
{
	u8 digest[CSSP_BINDINGS_SIZE];
	struct cssp_rd got = cssp_rd_of(digest, sizeof(digest));

	KUNIT_ASSERT_EQ(test, cssp_bindings_digest(rd, digest), 0);
	test_expect_hex(test, &got, hex);
}

/* The hash of a certificate, as TLS' channel bindings are mostly made. */
static void of_a_certificate(struct kunit *test)
{
	struct cssp_rd application = test_hex(test, bindings_application);
	const struct credssp_bindings args = {
		.application = application.p, .application_length = application.left,
	};
	struct cssp_rd rd = packed(test, &args);

	KUNIT_EXPECT_EQ(test, rd.left, HEAD + application.left);
	expect_digest(test, &rd, bindings_digest);
}

static void of_addresses(struct kunit *test)
{
	const struct credssp_bindings args = {
		.initiator_type = 2, .initiator = "\xc0\x00\x02\x01", .initiator_length = 4,
		.acceptor_type = 2, .acceptor = "\xc0\x00\x02\x02", .acceptor_length = 4,
		.application = "abc", .application_length = 3,
	}, none = {};
	struct cssp_rd rd = packed(test, &args);

	expect_digest(test, &rd, bindings_addresses_digest);
	rd = packed(test, &none);
	KUNIT_EXPECT_EQ(test, rd.left, HEAD);
	expect_digest(test, &rd, bindings_empty_digest);
}

/* The parts of the vector in another order, sharing bytes, with a gap and bytes behind. */
static void parts_in_any_order(struct kunit *test)
{
	const struct credssp_channel_bindings head = {
		.initiator_type = cpu_to_le32(2), .initiator_length = cpu_to_le32(4),
		.initiator_offset = cpu_to_le32(HEAD + 3),
		.acceptor_type = cpu_to_le32(2), .acceptor_length = cpu_to_le32(4),
		.acceptor_offset = cpu_to_le32(HEAD + 9),
		.application_length = cpu_to_le32(3), .application_offset = cpu_to_le32(HEAD),
	};
	static const char parts[] = "abc\xc0\x00\x02\x01--\xc0\x00\x02\x02";
	u8 *p = test_room(test, HEAD + sizeof(parts));
	struct cssp_rd rd = cssp_rd_of(p, HEAD + sizeof(parts));

	memcpy(p, &head, HEAD);
	memcpy(p + HEAD, parts, sizeof(parts));
	expect_digest(test, &rd, bindings_addresses_digest);
}

static void expect_refused(struct kunit *test, const struct cssp_rd *rd, unsigned int row)
{
	static const u8 zeros[CSSP_BINDINGS_SIZE];
	u8 digest[CSSP_BINDINGS_SIZE];

	memset(digest, 0xff, sizeof(digest));
	KUNIT_EXPECT_EQ_MSG(test, cssp_bindings_digest(rd, digest), CSSP_E_PARAMETER, "row %u",
			    row);
	KUNIT_EXPECT_MEMEQ(test, digest, zeros, sizeof(zeros));
}

/* Each part in turn at a place, and of a length, that the buffer does not have. */
static void parts_outside(struct kunit *test)
{
	static const struct {
		u32 offset, length;
	} rows[] = {
		{ HEAD, 9 }, { HEAD + 1, 8 }, { HEAD + 8, 1 }, { HEAD + 9, 1 }, { 0, 1 },
		{ HEAD - 1, 1 }, { HEAD, ~0u }, { ~0u, 1 }, { ~0u, ~0u }, { ~0u - 3, 8 },
		{ 0x80000000, 0x80000000 },
	};
	u8 *p = test_room(test, HEAD + 8);
	struct cssp_rd rd = cssp_rd_of(p, HEAD + 8);
	__le32 *fields = (__le32 *)p;
	unsigned int i, part;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (part = 0; part < 3; part++) {
			/* type, length and offset twice, then length and offset */
			unsigned int at = part < 2 ? 3 * part + 1 : 6;

			memset(p, 0, rd.left);
			fields[at] = cpu_to_le32(rows[i].length);
			fields[at + 1] = cpu_to_le32(rows[i].offset);
			expect_refused(test, &rd, i);
		}
	}
}

static void sizes(struct kunit *test)
{
	static const struct credssp_channel_bindings none;
	struct cssp_rd rd;
	size_t n;

	for (n = 0; n < HEAD; n++) {
		rd = cssp_rd_of(&none, n);
		rd = test_copy(test, &rd);
		expect_refused(test, &rd, n);
	}
	rd = cssp_rd_of(test_room(test, CREDSSP_MAX_BINDINGS + 1), CREDSSP_MAX_BINDINGS + 1);
	expect_refused(test, &rd, n);
	rd.left--;
	expect_digest(test, &rd, bindings_empty_digest);
}

static void packing_refuses(struct kunit *test)
{
	struct credssp_bindings args = {}, wrong[] = {
		{ .initiator_length = 1 }, { .acceptor_length = 1 }, { .application_length = 1 },
		{ .initiator = "", .initiator_length = ~0u },
		{ .acceptor = "", .acceptor_length = ~0u },
		{ .application = "", .application_length = CREDSSP_MAX_BINDINGS - HEAD + 1 },
		{ .initiator = "", .initiator_length = CREDSSP_MAX_BINDINGS / 2,
		  .acceptor = "", .acceptor_length = CREDSSP_MAX_BINDINGS / 2 },
	};
	u32 length = HEAD, i;
	u8 room[HEAD];

	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER,
			credssp_pack_channel_bindings(NULL, room, &length));
	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER,
			credssp_pack_channel_bindings(&args, NULL, &length));
	KUNIT_EXPECT_EQ(test, SEC_E_INVALID_PARAMETER,
			credssp_pack_channel_bindings(&args, room, NULL));
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		KUNIT_EXPECT_EQ_MSG(test, SEC_E_INVALID_PARAMETER,
				    credssp_pack_channel_bindings(&wrong[i], room, &length),
				    "row %u", i);
	KUNIT_EXPECT_EQ(test, length, HEAD);
}

/* Kerberos passes the digest to the helper, in either framing. */
static void kerberos_asks_with_it(struct kunit *test)
{
	u8 digest[CSSP_BINDINGS_SIZE];
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	memset(digest, 0x5a, sizeof(digest));
	p->bindings = digest;
	for (i = 0; i < 2; i++) {
		p->tickets.user_to_user = i;
		krb5_pair_restart(test, p);
		krb5_pair_establish(test, p);
		KUNIT_EXPECT_EQ(test, p->helper.head.flags & CREDSSP_HLP_KRB5_BINDINGS,
				(u32)CREDSSP_HLP_KRB5_BINDINGS);
		KUNIT_EXPECT_MEMEQ(test, p->helper.head.bindings, digest, sizeof(digest));
		/* It is borrowed, and the caller may free it now. */
		KUNIT_EXPECT_NULL(test, cssp_krb5_of(p->client)->bindings);
	}
}

static struct kunit_case bindings_cases[] = {
	KUNIT_CASE(of_a_certificate),
	KUNIT_CASE(of_addresses),
	KUNIT_CASE(parts_in_any_order),
	KUNIT_CASE(parts_outside),
	KUNIT_CASE(sizes),
	KUNIT_CASE(packing_refuses),
	KUNIT_CASE(kerberos_asks_with_it),
	{}
};

static struct kunit_suite bindings_suite = {
	.name = "credssp_mech_bindings",
	.test_cases = bindings_cases,
};

kunit_test_suite(bindings_suite);
