// SPDX-License-Identifier: GPL-2.0-only
/* The office's table of acceptors' TGTs: what is kept, renewed, given and forgotten. */
#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "office_tgts.h"
#include "tests/test.h"

#define HOUR	3600

static struct office_tgts ts;
static struct {
	struct credssp_hlp_header hdr;
	struct credssp_hlp_krb5_tgt body;
	char names[64];
} request;

/* A KRB5_TGT; the times in it do not tell one from another. */
static const struct credssp_hlp_header *ask(uint64_t conversation, uint32_t uid,
					    const char *keytab, const char *spn)
{
	request.body = (struct credssp_hlp_krb5_tgt){
		.flags = CREDSSP_HLP_KRB5_LOCAL, .time_limit = conversation,
		.keytab_length = strlen(keytab), .spn_length = strlen(spn),
	};
	ENSURE(snprintf(request.names, sizeof(request.names), "%s%s", keytab, spn) <
	       (int)sizeof(request.names));
	request.hdr = (struct credssp_hlp_header){
		.length = sizeof(request.hdr) + sizeof(request.body) + strlen(request.names),
		.conversation = conversation, .uid = uid, .owner = uid,
	};
	return &request.hdr;
}

/* The worker's reply, for a TGT that ends in @left seconds */
static int set(struct office_tgt *t, int64_t left, char key)
{
	struct {
		struct credssp_hlp_krb5_reply head;
		char text[2];
		struct krb5_tgt_key key;
	} __attribute__((packed)) reply = {
		.head = {
			.state = CREDSSP_HLP_KRB5_CONTINUE, .message_length = 1,
			.client_length = 1, .saved_length = sizeof(reply.key),
			.not_after = time(NULL) + left, .kdc_messages = 2,
		},
		.text = "TC", .key = { .enctype = 18, .length = 1, .key = { key } },
	};

	return office_tgt_set(t, (const uint8_t *)&reply, sizeof(reply));
}

static void test_keys(void)
{
	struct office_tgt *a = office_tgts_get(&ts, ask(1, 5, "ab", "c")), *b;

	ENSURE(a && office_tgts_get(&ts, ask(2, 5, "ab", "c")) == a);
	ENSURE(office_tgts_find(&ts, a->serial) == a);
	/* Another user, another keytab, another SPN, and the same bytes otherwise split */
	ENSURE((b = office_tgts_get(&ts, ask(1, 6, "ab", "c"))) && b != a);
	ENSURE((b = office_tgts_get(&ts, ask(1, 5, "xb", "c"))) && b != a);
	ENSURE((b = office_tgts_get(&ts, ask(1, 5, "ab", "d"))) && b != a);
	ENSURE((b = office_tgts_get(&ts, ask(1, 5, "a", "bc"))) && b != a);
	ENSURE(!office_tgts_find(&ts, 99));
	office_tgts_clear(&ts);
	ENSURE(!office_tgts_find(&ts, 1));
}

/* What a process cannot read by its groups, it does not get by those of another one. */
static void test_groups(void)
{
	struct {
		struct credssp_hlp_header hdr;
		struct credssp_hlp_groups groups;
		uint32_t list[2];
		struct credssp_hlp_krb5_tgt body;
		char names[1];
	} __attribute__((packed, aligned(8))) r = {
		.hdr = {
			.length = sizeof(r), .uid = 5, .owner = 5, .flags = CREDSSP_HLP_GROUPS,
		},
		.groups = { .gid = 7, .count = 2 }, .list = { 8, 9 },
		.body = { .flags = CREDSSP_HLP_KRB5_LOCAL, .keytab_length = 1 }, .names = "k",
	};
	struct office_tgt *t = office_tgts_get(&ts, &r.hdr), *plain;

	r.body.time_limit = 100;
	ENSURE(t && office_tgts_get(&ts, &r.hdr) == t);
	r.list[1] = 10;
	ENSURE(office_tgts_get(&ts, &r.hdr) != t);
	r.list[1] = 9;
	r.groups.gid = 8;
	ENSURE(office_tgts_get(&ts, &r.hdr) != t);
	r.groups.gid = 7;
	ENSURE(office_tgts_get(&ts, &r.hdr) == t);
	plain = office_tgts_get(&ts, ask(1, 5, "k", ""));
	ENSURE(plain && plain != t && office_tgts_get(&ts, ask(2, 5, "k", "")) == plain);
	office_tgts_clear(&ts);
}

static void test_reply(void)
{
	struct office_tgt *t = office_tgts_get(&ts, ask(1, 5, "k", ""));
	struct credssp_hlp_krb5_reply head;

	ENSURE(!office_tgt_is_good(t) && !set(t, 10 * HOUR, 7) && office_tgt_is_good(t));
	/* The key is not passed on. */
	ENSURE(t->key.key[0] == 7 && t->reply.len == sizeof(head) + 2);
	memcpy(&head, t->reply.data, sizeof(head));
	ENSURE(!head.saved_length && head.message_length == 1 && head.client_length == 1);
	ENSURE(!memcmp(t->reply.data + sizeof(head), "TC", 2));
	/* It ends too early. */
	ENSURE(!set(t, OFFICE_TGT_MARGIN - 1, 8) && !office_tgt_is_good(t));
	/* Replies without a ticket, without a key, or of another state */
	for (int n = 0; n < 3; n++) {
		uint8_t bad[sizeof(head) + sizeof(t->key)] = { 0 };

		head = (struct credssp_hlp_krb5_reply){
			.state = n == 2 ? CREDSSP_HLP_KRB5_DONE : CREDSSP_HLP_KRB5_CONTINUE,
			.message_length = n != 0, .saved_length = n == 1 ? 0 : sizeof(t->key),
		};
		memcpy(bad, &head, sizeof(head));
		ENSURE(office_tgt_set(t, bad, sizeof(bad)) == -EBADMSG);
	}
	office_tgts_clear(&ts);
}

