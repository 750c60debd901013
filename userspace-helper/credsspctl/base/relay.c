// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <credssp.h>

#include "net.h"
#include "relay.h"
#include "text.h"

/* One record of TLS */
#define BUFFER_SIZE	16384
/* How long a peer may take to receive what is left after the program's end */
#define DRAIN_MS	10000
/* How long the announcement of the end may wait for room in the socket */
#define END_TIMEOUT_S	5

/**
 * struct buffer - bytes on their way
 * @at, @fill: those that were not written yet
 * @over: nothing comes after them
 */
struct buffer {
	size_t at;
	size_t fill;
	bool over;
	char data[BUFFER_SIZE];
};

enum { POLL_NET, POLL_INPUT, POLL_OUTPUT, POLL_CHILD, POLL_STOP, POLL_COUNT };

/**
 * struct relay - a relay at work
 * @stream, @fd, @child, @stop, @result: arguments of relay_run()
 * @in: from the peer to the program
 * @out: from the program to the peer
 * @ended: nothing is sent any more: the end of @out was announced to the peer, or
 * @dropped: the connection takes nothing any more
 * @terminal: the bytes come from a terminal
 * @gone: the program has ended; what it wrote may still be in its pipe
 * @deadline: for sending that, when @gone
 */
struct relay {
	const struct relay_stream *stream;
	int fd;
	struct child *child;
	int stop;
	struct relay_result *result;
	struct buffer in;
	struct buffer out;
	bool ended;
	bool dropped;
	bool terminal;
	bool gone;
	int64_t deadline;
};

static ssize_t ktls_recv(int fd, void *buffer, size_t length)
{
	return credssp_recv(fd, buffer, length, MSG_DONTWAIT);
}

static ssize_t ktls_send(int fd, const void *buffer, size_t length)
{
	return credssp_send(fd, buffer, length, MSG_DONTWAIT);
}

static int ktls_end(int fd)
{
	const struct timeval limit = { .tv_sec = END_TIMEOUT_S };

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ||
	    credssp_send_close_notify(fd))
		return -1;
	return shutdown(fd, SHUT_WR);
}

const struct relay_stream relay_ktls = {
	.recv = ktls_recv,
	.send = ktls_send,
	.end = ktls_end,
};

static bool is_empty(const struct buffer *b)
{
	return b->at == b->fill;
}

