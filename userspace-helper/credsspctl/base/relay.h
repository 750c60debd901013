/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes between an authenticated connection and a program, or two descriptors. */
#ifndef CREDSSPCTL_RELAY_H
#define CREDSSPCTL_RELAY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"

/**
 * struct relay_stream - how the connection is used; relay_ktls is a kTLS stream
 * @recv: as credssp_recv() with MSG_DONTWAIT: 0 is the end that the peer has announced
 * @send: as credssp_send() with MSG_DONTWAIT
 * @end: announce the end of what is sent: 0, or -1 with errno
 */
struct relay_stream {
	ssize_t (*recv)(int fd, void *buffer, size_t length);
	ssize_t (*send)(int fd, const void *buffer, size_t length);
	int (*end)(int fd);
};

extern const struct relay_stream relay_ktls;

/**
 * struct relay_result - how it ended
 * @status: of the program, as of waitpid(2)
 * @lost: the connection broke before all was received, or with bytes that were not sent
 * @refused: @child took no more bytes before the end
 * @received: bytes that came from the peer
 * @sent: bytes that went to the peer
 */
struct relay_result {
	int status;
	bool lost;
	bool refused;
	uint64_t received;
	uint64_t sent;
};

/**
 * relay_run() - relay until the program ends, or without one until both directions have
 * @stream: functions
 * @fd: connection
 * @child: running program, which is over afterwards; or none, but with @input and @output, which
 *	may block. The descriptors are closed
 * @stop: descriptor that is readable when the relay must end, or -1
 * @result: out
 *
 * The end of one direction leaves the other one open.  The program is hung up on when the
 * connection breaks before the peer has announced its end.  What it has written before its
 * end is sent, for as long as the peer takes it within a time limit.  Without a program,
 * descriptors that take no more bytes end it, and so does the peer's end if @output is a
 * terminal.
 */
void relay_run(const struct relay_stream *stream, int fd, struct child *child, int stop,
	       struct relay_result *result);

#endif
