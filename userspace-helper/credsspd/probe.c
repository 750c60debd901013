// SPDX-License-Identifier: GPL-2.0-only
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/tls.h>
#include "probe.h"

#ifndef SOL_TLS
#define SOL_TLS 282
#endif
#ifndef TCP_ULP
#define TCP_ULP 31
#endif

static bool takes_chacha(int fd)
{
	struct tls12_crypto_info_chacha20_poly1305 info = {
		.info.version = TLS_1_2_VERSION,
		.info.cipher_type = TLS_CIPHER_CHACHA20_POLY1305,
	};

	return !setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof("tls")) &&
	       !setsockopt(fd, SOL_TLS, TLS_TX, &info, sizeof(info));
}

/* A listener on a port of the kernel's choice; its address in @addr. */
static int listen_on(struct sockaddr_in *addr)
{
	socklen_t size = sizeof(*addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (!bind(fd, (struct sockaddr *)addr, size) && !listen(fd, 1) &&
	    !getsockname(fd, (struct sockaddr *)addr, &size))
		return fd;
	close(fd);
	return -1;
}

/* The connection is never accepted: keys only need an established one. */
bool probe_ktls_chacha(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int listener = listen_on(&addr);
	bool chacha = false;
	int fd;

	if (listener < 0)
		return false;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
			chacha = takes_chacha(fd);
		close(fd);
	}
	close(listener);
	return chacha;
}
