// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relay: it sends messages of Kerberos workers to KDCs. A child carries each message,
 * as libkrb5 may wait long for DNS and KDCs; it is killed when its time is over. The relay
 * itself never waits for anything but its descriptors.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/syscalls.h"
#include "krb5_absent.h"
#include "krb5_courier.h"
#include "krb5_kdcs.h"
#include "krb5_relay.h"

/* Workers that the relay knows at once; the office has fewer. */
#define RELAY_LINKS		128
/*
 * Messages on their way at once, each in a process of some megabytes. It is the number of the
 * office's workers: with fewer, users whose KDCs are silent would keep others from theirs.
 */
#define RELAY_CHILDREN		64
/* The longest time for a message; the module waits less for a whole request. */
#define RELAY_LONGEST_MS	60000
/*
 * A realm whose KDCs were silent for so long has none, also if the worker is gone by then:
 * the office ends it when its time is over. If a worker gave up earlier, this says nothing
 * about the KDCs.
 */
#define RELAY_SILENCE_MS	3000

/**
 * struct relay_link - the connection of a worker
 * @fd: to the worker; -1 in a free slot
 * @owner: user whom the worker works for, as the office says
 * @answer: from the child that carries the worker's message; -1 without one
 * @child: its pid; 0 without one, or when it has been reaped
 * @since, @deadline: of the message, milliseconds of clock_ms()
 * @realm: of the message
 * @trace: lines about it, for the reply
 * @trace_length: bytes of them
 */
struct relay_link {
	int fd;
	uint32_t owner;
	int answer;
	pid_t child;
	int64_t since;
	int64_t deadline;
	char realm[KRB5_KDC_REALM_MAX + 1];
	char trace[KRB5_KDC_TRACE_MAX];
	size_t trace_length;
};

/* Instead of an errno: a line about the message, not the reply to it. From a child. */
#define RELAY_NOTE	UINT32_MAX

/**
 * struct relay - the state of the relay
 * @office: where the links come from
 * @signals: signalfd for SIGHUP and SIGCHLD
 * @conf: path of krb5.conf
 * @kdcs_file: for @kdcs; -1: none
 * @children: children that have not been reaped
 * @absent: realms without a KDC
 * @kdcs: what is known of KDCs
 * @link: the workers
 * @packet: buffer of one message and its realm, for either direction, and one byte more
 *	than the longest packet
 */
struct relay {
	int office;
	int signals;
	const char *conf;
	int kdcs_file;
	unsigned int children;
	struct krb5_absent absent;
	struct krb5_kdcs kdcs;
	struct relay_link link[RELAY_LINKS];
	uint8_t packet[KRB5_KDC_REQUEST_MAX + 1];
};

enum { POLL_OFFICE, POLL_SIGNALS, POLL_LINKS };

/* End the message of @l. Its child is reaped later. */
static void relay_link_stop(struct relay_link *l)
{
	if (l->child)
		kill(l->child, SIGKILL);
	l->child = 0;
	if (l->answer >= 0)
		close(l->answer);
	l->answer = -1;
}

static void relay_link_close(struct relay_link *l)
{
	relay_link_stop(l);
	close(l->fd);
	l->fd = -1;
}

/*
 * Send the reply with the KDC's @message. A worker reads the reply to a message before it
 * sends another, so there is room for it.
 */
static void relay_link_tell(struct relay_link *l, int error, void *message, size_t length)
{
	struct krb5_kdc_reply reply = { .error = error, .trace_length = l->trace_length };
	struct iovec parts[] = {
		{ &reply, sizeof(reply) }, { l->trace, l->trace_length }, { message, length },
	};
	const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 3 };
	const ssize_t whole = sizeof(reply) + l->trace_length + length;

	if (sendmsg(l->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) != whole)
		relay_link_close(l);
}

static void relay_link_refuse(struct relay_link *l, int error)
{
	relay_link_tell(l, error, NULL, 0);
}

/* A line without its end; dropped without room for it. */
static void relay_link_note(struct relay_link *l, const char *line, size_t length)
{
	if (length + 1 > sizeof(l->trace) - l->trace_length)
		return;
	memcpy(l->trace + l->trace_length, line, length);
	l->trace[l->trace_length + length] = '\n';
	l->trace_length += length + 1;
}

