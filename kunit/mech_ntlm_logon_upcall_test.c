// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/ntlm_logon_upcall.c: the request, and replies of a helper that fails or lies. */
#include "base/status.h"
#include "ntlm_acceptor_pair.h"
#include "squeeze.h"
#include "vectors/ntlm.h"

/* The longest name of an account that is taken */
#define NAME_MAX_BYTES	(2 * CREDSSP_MAX_NAME + 1)

/* An exchange with the helper of @p; it fails with @want and @reason. */
static void expect_failure(struct kunit *test, struct ntlm_acc_pair *p, int want, u32 reason,
			   const char *name)
{
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_begin(test, p);
	KUNIT_EXPECT_EQ_MSG(test, ntlm_acc_answer(p), want, "%s", name);
	ntlm_acc_expect_dead(test, p, reason);
	/* The verdict has the claim in any case. */
	ntlm_acc_expect_text(test, &p->acceptor->facts.claimed, "CORP\\alice");
}

static void the_request(struct kunit *test)
{
	static const struct credssp_address peer = {
		.family = 10, .port = 49152, .scope = 3, .address = { 0xfe, 0x80, 1, 2, 3 },
	};
	const struct ntlm_client_knobs knobs = { .workstation = "DESK" };
	struct cssp_rd workstation = utf16_of(test, "DESK");
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	const struct credssp_hlp_ntlm_logon *head = &p->helper.head;
	struct cssp_ntlm_acceptor *a;
	struct cssp_rd rd, piece;

	p->peer = &peer;
	ntlm_acc_forge(test, p, &knobs);
	a = cssp_ntlm_acceptor_of(p->acceptor);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	KUNIT_EXPECT_EQ(test, head->flags, CREDSSP_HLP_NTLM_LOCAL);
	KUNIT_EXPECT_GT(test, head->time_limit, 0);
	KUNIT_EXPECT_LE(test, head->time_limit, cssp_upcall_timeout_ms());
	KUNIT_EXPECT_EQ(test, head->peer_family, peer.family);
	KUNIT_EXPECT_EQ(test, head->peer_port, peer.port);
	KUNIT_EXPECT_EQ(test, head->peer_scope, peer.scope);
	KUNIT_EXPECT_MEMEQ(test, head->peer_address, peer.address, sizeof(peer.address));
	KUNIT_EXPECT_MEMEQ(test, head->server_challenge, a->nonce.server_challenge,
			   sizeof(head->server_challenge));
	rd = cssp_vbuf_rd(&p->helper.request);
	KUNIT_ASSERT_EQ(test, cssp_rd_skip(&rd, sizeof(*head)), 0);
	KUNIT_ASSERT_EQ(test, cssp_rd_sub(&rd, head->user_length, &piece), 0);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&piece, p->id->user.data, p->id->user.len));
	KUNIT_ASSERT_EQ(test, cssp_rd_sub(&rd, head->domain_length, &piece), 0);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&piece, p->id->domain.data, p->id->domain.len));
	KUNIT_ASSERT_EQ(test, cssp_rd_sub(&rd, head->workstation_length, &piece), 0);
	test_expect_same(test, &piece, &workstation);
	ntlm_acc_expect_text(test, &p->acceptor->facts.workstation, "DESK");
	KUNIT_EXPECT_EQ(test, rd.left, head->response_length);
	/* Without an address its fields are zero. */
	p->peer = NULL;
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_establish(test, p);
	KUNIT_EXPECT_EQ(test, head->peer_family | head->peer_port | head->peer_scope, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(head->peer_address, 0, sizeof(head->peer_address)));
}

/* MS-NLMP 4.2.4: the response of the example becomes its keys. */
static void spec_response(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	const struct cssp_ntlm_upcall u = { &ntlm_acc_helper_ops, NULL, &p->wait };
	struct cssp_rd message = test_hex(test, nlmp_v2_authenticate);
	struct cssp_ntlm_authenticate msg;
	struct cssp_ntlm_account account;
	struct cssp_ntlm_logon logon = {};
	u8 key[CSSP_NTLM_KEY_SIZE];

	p->helper.account = new_identity(test, NLMP_USER, NLMP_DOMAIN, NLMP_PASSWORD);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&message, &msg), 0);
	logon.user = msg.user;
	logon.domain = msg.domain;
	logon.workstation = msg.workstation;
	logon.response = msg.nt;
	logon.server_challenge = test_hex(test, nlmp_server_challenge).p;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_logon_ask(&u, &logon, &account), 0);
	EXPECT_HEX(test, account.session_base_key, sizeof(key), nlmp_v2_base_key);
	ntlm_acc_expect_text(test, &account.name, NTLM_ACC_NAME);
	cssp_vbuf_free(&account.name);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_key_exchange(account.session_base_key, msg.enc_key.p,
						     key), 0);
	EXPECT_HEX(test, key, sizeof(key), nlmp_session_key);
}

