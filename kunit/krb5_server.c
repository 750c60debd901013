// SPDX-License-Identifier: GPL-2.0-only
/* A scripted Kerberos acceptor, and a scripted helper. */
#include "krb5_server.h"

#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/time.h>

#include "base/status.h"
#include "mech/encode.h"
#include "wire/krb5_msg.h"

/*
 * KRB-ERROR, RFC 4120 5.9.1: pvno, msg-type, stime, susec, error-code, realm "R" and sname
 * "s/h". The time's digits are filled in, and the code.
 */
static const u8 error_template[] = {
	0x7e, 0x41, 0x30, 0x3f,
	0xa0, 0x03, 0x02, 0x01, 0x05,
	0xa1, 0x03, 0x02, 0x01, 0x1e,
	0xa4, 0x11, 0x18, 0x0f,
	'Y', 'Y', 'Y', 'Y', 'M', 'M', 'D', 'D', 'H', 'H', 'M', 'M', 'S', 'S', 'Z',
	0xa5, 0x03, 0x02, 0x01, 0x00,
	0xa6, 0x03, 0x02, 0x01, 0x00,
	0xa9, 0x03, 0x1b, 0x01, 'R',
	0xaa, 0x11, 0x30, 0x0f,
	0xa0, 0x03, 0x02, 0x01, 0x02,
	0xa1, 0x08, 0x30, 0x06, 0x1b, 0x01, 's', 0x1b, 0x01, 'h',
};

#define ERROR_TIME	18	/* offset of the digits */
#define ERROR_DIGITS	14
#define ERROR_CODE	42	/* offset of the code */

static void server_free(void *data)
{
	struct krb5_server *s = data;

	krb5_server_reset(s);
	cssp_vbuf_free(&s->tgt_req);
}

struct krb5_server *krb5_server_new(struct kunit *test, const struct krb5_server_knobs *knobs)
{
	struct krb5_server *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	if (knobs)
		s->knobs = *knobs;
	s->enctype = cssp_krb5_enctype_find(s->knobs.enctype ?: CSSP_KRB5_AES256_SHA1);
	KUNIT_ASSERT_NOT_NULL(test, s->enctype);
	get_random_bytes(s->key, sizeof(s->key));
	s->client_seq = get_random_u32();
	s->server_seq = get_random_u32();
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, server_free, s), 0);
	return s;
}

void krb5_server_reset(struct krb5_server *s)
{
	cssp_krb5_dir_wipe(&s->to_client);
	cssp_krb5_dir_wipe(&s->to_server);
	s->state = KRB5_SERVER_START;
}

static int server_put(const struct krb5_server *s, u16 id, const struct cssp_rd *body,
		      struct cssp_vbuf *out)
{
	const struct cssp_krb5_token t = {
		.user_to_user = s->user_to_user != s->knobs.other_oid,
		.id = id,
		.body = *body,
	};
	struct cssp_vbuf token = {};
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(&token, cssp_krb5_token_size(&t), &wr);
	if (!ret) {
		cssp_krb5_token_encode(&t, &wr);
		ret = cssp_encode_end(&token, &wr);
	}
	if (!ret)
		ret = cssp_vbuf_append(out, token.data, token.len);
	cssp_vbuf_free(&token);
	return ret;
}

