// SPDX-License-Identifier: GPL-2.0-only
/* /dev/credssp by ioctl(2), without libcredssp. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

int device_open(void)
{
	int fd = open(CREDSSP_DEVICE, O_RDWR | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

int device_call(int fd, unsigned long nr, void *args)
{
	return ioctl(fd, nr, args) ? -errno : 0;
}

struct credssp_ioc_info device_info(int fd)
{
	struct credssp_ioc_info info = { .size = sizeof(info) };

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INFO, &info), 0);
	return info;
}

void device_need_helper(int fd)
{
	REQUIRE(device_info(fd).helper_present == 1);
}

void device_expect_counts(int fd, unsigned int contexts, unsigned int credentials)
{
	long limit = tap_now() + tap_limit(5000);
	struct credssp_ioc_info info;

	do {
		info = device_info(fd);
		if (info.own_contexts == contexts && info.own_credentials == credentials)
			return;
		usleep(20000);
	} while (tap_now() < limit);
	CHECK_EQ(info.own_contexts, contexts);
	CHECK_EQ(info.own_credentials, credentials);
}

/* In the module's sleep for a socket, by the name that the compiler has left it. */
static bool sleeps_for_socket(pid_t tid)
{
	char path[64], at[128] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/wchan", tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(at, sizeof(at), file))
		at[0] = 0;
	fclose(file);
	return !strncmp(at, "sock_sleep", 10) || !strncmp(at, "cssp_sock_wait", 14);
}

void device_expect_sleep(const pid_t *tid)
{
	long limit = tap_now() + tap_limit(5000);

	while (!sleeps_for_socket(__atomic_load_n(tid, __ATOMIC_SEQ_CST))) {
		REQUIRE(tap_now() < limit);
		usleep(10000);
	}
}

struct credssp_ioc_acquire device_acquire_args(void)
{
	return (struct credssp_ioc_acquire){
		.size = sizeof(struct credssp_ioc_acquire),
		.status = 0x5a5a5a5a,
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.user = (uintptr_t)USER,
		.user_length = strlen(USER),
		.password = (uintptr_t)PASSWORD,
		.password_length = strlen(PASSWORD),
	};
}

int32_t device_acquire(int fd, struct credssp_ioc_acquire *a)
{
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_ACQUIRE, a), 0);
	return a->status;
}

uint64_t device_cred(int fd, uint32_t mech, const char *password)
{
	struct credssp_ioc_acquire a = device_acquire_args();

	a.mechs = mech;
	a.password = (uintptr_t)password;
	a.password_length = strlen(password);
	REQUIRE_EQ(device_acquire(fd, &a), SEC_E_OK);
	REQUIRE(a.cred);
	return a.cred;
}

static int32_t handle_call(int fd, unsigned long nr, uint64_t handle)
{
	struct credssp_ioc_handle a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .handle = handle,
	};

	REQUIRE_EQ(device_call(fd, nr, &a), 0);
	return a.status;
}

int32_t device_free_cred(int fd, uint64_t cred)
{
	return handle_call(fd, CREDSSP_IOC_FREE_CRED, cred);
}

int32_t device_delete(int fd, uint64_t context)
{
	return handle_call(fd, CREDSSP_IOC_DELETE, context);
}

int32_t device_report(int fd, uint64_t context, struct credssp_report *report)
{
	struct credssp_ioc_query a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = context,
		.attribute = SECPKG_ATTR_CREDSSP_REPORT,
		.buffer = (uintptr_t)report, .length = sizeof(*report),
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_QUERY, &a), 0);
	if (a.status == SEC_E_OK)
		CHECK_EQ(a.length, sizeof(*report));
	return a.status;
}

int32_t device_authenticate(int fd, int sock, uint64_t cred, uint32_t timeout_ms,
			    struct credssp_report *report)
{
	struct credssp_ioc_authenticate a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .fd = sock, .context_req = REQ,
		.timeout_ms = timeout_ms, .cred = cred, .target = (uintptr_t)TARGET,
		.target_length = strlen(TARGET),
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &a), 0);
	if (report)
		*report = a.report;
	return a.status;
}

int32_t device_leg(int fd, uint64_t cred, uint64_t *context, struct leg *leg)
{
	struct credssp_sec_buffer in[2] = {
		{ .type = SECBUFFER_TOKEN, .length = leg->in_len, .addr = (uintptr_t)leg->in },
		{ .type = SECBUFFER_EMPTY },
	};
	struct credssp_sec_buffer out = {
		.type = SECBUFFER_TOKEN, .length = leg->room, .addr = (uintptr_t)leg->out,
	};
	const char *target = leg->target ? leg->target : TARGET;
	struct credssp_ioc_init a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context_req = leg->req,
		.data_rep = SECURITY_NATIVE_DREP, .cred = cred, .context = *context,
		.target = (uintptr_t)target, .target_length = strlen(target),
		.input = (uintptr_t)in, .input_count = *context ? 2 : 0,
		.output = (uintptr_t)&out, .output_count = 1,
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_INIT, &a), 0);
	leg->out_len = out.length;
	leg->extra = in[1].type == SECBUFFER_EXTRA ? in[1].length : 0;
	leg->missing = in[1].type == SECBUFFER_MISSING ? in[1].length : 0;
	leg->attr = a.context_attr;
	leg->expiry = a.expiry;
	leg->reason = a.reason;
	if (!*context)
		*context = a.new_context;
	return a.status;
}

uint8_t *device_page_end(void)
{
	long page = sysconf(_SC_PAGESIZE);
	uint8_t *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(p != MAP_FAILED);
	REQUIRE(!munmap(p + page, page));
	return p + page;
}
