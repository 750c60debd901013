// SPDX-License-Identifier: GPL-2.0-only
/*
 * The daemon's loop on the helper device: one request, one reply. A reply that needs the
 * key keeper is sent later, and other replies are sent before it. The ticket office makes the
 * replies of Kerberos, and the gate for logons those of NTLM.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "base/log.h"
#include "upcall.h"

/* The loop handles one request at a time, or hands it over. */
static alignas(8) uint8_t request[CREDSSP_HLP_MAX_MESSAGE];
static alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];

int upcall_open(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

static void carry_out(const struct upcall *u, size_t length)
{
	size_t n = engine_handle(u->e, request, length, reply, sizeof(reply));

	if (n)
		dispatch_reply(u->device, reply, n);
}

/* Answer a request that was handed over, with the result @err, if it was refused. */
static void refuse(const struct upcall *u, size_t length, int err)
{
	size_t n;

	if (!err)
		return;
	n = engine_refuse(request, length, err, reply, sizeof(reply));
	if (n)
		dispatch_reply(u->device, reply, n);
}

/* Handle one request, if there is one. 0 or the device's error. */
static int serve_one(const struct upcall *u)
{
	ssize_t got = read(u->device, request, sizeof(request));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (!got)
		return -EIO;
	if (office_is_for(u->office, request, got))
		refuse(u, got, office_request(u->office, request, got));
	else if (logons_are_for(u->logons, request, got))
		refuse(u, got, logons_request(u->logons, request, got));
	else if (u->threads)
		refuse(u, got, dispatch_request(u->threads, request, got));
	else
		carry_out(u, got);
	explicit_bzero(request, got);
	return 0;
}

/* True if the daemon must stop. */
static bool take_signal(const struct upcall *u)
{
	struct signalfd_siginfo info;

	if (read(u->signals, &info, sizeof(info)) != sizeof(info))
		return errno != EAGAIN && errno != EINTR;
	if (info.ssi_signo != SIGHUP)
		return true;
	keeper_reload(u->keys);
	office_reload(u->office);
	/* With a reader the gate gets its new limits at the same time. */
	if (!reload_begin(u->reload))
		logons_reload(u->logons, NULL);
	return false;
}

/* Take a reply of the ticket office. 0, or the office is lost. */
static int take_office(const struct upcall *u)
{
	size_t length;
	int err;

	office_flush(u->office);
	err = office_receive(u->office, reply, sizeof(reply), &length);
	if (length)
		dispatch_reply(u->device, reply, length);
	return err;
}

/* Take a reply of the gate. 0, or the gate is lost. */
static int take_logon(const struct upcall *u)
{
	size_t length;
	int err = logons_receive(u->logons, reply, sizeof(reply), &length);

	if (length)
		dispatch_reply(u->device, reply, length);
	return err;
}

/* Go on with handshakes that the key keeper has answered; they may ask it again. */
static void resume(const struct upcall *u)
{
	const bool news = keeper_has_news(u->keys);
	size_t length;

	if (u->threads && news)
		dispatch_resume(u->threads);
	while (!u->threads && (length = engine_resume(u->e, reply, sizeof(reply))))
		dispatch_reply(u->device, reply, length);
}

/* The smaller of two times in milliseconds, of which -1 means never. */
static int sooner(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* Milliseconds until something must be done without a request; -1: never. */
static int due(const struct upcall *u)
{
	const int others = sooner(keeper_due(u->keys), office_due(u->office));

	/* Threads end their conversations themselves. */
	return sooner(others, u->threads ? -1 : engine_expire(u->e, engine_now()));
}

static bool has_room(const struct upcall *u)
{
	return (!u->threads || dispatch_has_room(u->threads)) && office_has_room(u->office);
}

enum {
	POLL_DEVICE, POLL_SIGNALS, POLL_KEYS, POLL_THREADS, POLL_OFFICE, POLL_LOGONS,
	POLL_RELOAD, POLLS,
};

static void set_polls(const struct upcall *u, struct pollfd *fds)
{
	fds[POLL_DEVICE] = (struct pollfd){ .fd = has_room(u) ? u->device : -1, .events = POLLIN };
	fds[POLL_SIGNALS] = (struct pollfd){ .fd = u->signals, .events = POLLIN };
	fds[POLL_KEYS] = (struct pollfd){ .fd = keeper_fd(u->keys), .events = POLLIN };
	fds[POLL_THREADS] = (struct pollfd){ .fd = dispatch_fd(u->threads), .events = POLLIN };
	fds[POLL_OFFICE] = (struct pollfd){
		.fd = office_fd(u->office), .events = office_events(u->office),
	};
	fds[POLL_LOGONS] = (struct pollfd){ .fd = logons_fd(u->logons), .events = POLLIN };
	fds[POLL_RELOAD] = (struct pollfd){ .fd = reload_fd(u->reload), .events = POLLIN };
}

/* 0, or an error that ends the daemon */
static int serve_polled(const struct upcall *u, const struct pollfd *fds)
{
	int err = 0;

	if (fds[POLL_THREADS].revents)
		dispatch_take_news(u->threads);
	if (fds[POLL_KEYS].revents)
		err = keeper_receive(u->keys);
	if (!err && fds[POLL_OFFICE].revents)
		err = take_office(u);
	if (!err && fds[POLL_LOGONS].revents)
		err = take_logon(u);
	if (!err && fds[POLL_RELOAD].revents)
		reload_receive(u->reload, u->logons);
	/* One request per round, so that a flood of requests cannot delay a signal. */
	if (!err && fds[POLL_DEVICE].revents)
		err = serve_one(u);
	return err;
}

int upcall_serve(const struct upcall *u)
{
	struct pollfd fds[POLLS];
	int err = 0;

	while (!err) {
		err = keeper_expire(u->keys);
		if (err)
			break;
		resume(u);
		set_polls(u, fds);
		if (poll(fds, POLLS, due(u)) < 0) {
			err = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (fds[POLL_SIGNALS].revents && take_signal(u))
			return 0;
		err = serve_polled(u, fds);
	}
	return err;
}
