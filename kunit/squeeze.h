/* SPDX-License-Identifier: GPL-2.0-only */
/* A user with few bytes left, for tests of a step that runs out of memory midway. */
#ifndef KUNIT_SQUEEZE_H
#define KUNIT_SQUEEZE_H

#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/user_namespace.h>
#include "base/quota_scope.h"

#define SQUEEZE_USER		54321
#define SQUEEZE_ROOM_MAX	16384	/* bytes; far more than a step needs */
#define SQUEEZE_ROOM_STEP	4

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

static inline void squeeze_init(struct kunit *test, struct squeeze *s)
{
	/* The quota code reads only these members. */
	s->user = kunit_kzalloc(test, sizeof(*s->user), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s->user);
	s->user->user_ns = &init_user_ns;
	s->user->euid = KUIDT_INIT(SQUEEZE_USER);
}

/* Leave @room bytes, and work for the user, until squeeze_end(). */
static inline void squeeze_begin(struct kunit *test, struct squeeze *s, long room)
{
	s->taken = cssp_quota_limit(s->user, CSSP_BUFFER_BYTES) -
		   cssp_quota_used(s->user, CSSP_BUFFER_BYTES) - room;
	s->rest = cssp_quota_charge_cred(s->user, CSSP_BUFFER_BYTES, s->taken);
	KUNIT_ASSERT_FALSE(test, IS_ERR(s->rest));
	cssp_quota_scope_enter(&s->scope, s->user);
}

static inline void squeeze_end(struct squeeze *s)
{
	cssp_quota_scope_leave(&s->scope);
	cssp_quota_uncharge(s->rest, CSSP_BUFFER_BYTES, s->taken);
}

#endif
