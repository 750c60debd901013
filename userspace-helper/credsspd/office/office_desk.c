// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ticket office's desk: what requests of initiators and acceptors have in common. It
 * answers or refuses them, and lets them wait for a worker.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "base/queue.h"
#include "office_impl.h"
#include "office_process.h"

#define HEADER		sizeof(struct credssp_hlp_header)

/* ---- replies ----------------------------------------------------------------- */

/* The daemon never waits for the office to read, so the office may wait for the daemon. */
int office_process_tell(struct office_process *op, const void *packet, size_t length)
{
	return write(op->daemon, packet, length) == (ssize_t)length ? 0 : -EPIPE;
}

void office_process_head(struct credssp_hlp_header *reply, const struct credssp_hlp_header *asked,
			 size_t length)
{
	*reply = (struct credssp_hlp_header){
		.length = length,
		.opcode = asked->opcode,
		.id = asked->id,
		.conversation = asked->conversation,
	};
}

int office_process_refuse(struct office_process *op, const struct credssp_hlp_header *asked,
			  int err)
{
	struct credssp_hlp_header reply;

	office_process_head(&reply, asked, sizeof(reply));
	reply.error = -err;
	return office_process_tell(op, &reply, sizeof(reply));
}

/*
 * A requester without a uid here cannot get a process of its own. For one in other namespaces
 * the name of a cache or keytab would lead to those of another user (CVE-2025-2312).
 */
int office_process_refuse_foreign(struct office_process *op,
				  const struct credssp_hlp_header *asked)
{
	struct {
		struct credssp_hlp_header header;
		struct credssp_hlp_krb5_reply body;
	} reply = { .body = {
		.state = CREDSSP_HLP_KRB5_FAILED, .failure = CREDSSP_HLP_KRB5_FAIL_FOREIGN,
	} };

	office_process_head(&reply.header, asked, sizeof(reply));
	return office_process_tell(op, &reply, sizeof(reply));
}

int office_process_answer(struct office_process *op, const struct credssp_hlp_header *asked,
			  const void *payload, size_t length)
{
	struct credssp_hlp_header reply;
	struct iovec parts[] = { { &reply, HEADER }, { (void *)payload, length } };
	const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };

	office_process_head(&reply, asked, HEADER + length);
	return sendmsg(op->daemon, &msg, MSG_NOSIGNAL) == (ssize_t)(HEADER + length) ? 0 : -EPIPE;
}

/* ---- requests ---------------------------------------------------------------- */

bool office_process_is_nobody(const struct office_process *op, uint32_t uid)
{
	return uid == op->overflow_uid || uid == UINT32_MAX;
}

static bool office_process_has_room(const struct office_process *op, uint32_t owner,
				    size_t charge)
{
	const size_t own = queue_bytes(&op->queue, owner) + charge;
	const size_t all = queue_bytes_of_all(&op->queue) + charge;
	const size_t limit = own <= OFFICE_BYTES_LITTLE ? OFFICE_BYTES :
							  OFFICE_BYTES - OFFICE_BYTES_RESERVE;

	return all <= limit && (!owner || own <= OFFICE_BYTES_OF_OWNER);
}

int office_process_queue(struct office_process *op, const struct credssp_hlp_header *hdr,
			 int64_t deadline)
{
	struct job *j = job_new(hdr, hdr->length);
	int ret = -EDQUOT;

	if (!j)
		return -ENOMEM;
	j->deadline = deadline;
	if (office_process_has_room(op, hdr->owner, job_charge(j)))
		ret = queue_put(&op->queue, j);
	if (ret)
		job_free(j);
	return ret;
}