static void failures(struct kunit *test)
{
	static const struct {
		u32 failure;
		int want;
		u32 reason;
	} rows[] = {
		{ CREDSSP_HLP_NTLM_FAIL_OTHER, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY },
		{ CREDSSP_HLP_NTLM_FAIL_LOGON, CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOGON },
		{ CREDSSP_HLP_NTLM_FAIL_LOCKED, CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOCKED_OUT },
		{ CREDSSP_HLP_NTLM_FAIL_BUSY, -EDQUOT, CREDSSP_REASON_BUSY },
		{ CREDSSP_HLP_NTLM_FAIL_FOREIGN, CSSP_E_NO_HELPER, CREDSSP_REASON_FOREIGN },
		{ CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS, CSSP_E_NO_HELPER,
		  CREDSSP_REASON_NO_ACCOUNTS },
	};
	/* Of each failure with and without a status for the initiator */
	static const u32 statuses[] = { 0xc0000072, 0 };
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i, j;

	p->helper.fails = true;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (j = 0; j < ARRAY_SIZE(statuses); j++) {
			p->helper.failure = rows[i].failure;
			p->helper.ntstatus = statuses[j];
			expect_failure(test, p, rows[i].want, rows[i].reason, "failure");
			KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, statuses[j]);
			KUNIT_EXPECT_TRUE(test, p->helper.over);
		}
	}
	p->helper.failure = ARRAY_SIZE(rows);
	p->helper.ntstatus = 0xc000006d;
	expect_failure(test, p, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY, "unknown failure");
	KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, 0);
}

static void no_helper(struct kunit *test)
{
	static const struct {
		bool foreign;
		int open, call, want;
		u32 reason;
	} rows[] = {
		{ false, CSSP_E_NO_HELPER, 0, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_HELPER },
		{ false, -EDQUOT, 0, -EDQUOT, CREDSSP_REASON_LIMIT },
		{ false, -ENOMEM, 0, -ENOMEM, CREDSSP_REASON_NO_MEMORY },
		{ false, 0, CSSP_E_NO_HELPER, CSSP_E_NO_HELPER, CREDSSP_REASON_HELPER_DIED },
		{ false, 0, CSSP_E_UNSUPPORTED, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_ACCOUNTS },
		{ false, 0, -ETIMEDOUT, -ETIMEDOUT, CREDSSP_REASON_TIMEOUT },
		{ false, 0, -ECANCELED, -ECANCELED, CREDSSP_REASON_CANCELLED },
		{ false, 0, -EINTR, -EINTR, CREDSSP_REASON_CANCELLED },
		{ false, 0, -EREMOTEIO, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY },
		{ true, 0, 0, CSSP_E_NO_HELPER, CREDSSP_REASON_FOREIGN },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->helper.foreign = rows[i].foreign;
		p->helper.open_err = rows[i].open;
		p->helper.err = rows[i].call;
		p->helper.over = false;
		expect_failure(test, p, rows[i].want, rows[i].reason, "no reply");
		/* The helper may still keep something of the conversation. */
		KUNIT_EXPECT_FALSE(test, p->helper.over);
		KUNIT_EXPECT_EQ(test, p->helper.calls, !rows[i].foreign && !rows[i].open);
	}
}

/* Lies of a helper: a reply that contradicts itself */

static void set_failure(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			struct cssp_vbuf *tail)
{
	head->failure = CREDSSP_HLP_NTLM_FAIL_LOGON;
}

static void set_status(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
		       struct cssp_vbuf *tail)
{
	head->ntstatus = 0xc000006d;
}

static void state_zero(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
		       struct cssp_vbuf *tail)
{
	head->state = 0;
}

static void state_unknown(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			  struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_NTLM_FAILED + 1;
}

static void failed_with_key(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			    struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_NTLM_FAILED;
	head->name_length = 0;
	cssp_vbuf_clear(tail);
}

static void failed_with_name(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			     struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_NTLM_FAILED;
	memset(head->session_base_key, 0, sizeof(head->session_base_key));
}

static void failed_with_success(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
				struct cssp_vbuf *tail)
{
	memset(head, 0, sizeof(*head));
	head->state = CREDSSP_HLP_NTLM_FAILED;
	head->ntstatus = 0x00000103;
	cssp_vbuf_clear(tail);
}

static void no_name(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
		    struct cssp_vbuf *tail)
{
	head->name_length = 0;
	cssp_vbuf_clear(tail);
}

static void name_too_short(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			   struct cssp_vbuf *tail)
{
	head->name_length++;
}

static void name_too_long(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			  struct cssp_vbuf *tail)
{
	head->name_length--;
}

static void length_overflow(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			    struct cssp_vbuf *tail)
{
	head->name_length = U32_MAX;
}

static void first_char(struct ntlm_acc_helper *h, struct cssp_vbuf *tail, u8 c)
{
	KUNIT_ASSERT_GT(h->test, tail->len, 0);
	tail->data[0] = c;
}

static void name_with_nul(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			  struct cssp_vbuf *tail)
{
	first_char(h, tail, 0);
}

static void name_with_line_end(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			       struct cssp_vbuf *tail)
{
	first_char(h, tail, '\n');
}

