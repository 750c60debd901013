// SPDX-License-Identifier: GPL-2.0-only
/*
 * cert_test: the server at PEER_PORT asks for a client certificate and names
 * the issuers that it accepts; one of the names contains ISSUER. CERT is the
 * name of a certificate of such an issuer that the helper has for this user,
 * STRANGER the name of one of another issuer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define MAX_LEGS	40

int main(int argc, char **argv)
{
	return tap_main(argc > 1 ? argv[1] : NULL);
}

static uint64_t cred_of(int fd, const char *cert, const char *password)
{
	struct credssp_ioc_acquire a = device_acquire_args();

	a.cert = (uintptr_t)cert;
	a.cert_length = strlen(cert);
	a.password = (uintptr_t)password;
	a.password_length = strlen(password);
	REQUIRE_EQ(device_acquire(fd, &a), SEC_E_OK);
	return a.cred;
}

static uint64_t good_cred(int fd)
{
	const char *cert = getenv("CERT");

	REQUIRE(cert);
	return cred_of(fd, cert, PASSWORD);
}

static uint64_t plain_cred(int fd)
{
	return cred_of(fd, "", PASSWORD);
}

static struct leg leg;
static uint8_t record[CREDSSP_MAX_TOKEN];

/* Call with @leg's input, send the token, receive a record unless the exchange stops. */
static int32_t step(int fd, uint64_t cred, uint64_t *context, int sock)
{
	int32_t status;

	leg.req = REQ;
	leg.room = sizeof(leg.out);
	status = device_leg(fd, cred, context, &leg);
	if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
		CHECK_EQ(leg.out_len, 0);
		return status;
	}
	if (status >= 0 && leg.out_len)
		sock_send(sock, leg.out, leg.out_len);
	if (status != SEC_I_CONTINUE_NEEDED)
		return status;
	leg.in = record;
	leg.in_len = sock_record(sock, record, sizeof(record));
	return status;
}

static int32_t go_on(int fd, uint64_t cred, uint64_t *context, int sock)
{
	int32_t status = SEC_I_CONTINUE_NEEDED;
	int i;

	for (i = 0; i < MAX_LEGS && status == SEC_I_CONTINUE_NEEDED; i++)
		status = step(fd, cred, context, sock);
	return status;
}

/* Run an exchange until the server asks for a certificate. Return the context. */
static uint64_t asked(int fd, uint64_t cred, int sock)
{
	uint64_t context = 0;

	memset(&leg, 0, sizeof(leg));
	REQUIRE_EQ(go_on(fd, cred, &context, sock), SEC_I_INCOMPLETE_CREDENTIALS);
	REQUIRE(context);
	return context;
}

static void empty_token(void)
{
	leg.in = NULL;
	leg.in_len = 0;
}

static void expect_established(int fd, uint64_t context, bool with_cert)
{
	struct credssp_report report;

	REQUIRE_EQ(device_report(fd, context, &report), SEC_E_OK);
	CHECK_EQ(report.leg, CREDSSP_LEG_ESTABLISHED);
	CHECK_EQ(!!(report.facts & CREDSSP_FACT_CLIENT_CERT), with_cert);
	CHECK(report.facts & CREDSSP_FACT_DELEGATED);
}

static struct credssp_ioc_query issuers_query(uint64_t context, void *buffer, uint32_t room)
{
	return (struct credssp_ioc_query){
		.size = sizeof(struct credssp_ioc_query), .context = context,
		.attribute = SECPKG_ATTR_ISSUER_LIST_EX,
		.buffer = (uintptr_t)buffer, .length = room,
	};
}

static void expect_issuers(int fd, uint64_t context)
{
	static uint64_t buffer[8192];
	const struct credssp_issuer_list *list = (void *)buffer;
	struct credssp_ioc_query q = issuers_query(context, buffer, 4);
	const char *issuer = getenv("ISSUER");
	uint32_t i, needed, found = 0;

	REQUIRE(issuer);
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_QUERY, &q), 0);
	CHECK_EQ(q.status, SEC_E_BUFFER_TOO_SMALL);
	needed = q.length;
	q = issuers_query(context, buffer, sizeof(buffer));
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_QUERY, &q), 0);
	REQUIRE_EQ(q.status, SEC_E_OK);
	CHECK_EQ(q.length, needed);
	CHECK_EQ(list->__reserved, 0);
	for (i = 0; i < list->count; i++) {
		const struct credssp_issuer *name = &list->issuers[i];

		REQUIRE(name->offset + name->length <= q.length);
		found += !!memmem((char *)buffer + name->offset, name->length, issuer,
				  strlen(issuer));
	}
	CHECK_EQ(found, 1);
}

