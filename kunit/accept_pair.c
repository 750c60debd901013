// SPDX-License-Identifier: GPL-2.0-only
/* Both sides of an exchange of contexts, and their helper. */
#include "accept_pair.h"

#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/pid_namespace.h>

#include "base/status.h"
#include "core/context_impl.h"

#define LONG_MS		60000	/* more than any test takes */
#define POLL_MS		1
#define LEGS_MAX	16

static bool starts_with(const struct cssp_rd *rd, const struct cssp_rd *with)
{
	return rd->left >= with->left && !memcmp(rd->p, with->p, with->left);
}

/* @wire, and with @keys the end of the handshake, after @consumed bytes */
static void pair_tls_reply(struct accept_pair *p, struct cssp_vbuf *out, const char *wire,
			   size_t consumed, bool keys, bool server)
{
	struct credssp_hlp_tls_reply head = { .state = CREDSSP_HLP_TLS_CONTINUE };
	struct cssp_rd chain = keys ? tls_chain(p->test) : (struct cssp_rd){};
	struct cssp_rd rd = test_hex(p->test, wire);

	if (keys)
		tls_reply(&head, TLS_13_AES128, server);
	head.consumed = consumed;
	head.wire_length = rd.left;
	head.chain_length = chain.left;
	KUNIT_EXPECT_EQ(p->test, 0, cssp_vbuf_append(out, &head, sizeof(head)) ?:
			cssp_vbuf_append(out, rd.p, rd.left) ?:
			cssp_vbuf_append(out, chain.p, chain.left));
}

/* What the peer's records say decides; a handshake of one side is like any other. */
static void pair_tls_step(struct accept_pair *p, const struct cssp_rd *in, struct cssp_vbuf *out)
{
	const struct cssp_rd hello = test_hex(p->test, TLS_HELLO);
	const struct cssp_rd finish = test_hex(p->test, TLS_FINISH);
	const struct cssp_rd first = test_hex(p->test, TLS_REPLY1);
	const struct cssp_rd both = test_hex(p->test, TLS_REPLY1 TLS_REPLY2);
	const struct cssp_rd second = test_hex(p->test, TLS_REPLY2);

	if (starts_with(in, &hello))
		pair_tls_reply(p, out, TLS_REPLY1 TLS_REPLY2, hello.left, false, true);
	else if (starts_with(in, &finish))
		pair_tls_reply(p, out, "", finish.left, true, true);
	else if (starts_with(in, &both))
		pair_tls_reply(p, out, TLS_FINISH, both.left, true, false);
	else if (starts_with(in, &second))
		pair_tls_reply(p, out, TLS_FINISH, second.left, true, false);
	else if (starts_with(in, &first))
		pair_tls_reply(p, out, "", first.left, false, false);
	else
		KUNIT_FAIL(p->test, "the helper gets unknown records");
}

static void pair_logon(struct accept_pair *p, const struct cssp_rd *in, struct cssp_vbuf *out)
{
	p->logon.open = true;
	KUNIT_EXPECT_EQ(p->test, 0,
			ntlm_acc_helper_ops.call((struct cssp_conv *)&p->logon,
						 CREDSSP_HLP_NTLM_LOGON, in, out, NULL));
	p->logon.open = false;
}

/* There is no Kerberos. */
static void pair_krb5(struct accept_pair *p, struct cssp_vbuf *out)
{
	const struct credssp_hlp_krb5_reply head = {
		.state = CREDSSP_HLP_KRB5_FAILED,
		.failure = CREDSSP_HLP_KRB5_FAIL_NO_REALM,
	};

	KUNIT_EXPECT_EQ(p->test, 0, cssp_vbuf_append(out, &head, sizeof(head)));
}