static int server_put_error(const struct krb5_server *s, struct cssp_vbuf *out)
{
	u8 message[sizeof(error_template)];
	struct cssp_rd body = cssp_rd_of(message, sizeof(message));
	char digits[ERROR_DIGITS + 1];
	struct tm tm;

	memcpy(message, error_template, sizeof(message));
	time64_to_tm(ktime_get_real_seconds() + s->knobs.skew, 0, &tm);
	snprintf(digits, sizeof(digits), "%04ld%02d%02d%02d%02d%02d", tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	memcpy(message + ERROR_TIME, digits, ERROR_DIGITS);
	message[ERROR_CODE] = s->knobs.error;
	return server_put(s, CSSP_KRB5_KRB_ERROR, &body, out);
}

static int server_take_tgt_req(struct krb5_server *s, const struct cssp_rd *body,
			       struct cssp_vbuf *out)
{
	const struct cssp_rd ticket = test_str(KRB5_TICKET);
	struct cssp_vbuf rep = {};
	struct cssp_rd rd;
	struct cssp_wr wr;
	int ret;

	ret = cssp_vbuf_set(&s->tgt_req, body);
	if (ret)
		return ret;
	if (s->knobs.error && s->knobs.error_first)
		return server_put_error(s, out);
	ret = cssp_encode_begin(&rep, cssp_krb5_tgt_rep_size(&ticket), &wr);
	if (!ret) {
		cssp_krb5_tgt_rep_encode(&ticket, &wr);
		ret = cssp_encode_end(&rep, &wr);
	}
	rd = cssp_vbuf_rd(&rep);
	if (!ret)
		ret = server_put(s, CSSP_KRB5_TGT_REP, &rd, out);
	cssp_vbuf_free(&rep);
	return ret;
}

static int server_take_ap_req(struct krb5_server *s, const struct cssp_rd *body,
			      struct cssp_vbuf *out)
{
	const struct cssp_rd ap_rep = test_str(KRB5_AP_REP);
	bool subkey = !s->knobs.no_subkey;
	int ret;

	if (!cssp_rd_equal(body, KRB5_AP_REQ, strlen(KRB5_AP_REQ)))
		return CSSP_E_MALFORMED;
	if (s->knobs.error)
		return server_put_error(s, out);
	ret = cssp_krb5_dir_init(&s->to_server, s->enctype, s->key,
				 CSSP_KRB5_INITIATOR_TO_ACCEPTOR, subkey, s->client_seq);
	if (!ret)
		ret = cssp_krb5_dir_init(&s->to_client, s->enctype, s->key,
					 CSSP_KRB5_ACCEPTOR_TO_INITIATOR, subkey,
					 s->server_seq);
	return ret ? ret : server_put(s, CSSP_KRB5_AP_REP, &ap_rep, out);
}

/* A user-to-user AP-REQ comes after the TGT-REQ only, another one at first only. */
static int server_step(struct krb5_server *s, const struct cssp_rd *in, struct cssp_vbuf *out)
{
	struct cssp_krb5_token t;
	int ret;

	ret = cssp_krb5_token_decode(in, &t);
	if (ret)
		return ret;
	s->user_to_user = t.user_to_user;
	if (s->state == KRB5_SERVER_START && t.id == CSSP_KRB5_TGT_REQ) {
		s->state = KRB5_SERVER_TGT_SENT;
		return server_take_tgt_req(s, &t.body, out);
	}
	if (t.id != CSSP_KRB5_AP_REQ ||
	    s->state != (t.user_to_user ? KRB5_SERVER_TGT_SENT : KRB5_SERVER_START))
		return CSSP_E_STATE;
	s->state = KRB5_SERVER_ESTABLISHED;
	return server_take_ap_req(s, &t.body, out);
}

int krb5_server_step(struct krb5_server *s, const struct cssp_rd *in, struct cssp_vbuf *out)
{
	int ret = server_step(s, in, out);

	if (ret)
		s->state = KRB5_SERVER_DEAD;
	return ret;
}

/* One test runs at a time. */
static struct krb5_helper *answering;

static int helper_open(struct cssp_conv **conv, const struct cssp_requester *who)
{
	KUNIT_EXPECT_FALSE(answering->test, answering->open);
	if (answering->open_err)
		return answering->open_err;
	answering->open = true;
	*conv = (struct cssp_conv *)answering;
	return 0;
}

static bool helper_is_local(const struct cssp_conv *conv)
{
	return !((const struct krb5_helper *)conv)->foreign;
}

static int helper_lend_session(struct cssp_conv *conv, s32 *serial)
{
	struct krb5_helper *h = (struct krb5_helper *)conv;

	*serial = h->lend_err ? 0 : KRB5_HELPER_SESSION;
	return h->lend_err;
}

static void helper_close(struct cssp_conv *conv, bool over)
{
	struct krb5_helper *h = (struct krb5_helper *)conv;

	KUNIT_EXPECT_TRUE(h->test, h->open);
	h->open = false;
	h->over = over;
}

static int helper_put_message(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
			      struct cssp_vbuf *tail)
{
	bool keeps = h->head.source == CREDSSP_HLP_KRB5_PASSWORD ||
		     h->head.source == CREDSSP_HLP_KRB5_CERT;

	head->not_after = KRB5_HELPER_NOT_AFTER;
	head->message_length = strlen(KRB5_AP_REQ);
	head->client_length = strlen(h->client);
	head->saved_length = keeps ? strlen(h->saved) : 0;
	return cssp_vbuf_append(tail, KRB5_AP_REQ, head->message_length) ?:
	       cssp_vbuf_append(tail, h->client, head->client_length) ?:
	       cssp_vbuf_append(tail, h->saved, head->saved_length);
}

static int helper_continue(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
			   struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_KRB5_CONTINUE;
	return helper_put_message(h, head, tail);
}

static void helper_fail(const struct krb5_helper *h, struct credssp_hlp_krb5_reply *head)
{
	head->state = CREDSSP_HLP_KRB5_FAILED;
	head->failure = h->failure;
	head->error = h->error;
	head->skew = h->skew;
}

static void helper_give_key(const struct krb5_server *s, struct credssp_hlp_krb5_reply *head)
{
	head->state = CREDSSP_HLP_KRB5_DONE;
	head->enctype = s->enctype->id;
	head->key_length = s->enctype->key_size;
	memcpy(head->key, s->key, s->enctype->key_size);
}

/* Without an AP-REP both directions begin with the initiator's number. */
static int helper_one_way(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
			  struct cssp_vbuf *tail)
{
	helper_give_key(h->server, head);
	head->tx_seq = h->server->client_seq;
	head->rx_seq = h->server->client_seq;
	return helper_put_message(h, head, tail);
}

static void helper_done(const struct krb5_helper *h, const struct cssp_rd *request,
			struct credssp_hlp_krb5_reply *head)
{
	const struct krb5_server *s = h->server;

	if (!cssp_rd_equal(request, KRB5_AP_REP, strlen(KRB5_AP_REP))) {
		head->state = CREDSSP_HLP_KRB5_FAILED;
		head->failure = CREDSSP_HLP_KRB5_FAIL_PROOF;
		return;
	}
	helper_give_key(s, head);
	head->flags = s->knobs.no_subkey ? 0 : CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY;
	head->tx_seq = s->client_seq;
	head->rx_seq = s->server_seq;
}

static int helper_reply(struct krb5_helper *h, enum krb5_helper_turn turn,
			const struct cssp_rd *request, struct credssp_hlp_krb5_reply *head,
			struct cssp_vbuf *tail)
{
	int ret = 0;

	head->kdc_messages = turn == KRB5_HELPER_INIT ? KRB5_HELPER_KDC_MESSAGES : 0;
	if (h->fails[turn])
		helper_fail(h, head);
	else if (turn == KRB5_HELPER_INIT && h->head.flags & CREDSSP_HLP_KRB5_ONE_WAY)
		ret = helper_one_way(h, head, tail);
	else if (turn == KRB5_HELPER_INIT)
		ret = helper_continue(h, head, tail);
	else
		helper_done(h, request, head);
	if (!ret && h->twist)
		h->twist(h, turn, head, tail);
	return ret;
}

static int helper_take_init(struct krb5_helper *h, const struct cssp_rd *request)
{
	struct cssp_rd rd = *request;

	return cssp_rd_copy(&rd, &h->head, sizeof(h->head)) ?: cssp_vbuf_set(&h->init, request);
}

static int helper_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		       struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	struct krb5_helper *h = (struct krb5_helper *)conv;
	bool step = opcode == CREDSSP_HLP_KRB5_STEP;
	enum krb5_helper_turn turn = step ? KRB5_HELPER_STEP : KRB5_HELPER_INIT;
	struct credssp_hlp_krb5_reply head = {};
	struct cssp_vbuf tail = {};
	int ret;

	h->calls++;
	KUNIT_EXPECT_TRUE(h->test, h->open);
	KUNIT_EXPECT_TRUE(h->test, step || opcode == CREDSSP_HLP_KRB5_INIT);
	if (turn == KRB5_HELPER_INIT && helper_take_init(h, request))
		return -ENOMEM;
	if (h->err[turn])
		return h->err[turn];
	ret = helper_reply(h, turn, request, &head, &tail) ?:
	      cssp_vbuf_append(reply, &head, sizeof(head)) ?:
	      cssp_vbuf_append(reply, tail.data, tail.len);
	cssp_vbuf_free(&tail);
	reply->len -= min(h->cut, reply->len);
	return ret;
}

const struct cssp_helper_ops krb5_helper_ops = {
	.open = helper_open,
	.call = helper_call,
	.is_local = helper_is_local,
	.lend_session = helper_lend_session,
	.close = helper_close,
};

static void helper_end(void *data)
{
	struct krb5_helper *h = data;

	if (h->open)
		KUNIT_FAIL(h->test, "the conversation was not closed");
	cssp_vbuf_free(&h->init);
	answering = NULL;
}

void krb5_helper_init(struct kunit *test, struct krb5_helper *h,
		      const struct krb5_server *server)
{
	*h = (struct krb5_helper){
		.test = test,
		.server = server,
		.client = KRB5_HELPER_CLIENT,
		.saved = KRB5_HELPER_SAVED,
	};
	answering = h;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, helper_end, h), 0);
}
