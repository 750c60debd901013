// SPDX-License-Identifier: GPL-2.0-only
/* The Kerberos worker, with an office, a relay or KDCs that fail: the test plays all of them. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "krb5_kdc.h"
#include "tests/test.h"
#include "tests/test_kdc.h"
#include "tests/test_office.h"

#define ALICE	.source = CREDSSP_HLP_KRB5_PASSWORD, .user = "alice", .password = "secret", \
		.target = "TERMSRV/host.test"

static struct test_exchange x;

/* Answer one message for a KDC of @realm with @error and the bytes of a KDC. */
static void play_kdc_of(const char *realm, uint32_t error, const void *bytes, size_t length)
{
	static uint8_t packet[KRB5_KDC_REQUEST_MAX];
	const struct krb5_kdc_reply reply = { .error = error };
	struct krb5_kdc_request rq;
	ssize_t got = recv(x.relay, packet, sizeof(packet), 0);

	ENSURE(got > (ssize_t)sizeof(rq));
	memcpy(&rq, packet, sizeof(rq));
	ENSURE(rq.realm_length == strlen(realm));
	ENSURE(!memcmp(packet + sizeof(rq), realm, rq.realm_length));
	memcpy(packet, &reply, sizeof(reply));
	if (length)
		memcpy(packet + sizeof(reply), bytes, length);
	ENSURE(send(x.relay, packet, sizeof(reply) + length, 0) ==
	       (ssize_t)(sizeof(reply) + length));
}

static void play_kdc(uint32_t error, const void *bytes, size_t length)
{
	play_kdc_of(TEST_KDC_REALM, error, bytes, length);
}

static void begin_played(uint32_t time_limit)
{
	test_office_open(&x, true);
	test_office_ask(&x, &(struct test_ask){ ALICE, .time_limit = time_limit });
}

static void end_played(uint32_t failure, uint32_t error)
{
	test_office_take(&x);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(x.reply.failure == failure && x.reply.error == error);
	ENSURE(x.reply.kdc_messages == 1);
	ENSURE(!test_office_close(&x));
}

static void test_relay_errors(void)
{
	static const struct {
		uint32_t error;
		uint32_t failure;
	} rows[] = {
		{ ENOENT, CREDSSP_HLP_KRB5_FAIL_NO_KDC },
		{ EHOSTUNREACH, CREDSSP_HLP_KRB5_FAIL_NO_KDC },
		{ ETIMEDOUT, CREDSSP_HLP_KRB5_FAIL_NO_KDC },
		{ EINVAL, CREDSSP_HLP_KRB5_FAIL_NO_KDC },
		{ EBUSY, CREDSSP_HLP_KRB5_FAIL_OTHER },
		{ EIO, CREDSSP_HLP_KRB5_FAIL_OTHER },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin_played(0);
		play_kdc(rows[i].error, NULL, 0);
		end_played(rows[i].failure, 0);
	}
}

/* krb5.conf has no KDC of the realm. The relay finds it, by the DNS, and not the worker. */
static void test_unknown_realm(void)
{
	const struct test_ask a = { ALICE, .realm = "dns.example" };

	test_office_open(&x, true);
	test_office_ask(&x, &a);
	play_kdc_of("DNS.EXAMPLE", 0, "garbage", 7);
	end_played(CREDSSP_HLP_KRB5_FAIL_ANSWER, 0);
}

/* KRB-ERROR with KRB_AP_ERR_SKEW, the time of 2020-01-01 and the realm's krbtgt */
static const uint8_t skew[] = {
	0x7e, 0x5c, 0x30, 0x5a, 0xa0, 0x03, 0x02, 0x01, 0x05, 0xa1, 0x03, 0x02, 0x01,
	0x1e, 0xa4, 0x11, 0x18, 0x0f, 0x32, 0x30, 0x32, 0x30, 0x30, 0x31, 0x30, 0x31,
	0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x5a, 0xa5, 0x03, 0x02, 0x01, 0x00, 0xa6,
	0x03, 0x02, 0x01, 0x25, 0xa9, 0x0e, 0x1b, 0x0c, 0x54, 0x45, 0x53, 0x54, 0x2e,
	0x45, 0x58, 0x41, 0x4d, 0x50, 0x4c, 0x45, 0xaa, 0x21, 0x30, 0x1f, 0xa0, 0x03,
	0x02, 0x01, 0x02, 0xa1, 0x18, 0x30, 0x16, 0x1b, 0x06, 0x6b, 0x72, 0x62, 0x74,
	0x67, 0x74, 0x1b, 0x0c, 0x54, 0x45, 0x53, 0x54, 0x2e, 0x45, 0x58, 0x41, 0x4d,
	0x50, 0x4c, 0x45,
};

/* Where its code is, and the lengths that grow with what follows */
#define ERROR_CODE	42
#define LENGTH		1
#define INNER_LENGTH	3

