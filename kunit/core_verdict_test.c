// SPDX-License-Identifier: GPL-2.0-only
/* kmod/core/verdict.c: the line, the attribute, the tracepoint, and the limits of the log. */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kmsg_dump.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "base/requester.h"
#include "base/trace.h"
#include "core/verdict.h"
#include "squeeze.h"
#include "util.h"
#include "vectors/verdict.h"

#define ROOM_STEP	8
#define FLOOD		200
#define CONTEXT		4711
#define SECOND_MS	1100	/* more than the second of a limit */
#define RECORD_SIZE	1024

static void set_name(struct kunit *test, struct cssp_vbuf *b, const char *name)
{
	cssp_vbuf_clear(b);
	if (*name)
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(b, name, strlen(name) + 1), 0);
}

static void verdict_of(struct kunit *test, struct cssp_verdict *v, const struct verdict_vector *row)
{
	*v = (struct cssp_verdict){ .v = row->v };
	set_name(test, &v->account, row->account);
	set_name(test, &v->user, row->user);
	set_name(test, &v->workstation, row->workstation);
}

static void lines(struct kunit *test)
{
	char *line = test_room(test, CSSP_VERDICT_LINE_MAX);
	struct cssp_verdict v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdict_vectors); i++) {
		verdict_of(test, &v, &verdict_vectors[i]);
		cssp_verdict_line(&v, line);
		KUNIT_EXPECT_STREQ(test, line, verdict_vectors[i].line);
		cssp_verdict_free(&v);
	}
}

/* Every byte, at every place near the limit: printable ASCII, no quote inside, in bounds */
static void any_byte(struct kunit *test)
{
	char *line = test_room(test, CSSP_VERDICT_LINE_MAX);
	struct cssp_verdict v = {};
	unsigned int byte, length, quotes;
	char *s;

	for (length = CSSP_VERDICT_NAME_MAX - 5; length < CSSP_VERDICT_NAME_MAX + 2; length++)
		for (byte = 1; byte < 256; byte++) {
			cssp_vbuf_clear(&v.account);
			KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(&v.account, length + 1), 0);
			memset(v.account.data, 'a', length);
			v.account.data[length] = byte;
			v.account.len = length + 1;
			cssp_verdict_line(&v, line);
			for (s = line, quotes = 0; *s; s++) {
				KUNIT_ASSERT_TRUE(test, *s >= ' ' && *s <= '~');
				quotes += *s == '"';
			}
			KUNIT_EXPECT_EQ(test, quotes, 6U);
			KUNIT_EXPECT_LT(test, s - line, (ssize_t)CSSP_VERDICT_LINE_MAX);
		}
	cssp_verdict_free(&v);
}

static void expect_string(struct kunit *test, const struct cssp_vbuf *out, u32 offset, u32 length,
			  const char *want)
{
	KUNIT_ASSERT_LT(test, (size_t)offset + length, out->len);
	KUNIT_EXPECT_EQ(test, (size_t)length, strlen(want));
	KUNIT_EXPECT_STREQ(test, (char *)out->data + offset, want);
}

static void attribute(struct kunit *test)
{
	struct credssp_verdict head;
	struct cssp_vbuf out = {};
	struct cssp_verdict v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdict_vectors); i++) {
		const struct verdict_vector *row = &verdict_vectors[i];

		verdict_of(test, &v, row);
		cssp_vbuf_clear(&out);
		KUNIT_ASSERT_EQ(test, cssp_verdict_write(&v, &out), 0);
		KUNIT_EXPECT_EQ(test, out.len, sizeof(head) + strlen(row->account) +
				strlen(row->user) + strlen(row->workstation) + 3);
		memcpy(&head, out.data, sizeof(head));
		expect_string(test, &out, head.account_offset, head.account_length, row->account);
		expect_string(test, &out, head.user_offset, head.user_length, row->user);
		expect_string(test, &out, head.workstation_offset, head.workstation_length,
			      row->workstation);
		head.account_offset = 0;
		head.account_length = 0;
		head.user_offset = 0;
		head.user_length = 0;
		head.workstation_offset = 0;
		head.workstation_length = 0;
		KUNIT_EXPECT_MEMEQ(test, &head, &row->v, sizeof(head));
		cssp_verdict_free(&v);
		KUNIT_EXPECT_NULL(test, v.account.data);
	}
	cssp_vbuf_free(&out);
}

