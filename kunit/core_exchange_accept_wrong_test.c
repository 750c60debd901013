// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts of acceptors that are used wrongly, cancelled, deleted or left alone; limits; and
 * credentials for them.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/net.h>

#include "accept_pair.h"
#include "base/quota.h"
#include "base/status.h"
#include "core/context_impl.h"
#include "tls/channel_state.h"

#define LONG_MS		60000
#define SOON_MS		300

static struct accept_pair *pair(struct kunit *test)
{
	return accept_pair_new(test, CREDSSP_PACKAGE_CREDSSP, NTLM_ACC_PASSWORD);
}

/* ---- the other side's call, and arguments ---- */

static void the_other_sides_call(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct accept_side client;

	accept_establish(p);
	/* the contexts change places */
	client = p->client;
	p->client.ctx = p->server.ctx;
	p->client.cred = p->server.cred;
	p->server.ctx = client.ctx;
	p->server.cred = client.cred;
	accept_client_leg(p, NULL);
	KUNIT_EXPECT_EQ(test, p->client.ret, CSSP_E_HANDLE);
	accept_server_leg(p, &(struct cssp_rd){ (u8 *)"x", 1 });
	KUNIT_EXPECT_EQ(test, p->server.ret, CSSP_E_HANDLE);
	KUNIT_EXPECT_EQ(test, p->client.ctx->state, CSSP_CONTEXT_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_ESTABLISHED);
}

static void the_other_sides_credential(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_loopback *lo = tls_connection(test);
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	struct credssp_context *ctx;
	struct cssp_authenticate auth = {
		.accept = true, .cred = p->client.cred, .who = &p->client.cred->who,
		.sock = lo->tls,
	};

	KUNIT_EXPECT_EQ(test, cssp_authenticate_begin(&auth, &ctx), CSSP_E_NO_CREDS);
	auth.accept = false;
	auth.cred = p->server.cred;
	KUNIT_EXPECT_EQ(test, cssp_authenticate_begin(&auth, &ctx), CSSP_E_NO_CREDS);
	swap(p->client.cred, p->server.cred);
	accept_client_leg(p, NULL);
	KUNIT_EXPECT_EQ(test, p->client.ret, CSSP_E_NO_CREDS);
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, CSSP_E_NO_CREDS);
	KUNIT_EXPECT_NULL(test, p->client.ctx);
	KUNIT_EXPECT_NULL(test, p->server.ctx);
}

/* An initiator whose server wants a certificate takes another credential, but no acceptor's. */
static void the_other_sides_certificate(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_isc isc = { .cred = p->server.cred };
	struct cssp_channel *ch;

	accept_client_leg(p, NULL);
	KUNIT_ASSERT_EQ(test, p->client.ret, -EAGAIN);
	ch = p->client.ctx->channel;
	KUNIT_ASSERT_EQ(test, cssp_channel_set_state(ch, CSSP_CHANNEL_CERT_WANTED), 0);
	KUNIT_ASSERT_EQ(test, cssp_context_lock(p->client.ctx), 0);
	KUNIT_EXPECT_EQ(test, cssp_context_check_cred(p->client.ctx, &isc), CSSP_E_HANDLE);
	KUNIT_EXPECT_PTR_EQ(test, p->client.ctx->cred, p->client.cred);
	cssp_context_unlock(p->client.ctx);
}

