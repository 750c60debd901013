/* SPDX-License-Identifier: GPL-2.0-only */
/* What to do about a failure. */
#ifndef CREDSSPCTL_ADVICE_H
#define CREDSSPCTL_ADVICE_H

#include <stdint.h>

#include "base/options.h"
#include "base/outcome.h"

/**
 * advice_for() - advice for a reason
 * @reason: enum credssp_reason or enum ctl_reason
 *
 * Return: a sentence with a full stop; NULL for no failure.
 */
const char *advice_for(uint32_t reason);

/* Advice for an outcome, which knows more than the reason; NULL after a success. */
const char *advice_for_outcome(const struct options *opt, const struct outcome *o);

/* Advice for a certificate that proves nothing (CREDSSP_TRUST_*); NULL for a trusted one. */
const char *advice_for_trust(uint32_t trust);

#endif
