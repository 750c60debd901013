// SPDX-License-Identifier: GPL-2.0-only
/*
 * libcredssp without the module: a fake device behind the ioctls (fake_device.c), and a
 * socket pair in place of kTLS where only its errors matter.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_device.h"
#include "private.h"
#include "test.h"
#include "words_test.h"

unsigned int test_checks;
unsigned int test_failures;

/* One call of ISC: the buffers as they come back. */
struct isc {
	struct credssp_buffer in[2];
	struct credssp_buffer out;
	uint64_t context;
	uint32_t attr;
	struct credssp_timestamp expiry;
};

static int32_t call_isc(struct isc *c, uint32_t req)
{
	static const uint64_t cred = 5;
	struct credssp_buffer_desc in = { SECBUFFER_VERSION, 2, c->in };
	struct credssp_buffer_desc out = { SECBUFFER_VERSION, 1, &c->out };

	return credssp_initialize_security_context(&fake, &cred,
						   c->context ? &c->context : NULL,
						   "TERMSRV/h", req, 0,
						   SECURITY_NATIVE_DREP,
						   c->context ? &in : NULL, 0,
						   &c->context, &out, &c->attr,
						   &c->expiry);
}

static struct isc later_call(void *token, uint32_t length)
{
	return (struct isc){
		.in = { { SECBUFFER_TOKEN, length, token }, { SECBUFFER_EMPTY, 0, NULL } },
		.out = { SECBUFFER_TOKEN, 0, NULL },
		.context = 77,
	};
}

static void test_isc_first(void)
{
	struct isc c = { .out = { SECBUFFER_TOKEN, 0, NULL } };

	reset();
	device.make = 300;
	device.status = SEC_I_CONTINUE_NEEDED;
	CHECK(call_isc(&c, ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_DELEGATE) ==
	      SEC_I_CONTINUE_NEEDED);
	CHECK(device.calls == 1 && device.seen_in[0] == UINT32_MAX);
	/* the library allocates, and the module does not see the flag */
	CHECK(device.seen_req == ISC_REQ_DELEGATE);
	CHECK(c.attr == (ISC_RET_ALLOCATED_MEMORY | ISC_RET_STREAM));
	CHECK(c.context == 77 && c.out.length == 300 && c.out.data);
	CHECK(c.out.data && ((char *)c.out.data)[299] == 'T');
	CHECK(!strcmp(device.seen_target, "TERMSRV/h"));
	CHECK(c.expiry.utc == INT64_MAX && c.expiry.local == INT64_MAX);
	CHECK(credssp_free_context_buffer(c.out.data) == SEC_E_OK);
}

/* The reason of a first call that failed is kept until the thread's next call. */
static void test_isc_reason(void)
{
	struct isc c = { .out = { SECBUFFER_TOKEN, 0, NULL } };
	char longest[CREDSSP_MAX_TARGET + 2];

	reset();
	device.status = SEC_E_NO_CREDENTIALS;
	device.reason = CREDSSP_REASON_TICKETS_EXPIRED;
	CHECK(call_isc(&c, ISC_REQ_ALLOCATE_MEMORY) == SEC_E_NO_CREDENTIALS);
	CHECK(credssp_last_reason() == CREDSSP_REASON_TICKETS_EXPIRED);
	device.status = SEC_E_OK;
	device.reason = CREDSSP_REASON_NONE;
	CHECK(call_isc(&c, 0) == SEC_E_OK && !credssp_last_reason());

	/* a call that the library refuses */
	device.reason = CREDSSP_REASON_NO_HELPER;
	CHECK(call_isc(&c, 0) == SEC_E_OK && credssp_last_reason());
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	CHECK(credssp_initialize_security_context(&fake, &c.context, NULL, longest, 0, 0, 0, NULL,
						  0, &c.context, NULL, &c.attr, NULL) ==
	      SEC_E_TARGET_UNKNOWN);
	CHECK(!credssp_last_reason());
}