static const struct argument_row {
	const char *name;
	u32 req;
	u32 flags;
	struct credssp_address peer;
	int ret;
} argument_rows[] = {
	{ "all flags", ASC_REQ_DELEGATE | ASC_REQ_MUTUAL_AUTH | ASC_REQ_REPLAY_DETECT |
	  ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY | ASC_REQ_EXTENDED_ERROR |
	  ASC_REQ_STREAM | ASC_REQ_INTEGRITY, 7, {}, -EAGAIN },
	{ "CONNECTION", ASC_REQ_CONNECTION, 0, {}, -EAGAIN },
	{ "CONNECTION and STREAM", ASC_REQ_CONNECTION | ASC_REQ_STREAM, 0, {},
	  CSSP_E_UNSUPPORTED },
	{ "a flag of the initiator", ISC_REQ_USE_SUPPLIED_CREDS, 0, {}, CSSP_E_UNSUPPORTED },
	{ "ALLOW_MISSING_BINDINGS", ASC_REQ_ALLOW_MISSING_BINDINGS, 0, {}, CSSP_E_UNSUPPORTED },
	{ "an unknown option", 0, 8, {}, CSSP_E_PARAMETER },
	{ "an address without family", 0, 0, { .port = 1 }, CSSP_E_PARAMETER },
	{ "an unknown family", 0, 0, { .family = 1 }, CSSP_E_PARAMETER },
	{ "IPv4 with a scope", 0, 0, { .family = AF_INET, .scope = 1 }, CSSP_E_PARAMETER },
	{ "IPv4 with five bytes", 0, 0, { .family = AF_INET, .address = { 1, 2, 3, 4, 5 } },
	  CSSP_E_PARAMETER },
	{ "IPv6", 0, 0, { .family = AF_INET6, .scope = 2, .address = { 0xfe, 0x80 } }, -EAGAIN },
};

static void argument_name(const struct argument_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(arguments, argument_rows, argument_name);

static void arguments_of_a_first_call(struct kunit *test)
{
	const struct argument_row *row = test->param_value;
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	struct accept_pair *p = pair(test);

	p->server.req = row->req;
	p->server.flags = row->flags;
	p->peer = row->peer;
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, row->ret);
	KUNIT_EXPECT_EQ(test, !!p->server.ctx, row->ret == -EAGAIN);
}

/* Failures of one client count together, however its server listens. */
static void a_mapped_address(struct kunit *test)
{
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	struct accept_pair *p = pair(test);

	p->peer = (struct credssp_address){
		.family = AF_INET6, .port = 5,
		.address = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	};
	accept_server_leg(p, &hello);
	KUNIT_ASSERT_NOT_NULL(test, p->server.ctx);
	KUNIT_EXPECT_EQ(test, p->server.ctx->peer.family, AF_INET);
	KUNIT_EXPECT_EQ(test, p->server.ctx->peer.port, 5);
	KUNIT_EXPECT_EQ(test, p->server.ctx->peer.address[0], 192);
	KUNIT_EXPECT_EQ(test, p->server.ctx->peer.address[4], 0);
}

/* Options of later calls have no effect. */
static void later_options(struct kunit *test)
{
	struct accept_pair *p = pair(test);

	p->client.req = 0;
	p->peer = (struct credssp_address){ .family = AF_INET, .address = { 1 } };
	accept_run_legs(p, 1);
	p->server.flags = CREDSSP_ACCEPT_RESTRICTED_ADMIN;
	p->peer.address[0] = 2;
	accept_server_leg(p, &(struct cssp_rd){ p->client.out->data, p->client.out->len });
	KUNIT_EXPECT_EQ(test, p->server.ctx->accept_flags, 0);
	KUNIT_EXPECT_EQ(test, p->server.ctx->peer.address[0], 1);
}

static void garbage_instead_of_tls(struct kunit *test)
{
	static const char *const tokens[] = {
		"474554202f20485454502f312e310d0a", "0300001302f08064000003eb70", "ff0303000100",
		"16030300ff", "1603038000",
	};
	long unproven = cssp_quota_total(CSSP_UNPROVEN);
	struct accept_pair *p = pair(test);
	struct cssp_rd rd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++) {
		rd = test_hex(test, tokens[i]);
		accept_server_leg(p, &rd);
		KUNIT_EXPECT_NE(test, p->server.ret, 0);
		KUNIT_EXPECT_NE(test, p->server.ret, -EAGAIN);
		KUNIT_EXPECT_NULL(test, p->server.ctx);
	}
	KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_UNPROVEN), unproven);
}

