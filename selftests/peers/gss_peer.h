/* SPDX-License-Identifier: GPL-2.0-only */
/* The acceptor gss_acceptor.py in a process of its own. A failure of these ends the test. */
#ifndef PEER_GSS_PEER_H
#define PEER_GSS_PEER_H

#include "bytes.h"

/**
 * struct gss_peer - the acceptor
 * @mech: its first argument
 * @keytab: its second argument
 * @done: the context is established
 * @bound: it has matched the client's channel bindings
 * @mutual: it has proven itself
 * @user: who has logged on
 * @token: its answer to the last token
 * @error: its last failure, or empty
 */
struct gss_peer {
	const char *mech;
	const char *keytab;
	bool done;
	bool bound;
	bool mutual;
	char user[128];
	struct bytes token;
	char error[200];
	/* of gss_peer.c */
	void *to, *from;
	char *line;
	size_t line_size;
};

/* Begin a context, with @bindings if there are any; starts the process the first time. */
void gss_peer_new(struct gss_peer *g, struct span bindings);
/* False if it refuses the token. */
bool gss_peer_accept(struct gss_peer *g, struct span token);
/* @verb: "wrap", "unwrap", "sign". False if it refuses. */
bool gss_peer_message(struct gss_peer *g, const char *verb, struct span in, struct bytes *out);
bool gss_peer_verify(struct gss_peer *g, struct span message, struct span signature);

#endif
