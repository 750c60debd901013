/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket transport: the caller's own TCP socket. */
#ifndef CSSP_TLS_XPRT_SOCKET_H
#define CSSP_TLS_XPRT_SOCKET_H

#include "channel_impl.h"

/* As the calls of a channel of the same name. The caller serializes. */
int __must_check cssp_xprt_socket_handshake(struct cssp_channel *ch);
int __must_check cssp_xprt_socket_send(struct cssp_channel *ch, const struct cssp_rd *plain);
int __must_check cssp_xprt_socket_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg);
int __must_check cssp_xprt_socket_recv_exact(struct cssp_channel *ch, void *buf, size_t n);
void cssp_xprt_socket_send_alert(struct cssp_channel *ch, u8 description);
void cssp_xprt_socket_release(struct cssp_channel *ch);

#endif
