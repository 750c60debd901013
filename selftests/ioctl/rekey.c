// SPDX-License-Identifier: GPL-2.0-only
/*
 * rekey_test [FILTER]: another thread of the process gives kTLS new keys, or takes a
 * KeyUpdate off the socket, while the module runs an exchange on it. kTLS takes new keys
 * of TLS 1.3 from Linux 6.14 on; older kernels answer EBUSY, and the exchange goes on.
 * The peer must speak TLS 1.3 and leave time: tspeer --wrong wait-nego.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <linux/tls.h>

#include <credssp.h>

#include "device.h"
#include "side.h"
#include "tap.h"

#ifndef SOL_TLS
#define SOL_TLS		282
#endif

#define RECORD_HANDSHAKE	22
#define KEY_UPDATE		24	/* msg_type, RFC 8446 4.6.3 */

/* the keys of any of the ciphers */
union keys {
	struct tls_crypto_info info;
	struct tls12_crypto_info_aes_gcm_128 aes128;
	struct tls12_crypto_info_aes_gcm_256 aes256;
	struct tls12_crypto_info_chacha20_poly1305 chacha;
};

/**
 * struct sibling - the other thread
 * @sock: on which the exchange runs
 * @option: TLS_TX or TLS_RX
 * @error: of setsockopt(), 0 when the kernel took the keys
 * @done: the thread has finished its part
 */
struct sibling {
	int sock;
	int option;
	int error;
	bool done;
};

/* True from Linux 6.14 on. */
static bool takes_keys(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;
	int found;

	REQUIRE(!uname(&name));
	found = sscanf(name.release, "%u.%u", &major, &minor);
	REQUIRE_EQ(found, 2);
	return major > 6 || (major == 6 && minor >= 14);
}

/* Wait for the module's keys; false on timeout. */
static bool wait_keys(const struct sibling *s, union keys *keys, socklen_t *size)
{
	static const socklen_t sizes[] = {
		sizeof(keys->aes128), sizeof(keys->aes256), sizeof(keys->chacha),
	};
	long limit = tap_now() + tap_limit(15000);
	size_t i;

	/*
	 * getsockopt() needs the exact size of the cipher's
	 * structure, and fails without keys.
	 */
	while (tap_now() < limit) {
		for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			*size = sizes[i];
			if (!getsockopt(s->sock, SOL_TLS, s->option, keys, size))
				return true;
		}
		sched_yield();
	}
	return false;
}

static void *give_keys(void *arg)
{
	struct sibling *s = arg;
	union keys keys;
	socklen_t size;

	if (!wait_keys(s, &keys, &size))
		return NULL;
	switch (keys.info.cipher_type) {
	case TLS_CIPHER_AES_GCM_128:
		keys.aes128.key[0] ^= 1;
		break;
	case TLS_CIPHER_AES_GCM_256:
		keys.aes256.key[0] ^= 1;
		break;
	default:
		keys.chacha.key[0] ^= 1;
		break;
	}
	s->error = setsockopt(s->sock, SOL_TLS, s->option, &keys, size) ? errno : 0;
	s->done = true;
	return NULL;
}

/* Read up to the KeyUpdate. The messages before it are tickets, which the module can miss. */
static void *take_key_update(void *arg)
{
	struct sibling *s = arg;
	long limit = tap_now() + tap_limit(15000);
	char control[CMSG_SPACE(1)];
	unsigned char data[4096];
	struct cmsghdr *cmsg;
	union keys keys;
	socklen_t size;
	ssize_t n;

	if (!wait_keys(s, &keys, &size))
		return NULL;
	while (tap_now() < limit) {
		struct iovec iov = { data, sizeof(data) };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
				      .msg_control = control,
				      .msg_controllen = sizeof(control) };

		n = recvmsg(s->sock, &msg, MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN)
			break;
		cmsg = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
		if (cmsg && *CMSG_DATA(cmsg) == RECORD_HANDSHAKE && data[0] == KEY_UPDATE)
			break;
		sched_yield();
	}
	s->done = true;
	return NULL;
}

/* Run an exchange while @deed runs in another thread. Return the status. */
static int32_t run_beside(struct sibling *s, void *(*deed)(void *),
			  struct credssp_report *report)
{
	uint64_t cred;
	pthread_t thread;
	int32_t status;
	int fd = device_open();

	cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
	s->sock = sock_peer();
	REQUIRE(!pthread_create(&thread, NULL, deed, s));
	status = device_authenticate(fd, s->sock, cred, 0, report);
	pthread_join(thread, NULL);
	CHECK(s->done);
	device_expect_counts(fd, 0, 1);
	close(fd);
	return status;
}

TEST_LIMIT(rekey_rx, 60, "another receiving key in mid-exchange: a broken record")
{
	struct sibling s = { .option = TLS_RX };
	struct credssp_report report;
	int32_t status = run_beside(&s, give_keys, &report);

	CHECK_EQ(s.error, takes_keys() ? 0 : EBUSY);
	if (s.error) {
		CHECK_EQ(status, SEC_E_OK);
		return;
	}
	CHECK(status < 0);
	CHECK_EQ(report.reason, CREDSSP_REASON_TLS_RECORD);
	CHECK(report.leg < CREDSSP_LEG_CREDS);
	sock_expect_dead(s.sock);
}

TEST_LIMIT(rekey_tx, 60, "another sending key in mid-exchange: the peer ends it, no credentials")
{
	struct sibling s = { .option = TLS_TX };
	struct credssp_report report;
	int32_t status = run_beside(&s, give_keys, &report);

	CHECK_EQ(s.error, takes_keys() ? 0 : EBUSY);
	if (s.error) {
		CHECK_EQ(status, SEC_E_OK);
		return;
	}
	CHECK(status < 0);
	CHECK(report.leg < CREDSSP_LEG_CREDS);
	sock_expect_dead(s.sock);
}

TEST_LIMIT(key_update_taken, 60, "a KeyUpdate that another thread takes: a broken record")
{
	struct sibling s = { .option = TLS_RX };
	struct credssp_report report;

	CHECK(run_beside(&s, take_key_update, &report) < 0);
	CHECK_EQ(report.reason, CREDSSP_REASON_TLS_RECORD);
	CHECK(report.leg < CREDSSP_LEG_CREDS);
	sock_expect_dead(s.sock);
}

TEST(key_update_after, "a KeyUpdate after the exchange: credssp_recv() says so each time")
{
	struct side s;
	char data[16];

	side_open(&s);
	REQUIRE_EQ(credssp_authenticate_socket(s.lib, s.cred, s.sock, TARGET, REQ, 0, 0, NULL),
		   SEC_E_OK);
	CHECK_EQ(credssp_send(s.sock, "echo", 4, 0), 4);
	CHECK_EQ(credssp_recv(s.sock, data, sizeof(data), 0), -1);
	CHECK_EQ(errno, EPROTO);
	/* Older kernels try to open the next record with the old key, which fails. */
	CHECK_EQ(credssp_recv(s.sock, data, sizeof(data), 0), -1);
	CHECK(errno == EPROTO || errno == EBADMSG);
	credssp_close(s.lib);
}

int main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: rekey_test [FILTER]\n");
		return 64;
	}
	return tap_main(argv[1]);
}
