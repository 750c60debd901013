/* SPDX-License-Identifier: GPL-2.0-only */
/* Tokens for SPNEGO's acceptor, and its answers. Objects are freed with the test case. */
#ifndef KUNIT_SPNEGO_ACCEPTOR_UTIL_H
#define KUNIT_SPNEGO_ACCEPTOR_UTIL_H

#include "base/status.h"
#include "mech/encode.h"
#include "spnego_fakes.h"

/* OBJECT IDENTIFIERs of a MechTypeList */
#define OID_MS_KRB5	"06092a864882f712010202"
#define OID_KRB5	"06092a864886f712010202"
#define OID_U2U		"060a2a864886f71201020203"
#define OID_NTLM	"060a2b06010401823702020a"
#define OID_NEGOEX	"060a2b06010401823702021e"
#define OID_IAKERB	"06062b0601050205"
#define OID_PKU2U	"06062b0601050207"
#define OID_UNKNOWN	"06032a0304"

/* A negState that is not there, or an answer that is not there */
#define NO_STATE	99

/**
 * struct acc_reply - what an answer has
 * @state: negState; NO_STATE: there is no answer
 * @oid: supportedMech in hex with tag and length; NULL: none
 * @token: NULL: none
 * @mic: the MIC of the acceptor's first message is there
 */
struct acc_reply {
	u32 state;
	const char *oid;
	const char *token;
	bool mic;
};

/**
 * struct acc_test - an acceptor, and what it is told
 * @mech: the acceptor
 * @list: MechTypeList of the initiator
 * @in, @out: the last token and the answer
 * @progress: after it
 */
struct acc_test {
	struct cssp_mech *mech;
	struct cssp_rd list;
	struct cssp_vbuf *in, *out;
	enum cssp_mech_progress progress;
};

static inline struct acc_test *acc_test_new(struct kunit *test,
					    const struct cssp_mech_params *params)
{
	static const struct cssp_mech_params none;
	struct acc_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->mech = fake_new_acceptor(test, params ?: &none);
	t->in = new_vbuf(test);
	t->out = new_vbuf(test);
	return t;
}

static inline int acc_test_step(struct acc_test *t)
{
	return step(t->mech, t->in, t->out, &t->progress);
}

/* The next token is @rd. */
static inline void acc_test_set(struct kunit *test, struct acc_test *t, struct cssp_rd rd)
{
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(t->in, &rd), 0);
}

/* MechTypeList of these OIDs, as hex */
static inline struct cssp_rd acc_test_list(struct kunit *test, const char *oids)
{
	struct cssp_rd body = test_hex(test, oids);
	u8 *list = test_room(test, body.left + 2);

	KUNIT_ASSERT_LT(test, body.left, (size_t)128);
	list[0] = 0x30;
	list[1] = body.left;
	memcpy(list + 2, body.p, body.left);
	return cssp_rd_of(list, body.left + 2);
}

static inline struct cssp_rd acc_test_str(const char *str)
{
	return str ? test_str(str) : (struct cssp_rd){};
}

/* NegTokenInit. @token, @mic: NULL for none */
static inline void acc_test_init(struct kunit *test, struct acc_test *t, const char *oids,
				 const char *token, const struct cssp_rd *mic)
{
	struct cssp_spnego_init init = {
		.present = (token ? CSSP_SPNEGO_HAS_TOKEN : 0) | (mic ? CSSP_SPNEGO_HAS_MIC : 0),
		.mech_list = acc_test_list(test, oids),
		.token = acc_test_str(token),
	};
	struct cssp_wr wr;

	if (mic)
		init.mic = *mic;
	t->list = init.mech_list;
	KUNIT_ASSERT_EQ(test, cssp_encode_begin(t->in, cssp_spnego_init_size(&init), &wr), 0);
	cssp_spnego_init_encode(&init, &wr);
	KUNIT_ASSERT_EQ(test, cssp_encode_end(t->in, &wr), 0);
}

/* NegTokenResp, likewise */
static inline void acc_test_resp(struct kunit *test, struct acc_test *t, u32 state,
				 const char *token, const struct cssp_rd *mic)
{
	struct cssp_spnego_resp resp = {
		.present = (state != NO_STATE ? CSSP_SPNEGO_HAS_STATE : 0) |
			   (token ? CSSP_SPNEGO_HAS_TOKEN : 0) |
			   (mic ? CSSP_SPNEGO_HAS_MIC : 0),
		.state = state,
		.token = acc_test_str(token),
	};
	struct cssp_wr wr;

	if (mic)
		resp.mic = *mic;
	KUNIT_ASSERT_EQ(test, cssp_encode_begin(t->in, cssp_spnego_resp_size(&resp), &wr), 0);
	cssp_spnego_resp_encode(&resp, &wr);
	KUNIT_ASSERT_EQ(test, cssp_encode_end(t->in, &wr), 0);
}

/* The mechListMIC of @side, 'i' or 'a', as its message @seq */
static inline struct cssp_rd acc_test_mic(struct kunit *test, const struct acc_test *t,
					  char side, u8 seq)
{
	u8 *mic = test_room(test, 3);

	mic[0] = side;
	mic[1] = seq;
	mic[2] = fake_list_sum(&t->list);
	return cssp_rd_of(mic, 3);
}

static inline void acc_test_expect(struct kunit *test, const struct acc_test *t,
				   const struct acc_reply *want, const char *name)
{
	const struct cssp_rd rd = cssp_vbuf_rd(t->out), mic = acc_test_mic(test, t, 'a', 0);
	struct cssp_rd token = acc_test_str(want->token);
	struct cssp_spnego_resp resp;

	if (want->state == NO_STATE) {
		KUNIT_EXPECT_EQ_MSG(test, rd.left, (size_t)0, "%s", name);
		return;
	}
	KUNIT_ASSERT_EQ_MSG(test, cssp_spnego_resp_decode(&rd, &resp), 0, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, resp.present,
			    (u32)(CSSP_SPNEGO_HAS_STATE |
				  (want->oid ? CSSP_SPNEGO_HAS_MECH : 0) |
				  (want->token ? CSSP_SPNEGO_HAS_TOKEN : 0) |
				  (want->mic ? CSSP_SPNEGO_HAS_MIC : 0)), "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, resp.state, want->state, "%s", name);
	if (want->oid)
		test_expect_hex(test, &resp.mech, want->oid + 4);
	test_expect_same(test, &resp.token, &token);
	if (want->mic)
		test_expect_same(test, &resp.mic, &mic);
}

/* The acceptor has ended, and does nothing any more. */
static inline void acc_test_expect_dead(struct kunit *test, struct acc_test *t)
{
	const struct cssp_spnego_context *c = cssp_spnego_context_of(t->mech);
	const struct cssp_rd rd = test_str("a message");
	struct cssp_session_key key;

	KUNIT_EXPECT_NULL(test, c->inner);
	KUNIT_EXPECT_NE(test, t->mech->reason, (u32)CREDSSP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, acc_test_step(t), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, t->mech->ops->wrap(t->mech, &rd, t->out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->mech->ops->unwrap(t->mech, &rd, t->out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->mech->ops->sign(t->mech, &rd, t->out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->mech->ops->verify(t->mech, &rd, &rd), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->mech->ops->session_key(t->mech, &key), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, t->out->len, (size_t)0);
}

#endif
