// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/packets.h"
#include "krb5/krb5_accept_work.h"
#include "krb5/krb5_relay.h"
#include "test.h"
#include "test_acceptor.h"
#include "test_kdc.h"

/* A worker of a busy machine is not late. */
#define PATIENCE_MS	60000

static int relay = -1, replays = -1;

static void connect_two(int fds[2])
{
	const int room = CREDSSP_HLP_MAX_MESSAGE + 4096;

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	for (int i = 0; i < 2; i++)
		ENSURE(!setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)));
}

static void start(struct test_acceptor *w, const void *packet, size_t length,
		  int (*work)(int fd, int other, const char *conf), int other)
{
	int fds[2];

	connect_two(fds);
	w->fd = fds[0];
	w->pid = fork();
	ENSURE(w->pid >= 0);
	if (!w->pid) {
		close(fds[0]);
		_exit(work(fds[1], other, test_kdc_conf()));
	}
	close(fds[1]);
	ENSURE(send(w->fd, packet, length, MSG_NOSIGNAL) == (ssize_t)length);
}

int test_acceptor_finish(struct test_acceptor *w)
{
	struct iovec iov[] = { { &w->reply, sizeof(w->reply) }, { w->out, sizeof(w->out) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	ssize_t got;
	int status;

	memset(&w->reply, 0, sizeof(w->reply));
	ENSURE(poll(&p, 1, PATIENCE_MS) == 1);
	got = recvmsg(w->fd, &msg, 0);
	ENSURE(!got || got == (ssize_t)(sizeof(w->reply) + w->reply.message_length +
					w->reply.client_length + w->reply.saved_length));
	close(w->fd);
	ENSURE(waitpid(w->pid, &status, 0) == w->pid && WIFEXITED(status));
	ENSURE(!got == !!WEXITSTATUS(status));
	return WEXITSTATUS(status);
}

static uint8_t *put(uint8_t *p, const void *bytes, size_t n)
{
	if (n)
		memcpy(p, bytes, n);
	return p + n;
}

void test_acceptor_send(struct test_acceptor *w, const void *packet, size_t length, int opcode)
{
	int fds[2];

	if (opcode == CREDSSP_HLP_KRB5_ACCEPT) {
		start(w, packet, length, krb5_accept_work, replays);
		return;
	}
	connect_two(fds);
	ENSURE(!packets_pass_for(relay, fds[0], 0));
	close(fds[0]);
	start(w, packet, length, krb5_tgt_work, fds[1]);
	close(fds[1]);
}

void test_acceptor_start(struct test_acceptor *w, const struct test_accept *a,
			 const uint8_t *req, size_t length)
{
	static uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];
	const char *keytab = a->keytab ? a->keytab : test_kdc_path("host.keytab");
	struct credssp_hlp_krb5_accept head = {
		.flags = a->flags | CREDSSP_HLP_KRB5_LOCAL, .time_limit = 30000,
		.spn_length = a->spn ? strlen(a->spn) : 0, .message_length = length,
	};
	uint8_t *p = packet + sizeof(head);

	if (a->bindings) {
		head.flags |= CREDSSP_HLP_KRB5_BINDINGS;
		memcpy(head.bindings, a->bindings, sizeof(head.bindings));
	}
	if (!a->tgt_key)
		p = put(p, keytab, head.keytab_length = strlen(keytab));
	p = put(p, a->spn, head.spn_length);
	p = put(p, req, length);
	p = put(p, a->tgt_key, a->tgt_key ? sizeof(*a->tgt_key) : 0);
	memcpy(packet, &head, sizeof(head));
	test_acceptor_send(w, packet, p - packet, CREDSSP_HLP_KRB5_ACCEPT);
}

void test_acceptor_get_tgt(struct test_acceptor *w, const char *keytab, const char *spn)
{
	const struct credssp_hlp_krb5_tgt head = {
		.flags = CREDSSP_HLP_KRB5_LOCAL, .time_limit = 30000,
		.keytab_length = strlen(keytab), .spn_length = strlen(spn),
	};
	uint8_t packet[1024], *p = put(packet, &head, sizeof(head));

	p = put(p, keytab, strlen(keytab));
	p = put(p, spn, strlen(spn));
	test_acceptor_send(w, packet, p - packet, CREDSSP_HLP_KRB5_TGT);
	ENSURE(!test_acceptor_finish(w));
}

void test_acceptor_use_replays(const char *path)
{
	if (replays >= 0)
		close(replays);
	replays = open(path, O_PATH | O_CLOEXEC);
	ENSURE(replays >= 0);
}

void test_acceptor_begin(void)
{
	int fds[2];
	pid_t pid;

	connect_two(fds);
	pid = fork();
	ENSURE(pid >= 0);
	if (!pid) {
		close(fds[0]);
		_exit(krb5_relay(fds[1], -1, test_kdc_conf()));
	}
	close(fds[1]);
	relay = fds[0];
}

void test_acceptor_end(void)
{
	close(relay);
}
