// SPDX-License-Identifier: GPL-2.0-only
/*
 * The token loop with a fake device and a fake server. The first byte of a message is its
 * length, which includes that byte. The device answers the first call with "hello", each
 * message with "more", and a message with 'Z' with "creds" and success. Decrypt returns
 * the bytes of a message.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net.h"
#include "private.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "token.h"

static struct {
	unsigned int deleted;
	uint32_t leg;
	uint32_t offered[32];
	unsigned int calls;
	int32_t fail_with;
	uint32_t package;
	unsigned int names_asked;
} device;

/* SECPKG_ATTR_NAMES: the user's name is behind the head and two other bytes. */
static const struct {
	struct credssp_names head;
	char text[2 + sizeof("alice@EXAMPLE.COM")];
} device_names = {
	.head = { .user_offset = sizeof(struct credssp_names) + 2, .user_length = 17 },
	.text = "--alice@EXAMPLE.COM",
};

static void put_token(struct credssp_sec_buffer *out, const char *text)
{
	out->length = (uint32_t)strlen(text);
	memcpy((void *)(uintptr_t)out->addr, text, out->length);
}

static void device_init(struct credssp_ioc_init *a)
{
	struct credssp_sec_buffer *in = (void *)(uintptr_t)a->input;
	struct credssp_sec_buffer *out = (void *)(uintptr_t)a->output;
	const unsigned char *data;
	uint32_t length;

	a->new_context = 9;
	a->status = SEC_I_CONTINUE_NEEDED;
	if (!a->context) {
		put_token(out, "hello");
		return;
	}
	data = (const unsigned char *)(uintptr_t)in[0].addr;
	length = in[0].length;
	device.offered[device.calls++ % 32] = length;
	out->length = 0;
	if (!length || data[0] > length) {
		in[1].type = SECBUFFER_MISSING;
		in[1].length = length ? data[0] - length : 1;
		a->status = SEC_E_INCOMPLETE_MESSAGE;
		return;
	}
	if (length > data[0]) {
		in[1].type = SECBUFFER_EXTRA;
		in[1].length = length - data[0];
	}
	a->status = data[1] == 'Z' ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
	put_token(out, data[1] == 'Z' ? "creds" : "more");
	if (device.fail_with) {
		a->status = device.fail_with;
		put_token(out, "alert");
	}
}

static void device_query(struct credssp_ioc_query *a)
{
	struct credssp_report report = { .leg = device.leg, .mech_package = device.package };

	a->status = SEC_E_UNSUPPORTED_FUNCTION;
	if (device.fail_with)
		report.reason = CREDSSP_REASON_BINDING;
	if (a->attribute == SECPKG_ATTR_CREDSSP_REPORT) {
		memcpy((void *)(uintptr_t)a->buffer, &report, sizeof(report));
		a->status = SEC_E_OK;
	}
	if (a->attribute == SECPKG_ATTR_NAMES) {
		device.names_asked++;
		memcpy((void *)(uintptr_t)a->buffer, &device_names, sizeof(device_names));
		a->length = sizeof(device_names);
		a->status = SEC_E_OK;
	}
}

static void device_decrypt(struct credssp_ioc_message *a)
{
	const unsigned char *in = (const unsigned char *)(uintptr_t)a->in;

	a->status = SEC_E_INCOMPLETE_MESSAGE;
	a->missing = a->in_length ? in[0] - a->in_length : 1;
	if (!a->in_length || in[0] > a->in_length)
		return;
	a->status = in[0] == 2 && in[1] == 'C' ? SEC_I_CONTEXT_EXPIRED : SEC_E_OK;
	a->consumed = in[0];
	a->header_length = 1;
	a->out = a->in + 1;
	a->out_length = in[0] - 1;
}