static void attribute_without_memory(struct kunit *test)
{
	struct cssp_vbuf out = {};
	struct squeeze s = {};
	struct cssp_verdict v;
	int ret = -EDQUOT;
	long room;

	verdict_of(test, &v, &verdict_vectors[1]);
	squeeze_init(test, &s);
	for (room = 0; ret && room < PAGE_SIZE; room += ROOM_STEP) {
		cssp_vbuf_free(&out);
		squeeze_begin(test, &s, room);
		ret = cssp_verdict_write(&v, &out);
		squeeze_end(&s);
		KUNIT_EXPECT_TRUE(test, !ret || (ret == -EDQUOT && !out.len));
	}
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_GT(test, room, (long)ROOM_STEP);
	cssp_vbuf_free(&out);
	cssp_verdict_free(&v);
}

/* One second: the lines that may be, then none; the next one tells about them. */
static void limit(struct kunit *test)
{
	static const unsigned long starts[] = { 0, 1, ULONG_MAX - HZ / 2, ULONG_MAX / 2 };
	unsigned int suppressed, n;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		struct cssp_verdict_limit l = {};

		for (n = 0; n < CSSP_VERDICT_LINES; n++) {
			suppressed = 99;
			KUNIT_EXPECT_TRUE(test,
					  cssp_verdict_may_log(&l, starts[i] + n, &suppressed));
			KUNIT_EXPECT_EQ(test, suppressed, 0U);
		}
		for (n = 0; n < 5; n++)
			KUNIT_EXPECT_FALSE(test, cssp_verdict_may_log(&l, starts[i] + HZ - 1,
								      &suppressed));
		KUNIT_EXPECT_TRUE(test, cssp_verdict_may_log(&l, starts[i] + HZ, &suppressed));
		KUNIT_EXPECT_EQ(test, suppressed, 5U);
		KUNIT_EXPECT_TRUE(test, cssp_verdict_may_log(&l, starts[i] + HZ, &suppressed));
		KUNIT_EXPECT_EQ(test, suppressed, 0U);
	}
}

/**
 * struct seen - what a test has seen
 * @events: times that the tracepoint fired for CONTEXT
 * @peer, @account, @netns, @status: of the last one
 * @iter: the log from the begin of the test on
 * @who: the acceptor
 */
struct seen {
	unsigned int events;
	char peer[64], account[160];
	u32 netns;
	s32 status;
	struct kmsg_dump_iter iter;
	struct cssp_requester who;
};

static void probe(void *data, u64 context, u32 netns, const struct credssp_verdict *v,
		  const char *peer, const char *account)
{
	struct seen *seen = data;

	if (context != CONTEXT)
		return;
	seen->events++;
	seen->netns = netns;
	seen->status = v->status;
	strscpy(seen->peer, peer, sizeof(seen->peer));
	strscpy(seen->account, account, sizeof(seen->account));
}

/* Lines of the log since the last call that have @text; @record: out: the last one. */
static unsigned int logged(struct seen *seen, const char *text, char record[RECORD_SIZE])
{
	unsigned int n = 0;
	char one[RECORD_SIZE];
	size_t len;

	while (kmsg_dump_get_line(&seen->iter, true, one, sizeof(one) - 1, &len)) {
		one[len] = '\0';
		if (!strstr(one, text))
			continue;
		n++;
		strscpy(record, one, RECORD_SIZE);
	}
	return n;
}

static void publish(struct seen *seen, struct cssp_verdict *v, unsigned int times)
{
	while (times--)
		cssp_verdict_publish(v, &seen->who, CONTEXT);
}

