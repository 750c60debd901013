// SPDX-License-Identifier: GPL-2.0-only
/* kmod/upcall/flow.c: users are served in turn, each one's requests in order. */
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "upcall/helper.h"
#include "base/requester.h"
#include "util.h"

#define ALICE	1000
#define BOB	1001
#define CAROL	1002
#define SUBUID	100000	/* the first subordinate uid of a user */
#define STORM	500

/**
 * struct flow_fixture - a helper, and the requests that were submitted to it
 * @helper: of init_net
 * @reqs: with the tests' references
 * @count: of @reqs
 */
struct flow_fixture {
	struct cssp_helper *helper;
	struct cssp_request *reqs[STORM + 8];
	int count;
};

static struct user_namespace *flow_ns(struct kunit *test, struct user_namespace *parent,
				      u32 owner)
{
	struct user_namespace *ns = kunit_kzalloc(test, sizeof(*ns), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ns);
	ns->parent = parent;
	ns->owner = KUIDT_INIT(owner);
	refcount_set(&ns->ns.count, 1);
	return ns;
}

/* Submit a request of user @uid in @ns; @conversation identifies it in the tests. */
static struct cssp_request *flow_submit(struct kunit *test, struct user_namespace *ns,
					u32 uid, u16 opcode, u64 conversation)
{
	struct flow_fixture *f = test->priv;
	struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	struct cred *cred = kunit_kzalloc(test, sizeof(*cred), GFP_KERNEL);
	struct cssp_requester who = { .cred = cred, .net = &init_net };
	struct cssp_request *req;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	KUNIT_ASSERT_LT(test, f->count, (int)ARRAY_SIZE(f->reqs));
	cred->user_ns = ns;
	cred->euid = KUIDT_INIT(uid);
	req = cssp_request_create(f->helper, &who, opcode, conversation, &nothing);
	KUNIT_ASSERT_FALSE(test, IS_ERR(req));
	f->reqs[f->count++] = req;
	KUNIT_ASSERT_EQ(test, cssp_helper_submit(f->helper, req), 0);
	return req;
}

static struct cssp_request *flow_step(struct kunit *test, u32 uid, u64 conversation)
{
	return flow_submit(test, &init_user_ns, uid, CREDSSP_HLP_TLS_STEP, conversation);
}

/* Read the next request. Return its conversation, or 0 if there is none. */
static u64 flow_read(struct kunit *test, bool delivered)
{
	struct flow_fixture *f = test->priv;
	struct cssp_request *req;
	u64 conversation;

	if (cssp_helper_take(f->helper, SIZE_MAX, &req))
		return 0;
	conversation = req->conversation;
	cssp_helper_taken(f->helper, req, delivered);
	return conversation;
}

static void flow_expect(struct kunit *test, const u64 *marks, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		KUNIT_EXPECT_EQ_MSG(test, flow_read(test, true), marks[i], "request %zu", i);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 0);
}

/* The waiter of a request gives up. */
static void flow_leave(struct kunit *test, struct cssp_request *req)
{
	struct flow_fixture *f = test->priv;
	struct cssp_vbuf reply = {};

	KUNIT_EXPECT_EQ(test, cssp_helper_collect(f->helper, req, -EINTR, &reply), -EINTR);
}

static void storm_costs_others_one_request(struct kunit *test)
{
	bool first, second;
	int i;

	for (i = 0; i < STORM; i++)
		flow_step(test, ALICE, 1);
	flow_step(test, BOB, 2);
	first = flow_read(test, true) == 2;
	second = flow_read(test, true) == 2;
	KUNIT_EXPECT_TRUE(test, first || second);
	/* and again, while Alice's requests are being read */
	flow_step(test, BOB, 3);
	first = flow_read(test, true) == 3;
	second = flow_read(test, true) == 3;
	KUNIT_EXPECT_TRUE(test, first || second);
}

static void users_take_turns(struct kunit *test)
{
	static const u64 turns[] = { 10, 20, 30, 11, 21, 31, 12, 32, 13 };
	int i;

	for (i = 0; i < 4; i++)
		flow_step(test, ALICE, 10 + i);
	for (i = 0; i < 2; i++)
		flow_step(test, BOB, 20 + i);
	for (i = 0; i < 3; i++)
		flow_step(test, CAROL, 30 + i);
	flow_expect(test, turns, ARRAY_SIZE(turns));
}

/* A user that submits while others' requests are being read comes before their next ones. */
static void newcomer_is_fresh(struct kunit *test)
{
	static const u64 turns[] = { 20, 30, 11, 21, 12 };
	int i;

	for (i = 0; i < 3; i++)
		flow_step(test, ALICE, 10 + i);
	for (i = 0; i < 2; i++)
		flow_step(test, BOB, 20 + i);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 10);
	flow_step(test, CAROL, 30);
	flow_expect(test, turns, ARRAY_SIZE(turns));
}

