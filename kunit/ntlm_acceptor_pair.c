// SPDX-License-Identifier: GPL-2.0-only
/* Both sides of NTLM, and the acceptor's scripted helper. */
#include "ntlm_acceptor_pair.h"

#include "base/status.h"
#include "mech/encode.h"

/* The random session key of the scripted initiator */
static const u8 forged_key[CSSP_NTLM_KEY_SIZE] = "sixteen bytes ok";

/* One test runs at a time. */
static struct ntlm_acc_helper *answering;

static int logon_open(struct cssp_conv **conv, const struct cssp_requester *who)
{
	KUNIT_EXPECT_FALSE(answering->test, answering->open);
	if (answering->open_err)
		return answering->open_err;
	answering->open = true;
	*conv = (struct cssp_conv *)answering;
	return 0;
}

static bool logon_is_local(const struct cssp_conv *conv)
{
	return !((const struct ntlm_acc_helper *)conv)->foreign;
}

static void logon_close(struct cssp_conv *conv, bool over)
{
	struct ntlm_acc_helper *h = (struct ntlm_acc_helper *)conv;

	KUNIT_EXPECT_TRUE(h->test, h->open);
	h->open = false;
	h->over = over;
}

/* Views of the last request */
struct logon_request {
	struct cssp_rd user, domain, workstation, response;
};

static int logon_read(struct ntlm_acc_helper *h, struct logon_request *r)
{
	struct cssp_rd rd = cssp_vbuf_rd(&h->request);

	return cssp_rd_copy(&rd, &h->head, sizeof(h->head)) ?:
	       cssp_rd_sub(&rd, h->head.user_length, &r->user) ?:
	       cssp_rd_sub(&rd, h->head.domain_length, &r->domain) ?:
	       cssp_rd_sub(&rd, h->head.workstation_length, &r->workstation) ?:
	       cssp_rd_sub(&rd, h->head.response_length, &r->response) ?: cssp_rd_end(&rd);
}

/*
 * The proof with the account's password and the names of the message. 0, -EACCES, or another
 * negative errno without memory.
 */
static int logon_verify(struct ntlm_acc_helper *h, const struct logon_request *r,
			u8 base_key[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd server = cssp_rd_of(h->head.server_challenge,
						 sizeof(h->head.server_challenge));
	const struct cssp_rd password = cssp_vbuf_rd(&h->account->password);
	u8 key[CSSP_NTLM_KEY_SIZE], proof[CSSP_NTLM_PROOF_SIZE];
	struct cssp_ntlm_v2 v2;
	int ret;

	ret = cssp_ntlm_v2_decode(&r->response, &v2) ?:
	      cssp_ntlm_ntowfv1(h->crypto, &password, key) ?:
	      cssp_ntlm_ntowfv2(h->crypto, key, &r->user, &r->domain, key) ?:
	      cssp_ntlm_proof(h->crypto, key, &server, &v2.temp, proof) ?:
	      cssp_ntlm_session_base_key(h->crypto, key, proof, base_key);
	if (ret)
		return ret;
	return cssp_rd_equal(&v2.proof, proof, sizeof(proof)) ? 0 : -EACCES;
}

static bool logon_knows(const struct ntlm_acc_helper *h, const struct logon_request *r)
{
	return h->account && cssp_rd_equal(&r->user, h->account->user.data,
					   h->account->user.len);
}

static int logon_reply(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
		       struct cssp_vbuf *tail)
{
	struct logon_request r = {};
	int ret = -EACCES;

	if (logon_read(h, &r)) {
		KUNIT_FAIL(h->test, "malformed request");
		return -EREMOTEIO;
	}
	if (!h->fails && logon_knows(h, &r))
		ret = logon_verify(h, &r, head->session_base_key);
	if (ret && ret != -EACCES)
		return ret;
	if (!ret) {
		head->state = CREDSSP_HLP_NTLM_DONE;
		head->name_length = strlen(h->name);
		return cssp_vbuf_append(tail, h->name, head->name_length);
	}
	memset(head, 0, sizeof(*head));
	head->state = CREDSSP_HLP_NTLM_FAILED;
	head->failure = h->fails ? h->failure : CREDSSP_HLP_NTLM_FAIL_LOGON;
	head->ntstatus = h->fails ? h->ntstatus : 0xc000006d;
	return 0;
}

static int logon_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		      struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	struct ntlm_acc_helper *h = (struct ntlm_acc_helper *)conv;
	struct credssp_hlp_ntlm_reply head = {};
	struct cssp_vbuf tail = {};
	int ret;

	h->calls++;
	KUNIT_EXPECT_TRUE(h->test, h->open);
	KUNIT_EXPECT_EQ(h->test, opcode, CREDSSP_HLP_NTLM_LOGON);
	ret = cssp_vbuf_set(&h->request, request);
	if (ret || h->err)
		return ret ?: h->err;
	ret = logon_reply(h, &head, &tail);
	if (!ret && h->twist)
		h->twist(h, &head, &tail);
	ret = ret ?: cssp_vbuf_append(reply, &head, sizeof(head)) ?:
	      cssp_vbuf_append(reply, tail.data, tail.len);
	cssp_vbuf_free(&tail);
	reply->len -= min(h->cut, reply->len);
	return ret;
}

const struct cssp_helper_ops ntlm_acc_helper_ops = {
	.open = logon_open,
	.call = logon_call,
	.is_local = logon_is_local,
	.close = logon_close,
};

static void pair_end(void *data)
{
	struct ntlm_acc_pair *p = data;

	if (p->helper.open)
		KUNIT_FAIL(p->helper.test, "the acceptor's conversation was not closed");
	cssp_vbuf_free(&p->helper.request);
	answering = NULL;
}

