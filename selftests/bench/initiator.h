/* SPDX-License-Identifier: GPL-2.0-only */
/* An initiator by ioctl, of CredSSP or of NTLM on its own. These end the program on failure. */
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
 * @cred: credential of the tests' account
 * @context: 0 before the first leg
 * @count: instructions of all ioctls of the exchanges
 * @token: what the last leg made, @length bytes
 */
struct initiator {
	int fd;
	uint32_t package;
	uint64_t cred;
	uint64_t context;
	struct count count;
	unsigned char token[CREDSSP_MAX_TOKEN];
	uint32_t length;
};

/* Open the device and acquire the credential. @i is zeroed but for @count. */
void initiator_open(struct initiator *i, uint32_t package);
/* One call of INIT, whose status must be @wanted. */
void initiator_leg(struct initiator *i, struct span in, int32_t wanted);
/* Delete the context. */
void initiator_end(struct initiator *i);
/* Leave the context to the open file: the next leg makes another one. */
void initiator_leave(struct initiator *i);

#endif
