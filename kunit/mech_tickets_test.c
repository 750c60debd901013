// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/tickets.c: whose tickets a store gives out, and how long it keeps them. */
#include "base/status.h"
#include "mech/tickets.h"
#include "ntlm_util.h"

KUNIT_DEFINE_ACTION_WRAPPER(exit_action, cssp_ticket_store_exit, struct cssp_ticket_store *);

static struct cssp_ticket_store *new_store(struct kunit *test)
{
	struct cssp_ticket_store *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	cssp_ticket_store_init(s);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, exit_action, s), 0);
	return s;
}

static struct cssp_vbuf *new_str(struct kunit *test, const char *str)
{
	struct cssp_vbuf *b = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(b, str, strlen(str)), 0);
	return b;
}

static void put(struct kunit *test, struct cssp_ticket_store *s, const struct cssp_identity *id,
		const char *realm, const char *tickets)
{
	const struct cssp_rd rd = test_str(tickets);

	KUNIT_ASSERT_EQ(test, cssp_ticket_store_put(s, id, new_str(test, realm), &rd), 0);
}

static void expect(struct kunit *test, struct cssp_ticket_store *s,
		   const struct cssp_identity *id, const char *realm, const char *tickets)
{
	struct cssp_rd want = test_str(tickets), got;
	/* What was there before does not stay. */
	struct cssp_vbuf *out = new_str(test, "before");

	KUNIT_ASSERT_EQ(test, cssp_ticket_store_copy(s, id, new_str(test, realm), out), 0);
	got = cssp_vbuf_rd(out);
	test_expect_same(test, &got, &want);
}

static void empty_store(struct kunit *test)
{
	struct cssp_ticket_store *s = new_store(test);

	expect(test, s, new_identity(test, "user", "DOM", "p"), "", "");
	expect(test, s, new_identity(test, "", "", ""), "", "");
}

/* Only the same identity, password included, with the same realm gets the tickets. */
static void identities(struct kunit *test)
{
	static const struct {
		const char *user, *domain, *password, *realm;
		bool same;
	} rows[] = {
		{ "user", "DOM", "Password", "REALM", true },
		{ "user", "DOM", "password", "REALM", false },
		{ "user", "DOM", "Passwor", "REALM", false },
		{ "user", "DOM", "Password1", "REALM", false },
		{ "user", "DOM", "", "REALM", false },
		{ "User", "DOM", "Password", "REALM", false },
		{ "use", "DOM", "Password", "REALM", false },
		{ "", "DOM", "Password", "REALM", false },
		{ "user", "dom", "Password", "REALM", false },
		{ "user", "", "Password", "REALM", false },
		{ "user", "DOM", "Password", "realm", false },
		{ "user", "DOM", "Password", "", false },
		{ "", "", "", "", false },
		/* The strings are no concatenation. */
		{ "userD", "OM", "Password", "REALM", false },
		{ "user", "DOMP", "assword", "REALM", false },
	};
	struct cssp_ticket_store *s = new_store(test);
	struct cssp_identity *id;
	unsigned int i;

	put(test, s, new_identity(test, "user", "DOM", "Password"), "REALM", "tickets");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		id = new_identity(test, rows[i].user, rows[i].domain, rows[i].password);
		expect(test, s, id, rows[i].realm, rows[i].same ? "tickets" : "");
	}
}

static void empty_password(struct kunit *test)
{
	struct cssp_ticket_store *s = new_store(test);

	put(test, s, new_identity(test, "user", "", ""), "", "tickets");
	expect(test, s, new_identity(test, "user", "", ""), "", "tickets");
	expect(test, s, new_identity(test, "user", "", "p"), "", "");
}

/* The store has the tickets of one identity, the last one. */
static void replacement(struct kunit *test)
{
	struct cssp_identity *a = new_identity(test, "a", "", "p");
	struct cssp_identity *b = new_identity(test, "b", "", "p");
	struct cssp_ticket_store *s = new_store(test);

	put(test, s, a, "", "of a");
	put(test, s, a, "", "newer ones of a");
	expect(test, s, a, "", "newer ones of a");
	put(test, s, b, "", "of b");
	expect(test, s, a, "", "");
	expect(test, s, b, "", "of b");
	put(test, s, b, "", "");
	expect(test, s, b, "", "");
}

