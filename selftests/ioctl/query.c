// SPDX-License-Identifier: GPL-2.0-only
/* QueryContextAttributes and EnumerateSecurityPackages. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define POISON		0xa5
#define NEVER		0x7fffffffffffffffll
#define SESSION_KEY	16

/* The buffer of an attribute; bytes behind the attribute must not change. */
static uint8_t answer[65536];

static int32_t query(int fd, uint64_t context, uint32_t attribute, uint32_t *length)
{
	struct credssp_ioc_query a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = context,
		.attribute = attribute, .buffer = (uintptr_t)answer, .length = *length,
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_QUERY, &a), 0);
	*length = a.length;
	return a.status;
}

/* Query an attribute with more than enough room. Return the status. */
static int32_t ask(int fd, uint64_t context, uint32_t attribute)
{
	uint32_t length = sizeof(answer);

	memset(answer, POISON, sizeof(answer));
	return query(fd, context, attribute, &length);
}

/* Expect the string @want in the answer, with a NUL after it. */
static void expect_string(uint32_t offset, uint32_t length, const char *want)
{
	REQUIRE(offset < sizeof(answer) && length < sizeof(answer) - offset);
	CHECK_EQ(length, strlen(want));
	CHECK(!memcmp(answer + offset, want, strlen(want) + 1));
}

/* An established context of the token transport. */
static uint64_t established(int fd, uint32_t mech)
{
	device_need_helper(fd);
	return exchange_run(fd, device_cred(fd, mech, PASSWORD), sock_peer());
}

TEST(sizes, "SIZES and STREAM_SIZES say what sealing adds")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NTLM);
	struct credssp_stream_sizes stream;
	struct credssp_sizes sizes;

	CHECK_EQ(ask(fd, context, SECPKG_ATTR_STREAM_SIZES), SEC_E_OK);
	memcpy(&stream, answer, sizeof(stream));
	CHECK_EQ(stream.maximum_message, CREDSSP_MAX_MESSAGE);
	CHECK(stream.header >= 5 && stream.trailer >= 16);
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_SIZES), SEC_E_OK);
	memcpy(&sizes, answer, sizeof(sizes));
	CHECK_EQ(sizes.max_token, CREDSSP_MAX_TOKEN);
	CHECK_EQ(sizes.max_signature, 0);
	CHECK_EQ(sizes.block_size, 1);
	CHECK_EQ(sizes.security_trailer, stream.header + stream.trailer);
}

TEST(names, "NAMES is the user, NATIVE_NAMES the user and the target")
{
	int fd = device_open();
	struct credssp_ioc_acquire a = device_acquire_args();
	struct credssp_native_names native;
	struct credssp_names names;
	uint64_t context;

	device_need_helper(fd);
	a.mechs = CREDSSP_MECH_NTLM;
	a.domain = (uintptr_t)"D\xc3\xb6main";
	a.domain_length = 7;
	REQUIRE_EQ(device_acquire(fd, &a), SEC_E_OK);
	context = exchange_run(fd, a.cred, sock_peer());
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_NAMES), SEC_E_OK);
	memcpy(&names, answer, sizeof(names));
	expect_string(names.user_offset, names.user_length, "D\xc3\xb6main\\" USER);
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_NATIVE_NAMES), SEC_E_OK);
	memcpy(&native, answer, sizeof(native));
	expect_string(native.client_offset, native.client_length, "D\xc3\xb6main\\" USER);
	expect_string(native.server_offset, native.server_length, TARGET);
}

TEST(lifespan, "LIFESPAN is from the establishing to the end of the certificate, in UTC")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NTLM);
	struct credssp_lifespan span;
	int64_t seconds;

	CHECK_EQ(ask(fd, context, SECPKG_ATTR_LIFESPAN), SEC_E_OK);
	memcpy(&span, answer, sizeof(span));
	seconds = span.start / 10000000 - 11644473600ll;
	CHECK(seconds <= time(NULL) && seconds > time(NULL) - 60);
	/* the peer's certificate is valid for some days */
	CHECK(span.expiry > span.start && span.expiry < NEVER);
}

