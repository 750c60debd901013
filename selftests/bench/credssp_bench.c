// SPDX-License-Identifier: GPL-2.0-only
/*
 * Authenticates again and again with a server that speaks CredSSP without a carrier, and
 * prints the time and the processor time of this process, which includes the module's
 * work.
 *
 *	credssp_bench socket|token COUNT PORT [HOLD]
 *
 * With HOLD the contexts are kept, and the program waits for a line on standard input
 * before it ends, so that the caller can measure their memory.
 */
#include <arpa/inet.h>
#include <credssp.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TARGET		"TERMSRV/localhost"
#define USER		"alice"
#define PASSWORD	"Passw0rd!"
#define TIMEOUT_MS	60000
#define FLAGS		(ISC_REQ_DELEGATE | ISC_REQ_ALLOCATE_MEMORY)

struct bench {
	struct credssp *lib;
	uint64_t cred;
	unsigned short port;
	bool token;
	bool hold;
};

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static double own_cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/*
 * Disable Nagle's algorithm. The client's last flight of a handshake and its first
 * TSRequest are two writes in a row, and a server may take 40 ms to acknowledge the
 * first, which is more than the time that is measured.
 */
static int connect_server(unsigned short port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&sin, sizeof(sin)))
		return fd;
	perror("connect");
	if (fd >= 0)
		close(fd);
	return -1;
}

static int32_t by_socket(struct bench *b, int fd)
{
	return credssp_authenticate_socket(b->lib, b->cred, fd, TARGET, ISC_REQ_DELEGATE, 0,
					   TIMEOUT_MS, NULL);
}

/* SSPI's loop with one token each way. */
static int32_t by_tokens(struct bench *b, int fd)
{
	static unsigned char inbox[CREDSSP_MAX_TOKEN];
	struct credssp_buffer in[2], out;
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 2, in };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &out };
	uint64_t context = 0, *known = NULL;
	uint32_t fill = 0, attr;
	int32_t status;
	ssize_t n = 0;

	do {
		fill += n;
		in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, fill, inbox };
		in[1] = (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
		out = (struct credssp_buffer){ SECBUFFER_TOKEN, 0, NULL };
		status = credssp_initialize_security_context(b->lib, &b->cred, known, TARGET,
							     FLAGS, 0, SECURITY_NATIVE_DREP,
							     known ? &in_desc : NULL, 0,
							     &context, &out_desc, &attr, NULL);
		known = context ? &context : NULL;
		if (in[1].type == SECBUFFER_EXTRA) {
			memmove(inbox, inbox + fill - in[1].length, in[1].length);
			fill = in[1].length;
		} else if (in[1].type != SECBUFFER_MISSING) {
			fill = 0;
		}
		if (out.length && send(fd, out.data, out.length, MSG_NOSIGNAL) < 0)
			perror("send");
		credssp_free_context_buffer(out.data);
		if (status == SEC_E_OK || (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE))
			break;
		n = recv(fd, inbox + fill, sizeof(inbox) - fill, 0);
	} while (n > 0);
	if (context && !b->hold)
		credssp_delete_security_context(b->lib, context);
	return status;
}

static int acquire(struct bench *b)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = CREDSSP_MECH_NTLM,
		.user = USER,
		.user_length = sizeof(USER) - 1,
		.password = PASSWORD,
		.password_length = sizeof(PASSWORD) - 1,
	};

	b->lib = credssp_open();
	if (!b->lib) {
		perror(CREDSSP_DEVICE);
		return -1;
	}
	return credssp_acquire_credentials_handle(b->lib, &args, &b->cred, NULL);
}

int main(int argc, char **argv)
{
	struct bench b = {};
	double start, cpu;
	int i, count, fd;
	int32_t status;

	if (argc < 4)
		return 1;
	b.token = !strcmp(argv[1], "token");
	count = atoi(argv[2]);
	b.port = (unsigned short)atoi(argv[3]);
	b.hold = argc > 4;
	if (acquire(&b))
		return 1;
	start = seconds();
	cpu = own_cpu();
	for (i = 0; i < count; i++) {
		fd = connect_server(b.port);
		if (fd < 0)
			return 1;
		status = b.token ? by_tokens(&b, fd) : by_socket(&b, fd);
		if (status != SEC_E_OK) {
			fprintf(stderr, "%d: %s\n", i, credssp_status_name(status));
			return 1;
		}
		if (!b.hold || b.token)
			close(fd);
	}
	printf("transport=%s count=%d wall=%.3f cpu=%.3f\n", argv[1], count,
	       seconds() - start, own_cpu() - cpu);
	fflush(stdout);
	if (b.hold)
		getchar();
	credssp_close(b.lib);
	return 0;
}
