// SPDX-License-Identifier: GPL-2.0-only
/*
 * cache_test [FILTER]: TLS sessions that are resumed, and those that are not.
 * Environment: PEER_PORT is a server. SHORT_PORT is a server with the same ticket key,
 * whose tickets live for SHORT_LIFETIME. CHANGED_PORT is a server with the same ticket
 * key and another certificate.
 */
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define OTHER_TARGET	"TERMSRV/other"

/* Seconds, as 98-session-cache.sh sets it: a slow guest needs one for an exchange. */
#define SHORT_LIFETIME	3

static int connect_env(const char *name)
{
	const char *port = getenv(name);

	REQUIRE(port);
	return sock_connect(atoi(port));
}

static struct credssp_report last;

/* One exchange on a socket; its report is in @last. */
static int32_t exchange(int fd, uint64_t cred, const char *port, const char *target)
{
	int sock = connect_env(port);
	struct credssp_ioc_authenticate a = {
		.size = sizeof(a), .fd = sock, .context_req = REQ, .cred = cred,
		.target = (uintptr_t)target, .target_length = strlen(target),
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_AUTHENTICATE, &a), 0);
	close(sock);
	last = a.report;
	return a.status;
}

/* Authenticate. True if the session was resumed. */
static bool resumed(int fd, uint64_t cred, const char *target)
{
	REQUIRE_EQ(exchange(fd, cred, "PEER_PORT", target), SEC_E_OK);
	return last.facts & CREDSSP_FACT_RESUMED;
}

/* The same by tokens. */
static bool resumed_by_tokens(int fd, uint64_t cred)
{
	int sock = sock_peer();
	uint64_t context = exchange_run(fd, cred, sock);

	CHECK_EQ(device_report(fd, context, &last), SEC_E_OK);
	CHECK_EQ(device_delete(fd, context), SEC_E_OK);
	close(sock);
	return last.facts & CREDSSP_FACT_RESUMED;
}

static uint64_t make_cred(int fd)
{
	return device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD);
}

TEST(again, "the next exchange resumes the session, again and again, on both transports")
{
	struct credssp_report first;
	int fd = device_open(), i;
	uint64_t cred = make_cred(fd);

	CHECK(!resumed(fd, cred, TARGET));
	first = last;
	for (i = 0; i < 2; i++) {
		CHECK(resumed(fd, cred, TARGET));
		CHECK(resumed_by_tokens(fd, cred));
	}
	/* The certificate is the same, and its trust was evaluated again. */
	CHECK(!memcmp(first.cert_sha256, last.cert_sha256, sizeof(first.cert_sha256)));
	CHECK_EQ(first.cert_length, last.cert_length);
	CHECK_EQ(first.trust, last.trust);
	CHECK_EQ(first.tls_version, last.tls_version);
	CHECK(last.facts & CREDSSP_FACT_DELEGATED);
	CHECK_EQ(device_free_cred(fd, cred), SEC_E_OK);
	device_expect_counts(fd, 0, 0);
}

TEST(target, "another target name prevents reuse of the session")
{
	int fd = device_open();
	uint64_t cred = make_cred(fd);

	CHECK(!resumed(fd, cred, TARGET));
	CHECK(!resumed(fd, cred, OTHER_TARGET));
	CHECK(resumed(fd, cred, TARGET));
	CHECK(resumed(fd, cred, OTHER_TARGET));
}

TEST(expired, "a session that has expired is not reused")
{
	int fd = device_open();
	uint64_t cred = make_cred(fd);

	CHECK_EQ(exchange(fd, cred, "SHORT_PORT", TARGET), SEC_E_OK);
	CHECK_EQ(exchange(fd, cred, "SHORT_PORT", OTHER_TARGET), SEC_E_OK);
	sleep(SHORT_LIFETIME + 1);
	CHECK_EQ(exchange(fd, cred, "SHORT_PORT", TARGET), SEC_E_OK);
	CHECK(!(last.facts & CREDSSP_FACT_RESUMED));
}

/*
 * Two exchanges in a child. Bit 1: the first one resumed a
 * session; bit 0: the second one did.
 */
static int in_child(int fd, uint64_t cred)
{
	int status;
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (!pid) {
		int first = resumed(fd, cred, TARGET);

		_exit(first << 1 | resumed(fd, cred, TARGET));
	}
	REQUIRE_EQ(waitpid(pid, &status, 0), pid);
	REQUIRE(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST(process, "another process with the same handle does not reuse the session")
{
	int fd = device_open();
	uint64_t cred = make_cred(fd);

	CHECK(!resumed(fd, cred, TARGET));
	CHECK_EQ(in_child(fd, cred), 1);	/* the second one, by the child's own session */
	CHECK_EQ(in_child(fd, cred), 1);
	CHECK(resumed(fd, cred, TARGET));
}

TEST(logon, "another logon session prevents reuse of the session")
{
	int fd = device_open();
	uint64_t cred = make_cred(fd);

	CHECK(!resumed(fd, cred, TARGET));
	REQUIRE(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) >= 0);
	CHECK(!resumed(fd, cred, TARGET));
	CHECK(resumed(fd, cred, TARGET));
}

TEST(credential, "another credential handle prevents reuse of the session")
{
	int fd = device_open();
	uint64_t cred = make_cred(fd), other = make_cred(fd);

	CHECK(!resumed(fd, cred, TARGET));
	CHECK(!resumed(fd, other, TARGET));
	CHECK_EQ(device_free_cred(fd, other), SEC_E_OK);
	CHECK(!resumed(fd, make_cred(fd), TARGET));
	CHECK(resumed(fd, cred, TARGET));
}

/*
 * The server resumes, but has another key. pubKeyAuth binds to the key of the certificate
 * that the session was made with, so that one of the two sides refuses.
 */
TEST(changed, "a resumed session is bound to the key of its own certificate")
{
	int fd = device_open();
	uint64_t cred = make_cred(fd);

	CHECK(!resumed(fd, cred, TARGET));
	CHECK(exchange(fd, cred, "CHANGED_PORT", TARGET) < 0);
	CHECK(last.facts & CREDSSP_FACT_RESUMED);
	CHECK(!(last.facts & CREDSSP_FACT_DELEGATED));
	CHECK_EQ(last.leg, CREDSSP_LEG_PUBKEY);
	/* That session is not tried again. */
	CHECK_EQ(exchange(fd, cred, "CHANGED_PORT", TARGET), SEC_E_OK);
	CHECK(!(last.facts & CREDSSP_FACT_RESUMED));
}

TEST(many, "more sessions than are kept")
{
	int fd = device_open(), i;
	uint64_t cred = make_cred(fd);
	char target[32];

	for (i = 0; i < 10; i++) {
		snprintf(target, sizeof(target), "TERMSRV/server%d", i);
		CHECK(!resumed(fd, cred, target));
	}
	CHECK(!resumed(fd, cred, "TERMSRV/server0"));
	CHECK(resumed(fd, cred, "TERMSRV/server9"));
}

/* For a run with the cache switched off, or with a helper that gives invalid sessions. */
TEST(never, "every handshake is a full one")
{
	int fd = device_open();
	uint64_t cred = make_cred(fd);

	CHECK(!resumed(fd, cred, TARGET));
	CHECK(!resumed_by_tokens(fd, cred));
	CHECK(!resumed(fd, cred, TARGET));
}

int main(int argc, char **argv)
{
	return tap_main(argc > 1 ? argv[1] : NULL);
}