static void test_kdc_answers(void)
{
	const int64_t then = 1577836800;
	int64_t off;

	begin_played(0);
	play_kdc(0, "garbage", 7);
	end_played(CREDSSP_HLP_KRB5_FAIL_ANSWER, 0);
	begin_played(0);
	play_kdc(0, NULL, 0);
	end_played(CREDSSP_HLP_KRB5_FAIL_ANSWER, 0);
	begin_played(0);
	play_kdc(0, skew, sizeof(skew));
	end_played(CREDSSP_HLP_KRB5_FAIL_SKEW, 37);
	off = x.reply.skew - (then - time(NULL));
	ENSURE(off >= 0 && off < 60);
}

/* A KDC that wants a certificate: it has not judged the password. */
static void test_no_use_for_passwords(void)
{
	/* e-data: a METHOD-DATA with PA-PK-AS-REQ alone */
	static const uint8_t data[] = {
		0xac, 0x0f, 0x04, 0x0d, 0x30, 0x0b, 0x30, 0x09, 0xa1, 0x03, 0x02, 0x01, 0x10,
		0xa2, 0x02, 0x04, 0x00,
	};
	uint8_t error[sizeof(skew) + sizeof(data)];

	memcpy(error, skew, sizeof(skew));
	memcpy(error + sizeof(skew), data, sizeof(data));
	ENSURE(error[ERROR_CODE] == 37);
	error[ERROR_CODE] = 25;
	error[LENGTH] += sizeof(data);
	error[INNER_LENGTH] += sizeof(data);
	begin_played(0);
	play_kdc(0, error, sizeof(error));
	end_played(CREDSSP_HLP_KRB5_FAIL_KDC, 25);
}

static void test_deadline(void)
{
	int64_t from = clock_ms();

	/* The relay does not answer at all. */
	begin_played(300);
	end_played(CREDSSP_HLP_KRB5_FAIL_NO_KDC, 0);
	ENSURE(clock_ms() - from >= 300 && clock_ms() - from < 10000);
	/* The relay has ended. */
	test_office_open(&x, true);
	close(x.relay);
	x.relay = -1;
	test_office_ask(&x, &(struct test_ask){ ALICE });
	test_office_take(&x);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_OTHER);
	ENSURE(!test_office_close(&x));
	/* The office gives up: the worker ends. */
	from = clock_ms();
	begin_played(0);
	ENSURE(recv(x.relay, x.out, sizeof(x.out), 0) > 0);
	test_office_close(&x);
	ENSURE(clock_ms() - from < 10000);
}

static void refuse(const void *packet, size_t length)
{
	test_office_open(&x, true);
	test_office_send(&x, packet, length);
	ENSURE(!recv(x.fd, x.out, sizeof(x.out), 0));
	ENSURE(test_office_close(&x) == EXIT_FAILURE);
}

static void test_malformed(void)
{
	static uint8_t packet[CREDSSP_HLP_MAX_MESSAGE + 1], copy[sizeof(packet)];
	const struct test_ask a = { ALICE };
	const size_t length = test_office_make(packet, &a);
	struct credssp_hlp_krb5_init head;

	for (size_t n = 1; n < length; n++)
		refuse(packet, n);
	refuse(packet, length + 1);
	refuse(packet, sizeof(packet));
	/* A NUL in each string */
	for (size_t i = sizeof(head); i < length; i++) {
		memcpy(copy, packet, length);
		copy[i] = 0;
		refuse(copy, length);
	}
	/* Each field of the head, wrong */
	for (size_t i = 0; i < offsetof(struct credssp_hlp_krb5_init, bindings); i += 4) {
		if (i == offsetof(struct credssp_hlp_krb5_init, time_limit))
			continue;
		memcpy(copy, packet, length);
		memset(copy + i, 0xff, 4);
		refuse(copy, length);
	}
	memcpy(&head, packet, sizeof(head));
	head.source = CREDSSP_HLP_KRB5_CCACHE;
	memcpy(packet, &head, sizeof(head));
	refuse(packet, length);
	/* A certificate without its name */
	head.source = CREDSSP_HLP_KRB5_CERT;
	memcpy(packet, &head, sizeof(head));
	refuse(packet, length);
	head.source = CREDSSP_HLP_KRB5_PASSWORD;
	head.flags = CREDSSP_HLP_KRB5_USER_TO_USER;
	memcpy(packet, &head, sizeof(head));
	refuse(packet, length);
}

static const struct test_case tests[] = {
	{ "errors of the relay", test_relay_errors },
	{ "a realm that krb5.conf does not have", test_unknown_realm },
	{ "wrong answers of a KDC", test_kdc_answers },
	{ "a KDC that wants no password", test_no_use_for_passwords },
	{ "deadline", test_deadline },
	{ "malformed requests", test_malformed },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	test_kdc_start();
	test_run("Kerberos' faults", tests, sizeof(tests) / sizeof(tests[0]));
	test_kdc_end();
	return 0;
}
