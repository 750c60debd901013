// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "fake_device.h"

struct fake_device device;

static const struct credssp_stream_sizes device_sizes = { 5, 17, 16384, 4, 1 };

static struct credssp_sec_buffer *sec(uint64_t p)
{
	return (struct credssp_sec_buffer *)(uintptr_t)p;
}

static void see_target(uint64_t target, uint32_t length)
{
	if (length)
		memcpy(device.seen_target, (void *)(uintptr_t)target, length);
	device.seen_target[length] = '\0';
}

static void device_init(struct credssp_ioc_init *a)
{
	struct credssp_sec_buffer *in = sec(a->input), *out = sec(a->output);

	device.seen_in[device.calls - 1] = a->input_count ? in[0].length : UINT32_MAX;
	device.seen_req = a->context_req;
	see_target(a->target, a->target_length);
	a->status = device.status;
	a->reason = device.reason;
	a->context_attr = ISC_RET_STREAM;
	a->expiry = INT64_MAX;
	if (device.missing) {
		in[1].type = SECBUFFER_MISSING;
		in[1].length = device.missing;
		out[0].length = 0;
		return;
	}
	if (a->input_count && in[0].length && device.extra) {
		in[1].type = SECBUFFER_EXTRA;
		in[1].length = device.extra;
	}
	if (device.make > out[0].length) {
		out[0].length = device.make;
		a->status = SEC_E_BUFFER_TOO_SMALL;
		return;
	}
	if (device.make)
		memset((void *)(uintptr_t)out[0].addr, 'T', device.make);
	out[0].length = device.make;
	a->new_context = a->context ? a->context : DEVICE_CONTEXT;
}

/* A context is made, and kept with a token that does not fit or says why it failed. */
static void device_accept(struct credssp_ioc_accept *a)
{
	struct credssp_sec_buffer *in = sec(a->input), *out = sec(a->output);

	device.seen_in[device.calls - 1] = a->input_count ? in[0].length : UINT32_MAX;
	device.seen_req = a->context_req;
	device.seen_accept = *a;
	a->status = device.status;
	a->reason = device.reason;
	a->context_attr = ASC_RET_STREAM;
	a->expiry = INT64_MAX;
	if (device.missing) {
		in[1].type = SECBUFFER_MISSING;
		in[1].length = device.missing;
		out[0].length = 0;
		return;
	}
	a->new_context = a->context ? a->context : DEVICE_CONTEXT;
	if (device.make > out[0].length)
		a->status = SEC_E_BUFFER_TOO_SMALL;
	else if (device.make)
		memset((void *)(uintptr_t)out[0].addr, 'T', device.make);
	out[0].length = device.make;
}

static void device_accept_socket(struct credssp_ioc_accept_socket *a)
{
	device.seen_socket = *a;
	a->status = device.status;
	a->context = device.status == SEC_E_INVALID_PARAMETER ? 0 : DEVICE_CONTEXT;
	a->context_attr = ASC_RET_DELEGATE;
	a->expiry = INT64_MAX;
	a->report.leg = CREDSSP_LEG_CREDS;
	a->report.delegated = CREDSSP_DELEGATED_PASSWORD;
}

static void device_delegated(struct credssp_ioc_delegated *a)
{
	see_target(a->name, a->name_length);
	device.seen_delegated = *a;
	a->status = device.status;
	a->key = 4711;
}

static void device_encrypt(struct credssp_ioc_message *a)
{
	char *out = (char *)(uintptr_t)a->out;
	const char *in = (const char *)(uintptr_t)a->in;
	bool small = a->header_length < device_sizes.header ||
		     a->trailer_length < device_sizes.trailer;
	uint32_t i;

	a->header_length = device_sizes.header;
	a->trailer_length = device_sizes.trailer;
	a->status = small ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
	if (small || a->flags != CREDSSP_MESSAGE_SPLIT)
		return;
	memset((void *)(uintptr_t)a->header, 'H', a->header_length);
	for (i = 0; i < a->in_length; i++)
		out[i] = in[i] ^ 1;
	memset((void *)(uintptr_t)a->trailer, 'R', a->trailer_length);
}