/* A handshake that the helper refuses: the caller gets its alert, if it wants one. */
static void an_alert_of_the_helper(struct kunit *test)
{
	static const u32 reqs[] = { 0, ASC_REQ_EXTENDED_ERROR };
	static const u8 alert[] = { 0x15, 3, 3, 0, 2, 2, 0x28 };
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	struct cssp_vbuf *token = tls_vbuf(test);
	struct accept_pair *p = pair(test);
	struct cssp_channel *ch;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reqs); i++) {
		p->server.req = reqs[i];
		accept_server_leg(p, &hello);
		KUNIT_ASSERT_EQ(test, p->server.ret, -EAGAIN);
		ch = p->server.ctx->channel;
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&ch->wire_out, alert, sizeof(alert)), 0);
		cssp_context_kill(p->server.ctx, -EBADMSG, token);
		KUNIT_EXPECT_EQ(test, token->len, reqs[i] ? sizeof(alert) : 0);
		cssp_context_put(p->server.ctx);
		p->server.ctx = NULL;
	}
}

/* ---- cancellation, deletion, time ---- */

/**
 * struct waiting - an acceptor's exchange on a thread
 * @over: it has ended with @ret
 */
struct waiting {
	struct cssp_authenticate auth;
	struct credssp_context *ctx;
	int ret;
	struct completion over;
};

static int waiting_thread(void *data)
{
	struct waiting *w = data;

	w->ret = cssp_authenticate_finish(&w->auth, w->ctx);
	cssp_context_put(w->ctx);
	complete(&w->over);
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static void waiting_free(void *data)
{
	struct waiting *w = data;

	cssp_authenticate_free(&w->auth);
}

/* The context has one more reference for the thread. */
static struct waiting *waiting(struct kunit *test, struct accept_pair *p, struct socket *sock,
			       u32 timeout_ms)
{
	struct waiting *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	init_completion(&w->over);
	w->auth = (struct cssp_authenticate){
		.accept = true, .cred = p->server.cred, .who = &p->server.cred->who,
		.sock = sock, .timeout_ms = timeout_ms,
	};
	KUNIT_ASSERT_EQ(test, cssp_authenticate_begin(&w->auth, &w->ctx), 0);
	p->server.ctx = cssp_context_get(w->ctx);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, waiting_free, w));
	tls_thread(test, waiting_thread, w);
	return w;
}

static void expect_end(struct kunit *test, struct accept_pair *p, struct waiting *w, int ret,
		       u32 reason)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&w->over,
							  msecs_to_jiffies(LONG_MS)), 0);
	KUNIT_EXPECT_EQ(test, w->ret, ret);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.reason, reason);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.leg, CREDSSP_LEG_TLS);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_DEAD);
	KUNIT_EXPECT_NULL(test, p->server.ctx->unproven);
}

static void a_silent_client(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_loopback *lo = tls_connection(test);
	struct waiting *w = waiting(test, p, lo->tls, SOON_MS);

	expect_end(test, p, w, -ETIMEDOUT, CREDSSP_REASON_TIMEOUT);
}

static void a_client_that_closes(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_loopback *lo = tls_connection(test);
	struct waiting *w = waiting(test, p, lo->tls, LONG_MS);

	kernel_sock_shutdown(lo->raw, SHUT_RDWR);
	expect_end(test, p, w, CSSP_E_CLOSED, CREDSSP_REASON_CONNECTION);
}

static void a_silent_helper(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_loopback *lo = tls_connection(test);
	struct waiting *w;

	p->mute = CREDSSP_HLP_TLS_ACCEPT;
	accept_say_hello(p, lo);
	w = waiting(test, p, lo->tls, LONG_MS);
	accept_pair_await_mute(p);
	cssp_context_cancel(p->server.ctx);
	expect_end(test, p, w, -ECANCELED, CREDSSP_REASON_CANCELLED);
}

static void a_helper_that_dies(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_loopback *lo = tls_connection(test);
	struct waiting *w;

	p->mute = CREDSSP_HLP_TLS_ACCEPT;
	accept_say_hello(p, lo);
	w = waiting(test, p, lo->tls, LONG_MS);
	accept_pair_await_mute(p);
	accept_pair_kill_helper(p);
	expect_end(test, p, w, CSSP_E_NO_HELPER, CREDSSP_REASON_HELPER_DIED);
}

