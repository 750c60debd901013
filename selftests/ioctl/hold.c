// SPDX-License-Identifier: GPL-2.0-only
/*
 * hold WHAT COUNT: makes up to COUNT objects of a kind, prints how many it got and
 * the last status, and keeps them until it is killed. WHAT:
 *   credentials   with a short password
 *   large         credentials with a password of the maximum length
 *   contexts      on a socket, before the first call
 *   handshakes    token contexts whose handshake has begun
 *   storm         handshakes, begun at the same time by a thread each
 *   waiting       handshakes that stop when the server at PEER_PORT asks for a client
 *                 certificate
 *   info          none; prints this user's numbers of CREDSSP_IOC_INFO
 * When an open file is full, another one is opened: the tests are for the user's limit.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

/* Fewer than one open file may hold, credentials included */
#define PER_FILE	4000

static char password[CREDSSP_MAX_PASSWORD];

static int32_t credential(int fd, uint32_t length)
{
	struct credssp_ioc_acquire a = device_acquire_args();

	a.password = (uintptr_t)password;
	a.password_length = length;
	return device_acquire(fd, &a);
}

static int32_t short_credential(int fd, uint64_t unused)
{
	(void)unused;
	return credential(fd, 9);
}

static int32_t large_credential(int fd, uint64_t unused)
{
	(void)unused;
	return credential(fd, sizeof(password));
}

static int32_t attached(int fd, uint64_t cred)
{
	static int sock = -1;
	struct credssp_ioc_socket a = { .size = sizeof(a), .cred = cred };

	if (sock < 0)
		sock = sock_silent();
	a.fd = sock;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_ATTACH, &a), 0);
	return a.status;
}

static int32_t handshake(int fd, uint64_t cred)
{
	struct leg *leg = calloc(1, sizeof(*leg));
	uint64_t context = 0;
	int32_t status;

	REQUIRE(leg);
	leg->req = REQ;
	leg->room = sizeof(leg->out);
	status = device_leg(fd, cred, &context, leg);
	free(leg);
	return status == SEC_I_CONTINUE_NEEDED ? SEC_E_OK : status;
}

/**
 * struct storm - shared by the threads of a storm
 * @fd: of the device
 * @cred: credential
 * @got: handshakes that began
 * @status: of the last one that failed
 */
struct storm {
	int fd;
	uint64_t cred;
	int got;
	int32_t status;
};

static void *storm_run(void *arg)
{
	struct storm *s = arg;
	int32_t status = handshake(s->fd, s->cred);

	if (status == SEC_E_OK)
		__atomic_add_fetch(&s->got, 1, __ATOMIC_SEQ_CST);
	else
		__atomic_store_n(&s->status, status, __ATOMIC_SEQ_CST);
	return NULL;
}

static int32_t storm(int count, int *got)
{
	struct storm s = { .fd = device_open() };
	pthread_t *threads = calloc(count, sizeof(*threads));
	int i;

	REQUIRE(threads);
	s.cred = device_cred(s.fd, CREDSSP_MECH_NTLM, PASSWORD);
	for (i = 0; i < count; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, storm_run, &s));
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	*got = s.got;
	return s.status;
}

#define MAX_LEGS	20

static int32_t waiting(int fd, uint64_t cred)
{
	static struct leg leg;
	static uint8_t record[CREDSSP_MAX_TOKEN];
	int sock = sock_peer(), i;
	uint64_t context = 0;
	int32_t status = SEC_I_CONTINUE_NEEDED;

	memset(&leg, 0, sizeof(leg));
	leg.req = REQ;
	for (i = 0; i < MAX_LEGS && status == SEC_I_CONTINUE_NEEDED; i++) {
		if (i) {
			leg.in = record;
			leg.in_len = sock_record(sock, record, sizeof(record));
		}
		leg.room = sizeof(leg.out);
		status = device_leg(fd, cred, &context, &leg);
		if (status >= 0 && leg.out_len)
			sock_send(sock, leg.out, leg.out_len);
	}
	return status == SEC_I_INCOMPLETE_CREDENTIALS ? SEC_E_OK : status;
}

static const struct kind {
	const char *name;
	int32_t (*make)(int fd, uint64_t cred);
	bool needs_cred;
} kinds[] = {
	{ "credentials", short_credential, false },
	{ "large", large_credential, false },
	{ "contexts", attached, true },
	{ "handshakes", handshake, true },
	{ "storm", NULL, true },
	{ "waiting", waiting, true },
};

static const struct kind *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static int32_t make_up_to(const struct kind *kind, int count, int *got)
{
	int32_t status = SEC_E_OK;
	uint64_t cred = 0;
	int fd = -1;

	while (*got < count && status == SEC_E_OK) {
		if (*got % PER_FILE == 0) {
			fd = device_open();
			cred = kind->needs_cred ? device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD) : 0;
		}
		status = kind->make(fd, cred);
		*got += status == SEC_E_OK;
	}
	return status;
}

static void tell_info(void)
{
	struct credssp_ioc_info info = device_info(device_open());

	printf("flags=%" PRIu32 " own=%" PRIu32 ",%" PRIu32 ",%llu all=%" PRIu32 ",%" PRIu32
	       ",%llu since=%llu,%llu,%llu max=%lld,%lld,%lld\n", info.flags, info.own_contexts,
	       info.own_credentials, (unsigned long long)info.own_buffer_bytes, info.contexts,
	       info.credentials, (unsigned long long)info.buffer_bytes,
	       (unsigned long long)info.established, (unsigned long long)info.failed,
	       (unsigned long long)info.refused, (long long)info.max_contexts,
	       (long long)info.max_credentials, (long long)info.max_buffer_bytes);
}

int main(int argc, char **argv)
{
	const struct kind *kind = argc == 3 ? find(argv[1]) : NULL;
	int32_t status;
	int got = 0;

	if (argc == 2 && !strcmp(argv[1], "info")) {
		tell_info();
		return 0;
	}
	if (!kind) {
		fputs("usage: hold credentials|large|contexts|handshakes|storm|waiting COUNT\n",
		      stderr);
		return 64;
	}
	memset(password, 'x', sizeof(password));
	/*
	 * Print and lock the pages now: later the cgroup may have
	 * no memory left for the output.
	 */
	puts("begins");
	fflush(stdout);
	if (mlockall(MCL_CURRENT))
		puts("not locked");
	status = kind->make ? make_up_to(kind, atoi(argv[2]), &got) :
			      storm(atoi(argv[2]), &got);
	printf("got=%d status=0x%08" PRIx32 "\n", got, (uint32_t)status);
	fflush(stdout);
	pause();
	return 1;
}
