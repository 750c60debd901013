// SPDX-License-Identifier: GPL-2.0-only
/* kmod/upcall/keyring.c: what a loan gives, and that it ends with the request. */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/key-type.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include "base/wait.h"
#include "upcall/conv.h"
#include "upcall/helper.h"
#include "upcall/keyring.h"
#include "util.h"

#define LONG_MS		60000	/* more than any test takes */
#define SHORT_MS	100	/* a deadline that a test waits for */
#define POLL_MS		5

#define USER		4242	/* the requester */
#define OPENER		77	/* the user of the helper's opener */
#define SESSION		"_ses"
#define CACHE		"_krb_cache"
/* One more than may be nested: KEYRING_SEARCH_MAX_DEPTH of security/keys/keyring.c */
#define DEPTH		7

/**
 * struct fixture - a helper of another user, and a requester with a session keyring
 * @helper: NULL once a test has killed it
 * @opener, @cred: credentials of the helper's opener and of the requester
 * @who: the requester
 * @session: its session keyring, with @cache in it
 * @cache: stands for a credential cache
 * @wait: deadline of a call
 * @conv: conversation
 * @lent: the loan of @conv, with a reference of the test's
 * @work: makes a call, with the result @result
 */
struct fixture {
	struct cssp_helper *helper;
	struct cred *opener, *cred;
	struct cssp_requester who;
	struct key *session, *cache;
	struct cssp_wait wait;
	struct cssp_conv *conv;
	struct key *lent;
	struct work_struct work;
	int result;
};

static struct key *new_keyring(struct kunit *test, const char *name, struct key *dest)
{
	struct key *key = keyring_alloc(name, KUIDT_INIT(USER), KGIDT_INIT(USER), current_cred(),
					KEY_POS_ALL | KEY_USR_VIEW, KEY_ALLOC_NOT_IN_QUOTA, NULL,
					dest);

	KUNIT_ASSERT_FALSE(test, IS_ERR(key));
	return key;
}

/* Does whoever has linked @keyring find a keyring of this name in it? */
static bool finds(struct key *keyring, const char *name)
{
	key_ref_t found = keyring_search(make_key_ref(keyring, true), &key_type_keyring, name,
					 true);

	if (IS_ERR(found))
		return false;
	key_ref_put(found);
	return true;
}

static struct key *lend(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct key *lent = cssp_keyring_lend(f->helper, &f->who);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, lent);
	return lent;
}

static void the_session_is_reached(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct key *lent = lend(test);

	KUNIT_EXPECT_TRUE(test, finds(lent, SESSION));
	KUNIT_EXPECT_TRUE(test, finds(lent, CACHE));
	/* To find is not to possess: the session's own permissions stay. */
	KUNIT_EXPECT_EQ(test, f->session->perm, KEY_POS_ALL | KEY_USR_VIEW);
	cssp_keyring_end(lent);
	KUNIT_EXPECT_TRUE(test, finds(f->session, CACHE));
	KUNIT_EXPECT_EQ(test, key_validate(f->session), 0);
}

static void the_opener_may_link_it(struct kunit *test)
{
	struct key *lent = lend(test);

	KUNIT_EXPECT_TRUE(test, uid_eq(lent->uid, KUIDT_INIT(OPENER)));
	KUNIT_EXPECT_EQ(test, lent->perm & KEY_USR_ALL, KEY_USR_LINK);
	KUNIT_EXPECT_EQ(test, lent->perm & (KEY_GRP_ALL | KEY_OTH_ALL), 0U);
	KUNIT_EXPECT_EQ(test, lent->perm & KEY_POS_ALL, KEY_POS_VIEW | KEY_POS_SEARCH);
	KUNIT_EXPECT_FALSE(test, test_bit(KEY_FLAG_IN_QUOTA, &lent->flags));
	KUNIT_EXPECT_GT(test, key_serial(lent), 0);
	cssp_keyring_end(lent);
}

static void its_end_ends_it_for_all(struct kunit *test)
{
	struct key *lent = key_get(lend(test));

	KUNIT_EXPECT_EQ(test, key_validate(lent), 0);
	cssp_keyring_end(lent);
	KUNIT_EXPECT_EQ(test, key_validate(lent), -EKEYREVOKED);
	KUNIT_EXPECT_FALSE(test, finds(lent, SESSION));
	KUNIT_EXPECT_FALSE(test, finds(lent, CACHE));
	key_put(lent);
	cssp_keyring_end(NULL);
}

