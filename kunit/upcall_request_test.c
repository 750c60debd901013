// SPDX-License-Identifier: GPL-2.0-only
/* kmod/upcall: what depends on the opcode: the requester's groups, and the errors of replies. */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "base/requester.h"
#include "upcall/helper.h"
#include "util.h"

#define EGID		1234
#define FIRST_GROUP	5000

/**
 * struct fixture - a helper of init_net, and a requester with groups of its own
 * @helper: the helper
 * @cred: credentials of @who
 * @who: the requester
 */
struct fixture {
	struct cssp_helper *helper;
	struct cred *cred;
	struct cssp_requester who;
};

static int request_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->cred = prepare_creds();
	if (!f->cred)
		return -ENOMEM;
	f->cred->egid = KGIDT_INIT(EGID);
	cssp_requester_pin(&f->who, f->cred, &init_net);
	test->priv = f;
	return cssp_helper_create(&f->helper, &init_net, current_cred(), &init_pid_ns);
}

static void request_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	if (f->helper)
		cssp_helper_kill(f->helper);
	cssp_requester_drop(&f->who);
	put_cred(f->cred);
}

/* Give the requester @count groups. */
static void set_count(struct kunit *test, int count)
{
	struct fixture *f = test->priv;
	struct group_info *groups = groups_alloc(count);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, groups);
	for (i = 0; i < count; i++)
		groups->gid[i] = KGIDT_INIT(FIRST_GROUP + i);
	set_groups(f->cred, groups);
	put_group_info(groups);
}

/* A request with the payload "payload" */
static struct cssp_request *make(struct kunit *test, u16 opcode)
{
	struct fixture *f = test->priv;
	const struct cssp_rd payload = test_str("payload");
	struct cssp_request *req;

	req = cssp_request_create(f->helper, &f->who, opcode, 5, &payload);
	KUNIT_ASSERT_FALSE(test, IS_ERR(req));
	return req;
}

/* Expect @count groups between the header and the payload. */
static void expect_groups(struct kunit *test, u16 opcode, unsigned int count)
{
	struct cssp_request *req = make(test, opcode);
	const struct cssp_rd want = test_str("payload");
	struct cssp_rd rd = cssp_rd_of(req->message.data, req->message.len);
	struct credssp_hlp_groups groups;
	struct credssp_hlp_header hdr;
	unsigned int i;
	u32 gid;

	KUNIT_ASSERT_EQ(test, cssp_rd_copy(&rd, &hdr, sizeof(hdr)), 0);
	KUNIT_EXPECT_EQ(test, hdr.length, req->message.len);
	KUNIT_EXPECT_EQ(test, hdr.flags, CREDSSP_HLP_GROUPS);
	KUNIT_ASSERT_EQ(test, cssp_rd_copy(&rd, &groups, sizeof(groups)), 0);
	KUNIT_EXPECT_EQ(test, groups.gid, EGID);
	KUNIT_EXPECT_EQ(test, groups.count, count);
	for (i = 0; i < groups.count; i++) {
		KUNIT_ASSERT_EQ(test, cssp_rd_copy(&rd, &gid, sizeof(gid)), 0);
		KUNIT_EXPECT_EQ(test, gid, FIRST_GROUP + i);
	}
	test_expect_same(test, &rd, &want);
	cssp_request_put(req);
}

static void expect_none(struct kunit *test, u16 opcode)
{
	struct cssp_request *req = make(test, opcode);
	struct credssp_hlp_header hdr;

	memcpy(&hdr, req->message.data, sizeof(hdr));
	KUNIT_EXPECT_EQ(test, hdr.flags, 0);
	KUNIT_EXPECT_EQ(test, hdr.length, sizeof(hdr) + strlen("payload"));
	KUNIT_EXPECT_EQ(test, req->message.len, hdr.length);
	cssp_request_put(req);
}

/* A process that has left its user's groups does not get them back by the helper. */
static void groups_of_the_requester(struct kunit *test)
{
	set_count(test, 3);
	expect_groups(test, CREDSSP_HLP_KRB5_INIT, 3);
	expect_groups(test, CREDSSP_HLP_KRB5_TGT, 3);
	expect_groups(test, CREDSSP_HLP_KRB5_ACCEPT, 3);
	expect_none(test, CREDSSP_HLP_KRB5_STEP);
	expect_none(test, CREDSSP_HLP_NTLM_LOGON);
	expect_none(test, CREDSSP_HLP_TLS_START);
	expect_none(test, CREDSSP_HLP_END);
	set_count(test, 0);
	expect_groups(test, CREDSSP_HLP_KRB5_INIT, 0);
	set_count(test, CREDSSP_HLP_MAX_GROUPS);
	expect_groups(test, CREDSSP_HLP_KRB5_INIT, CREDSSP_HLP_MAX_GROUPS);
	set_count(test, CREDSSP_HLP_MAX_GROUPS + 1);
	expect_groups(test, CREDSSP_HLP_KRB5_INIT, CREDSSP_HLP_MAX_GROUPS);
}

