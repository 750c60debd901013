// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego_acceptor.c with NTLM and Kerberos, against the initiators of this project. */
#include <linux/slab.h>

#include "krb5_acceptor_pair.h"
#include "mech/krb5_message.h"
#include "mech/ntlm_session.h"
#include "ntlm_acceptor_pair.h"
#include "squeeze.h"
#include "spnego_acceptor_util.h"
#include "vectors/krb5.h"
#include "vectors/ntlm.h"
#include "vectors/spnego.h"

/**
 * struct real - both sides
 * @krb5, @ntlm: for their helpers and what they lend; NULL where the test has none
 * @client, @acceptor: of SPNEGO
 * @to_server, @to_client: the last token
 * @ready, @progress: of the client and of the acceptor
 */
struct real {
	struct krb5_acc_pair *krb5;
	struct ntlm_acc_pair *ntlm;
	struct cssp_mech *client, *acceptor;
	struct cssp_vbuf *to_server, *to_client;
	enum cssp_mech_progress ready, progress;
};

/*
 * Two helpers in one: Kerberos' until its first conversation is over, then NTLM's. One test
 * runs at a time.
 */
static const struct cssp_helper_ops *real_helper;

static int real_open(struct cssp_conv **conv, const struct cssp_requester *who)
{
	return real_helper->open(conv, who);
}

static int real_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		     struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	return real_helper->call(conv, opcode, request, reply, wait);
}

static bool real_is_local(const struct cssp_conv *conv)
{
	return real_helper->is_local(conv);
}

static void real_close(struct cssp_conv *conv, bool over)
{
	real_helper->close(conv, over);
	real_helper = &ntlm_acc_helper_ops;
}

static const struct cssp_helper_ops real_helper_ops = {
	.open = real_open,
	.call = real_call,
	.is_local = real_is_local,
	.close = real_close,
};

static struct cssp_mech *real_mech(struct kunit *test, const struct cssp_mech_ops *ops,
				   const struct cssp_mech_params *params)
{
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, ops->create(&mech, params), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}

/* New mechanisms. An initiator with tickets offers Kerberos first. */
static void real_start(struct kunit *test, struct real *r, const struct cssp_mech_ops *client)
{
	struct krb5_pair *p = r->krb5 ? r->krb5->p : NULL;
	const struct cssp_mech_params initiator = {
		.id = r->ntlm ? r->ntlm->id : p->id,
		.target = KRB5_TARGET,
		.wait = p ? &p->wait : NULL,
		.tickets = p ? &p->tickets : NULL,
		.store = p ? &p->store : NULL,
		.helper = &krb5_helper_ops,
	};
	const struct cssp_mech_params acceptor = {
		.target = "",
		.wait = p ? &p->wait : &r->ntlm->wait,
		.helper = &real_helper_ops,
	};

	real_helper = p ? &krb5_acc_helper_ops : &ntlm_acc_helper_ops;
	if (r->client) {
		kunit_release_action(test, free_mech_action, r->client);
		kunit_release_action(test, free_mech_action, r->acceptor);
	}
	r->client = real_mech(test, client, &initiator);
	r->acceptor = real_mech(test, &cssp_spnego_acceptor_ops, &acceptor);
	cssp_vbuf_clear(r->to_client);
}

static struct real *real_new(struct kunit *test, bool krb5, bool ntlm,
			     const struct cssp_mech_ops *client)
{
	struct real *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	if (krb5)
		r->krb5 = krb5_acc_pair_new(test, NULL, false);
	if (ntlm)
		r->ntlm = ntlm_acc_pair_new(test);
	r->to_server = new_vbuf(test);
	r->to_client = new_vbuf(test);
	real_start(test, r, client);
	return r;
}

static int real_ask(struct real *r)
{
	return step(r->client, r->to_client->len ? r->to_client : NULL, r->to_server, &r->ready);
}

static int real_answer(struct real *r)
{
	return step(r->acceptor, r->to_server, r->to_client, &r->progress);
}