/* Users that submit one request after the other pass the others once, and then take turns. */
static void freshness_comes_once(struct kunit *test)
{
	static const u64 first[] = { 20, 30, 10 }, later[] = { 21, 31, 11, 22, 32, 12 };
	int i;

	for (i = 0; i < 4; i++)
		flow_step(test, ALICE, 9 + i);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 9);
	flow_step(test, BOB, 20);
	flow_step(test, CAROL, 30);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, flow_read(test, true), first[i]);
		if (first[i] != 10)
			flow_step(test, first[i] == 20 ? BOB : CAROL, first[i] + 1);
	}
	for (i = 0; i < 6; i++) {
		KUNIT_EXPECT_EQ(test, flow_read(test, true), later[i]);
		if (later[i] == 21 || later[i] == 31)
			flow_step(test, later[i] == 21 ? BOB : CAROL, later[i] + 1);
	}
	/* Alice has no more: her turn passes, and she is fresh again. */
	flow_step(test, BOB, 23);
	flow_step(test, BOB, 24);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 23);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 24);
	flow_step(test, BOB, 25);
	flow_step(test, ALICE, 13);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 13);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 25);
}

/* END has no reply, and is read after the earlier requests of its conversation. */
static void end_comes_last(struct kunit *test)
{
	static const u16 opcodes[] = {
		CREDSSP_HLP_TLS_START, CREDSSP_HLP_TLS_STEP, CREDSSP_HLP_END,
	};
	struct flow_fixture *f = test->priv;
	struct cssp_request *req;
	int i, found = 0;

	for (i = 0; i < 5; i++)
		flow_step(test, BOB, 2);
	for (i = 0; i < ARRAY_SIZE(opcodes); i++)
		flow_submit(test, &init_user_ns, ALICE, opcodes[i], 1);
	for (i = 0; i < 5 + ARRAY_SIZE(opcodes); i++) {
		KUNIT_ASSERT_EQ(test, cssp_helper_take(f->helper, SIZE_MAX, &req), 0);
		if (req->conversation == 1)
			KUNIT_EXPECT_EQ(test, req->opcode, opcodes[found++]);
		cssp_helper_taken(f->helper, req, true);
	}
	KUNIT_EXPECT_EQ(test, found, (int)ARRAY_SIZE(opcodes));
	KUNIT_EXPECT_EQ(test, f->helper->pending, 5 + ARRAY_SIZE(opcodes) - 1);
}

/* A request whose read failed is the next one again. */
static void undelivered_is_next_again(struct kunit *test)
{
	static const u64 turns[] = { 10, 20, 11, 21 };
	int i;

	for (i = 0; i < 2; i++) {
		flow_step(test, ALICE, 10 + i);
		flow_step(test, BOB, 20 + i);
	}
	KUNIT_EXPECT_EQ(test, flow_read(test, false), 10);
	flow_expect(test, turns, ARRAY_SIZE(turns));
	/* the same if it is the user's only request */
	flow_step(test, ALICE, 12);
	flow_step(test, BOB, 22);
	KUNIT_EXPECT_EQ(test, flow_read(test, false), 12);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 12);
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 22);
}

/* A request that is given up before its turn is not read. */
static void leaving_gives_up_the_turn(struct kunit *test)
{
	static const u64 turns[] = { 11, 20 };
	struct cssp_request *first = flow_step(test, ALICE, 10);
	struct cssp_request *only;

	flow_step(test, BOB, 20);
	only = flow_step(test, CAROL, 30);
	flow_step(test, ALICE, 11);
	flow_leave(test, first);
	flow_leave(test, only);
	/* Alice keeps her turn, which belongs to the user and not to the request. */
	flow_expect(test, turns, ARRAY_SIZE(turns));
}

/* All users in a user's own namespaces share that user's turn. */
static void namespace_has_one_turn(struct kunit *test)
{
	static const u64 turns[] = { 10, 20, 11, 12, 13 };
	struct user_namespace *ns = flow_ns(test, &init_user_ns, ALICE);
	struct user_namespace *inner = flow_ns(test, ns, SUBUID);

	flow_submit(test, ns, SUBUID, CREDSSP_HLP_TLS_STEP, 10);
	flow_submit(test, ns, SUBUID + 1, CREDSSP_HLP_TLS_STEP, 11);
	flow_submit(test, inner, SUBUID + 2, CREDSSP_HLP_TLS_STEP, 12);
	flow_step(test, ALICE, 13);
	flow_step(test, BOB, 20);
	flow_expect(test, turns, ARRAY_SIZE(turns));
}

