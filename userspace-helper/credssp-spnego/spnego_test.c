// SPDX-License-Identifier: GPL-2.0-only
/* credssp-spnego without a kernel: what it reads, whom it serves, and what it writes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/credssp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../libcredssp/test.h"
#include "answer.h"
#include "description.h"
#include "failure.h"
#include "requester.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define HEAD		"cifs.spnego;0;0;3f010000;"
#define FIELDS		"host=srv.example;ip4=192.0.2.1;sec=krb5;uid=0x3e8;creduid=0x3e9;"

unsigned int test_checks;
unsigned int test_failures;

static void test_good(void)
{
	struct description d;

	CHECK(!description_parse(HEAD "ver=0x2;" FIELDS
				 "user=alice;pid=0x1f;upcall_target=app", &d));
	CHECK(!strcmp(d.host, "srv.example") && !strcmp(d.user, "alice"));
	CHECK(d.creduid == 0x3e9 && d.pid == 0x1f && !d.mskrb5);
	CHECK(!description_parse(HEAD "ver=0x2;host=h;ip6=fe80::1;sec=mskrb5;uid=0x0;pid=0x2", &d));
	CHECK(d.creduid == 0 && d.mskrb5 && !*d.user);
	CHECK(!description_parse(HEAD "ver=0x2;" FIELDS "pid=0x1;later=1", &d));
}

static void test_bad(void)
{
	static const char *const rows[] = {
		"", "cifs.spnego", "user;0;0;3f010000;ver=0x2;" FIELDS "pid=0x1",
		"cifs.spnegox;0;0;0;ver=0x2;" FIELDS "pid=0x1",
		/* of a user's own making, and of one who is root in a namespace */
		"cifs.spnego;1000;1000;3f010000;ver=0x2;" FIELDS "pid=0x1",
		"cifs.spnego;0;1000;3f010000;ver=0x2;" FIELDS "pid=0x1",
		"cifs.spnego;100000;0;3f010000;ver=0x2;" FIELDS "pid=0x1",
		"cifs.spnego;-1;0;0;ver=0x2;" FIELDS "pid=0x1",
		HEAD, HEAD "ver=0x2", HEAD "ver=0x3;" FIELDS "pid=0x1",
		HEAD "ver=2;" FIELDS "pid=0x1", HEAD "ver=0x2;" FIELDS,
		HEAD "ver=0x2;" FIELDS "pid=0x", HEAD "ver=0x2;" FIELDS "pid=0x1g",
		HEAD "ver=0x2;" FIELDS "pid=0x100000001", HEAD "ver=0x2;" FIELDS "pid=0x0",
		HEAD "ver=0x2;" FIELDS "pid=0xffffffff", HEAD "ver=0x2;" FIELDS "pid= 0x1",
		HEAD "ver=0x2;" FIELDS "pid=-1", HEAD "ver=0x2;" FIELDS "pid",
		/* what a semicolon in a name could add */
		HEAD "ver=0x2;" FIELDS "user=a;pid=0x1;pid=0x2",
		HEAD "ver=0x2;" FIELDS "user=a;creduid=0x0;pid=0x2",
		HEAD "ver=0x2;" FIELDS "user=a;uid=0x0;pid=0x2",
		HEAD "ver=0x2;host=a/b;sec=krb5;uid=0x1;pid=0x1",
		HEAD "ver=0x2;host=a b;sec=krb5;uid=0x1;pid=0x1",
		HEAD "ver=0x2;host=;sec=krb5;uid=0x1;pid=0x1",
		HEAD "ver=0x2;host=h@R;sec=krb5;uid=0x1;pid=0x1",
		HEAD "ver=0x2;host=h;sec=ntlmssp;uid=0x1;pid=0x1",
		HEAD "ver=0x2;host=h;sec=krb5;uid=0xffffffff;pid=0x1",
		HEAD "ver=0x2;sec=krb5;uid=0x1;pid=0x1",
		HEAD "ver=0x2;host=h;uid=0x1;pid=0x1",
		HEAD "ver=0x2;host=h;sec=krb5;pid=0x1",
	};
	struct description d;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(description_parse(rows[i], &d));
}

/* Every cut of a good description ends without a read past it, and lacks its task. */
static void test_cuts(void)
{
	static const char whole[] = HEAD "ver=0x2;" FIELDS "user=alice;pid=0x1f";
	struct description d;
	size_t i;

	for (i = 0; i + 3 < sizeof(whole) - 1; i++) {
		char *cut = strndup(whole, i);

		CHECK(description_parse(cut, &d));
		free(cut);
	}
}

