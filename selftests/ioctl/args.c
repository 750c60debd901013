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
	{ "PACKAGES", CREDSSP_IOC_PACKAGES, 32 },
	{ "SIGN", CREDSSP_IOC_SIGN, 56 },
	{ "VERIFY", CREDSSP_IOC_VERIFY, 56 },
	{ "POLICY_GET", CREDSSP_IOC_POLICY_GET, 40 },
	{ "POLICY_SET", CREDSSP_IOC_POLICY_SET, 40 },
	{ "POLICY_CHECK", CREDSSP_IOC_POLICY_CHECK, 32 },
};

#define CALLS	(sizeof(calls) / sizeof(calls[0]))

/* The end of a page; the page behind it is not mapped. */
static uint8_t *page_end(void)
{
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(p != MAP_FAILED);
	REQUIRE(!munmap(p + page, page));
	return p + page;
}

TEST(numbers, "an ioctl that does not exist is ENOTTY")
{
	struct credssp_ioc_info info = { .size = sizeof(info) };
	int fd = device_open();

	CHECK_EQ(device_call(fd, _IO(CREDSSP_IOC_TYPE, 0x0d), &info), -ENOTTY);
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
	uint8_t *end = page_end();
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
	int fd = device_open();

	acquire.flags = 2;
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

/* Call ACQUIRE with one argument changed. Return the status; a failure must make no handle. */
static int32_t acquire_with(int fd, void (*change)(struct credssp_ioc_acquire *))
{
	struct credssp_ioc_acquire a = device_acquire_args();
	int32_t status;

	a.cred = 0xa5a5;
	change(&a);
	status = device_acquire(fd, &a);
	if (status != SEC_E_OK)
		CHECK_EQ(a.cred, 0);
	else
		CHECK_EQ(device_free_cred(fd, a.cred), SEC_E_OK);
	return status;
}

static char long_name[CREDSSP_MAX_PASSWORD + 2];

static void nothing(struct credssp_ioc_acquire *a)
{
	(void)a;
}

static void inbound(struct credssp_ioc_acquire *a)
{
	a->use = SECPKG_CRED_INBOUND;
}

static void no_use(struct credssp_ioc_acquire *a)
{
	a->use = 0;
}

static void bad_use(struct credssp_ioc_acquire *a)
{
	a->use = 0xff;
}

static void bad_encoding(struct credssp_ioc_acquire *a)
{
	a->encoding = 3;
}

static void no_user(struct credssp_ioc_acquire *a)
{
	a->user_length = 0;
}

static void no_identity(struct credssp_ioc_acquire *a)
{
	a->user_length = 0;
	a->password_length = 0;
}

static void odd_utf16(struct credssp_ioc_acquire *a)
{
	a->encoding = CREDSSP_IDENTITY_UTF16;
}

static void bad_mech(struct credssp_ioc_acquire *a)
{
	a->mechs = 0x80;
}

static void version_1(struct credssp_ioc_acquire *a)
{
	a->min_version = 1;
	a->max_version = 1;
}

static void version_7(struct credssp_ioc_acquire *a)
{
	a->max_version = 7;
}

static void key_and_user(struct credssp_ioc_acquire *a)
{
	a->key = 12345;
}

static void bad_utf8(struct credssp_ioc_acquire *a)
{
	a->user = (uintptr_t)"al\xc3(ce";
	a->user_length = 6;
}

static void surrogate(struct credssp_ioc_acquire *a)
{
	a->password = (uintptr_t)"\xed\xa0\x80";
	a->password_length = 3;
}

static void nul_inside(struct credssp_ioc_acquire *a)
{
	a->user = (uintptr_t)"ali\0ce";
	a->user_length = 6;
}

static void long_user(struct credssp_ioc_acquire *a)
{
	a->user = (uintptr_t)long_name;
	a->user_length = CREDSSP_MAX_NAME + 1;
}

static void long_domain(struct credssp_ioc_acquire *a)
{
	a->domain = (uintptr_t)long_name;
	a->domain_length = CREDSSP_MAX_NAME + 1;
}

static void long_password(struct credssp_ioc_acquire *a)
{
	a->password = (uintptr_t)long_name;
	a->password_length = CREDSSP_MAX_PASSWORD + 1;
}

static void endless_password(struct credssp_ioc_acquire *a)
{
	a->password_length = ~0u;
}

static void crossed_versions(struct credssp_ioc_acquire *a)
{
	a->min_version = 6;
	a->max_version = 5;
}

static void no_such_key(struct credssp_ioc_acquire *a)
{
	a->key = 0x7ffffffe;
	a->user_length = 0;
	a->password_length = 0;
}

static void negative_key(struct credssp_ioc_acquire *a)
{
	/* the numbers of special keyrings are refused, too */
	a->key = -3;
	a->user_length = 0;
	a->password_length = 0;
}

static uint8_t pins[CREDSSP_MAX_PINS + 1][CREDSSP_PIN_SIZE];

static void most_pins(struct credssp_ioc_acquire *a)
{
	a->pins = (uintptr_t)pins;
	a->pin_count = CREDSSP_MAX_PINS;
}

static void more_pins(struct credssp_ioc_acquire *a)
{
	a->pins = (uintptr_t)pins;
	a->pin_count = CREDSSP_MAX_PINS + 1;
}

static void endless_pins(struct credssp_ioc_acquire *a)
{
	a->pins = (uintptr_t)pins;
	a->pin_count = ~0u / CREDSSP_PIN_SIZE + 2;
}

static void no_strings(struct credssp_ioc_acquire *a)
{
	a->user_length = 0;
	a->password_length = 0;
}

static void kerberos(struct credssp_ioc_acquire *a)
{
	a->mechs = CREDSSP_MECH_KERBEROS;
	a->flags = CREDSSP_ACQUIRE_USER_TO_USER;
	a->realm = (uintptr_t)"EXAMPLE.COM";
	a->realm_length = 11;
}

static void default_cache(struct credssp_ioc_acquire *a)
{
	no_strings(a);
	a->ticket_source = CREDSSP_TICKETS_CCACHE;
}

static void named_keytab_of_a_user(struct credssp_ioc_acquire *a)
{
	a->password_length = 0;
	a->ticket_source = CREDSSP_TICKETS_KEYTAB;
	a->tickets = (uintptr_t)"FILE:/etc/krb5.keytab";
	a->tickets_length = 21;
}

static void cache_and_password(struct credssp_ioc_acquire *a)
{
	a->ticket_source = CREDSSP_TICKETS_CCACHE;
}

static void cache_and_key(struct credssp_ioc_acquire *a)
{
	no_such_key(a);
	a->ticket_source = CREDSSP_TICKETS_CCACHE;
}

static void cache_for_ntlm(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->mechs = CREDSSP_MECH_NTLM;
}

static void no_such_source(struct credssp_ioc_acquire *a)
{
	no_strings(a);
	a->ticket_source = CREDSSP_TICKETS_KEYTAB + 1;
}

static void name_without_a_source(struct credssp_ioc_acquire *a)
{
	no_strings(a);
	a->tickets = (uintptr_t)"FILE:/tmp/x";
	a->tickets_length = 11;
}

static void nul_in_the_name(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->tickets = (uintptr_t)"FILE:\0x";
	a->tickets_length = 7;
}

static void bad_name(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->tickets = (uintptr_t)"FILE:\xc3(";
	a->tickets_length = 7;
}

static void long_ticket_name(struct credssp_ioc_acquire *a)
{
	default_cache(a);
	a->tickets = (uintptr_t)long_name;
	a->tickets_length = CREDSSP_MAX_NAME + 1;
}

static void long_realm(struct credssp_ioc_acquire *a)
{
	a->realm = (uintptr_t)long_name;
	a->realm_length = CREDSSP_MAX_NAME + 1;
}

TEST(acquire, "ACQUIRE refuses what is wrong with a status of its own, and makes no handle")
{
	int fd = device_open();

	memset(long_name, 'x', sizeof(long_name));
	CHECK_EQ(acquire_with(fd, nothing), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, inbound), SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(acquire_with(fd, no_use) != SEC_E_OK);
	CHECK(acquire_with(fd, bad_use) != SEC_E_OK);
	CHECK_EQ(acquire_with(fd, bad_encoding), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, no_user), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(acquire_with(fd, no_identity), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, odd_utf16), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, bad_utf8), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, surrogate), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, nul_inside), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_user), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_domain), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_password), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, endless_password), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, bad_mech), SEC_E_INVALID_PARAMETER);
	CHECK(acquire_with(fd, version_1) != SEC_E_OK);
	CHECK(acquire_with(fd, version_7) != SEC_E_OK);
	CHECK(acquire_with(fd, crossed_versions) != SEC_E_OK);
	CHECK_EQ(acquire_with(fd, key_and_user), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, no_such_key), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(acquire_with(fd, negative_key), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(acquire_with(fd, most_pins), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, more_pins), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, endless_pins), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, kerberos), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, default_cache), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, named_keytab_of_a_user), SEC_E_OK);
	CHECK_EQ(acquire_with(fd, cache_and_password), SEC_E_INVALID_PARAMETER);
	CHECK(acquire_with(fd, cache_and_key) != SEC_E_OK);
	CHECK_EQ(acquire_with(fd, cache_for_ntlm), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, no_such_source), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, name_without_a_source), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, nul_in_the_name), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, bad_name), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_ticket_name), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(acquire_with(fd, long_realm), SEC_E_INVALID_PARAMETER);
	device_expect_counts(fd, 0, 0);
}

