// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/credssp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../peers/peer.h"
#include "standin.h"

#define LIFETIME	86400

/**
 * struct standin - the thread's
 * @device: the helper device
 * @done: the reply to each TLS_START, but for id and conversation
 */
struct standin {
	int device;
	struct bytes done;
};

static void die(const char *what)
{
	fprintf(stderr, "stand-in: %s: %s\n", what, strerror(errno));
	exit(1);
}

int standin_open(void)
{
	int fd = open(CREDSSP_HELPER_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(CREDSSP_HELPER_DEVICE);
	return fd;
}

static struct credssp_hlp_tls_keys keys_of(const struct record_side *side)
{
	struct credssp_hlp_tls_keys keys = {
		.key_length = sizeof(side->key), .iv_length = sizeof(side->iv),
	};

	memcpy(keys.key, side->key, sizeof(side->key));
	memcpy(keys.iv, side->iv, sizeof(side->iv));
	return keys;
}

/* The chain is the certificate alone, after its length. */
static void make_done(struct bytes *done, gnutls_datum_t cert, const struct record_side *client,
		      const struct record_side *server)
{
	uint8_t length[4] = { cert.size >> 24, cert.size >> 16, cert.size >> 8, cert.size };
	struct credssp_hlp_header header = { .opcode = CREDSSP_HLP_TLS_START };
	struct credssp_hlp_tls_reply reply = {
		.state = CREDSSP_HLP_TLS_DONE,
		.chain_length = sizeof(length) + cert.size,
		.version = RECORD_VERSION,
		.cipher = RECORD_CIPHER,
		.not_after = time(NULL) + LIFETIME,
		.tx = keys_of(client),
		.rx = keys_of(server),
	};

	header.length = sizeof(header) + sizeof(reply) + reply.chain_length;
	bytes_add(done, &header, sizeof(header));
	bytes_add(done, &reply, sizeof(reply));
	bytes_add(done, length, sizeof(length));
	bytes_add(done, cert.data, cert.size);
}

static void answer(struct standin *s, const struct credssp_hlp_header *request)
{
	struct credssp_hlp_header *reply = (struct credssp_hlp_header *)s->done.p;

	if (request->opcode == CREDSSP_HLP_END)
		return;
	if (request->opcode != CREDSSP_HLP_TLS_START) {
		errno = EOPNOTSUPP;
		die("request");
	}
	reply->id = request->id;
	reply->conversation = request->conversation;
	if (write(s->device, s->done.p, s->done.len) != (ssize_t)s->done.len)
		die("reply");
}

static void *serve(void *arg)
{
	static union {
		struct credssp_hlp_header header;
		uint8_t bytes[CREDSSP_HLP_MAX_MESSAGE];
	} request;
	struct standin *s = arg;

	while (read(s->device, request.bytes, sizeof(request)) > 0)
		answer(s, &request.header);
	die("reading");
	return NULL;
}

void standin_start(int device, const struct identity *identity,
		   const struct record_side *client, const struct record_side *server)
{
	static struct standin s;
	gnutls_datum_t cert;
	pthread_t thread;

	if (gnutls_certificate_get_crt_raw(identity->creds, 0, 0, &cert))
		die("certificate");
	s.device = device;
	make_done(&s.done, cert, client, server);
	if (pthread_create(&thread, NULL, serve, &s))
		die("thread");
	pthread_detach(thread);
}