/* What all realms' names consist of; the name is used for DNS and for krb5.conf. */
static bool relay_is_realm(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~' || strchr("/\\@:{}=\"", name[i]))
			return false;
	return length && name[0] != '.' && name[0] != '-';
}

/*
 * Split the @got bytes of a request. Return the message, which has *@length bytes, or NULL
 * if it is malformed.
 */
static const uint8_t *relay_parse(struct relay *r, struct relay_link *l, size_t got,
				  struct krb5_kdc_request *rq, size_t *length)
{
	const uint8_t *realm = r->packet + sizeof(*rq);

	if (got < sizeof(*rq) || got > KRB5_KDC_REQUEST_MAX)
		return NULL;
	memcpy(rq, r->packet, sizeof(*rq));
	if (rq->realm_length > KRB5_KDC_REALM_MAX || rq->realm_length > got - sizeof(*rq))
		return NULL;
	memcpy(l->realm, realm, rq->realm_length);
	l->realm[rq->realm_length] = '\0';
	*length = got - sizeof(*rq) - rq->realm_length;
	if (!*length || *length > KRB5_KDC_MESSAGE_MAX ||
	    !relay_is_realm(l->realm, rq->realm_length))
		return NULL;
	return realm + rq->realm_length;
}

/* In the child: keep stdin, stdout, stderr and @fd only. */
static void relay_child_close(int fd)
{
	if (fd > STDERR_FILENO + 1)
		syscall(SYS_close_range, STDERR_FILENO + 1, fd - 1, 0);
	syscall(SYS_close_range, fd + 1, ~0U, 0);
}