static void once_each(struct kunit *test)
{
	static const struct {
		unsigned int row;
		const char *level;
		const char *account;
	} rows[] = {
		{ 0, "<5>", "\"DOM\\\\alice\"" },
		{ 1, "<6>", "\"DOM\\\\alice\"" },
	};
	char *record = test_room(test, RECORD_SIZE);
	struct seen *seen = test->priv;
	struct cssp_verdict v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		verdict_of(test, &v, &verdict_vectors[rows[i].row]);
		seen->events = 0;
		publish(seen, &v, 1);
		KUNIT_EXPECT_EQ(test, seen->events, 1U);
		KUNIT_EXPECT_STREQ(test, seen->peer, "192.0.2.1");
		KUNIT_EXPECT_STREQ(test, seen->account, rows[i].account);
		KUNIT_EXPECT_EQ(test, seen->status, v.v.status);
		KUNIT_EXPECT_EQ(test, seen->netns, init_net.ns.inum);
		KUNIT_EXPECT_EQ(test, logged(seen, verdict_vectors[rows[i].row].line, record), 1U);
		KUNIT_EXPECT_EQ(test, strncmp(record, rows[i].level, 3), 0);
		KUNIT_EXPECT_NOT_NULL(test, strstr(record, " credssp: accept from "));
		cssp_verdict_free(&v);
	}
}

/* The longest line is in the log as a whole, in one record. */
static void longest(struct kunit *test)
{
	const struct verdict_vector *row = &verdict_vectors[ARRAY_SIZE(verdict_vectors) - 1];
	char *record = test_room(test, RECORD_SIZE);
	struct seen *seen = test->priv;
	struct cssp_verdict v;

	verdict_of(test, &v, row);
	publish(seen, &v, 1);
	KUNIT_EXPECT_EQ(test, logged(seen, row->line, record), 1U);
	cssp_verdict_free(&v);
}

/* The number that ends where @text begins; 0 without one. @record is cut there. */
static unsigned int number_before(char *record, const char *text)
{
	char *end = strstr(record, text), *at = end;
	unsigned int n;

	if (!end)
		return 0;
	*end = '\0';
	while (at > record && at[-1] != ' ')
		at--;
	return kstrtouint(at, 10, &n) ? 0 : n;
}

/* A flood of refusals fires all events, and neither hides a logon nor its own count. */
static void flood(struct kunit *test)
{
	char *record = test_room(test, RECORD_SIZE);
	struct cssp_verdict refused, logon, early;
	struct seen *seen = test->priv;
	unsigned int n;

	verdict_of(test, &refused, &verdict_vectors[0]);
	verdict_of(test, &logon, &verdict_vectors[1]);
	verdict_of(test, &early, &verdict_vectors[3]);
	publish(seen, &early, FLOOD);
	publish(seen, &refused, FLOOD);
	KUNIT_EXPECT_EQ(test, seen->events, 2U * FLOOD);
	n = logged(seen, verdict_vectors[0].line, record);
	KUNIT_EXPECT_GT(test, n, 0U);
	KUNIT_EXPECT_LT(test, n, (unsigned int)FLOOD);
	publish(seen, &logon, 1);
	KUNIT_EXPECT_EQ(test, logged(seen, verdict_vectors[1].line, record), 1U);
	msleep(SECOND_MS);
	publish(seen, &refused, 1);
	KUNIT_EXPECT_EQ(test, logged(seen, "refused logons suppressed", record), 1U);
	KUNIT_EXPECT_GT(test, number_before(record, " lines of"), 0U);
	cssp_verdict_free(&refused);
	cssp_verdict_free(&logon);
	cssp_verdict_free(&early);
}

