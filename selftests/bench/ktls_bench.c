// SPDX-License-Identifier: GPL-2.0-only
/*
 * The baseline of EncryptMessage and DecryptMessage: a record through plain kTLS sockets.
 *
 *	ktls_bench COUNT SIZE
 *
 * Prints the instructions of one send() and of one recv() of SIZE bytes. As everywhere
 * on loopback, send() carries its data to the other socket.
 */
#include <stdlib.h>

#include "count.h"
#include "ktls.h"
#include "tcp.h"

#define WARM_UP		16
#define MAX_SIZE	16384

/* Any keys will do. */
static struct tls12_crypto_info_aes_gcm_256 key(unsigned char direction)
{
	return (struct tls12_crypto_info_aes_gcm_256){
		.info = { TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_256 },
		.key = { direction },
	};
}

int main(int argc, char **argv)
{
	const struct tls12_crypto_info_aes_gcm_256 there = key(1), back = key(2);
	static char data[MAX_SIZE];
	struct count sends = {}, receives = {};
	unsigned int count, size, i;
	int fd[2];

	if (argc != 3)
		return 1;
	count = atoi(argv[1]);
	size = atoi(argv[2]);
	if (!count || size > MAX_SIZE)
		return 1;
	tcp_pair(fd);
	ktls_install(fd[0], &there, &back);
	ktls_install(fd[1], &back, &there);
	for (i = 0; i < WARM_UP + count; i++) {
		if (i == WARM_UP) {
			count_reset(&sends);
			count_reset(&receives);
		}
		count_start(&sends);
		tcp_send(fd[0], data, size);
		count_stop(&sends);
		tcp_receive(fd[1], data, size);
		tcp_send(fd[1], data, size);
		count_start(&receives);
		tcp_receive(fd[0], data, size);
		count_stop(&receives);
	}
	count_print("send", sends.total, count);
	count_print("receive", receives.total, count);
	return 0;
}