/* A long token: the retry has an empty input token and keeps EXTRA. */
static void test_isc_retry(void)
{
	char wire[100];
	struct isc c = later_call(wire, sizeof(wire));

	reset();
	device.make = 20000;
	device.extra = 30;
	CHECK(call_isc(&c, ISC_REQ_ALLOCATE_MEMORY) == SEC_E_OK);
	CHECK(device.calls == 2 && device.seen_in[0] == 100 && device.seen_in[1] == 0);
	CHECK(c.out.length == 20000 && c.out.data);
	CHECK(c.in[0].length == 100 && c.in[0].data == wire);
	CHECK(c.in[1].type == SECBUFFER_EXTRA && c.in[1].length == 30);
	CHECK(c.in[1].data == wire + 70);
	credssp_free_context_buffer(c.out.data);

	/* a token beyond the limit ends the attempts */
	c = later_call(wire, sizeof(wire));
	reset();
	device.make = CREDSSP_MAX_TOKEN + 1;
	CHECK(call_isc(&c, ISC_REQ_ALLOCATE_MEMORY) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(device.calls == 3 && !c.out.data && !c.out.length);
}

/* A first call keeps nothing: the library repeats it unchanged. */
static void test_isc_retry_first(void)
{
	struct isc c = { .out = { SECBUFFER_TOKEN, 0, NULL } };

	reset();
	device.make = 9000;
	CHECK(call_isc(&c, ISC_REQ_ALLOCATE_MEMORY) == SEC_E_OK);
	CHECK(device.calls == 2 && device.seen_in[1] == UINT32_MAX);
	CHECK(c.out.length == 9000);
	credssp_free_context_buffer(c.out.data);
}

static void test_isc_own_buffer(void)
{
	char wire[10], room[64];
	struct isc c = later_call(wire, sizeof(wire));

	reset();
	c.out.data = room;
	c.out.length = sizeof(room);
	device.make = 65;
	CHECK(call_isc(&c, 0) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(device.calls == 1 && c.out.length == 65 && c.out.data == room);
	CHECK(!(c.attr & ISC_RET_ALLOCATED_MEMORY));
}

static void test_isc_missing(void)
{
	char wire[3];
	struct isc c = later_call(wire, sizeof(wire));

	reset();
	device.status = SEC_E_INCOMPLETE_MESSAGE;
	device.missing = 42;
	CHECK(call_isc(&c, ISC_REQ_ALLOCATE_MEMORY) == SEC_E_INCOMPLETE_MESSAGE);
	CHECK(c.in[1].type == SECBUFFER_MISSING && c.in[1].length == 42 && !c.in[1].data);
	CHECK(!c.out.data && !c.out.length);
}

/* After an ioctl that fails the output has no token. */
static void test_isc_refused(void)
{
	static const struct {
		int error;
		int32_t status;
	} rows[] = {
		{ EFAULT, SEC_E_INVALID_PARAMETER },
		{ EINVAL, SEC_E_INVALID_PARAMETER },
		{ ENOMEM, SEC_E_INSUFFICIENT_MEMORY },
		{ ENOTTY, SEC_E_UNSUPPORTED_FUNCTION },
		{ E2BIG, SEC_E_UNSUPPORTED_FUNCTION },
		{ EBADF, SEC_E_INVALID_HANDLE },
		{ EINTR, SEC_E_INTERNAL_ERROR },
	};
	char wire[10], room[64] = "secret in the buffer";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct isc c = later_call(wire, sizeof(wire));

		reset();
		device.error = rows[i].error;
		CHECK(call_isc(&c, ISC_REQ_ALLOCATE_MEMORY) == rows[i].status);
		CHECK(!c.out.data && !c.out.length);

		c = later_call(wire, sizeof(wire));
		c.out.data = room;
		c.out.length = sizeof(room);
		CHECK(call_isc(&c, 0) == rows[i].status);
		CHECK(!c.out.length);
	}
}

static void test_isc_parameters(void)
{
	struct credssp_buffer many[CREDSSP_MAX_BUFFERS + 1] = { 0 };
	struct credssp_buffer_desc long_desc = { SECBUFFER_VERSION, ARRAY_SIZE(many), many };
	struct credssp_buffer_desc other_version = { 1, 1, many };
	struct credssp_buffer_desc no_array = { SECBUFFER_VERSION, 1, NULL };
	struct credssp_buffer_desc *bad[] = { &long_desc, &other_version, &no_array };
	char target[CREDSSP_MAX_TARGET + 2];
	uint64_t cred = 5, context = 0;
	uint32_t attr;
	size_t i;

	reset();
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK(credssp_initialize_security_context(&fake, &cred, NULL, NULL, 0, 0, 0,
							  bad[i], 0, &context, NULL, &attr,
							  NULL) == SEC_E_INVALID_PARAMETER);
		CHECK(credssp_initialize_security_context(&fake, &cred, NULL, NULL, 0, 0, 0,
							  NULL, 0, &context, bad[i], &attr,
							  NULL) == SEC_E_INVALID_PARAMETER);
	}
	memset(target, 'a', sizeof(target) - 1);
	target[sizeof(target) - 1] = '\0';
	CHECK(credssp_initialize_security_context(&fake, &cred, NULL, target, 0, 0, 0, NULL,
						  0, &context, NULL, &attr, NULL) ==
	      SEC_E_TARGET_UNKNOWN);
	CHECK(credssp_initialize_security_context(NULL, &cred, NULL, NULL, 0, 0, 0, NULL, 0,
						  &context, NULL, &attr, NULL) ==
	      SEC_E_INVALID_HANDLE);
	CHECK(!device.calls);
}