/* All users in a namespace that root has made share one turn, unless the helper is in it. */
static void container_has_one_turn(struct kunit *test)
{
	static const u64 turns[] = { 10, 20, 30, 11, 31 };
	struct user_namespace *one = flow_ns(test, &init_user_ns, 0);
	struct user_namespace *two = flow_ns(test, &init_user_ns, 0);
	struct flow_fixture *f = test->priv;
	struct user_namespace *own;
	int i;

	flow_submit(test, one, SUBUID, CREDSSP_HLP_TLS_STEP, 10);
	flow_submit(test, one, SUBUID + 1, CREDSSP_HLP_TLS_STEP, 11);
	flow_step(test, BOB, 20);
	for (i = 0; i < 2; i++)
		flow_submit(test, two, SUBUID + i, CREDSSP_HLP_TLS_STEP, 30 + i);
	flow_expect(test, turns, ARRAY_SIZE(turns));

	/* With a helper in that namespace its users have turns of their own. */
	own = f->helper->user_ns;
	f->helper->user_ns = one;
	for (i = 0; i < 2; i++)
		flow_submit(test, one, SUBUID, CREDSSP_HLP_TLS_STEP, 10 + i);
	flow_submit(test, one, SUBUID + 1, CREDSSP_HLP_TLS_STEP, 20);
	for (i = 0; i < 2; i++)
		flow_submit(test, flow_ns(test, one, SUBUID + 2), SUBUID + 10 + i,
			    CREDSSP_HLP_TLS_STEP, 30 + i);
	f->helper->user_ns = own;
	flow_expect(test, turns, ARRAY_SIZE(turns));
}

/* Check the user that the helper is told to count a request for. */
static void flow_expect_owner(struct kunit *test, struct user_namespace *ns, u32 uid,
			      u32 owner)
{
	struct cssp_request *req = flow_submit(test, ns, uid, CREDSSP_HLP_TLS_STEP, 1);
	struct credssp_hlp_header hdr;

	memcpy(&hdr, req->message.data, sizeof(hdr));
	KUNIT_EXPECT_EQ(test, hdr.uid, uid);
	KUNIT_EXPECT_EQ(test, hdr.owner, owner);
}

/* The users of a namespace count as one, so that together they have one user's share. */
static void request_names_owner(struct kunit *test)
{
	struct user_namespace *ns = flow_ns(test, &init_user_ns, ALICE);
	struct user_namespace *inner = flow_ns(test, ns, SUBUID);
	struct user_namespace *one = flow_ns(test, &init_user_ns, 0);
	struct user_namespace *two = flow_ns(test, &init_user_ns, 0);

	one->ns.inum = 0xf0000001;
	two->ns.inum = 0xf0000002;
	flow_expect_owner(test, &init_user_ns, ALICE, ALICE);
	flow_expect_owner(test, ns, SUBUID, ALICE);
	flow_expect_owner(test, ns, SUBUID + 1, ALICE);
	flow_expect_owner(test, inner, SUBUID + 2, ALICE);
	flow_expect_owner(test, &init_user_ns, 0, 0);
	/* A namespace that root has made does not count as root, which has no limit. */
	flow_expect_owner(test, one, SUBUID, 0xf0000001);
	flow_expect_owner(test, one, SUBUID + 1, 0xf0000001);
	flow_expect_owner(test, two, SUBUID, 0xf0000002);
}

static void flow_drop_requests(struct flow_fixture *f)
{
	while (f->count)
		cssp_request_put(f->reqs[--f->count]);
}

static bool flows_left(const struct cssp_helper *h)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(h->flows); i++)
		if (!hlist_empty(&h->flows[i]))
			return true;
	return false;
}

static void nothing_is_left(struct kunit *test)
{
	struct flow_fixture *f = test->priv;
	struct cssp_request *alice = flow_step(test, ALICE, 1);
	struct cssp_request *bob = flow_step(test, BOB, 2);

	KUNIT_EXPECT_TRUE(test, flows_left(f->helper));
	KUNIT_EXPECT_EQ(test, flow_read(test, true), 1);
	flow_leave(test, alice);
	flow_leave(test, bob);
	flow_drop_requests(f);
	KUNIT_EXPECT_FALSE(test, flows_left(f->helper));
	KUNIT_EXPECT_TRUE(test, list_empty(&f->helper->turns));
	KUNIT_EXPECT_EQ(test, f->helper->pending, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&f->helper->ref), 1);
}

static int flow_init(struct kunit *test)
{
	struct flow_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	test->priv = f;
	return cssp_helper_create(&f->helper, &init_net, current_cred(), &init_pid_ns);
}

/* End the helper, with the requests that a test has left. */
static void flow_exit(struct kunit *test)
{
	struct flow_fixture *f = test->priv;

	if (!f)
		return;
	if (f->helper)
		cssp_helper_kill(f->helper);
	flow_drop_requests(f);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(storm_costs_others_one_request),
	KUNIT_CASE(users_take_turns),
	KUNIT_CASE(newcomer_is_fresh),
	KUNIT_CASE(freshness_comes_once),
	KUNIT_CASE(end_comes_last),
	KUNIT_CASE(undelivered_is_next_again),
	KUNIT_CASE(leaving_gives_up_the_turn),
	KUNIT_CASE(namespace_has_one_turn),
	KUNIT_CASE(container_has_one_turn),
	KUNIT_CASE(request_names_owner),
	KUNIT_CASE(nothing_is_left),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "credssp_upcall_flow",
	.init = flow_init,
	.exit = flow_exit,
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
