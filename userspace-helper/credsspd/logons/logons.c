// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/children.h"
#include "base/log.h"
#include "logon_impl.h"
#include "logons.h"

#define HEADER		sizeof(struct credssp_hlp_header)
/* Bytes of a request and of a reply */
#define REQUEST_MAX	(HEADER + LOGON_PAYLOAD_MAX)
#define REPLY_MAX	(HEADER + sizeof(struct credssp_hlp_ntlm_reply) + LOGON_ACCOUNT_MAX)
/* Bytes of requests on their way, so that some dozens may come at once */
#define CONNECTION_ROOM	CREDSSP_HLP_MAX_MESSAGE
/* Logons without a reply: those that the gate has, and some that are on their way to it */
#define LOGONS_MAX	(2 * GATE_PENDING)

/**
 * struct logons - the connection to the gate
 * @fd: never waits
 * @count: conversations without a reply
 * @conversations: their numbers, in no order
 */
struct logons {
	int fd;
	size_t count;
	uint64_t conversations[LOGONS_MAX];
};

static int logons_run(int fd, const void *setup)
{
	return gate_serve(fd, setup);
}

struct logons *logons_start(const struct gate_setup *setup)
{
	struct logons *l = calloc(1, sizeof(*l));
	int ret = l ? children_start_service(CONNECTION_ROOM, logons_run, setup) : -ENOMEM;

	if (ret >= 0) {
		l->fd = ret;
		return l;
	}
	log_error("gate for logons: %s", strerror(-ret));
	free(l);
	return NULL;
}

void logons_stop(struct logons *l)
{
	if (!l)
		return;
	close(l->fd);
	free(l);
}

/* Its place, or LOGONS_MAX */
static size_t logons_find(const struct logons *l, uint64_t conversation)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->conversations[i] == conversation)
			return i;
	}
	return LOGONS_MAX;
}

static void logons_forget(struct logons *l, uint64_t conversation)
{
	const size_t at = logons_find(l, conversation);

	if (at < l->count)
		l->conversations[at] = l->conversations[--l->count];
}

bool logons_are_for(const struct logons *l, const void *request, size_t length)
{
	struct credssp_hlp_header hdr;

	if (length < sizeof(hdr))
		return false;
	memcpy(&hdr, request, sizeof(hdr));
	if (hdr.opcode == CREDSSP_HLP_NTLM_LOGON)
		return true;
	return hdr.opcode == CREDSSP_HLP_END && l &&
	       logons_find(l, hdr.conversation) < LOGONS_MAX;
}

static int logons_send(struct logons *l, const void *packet, size_t length)
{
	return write(l->fd, packet, length) == (ssize_t)length ? 0 : -EDQUOT;
}

static int logons_begin(struct logons *l, const void *request, uint64_t conversation, size_t length)
{
	int ret;

	if (length > REQUEST_MAX)
		return -EMSGSIZE;
	if (!conversation || logons_find(l, conversation) < LOGONS_MAX)
		return -EPROTO;
	if (l->count == LOGONS_MAX)
		return -EDQUOT;
	/* logons_receive() finds that the gate has ended. */
	ret = logons_send(l, request, length);
	if (!ret)
		l->conversations[l->count++] = conversation;
	return ret;
}

int logons_request(struct logons *l, const void *request, size_t length)
{
	struct credssp_hlp_header hdr;

	if (!l)
		return -EOPNOTSUPP;
	memcpy(&hdr, request, sizeof(hdr));
	if (hdr.length != length)
		return -EBADMSG;
	if (hdr.opcode == CREDSSP_HLP_NTLM_LOGON)
		return logons_begin(l, request, hdr.conversation, length);
	/* Without room for it the gate does a little more than it has to. */
	logons_send(l, request, length);
	logons_forget(l, hdr.conversation);
	return 0;
}

/* The seccomp filter forbids fork(), so the daemon ends and is started again. */
static int logons_lose(const char *why)
{
	log_error("the gate for logons has failed: %s", why);
	return -EIO;
}

int logons_receive(struct logons *l, void *reply, size_t room, size_t *length)
{
	const struct credssp_hlp_header *hdr = reply;
	ssize_t got = read(l->fd, reply, room);

	*length = 0;
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return logons_lose(got ? strerror(errno) : "it has ended");
	if ((size_t)got < HEADER || (size_t)got > REPLY_MAX || hdr->length != got ||
	    hdr->opcode != CREDSSP_HLP_NTLM_LOGON)
		return logons_lose("it sent an invalid packet");
	logons_forget(l, hdr->conversation);
	*length = got;
	return 0;
}

void logons_reload(struct logons *l, const struct attempts_rules *rules)
{
	struct gate_reload r = { .hdr.opcode = GATE_RELOAD };

	r.hdr.length = rules ? sizeof(r) : HEADER;
	if (rules)
		r.rules = *rules;
	/* Without room for it, a change of the file is found at the next logon all the same. */
	if (l && logons_send(l, &r, r.hdr.length) && rules)
		log_error("the gate for logons is busy: it keeps its limits; reload again");
}

int logons_fd(const struct logons *l)
{
	return l ? l->fd : -1;
}
