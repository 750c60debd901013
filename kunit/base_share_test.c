// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base/share.c: what one address may use of a quota. */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/socket.h>
#include "base/share.h"
#include "util.h"

#define LIMIT	CSSP_MAX_UNPROVEN_USER

/**
 * struct crowd - charges of one user
 * @quota: the user's, referenced
 * @cred: the user
 * @shares: of the charges, in their order
 * @count: of them
 */
struct crowd {
	struct cssp_quota *quota;
	struct cred *cred;
	struct cssp_share *shares[LIMIT + 1];
	unsigned int count;
};

static void crowd_end(void *arg)
{
	struct crowd *c = arg;

	while (c->count) {
		cssp_share_uncharge(c->shares[--c->count]);
		cssp_quota_uncharge(c->quota, CSSP_UNPROVEN, 1);
	}
	cssp_quota_put(c->quota);
}

static struct crowd *crowd_new(struct kunit *test, u32 uid)
{
	struct crowd *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->cred = kunit_kzalloc(test, sizeof(*c->cred), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->cred);
	c->cred->user_ns = &init_user_ns;
	c->cred->euid = KUIDT_INIT(uid);
	c->quota = cssp_quota_get(c->cred);
	KUNIT_ASSERT_FALSE(test, IS_ERR(c->quota));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, crowd_end, c), 0);
	return c;
}

/* One more of this address: 0 or an errno */
static int crowd_add(struct crowd *c, const struct credssp_address *peer)
{
	int ret = cssp_quota_charge(c->quota, c->cred, CSSP_UNPROVEN, 1);

	if (ret)
		return ret;
	ret = cssp_share_charge(&c->shares[c->count], c->quota, CSSP_UNPROVEN, peer);
	if (ret)
		cssp_quota_uncharge(c->quota, CSSP_UNPROVEN, 1);
	else
		c->count++;
	return ret;
}

/* As many as there is room for; returns their number. */
static unsigned int crowd_fill(struct crowd *c, const struct credssp_address *peer)
{
	unsigned int before = c->count;

	while (!crowd_add(c, peer))
		;
	return c->count - before;
}

static struct credssp_address ipv4(u8 last)
{
	return (struct credssp_address){ .family = AF_INET, .address = { 192, 0, 2, last } };
}

/* 2001:db8:0:@network::@host */
static struct credssp_address ipv6(u8 network, u8 host)
{
	return (struct credssp_address){
		.family = AF_INET6,
		.address = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, network, [15] = host },
	};
}

/* Each new address finds room: the first has the half, then the half of what is left, ... */
static void each_leaves_room(struct kunit *test)
{
	struct crowd *c = crowd_new(test, 4711);
	unsigned int left = LIMIT, got;
	struct credssp_address peer;
	u8 i;

	for (i = 1; left; i++) {
		peer = ipv4(i);
		got = crowd_fill(c, &peer);
		KUNIT_EXPECT_EQ(test, got, DIV_ROUND_UP(left, 2));
		left -= got;
	}
	KUNIT_EXPECT_EQ(test, c->count, LIMIT);
	KUNIT_EXPECT_EQ(test, cssp_quota_left(c->quota, CSSP_UNPROVEN), 0);
}

/* By turns, N addresses get one part of N + 1 each. */
static void by_turns(struct kunit *test)
{
	struct crowd *c = crowd_new(test, 4711);
	unsigned int got[3] = {}, i, refused = 0;
	struct credssp_address peer;

	for (i = 0; refused < ARRAY_SIZE(got); i = (i + 1) % ARRAY_SIZE(got)) {
		peer = ipv4(i);
		if (crowd_add(c, &peer)) {
			refused++;
		} else {
			got[i]++;
			refused = 0;
		}
	}
	for (i = 0; i < ARRAY_SIZE(got); i++) {
		KUNIT_EXPECT_GE(test, got[i], LIMIT / 4);
		KUNIT_EXPECT_LE(test, got[i], LIMIT / 4 + 1);
	}
}

static void what_is_one_address(struct kunit *test)
{
	static const struct {
		const char *name;
		struct credssp_address other;
		bool same;
	} rows[] = {
		{ "the host", { .family = AF_INET6, .address = { 0x20, 1, [15] = 9 } }, true },
		{ "the port", { .family = AF_INET6, .port = 9, .address = { 0x20, 1 } }, true },
		{ "the network", { .family = AF_INET6, .address = { 0x20, 1, [7] = 9 } }, false },
		{ "the interface", { .family = AF_INET6, .scope = 2, .address = { 0x20, 1 } },
		  false },
		{ "the family", { .family = AF_INET, .address = { 0x20, 1 } }, false },
	};
	const struct credssp_address one = { .family = AF_INET6, .address = { 0x20, 1 } };
	struct crowd *c = crowd_new(test, 4711);
	unsigned int i;

	crowd_fill(c, &one);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, crowd_add(c, &rows[i].other),
				    rows[i].same ? -EDQUOT : 0, "%s", rows[i].name);
}

static void others_do_not_count(struct kunit *test)
{
	const struct credssp_address none = {}, peer = ipv6(1, 1);
	struct crowd *c = crowd_new(test, 4711), *d = crowd_new(test, 4712);

	/* without an address there is the quota alone */
	KUNIT_EXPECT_EQ(test, crowd_fill(c, &none), LIMIT);
	KUNIT_EXPECT_NULL(test, c->shares[0]);
	/* another user's, of the same address */
	KUNIT_EXPECT_EQ(test, crowd_fill(d, &peer), LIMIT / 2);
}

/* What is given back is there again. */
static void given_back(struct kunit *test)
{
	const struct credssp_address peer = ipv4(1);
	struct crowd *c = crowd_new(test, 4711);

	crowd_fill(c, &peer);
	cssp_share_uncharge(c->shares[--c->count]);
	cssp_quota_uncharge(c->quota, CSSP_UNPROVEN, 1);
	KUNIT_EXPECT_EQ(test, crowd_fill(c, &peer), 1);
	cssp_share_uncharge(NULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(each_leaves_room),
	KUNIT_CASE(by_turns),
	KUNIT_CASE(what_is_one_address),
	KUNIT_CASE(others_do_not_count),
	KUNIT_CASE(given_back),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_base_share",
	.test_cases = cases,
};

kunit_test_suite(suite);
