// SPDX-License-Identifier: GPL-2.0-only
/* Contexts of clients against contexts of acceptors: CredSSP by tokens and on sockets. */
#include <kunit/test.h>
#include <linux/credssp.h>

#include "accept_pair.h"
#include "api/query.h"
#include "base/status.h"
#include "core/context_impl.h"
#include "core/delegated_attr.h"
#include "cred/delivery.h"
#include "wire/tls_record.h"

#define LONG_MS		60000
#define PROTECTED	(ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT |	\
			 ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY)
#define LOGON_FAILURE	0xc000006d

static struct accept_pair *pair(struct kunit *test, const char *password)
{
	return accept_pair_new(test, CREDSSP_PACKAGE_CREDSSP, password);
}

static struct accept_pair *good_pair(struct kunit *test)
{
	return pair(test, NTLM_ACC_PASSWORD);
}

static void expect_text(struct kunit *test, const struct cssp_vbuf *got, const char *want)
{
	ntlm_acc_expect_text(test, got, want);
}

/* What is known after a logon of the account */
static void expect_logon(struct kunit *test, struct accept_pair *p, u32 delegated)
{
	const struct cssp_verdict *v = accept_verdict(p);
	struct credssp_report r = accept_report(p);

	KUNIT_EXPECT_EQ(test, r.leg, CREDSSP_LEG_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, r.delegated, delegated);
	KUNIT_EXPECT_EQ(test, r.mech_package, CREDSSP_PACKAGE_NTLM);
	KUNIT_EXPECT_EQ(test, r.credssp_version, CREDSSP_MAX_VERSION);
	KUNIT_EXPECT_EQ(test, v->v.status, SEC_E_OK);
	KUNIT_EXPECT_EQ(test, v->v.delegated, delegated);
	KUNIT_EXPECT_GT(test, v->v.time, 0);
	expect_text(test, &v->account, NTLM_ACC_DOMAIN "\\" NTLM_ACC_USER);
	expect_text(test, &v->user, NTLM_ACC_NAME);
	KUNIT_EXPECT_STREQ(test, p->server.ctx->user, NTLM_ACC_NAME);
	KUNIT_EXPECT_NULL(test, p->server.ctx->unproven);
	KUNIT_EXPECT_NULL(test, p->server.ctx->exchange);
}

static void a_logon_by_tokens(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);

	p->peer = (struct credssp_address){ .family = AF_INET, .port = 9, .address = { 10, 1 } };
	accept_establish(p);
	expect_logon(test, p, CREDSSP_DELEGATED_PASSWORD);
	KUNIT_EXPECT_EQ(test, p->server.attr, PROTECTED | ASC_RET_DELEGATE | ASC_RET_STREAM |
			ASC_RET_EXTENDED_ERROR);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.port, 9);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.address[0], 10);
	/* both ends of one session key */
	KUNIT_EXPECT_EQ(test, p->server.ctx->session_key.length, CSSP_NTLM_KEY_SIZE);
	KUNIT_EXPECT_MEMEQ(test, p->server.ctx->session_key.bytes,
			   p->client.ctx->session_key.bytes, CSSP_NTLM_KEY_SIZE);
}

static void a_logon_on_sockets(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);
	struct cssp_loopback *lo = tls_connection(test);

	/* an address of the caller is not believed */
	p->peer = (struct credssp_address){ .family = AF_INET, .port = 9, .address = { 10, 1 } };
	accept_run_sockets(p, lo, LONG_MS);
	KUNIT_ASSERT_EQ(test, p->server.ret, 0);
	KUNIT_ASSERT_EQ(test, p->client.ret, 0);
	expect_logon(test, p, CREDSSP_DELEGATED_PASSWORD);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.family, AF_INET);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.address[0], 127);
	KUNIT_EXPECT_NE(test, accept_verdict(p)->v.port, 9);
}

