// SPDX-License-Identifier: GPL-2.0-only
/* The acceptor of this project, and its scripted helper. */
#include "krb5_acceptor_pair.h"

#include "base/status.h"
#include "mech/encode.h"
#include "wire/krb5_msg.h"

/* One test runs at a time. */
static struct krb5_acc_helper *answering;

static int acc_open(struct cssp_conv **conv, const struct cssp_requester *who)
{
	KUNIT_EXPECT_FALSE(answering->test, answering->open);
	if (answering->open_err)
		return answering->open_err;
	answering->open = true;
	*conv = (struct cssp_conv *)answering;
	return 0;
}

static bool acc_is_local(const struct cssp_conv *conv)
{
	return !((const struct krb5_acc_helper *)conv)->foreign;
}

static void acc_close(struct cssp_conv *conv, bool over)
{
	struct krb5_acc_helper *h = (struct krb5_acc_helper *)conv;

	KUNIT_EXPECT_TRUE(h->test, h->open);
	h->open = false;
	h->over = over;
}

static int acc_add(struct cssp_vbuf *tail, const char *text, u32 *length)
{
	*length = strlen(text);
	return cssp_vbuf_append(tail, text, *length);
}

static int acc_give_tgt(struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_KRB5_CONTINUE;
	head->not_after = KRB5_HELPER_NOT_AFTER;
	head->kdc_messages = KRB5_HELPER_KDC_MESSAGES;
	return acc_add(tail, KRB5_TICKET, &head->message_length) ?:
	       acc_add(tail, KRB5_ACC_OWN_NAME, &head->client_length);
}

static int acc_fail(const struct krb5_acc_helper *h, enum krb5_acc_turn turn,
		    struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_KRB5_FAILED;
	head->failure = h->failure;
	head->error = h->error;
	head->skew = h->skew;
	if (turn != KRB5_ACC_ACCEPT || !h->tells)
		return 0;
	return acc_add(tail, KRB5_ACC_ERROR, &head->message_length);
}

static int acc_done(const struct krb5_acc_helper *h, struct credssp_hlp_krb5_reply *head,
		    struct cssp_vbuf *tail)
{
	const struct krb5_server *s = h->keys;
	bool subkey = !s->knobs.no_subkey && !h->not_mutual;
	int ret = 0;

	head->state = CREDSSP_HLP_KRB5_DONE;
	head->not_after = KRB5_HELPER_NOT_AFTER;
	head->gss_flags = 0x3c | (h->not_mutual ? 0 : CREDSSP_HLP_KRB5_GSS_MUTUAL);
	head->flags = (subkey ? CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY : 0) |
		      (h->bound ? CREDSSP_HLP_KRB5_BINDINGS_MATCH : 0);
	head->enctype = s->enctype->id;
	head->key_length = s->enctype->key_size;
	head->tx_seq = h->not_mutual ? s->client_seq : s->server_seq;
	head->rx_seq = s->client_seq;
	memcpy(head->key, s->key, s->enctype->key_size);
	if (!h->not_mutual)
		ret = acc_add(tail, KRB5_AP_REP, &head->message_length);
	return ret ?: acc_add(tail, KRB5_HELPER_CLIENT, &head->client_length);
}

/* The AP-REQ comes last in a KRB5_ACCEPT, and must be the initiator's. */
static bool acc_is_ap_req(const struct krb5_acc_helper *h)
{
	const size_t n = strlen(KRB5_AP_REQ);

	return h->request.len >= n &&
	       !memcmp(h->request.data + h->request.len - n, KRB5_AP_REQ, n);
}

static int acc_reply(struct krb5_acc_helper *h, enum krb5_acc_turn turn,
		     struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	int ret;

	if (h->fails[turn]) {
		ret = acc_fail(h, turn, head, tail);
	} else if (turn == KRB5_ACC_TGT) {
		ret = acc_give_tgt(head, tail);
	} else if (!acc_is_ap_req(h)) {
		head->state = CREDSSP_HLP_KRB5_FAILED;
		head->failure = CREDSSP_HLP_KRB5_FAIL_REQUEST;
		ret = 0;
	} else {
		ret = acc_done(h, head, tail);
	}
	if (!ret && h->twist)
		h->twist(h, turn, head, tail);
	return ret;
}

static int acc_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		    struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	struct krb5_acc_helper *h = (struct krb5_acc_helper *)conv;
	enum krb5_acc_turn turn = opcode == CREDSSP_HLP_KRB5_TGT ? KRB5_ACC_TGT :
								   KRB5_ACC_ACCEPT;
	struct credssp_hlp_krb5_reply head = {};
	struct cssp_vbuf tail = {};
	int ret;

	h->calls++;
	KUNIT_EXPECT_TRUE(h->test, h->open);
	KUNIT_EXPECT_TRUE(h->test, turn == KRB5_ACC_TGT || opcode == CREDSSP_HLP_KRB5_ACCEPT);
	ret = cssp_vbuf_set(&h->request, request);
	if (ret || h->err[turn])
		return ret ?: h->err[turn];
	ret = acc_reply(h, turn, &head, &tail) ?:
	      cssp_vbuf_append(reply, &head, sizeof(head)) ?:
	      cssp_vbuf_append(reply, tail.data, tail.len);
	cssp_vbuf_free(&tail);
	reply->len -= min(h->cut, reply->len);
	return ret;
}

