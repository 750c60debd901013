/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An initiator by ioctl, of CredSSP or of an inner package on its own. These end the program
 * on failure.
 */
#ifndef BENCH_INITIATOR_H
#define BENCH_INITIATOR_H

#include <linux/credssp.h>
#include <stdint.h>

#include "../peers/bytes.h"
#include "count.h"

/**
 * struct initiator - an open device and one exchange
 * @fd: /dev/credssp
 * @package: CREDSSP_PACKAGE_*
 * @target: SPN; NULL: that of the tests
 * @ccache: name of a credential cache, which takes the place of the password, or NULL
 * @cred: credential of the tests' account
 * @context: 0 before the first leg
 * @count: instructions of all ioctls of the exchanges
 * @token: what the last leg made, @length bytes
 */
struct initiator {
	int fd;
	uint32_t package;
	const char *target;
	const char *ccache;
	uint64_t cred;
	uint64_t context;
	struct count count;
	unsigned char token[CREDSSP_MAX_TOKEN];
	uint32_t length;
};

/* Open the device and acquire the credential, which is not counted. */
void initiator_open(struct initiator *i, uint32_t package);
/* Exchange the credential for a new one, which has no saved tickets. This is counted. */
void initiator_renew(struct initiator *i);
/* One call of INIT, whose status must be @wanted. */
void initiator_leg(struct initiator *i, struct span in, int32_t wanted);
/* ENCRYPT or DECRYPT to @out, which has @room bytes. Returns the bytes made. */
uint32_t initiator_message(struct initiator *i, unsigned long verb, struct span in, void *out,
			   uint32_t room, struct count *count);
/* The report of the context. */
struct credssp_report initiator_report(struct initiator *i);
/* Delete the context. */
void initiator_end(struct initiator *i);
/* Leave the context to the open file: the next leg makes another one. */
void initiator_leave(struct initiator *i);

#endif
