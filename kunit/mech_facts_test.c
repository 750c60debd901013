// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/facts.c, and the lines about KDCs and tickets in the helper's replies */
#include <kunit/test.h>

#include "base/status.h"
#include "krb5_pair.h"

/* What the helper adds to its replies; it must be bytes that last. */
static const char *lines;
static size_t lines_length;

static void add_lines(struct krb5_helper *h, enum krb5_helper_turn turn,
		      struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	head->trace_length = lines_length;
	KUNIT_EXPECT_EQ(h->test, cssp_vbuf_append(tail, lines, lines_length), 0);
}

static void expect_trace(struct kunit *test, const struct cssp_vbuf *trace, const char *want)
{
	KUNIT_ASSERT_EQ(test, trace->len, strlen(want));
	KUNIT_EXPECT_MEMEQ(test, trace->data, want, trace->len);
}

static void set_lines(const char *text)
{
	lines = text;
	lines_length = strlen(text);
}

static void lines_of_both_replies(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->helper.twist = add_lines;
	set_lines("asked one\n");
	krb5_pair_begin(test, p);
	expect_trace(test, &p->client->facts.trace, "asked one\n");
	set_lines("all is well \xc3\xa4\n");
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	expect_trace(test, &p->client->facts.trace, "asked one\nall is well \xc3\xa4\n");
}

static void lines_of_a_failure(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->helper.twist = add_lines;
	p->helper.fails[KRB5_HELPER_INIT] = true;
	p->helper.failure = CREDSSP_HLP_KRB5_FAIL_NO_KDC;
	set_lines("no answer\n");
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_NO_HELPER);
	expect_trace(test, &p->client->facts.trace, "no answer\n");
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_NO_KDC);
}

static void lines_that_are_no_text(struct kunit *test)
{
	static const char *const wrong[] = {
		"no end", "\r\n", "a\x1b[2J\n", "a\x7f\n", "\xc2\x9b\n", "\xff\n", "\xc3\n", "\t\n",
	};
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	p->helper.twist = add_lines;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		set_lines(wrong[i]);
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), -EREMOTEIO, "row %u", i);
		KUNIT_EXPECT_EQ(test, p->client->facts.trace.len, (size_t)0);
	}
}

static void too_many_lines(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	char *text = kunit_kzalloc(test, CREDSSP_HLP_MAX_TRACE + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, 'x', CREDSSP_HLP_MAX_TRACE + 1);
	text[CREDSSP_HLP_MAX_TRACE] = '\n';
	text[CREDSSP_HLP_MAX_TRACE - 1] = '\n';
	p->helper.twist = add_lines;
	lines = text;
	lines_length = CREDSSP_HLP_MAX_TRACE + 1;
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), -EREMOTEIO);
	krb5_pair_restart(test, p);
	lines_length = CREDSSP_HLP_MAX_TRACE;
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, p->client->facts.trace.len, (size_t)CREDSSP_HLP_MAX_TRACE);
	/* There is no room for more, and the exchange goes on. */
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->client->facts.trace.len, (size_t)CREDSSP_HLP_MAX_TRACE);
}

static void fill(struct kunit *test, struct cssp_vbuf *b, const char *text)
{
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(b, text, strlen(text)), 0);
}

static void move_lines(struct kunit *test)
{
	struct cssp_mech_facts from = { .package = CREDSSP_PACKAGE_KERBEROS }, to = {};

	fill(test, &from.trace, "one\n");
	cssp_mech_facts_take(&to, &from);
	expect_trace(test, &to.trace, "one\n");
	KUNIT_EXPECT_EQ(test, from.trace.len, (size_t)0);
	/* Lines of Kerberos stay when NTLM takes its place. */
	from.package = CREDSSP_PACKAGE_NTLM;
	fill(test, &from.trace, "two\n");
	cssp_mech_facts_take(&to, &from);
	expect_trace(test, &to.trace, "one\ntwo\n");
	cssp_mech_facts_take(&to, &from);
	expect_trace(test, &to.trace, "one\ntwo\n");
	cssp_mech_facts_free(&to);
	cssp_mech_facts_free(&from);
	KUNIT_EXPECT_NULL(test, to.trace.data);
}

/* A name stays when the facts are taken again, and goes with the mechanism that had it. */
static void move_names(struct kunit *test)
{
	static const u32 packages[] = { CREDSSP_PACKAGE_NTLM, CREDSSP_PACKAGE_KERBEROS };
	struct cssp_mech_facts from = {}, to = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(packages); i++) {
		from.package = packages[i];
		fill(test, &from.client, "bob");
		fill(test, &from.claimed, "CORP\\bob");
		fill(test, &from.workstation, "DESK");
		cssp_mech_facts_take(&to, &from);
		KUNIT_EXPECT_EQ(test, from.client.len + from.claimed.len, (size_t)0);
		cssp_mech_facts_take(&to, &from);
		expect_trace(test, &to.client, "bob");
		expect_trace(test, &to.claimed, "CORP\\bob");
		expect_trace(test, &to.workstation, "DESK");
	}
	/* SPNEGO does not name a mechanism before it is chosen. */
	from.package = 0;
	cssp_mech_facts_take(&to, &from);
	expect_trace(test, &to.client, "bob");
	from.package = CREDSSP_PACKAGE_NTLM;
	cssp_mech_facts_take(&to, &from);
	KUNIT_EXPECT_EQ(test, to.client.len, (size_t)0);
	cssp_mech_facts_free(&to);
	cssp_mech_facts_free(&from);
}

static struct kunit_case facts_cases[] = {
	KUNIT_CASE(lines_of_both_replies),
	KUNIT_CASE(lines_of_a_failure),
	KUNIT_CASE(lines_that_are_no_text),
	KUNIT_CASE(too_many_lines),
	KUNIT_CASE(move_lines),
	KUNIT_CASE(move_names),
	{}
};

static struct kunit_suite facts_suite = {
	.name = "credssp_mech_facts",
	.test_cases = facts_cases,
};

kunit_test_suite(facts_suite);
