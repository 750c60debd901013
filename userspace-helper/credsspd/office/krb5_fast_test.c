// SPDX-License-Identifier: GPL-2.0-only
/*
 * FAST: ticket office, armorer and workers together, with a KDC of MIT that gives a ticket for
 * ARMORED to those only who came in armor.
 */
#include <dirent.h>
#include <poll.h>
#include <stdalign.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/credssp.h>
#include "base/log.h"
#include "krb5/krb5_armor.h"
#include "krb5/krb5_armorer.h"
#include "krb5/krb5_relay.h"
#include "krb5/krb5_work.h"
#include "office.h"
#include "tests/test.h"
#include "tests/test_kdc.h"
#include "tests/test_office.h"

#define HOST		"TERMSRV/host.test"
#define ARMORED		"TERMSRV/armored.test"
#define REPLY_MS	60000
#define ALICE		54321
/* KDC_ERR_POLICY: the ticket lacks the indicator that the service demands. */
#define POLICY		12
/* Descriptors of a worker: standard ones, office, relay, the directory that counts them */
#define DESCRIPTORS	6

/* What the KDC has logged of an attempt in armor */
#define WRONG_IN_ARMOR	"preauth (encrypted_challenge) verify failure"
#define WRONG_WITHOUT	"preauth (encrypted_timestamp) verify failure"

static struct office *office;
static uint64_t conversation;
static alignas(8) uint8_t request[CREDSSP_HLP_MAX_MESSAGE];
static alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];
static const struct credssp_hlp_header *const head = (const void *)reply;
static const struct credssp_hlp_krb5_reply *const body = (const void *)(reply + sizeof(*head));

static int count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (!d)
		return -1;
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* A worker in armor is not root, nor the requester, and cannot read the host's keys. */
static int work_armored(int fd, int relay, const char *conf, bool required)
{
	if (!geteuid() || !getuid() || geteuid() == ALICE || !access(test_kdc_path("k"), R_OK))
		return EXIT_FAILURE;
	return krb5_work_armored(fd, relay, conf, required);
}

/* One of the requester has no way to the host's ticket. */
static int work_bare(int fd, int relay, const char *conf)
{
	if (geteuid() != ALICE || count_descriptors() != DESCRIPTORS)
		return EXIT_FAILURE;
	return krb5_work(fd, relay, conf);
}

/* The armorer reads the keytab as root, and cannot read it when it serves. */
static int serve(int fd, int relay, const char *conf)
{
	if (!geteuid() || !access(test_kdc_path("k"), R_OK))
		return EXIT_FAILURE;
	return krb5_armorer_serve(fd, relay, conf);
}

static uint32_t begin(const struct test_ask *a)
{
	struct pollfd p = { .fd = office_fd(office), .events = POLLIN };
	const size_t payload = test_office_make(request + sizeof(*head), a);
	const struct credssp_hlp_header hdr = {
		.length = sizeof(hdr) + payload, .opcode = CREDSSP_HLP_KRB5_INIT, .id = 1,
		.conversation = ++conversation, .uid = ALICE, .owner = ALICE,
	};
	size_t length = 0;

	memcpy(request, &hdr, sizeof(hdr));
	ENSURE(!office_request(office, request, hdr.length));
	while (!length) {
		ENSURE(poll(&p, 1, REPLY_MS) == 1);
		ENSURE(!office_receive(office, reply, sizeof(reply), &length));
	}
	ENSURE(head->conversation == conversation && !head->error);
	log_debug("test: state %u, failure %u, error %u, %u messages", body->state,
		  body->failure, body->error, body->kdc_messages);
	return body->state;
}

/* alice's exchange by password: its state */
static uint32_t ask(const char *password, const char *target)
{
	const struct test_ask a = {
		.source = CREDSSP_HLP_KRB5_PASSWORD, .user = "alice", .password = password,
		.target = target,
	};

	return begin(&a);
}

static void good(const char *password, const char *target)
{
	ENSURE(ask(password, target) == CREDSSP_HLP_KRB5_CONTINUE);
}