/* Up to the token that ends the acceptor's mechanism, after @answers others */
static void real_begin(struct kunit *test, struct real *r, unsigned int answers)
{
	KUNIT_ASSERT_EQ(test, real_ask(r), 0);
	while (answers--) {
		KUNIT_ASSERT_EQ(test, real_answer(r), 0);
		KUNIT_EXPECT_EQ(test, r->progress, CSSP_MECH_CONTINUE);
		KUNIT_ASSERT_EQ(test, real_ask(r), 0);
	}
}

static void real_pass(struct kunit *test, struct cssp_mech *from, struct cssp_mech *to)
{
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_rd plain = test_str("a public key, or credentials"), rd;

	KUNIT_ASSERT_EQ(test, from->ops->wrap(from, &plain, sealed), 0);
	KUNIT_EXPECT_EQ(test, sealed->len, plain.left + from->trailer);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, to->ops->unwrap(to, &rd, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_same(test, &rd, &plain);
}

/* Take what is left of the exchange; then messages and the key are the same on both sides. */
static void real_finish(struct kunit *test, struct real *r)
{
	struct cssp_session_key key = {}, other = {};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, real_answer(r), 0);
	if (r->to_client->len) {
		KUNIT_ASSERT_EQ(test, real_ask(r), 0);
		if (r->to_server->len)
			KUNIT_ASSERT_EQ(test, real_answer(r), 0);
	}
	KUNIT_EXPECT_EQ(test, r->ready, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, r->progress, CSSP_MECH_DONE);
	for (i = 0; i < 3; i++) {
		real_pass(test, r->client, r->acceptor);
		real_pass(test, r->acceptor, r->client);
	}
	KUNIT_ASSERT_EQ(test, r->acceptor->ops->session_key(r->acceptor, &key), 0);
	KUNIT_ASSERT_EQ(test, r->client->ops->session_key(r->client, &other), 0);
	KUNIT_EXPECT_MEMEQ(test, &key, &other, sizeof(key));
	KUNIT_EXPECT_NE(test, key.length, 0);
	KUNIT_EXPECT_EQ(test, r->acceptor->reason, (u32)CREDSSP_REASON_NONE);
}

static void kerberos(struct kunit *test)
{
	struct real *r = real_new(test, true, false, &cssp_spnego_ops);

	real_begin(test, r, 0);
	real_finish(test, r);
	KUNIT_EXPECT_EQ(test, r->acceptor->facts.package, (u32)CREDSSP_PACKAGE_KERBEROS);
	KUNIT_EXPECT_FALSE(test, r->acceptor->facts.user_to_user);
	ntlm_acc_expect_text(test, &r->acceptor->facts.client, KRB5_HELPER_CLIENT);
	KUNIT_EXPECT_EQ(test, r->acceptor->facts.not_after, KRB5_HELPER_NOT_AFTER);
	KUNIT_EXPECT_EQ(test, r->acceptor->facts.gss_flags, 0x3eU);
}

static void kerberos_user_to_user(struct kunit *test)
{
	struct real *r = real_new(test, true, false, &cssp_spnego_ops);

	r->krb5->p->tickets.user_to_user = true;
	real_start(test, r, &cssp_spnego_ops);
	/* The conversation of KRB5_TGT goes on. */
	real_begin(test, r, 1);
	real_finish(test, r);
	KUNIT_EXPECT_TRUE(test, r->acceptor->facts.user_to_user);
	ntlm_acc_expect_text(test, &r->acceptor->facts.client, KRB5_HELPER_CLIENT);
}

static void bare_kerberos(struct kunit *test)
{
	struct real *r = real_new(test, true, false, &cssp_krb5_ops);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		r->krb5->p->tickets.user_to_user = i;
		real_start(test, r, &cssp_krb5_ops);
		real_begin(test, r, i);
		real_finish(test, r);
	}
}

