// SPDX-License-Identifier: GPL-2.0-only
/* Exchanges, messages and attributes of libcredssp-sspi, in the way in which FreeRDP calls them. */
#include <stdlib.h>
#include <string.h>

#include "sspi_test.h"

#define FREERDP2_ISC	(ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | SSPI_REQ_USE_SESSION_KEY)
#define FREERDP2_ASC							\
	(ASC_REQ_MUTUAL_AUTH | ASC_REQ_CONFIDENTIALITY | ASC_REQ_CONNECTION |	\
	 SSPI_REQ_USE_SESSION_KEY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | \
	 ASC_REQ_EXTENDED_ERROR)

/* One call, and the buffers as it leaves them */
struct call {
	struct sspi_handle cred;
	struct sspi_handle context;
	struct sspi_buffer in[2];
	struct sspi_buffer_desc input;
	struct sspi_buffer out;
	struct sspi_buffer_desc output;
	char room[400];
	uint32_t attr;
	struct sspi_time expiry;
};

/* Its own pointers are into it: it must not be copied. */
static void call_set(struct call *c, void *token, uint32_t length)
{
	c->in[0] = (struct sspi_buffer){ length, SECBUFFER_TOKEN, token };
	c->input = (struct sspi_buffer_desc){ SECBUFFER_VERSION, 1, c->in };
	c->out = (struct sspi_buffer){ sizeof(c->room), SECBUFFER_TOKEN, c->room };
	c->output = (struct sspi_buffer_desc){ SECBUFFER_VERSION, 1, &c->out };
}

static int32_t isc(struct call *c, int first, uint32_t req)
{
	return tables[SSPI_A]->initialize(&c->cred, first ? NULL : &c->context, "TERMSRV/host",
					  req, 0, SECURITY_NATIVE_DREP,
					  c->input.count ? &c->input : NULL, 0, &c->context,
					  &c->output, &c->attr, &c->expiry);
}

static int32_t asc(struct call *c, int first, uint32_t req)
{
	return tables[SSPI_A]->accept(&c->cred, first ? NULL : &c->context, &c->input, req,
				      SECURITY_NATIVE_DREP, &c->context, &c->output, &c->attr,
				      &c->expiry);
}

static void test_freerdp2_client(void)
{
	struct call c = { 0 };
	struct sspi_handle before;
	char token[30];

	reset();
	c.cred = cred_of("Negotiate", SECPKG_CRED_OUTBOUND);
	call_set(&c, NULL, 0);
	c.input.count = 0;
	device.calls = 0;
	device.make = 100;
	device.status = SEC_I_CONTINUE_NEEDED;
	CHECK(isc(&c, 1, FREERDP2_ISC) == SEC_I_CONTINUE_NEEDED);
	CHECK(device.seen_req == (ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY));
	CHECK(device.seen_in[0] == UINT32_MAX && !strcmp(device.seen_target, "TERMSRV/host"));
	CHECK(c.out.length == 100 && c.room[0] == 'T' && c.room[99] == 'T');
	CHECK(c.attr == ISC_RET_STREAM && c.expiry.high == INT32_MAX);
	before = c.context;
	call_set(&c, token, sizeof(token));
	device.status = SEC_E_OK;
	device.make = 0;
	CHECK(isc(&c, 0, FREERDP2_ISC) == SEC_E_OK);
	CHECK(device.seen_in[1] == 30 && !c.out.length);
	CHECK(!memcmp(&before, &c.context, sizeof(before)));
	/* The credential is freed first. */
	CHECK(tables[SSPI_A]->free_cred(&c.cred) == SEC_E_OK);
	CHECK(tables[SSPI_A]->delete_context(&c.context) == SEC_E_OK && device.deleted == 1);
	CHECK(tables[SSPI_A]->delete_context(&c.context) == SEC_E_INVALID_HANDLE);
}

/*
 * FreeRDP 3 begins with an empty buffer, repeats its channel bindings, and passes the
 * attributes of the last call as flags of the next one.
 */