static bool is_transient(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static int from_peer(struct relay *r)
{
	ssize_t n = r->stream->recv(r->fd, r->in.data, sizeof(r->in.data));

	if (n < 0)
		return is_transient() ? 0 : -1;
	r->in.at = 0;
	r->in.fill = (size_t)n;
	r->in.over = !n;
	r->result->received += (uint64_t)n;
	return 0;
}

static bool has_program(const struct relay *r)
{
	return r->child->pid >= 0;
}

/*
 * Descriptors without a program may block, since others may share them. A pipe that is writable
 * takes PIPE_BUF bytes at once (pipe(7)).
 */
static size_t portion(const struct relay *r)
{
	size_t n = r->in.fill - r->in.at;

	return has_program(r) || n < PIPE_BUF ? n : PIPE_BUF;
}

/*
 * A program that reads no more does not end the connection: the bytes are dropped. Without a
 * program, nobody else is there to be served. Return 0, or -1 in this case.
 */
static int to_program(struct relay *r)
{
	struct buffer *b = &r->in;
	ssize_t n = r->child->input < 0 ? -1 :
		    write(r->child->input, b->data + b->at, portion(r));

	if (n >= 0) {
		b->at += (size_t)n;
		return 0;
	}
	if (r->child->input >= 0 && is_transient())
		return 0;
	r->result->refused = r->child->input >= 0;
	child_close_input(r->child);
	b->at = b->fill;
	return has_program(r) ? 0 : -1;
}

/* The pipe of a program that has ended may be open in another one: take what is in it. */
static void from_program(struct relay *r)
{
	ssize_t n = read(r->child->output, r->out.data, sizeof(r->out.data));

	if (n < 0 && is_transient() && !r->gone)
		return;
	r->out.at = 0;
	r->out.fill = n > 0 ? (size_t)n : 0;
	r->out.over = n <= 0;
}

static int to_peer(struct relay *r)
{
	struct buffer *b = &r->out;
	ssize_t n = r->stream->send(r->fd, b->data + b->at, b->fill - b->at);

	if (n < 0)
		return is_transient() ? 0 : -1;
	b->at += (size_t)n;
	r->result->sent += (uint64_t)n;
	return 0;
}

/* Pass on the ends of both directions. A peer that is gone needs no announcement. */
static void pass_ends(struct relay *r)
{
	if (r->in.over && is_empty(&r->in))
		child_close_input(r->child);
	if (!r->out.over || !is_empty(&r->out) || r->ended)
		return;
	child_close_output(r->child);
	r->ended = true;
	r->stream->end(r->fd);
}

/*
 * The connection is watched while the program writes or the peer may send. POLLHUP is
 * reported always, and expected when both directions are over.
 */
static void set_net(const struct relay *r, struct pollfd *p)
{
	bool reads = !r->in.over && is_empty(&r->in), writes = !is_empty(&r->out);

	p->fd = r->ended && !reads ? -1 : r->fd;
	p->events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
}

static void set_poll(const struct relay *r, struct pollfd p[POLL_COUNT])
{
	set_net(r, &p[POLL_NET]);
	p[POLL_INPUT] = (struct pollfd){
		.fd = is_empty(&r->in) ? -1 : r->child->input, .events = POLLOUT,
	};
	p[POLL_OUTPUT] = (struct pollfd){
		.fd = r->out.over || !is_empty(&r->out) ? -1 : r->child->output,
		.events = POLLIN,
	};
	p[POLL_CHILD] = (struct pollfd){
		.fd = r->gone ? -1 : r->child->pidfd, .events = POLLIN,
	};
	p[POLL_STOP] = (struct pollfd){ .fd = r->stop, .events = POLLIN };
}

/* Nothing can be sent any more. A program that goes on writing gets SIGPIPE. */
static void drop_output(struct relay *r)
{
	if (r->ended)
		return;
	r->result->lost = r->result->lost || !is_empty(&r->out);
	child_close_output(r->child);
	r->out.at = 0;
	r->out.fill = 0;
	r->out.over = true;
	r->ended = true;
	r->dropped = true;
}

/* What the peer sends has no proper end; this matters unless all was sent to it before. */
static int truncated(struct relay *r)
{
	if (!r->ended || r->dropped)
		return -1;
	r->in.at = 0;
	r->in.fill = 0;
	r->in.over = true;
	return 0;
}

/*
 * A client that closes with unread bytes, such as TLS tickets, resets the connection: what it
 * has sent before, with its announced end, counts all the same.
 */
static int move_net(struct relay *r, const struct pollfd *p)
{
	bool failed = p->revents & (POLLERR | POLLHUP | POLLNVAL);

	if (p->revents && p->events & POLLIN) {
		if (from_peer(r))
			return truncated(r);
		if (failed && is_empty(&r->in) && !r->in.over)
			return truncated(r);
	}
	if (failed || (p->revents & POLLOUT && to_peer(r)))
		drop_output(r);
	return 0;
}

static int move(struct relay *r, const struct pollfd p[POLL_COUNT])
{
	if (p[POLL_CHILD].revents) {
		r->gone = true;
		r->deadline = net_now() + DRAIN_MS;
	}
	if (move_net(r, &p[POLL_NET]))
		return -1;
	/* without a pipe there is nothing to wait for */
	if (!is_empty(&r->in) && (p[POLL_INPUT].revents || r->child->input < 0) &&
	    to_program(r))
		return -1;
	/* nobody at a terminal knows that the peer waits for the end of what is typed */
	if (r->terminal && r->in.over && is_empty(&r->out))
		r->out.over = true;
	if (!r->out.over && is_empty(&r->out) && (p[POLL_OUTPUT].revents || r->gone))
		from_program(r);
	pass_ends(r);
	return 0;
}

/* Without a program it is over when both directions are. */
static bool is_over(const struct relay *r)
{
	return r->ended && (has_program(r) ? r->gone : r->in.over && is_empty(&r->in));
}

/* Return 0 when the program is over and all is sent, -1 when the connection broke. */
static int run(struct relay *r)
{
	struct pollfd p[POLL_COUNT];
	int n;

	while (!is_over(r)) {
		set_poll(r, p);
		n = poll(p, ARRAY_SIZE(p), r->gone ? net_left(r->deadline) : -1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || p[POLL_STOP].revents || (r->gone && !net_left(r->deadline)))
			return -1;
		if (move(r, p))
			return -1;
	}
	return 0;
}

void relay_run(const struct relay_stream *stream, int fd, struct child *child, int stop,
	       struct relay_result *result)
{
	struct relay r = {
		.stream = stream, .fd = fd, .child = child, .stop = stop, .result = result,
	};
	int ret;

	*result = (struct relay_result){ .status = 0 };
	r.terminal = !has_program(&r) && isatty(child->output);
	ret = run(&r);
	child_close_input(child);
	child_close_output(child);
	if (has_program(&r))
		result->status = ret ? child_hang_up(child) : child_wait(child);
	result->lost = result->lost || ret;
}