static void test_lengths(void)
{
	char text[2 * DESCRIPTION_MAX], name[USER_MAX + 2];
	struct description d;

	memset(name, 'a', sizeof(name));
	name[HOST_MAX] = '\0';
	snprintf(text, sizeof(text), HEAD "ver=0x2;host=%s;sec=krb5;uid=0x1;pid=0x1", name);
	CHECK(!description_parse(text, &d) && strlen(d.host) == HOST_MAX);
	name[HOST_MAX] = 'a';
	name[HOST_MAX + 1] = '\0';
	snprintf(text, sizeof(text), HEAD "ver=0x2;host=%s;sec=krb5;uid=0x1;pid=0x1", name);
	CHECK(description_parse(text, &d));
	memset(name, 'a', sizeof(name));
	name[USER_MAX] = '\0';
	snprintf(text, sizeof(text), HEAD "ver=0x2;" FIELDS "user=%s;pid=0x1", name);
	CHECK(!description_parse(text, &d) && strlen(d.user) == USER_MAX);
	name[USER_MAX] = 'a';
	name[USER_MAX + 1] = '\0';
	snprintf(text, sizeof(text), HEAD "ver=0x2;" FIELDS "user=%s;pid=0x1", name);
	CHECK(description_parse(text, &d));
	memset(text, 'x', sizeof(text));
	memcpy(text, HEAD, strlen(HEAD));
	text[sizeof(text) - 1] = '\0';
	CHECK(description_parse(text, &d));
}

/* A NegTokenInit with an AP-REQ of three bytes, by hand */
static void test_token(void)
{
	static const uint8_t want[] = {
		0x60, 0x20, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02,
		0xa0, 0x16, 0x30, 0x14, 0xa0, 0x0d, 0x30, 0x0b,
		0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02,
		0xa2, 0x03, 0x04, 0x01, 0x55,
	};
	uint8_t out[1 + INIT_ROOM];

	CHECK(negotiate_init("\x55", 1, false, out) == sizeof(want));
	CHECK(!memcmp(out, want, sizeof(want)));
	CHECK(negotiate_init("\x55", 1, true, out) == sizeof(want));
	CHECK(out[23] == 0x82);
}

/* Lengths at which DER's lengths grow, up to the longest token */
static void test_token_lengths(void)
{
	static const size_t lengths[] = { 0x60, 0x7f, 0x80, 0xc0, 0xff, 0x100, 0xff00, BLOB_MAX };
	uint8_t *in = calloc(1, BLOB_MAX), *out = malloc(BLOB_MAX + INIT_ROOM);
	size_t i, total;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		memset(in, (int)i + 1, lengths[i]);
		total = negotiate_init(in, lengths[i], false, out);
		/* The headers of the longest ones take it beyond the limit. */
		CHECK(!!total == (lengths[i] <= BLOB_MAX - INIT_ROOM));
		CHECK(!total || (out[0] == 0x60 && total > lengths[i] &&
				 !memcmp(out + total - lengths[i], in, lengths[i])));
	}
	CHECK(!negotiate_init(in, BLOB_MAX + 1, false, out));
	free(in);
	free(out);
}

static void test_answer(void)
{
	static const uint8_t want[] = {
		2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 'k', 'e', 'y', 'b', 'l', 'o', 'b'
	};
	static uint8_t out[ANSWER_MAX], blob[BLOB_MAX + 1];
	uint32_t first;

	CHECK(answer_build("key", 3, "blob", 4, out) == sizeof(want));
	memcpy(&first, out, sizeof(first));
	CHECK(first == 2);
	CHECK(!memcmp(out + 16, want + 16, 7));
	CHECK(answer_build(blob, KEY_MAX, blob, BLOB_MAX, out) == ANSWER_MAX);
	CHECK(!answer_build(blob, KEY_MAX + 1, blob, 1, out));
	CHECK(!answer_build(blob, 1, blob, BLOB_MAX + 1, out));
	CHECK(!answer_build(blob, 0, blob, 1, out) && !answer_build(blob, 1, blob, 0, out));
}

/* cifs.ko tells the user an expired ticket from a missing one. */
static void test_errors(void)
{
	static const struct {
		int32_t status;
		uint32_t reason;
		int err;
	} rows[] = {
		{ SEC_E_OK, CREDSSP_REASON_NONE, 0 },
		{ SEC_E_NO_CREDENTIALS, CREDSSP_REASON_NONE, ENOKEY },
		{ SEC_E_NO_CREDENTIALS, CREDSSP_REASON_NO_TICKETS, ENOKEY },
		{ SEC_E_NO_CREDENTIALS, CREDSSP_REASON_TICKETS_EXPIRED, EKEYEXPIRED },
		{ SEC_E_NO_CREDENTIALS, CREDSSP_REASON_FOREIGN, EACCES },
		{ SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_NO_KDC, EREMOTEIO },
		{ SEC_E_TARGET_UNKNOWN, CREDSSP_REASON_TARGET_UNKNOWN, EKEYREJECTED },
		{ SEC_E_TIME_SKEW, CREDSSP_REASON_SKEW, EKEYREJECTED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(failure_errno(rows[i].status, rows[i].reason) == rows[i].err);
}

/* A /proc of files, whose namespaces can be other ones */
static char proc[32];
#define TASK	7

static void put(const char *name, const void *text, size_t length)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%d/%s", proc, TASK, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CHECK(fd >= 0 && write(fd, text, length) == (ssize_t)length);
	close(fd);
}

static void put_link(const char *name, const char *to)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%d/%s", proc, TASK, name);
	unlink(path);
	CHECK(!to || !symlink(to, path));
}