static void test_freerdp3_client(void)
{
	struct credssp_channel_bindings bindings = { 0 };
	struct call c = { 0 };
	char token[30];

	reset();
	c.cred = cred_of("Negotiate", SECPKG_CRED_OUTBOUND);
	call_set(&c, NULL, 0);
	c.in[0].type = SECBUFFER_EMPTY;
	c.in[1] = (struct sspi_buffer){ sizeof(bindings), SECBUFFER_CHANNEL_BINDINGS, &bindings };
	c.input.count = 2;
	device.calls = 0;
	device.status = SEC_I_CONTINUE_NEEDED;
	CHECK(isc(&c, 1, FREERDP2_ISC) == SEC_I_CONTINUE_NEEDED);
	CHECK(device.seen_in[0] == sizeof(bindings));
	call_set(&c, token, sizeof(token));
	c.in[1] = (struct sspi_buffer){ sizeof(bindings), SECBUFFER_CHANNEL_BINDINGS, &bindings };
	c.input.count = 2;
	CHECK(isc(&c, 0, c.attr | 0x00100000) == SEC_I_CONTINUE_NEEDED);
	CHECK(device.seen_in[1] == 30);
	CHECK(device.seen_req == (ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY));
	CHECK(tables[SSPI_A]->delete_context(&c.context) == SEC_E_OK);
	CHECK(tables[SSPI_A]->free_cred(&c.cred) == SEC_E_OK);
}

static void test_allocated(void)
{
	struct call c = { 0 };

	reset();
	c.cred = cred_of("NTLM", SECPKG_CRED_OUTBOUND);
	call_set(&c, NULL, 0);
	c.input.count = 0;
	c.out.data = NULL;
	c.out.length = 0;
	device.make = 300;
	device.status = SEC_I_CONTINUE_NEEDED;
	CHECK(isc(&c, 1, ISC_REQ_ALLOCATE_MEMORY) == SEC_I_CONTINUE_NEEDED);
	CHECK(c.out.length == 300 && c.out.data && c.attr & ISC_RET_ALLOCATED_MEMORY);
	tables[SSPI_A]->free_buffer(c.out.data);
	tables[SSPI_A]->delete_context(&c.context);
	tables[SSPI_A]->free_cred(&c.cred);
}

