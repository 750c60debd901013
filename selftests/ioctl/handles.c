// SPDX-License-Identifier: GPL-2.0-only
/* Handles: the file that they belong to, their lifetime, and their limit. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

/* Each call that takes a context refuses @context. */
static void expect_no_context(int fd, uint64_t cred, uint64_t context)
{
	uint8_t room[64];
	struct credssp_ioc_handle handle = { .size = sizeof(handle), .handle = context };
	struct credssp_ioc_message message = {
		.size = sizeof(message), .context = context, .in = (uintptr_t)room,
		.in_length = 8, .out = (uintptr_t)room, .out_length = sizeof(room),
	};
	struct credssp_report report;
	static struct leg leg;
	uint64_t used = context;

	CHECK_EQ(device_delete(fd, context), SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_report(fd, context, &report), SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_CANCEL, &handle), 0);
	CHECK_EQ(handle.status, SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_COMPLETE, &handle), 0);
	CHECK_EQ(handle.status, SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_ENCRYPT, &message), 0);
	CHECK_EQ(message.status, SEC_E_INVALID_HANDLE);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_DECRYPT, &message), 0);
	CHECK_EQ(message.status, SEC_E_INVALID_HANDLE);
	if (!context)
		return;		/* with 0 INIT is a first call */
	leg.req = REQ;
	leg.in = room;
	leg.in_len = 5;
	leg.room = sizeof(leg.out);
	CHECK_EQ(device_leg(fd, cred, &used, &leg), SEC_E_INVALID_HANDLE);
}

static void expect_no_cred(int fd, uint64_t cred)
{
	static struct leg leg;
	uint64_t context = 0;

	CHECK_EQ(device_free_cred(fd, cred), SEC_E_INVALID_HANDLE);
	if (!cred)
		return;
	leg.req = REQ;
	leg.room = sizeof(leg.out);
	CHECK_EQ(device_leg(fd, cred, &context, &leg), SEC_E_INVALID_HANDLE);
}

static uint64_t first_leg(int fd, uint64_t cred)
{
	static struct leg leg;
	uint64_t context = 0;

	leg.req = REQ;
	leg.room = sizeof(leg.out);
	REQUIRE_EQ(device_leg(fd, cred, &context, &leg), SEC_I_CONTINUE_NEEDED);
	REQUIRE(context);
	return context;
}

TEST(unknown, "0 and numbers that were never given are no handles, 64 bits wide")
{
	int fd = device_open();
	uint64_t cred;

	device_need_helper(fd);
	cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	expect_no_context(fd, cred, 0);
	expect_no_context(fd, cred, NO_SUCH);
	expect_no_context(fd, cred, ~0ull);
	expect_no_cred(fd, 0);
	expect_no_cred(fd, NO_SUCH);
	expect_no_cred(fd, cred | 1ull << 32);
	/* the handle is compared in all 64 bits */
	expect_no_context(fd, cred, first_leg(fd, cred) | 1ull << 32);
}

TEST(foreign, "handles of one open file mean nothing in another")
{
	int mine = device_open(), other = device_open();
	uint64_t cred, context;

	device_need_helper(mine);
	cred = device_cred(mine, CREDSSP_MECH_NTLM, PASSWORD);
	context = first_leg(mine, cred);
	expect_no_context(other, 0, context);
	expect_no_cred(other, cred);
	CHECK_EQ(device_delete(mine, context), SEC_E_OK);
	CHECK_EQ(device_free_cred(mine, cred), SEC_E_OK);
}

TEST(twice, "a handle goes once")
{
	int fd = device_open();
	uint64_t cred, context;

	device_need_helper(fd);
	cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	context = first_leg(fd, cred);
	CHECK_EQ(device_delete(fd, context), SEC_E_OK);
	expect_no_context(fd, cred, context);
	CHECK_EQ(device_free_cred(fd, cred), SEC_E_OK);
	expect_no_cred(fd, cred);
	device_expect_counts(fd, 0, 0);
}

TEST(outlives, "a context outlives the handle of its credential")
{
	int fd = device_open(), sock = sock_peer();
	uint64_t cred, context = 0;
	static struct leg leg;
	static uint8_t record[CREDSSP_MAX_TOKEN];
	int32_t status;

	device_need_helper(fd);
	cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	leg.req = REQ;
	leg.room = sizeof(leg.out);
	status = device_leg(fd, cred, &context, &leg);
	CHECK_EQ(device_free_cred(fd, cred), SEC_E_OK);
	while (status == SEC_I_CONTINUE_NEEDED) {
		if (leg.out_len)
			sock_send(sock, leg.out, leg.out_len);
		leg.in = record;
		leg.in_len = sock_record(sock, record, sizeof(record));
		leg.room = sizeof(leg.out);
		status = device_leg(fd, 0, &context, &leg);
	}
	CHECK_EQ(status, SEC_E_OK);
	CHECK_EQ(device_delete(fd, context), SEC_E_OK);
	device_expect_counts(fd, 0, 0);
}

TEST(closed, "a closed file is EBADF, and what was open in it is gone")
{
	struct credssp_ioc_info info = { .size = sizeof(info) };
	int fd = device_open(), watch = device_open();

	device_need_helper(fd);
	first_leg(fd, device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD));
	CHECK_EQ(device_info(watch).own_contexts, 1);
	close(fd);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_INFO, &info), -EBADF);
	device_expect_counts(watch, 0, 0);
}

TEST(forked, "a child shares the open file and its handles, and closing there ends nothing")
{
	int fd = device_open(), status = -1;
	uint64_t cred, context;
	pid_t pid;

	device_need_helper(fd);
	cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	context = first_leg(fd, cred);
	pid = fork();
	if (!pid) {
		struct credssp_report report;

		CHECK_EQ(device_report(fd, context, &report), SEC_E_OK);
		_exit(device_delete(fd, context) == SEC_E_OK ? 0 : 1);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
	expect_no_context(fd, cred, context);
	CHECK_EQ(device_free_cred(fd, cred), SEC_E_OK);
}

TEST_LIMIT(exhausted, 60, "handles run out with a status, and come back when they are freed")
{
	int fd = device_open();
	unsigned int max = device_info(fd).max_handles, n;
	uint64_t *creds = calloc(max + 1, sizeof(*creds));
	struct credssp_ioc_acquire a;

	REQUIRE(creds);
	for (n = 0; n <= max; n++) {
		a = device_acquire_args();
		if (device_acquire(fd, &a) != SEC_E_OK)
			break;
		creds[n] = a.cred;
	}
	CHECK_EQ(n, max);
	CHECK_EQ(a.status, SEC_E_INSUFFICIENT_MEMORY);
	CHECK_EQ(a.cred, 0);
	device_expect_counts(fd, 0, max);
	CHECK_EQ(device_free_cred(fd, creds[0]), SEC_E_OK);
	a = device_acquire_args();
	CHECK_EQ(device_acquire(fd, &a), SEC_E_OK);
	close(fd);
	fd = device_open();
	device_expect_counts(fd, 0, 0);
	free(creds);
}
