/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine: it takes a request of the helper channel and makes the reply. It does not
 * know the device, so that tests can drive it. Each thread has an engine of its own, for the
 * conversations that begin in it; they share the table of conversations and the limits.
 */
#ifndef CREDSSPD_ENGINE_H
#define CREDSSPD_ENGINE_H

#include <stddef.h>
#include <stdint.h>
#include "tls/tls.h"

struct engine;

/* @context is borrowed. NULL when out of memory. */
struct engine *engine_new(const struct tls_context *context);
/* An engine for another thread, which shares the table of @e. NULL when out of memory. */
struct engine *engine_beside(struct engine *e);
/* End its conversations, in its thread. */
void engine_free(struct engine *e);

/**
 * engine_handle() - carry out one request
 * @e: engine
 * @request, @length: one message as read from the device, aligned for 64-bit
 * @reply, @room: buffer for the reply, aligned likewise
 *
 * Return: bytes of the reply; 0 if there is none, or if it is held back: see
 * engine_resume().
 */
size_t engine_handle(struct engine *e, const void *request, size_t length,
		     void *reply, size_t room);

/* The same for a request that is not carried out because of the negative errno @err. */
size_t engine_refuse(const void *request, size_t length, int err, void *reply, size_t room);

/*
 * After an answer of the key keeper: make a reply that was held back, as engine_handle()
 * does. Call it until it returns 0, as there may be several.
 */
size_t engine_resume(struct engine *e, void *reply, size_t room);

/* The engine's clock: monotonic milliseconds. */
int64_t engine_now(void);
/*
 * Free conversations of @e that have ended, or have been idle for too long at @now, and wipe
 * what session tickets were sealed with, if it is old. Return
 * the milliseconds until the next call is due, or -1.
 */
int engine_expire(struct engine *e, int64_t now);
/*
 * The engines that share a table are numbered, from 0 in the order of their making. Any
 * thread may call engine_end(), engine_worker() and engine_loads() with any of them.
 *
 * END has come: the conversation counts for no limit from now on, even while its engine
 * works on it. Its engine frees it, at the latest in engine_expire(). Return the number of
 * that engine, or -1 if there is no such conversation.
 */
int engine_end(struct engine *e, uint64_t conversation);
/* Return the number of the engine that has the conversation, or -1. */
int engine_worker(struct engine *e, uint64_t conversation);
/* Add the number of each engine's handshakes to @loads. */
void engine_loads(struct engine *e, size_t *loads);
/* For tests: the number of conversations in the table. */
size_t engine_count(const struct engine *e);

#endif
