/* SPDX-License-Identifier: GPL-2.0-only */
/* The library's tests use this in place of the module. */
#ifndef LIBCREDSSP_FAKE_DEVICE_H
#define LIBCREDSSP_FAKE_DEVICE_H

#include <stdint.h>

#include "private.h"

/*
 * The fake device: each INIT and ACCEPT makes a token of @make bytes (all 'T'). A token that does
 * not fit is kept, as the contract says. With a @signature, which is that many bytes of
 * 'S', messages are those of the inner packages, and their lengths on output are wrong by
 * @lie. ACQUIRE and AUTHENTICATE know @known bytes of their structures, as an older module
 * does; 0: all. @acquired, @freed and @deleted count credentials and contexts.
 */
struct fake_device {
	unsigned int calls;
	uint32_t make;
	uint32_t extra;
	uint32_t missing;
	int32_t status;
	uint32_t reason;
	int error;
	uint32_t seen_req;
	uint32_t seen_in[8];
	char seen_target[64];
	uint32_t known;
	struct credssp_ioc_acquire seen_acquire;
	struct credssp_ioc_accept seen_accept;
	struct credssp_ioc_accept_socket seen_socket;
	struct credssp_ioc_delegated seen_delegated;
	const void *attribute;
	uint32_t plain;
	uint32_t consumed;
	uint32_t signature;
	int32_t lie;
	unsigned int acquired;
	unsigned int freed;
	unsigned int deleted;
};

/* The answer of PACKAGES, @make bytes of it. */
struct device_packages {
	struct credssp_package_info info[2];
	char names[16];
};

/* The one context that takes messages of the inner packages. */
#define DEVICE_CONTEXT	77

extern const struct device_packages device_packages;
extern struct fake_device device;
extern struct credssp fake;

/* Reset the fake device. */
void reset(void);

#endif
