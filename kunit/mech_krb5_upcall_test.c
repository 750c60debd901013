// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5_upcall.c: the requests, and the helper's failures and lies. */
#include "base/status.h"
#include "krb5_pair.h"

#define CLIENT_MAX	2049	/* bytes of the longest name that is accepted */

static void set_str(struct kunit *test, struct cssp_vbuf *b, const char *str)
{
	const struct cssp_rd rd = test_str(str);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(b, &rd), 0);
}

/* Name and realm of @p's tickets; freed with cssp_vbuf_free() by free_tickets(). */
static void set_tickets(struct kunit *test, struct krb5_pair *p, u32 source,
			const char *name, const char *realm)
{
	p->tickets.source = source;
	set_str(test, &p->tickets.name, name);
	set_str(test, &p->tickets.realm, realm);
}

static void free_tickets(struct krb5_pair *p)
{
	cssp_vbuf_free(&p->tickets.name);
	cssp_vbuf_free(&p->tickets.realm);
}

static void expect_part(struct kunit *test, struct cssp_rd *rd, u32 length, const char *want,
			unsigned int row)
{
	struct cssp_rd part;

	KUNIT_ASSERT_EQ_MSG(test, cssp_rd_sub(rd, length, &part), 0, "row %u", row);
	KUNIT_EXPECT_TRUE_MSG(test, cssp_rd_equal(&part, want, strlen(want)),
			      "row %u: not \"%s\"", row, want);
}

/* The strings of the last KRB5_INIT */
struct strings {
	const char *user, *realm, *password, *tickets, *peer, *saved;
};

static void expect_init(struct kunit *test, struct krb5_pair *p, u32 source,
			const struct strings *want, unsigned int row)
{
	const struct credssp_hlp_krb5_init *head = &p->helper.head;
	struct cssp_rd rd = cssp_vbuf_rd(&p->helper.init);
	static const u8 no_bindings[16];

	KUNIT_EXPECT_EQ_MSG(test, head->source, source, "row %u", row);
	KUNIT_EXPECT_EQ(test, head->__reserved, 0ULL);
	KUNIT_EXPECT_MEMEQ(test, head->bindings, no_bindings, sizeof(no_bindings));
	KUNIT_EXPECT_GT(test, head->time_limit, 0U);
	KUNIT_EXPECT_LE(test, head->time_limit, cssp_upcall_timeout_ms());
	KUNIT_ASSERT_EQ(test, cssp_rd_skip(&rd, sizeof(*head)), 0);
	expect_part(test, &rd, head->user_length, want->user, row);
	expect_part(test, &rd, head->realm_length, want->realm, row);
	expect_part(test, &rd, head->password_length, want->password, row);
	expect_part(test, &rd, head->tickets_length, want->tickets, row);
	expect_part(test, &rd, head->target_length, KRB5_TARGET, row);
	expect_part(test, &rd, head->peer_ticket_length, want->peer, row);
	expect_part(test, &rd, head->saved_length, want->saved, row);
	KUNIT_EXPECT_EQ(test, rd.left, (size_t)0);
}

