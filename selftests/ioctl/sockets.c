// SPDX-License-Identifier: GPL-2.0-only
/* The socket transport: the sockets that can be attached, and their state afterwards. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif
#ifndef TCP_ULP
#define TCP_ULP		31
#endif

/* Neither ATTACH nor AUTHENTICATE takes @sock, and both leave it unchanged. */
static void expect_refused(int fd, uint64_t cred, int sock)
{
	struct credssp_ioc_socket attach = { .size = sizeof(attach), .fd = sock, .cred = cred };
	struct credssp_report report;

	CHECK_EQ(device_authenticate(fd, sock, cred, 1000, &report), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(report.reason, CREDSSP_REASON_SOCKET);
	CHECK_EQ(report.facts, 0);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ATTACH, &attach), 0);
	CHECK_EQ(attach.status, SEC_E_INVALID_PARAMETER);
	CHECK_EQ(attach.context, 0);
}

static uint64_t start(int *fd)
{
	*fd = device_open();
	device_need_helper(*fd);
	return device_cred(*fd, CREDSSP_MECH_NTLM, PASSWORD);
}

TEST(not_sockets, "a descriptor that is no socket is refused")
{
	int fd, ends[2];
	uint64_t cred = start(&fd);

	REQUIRE(!pipe(ends));
	expect_refused(fd, cred, ends[0]);
	expect_refused(fd, cred, ends[1]);
	expect_refused(fd, cred, fd);
	expect_refused(fd, cred, open("/dev/null", O_RDWR));
	expect_refused(fd, cred, -1);
	expect_refused(fd, cred, 100000);
	device_expect_counts(fd, 0, 1);
}

TEST(other_families, "UDP and AF_UNIX are refused and still work")
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd, ends[2], udp = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t cred = start(&fd);
	char c = 0;

	REQUIRE(!connect(udp, (struct sockaddr *)&to, sizeof(to)));
	expect_refused(fd, cred, udp);
	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	expect_refused(fd, cred, ends[0]);
	CHECK_EQ(write(ends[0], "x", 1), 1);
	CHECK_EQ(read(ends[1], &c, 1), 1);
	CHECK_EQ(c, 'x');
}

TEST(not_connected, "TCP sockets that are not connected are refused")
{
	int fd, bare = socket(AF_INET, SOCK_STREAM, 0);
	uint64_t cred = start(&fd);
	uint16_t port;

	expect_refused(fd, cred, bare);
	expect_refused(fd, cred, sock_listening(&port));
}

TEST(half_closed, "a TCP socket that is shut down is refused")
{
	int fd, sock = sock_silent();
	uint64_t cred = start(&fd);

	REQUIRE(!shutdown(sock, SHUT_RDWR));
	expect_refused(fd, cred, sock);
}

TEST(has_ulp, "a socket with another upper protocol is refused and keeps it")
{
	int fd, sock = sock_silent();
	uint64_t cred = start(&fd);
	char name[16] = "";
	socklen_t len = sizeof(name);

	REQUIRE(!setsockopt(sock, IPPROTO_TCP, TCP_ULP, "tls", 3));
	expect_refused(fd, cred, sock);
	CHECK(!getsockopt(sock, IPPROTO_TCP, TCP_ULP, name, &len));
	CHECK(!strncmp(name, "tls", 3));
	CHECK_EQ(send(sock, "x", 1, MSG_NOSIGNAL), 1);
}

TEST(mptcp, "MPTCP is refused")
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd, sock = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	uint64_t cred;
	uint16_t port;

	if (sock < 0)
		SKIP("this kernel has no MPTCP");
	cred = start(&fd);
	sock_listening(&port);
	to.sin_port = htons(port);
	REQUIRE(!connect(sock, (struct sockaddr *)&to, sizeof(to)));
	expect_refused(fd, cred, sock);
}

TEST(plain, "AUTHENTICATE makes a socket a kTLS stream, and only once")
{
	int fd, sock = sock_peer();
	uint64_t cred = start(&fd);
	struct credssp_report report;
	char name[16] = "";
	socklen_t len = sizeof(name);

	REQUIRE_EQ(device_authenticate(fd, sock, cred, 0, &report), SEC_E_OK);
	CHECK_EQ(report.leg, CREDSSP_LEG_ESTABLISHED);
	CHECK_EQ(report.reason, CREDSSP_REASON_NONE);
	CHECK_EQ(report.__reserved[0], 0);
	CHECK(!getsockopt(sock, IPPROTO_TCP, TCP_ULP, name, &len));
	CHECK(!strncmp(name, "tls", 3));
	expect_refused(fd, cred, sock);
	CHECK_EQ(send(sock, "still there", 11, MSG_NOSIGNAL), 11);
	device_expect_counts(fd, 0, 1);
}