/* What a failing call leaves in the output is not sent. */
static void test_refused_calls(void)
{
	static const uint32_t flags[] = {
		0x200, 0x400, 0x40000, 0x800000, 0x40, ISC_REQ_USE_SUPPLIED_CREDS,
	};
	struct call c = { 0 };
	size_t i;

	reset();
	c.cred = cred_of("NTLM", SECPKG_CRED_OUTBOUND);
	device.calls = 0;
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		call_set(&c, NULL, 0);
		CHECK(isc(&c, 1, flags[i]) == SEC_E_UNSUPPORTED_FUNCTION && !c.out.length);
	}
	call_set(&c, NULL, 0);
	CHECK(asc(&c, 1, 0) == SEC_E_NO_CREDENTIALS && !c.out.length);
	call_set(&c, NULL, 0);
	c.output.count = 0;
	CHECK(isc(&c, 1, 0) == SEC_E_INVALID_PARAMETER);
	call_set(&c, NULL, 0);
	c.output.buffers = NULL;
	CHECK(isc(&c, 1, 0) == SEC_E_INVALID_PARAMETER);
	call_set(&c, NULL, 0);
	c.input.count = CREDSSP_MAX_BUFFERS + 1;
	CHECK(isc(&c, 1, 0) == SEC_E_INVALID_PARAMETER);
	call_set(&c, NULL, 0);
	c.output.version = 1;
	CHECK(isc(&c, 1, 0) == SEC_E_INVALID_PARAMETER);
	call_set(&c, NULL, 0);
	CHECK(tables[SSPI_W]->initialize(&c.cred, NULL, (const uint16_t[]){ 0xdc00, 0 }, 0, 0,
					 16, NULL, 0, &c.context, &c.output, &c.attr, NULL) ==
	      SEC_E_TARGET_UNKNOWN);
	call_set(&c, NULL, 0);
	CHECK(tables[SSPI_A]->initialize(&c.cred, NULL, NULL, 0, 0, 16, NULL, 0, NULL, &c.output,
					 &c.attr, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(!device.calls);
	/* Without a place for attributes and expiry the call works. */
	call_set(&c, NULL, 0);
	device.status = SEC_I_CONTINUE_NEEDED;
	CHECK(tables[SSPI_W]->initialize(&c.cred, NULL, u"host", 0, 0, 16, NULL, 0, &c.context,
					 &c.output, NULL, NULL) == SEC_I_CONTINUE_NEEDED);
	CHECK(!strcmp(device.seen_target, "host"));
	/* An initiator's context is no acceptor's. */
	call_set(&c, NULL, 0);
	CHECK(asc(&c, 0, 0) == SEC_E_INVALID_HANDLE);
	/* A first call that fails leaves no context. */
	tables[SSPI_A]->delete_context(&c.context);
	device.deleted = 0;
	call_set(&c, NULL, 0);
	device.status = SEC_E_NO_CREDENTIALS;
	CHECK(isc(&c, 1, 0) == SEC_E_NO_CREDENTIALS && device.deleted == 1);
	CHECK(tables[SSPI_A]->delete_context(&c.context) == SEC_E_INVALID_HANDLE);
	tables[SSPI_A]->free_cred(&c.cred);
}

/* FreeRDP's server, whose clients begin with raw NTLM */
static void test_server(void)
{
	struct call c = { 0 };
	char token[] = "NTLMSSP\0\1\0\0\0";

	reset();
	c.cred = cred_of("Negotiate", SECPKG_CRED_INBOUND);
	call_set(&c, token, sizeof(token));
	device.calls = 0;
	device.make = 200;
	device.status = SEC_I_CONTINUE_NEEDED;
	CHECK(asc(&c, 1, FREERDP2_ASC) == SEC_I_CONTINUE_NEEDED);
	CHECK(device.seen_req == (FREERDP2_ASC & ~SSPI_REQ_USE_SESSION_KEY));
	CHECK(device.seen_in[0] == sizeof(token) && c.out.length == 200);
	CHECK(!device.seen_accept.flags && !device.seen_accept.peer.family);
	call_set(&c, token, sizeof(token));
	device.status = SEC_E_OK;
	device.make = 0;
	CHECK(asc(&c, 0, FREERDP2_ASC) == SEC_E_OK && !c.out.length);
	CHECK(device.seen_accept.context == DEVICE_CONTEXT);
	CHECK(tables[SSPI_A]->impersonate(&c.context) == SEC_E_OK);
	CHECK(tables[SSPI_A]->revert(&c.context) == SEC_E_OK);
	CHECK(tables[SSPI_A]->set_context(&c.context, 1108, token, 0) ==
	      SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(tables[SSPI_A]->apply_control_token(&c.context, NULL) ==
	      SEC_E_UNSUPPORTED_FUNCTION);
	tables[SSPI_A]->delete_context(&c.context);
	/* A refusal's token goes to the caller, the context does not. */
	device.deleted = 0;
	device.make = 20;
	device.status = SEC_E_LOGON_DENIED;
	call_set(&c, token, sizeof(token));
	CHECK(asc(&c, 1, FREERDP2_ASC) == SEC_E_LOGON_DENIED);
	CHECK(c.out.length == 20 && device.deleted == 1);
	/* A token that does not fit keeps it. */
	device.make = 500;
	call_set(&c, token, sizeof(token));
	CHECK(asc(&c, 1, FREERDP2_ASC) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(c.out.length == 500 && device.deleted == 1);
	CHECK(tables[SSPI_A]->delete_context(&c.context) == SEC_E_OK && device.deleted == 2);
	call_set(&c, NULL, 0);
	c.input.count = 0;
	CHECK(asc(&c, 1, FREERDP2_ASC) == SEC_E_INVALID_PARAMETER && !c.out.length);
	tables[SSPI_A]->free_cred(&c.cred);
}

static struct sspi_handle context_of_device(void)
{
	struct sspi_context context = { .handle = DEVICE_CONTEXT };
	struct sspi_handle handle = { 0, 0 };

	CHECK(sspi_context_put(&context, &handle) == SEC_E_OK);
	return handle;
}

/* FreeRDP counts its messages; READONLY and PADDING buffers come from other callers. */
static void test_messages(void)
{
	struct sspi_handle context = context_of_device();
	char signature[80], data[10] = "plaintext", padding[8];
	struct sspi_buffer b[3] = {
		{ sizeof(signature), SECBUFFER_TOKEN, signature },
		{ sizeof(data), SECBUFFER_DATA, data },
		{ sizeof(padding), SECBUFFER_PADDING, padding },
	};
	struct sspi_buffer_desc m = { SECBUFFER_VERSION, 3, b };
	const struct sspi_table *t = tables[SSPI_A];
	uint32_t qop = 5;

	reset();
	device.signature = 16;
	CHECK(t->encrypt(&context, 0, &m, 3) == SEC_E_OK);
	CHECK(b[0].length == 16 && b[1].length == 10 && !b[2].length);
	CHECK(signature[15] == 'S' && memcmp(data, "plaintext", 10));
	CHECK(t->decrypt(&context, &m, 4, &qop) == SEC_E_OK && !qop);
	CHECK(!memcmp(data, "plaintext", 10) && b[1].length == 10);
	b[0].length = sizeof(signature);
	CHECK(t->sign(&context, 0, &m, 5) == SEC_E_OK && b[0].length == 16);
	CHECK(t->verify(&context, &m, 6, NULL) == SEC_E_OK);
	signature[3] = 'X';
	CHECK(t->verify(&context, &m, 6, NULL) == SEC_E_MESSAGE_ALTERED);
	CHECK(t->decrypt(&context, &m, 7, NULL) == SEC_E_MESSAGE_ALTERED);
	b[0].length = 3;
	CHECK(t->encrypt(&context, 0, &m, 8) == SEC_E_BUFFER_TOO_SMALL && b[0].length == 16);
	b[1].type |= SECBUFFER_READONLY;
	CHECK(t->encrypt(&context, 0, &m, 9) == SEC_E_INVALID_PARAMETER);
	/* FreeRDP 2, built for Kerberos, has no TOKEN. */
	m = (struct sspi_buffer_desc){ SECBUFFER_VERSION, 1, b + 1 };
	CHECK(t->encrypt(&context, 0, &m, 10) == SEC_E_INVALID_PARAMETER);
	CHECK(t->decrypt(&context, &m, 10, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(t->encrypt(&context, 0, NULL, 0) == SEC_E_INVALID_PARAMETER);
	m = (struct sspi_buffer_desc){ SECBUFFER_VERSION, 1000, b };
	CHECK(t->encrypt(&context, 0, &m, 0) == SEC_E_INVALID_PARAMETER);
	m = (struct sspi_buffer_desc){ SECBUFFER_VERSION, 2, NULL };
	CHECK(t->verify(&context, &m, 0, NULL) == SEC_E_INVALID_PARAMETER);
	t->delete_context(&context);
}

/* An attribute as the kernel writes it */
#define ANSWER(thing)	(device.attribute = &(thing), device.make = sizeof(thing))

struct names_answer {
	struct credssp_names names;
	char text[300];
};

static struct names_answer names_of(const char *text)
{
	struct names_answer a = {
		.names = {
			.user_offset = offsetof(struct names_answer, text),
			.user_length = (uint32_t)strlen(text),
		},
	};

	memcpy(a.text, text, strlen(text));
	return a;
}

static void test_names(void)
{
	struct sspi_handle context = context_of_device();
	struct names_answer a = names_of("DOM\\alice");
	struct sspi_auth_identity id;
	struct sspi_names names;
	char longest[280];

	reset();
	ANSWER(a);
	CHECK(tables[SSPI_A]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_OK &&
	      !strcmp(names.user, "DOM\\alice"));
	free(names.user);
	CHECK(tables[SSPI_W]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_OK &&
	      !memcmp(names.user, u"DOM\\alice", sizeof(u"DOM\\alice")));
	free(names.user);
	CHECK(tables[SSPI_W]->query(&context, SSPI_ATTR_AUTH_IDENTITY, &id) == SEC_E_OK);
	CHECK(!strcmp(id.user, "alice") && !strcmp(id.domain, "DOM"));
	a = names_of("alice@REALM");
	CHECK(tables[SSPI_A]->query(&context, SSPI_ATTR_AUTH_IDENTITY, &id) == SEC_E_OK);
	CHECK(!strcmp(id.user, "alice@REALM") && !*id.domain);
	memset(longest, 'u', sizeof(longest));
	longest[SSPI_AUTH_NAME + 1] = '\0';
	a = names_of(longest);
	CHECK(tables[SSPI_A]->query(&context, SSPI_ATTR_AUTH_IDENTITY, &id) ==
	      SEC_E_BUFFER_TOO_SMALL);
	longest[SSPI_AUTH_NAME] = '\0';
	a = names_of(longest);
	CHECK(tables[SSPI_A]->query(&context, SSPI_ATTR_AUTH_IDENTITY, &id) == SEC_E_OK &&
	      strlen(id.user) == SSPI_AUTH_NAME);
	/* Strings that are not in the answer, or without their NUL */
	a.names.user_length = sizeof(a.text);
	CHECK(tables[SSPI_A]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_INTERNAL_ERROR);
	a.names.user_length = UINT32_MAX;
	CHECK(tables[SSPI_A]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_INTERNAL_ERROR);
	a.names = (struct credssp_names){ UINT32_MAX, 1 };
	CHECK(tables[SSPI_A]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_INTERNAL_ERROR);
	a = names_of("ab");
	a.names.user_length = 1;
	CHECK(tables[SSPI_A]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_INTERNAL_ERROR);
	device.make = 4;
	CHECK(tables[SSPI_A]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_INTERNAL_ERROR);
	device.status = SEC_E_INVALID_HANDLE;
	CHECK(tables[SSPI_A]->query(&context, SECPKG_ATTR_NAMES, &names) == SEC_E_INVALID_HANDLE);
	tables[SSPI_A]->delete_context(&context);
}

static void test_attributes(void)
{
	static const struct {
		struct credssp_session_key k;
		char key[16];
	} key = { { 8, 16 }, "0123456789abcdef" };
	static const struct {
		struct credssp_negotiation_info n;
		char text[12];
	} nego = {
		.n = {
			.package = {
				.package = CREDSSP_PACKAGE_NTLM, .max_token = 77,
				.name_offset = sizeof(struct credssp_negotiation_info),
				.name_length = 4,
				.comment_offset = sizeof(struct credssp_negotiation_info) + 5,
				.comment_length = 5,
			},
			.state = SECPKG_NEGOTIATION_DIRECT,
		},
		.text = "NTLM\0words",
	};
	static const struct credssp_sizes sizes = { 1, 2, 3, 4 };
	struct sspi_handle context = context_of_device();
	const struct sspi_table *t = tables[SSPI_A];
	struct sspi_negotiation_info info;
	struct sspi_session_key session;
	struct sspi_package_attr package;
	struct credssp_sizes got;

	reset();
	ANSWER(sizes);
	CHECK(t->query(&context, SECPKG_ATTR_SIZES, &got) == SEC_E_OK &&
	      !memcmp(&got, &sizes, sizeof(got)));
	CHECK(t->query(&context, SECPKG_ATTR_SIZES, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(t->query(&context, 1002, &got) == SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(t->query(&context, SECPKG_ATTR_STREAM_SIZES, &got) == SEC_E_UNSUPPORTED_FUNCTION);
	ANSWER(key);
	CHECK(t->query(&context, SECPKG_ATTR_SESSION_KEY, &session) == SEC_E_OK);
	CHECK(session.length == 16 && !memcmp(session.key, key.key, 16));
	free(session.key);
	ANSWER(nego);
	CHECK(t->query(&context, SECPKG_ATTR_NEGOTIATION_INFO, &info) == SEC_E_OK);
	CHECK(info.state == SECPKG_NEGOTIATION_DIRECT && info.info->max_token == 77 &&
	      !strcmp(info.info->name, "NTLM") && !strcmp(info.info->comment, "words"));
	free(info.info);
	CHECK(t->query(&context, SECPKG_ATTR_PACKAGE_INFO, &package) == SEC_E_OK &&
	      !strcmp(package.info->name, "NTLM"));
	free(package.info);
	device.make = sizeof(struct credssp_negotiation_info) + 8;
	CHECK(t->query(&context, SECPKG_ATTR_NEGOTIATION_INFO, &info) == SEC_E_INTERNAL_ERROR);
	t->delete_context(&context);
}

void test_exchanges(void)
{
	test_freerdp2_client();
	test_freerdp3_client();
	test_allocated();
	test_refused_calls();
	test_server();
	test_messages();
	test_names();
	test_attributes();
}