static void requests(struct kunit *test)
{
	static const struct {
		const char *user, *domain, *password;
		u32 source;
		const char *name, *realm;
		bool user_to_user, foreign;
		u32 want;
		struct strings strings;
	} rows[] = {
		{ "user", "DOM", "p", 0, "", "", false, false,
		  CREDSSP_HLP_KRB5_PASSWORD, { "user", "DOM", "p", "", "", "" } },
		{ "user", "DOM", "", 0, "", "", false, true,
		  CREDSSP_HLP_KRB5_PASSWORD, { "user", "DOM", "", "", "", "" } },
		{ "user", "", "p", 0, "", "", false, false,
		  CREDSSP_HLP_KRB5_PASSWORD, { "user", "", "p", "", "", "" } },
		{ "user", "DOM", "p", 0, "", "REALM", false, false,
		  CREDSSP_HLP_KRB5_PASSWORD, { "user", "REALM", "p", "", "", "" } },
		{ "user@example.org", "", "p", 0, "", "", false, false,
		  CREDSSP_HLP_KRB5_PASSWORD, { "user@example.org", "", "p", "", "", "" } },
		{ "user@example.org", "DOM", "p", 0, "", "", false, false,
		  CREDSSP_HLP_KRB5_PASSWORD, { "user@example.org", "", "p", "", "", "" } },
		{ "user@example.org", "", "p", 0, "", "REALM", false, false,
		  CREDSSP_HLP_KRB5_PASSWORD,
		  { "user@example.org", "REALM", "p", "", "", "" } },
		{ "J\xc3\xb6rg", "B\xc3\xbcro", "\xe2\x82\xac\xf0\x9f\x98\x80", 0, "", "",
		  false, false, CREDSSP_HLP_KRB5_PASSWORD,
		  { "J\xc3\xb6rg", "B\xc3\xbcro", "\xe2\x82\xac\xf0\x9f\x98\x80", "", "", "" } },
		{ "user", "DOM", "p", 0, "", "", true, true,
		  CREDSSP_HLP_KRB5_PASSWORD, { "user", "DOM", "p", "", KRB5_TICKET, "" } },
		{ "", "", "", 0, "", "", false, false,
		  CREDSSP_HLP_KRB5_CCACHE, { "", "", "", "", "", "" } },
		{ "", "", "", CREDSSP_TICKETS_CCACHE, "FILE:/c", "", true, false,
		  CREDSSP_HLP_KRB5_CCACHE, { "", "", "", "FILE:/c", KRB5_TICKET, "" } },
		/* A cache and a keytab need no password, so the helper does not get it. */
		{ "user", "DOM", "p", CREDSSP_TICKETS_CCACHE, "FILE:/c", "", false, false,
		  CREDSSP_HLP_KRB5_CCACHE, { "user", "DOM", "", "FILE:/c", "", "" } },
		{ "user", "DOM", "p", CREDSSP_TICKETS_KEYTAB, "/k", "REALM", false, false,
		  CREDSSP_HLP_KRB5_KEYTAB, { "user", "REALM", "", "/k", "", "" } },
		/* That of a certificate is its PIN. */
		{ "user", "DOM", "p", CREDSSP_TICKETS_CERT, "FILE:/c", "REALM", false, false,
		  CREDSSP_HLP_KRB5_CERT, { "user", "REALM", "p", "FILE:/c", "", "" } },
		{ "user", "DOM", "", CREDSSP_TICKETS_CERT, "FILE:/c", "", true, false,
		  CREDSSP_HLP_KRB5_CERT, { "user", "DOM", "", "FILE:/c", KRB5_TICKET, "" } },
	};
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	p->helper.saved = "";
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->id = new_identity(test, rows[i].user, rows[i].domain, rows[i].password);
		set_tickets(test, p, rows[i].source, rows[i].name, rows[i].realm);
		p->tickets.user_to_user = rows[i].user_to_user;
		p->helper.foreign = rows[i].foreign;
		krb5_pair_restart(test, p);
		krb5_pair_establish(test, p);
		expect_init(test, p, rows[i].want, &rows[i].strings, i);
		KUNIT_EXPECT_EQ(test, p->helper.head.flags,
				(rows[i].foreign ? 0U : CREDSSP_HLP_KRB5_LOCAL) |
				(rows[i].user_to_user ? CREDSSP_HLP_KRB5_USER_TO_USER : 0U));
	}
	free_tickets(p);
}

