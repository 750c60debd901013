/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a channel, and how a channel fails.  Only channel_state.c writes
 * @state.  The transports and the handshake use this header and channel_impl.h; they
 * do not use channel.c.
 *
 * Context: on the token transport the caller holds @ch->lock, or no other thread
 * uses the channel any more.
 */
#ifndef CSSP_TLS_CHANNEL_STATE_H
#define CSSP_TLS_CHANNEL_STATE_H

#include "channel_impl.h"

/**
 * cssp_channel_set_state() - enter another state
 * @ch: channel
 * @next: the new state
 *
 * Return: 0; -EPROTO if the table of transitions has no way from the present state to
 * @next, which then stays.
 */
int __must_check cssp_channel_set_state(struct cssp_channel *ch,
					enum cssp_channel_state next);

/**
 * cssp_channel_check() - check that data may pass
 * @ch: channel
 *
 * Return: 0 in UP; -EPROTO before that; -EOPNOTSUPP in GONE; -EPIPE otherwise.
 */
int __must_check cssp_channel_check(const struct cssp_channel *ch);

/**
 * cssp_channel_fail() - record the reason of a failure
 * @ch: channel
 * @err: negative errno
 * @reason: enum credssp_reason, or 0 if @err says enough
 *
 * The first reason stays.
 *
 * Return: @err.
 */
int cssp_channel_fail(struct cssp_channel *ch, int err, u32 reason);

/* In UP: give up receiving and drop all input. Only an alert may still be sent. */
void cssp_channel_break(struct cssp_channel *ch);

/* Wipe the keys, so that none is used again, and drop all input. @wire_out stays. */
void cssp_channel_kill(struct cssp_channel *ch);

#endif
