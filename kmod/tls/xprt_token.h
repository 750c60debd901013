/* SPDX-License-Identifier: GPL-2.0-only */
/* The token transport: records in queues, sealed and opened on a loopback connection. */
#ifndef CSSP_TLS_XPRT_TOKEN_H
#define CSSP_TLS_XPRT_TOKEN_H

#include "channel_impl.h"

int cssp_xprt_token_init(void);
void cssp_xprt_token_exit(void);

/* Make a new channel one of the token transport. */
void cssp_xprt_token_setup(struct cssp_channel *ch);

/*
 * What the idle work does: close the loopback connection and free empty buffers.
 * Context: takes @ch->lock.
 */
void cssp_xprt_token_park(struct cssp_channel *ch);

#endif