static void pair_answer(struct accept_pair *p, const struct credssp_hlp_header *request,
			const struct cssp_rd *in)
{
	struct credssp_hlp_header hdr = *request;
	struct cssp_vbuf out = {};

	switch (request->opcode) {
	case CREDSSP_HLP_TLS_START:
		pair_tls_reply(p, &out, TLS_HELLO, 0, false, false);
		break;
	case CREDSSP_HLP_TLS_ACCEPT:
		pair_tls_reply(p, &out, "", 0, false, true);
		break;
	case CREDSSP_HLP_TLS_STEP:
		pair_tls_step(p, in, &out);
		break;
	case CREDSSP_HLP_KRB5_INIT:
		pair_krb5(p, &out);
		break;
	case CREDSSP_HLP_NTLM_LOGON:
		pair_logon(p, in, &out);
		break;
	default:
		return;
	}
	hdr.length = sizeof(hdr) + out.len;
	hdr.uid = 0;
	hdr.pid = 0;
	hdr.owner = 0;
	hdr.flags = 0;
	KUNIT_EXPECT_EQ(p->test, cssp_helper_reply(p->helper, &hdr, &out), 0);
	cssp_vbuf_free(&out);
}

static void pair_serve(struct accept_pair *p, const struct cssp_request *req)
{
	struct cssp_rd rd = cssp_vbuf_rd(&req->message);
	struct credssp_hlp_header hdr;

	if (cssp_rd_copy(&rd, &hdr, sizeof(hdr))) {
		KUNIT_FAIL(p->test, "a request without a header");
		return;
	}
	if (p->mute && hdr.opcode == READ_ONCE(p->mute))
		atomic_inc(&p->seen);
	else
		pair_answer(p, &hdr, &rd);
}

static int pair_daemon(void *data)
{
	struct accept_pair *p = data;
	struct cssp_request *req;

	while (!kthread_should_stop()) {
		if (cssp_helper_take(p->helper, CREDSSP_HLP_MAX_MESSAGE, &req)) {
			msleep(POLL_MS);
			continue;
		}
		/* The waiter may go away once it has its answer. */
		kref_get(&req->ref);
		cssp_helper_taken(p->helper, req, true);
		pair_serve(p, req);
		cssp_request_put(req);
	}
	return 0;
}

static void helper_kill(void *data)
{
	struct accept_pair *p = data;

	if (!p->killed)
		cssp_helper_kill(p->helper);
	cssp_helper_put(p->helper);
}

/* The thread goes on with an object that is dead. */
void accept_pair_kill_helper(struct accept_pair *p)
{
	p->killed = true;
	cssp_helper_kill(p->helper);
}

void accept_pair_await_mute(struct accept_pair *p)
{
	int left;

	for (left = LONG_MS; left && !atomic_read(&p->seen); left -= 20)
		msleep(POLL_MS);
	KUNIT_ASSERT_GT(p->test, left, 0);
}

static void pair_free(void *data)
{
	struct accept_pair *p = data;

	cssp_context_put(p->client.ctx);
	cssp_context_put(p->server.ctx);
	cssp_cred_put(p->client.cred);
	cssp_cred_put(p->server.cred);
}

int accept_pair_acquire(struct cssp_cred_params *params, const char *user, const char *domain,
			const char *password, struct credssp_cred **cred)
{
	struct cssp_identity id = {};
	struct cssp_requester who;
	int ret;

	ret = ntlm_server_identity(&id, user, domain, password);
	if (ret)
		return ret;
	cssp_requester_pin(&who, current_cred(), &init_net);
	params->who = &who;
	params->id = &id;
	ret = cssp_cred_create(cred, params);
	cssp_requester_drop(&who);
	ntlm_server_identity_free(&id);
	return ret;
}

