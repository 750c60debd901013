// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5.c and krb5_acceptor.c: an exchange whose user's quota is used up midway. */
#include "base/status.h"
#include "krb5_acceptor_pair.h"
#include "squeeze.h"

/* The initiator's step on the acceptor's last token, with @room bytes */
static int squeezed_step(struct kunit *test, struct krb5_pair *p, struct squeeze *s, long room)
{
	int ret;

	squeeze_begin(test, s, room);
	ret = krb5_pair_step(p);
	squeeze_end(s);
	if (!ret)
		return 0;
	KUNIT_EXPECT_EQ_MSG(test, p->to_server->len, (size_t)0, "%ld bytes", room);
	krb5_pair_expect_dead(test, p, p->client->reason);
	KUNIT_EXPECT_NE(test, p->client->reason, (u32)CREDSSP_REASON_NONE);
	return ret;
}

/* A step that fails sends nothing and keeps nothing: the AP-REQ's, and the AP-REP's. */
static void initiator(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct squeeze s = {};
	unsigned int second;
	long room;
	int ret;

	squeeze_init(test, &s);
	for (second = 0; second < 2; second++) {
		for (room = 0, ret = -EDQUOT; ret && room < SQUEEZE_ROOM_MAX;
		     room += SQUEEZE_ROOM_STEP) {
			krb5_pair_restart(test, p);
			cssp_vbuf_clear(p->to_client);
			if (second)
				krb5_pair_begin(test, p);
			ret = squeezed_step(test, p, &s, room);
		}
		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_GT(test, room, (long)SQUEEZE_ROOM_STEP);
	}
}

/* No AP-REP is sent that the acceptor has no keys for. */
static void acceptor(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	struct squeeze s = {};
	long room;
	int ret;

	squeeze_init(test, &s);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(a->p->to_client, PAGE_SIZE), 0);
	for (room = 0, ret = -EDQUOT; ret && room < SQUEEZE_ROOM_MAX;
	     room += SQUEEZE_ROOM_STEP) {
		krb5_acc_pair_restart(test, a);
		krb5_acc_begin(test, a);
		squeeze_begin(test, &s, room);
		ret = krb5_acc_answer(a);
		squeeze_end(&s);
		if (!ret)
			break;
		KUNIT_EXPECT_EQ_MSG(test, a->p->to_client->len, (size_t)0, "%ld bytes", room);
		krb5_acc_expect_dead(test, a, a->acceptor->reason);
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, room, (long)SQUEEZE_ROOM_STEP);
}

static struct kunit_case krb5_quota_cases[] = {
	KUNIT_CASE(initiator),
	KUNIT_CASE(acceptor),
	{}
};

static struct kunit_suite krb5_quota_suite = {
	.name = "credssp_mech_krb5_quota",
	.test_cases = krb5_quota_cases,
};

kunit_test_suite(krb5_quota_suite);
