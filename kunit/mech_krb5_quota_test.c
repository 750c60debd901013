// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5.c and krb5_acceptor.c: an exchange whose user's quota is used up midway. */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/user_namespace.h>

#include "base/quota_scope.h"
#include "base/status.h"
#include "krb5_acceptor_pair.h"

#define USER		54321
#define ROOM_MAX	16384	/* bytes; far more than a step needs */
#define ROOM_STEP	4

/**
 * struct squeeze - a user with few bytes left
 * @user: of whose quota all but these bytes are taken
 * @rest: what is taken
 * @taken: its bytes
 * @scope: of the user
 */
struct squeeze {
	struct cred *user;
	struct cssp_quota *rest;
	long taken;
	struct cssp_quota_scope scope;
};

static void squeeze_init(struct kunit *test, struct squeeze *s)
{
	/* The quota code reads only these members. */
	s->user = kunit_kzalloc(test, sizeof(*s->user), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s->user);
	s->user->user_ns = &init_user_ns;
	s->user->euid = KUIDT_INIT(USER);
}

/* Leave @room bytes, and work for the user, until squeeze_end(). */
static void squeeze_begin(struct kunit *test, struct squeeze *s, long room)
{
	s->taken = cssp_quota_limit(s->user, CSSP_BUFFER_BYTES) -
		   cssp_quota_used(s->user, CSSP_BUFFER_BYTES) - room;
	s->rest = cssp_quota_charge_cred(s->user, CSSP_BUFFER_BYTES, s->taken);
	KUNIT_ASSERT_FALSE(test, IS_ERR(s->rest));
	cssp_quota_scope_enter(&s->scope, s->user);
}

static void squeeze_end(struct squeeze *s)
{
	cssp_quota_scope_leave(&s->scope);
	cssp_quota_uncharge(s->rest, CSSP_BUFFER_BYTES, s->taken);
}

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
		for (room = 0, ret = -EDQUOT; ret && room < ROOM_MAX; room += ROOM_STEP) {
			krb5_pair_restart(test, p);
			cssp_vbuf_clear(p->to_client);
			if (second)
				krb5_pair_begin(test, p);
			ret = squeezed_step(test, p, &s, room);
		}
		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_GT(test, room, (long)ROOM_STEP);
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
	for (room = 0, ret = -EDQUOT; ret && room < ROOM_MAX; room += ROOM_STEP) {
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
	KUNIT_EXPECT_GT(test, room, (long)ROOM_STEP);
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