static void expect_refusal(struct kunit *test, struct accept_pair *p)
{
	const struct cssp_verdict *v = accept_verdict(p);
	struct credssp_report r = accept_report(p);

	KUNIT_EXPECT_EQ(test, p->server.ret, CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, r.reason, CREDSSP_REASON_LOGON);
	KUNIT_EXPECT_EQ(test, r.ntstatus, LOGON_FAILURE);
	KUNIT_EXPECT_EQ(test, v->v.status, SEC_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, v->v.reason, CREDSSP_REASON_LOGON);
	KUNIT_EXPECT_EQ(test, v->v.ntstatus, LOGON_FAILURE);
	KUNIT_EXPECT_EQ(test, v->v.delegated, CREDSSP_DELEGATED_NONE);
	expect_text(test, &v->account, NTLM_ACC_DOMAIN "\\" NTLM_ACC_USER);
	expect_text(test, &v->user, "");
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_DEAD);
	KUNIT_EXPECT_NULL(test, p->server.ctx->unproven);
	KUNIT_EXPECT_EQ(test, p->client.ret, CSSP_E_LOGON_DENIED);
}

/* The answer is a token, not an alert, and the client opens it. */
static void a_wrong_password_by_tokens(struct kunit *test)
{
	struct accept_pair *p = pair(test, "wrong");
	struct credssp_report r;

	accept_run(p);
	expect_refusal(test, p);
	KUNIT_EXPECT_TRUE(test, p->server.answer);
	KUNIT_EXPECT_EQ(test, cssp_context_report(p->client.ctx, &r), 0);
	KUNIT_EXPECT_EQ(test, r.reason, CREDSSP_REASON_ERROR_CODE);
	KUNIT_EXPECT_EQ(test, r.ntstatus, LOGON_FAILURE);
	KUNIT_EXPECT_EQ(test, r.tls_alert, 0);
}

static void a_wrong_password_on_sockets(struct kunit *test)
{
	struct accept_pair *p = pair(test, "wrong");

	accept_run_sockets(p, tls_connection(test), LONG_MS);
	expect_refusal(test, p);
	KUNIT_EXPECT_EQ(test, p->client.reason, CREDSSP_REASON_ERROR_CODE);
}

/* Version 5 has no errorCode: an alert tells the client, if the caller wants one. */
static void an_alert_without_error_code(struct kunit *test)
{
	static const u32 reqs[] = { ACCEPT_SERVER_REQ, 0 };
	struct cssp_cred_params params;
	struct accept_pair *p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reqs); i++) {
		p = i ? p : pair(test, "wrong");
		cssp_context_put(p->client.ctx);
		cssp_context_put(p->server.ctx);
		cssp_cred_put(p->server.cred);
		p->client.ctx = NULL;
		p->server.ctx = NULL;
		params = (struct cssp_cred_params){ .use = SECPKG_CRED_INBOUND, .max_version = 5 };
		KUNIT_ASSERT_EQ(test, 0, accept_pair_acquire(&params, "", "", "",
							     &p->server.cred));
		p->server.req = reqs[i];
		accept_run(p);
		KUNIT_EXPECT_EQ(test, p->server.ret, CSSP_E_LOGON_DENIED);
		KUNIT_EXPECT_FALSE(test, p->server.answer);
		KUNIT_EXPECT_EQ(test, p->client.ret, reqs[i] ? CSSP_E_LOGON_DENIED : -EAGAIN);
	}
}

/* Seal with one context, open with the other. */
static void expect_message(struct kunit *test, struct credssp_context *from,
			   struct credssp_context *to)
{
	struct cssp_rd plain = tls_pattern(test, 1000), rd;
	u8 *wire = test_room(test, 2000), *got = test_room(test, 2000);
	struct cssp_source source;
	struct cssp_opened o;
	struct cssp_room room;
	struct cssp_sink sink;