/* The KRB-ERROR is in the reject. */
static void kerberos_refuses(struct kunit *test)
{
	struct real *r = real_new(test, true, false, &cssp_spnego_ops);
	struct cssp_rd rd, body = test_str(KRB5_ACC_ERROR);
	struct cssp_spnego_resp resp;
	struct cssp_krb5_token t;

	r->krb5->helper.fails[KRB5_ACC_ACCEPT] = true;
	r->krb5->helper.failure = CREDSSP_HLP_KRB5_FAIL_SKEW;
	r->krb5->helper.skew = 4000;
	r->krb5->helper.tells = true;
	real_begin(test, r, 0);
	KUNIT_EXPECT_EQ(test, real_answer(r), CSSP_E_SKEW);
	KUNIT_EXPECT_EQ(test, r->acceptor->reason, (u32)CREDSSP_REASON_SKEW);
	KUNIT_EXPECT_EQ(test, r->acceptor->facts.skew, (s64)4000);
	KUNIT_EXPECT_FALSE(test, r->krb5->helper.open);
	rd = cssp_vbuf_rd(r->to_client);
	KUNIT_ASSERT_EQ(test, cssp_spnego_resp_decode(&rd, &resp), 0);
	KUNIT_EXPECT_EQ(test, resp.state, (u32)CSSP_SPNEGO_REJECT);
	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&resp.token, &t), 0);
	KUNIT_EXPECT_EQ(test, t.id, CSSP_KRB5_KRB_ERROR);
	test_expect_same(test, &t.body, &body);
}

/* A keytab is missing, or the KDC does not answer: NTLM takes the place of Kerberos. */
static void ntlm_instead_of_kerberos(struct kunit *test)
{
	static const struct {
		u32 failure, reason;
		enum krb5_acc_turn turn;
	} rows[] = {
		{ CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, CREDSSP_REASON_NO_TICKETS, KRB5_ACC_ACCEPT },
		{ CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, CREDSSP_REASON_NO_TICKETS, KRB5_ACC_TGT },
		{ CREDSSP_HLP_KRB5_FAIL_NO_KDC, CREDSSP_REASON_NO_KDC, KRB5_ACC_TGT },
		{ CREDSSP_HLP_KRB5_FAIL_PASSWORD, CREDSSP_REASON_PASSWORD, KRB5_ACC_TGT },
	};
	struct real *r = real_new(test, true, true, &cssp_spnego_ops);
	struct krb5_acc_helper *h = &r->krb5->helper;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(h->fails, 0, sizeof(h->fails));
		h->fails[rows[i].turn] = true;
		h->failure = rows[i].failure;
		r->krb5->p->tickets.user_to_user = rows[i].turn == KRB5_ACC_TGT;
		real_start(test, r, &cssp_spnego_ops);
		real_begin(test, r, 2);
		KUNIT_EXPECT_EQ(test, r->ready, CSSP_MECH_READY);
		real_finish(test, r);
		KUNIT_EXPECT_EQ(test, r->acceptor->facts.package, (u32)CREDSSP_PACKAGE_NTLM);
		KUNIT_EXPECT_EQ(test, r->acceptor->facts.passed_over, rows[i].reason);
		ntlm_acc_expect_text(test, &r->acceptor->facts.client, NTLM_ACC_NAME);
	}
}

/* What the initiator's ticket is to blame for is no reason to use NTLM. */
static void no_ntlm_for_a_bad_ticket(struct kunit *test)
{
	static const struct {
		u32 failure;
		int err;
	} rows[] = {
		{ CREDSSP_HLP_KRB5_FAIL_EXPIRED, CSSP_E_LOGON_DENIED },
		{ CREDSSP_HLP_KRB5_FAIL_REPLAY, CSSP_E_LOGON_DENIED },
		{ CREDSSP_HLP_KRB5_FAIL_KEY, CSSP_E_WRONG_PRINCIPAL },
		{ CREDSSP_HLP_KRB5_FAIL_REQUEST, CSSP_E_ALTERED },
	};
	struct real *r = real_new(test, true, true, &cssp_spnego_ops);
	unsigned int i;

	r->krb5->helper.fails[KRB5_ACC_ACCEPT] = true;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		r->krb5->helper.failure = rows[i].failure;
		real_start(test, r, &cssp_spnego_ops);
		real_begin(test, r, 0);
		KUNIT_EXPECT_EQ_MSG(test, real_answer(r), rows[i].err, "row %u", i);
		EXPECT_HEX(test, r->to_client->data, r->to_client->len, "a1073005a0030a0102");
		KUNIT_EXPECT_EQ(test, r->acceptor->facts.passed_over, 0U);
	}
}

