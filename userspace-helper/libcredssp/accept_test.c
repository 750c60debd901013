// SPDX-License-Identifier: GPL-2.0-only
/* Acceptors: AcceptSecurityContext, verdicts and delegated credentials. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fake_device.h"
#include "test.h"
#include "words_test.h"

/* One call of ASC: the buffers as they come back. */
struct asc {
	struct credssp_buffer in[2];
	struct credssp_buffer out;
	uint64_t context;
	uint32_t attr;
	struct credssp_timestamp expiry;
	struct credssp_accept_options options;
};

static struct asc call_of(void *token, uint32_t length)
{
	return (struct asc){
		.in = { { SECBUFFER_TOKEN, length, token }, { SECBUFFER_EMPTY, 0, NULL } },
		.out = { SECBUFFER_TOKEN, 0, NULL },
	};
}

static int32_t call_asc(struct asc *c, uint32_t req)
{
	static const uint64_t cred = 5;
	struct credssp_buffer_desc in = { SECBUFFER_VERSION, 2, c->in };
	struct credssp_buffer_desc out = { SECBUFFER_VERSION, 1, &c->out };

	return credssp_accept_security_context(&fake, &cred, c->context ? &c->context : NULL,
					       &in, req, SECURITY_NATIVE_DREP, &c->context,
					       &out, &c->attr, &c->expiry, &c->options);
}

static void test_first(void)
{
	char wire[50];
	struct asc c = call_of(wire, sizeof(wire));

	reset();
	device.make = 300;
	device.status = SEC_I_CONTINUE_NEEDED;
	c.options.flags = CREDSSP_ACCEPT_EARLY_AUTH;
	c.options.peer.family = 2;
	c.options.peer.port = 3389;
	CHECK(call_asc(&c, ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR) ==
	      SEC_I_CONTINUE_NEEDED);
	CHECK(device.calls == 1 && device.seen_in[0] == 50);
	CHECK(device.seen_req == ASC_REQ_EXTENDED_ERROR);
	CHECK(device.seen_accept.flags == CREDSSP_ACCEPT_EARLY_AUTH);
	CHECK(device.seen_accept.peer.family == 2 && device.seen_accept.peer.port == 3389);
	CHECK(device.seen_accept.cred == 5 && !device.seen_accept.context);
	CHECK(c.attr == (ASC_RET_ALLOCATED_MEMORY | ASC_RET_STREAM));
	CHECK(c.context == DEVICE_CONTEXT && c.out.length == 300 && c.out.data);
	CHECK(c.expiry.utc == INT64_MAX);
	credssp_free_context_buffer(c.out.data);
}

/*
 * An acceptor's first call keeps its token: the second attempt asks for it on the context,
 * and does not pass the client's token again.
 */
