// SPDX-License-Identifier: GPL-2.0-only
/*
 * crowd COUNT PASSWORD: COUNT logons at the same time to the server at PEER_PORT, each by a
 * thread of its own. All have their connection before one of them begins. Prints how many
 * succeeded.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define TIMEOUT_MS	60000

/**
 * struct crowd - shared by the threads
 * @fd: of the device
 * @cred: credential
 * @connected: all connections are there
 * @succeeded: number of logons
 */
struct crowd {
	int fd;
	uint64_t cred;
	pthread_barrier_t connected;
	int succeeded;
};

static void *logon(void *arg)
{
	struct crowd *c = arg;
	int sock = sock_peer();

	pthread_barrier_wait(&c->connected);
	if (device_authenticate(c->fd, sock, c->cred, tap_limit(TIMEOUT_MS), NULL) == SEC_E_OK)
		__atomic_add_fetch(&c->succeeded, 1, __ATOMIC_SEQ_CST);
	close(sock);
	return NULL;
}

int main(int argc, char **argv)
{
	int count = argc == 3 ? atoi(argv[1]) : 0, i;
	struct crowd c = {};
	pthread_t *threads;

	if (count <= 0) {
		fputs("usage: crowd COUNT PASSWORD\n", stderr);
		return 64;
	}
	threads = calloc(count, sizeof(*threads));
	REQUIRE(threads);
	c.fd = device_open();
	c.cred = device_cred(c.fd, CREDSSP_MECH_NTLM, argv[2]);
	REQUIRE(!pthread_barrier_init(&c.connected, NULL, count));
	for (i = 0; i < count; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, logon, &c));
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	printf("succeeded=%d\n", c.succeeded);
	return 0;
}
