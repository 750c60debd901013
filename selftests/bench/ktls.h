/* SPDX-License-Identifier: GPL-2.0-only */
/* AES-256-GCM on a TCP socket by kTLS. */
#ifndef BENCH_KTLS_H
#define BENCH_KTLS_H

#include <linux/tls.h>

/* Put both directions' keys on the socket; ends the program on failure. */
void ktls_install(int fd, const struct tls12_crypto_info_aes_gcm_256 *tx,
		  const struct tls12_crypto_info_aes_gcm_256 *rx);

#endif
