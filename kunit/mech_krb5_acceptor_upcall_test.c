// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5_acceptor_upcall.c: replies that are cut short or contradict themselves. */
#include "base/status.h"
#include "krb5_acceptor_pair.h"

/* The lie under test: it is told of KRB5_ACCEPT, or of KRB5_TGT. */
static unsigned int lie;

static void lie_about_done(struct krb5_acc_helper *h, enum krb5_acc_turn turn,
			   struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	if (turn != KRB5_ACC_ACCEPT)
		return;
	switch (lie) {
	case 0:
		head->state = 0;
		break;
	case 1:
		head->state = CREDSSP_HLP_KRB5_CONTINUE;
		break;
	case 2:
		head->state = CREDSSP_HLP_KRB5_FAILED;
		break;
	case 3:
		head->failure = CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED + 1;
		break;
	case 4:
		head->failure = CREDSSP_HLP_KRB5_FAIL_KEY;
		break;
	case 5:
		head->error = 1;
		break;
	case 6:
		head->skew = 1;
		break;
	case 7:
		head->gss_flags &= ~CREDSSP_HLP_KRB5_GSS_MUTUAL;
		break;
	case 8:
		head->client_length = 0;
		break;
	case 9:
		head->client_length++;
		break;
	case 10:
		head->saved_length = 1;
		break;
	case 11:
		head->message_length++;
		break;
	case 12:
		head->message_length = CREDSSP_HLP_MAX_KRB5_MESSAGE + 1;
		break;
	case 13:
		head->flags = 4;
		break;
	case 14:
		head->flags |= CREDSSP_HLP_KRB5_BINDINGS_MATCH;
		break;
	case 15:
		head->enctype = 23;
		break;
	case 16:
		head->key_length--;
		break;
	case 17:
		head->tx_seq = 1ULL << 32;
		break;
	case 18:
		head->rx_seq = 1ULL << 32;
		break;
	case 19:
		head->key_length = 0;
		break;
	default:
		tail->data[tail->len - 1] = 0;
		break;
	}
}

#define LIES_ABOUT_DONE	21

static void lies_about_done(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);

	a->helper.twist = lie_about_done;
	for (lie = 0; lie < 2 * LIES_ABOUT_DONE; lie++) {
		unsigned int was = lie;

		a->p->tickets.user_to_user = lie >= LIES_ABOUT_DONE;
		krb5_acc_pair_restart(test, a);
		krb5_acc_begin(test, a);
		lie = was % LIES_ABOUT_DONE;
		KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), -EREMOTEIO, "lie %u", lie);
		KUNIT_EXPECT_EQ_MSG(test, a->p->to_client->len, (size_t)0, "lie %u", lie);
		krb5_acc_expect_dead(test, a, CREDSSP_REASON_HELPER_REPLY);
		lie = was;
	}
}

/* Without an AP-REP there is no subkey of the acceptor, and no number of its own. */
static void lie_about_not_mutual(struct krb5_acc_helper *h, enum krb5_acc_turn turn,
				 struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	if (lie == 0)
		head->flags = CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY;
	if (lie == 1)
		head->tx_seq ^= 1;
	if (lie == 2)
		head->gss_flags |= CREDSSP_HLP_KRB5_GSS_MUTUAL;
}

static void lies_about_not_mutual(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);

	a->helper.twist = lie_about_not_mutual;
	a->helper.not_mutual = true;
	for (lie = 0; lie < 3; lie++) {
		krb5_acc_pair_restart(test, a);
		krb5_acc_begin(test, a);
		KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), -EREMOTEIO, "lie %u", lie);
		krb5_acc_expect_dead(test, a, CREDSSP_REASON_HELPER_REPLY);
	}
}

/* A reply to KRB5_TGT is a ticket and a name, and no key. */
static void lie_about_tgt(struct krb5_acc_helper *h, enum krb5_acc_turn turn,
			  struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	switch (lie) {
	case 0:
		head->state = 0;
		break;
	case 1:
		head->state = CREDSSP_HLP_KRB5_DONE;
		break;
	case 2:
		head->state = CREDSSP_HLP_KRB5_FAILED;
		break;
	case 3:
		head->failure = CREDSSP_HLP_KRB5_FAIL_KEY;
		break;
	case 4:
		head->message_length = 0;
		break;
	case 5:
		head->message_length++;
		break;
	case 6:
		head->message_length = CREDSSP_HLP_MAX_KRB5_MESSAGE + 1;
		break;
	case 7:
		tail->len -= head->client_length;
		head->client_length = 0;
		break;
	case 8:
		head->saved_length = 1;
		break;
	case 9:
		head->gss_flags = CREDSSP_HLP_KRB5_GSS_MUTUAL;
		break;
	case 10:
		head->flags = CREDSSP_HLP_KRB5_BINDINGS_MATCH;
		break;
	case 11:
		head->key_length = 16;
		break;
	default:
		head->trace_length = U32_MAX;
		break;
	}
}

#define LIES_ABOUT_TGT	13

/* The acceptor's step on the first token of an initiator that wants user-to-user fails. */
static void expect_no_tgt(struct kunit *test, struct krb5_acc_pair *a, const char *what,
			  unsigned int n)
{
	krb5_acc_pair_restart(test, a);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
	KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), -EREMOTEIO, "%s %u", what, n);
	KUNIT_EXPECT_EQ_MSG(test, a->p->to_client->len, (size_t)0, "%s %u", what, n);
	krb5_acc_expect_dead(test, a, CREDSSP_REASON_HELPER_REPLY);
}

static void lies_about_tgt(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, true);

	a->helper.twist = lie_about_tgt;
	for (lie = 0; lie < LIES_ABOUT_TGT; lie++)
		expect_no_tgt(test, a, "lie", lie);
}

/* Cut by 1 byte, 2 bytes, and so on, down to nothing: the replies to both requests */

static void tgt_cut_short(struct kunit *test)
{
	const size_t whole = sizeof(struct credssp_hlp_krb5_reply) +
			     strlen(KRB5_TICKET KRB5_ACC_OWN_NAME);
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, true);

	for (a->helper.cut = 1; a->helper.cut <= whole; a->helper.cut++)
		expect_no_tgt(test, a, "cut by", a->helper.cut);
}

static void done_cut_short(struct kunit *test)
{
	const size_t whole = sizeof(struct credssp_hlp_krb5_reply) +
			     strlen(KRB5_AP_REP KRB5_HELPER_CLIENT);
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);

	for (a->helper.cut = 1; a->helper.cut <= whole; a->helper.cut++) {
		krb5_acc_pair_restart(test, a);
		krb5_acc_begin(test, a);
		KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), -EREMOTEIO, "cut by %zu",
				    a->helper.cut);
		KUNIT_EXPECT_EQ(test, a->p->to_client->len, (size_t)0);
		krb5_acc_expect_dead(test, a, CREDSSP_REASON_HELPER_REPLY);
	}
}

static struct kunit_case acceptor_upcall_cases[] = {
	KUNIT_CASE(lies_about_done),
	KUNIT_CASE(lies_about_not_mutual),
	KUNIT_CASE(lies_about_tgt),
	KUNIT_CASE(tgt_cut_short),
	KUNIT_CASE(done_cut_short),
	{}
};

static struct kunit_suite acceptor_upcall_suite = {
	.name = "credssp_mech_krb5_acceptor_upcall",
	.test_cases = acceptor_upcall_cases,
};

kunit_test_suite(acceptor_upcall_suite);
