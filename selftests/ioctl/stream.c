// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream_test [FILTER]: data after the exchange, through libcredssp, with a peer
 * that echoes (tspeer --echo): the kTLS stream, Encrypt and Decrypt, export.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <credssp.h>

#include "device.h"
#include "side.h"
#include "tap.h"

#define MIB		(1024 * 1024)
/* After this time without use the loopback connection is closed. */
#define LOOPBACK_IDLE	"/sys/module/credssp/parameters/loopback_idle_ms"

static void authenticate(struct side *s)
{
	struct credssp_result result;

	side_open(s);
	REQUIRE_EQ(credssp_authenticate_socket(s->lib, s->cred, s->sock, TARGET, REQ, 0, 0,
					       &result), SEC_E_OK);
	CHECK(result.cert && result.cert_length == result.report.cert_length);
	credssp_free_context_buffer(result.cert);
}

static uint8_t pattern(size_t at)
{
	return at * 31 + (at >> 8) * 7 + (at >> 16);
}

struct upload {
	int sock;
	size_t size;
};

static void *send_pattern(void *arg)
{
	const struct upload *u = arg;
	uint8_t block[20000];
	size_t at = 0, n, i;
	ssize_t sent;

	while (at < u->size) {
		n = u->size - at < sizeof(block) ? u->size - at : sizeof(block);
		for (i = 0; i < n; i++)
			block[i] = pattern(at + i);
		sent = credssp_send(u->sock, block, n, 0);
		if (sent <= 0)
			break;
		at += sent;
	}
	return NULL;
}

/* Send @size bytes through the stream and receive their echo, both directions at once. */
static void echo_through(int sock, size_t size)
{
	struct upload u = { sock, size };
	static uint8_t block[16384];
	pthread_t thread;
	size_t at = 0;
	ssize_t n, i;

	REQUIRE(!pthread_create(&thread, NULL, send_pattern, &u));
	while (at < size) {
		n = credssp_recv(sock, block, sizeof(block), 0);
		REQUIRE(n > 0);
		for (i = 0; i < n; i++)
			REQUIRE_EQ(block[i], pattern(at + i));
		at += n;
	}
	pthread_join(thread, NULL);
	CHECK_EQ(at, size);
}

TEST_LIMIT(stream, 60, "a mebibyte through the kTLS stream and back, then close_notify")
{
	struct side s;
	char c;

	authenticate(&s);
	echo_through(s.sock, MIB);
	CHECK_EQ(credssp_send_close_notify(s.sock), 0);
	CHECK_EQ(credssp_recv(s.sock, &c, 1, 0), 0);
	credssp_close(s.lib);
}

TEST(survives, "the stream works on after the device is closed")
{
	struct side s;

	authenticate(&s);
	credssp_close(s.lib);
	echo_through(s.sock, 50000);
}

TEST(plain_calls, "plain send and a poll for the answer do as well")
{
	char answer[5] = "";
	struct pollfd p;
	struct side s;

	authenticate(&s);
	CHECK_EQ(write(s.sock, "hello", 5), 5);
	p = (struct pollfd){ .fd = s.sock, .events = POLLIN };
	CHECK_EQ(poll(&p, 1, tap_limit(10000)), 1);
	CHECK_EQ(credssp_recv(s.sock, answer, 5, MSG_WAITALL), 5);
	CHECK(!memcmp(answer, "hello", 5));
	credssp_close(s.lib);
}

TEST(no_timeouts, "the caller's own socket timeouts are as they were")
{
	struct timeval mine = { .tv_sec = 17 }, now = { 0 };
	socklen_t len = sizeof(now);
	struct credssp_result result;
	struct side s;

	side_open(&s);
	REQUIRE(!setsockopt(s.sock, SOL_SOCKET, SO_RCVTIMEO, &mine, sizeof(mine)));
	REQUIRE_EQ(credssp_authenticate_socket(s.lib, s.cred, s.sock, TARGET, REQ, 0, 0,
					       &result), SEC_E_OK);
	CHECK(!getsockopt(s.sock, SOL_SOCKET, SO_RCVTIMEO, &now, &len));
	CHECK_EQ(now.tv_sec, 17);
	credssp_free_context_buffer(result.cert);
	credssp_close(s.lib);
}