/* Queries wait for the call, and see what it has left. */
static void cancelled_in_the_logon(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_loopback *lo = tls_connection(test);

	p->mute = CREDSSP_HLP_NTLM_LOGON;
	accept_run_sockets(p, lo, SOON_MS);
	KUNIT_EXPECT_EQ(test, p->server.ret, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.leg, CREDSSP_LEG_NEGO);
	ntlm_acc_expect_text(test, &accept_verdict(p)->account,
			     NTLM_ACC_DOMAIN "\\" NTLM_ACC_USER);
	KUNIT_EXPECT_NE(test, p->client.ret, 0);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_DEAD);
}

static void expect_bounds(struct kunit *test, const struct credssp_context *ctx, u32 first_ms,
			  u32 timeout_ms)
{
	KUNIT_EXPECT_EQ(test, ctx->first_ms, first_ms);
	KUNIT_EXPECT_EQ(test, ctx->timeout_ms, timeout_ms);
}

/* The default bound of an acceptor has two parts. One that its caller sets is for all of it. */
static void the_bound_on_time(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct credssp_context *ctx;

	KUNIT_ASSERT_EQ(test, cssp_context_create(&ctx, p->server.cred, &p->server.cred->who), 0);
	expect_bounds(test, ctx, 15000, 60000);
	cssp_context_prepare(ctx, 0);
	expect_bounds(test, ctx, 15000, 60000);
	/* a part of it is over */
	cssp_context_narrow_timeout(ctx, 40000);
	expect_bounds(test, ctx, 15000, 40000);
	cssp_context_narrow_timeout(ctx, 50000);
	expect_bounds(test, ctx, 15000, 40000);
	cssp_context_narrow_timeout(ctx, 4000);
	expect_bounds(test, ctx, 4000, 4000);
	cssp_context_prepare(ctx, 30000);
	expect_bounds(test, ctx, 30000, 30000);
	cssp_context_put(ctx);
	KUNIT_ASSERT_EQ(test, cssp_context_create(&ctx, p->client.cred, &p->client.cred->who), 0);
	expect_bounds(test, ctx, cssp_context_timeout_ms(), cssp_context_timeout_ms());
	KUNIT_EXPECT_NULL(test, ctx->unproven);
	cssp_context_put(ctx);
}

/* Without TLS a client has sent a token, and has nothing to wait for. */
static void the_bound_without_tls(struct kunit *test)
{
	struct accept_pair *p = accept_pair_new(test, CREDSSP_PACKAGE_NTLM, NTLM_ACC_PASSWORD);
	struct credssp_context *ctx;

	KUNIT_ASSERT_EQ(test, cssp_context_create(&ctx, p->server.cred, &p->server.cred->who), 0);
	expect_bounds(test, ctx, 15000, 15000);
	cssp_context_put(ctx);
}

/* A client whose user types the password has the long part for it. */
static void the_bound_after_the_handshake(struct kunit *test)
{
	const long first = msecs_to_jiffies(15000);
	struct accept_pair *p = pair(test);
	struct credssp_context *ctx;
	struct cssp_rd rd;

	accept_run_legs(p, 1);
	ctx = p->server.ctx;
	KUNIT_EXPECT_EQ(test, accept_report(p).leg, CREDSSP_LEG_TLS);
	KUNIT_EXPECT_LE(test, cssp_wait_left(&ctx->wait), first);
	KUNIT_EXPECT_TRUE(test, time_before_eq(ctx->expire.timer.expires, jiffies + first + 1));
	rd = cssp_vbuf_rd(p->client.out);
	rd = test_copy(test, &rd);
	accept_server_leg(p, &rd);
	KUNIT_ASSERT_EQ(test, p->server.ret, -EAGAIN);
	KUNIT_EXPECT_GT(test, accept_report(p).leg, CREDSSP_LEG_TLS);
	KUNIT_EXPECT_GT(test, cssp_wait_left(&ctx->wait), first);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&ctx->expire));
	KUNIT_EXPECT_TRUE(test, time_after(ctx->expire.timer.expires, jiffies + first));
}