/* At half of its time, if it was used since */
static void test_renewal(void)
{
	struct office_tgt *t = office_tgts_get(&ts, ask(1, 5, "k", ""));
	const int64_t now = clock_ms(), half = (10 * HOUR - OFFICE_TGT_MARGIN) * 500ll;

	ENSURE(office_tgts_due(&ts) == INT64_MAX && !set(t, 10 * HOUR, 7));
	ENSURE(office_tgts_due(&ts) > now + half - 5000);
	ENSURE(office_tgts_due(&ts) < now + half + 5000);
	ENSURE(!office_tgts_take_due(&ts, now + half - 5000));
	/* Not used: the next one that needs it fetches it. */
	ENSURE(!office_tgts_take_due(&ts, now + half + 5000));
	ENSURE(office_tgts_due(&ts) == INT64_MAX && !set(t, 10 * HOUR, 7));
	ENSURE(office_tgts_get(&ts, ask(2, 5, "k", "")) == t);
	ENSURE(office_tgts_take_due(&ts, now + half + 5000) == t);
	/* The KDC is silent: the old one goes on, and there is another attempt. */
	t->is_fetched = true;
	office_tgt_fail(t);
	ENSURE(office_tgt_is_good(t) && !t->is_fetched);
	ENSURE(!office_tgts_take_due(&ts, clock_ms()));
	ENSURE(office_tgts_take_due(&ts, clock_ms() + OFFICE_TGT_PAUSE_MS) == t);
	/* One that is fetched is not due. */
	t->renew = 0;
	t->is_fetched = true;
	ENSURE(!office_tgts_take_due(&ts, now));
	office_tgts_clear(&ts);
}

static void test_users(void)
{
	struct office_tgt *t = office_tgts_get(&ts, ask(1, 5, "k", ""));
	struct office_tgt_user *u, *v;

	ENSURE(!office_tgts_add_user(&ts, ask(1, 5, "k", ""), t, 100, &u));
	ENSURE(!office_tgts_add_user(&ts, ask(2, 6, "k", ""), t, 200, &v));
	ENSURE(office_tgts_find_user(&ts, 1) == u && office_tgts_find_user(&ts, 2) == v);
	ENSURE(!office_tgts_find_user(&ts, 3) && office_tgts_due(&ts) == 100);
	ENSURE(!office_tgts_find_overdue(&ts, 99) && office_tgts_find_overdue(&ts, 100) == u);
	u->has_key = true;
	ENSURE(office_tgts_find_waiting(&ts, t->serial) == v);
	v->has_key = true;
	ENSURE(!office_tgts_find_waiting(&ts, t->serial));
	office_tgt_user_free(u);
	ENSURE(!office_tgts_find_user(&ts, 1) && office_tgts_find_user(&ts, 2) == v);
	office_tgts_clear(&ts);
	ENSURE(!office_tgts_find_user(&ts, 2) && office_tgts_due(&ts) == INT64_MAX);
}

static void test_limits(void)
{
	struct office_tgt *first = office_tgts_get(&ts, ask(1, 5, "k", "")), *t;
	const uint64_t serial = first->serial;
	struct office_tgt_user *u;
	uint64_t n;
	char spn[8];

	for (n = 1; n <= OFFICE_TGT_USERS_OF_OWNER; n++)
		ENSURE(!office_tgts_add_user(&ts, ask(n, 5, "k", ""), first, 1, &u));
	ENSURE(office_tgts_add_user(&ts, ask(n, 5, "k", ""), first, 1, &u) == -EDQUOT);
	/* Root has no limit but that of all. */
	for (; n <= OFFICE_TGT_USERS; n++)
		ENSURE(!office_tgts_add_user(&ts, ask(n, 0, "k", ""), first, 1, &u));
	ENSURE(office_tgts_add_user(&ts, ask(n, 0, "k", ""), first, 1, &u) == -EDQUOT);
	/* The TGT that was used the longest ago makes room, unless it is being fetched. */
	first->is_fetched = true;
	first->used = 0;
	for (n = 0; n < 2 * OFFICE_TGTS; n++) {
		snprintf(spn, sizeof(spn), "%u", (unsigned int)n);
		t = office_tgts_get(&ts, ask(1, 5, "k", spn));
		ENSURE(t && office_tgts_find(&ts, serial) == first);
		t->used = n + 1;
	}
	ENSURE(!office_tgts_find(&ts, serial + 1) && office_tgts_find(&ts, t->serial) == t);
	first->is_fetched = false;
	ENSURE(office_tgts_get(&ts, ask(1, 5, "k", "x")) && !office_tgts_find(&ts, serial));
	office_tgts_clear(&ts);
}

int main(void)
{
	test_keys();
	test_groups();
	test_reply();
	test_renewal();
	test_users();
	test_limits();
	return 0;
}