/* A caller that passes no tickets at all */
static void no_tickets_and_no_store(struct kunit *test)
{
	const struct strings want = { "user", "EXAMPLE.ORG", "Password", "", "", "" };
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	const struct cssp_mech_params params = {
		.id = p->id, .target = KRB5_TARGET, .wait = &p->wait, .helper = &krb5_helper_ops,
	};

	kunit_release_action(test, free_mech_action, p->client);
	KUNIT_ASSERT_EQ(test, cssp_krb5_ops.create(&p->client, &params), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, p->client), 0);
	krb5_pair_establish(test, p);
	expect_init(test, p, CREDSSP_HLP_KRB5_PASSWORD, &want, 0);
}

/* The session keyring is lent for a cache, and only in the helper's own namespaces. */
static void session_keyring(struct kunit *test)
{
	static const struct {
		u32 source;
		s32 want;
	} rows[] = {
		{ CREDSSP_TICKETS_AUTO, 0 },
		{ CREDSSP_TICKETS_CCACHE, KRB5_HELPER_SESSION },
		{ CREDSSP_TICKETS_KEYTAB, 0 },
	};
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->tickets.source = rows[i].source;
		krb5_pair_restart(test, p);
		krb5_pair_establish(test, p);
		KUNIT_EXPECT_EQ(test, p->helper.head.session_keyring, rows[i].want);
	}
	p->tickets.source = CREDSSP_TICKETS_CCACHE;
	p->helper.lend_err = -ENOMEM;
	krb5_pair_restart(test, p);
	cssp_vbuf_clear(p->to_client);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
}

/* The deadline of the exchange bounds the helper's work. */
static void time_limit(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	cssp_wait_start(&p->wait, 1000);
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_LE(test, p->helper.head.time_limit, 1000U);
	cssp_wait_start(&p->wait, 10 * cssp_upcall_timeout_ms());
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, p->helper.head.time_limit, cssp_upcall_timeout_ms());
}

/* UTF-8 has no lone surrogates. The helper is not asked, and NTLM remains possible. */
static void lone_surrogates(struct kunit *test)
{
	static const u8 surrogate[] = { 'x', 0, 0x00, 0xd8 };
	const struct cssp_rd rd = cssp_rd_of(surrogate, sizeof(surrogate));
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct cssp_vbuf *strings[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(strings); i++) {
		p->id = new_identity(test, "user", "DOM", "p");
		strings[0] = &p->id->user;
		strings[1] = &p->id->domain;
		strings[2] = &p->id->password;
		KUNIT_ASSERT_EQ(test, cssp_vbuf_set(strings[i], &rd), 0);
		krb5_pair_restart(test, p);
		KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_PARAMETER);
		KUNIT_EXPECT_TRUE(test, p->client->unavailable);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0U);
		krb5_pair_expect_dead(test, p, CREDSSP_REASON_PARAMETER);
	}
}

/* The names of a requester in other namespaces are not looked up. */
static void foreign_requesters(struct kunit *test)
{
	static const struct {
		const char *user;
		u32 source;
	} rows[] = {
		{ "", CREDSSP_TICKETS_AUTO },
		{ "", CREDSSP_TICKETS_CCACHE },
		{ "user", CREDSSP_TICKETS_CCACHE },
		{ "user", CREDSSP_TICKETS_KEYTAB },
		{ "user", CREDSSP_TICKETS_CERT },
	};
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	p->helper.foreign = true;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->id = new_identity(test, rows[i].user, "", "");
		p->tickets.source = rows[i].source;
		krb5_pair_restart(test, p);
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), CSSP_E_NO_CREDS, "row %u", i);
		KUNIT_EXPECT_TRUE(test, p->client->unavailable);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0U);
		krb5_pair_expect_dead(test, p, CREDSSP_REASON_FOREIGN);
	}
}

