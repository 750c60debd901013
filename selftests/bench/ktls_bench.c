// SPDX-License-Identifier: GPL-2.0-only
/*
 * The baseline of EncryptMessage and DecryptMessage: a record through plain kTLS sockets.
 *
 *	ktls_bench COUNT SIZE
 *
 * Prints the instructions of one send() and of one recv() of SIZE bytes. As everywhere
 * on loopback, send() carries its data to the other socket.
 *
 * Then the same for a record that stays in the program, as those of the token transport
 * do: "seal" is send() and the recv() of its record by a plain socket, "open" is the
 * record's send() there and recv().
 */
#include <stdlib.h>

#include "count.h"
#include "ktls.h"
#include "tcp.h"

#define WARM_UP		16
#define MAX_SIZE	16384
/* Header, content type and tag of TLS 1.3 */
#define OVERHEAD	(5 + 1 + 16)

/* Any keys will do. */
static struct tls12_crypto_info_aes_gcm_256 key(unsigned char direction)
{
	return (struct tls12_crypto_info_aes_gcm_256){
		.info = { TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_256 },
		.key = { direction },
	};
}

static void between_sockets(unsigned int count, unsigned int size)
{
	const struct tls12_crypto_info_aes_gcm_256 there = key(1), back = key(2);
	static char data[MAX_SIZE];
	struct count sends = {}, receives = {};
	unsigned int i;
	int fd[2];

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
}

/* The socket has the same key in both directions, and opens what it has sealed. */
static void in_one_program(unsigned int count, unsigned int size)
{
	const struct tls12_crypto_info_aes_gcm_256 both = key(3);
	static char data[MAX_SIZE], record[MAX_SIZE + OVERHEAD];
	struct count seals = {}, opens = {};
	unsigned int i;
	int fd[2];

	tcp_pair(fd);
	ktls_install(fd[0], &both, &both);
	for (i = 0; i < WARM_UP + count; i++) {
		if (i == WARM_UP) {
			count_reset(&seals);
			count_reset(&opens);
		}
		count_start(&seals);
		tcp_send(fd[0], data, size);
		tcp_receive(fd[1], record, size + OVERHEAD);
		count_stop(&seals);
		count_start(&opens);
		tcp_send(fd[1], record, size + OVERHEAD);
		tcp_receive(fd[0], data, size);
		count_stop(&opens);
	}
	count_print("seal", seals.total, count);
	count_print("open", opens.total, count);
}

int main(int argc, char **argv)
{
	unsigned int count, size;

	if (argc != 3)
		return 1;
	count = atoi(argv[1]);
	size = atoi(argv[2]);
	if (!count || size > MAX_SIZE)
		return 1;
	between_sockets(count, size);
	in_one_program(count, size);
	return 0;
}