TEST(session_key, "SESSION_KEY is for privileged openers only")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NEGOTIATE);
	struct credssp_session_key key;
	static const uint8_t nothing[SESSION_KEY];

	if (geteuid()) {
		CHECK_EQ(ask(fd, context, SECPKG_ATTR_SESSION_KEY),
			 SEC_E_UNSUPPORTED_FUNCTION);
		CHECK(answer[0] == POISON);
		return;
	}
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_SESSION_KEY), SEC_E_OK);
	memcpy(&key, answer, sizeof(key));
	CHECK_EQ(key.key_length, SESSION_KEY);
	CHECK_EQ(key.key_offset, sizeof(key));
	CHECK(memcmp(answer + sizeof(key), nothing, SESSION_KEY));
	/* the file was opened by root, but the caller has given up its privilege */
	REQUIRE(!setegid(65534) && !seteuid(65534));
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_SESSION_KEY), SEC_E_UNSUPPORTED_FUNCTION);
}

TEST(package, "PACKAGE_INFO is CREDSSP, NEGOTIATION_INFO the mechanism inside")
{
	int fd = device_open();
	uint64_t raw = established(fd, CREDSSP_MECH_NTLM);
	uint64_t nego = established(fd, CREDSSP_MECH_NEGOTIATE);
	struct credssp_negotiation_info info;
	struct credssp_package_info package;

	CHECK_EQ(ask(fd, raw, SECPKG_ATTR_PACKAGE_INFO), SEC_E_OK);
	memcpy(&package, answer, sizeof(package));
	expect_string(package.name_offset, package.name_length, "CREDSSP");
	CHECK_EQ(package.package, CREDSSP_PACKAGE_CREDSSP);
	CHECK_EQ(package.version, 1);
	CHECK_EQ(package.rpc_id, SECPKG_ID_NONE);
	CHECK(package.capabilities & SECPKG_FLAG_DELEGATION);
	CHECK_EQ(ask(fd, raw, SECPKG_ATTR_NEGOTIATION_INFO), SEC_E_OK);
	memcpy(&info, answer, sizeof(info));
	expect_string(info.package.name_offset, info.package.name_length, "NTLM");
	CHECK_EQ(info.state, SECPKG_NEGOTIATION_DIRECT);
	CHECK_EQ(info.__reserved, 0);
	CHECK_EQ(ask(fd, nego, SECPKG_ATTR_NEGOTIATION_INFO), SEC_E_OK);
	memcpy(&info, answer, sizeof(info));
	CHECK_EQ(info.state, SECPKG_NEGOTIATION_COMPLETE);
}

TEST(flags, "FLAGS are those of the last call")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NTLM);
	struct credssp_flags flags;

	CHECK_EQ(ask(fd, context, SECPKG_ATTR_FLAGS), SEC_E_OK);
	memcpy(&flags, answer, sizeof(flags));
	CHECK_EQ(flags.flags, ISC_RET_MANUAL_CRED_VALIDATION | ISC_RET_STREAM |
		 ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
		 ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY | ISC_RET_DELEGATE);
}

TEST(tls, "CONNECTION_INFO and CIPHER_INFO describe the TLS session of the report")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NTLM);
	struct credssp_connection_info conn;
	struct credssp_cipher_info cipher;
	struct credssp_report report;

	CHECK_EQ(device_report(fd, context, &report), SEC_E_OK);
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_CONNECTION_INFO), SEC_E_OK);
	memcpy(&conn, answer, sizeof(conn));
	CHECK_EQ(conn.protocol, report.tls_version == 0x0304 ?
		 CREDSSP_PROTOCOL_TLS1_3_CLIENT : CREDSSP_PROTOCOL_TLS1_2_CLIENT);
	CHECK(conn.cipher_strength == 128 || conn.cipher_strength == 256);
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_CIPHER_INFO), SEC_E_OK);
	memcpy(&cipher, answer, sizeof(cipher));
	CHECK_EQ(cipher.version, CREDSSP_CIPHER_INFO_V1);
	CHECK_EQ(cipher.protocol, report.tls_version);
	CHECK_EQ(cipher.suite, report.tls_cipher);
	CHECK_EQ(cipher.cipher_bits, conn.cipher_strength);
	CHECK(!strncmp((char *)cipher.suite_name, "TLS_", 4));
	/* the names are padded with zeros */
	CHECK_EQ(cipher.suite_name[sizeof(cipher.suite_name) - 1], 0);
	CHECK_EQ(cipher.certificate_name[sizeof(cipher.certificate_name) - 1], 0);
}

