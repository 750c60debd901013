/* SPDX-License-Identifier: GPL-2.0-only */
/* CredSSP over HTTP: how a connection's TLS bytes travel in requests and answers. */
#ifndef PEER_HTTP_H
#define PEER_HTTP_H

#include "peer.h"

/* http.c: 0 from pull() is the end, the reason is noted */
extern const struct transport http_transport;
/* The exchange is over: 200, then a sealed message of the client and its answer. */
int http_finish(struct conn *c);
void http_free(struct conn *c);

/* http_answer.c: 0, or -1 when that ends it */
int http_answer_token(struct conn *c);
int http_answer_done(struct conn *c);
int http_answer_message(struct conn *c);
/* Whatever is still to be said, with 401. */
void http_refuse(struct conn *c);

#endif
