/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the ticket office: its state, and what its parts share. */
#ifndef CREDSSPD_OFFICE_PROCESS_H
#define CREDSSPD_OFFICE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/credssp.h>
#include "base/queue.h"
#include "office_tgts.h"
#include "office_workers.h"

/**
 * struct office_process - the state of the office
 * @daemon: connection to the daemon
 * @signals: signalfd for SIGCHLD
 * @overflow_uid: of requesters that have no uid here
 * @workers: all workers
 * @queue: requests that wait for a worker
 * @tgts: of acceptors
 * @packet: buffer of one message, for either direction
 */
struct office_process {
	int daemon;
	int signals;
	uint32_t overflow_uid;
	struct office_workers workers;
	struct queue queue;
	struct office_tgts tgts;
	uint8_t packet[CREDSSP_HLP_MAX_MESSAGE] __attribute__((aligned(8)));
};

/* ---- the desk: office_desk.c --------------------------------------------------- */

/* The header of the reply to @asked, of @length bytes in all */
void office_process_head(struct credssp_hlp_header *reply, const struct credssp_hlp_header *asked,
			 size_t length);
/* Send a packet to the daemon. -EPIPE: it has ended; so for those below. */
int office_process_tell(struct office_process *op, const void *packet, size_t length);
/* Answer a request with the error @err, or with FAIL_FOREIGN. */
int office_process_refuse(struct office_process *op, const struct credssp_hlp_header *asked,
			  int err);
int office_process_refuse_foreign(struct office_process *op,
				  const struct credssp_hlp_header *asked);
/* Answer it with this payload. */
int office_process_answer(struct office_process *op, const struct credssp_hlp_header *asked,
			  const void *payload, size_t length);
/* No process of ours can be this user. */
bool office_process_is_nobody(const struct office_process *op, uint32_t uid);
/* Let a request wait for a worker. 0, -ENOMEM, or -EDQUOT: too many. */
int office_process_queue(struct office_process *op, const struct credssp_hlp_header *hdr,
			 int64_t deadline);

/* ---- requests of acceptors: office_acceptor.c ---------------------------------- */

int office_acceptor_tgt(struct office_process *op, const struct credssp_hlp_header *hdr);
/* @hdr is in @op->packet. */
int office_acceptor_accept(struct office_process *op, const struct credssp_hlp_header *hdr);
void office_acceptor_end(struct office_process *op, uint64_t conversation);
/* The worker @w for a TGT has given the reply @payload. */
int office_acceptor_take_tgt(struct office_process *op, struct office_worker *w,
			     const uint8_t *payload, size_t length);
/* It has ended without one, or could not be started: @asked is its request. */
int office_acceptor_lose_tgt(struct office_process *op, const struct credssp_hlp_header *asked,
			     int err);
/* Do what is due. */
int office_acceptor_expire(struct office_process *op, int64_t now);

#endif