	cssp_source_kernel(&source, &plain);
	cssp_sink_kernel(&sink, wire, 2000);
	KUNIT_ASSERT_EQ(test, cssp_context_encrypt(from, &source, &sink, &room), 0);
	rd = cssp_rd_of(wire, room.whole);
	cssp_source_kernel(&source, &rd);
	cssp_sink_kernel(&sink, got, 2000);
	KUNIT_ASSERT_EQ(test, cssp_context_decrypt(to, &source, &sink, &o), 0);
	rd = cssp_rd_of(got, o.length);
	test_expect_same(test, &rd, &plain);
}

static void messages_both_ways(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);

	accept_establish(p);
	expect_message(test, p->client.ctx, p->server.ctx);
	expect_message(test, p->server.ctx, p->client.ctx);
	expect_message(test, p->client.ctx, p->server.ctx);
}

/* The client is done when it has made its credentials, and sends its first data with them. */
static void data_behind_the_credentials(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);
	struct cssp_vbuf *both = new_vbuf(test);
	struct cssp_rd plain = test_str("data"), rd;
	u8 *wire = test_room(test, 200), *got = test_room(test, 200);
	struct cssp_source source;
	struct cssp_opened o;
	struct cssp_room room;
	struct cssp_sink sink;

	accept_run_legs(p, 3);
	KUNIT_ASSERT_EQ(test, p->client.ret, 0);
	KUNIT_ASSERT_EQ(test, p->server.ret, -EAGAIN);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(both, p->client.out->data, p->client.out->len), 0);
	cssp_source_kernel(&source, &plain);
	cssp_sink_kernel(&sink, wire, 200);
	KUNIT_ASSERT_EQ(test, cssp_context_encrypt(p->client.ctx, &source, &sink, &room), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(both, wire, room.whole), 0);
	rd = cssp_vbuf_rd(both);
	accept_server_leg(p, &rd);
	KUNIT_ASSERT_EQ(test, p->server.ret, 0);
	KUNIT_ASSERT_EQ(test, p->server.extra, room.whole);
	rd = cssp_rd_of(wire, room.whole);
	cssp_source_kernel(&source, &rd);
	cssp_sink_kernel(&sink, got, 200);
	KUNIT_ASSERT_EQ(test, cssp_context_decrypt(p->server.ctx, &source, &sink, &o), 0);
	KUNIT_EXPECT_EQ(test, o.length, plain.left);
	KUNIT_EXPECT_MEMEQ(test, got, plain.p, plain.left);
}

/* Nothing is made, and nothing is used, before a record is whole. */
static void a_part_of_the_first_record(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);
	struct cssp_rd hello = test_hex(test, TLS_HELLO), part;
	long contexts = cssp_quota_total(CSSP_CONTEXTS);
	size_t n;

	for (n = 0; n < hello.left; n++) {
		part = cssp_rd_of(hello.p, n);
		part = test_copy(test, &part);
		accept_server_leg(p, &part);
		KUNIT_EXPECT_EQ(test, p->server.ret, -ENODATA);
		KUNIT_EXPECT_NULL(test, p->server.ctx);
		KUNIT_EXPECT_EQ(test, p->server.missing, n < CSSP_TLS_HEADER ?
				CSSP_TLS_HEADER - n : hello.left - n);
		KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_CONTEXTS), contexts);
	}
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EAGAIN);
	KUNIT_EXPECT_NOT_NULL(test, p->server.ctx);
}

/* The first call keeps its token, so that the client's is not used twice. */
static void a_token_that_does_not_fit(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);
	struct cssp_rd hello = test_hex(test, TLS_HELLO), none = cssp_rd_of("", 0);
	struct credssp_context *made;

	p->server.room = 3;
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, -ENOSPC);
	KUNIT_ASSERT_NOT_NULL(test, p->server.ctx);
	KUNIT_EXPECT_GT(test, p->server.needed, (size_t)3);
	made = p->server.ctx;
	p->server.room = p->server.needed;
	accept_server_leg(p, &none);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EAGAIN);
	KUNIT_EXPECT_PTR_EQ(test, p->server.ctx, made);
	KUNIT_EXPECT_EQ(test, p->server.out->len, test_hex_size(TLS_REPLY1 TLS_REPLY2));
}

