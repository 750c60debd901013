// SPDX-License-Identifier: GPL-2.0-only
/*
 * isc_test [FILTER]: the statements of InitializeSecurityContext's contract, by
 * calls of libcredssp (Documentation/isc-conformance.rst). PEER_PORT is a
 * tspeer that echoes and sends short records.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "walk.h"

#define SECURITY_FLAGS	(ISC_RET_DELEGATE | ISC_RET_MUTUAL_AUTH | ISC_RET_REPLAY_DETECT | \
			 ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY)

TEST(loop, "the loop of the contract makes an outbound context, and a token at a time")
{
	struct walk *w = walk_begin();
	int32_t status = walk_call(w);

	CHECK_EQ(status, SEC_I_CONTINUE_NEEDED);
	CHECK(w->context);
	CHECK(w->out[0].length > 5 && ((uint8_t *)w->out[0].data)[0] == 22);
	CHECK_EQ(walk_run(w, status), SEC_E_OK);
	CHECK(w->calls >= 4);
	CHECK(w->out[0].length);
	walk_echo(w);
	walk_end(w);
}

TEST(new_context, "phNewContext is NULL or the same handle on later calls")
{
	struct walk *w = walk_begin();
	uint64_t same, other;

	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	other = w->context + 1;
	CHECK_EQ(walk_call_with(w, &w->cred, &other), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(walk_call_with(w, &w->cred, NULL), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	same = w->context;
	CHECK_EQ(walk_run(w, walk_call_with(w, &w->cred, &same)), SEC_E_OK);
	CHECK_EQ(same, w->context);
	walk_echo(w);
	walk_end(w);
}

TEST(credentials, "later calls take the credential, or none, but no other one")
{
	struct walk *w = walk_begin();
	struct credssp_acquire args = walk_alice();
	uint64_t other;

	REQUIRE_EQ(credssp_acquire_credentials_handle(w->lib, &args, &other, NULL), SEC_E_OK);
	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	CHECK_EQ(walk_call_with(w, NULL, &w->context), SEC_I_CONTINUE_NEEDED);
	CHECK_EQ(walk_run(w, SEC_I_CONTINUE_NEEDED), SEC_E_OK);
	walk_drop(w);
	walk_end(w);
	w = walk_begin();
	REQUIRE_EQ(credssp_acquire_credentials_handle(w->lib, &args, &other, NULL), SEC_E_OK);
	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	CHECK(walk_call_with(w, &other, &w->context) < 0);
	walk_end(w);
}

static void check_attributes(uint32_t attr, uint32_t asked)
{
	CHECK(attr & ISC_RET_MANUAL_CRED_VALIDATION);
	CHECK(attr & ISC_RET_ALLOCATED_MEMORY);
	CHECK(attr & ISC_RET_STREAM);
	CHECK(!(attr & ISC_RET_CONNECTION));
	CHECK(!(attr & ISC_RET_USED_SUPPLIED_CREDS));
	CHECK_EQ(!!(attr & ISC_RET_EXTENDED_ERROR), !!(asked & ISC_REQ_EXTENDED_ERROR));
}

TEST(attributes, "security attributes are there on the last call only, the others on each")
{
	struct walk *w = walk_begin();
	int32_t status;

	w->req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR | ISC_REQ_DELEGATE;
	for (status = walk_call(w); status == SEC_I_CONTINUE_NEEDED; status = walk_call(w)) {
		check_attributes(w->attr, w->req);
		CHECK_EQ(w->attr & SECURITY_FLAGS, 0);
		walk_turn(w);
	}
	REQUIRE_EQ(status, SEC_E_OK);
	check_attributes(w->attr, w->req);
	/*
	 * all but MUTUAL_AUTH are set, though not requested: the
	 * peer's certificate is not trusted
	 */
	CHECK_EQ(w->attr & SECURITY_FLAGS, SECURITY_FLAGS & ~ISC_RET_MUTUAL_AUTH);
	CHECK_EQ(w->attr & ~(SECURITY_FLAGS | ISC_RET_MANUAL_CRED_VALIDATION |
			     ISC_RET_ALLOCATED_MEMORY | ISC_RET_STREAM |
			     ISC_RET_EXTENDED_ERROR), 0);
	walk_drop(w);
	walk_end(w);
}