static void bad(const char *password, const char *target, uint32_t failure, uint32_t error)
{
	ENSURE(ask(password, target) == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(body->failure == failure && body->error == error);
}

/* ---- what is done with each setup: in a process of its own -------------------------- */

static void in_armor(void)
{
	good("secret", ARMORED);
	good("secret", HOST);
	bad("wrong", ARMORED, CREDSSP_HLP_KRB5_FAIL_PASSWORD, 24);
}

static void in_armor_once(void)
{
	good("secret", ARMORED);
}

static void without(void)
{
	good("secret", HOST);
	bad("secret", ARMORED, CREDSSP_HLP_KRB5_FAIL_KDC, POLICY);
	bad("wrong", ARMORED, CREDSSP_HLP_KRB5_FAIL_PASSWORD, 24);
}

static void no_armor(void)
{
	bad("secret", HOST, CREDSSP_HLP_KRB5_FAIL_OTHER, 0);
	/* The password was not used. */
	ENSURE(!body->kdc_messages);
}

static void no_kdc(void)
{
	bad("secret", HOST, CREDSSP_HLP_KRB5_FAIL_NO_KDC, 0);
}

static void cache_and_certificate(void)
{
	const struct test_ask a = {
		.source = CREDSSP_HLP_KRB5_CCACHE, .flags = CREDSSP_HLP_KRB5_LOCAL,
		.tickets = test_kdc_path("alice"), .target = HOST,
	};

	good("secret", ARMORED);
	ENSURE(begin(&a) == CREDSSP_HLP_KRB5_CONTINUE);
}

/* The keytab is replaced: the next armorer reads it again. */
static void reload(void)
{
	bad("secret", HOST, CREDSSP_HLP_KRB5_FAIL_OTHER, 0);
	ENSURE(!rename(test_kdc_path("k"), test_kdc_path("later")));
	office_reload(office);
	/* The old armorer ends, and a worker without one says so. */
	for (int i = 0; i < 100; i++) {
		if (ask("secret", ARMORED) == CREDSSP_HLP_KRB5_CONTINUE)
			return;
		usleep(100000);
	}
	ENSURE(false);
}

static const struct row {
	const char *name;
	const char *keytab;
	const char *ccache;
	bool required;
	bool stopped;
	void (*run)(void);
	const char *logged;
	const char *not_logged;
} rows[] = {
	{ "a keytab", "k", NULL, false, false, in_armor, WRONG_IN_ARMOR, WRONG_WITHOUT },
	{ "a keytab, required", "k", NULL, true, false, in_armor, WRONG_IN_ARMOR,
	  WRONG_WITHOUT },
	{ "a cache", NULL, "host", false, false, in_armor, WRONG_IN_ARMOR, WRONG_WITHOUT },
	{ "a cache, required", NULL, "host", true, false, in_armor_once, NULL, NULL },
	{ "neither", NULL, NULL, false, false, without, WRONG_WITHOUT, WRONG_IN_ARMOR },
	{ "no such keytab", "none", NULL, false, false, without, WRONG_WITHOUT, WRONG_IN_ARMOR },
	{ "no such keytab, required", "none", NULL, true, false, no_armor, NULL, "alice@" },
	{ "an old keytab", "old", NULL, false, false, without, NULL, NULL },
	{ "an old keytab, required", "old", NULL, true, false, no_armor, NULL, "alice@" },
	{ "an expired cache", NULL, "short", false, false, without, NULL, NULL },
	{ "an expired cache, required", NULL, "short", true, false, no_armor, NULL, "alice@" },
	{ "no KDC, required", "k", NULL, true, true, no_kdc, NULL, NULL },
	{ "workers without passwords", "k", NULL, false, false, cache_and_certificate, NULL,
	  NULL },
	{ "a keytab that is replaced", "later", NULL, true, false, reload, NULL, NULL },
};

static void run_in_child(const struct row *r)
{
	static struct office_fast fast = {
		.packet = sizeof(struct krb5_armor_ticket) + KRB5_ARMOR_TICKET_MAX,
		.load = krb5_armorer_load, .serve = serve, .work = work_armored,
	};
	struct office_setup setup = {
		.conf = test_kdc_conf(), .user = "nobody", .work = work_bare,
		.relay = krb5_relay, .fast = &fast,
	};

	fast.keytab = r->keytab ? test_kdc_path(r->keytab) : NULL;
	fast.ccache = r->ccache ? test_kdc_path(r->ccache) : NULL;
	fast.required = r->required;
	if (!r->keytab && !r->ccache) {
		setup.fast = NULL;
		setup.work = krb5_work;
	}
	office = office_start(&setup);
	ENSURE(office);
	r->run();
	office_stop(office);
	exit(EXIT_SUCCESS);
}

static void expect_log(const char *text, bool there)
{
	if (text)
		test_kdc_shell("%s grep -qF '%s' %s", there ? "" : "!", text,
			       test_kdc_path("kdc.log"));
}

static void run(const struct row *r)
{
	int status;
	pid_t pid;

	/* The KDC appends. */
	test_kdc_shell(": >%s", test_kdc_path("kdc.log"));
	if (r->stopped)
		test_kdc_stop();
	fflush(stdout);
	pid = fork();
	ENSURE(pid >= 0);
	if (!pid)
		run_in_child(r);
	ENSURE(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
	if (r->stopped)
		test_kdc_go_on();
	expect_log(r->logged, true);
	expect_log(r->not_logged, false);
}

static void set_up_realm(void)
{
	char directory[512];

	test_kdc_start();
	test_kdc_admin("addprinc -pw secret +requires_preauth alice");
	test_kdc_admin("addprinc -randkey " HOST);
	test_kdc_admin("addprinc -randkey " ARMORED);
	test_kdc_admin("setstr " ARMORED " require_auth armored");
	test_kdc_admin("addprinc -randkey +requires_preauth host/client.test");
	test_kdc_admin("ktadd -k %s host/client.test", test_kdc_path("old"));
	test_kdc_admin("ktadd -k %s host/client.test", test_kdc_path("k"));
	test_kdc_shell("kinit -k -t %s -c %s host/client.test", test_kdc_path("k"),
		       test_kdc_path("host"));
	test_kdc_shell("kinit -k -t %s -l 2s -c %s host/client.test", test_kdc_path("k"),
		       test_kdc_path("short"));
	test_kdc_shell("echo secret | kinit -c %s alice >/dev/null && chown %d %s",
		       test_kdc_path("alice"), ALICE, test_kdc_path("alice"));
	snprintf(directory, sizeof(directory), "%s", test_kdc_conf());
	*strrchr(directory, '/') = '\0';
	ENSURE(!chmod(directory, 0755) && !chmod(test_kdc_conf(), 0644));
	/* The ticket of "short" ends. */
	sleep(3);
}

int main(void)
{
	if (geteuid()) {
		puts("# not root: the armorer cannot become another user");
		return 0;
	}
	log_setup(getenv("VERBOSE"));
	set_up_realm();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run(&rows[i]);
		printf("ok FAST: %s\n", rows[i].name);
		fflush(stdout);
	}
	test_kdc_end();
	return 0;
}
