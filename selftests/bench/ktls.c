// SPDX-License-Identifier: GPL-2.0-only
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "ktls.h"
#include "tcp.h"

#ifndef SOL_TLS
#define SOL_TLS 282
#endif

void ktls_install(int fd, const struct tls12_crypto_info_aes_gcm_256 *tx,
		  const struct tls12_crypto_info_aes_gcm_256 *rx)
{
	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")) ||
	    setsockopt(fd, SOL_TLS, TLS_TX, tx, sizeof(*tx)) ||
	    setsockopt(fd, SOL_TLS, TLS_RX, rx, sizeof(*rx)))
		fail("kTLS");
}
