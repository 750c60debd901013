// SPDX-License-Identifier: GPL-2.0-only
/* Arguments that are wrong by themselves. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define POISON		0xa5

/* Sizes in ABI 1: they stay the same if members are appended to a structure. */
static const struct {
	const char *name;
	unsigned long nr;
	uint32_t size;
} calls[] = {
	{ "INFO", CREDSSP_IOC_INFO, 144 },
	{ "ACQUIRE", CREDSSP_IOC_ACQUIRE, 120 },
	{ "FREE_CRED", CREDSSP_IOC_FREE_CRED, 16 },
	{ "INIT", CREDSSP_IOC_INIT, 96 },
	{ "ATTACH", CREDSSP_IOC_ATTACH, 32 },
	{ "AUTHENTICATE", CREDSSP_IOC_AUTHENTICATE, 152 },
	{ "DELETE", CREDSSP_IOC_DELETE, 16 },
	{ "QUERY", CREDSSP_IOC_QUERY, 32 },
	{ "ENCRYPT", CREDSSP_IOC_ENCRYPT, 56 },
	{ "DECRYPT", CREDSSP_IOC_DECRYPT, 56 },
	{ "EXPORT_KTLS", CREDSSP_IOC_EXPORT_KTLS, 32 },
	{ "COMPLETE", CREDSSP_IOC_COMPLETE, 16 },
	{ "CANCEL", CREDSSP_IOC_CANCEL, 16 },
	{ "ACCEPT", CREDSSP_IOC_ACCEPT, 112 },
	{ "ACCEPT_SOCKET", CREDSSP_IOC_ACCEPT_SOCKET, 184 },
	{ "DELEGATED", CREDSSP_IOC_DELEGATED, 48 },
	{ "PACKAGES", CREDSSP_IOC_PACKAGES, 32 },
	{ "SIGN", CREDSSP_IOC_SIGN, 56 },
	{ "VERIFY", CREDSSP_IOC_VERIFY, 56 },
	{ "POLICY_GET", CREDSSP_IOC_POLICY_GET, 40 },
	{ "POLICY_SET", CREDSSP_IOC_POLICY_SET, 40 },
	{ "POLICY_CHECK", CREDSSP_IOC_POLICY_CHECK, 32 },
};

#define CALLS	(sizeof(calls) / sizeof(calls[0]))

TEST(numbers, "an ioctl that does not exist is ENOTTY")
{
	struct credssp_ioc_info info = { .size = sizeof(info) };
	int fd = device_open();

	CHECK_EQ(device_call(fd, _IO(CREDSSP_IOC_TYPE, 0x13), &info), -ENOTTY);
	CHECK_EQ(device_call(fd, _IO(CREDSSP_IOC_TYPE, 0xff), &info), -ENOTTY);
	CHECK_EQ(device_call(fd, _IO(0xc6, 0), &info), -ENOTTY);
	CHECK_EQ(device_call(fd, _IOWR(CREDSSP_IOC_TYPE, 0, struct credssp_ioc_info), &info),
		 -ENOTTY);
	CHECK_EQ(device_call(fd, 0, &info), -ENOTTY);
}

TEST(too_small, "a structure that is too small is EINVAL, for each ioctl")
{
	uint8_t args[512] = { 0 };
	int fd = device_open();
	size_t i;

	for (i = 0; i < CALLS; i++) {
		uint32_t sizes[] = { 0, 3, 8, calls[i].size - 1 };
		size_t k;

		for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			memcpy(args, &sizes[k], sizeof(sizes[k]));
			if (!CHECK_EQ(device_call(fd, calls[i].nr, args), -EINVAL))
				tap_check(false, __FILE__, __LINE__, calls[i].name);
		}
	}
}

/* Call with a structure of @size bytes: its size, zeros, and @tail as the last byte. */
static int call_of_size(int fd, size_t i, uint32_t size, uint8_t tail)
{
	uint8_t args[512];
	size_t k;
	int ret;

	memset(args, POISON, sizeof(args));
	memset(args, 0, size);
	memcpy(args, &size, sizeof(size));
	args[size - 1] = tail;
	ret = device_call(fd, calls[i].nr, args);
	for (k = calls[i].size; k < size; k++)
		CHECK_EQ(args[k], k == size - 1 ? tail : 0);
	for (k = size; k < sizeof(args); k++)
		CHECK_EQ(args[k], POISON);
	return ret;
}

