// SPDX-License-Identifier: GPL-2.0-only
/* kmod/upcall/helper.c: the errors that a reply can have, by request. */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <net/net_namespace.h>

#include "base/requester.h"
#include "upcall/helper.h"
#include "util.h"

static int reply_init(struct kunit *test)
{
	struct cssp_helper *h;
	int ret = cssp_helper_create(&h, &init_net, current_cred(), &init_pid_ns);

	test->priv = ret ? NULL : h;
	return ret;
}

static void reply_exit(struct kunit *test)
{
	if (test->priv)
		cssp_helper_kill(test->priv);
}

/* The result of a request whose reply has @error. */
static int answered(struct kunit *test, u16 opcode, u16 error)
{
	const struct cssp_rd nothing = {};
	struct credssp_hlp_header reply = {
		.length = sizeof(reply), .opcode = opcode, .conversation = 1, .error = error,
	};
	struct cssp_helper *h = test->priv;
	struct cssp_vbuf payload = {};
	struct cssp_request *req, *taken;
	struct cssp_requester who;
	int ret;

	cssp_requester_pin_current(&who, &init_net);
	req = cssp_request_create(h, &who, opcode, 1, &nothing);
	cssp_requester_drop(&who);
	KUNIT_ASSERT_FALSE(test, IS_ERR(req));
	KUNIT_EXPECT_EQ(test, cssp_helper_submit(h, req), 0);
	KUNIT_EXPECT_EQ(test, cssp_helper_take(h, CREDSSP_HLP_MAX_MESSAGE, &taken), 0);
	cssp_helper_taken(h, taken, true);
	reply.id = req->id;
	KUNIT_EXPECT_EQ(test, cssp_helper_reply(h, &reply, &payload), 0);
	ret = cssp_helper_collect(h, req, -EINTR, &payload);
	cssp_vbuf_free(&payload);
	cssp_request_put(req);
	return ret;
}

/* A helper without Kerberos says so to initiators and acceptors. */
static void errors_of_kerberos(struct kunit *test)
{
	static const u16 opcodes[] = {
		CREDSSP_HLP_KRB5_INIT, CREDSSP_HLP_KRB5_STEP, CREDSSP_HLP_KRB5_ACCEPT,
		CREDSSP_HLP_KRB5_TGT,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
		KUNIT_EXPECT_EQ(test, answered(test, opcodes[i], 0), 0);
		KUNIT_EXPECT_EQ(test, answered(test, opcodes[i], EOPNOTSUPP), -EOPNOTSUPP);
		KUNIT_EXPECT_EQ(test, answered(test, opcodes[i], ETIMEDOUT), -ETIMEDOUT);
		KUNIT_EXPECT_EQ(test, answered(test, opcodes[i], EDQUOT), -EDQUOT);
		KUNIT_EXPECT_EQ(test, answered(test, opcodes[i], EPERM), -EREMOTEIO);
	}
	KUNIT_EXPECT_EQ(test, answered(test, CREDSSP_HLP_TLS_STEP, EOPNOTSUPP), -EREMOTEIO);
	KUNIT_EXPECT_EQ(test, answered(test, CREDSSP_HLP_TLS_STEP, ETIMEDOUT), -EREMOTEIO);
}

static struct kunit_case reply_cases[] = {
	KUNIT_CASE(errors_of_kerberos),
	{}
};

static struct kunit_suite reply_suite = {
	.name = "credssp_upcall_reply",
	.init = reply_init,
	.exit = reply_exit,
	.test_cases = reply_cases,
};

kunit_test_suite(reply_suite);
