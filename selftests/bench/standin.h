/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stand-in for credsspd without handshakes: it answers TLS_START with DONE, always the
 * same certificate and the same keys. The module cannot tell it from a handshake, which
 * takes ten times as long as everything else in a logon.
 */
#ifndef BENCH_STANDIN_H
#define BENCH_STANDIN_H

#include "record.h"

struct identity;

/* Open the helper device. No other helper must serve the network namespace. */
int standin_open(void);
/*
 * Answer requests in a thread of its own, for the rest of the program. @client seals what
 * the module sends, @server what it receives.
 */
void standin_start(int device, const struct identity *identity,
		   const struct record_side *client, const struct record_side *server);

#endif
