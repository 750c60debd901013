// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl without the module: X.224, the network, and the parts' own tests. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net.h"
#include "ctl_test.h"
#include "rdp/rdp.h"
#include "test.h"
#include "text.h"

unsigned int test_checks;
unsigned int test_failures;

/* MS-RDPBCGR 4.1.2: a Connection Confirm with selectedProtocol SSL */
static const uint8_t confirm_ssl[] = {
	0x03, 0x00, 0x00, 0x13, 0x0e, 0xd0, 0x00, 0x00, 0x12, 0x34, 0x00,
	0x02, 0x00, 0x08, 0x00, 0x01, 0x00, 0x00, 0x00,
};

/* A server from before the negotiation */
static const uint8_t confirm_old[] = {
	0x03, 0x00, 0x00, 0x0b, 0x06, 0xd0, 0x00, 0x00, 0x12, 0x34, 0x00,
};

static void test_rdp_request(void)
{
	/* SSL, HYBRID and HYBRID_EX; no cookie, which would reveal the user's name */
	static const uint8_t want[RDP_REQUEST_SIZE] = {
		0x03, 0x00, 0x00, 0x13, 0x0e, 0xe0, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x01, 0x00, 0x08, 0x00, 0x0b, 0x00, 0x00, 0x00,
	};
	uint8_t request[RDP_REQUEST_SIZE];

	rdp_build_request(request);
	CHECK(!memcmp(request, want, sizeof(want)));
}

static void test_rdp_confirm(void)
{
	struct rdp_confirm c;
	uint8_t pdu[sizeof(confirm_ssl)];

	CHECK(!rdp_parse_confirm(confirm_ssl, sizeof(confirm_ssl), &c));
	CHECK(c.answer == RDP_ANSWER_SELECTED && c.value == RDP_PROTOCOL_SSL);
	CHECK(!rdp_parse_confirm(confirm_old, sizeof(confirm_old), &c));
	CHECK(c.answer == RDP_ANSWER_NONE);

	memcpy(pdu, confirm_ssl, sizeof(pdu));
	pdu[15] = RDP_PROTOCOL_HYBRID_EX;
	CHECK(!rdp_parse_confirm(pdu, sizeof(pdu), &c));
	CHECK(c.answer == RDP_ANSWER_SELECTED && c.value == RDP_PROTOCOL_HYBRID_EX);
	pdu[11] = 3;
	pdu[15] = 5;
	CHECK(!rdp_parse_confirm(pdu, sizeof(pdu), &c));
	CHECK(c.answer == RDP_ANSWER_FAILURE && c.value == 5);
	CHECK(!strcmp(rdp_failure_name(c.value), "HYBRID_REQUIRED_BY_SERVER"));
	CHECK(!strcmp(rdp_failure_name(99), "unknown"));
}

/* Each truncation, with the original length in the header and with the true one. */
static void test_rdp_truncated(void)
{
	uint8_t pdu[sizeof(confirm_ssl)];
	struct rdp_confirm c;
	size_t n;

	for (n = 0; n < sizeof(confirm_ssl); n++) {
		memcpy(pdu, confirm_ssl, sizeof(pdu));
		CHECK(rdp_parse_confirm(pdu, n, &c) == -1);
		pdu[3] = (uint8_t)n;
		CHECK(rdp_parse_confirm(pdu, n, &c) == -1);
	}
}

static void test_rdp_mutations(void)
{
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {
		{ 0, 0x30 },	/* TPKT version */
		{ 2, 1 },	/* length */
		{ 3, 0x12 },
		{ 4, 0x0d },	/* length indicator */
		{ 4, 0xff },
		{ 5, 0xe0 },	/* a request */
		{ 5, 0x80 },	/* a disconnect */
		{ 11, 1 },	/* negotiation: request, unknown */
		{ 11, 4 },
		{ 13, 7 },	/* its length */
		{ 14, 1 },
	};
	uint8_t pdu[sizeof(confirm_ssl)];
	struct rdp_confirm c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(pdu, confirm_ssl, sizeof(pdu));
		pdu[rows[i].at] = rows[i].value;
		CHECK(rdp_parse_confirm(pdu, sizeof(pdu), &c) == -1);
	}
	CHECK(rdp_tpkt_length((const uint8_t *)"\x03\x00\x00\x0a", RDP_CONFIRM_MAX) == 0);
	CHECK(rdp_tpkt_length((const uint8_t *)"\x03\x00\xff\xff", RDP_CONFIRM_MAX) == 0);
	CHECK(rdp_tpkt_length((const uint8_t *)"\x03\x00\x00\x40", RDP_CONFIRM_MAX) == 64);
}

