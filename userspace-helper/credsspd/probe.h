/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_PROBE_H
#define CREDSSPD_PROBE_H

#include <stdbool.h>

/*
 * True if the kernel's TLS takes ChaCha20-Poly1305 keys. It is tried on a loopback
 * connection, which needs the network; false also if that fails.
 */
bool probe_ktls_chacha(void);

#endif
