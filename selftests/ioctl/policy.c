// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy_test: the ioctls of the delegation policy, run by root: the policies that are
 * accepted, the privilege that SET needs, the effect of another namespace's policy, and
 * of a change during an exchange.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#define NOBODY	65534
#define LEGS	40

/**
 * struct patterns - the patterns of POLICY_SET
 * @bytes: each a struct credssp_policy_pattern with its text
 */
struct patterns {
	uint8_t bytes[4096];
	uint32_t length;
	uint32_t count;
};

static void add(struct patterns *p, uint8_t kind, uint8_t list, const char *text)
{
	struct credssp_policy_pattern head = { kind, list, strlen(text) };

	memcpy(p->bytes + p->length, &head, sizeof(head));
	memcpy(p->bytes + p->length + sizeof(head), text, head.length);
	p->length += sizeof(head) + head.length;
	p->count++;
}

static struct credssp_ioc_policy set_args(const struct patterns *p, uint32_t oracle)
{
	return (struct credssp_ioc_policy){
		.size = sizeof(struct credssp_ioc_policy), .status = 0x5a5a5a5a,
		.oracle = oracle, .count = p->count, .length = p->length,
		.patterns = (uintptr_t)p->bytes,
	};
}

/* Return 0 or -errno; @status gets the status. */
static int set(int fd, const struct patterns *p, uint32_t oracle, int32_t *status)
{
	struct credssp_ioc_policy a = set_args(p, oracle);
	int ret = device_call(fd, CREDSSP_IOC_POLICY_SET, &a);

	*status = a.status;
	return ret;
}

static void must_set(int fd, const struct patterns *p, uint32_t oracle)
{
	int32_t status;

	REQUIRE_EQ(set(fd, p, oracle, &status), 0);
	REQUIRE_EQ(status, SEC_E_OK);
}

static int reset(int fd)
{
	struct credssp_ioc_policy a = {
		.size = sizeof(a), .flags = CREDSSP_POLICY_RESET,
	};

	return device_call(fd, CREDSSP_IOC_POLICY_SET, &a) ?: a.status;
}

static struct credssp_ioc_policy get(int fd, uint32_t flags, struct patterns *p)
{
	struct credssp_ioc_policy a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .flags = flags,
		.length = sizeof(p->bytes), .patterns = (uintptr_t)p->bytes,
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_POLICY_GET, &a), 0);
	REQUIRE_EQ(a.status, SEC_E_OK);
	p->length = a.length;
	p->count = a.count;
	return a;
}

static int32_t check(int fd, const char *target, uint32_t flags, uint32_t *version)
{
	struct credssp_ioc_policy_check a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .flags = flags,
		.target = (uintptr_t)target, .target_length = strlen(target),
	};

	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_POLICY_CHECK, &a), 0);
	if (version)
		*version = a.min_version;
	return a.status;
}

/* Run the rest of the test as the user nobody, without any capability. */
static void become_nobody(void)
{
	REQUIRE(!syscall(SYS_setgroups, 0, NULL));
	REQUIRE(!setresgid(NOBODY, NOBODY, NOBODY));
	REQUIRE(!setresuid(NOBODY, NOBODY, NOBODY));
}

TEST(flags, "unknown flags, kinds and a set origin are EINVAL")
{
	static struct patterns none;
	struct credssp_ioc_policy a = set_args(&none, CREDSSP_ORACLE_MITIGATED);
	struct credssp_ioc_policy_check c = { .size = sizeof(c), .flags = 2 };
	int fd = device_open();

	a.flags = 4;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_SET, &a), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_GET, &a), -EINVAL);
	a.flags = CREDSSP_POLICY_INITIAL;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_SET, &a), -EINVAL);
	a.flags = CREDSSP_POLICY_RESET;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_GET, &a), -EINVAL);
	a.flags = 0;
	a.origin = 1;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_SET, &a), -EINVAL);
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_CHECK, &c), -EINVAL);
	c.flags = 0;
	c.kind = CREDSSP_KIND_DEFAULT + 1;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_CHECK, &c), -EINVAL);
}