static void ntlm(struct kunit *test)
{
	struct real *r = real_new(test, false, true, &cssp_spnego_ops);
	struct cssp_mech_facts *facts = &r->acceptor->facts;

	real_begin(test, r, 1);
	real_finish(test, r);
	KUNIT_EXPECT_EQ(test, facts->package, (u32)CREDSSP_PACKAGE_NTLM);
	KUNIT_EXPECT_TRUE(test, r->acceptor->ntlm_only);
	ntlm_acc_expect_text(test, &facts->client, NTLM_ACC_NAME);
	ntlm_acc_expect_text(test, &facts->claimed, NTLM_ACC_DOMAIN "\\" NTLM_ACC_USER);
}

static void bare_ntlm(struct kunit *test)
{
	struct real *r = real_new(test, false, true, &cssp_ntlm_ops);

	real_begin(test, r, 1);
	real_finish(test, r);
	ntlm_acc_expect_text(test, &r->acceptor->facts.client, NTLM_ACC_NAME);
}

/* A wrong password: the reject says no more than that. */
static void ntlm_refuses(struct kunit *test)
{
	struct real *r = real_new(test, false, true, &cssp_spnego_ops);
	struct cssp_mech_facts *facts = &r->acceptor->facts;

	r->ntlm->helper.account = new_identity(test, NTLM_ACC_USER, NTLM_ACC_DOMAIN, "other");
	real_begin(test, r, 1);
	KUNIT_EXPECT_EQ(test, real_answer(r), CSSP_E_LOGON_DENIED);
	EXPECT_HEX(test, r->to_client->data, r->to_client->len, "a1073005a0030a0102");
	KUNIT_EXPECT_EQ(test, r->acceptor->reason, (u32)CREDSSP_REASON_LOGON);
	KUNIT_EXPECT_EQ(test, facts->ntstatus, 0xc000006d);
	KUNIT_EXPECT_EQ(test, facts->client.len, (size_t)0);
	ntlm_acc_expect_text(test, &facts->claimed, NTLM_ACC_DOMAIN "\\" NTLM_ACC_USER);
	KUNIT_EXPECT_NULL(test, cssp_spnego_context_of(r->acceptor)->inner);
	KUNIT_EXPECT_EQ(test, real_ask(r), CSSP_E_LOGON_DENIED);
}

/* One bit of each byte of AUTHENTICATE, its MIC and what is around them */
static void authenticate_flipped_anywhere(struct kunit *test)
{
	struct real *r = real_new(test, false, true, &cssp_spnego_ops);
	size_t i, len;

	real_begin(test, r, 1);
	len = r->to_server->len;
	for (i = 0; i < len; i++) {
		real_start(test, r, &cssp_spnego_ops);
		real_begin(test, r, 1);
		r->to_server->data[i] ^= 1 << i % 8;
		if (has_lost_its_mic(r->to_server))
			continue;
		KUNIT_EXPECT_NE_MSG(test, real_answer(r), 0, "byte %zu", i);
		KUNIT_EXPECT_NULL(test, cssp_spnego_context_of(r->acceptor)->inner);
	}
}

/* The acceptor's step on the last token, with @room bytes */
static int squeezed(struct kunit *test, struct real *r, struct squeeze *s, long room)
{
	struct cssp_spnego_resp resp;
	struct cssp_rd rd;
	int ret;

	squeeze_begin(test, s, room);
	ret = real_answer(r);
	squeeze_end(s);
	if (!ret)
		return 0;
	KUNIT_EXPECT_NE(test, r->acceptor->reason, (u32)CREDSSP_REASON_NONE);
	KUNIT_EXPECT_NULL(test, cssp_spnego_context_of(r->acceptor)->inner);
	if (!r->to_client->len)
		return ret;
	rd = cssp_vbuf_rd(r->to_client);
	KUNIT_ASSERT_EQ(test, cssp_spnego_resp_decode(&rd, &resp), 0);
	KUNIT_EXPECT_EQ(test, resp.present, (u32)CSSP_SPNEGO_HAS_STATE);
	KUNIT_EXPECT_EQ(test, resp.state, (u32)CSSP_SPNEGO_REJECT);
	return ret;
}

