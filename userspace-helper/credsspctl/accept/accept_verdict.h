/* SPDX-License-Identifier: GPL-2.0-only */
/* The verdict on a connection, where the module has none or only a part of it. */
#ifndef CREDSSPCTL_ACCEPT_VERDICT_H
#define CREDSSPCTL_ACCEPT_VERDICT_H

#include "accept.h"

/*
 * Set @c->verdict for the outcome @c->o.  @context is that of the exchange, or 0.  Without
 * memory the verdict stays NULL.  Free it with accept_verdict_free().
 */
void accept_verdict_set(struct accepted *c, uint64_t context);
void accept_verdict_free(struct accepted *c);

#endif