static void test_policy(void)
{
	struct credssp_ioc_policy_check check = { .kind = CREDSSP_KIND_SAVED };
	struct credssp_ioc_policy policy = { .oracle = CREDSSP_ORACLE_FORCE };

	reset();
	CHECK(credssp_policy_get(&fake, &policy) == SEC_E_OK && policy.count == 3);
	policy.count = 0;
	CHECK(credssp_policy_set(&fake, &policy) == SEC_E_OK && !policy.count);
	device.status = SEC_E_POLICY_NLTM_ONLY;
	CHECK(credssp_policy_check(&fake, &check) == SEC_E_POLICY_NLTM_ONLY);
	CHECK(check.min_version == 5);
	device.error = EPERM;
	CHECK(credssp_policy_set(&fake, &policy) < 0 && errno == EPERM);
	reset();
	CHECK(credssp_policy_get(&fake, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_policy_set(&fake, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_policy_check(&fake, NULL) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_policy_get(NULL, &policy) == SEC_E_INVALID_HANDLE);
	CHECK(!device.calls);
}

/* On a later call @new_context is NULL or the same handle. */
static void test_isc_new_context(void)
{
	struct credssp_buffer out = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 1, &out };
	uint64_t cred = 5, context = 77, other = 78, same = 77;
	uint64_t *const ways[] = { &other, &same, NULL };
	size_t i;
	uint32_t attr;

	reset();
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		CHECK(credssp_initialize_security_context(&fake, &cred, &context, NULL, 0, 0, 0,
							  NULL, 0, ways[i], &desc, &attr,
							  NULL) ==
		      (ways[i] == &other ? SEC_E_INVALID_PARAMETER : SEC_E_OK));
	CHECK(device.calls == 2 && same == 77 && other == 78);
}

static void test_isc_w(void)
{
	static const uint16_t good[] = { 'T', '/', 0xfc, 0xd83d, 0xde00, 0 };
	static const uint16_t lone[] = { 'T', '/', 0xd83d, 0 };
	uint16_t longest[CREDSSP_MAX_TARGET + 2];
	struct credssp_buffer out = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 1, &out };
	uint64_t cred = 5, context = 0;
	uint32_t attr;
	size_t i;

	reset();
	CHECK(credssp_initialize_security_context_w(&fake, &cred, NULL, good, 0, 0, 0, NULL,
						    0, &context, &desc, &attr, NULL) ==
	      SEC_E_OK);
	CHECK(!strcmp(device.seen_target, "T/\xc3\xbc\xf0\x9f\x98\x80"));
	CHECK(credssp_initialize_security_context_w(&fake, &cred, NULL, lone, 0, 0, 0, NULL,
						    0, &context, &desc, &attr, NULL) ==
	      SEC_E_TARGET_UNKNOWN);
	for (i = 0; i < ARRAY_SIZE(longest); i++)
		longest[i] = 'a';	/* not terminated */
	CHECK(credssp_initialize_security_context_w(&fake, &cred, NULL, longest, 0, 0, 0,
						    NULL, 0, &context, &desc, &attr, NULL) ==
	      SEC_E_TARGET_UNKNOWN);
	CHECK(device.calls == 1);
}