/* A step that fails for want of memory sends nothing but a reject, and keeps nothing. */
static void without_memory(struct kunit *test)
{
	static const struct {
		bool krb5;
		unsigned int answers;
	} rows[] = { { true, 0 }, { false, 0 }, { false, 1 } };
	struct real *r[2];
	struct squeeze s = {};
	unsigned int i;
	long room;
	int ret;

	squeeze_init(test, &s);
	r[true] = real_new(test, true, false, &cssp_spnego_ops);
	r[false] = real_new(test, false, true, &cssp_spnego_ops);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct real *one = r[rows[i].krb5];

		for (room = 0, ret = -EDQUOT; ret && room < SQUEEZE_ROOM_MAX;
		     room += SQUEEZE_ROOM_STEP) {
			real_start(test, one, &cssp_spnego_ops);
			real_begin(test, one, rows[i].answers);
			ret = squeezed(test, one, &s, room);
		}
		KUNIT_EXPECT_EQ_MSG(test, ret, 0, "row %u", i);
		KUNIT_EXPECT_GT(test, room, (long)SQUEEZE_ROOM_STEP);
	}
}

/**
 * struct known - the session of capture B, whose NTLM messages are not known
 * @session: keyed after two tokens of any kind
 * @begun: there was one
 */
struct known {
	struct cssp_ntlm_session session;
	bool begun;
};

static struct known *known_of(struct cssp_mech *mech)
{
	return container_of(mech, struct known, session.base);
}

static void known_free(struct cssp_mech *mech)
{
	kfree(known_of(mech));
}

static int known_fail(struct cssp_mech *mech, int err)
{
	return err;
}

static int known_step(struct cssp_mech *mech, const struct cssp_rd *in, struct cssp_vbuf *out,
		      enum cssp_mech_progress *progress)
{
	struct known *k = known_of(mech);
	u8 key[CSSP_NTLM_KEY_SIZE];

	*progress = k->begun ? CSSP_MECH_DONE : CSSP_MECH_CONTINUE;
	if (!k->begun) {
		k->begun = true;
		return cssp_vbuf_append(out, "challenge", 9);
	}
	return hex2bin(key, capture_b_session_key, sizeof(key)) ?:
	       cssp_ntlm_session_establish(&k->session, CSSP_NTLM_SERVER_TO_CLIENT, key,
					   CSSP_NTLM_STRONG_FLAGS);
}

static int known_create(struct cssp_mech **mech, const struct cssp_mech_params *params);

static const struct cssp_mech_ops known_ops = {
	.needs_ntlm = true,
	.create = known_create,
	.step = known_step,
	.list_mic = cssp_ntlm_session_list_mic,
	.check_list_mic = cssp_ntlm_session_check_list_mic,
	.free = known_free,
};

static int known_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct known *k = kzalloc(sizeof(*k), GFP_KERNEL);

	if (!k)
		return -ENOMEM;
	k->session.base.ops = &known_ops;
	k->session.fail = known_fail;
	*mech = &k->session.base;
	return cssp_ntlm_session_init(&k->session);
}

/* Windows' MechTypeList and mechListMIC; the answer is Windows', byte by byte. */
static void windows_ntlm(struct kunit *test)
{
	static const struct cssp_spnego_offer offers[] = { { CSSP_SPNEGO_NTLM, &known_ops } };
	static const struct cssp_mech_params params;
	const struct cssp_rd client_mic = test_hex(test, capture_b_client_list_mic);
	struct acc_test *t = acc_test_new(test, NULL);

	KUNIT_ASSERT_EQ(test, cssp_spnego_acceptor_create_with(&t->mech, &params, offers, 1), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, t->mech), 0);
	acc_test_set(test, t, test_hex(test, spnego_init_ntlm));
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	acc_test_resp(test, t, CSSP_SPNEGO_ACCEPT_INCOMPLETE, "authenticate", &client_mic);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	KUNIT_EXPECT_EQ(test, t->progress, CSSP_MECH_DONE);
	EXPECT_HEX(test, t->out->data, t->out->len, spnego_completed);
}