static void test_retry(void)
{
	char wire[50];
	struct asc c = call_of(wire, sizeof(wire));

	reset();
	device.make = 9000;
	CHECK(call_asc(&c, ASC_REQ_ALLOCATE_MEMORY) == SEC_E_OK);
	CHECK(device.calls == 2 && device.seen_in[0] == 50 && device.seen_in[1] == 0);
	CHECK(device.seen_accept.context == DEVICE_CONTEXT);
	CHECK(c.context == DEVICE_CONTEXT && c.out.length == 9000);
	CHECK(c.in[0].length == 50 && c.in[0].data == wire);
	credssp_free_context_buffer(c.out.data);

	/* with memory of the caller it is the caller who asks again */
	c = call_of(wire, sizeof(wire));
	reset();
	c.out.data = wire;
	c.out.length = 10;
	device.make = 11;
	CHECK(call_asc(&c, 0) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(device.calls == 1 && c.out.length == 11 && c.context == DEVICE_CONTEXT);
}

/* A call that fails may have a token for the client. */
static void test_failure(void)
{
	char wire[50];
	struct asc c = call_of(wire, sizeof(wire));

	reset();
	device.make = 40;
	device.status = SEC_E_LOGON_DENIED;
	device.reason = CREDSSP_REASON_LOGON;
	CHECK(call_asc(&c, ASC_REQ_ALLOCATE_MEMORY) == SEC_E_LOGON_DENIED);
	CHECK(c.context == DEVICE_CONTEXT && c.out.length == 40 && c.out.data);
	CHECK(credssp_last_reason() == CREDSSP_REASON_LOGON);
	credssp_free_context_buffer(c.out.data);

	c = call_of(wire, sizeof(wire));
	reset();
	device.status = SEC_E_INCOMPLETE_MESSAGE;
	device.missing = 7;
	CHECK(call_asc(&c, ASC_REQ_ALLOCATE_MEMORY) == SEC_E_INCOMPLETE_MESSAGE);
	CHECK(c.in[1].type == SECBUFFER_MISSING && c.in[1].length == 7);
	CHECK(!c.context && !c.out.data && !c.out.length);
}

static void test_parameters(void)
{
	static const uint64_t cred = 5, context = 77;
	uint64_t other = 78;
	uint32_t attr;

	reset();
	CHECK(credssp_accept_security_context(&fake, &cred, NULL, NULL, 0, 0, NULL, NULL, &attr,
					      NULL, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_accept_security_context(&fake, &cred, &context, NULL, 0, 0, &other, NULL,
					      &attr, NULL, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_accept_security_context(&fake, &cred, &context, NULL, 0, 0, NULL, NULL,
					      NULL, NULL, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(!device.calls);
}

static void test_socket(void)
{
	struct credssp_accept_result result;

	reset();
	CHECK(credssp_accept_socket(&fake, 5, 3, ASC_REQ_DELEGATE,
				    CREDSSP_ACCEPT_RESTRICTED_ADMIN, 1000, &result) == SEC_E_OK);
	CHECK(device.seen_socket.cred == 5 && device.seen_socket.fd == 3);
	CHECK(device.seen_socket.context_req == ASC_REQ_DELEGATE);
	CHECK(device.seen_socket.flags == CREDSSP_ACCEPT_RESTRICTED_ADMIN);
	CHECK(device.seen_socket.timeout_ms == 1000);
	CHECK(result.context == DEVICE_CONTEXT && result.context_attr == ASC_RET_DELEGATE);
	CHECK(result.report.delegated == CREDSSP_DELEGATED_PASSWORD);
	CHECK(result.expiry.utc == INT64_MAX);
	/* the context of a failure has the verdict */
	device.status = SEC_E_LOGON_DENIED;
	CHECK(credssp_accept_socket(&fake, 5, 3, 0, 0, 0, &result) == SEC_E_LOGON_DENIED);
	CHECK(result.context == DEVICE_CONTEXT);
	device.status = SEC_E_INVALID_PARAMETER;
	CHECK(credssp_accept_socket(&fake, 5, -1, 0, 0, 0, &result) == SEC_E_INVALID_PARAMETER);
	CHECK(!result.context);
	CHECK(credssp_accept_socket(&fake, 5, 3, 0, 0, 0, NULL) == SEC_E_INVALID_PARAMETER);
}

/* A verdict with the strings "a", "b" and "", and one mistake at a time. */
static void test_verdict(void)
{
	struct {
		struct credssp_verdict v;
		char text[5];
	} made, wrong;
	const uint32_t text = offsetof(__typeof__(made), text);
	struct credssp_verdict *v;

	memset(&made, 0, sizeof(made));
	memcpy(made.text, "a\0b\0", 5);
	made.v.account_offset = text;
	made.v.account_length = 1;
	made.v.user_offset = text + 2;
	made.v.user_length = 1;
	made.v.workstation_offset = text + 4;
	reset();
	device.make = text + 5;
	device.attribute = &made;
	CHECK(credssp_query_verdict(&fake, 77, &v) == SEC_E_OK);
	CHECK(v && !strcmp((char *)v + v->account_offset, "a"));
	CHECK(v && !strcmp((char *)v + v->user_offset, "b"));
	credssp_free_context_buffer(v);

	device.attribute = &wrong;
	wrong = made;
	wrong.v.workstation_offset = text + 5;
	CHECK(credssp_query_verdict(&fake, 77, &v) == SEC_E_INTERNAL_ERROR && !v);
	wrong = made;
	wrong.v.user_length = UINT32_MAX;
	CHECK(credssp_query_verdict(&fake, 77, &v) == SEC_E_INTERNAL_ERROR && !v);
	wrong = made;
	wrong.v.account_length = 2;
	CHECK(credssp_query_verdict(&fake, 77, &v) == SEC_E_INTERNAL_ERROR && !v);
	device.make = sizeof(struct credssp_verdict) - 1;
	CHECK(credssp_query_verdict(&fake, 77, &v) == SEC_E_INTERNAL_ERROR && !v);
	device.status = SEC_E_UNSUPPORTED_FUNCTION;
	CHECK(credssp_query_verdict(&fake, 77, &v) == SEC_E_UNSUPPORTED_FUNCTION && !v);
	CHECK(credssp_query_verdict(&fake, 77, NULL) == SEC_E_INVALID_PARAMETER);
}

static void test_deliver(void)
{
	int32_t key = 1;

	reset();
	CHECK(credssp_deliver_delegated(&fake, 77, -3, CREDSSP_DELEGATED_AS_CIFS, "srv", 60,
					&key) == SEC_E_OK);
	CHECK(key == 4711 && !strcmp(device.seen_target, "srv"));
	CHECK(device.seen_delegated.keyring == -3 && device.seen_delegated.context == 77);
	CHECK(device.seen_delegated.form == CREDSSP_DELEGATED_AS_CIFS);
	CHECK(device.seen_delegated.lifetime == 60);
	device.status = SEC_E_NO_CREDENTIALS;
	CHECK(credssp_deliver_delegated(&fake, 77, -3, 0, NULL, 60, &key) ==
	      SEC_E_NO_CREDENTIALS);
	CHECK(!key && !device.seen_delegated.name_length && !device.seen_delegated.name);
	CHECK(credssp_deliver_delegated(&fake, 77, -3, 0, NULL, 60, NULL) ==
	      SEC_E_INVALID_PARAMETER);
}

void test_accept(void)
{
	test_first();
	test_retry();
	test_failure();
	test_parameters();
	test_socket();
	test_verdict();
	test_deliver();
}