TEST(not_ktls, "credssp_recv() on what is no kTLS stream says so")
{
	int sock = sock_silent();
	char c;

	CHECK_EQ(credssp_recv(sock, &c, 1, MSG_DONTWAIT), -1);
	CHECK(errno == ENOPROTOOPT || errno == EAGAIN);
}

static void echo_messages(struct side *s, const uint32_t *lengths, size_t count)
{
	static uint8_t plain[CREDSSP_MAX_MESSAGE], back[CREDSSP_MAX_MESSAGE];
	static uint8_t wire[CREDSSP_MAX_MESSAGE + 256];
	size_t i, k, at;

	for (i = 0; i < count; i++) {
		for (k = 0; k < lengths[i]; k++)
			plain[k] = pattern(k + i);
		sock_send(s->sock, wire, side_encrypt(s, plain, lengths[i], wire));
		for (at = 0; at < lengths[i];)
			at += side_receive(s, back + at);
		CHECK_EQ(at, lengths[i]);
		CHECK(!memcmp(plain, back, lengths[i]));
	}
}

TEST_LIMIT(messages, 60, "Encrypt and Decrypt, messages of 1 to 16384 bytes, both directions")
{
	static const uint32_t lengths[] = { 1, 2, 100, 4095, 4096, 16383, 16384, 1, 9000 };
	struct side s;

	side_exchange(&s, 0);
	echo_messages(&s, lengths, sizeof(lengths) / sizeof(lengths[0]));
	CHECK_EQ(credssp_delete_security_context(s.lib, s.context), SEC_E_OK);
	credssp_close(s.lib);
}

static unsigned int idle_ms(void)
{
	unsigned int ms = 0;
	FILE *f = fopen(LOOPBACK_IDLE, "r");

	REQUIRE(f);
	REQUIRE_EQ(fscanf(f, "%u", &ms), 1);
	fclose(f);
	return ms;
}

TEST_LIMIT(idle, 60, "messages go on with the right numbers after the context was idle")
{
	static const uint32_t lengths[] = { 10, 5000, 10 };
	struct side s;
	int i;

	side_exchange(&s, 0);
	for (i = 0; i < 3; i++) {
		echo_messages(&s, lengths, 3);
		usleep((idle_ms() + 1000) * 1000);
	}
	echo_messages(&s, lengths, 3);
	CHECK_EQ(credssp_delete_security_context(s.lib, s.context), SEC_E_OK);
	credssp_close(s.lib);
}