TEST(sizes, "a structure of ABI 1 is taken for each ioctl, and a larger one when the rest is zero")
{
	int fd = device_open();
	size_t i;

	for (i = 0; i < CALLS; i++) {
		if (calls[i].nr == CREDSSP_IOC_POLICY_SET)
			continue;	/* zeros are valid arguments: it would set a policy */
		CHECK_EQ(call_of_size(fd, i, calls[i].size, 0), 0);
		CHECK_EQ(call_of_size(fd, i, calls[i].size + 128, 0), 0);
		if (!CHECK_EQ(call_of_size(fd, i, calls[i].size + 128, 1), -E2BIG))
			tap_check(false, __FILE__, __LINE__, calls[i].name);
	}
	device_expect_counts(fd, 0, 0);
}

TEST(huge, "a structure of more than a page is E2BIG")
{
	uint8_t args[8192] = { 0 };
	uint32_t huge = sizeof(args);
	int fd = device_open();

	memcpy(args, &huge, sizeof(huge));
	CHECK_EQ(device_call(fd, CREDSSP_IOC_INFO, args), -E2BIG);
	huge = ~0u;
	memcpy(args, &huge, sizeof(huge));
	CHECK_EQ(device_call(fd, CREDSSP_IOC_INFO, args), -E2BIG);
}

TEST(bad_pointers, "a pointer that is bad or leads off the mapping is EFAULT, for each ioctl")
{
	uint8_t *end = device_page_end();
	int fd = device_open();
	size_t i;

	for (i = 0; i < CALLS; i++) {
		uint8_t *cut = end - calls[i].size + 4;

		CHECK_EQ(device_call(fd, calls[i].nr, NULL), -EFAULT);
		CHECK_EQ(device_call(fd, calls[i].nr, (void *)8), -EFAULT);
		CHECK_EQ(device_call(fd, calls[i].nr, end), -EFAULT);
		/* the size can be read, the rest cannot */
		memset(cut, 0, calls[i].size - 4);
		memcpy(cut, &calls[i].size, 4);
		CHECK_EQ(device_call(fd, calls[i].nr, cut), -EFAULT);
		/* the size itself is cut */
		CHECK_EQ(device_call(fd, calls[i].nr, end - 2), -EFAULT);
	}
}

/* The ioctl with @args where they can be read, but not written. */
static int call_read_only(int fd, unsigned long nr, const void *args, size_t size)
{
	long page = sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ret;

	REQUIRE(p != MAP_FAILED);
	memcpy(p, args, size);
	REQUIRE(!mprotect(p, page, PROT_READ));
	ret = device_call(fd, nr, p);
	CHECK(!memcmp(p, args, size));
	REQUIRE(!munmap(p, page));
	return ret;
}

TEST(read_only, "arguments that cannot be written are EFAULT, and nothing is done")
{
	struct credssp_ioc_info info = { .size = sizeof(info) };
	struct credssp_ioc_acquire acquire = device_acquire_args();
	struct credssp_ioc_handle handle = { .size = sizeof(handle) };
	int fd = device_open();

	CHECK_EQ(call_read_only(fd, CREDSSP_IOC_INFO, &info, sizeof(info)), -EFAULT);
	CHECK_EQ(call_read_only(fd, CREDSSP_IOC_ACQUIRE, &acquire, sizeof(acquire)), -EFAULT);
	device_expect_counts(fd, 0, 0);
	handle.handle = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	CHECK_EQ(call_read_only(fd, CREDSSP_IOC_FREE_CRED, &handle, sizeof(handle)), -EFAULT);
	CHECK_EQ(device_free_cred(fd, handle.handle), SEC_E_OK);
}

