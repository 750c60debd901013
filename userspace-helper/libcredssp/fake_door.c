// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "fake_door.h"

struct fake_door door;

static const struct credssp_stream_sizes door_sizes = { 5, 17, 16384, 4, 1 };

static struct credssp_sec_buffer *sec(uint64_t p)
{
	return (struct credssp_sec_buffer *)(uintptr_t)p;
}

static void see_target(uint64_t target, uint32_t length)
{
	if (length)
		memcpy(door.seen_target, (void *)(uintptr_t)target, length);
	door.seen_target[length] = '\0';
}

static void door_init(struct credssp_ioc_init *a)
{
	struct credssp_sec_buffer *in = sec(a->input), *out = sec(a->output);

	door.seen_in[door.calls - 1] = a->input_count ? in[0].length : UINT32_MAX;
	door.seen_req = a->context_req;
	see_target(a->target, a->target_length);
	a->status = door.status;
	a->context_attr = ISC_RET_STREAM;
	a->expiry = INT64_MAX;
	if (door.missing) {
		in[1].type = SECBUFFER_MISSING;
		in[1].length = door.missing;
		out[0].length = 0;
		return;
	}
	if (a->input_count && in[0].length && door.extra) {
		in[1].type = SECBUFFER_EXTRA;
		in[1].length = door.extra;
	}
	if (door.make > out[0].length) {
		out[0].length = door.make;
		a->status = SEC_E_BUFFER_TOO_SMALL;
		return;
	}
	if (door.make)
		memset((void *)(uintptr_t)out[0].addr, 'T', door.make);
	out[0].length = door.make;
	a->new_context = a->context ? a->context : DOOR_CONTEXT;
}

static void door_encrypt(struct credssp_ioc_message *a)
{
	char *out = (char *)(uintptr_t)a->out;
	const char *in = (const char *)(uintptr_t)a->in;
	uint32_t i;

	memset(out, 'H', door_sizes.header);
	for (i = 0; i < a->in_length; i++)
		out[door_sizes.header + i] = in[i] ^ 1;
	memset(out + door_sizes.header + a->in_length, 'R', door_sizes.trailer);
	a->out_length = door_sizes.header + a->in_length + door_sizes.trailer;
	a->status = SEC_E_OK;
}

static void door_decrypt(struct credssp_ioc_message *a)
{
	a->status = door.status;
	a->missing = door.missing;
	if (door.status != SEC_E_OK)
		return;
	memset((void *)(uintptr_t)a->out, 'P', door.plain);
	a->out_length = door.plain;
	a->consumed = door.consumed;
}

static char *bytes(uint64_t p)
{
	return (char *)(uintptr_t)p;
}

static void flip(char *to, const char *from, uint32_t length)
{
	while (length--)
		*to++ = *from++ ^ 1;
}

/* May it be done, with @needed bytes of room? Nothing else is written if not. */
static int door_admits(struct credssp_ioc_message *a, uint32_t needed)
{
	a->status = a->context == DOOR_CONTEXT ? door.status : SEC_E_INVALID_HANDLE;
	if (a->status != SEC_E_OK)
		return 0;
	if (a->out_length < needed)
		a->status = SEC_E_BUFFER_TOO_SMALL;
	a->out_length = needed + (uint32_t)door.lie;
	return a->status == SEC_E_OK;
}

static void door_sign(struct credssp_ioc_message *a)
{
	if (door_admits(a, door.signature))
		memset(bytes(a->out), 'S', door.signature);
}

static void door_seal(struct credssp_ioc_message *a)
{
	if (!a->in_length) {
		a->status = SEC_E_INVALID_PARAMETER;
		return;
	}
	if (!door_admits(a, door.signature + a->in_length))
		return;
	memset(bytes(a->out), 'S', door.signature);
	flip(bytes(a->out) + door.signature, bytes(a->in), a->in_length);
}

static int is_signature(uint64_t at, uint32_t length)
{
	uint32_t i;

	for (i = 0; i < length; i++)
		if (bytes(at)[i] != 'S')
			return 0;
	return length == door.signature;
}

static void door_unseal(struct credssp_ioc_message *a)
{
	if (a->in_length < door.signature || !is_signature(a->in, door.signature))
		a->status = SEC_E_MESSAGE_ALTERED;
	else if (door_admits(a, a->in_length - door.signature))
		flip(bytes(a->out), bytes(a->in) + door.signature,
		     a->in_length - door.signature);
}