/* A token of Kerberos for user-to-user, with this message */
static void put_krb5(struct kunit *test, struct acc_test *t, u16 id, const struct cssp_rd *body,
		     bool first)
{
	const struct cssp_krb5_token k = { .user_to_user = true, .id = id, .body = *body };
	struct cssp_spnego_init init = {
		.present = CSSP_SPNEGO_HAS_TOKEN,
		.mech_list = test_hex(test, krb5_mech_list),
	};
	struct cssp_spnego_resp resp = { .state = CSSP_SPNEGO_ACCEPT_INCOMPLETE };
	struct cssp_vbuf *token = new_vbuf(test);
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_krb5_message_frame(&k, token), 0);
	if (!first) {
		resp.token = cssp_vbuf_rd(token);
		KUNIT_ASSERT_EQ(test, cssp_spnego_context_write_resp(&resp, t->in), 0);
		return;
	}
	init.token = cssp_vbuf_rd(token);
	KUNIT_ASSERT_EQ(test, cssp_encode_begin(t->in, cssp_spnego_init_size(&init), &wr), 0);
	cssp_spnego_init_encode(&init, &wr);
	KUNIT_ASSERT_EQ(test, cssp_encode_end(t->in, &wr), 0);
}

/* Windows' list and way, with the known key: its MIC and its pubKeyAuth are those of vectors. */
static void windows_user_to_user(struct kunit *test)
{
	struct real *r = real_new(test, true, false, &cssp_spnego_ops);
	struct acc_test *t = acc_test_new(test, NULL);
	struct krb5_server *keys = r->krb5->p->server;
	struct cssp_rd ap_req = test_str(KRB5_AP_REQ), tgt_req = test_hex(test, krb5_tgt_req);
	struct cssp_rd mic = test_hex(test, krb5_initiator_mic);
	struct cssp_rd sealed = test_hex(test, krb5_initiator_wrap), rd;
	struct cssp_spnego_resp resp;

	test_hex_into(test, krb5_key_256, keys->key, 32);
	keys->client_seq = 0x2f4437e0;
	t->mech = r->acceptor;
	put_krb5(test, t, CSSP_KRB5_TGT_REQ, &tgt_req, true);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	put_krb5(test, t, CSSP_KRB5_AP_REQ, &ap_req, false);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	KUNIT_EXPECT_EQ(test, t->progress, CSSP_MECH_READY);
	rd = cssp_vbuf_rd(t->out);
	KUNIT_ASSERT_EQ(test, cssp_spnego_resp_decode(&rd, &resp), 0);
	KUNIT_EXPECT_EQ(test, resp.state, (u32)CSSP_SPNEGO_ACCEPT_INCOMPLETE);
	KUNIT_EXPECT_EQ(test, resp.mic.left, (size_t)28);
	acc_test_resp(test, t, CSSP_SPNEGO_ACCEPT_COMPLETED, NULL, &mic);
	KUNIT_ASSERT_EQ(test, acc_test_step(t), 0);
	KUNIT_EXPECT_EQ(test, t->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)0);
	KUNIT_ASSERT_EQ(test, t->mech->ops->unwrap(t->mech, &sealed, t->out), 0);
	EXPECT_HEX(test, t->out->data, t->out->len, krb5_c2s_hash);
}

static struct kunit_case spnego_acceptor_real_cases[] = {
	KUNIT_CASE(kerberos),
	KUNIT_CASE(kerberos_user_to_user),
	KUNIT_CASE(bare_kerberos),
	KUNIT_CASE(kerberos_refuses),
	KUNIT_CASE(ntlm_instead_of_kerberos),
	KUNIT_CASE(no_ntlm_for_a_bad_ticket),
	KUNIT_CASE(ntlm),
	KUNIT_CASE(bare_ntlm),
	KUNIT_CASE(ntlm_refuses),
	KUNIT_CASE_SLOW(authenticate_flipped_anywhere),
	KUNIT_CASE_SLOW(without_memory),
	KUNIT_CASE(windows_ntlm),
	KUNIT_CASE(windows_user_to_user),
	{}
};

static struct kunit_suite spnego_acceptor_real_suite = {
	.name = "credssp_mech_spnego_acceptor_real",
	.init = fakes_reset,
	.test_cases = spnego_acceptor_real_cases,
};

kunit_test_suite(spnego_acceptor_real_suite);
