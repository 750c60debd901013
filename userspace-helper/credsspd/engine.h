/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conversations: one request of the helper channel in, its reply out.  It
 * knows nothing of the device, so it can be driven by tests.
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
 * @reply, @room: where the reply goes, aligned likewise
 *
 * Return: bytes of the reply, 0 when there is none, or none yet: see engine_resume().
 */
size_t engine_handle(struct engine *e, const void *request, size_t length,
		     void *reply, size_t room);

/*
 * After the key keeper has answered: a reply that was held back, as from
 * engine_handle(); 0: there is none. To be called until then: there may be several.
 */
size_t engine_resume(struct engine *e, void *reply, size_t room);

/* The engine's clock: milliseconds, monotonic. */
int64_t engine_now(void);
/*
 * Forget conversations that have been idle for too long at @now. Milliseconds
 * until this is due again, -1: never.
 */
int engine_expire(struct engine *e, int64_t now);
/* For tests: conversations that are alive. */
size_t engine_count(const struct engine *e);

#endif
