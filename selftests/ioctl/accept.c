// SPDX-License-Identifier: GPL-2.0-only
/*
 * accept_test [FILTER]: AcceptSecurityContext through libcredssp, against this module's own
 * client.  credsspd has the account alice and a certificate.
 */
#include <errno.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <credssp.h>

#include "device.h"
#include "pair.h"
#include "tap.h"

#define HELLO		"hello from the client"
#define ANSWER		"hello from the server"

static void say(int from, int to, const char *text)
{
	char got[64];
	size_t n = strlen(text);

	REQUIRE_EQ(credssp_send(from, text, n, 0), n);
	REQUIRE_EQ(credssp_recv(to, got, sizeof(got), 0), n);
	CHECK(!memcmp(got, text, n));
}

static void check_logon(const struct pair *p, uint32_t delegated)
{
	struct credssp_verdict *v;

	REQUIRE_EQ(credssp_query_verdict(p->lib, p->accepted.context, &v), SEC_E_OK);
	CHECK_EQ(v->status, SEC_E_OK);
	CHECK_EQ(v->leg, CREDSSP_LEG_ESTABLISHED);
	CHECK_EQ(v->version, CREDSSP_MAX_VERSION);
	CHECK_EQ(v->mech, CREDSSP_PACKAGE_NTLM);
	CHECK_EQ(v->delegated, delegated);
	CHECK(v->time > 0);
	CHECK(!strcmp((char *)v + v->user_offset, USER));
	CHECK(!strcmp((char *)v + v->account_offset, USER));
	credssp_free_context_buffer(v);
}

TEST(socket_logon, "a client logs on by NTLM on a socket")
{
	struct pair p;
	struct credssp_verdict *v;

	pair_open(&p, PASSWORD);
	pair_sockets(&p, 0);
	CHECK_EQ(p.server_status, SEC_E_OK);
	REQUIRE_EQ(p.client_status, SEC_E_OK);
	CHECK(p.accepted.context_attr & ASC_RET_DELEGATE);
	CHECK(p.accepted.context_attr & ASC_RET_STREAM);
	CHECK(!(p.accepted.context_attr & ASC_RET_MUTUAL_AUTH));
	CHECK_EQ(p.accepted.report.delegated, CREDSSP_DELEGATED_PASSWORD);
	check_logon(&p, CREDSSP_DELEGATED_PASSWORD);
	REQUIRE_EQ(credssp_query_verdict(p.lib, p.accepted.context, &v), SEC_E_OK);
	CHECK_EQ(v->family, AF_INET);
	CHECK_EQ(v->port, p.client_port);
	CHECK(v->address[0] == 127 && v->address[3] == 1 && !v->address[4]);
	credssp_free_context_buffer(v);
	say(p.client, p.server, HELLO);
	say(p.server, p.client, ANSWER);
}

#define DAY		86400LL
/* From 1601, where FILETIME begins, to 1970 */
#define SECONDS_TO_1970	11644473600LL

/* credsspctl cert new makes one for two years. */
TEST(expiry, "the context expires with the server's certificate")
{
	long long left;
	struct pair p;

	pair_open(&p, PASSWORD);
	pair_sockets(&p, 0);
	REQUIRE_EQ(p.server_status, SEC_E_OK);
	left = p.accepted.expiry.utc / 10000000 - SECONDS_TO_1970 - time(NULL);
	CHECK(left > 729 * DAY && left <= 730 * DAY);
}