TEST(attached, "ATTACH and one INIT without tokens do the same")
{
	struct credssp_sec_buffer in[] = {
		{ .type = SECBUFFER_TOKEN }, { .type = SECBUFFER_EMPTY },
	};
	struct credssp_lifespan span;
	struct credssp_ioc_query query = {
		.size = sizeof(query), .attribute = SECPKG_ATTR_LIFESPAN,
		.buffer = (uintptr_t)&span, .length = sizeof(span),
	};
	struct credssp_ioc_socket attach = { .size = sizeof(attach) };
	struct credssp_ioc_init init = {
		.size = sizeof(init), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
	};
	int fd, sock = sock_peer();
	uint64_t cred = start(&fd);

	attach.fd = sock;
	attach.cred = cred;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_ATTACH, &attach), 0);
	REQUIRE_EQ(attach.status, SEC_E_OK);
	init.cred = cred;
	init.context = attach.context;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &init), 0);
	CHECK_EQ(init.status, SEC_E_OK);
	/* another call would be a reauthentication, which a kTLS stream cannot do */
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &init), 0);
	CHECK_EQ(init.status, SEC_E_UNSUPPORTED_FUNCTION);
	/* nor with a token's buffers; the context is not changed */
	init.input = (uintptr_t)in;
	init.input_count = 2;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &init), 0);
	CHECK_EQ(init.status, SEC_E_UNSUPPORTED_FUNCTION);
	/* the same status for other wrong arguments */
	init.input_count = 9;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &init), 0);
	CHECK_EQ(init.status, SEC_E_UNSUPPORTED_FUNCTION);
	init.input_count = 2;
	init.cred = NO_SUCH;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &init), 0);
	CHECK_EQ(init.status, SEC_E_UNSUPPORTED_FUNCTION);
	query.context = attach.context;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_QUERY, &query), 0);
	CHECK_EQ(query.status, SEC_E_OK);
	CHECK_EQ(device_delete(fd, attach.context), SEC_E_OK);
	CHECK_EQ(send(sock, "still there", 11, MSG_NOSIGNAL), 11);
	device_expect_counts(fd, 0, 1);
}

TEST(flags, "AUTHENTICATE refuses ALLOCATE_MEMORY, CONNECTION and unknown flags")
{
	static const uint32_t flags[] = { ISC_REQ_ALLOCATE_MEMORY, ISC_REQ_CONNECTION, 0x200 };
	int fd, sock = sock_silent();
	uint64_t cred = start(&fd);
	size_t i;

	for (i = 0; i < 3; i++) {
		struct credssp_ioc_authenticate a = {
			.size = sizeof(a), .fd = sock, .context_req = REQ | flags[i],
			.timeout_ms = 1000, .cred = cred, .target = (uintptr_t)TARGET,
			.target_length = strlen(TARGET),
		};

		REQUIRE_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &a), 0);
		CHECK_EQ(a.status, SEC_E_UNSUPPORTED_FUNCTION);
	}
	CHECK_EQ(send(sock, "untouched", 9, MSG_NOSIGNAL), 9);
}

TEST(silent, "a silent server costs no more than the time limit, and the socket is shut down")
{
	int fd, sock = sock_silent();
	uint64_t cred = start(&fd);
	struct credssp_report report;
	long before = tap_now();

	CHECK(device_authenticate(fd, sock, cred, 500, &report) < 0);
	CHECK_EQ(report.reason, CREDSSP_REASON_TIMEOUT);
	CHECK(tap_now() - before < tap_limit(3000));
	CHECK(tap_now() - before >= 400);
	sock_expect_dead(sock);
	device_expect_counts(fd, 0, 1);
}

TEST(wrong_password, "after a refused logon the socket carries no plaintext")
{
	int fd = device_open(), sock = sock_peer();
	struct credssp_report report;
	uint64_t cred;

	device_need_helper(fd);
	cred = device_cred(fd, CREDSSP_MECH_NTLM, "not the password");
	CHECK_EQ(device_authenticate(fd, sock, cred, 0, &report), SEC_E_LOGON_DENIED);
	CHECK_EQ(report.reason, CREDSSP_REASON_ERROR_CODE);
	CHECK(report.facts & CREDSSP_FACT_NTSTATUS);
	CHECK_EQ(report.ntstatus, 0xc000006d);
	CHECK(!(report.facts & CREDSSP_FACT_DELEGATED));
	sock_expect_dead(sock);
	device_expect_counts(fd, 0, 1);
}

TEST(certificate, "the server's certificate goes where there is room for it, else its length")
{
	static uint8_t cert[CREDSSP_MAX_CERT];
	struct credssp_ioc_authenticate a = {
		.size = sizeof(a), .context_req = REQ, .target = (uintptr_t)TARGET,
		.target_length = strlen(TARGET), .cert = (uintptr_t)cert,
	};
	uint32_t length;
	int fd;
	size_t i;

	a.cred = start(&fd);
	a.fd = sock_peer();
	memset(cert, 0xa5, sizeof(cert));
	a.cert_length = 1;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &a), 0);
	CHECK_EQ(a.status, SEC_E_OK);
	length = a.cert_length;
	CHECK(length > 100);
	CHECK_EQ(cert[0], 0xa5);
	a.fd = sock_peer();
	a.cert_length = sizeof(cert);
	a.report = (struct credssp_report){ 0 };
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &a), 0);
	CHECK_EQ(a.cert_length, length);
	CHECK_EQ(a.report.cert_length, length);
	CHECK_EQ(cert[0], 0x30);
	for (i = length; i < sizeof(cert); i++)
		REQUIRE_EQ(cert[i], 0xa5);
}

TEST(closed_socket, "the caller may close the socket's descriptor after ATTACH")
{
	struct credssp_ioc_socket attach = { .size = sizeof(attach) };
	struct credssp_ioc_init init = {
		.size = sizeof(init), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
	};
	int fd;

	attach.cred = start(&fd);
	attach.fd = sock_peer();
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_ATTACH, &attach), 0);
	REQUIRE_EQ(attach.status, SEC_E_OK);
	close(attach.fd);
	init.context = attach.context;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &init), 0);
	CHECK_EQ(init.status, SEC_E_OK);
	CHECK_EQ(device_delete(fd, attach.context), SEC_E_OK);
}