static int device_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	(void)lib;
	switch (cmd) {
	case CREDSSP_IOC_INIT:
		device_init(arg);
		return 0;
	case CREDSSP_IOC_QUERY:
		device_query(arg);
		return 0;
	case CREDSSP_IOC_DECRYPT:
		device_decrypt(arg);
		return 0;
	case CREDSSP_IOC_DELETE:
		device.deleted++;
		((struct credssp_ioc_handle *)arg)->status = SEC_E_OK;
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

static struct credssp fake = { .fd = -1, .ioctl = device_ioctl };

/*
 * Run an exchange with a server that sends all of @server beforehand, and then closes or,
 * with @hold, keeps silent. @said gets what the client sent.
 */
static struct outcome exchange(const char *server, size_t n, bool early_auth, bool hold,
			       char *said, size_t room)
{
	struct outcome o = { .status = SEC_E_INTERNAL_ERROR };
	struct token_tcp tcp = { .deadline = net_now() + (hold ? 50 : 5000) };
	struct token_job job = {
		.lib = &fake,
		.cred = 5,
		.wire = &token_tcp_wire,
		.arg = &tcp,
		.target = "TERMSRV/h",
		.early_auth = early_auth,
	};
	int pair[2];
	ssize_t got;

	device.deleted = 0;
	device.calls = 0;
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(write(pair[1], server, n) == (ssize_t)n);
	if (!hold)
		CHECK(!shutdown(pair[1], SHUT_WR));
	tcp.fd = pair[0];
	token_authenticate(&job, &o);
	got = recv(pair[1], said, room - 1, MSG_DONTWAIT);
	said[got > 0 ? got : 0] = '\0';
	close(pair[0]);
	close(pair[1]);
	CHECK(device.deleted == 1);
	return o;
}

#define EXCHANGE(server, early, hold) \
	exchange(server, sizeof(server) - 1, early, hold, said, sizeof(said))

static void test_established(void)
{
	char said[64];
	struct outcome o;

	memset(&device, 0, sizeof(device));
	device.leg = CREDSSP_LEG_ESTABLISHED;
	/* three messages in one segment: EXTRA is used before anything is read */
	o = EXCHANGE("\003ab\005abcd\x02Z", false, false);
	CHECK(o.asked && o.status == SEC_E_OK && !o.reason);
	CHECK(!strcmp(said, "hellomoremorecreds"));
	CHECK(device.offered[0] == 10 && device.offered[1] == 7 && device.offered[2] == 2);
	CHECK(outcome_exit_code(&o) == EXIT_CODE_AUTHENTICATED);
}

/* The client's principal is asked for after Kerberos only. */
static void test_client(void)
{
	static const uint32_t packages[] = {
		0, CREDSSP_PACKAGE_NTLM, CREDSSP_PACKAGE_KERBEROS,
	};
	char said[64];
	struct outcome o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(packages); i++) {
		bool kerberos = packages[i] == CREDSSP_PACKAGE_KERBEROS;

		memset(&device, 0, sizeof(device));
		device.leg = CREDSSP_LEG_ESTABLISHED;
		device.package = packages[i];
		o = EXCHANGE("\x02Z", false, false);
		CHECK(o.status == SEC_E_OK && device.names_asked == (kerberos ? 1 : 0));
		CHECK(!strcmp(o.client, kerberos ? "alice@EXAMPLE.COM" : ""));
	}
	device.fail_with = SEC_E_LOGON_DENIED;
	o = EXCHANGE("\x02Z", false, false);
	CHECK(o.status == SEC_E_LOGON_DENIED && !*o.client && device.names_asked == 1);
}

/* A message in pieces: the loop reads the missing bytes and goes on. */
static void test_pieces(void)
{
	struct token_tcp tcp = { .deadline = net_now() + 5000 };
	struct token_job job = { .lib = &fake, .wire = &token_tcp_wire, .arg = &tcp };
	struct outcome o = { .status = SEC_E_INTERNAL_ERROR };
	static const char server[] = "\005abcd\x02Z";
	int pair[2];
	pid_t pid;

	memset(&device, 0, sizeof(device));
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	tcp.fd = pair[0];
	pid = fork();
	if (!pid) {
		size_t i;

		for (i = 0; i < sizeof(server) - 1; i++) {
			if (write(pair[1], server + i, 1) != 1)
				_exit(1);
			usleep(2000);
		}
		_exit(0);
	}
	token_authenticate(&job, &o);
	CHECK(o.status == SEC_E_OK);
	close(pair[0]);
	close(pair[1]);
}

