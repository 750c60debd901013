// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module and its helper do, counted. The server speaks CredSSP without a carrier.
 *
 *	credssp_bench full|resumed PORT COUNT
 *		logons by socket; prints the instructions of one in the caller, kernel
 *		included, and in credsspd
 *	credssp_bench token PORT COUNT
 *		the same by tokens
 *	credssp_bench messages PORT COUNT SIZE
 *		one EncryptMessage and one DecryptMessage of SIZE bytes; the server echoes
 *	credssp_bench hold PORT COUNT
 *		makes token contexts, prints a line, and keeps them until a line comes on
 *		standard input, so that their memory can be measured
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "count.h"
#include "tcp.h"

#define HELPER		"credsspd"
/* Time for what credsspd does after the last logon. Virtual time stands for real time here. */
#define SETTLE_US	300000
#define WARM_UP		8
#define RECORD_HEADER	5
#define MAX_OVERHEAD	512

struct bench {
	struct client client;
	unsigned short port;
	unsigned int times;
	unsigned int size;
};

static uint64_t settled_helper(void)
{
	usleep(SETTLE_US);
	return count_processes(HELPER);
}

/* Session tickets may come after the logon, so the first ones are not counted. */
static void logons(struct bench *b, bool resumed)
{
	struct count caller = {};
	uint64_t helper;
	unsigned int i;
	bool last = false;
	int fd;

	for (i = 0; i < WARM_UP; i++) {
		fd = tcp_connect(b->port);
		last = client_authenticate(&b->client, fd);
		close(fd);
	}
	if (last != resumed) {
		fprintf(stderr, "the session was %sresumed\n", last ? "" : "not ");
		exit(1);
	}
	helper = settled_helper();
	for (i = 0; i < b->times; i++) {
		fd = tcp_connect(b->port);
		count_start(&caller);
		client_logon(&b->client, fd);
		count_stop(&caller);
		close(fd);
	}
	count_print("caller", caller.total, b->times);
	count_print(HELPER, settled_helper() - helper, b->times);
}

static void token_logons(struct bench *b)
{
	struct count caller = {};
	uint64_t helper = 0, context;
	unsigned int i;
	int fd;

	for (i = 0; i < WARM_UP + b->times; i++) {
		if (i == WARM_UP) {
			count_reset(&caller);
			helper = settled_helper();
		}
		fd = tcp_connect(b->port);
		count_start(&caller);
		context = client_exchange(&b->client, fd);
		credssp_delete_security_context(b->client.lib, context);
		count_stop(&caller);
		close(fd);
	}
	count_print("caller", caller.total, b->times);
	count_print(HELPER, settled_helper() - helper, b->times);
}

/* Encrypt @b->size bytes and send the record. */
static void say(struct bench *b, uint64_t context, int fd, struct count *count)
{
	static unsigned char header[MAX_OVERHEAD], data[CREDSSP_MAX_MESSAGE],
		trailer[MAX_OVERHEAD];
	struct credssp_buffer part[4] = {
		{ SECBUFFER_STREAM_HEADER, sizeof(header), header },
		{ SECBUFFER_DATA, b->size, data },
		{ SECBUFFER_STREAM_TRAILER, sizeof(trailer), trailer },
		{ SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc message = { SECBUFFER_VERSION, 4, part };
	int32_t status;

	count_start(count);
	status = credssp_encrypt_message(b->client.lib, context, 0, &message, 0);
	count_stop(count);
	client_must(status, "EncryptMessage");
	tcp_send(fd, header, part[0].length);
	tcp_send(fd, data, part[1].length);
	tcp_send(fd, trailer, part[2].length);
}

/* Decrypt one record. Returns its bytes of data, none for a ticket. */
static unsigned int hear(struct bench *b, uint64_t context, int fd, struct count *count)
{
	static unsigned char record[RECORD_HEADER + CREDSSP_MAX_MESSAGE + MAX_OVERHEAD];
	struct credssp_buffer part[4] = { { .type = SECBUFFER_DATA, .data = record } };
	struct credssp_buffer_desc message = { SECBUFFER_VERSION, 4, part };
	unsigned int length;
	int32_t status;

	tcp_receive(fd, record, RECORD_HEADER);
	length = record[3] << 8 | record[4];
	if (length > sizeof(record) - RECORD_HEADER)
		length = sizeof(record) - RECORD_HEADER;
	tcp_receive(fd, record + RECORD_HEADER, length);
	part[0].length = RECORD_HEADER + length;
	count_start(count);
	status = credssp_decrypt_message(b->client.lib, context, &message, 0, NULL);
	count_stop(count);
	client_must(status, "DecryptMessage");
	return part[1].length;
}

static void messages(struct bench *b)
{
	struct count encrypt = {}, decrypt = {};
	int fd = tcp_connect(b->port);
	uint64_t context = client_exchange(&b->client, fd);
	unsigned int i;

	for (i = 0; i < WARM_UP + b->times; i++) {
		if (i == WARM_UP) {
			count_reset(&encrypt);
			count_reset(&decrypt);
		}
		say(b, context, fd, &encrypt);
		while (!hear(b, context, fd, &decrypt))
			;
	}
	count_print("encrypt", encrypt.total, b->times);
	count_print("decrypt", decrypt.total, b->times);
	close(fd);
}

static void hold(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < b->times; i++) {
		int fd = tcp_connect(b->port);

		client_exchange(&b->client, fd);
		close(fd);
	}
	puts("held");
	fflush(stdout);
	getchar();
}

int main(int argc, char **argv)
{
	struct bench b = {};

	if (argc < 4)
		return 1;
	b.port = (unsigned short)atoi(argv[2]);
	b.times = atoi(argv[3]);
	b.size = argc > 4 ? atoi(argv[4]) : 0;
	if (!b.times || b.size > CREDSSP_MAX_MESSAGE)
		return 1;
	client_open(&b.client);
	if (!strcmp(argv[1], "messages") && b.size)
		messages(&b);
	else if (!strcmp(argv[1], "hold"))
		hold(&b);
	else if (!strcmp(argv[1], "token"))
		token_logons(&b);
	else
		logons(&b, !strcmp(argv[1], "resumed"));
	credssp_close(b.client.lib);
	return 0;
}