const struct cssp_helper_ops krb5_acc_helper_ops = {
	.open = acc_open,
	.call = acc_call,
	.is_local = acc_is_local,
	.close = acc_close,
};

static void acc_end(void *data)
{
	struct krb5_acc_pair *a = data;

	if (a->helper.open)
		KUNIT_FAIL(a->helper.test, "the acceptor's conversation was not closed");
	cssp_vbuf_free(&a->helper.request);
	cssp_vbuf_free(&a->tickets.name);
	answering = NULL;
}

static struct cssp_mech *acc_new(struct kunit *test, struct krb5_acc_pair *a)
{
	const struct cssp_mech_params params = {
		.target = a->spn,
		.bindings = a->bindings,
		.missing_bindings = a->missing_bindings,
		.wait = &a->p->wait,
		.tickets = &a->tickets,
		.helper = &krb5_acc_helper_ops,
	};
	struct cssp_mech *mech;

	KUNIT_ASSERT_EQ(test, cssp_krb5_acceptor_ops.create(&mech, &params), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, mech), 0);
	return mech;
}

struct krb5_acc_pair *krb5_acc_pair_new(struct kunit *test,
					const struct krb5_server_knobs *knobs,
					bool user_to_user)
{
	struct krb5_acc_pair *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	const struct cssp_rd keytab = test_str(KRB5_ACC_KEYTAB);

	KUNIT_ASSERT_NOT_NULL(test, a);
	a->p = krb5_pair_new(test, knobs);
	a->p->tickets.user_to_user = user_to_user;
	a->spn = KRB5_TARGET;
	a->helper.test = test;
	a->helper.keys = a->p->server;
	answering = &a->helper;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, acc_end, a), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&a->tickets.name, &keytab), 0);
	a->acceptor = acc_new(test, a);
	krb5_acc_pair_restart(test, a);
	return a;
}

void krb5_acc_pair_restart(struct kunit *test, struct krb5_acc_pair *a)
{
	kunit_release_action(test, free_mech_action, a->acceptor);
	a->helper.calls = 0;
	krb5_pair_restart(test, a->p);
	cssp_vbuf_clear(a->p->to_client);
	cssp_vbuf_clear(a->p->to_server);
	a->acceptor = acc_new(test, a);
}

int krb5_acc_answer(struct krb5_acc_pair *a)
{
	return step(a->acceptor, a->p->to_server, a->p->to_client, &a->progress);
}

void krb5_acc_begin(struct kunit *test, struct krb5_acc_pair *a)
{
	KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
	if (!a->p->tickets.user_to_user)
		return;
	KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
	KUNIT_EXPECT_EQ(test, a->progress, CSSP_MECH_CONTINUE);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
}

void krb5_acc_establish(struct kunit *test, struct krb5_acc_pair *a)
{
	krb5_acc_begin(test, a);
	KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
	KUNIT_EXPECT_EQ(test, a->progress, CSSP_MECH_DONE);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
	KUNIT_EXPECT_EQ(test, a->p->progress, CSSP_MECH_DONE);
}

void krb5_acc_expect_dead(struct kunit *test, struct krb5_acc_pair *a, u32 reason)
{
	static const struct cssp_krb5_dir no_dir;
	static const struct cssp_session_key no_key;
	struct cssp_krb5_acceptor *k = cssp_krb5_acceptor_of(a->acceptor);

	KUNIT_EXPECT_EQ(test, k->state, CSSP_KRB5_ACC_DEAD);
	KUNIT_EXPECT_EQ(test, a->acceptor->reason, reason);
	KUNIT_EXPECT_MEMEQ(test, &k->context.tx, &no_dir, sizeof(no_dir));
	KUNIT_EXPECT_MEMEQ(test, &k->context.rx, &no_dir, sizeof(no_dir));
	KUNIT_EXPECT_MEMEQ(test, &k->context.session_key, &no_key, sizeof(no_key));
	KUNIT_EXPECT_NULL(test, k->upcall.conv);
	KUNIT_EXPECT_FALSE(test, a->helper.open);
}

void krb5_acc_put(struct kunit *test, struct krb5_acc_pair *a, const struct cssp_krb5_token *t)
{
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_encode_begin(a->p->to_server, cssp_krb5_token_size(t), &wr),
			0);
	cssp_krb5_token_encode(t, &wr);
	KUNIT_ASSERT_EQ(test, cssp_encode_end(a->p->to_server, &wr), 0);
}
