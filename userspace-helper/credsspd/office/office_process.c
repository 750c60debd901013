// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ticket office: it starts a worker for each KRB5_INIT, and passes on what belongs to
 * it. It reads of replies only whether their lengths add up and the exchange goes on. It
 * does not wait for workers. Requests of acceptors are in office_acceptor.c, and what both
 * kinds need in office_desk.c.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/children.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/queue.h"
#include "office_groups.h"
#include "office_impl.h"
#include "office_process.h"
#include "office_workers.h"
#include "replays.h"
#include "sandbox/sandbox.h"

#define HEADER		sizeof(struct credssp_hlp_header)
/* The kernel's default, DEFAULT_OVERFLOWUID */
#define OVERFLOW_UID	65534

enum { POLL_DAEMON, POLL_SIGNALS, POLL_RELAY, POLL_WORKERS };

/* ---- requests ---------------------------------------------------------------- */

/* Do the lengths of a KRB5_INIT add up, and is its keyring one? */
static int office_process_check_init(const uint8_t *payload, size_t length,
				     struct credssp_hlp_krb5_init *init)
{
	uint64_t sum = sizeof(*init);

	if (!payload || length < sizeof(*init))
		return -EBADMSG;
	memcpy(init, payload, sizeof(*init));
	sum += (uint64_t)init->user_length + init->realm_length + init->password_length;
	sum += (uint64_t)init->tickets_length + init->target_length;
	sum += (uint64_t)init->peer_ticket_length + init->saved_length;
	/* Negative numbers are keyrings of the process that uses them. */
	return sum == length && init->session_keyring >= 0 ? 0 : -EBADMSG;
}

static bool office_process_is_foreign(const struct office_process *op, uint32_t uid,
				      const struct credssp_hlp_krb5_init *init)
{
	if (office_process_is_nobody(op, uid))
		return true;
	return init->source != CREDSSP_HLP_KRB5_PASSWORD &&
	       !(init->flags & CREDSSP_HLP_KRB5_LOCAL);
}

static int office_process_begin(struct office_process *op, const struct credssp_hlp_header *hdr)
{
	struct credssp_hlp_krb5_init init = { 0 };
	int64_t limit = office_patience.init;
	size_t length = 0;
	const uint8_t *payload = office_payload(hdr, &length);
	int ret;

	ret = office_process_check_init(payload, length, &init);
	if (ret)
		return office_process_refuse(op, hdr, ret);
	if (office_process_is_foreign(op, hdr->uid, &init))
		return office_process_refuse_foreign(op, hdr);
	if (init.time_limit < limit)
		limit = init.time_limit;
	ret = office_process_queue(op, hdr, clock_ms() + limit);
	return ret ? office_process_refuse(op, hdr, ret) : 0;
}

static int office_process_step(struct office_process *op, const struct credssp_hlp_header *hdr)
{
	struct office_worker *w = office_workers_find(&op->workers, hdr->conversation);
	int ret;

	if (queue_has(&op->queue, hdr->conversation) || (w && w->state != OFFICE_WORKER_WAITS))
		return office_process_refuse(op, hdr, -EPROTO);
	/* The worker has ended. */
	if (!w)
		return office_process_refuse(op, hdr, -EIO);
	/* An empty packet would be taken for the end. */
	ret = hdr->length == HEADER ? -EBADMSG :
	      office_worker_step(w, hdr, hdr + 1, hdr->length - HEADER);
	if (!ret)
		return 0;
	office_worker_kill(w);
	return office_process_refuse(op, hdr, ret);
}

static void office_process_end(struct office_process *op, uint64_t conversation)
{
	struct office_worker *w = office_workers_find(&op->workers, conversation);

	if (w)
		office_worker_kill(w);
	queue_remove(&op->queue, conversation);
	office_acceptor_end(op, conversation);
}

/* A negative errno means that the daemon has ended, or sent an invalid packet. */
static int office_process_take(struct office_process *op, const struct credssp_hlp_header *hdr,
			       size_t length)
{
	if (length < HEADER || hdr->length != length)
		return -EBADMSG;
	switch (hdr->opcode) {
	case CREDSSP_HLP_KRB5_INIT:
		return office_process_begin(op, hdr);
	case CREDSSP_HLP_KRB5_STEP:
		return office_process_step(op, hdr);
	case CREDSSP_HLP_KRB5_TGT:
		return office_acceptor_tgt(op, hdr);
	case CREDSSP_HLP_KRB5_ACCEPT:
		return office_acceptor_accept(op, hdr);
	case CREDSSP_HLP_END:
		office_process_end(op, hdr->conversation);
		return 0;
	case OFFICE_RELOAD:
		kill(op->workers.relay_pid, SIGHUP);
		office_armor_reload(&op->workers.armor);
		return 0;
	default:
		return -EBADMSG;
	}
}

