/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket transport: the caller's own TCP socket. */
#ifndef CSSP_TLS_XPRT_SOCKET_H
#define CSSP_TLS_XPRT_SOCKET_H

#include "channel_impl.h"

/* Make a new channel one of the socket transport. Takes a reference on @sock's file. */
void cssp_xprt_socket_setup(struct cssp_channel *ch, struct socket *sock);

#endif
