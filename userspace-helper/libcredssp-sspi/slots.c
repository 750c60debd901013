// SPDX-License-Identifier: LGPL-2.1-or-later
/* A table of slots that grows. The generation in a handle makes an old one invalid. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "slots.h"

/* Low half of sspi_handle.lower: number of the slot plus 1. High half: its generation. */
#define NUMBER_BITS	16
#define NUMBER_MASK	((1u << NUMBER_BITS) - 1)
#define FIRST_SLOTS	16

_Static_assert(SSPI_MAX_SLOTS < NUMBER_MASK, "the number of a slot fits into a handle");

/* sspi_handle.upper: neither 0 nor ~0, which mark invalid handles */
enum slot_kind {
	SLOT_FREE = 0,
	SLOT_CRED = 0x43724431,
	SLOT_CONTEXT = 0x43785431,
};

struct slot {
	enum slot_kind kind;
	uint16_t generation;
	union {
		struct sspi_cred cred;
		struct sspi_context context;
	};
};

/* Protects the table and what is in it. */
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot *slots;
static uint32_t slot_count;
/* Where the search for a free slot begins: behind the last one that was used */
static uint32_t slot_next;

/* Double the table. Slots keep their numbers. */
static int slots_grow(void)
{
	uint32_t count = slot_count ? 2 * slot_count : FIRST_SLOTS;
	struct slot *grown;

	if (count > SSPI_MAX_SLOTS)
		return -1;
	grown = realloc(slots, count * sizeof(*slots));
	if (!grown)
		return -1;
	memset(grown + slot_count, 0, (count - slot_count) * sizeof(*slots));
	slots = grown;
	slot_next = slot_count;
	slot_count = count;
	return 0;
}

static struct slot *slot_find_free(void)
{
	uint32_t i, number;

	for (i = 0; i < slot_count; i++) {
		number = (slot_next + i) % slot_count;
		if (slots[number].kind == SLOT_FREE) {
			slot_next = number + 1;
			return &slots[number];
		}
	}
	return slots_grow() ? NULL : &slots[slot_next++];
}

static struct slot *slot_make(enum slot_kind kind, struct sspi_handle *handle)
{
	struct slot *s = slot_find_free();
	uint32_t number;

	if (!s)
		return NULL;
	s->kind = kind;
	number = (uint32_t)(s - slots) + 1;
	handle->lower = (uintptr_t)s->generation << NUMBER_BITS | number;
	handle->upper = kind;
	return s;
}

static struct slot *slot_find(enum slot_kind kind, const struct sspi_handle *handle)
{
	uintptr_t generation;
	uint32_t number;
	struct slot *s;

	if (!handle || handle->upper != (uintptr_t)kind)
		return NULL;
	number = handle->lower & NUMBER_MASK;
	generation = handle->lower >> NUMBER_BITS;
	if (!number || number > slot_count)
		return NULL;
	s = &slots[number - 1];
	return s->kind == kind && s->generation == generation ? s : NULL;
}

static void slot_release(struct slot *s)
{
	s->kind = SLOT_FREE;
	s->generation++;
}

int32_t sspi_cred_put(const struct sspi_cred *cred, struct sspi_handle *handle)
{
	struct slot *s;

	pthread_mutex_lock(&slots_lock);
	s = slot_make(SLOT_CRED, handle);
	if (s)
		s->cred = *cred;
	pthread_mutex_unlock(&slots_lock);
	return s ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

int32_t sspi_cred_get(const struct sspi_handle *handle, struct sspi_cred *cred)
{
	struct slot *s;

	pthread_mutex_lock(&slots_lock);
	s = slot_find(SLOT_CRED, handle);
	if (s) {
		*cred = s->cred;
		cred->name = cred->name ? strdup(cred->name) : NULL;
	}
	pthread_mutex_unlock(&slots_lock);
	return s ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

int32_t sspi_cred_take(const struct sspi_handle *handle, struct sspi_cred *cred)
{
	struct slot *s;

	pthread_mutex_lock(&slots_lock);
	s = slot_find(SLOT_CRED, handle);
	if (s) {
		*cred = s->cred;
		slot_release(s);
	}
	pthread_mutex_unlock(&slots_lock);
	return s ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

int32_t sspi_context_put(const struct sspi_context *context, struct sspi_handle *handle)
{
	struct slot *s;

	pthread_mutex_lock(&slots_lock);
	s = slot_make(SLOT_CONTEXT, handle);
	if (s)
		s->context = *context;
	pthread_mutex_unlock(&slots_lock);
	return s ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

int32_t sspi_context_get(const struct sspi_handle *handle, struct sspi_context *context)
{
	struct slot *s;

	pthread_mutex_lock(&slots_lock);
	s = slot_find(SLOT_CONTEXT, handle);
	if (s)
		*context = s->context;
	pthread_mutex_unlock(&slots_lock);
	return s ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

int32_t sspi_context_take(const struct sspi_handle *handle, struct sspi_context *context)
{
	struct slot *s;

	pthread_mutex_lock(&slots_lock);
	s = slot_find(SLOT_CONTEXT, handle);
	if (s) {
		*context = s->context;
		slot_release(s);
	}
	pthread_mutex_unlock(&slots_lock);
	return s ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}