struct accept_pair *accept_pair_new(struct kunit *test, u32 package, const char *password)
{
	struct accept_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct cssp_cred_params client = {
		.use = SECPKG_CRED_OUTBOUND, .package = package,
		.mechs = package == CREDSSP_PACKAGE_CREDSSP ? CREDSSP_MECH_NTLM : 0,
	};
	struct cssp_cred_params server = { .use = SECPKG_CRED_INBOUND, .package = package };

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->test = test;
	p->logon.test = test;
	p->logon.account = new_identity(test, NTLM_ACC_USER, "", NTLM_ACC_PASSWORD);
	p->logon.name = NTLM_ACC_NAME;
	p->logon.crypto = new_crypto(test);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_vbuf_action,
							   &p->logon.request));
	KUNIT_ASSERT_EQ(test, 0, cssp_helper_create(&p->helper, &init_net, current_cred(),
						    &init_pid_ns));
	kref_get(&p->helper->ref);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, helper_kill, p));
	tls_thread(test, pair_daemon, p);
	p->client.out = new_vbuf(test);
	p->server.out = new_vbuf(test);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, pair_free, p));
	KUNIT_ASSERT_EQ(test, 0, accept_pair_acquire(&client, NTLM_ACC_USER, NTLM_ACC_DOMAIN,
						     password, &p->client.cred));
	KUNIT_ASSERT_EQ(test, 0, accept_pair_acquire(&server, "", "", "", &p->server.cred));
	p->client.req = package == CREDSSP_PACKAGE_CREDSSP ? ACCEPT_CLIENT_REQ : 0;
	p->server.req = package == CREDSSP_PACKAGE_CREDSSP ? ACCEPT_SERVER_REQ : 0;
	return p;
}

/* One call of either side, as its door makes it. */
static void side_call(struct accept_pair *p, struct accept_side *s, const struct cssp_asc *asc,
		      const struct cssp_rd *in)
{
	bool tls = cssp_package(s->cred->package)->tls;
	struct credssp_buffer input[3] = {}, output = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 0, input };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &output };
	struct cssp_isc_call call = {
		.asc = asc,
		.cred = s->cred,
		.who = &s->cred->who,
		.keep_key = true,
		.context = s->ctx,
		.data_rep = SECURITY_NATIVE_DREP,
		.input = &in_desc,
		.output = &out_desc,
		.isc.context_req = s->req,
	};

	if (in) {
		input[in_desc.count++] = (struct credssp_buffer){ SECBUFFER_TOKEN, in->left,
								  (void *)in->p };
		if (tls)
			input[in_desc.count++].type = SECBUFFER_EMPTY;
	}
	if (s->bindings.left && !s->ctx)
		input[in_desc.count++] = (struct credssp_buffer){
			SECBUFFER_CHANNEL_BINDINGS, s->bindings.left, (void *)s->bindings.p };
	if (s->room) {
		output.length = s->room;
		output.data = test_room(p->test, s->room);
	} else {
		call.isc.context_req |= ISC_REQ_ALLOCATE_MEMORY;
	}
	if (!asc)
		call.isc.target = test_str("TERMSRV/host");
	s->ret = cssp_isc_call(&call);
	cssp_isc_place_output(&call, s->ret);
	if (call.new_context)
		s->ctx = call.new_context;
	s->answer = call.isc.answer;
	s->missing = call.isc.missing;
	s->extra = call.isc.extra;
	s->needed = call.isc.needed;
	s->attr = call.isc.attr;
	s->reason = call.reason;
	cssp_vbuf_move(s->out, &call.isc.token);
}

void accept_client_leg(struct accept_pair *p, const struct cssp_rd *in)
{
	side_call(p, &p->client, NULL, in);
}

void accept_server_leg(struct accept_pair *p, const struct cssp_rd *in)
{
	const struct cssp_asc asc = { .flags = p->server.flags, .peer = p->peer };

	side_call(p, &p->server, &asc, in);
}

void accept_run_legs(struct accept_pair *p, int legs)
{
	const struct cssp_rd none = cssp_rd_of("", 0);
	struct cssp_rd rd;

	p->server.ret = -EAGAIN;
	/* A later exchange begins with an empty token. */
	accept_client_leg(p, p->client.ctx ? &none : NULL);
	while (p->client.out->len && p->server.ret == -EAGAIN && legs--) {
		rd = cssp_vbuf_rd(p->client.out);
		rd = test_copy(p->test, &rd);
		accept_server_leg(p, &rd);
		if (!p->server.out->len || p->client.ret != -EAGAIN)
			break;
		rd = cssp_vbuf_rd(p->server.out);
		rd = test_copy(p->test, &rd);
		accept_client_leg(p, &rd);
	}
}