TEST(broken, "a policy that is not wholly understood is refused and changes nothing")
{
	static struct patterns good, p, now;
	struct credssp_ioc_policy a;
	int fd = device_open();
	int32_t status;
	uint32_t n;

	add(&good, CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW, "WSMAN/*");
	must_set(fd, &good, CREDSSP_ORACLE_FORCE);
	for (n = 0; n < good.length; n++) {
		p = good;
		p.length = n;
		CHECK_EQ(set(fd, &p, 0, &status), 0);
		CHECK_EQ(status, SEC_E_INVALID_PARAMETER);
	}
	CHECK_EQ(set(fd, &good, CREDSSP_ORACLE_VULNERABLE + 1, &status), 0);
	CHECK_EQ(status, SEC_E_INVALID_PARAMETER);
	a = set_args(&good, 0);
	a.rules = 2;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_SET, &a), 0);
	CHECK_EQ(a.status, SEC_E_INVALID_PARAMETER);
	a = set_args(&good, 0);
	a.length = CREDSSP_MAX_POLICY + 1;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_SET, &a), 0);
	CHECK_EQ(a.status, SEC_E_INVALID_PARAMETER);
	a = set_args(&good, 0);
	a.count = ~0u;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_SET, &a), 0);
	CHECK_EQ(a.status, SEC_E_INVALID_PARAMETER);
	a = set_args(&good, 0);
	a.patterns = 8;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_SET, &a), -EFAULT);

	a = get(fd, 0, &now);
	CHECK_EQ(a.oracle, CREDSSP_ORACLE_FORCE);
	CHECK_EQ(a.origin, CREDSSP_POLICY_SET);
	CHECK(now.length == good.length && !memcmp(now.bytes, good.bytes, good.length));
	CHECK_EQ(reset(fd), 0);
}

TEST(room, "GET tells the room that it needs, and RESET goes back to the built-in policy")
{
	static struct patterns p;
	struct credssp_ioc_policy a = { .size = sizeof(a) };
	int fd = device_open();
	uint32_t needed;

	CHECK_EQ(reset(fd), 0);
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_POLICY_GET, &a), 0);
	CHECK_EQ(a.status, SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(a.count, 4);
	needed = a.length;
	a.patterns = (uintptr_t)p.bytes;
	a.length = needed - 1;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_POLICY_GET, &a), 0);
	CHECK_EQ(a.status, SEC_E_BUFFER_TOO_SMALL);
	a.length = needed;
	REQUIRE_EQ(device_call(fd, CREDSSP_IOC_POLICY_GET, &a), 0);
	CHECK_EQ(a.status, SEC_E_OK);
	CHECK_EQ(a.origin, CREDSSP_POLICY_BUILTIN);
	a.patterns = 8;
	CHECK_EQ(device_call(fd, CREDSSP_IOC_POLICY_GET, &a), -EFAULT);
}

TEST(spellings, "a denied host is denied or refused however it is spelled")
{
	static const struct {
		const char *target;
		int32_t status;
	} rows[] = {
		{ "TERMSRV/bad.example", SEC_E_DELEGATION_POLICY },
		{ "termsrv/BAD.Example.:3389/REALM", SEC_E_DELEGATION_POLICY },
		{ "TERMSRV/xn--bcher-kva.example", SEC_E_DELEGATION_POLICY },
		{ "TERMSRV/10.0.0.1:3389", SEC_E_DELEGATION_POLICY },
		{ "TERMSRV/[FE80::1]:3389", SEC_E_DELEGATION_POLICY },
		{ "A b c/bad.example", SEC_E_DELEGATION_POLICY },
		{ "a B c/BAD.example:1", SEC_E_DELEGATION_POLICY },
		{ "A b c/other.example", SEC_E_OK },
		{ "TERMSRV/other.example", SEC_E_OK },
		{ "TERMSRV/ba\302\255d.example", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/ba\342\200\213d.example", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/\357\275\202ad.example", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/bad\343\200\202example", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/b\303\274cher.example", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/bad.example..", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/bad%2eexample", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/10.1", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/167772161", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/0xa.0.0.1", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/012.0.0.1", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/10.0.0.1.", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/::ffff:10.0.0.1", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/[::ffff:a00:1]:3389", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/fe80:0::1", SEC_E_TARGET_UNKNOWN },
		{ "TERMSRV/fe80::1%1", SEC_E_TARGET_UNKNOWN },
		{ "A b c /bad.example", SEC_E_TARGET_UNKNOWN },
		{ " A b c/bad.example", SEC_E_TARGET_UNKNOWN },
		{ "A\tb c/bad.example", SEC_E_TARGET_UNKNOWN },
		{ "A b c/ bad.example", SEC_E_TARGET_UNKNOWN },
	};
	static struct patterns p;
	int fd = device_open();
	size_t i;

	add(&p, CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW_NTLM_ONLY, "*");
	add(&p, CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY, "TERMSRV/bad.example");
	add(&p, CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY, "TERMSRV/xn--bcher-kva.example");
	add(&p, CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY, "TERMSRV/10.0.0.1");
	add(&p, CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY, "TERMSRV/fe80::1");
	add(&p, CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY, "A b c/bad.example");
	must_set(fd, &p, CREDSSP_ORACLE_MITIGATED);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(check(fd, rows[i].target, 0, NULL), rows[i].status);
	CHECK_EQ(reset(fd), 0);
}