static void test_acquire(void)
{
	static const char password[] = "Passw0rd!";
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.password = password,
		.password_length = sizeof(password) - 1,
	};
	struct credssp_timestamp expiry;
	uint64_t cred = 1;

	reset();
	CHECK(credssp_acquire_credentials_handle(&fake, &args, &cred, &expiry) == SEC_E_OK);
	CHECK(cred == 5 && expiry.utc == INT64_MAX);
	/* the kernel reads the caller's own buffer, no copy */
	CHECK(device.seen_acquire.password == cssp_ptr(password));
	CHECK(device.seen_acquire.size == sizeof(device.seen_acquire));
	device.status = SEC_E_NO_CREDENTIALS;
	CHECK(credssp_acquire_credentials_handle(&fake, &args, &cred, NULL) ==
	      SEC_E_NO_CREDENTIALS);
	CHECK(cred == 0);
	CHECK(credssp_acquire_credentials_handle(&fake, NULL, &cred, NULL) ==
	      SEC_E_INVALID_PARAMETER);
}

/* Each argument about tickets gets into its own member. */
static void test_acquire_tickets(void)
{
	static const char tickets[] = "FILE:/tmp/tickets", realm[] = "EXAMPLE.COM";
	const struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = CREDSSP_MECH_KERBEROS,
		.package = CREDSSP_PACKAGE_KERBEROS,
		.ticket_source = CREDSSP_TICKETS_KEYTAB,
		.flags = CREDSSP_ACQUIRE_USER_TO_USER,
		.tickets = tickets,
		.tickets_length = sizeof(tickets) - 1,
		.realm = realm,
		.realm_length = sizeof(realm) - 1,
	};
	const struct credssp_ioc_acquire *seen = &device.seen_acquire;
	uint64_t cred;

	reset();
	CHECK(credssp_acquire_credentials_handle(&fake, &args, &cred, NULL) == SEC_E_OK);
	CHECK(seen->ticket_source == CREDSSP_TICKETS_KEYTAB);
	CHECK(seen->flags == CREDSSP_ACQUIRE_USER_TO_USER);
	CHECK(seen->mechs == CREDSSP_MECH_KERBEROS && seen->package == CREDSSP_PACKAGE_KERBEROS);
	CHECK(seen->tickets == cssp_ptr(tickets) && seen->tickets_length == 17);
	CHECK(seen->realm == cssp_ptr(realm) && seen->realm_length == 11);
	CHECK(!seen->user && !seen->password && !seen->key);
}

/* A module from before Kerberos knows the structure up to its pins. */
static void test_acquire_older_module(void)
{
	static const char realm[] = "EXAMPLE.COM";
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.user = "alice", .user_length = 5,
		.password = "secret", .password_length = 6,
		.tickets = "", .realm = "",
	};
	uint64_t cred;

	reset();
	device.known = offsetof(struct credssp_ioc_acquire, tickets_length);
	CHECK(credssp_acquire_credentials_handle(&fake, &args, &cred, NULL) == SEC_E_OK);
	CHECK(cred == 5);
	args.realm = realm;
	args.realm_length = sizeof(realm) - 1;
	CHECK(credssp_acquire_credentials_handle(&fake, &args, &cred, NULL) ==
	      SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(errno == E2BIG && !cred);
}

