// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/packets.h"
#include "krb5/krb5_relay.h"
#include "krb5/krb5_work.h"
#include "test.h"
#include "test_kdc.h"
#include "test_office.h"

/* A worker of a busy machine is not late. */
#define PATIENCE_MS	60000
#define ENOUGH_MS	30000

static int office = -1;
static pid_t relay;

static void connect_two(int fds[2])
{
	const int room = CREDSSP_HLP_MAX_MESSAGE + 4096;

	ENSURE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	for (int i = 0; i < 2; i++)
		ENSURE(!setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)));
}

void test_office_start(const char *conf)
{
	int fds[2];

	connect_two(fds);
	relay = fork();
	ENSURE(relay >= 0);
	if (!relay) {
		close(fds[0]);
		_exit(krb5_relay(fds[1], -1, conf));
	}
	close(fds[1]);
	office = fds[0];
}

void test_office_end(void)
{
	int status;

	close(office);
	ENSURE(waitpid(relay, &status, 0) == relay && WIFEXITED(status) && !WEXITSTATUS(status));
}

/* Start a worker; both of its connections lead to the test. */
static void open_worker(struct test_exchange *x, bool armored, bool required)
{
	int office_end[2], relay_end[2];

	connect_two(office_end);
	connect_two(relay_end);
	x->pid = fork();
	ENSURE(x->pid >= 0);
	if (!x->pid) {
		close(office_end[0]);
		close(relay_end[0]);
		close(office);
		_exit(armored ?
		      krb5_work_armored(office_end[1], relay_end[1], test_kdc_conf(), required) :
		      krb5_work(office_end[1], relay_end[1], test_kdc_conf()));
	}
	close(office_end[1]);
	close(relay_end[1]);
	x->fd = office_end[0];
	x->relay = relay_end[0];
}

void test_office_open(struct test_exchange *x, int play)
{
	open_worker(x, false, false);
	if (play)
		return;
	ENSURE(!packets_pass_for(office, x->relay, 0));
	close(x->relay);
	x->relay = -1;
}

void test_office_open_armored(struct test_exchange *x, int required)
{
	open_worker(x, true, required);
}

static uint8_t *put(uint8_t *p, const void *bytes, size_t n)
{
	if (n)
		memcpy(p, bytes, n);
	return p + n;
}

static size_t length_of(const char *s)
{
	return s ? strlen(s) : 0;
}

size_t test_office_make(uint8_t *packet, const struct test_ask *a)
{
	struct credssp_hlp_krb5_init head = {
		.source = a->source, .flags = a->flags,
		.time_limit = a->time_limit ? a->time_limit : ENOUGH_MS,
		.user_length = length_of(a->user), .realm_length = length_of(a->realm),
		.password_length = length_of(a->password),
		.tickets_length = length_of(a->tickets), .target_length = length_of(a->target),
		.peer_ticket_length = a->peer_ticket_length, .saved_length = a->saved_length,
	};
	uint8_t *p;

	if (a->bindings) {
		head.flags |= CREDSSP_HLP_KRB5_BINDINGS;
		memcpy(head.bindings, a->bindings, sizeof(head.bindings));
	}
	p = put(packet, &head, sizeof(head));
	p = put(p, a->user, head.user_length);
	p = put(p, a->realm, head.realm_length);
	p = put(p, a->password, head.password_length);
	p = put(p, a->tickets, head.tickets_length);
	p = put(p, a->target, head.target_length);
	p = put(p, a->peer_ticket, a->peer_ticket_length);
	p = put(p, a->saved, a->saved_length);
	return p - packet;
}

void test_office_send(struct test_exchange *x, const void *packet, size_t length)
{
	ENSURE(send(x->fd, packet, length, MSG_NOSIGNAL) == (ssize_t)length);
}

void test_office_ask(struct test_exchange *x, const struct test_ask *a)
{
	static uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];

	test_office_send(x, packet, test_office_make(packet, a));
}

void test_office_take(struct test_exchange *x)
{
	struct iovec iov[] = { { &x->reply, sizeof(x->reply) }, { x->out, sizeof(x->out) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct pollfd p = { .fd = x->fd, .events = POLLIN };
	ssize_t got;

	ENSURE(poll(&p, 1, PATIENCE_MS) == 1);
	got = recvmsg(x->fd, &msg, 0);
	ENSURE(got >= (ssize_t)sizeof(x->reply));
	ENSURE(got - sizeof(x->reply) == (size_t)x->reply.message_length +
	       x->reply.client_length + x->reply.saved_length + x->reply.trace_length);
}

int test_office_close(struct test_exchange *x)
{
	int status;

	close(x->fd);
	if (x->relay >= 0)
		close(x->relay);
	ENSURE(waitpid(x->pid, &status, 0) == x->pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}