static const struct failure {
	u32 failure;
	int err;
	u32 reason;
	bool unavailable;
} failures[] = {
#define ROW(failure, err, reason, unavailable)				\
	{ CREDSSP_HLP_KRB5_FAIL_##failure, err, CREDSSP_REASON_##reason, unavailable }
	ROW(OTHER, -EREMOTEIO, HELPER_REPLY, false),
	ROW(FOREIGN, CSSP_E_NO_CREDS, FOREIGN, true),
	ROW(NO_TICKETS, CSSP_E_NO_CREDS, NO_TICKETS, true),
	ROW(EXPIRED, CSSP_E_NO_CREDS, TICKETS_EXPIRED, true),
	ROW(NO_REALM, CSSP_E_NO_HELPER, NO_REALM, true),
	ROW(NO_KDC, CSSP_E_NO_HELPER, NO_KDC, true),
	ROW(CLIENT, CSSP_E_LOGON_DENIED, CLIENT_UNKNOWN, true),
	ROW(TARGET, CSSP_E_TARGET, TARGET_UNKNOWN, true),
	ROW(PASSWORD, CSSP_E_LOGON_DENIED, PASSWORD, false),
	ROW(PASSWORD_EXPIRED, CSSP_E_LOGON_DENIED, PASSWORD_EXPIRED, false),
	ROW(ACCOUNT, CSSP_E_LOGON_DENIED, ACCOUNT, false),
	ROW(SKEW, CSSP_E_SKEW, SKEW, false),
	ROW(ENCTYPE, CSSP_E_WEAK, ENCTYPE, false),
	ROW(USER_TO_USER, CSSP_E_UNSUPPORTED, USER_TO_USER, false),
	ROW(KDC, CSSP_E_LOGON_DENIED, KRB_ERROR, false),
	ROW(ANSWER, CSSP_E_ALTERED, KDC_ANSWER, false),
	ROW(PROOF, CSSP_E_WRONG_PRINCIPAL, SERVER_NOT_PROVEN, false),
	ROW(KEY, CSSP_E_WRONG_PRINCIPAL, KRB_ERROR, false),
	ROW(REPLAY, CSSP_E_LOGON_DENIED, KRB_ERROR, false),
	ROW(BINDINGS, CSSP_E_BINDINGS, BINDING, false),
	ROW(REQUEST, CSSP_E_ALTERED, MECH_TOKEN, false),
	ROW(CERT_EXPIRED, CSSP_E_NO_CREDS, CERT_EXPIRED, true),
	ROW(CERT_UNTRUSTED, CSSP_E_NO_CREDS, CERT_UNTRUSTED, true),
#undef ROW
};

static void expect_failure(struct kunit *test, struct krb5_pair *p, const struct failure *f,
			   bool unavailable)
{
	KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), f->err, "failure %u", f->failure);
	KUNIT_EXPECT_EQ(test, p->client->unavailable, unavailable);
	KUNIT_EXPECT_EQ(test, p->client->facts.krb_error, 24U);
	KUNIT_EXPECT_EQ(test, p->client->facts.skew, p->helper.skew);
	KUNIT_EXPECT_EQ(test, p->client->facts.kdc_messages, (u32)KRB5_HELPER_KDC_MESSAGES);
	KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	KUNIT_EXPECT_TRUE(test, p->helper.over);
	krb5_pair_expect_dead(test, p, f->reason);
}

/* All failures that the header has are there, as failures of both requests. */
static void failures_of_the_helper(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(failures),
			(size_t)CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED + 1);
	p->helper.error = 24;
	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		p->helper.failure = failures[i].failure;
		p->helper.skew = failures[i].err == CSSP_E_SKEW ? -301 : 0;
		p->helper.fails[KRB5_HELPER_INIT] = true;
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		/* A demand for user-to-user is met. */
		if (failures[i].failure == CREDSSP_HLP_KRB5_FAIL_USER_TO_USER)
			KUNIT_EXPECT_EQ(test, krb5_pair_step(p), 0);
		else
			expect_failure(test, p, &failures[i], failures[i].unavailable);

		p->helper.fails[KRB5_HELPER_INIT] = false;
		p->helper.fails[KRB5_HELPER_STEP] = true;
		krb5_pair_restart(test, p);
		krb5_pair_begin(test, p);
		/* The server has seen the AP-REQ. */
		expect_failure(test, p, &failures[i], false);
		p->helper.fails[KRB5_HELPER_STEP] = false;
	}
}