TEST(socket_wrong_password, "a wrong password: the client is told, and the verdict says so")
{
	struct pair p;
	struct credssp_verdict *v;

	pair_open(&p, "wrong");
	pair_sockets(&p, 0);
	CHECK_EQ(p.server_status, SEC_E_LOGON_DENIED);
	CHECK_EQ(p.client_status, SEC_E_LOGON_DENIED);
	CHECK_EQ(p.client_report.reason, CREDSSP_REASON_ERROR_CODE);
	CHECK_EQ(p.client_report.ntstatus, 0xc000006d);
	CHECK_EQ(p.accepted.report.reason, CREDSSP_REASON_LOGON);
	CHECK_EQ(p.accepted.report.delegated, CREDSSP_DELEGATED_NONE);
	REQUIRE_EQ(credssp_query_verdict(p.lib, p.accepted.context, &v), SEC_E_OK);
	CHECK_EQ(v->status, SEC_E_LOGON_DENIED);
	CHECK_EQ(v->reason, CREDSSP_REASON_LOGON);
	CHECK_EQ(v->ntstatus, 0xc000006d);
	CHECK(!strcmp((char *)v + v->account_offset, USER));
	CHECK(!v->user_length);
	credssp_free_context_buffer(v);
	sock_expect_dead(p.server);
}

TEST(token_logon, "a client logs on by NTLM with tokens")
{
	struct pair p;

	pair_open(&p, PASSWORD);
	pair_tokens(&p, 0, 0);
	CHECK_EQ(p.server_status, SEC_E_OK);
	REQUIRE_EQ(p.client_status, SEC_E_OK);
	check_logon(&p, CREDSSP_DELEGATED_PASSWORD);
}

TEST(token_wrong_password, "a wrong password: the failing call has a token for the client")
{
	struct pair p;

	pair_open(&p, "wrong");
	pair_tokens(&p, 0, 0);
	CHECK_EQ(p.server_status, SEC_E_LOGON_DENIED);
	CHECK_EQ(p.client_status, SEC_E_LOGON_DENIED);
	REQUIRE(p.accepted.context);
	REQUIRE_EQ(credssp_query_report(p.lib, p.client_context, &p.client_report), SEC_E_OK);
	CHECK_EQ(p.client_report.reason, CREDSSP_REASON_ERROR_CODE);
}

TEST(early_auth, "the client waits for the result of the logon, and gets it")
{
	struct pair p;

	pair_open(&p, PASSWORD);
	pair_sockets(&p, CREDSSP_ACCEPT_EARLY_AUTH);
	CHECK_EQ(p.server_status, SEC_E_OK);
	CHECK_EQ(p.client_status, SEC_E_OK);
	CHECK(p.client_report.facts & CREDSSP_FACT_EARLY_AUTH);
	say(p.server, p.client, ANSWER);
}

static long join_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
}

TEST(delivered, "a delegated password becomes a key that nobody reads, and that is revoked")
{
	struct credssp_report report;
	struct pair p;
	char text[300];
	int32_t key, twin;

	REQUIRE(join_keyring() >= 0);
	pair_open(&p, PASSWORD);
	pair_sockets(&p, 0);
	REQUIRE_EQ(p.server_status, SEC_E_OK);
	CHECK_EQ(credssp_deliver_delegated(p.lib, p.accepted.context, KEY_SPEC_SESSION_KEYRING,
					   CREDSSP_DELEGATED_AS_CREDSSP, "HTTP/second", 60, &key),
		 SEC_E_OK);
	REQUIRE(syscall(SYS_keyctl, KEYCTL_DESCRIBE, key, text, sizeof(text)) > 0);
	CHECK(!strncmp(text, "logon;", 6) && strstr(text, ";credssp:HTTP/second"));
	CHECK(syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) == -1);
	/* it can be delivered again, in another form */
	CHECK_EQ(credssp_deliver_delegated(p.lib, p.accepted.context, KEY_SPEC_SESSION_KEYRING,
					   CREDSSP_DELEGATED_AS_CIFS, "192.0.2.7", 60, &twin),
		 SEC_E_OK);
	REQUIRE(syscall(SYS_keyctl, KEYCTL_DESCRIBE, twin, text, sizeof(text)) > 0);
	CHECK(strstr(text, ";cifs:a:192.0.2.7"));
	CHECK_EQ(syscall(SYS_keyctl, KEYCTL_REVOKE, key), 0);
	CHECK_EQ(credssp_deliver_delegated(p.lib, p.accepted.context, KEY_SPEC_SESSION_KEYRING, 7,
					   "HTTP/second", 60, &key), SEC_E_INVALID_PARAMETER);
	CHECK_EQ(credssp_deliver_delegated(p.lib, p.accepted.context, KEY_SPEC_SESSION_KEYRING,
					   CREDSSP_DELEGATED_AS_CREDSSP, "HTTP/second", 0, &key),
		 SEC_E_INVALID_PARAMETER);
	CHECK_EQ(credssp_query_report(p.lib, p.accepted.context, &report), SEC_E_OK);
	CHECK_EQ(credssp_delete_security_context(p.lib, p.accepted.context), SEC_E_OK);
	CHECK_EQ(credssp_deliver_delegated(p.lib, p.accepted.context, KEY_SPEC_SESSION_KEYRING,
					   CREDSSP_DELEGATED_AS_CREDSSP, "HTTP/second", 60, &key),
		 SEC_E_INVALID_HANDLE);
}