static void device_decrypt(struct credssp_ioc_message *a)
{
	a->status = device.status;
	a->missing = device.missing;
	if (device.status != SEC_E_OK)
		return;
	if (a->flags & CREDSSP_MESSAGE_INSIDE) {
		a->header_length = device_sizes.header;
		a->out = a->in + device_sizes.header;
	}
	if (device.plain <= a->in_length)
		memset((void *)(uintptr_t)a->out, 'P', device.plain);
	a->out_length = device.plain;
	a->consumed = device.consumed;
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

/*
 * Return 1 if the call may go on with @needed bytes of room; else only
 * the status and the length are written.
 */
static int device_admits(struct credssp_ioc_message *a, uint32_t needed)
{
	a->status = a->context == DEVICE_CONTEXT ? device.status : SEC_E_INVALID_HANDLE;
	if (a->status != SEC_E_OK)
		return 0;
	if (a->out_length < needed)
		a->status = SEC_E_BUFFER_TOO_SMALL;
	a->out_length = needed + (uint32_t)device.lie;
	return a->status == SEC_E_OK;
}

static void device_sign(struct credssp_ioc_message *a)
{
	if (device_admits(a, device.signature))
		memset(bytes(a->out), 'S', device.signature);
}

static void device_seal(struct credssp_ioc_message *a)
{
	if (!device_admits(a, device.signature + a->in_length))
		return;
	memset(bytes(a->out), 'S', device.signature);
	flip(bytes(a->out) + device.signature, bytes(a->in), a->in_length);
}

static int is_signature(uint64_t at, uint32_t length)
{
	uint32_t i;

	for (i = 0; i < length; i++)
		if (bytes(at)[i] != 'S')
			return 0;
	return length == device.signature;
}

static void device_unseal(struct credssp_ioc_message *a)
{
	if (a->in_length < device.signature || !is_signature(a->in, device.signature))
		a->status = SEC_E_MESSAGE_ALTERED;
	else if (device_admits(a, a->in_length - device.signature))
		flip(bytes(a->out), bytes(a->in) + device.signature,
		     a->in_length - device.signature);
}

static void device_verify(struct credssp_ioc_message *a)
{
	if (device_admits(a, a->out_length) && !is_signature(a->out, a->out_length))
		a->status = SEC_E_MESSAGE_ALTERED;
}

/* Two packages, named First and Second. */
const struct device_packages device_packages = {
	.info = {
		{ .package = 0, .name_offset = 64, .name_length = 5 },
		{ .package = 2, .name_offset = 70, .name_length = 6 },
	},
	.names = "First\0Second",
};

static void device_list(struct credssp_ioc_packages *a)
{
	a->status = device.status;
	a->count = device.plain;
	if (a->length < device.make) {
		a->status = SEC_E_BUFFER_TOO_SMALL;
	} else if (a->status == SEC_E_OK) {
		memset((void *)(uintptr_t)a->buffer, 0, device.make);
		memcpy((void *)(uintptr_t)a->buffer, &device_packages, sizeof(device_packages));
	}
	a->length = device.make;
}

/* An attribute of @make bytes, all 1, or those of @attribute. */
static void device_attribute(struct credssp_ioc_query *a)
{
	a->status = device.status;
	if (a->length < device.make)
		a->status = SEC_E_BUFFER_TOO_SMALL;
	else if (a->status == SEC_E_OK && device.attribute)
		memcpy((void *)(uintptr_t)a->buffer, device.attribute, device.make);
	else if (a->status == SEC_E_OK)
		memset((void *)(uintptr_t)a->buffer, 1, device.make);
	a->length = device.make;
}

static void device_query(struct credssp_ioc_query *a)
{
	if (a->attribute != SECPKG_ATTR_STREAM_SIZES) {
		device_attribute(a);
		return;
	}
	a->status = SEC_E_OK;
	if (a->length < sizeof(device_sizes)) {
		a->length = sizeof(device_sizes);
		a->status = SEC_E_BUFFER_TOO_SMALL;
		return;
	}
	a->length = sizeof(device_sizes);
	memcpy((void *)(uintptr_t)a->buffer, &device_sizes, sizeof(device_sizes));
}

/* copy_struct_from_user(): what the module does not know must be zero. Return 0 or an errno. */
static int device_check_rest(const void *a, uint32_t size)
{
	uint32_t i;

	for (i = device.known ? device.known : size; i < size; i++)
		if (((const char *)a)[i])
			return E2BIG;
	return 0;
}

static int device_acquire(struct credssp_ioc_acquire *a)
{
	int err = device_check_rest(a, a->size);

	if (err)
		return err;
	device.seen_acquire = *a;
	device.acquired += device.status == SEC_E_OK;
	a->status = device.status;
	a->cred = 5;
	a->expiry = INT64_MAX;
	return 0;
}

static int device_authenticate(struct credssp_ioc_authenticate *a)
{
	int err = device_check_rest(a, a->size);

	if (err)
		return err;
	see_target(a->target, a->target_length);
	a->status = device.status;
	if (device.status == SEC_E_INVALID_PARAMETER || !a->cert)
		return 0;
	memset((void *)(uintptr_t)a->cert, 'C', 100);
	a->cert_length = 100;
	a->report.cert_length = 100;
	a->report.leg = CREDSSP_LEG_CREDS;
	return 0;
}

static void device_end(struct credssp_ioc_handle *a, unsigned int *count)
{
	(*count)++;
	a->status = SEC_E_OK;
}

static void device_policy(struct credssp_ioc_policy *a)
{
	a->status = a->size == sizeof(*a) ? device.status : SEC_E_INTERNAL_ERROR;
	a->count = 3;
}

static void device_policy_check(struct credssp_ioc_policy_check *a)
{
	see_target(a->target, a->target_length);
	a->status = a->size == sizeof(*a) ? device.status : SEC_E_INTERNAL_ERROR;
	a->min_version = 5;
}

static int device_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	(void)lib;
	if (device.error) {
		errno = device.error;
		return -1;
	}
	device.calls++;
	switch (cmd) {
	case CREDSSP_IOC_INIT:
		device_init(arg);
		return 0;
	case CREDSSP_IOC_ACCEPT:
		device_accept(arg);
		return 0;
	case CREDSSP_IOC_ACCEPT_SOCKET:
		device_accept_socket(arg);
		return 0;
	case CREDSSP_IOC_DELEGATED:
		device_delegated(arg);
		return 0;
	case CREDSSP_IOC_ENCRYPT:
		(device.signature ? device_seal : device_encrypt)(arg);
		return 0;
	case CREDSSP_IOC_DECRYPT:
		(device.signature ? device_unseal : device_decrypt)(arg);
		return 0;
	case CREDSSP_IOC_SIGN:
		device_sign(arg);
		return 0;
	case CREDSSP_IOC_VERIFY:
		device_verify(arg);
		return 0;
	case CREDSSP_IOC_QUERY:
		device_query(arg);
		return 0;
	case CREDSSP_IOC_PACKAGES:
		device_list(arg);
		return 0;
	case CREDSSP_IOC_ACQUIRE:
		errno = device_acquire(arg);
		return errno ? -1 : 0;
	case CREDSSP_IOC_AUTHENTICATE:
		errno = device_authenticate(arg);
		return errno ? -1 : 0;
	case CREDSSP_IOC_FREE_CRED:
		device_end(arg, &device.freed);
		return 0;
	case CREDSSP_IOC_DELETE:
		device_end(arg, &device.deleted);
		return 0;
	case CREDSSP_IOC_POLICY_GET:
	case CREDSSP_IOC_POLICY_SET:
		device_policy(arg);
		return 0;
	case CREDSSP_IOC_POLICY_CHECK:
		device_policy_check(arg);
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

struct credssp fake = { .fd = -1, .ioctl = device_ioctl };

void reset(void)
{
	memset(&device, 0, sizeof(device));
}