/* A number of another user namespace is that of another group. */
static void groups_of_another_namespace(struct kunit *test)
{
	struct user_namespace *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	struct fixture *f = test->priv;
	struct user_namespace *own = f->helper->user_ns;

	KUNIT_ASSERT_NOT_NULL(test, other);
	/* Its maps are all that is used. */
	other->uid_map = init_user_ns.uid_map;
	other->gid_map = init_user_ns.gid_map;
	set_count(test, 3);
	f->helper->user_ns = other;
	expect_none(test, CREDSSP_HLP_KRB5_INIT);
	f->helper->user_ns = own;
}

static void longest_request_with_groups(struct kunit *test)
{
	const size_t room = CREDSSP_HLP_MAX_MESSAGE - sizeof(struct credssp_hlp_header) -
			    sizeof(struct credssp_hlp_groups) - sizeof(u32);
	struct fixture *f = test->priv;
	struct cssp_vbuf text = {};
	struct cssp_request *req;
	struct cssp_rd rd;

	set_count(test, 1);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(&text, room + 1), 0);
	memset(text.data, 'x', room + 1);
	rd = cssp_rd_of(text.data, room + 1);
	req = cssp_request_create(f->helper, &f->who, CREDSSP_HLP_KRB5_INIT, 1, &rd);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(req), -EMSGSIZE);
	rd = cssp_rd_of(text.data, room);
	req = cssp_request_create(f->helper, &f->who, CREDSSP_HLP_KRB5_INIT, 1, &rd);
	cssp_vbuf_free(&text);
	KUNIT_ASSERT_FALSE(test, IS_ERR(req));
	KUNIT_EXPECT_EQ(test, req->message.len, CREDSSP_HLP_MAX_MESSAGE);
	cssp_request_put(req);
}

/* The outcome of a request that the helper answers with @error */
static int outcome(struct kunit *test, u16 opcode, u16 error)
{
	struct fixture *f = test->priv;
	struct cssp_request *req = make(test, opcode), *read;
	struct cssp_vbuf payload = {}, reply = {};
	struct credssp_hlp_header hdr;
	int ret;

	KUNIT_ASSERT_EQ(test, cssp_helper_submit(f->helper, req), 0);
	KUNIT_ASSERT_EQ(test, cssp_helper_take(f->helper, CREDSSP_HLP_MAX_MESSAGE, &read), 0);
	cssp_helper_taken(f->helper, read, true);
	hdr = (struct credssp_hlp_header){
		.length = sizeof(hdr), .opcode = opcode, .error = error, .id = req->id,
		.conversation = req->conversation,
	};
	KUNIT_EXPECT_EQ(test, cssp_helper_reply(f->helper, &hdr, &payload), 0);
	ret = cssp_helper_collect(f->helper, req, 0, &reply);
	cssp_request_put(req);
	cssp_vbuf_free(&reply);
	return ret;
}

static void errors_of_replies(struct kunit *test)
{
	static const u16 opcodes[] = {
		CREDSSP_HLP_KRB5_INIT, CREDSSP_HLP_KRB5_STEP, CREDSSP_HLP_KRB5_TGT,
		CREDSSP_HLP_KRB5_ACCEPT, CREDSSP_HLP_NTLM_LOGON, CREDSSP_HLP_TLS_START,
		CREDSSP_HLP_TLS_TICKET, CREDSSP_HLP_TLS_ACCEPT,
	};
	unsigned int i;
	bool others;

	for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
		others = opcodes[i] >= CREDSSP_HLP_KRB5_INIT &&
			 opcodes[i] != CREDSSP_HLP_TLS_ACCEPT;
		KUNIT_EXPECT_EQ(test, outcome(test, opcodes[i], EDQUOT), -EDQUOT);
		KUNIT_EXPECT_EQ(test, outcome(test, opcodes[i], ENOMEM), -EREMOTEIO);
		KUNIT_EXPECT_EQ(test, outcome(test, opcodes[i], EOPNOTSUPP),
				others ? -EOPNOTSUPP : -EREMOTEIO);
		KUNIT_EXPECT_EQ(test, outcome(test, opcodes[i], ETIMEDOUT),
				others ? -ETIMEDOUT : -EREMOTEIO);
	}
}

static struct kunit_case request_cases[] = {
	KUNIT_CASE(groups_of_the_requester),
	KUNIT_CASE(groups_of_another_namespace),
	KUNIT_CASE(longest_request_with_groups),
	KUNIT_CASE(errors_of_replies),
	{}
};

static struct kunit_suite request_suite = {
	.name = "credssp_upcall_request",
	.init = request_init,
	.exit = request_exit,
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);