static void dropping(struct kunit *test)
{
	struct cssp_identity *a = new_identity(test, "a", "", "p");
	struct cssp_identity *b = new_identity(test, "b", "", "p");
	struct cssp_ticket_store *s = new_store(test);
	static const u8 none[SHA256_DIGEST_SIZE];

	put(test, s, a, "R", "of a");
	cssp_ticket_store_drop(s, b, new_str(test, "R"));
	cssp_ticket_store_drop(s, a, new_str(test, ""));
	expect(test, s, a, "R", "of a");
	cssp_ticket_store_drop(s, a, new_str(test, "R"));
	expect(test, s, a, "R", "");
	/* Nothing of it is left. */
	KUNIT_EXPECT_NULL(test, s->tickets.data);
	KUNIT_EXPECT_MEMEQ(test, s->owner, none, sizeof(none));
	cssp_ticket_store_drop(s, a, new_str(test, "R"));
}

static void longest_tickets(struct kunit *test)
{
	struct cssp_identity *id = new_identity(test, "user", "", "p");
	struct cssp_rd rd = cssp_rd_of(test_room(test, CREDSSP_HLP_MAX_TICKETS + 1),
				       CREDSSP_HLP_MAX_TICKETS + 1);
	struct cssp_ticket_store *s = new_store(test);
	struct cssp_vbuf *realm = new_vbuf(test), *out = new_vbuf(test);

	put(test, s, id, "", "before");
	KUNIT_EXPECT_EQ(test, cssp_ticket_store_put(s, id, realm, &rd), CSSP_E_TOO_BIG);
	expect(test, s, id, "", "before");
	rd.left--;
	KUNIT_EXPECT_EQ(test, cssp_ticket_store_put(s, id, realm, &rd), 0);
	KUNIT_ASSERT_EQ(test, cssp_ticket_store_copy(s, id, realm, out), 0);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)CREDSSP_HLP_MAX_TICKETS);
}

/* The store has copies: the caller's strings may change and go. */
static void copies(struct kunit *test)
{
	struct cssp_identity *id = new_identity(test, "user", "DOM", "p");
	struct cssp_vbuf *tickets = new_str(test, "tickets");
	const struct cssp_rd rd = cssp_vbuf_rd(tickets);
	struct cssp_ticket_store *s = new_store(test);
	struct cssp_vbuf *realm = new_str(test, "R");

	KUNIT_ASSERT_EQ(test, cssp_ticket_store_put(s, id, realm, &rd), 0);
	ntlm_server_identity_free(id);
	cssp_vbuf_free(realm);
	cssp_vbuf_free(tickets);
	expect(test, s, new_identity(test, "user", "DOM", "p"), "R", "tickets");
}

/* The digest of one store says nothing about that of another. */
static void salted(struct kunit *test)
{
	struct cssp_identity *id = new_identity(test, "user", "DOM", "p");
	struct cssp_ticket_store *a = new_store(test), *b = new_store(test);

	put(test, a, id, "R", "tickets");
	put(test, b, id, "R", "tickets");
	KUNIT_EXPECT_MEMNEQ(test, a->owner, b->owner, sizeof(a->owner));
}

static struct kunit_case tickets_cases[] = {
	KUNIT_CASE(empty_store),
	KUNIT_CASE(identities),
	KUNIT_CASE(empty_password),
	KUNIT_CASE(replacement),
	KUNIT_CASE(dropping),
	KUNIT_CASE(longest_tickets),
	KUNIT_CASE(copies),
	KUNIT_CASE(salted),
	{}
};

static struct kunit_suite tickets_suite = {
	.name = "credssp_mech_tickets",
	.test_cases = tickets_cases,
};

kunit_test_suite(tickets_suite);