static void door_verify(struct credssp_ioc_message *a)
{
	if (door_admits(a, a->out_length) && !is_signature(a->out, a->out_length))
		a->status = SEC_E_MESSAGE_ALTERED;
}

/* Two packages, of which the second is called by its own name. */
const struct door_packages door_packages = {
	.info = {
		{ .package = 0, .name_offset = 64, .name_length = 5 },
		{ .package = 2, .name_offset = 70, .name_length = 6 },
	},
	.names = "First\0Second",
};

static void door_list(struct credssp_ioc_packages *a)
{
	a->status = door.status;
	a->count = door.plain;
	if (a->length < door.make) {
		a->status = SEC_E_BUFFER_TOO_SMALL;
	} else if (a->status == SEC_E_OK) {
		memset((void *)(uintptr_t)a->buffer, 0, door.make);
		memcpy((void *)(uintptr_t)a->buffer, &door_packages, sizeof(door_packages));
	}
	a->length = door.make;
}

/* An attribute of @make bytes, all 1. */
static void door_attribute(struct credssp_ioc_query *a)
{
	a->status = door.status;
	if (a->length < door.make)
		a->status = SEC_E_BUFFER_TOO_SMALL;
	else if (a->status == SEC_E_OK)
		memset((void *)(uintptr_t)a->buffer, 1, door.make);
	a->length = door.make;
}

static void door_query(struct credssp_ioc_query *a)
{
	if (a->attribute != SECPKG_ATTR_STREAM_SIZES) {
		door_attribute(a);
		return;
	}
	a->status = SEC_E_OK;
	if (a->length < sizeof(door_sizes)) {
		a->length = sizeof(door_sizes);
		a->status = SEC_E_BUFFER_TOO_SMALL;
		return;
	}
	a->length = sizeof(door_sizes);
	memcpy((void *)(uintptr_t)a->buffer, &door_sizes, sizeof(door_sizes));
}

static void door_acquire(struct credssp_ioc_acquire *a)
{
	door.seen_password = (void *)(uintptr_t)a->password;
	a->status = door.status;
	a->cred = 5;
	a->expiry = INT64_MAX;
}

static void door_authenticate(struct credssp_ioc_authenticate *a)
{
	see_target(a->target, a->target_length);
	a->status = door.status;
	if (door.status == SEC_E_INVALID_PARAMETER || !a->cert)
		return;
	memset((void *)(uintptr_t)a->cert, 'C', 100);
	a->cert_length = 100;
	a->report.cert_length = 100;
	a->report.leg = CREDSSP_LEG_CREDS;
}

static void door_policy(struct credssp_ioc_policy *a)
{
	a->status = a->size == sizeof(*a) ? door.status : SEC_E_INTERNAL_ERROR;
	a->count = 3;
}

static void door_policy_check(struct credssp_ioc_policy_check *a)
{
	see_target(a->target, a->target_length);
	a->status = a->size == sizeof(*a) ? door.status : SEC_E_INTERNAL_ERROR;
	a->min_version = 5;
}

static int door_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	(void)lib;
	if (door.error) {
		errno = door.error;
		return -1;
	}
	door.calls++;
	switch (cmd) {
	case CREDSSP_IOC_INIT:
		door_init(arg);
		return 0;
	case CREDSSP_IOC_ENCRYPT:
		(door.signature ? door_seal : door_encrypt)(arg);
		return 0;
	case CREDSSP_IOC_DECRYPT:
		(door.signature ? door_unseal : door_decrypt)(arg);
		return 0;
	case CREDSSP_IOC_SIGN:
		door_sign(arg);
		return 0;
	case CREDSSP_IOC_VERIFY:
		door_verify(arg);
		return 0;
	case CREDSSP_IOC_QUERY:
		door_query(arg);
		return 0;
	case CREDSSP_IOC_PACKAGES:
		door_list(arg);
		return 0;
	case CREDSSP_IOC_ACQUIRE:
		door_acquire(arg);
		return 0;
	case CREDSSP_IOC_AUTHENTICATE:
		door_authenticate(arg);
		return 0;
	case CREDSSP_IOC_POLICY_GET:
	case CREDSSP_IOC_POLICY_SET:
		door_policy(arg);
		return 0;
	case CREDSSP_IOC_POLICY_CHECK:
		door_policy_check(arg);
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

struct credssp fake = { .fd = -1, .ioctl = door_ioctl };

void reset(void)
{
	memset(&door, 0, sizeof(door));
}