/* A client that never logs on costs a place. Root has no more places than others. */
static void the_bound_on_number(struct kunit *test)
{
	struct accept_pair *p = pair(test);
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	long before = cssp_quota_total(CSSP_UNPROVEN);
	struct credssp_context **made;
	int n, ret = 0;

	made = kunit_kcalloc(test, CSSP_MAX_UNPROVEN_USER + 1, sizeof(*made), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, made);
	for (n = 0; n <= CSSP_MAX_UNPROVEN_USER && !ret; n++)
		ret = cssp_context_create(&made[n], p->server.cred, &p->server.cred->who);
	KUNIT_EXPECT_EQ(test, ret, -EDQUOT);
	KUNIT_EXPECT_EQ(test, n, CSSP_MAX_UNPROVEN_USER + 1 - before);
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EDQUOT);
	/* one that ends makes room for another */
	cssp_context_kill(made[0], -ETIMEDOUT, NULL);
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EAGAIN);
	while (n--)
		cssp_context_put(made[n]);
	/* initiators are not counted */
	accept_client_leg(p, NULL);
	KUNIT_EXPECT_EQ(test, p->client.ret, -EAGAIN);
	KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_UNPROVEN), before + 1);
}

/* A context that is deleted between two calls has a verdict, too. */
static void deleted_in_the_middle(struct kunit *test)
{
	long unproven = cssp_quota_total(CSSP_UNPROVEN);
	struct accept_pair *p = pair(test);

	accept_run_legs(p, 2);
	KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_UNPROVEN), unproven + 1);
	cssp_context_cancel(p->server.ctx);
	cssp_context_put(p->server.ctx);
	p->server.ctx = NULL;
	KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_UNPROVEN), unproven);
}

/* Its deadline does not keep it: a caller that is killed drops it without a word. */
static void dropped_in_the_middle(struct kunit *test)
{
	long unproven = cssp_quota_total(CSSP_UNPROVEN);
	struct accept_pair *p = pair(test);

	accept_run_legs(p, 2);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&p->server.ctx->expire));
	cssp_context_put(p->server.ctx);
	p->server.ctx = NULL;
	KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_UNPROVEN), unproven);
}

/* A cancelled context that is not deleted has its deadline all the same. */
static void cancelled_and_forgotten(struct kunit *test)
{
	struct accept_pair *p = pair(test);

	accept_run_legs(p, 2);
	cssp_context_cancel(p->server.ctx);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&p->server.ctx->expire));
}

static void wait_for_death(struct kunit *test, struct credssp_context *ctx)
{
	int left;

	for (left = LONG_MS; left && READ_ONCE(ctx->state) != CSSP_CONTEXT_DEAD; left -= 20)
		msleep(20);
	KUNIT_EXPECT_GT(test, left, 0);
}

/* A server that forgets its context: it dies at the deadline, and another exchange lives. */
static void forgotten_by_its_server(struct kunit *test)
{
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	struct accept_pair *p = pair(test);
	struct credssp_context *ctx;

	KUNIT_ASSERT_EQ(test, cssp_context_create(&ctx, p->server.cred, &p->server.cred->who), 0);
	cssp_context_prepare(ctx, SOON_MS);
	p->server.ctx = ctx;
	accept_server_leg(p, &hello);
	KUNIT_ASSERT_EQ(test, p->server.ret, -EAGAIN);
	wait_for_death(test, ctx);
	KUNIT_EXPECT_NULL(test, ctx->unproven);
	KUNIT_EXPECT_NULL(test, ctx->channel);
	KUNIT_EXPECT_EQ(test, accept_verdict(p)->v.reason, CREDSSP_REASON_TIMEOUT);
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, CSSP_E_HANDLE);
}

/* The deadline of the exchange is none for what it has established. */
static void established_in_time(struct kunit *test)
{
	struct accept_pair *p = pair(test);

	KUNIT_ASSERT_EQ(test, cssp_context_create(&p->server.ctx, p->server.cred,
						  &p->server.cred->who), 0);
	cssp_context_prepare(p->server.ctx, 3000);
	accept_establish(p);
	msleep(3500);
	KUNIT_EXPECT_EQ(test, p->server.ctx->state, CSSP_CONTEXT_ESTABLISHED);
}

/* ---- credentials ---- */