/* No reply at all */
static void failures_of_the_channel(struct kunit *test)
{
	static const struct {
		int open_err, init_err, step_err;
		int err;
		u32 reason;
		bool unavailable;
	} rows[] = {
		{ CSSP_E_NO_HELPER, 0, 0, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_HELPER, true },
		{ -EDQUOT, 0, 0, -EDQUOT, CREDSSP_REASON_LIMIT, false },
		{ -ENOMEM, 0, 0, -ENOMEM, CREDSSP_REASON_NO_MEMORY, false },
		/* A helper without Kerberos answers with an errno. */
		{ 0, CSSP_E_UNSUPPORTED, 0, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_KERBEROS, true },
		{ 0, -EREMOTEIO, 0, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY, false },
		{ 0, CSSP_E_NO_HELPER, 0, CSSP_E_NO_HELPER, CREDSSP_REASON_HELPER_DIED, false },
		{ 0, -ETIMEDOUT, 0, -ETIMEDOUT, CREDSSP_REASON_TIMEOUT, false },
		{ 0, -ECANCELED, 0, -ECANCELED, CREDSSP_REASON_CANCELLED, false },
		{ 0, -EINTR, 0, -EINTR, CREDSSP_REASON_CANCELLED, false },
		{ 0, -EMSGSIZE, 0, -EMSGSIZE, CREDSSP_REASON_LIMIT, false },
		{ 0, -EDQUOT, 0, -EDQUOT, CREDSSP_REASON_LIMIT, false },
		{ 0, 0, -EREMOTEIO, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY, false },
		{ 0, 0, CSSP_E_NO_HELPER, CSSP_E_NO_HELPER, CREDSSP_REASON_HELPER_DIED, false },
		{ 0, 0, -ETIMEDOUT, -ETIMEDOUT, CREDSSP_REASON_TIMEOUT, false },
		/* A logon was tried, whatever the helper says now. */
		{ 0, 0, CSSP_E_UNSUPPORTED, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_KERBEROS, false },
	};
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		p->helper.open_err = rows[i].open_err;
		p->helper.err[KRB5_HELPER_INIT] = rows[i].init_err;
		p->helper.err[KRB5_HELPER_STEP] = rows[i].step_err;
		p->helper.over = false;
		if (rows[i].step_err)
			krb5_pair_begin(test, p);
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), rows[i].err, "row %u", i);
		KUNIT_EXPECT_EQ(test, p->client->unavailable, rows[i].unavailable);
		/* The helper may still have the conversation. */
		KUNIT_EXPECT_FALSE(test, p->helper.over);
		krb5_pair_expect_dead(test, p, rows[i].reason);
	}
}

/* The lie under test, and how often it was told */
static void (*lie)(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
		   struct cssp_vbuf *tail);
static enum krb5_helper_turn lie_turn;

static void tell_lie(struct krb5_helper *h, enum krb5_helper_turn turn,
		     struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	if (turn == lie_turn)
		lie(h, head, tail);
}

#define LIE(name, statement)							\
static void lie_##name(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head, \
		       struct cssp_vbuf *tail)					\
{										\
	statement;								\
}

/* @n more bytes at the end */
static void more(struct krb5_helper *h, struct cssp_vbuf *tail, u8 byte, size_t n)
{
	KUNIT_EXPECT_EQ(h->test, cssp_vbuf_reserve(tail, tail->len + n), 0);
	memset(tail->data + tail->len, byte, n);
	tail->len += n;
}

/* CONTINUE with lengths of its own; all bytes are there. */
static void lengths(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
		    struct cssp_vbuf *tail, u32 message, u32 client, u32 saved)
{
	head->message_length = message;
	head->client_length = client;
	head->saved_length = saved;
	cssp_vbuf_clear(tail);
	more(h, tail, 'x', message + client + saved);
}