TEST(trust, "CERT_TRUST_STATUS and SERVER_AUTH_FLAGS judge the certificate as the report does")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NTLM);
	struct credssp_cert_trust_status status;
	struct credssp_server_auth_flags auth;
	struct credssp_report report;

	CHECK_EQ(device_report(fd, context, &report), SEC_E_OK);
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_CERT_TRUST_STATUS), SEC_E_OK);
	memcpy(&status, answer, sizeof(status));
	CHECK_EQ(status.trust, report.trust);
	CHECK_EQ(status.info_status, 0);
	/* the peer's certificate is self-signed */
	CHECK(status.error_status & CREDSSP_CERT_TRUST_IS_UNTRUSTED_ROOT);
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_SERVER_AUTH_FLAGS), SEC_E_OK);
	memcpy(&auth, answer, sizeof(auth));
	CHECK_EQ(auth.flags, 0);
	CHECK_EQ(ask(fd, context, SECPKG_ATTR_REMOTE_CERT_CONTEXT), SEC_E_OK);
	CHECK_EQ(answer[0], 0x30);
}

static const uint32_t attributes[] = {
	SECPKG_ATTR_CREDSSP_REPORT, SECPKG_ATTR_CREDSSP_TRACE, SECPKG_ATTR_REMOTE_CERT_CONTEXT,
	SECPKG_ATTR_SIZES,
	SECPKG_ATTR_STREAM_SIZES, SECPKG_ATTR_NAMES, SECPKG_ATTR_NATIVE_NAMES,
	SECPKG_ATTR_LIFESPAN, SECPKG_ATTR_PACKAGE_INFO, SECPKG_ATTR_NEGOTIATION_INFO,
	SECPKG_ATTR_FLAGS, SECPKG_ATTR_CONNECTION_INFO, SECPKG_ATTR_CIPHER_INFO,
	SECPKG_ATTR_CERT_TRUST_STATUS, SECPKG_ATTR_SERVER_AUTH_FLAGS,
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define FIRST_REPORT	(offsetof(struct credssp_report, cert_sha256) + CREDSSP_PIN_SIZE)

TEST(first_report, "a program that knows the first report gets as much as it knows")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NTLM);
	uint32_t length = FIRST_REPORT;

	memset(answer, POISON, sizeof(answer));
	CHECK_EQ(query(fd, context, SECPKG_ATTR_CREDSSP_REPORT, &length), SEC_E_OK);
	CHECK_EQ(length, FIRST_REPORT);
	CHECK(answer[FIRST_REPORT] == POISON);
}

TEST(room, "too little room for an attribute is told and nothing is written past it")
{
	int fd = device_open();
	uint64_t context = established(fd, CREDSSP_MECH_NTLM);
	uint32_t length, needed;
	size_t i;

	for (i = 0; i < COUNT(attributes); i++) {
		memset(answer, POISON, sizeof(answer));
		needed = 0;
		CHECK_EQ(query(fd, context, attributes[i], &needed),
			 SEC_E_BUFFER_TOO_SMALL);
		/* The report has grown: room for what it was at first is enough. */
		length = needed - 1;
		if (attributes[i] == SECPKG_ATTR_CREDSSP_REPORT)
			length = FIRST_REPORT - 1;
		CHECK_EQ(query(fd, context, attributes[i], &length),
			 SEC_E_BUFFER_TOO_SMALL);
		CHECK_EQ(length, needed);
		CHECK(answer[0] == POISON);
		CHECK_EQ(query(fd, context, attributes[i], &length), SEC_E_OK);
		CHECK_EQ(length, needed);
		CHECK(answer[needed] == POISON);
	}
}