TEST(new_handle, "INCOMPLETE_CREDENTIALS, then a new handle in the same handshake")
{
	int fd = device_open(), sock = sock_peer();
	uint64_t old = plain_cred(fd), cred = good_cred(fd);
	uint64_t context = asked(fd, old, sock);

	expect_issuers(fd, context);
	/* the old handle may be freed before the call with the new one */
	CHECK_EQ(device_free_cred(fd, old), SEC_E_OK);
	empty_token();
	REQUIRE_EQ(go_on(fd, cred, &context, sock), SEC_E_OK);
	expect_established(fd, context, true);
	expect_issuers(fd, context);
	CHECK_EQ(device_delete(fd, context), SEC_E_OK);
}

TEST(same_token, "... with the same token once more, which is not used twice")
{
	int fd = device_open(), sock = sock_peer();
	uint64_t context = asked(fd, plain_cred(fd), sock);

	REQUIRE(leg.in_len);
	REQUIRE_EQ(go_on(fd, good_cred(fd), &context, sock), SEC_E_OK);
	expect_established(fd, context, true);
}

TEST(same_handle, "the same handle, or none, goes on without a certificate")
{
	int fd = device_open(), i;

	for (i = 0; i < 2; i++) {
		int sock = sock_peer();
		uint64_t cred = plain_cred(fd), context = asked(fd, cred, sock);

		if (i)
			empty_token();
		REQUIRE_EQ(go_on(fd, i ? 0 : cred, &context, sock), SEC_E_OK);
		expect_established(fd, context, false);
	}
}

TEST(several, "a certificate that does not exist is asked about again, as often as it takes")
{
	int fd = device_open(), sock = sock_peer(), i;
	uint64_t context = asked(fd, cred_of(fd, "none", PASSWORD), sock);

	for (i = 0; i < 3; i++) {
		if (i)
			empty_token();
		REQUIRE_EQ(go_on(fd, cred_of(fd, "none.either", PASSWORD), &context, sock),
			   SEC_I_INCOMPLETE_CREDENTIALS);
	}
	REQUIRE_EQ(go_on(fd, good_cred(fd), &context, sock), SEC_E_OK);
	expect_established(fd, context, true);
}

TEST(strange, "a certificate of an issuer that the server does not name is asked about")
{
	int fd = device_open(), sock = sock_peer();
	const char *stranger = getenv("STRANGER");
	uint64_t context;

	REQUIRE(stranger);
	context = asked(fd, cred_of(fd, stranger, PASSWORD), sock);
	REQUIRE_EQ(go_on(fd, good_cred(fd), &context, sock), SEC_E_OK);
	expect_established(fd, context, true);
}

TEST(replaced, "all of the exchange uses the new credential")
{
	int fd = device_open(), sock = sock_peer();
	uint64_t context = asked(fd, cred_of(fd, "", "not the password"), sock);
	const char *cert = getenv("CERT");

	REQUIRE_EQ(go_on(fd, good_cred(fd), &context, sock), SEC_E_OK);
	expect_established(fd, context, true);
	sock = sock_peer();
	context = asked(fd, plain_cred(fd), sock);
	REQUIRE(cert);
	CHECK(go_on(fd, cred_of(fd, cert, "not the password"), &context, sock) < 0);
}

TEST(no_question, "another handle without a question is no handle, and ends the context")
{
	int fd = device_open(), sock = sock_peer();
	uint64_t cred = good_cred(fd), context = 0;
	struct credssp_ioc_query q;

	memset(&leg, 0, sizeof(leg));
	REQUIRE_EQ(step(fd, cred, &context, sock), SEC_I_CONTINUE_NEEDED);
	q = issuers_query(context, record, sizeof(record));
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_QUERY, &q), 0);
	CHECK_EQ(q.status, SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(device_leg(fd, good_cred(fd), &context, &leg), SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_leg(fd, cred, &context, &leg), SEC_E_INVALID_HANDLE);
}

