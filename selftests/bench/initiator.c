// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "acceptor.h"
#include "initiator.h"
#include "tcp.h"

#define FLAGS	(ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | \
		 ISC_REQ_SEQUENCE_DETECT)

static void call(struct initiator *i, unsigned long verb, void *args)
{
	if (ioctl(i->fd, verb, args))
		fail("ioctl");
}

static void expect(int32_t status, int32_t wanted)
{
	if (status == wanted)
		return;
	fprintf(stderr, "status %#x, not %#x\n", status, wanted);
	exit(1);
}

void initiator_open(struct initiator *i, uint32_t package)
{
	struct credssp_ioc_acquire a = {
		.size = sizeof(a),
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = package == CREDSSP_PACKAGE_CREDSSP ? CREDSSP_MECH_NTLM : 0,
		.package = package,
		.user = (uintptr_t)USER,
		.user_length = sizeof(USER) - 1,
		.password = (uintptr_t)PASSWORD,
		.password_length = sizeof(PASSWORD) - 1,
	};

	i->fd = open(CREDSSP_DEVICE, O_RDWR | O_CLOEXEC);
	if (i->fd < 0)
		fail(CREDSSP_DEVICE);
	call(i, CREDSSP_IOC_ACQUIRE, &a);
	expect(a.status, SEC_E_OK);
	i->package = package;
	i->cred = a.cred;
	i->context = 0;
}

void initiator_leg(struct initiator *i, struct span in, int32_t wanted)
{
	struct credssp_sec_buffer input[2] = {
		{ .type = SECBUFFER_TOKEN, .length = in.len, .addr = (uintptr_t)in.p },
		{ .type = SECBUFFER_EMPTY },
	};
	struct credssp_sec_buffer output = {
		.type = SECBUFFER_TOKEN, .length = sizeof(i->token), .addr = (uintptr_t)i->token,
	};
	bool delegate = i->package == CREDSSP_PACKAGE_CREDSSP;
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = FLAGS | (delegate ? ISC_REQ_DELEGATE : 0),
		.data_rep = SECURITY_NATIVE_DREP, .cred = i->cred,
		.context = i->context, .target = (uintptr_t)TARGET,
		.target_length = sizeof(TARGET) - 1, .input = (uintptr_t)input,
		.input_count = i->context ? 2 : 0, .output = (uintptr_t)&output,
		.output_count = 1,
	};

	count_start(&i->count);
	call(i, CREDSSP_IOC_INIT, &a);
	count_stop(&i->count);
	expect(a.status, wanted);
	i->length = output.length;
	if (!i->context)
		i->context = a.new_context;
}

void initiator_end(struct initiator *i)
{
	struct credssp_ioc_handle a = { .size = sizeof(a), .handle = i->context };

	count_start(&i->count);
	call(i, CREDSSP_IOC_DELETE, &a);
	count_stop(&i->count);
	expect(a.status, SEC_E_OK);
	i->context = 0;
}

void initiator_leave(struct initiator *i)
{
	i->context = 0;
}