void accept_run(struct accept_pair *p)
{
	accept_run_legs(p, LEGS_MAX);
}

void accept_establish(struct accept_pair *p)
{
	accept_run(p);
	KUNIT_ASSERT_EQ(p->test, p->server.ret, 0);
	KUNIT_ASSERT_EQ(p->test, p->client.ret, 0);
}

/* The client's half of an exchange on a connection */
struct accept_thread {
	struct accept_pair *pair;
	struct cssp_authenticate auth;
	struct completion done;
};

static int client_thread(void *data)
{
	struct accept_thread *t = data;

	t->pair->client.ret = cssp_authenticate(&t->auth);
	complete(&t->done);
	while (!kthread_should_stop())
		msleep(POLL_MS);
	return 0;
}

static void authenticate_free(void *data)
{
	cssp_authenticate_free(data);
}

void accept_say_hello(struct accept_pair *p, struct cssp_loopback *lo)
{
	struct cssp_rd hello = test_hex(p->test, TLS_HELLO);
	struct cssp_patience patience;
	struct cssp_wait wait;

	cssp_wait_init(&wait);
	cssp_wait_start(&wait, LONG_MS);
	patience = cssp_patience_of(&wait, MS(LONG_MS));
	KUNIT_ASSERT_EQ(p->test, cssp_sock_send(lo->raw, hello.p, hello.left, &patience), 0);
}

struct accept_thread *accept_client_begin(struct accept_pair *p, struct cssp_loopback *lo)
{
	struct accept_thread *t = kunit_kzalloc(p->test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(p->test, t);
	KUNIT_ASSERT_EQ(p->test, 0,
			kunit_add_action_or_reset(p->test, authenticate_free, &t->auth));
	init_completion(&t->done);
	t->pair = p;
	t->auth = (struct cssp_authenticate){
		.cred = p->client.cred,
		.who = &p->client.cred->who,
		.sock = lo->raw,
		.target = test_str("TERMSRV/host"),
		.context_req = p->client.req,
		.flags = p->server.flags & CREDSSP_ACCEPT_EARLY_AUTH ? CREDSSP_AUTH_EARLY_AUTH : 0,
		.timeout_ms = LONG_MS,
	};
	tls_thread(p->test, client_thread, t);
	return t;
}

void accept_client_end(struct accept_thread *t)
{
	wait_for_completion(&t->done);
	t->pair->client.attr = t->auth.attr;
	t->pair->client.reason = t->auth.report.reason;
}

void accept_run_sockets(struct accept_pair *p, struct cssp_loopback *lo, u32 timeout_ms)
{
	struct accept_thread *t = accept_client_begin(p, lo);
	struct cssp_authenticate auth = {
		.accept = true,
		.cred = p->server.cred,
		.who = &p->server.cred->who,
		.sock = lo->tls,
		.context_req = p->server.req,
		.flags = p->server.flags,
		.timeout_ms = timeout_ms,
	};

	p->server.ret = cssp_authenticate_begin(&auth, &p->server.ctx);
	KUNIT_ASSERT_EQ(p->test, p->server.ret, 0);
	cssp_context_keep_key(p->server.ctx);
	p->server.ret = cssp_authenticate_finish(&auth, p->server.ctx);
	p->server.attr = auth.attr;
	cssp_authenticate_free(&auth);
	accept_client_end(t);
}

struct credssp_report accept_report(struct accept_pair *p)
{
	struct credssp_report report = {};

	KUNIT_EXPECT_EQ(p->test, cssp_context_report(p->server.ctx, &report), 0);
	return report;
}

struct cssp_verdict *accept_verdict(struct accept_pair *p)
{
	return &p->server.ctx->verdict;
}