TEST(given_up, "a context that waits for an answer can be deleted or cancelled")
{
	int fd = device_open(), sock = sock_peer();
	struct credssp_ioc_handle cancel = { .size = sizeof(cancel) };
	uint64_t context = asked(fd, plain_cred(fd), sock);

	CHECK_EQ(device_delete(fd, context), SEC_E_OK);
	sock = sock_peer();
	context = asked(fd, plain_cred(fd), sock);
	cancel.handle = context;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_CANCEL, &cancel), 0);
	CHECK(device_leg(fd, good_cred(fd), &context, &leg) < 0);
	CHECK_EQ(device_leg(fd, good_cred(fd), &context, &leg), SEC_E_INVALID_HANDLE);
}

static uint64_t attach(int fd, uint64_t cred, int sock)
{
	struct credssp_ioc_socket a = { .size = sizeof(a), .fd = sock, .cred = cred };

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_ATTACH, &a), 0);
	REQUIRE_EQ(a.status, SEC_E_OK);
	return a.context;
}

static int32_t init_attached(int fd, uint64_t cred, uint64_t context)
{
	struct credssp_ioc_init a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context_req = REQ,
		.data_rep = SECURITY_NATIVE_DREP, .cred = cred, .context = context,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &a), 0);
	return a.status;
}

TEST(attached, "on an attached socket the same: a new handle, or the same one and no certificate")
{
	int fd = device_open(), i;

	for (i = 0; i < 2; i++) {
		int sock = sock_peer();
		uint64_t cred = plain_cred(fd), context = attach(fd, cred, sock);

		REQUIRE_EQ(init_attached(fd, cred, context), SEC_I_INCOMPLETE_CREDENTIALS);
		expect_issuers(fd, context);
		REQUIRE_EQ(init_attached(fd, i ? cred : good_cred(fd), context), SEC_E_OK);
		expect_established(fd, context, !i);
	}
}

TEST(attached_given_up, "deleting it before the answer shuts the attached socket down")
{
	int fd = device_open(), sock = sock_peer();
	uint64_t cred = plain_cred(fd), context = attach(fd, cred, sock);

	REQUIRE_EQ(init_attached(fd, cred, context), SEC_I_INCOMPLETE_CREDENTIALS);
	CHECK_EQ(device_delete(fd, context), SEC_E_OK);
	/* the rest of the server's flight may still be in the queue */
	while (recv(sock, record, sizeof(record), MSG_DONTWAIT) > 0)
		;
	sock_expect_dead(sock);
}

TEST(one_call, "AUTHENTICATE never asks: it sends the credential's certificate or none")
{
	struct credssp_report report;
	int fd = device_open();

	CHECK_EQ(device_authenticate(fd, sock_peer(), plain_cred(fd), 0, &report), SEC_E_OK);
	CHECK(!(report.facts & CREDSSP_FACT_CLIENT_CERT));
	CHECK_EQ(device_authenticate(fd, sock_peer(), cred_of(fd, "none", PASSWORD), 0, &report),
		 SEC_E_OK);
	CHECK(!(report.facts & CREDSSP_FACT_CLIENT_CERT));
	CHECK_EQ(device_authenticate(fd, sock_peer(), good_cred(fd), 0, &report), SEC_E_OK);
	CHECK(report.facts & CREDSSP_FACT_CLIENT_CERT);
}

TEST(names, "ACQUIRE refuses names that could be paths, and long ones")
{
	static const char *const bad[] = {
		".", "..", ".hidden", "a/b", "/a", "a\\b", "a b", "a\n", "\xe4", "a:b", "a*",
		"12345678901234567890123456789012345678901234567890123456789012345",
	};
	int fd = device_open();
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct credssp_ioc_acquire a = device_acquire_args();

		a.cert = (uintptr_t)bad[i];
		a.cert_length = strlen(bad[i]);
		CHECK_EQ(device_acquire(fd, &a), SEC_E_INVALID_PARAMETER);
		CHECK_EQ(a.cred, 0);
	}
	cred_of(fd, "A-z_0.9", PASSWORD);
}
