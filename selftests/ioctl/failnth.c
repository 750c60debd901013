// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth_test MODE: an authentication in which the n-th allocation of this task fails,
 * for each n until no allocation fails (Documentation/fault-injection,
 * /proc/self/fail-nth). Each attempt must end with an errno or a status, without a
 * context or credential left. MODE: socket or token.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

/* More allocations than any exchange makes */
#define MOST_ALLOCATIONS	20000

static int fail_fd;

/* Write @n. An earlier number may still be set, and may make this very write fail. */
static void set_fail(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	while (pwrite(fail_fd, text, len, 0) != len) {
		if (errno == EFAULT)
			continue;
		perror("fail-nth");
		exit(2);
	}
}

/*
 * True if the n-th allocation was reached; turns fault injection off. A read that fails
 * itself means that no allocation of the attempt failed.
 */
static bool failed(void)
{
	char text[16] = "";
	bool hit = false;

	if (pread(fail_fd, text, sizeof(text) - 1, 0) > 0) {
		hit = !atoi(text);
	} else if (errno != EFAULT) {
		perror("fail-nth");
		exit(2);
	}
	set_fail(0);
	return hit;
}

/**
 * struct attempt - one exchange
 * @result: of the last ioctl, 0 or -errno
 * @status: of it
 */
struct attempt {
	int fd;
	int sock;
	uint64_t cred;
	int result;
	int32_t status;
};

static void acquire(struct attempt *a)
{
	struct credssp_ioc_acquire args = device_acquire_args();

	args.mechs = CREDSSP_MECH_NEGOTIATE;
	a->result = device_call(a->fd, CREDSSP_IOC_ACQUIRE, &args);
	a->status = args.status;
	a->cred = args.cred;
}

static void by_socket(struct attempt *a)
{
	struct credssp_ioc_authenticate args = {
		.size = sizeof(args), .fd = a->sock, .context_req = REQ, .cred = a->cred,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
		.timeout_ms = tap_slow(3000),
	};

	a->result = device_call(a->fd, CREDSSP_IOC_AUTHENTICATE, &args);
	a->status = args.status;
}

static uint8_t token[CREDSSP_MAX_TOKEN], record[CREDSSP_MAX_TOKEN];

/* One call of INIT; @args keeps the context. */
static void init_call(struct attempt *a, struct credssp_ioc_init *args, uint32_t in_length,
		      struct credssp_sec_buffer *out)
{
	struct credssp_sec_buffer in[2] = {
		{ .type = SECBUFFER_TOKEN, .length = in_length, .addr = (uintptr_t)record },
		{ .type = SECBUFFER_EMPTY },
	};

	*out = (struct credssp_sec_buffer){
		.type = SECBUFFER_TOKEN, .length = sizeof(token), .addr = (uintptr_t)token,
	};
	args->input = (uintptr_t)in;
	args->input_count = args->context ? 2 : 0;
	args->output = (uintptr_t)out;
	args->output_count = 1;
	a->result = device_call(a->fd, CREDSSP_IOC_INIT, args);
	a->status = args->status;
	if (!a->result && a->status == SEC_I_CONTINUE_NEEDED)
		args->context = args->new_context;
}

/* The failure may also hit send() or recv() between the calls. False on such a failure. */
static bool pass_on(struct attempt *a, const struct credssp_sec_buffer *out, uint32_t *length)
{
	uint32_t total;

	if (send(a->sock, token, out->length, MSG_NOSIGNAL) != (ssize_t)out->length)
		return false;
	if (recv(a->sock, record, 5, MSG_WAITALL) != 5)
		return false;
	total = record[3] << 8 | record[4];
	*length = total + 5;
	return recv(a->sock, record + 5, total, MSG_WAITALL) == (ssize_t)total;
}

static void by_token(struct attempt *a)
{
	struct credssp_ioc_init args = {
		.size = sizeof(args), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET), .cred = a->cred,
	};
	struct credssp_sec_buffer out;
	uint32_t length = 0;

	do {
		init_call(a, &args, length, &out);
		if (a->result || a->status != SEC_I_CONTINUE_NEEDED)
			return;
	} while (pass_on(a, &out, &length));
	a->result = -EIO;
}

/* True for an errno or status that the contract allows. */
static bool clean_end(const struct attempt *a)
{
	if (a->result)
		return a->result == -ENOMEM || a->result == -EFAULT || a->result == -EIO ||
		       a->result == -EINTR;
	return a->status == SEC_E_OK || a->status < 0;
}

static bool drained(int watch)
{
	long limit = tap_now() + tap_limit(5000);
	struct credssp_ioc_info info;

	do {
		info = device_info(watch);
		if (!info.contexts && !info.credentials && !info.buffer_bytes)
			return true;
		usleep(10000);
	} while (tap_now() < limit);
	return false;
}

/* True if an allocation failed. */
static bool attempt(unsigned int n, void (*way)(struct attempt *), struct attempt *a)
{
	bool hit;

	*a = (struct attempt){ .fd = device_open(), .sock = sock_peer() };
	set_fail(n);
	acquire(a);
	if (!a->result && a->status == SEC_E_OK)
		way(a);
	hit = failed();
	close(a->sock);
	close(a->fd);
	return hit;
}

static int sweep(void (*way)(struct attempt *), unsigned int step)
{
	unsigned int n, good = 0, count = 0;
	int watch = device_open();
	struct attempt a;

	for (n = 1; n < MOST_ALLOCATIONS; n += step) {
		long before = tap_now();
		bool hit = attempt(n, way, &a);

		count++;
		if (!clean_end(&a))
			printf("# allocation %u: result %d, status 0x%08x\n", n, a.result,
			       (unsigned int)a.status);
		good += clean_end(&a);
		if (tap_now() - before > tap_limit(6000))
			printf("# allocation %u: took %ld ms\n", n, tap_now() - before);
		if (!hit)
			break;
	}
	printf("# %u exchanges, the last without a failure: result %d, status 0x%08x\n", count,
	       a.result, (unsigned int)a.status);
	printf("%s 1 - each failed allocation has a clean end (%u)\n",
	       good == count ? "ok" : "not ok", count);
	printf("%s 2 - there were allocations to fail, and the last exchange succeeds\n",
	       count > 10 && !a.result && a.status == SEC_E_OK ? "ok" : "not ok");
	printf("%s 3 - no context and no credential is left\n", drained(watch) ? "ok" : "not ok");
	return 0;
}

int main(int argc, char **argv)
{
	char path[64];
	const char *step = getenv("STEP");

	if (argc != 2 || (strcmp(argv[1], "socket") && strcmp(argv[1], "token"))) {
		fprintf(stderr, "usage: failnth_test socket|token\n");
		return 64;
	}
	snprintf(path, sizeof(path), "/proc/self/task/%ld/fail-nth", (long)syscall(SYS_gettid));
	fail_fd = open(path, O_RDWR);
	if (fail_fd < 0) {
		printf("not ok 1 - %s: %s\n1..1\n", path, strerror(errno));
		return 1;
	}
	sweep(strcmp(argv[1], "socket") ? by_token : by_socket, step ? atoi(step) : 1);
	printf("1..3\n");
	return 0;
}
