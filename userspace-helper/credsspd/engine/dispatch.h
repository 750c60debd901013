/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several threads carry out requests, with an engine each. One thread, the receiver, reads
 * the requests and gives each to the thread that its conversation belongs to; a new
 * conversation goes to the one with the fewest requests, and of these to the one with the
 * fewest handshakes. The threads write the replies.
 */
#ifndef CREDSSPD_DISPATCH_H
#define CREDSSPD_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include "engine.h"

/* A handshake takes a processor for about a millisecond: 16 of them do 10,000 in a second. */
#define DISPATCH_THREADS_MAX	16
/*
 * Bytes of requests that wait for the threads. Above it the receiver leaves the others to the
 * module, which has a limit for their number.
 */
#define DISPATCH_BYTES		(8u << 20)
/* The limit of one user except root, whose further requests are refused */
#define DISPATCH_BYTES_OF_USER	(DISPATCH_BYTES / 4)

struct dispatch;

/**
 * dispatch_start() - start the threads
 * @e: the receiver's engine, the first of its table, which it shares with theirs
 * @device: they write the replies to it
 * @threads: their number, 2 to DISPATCH_THREADS_MAX
 *
 * They inherit the rights of the calling thread, and its signal mask, and are running when
 * this returns.
 *
 * Return: NULL after logging the reason.
 */
struct dispatch *dispatch_start(struct engine *e, int device, unsigned int threads);
/* End the threads and their conversations. @d may be NULL. */
void dispatch_stop(struct dispatch *d);

/*
 * Hand over one request, which is copied, as engine_handle() takes it. Return 0; or -EBADMSG
 * without a header, -EDQUOT above the limit of its user, or -ENOMEM: then the caller answers
 * the request, see engine_refuse(). An END with a header never fails.
 */
int dispatch_request(struct dispatch *d, const void *request, size_t length);
/* False while too many requests wait. */
bool dispatch_has_room(struct dispatch *d);
/* The key keeper has answered: go on with handshakes that wait for it. */
void dispatch_resume(struct dispatch *d);
/*
 * A file descriptor for poll(). With POLLIN a thread has asked the key keeper, or there is
 * room again: call dispatch_take_news(). -1 if @d is NULL.
 */
int dispatch_fd(const struct dispatch *d);
void dispatch_take_news(struct dispatch *d);

/*
 * Write a reply, and wipe it. If the module does not take it, as without memory, answer with
 * the error alone, so that the requester need not wait until its time is over.
 */
void dispatch_reply(int device, void *reply, size_t length);

#endif
