/* SPDX-License-Identifier: GPL-2.0-only */
/* The token transport: records in queues, kTLS on a loopback pair. */
#ifndef CSSP_TLS_XPRT_TOKEN_H
#define CSSP_TLS_XPRT_TOKEN_H

#include "channel_impl.h"

int cssp_xprt_token_init(void);
void cssp_xprt_token_exit(void);

void cssp_xprt_token_setup(struct cssp_channel *ch);
/* Nothing runs for @ch any more. */
void cssp_xprt_token_teardown(struct cssp_channel *ch);

/* As the calls of a channel of the same name. Context: take @ch->lock. */
int __must_check cssp_xprt_token_push_wire(struct cssp_channel *ch, struct cssp_rd *in);
int __must_check cssp_xprt_token_pull_wire(struct cssp_channel *ch, struct cssp_vbuf *out);
int __must_check cssp_xprt_token_handshake(struct cssp_channel *ch);
int __must_check cssp_xprt_token_send(struct cssp_channel *ch, const struct cssp_rd *plain);
int __must_check cssp_xprt_token_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg);
int __must_check cssp_xprt_token_recv_exact(struct cssp_channel *ch, void *buf, size_t n);
int __must_check cssp_xprt_token_settle(struct cssp_channel *ch);
int __must_check cssp_xprt_token_seal(struct cssp_channel *ch, const struct cssp_rd *plain,
				 struct cssp_vbuf *out);
int __must_check cssp_xprt_token_open(struct cssp_channel *ch, struct cssp_rd *wire,
				 struct cssp_vbuf *plain);
int __must_check cssp_xprt_token_export(struct cssp_channel *ch, struct socket *sock);
void cssp_xprt_token_send_alert(struct cssp_channel *ch, u8 description);

/* What the idle work does: back to what the channel needs while nothing happens. */
void cssp_xprt_token_park(struct cssp_channel *ch);

#endif