TEST(patterns, "a pattern in another spelling than targets have is refused")
{
	static const char *const bad[] = {
		"TERMSRV/b\303\274cher.example", "TERMSRV/*.b\303\274cher.example",
		"TERMSRV/ba\302\255d", "TERMSRV/10.1", "TERMSRV/::ffff:10.0.0.1",
		"TERMSRV/fe80:0::1", "TERMSRV/2001:0db8:*", "TERMSRV/a..b", "host.example",
		"A /host", " A/host", "A/b C/d", "\"A b\"/host", "A/b,C/d",
	};
	static struct patterns p;
	int fd = device_open();
	int32_t status;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		p = (struct patterns){ .count = 0 };
		add(&p, CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY, bad[i]);
		CHECK_EQ(set(fd, &p, CREDSSP_ORACLE_MITIGATED, &status), 0);
		CHECK_EQ(status, SEC_E_INVALID_PARAMETER);
	}
	CHECK_EQ(get(fd, 0, &p).origin, CREDSSP_POLICY_BUILTIN);
}

TEST(unprivileged, "without privilege SET is EPERM, and GET and CHECK work")
{
	static struct patterns p;
	int32_t status;
	int fd;

	become_nobody();
	fd = device_open();
	CHECK_EQ(set(fd, &p, 0, &status), -EPERM);
	CHECK_EQ(reset(fd), -EPERM);
	get(fd, 0, &p);
	CHECK_EQ(check(fd, "TERMSRV/x", 0, NULL), SEC_E_OK);
	CHECK_EQ(check(fd, "HTTP/x", CREDSSP_CHECK_PROVEN, NULL), SEC_E_DELEGATION_POLICY);
	CHECK_EQ(check(fd, "a b", 0, NULL), SEC_E_TARGET_UNKNOWN);
}

TEST(passed_on, "a file that root opened lends no privilege")
{
	static struct patterns p;
	int fd = device_open();
	int32_t status;

	become_nobody();
	CHECK_EQ(set(fd, &p, 0, &status), -EPERM);
}

TEST(handed_up, "a file that another user opened lends no privilege to root")
{
	static struct patterns p;
	int32_t status;
	int fd;

	REQUIRE(!seteuid(NOBODY));
	fd = device_open();
	REQUIRE(!seteuid(0));
	CHECK_EQ(set(fd, &p, 0, &status), -EPERM);
}