TEST(read_only_exchange, "... no context is made, and nothing is sent")
{
	static uint8_t token[CREDSSP_MAX_TOKEN];
	struct credssp_sec_buffer out = {
		.type = SECBUFFER_TOKEN, .length = sizeof(token), .addr = (uintptr_t)token,
	};
	struct credssp_ioc_init init = {
		.size = sizeof(init), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
		.output = (uintptr_t)&out, .output_count = 1,
	};
	struct credssp_ioc_authenticate auth = {
		.size = sizeof(auth), .context_req = REQ, .timeout_ms = 1000,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
	};
	struct credssp_ioc_socket attach = { .size = sizeof(attach) };
	int fd = device_open(), listener, peer;
	uint16_t port;
	char got[2];

	device_need_helper(fd);
	init.cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	auth.cred = init.cred;
	attach.cred = init.cred;
	listener = sock_listening(&port);
	auth.fd = sock_connect(port);
	attach.fd = auth.fd;
	peer = accept(listener, NULL, NULL);
	REQUIRE(peer >= 0);
	CHECK_EQ(call_read_only(fd, CREDSSP_IOC_INIT, &init, sizeof(init)), -EFAULT);
	CHECK_EQ(out.length, sizeof(token));
	CHECK_EQ(call_read_only(fd, CREDSSP_IOC_ATTACH, &attach, sizeof(attach)), -EFAULT);
	device_expect_counts(fd, 0, 1);
	CHECK_EQ(call_read_only(fd, CREDSSP_IOC_AUTHENTICATE, &auth, sizeof(auth)), -EFAULT);
	CHECK_EQ(send(auth.fd, "x", 1, MSG_NOSIGNAL), 1);
	CHECK_EQ(recv(peer, got, sizeof(got), 0), 1);
	CHECK_EQ(got[0], 'x');
}

TEST(info, "INFO tells ABI, limits and version and leaves nothing else behind")
{
	struct credssp_ioc_info info;
	int fd = device_open();
	size_t i;

	memset(&info, 0xa5, sizeof(info));
	info.size = sizeof(info);
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INFO, &info), 0);
	CHECK_EQ(info.abi, CREDSSP_ABI);
	CHECK(info.helper_timeout_ms && info.handshake_timeout_ms && info.max_handles);
	CHECK(info.max_contexts && info.max_credentials && info.max_buffer_bytes);
	CHECK_EQ(info.__reserved, 0);
	i = strnlen((char *)info.version, sizeof(info.version));
	CHECK(i > 0 && i < sizeof(info.version));
	for (; i < sizeof(info.version); i++)
		CHECK_EQ(info.version[i], 0);
}

TEST(reserved, "unknown flags and reserved members are EINVAL")
{
	struct credssp_ioc_acquire acquire = device_acquire_args();
	struct credssp_ioc_authenticate auth = { .size = sizeof(auth), .flags = 0x80000000 };
	struct credssp_ioc_message message = { .size = sizeof(message), .flags = 1 };
	struct credssp_ioc_socket sock = { .size = sizeof(sock), .flags = 1, .fd = -1 };
	struct credssp_ioc_init init = { .size = sizeof(init), .__reserved = 1 };
	int fd = device_open();

	CHECK_EQ(device_call(fd, CREDSSP_IOC_INIT, &init), -EINVAL);
	acquire.flags = 4;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &acquire), -EINVAL);
	acquire.flags = 0x80000000;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &acquire), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &auth), -EINVAL);
	auth.flags = 0x2;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &auth), -EINVAL);
	auth.flags = 0;
	auth.__reserved = 1;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &auth), -EINVAL);
	message.flags = 0x4;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ENCRYPT, &message), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_DECRYPT, &message), -EINVAL);
	message.flags = CREDSSP_MESSAGE_INSIDE;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ENCRYPT, &message), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_SIGN, &message), -EINVAL);
	message.flags = CREDSSP_MESSAGE_SPLIT;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_DECRYPT, &message), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_VERIFY, &message), -EINVAL);
	message.flags = 0;
	message.__reserved = 1;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ENCRYPT, &message), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_DECRYPT, &message), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ATTACH, &sock), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_EXPORT_KTLS, &sock), -EINVAL);
}

static int32_t init_with(int fd, uint64_t cred, void (*change)(struct credssp_ioc_init *))
{
	static uint8_t token[CREDSSP_MAX_TOKEN];
	struct credssp_sec_buffer out = {
		.type = SECBUFFER_TOKEN, .length = sizeof(token), .addr = (uintptr_t)token,
	};
	struct credssp_ioc_init a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context_req = REQ,
		.data_rep = SECURITY_NATIVE_DREP, .cred = cred,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
		.output = (uintptr_t)&out, .output_count = 1,
	};

	change(&a);
	a.reason = 0x5a5a5a5a;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &a), 0);
	CHECK_EQ(a.new_context, 0);
	CHECK_EQ(a.reason, a.status == SEC_E_TARGET_UNKNOWN ? CREDSSP_REASON_PARAMETER :
							      CREDSSP_REASON_NONE);
	return a.status;
}

