// SPDX-License-Identifier: GPL-2.0-only
/* The SECBUFFER_PKG_PARAMS buffer. */
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

void test_pack(void)
{
	test_pack_layout();
	test_pack_room();
	test_pack_refused();
}
