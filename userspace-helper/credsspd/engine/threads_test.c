// SPDX-License-Identifier: GPL-2.0-only
/* Many handshakes at once with a daemon of several threads, in its sandbox. */
#include <poll.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "dispatch.h"
#include "tests/test.h"
#include "tests/test_daemon.h"
#include "tests/test_server.h"

#define HOST		"server.test"
#define PATIENCE_MS	60000
/* Handshakes in all, and at once */
#define TOTAL		200
#define AT_ONCE		24

static struct test_daemon helper;

static void put(uint16_t opcode, uint64_t conversation, const void *payload, size_t length)
{
	static alignas(8) uint8_t message[CREDSSP_HLP_MAX_MESSAGE];
	static uint64_t id;
	struct credssp_hlp_header hdr = {
		.length = sizeof(hdr) + length,
		.opcode = opcode,
		.id = ++id,
		.conversation = conversation,
		.owner = 1000 + conversation % 3,
	};

	ENSURE(hdr.length <= sizeof(message));
	memcpy(message, &hdr, sizeof(hdr));
	if (length)
		memcpy(message + sizeof(hdr), payload, length);
	ENSURE(write(helper.device, message, hdr.length) == (ssize_t)hdr.length);
}

static struct test_server *servers[TOTAL + 1];

static void begin(uint64_t id)
{
	struct test_server_options o = {
		.version = id % 2 ? TLS_1_2 : TLS_1_3,
		.hello_extension = -1, .ee_extension = -1, .tickets = true,
	};
	struct credssp_hlp_tls_start start = { .host_length = strlen(HOST) };
	uint8_t payload[sizeof(start) + sizeof(HOST)];

	servers[id] = test_server_new(&o);
	/* Every third handshake waits for tickets at its end. */
	start.flags = CREDSSP_HLP_TLS_NO_CERT_WANTED | (id % 3 ? CREDSSP_HLP_TLS_NO_SESSION : 0);
	memcpy(payload, &start, sizeof(start));
	memcpy(payload + sizeof(start), HOST, strlen(HOST));
	put(CREDSSP_HLP_TLS_START, id, payload, sizeof(start) + strlen(HOST));
}

/* Take a reply and go on with its handshake. True if that is over. */
static bool go_on(void)
{
	static alignas(8) uint8_t message[CREDSSP_HLP_MAX_MESSAGE];
	struct pollfd p = { .fd = helper.device, .events = POLLIN };
	struct credssp_hlp_tls_reply r;
	struct credssp_hlp_header hdr;
	const uint8_t *flight;
	size_t length;
	ssize_t got;

	ENSURE(poll(&p, 1, PATIENCE_MS) == 1);
	got = read(helper.device, message, sizeof(message));
	ENSURE(got >= (ssize_t)(sizeof(hdr) + sizeof(r)));
	memcpy(&hdr, message, sizeof(hdr));
	memcpy(&r, message + sizeof(hdr), sizeof(r));
	ENSURE(hdr.length == got && !hdr.error && servers[hdr.conversation]);
	if (r.state == CREDSSP_HLP_TLS_CONTINUE) {
		flight = test_server_step(servers[hdr.conversation],
					  message + sizeof(hdr) + sizeof(r), r.wire_length,
					  &length);
		put(CREDSSP_HLP_TLS_STEP, hdr.conversation, flight, length);
		return false;
	}
	ENSURE(r.state == CREDSSP_HLP_TLS_DONE && r.chain_length && r.tx.key_length);
	ENSURE(r.version == (hdr.conversation % 2 ? TLS_1_2 : TLS_1_3));
	if (r.flags & CREDSSP_HLP_TLS_TICKETS)
		put(CREDSSP_HLP_END, hdr.conversation, NULL, 0);
	test_server_free(servers[hdr.conversation]);
	servers[hdr.conversation] = NULL;
	return true;
}

static void test_many(unsigned int threads)
{
	unsigned int over = 0;
	uint64_t next = 1;

	test_daemon_start(&helper, threads, NULL, NULL);
	while (next <= AT_ONCE)
		begin(next++);
	while (over < TOTAL) {
		if (!go_on())
			continue;
		over++;
		if (next <= TOTAL)
			begin(next++);
	}
	/* One that waits when the daemon ends */
	begin(1);
	go_on();
	test_daemon_stop(&helper);
	test_server_free(servers[1]);
	servers[1] = NULL;
}

int main(void)
{
	static const unsigned int threads[] = { 1, 2, 5, DISPATCH_THREADS_MAX };

	log_setup(getenv("VERBOSE"));
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		test_many(threads[i]);
		printf("ok threads: %d handshakes with %u\n", TOTAL, threads[i]);
		fflush(stdout);
	}
	return 0;
}