TEST(numbers, "each ISC_RET flag has the number of its ISC_REQ flag")
{
	CHECK_EQ(ISC_RET_DELEGATE, 0x1);
	CHECK_EQ(ISC_RET_MUTUAL_AUTH, 0x2);
	CHECK_EQ(ISC_RET_SEQUENCE_DETECT, 0x8);
	CHECK_EQ(ISC_RET_USED_SUPPLIED_CREDS, 0x80);
	CHECK_EQ(ISC_RET_ALLOCATED_MEMORY, 0x100);
	CHECK_EQ(ISC_RET_CONNECTION, 0x800);
	CHECK_EQ(ISC_RET_EXTENDED_ERROR, 0x4000);
	CHECK_EQ(ISC_RET_STREAM, 0x8000);
	CHECK_EQ(ISC_RET_MANUAL_CRED_VALIDATION, 0x80000);
}

TEST(data_rep, "both data representations are taken")
{
	struct walk *w = walk_begin();

	w->data_rep = SECURITY_NETWORK_DREP;
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	walk_echo(w);
	walk_end(w);
}

TEST(hello_request, "a first call takes a server's HelloRequest, and no other token")
{
	static uint8_t hello[] = { 22, 3, 3, 0, 4, 0, 0, 0, 0 };
	struct walk *w = walk_begin();

	walk_input(w, hello, sizeof(hello) - 1);
	CHECK_EQ(walk_call(w), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(w->context, 0);
	hello[5] = 1;
	walk_input(w, hello, sizeof(hello));
	CHECK_EQ(walk_call(w), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(w->context, 0);
	hello[5] = 0;
	walk_input(w, hello, sizeof(hello));
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	walk_echo(w);
	walk_end(w);
}

TEST(allocate, "ALLOCATE_MEMORY allocates, and needs no room")
{
	struct walk *w = walk_begin();

	CHECK_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	CHECK(w->out[0].data && w->out[0].length);
	walk_turn(w);
	/* without the flag the caller must give a buffer, and this one is empty */
	w->req &= ~ISC_REQ_ALLOCATE_MEMORY;
	CHECK_EQ(walk_call(w), SEC_E_BUFFER_TOO_SMALL);
	CHECK(w->out[0].length && !w->out[0].data);
	CHECK(!(w->attr & ISC_RET_ALLOCATED_MEMORY));
	w->req |= ISC_REQ_ALLOCATE_MEMORY;
	walk_input(w, NULL, 0);
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	walk_echo(w);
	walk_end(w);
}

TEST(input_stays, "the input's buffers are there on output")
{
	static uint8_t before[CREDSSP_MAX_TOKEN];
	struct walk *w = walk_begin();
	int32_t status = walk_call(w);

	while (status == SEC_I_CONTINUE_NEEDED) {
		walk_turn(w);
		memcpy(before, w->record, w->len);
		/* a read-only TOKEN is accepted as well */
		w->in[0].type |= w->calls & 1 ? SECBUFFER_READONLY : 0;
		status = walk_call(w);
		CHECK_EQ(w->in[0].type & ~SECBUFFER_READONLY, SECBUFFER_TOKEN);
		CHECK(w->in[0].data == w->record);
		CHECK_EQ(w->in[0].length, w->len);
		CHECK(!memcmp(before, w->record, w->len));
		CHECK_EQ(w->in[1].type, SECBUFFER_EMPTY);
		CHECK(!w->in[1].length && !w->in[1].data);
	}
	CHECK_EQ(status, SEC_E_OK);
	walk_drop(w);
	walk_end(w);
}

TEST(incomplete, "INCOMPLETE_MESSAGE is a success: the context lives, its attributes are told")
{
	struct walk *w = walk_begin();

	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	w->in[0].length = 3;
	CHECK_EQ(walk_call(w), SEC_E_INCOMPLETE_MESSAGE);
	CHECK_EQ(w->in[1].type, SECBUFFER_MISSING);
	CHECK_EQ(w->in[1].length, 2);
	check_attributes(w->attr, w->req);
	CHECK_EQ(w->attr & SECURITY_FLAGS, 0);
	/* an empty token is incomplete, too */
	walk_input(w, NULL, 0);
	CHECK_EQ(walk_call(w), SEC_E_INCOMPLETE_MESSAGE);
	CHECK_EQ(w->in[1].length, 5);
	walk_input(w, w->record, w->len);
	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	walk_echo(w);
	walk_end(w);
}

TEST(empty_token, "a token may be empty while a message of the server is not whole")
{
	struct walk *w = walk_begin();
	int32_t status = walk_call(w);
	unsigned int empty = 0;

	/* the peer sends its messages in records of a hundred bytes */
	while (status == SEC_I_CONTINUE_NEEDED) {
		walk_turn(w);
		status = walk_call(w);
		if (status == SEC_I_CONTINUE_NEEDED && !w->out[0].length) {
			CHECK(!w->out[0].data);
			empty++;
		}
	}
	CHECK_EQ(status, SEC_E_OK);
	CHECK(empty);
	walk_echo(w);
	walk_end(w);
}

TEST(last_token, "SEC_E_OK comes with a token, and the server waits for it")
{
	struct walk *w = walk_begin();

	CHECK_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	CHECK(w->out[0].length && w->out[0].data);
	/* the peer echoes only after it has the credentials */
	walk_echo(w);
	walk_end(w);
}

TEST(complete, "no call of an exchange asks for CompleteAuthToken, which is refused")
{
	struct walk *w = walk_begin();
	int32_t status = walk_call(w);

	while (status == SEC_I_CONTINUE_NEEDED) {
		CHECK_EQ(credssp_complete_auth_token(w->lib, w->context, NULL),
			 SEC_E_UNSUPPORTED_FUNCTION);
		walk_turn(w);
		status = walk_call(w);
		CHECK(status != SEC_I_COMPLETE_NEEDED && status != SEC_I_COMPLETE_AND_CONTINUE);
	}
	CHECK_EQ(status, SEC_E_OK);
	CHECK_EQ(credssp_complete_auth_token(w->lib, w->context, NULL),
		 SEC_E_UNSUPPORTED_FUNCTION);
	walk_echo(w);
	walk_end(w);
}

TEST(wrong_tokens, "SEC_E_INVALID_TOKEN: malformed, of a wrong size, of another package")
{
	static const struct {
		const char *bytes;
		uint32_t len;
	} tokens[] = {
		{ "HTTP/1.1 400 Bad Request\r\n", 26 },		/* malformed */
		{ "\x17\x03\x03\xff\xff\x00", 6 },		/* a record that is too long */
		{ "\x16\x03\x03\x00\x00", 5 },			/* an empty record */
		{ "NTLMSSP\0\2\0\0\0", 12 },			/* NTLM without TLS */
		{ "\x60\x82\x01\x00\x06\x06\x2b\x06", 8 },	/* SPNEGO without TLS */
	};
	uint8_t bytes[32];
	size_t i;

	for (i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		struct walk *w = walk_begin();

		REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
		walk_drop(w);
		memcpy(bytes, tokens[i].bytes, tokens[i].len);
		walk_input(w, bytes, tokens[i].len);
		CHECK_EQ(walk_call(w), SEC_E_INVALID_TOKEN);
		close(w->sock);
		walk_end(w);
	}
}

TEST(cancelled, "SEC_E_INTERNAL_ERROR: a call that was cancelled")
{
	struct walk *w = walk_begin();

	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	CHECK_EQ(credssp_cancel(w->lib, w->context), SEC_E_OK);
	CHECK_EQ(walk_call(w), SEC_E_INTERNAL_ERROR);
	walk_end(w);
}

TEST(owed, "DeleteSecurityContext is owed after a first call that succeeded, whatever fails later")
{
	struct walk *w = walk_begin();
	struct credssp_report report;

	walk_to_request(w);
	w->record[w->len - 1] ^= 1;
	CHECK(walk_call(w) < 0);
	/* the context is dead: only its report can be read, and it has to be deleted */
	walk_input(w, w->record, w->len);
	CHECK_EQ(walk_call(w), SEC_E_INVALID_HANDLE);
	CHECK_EQ(credssp_query_report(w->lib, w->context, &report), SEC_E_OK);
	CHECK(report.reason != CREDSSP_REASON_NONE);
	walk_end(w);
}

TEST(insufficient, "a caller to whom the attributes do not suffice deletes the context")
{
	struct credssp_ioc_info info;
	struct walk *w = walk_begin();

	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	walk_turn(w);
	CHECK_EQ(credssp_delete_security_context(w->lib, w->context), SEC_E_OK);
	w->context = 0;
	w->in_count = 0;
	close(w->sock);
	w->sock = sock_peer();
	REQUIRE_EQ(walk_run(w, walk_call(w)), SEC_E_OK);
	walk_drop(w);
	CHECK(!(w->attr & ISC_RET_MUTUAL_AUTH));
	walk_end(w);
	w->lib = credssp_open();
	REQUIRE(w->lib && !credssp_info(w->lib, &info));
	credssp_close(w->lib);
}

/* Make the context fail with a damaged record; its output is in @w->out. */
static void spoil(struct walk *w)
{
	walk_to_request(w);
	w->record[w->len - 1] ^= 1;
	CHECK(walk_call(w) < 0);
}

TEST(silent_error, "without EXTENDED_ERROR a failure has no output")
{
	struct walk *w = walk_begin();

	w->out_count = 2;
	spoil(w);
	CHECK(!w->out[0].length && !w->out[0].data);
	CHECK(!w->out[1].length && !w->out[1].data);
	walk_end(w);
}

static bool is_alert(const struct credssp_buffer *b)
{
	const uint8_t *p = b->data;

	/* TLS 1.3 seals it in a record of type data */
	return b->length > 5 && p && (p[0] == 21 || p[0] == 23) && b->length == 5u + p[4];
}

TEST(alert_token, "with EXTENDED_ERROR the output of a failure is an alert")
{
	struct walk *w = walk_begin();

	w->req |= ISC_REQ_EXTENDED_ERROR;
	spoil(w);
	CHECK(is_alert(&w->out[0]));
	walk_drop(w);
	walk_end(w);
}

TEST(alert_buffer, "an ALERT buffer takes the alert, and the token is empty")
{
	struct walk *w = walk_begin();

	w->req |= ISC_REQ_EXTENDED_ERROR;
	w->out_count = 2;
	REQUIRE_EQ(walk_call(w), SEC_I_CONTINUE_NEEDED);
	CHECK(w->out[0].length && !w->out[1].length && !w->out[1].data);
	walk_drop(w);
	CHECK_EQ(credssp_delete_security_context(w->lib, w->context), SEC_E_OK);
	w->context = 0;
	w->in_count = 0;
	close(w->sock);
	w->sock = sock_peer();
	spoil(w);
	CHECK(is_alert(&w->out[1]));
	CHECK(!w->out[0].length && !w->out[0].data);
	walk_drop(w);
	walk_end(w);
}

int main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: isc_test [FILTER]\n");
		return 64;
	}
	return tap_main(argv[1]);
}
