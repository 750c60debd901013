/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine: it takes a request of the helper channel and makes the reply. It does not
 * know the device, so that tests can drive it.
 */
#ifndef CREDSSPD_ENGINE_H
#define CREDSSPD_ENGINE_H

#include <stddef.h>
#include <stdint.h>
#include "tls.h"

struct engine;

/* @client is borrowed. NULL when out of memory. */
struct engine *engine_new(const struct tls_client *client);
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

/*
 * After an answer of the key keeper: make a reply that was held back, as engine_handle()
 * does. Call it until it returns 0, as there may be several.
 */
size_t engine_resume(struct engine *e, void *reply, size_t room);

/* The engine's clock: monotonic milliseconds. */
int64_t engine_now(void);
/*
 * End conversations that have been idle for too long at @now. Return the milliseconds
 * until the next call is due, or -1.
 */
int engine_expire(struct engine *e, int64_t now);
/* For tests: the number of conversations. */
size_t engine_count(const struct engine *e);

#endif