static void reserved1(struct credssp_ioc_init *a)
{
	a->reserved1 = 1;
}

static void reserved2(struct credssp_ioc_init *a)
{
	a->reserved2 = 1;
}

static void bad_drep(struct credssp_ioc_init *a)
{
	a->data_rep = 0x20;
}

static void bad_flag(struct credssp_ioc_init *a)
{
	a->context_req |= 0x400;
}

static void no_cred(struct credssp_ioc_init *a)
{
	a->cred = 0;
}

static void other_cred(struct credssp_ioc_init *a)
{
	a->cred = NO_SUCH;
}

static void no_output(struct credssp_ioc_init *a)
{
	a->output_count = 0;
}

static void many_outputs(struct credssp_ioc_init *a)
{
	a->output_count = 1000;
}

static void many_inputs(struct credssp_ioc_init *a)
{
	a->input_count = ~0u;
}

static void long_target(struct credssp_ioc_init *a)
{
	a->target_length = CREDSSP_MAX_TARGET + 1;
}

static void both_kinds(struct credssp_ioc_init *a)
{
	a->context_req |= ISC_REQ_CONNECTION | ISC_REQ_STREAM;
}

static void bad_target(struct credssp_ioc_init *a)
{
	a->target = (uintptr_t)"TERMSRV/\xff\xff";
	a->target_length = 10;
}

static void nul_target(struct credssp_ioc_init *a)
{
	a->target = (uintptr_t)"TERMSRV/a\0b";
	a->target_length = 11;
}

static struct credssp_sec_buffer odd_buffers[2];

static void first_input(struct credssp_ioc_init *a)
{
	odd_buffers[0] = (struct credssp_sec_buffer){
		.type = SECBUFFER_TOKEN, .length = 4, .addr = (uintptr_t)"abcd",
	};
	odd_buffers[1] = (struct credssp_sec_buffer){ .type = SECBUFFER_EMPTY };
	a->input = (uintptr_t)odd_buffers;
	a->input_count = 2;
}

static void wrong_output(struct credssp_ioc_init *a)
{
	odd_buffers[0] = (struct credssp_sec_buffer){ .type = SECBUFFER_DATA };
	a->output = (uintptr_t)odd_buffers;
}

TEST(init, "INIT refuses what is wrong in a first call, and makes no context")
{
	int fd = device_open();
	uint64_t cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);

	CHECK_EQ(init_with(fd, cred, reserved1), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, reserved2), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, bad_drep), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, bad_flag), SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(init_with(fd, cred, both_kinds), SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(init_with(fd, cred, no_cred) != SEC_E_OK);
	CHECK_EQ(init_with(fd, cred, other_cred), SEC_E_INVALID_HANDLE);
	CHECK_EQ(init_with(fd, cred, no_output), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, wrong_output), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, many_outputs), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, many_inputs), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, first_input), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, long_target), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(init_with(fd, cred, bad_target), SEC_E_TARGET_UNKNOWN);
	CHECK_EQ(init_with(fd, cred, nul_target), SEC_E_TARGET_UNKNOWN);
	device_expect_counts(fd, 0, 1);
}

TEST(init_pointers, "buffers of INIT that lead off the mapping are EFAULT")
{
	struct credssp_sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET), .output_count = 1,
	};
	uint8_t *end = device_page_end();
	int fd = device_open();

	device_need_helper(fd);
	a.cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	a.output = (uintptr_t)end - sizeof(struct credssp_sec_buffer) / 2;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_INIT, &a), -EFAULT);
	a.output = (uintptr_t)&out;
	a.target = (uintptr_t)end - 4;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_INIT, &a), -EFAULT);
	/* the token is made, but cannot be copied out: the context is deleted */
	a.target = (uintptr_t)TARGET;
	out.length = CREDSSP_MAX_TOKEN;
	out.addr = (uintptr_t)end - 10;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_INIT, &a), -EFAULT);
	device_expect_counts(fd, 0, 1);
}