static void another_exchange_on_the_same_context(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);

	accept_establish(p);
	accept_establish(p);
	expect_logon(test, p, CREDSSP_DELEGATED_PASSWORD);
	expect_message(test, p->client.ctx, p->server.ctx);
	/* a failure ends what the first one has established */
	p->logon.account = NULL;
	accept_run(p);
	expect_refusal(test, p);
	KUNIT_EXPECT_EQ(test, p->server.ctx->delegated.kind, CREDSSP_DELEGATED_NONE);
	KUNIT_EXPECT_EQ(test, p->server.ctx->delegated.id.password.cap, (size_t)0);
}

/* Another exchange begins when its first record is whole. Until then the old one is intact. */
static void a_part_of_a_record_of_another_exchange(struct kunit *test)
{
	static const size_t parts[] = { 0, 3, CSSP_TLS_HEADER, CSSP_TLS_HEADER + 1 };
	struct accept_pair *p = good_pair(test);
	struct cssp_rd hello = test_hex(test, TLS_HELLO), part;
	unsigned int i;

	p->peer = (struct credssp_address){ .family = AF_INET, .port = 9, .address = { 10, 1 } };
	accept_establish(p);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		part = cssp_rd_of(hello.p, parts[i]);
		part = test_copy(test, &part);
		accept_server_leg(p, &part);
		KUNIT_EXPECT_EQ(test, p->server.ret, -ENODATA);
		KUNIT_EXPECT_EQ(test, p->server.missing, parts[i] < CSSP_TLS_HEADER ?
				CSSP_TLS_HEADER - parts[i] : hello.left - parts[i]);
		KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_ESTABLISHED);
		KUNIT_EXPECT_EQ(test, p->server.ctx->delegated.kind, CREDSSP_DELEGATED_PASSWORD);
		expect_logon(test, p, CREDSSP_DELEGATED_PASSWORD);
		expect_message(test, p->client.ctx, p->server.ctx);
		expect_message(test, p->server.ctx, p->client.ctx);
	}
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EAGAIN);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_RUNNING);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.time, 0);
}

/* The verdict on the last exchange is none on the next one, which may be another client's. */
static void no_verdict_on_a_new_exchange(struct kunit *test)
{
	struct accept_pair *p = good_pair(test);

	accept_establish(p);
	KUNIT_EXPECT_NE(test, accept_verdict(p)->v.time, 0);
	accept_run_legs(p, 2);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_RUNNING);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.time, 0);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.delegated, CREDSSP_DELEGATED_NONE);
}

static const struct grant_row {
	const char *name;
	u32 client_req;
	u32 flags;
	int ret;
	u32 reason;
	u32 delegated;
} grant_rows[] = {
	{ "a password", ISC_REQ_DELEGATE, 0, 0, 0, CREDSSP_DELEGATED_PASSWORD },
	{ "a password, Restricted Admin taken", ISC_REQ_DELEGATE, CREDSSP_ACCEPT_RESTRICTED_ADMIN,
	  0, 0, CREDSSP_DELEGATED_PASSWORD },
	{ "nothing, Restricted Admin taken", 0, CREDSSP_ACCEPT_RESTRICTED_ADMIN, 0, 0,
	  CREDSSP_DELEGATED_EMPTY },
	{ "nothing", 0, 0, CSSP_E_POLICY, CREDSSP_REASON_DELEGATION,
	  CREDSSP_DELEGATED_EMPTY },
	{ "nothing, Remote Guard taken", 0, CREDSSP_ACCEPT_REMOTE_GUARD, CSSP_E_POLICY,
	  CREDSSP_REASON_DELEGATION, CREDSSP_DELEGATED_EMPTY },
	{ "a password, and the result is told", ISC_REQ_DELEGATE, CREDSSP_ACCEPT_EARLY_AUTH, 0, 0,
	  CREDSSP_DELEGATED_PASSWORD },
};