static void client_is(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
		      struct cssp_vbuf *tail, u8 byte)
{
	head->client_length = 1;
	head->saved_length = 0;
	tail->len = head->message_length;
	more(h, tail, byte, 1);
}

LIE(nothing, head->state += 0)
LIE(state_0, head->state = 0)
LIE(state_4, head->state = 4)
LIE(state_done, head->state = CREDSSP_HLP_KRB5_DONE)
LIE(state_continue, head->state = CREDSSP_HLP_KRB5_CONTINUE)
LIE(state_failed, head->state = CREDSSP_HLP_KRB5_FAILED)
LIE(failure, head->failure = CREDSSP_HLP_KRB5_FAIL_KDC)
LIE(error, head->error = 37)
LIE(skew, head->skew = 1)
LIE(flags, head->flags |= CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY)
LIE(other_flags, head->flags |= 2)
LIE(enctype, head->enctype = CSSP_KRB5_AES256_SHA1)
LIE(key_length, head->key_length = 32)
LIE(tx_seq, head->tx_seq = 1)
LIE(rx_seq, head->rx_seq = 1)
LIE(message_longer, head->message_length++)
LIE(message_shorter, head->message_length--)
LIE(message_huge, head->message_length = U32_MAX)
LIE(client_longer, head->client_length++)
LIE(client_shorter, head->client_length--)
LIE(client_huge, head->client_length = U32_MAX)
LIE(saved_longer, head->saved_length++)
LIE(saved_shorter, head->saved_length--)
LIE(saved_huge, head->saved_length = U32_MAX)
LIE(one_more_byte, more(h, tail, 0, 1))
LIE(no_message, lengths(h, head, tail, 0, 1, 1))
LIE(no_client, lengths(h, head, tail, 1, 0, 1))
LIE(message_max, lengths(h, head, tail, CREDSSP_HLP_MAX_KRB5_MESSAGE, 1, 1))
LIE(message_over, lengths(h, head, tail, CREDSSP_HLP_MAX_KRB5_MESSAGE + 1, 1, 1))
LIE(client_max, lengths(h, head, tail, 1, CLIENT_MAX, 1))
LIE(client_over, lengths(h, head, tail, 1, CLIENT_MAX + 1, 1))
LIE(saved_max, lengths(h, head, tail, 1, 1, CREDSSP_HLP_MAX_TICKETS))
LIE(saved_over, lengths(h, head, tail, 1, 1, CREDSSP_HLP_MAX_TICKETS + 1))
LIE(client_nul, client_is(h, head, tail, 0))
LIE(client_not_utf8, client_is(h, head, tail, 0xff))
LIE(client_cut_utf8, client_is(h, head, tail, 0xc3))
LIE(client_escape, client_is(h, head, tail, 0x1b))
LIE(not_after, head->not_after = 1)
LIE(message_in_done, head->message_length = 1; more(h, tail, 'x', 1))
LIE(client_in_done, head->client_length = 1; more(h, tail, 'x', 1))
LIE(saved_in_done, head->saved_length = 1; more(h, tail, 'x', 1))
LIE(enctype_0, head->enctype = 0)
LIE(enctype_16, head->enctype = 16)
LIE(enctype_rc4, head->enctype = 23; head->key_length = 16)
LIE(enctype_camellia, head->enctype = 26)
LIE(enctype_des, head->enctype = 3; head->key_length = 8)
LIE(key_short, head->key_length = 16)
LIE(key_none, head->key_length = 0)
LIE(key_33, head->key_length = 33)
LIE(key_of_aes128, head->enctype = CSSP_KRB5_AES128_SHA1)
LIE(tx_seq_max, head->tx_seq = U32_MAX)
LIE(tx_seq_over, head->tx_seq = U32_MAX + 1ULL)
LIE(rx_seq_max, head->rx_seq = U32_MAX)
LIE(rx_seq_over, head->rx_seq = U64_MAX)