static int32_t query_delegated(struct pair *p)
{
	struct credssp_delegated_creds *d;
	void *made;
	uint32_t length;
	int32_t status = credssp_query_alloc(p->lib, p->accepted.context,
					     SECPKG_ATTR_CREDSSP_DELEGATED, &made, &length);

	if (status != SEC_E_OK)
		return status;
	d = made;
	CHECK_EQ(d->kind, CREDSSP_DELEGATED_PASSWORD);
	CHECK(!strcmp((char *)made + d->user_offset, USER));
	CHECK(!strcmp((char *)made + d->secret_offset, PASSWORD));
	credssp_free_context_buffer(made);
	return SEC_E_OK;
}

/* The exit status of a child without privilege that runs @run. */
static int without_privilege(int (*run)(struct pair *), struct pair *p)
{
	pid_t pid = fork();
	int status;

	REQUIRE(pid >= 0);
	if (!pid) {
		if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) ||
		    setresuid(65534, 65534, 65534))
			_exit(99);
		_exit(run(p));
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int cannot_have_the_password(struct pair *p)
{
	return query_delegated(p) != SEC_E_UNSUPPORTED_FUNCTION;
}

TEST(secret, "the password as bytes is for a privileged opener and a privileged task")
{
	struct pair p;

	pair_open(&p, PASSWORD);
	pair_sockets(&p, 0);
	REQUIRE_EQ(p.server_status, SEC_E_OK);
	CHECK_EQ(query_delegated(&p), SEC_E_OK);
	CHECK_EQ(without_privilege(cannot_have_the_password, &p), 0);
}

static struct credssp_ioc_acquire inbound_args(void)
{
	return (struct credssp_ioc_acquire){
		.size = sizeof(struct credssp_ioc_acquire), .use = SECPKG_CRED_INBOUND,
	};
}

/* With the descriptor of its parent, and with its own one */
static int cannot_acquire(struct pair *p)
{
	struct credssp_ioc_acquire a = inbound_args();
	int fd = device_open();

	(void)p;
	if (device_call(fd, CREDSSP_IOC_ACQUIRE, &a) != -EPERM)
		return 1;
	a = inbound_args();
	return device_call(p->server, CREDSSP_IOC_ACQUIRE, &a) != -EPERM;
}

TEST(privilege, "an acceptor's credential is for a privileged opener and a privileged task")
{
	struct credssp_ioc_acquire a = inbound_args();
	struct pair p = { .server = device_open() };

	CHECK_EQ(device_call(p.server, CREDSSP_IOC_ACQUIRE, &a), 0);
	CHECK_EQ(a.status, SEC_E_OK);
	CHECK_EQ(without_privilege(cannot_acquire, &p), 0);
}

/* A server that gives its privilege up goes on with its credential. */
static int accepts_unprivileged(struct pair *p)
{
	pair_sockets(p, 0);
	return p->server_status != SEC_E_OK || p->client_status != SEC_E_OK;
}

TEST(dropped, "a server that has given its privilege up accepts with its credential")
{
	struct pair p;

	pair_open(&p, PASSWORD);
	CHECK_EQ(without_privilege(accepts_unprivileged, &p), 0);
}