/* One call of INIT: TLS has begun, nothing is proven. */
static uint64_t begun(int fd)
{
	static struct leg leg;
	uint64_t context = 0;

	device_need_helper(fd);
	leg.req = REQ;
	leg.room = sizeof(leg.out);
	REQUIRE_EQ(device_leg(fd, device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD), &context, &leg),
		   SEC_I_CONTINUE_NEEDED);
	return context;
}

static const struct {
	uint32_t attribute;
	int32_t begun, dead;
} states[] = {
	{ SECPKG_ATTR_CREDSSP_REPORT, SEC_E_OK, SEC_E_OK },
	{ SECPKG_ATTR_CREDSSP_TRACE, SEC_E_OK, SEC_E_OK },
	{ SECPKG_ATTR_REMOTE_CERT_CONTEXT, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_SIZES, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_STREAM_SIZES, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_NAMES, SEC_E_OK, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_NATIVE_NAMES, SEC_E_OK, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_LIFESPAN, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_PACKAGE_INFO, SEC_E_OK, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_NEGOTIATION_INFO, SEC_E_OK, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_FLAGS, SEC_E_OK, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_CONNECTION_INFO, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_CIPHER_INFO, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_CERT_TRUST_STATUS, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	{ SECPKG_ATTR_SERVER_AUTH_FLAGS, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE },
	/* unknown attributes */
	{ 3, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION },
	{ 0xffffffff, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_UNSUPPORTED_FUNCTION },
};

TEST(when, "an attribute is there when its facts are, and a dead context has but the report")
{
	int fd = device_open();
	uint64_t context = begun(fd);
	static struct leg leg;
	size_t i;

	for (i = 0; i < COUNT(states); i++)
		CHECK_EQ(ask(fd, context, states[i].attribute), states[i].begun);
	leg.req = REQ;
	leg.room = sizeof(leg.out);
	leg.in = "nonsense";
	leg.in_len = 8;
	CHECK(device_leg(fd, 0, &context, &leg) != SEC_I_CONTINUE_NEEDED);
	for (i = 0; i < COUNT(states); i++)
		CHECK_EQ(ask(fd, context, states[i].attribute), states[i].dead);
}

TEST(packages, "EnumerateSecurityPackages lists the packages with their names")
{
	struct credssp_ioc_packages a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .buffer = (uintptr_t)answer,
	};
	int fd = device_open();
	struct credssp_package_info info;
	uint32_t i, needed;

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_PACKAGES, &a), 0);
	CHECK_EQ(a.status, SEC_E_BUFFER_TOO_SMALL);
	needed = a.length;
	memset(answer, POISON, sizeof(answer));
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_PACKAGES, &a), 0);
	CHECK_EQ(a.status, SEC_E_OK);
	CHECK_EQ(a.length, needed);
	CHECK(answer[needed] == POISON);
	REQUIRE(a.count >= 1 && needed > a.count * sizeof(info));
	for (i = 0; i < a.count; i++) {
		memcpy(&info, answer + i * sizeof(info), sizeof(info));
		CHECK(info.name_offset + info.name_length < needed);
		CHECK(info.comment_offset + info.comment_length < needed);
		CHECK_EQ(answer[info.name_offset + info.name_length], 0);
		CHECK_EQ(info.max_token, CREDSSP_MAX_TOKEN);
	}
	memcpy(&info, answer, sizeof(info));
	expect_string(info.name_offset, info.name_length, "CREDSSP");
	a.__reserved = 1;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_PACKAGES, &a), -EINVAL);
	a.__reserved = 0;
	a.buffer = 8;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_PACKAGES, &a), -EFAULT);
}