static void no_session(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_conv *conv;
	s32 serial = 1;

	f->cred->session_keyring = NULL;
	KUNIT_EXPECT_NULL(test, cssp_keyring_lend(f->helper, &f->who));
	KUNIT_ASSERT_EQ(test, cssp_conv_open(&conv, &f->who), 0);
	KUNIT_EXPECT_EQ(test, cssp_conv_lend_session(conv, &serial), 0);
	KUNIT_EXPECT_EQ(test, serial, 0);
	cssp_conv_close(conv, false);
	f->cred->session_keyring = f->session;
}

/* The loan is empty, and not absent: the requester has a session, if one without keys. */
static void revoked_session(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct key *lent;

	key_revoke(f->session);
	lent = lend(test);
	KUNIT_EXPECT_FALSE(test, finds(lent, SESSION));
	cssp_keyring_end(lent);
}

static void nested_too_deeply(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct key *keyring[DEPTH], *lent;
	unsigned int i;

	for (i = 0; i < DEPTH; i++)
		keyring[i] = new_keyring(test, "nested", NULL);
	for (i = 0; i + 1 < DEPTH; i++)
		KUNIT_EXPECT_EQ(test, key_link(keyring[i], keyring[i + 1]), 0);
	KUNIT_EXPECT_EQ(test, key_link(f->session, keyring[0]), 0);
	lent = lend(test);
	KUNIT_EXPECT_FALSE(test, finds(lent, SESSION));
	cssp_keyring_end(lent);
	for (i = 0; i < DEPTH; i++)
		key_put(keyring[i]);
}

/* Open a conversation, and lend it the session. */
static void begin(struct kunit *test)
{
	struct fixture *f = test->priv;
	s32 serial = 0;

	cssp_wait_init(&f->wait);
	cssp_wait_start(&f->wait, LONG_MS);
	KUNIT_ASSERT_EQ(test, cssp_conv_open(&f->conv, &f->who), 0);
	KUNIT_ASSERT_EQ(test, cssp_conv_lend_session(f->conv, &serial), 0);
	f->lent = key_lookup(serial);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->lent);
	KUNIT_EXPECT_TRUE(test, finds(f->lent, CACHE));
}

/* The conversation's end; no loan is left by then unless @open. */
static void finish(struct kunit *test, bool open)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, key_validate(f->lent), open ? 0 : -EKEYREVOKED);
	cssp_conv_close(f->conv, false);
	KUNIT_EXPECT_EQ(test, key_validate(f->lent), -EKEYREVOKED);
	KUNIT_EXPECT_FALSE(test, finds(f->lent, CACHE));
	KUNIT_EXPECT_EQ(test, key_validate(f->session), 0);
	key_put(f->lent);
}

static int call(struct fixture *f)
{
	const struct cssp_rd request = test_str("request");
	struct cssp_vbuf reply = {};
	int ret = cssp_conv_call(f->conv, CREDSSP_HLP_KRB5_INIT, &request, &reply, &f->wait);

	cssp_vbuf_free(&reply);
	return ret;
}

static void call_work(struct work_struct *work)
{
	struct fixture *f = container_of(work, struct fixture, work);

	f->result = call(f);
}

/* Play the helper's read(). */
static void take_request(struct kunit *test, struct credssp_hlp_header *hdr)
{
	struct fixture *f = test->priv;
	struct cssp_request *req;
	int left = LONG_MS / POLL_MS;

	while (!cssp_helper_has_request(f->helper) && left--)
		msleep(POLL_MS);
	KUNIT_ASSERT_EQ(test, cssp_helper_take(f->helper, CREDSSP_HLP_MAX_MESSAGE, &req), 0);
	memcpy(hdr, req->message.data, sizeof(*hdr));
	cssp_helper_taken(f->helper, req, true);
}