TEST(pointers, "a bad pointer is EFAULT, and the call can be repeated")
{
	struct pair p;
	struct credssp_sec_buffer in[2] = { { SECBUFFER_TOKEN, 5, 1 }, { SECBUFFER_EMPTY, 0, 0 } };
	struct credssp_sec_buffer out = { SECBUFFER_TOKEN, 100, 1 };
	struct credssp_ioc_accept a = { .size = sizeof(a) };
	struct credssp_ioc_accept_socket s = { .size = sizeof(s), .__reserved = 1 };
	struct credssp_ioc_delegated d = { .size = sizeof(d), .__reserved = 1 };

	pair_open(&p, PASSWORD);
	a.cred = p.server_cred;
	a.input_count = 2;
	a.input = 1;
	a.output_count = 1;
	a.output = (uintptr_t)&out;
	CHECK_EQ(pair_call(&p, CREDSSP_IOC_ACCEPT, &a), -EFAULT);
	a.input = (uintptr_t)in;
	CHECK_EQ(pair_call(&p, CREDSSP_IOC_ACCEPT, &a), -EFAULT);
	a.flags = 8;
	CHECK_EQ(pair_call(&p, CREDSSP_IOC_ACCEPT, &a), -EINVAL);
	a.flags = 0;
	a.__reserved = 1;
	CHECK_EQ(pair_call(&p, CREDSSP_IOC_ACCEPT, &a), -EINVAL);
	CHECK_EQ(pair_call(&p, CREDSSP_IOC_ACCEPT_SOCKET, &s), -EINVAL);
	s.__reserved = 0;
	s.flags = 8;
	CHECK_EQ(pair_call(&p, CREDSSP_IOC_ACCEPT_SOCKET, &s), -EINVAL);
	CHECK_EQ(pair_call(&p, CREDSSP_IOC_DELEGATED, &d), -EINVAL);
}

TEST(other_side, "the calls of the two sides do not mix")
{
	struct credssp_accept_result result;
	struct credssp_result other;
	uint64_t context = 0;
	struct pair p;

	pair_open(&p, PASSWORD);
	pair_connect(&p);
	CHECK_EQ(credssp_accept_socket(p.lib, p.client_cred, p.server, 0, 0, 0, &result),
		 SEC_E_NO_CREDENTIALS);
	CHECK(!result.context);
	CHECK_EQ(credssp_authenticate_socket(p.lib, p.server_cred, p.client, TARGET, 0, 0, 0,
					     &other), SEC_E_NO_CREDENTIALS);
	CHECK_EQ(credssp_accept_socket(p.lib, NO_SUCH, p.server, 0, 0, 0, &result),
		 SEC_E_INVALID_HANDLE);
	CHECK_EQ(credssp_accept_socket(p.lib, p.server_cred, -1, 0, 0, 0, &result),
		 SEC_E_INVALID_PARAMETER);
	CHECK_EQ(credssp_accept_socket(p.lib, p.server_cred, p.server, ASC_REQ_CONNECTION, 0, 0,
				       &result), SEC_E_UNSUPPORTED_FUNCTION);
	CHECK(!result.context);
	/* none of them has touched the connection */
	REQUIRE_EQ(credssp_attach(p.lib, p.server_cred, p.server, &context), SEC_E_OK);
	CHECK_EQ(credssp_delete_security_context(p.lib, context), SEC_E_OK);
	pair_sockets(&p, 0);
	CHECK_EQ(p.server_status, SEC_E_OK);
}

TEST(silent, "a client that says nothing is gone after its time, and has a verdict")
{
	struct credssp_accept_result result;
	struct credssp_verdict *v;
	struct pair p;

	pair_open(&p, PASSWORD);
	pair_connect(&p);
	CHECK_EQ(credssp_accept_socket(p.lib, p.server_cred, p.server, 0, 0, 300, &result),
		 SEC_E_NO_AUTHENTICATING_AUTHORITY);
	CHECK_EQ(result.report.reason, CREDSSP_REASON_TIMEOUT);
	REQUIRE_EQ(credssp_query_verdict(p.lib, result.context, &v), SEC_E_OK);
	CHECK_EQ(v->reason, CREDSSP_REASON_TIMEOUT);
	credssp_free_context_buffer(v);
}