TEST(limits, "Encrypt refuses too long a message, too little room and a quality of protection")
{
	static uint8_t wire[CREDSSP_MAX_MESSAGE + 512];
	struct credssp_buffer b[4] = {
		{ SECBUFFER_STREAM_HEADER, 64, wire },
		{ SECBUFFER_DATA, CREDSSP_MAX_MESSAGE + 1, wire + 64 },
		{ SECBUFFER_STREAM_TRAILER, 64, wire + CREDSSP_MAX_MESSAGE + 128 },
		{ SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	static const uint32_t lengths[] = { 10 };
	struct side s;

	side_exchange(&s, 0);
	CHECK_EQ(credssp_encrypt_message(s.lib, s.context, 0, &desc, 0),
		 SEC_E_INVALID_PARAMETER);
	b[1].length = 10;
	b[0].length = 1;
	CHECK_EQ(credssp_encrypt_message(s.lib, s.context, 0, &desc, 0), SEC_E_BUFFER_TOO_SMALL);
	CHECK(credssp_encrypt_message(s.lib, s.context, 1, &desc, 0) != SEC_E_OK);
	CHECK(credssp_encrypt_message(s.lib, s.context, 0, &desc, 1) != SEC_E_OK);
	echo_messages(&s, lengths, 1);
	credssp_close(s.lib);
}

TEST(partial, "Decrypt of part of a record is INCOMPLETE_MESSAGE, and loses nothing")
{
	static uint8_t wire[CREDSSP_MAX_TOKEN], copy[CREDSSP_MAX_TOKEN];
	struct credssp_buffer b[4];
	struct side s;
	size_t length, n;

	side_exchange(&s, 0);
	sock_send(s.sock, wire, side_encrypt(&s, "hello", 5, wire));
	for (;;) {
		length = sock_record(s.sock, wire, sizeof(wire));
		for (n = 1; n < length; n++) {
			memcpy(copy, wire, length);
			REQUIRE_EQ(side_decrypt(&s, copy, n, b), SEC_E_INCOMPLETE_MESSAGE);
			CHECK_EQ(b[1].type, SECBUFFER_MISSING);
			CHECK_EQ(b[1].length, (n < 5 ? 5 : length) - n);
		}
		memcpy(wire + length, "\x17\x03\x03", 3);
		REQUIRE_EQ(side_decrypt(&s, wire, length + 3, b), SEC_E_OK);
		CHECK_EQ(b[3].type, SECBUFFER_EXTRA);
		CHECK_EQ(b[3].length, 3);
		if (b[1].length)
			break;
	}
	CHECK_EQ(b[1].length, 5);
	CHECK(!memcmp(b[1].data, "hello", 5));
	credssp_close(s.lib);
}

TEST(forged, "a forged record is DECRYPT_FAILURE or MESSAGE_ALTERED, and ends the context")
{
	static uint8_t wire[CREDSSP_MAX_TOKEN];
	struct credssp_buffer b[4];
	struct side s;
	size_t length;
	int32_t status;

	side_exchange(&s, 0);
	sock_send(s.sock, wire, side_encrypt(&s, "hello", 5, wire));
	length = sock_record(s.sock, wire, sizeof(wire));
	wire[length - 1] ^= 1;
	status = side_decrypt(&s, wire, length, b);
	CHECK(status == SEC_E_DECRYPT_FAILURE || status == SEC_E_MESSAGE_ALTERED);
	CHECK_EQ(side_decrypt(&s, wire, length, b), SEC_E_INVALID_HANDLE);
	credssp_close(s.lib);
}

TEST(connection, "with ISC_REQ_CONNECTION the context does not format messages")
{
	static uint8_t wire[256];
	struct credssp_buffer b[4] = {
		{ SECBUFFER_STREAM_HEADER, 64, wire }, { SECBUFFER_DATA, 5, wire + 64 },
		{ SECBUFFER_STREAM_TRAILER, 64, wire + 128 }, { SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	struct side s;

	side_exchange(&s, ISC_REQ_CONNECTION);
	CHECK_EQ(credssp_encrypt_message(s.lib, s.context, 0, &desc, 0),
		 SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(side_decrypt(&s, wire, 100, b), SEC_E_UNSUPPORTED_FUNCTION);
	credssp_close(s.lib);
}

TEST_LIMIT(exported, 60, "EXPORT_KTLS makes a stream of the context's socket, once")
{
	static uint8_t wire[256];
	struct credssp_buffer b[4] = {
		{ SECBUFFER_STREAM_HEADER, 64, wire }, { SECBUFFER_DATA, 5, wire + 64 },
		{ SECBUFFER_STREAM_TRAILER, 64, wire + 128 }, { SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	static const uint32_t lengths[] = { 10, 5000 };
	struct side s;

	side_exchange(&s, 0);
	echo_messages(&s, lengths, 2);
	REQUIRE_EQ(credssp_export_ktls(s.lib, s.context, s.sock), SEC_E_OK);
	CHECK_EQ(credssp_encrypt_message(s.lib, s.context, 0, &desc, 0),
		 SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(side_decrypt(&s, wire, 100, b), SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(credssp_export_ktls(s.lib, s.context, sock_silent()),
		 SEC_E_UNSUPPORTED_FUNCTION);
	echo_through(s.sock, MIB);
	CHECK_EQ(credssp_delete_security_context(s.lib, s.context), SEC_E_OK);
	echo_through(s.sock, 1000);
	credssp_close(s.lib);
}

TEST(bad_export, "EXPORT_KTLS onto what is no connected TCP socket changes nothing")
{
	static const uint32_t lengths[] = { 10 };
	struct side s;
	int ends[2];

	side_exchange(&s, 0);
	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	CHECK(credssp_export_ktls(s.lib, s.context, ends[0]) != SEC_E_OK);
	CHECK(credssp_export_ktls(s.lib, s.context, -1) != SEC_E_OK);
	CHECK(credssp_export_ktls(s.lib, s.context, socket(AF_INET, SOCK_STREAM, 0)) != SEC_E_OK);
	echo_messages(&s, lengths, 1);
	credssp_close(s.lib);
}

int main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: stream_test [FILTER]\n");
		return 64;
	}
	return tap_main(argv[1]);
}
