/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_PROBE_H
#define CREDSSPD_PROBE_H

#include <stdbool.h>

/*
 * Does the kernel's TLS take ChaCha20-Poly1305 keys? Tried out on a loopback
 * connection, so it needs the network; "no" also when it cannot be tried.
 */
bool probe_ktls_chacha(void);

#endif
