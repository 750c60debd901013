// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "certs/keyring.h"
#include "keeper/keeper_impl.h"
#include "test_worker.h"

const char *const *scripts[USERS];
struct shared *shared;

/* What an answer has: the name that was asked for. */
static bool answer(int fd, const struct keeper_request *rq, uint32_t id, int error)
{
	struct {
		struct keeper_answer head;
		char name[sizeof(rq->name)];
	} a = { .head = { .id = id, .error = error } };
	size_t length = sizeof(a.head) + (error ? 0 : strlen(rq->name));

	memcpy(a.name, rq->name, sizeof(a.name));
	return write(fd, &a, length) == (ssize_t)length;
}

static bool answer_too_long(int fd, const struct keeper_request *rq)
{
	static uint8_t packet[KEEPER_ANSWER_MAX + 1];

	memcpy(packet, &rq->id, sizeof(rq->id));
	return write(fd, packet, sizeof(packet)) == sizeof(packet);
}

/* Are @fd and the standard ones all that is open? */
static bool has_nothing_else(int fd)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *d;
	bool other = false;

	while (dir && (d = readdir(dir))) {
		int n = atoi(d->d_name);

		other |= *d->d_name != '.' && n > STDERR_FILENO && n != fd && n != dirfd(dir);
	}
	return dir && !other;
}

/* One step of the script; false: it ends. */
static bool act(int fd, char what, const struct keeper_request *rq)
{
	char end;

	switch (what) {
	case 'g':	/* waits at the gate before it looks */
		return !sem_wait(&shared->gate);
	case 'a':	/* answers */
		return answer(fd, rq, rq->id, 0);
	case 'n':	/* has no such thing */
		return answer(fd, rq, rq->id, ENOENT);
	case 'o':	/* answers what another user was asked */
		return answer(fd, rq, rq->id + 1, 0);
	case 'u':	/* answers twice */
		return answer(fd, rq, rq->id, 0) && answer(fd, rq, rq->id, 0);
	case 'x':	/* sends an invalid packet */
		return write(fd, "x", 1) == 1;
	case 'm':	/* sends an invalid errno */
		return answer(fd, rq, rq->id, KEEPER_ERROR_MAX + 1);
	case 'l':	/* more than fits */
		return answer_too_long(fd, rq);
	case 'f':	/* looks for what it has inherited */
		return answer(fd, rq, rq->id, has_nothing_else(fd) ? 0 : EPERM);
	case 'c':	/* closes its side when it is retired, but does not end */
		while (read(fd, &end, sizeof(end)) > 0)
			;
		close(fd);
		for (;;)
			pause();
	case 'h':	/* hangs, and does not hear */
		for (;;)
			pause();
	default:
		return false;
	}
}

int keeper_work(int fd, const char *directory, uint32_t uid)
{
	const unsigned int start = shared->started[uid]++;
	struct keeper_request rq = { 0 };
	const char *script = "";

	shared->pid[uid] = getpid();
	shared->keeper = getppid();
	if (strcmp(directory, "directory"))
		return EXIT_FAILURE;
	for (unsigned int i = 0; scripts[uid] && scripts[uid][i] && i <= start; i++)
		script = scripts[uid][i];
	for (; *script; script++) {
		if (!strchr("cg", *script) && read(fd, &rq, sizeof(rq)) < (ssize_t)sizeof(rq))
			return EXIT_FAILURE;
		if (!act(fd, *script, &rq))
			return EXIT_FAILURE;
	}
	while (read(fd, &rq, sizeof(rq)) >= (ssize_t)sizeof(rq)) {
		if (rq.uid != uid || !answer(fd, &rq, rq.id, 0))
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

bool keyring_has_user(const char *directory, uint32_t uid)
{
	return !strcmp(directory, "directory") && uid < USERS;
}