/* Bytes behind the confirm belong to TLS and stay in the socket. */
static void test_rdp_negotiate(void)
{
	uint8_t request[RDP_REQUEST_SIZE + 1];
	struct rdp_confirm c;
	char byte;
	int pair[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(!net_send(pair[1], confirm_ssl, sizeof(confirm_ssl), net_now() + 1000));
	CHECK(!net_send(pair[1], "X", 1, net_now() + 1000));
	CHECK(!rdp_negotiate(pair[0], net_now() + 1000, &c));
	CHECK(c.value == RDP_PROTOCOL_SSL);
	CHECK(recv(pair[0], &byte, 1, MSG_DONTWAIT) == 1 && byte == 'X');
	CHECK(recv(pair[1], request, sizeof(request), MSG_DONTWAIT) == RDP_REQUEST_SIZE);

	CHECK(!net_send(pair[1], "HTTP/1.1", 8, net_now() + 1000));
	CHECK(rdp_negotiate(pair[0], net_now() + 1000, &c) == -1 && errno == EBADMSG);
	close(pair[1]);
	CHECK(rdp_negotiate(pair[0], net_now() + 1000, &c) == -1 && errno != EBADMSG);
	close(pair[0]);
}

/* A listener on loopback; its port. */
static uint16_t listen_loopback(int *fd)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(in);

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(!bind(*fd, (struct sockaddr *)&in, sizeof(in)));
	CHECK(!listen(*fd, 1));
	CHECK(!getsockname(*fd, (struct sockaddr *)&in, &size));
	return ntohs(in.sin_port);
}

static void test_net(void)
{
	char address[NET_ADDRESS_MAX], want[32], byte;
	int listener, fd, gai;
	uint16_t port = listen_loopback(&listener);
	int64_t start;

	fd = net_connect("127.0.0.1", port, net_now() + 5000, address, &gai);
	CHECK(fd >= 0 && !gai);
	snprintf(want, sizeof(want), "127.0.0.1:%u", port);
	CHECK(!strcmp(address, want));
	start = net_now();
	CHECK(net_recv(fd, &byte, 1, start + 50) == -1 && errno == ETIMEDOUT);
	CHECK(net_now() - start >= 49);
	close(fd);
	close(listener);
	CHECK(net_connect("127.0.0.1", port, net_now() + 5000, address, &gai) == -1);
	CHECK(errno == ECONNREFUSED && !gai && !strcmp(address, want));
	CHECK(net_connect("not an address", port, net_now() + 5000, address, &gai) == -1);
	CHECK(gai);
	CHECK(net_left(net_now() - 1) == 0);
}

static void test_net_exact(void)
{
	char buffer[4];
	int pair[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(!net_send(pair[1], "abc", 3, net_now() + 1000));
	close(pair[1]);
	CHECK(net_recv_exact(pair[0], buffer, 4, net_now() + 1000) == -1);
	CHECK(errno == ECONNRESET && !memcmp(buffer, "abc", 3));
	CHECK(net_send(pair[0], "abc", 3, net_now() + 1000) == -1 && errno == EPIPE);
	close(pair[0]);
}

/* With the argument "verdicts" it prints lines for fail2ban.sh. */
int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "verdicts")) {
		test_verdict_print(stdout);
		return 0;
	}
	test_rdp_request();
	test_rdp_confirm();
	test_rdp_truncated();
	test_rdp_mutations();
	test_rdp_negotiate();
	test_net();
	test_net_exact();
	test_options();
	test_password();
	test_policy_conf();
	test_scope();
	test_report();
	test_kerberos();
	test_explain();
	test_kdcs();
	test_token();
	test_account();
	test_bridge();
	test_cert();
	test_http();
	test_sealed();
	test_verdict();
	test_winrm();
	test_accept();
	test_rdp_server();
	test_relay();
	test_winrm_server();
	test_doctor();
	test_xml();
	test_shells();
	return test_result("credsspctl");
}