/* Enter a new user namespace, made by the user nobody. */
static void own_namespace(void)
{
	become_nobody();
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

TEST(tighten, "a namespace of one's own can only be tightened")
{
	static struct patterns p, all, deny;
	struct credssp_ioc_policy a;
	uint32_t version;
	int fd;

	own_namespace();
	fd = device_open();
	a = get(fd, 0, &p);
	CHECK_EQ(a.origin, CREDSSP_POLICY_INHERITED);
	CHECK_EQ(a.count, 4);

	add(&all, CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW, "*");
	add(&all, CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW_NTLM_ONLY, "*");
	must_set(fd, &all, CREDSSP_ORACLE_VULNERABLE);
	CHECK_EQ(check(fd, "TERMSRV/x", 0, &version), SEC_E_OK);
	CHECK_EQ(version, 5);
	CHECK_EQ(check(fd, "HTTP/x", 0, NULL), SEC_E_DELEGATION_POLICY);
	CHECK_EQ(check(fd, "HTTP/x", CREDSSP_CHECK_PROVEN, NULL), SEC_E_DELEGATION_POLICY);

	add(&deny, CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW, "TERMSRV/*");
	must_set(fd, &deny, CREDSSP_ORACLE_FORCE);
	CHECK_EQ(check(fd, "TERMSRV/x", 0, NULL), SEC_E_POLICY_NLTM_ONLY);
	CHECK_EQ(check(fd, "TERMSRV/x", CREDSSP_CHECK_PROVEN, NULL), SEC_E_OK);
	a = get(fd, CREDSSP_POLICY_INITIAL, &p);
	CHECK_EQ(a.origin, CREDSSP_POLICY_BUILTIN);
	CHECK_EQ(a.oracle, CREDSSP_ORACLE_MITIGATED);
}

TEST(outside, "a namespace's policy applies to no other one, and its root is not root here")
{
	static struct patterns p, none;
	int fd = device_open(), own, status;
	int32_t result;
	pid_t child = fork();

	REQUIRE(child >= 0);
	if (!child) {
		own_namespace();
		own = device_open();
		must_set(own, &none, CREDSSP_ORACLE_FORCE);
		/* @fd was opened outside: it belongs to the initial namespace */
		_exit(set(fd, &p, 0, &result) == -EPERM ? 0 : 1);
	}
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
	CHECK_EQ(get(fd, 0, &p).origin, CREDSSP_POLICY_BUILTIN);
	CHECK_EQ(check(fd, "TERMSRV/x", 0, NULL), SEC_E_OK);
}

TEST_LIMIT(snapshot, 40,
	   "an exchange keeps the policy that it began under; the next has the new one")
{
	static struct patterns none;
	static struct leg leg;
	static uint8_t record[CREDSSP_MAX_TOKEN];
	int fd = device_open(), sock = sock_peer(), i;
	uint64_t cred = device_cred(fd, CREDSSP_MECH_NTLM, PASSWORD), context = 0;
	struct credssp_report report;
	int32_t status = SEC_I_CONTINUE_NEEDED;

	CHECK_EQ(reset(fd), 0);
	for (i = 0; i < LEGS && status == SEC_I_CONTINUE_NEEDED; i++) {
		leg.req = REQ;
		leg.room = sizeof(leg.out);
		status = device_leg(fd, cred, &context, &leg);
		if (!i)
			must_set(fd, &none, CREDSSP_ORACLE_FORCE);
		if (leg.out_len)
			sock_send(sock, leg.out, leg.out_len);
		leg.in = record;
		if (status == SEC_I_CONTINUE_NEEDED)
			leg.in_len = sock_record(sock, record, sizeof(record));
	}
	CHECK_EQ(status, SEC_E_OK);
	CHECK_EQ(device_report(fd, context, &report), SEC_E_OK);
	CHECK(report.facts & CREDSSP_FACT_DELEGATED);
	CHECK_EQ(device_authenticate(fd, sock_peer(), cred, 0, &report),
		 SEC_E_DELEGATION_POLICY);
	CHECK_EQ(report.reason, CREDSSP_REASON_POLICY);
	CHECK_EQ(reset(fd), 0);
	CHECK_EQ(device_authenticate(fd, sock_peer(), cred, 0, &report), SEC_E_OK);
}

TEST(credential, "a credential that opted down is held to a policy that came later")
{
	static struct patterns none;
	struct credssp_ioc_acquire a = device_acquire_args();
	struct credssp_report report;
	int fd = device_open();

	a.min_version = 2;
	REQUIRE_EQ(device_acquire(fd, &a), SEC_E_OK);
	must_set(fd, &none, CREDSSP_ORACLE_FORCE);
	CHECK_EQ(device_authenticate(fd, sock_peer(), a.cred, 0, &report),
		 SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(report.reason, CREDSSP_REASON_VERSION_POLICY);
	CHECK_EQ(report.leg, CREDSSP_LEG_START);
	a = device_acquire_args();
	a.min_version = 2;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_UNSUPPORTED_FUNCTION);
	CHECK_EQ(reset(fd), 0);
}

TEST(no_identity, "a credential without user and key is made, and has nothing to log on with")
{
	struct credssp_ioc_acquire a = device_acquire_args();
	struct credssp_report report;
	int fd = device_open();

	a.user_length = 0;
	CHECK_EQ(device_acquire(fd, &a), SEC_E_NO_CREDENTIALS);
	a.password_length = 0;
	REQUIRE_EQ(device_acquire(fd, &a), SEC_E_OK);
	CHECK_EQ(device_authenticate(fd, sock_peer(), a.cred, 0, &report),
		 SEC_E_NO_CREDENTIALS);
	/* nor has the user tickets */
	CHECK_EQ(report.reason, CREDSSP_REASON_NO_TICKETS);
}

int main(void)
{
	return tap_main(NULL);
}
