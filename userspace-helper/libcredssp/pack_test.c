// SPDX-License-Identifier: GPL-2.0-only
/* The SECBUFFER_PKG_PARAMS and SECBUFFER_CHANNEL_BINDINGS buffers. */
#include <string.h>

#include "private.h"
#include "test.h"
#include "words_test.h"

static struct credssp_acquire identity(void)
{
	return (struct credssp_acquire){
		.encoding = CREDSSP_IDENTITY_UTF8,
		.user = "alice", .user_length = 5,
		.domain = "DOM", .domain_length = 3,
		.password = "secret", .password_length = 6,
	};
}

static void test_pack_layout(void)
{
	struct credssp_acquire args = identity();
	struct credssp_identity head;
	uint32_t length = sizeof(head) + 14;
	char buffer[sizeof(head) + 16];

	memset(buffer, 'x', sizeof(buffer));
	CHECK(credssp_pack_identity(&args, buffer, &length) == SEC_E_OK);
	CHECK(length == sizeof(head) + 14);
	memcpy(&head, buffer, sizeof(head));
	CHECK(head.size == length && head.encoding == CREDSSP_IDENTITY_UTF8);
	CHECK(head.user_length == 5 && head.domain_length == 3 && head.password_length == 6);
	CHECK(!head.__reserved);
	CHECK(!memcmp(buffer + sizeof(head), "aliceDOMsecretxx", 16));
	/* tickets are a matter of the handle */
	args.tickets = "FILE:/tmp/x";
	args.tickets_length = 11;
	args.realm = "EXAMPLE.COM";
	args.realm_length = 11;
	length = sizeof(buffer);
	CHECK(credssp_pack_identity(&args, buffer, &length) == SEC_E_OK);
	CHECK(length == sizeof(head) + 14);
	CHECK(!memcmp(buffer + sizeof(head), "aliceDOMsecretxx", 16));
}

static void test_pack_room(void)
{
	struct credssp_acquire args = identity();
	char buffer[sizeof(struct credssp_identity) + 13] = "untouched";
	uint32_t length = 0;

	CHECK(credssp_pack_identity(&args, NULL, &length) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(length == sizeof(buffer) + 1);
	length = sizeof(buffer);
	CHECK(credssp_pack_identity(&args, buffer, &length) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(length == sizeof(buffer) + 1 && !strcmp(buffer, "untouched"));
}

static void test_pack_refused(void)
{
	struct credssp_acquire args = identity();
	uint32_t length = 100;
	char buffer[100];

	CHECK(credssp_pack_identity(NULL, buffer, &length) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_pack_identity(&args, buffer, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_pack_identity(&args, NULL, &length) == SEC_E_INVALID_PARAMETER);
	args.domain = NULL;
	CHECK(credssp_pack_identity(&args, buffer, &length) == SEC_E_INVALID_PARAMETER);
	args = identity();
	args.user_length = CREDSSP_MAX_NAME + 1;
	CHECK(credssp_pack_identity(&args, buffer, &length) == SEC_E_INVALID_PARAMETER);
	args = identity();
	args.password_length = CREDSSP_MAX_PASSWORD + 1;
	CHECK(credssp_pack_identity(&args, buffer, &length) == SEC_E_INVALID_PARAMETER);
}

static void test_bindings_layout(void)
{
	const struct credssp_bindings args = {
		.initiator_type = 2, .initiator = "\1\2\3\4", .initiator_length = 4,
		.acceptor_type = 0x01020304, .acceptor = "ac", .acceptor_length = 2,
		.application = "tls", .application_length = 3,
	}, none = { 0 };
	static const unsigned char want[] = {
		2, 0, 0, 0, 4, 0, 0, 0, 32, 0, 0, 0, 4, 3, 2, 1, 2, 0, 0, 0, 36, 0, 0, 0,
		3, 0, 0, 0, 38, 0, 0, 0, 1, 2, 3, 4, 'a', 'c', 't', 'l', 's', 'x',
	};
	unsigned char buffer[sizeof(want)];
	uint32_t length = sizeof(want) - 1;

	memset(buffer, 'x', sizeof(buffer));
	CHECK(credssp_pack_channel_bindings(&args, buffer, &length) == SEC_E_OK);
	CHECK(length == sizeof(want) - 1 && !memcmp(buffer, want, sizeof(want)));
	length = sizeof(buffer);
	CHECK(credssp_pack_channel_bindings(&none, buffer, &length) == SEC_E_OK);
	CHECK(length == sizeof(struct credssp_channel_bindings));
}

static void test_bindings_room(void)
{
	static char big[CREDSSP_MAX_BINDINGS], buffer[CREDSSP_MAX_BINDINGS];
	struct credssp_bindings args = { .application = big };
	uint32_t length = 0;

	args.application_length = sizeof(big) - sizeof(struct credssp_channel_bindings);
	CHECK(credssp_pack_channel_bindings(&args, NULL, &length) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(length == CREDSSP_MAX_BINDINGS);
	length--;
	CHECK(credssp_pack_channel_bindings(&args, buffer, &length) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(credssp_pack_channel_bindings(&args, buffer, &length) == SEC_E_OK);
	args.application_length++;
	CHECK(credssp_pack_channel_bindings(&args, buffer, &length) == SEC_E_INVALID_PARAMETER);
}

static void test_bindings_refused(void)
{
	struct credssp_bindings args = { .acceptor_length = 1 };
	char buffer[100];
	uint32_t length = sizeof(buffer);

	CHECK(credssp_pack_channel_bindings(NULL, buffer, &length) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_pack_channel_bindings(&args, buffer, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_pack_channel_bindings(&args, NULL, &length) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_pack_channel_bindings(&args, buffer, &length) == SEC_E_INVALID_PARAMETER);
	args = (struct credssp_bindings){ .initiator = buffer, .initiator_length = UINT32_MAX };
	CHECK(credssp_pack_channel_bindings(&args, buffer, &length) == SEC_E_INVALID_PARAMETER);
	CHECK(length == sizeof(buffer));
}

void test_pack(void)
{
	test_pack_layout();
	test_pack_room();
	test_pack_refused();
	test_bindings_layout();
	test_bindings_room();
	test_bindings_refused();
}
