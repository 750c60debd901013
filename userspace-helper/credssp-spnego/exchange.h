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
 * @reason: enum credssp_reason
 */
struct exchange {
	uint8_t answer[ANSWER_MAX];
	size_t length;
	int32_t status;
	uint32_t reason;
};

/**
 * exchange_run() - log on to the server as a user
 * @d: what the kernel asks for; @d->creduid's tickets are used
 * @cache: name of the credential cache, empty for the user's default one
 * @x: out
 *
 * This process, root, acts as the user meanwhile.
 *
 * Return: 0; or an errno for cifs.ko: EPERM (the user cannot be acted as), or one of
 * failure_errno().
 */
int exchange_run(const struct description *d, const char *cache, struct exchange *x);

#endif