/* NEGOTIATE of NTLM from @peer, whose client says no more. */
static int32_t half_a_logon(struct pair *p, uint64_t cred, const struct credssp_address *peer)
{
	static unsigned char negotiate[] = "NTLMSSP\0\1\0\0\0\xb7\x82\x08\xe2\0\0\0\0\0\0\0"
					   "\0\0\0\0\0\0\0\0\0\x0a\0\0\0\0\0\0\x0f";
	struct credssp_buffer in = {
		.type = SECBUFFER_TOKEN, .length = sizeof(negotiate) - 1, .data = negotiate,
	};
	struct credssp_buffer_desc input = { SECBUFFER_VERSION, 1, &in };
	struct credssp_buffer out = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc output = { SECBUFFER_VERSION, 1, &out };
	const struct credssp_accept_options options = { .peer = *peer };
	uint64_t context;
	uint32_t attr;
	int32_t status;

	status = credssp_accept_security_context(p->lib, &cred, NULL, &input,
						 ASC_REQ_ALLOCATE_MEMORY, SECURITY_NATIVE_DREP,
						 &context, &output, &attr, NULL, &options);
	credssp_free_context_buffer(out.data);
	return status;
}

TEST_LIMIT(crowd, 60, "the silent clients of one address leave room for those of another")
{
	const struct credssp_acquire args = {
		.use = SECPKG_CRED_INBOUND, .package = CREDSSP_PACKAGE_NTLM,
	};
	struct credssp_address one = { .family = AF_INET, .address = { 192, 0, 2, 1 } };
	struct credssp_address other = { .family = AF_INET6, .address = { 0x20, 1, 0x0d, 0xb8 } };
	uint64_t cred;
	struct pair p;
	int count = 0;

	pair_open(&p, PASSWORD);
	REQUIRE_EQ(credssp_acquire_credentials_handle(p.lib, &args, &cred, NULL), SEC_E_OK);
	while (count <= 512 && half_a_logon(&p, cred, &one) == SEC_I_CONTINUE_NEEDED)
		count++;
	CHECK_EQ(count, 256);
	CHECK_EQ(half_a_logon(&p, cred, &one), SEC_E_INSUFFICIENT_MEMORY);
	CHECK_EQ(half_a_logon(&p, cred, &other), SEC_I_CONTINUE_NEEDED);
	pair_sockets(&p, 0);
	CHECK_EQ(p.server_status, SEC_E_OK);
	CHECK_EQ(p.client_status, SEC_E_OK);
}

struct breaker {
	struct pair *p;
	int32_t (*call)(struct credssp *lib, uint64_t context);
};

/* Ends every context that there may be, for as long as the exchange lasts. */
static void *break_contexts(void *arg)
{
	struct breaker *b = arg;
	uint64_t context;
	int i;

	for (i = 0; i < 200; i++) {
		for (context = 1; context < 40; context++)
			b->call(b->p->lib, context);
		usleep(1000 * (i % 7));
	}
	return NULL;
}

TEST_LIMIT(races, 60, "contexts that another thread cancels or deletes in the middle")
{
	static int32_t (*const calls[])(struct credssp *, uint64_t) = {
		credssp_cancel, credssp_delete_security_context,
	};
	struct breaker b;
	struct pair p;
	pthread_t thread;
	int i;

	for (i = 0; i < 8; i++) {
		pair_open(&p, PASSWORD);
		p.closes = true;
		b = (struct breaker){ &p, calls[i % 2] };
		REQUIRE(!pthread_create(&thread, NULL, break_contexts, &b));
		pair_sockets(&p, 0);
		pthread_join(thread, NULL);
		close(p.client);
		close(p.server);
		credssp_close(p.lib);
	}
	CHECK(i == 8);
}

int main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: accept_test [FILTER]\n");
		return 64;
	}
	return tap_main(argv[1]);
}