/* FAILED as it is right */
static void lie_failed_clean(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
			     struct cssp_vbuf *tail)
{
	*head = (struct credssp_hlp_krb5_reply){
		.state = CREDSSP_HLP_KRB5_FAILED,
		.failure = CREDSSP_HLP_KRB5_FAIL_KDC,
	};
	cssp_vbuf_clear(tail);
}

static void failed_as(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
		      struct cssp_vbuf *tail, u32 failure)
{
	lie_failed_clean(h, head, tail);
	head->failure = failure;
}

LIE(failed_with_message, lie_failed_clean(h, head, tail); lengths(h, head, tail, 1, 0, 0))
LIE(failed_unknown, failed_as(h, head, tail, CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED + 1))
LIE(failed_huge, failed_as(h, head, tail, U32_MAX))
LIE(failed_skew, lie_failed_clean(h, head, tail); head->skew = 1)
LIE(failed_flags, lie_failed_clean(h, head, tail); head->flags = 1)
LIE(failed_key, lie_failed_clean(h, head, tail); head->key_length = 32)
LIE(failed_enctype, lie_failed_clean(h, head, tail); head->enctype = 18)
LIE(failed_not_after, lie_failed_clean(h, head, tail); head->not_after = 1)
LIE(failed_with_more, lie_failed_clean(h, head, tail); more(h, tail, 0, 1))

/* @err: 0 if it is no lie */
struct lie {
	const char *name;
	void (*tell)(struct krb5_helper *h, struct credssp_hlp_krb5_reply *head,
		     struct cssp_vbuf *tail);
	int err;
};

#define ROW(name)	{ #name, lie_##name, -EREMOTEIO }
#define TRUE_ROW(name)	{ #name, lie_##name, 0 }
#define DENIED(name)	{ #name, lie_##name, CSSP_E_LOGON_DENIED }

static void tell_lies(struct kunit *test, enum krb5_helper_turn turn, const struct lie *lies,
		      unsigned int count)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	lie_turn = turn;
	p->helper.twist = tell_lie;
	for (i = 0; i < count; i++) {
		lie = lies[i].tell;
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		if (turn == KRB5_HELPER_STEP)
			krb5_pair_begin(test, p);
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), lies[i].err, "%s", lies[i].name);
		if (!lies[i].err)
			continue;
		KUNIT_EXPECT_FALSE_MSG(test, p->client->unavailable, "%s", lies[i].name);
		/* After a lie the helper gets END. */
		KUNIT_EXPECT_EQ_MSG(test, p->helper.over, lies[i].err == CSSP_E_LOGON_DENIED,
				    "%s", lies[i].name);
		KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
		krb5_pair_expect_dead(test, p, lies[i].err == CSSP_E_LOGON_DENIED ?
					       CREDSSP_REASON_KRB_ERROR :
					       CREDSSP_REASON_HELPER_REPLY);
	}
}

static void lies_of_init(struct kunit *test)
{
	static const struct lie lies[] = {
		TRUE_ROW(nothing), TRUE_ROW(message_max), TRUE_ROW(client_max),
		TRUE_ROW(saved_max), TRUE_ROW(not_after), DENIED(failed_clean),
		ROW(state_0), ROW(state_4), ROW(state_done), ROW(state_failed), ROW(failure),
		ROW(error), ROW(skew), ROW(flags), ROW(other_flags), ROW(enctype),
		ROW(key_length), ROW(tx_seq), ROW(rx_seq), ROW(message_longer),
		ROW(message_shorter), ROW(message_huge), ROW(client_longer),
		ROW(client_shorter), ROW(client_huge), ROW(saved_longer), ROW(saved_shorter),
		ROW(saved_huge), ROW(one_more_byte), ROW(no_message), ROW(no_client),
		ROW(message_over), ROW(client_over), ROW(saved_over), ROW(client_nul),
		ROW(client_not_utf8), ROW(client_cut_utf8), ROW(client_escape),
		ROW(failed_with_message),
		ROW(failed_unknown), ROW(failed_huge), ROW(failed_skew), ROW(failed_flags),
		ROW(failed_key), ROW(failed_enctype), ROW(failed_not_after),
		ROW(failed_with_more),
	};

	tell_lies(test, KRB5_HELPER_INIT, lies, ARRAY_SIZE(lies));
}