static void name_not_utf8(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			  struct cssp_vbuf *tail)
{
	first_char(h, tail, 0xff);
}

static void longest_name(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			 struct cssp_vbuf *tail)
{
	KUNIT_ASSERT_EQ(h->test, cssp_vbuf_reserve(tail, NAME_MAX_BYTES), 0);
	memset(tail->data, 'n', NAME_MAX_BYTES);
	tail->len = NAME_MAX_BYTES;
	head->name_length = tail->len;
}

static void longer_name(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			struct cssp_vbuf *tail)
{
	longest_name(h, head, tail);
	KUNIT_ASSERT_EQ(h->test, cssp_vbuf_append(tail, "n", 1), 0);
	head->name_length = tail->len;
}

static void lies(struct kunit *test)
{
	static const struct {
		const char *name;
		void (*twist)(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			      struct cssp_vbuf *tail);
	} rows[] = {
		{ "DONE with a failure", set_failure },
		{ "DONE with a status", set_status },
		{ "no state", state_zero },
		{ "unknown state", state_unknown },
		{ "FAILED with a key", failed_with_key },
		{ "FAILED with a name", failed_with_name },
		{ "FAILED with a success", failed_with_success },
		{ "no name", no_name },
		{ "shorter than its name", name_too_short },
		{ "longer than its name", name_too_long },
		{ "a length past all ends", length_overflow },
		{ "a NUL in the name", name_with_nul },
		{ "two lines", name_with_line_end },
		{ "no UTF-8", name_not_utf8 },
		{ "a name too long", longer_name },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->helper.twist = rows[i].twist;
		expect_failure(test, p, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY, rows[i].name);
		KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, 0);
		KUNIT_EXPECT_FALSE(test, p->helper.over);
	}
	p->helper.twist = longest_name;
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_establish(test, p);
	KUNIT_EXPECT_EQ(test, p->acceptor->facts.client.len, NAME_MAX_BYTES + 1);
}

static void reply_cut_anywhere(struct kunit *test)
{
	const size_t whole = sizeof(struct credssp_hlp_ntlm_reply) + strlen(NTLM_ACC_NAME);
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);

	for (p->helper.cut = 1; p->helper.cut <= whole; p->helper.cut++)
		expect_failure(test, p, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY, "cut");
}

static void key_of_a_guest(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
			   struct cssp_vbuf *tail)
{
	memset(head->session_base_key, 0, sizeof(head->session_base_key));
}

/* A guest's key is all zeros: anybody could have the session. */
static void guest(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);

	p->helper.twist = key_of_a_guest;
	expect_failure(test, p, CSSP_E_LOGON_DENIED, CREDSSP_REASON_LOGON, "guest");
	KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, 0xc000006dU);
}

static void other_key(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
		      struct cssp_vbuf *tail)
{
	head->session_base_key[0] ^= 1;
}

/* A key that the initiator does not have establishes nothing. */
static void key_of_another(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);

	p->helper.twist = other_key;
	expect_failure(test, p, CSSP_E_LOGON_DENIED, CREDSSP_REASON_MECH_MIC, "other key");
}

/* A step that fails for want of memory sends nothing and keeps nothing. */
static void out_of_memory(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct squeeze s = {};
	unsigned int second;
	long room;
	int ret;

	squeeze_init(test, &s);
	for (second = 0; second < 2; second++) {
		for (room = 0, ret = -EDQUOT; ret && room < SQUEEZE_ROOM_MAX;
		     room += SQUEEZE_ROOM_STEP) {
			ntlm_acc_pair_restart(test, p);
			KUNIT_ASSERT_EQ(test, ntlm_client_negotiate(NTLM_CLIENT_WINDOWS_FLAGS,
								    p->to_server), 0);
			if (second)
				ntlm_acc_begin(test, p);
			squeeze_begin(test, &s, room);
			ret = ntlm_acc_answer(p);
			squeeze_end(&s);
			if (!ret)
				break;
			KUNIT_EXPECT_EQ_MSG(test, ret, -EDQUOT, "%ld bytes", room);
			ntlm_acc_expect_dead(test, p, CREDSSP_REASON_LIMIT);
		}
		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_GT(test, room, (long)SQUEEZE_ROOM_STEP);
	}
}

static struct kunit_case ntlm_logon_upcall_cases[] = {
	KUNIT_CASE(the_request),
	KUNIT_CASE(spec_response),
	KUNIT_CASE(failures),
	KUNIT_CASE(no_helper),
	KUNIT_CASE(lies),
	KUNIT_CASE(reply_cut_anywhere),
	KUNIT_CASE(guest),
	KUNIT_CASE(key_of_another),
	KUNIT_CASE_SLOW(out_of_memory),
	{}
};

static struct kunit_suite ntlm_logon_upcall_suite = {
	.name = "credssp_mech_ntlm_logon_upcall",
	.test_cases = ntlm_logon_upcall_cases,
};

kunit_test_suite(ntlm_logon_upcall_suite);
