/* SPDX-License-Identifier: GPL-2.0-only */
/* The token and the key, by the module's package Kerberos. */
#ifndef CREDSSP_SPNEGO_EXCHANGE_H
#define CREDSSP_SPNEGO_EXCHANGE_H

#include "answer.h"
#include "description.h"

/**
 * struct exchange - results
 * @answer: payload of the key, with the session key in it: wipe it
 * @length: bytes
 * @status: SECURITY_STATUS
 */
struct exchange {
	uint8_t answer[ANSWER_MAX];
	size_t length;
	int32_t status;
};

/**
 * exchange_run() - log on to the server as a user
 * @d: what the kernel asks for; @d->creduid's tickets are used
 * @cache: name of the credential cache, empty for the user's default one
 * @x: out
 *
 * This process, root, acts as the user meanwhile.
 *
 * Return: 0; or an errno for cifs.ko: ENOKEY (no usable tickets), EREMOTEIO (no module, helper
 * or KDC), EPERM (the user cannot be acted as), EKEYREJECTED (all else).
 */
int exchange_run(const struct description *d, const char *cache, struct exchange *x);

#endif
