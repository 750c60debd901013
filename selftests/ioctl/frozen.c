// SPDX-License-Identifier: GPL-2.0-only
/*
 * frozen: an exchange waits for a silent server, and a second thread waits for the same
 * context. Prints "ready" when both wait. At SIGUSR1 the server closes the connection,
 * and the results of both calls are printed. For tests that freeze this process.
 */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

/**
 * struct waiter - a thread in a call of INIT
 * @thread: the thread
 * @fd: of the device
 * @cred: credential
 * @context: both threads' context
 * @status: out
 */
struct waiter {
	pthread_t thread;
	int fd;
	uint64_t cred;
	uint64_t context;
	int32_t status;
};

static void *waiter_run(void *arg)
{
	struct waiter *w = arg;
	struct credssp_ioc_init a = {
		.size = sizeof(a), .context_req = REQ, .data_rep = SECURITY_NATIVE_DREP,
		.target = (uintptr_t)TARGET, .target_length = strlen(TARGET),
		.cred = w->cred, .context = w->context,
	};

	REQUIRE_EQ(device_call(w->fd, CREDSSP_IOC_INIT, &a), 0);
	w->status = a.status;
	return NULL;
}

int main(void)
{
	struct credssp_ioc_socket attach = { .size = sizeof(attach) };
	static uint8_t hello[CREDSSP_MAX_TOKEN];
	struct waiter first = { .fd = device_open() }, second;
	int listener, server, number;
	sigset_t go;
	uint16_t port;

	sigemptyset(&go);
	sigaddset(&go, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &go, NULL);
	first.cred = device_cred(first.fd, CREDSSP_MECH_NTLM, PASSWORD);
	listener = sock_listening(&port);
	attach.cred = first.cred;
	attach.fd = sock_connect(port);
	server = accept(listener, NULL, NULL);
	REQUIRE(server >= 0);
	REQUIRE_EQ(device_call(first.fd, CREDSSP_IOC_ATTACH, &attach), 0);
	REQUIRE_EQ(attach.status, SEC_E_OK);
	first.context = attach.context;
	second = first;
	REQUIRE(!pthread_create(&first.thread, NULL, waiter_run, &first));
	/* After its ClientHello the first thread waits for the server. */
	sock_record(server, hello, sizeof(hello));
	REQUIRE(!pthread_create(&second.thread, NULL, waiter_run, &second));
	/* until the second thread sleeps as well */
	usleep(tap_slow(300) * 1000);
	printf("ready\n");
	fflush(stdout);
	REQUIRE(!sigwait(&go, &number));
	close(server);
	pthread_join(first.thread, NULL);
	pthread_join(second.thread, NULL);
	printf("first=0x%08" PRIx32 " second=0x%08" PRIx32 "\n", (uint32_t)first.status,
	       (uint32_t)second.status);
	return 0;
}
