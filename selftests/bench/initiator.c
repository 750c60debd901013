// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static struct credssp_ioc_acquire acquire_args(const struct initiator *i)
{
	struct credssp_ioc_acquire a = {
		.size = sizeof(a),
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = i->package == CREDSSP_PACKAGE_CREDSSP ? CREDSSP_MECH_NTLM : 0,
		.package = i->package,
	};

	if (i->ccache) {
		a.ticket_source = CREDSSP_TICKETS_CCACHE;
		a.tickets = (uintptr_t)i->ccache;
		a.tickets_length = strlen(i->ccache);
		return a;
	}
	a.user = (uintptr_t)USER;
	a.user_length = sizeof(USER) - 1;
	a.password = (uintptr_t)PASSWORD;
	a.password_length = sizeof(PASSWORD) - 1;
	return a;
}

void initiator_open(struct initiator *i, uint32_t package)
{
	struct credssp_ioc_acquire a;

	i->fd = open(CREDSSP_DEVICE, O_RDWR | O_CLOEXEC);
	if (i->fd < 0)
		fail(CREDSSP_DEVICE);
	i->package = package;
	a = acquire_args(i);
	call(i, CREDSSP_IOC_ACQUIRE, &a);
	expect(a.status, SEC_E_OK);
	i->cred = a.cred;
	i->context = 0;
}

void initiator_renew(struct initiator *i)
{
	struct credssp_ioc_handle old = { .size = sizeof(old), .handle = i->cred };
	struct credssp_ioc_acquire a = acquire_args(i);

	count_start(&i->count);
	call(i, CREDSSP_IOC_FREE_CRED, &old);
	call(i, CREDSSP_IOC_ACQUIRE, &a);
	count_stop(&i->count);
	expect(old.status, SEC_E_OK);
	expect(a.status, SEC_E_OK);
	i->cred = a.cred;
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
	const char *target = i->target ? i->target : TARGET;
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = FLAGS | (delegate ? ISC_REQ_DELEGATE : 0),
		.data_rep = SECURITY_NATIVE_DREP, .cred = i->cred,
		.context = i->context, .target = (uintptr_t)target,
		.target_length = strlen(target), .input = (uintptr_t)input,
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

uint32_t initiator_message(struct initiator *i, unsigned long verb, struct span in, void *out,
			   uint32_t room, struct count *count)
{
	struct credssp_ioc_message a = {
		.size = sizeof(a), .context = i->context, .in = (uintptr_t)in.p,
		.in_length = in.len, .out = (uintptr_t)out, .out_length = room,
	};

	count_start(count);
	call(i, verb, &a);
	count_stop(count);
	expect(a.status, SEC_E_OK);
	return a.out_length;
}

struct credssp_report initiator_report(struct initiator *i)
{
	struct credssp_report report;
	struct credssp_ioc_query a = {
		.size = sizeof(a), .context = i->context,
		.attribute = SECPKG_ATTR_CREDSSP_REPORT,
		.buffer = (uintptr_t)&report, .length = sizeof(report),
	};

	call(i, CREDSSP_IOC_QUERY, &a);
	expect(a.status, SEC_E_OK);
	return report;
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