static int office_process_take_request(struct office_process *op)
{
	ssize_t got = read(op->daemon, op->packet, sizeof(op->packet));
	int ret;

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return -EPIPE;
	ret = office_process_take(op, (const struct credssp_hlp_header *)op->packet, got);
	/* Workers inherit this memory. */
	explicit_bzero(op->packet, got);
	return ret;
}

/* A request that a worker carries out, or should, has failed without a reply. */
static int office_process_fail(struct office_process *op, const struct credssp_hlp_header *asked,
			       int err)
{
	return asked->opcode == OFFICE_TGT ? office_acceptor_lose_tgt(op, asked, err) :
					     office_process_refuse(op, asked, err);
}

static bool office_process_may_start(const void *workers, uint32_t owner)
{
	return office_workers_may_start(workers, owner);
}

/* Give workers to requests that wait, as far as the limits allow. */
static int office_process_start_workers(struct office_process *op)
{
	static struct log_limit limit;
	struct credssp_hlp_header asked;
	struct job *j;
	int ret = 0;

	while (!ret && (j = queue_take_where(&op->queue, office_process_may_start, &op->workers))) {
		asked = *job_header(j);
		ret = office_workers_start(&op->workers, j);
		if (ret) {
			if (log_may(&limit, clock_ms()))
				log_error("process for a Kerberos exchange: %s", strerror(-ret));
			ret = office_process_fail(op, &asked, ret);
		}
	}
	return ret;
}

/* Refuse requests that have waited for too long. */
static int office_process_expire(struct office_process *op, int64_t now)
{
	struct job *j;
	int ret = 0;

	while (!ret && (j = queue_take_overdue(&op->queue, now))) {
		ret = office_process_fail(op, job_header(j), -ETIMEDOUT);
		job_free(j);
	}
	return ret ? ret : office_acceptor_expire(op, now);
}

/* ---- workers ----------------------------------------------------------------- */

/* End a worker. If it owes a reply, that is the error @err. */
static int office_process_lose(struct office_process *op, struct office_worker *w, int err,
			       const char *why)
{
	static struct log_limit limit;
	const bool owes = w->state == OFFICE_WORKER_WORKS;

	if (log_may(&limit, clock_ms()))
		log_warning("Kerberos exchange of uid %u: its process %s", w->asked.uid, why);
	office_worker_kill(w);
	return owes ? office_process_fail(op, &w->asked, err) : 0;
}

/* The lengths of a reply have to add up. The module checks the rest. */
static bool office_process_reply_is_whole(const uint8_t *payload, size_t length)
{
	struct credssp_hlp_krb5_reply r;

	if (length < sizeof(r))
		return false;
	memcpy(&r, payload, sizeof(r));
	return (uint64_t)r.message_length + r.client_length + r.saved_length +
	       r.trace_length ==
	       length - sizeof(r);
}

static int office_process_pass_on(struct office_process *op, struct office_worker *w, size_t length)
{
	struct credssp_hlp_header *reply = (struct credssp_hlp_header *)op->packet;
	int ret;

	if (w->asked.opcode == OFFICE_TGT) {
		office_worker_leave(w);
		return office_acceptor_take_tgt(op, w, op->packet + HEADER, length);
	}
	office_process_head(reply, &w->asked, HEADER + length);
	ret = office_process_tell(op, op->packet, HEADER + length);
	if (office_goes_on(reply, HEADER + length))
		office_worker_wait(w);
	else
		office_worker_leave(w);
	return ret;
}

static int office_process_take_reply(struct office_process *op, struct office_worker *w)
{
	uint8_t *payload = op->packet + HEADER;
	const size_t room = sizeof(op->packet) - HEADER;
	/* The length of the packet, of which what does not fit is cut off */
	ssize_t got = recv(w->fd, payload, room, MSG_TRUNC);
	int ret;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return office_process_lose(op, w, -EIO, "has ended");
	if (w->state == OFFICE_WORKER_WORKS && (size_t)got <= room &&
	    office_process_reply_is_whole(payload, got))
		ret = office_process_pass_on(op, w, got);
	else
		ret = office_process_lose(op, w, -EIO, "sent an invalid packet");
	explicit_bzero(op->packet, sizeof(op->packet));
	return ret;
}