static void test_encrypt(void)
{
	char header[8], data[4] = "abcd", trailer[32];
	struct credssp_buffer b[4] = {
		{ SECBUFFER_STREAM_HEADER, 4, header },
		{ SECBUFFER_DATA, sizeof(data), data },
		{ SECBUFFER_STREAM_TRAILER, sizeof(trailer), trailer },
		{ SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	int i;

	reset();
	CHECK(credssp_encrypt_message(&fake, 77, 0, &desc, 0) == SEC_E_BUFFER_TOO_SMALL);
	CHECK(b[0].length == 5 && b[2].length == 17);
	b[0].length = sizeof(header);
	CHECK(credssp_encrypt_message(&fake, 77, 0, &desc, 0) == SEC_E_OK);
	CHECK(b[0].length == 5 && !memcmp(header, "HHHHH", 5));
	CHECK(b[1].length == 4 && !memcmp(data, "`cbe", 4));
	CHECK(b[2].length == 17 && trailer[0] == 'R' && trailer[16] == 'R');

	CHECK(credssp_encrypt_message(&fake, 77, 1, &desc, 0) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_encrypt_message(&fake, 77, 0, &desc, 1) == SEC_E_INVALID_PARAMETER);
	CHECK(credssp_encrypt_message(&fake, 77, 0, NULL, 0) == SEC_E_INVALID_PARAMETER);
	b[1].length = CREDSSP_MAX_MESSAGE + 1;
	CHECK(credssp_encrypt_message(&fake, 77, 0, &desc, 0) == SEC_E_INVALID_PARAMETER);
	b[1].length = 4;
	for (i = 0; i < 3; i++) {
		b[i].type |= SECBUFFER_READONLY;
		CHECK(credssp_encrypt_message(&fake, 77, 0, &desc, 0) ==
		      SEC_E_INVALID_PARAMETER);
		b[i].type &= ~SECBUFFER_READONLY;
	}
	desc.count = 2;
	CHECK(credssp_encrypt_message(&fake, 77, 0, &desc, 0) == SEC_E_INVALID_PARAMETER);
}

static struct credssp_buffer_desc decrypt_desc(struct credssp_buffer *b, void *wire,
					       uint32_t length)
{
	memset(b, 0, 4 * sizeof(*b));
	b[0] = (struct credssp_buffer){ SECBUFFER_DATA, length, wire };
	return (struct credssp_buffer_desc){ SECBUFFER_VERSION, 4, b };
}

static void test_decrypt(void)
{
	struct credssp_buffer b[4];
	char wire[60];
	struct credssp_buffer_desc desc = decrypt_desc(b, wire, sizeof(wire));

	/* a record of 32 bytes with 10 of data, and 28 bytes of the next */
	reset();
	device.plain = 10;
	device.consumed = 32;
	CHECK(credssp_decrypt_message(&fake, 77, &desc, 0, NULL) == SEC_E_OK);
	CHECK(b[0].type == SECBUFFER_STREAM_HEADER && b[0].length == 5 && b[0].data == wire);
	CHECK(b[1].type == SECBUFFER_DATA && b[1].length == 10 && b[1].data == wire + 5);
	CHECK(!memcmp(wire + 5, "PPPPPPPPPP", 10));
	CHECK(b[2].type == SECBUFFER_STREAM_TRAILER && b[2].length == 17);
	CHECK(b[3].type == SECBUFFER_EXTRA && b[3].length == 28 && b[3].data == wire + 32);

	/* all of it is used, and has no data: a ticket */
	desc = decrypt_desc(b, wire, sizeof(wire));
	device.plain = 0;
	device.consumed = sizeof(wire);
	CHECK(credssp_decrypt_message(&fake, 77, &desc, 0, NULL) == SEC_E_OK);
	CHECK(b[1].length == 0 && b[3].type == SECBUFFER_EMPTY);

	/* incomplete: the data is as it was */
	desc = decrypt_desc(b, wire, 3);
	device.status = SEC_E_INCOMPLETE_MESSAGE;
	device.missing = 2;
	CHECK(credssp_decrypt_message(&fake, 77, &desc, 0, NULL) == SEC_E_INCOMPLETE_MESSAGE);
	CHECK(b[0].type == SECBUFFER_DATA && b[0].length == 3 && b[0].data == wire);
	CHECK(b[1].type == SECBUFFER_MISSING && b[1].length == 2);

	/* a contradictory answer of the device is an error */
	desc = decrypt_desc(b, wire, 30);
	device.status = SEC_E_OK;
	device.plain = 10;
	device.consumed = 31;
	CHECK(credssp_decrypt_message(&fake, 77, &desc, 0, NULL) == SEC_E_INTERNAL_ERROR);
	device.consumed = 14;
	CHECK(credssp_decrypt_message(&fake, 77, &desc, 0, NULL) == SEC_E_INTERNAL_ERROR);

	desc.count = 3;
	CHECK(credssp_decrypt_message(&fake, 77, &desc, 0, NULL) == SEC_E_INVALID_PARAMETER);
	desc = decrypt_desc(b, wire, 30);
	b[2].type = SECBUFFER_DATA;
	CHECK(credssp_decrypt_message(&fake, 77, &desc, 0, NULL) == SEC_E_INVALID_PARAMETER);
}

static void test_query(void)
{
	struct credssp_timestamp start, expiry;
	uint32_t length;
	void *answer;

	/* an answer that fits at once, and one that needs a second call */
	reset();
	device.make = 20;
	CHECK(credssp_query_alloc(&fake, 77, SECPKG_ATTR_NAMES, &answer, &length) == SEC_E_OK);
	CHECK(device.calls == 1 && length == 20 && answer && ((char *)answer)[19] == 1);
	credssp_free_context_buffer(answer);
	reset();
	device.make = 5000;
	CHECK(credssp_query_alloc(&fake, 77, SECPKG_ATTR_NAMES, &answer, NULL) == SEC_E_OK);
	CHECK(device.calls == 2 && answer && ((char *)answer)[4999] == 1);
	credssp_free_context_buffer(answer);
	/* an answer longer than any attribute is an error */
	device.make = 1 << 20;
	CHECK(credssp_query_alloc(&fake, 77, SECPKG_ATTR_NAMES, &answer, NULL) ==
	      SEC_E_BUFFER_TOO_SMALL);
	CHECK(!answer);
	device.status = SEC_E_INVALID_HANDLE;
	device.make = 0;
	CHECK(credssp_query_remote_cert(&fake, 77, &answer, &length) == SEC_E_INVALID_HANDLE);
	CHECK(!answer && !length);
	CHECK(credssp_query_alloc(&fake, 77, 1, NULL, NULL) == SEC_E_INVALID_PARAMETER);

	reset();
	device.make = sizeof(struct credssp_lifespan);
	CHECK(credssp_query_lifespan(&fake, 77, &start, &expiry) == SEC_E_OK);
	CHECK(start.utc == 0x0101010101010101 && expiry.utc == start.utc);
}

/* The report of a module that is older, as old, and newer than the library */
static void test_query_report(void)
{
	static const uint32_t lengths[] = {
		offsetof(struct credssp_report, passed_over), sizeof(struct credssp_report),
		sizeof(struct credssp_report) + 8, 5000,
	};
	struct credssp_report report;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		bool older = lengths[i] < sizeof(report);

		reset();
		device.make = lengths[i];
		memset(&report, 'x', sizeof(report));
		CHECK(credssp_query_report(&fake, 77, &report) == SEC_E_OK);
		CHECK(report.leg == 0x01010101 && report.mech_package == 0x01010101);
		CHECK(report.passed_over == (older ? 0 : 0x01010101));
		CHECK(report.skew == (older ? 0 : 0x0101010101010101));
	}
	device.status = SEC_E_INVALID_HANDLE;
	device.make = 0;
	CHECK(credssp_query_report(&fake, 77, &report) == SEC_E_INVALID_HANDLE);
	CHECK(!report.leg && !report.reason);
	CHECK(credssp_query_report(&fake, 77, NULL) == SEC_E_INVALID_PARAMETER);
}

static void test_packages(void)
{
	struct credssp_package_info *info;
	uint32_t count;

	reset();
	device.make = sizeof(device_packages);
	device.plain = 2;
	CHECK(credssp_enumerate_security_packages(&fake, &count, &info) == SEC_E_OK);
	CHECK(count == 2 && !strcmp((char *)info + info[1].name_offset, "Second"));
	credssp_free_context_buffer(info);
	CHECK(credssp_query_security_package_info(&fake, "second", &info) == SEC_E_OK);
	CHECK(info->package == 2 && !strcmp((char *)info + info->name_offset, "Second"));
	credssp_free_context_buffer(info);
	CHECK(credssp_query_security_package_info(&fake, "Third", &info) ==
	      SEC_E_SECPKG_NOT_FOUND);
	CHECK(!info);
	/* more packages than fit into the answer */
	device.plain = 100;
	CHECK(credssp_enumerate_security_packages(&fake, &count, &info) ==
	      SEC_E_INTERNAL_ERROR);
	CHECK(!info && !count);
}

static void test_authenticate(void)
{
	struct credssp_result result;

	reset();
	device.status = SEC_E_LOGON_DENIED;
	CHECK(credssp_authenticate_socket(&fake, 5, 3, "TERMSRV/h", 0, 0, 0, &result) ==
	      SEC_E_LOGON_DENIED);
	CHECK(result.cert_length == 100 && result.cert && *(char *)result.cert == 'C');
	CHECK(result.report.leg == CREDSSP_LEG_CREDS);
	credssp_free_context_buffer(result.cert);
	/* refused early: no certificate */
	device.status = SEC_E_INVALID_PARAMETER;
	CHECK(credssp_authenticate_socket(&fake, 5, 3, NULL, 0, 0, 0, &result) ==
	      SEC_E_INVALID_PARAMETER);
	CHECK(!result.cert && !result.cert_length);
}

/* A module from before Kerberos has a shorter report, and no room for the user behind it. */
static void test_authenticate_older_module(void)
{
	struct credssp_result result;

	reset();
	device.known = offsetof(struct credssp_ioc_authenticate, report) +
		       offsetof(struct credssp_report, passed_over);
	CHECK(credssp_authenticate_socket(&fake, 5, 3, "TERMSRV/h", 0, 0, 0, &result) ==
	      SEC_E_OK);
	CHECK(device.calls == 2 && !*result.user);
	CHECK(result.cert_length == 100 && result.report.leg == CREDSSP_LEG_CREDS);
	credssp_free_context_buffer(result.cert);
}

static void test_recv(void)
{
	char buffer[8];
	int pair[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(credssp_recv(pair[0], buffer, 0, 0) == -1 && errno == EINVAL);
	CHECK(credssp_recv(pair[0], NULL, 1, 0) == -1 && errno == EINVAL);
	CHECK(credssp_recv(pair[0], buffer, 8, MSG_PEEK) == -1 && errno == EINVAL);
	CHECK(credssp_recv(pair[0], buffer, 8, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	CHECK(credssp_send(pair[1], "abc", 3, 0) == 3);
	/* no record type: this is no kTLS, and its plaintext is not returned */
	CHECK(credssp_recv(pair[0], buffer, 8, 0) == -1 && errno == ENOPROTOOPT);
	close(pair[1]);
	CHECK(credssp_recv(pair[0], buffer, 8, 0) == -1 && errno == ECONNRESET);
	CHECK(credssp_send(pair[0], "abc", 3, 0) == -1 && errno == EPIPE);
	close(pair[0]);
	CHECK(credssp_recv(-1, buffer, 8, 0) == -1 && errno == EBADF);
}

static void test_handles(void)
{
	struct credssp_ioc_info info;

	reset();
	device.error = ENODEV;
	CHECK(credssp_info(&fake, &info) == -1 && errno == ENODEV);
	CHECK(info.size == sizeof(info));
	CHECK(credssp_info(NULL, &info) == -1 && errno == EINVAL);
	CHECK(credssp_delete_security_context(NULL, 1) == SEC_E_INVALID_HANDLE);
	CHECK(credssp_free_context_buffer(NULL) == SEC_E_OK);
	credssp_close(NULL);
}

int main(void)
{
	test_isc_first();
	test_isc_reason();
	test_isc_retry();
	test_isc_retry_first();
	test_isc_own_buffer();
	test_isc_missing();
	test_isc_refused();
	test_isc_parameters();
	test_isc_new_context();
	test_isc_w();
	test_policy();
	test_acquire();
	test_acquire_tickets();
	test_acquire_older_module();
	test_encrypt();
	test_decrypt();
	test_inner();
	test_target();
	test_query();
	test_query_report();
	test_packages();
	test_authenticate();
	test_authenticate_older_module();
	test_words();
	test_pack();
	test_accept();
	test_recv();
	test_handles();
	return test_result("libcredssp");
}