static void ends_with_the_reply(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct credssp_hlp_header hdr, reply;
	struct cssp_vbuf payload = {};

	begin(test);
	schedule_work(&f->work);
	take_request(test, &hdr);
	KUNIT_EXPECT_EQ(test, key_validate(f->lent), 0);
	reply = (struct credssp_hlp_header){
		.length = sizeof(reply), .opcode = hdr.opcode, .id = hdr.id,
		.conversation = hdr.conversation,
	};
	KUNIT_EXPECT_EQ(test, cssp_helper_reply(f->helper, &reply, &payload), 0);
	flush_work(&f->work);
	KUNIT_EXPECT_EQ(test, f->result, 0);
	finish(test, false);
}

static void ends_with_the_deadline(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct credssp_hlp_header hdr;

	begin(test);
	cssp_wait_start(&f->wait, SHORT_MS);
	schedule_work(&f->work);
	take_request(test, &hdr);
	flush_work(&f->work);
	KUNIT_EXPECT_EQ(test, f->result, -ETIMEDOUT);
	finish(test, false);
}

static void ends_with_cancellation(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct credssp_hlp_header hdr;

	begin(test);
	schedule_work(&f->work);
	take_request(test, &hdr);
	cssp_wait_cancel(&f->wait);
	flush_work(&f->work);
	KUNIT_EXPECT_EQ(test, f->result, -ECANCELED);
	finish(test, false);
}

static void ends_before_the_request(struct kunit *test)
{
	struct fixture *f = test->priv;

	begin(test);
	cssp_wait_cancel(&f->wait);
	KUNIT_EXPECT_EQ(test, call(f), -ECANCELED);
	finish(test, false);
}

static void ends_with_the_helper(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct credssp_hlp_header hdr;

	begin(test);
	schedule_work(&f->work);
	take_request(test, &hdr);
	cssp_helper_kill(f->helper);
	f->helper = NULL;
	flush_work(&f->work);
	KUNIT_EXPECT_EQ(test, f->result, -EHOSTUNREACH);
	finish(test, false);
}

static void ends_with_the_conversation(struct kunit *test)
{
	begin(test);
	finish(test, true);
}

static void ends_with_the_next_one(struct kunit *test)
{
	struct fixture *f = test->priv;
	s32 serial;

	begin(test);
	KUNIT_EXPECT_EQ(test, cssp_conv_lend_session(f->conv, &serial), 0);
	KUNIT_EXPECT_NE(test, serial, key_serial(f->lent));
	finish(test, false);
}

static struct cred *new_cred(struct kunit *test, u32 uid)
{
	struct cred *cred = prepare_creds();

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->uid = KUIDT_INIT(uid);
	cred->euid = KUIDT_INIT(uid);
	cred->fsuid = KUIDT_INIT(uid);
	return cred;
}

static int keyring_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	test->priv = f;
	INIT_WORK(&f->work, call_work);
	f->opener = new_cred(test, OPENER);
	f->cred = new_cred(test, USER);
	f->session = new_keyring(test, SESSION, NULL);
	f->cache = new_keyring(test, CACHE, f->session);
	key_put(f->cred->session_keyring);
	f->cred->session_keyring = key_get(f->session);
	cssp_requester_pin(&f->who, f->cred, &init_net);
	return cssp_helper_create(&f->helper, &init_net, f->opener, &init_pid_ns);
}

static void keyring_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (f->helper)
		cssp_helper_kill(f->helper);
	cssp_requester_drop(&f->who);
	key_put(f->cache);
	key_put(f->session);
	put_cred(f->cred);
	put_cred(f->opener);
}

static struct kunit_case keyring_cases[] = {
	KUNIT_CASE(the_session_is_reached),
	KUNIT_CASE(the_opener_may_link_it),
	KUNIT_CASE(its_end_ends_it_for_all),
	KUNIT_CASE(no_session),
	KUNIT_CASE(revoked_session),
	KUNIT_CASE(nested_too_deeply),
	KUNIT_CASE(ends_with_the_reply),
	KUNIT_CASE(ends_with_the_deadline),
	KUNIT_CASE(ends_with_cancellation),
	KUNIT_CASE(ends_before_the_request),
	KUNIT_CASE(ends_with_the_helper),
	KUNIT_CASE(ends_with_the_conversation),
	KUNIT_CASE(ends_with_the_next_one),
	{}
};

static struct kunit_suite keyring_suite = {
	.name = "credssp_upcall_keyring",
	.init = keyring_init,
	.exit = keyring_exit,
	.test_cases = keyring_cases,
};

kunit_test_suite(keyring_suite);