static int office_process_look_at_workers(struct office_process *op, const struct pollfd *fds)
{
	const int64_t now = clock_ms();
	int ret = 0;

	for (int i = 0; i < OFFICE_WORKERS && !ret; i++) {
		struct office_worker *w = &op->workers.worker[i];

		if (w->fd >= 0 && w->state != OFFICE_WORKER_FREE && fds[i].revents)
			ret = office_process_take_reply(op, w);
		if (!ret && office_worker_is_overdue(w, now))
			ret = office_process_lose(op, w, -ETIMEDOUT, "took too long");
	}
	return ret;
}

/* ---- the loop ---------------------------------------------------------------- */

/* For poll(): milliseconds until the next deadline; -1: there is none. */
static int office_process_due(const struct office_process *op)
{
	const int64_t queue = queue_due(&op->queue), workers = office_workers_due(&op->workers);
	const int64_t tgts = office_tgts_due(&op->tgts);
	int64_t due = queue < workers ? queue : workers;
	int64_t left;

	if (tgts < due)
		due = tgts;
	if (due == INT64_MAX)
		return -1;
	left = due - clock_ms();
	/* A TGT may last for longer than poll() can wait. */
	if (left > INT_MAX)
		return INT_MAX;
	return left < 0 ? 0 : left;
}

static void office_process_set_polls(const struct office_process *op, struct pollfd *fds)
{
	fds[POLL_DAEMON] = (struct pollfd){ .fd = op->daemon, .events = POLLIN };
	fds[POLL_SIGNALS] = (struct pollfd){ .fd = op->signals, .events = POLLIN };
	fds[POLL_RELAY] = (struct pollfd){ .fd = op->workers.relay, .events = POLLIN };
	for (int i = 0; i < OFFICE_WORKERS; i++) {
		const struct office_worker *w = &op->workers.worker[i];

		fds[POLL_WORKERS + i] = (struct pollfd){
			.fd = w->state == OFFICE_WORKER_FREE ? -1 : w->fd, .events = POLLIN,
		};
	}
}

static int office_process_turn(struct office_process *op)
{
	struct pollfd fds[POLL_WORKERS + OFFICE_WORKERS];
	int ret;

	office_process_set_polls(op, fds);
	if (poll(fds, POLL_WORKERS + OFFICE_WORKERS, office_process_due(op)) < 0)
		return errno == EINTR ? 0 : -errno;
	ret = office_process_look_at_workers(op, fds + POLL_WORKERS);
	if (ret)
		return ret;
	/* There is no network any more for another one. */
	if (fds[POLL_RELAY].revents && !office_workers_hear_relay(&op->workers)) {
		log_error("the relay for Kerberos has ended");
		return -EPIPE;
	}
	if (fds[POLL_SIGNALS].revents)
		children_take_signal(op->signals);
	office_workers_reap(&op->workers);
	office_workers_ask_relay(&op->workers, clock_ms());
	if (fds[POLL_DAEMON].revents)
		ret = office_process_take_request(op);
	if (!ret)
		ret = office_process_expire(op, clock_ms());
	return ret ? ret : office_process_start_workers(op);
}

static uint32_t read_overflow_uid(void)
{
	FILE *f = fopen("/proc/sys/kernel/overflowuid", "re");
	unsigned int uid;

	if (!f || fscanf(f, "%u", &uid) != 1)
		uid = OVERFLOW_UID;
	if (f)
		fclose(f);
	return uid;
}

static int office_process_init(struct office_process *op, int fd, const struct office_setup *setup)
{
	int ret = children_ignore_signals();

	if (ret)
		return ret;
	queue_init(&op->queue);
	op->daemon = fd;
	op->overflow_uid = read_overflow_uid();
	ret = office_workers_init(&op->workers, setup, &op->queue, &op->tgts);
	if (!ret)
		ret = sandbox_office(fd, op->workers.relay);
	if (ret)
		return ret;
	/* Without it nothing is accepted; the rest works. */
	op->workers.replays = replays_open(setup->replays);
	op->signals = children_watch();
	return op->signals < 0 ? op->signals : 0;
}

int office_serve(int fd, const struct office_setup *setup)
{
	struct office_process *op = calloc(1, sizeof(*op));
	int ret = op ? office_process_init(op, fd, setup) : -ENOMEM;

	if (ret) {
		log_error("ticket office: %s", strerror(-ret));
		return EXIT_FAILURE;
	}
	while (!office_process_turn(op))
		;
	/* The workers end with the office. */
	queue_clear(&op->queue);
	office_tgts_clear(&op->tgts);
	explicit_bzero(op, sizeof(*op));
	free(op);
	return EXIT_SUCCESS;
}