static void lies_of_step(struct kunit *test)
{
	static const struct lie lies[] = {
		TRUE_ROW(nothing), TRUE_ROW(tx_seq_max), TRUE_ROW(rx_seq_max),
		DENIED(failed_clean),
		ROW(state_0), ROW(state_4), ROW(state_continue), ROW(state_failed),
		ROW(failure), ROW(error), ROW(skew), ROW(other_flags), ROW(not_after),
		ROW(message_in_done), ROW(client_in_done), ROW(saved_in_done),
		ROW(message_huge), ROW(one_more_byte), ROW(enctype_0), ROW(enctype_16),
		ROW(enctype_rc4), ROW(enctype_camellia), ROW(enctype_des), ROW(key_short),
		ROW(key_none), ROW(key_33), ROW(key_of_aes128), ROW(tx_seq_over),
		ROW(rx_seq_over), ROW(failed_unknown), ROW(failed_huge), ROW(failed_skew),
		ROW(failed_flags), ROW(failed_key), ROW(failed_enctype),
		ROW(failed_not_after), ROW(failed_with_more),
	};

	tell_lies(test, KRB5_HELPER_STEP, lies, ARRAY_SIZE(lies));
}

/* A cache's tickets stay in the cache. */
static void saved_tickets_of_a_cache(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->tickets.source = CREDSSP_TICKETS_CCACHE;
	lie = lie_saved_max;
	lie_turn = KRB5_HELPER_INIT;
	p->helper.twist = tell_lie;
	krb5_pair_restart(test, p);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), -EREMOTEIO);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_HELPER_REPLY);
}

/* Cut short by 1 byte, 2 bytes, and so on: all replies of either request */
static void replies_cut_short(struct kunit *test)
{
	size_t size = sizeof(struct credssp_hlp_krb5_reply);
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	size_t all = size + strlen(KRB5_AP_REQ KRB5_HELPER_CLIENT KRB5_HELPER_SAVED);
	bool second;
	size_t i;

	for (i = 1; i <= all + size; i++) {
		second = i > all;
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		p->helper.cut = 0;
		if (second)
			krb5_pair_begin(test, p);
		p->helper.cut = second ? i - all : i;
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), -EREMOTEIO, "%zu bytes",
				    p->helper.cut);
		krb5_pair_expect_dead(test, p, CREDSSP_REASON_HELPER_REPLY);
	}
}

static struct kunit_case krb5_upcall_cases[] = {
	KUNIT_CASE(requests),
	KUNIT_CASE(no_tickets_and_no_store),
	KUNIT_CASE(session_keyring),
	KUNIT_CASE(time_limit),
	KUNIT_CASE(lone_surrogates),
	KUNIT_CASE(foreign_requesters),
	KUNIT_CASE(failures_of_the_helper),
	KUNIT_CASE(failures_of_the_channel),
	KUNIT_CASE(lies_of_init),
	KUNIT_CASE(lies_of_step),
	KUNIT_CASE(saved_tickets_of_a_cache),
	KUNIT_CASE(replies_cut_short),
	{}
};

static struct kunit_suite krb5_upcall_suite = {
	.name = "credssp_mech_krb5_upcall",
	.test_cases = krb5_upcall_cases,
};

kunit_test_suite(krb5_upcall_suite);
