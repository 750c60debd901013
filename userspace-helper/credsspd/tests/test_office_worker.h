/* SPDX-License-Identifier: GPL-2.0-only */
/* Workers and a relay of the ticket office for its test, which do what a script says. */
#ifndef CREDSSPD_TEST_OFFICE_WORKER_H
#define CREDSSPD_TEST_OFFICE_WORKER_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

/* Workers that a test can name: the first byte of a request's bindings */
#define TAGS		256
#define SECRET_SIZE	48
#define NAME_SIZE	64
/* Groups of requesters but STRANGER, who has none: others than the user database has */
#define USER_GID	4321
#define USER_GROUPS	3
#define USER_GROUP(i)	(5000u + (i))

/* What is wrong with a worker's sandbox: bits of @error in its reply */
enum {
	WRONG_FILES = 1 << 0,		/* open descriptors */
	WRONG_STATUS = 1 << 1,		/* capabilities, filter, no_new_privs */
	WRONG_USER = 1 << 2,		/* uids, gids, groups */
	WRONG_ENVIRONMENT = 1 << 3,	/* variables, directory, umask, session, signals */
	WRONG_NETWORK = 1 << 4,		/* sockets, namespace */
	WRONG_PROCESSES = 1 << 5,	/* other programs and processes */
	WRONG_DUMPS = 1 << 6,		/* dumpable, death signal */
	WRONG_LIMITS = 1 << 7,
	WRONG_ACCESS = 1 << 8,		/* a file of another user */
	WRONG_MEMORY = 1 << 9,		/* another requester's password */
	WRONG_KEYRINGS = 1 << 10,
};

/* What a worker reaches by its session keyring: bits of @error in its reply */
enum {
	SESSION_LENT = 1 << 0,		/* SESSION_KEY */
	SESSION_OF_USER = 1 << 1,	/* what is in the user-session keyring of its user */
	SESSION_LOOSE = 1 << 2,		/* it can link it, or change its permissions */
};

#define SESSION_KEY	"credssp-office-session"

/**
 * struct shared - what all processes see
 * @pid: the worker of each tag
 * @office: its parent
 * @started: workers so far
 * @order: their tags in the order of their start
 * @relay: the relay
 * @relay_wrong: what is wrong with it
 * @connections: descriptors that it got
 * @reloads: signals that it got
 * @gate: each post lets one worker pass
 * @secret: password of a request that waits
 * @private: a file that only root can read
 * @network: name of the test's network namespace
 * @relay_uid: the relay's user
 */
extern struct shared {
	pid_t pid[TAGS];
	pid_t office;
	atomic_uint started;
	uint8_t order[1024];
	pid_t relay;
	unsigned int relay_wrong;
	atomic_uint connections;
	atomic_uint reloads;
	sem_t gate;
	uint8_t secret[SECRET_SIZE];
	char private[NAME_SIZE];
	char network[NAME_SIZE];
	uid_t relay_uid;
} *shared;

/* A user with groups, and one without */
enum { USER = 1, STRANGER = 54321 };

/* The name of this process's network namespace */
void read_network(char name[NAME_SIZE]);
int test_office_work(int fd, int relay, const char *conf);
int test_office_relay(int fd, int kdcs, const char *conf);

#endif
