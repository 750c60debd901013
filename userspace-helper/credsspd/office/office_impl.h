/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the daemon and the ticket office: one packet for each message of the helper
 * protocol, unchanged, in both directions. Workers get and give the payload only.
 */
#ifndef CREDSSPD_OFFICE_IMPL_H
#define CREDSSPD_OFFICE_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/credssp.h>
#include "base/queue.h"
#include "office.h"

/* To the office, beside the module's requests; a header alone, without reply */
#define OFFICE_RELOAD		0xffff
/* Within the office: a worker's request for an acceptor's TGT, whose serial is the id */
#define OFFICE_TGT		0xfffe

/*
 * Bytes of requests that wait for a worker; above that they are refused. The limit of one
 * owner, root excepted, is a quarter: the module lets it have 256 conversations
 * (CSSP_MAX_CONVERSATIONS_USER), so that is 16 KiB for each. A request has less than a
 * kilobyte, and with the tickets of a password some kilobytes more; the longest has 256 KiB.
 */
#define OFFICE_BYTES		(16u << 20)
#define OFFICE_BYTES_OF_OWNER	(OFFICE_BYTES / 4)
/*
 * The last quarter is for owners with little, so that owners with full shares, and strangers
 * at a service of root's, do not stop the logons of others.
 */
#define OFFICE_BYTES_RESERVE	(OFFICE_BYTES / 4)
#define OFFICE_BYTES_LITTLE	CREDSSP_HLP_MAX_MESSAGE
/* A request counts as at least this many bytes (queue.h). */
#define OFFICE_REQUESTS		(OFFICE_BYTES / JOB_CHARGE_MIN)

/*
 * Questions without an answer after which the relay is taken for stopped, and killed. It
 * never waits for anything but its descriptors. Several, as the time in which the whole
 * service did not run counts for one only.
 */
#define OFFICE_RELAY_QUESTIONS	4

/**
 * struct office_patience - times in milliseconds
 * @init: limit of a KRB5_INIT's own time limit, and of the time that the peer takes for its
 *	answer. As CONVERSATION_IDLE_MS: longer than any exchange
 * @step: for a KRB5_STEP, which needs no KDC. It is less than helper_timeout_ms by default
 * @leave: for the end of a worker that has given its last reply
 * @relay: between two questions to the relay; see OFFICE_RELAY_QUESTIONS
 */
struct office_patience {
	int init;
	int step;
	int leave;
	int relay;
};

/* Only tests write it, before office_start(). */
extern struct office_patience office_patience;

/* Does the exchange go on after this reply? Otherwise it is over. */
bool office_goes_on(const struct credssp_hlp_header *reply, size_t length);

/* The main loop of the office, until @fd shows that the daemon has ended: exit status. */
int office_serve(int fd, const struct office_setup *setup);

#endif