static void grant_name(const struct grant_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(grants, grant_rows, grant_name);

static void what_is_delegated(struct kunit *test)
{
	const struct grant_row *row = test->param_value;
	struct accept_pair *p = good_pair(test);
	struct credssp_report r;

	p->client.req = row->client_req;
	p->server.flags = row->flags;
	accept_run_sockets(p, tls_connection(test), LONG_MS);
	r = accept_report(p);
	KUNIT_EXPECT_EQ(test, p->server.ret, row->ret);
	KUNIT_EXPECT_EQ(test, r.reason, row->reason);
	KUNIT_EXPECT_EQ(test, r.delegated, row->delegated);
	KUNIT_EXPECT_EQ(test, !!(p->server.attr & ASC_RET_DELEGATE),
			!row->ret && row->delegated == CREDSSP_DELEGATED_PASSWORD);
	if (row->ret)
		return;
	KUNIT_EXPECT_EQ(test, p->client.ret, 0);
	KUNIT_EXPECT_EQ(test, p->server.ctx->delegated.kind, row->delegated);
	KUNIT_EXPECT_EQ(test, !!(r.facts & CREDSSP_FACT_EARLY_AUTH),
			!!(row->flags & CREDSSP_ACCEPT_EARLY_AUTH));
}

static int query(struct kunit *test, struct credssp_context *ctx, u32 attribute, bool privileged)
{
	const struct cssp_query q = { .attribute = attribute, .privileged = privileged,
				      .room = 4096 };
	struct cssp_vbuf *out = new_vbuf(test);

	return cssp_query(ctx, &q, out);
}

static const struct query_row {
	const char *name;
	u32 attribute;
	bool privileged;
	int fresh, established, dead, client;
} query_rows[] = {
	{ "VERDICT", SECPKG_ATTR_CREDSSP_VERDICT, false, 0, 0, 0, CSSP_E_UNSUPPORTED },
	{ "REPORT", SECPKG_ATTR_CREDSSP_REPORT, false, 0, 0, 0, 0 },
	{ "NAMES", SECPKG_ATTR_NAMES, false, CSSP_E_HANDLE, 0, CSSP_E_HANDLE, 0 },
	{ "DELEGATED", SECPKG_ATTR_CREDSSP_DELEGATED, false, CSSP_E_UNSUPPORTED,
	  CSSP_E_UNSUPPORTED, CSSP_E_UNSUPPORTED, CSSP_E_UNSUPPORTED },
	{ "DELEGATED, privileged", SECPKG_ATTR_CREDSSP_DELEGATED, true, CSSP_E_HANDLE, 0,
	  CSSP_E_HANDLE, CSSP_E_UNSUPPORTED },
	{ "SESSION_KEY, privileged", SECPKG_ATTR_SESSION_KEY, true, CSSP_E_HANDLE, 0,
	  CSSP_E_HANDLE, 0 },
	{ "REMOTE_CERT", SECPKG_ATTR_REMOTE_CERT_CONTEXT, false, CSSP_E_UNSUPPORTED,
	  CSSP_E_UNSUPPORTED, CSSP_E_UNSUPPORTED, 0 },
	{ "CERT_TRUST", SECPKG_ATTR_CERT_TRUST_STATUS, false, CSSP_E_UNSUPPORTED,
	  CSSP_E_UNSUPPORTED, CSSP_E_UNSUPPORTED, 0 },
	{ "CONNECTION_INFO", SECPKG_ATTR_CONNECTION_INFO, false, CSSP_E_HANDLE, 0, CSSP_E_HANDLE,
	  0 },
};

static void query_name(const struct query_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(queries, query_rows, query_name);

static void attributes_of_an_acceptor(struct kunit *test)
{
	const struct query_row *row = test->param_value;
	struct accept_pair *p = good_pair(test);

	accept_run_legs(p, 1);
	KUNIT_EXPECT_EQ(test, query(test, p->server.ctx, row->attribute, row->privileged),
			row->fresh);
	cssp_context_put(p->server.ctx);
	cssp_context_put(p->client.ctx);
	p->server.ctx = NULL;
	p->client.ctx = NULL;
	accept_establish(p);
	KUNIT_EXPECT_EQ(test, query(test, p->server.ctx, row->attribute, row->privileged),
			row->established);
	KUNIT_EXPECT_EQ(test, query(test, p->client.ctx, row->attribute, row->privileged),
			row->client);
	cssp_context_kill(p->server.ctx, -ENOMEM, NULL);
	KUNIT_EXPECT_EQ(test, query(test, p->server.ctx, row->attribute, row->privileged),
			row->dead);
}

/* Before the end, of a client, and of a context without a password there is nothing. */
static void delivery_needs_a_password(struct kunit *test)
{
	const struct cssp_delivery delivery = { .lifetime = 60, .name = test_str("h") };
	struct accept_pair *p = good_pair(test);
	s32 serial;

	accept_run_legs(p, 1);
	KUNIT_EXPECT_EQ(test, cssp_context_deliver(p->server.ctx, &delivery, &serial),
			CSSP_E_HANDLE);
	cssp_context_put(p->server.ctx);
	cssp_context_put(p->client.ctx);
	p->server.ctx = NULL;
	p->client.ctx = NULL;
	p->client.req = 0;
	p->server.flags = CREDSSP_ACCEPT_RESTRICTED_ADMIN;
	accept_establish(p);
	KUNIT_EXPECT_EQ(test, cssp_context_deliver(p->server.ctx, &delivery, &serial),
			CSSP_E_NO_CREDS);
	KUNIT_EXPECT_EQ(test, cssp_context_deliver(p->client.ctx, &delivery, &serial),
			CSSP_E_HANDLE);
}

static void the_keys_go_to_a_socket(struct kunit *test)
{
	struct cssp_loopback *lo = tls_connection(test);
	struct accept_pair *p = good_pair(test);

	accept_establish(p);
	KUNIT_EXPECT_EQ(test, cssp_context_export(p->server.ctx, lo->tls), 0);
	KUNIT_EXPECT_EQ(test, cssp_context_export(p->client.ctx, lo->raw), 0);
	KUNIT_EXPECT_EQ(test, credssp_send(lo->raw, "data", 4, LONG_MS), 0);
	KUNIT_EXPECT_EQ(test, credssp_recv(lo->tls, test_room(test, 10), 10, LONG_MS), 4);
	/* what was delegated stays until the context is deleted */
	KUNIT_EXPECT_EQ(test, p->server.ctx->delegated.kind, CREDSSP_DELEGATED_PASSWORD);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_logon_by_tokens),
	KUNIT_CASE(a_logon_on_sockets),
	KUNIT_CASE(a_wrong_password_by_tokens),
	KUNIT_CASE(a_wrong_password_on_sockets),
	KUNIT_CASE(an_alert_without_error_code),
	KUNIT_CASE(messages_both_ways),
	KUNIT_CASE(data_behind_the_credentials),
	KUNIT_CASE(a_part_of_the_first_record),
	KUNIT_CASE(a_token_that_does_not_fit),
	KUNIT_CASE(another_exchange_on_the_same_context),
	KUNIT_CASE(a_part_of_a_record_of_another_exchange),
	KUNIT_CASE(no_verdict_on_a_new_exchange),
	KUNIT_CASE_PARAM(what_is_delegated, grants_gen_params),
	KUNIT_CASE_PARAM(attributes_of_an_acceptor, queries_gen_params),
	KUNIT_CASE(delivery_needs_a_password),
	KUNIT_CASE(the_keys_go_to_a_socket),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_core_exchange_accept",
	.suite_init = tls_suite_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