static const struct cred_row {
	const char *name;
	struct cssp_cred_params params;
	const char *user, *domain, *password;
	int ret;
} cred_rows[] = {
	{ "plain", {}, "", "", "", 0 },
	{ "a domain", {}, "", "CORP", "", 0 },
	{ "a user", {}, "alice", "", "", CSSP_E_PARAMETER },
	{ "a password", {}, "", "", "x", CSSP_E_PARAMETER },
	{ "a certificate", { .cert = { (u8 *)"server", 6 } }, "", "", "", 0 },
	{ "a certificate that is a path", { .cert = { (u8 *)"../x", 4 } }, "", "", "",
	  CSSP_E_PARAMETER },
	{ "a certificate for NTLM alone", { .package = CREDSSP_PACKAGE_NTLM,
	  .cert = { (u8 *)"server", 6 } }, "", "", "", CSSP_E_UNSUPPORTED },
	{ "a realm", { .realm = { (u8 *)"R", 1 } }, "", "", "", CSSP_E_PARAMETER },
	{ "a keytab", { .ticket_source = CREDSSP_TICKETS_KEYTAB,
	  .tickets = { (u8 *)"FILE:/k", 7 } }, "", "", "", 0 },
	{ "the default keytab", { .ticket_source = CREDSSP_TICKETS_KEYTAB }, "", "", "", 0 },
	{ "a cache", { .ticket_source = CREDSSP_TICKETS_CCACHE, .tickets = { (u8 *)"FILE:/k", 7 } },
	  "", "", "", CSSP_E_PARAMETER },
	{ "a keytab without its source", { .tickets = { (u8 *)"FILE:/k", 7 } }, "", "", "",
	  CSSP_E_PARAMETER },
	{ "user-to-user", { .user_to_user = true }, "", "", "", CSSP_E_PARAMETER },
	{ "one way", { .package = CREDSSP_PACKAGE_KERBEROS, .one_way = true }, "", "", "",
	  CSSP_E_PARAMETER },
	{ "version 1", { .min_version = 1 }, "", "", "", CSSP_E_PARAMETER },
	{ "version 7", { .max_version = 7 }, "", "", "", CSSP_E_PARAMETER },
	{ "no version", { .min_version = 6, .max_version = 5 }, "", "", "", CSSP_E_PARAMETER },
	{ "both uses", { .use = SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND }, "", "", "",
	  CSSP_E_UNSUPPORTED },
};

static void cred_name(const struct cred_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(creds, cred_rows, cred_name);

static void credentials_of_an_acceptor(struct kunit *test)
{
	const struct cred_row *row = test->param_value;
	struct cssp_cred_params params = row->params;
	struct credssp_cred *cred = NULL;

	if (!params.use)
		params.use = SECPKG_CRED_INBOUND;
	KUNIT_EXPECT_EQ(test, row->ret, accept_pair_acquire(&params, row->user, row->domain,
							    row->password, &cred));
	KUNIT_EXPECT_EQ(test, !row->ret, !!cred);
	cssp_cred_put(cred);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_other_sides_call),
	KUNIT_CASE(the_other_sides_credential),
	KUNIT_CASE(the_other_sides_certificate),
	KUNIT_CASE_PARAM(arguments_of_a_first_call, arguments_gen_params),
	KUNIT_CASE(a_mapped_address),
	KUNIT_CASE(later_options),
	KUNIT_CASE(garbage_instead_of_tls),
	KUNIT_CASE(a_silent_client),
	KUNIT_CASE(a_client_that_closes),
	KUNIT_CASE(a_silent_helper),
	KUNIT_CASE(a_helper_that_dies),
	KUNIT_CASE(cancelled_in_the_logon),
	KUNIT_CASE(the_bound_on_time),
	KUNIT_CASE(the_bound_without_tls),
	KUNIT_CASE(the_bound_after_the_handshake),
	KUNIT_CASE(the_bound_on_number),
	KUNIT_CASE(deleted_in_the_middle),
	KUNIT_CASE(an_alert_of_the_helper),
	KUNIT_CASE(dropped_in_the_middle),
	KUNIT_CASE(cancelled_and_forgotten),
	KUNIT_CASE(forgotten_by_its_server),
	KUNIT_CASE_SLOW(established_in_time),
	KUNIT_CASE_PARAM(credentials_of_an_acceptor, creds_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_core_exchange_accept_wrong",
	.suite_init = tls_suite_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