static void make_proc(void)
{
	char path[128];

	strcpy(proc, "/tmp/spnego_test.XXXXXX");
	CHECK(mkdtemp(proc));
	snprintf(path, sizeof(path), "%s/%d", proc, TASK);
	CHECK(!mkdir(path, 0700));
	strcat(path, "/ns");
	CHECK(!mkdir(path, 0700));
	put_link("ns/user", "/proc/self/ns/user");
	put_link("ns/mnt", "/proc/self/ns/mnt");
	put_link("ns/net", "/proc/self/ns/net");
	put_link("exe", "/bin/true");
}

static void remove_proc(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", proc);
	CHECK(!system(command));
}

static const char *check_with(const char *uids, bool *own)
{
	char status[128];

	snprintf(status, sizeof(status), "Name:\tx\nUid:\t%s\nGid:\t1\n", uids);
	put("status", status, strlen(status));
	return requester_check(proc, TASK, 1000, false, own);
}

static void test_users(void)
{
	bool own;

	CHECK(!check_with("1000\t1000\t1000\t1000", &own) && own);
	/* mount.cifs of the user, and of root */
	CHECK(!check_with("1000\t0\t0\t0", &own) && !own);
	CHECK(!check_with("0\t0\t0\t0", &own) && !own);
	/* a file server that takes on the user for its file accesses */
	CHECK(!check_with("33\t33\t33\t1000", &own) && !own);
	CHECK(check_with("1001\t1001\t1001\t1001", &own) && !own);
	CHECK(check_with("1000\t1001\t1001\t1001", &own) && !own);
	CHECK(check_with("", &own));
	CHECK(requester_check(proc, TASK + 1, 1000, false, &own));
}

static void test_namespaces(void)
{
	static const char *const names[] = { "ns/user", "ns/mnt", "ns/net" };
	char same[64];
	bool own;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(same, sizeof(same), "/proc/self/%s", names[i]);
		put_link(names[i], "/proc/self/ns/uts");
		CHECK(check_with("1000\t1000\t1000\t1000", &own));
		put_link(names[i], NULL);
		CHECK(check_with("1000\t1000\t1000\t1000", &own));
		put_link(names[i], same);
		CHECK(!check_with("1000\t1000\t1000\t1000", &own));
	}
}

static void test_kernel_threads(void)
{
	bool own;

	put_link("exe", NULL);
	CHECK(check_with("0\t0\t0\t0", &own));
	CHECK(!requester_check(proc, TASK, 1000, true, &own) && !own);
	put_link("exe", "/bin/true");
}

static void test_environment(void)
{
	static const char found[] = "A=b\0KRB5CCNAME=FILE:/tmp/x\0C=d";
	static const char other[] = "XKRB5CCNAME=FILE:/tmp/x\0C=KRB5CCNAME=y";
	char name[CACHE_NAME_MAX + 1], text[CACHE_NAME_MAX + 32];

	put("environ", found, sizeof(found));
	requester_cache(proc, TASK, name);
	CHECK(!strcmp(name, "FILE:/tmp/x"));
	/* without a NUL at the end */
	put("environ", found, sizeof(found) - 5);
	requester_cache(proc, TASK, name);
	CHECK(!strcmp(name, "FILE:/tmp/x"));
	put("environ", other, sizeof(other));
	requester_cache(proc, TASK, name);
	CHECK(!*name);
	memset(text, 'x', sizeof(text));
	memcpy(text, "KRB5CCNAME=", 11);
	put("environ", text, sizeof(text));
	requester_cache(proc, TASK, name);
	CHECK(!*name);
	put("environ", text, 11 + CACHE_NAME_MAX);
	requester_cache(proc, TASK, name);
	CHECK(strlen(name) == CACHE_NAME_MAX);
	requester_cache(proc, TASK + 1, name);
	CHECK(!*name);
}

int main(void)
{
	test_good();
	test_bad();
	test_cuts();
	test_lengths();
	test_token();
	test_token_lengths();
	test_answer();
	test_errors();
	make_proc();
	test_users();
	test_namespaces();
	test_kernel_threads();
	test_environment();
	remove_proc();
	return test_result("credssp-spnego");
}
