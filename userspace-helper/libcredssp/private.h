/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of libcredssp and its tests. */
#ifndef LIBCREDSSP_PRIVATE_H
#define LIBCREDSSP_PRIVATE_H

#include "credssp.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/**
 * struct credssp - an open device
 * @fd: /dev/credssp, -1 in tests
 * @ioctl: as ioctl(2) on @fd: 0, or -1 with errno; the test puts its own here
 *
 * It never changes, so that no lock is needed.
 */
struct credssp {
	int fd;
	int (*ioctl)(const struct credssp *lib, unsigned long cmd, void *arg);
};

/*
 * Carry out an ioctl whose structure has its status at @status. Return: that
 * status, or the nearest one to the errno.
 */
int32_t cssp_call(const struct credssp *lib, unsigned long cmd, void *arg,
		  const int32_t *status);

/* Set @out from the kernel's FILETIME in UTC; @out may be NULL. */
void cssp_timestamp_set(struct credssp_timestamp *out, uint64_t utc);

/* The first buffer of @type (attribute bits aside), or NULL; @desc may be NULL. */
struct credssp_buffer *cssp_find_buffer(const struct credssp_buffer_desc *desc,
					uint32_t type);

/* SEC_E_OK for a descriptor (or NULL) that fits the ioctl's limits. */
int32_t cssp_check_desc(const struct credssp_buffer_desc *desc);

/* The pointers of a call of an exchange: SEC_E_OK or SEC_E_INVALID_PARAMETER. */
int32_t cssp_check_exchange(uint64_t context, const uint64_t *new_context,
			    const struct credssp_buffer_desc *input,
			    const struct credssp_buffer_desc *output,
			    const uint32_t *context_attr);

/* What credssp_last_reason() tells in this thread */
void cssp_set_last_reason(uint32_t reason);

/**
 * struct cssp_exchange - an ioctl of an exchange: its number, structure, and members of that
 */
struct cssp_exchange {
	const struct credssp *lib;
	unsigned long cmd;
	void *ioc;
	const __s32 *status;
	__u64 *context;
	const __u64 *new_context;
	__u64 *input;
	__u64 *output;
	__u32 *input_count;
	__u32 *output_count;
};

#define CSSP_EXCHANGE(lib_, cmd_, i)						\
	{ (lib_), (cmd_), &(i), &(i).status, &(i).context, &(i).new_context,	\
	  &(i).input, &(i).output, &(i).input_count, &(i).output_count }

/*
 * Carry it out with these descriptors, whose buffers come back as the contract says.
 * @allocate: allocate memory for the token. Then the structure's context may change.
 */
int32_t cssp_exchange_call(const struct cssp_exchange *x, struct credssp_buffer_desc *input,
			   struct credssp_buffer_desc *output, int allocate);

/*
 * inner.c: a message with a TOKEN is one of the inner packages. The
 * module refuses it in a context of CREDSSP.
 */
int32_t cssp_inner_encrypt(const struct credssp *lib, uint64_t context,
			   struct credssp_buffer_desc *message);
int32_t cssp_inner_decrypt(const struct credssp *lib, uint64_t context,
			   struct credssp_buffer_desc *message);

/**
 * struct cssp_spn_name - a target name for an ioctl
 * @text: the name in the kernel's spelling
 * @length: bytes of it
 */
struct cssp_spn_name {
	char text[CREDSSP_MAX_TARGET + 1];
	uint32_t length;
};

/* @target may be NULL. SEC_E_TARGET_UNKNOWN for one that is too long. */
int32_t cssp_spn_load(struct cssp_spn_name *name, const char *target);

static inline uint64_t cssp_ptr(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

#endif
