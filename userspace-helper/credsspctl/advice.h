/* SPDX-License-Identifier: GPL-2.0-only */
/* What to do about a failure. */
#ifndef CREDSSPCTL_ADVICE_H
#define CREDSSPCTL_ADVICE_H

#include <stdint.h>

/**
 * advice_for() - advice for a reason
 * @reason: enum credssp_reason or enum ctl_reason
 *
 * Return: a sentence with a full stop; NULL for no failure.
 */
const char *advice_for(uint32_t reason);

#endif