TEST(acquire_pointers, "strings of ACQUIRE that lead off the mapping are EFAULT")
{
	struct credssp_ioc_acquire a = device_acquire_args();
	uint8_t *end = page_end();
	int fd = device_open();

	a.password = (uintptr_t)end - 3;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	a = device_acquire_args();
	a.user = 0;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	a = device_acquire_args();
	a.domain = ~0ull - 1;
	a.domain_length = 100;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	a = device_acquire_args();
	a.user = 0xffff888000000000ull;	/* the kernel's memory */
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, &a), -EFAULT);
	device_expect_counts(fd, 0, 0);
}

TEST(identities, "names and passwords may be as long as the limits, in both encodings")
{
	struct credssp_ioc_acquire a = device_acquire_args();
	int fd = device_open();
	size_t i;

	memset(long_name, 'x', sizeof(long_name));
	a.user = (uintptr_t)long_name;
	a.user_length = CREDSSP_MAX_NAME;
	a.domain = (uintptr_t)long_name;
	a.domain_length = CREDSSP_MAX_NAME;
	a.password = (uintptr_t)long_name;
	a.password_length = CREDSSP_MAX_PASSWORD;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_OK);
	CHECK_EQ(device_free_cred(fd, a.cred), SEC_E_OK);
	for (i = 1; i < sizeof(long_name); i += 2)
		long_name[i] = 0;
	a.encoding = CREDSSP_IDENTITY_UTF16;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_OK);
	CHECK_EQ(device_free_cred(fd, a.cred), SEC_E_OK);
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
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &a), 0);
	CHECK_EQ(a.new_context, 0);
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
	uint8_t *end = page_end();
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