/* In the child: to the relay. A line that is lost is no failure. */
static void relay_child_note(void *data, const char *line)
{
	const int *fd = data;
	uint32_t note = RELAY_NOTE;
	struct iovec parts[] = {
		{ &note, sizeof(note) }, { (char *)line, strlen(line) },
	};
	const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };

	if (sendmsg(*fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("a line about a message to a KDC: %s", strerror(errno));
}

static void relay_child(const struct relay *r, const struct relay_link *l,
			const uint8_t *message, size_t length, int fd)
{
	static uint8_t packet[sizeof(uint32_t) + KRB5_KDC_MESSAGE_MAX];
	uint32_t error;
	size_t got = 0;
	sigset_t none;

	relay_child_close(fd);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (syscalls_restrict_courier())
		_exit(EXIT_FAILURE);
	error = krb5_courier_carry(r->conf, l->realm, message, length, packet + sizeof(error),
				   &got, relay_child_note, &fd);
	memcpy(packet, &error, sizeof(error));
	if (send(fd, packet, sizeof(error) + got, MSG_NOSIGNAL) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

/* Have a child carry the message. 0 or a positive errno. */
static int relay_carry(struct relay *r, struct relay_link *l, const uint8_t *message,
		       size_t length)
{
	const pid_t parent = getpid();
	int fds[2];

	if (r->children >= RELAY_CHILDREN)
		return EBUSY;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return EIO;
	l->child = fork();
	if (!l->child) {
		/* The relay may have ended before the prctl(). */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
			_exit(EXIT_FAILURE);
		relay_child(r, l, message, length, fds[1]);
	}
	close(fds[1]);
	if (l->child < 0) {
		l->child = 0;
		close(fds[0]);
		return EIO;
	}
	l->answer = fds[0];
	r->children++;
	return 0;
}

static const char relay_not_asked[] = "not asked: a moment ago no KDC was found or answered";

static void relay_take_request(struct relay *r, struct relay_link *l)
{
	ssize_t got = recv(l->fd, r->packet, sizeof(r->packet), MSG_DONTWAIT);
	struct krb5_kdc_request rq;
	const uint8_t *message;
	size_t length;
	int error;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		relay_link_close(l);
		return;
	}
	message = relay_parse(r, l, got, &rq, &length);
	if (!message) {
		l->trace_length = 0;
		relay_link_refuse(l, EINVAL);
		return;
	}
	l->trace_length = 0;
	l->since = clock_ms();
	l->deadline = l->since;
	l->deadline += rq.time_limit < RELAY_LONGEST_MS ? rq.time_limit : RELAY_LONGEST_MS;
	error = rq.flags & KRB5_KDC_OPTIONAL ?
		krb5_absent_find(&r->absent, l->owner, l->realm, l->since) : 0;
	if (error)
		relay_link_note(l, relay_not_asked, strlen(relay_not_asked));
	else
		error = relay_carry(r, l, message, length);
	if (error)
		relay_link_refuse(l, error);
}

/*
 * The message of @l has come to its end. Remember that the realm of @l has no KDC, if @error
 * says so.
 */
static void relay_remember(struct relay *r, const struct relay_link *l, int error)
{
	const int64_t now = clock_ms();

	if (error == ENOENT)
		krb5_kdcs_miss(&r->kdcs, l->owner, l->realm, now);
	krb5_kdcs_write(&r->kdcs, r->kdcs_file);
	if (error == ENOENT || error == EHOSTUNREACH ||
	    (error == ETIMEDOUT && now - l->since >= RELAY_SILENCE_MS))
		krb5_absent_add(&r->absent, l->owner, l->realm, error, now);
}

/* The message of @l has failed with @error. */
static void relay_fail(struct relay *r, struct relay_link *l, int error)
{
	relay_remember(r, l, error);
	relay_link_stop(l);
	relay_link_refuse(l, error);
}

/* The worker of @l has ended while its message is on its way. */
static void relay_abandon(struct relay *r, struct relay_link *l)
{
	relay_remember(r, l, ETIMEDOUT);
	relay_link_close(l);
}

static void relay_take_answer(struct relay *r, struct relay_link *l)
{
	ssize_t got = recv(l->answer, r->packet, sizeof(r->packet), MSG_DONTWAIT);
	uint8_t *rest = r->packet + sizeof(uint32_t);
	uint32_t error;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	got -= sizeof(error);
	if (got < 0 || got > KRB5_KDC_MESSAGE_MAX) {
		relay_fail(r, l, EIO);
		return;
	}
	memcpy(&error, r->packet, sizeof(error));
	if (error == RELAY_NOTE) {
		relay_link_note(l, (const char *)rest, got);
		krb5_kdcs_note(&r->kdcs, l->owner, l->realm, (const char *)rest, got,
			       clock_ms());
		return;
	}
	if (error) {
		relay_fail(r, l, error);
		return;
	}
	relay_remember(r, l, 0);
	/* The child ends by itself, but not before its answer was sent. */
	relay_link_stop(l);
	relay_link_tell(l, 0, rest, got);
}

static void relay_look_at_link(struct relay *r, struct relay_link *l, const struct pollfd *fd)
{
	if (l->answer < 0) {
		if (fd->revents)
			relay_take_request(r, l);
	} else if (fd->fd == l->answer && fd->revents) {
		relay_take_answer(r, l);
	} else if (clock_ms() >= l->deadline) {
		relay_fail(r, l, ETIMEDOUT);
	}
}

static struct relay_link *relay_free_link(struct relay *r)
{
	for (size_t i = 0; i < RELAY_LINKS; i++)
		if (r->link[i].fd < 0)
			return &r->link[i];
	return NULL;
}

/* The office asks whether the relay is alive. A reply that has no room is lost, as a late one. */
static void relay_answer_office(const struct relay *r)
{
	const char byte = 0;
	struct iovec iov = { (char *)&byte, sizeof(byte) };
	const struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (sendmsg(r->office, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("relay: an answer to the ticket office: %s", strerror(errno));
}

/*
 * Take one link from the office, or its question. -EPIPE when the office has closed its side.
 */
static int relay_take_link(struct relay *r)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	uint32_t owner;
	struct iovec iov = { &owner, sizeof(owner) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(r->office, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	struct relay_link *l = relay_free_link(r);
	int fd;

	if (got <= 0)
		return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -EPIPE;
	if (!c) {
		relay_answer_office(r);
		return 0;
	}
	if (got != sizeof(owner) || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return 0;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (l)
		*l = (struct relay_link){ .fd = fd, .owner = owner, .answer = -1 };
	else
		close(fd);
	return 0;
}

/* Reap children, so that none of their pids is killed later. */
static void relay_reap(struct relay *r)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		r->children--;
		for (size_t i = 0; i < RELAY_LINKS; i++)
			if (r->link[i].child == pid)
				r->link[i].child = 0;
	}
}

/* Without krb5.conf the relay uses DNS; libkrb5 ignores one that it cannot read. */
static void relay_check_conf(const struct relay *r)
{
	if (access(r->conf, R_OK) && errno != ENOENT)
		log_warning("%s: %s", r->conf, strerror(errno));
}

static void relay_take_signals(struct relay *r)
{
	struct signalfd_siginfo info;

	while (read(r->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			krb5_absent_clear(&r->absent);
			relay_check_conf(r);
		}
	}
}

/* Milliseconds until the first message is overdue; -1 without one */
static int relay_patience(const struct relay *r)
{
	const int64_t now = clock_ms();
	int64_t least = -1;

	for (size_t i = 0; i < RELAY_LINKS; i++) {
		const struct relay_link *l = &r->link[i];
		int64_t left = l->deadline > now ? l->deadline - now : 0;

		if (l->fd >= 0 && l->answer >= 0 && (least < 0 || left < least))
			least = left;
	}
	return least;
}

/* While a message is on its way, the worker is watched only by poll()'s POLLHUP. */
static nfds_t relay_prepare(const struct relay *r, struct pollfd *fds)
{
	fds[POLL_OFFICE] = (struct pollfd){ .fd = r->office, .events = POLLIN };
	fds[POLL_SIGNALS] = (struct pollfd){ .fd = r->signals, .events = POLLIN };
	for (size_t i = 0; i < RELAY_LINKS; i++) {
		const struct relay_link *l = &r->link[i];
		struct pollfd *worker = &fds[POLL_LINKS + 2 * i];

		worker[0] = (struct pollfd){ .fd = l->fd, .events = l->answer < 0 ? POLLIN : 0 };
		worker[1] = (struct pollfd){ .fd = l->answer, .events = POLLIN };
	}
	return POLL_LINKS + 2 * RELAY_LINKS;
}

static void relay_look_at_links(struct relay *r, const struct pollfd *fds)
{
	for (size_t i = 0; i < RELAY_LINKS; i++) {
		const struct pollfd *worker = &fds[2 * i];
		struct relay_link *l = &r->link[i];

		if (l->fd < 0)
			continue;
		if (l->answer >= 0 && worker[0].revents & (POLLHUP | POLLERR))
			relay_abandon(r, l);
		else
			relay_look_at_link(r, l, l->answer < 0 ? &worker[0] : &worker[1]);
	}
}

static int relay_turn(struct relay *r)
{
	struct pollfd fds[POLL_LINKS + 2 * RELAY_LINKS];
	nfds_t count = relay_prepare(r, fds);

	if (poll(fds, count, relay_patience(r)) < 0) {
		if (errno == EINTR)
			return 0;
		log_error("relay: poll: %s", strerror(errno));
		return -EIO;
	}
	if (fds[POLL_SIGNALS].revents)
		relay_take_signals(r);
	relay_reap(r);
	relay_look_at_links(r, fds + POLL_LINKS);
	return fds[POLL_OFFICE].revents ? relay_take_link(r) : 0;
}

/* Signals to the whole group or service are for the daemon, which ends the relay. */
static int relay_set_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGPIPE };
	sigset_t set;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return -1;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int krb5_relay(int fd, int kdcs, const char *conf)
{
	struct relay *r = calloc(1, sizeof(*r));

	if (!r || clearenv())
		return EXIT_FAILURE;
	r->office = fd;
	r->conf = conf;
	r->kdcs_file = kdcs;
	/* Until the first message: none has been asked. */
	krb5_kdcs_write(&r->kdcs, r->kdcs_file);
	for (size_t i = 0; i < RELAY_LINKS; i++)
		r->link[i] = (struct relay_link){ .fd = -1, .answer = -1 };
	r->signals = relay_set_signals();
	if (r->signals < 0)
		return EXIT_FAILURE;
	relay_check_conf(r);
	while (!relay_turn(r))
		;
	/* The children are killed with the relay. */
	free(r);
	return EXIT_SUCCESS;
}