/* Who is locked out, or breaks the protocol with an account's name, hides no wrong password. */
static void flood_without_check(struct kunit *test)
{
	static const u32 reasons[] = {
		CREDSSP_REASON_LOCKED_OUT, CREDSSP_REASON_BUSY, CREDSSP_REASON_LIMIT,
		CREDSSP_REASON_MECH_WEAK, CREDSSP_REASON_DELEGATION,
	};
	char *record = test_room(test, RECORD_SIZE);
	struct seen *seen = test->priv;
	struct cssp_verdict v;
	unsigned int n;
	size_t i;

	verdict_of(test, &v, &verdict_vectors[0]);
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		v.v.reason = reasons[i];
		publish(seen, &v, FLOOD);
	}
	n = logged(seen, "credssp: accept from ", record);
	KUNIT_EXPECT_GT(test, n, 0U);
	KUNIT_EXPECT_LT(test, n, (unsigned int)FLOOD);
	v.v.reason = CREDSSP_REASON_LOGON;
	publish(seen, &v, 1);
	KUNIT_EXPECT_EQ(test, logged(seen, verdict_vectors[0].line, record), 1U);
	v.v.reason = CREDSSP_REASON_ACCOUNT;
	publish(seen, &v, 1);
	KUNIT_EXPECT_EQ(test, logged(seen, " reason account ", record), 1U);
	msleep(SECOND_MS);
	v.v.reason = CREDSSP_REASON_BUSY;
	publish(seen, &v, 1);
	KUNIT_EXPECT_EQ(test, logged(seen, "other refusals suppressed", record), 1U);
	cssp_verdict_free(&v);
}

/* A user's own namespace must not make the host's log say that an address failed. */
static void foreign_namespace(struct kunit *test)
{
	struct user_namespace *ns = kunit_kzalloc(test, sizeof(*ns), GFP_KERNEL);
	struct net *net = kunit_kzalloc(test, sizeof(*net), GFP_KERNEL);
	char *record = test_room(test, RECORD_SIZE);
	struct seen *seen = test->priv;
	struct cssp_verdict v;

	KUNIT_ASSERT_NOT_NULL(test, ns);
	KUNIT_ASSERT_NOT_NULL(test, net);
	net->user_ns = ns;
	net->ns.inum = 815;
	seen->who.net = net;
	verdict_of(test, &v, &verdict_vectors[0]);
	publish(seen, &v, 1);
	KUNIT_EXPECT_EQ(test, seen->events, 1U);
	KUNIT_EXPECT_EQ(test, seen->netns, 815U);
	KUNIT_EXPECT_EQ(test, logged(seen, "credssp: accept", record), 0U);
	cssp_verdict_free(&v);
}

/* Each case begins in a second of its own, at the end of the log. */
static int verdict_init(struct kunit *test)
{
	struct seen *seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);
	char *record = kunit_kzalloc(test, RECORD_SIZE, GFP_KERNEL);

	if (!seen || !record)
		return -ENOMEM;
	test->priv = seen;
	seen->who.net = &init_net;
	msleep(SECOND_MS);
	kmsg_dump_rewind(&seen->iter);
	logged(seen, "credssp", record);
	return register_trace_cssp_verdict(probe, seen);
}

static void verdict_exit(struct kunit *test)
{
	unregister_trace_cssp_verdict(probe, test->priv);
	tracepoint_synchronize_unregister();
}

static struct kunit_case line_cases[] = {
	KUNIT_CASE(lines),
	KUNIT_CASE(any_byte),
	KUNIT_CASE(attribute),
	KUNIT_CASE(attribute_without_memory),
	KUNIT_CASE(limit),
	{}
};

static struct kunit_suite line_suite = {
	.name = "credssp_core_verdict",
	.test_cases = line_cases,
};

static struct kunit_case publish_cases[] = {
	KUNIT_CASE(once_each),
	KUNIT_CASE(longest),
	KUNIT_CASE(flood),
	KUNIT_CASE(flood_without_check),
	KUNIT_CASE(foreign_namespace),
	{}
};

static struct kunit_suite publish_suite = {
	.name = "credssp_core_verdict_publish",
	.init = verdict_init,
	.exit = verdict_exit,
	.test_cases = publish_cases,
};

kunit_test_suites(&line_suite, &publish_suite);
