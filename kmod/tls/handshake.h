/* SPDX-License-Identifier: GPL-2.0-only */
/* The relay between the wire and the helper, which does the TLS handshake. */
#ifndef CSSP_TLS_HANDSHAKE_H
#define CSSP_TLS_HANDSHAKE_H

#include "../upcall/conv.h"

struct cssp_channel;

/* The helper as the relay sees it: cssp_conv_*(). */
struct cssp_helper_ops {
	int (*open)(struct cssp_conv **conv, const struct cssp_requester *who);
	int (*call)(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		    struct cssp_vbuf *reply, struct cssp_wait *wait);
	void (*close)(struct cssp_conv *conv);
};

extern const struct cssp_helper_ops cssp_helper_upcall;

/* One call's worth of handshake on tokens, @ch->lock held. -EAGAIN: go on later. */
int __must_check cssp_handshake_token(struct cssp_channel *ch);
/* The whole handshake on the socket. */
int __must_check cssp_handshake_socket(struct cssp_channel *ch);

#endif
