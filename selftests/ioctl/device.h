/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/credssp by ioctl(2), without libcredssp, and sockets for it. */
#ifndef SELFTESTS_DEVICE_H
#define SELFTESTS_DEVICE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/credssp.h>

#define USER		"alice"
#define PASSWORD	"Passw0rd!"
#define TARGET		"TERMSRV/localhost"

/* A number that is never a handle. */
#define NO_SUCH		0x7ffffffful

/* These end the test on failure. */
int device_open(void);
uint64_t device_cred(int fd, uint32_t mech, const char *password);
struct credssp_ioc_info device_info(int fd);
/* Wait until this user has @contexts and @credentials; after some seconds the test fails. */
void device_expect_counts(int fd, unsigned int contexts, unsigned int credentials);
void device_need_helper(int fd);
/*
 * Wait until the thread *@tid sleeps for a socket in a call of the module; after some
 * seconds the test fails. *@tid may be set meanwhile.
 */
void device_expect_sleep(const pid_t *tid);

/* Return 0 or -errno of the ioctl; a status is in the structure. */
int device_call(int fd, unsigned long nr, void *args);
/* The ioctl's result must be 0. Return its status. */
int32_t device_acquire(int fd, struct credssp_ioc_acquire *a);
int32_t device_free_cred(int fd, uint64_t cred);
int32_t device_delete(int fd, uint64_t context);
int32_t device_report(int fd, uint64_t context, struct credssp_report *report);
int32_t device_authenticate(int fd, int sock, uint64_t cred, uint32_t timeout_ms,
			    struct credssp_report *report);
struct credssp_ioc_acquire device_acquire_args(void);

/**
 * struct leg - one call of INIT on the token transport
 * @req: ISC_REQ_* of a first call, and of the later ones
 * @target: NULL: TARGET
 * @in, @in_len: token, NULL on a first call
 * @out: room of @room bytes
 * @out_len: out: bytes made or needed
 * @extra, @missing, @attr, @expiry, @reason: out
 */
struct leg {
	uint32_t req;
	const char *target;
	const void *in;
	uint32_t in_len;
	uint8_t out[CREDSSP_MAX_TOKEN];
	uint32_t room;
	uint32_t out_len;
	uint32_t extra;
	uint32_t missing;
	uint32_t attr;
	uint64_t expiry;
	uint32_t reason;
};

int32_t device_leg(int fd, uint64_t cred, uint64_t *context, struct leg *leg);

/* Delegation of the password, as RDP does. */
#define REQ	(ISC_REQ_DELEGATE | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | \
		 ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)

/* sock.c; the peer's port is in the environment: PEER_PORT */
int sock_peer(void);
int sock_silent(void);
int sock_listening(uint16_t *port);
int sock_connect(uint16_t port);
void sock_send(int sock, const void *p, size_t len);
/* One TLS record, header included. */
size_t sock_record(int sock, uint8_t *buf, size_t room);
/* Expect that neither direction carries data. */
void sock_expect_dead(int sock);

/* exchange.c: a whole exchange with the peer by tokens. Return the context. */
uint64_t exchange_run(int fd, uint64_t cred, int sock);

/* The end of a page; the page behind it is not mapped. */
uint8_t *device_page_end(void);

#endif