static void test_early_result(void)
{
	static const struct {
		const char *pdu;
		size_t n;
		int32_t status;
		uint32_t reason;
	} rows[] = {
		{ "\x02Z\x05\0\0\0\0", 7, SEC_E_OK, 0 },
		{ "\x02Z\x01\x05\0\0\0\0", 8, SEC_E_OK, 0 },	/* an empty record first */
		{ "\x02Z\x03\0\0\x03\0\0", 8, SEC_E_OK, 0 },	/* in two records */
		{ "\x02Z\x05\x05\0\0\0", 7, SEC_E_LOGON_DENIED, CREDSSP_REASON_EARLY_DENIED },
		{ "\x02Z\x05\0\0\0\x01", 7, SEC_E_LOGON_DENIED, CREDSSP_REASON_EARLY_DENIED },
		{ "\x02Z", 2, SEC_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH },
		{ "\x02Z\x05\0", 4, SEC_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH },
		{ "\x02Z\002C", 4, SEC_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH },
		{ "\x02Z\x06\0\0\0\0\x03", 8, SEC_E_OK, 0 },	/* and what follows it */
		/* a TSRequest with an errorCode in its place */
		{ "\x02Z\x07\x30\x0d\xa0\x03\x02\x01", 9, SEC_E_LOGON_DENIED,
		  CREDSSP_REASON_EARLY_DENIED },
	};
	char said[64];
	struct outcome o;
	size_t i;

	memset(&device, 0, sizeof(device));
	device.leg = CREDSSP_LEG_ESTABLISHED;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		o = exchange(rows[i].pdu, rows[i].n, true, false, said, sizeof(said));
		CHECK(o.status == rows[i].status);
		CHECK(o.reason == rows[i].reason);
		CHECK(!!(o.report.facts & CREDSSP_FACT_EARLY_AUTH) == (o.status == SEC_E_OK));
		CHECK(o.report.leg == (o.status == SEC_E_OK ? CREDSSP_LEG_ESTABLISHED :
				       CREDSSP_LEG_EARLY_AUTH));
	}
}

/* A close has different meanings before and after AUTHENTICATE. */
static void test_breaks(void)
{
	char said[64];
	struct outcome o;

	memset(&device, 0, sizeof(device));
	device.leg = CREDSSP_LEG_NEGO;
	o = EXCHANGE("\003ab", false, false);
	CHECK(o.status == SEC_E_INVALID_TOKEN && o.reason == CREDSSP_REASON_CONNECTION);
	device.leg = CREDSSP_LEG_PUBKEY;
	o = EXCHANGE("\003ab\x05", false, false);
	CHECK(o.status == SEC_E_LOGON_DENIED);
	CHECK(o.reason == CREDSSP_REASON_CLOSED_AFTER_AUTH);
	CHECK(o.report.leg == CREDSSP_LEG_PUBKEY);
	o = EXCHANGE("\003ab", false, true);
	CHECK(o.reason == CREDSSP_REASON_TIMEOUT);
	CHECK(outcome_exit_code(&o) == EXIT_CODE_CONNECTION);
}

/* The alert of an error is sent, and the report has the reason. */
static void test_failure(void)
{
	char said[64];
	struct outcome o;

	memset(&device, 0, sizeof(device));
	device.fail_with = SEC_E_MESSAGE_ALTERED;
	o = EXCHANGE("\003ab", false, false);
	CHECK(o.status == SEC_E_MESSAGE_ALTERED && o.reason == CREDSSP_REASON_BINDING);
	CHECK(!strcmp(said, "helloalert"));
	CHECK(outcome_exit_code(&o) == EXIT_CODE_PEER);
}

void test_token(void)
{
	test_established();
	test_client();
	test_pieces();
	test_early_result();
	test_breaks();
	test_failure();
}