static struct cssp_mech *pair_create(struct kunit *test, const struct cssp_mech_ops *ops,
				     const struct cssp_mech_params *params)
{
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, ops->create(&mech, params), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}

static void pair_create_both(struct kunit *test, struct ntlm_acc_pair *p)
{
	const struct cssp_mech_params initiator = {
		.id = p->id,
		.target = NTLM_ACC_TARGET,
		.bindings = p->client_bindings,
	};
	const struct cssp_mech_params acceptor = {
		.id = p->announced,
		.target = "",
		.bindings = p->bindings,
		.missing_bindings = p->missing_bindings,
		.sign_optional = p->sign_optional,
		.seal_optional = p->seal_optional,
		.peer = p->peer,
		.wait = &p->wait,
		.helper = &ntlm_acc_helper_ops,
	};

	p->client = pair_create(test, &cssp_ntlm_ops, &initiator);
	p->acceptor = pair_create(test, &cssp_ntlm_acceptor_ops, &acceptor);
}

struct ntlm_acc_pair *ntlm_acc_pair_new(struct kunit *test)
{
	struct ntlm_acc_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->id = new_identity(test, NTLM_ACC_USER, NTLM_ACC_DOMAIN, NTLM_ACC_PASSWORD);
	p->to_server = new_vbuf(test);
	p->to_client = new_vbuf(test);
	p->negotiate = new_vbuf(test);
	cssp_wait_init(&p->wait);
	cssp_wait_start(&p->wait, 20000);
	p->helper.test = test;
	p->helper.account = p->id;
	p->helper.name = NTLM_ACC_NAME;
	p->helper.crypto = new_crypto(test);
	answering = &p->helper;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, pair_end, p), 0);
	pair_create_both(test, p);
	return p;
}

void ntlm_acc_pair_restart(struct kunit *test, struct ntlm_acc_pair *p)
{
	kunit_release_action(test, free_mech_action, p->client);
	kunit_release_action(test, free_mech_action, p->acceptor);
	p->helper.calls = 0;
	pair_create_both(test, p);
}

int ntlm_acc_answer(struct ntlm_acc_pair *p)
{
	return step(p->acceptor, p->to_server, p->to_client, &p->progress);
}

void ntlm_acc_challenge(struct kunit *test, struct ntlm_acc_pair *p)
{
	enum cssp_mech_progress progress;
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, step(p->client, NULL, p->to_server, &progress), 0);
	rd = cssp_vbuf_rd(p->to_server);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->negotiate, &rd), 0);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
}

void ntlm_acc_begin(struct kunit *test, struct ntlm_acc_pair *p)
{
	enum cssp_mech_progress progress;

	ntlm_acc_challenge(test, p);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &progress), 0);
	KUNIT_EXPECT_EQ(test, progress, CSSP_MECH_DONE);
}

void ntlm_acc_establish(struct kunit *test, struct ntlm_acc_pair *p)
{
	ntlm_acc_begin(test, p);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, p->to_client->len, 0);
}

void ntlm_acc_forge(struct kunit *test, struct ntlm_acc_pair *p,
		    const struct ntlm_client_knobs *knobs)
{
	struct cssp_rd negotiate, challenge;

	ntlm_acc_pair_restart(test, p);
	KUNIT_ASSERT_EQ(test, ntlm_client_negotiate(p->asks ?: NTLM_CLIENT_WINDOWS_FLAGS,
						    p->negotiate), 0);
	negotiate = cssp_vbuf_rd(p->negotiate);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_server, &negotiate), 0);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	challenge = cssp_vbuf_rd(p->to_client);
	memcpy(p->forged_key, forged_key, sizeof(p->forged_key));
	KUNIT_ASSERT_EQ(test, ntlm_client_authenticate(p->forger ?: p->id, knobs, &negotiate,
						       &challenge, p->forged_key, p->to_server),
			0);
}

void ntlm_acc_expect_dead(struct kunit *test, struct ntlm_acc_pair *p, u32 reason)
{
	static const u8 no_key[CSSP_NTLM_KEY_SIZE];
	static const struct cssp_ntlm_dir no_dir;
	struct cssp_ntlm_acceptor *a = cssp_ntlm_acceptor_of(p->acceptor);

	KUNIT_EXPECT_EQ(test, a->state, CSSP_NTLM_ACC_DEAD);
	KUNIT_EXPECT_EQ(test, p->acceptor->reason, reason);
	KUNIT_EXPECT_FALSE(test, a->session.established);
	KUNIT_EXPECT_MEMEQ(test, &a->session.tx, &no_dir, sizeof(no_dir));
	KUNIT_EXPECT_MEMEQ(test, &a->session.rx, &no_dir, sizeof(no_dir));
	KUNIT_EXPECT_MEMEQ(test, a->session.session_key, no_key, sizeof(no_key));
	KUNIT_EXPECT_NULL(test, a->negotiate.data);
	KUNIT_EXPECT_NULL(test, a->challenge.data);
	KUNIT_EXPECT_EQ(test, p->acceptor->facts.client.len, 0);
	KUNIT_EXPECT_EQ(test, p->to_client->len, 0);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
}

void ntlm_acc_expect_text(struct kunit *test, const struct cssp_vbuf *got, const char *want)
{
	size_t size = *want ? strlen(want) + 1 : 0;

	KUNIT_EXPECT_EQ(test, got->len, size);
	if (size && got->len == size)
		KUNIT_EXPECT_STREQ(test, (const char *)got->data, want);
}
