// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's NTLM on its own, by ioctl: two calls of INIT, which make and answer the
 * three messages, and DELETE.
 *
 *	ntlm_bench COUNT
 */
#include <fcntl.h>
#include <linux/credssp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "acceptor.h"
#include "count.h"
#include "tcp.h"

#define WARM_UP	8
#define FLAGS	(ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | \
		 ISC_REQ_SEQUENCE_DETECT)

/**
 * struct bench - an initiator
 * @fd: /dev/credssp
 * @token: what INIT made, @length bytes
 */
struct bench {
	int fd;
	uint64_t cred;
	uint64_t context;
	struct count count;
	unsigned char token[CREDSSP_MAX_TOKEN];
	uint32_t length;
};

static void call(struct bench *b, unsigned long verb, void *args)
{
	if (ioctl(b->fd, verb, args))
		fail("ioctl");
}

static void expect(int32_t status, int32_t wanted)
{
	if (status == wanted)
		return;
	fprintf(stderr, "status %#x, not %#x\n", status, wanted);
	exit(1);
}

static void acquire(struct bench *b)
{
	struct credssp_ioc_acquire a = {
		.size = sizeof(a),
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.package = CREDSSP_PACKAGE_NTLM,
		.user = (uintptr_t)USER,
		.user_length = sizeof(USER) - 1,
		.password = (uintptr_t)PASSWORD,
		.password_length = sizeof(PASSWORD) - 1,
	};

	b->fd = open(CREDSSP_DEVICE, O_RDWR | O_CLOEXEC);
	if (b->fd < 0)
		fail(CREDSSP_DEVICE);
	call(b, CREDSSP_IOC_ACQUIRE, &a);
	expect(a.status, SEC_E_OK);
	b->cred = a.cred;
}

static void leg(struct bench *b, struct span in, int32_t wanted)
{
	struct credssp_sec_buffer input[2] = {
		{ .type = SECBUFFER_TOKEN, .length = in.len, .addr = (uintptr_t)in.p },
		{ .type = SECBUFFER_EMPTY },
	};
	struct credssp_sec_buffer output = {
		.type = SECBUFFER_TOKEN, .length = sizeof(b->token), .addr = (uintptr_t)b->token,
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = FLAGS, .data_rep = SECURITY_NATIVE_DREP,
		.cred = b->cred, .context = b->context, .target = (uintptr_t)TARGET,
		.target_length = sizeof(TARGET) - 1, .input = (uintptr_t)input,
		.input_count = b->context ? 2 : 0, .output = (uintptr_t)&output,
		.output_count = 1,
	};

	count_start(&b->count);
	call(b, CREDSSP_IOC_INIT, &a);
	count_stop(&b->count);
	expect(a.status, wanted);
	b->length = output.length;
	if (!b->context)
		b->context = a.new_context;
}

static void end(struct bench *b)
{
	struct credssp_ioc_handle a = { .size = sizeof(a), .handle = b->context };

	count_start(&b->count);
	call(b, CREDSSP_IOC_DELETE, &a);
	count_stop(&b->count);
	expect(a.status, SEC_E_OK);
	b->context = 0;
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct ntlm_server server;
	unsigned int times, i;

	times = argc == 2 ? atoi(argv[1]) : 0;
	if (!times)
		return 1;
	acquire(&b);
	for (i = 0; i < WARM_UP + times; i++) {
		if (i == WARM_UP)
			count_reset(&b.count);
		leg(&b, span(NULL, 0), SEC_I_CONTINUE_NEEDED);
		leg(&b, acceptor_challenge(&server, b.token, b.length), SEC_E_OK);
		acceptor_finish(&server, b.token, b.length);
		end(&b);
	}
	count_print("caller", b.count.total, times);
	return 0;
}
