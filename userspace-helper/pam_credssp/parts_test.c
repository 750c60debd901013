// SPDX-License-Identifier: GPL-2.0-only
/* The parts of pam_credssp that need no libpam: settings, names, the key between processes. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "child.h"
#include "conf.h"
#include "hold.h"
#include "test.h"
#include "text.h"
#include "tickets.h"

unsigned int test_checks;
unsigned int test_failures;

static const char *parse(struct conf *conf, const char *text, unsigned int *line)
{
	FILE *f = fmemopen((void *)text, strlen(text), "r");
	const char *err = conf_parse(conf, f, line);

	fclose(f);
	return err;
}

static void test_file(void)
{
	static struct conf conf;
	unsigned int line;

	conf_init(&conf);
	CHECK(conf.minimum_uid == 1000 && conf.timeout == 8 * 3600 && !conf.count);
	CHECK(!parse(&conf, "# all of it\n\n target = termsrv/Host.Example \r\n"
		     "target=Microsoft Virtual Console Service/host\n\tdomain = EXAMPLE\n"
		     "target = TERMSRV/host.example\n"
		     "user-domain = OTHER\nminimum-uid = 500\ntimeout = 0\ntickets = ignore\n"
		     "handover = no\ndebug = yes", &line));
	CHECK(conf.count == 3);
	CHECK(!strcmp(conf.targets[0], "credssp:TERMSRV/host.example"));
	CHECK(!strcmp(conf.targets[1], "credssp:MICROSOFT VIRTUAL CONSOLE SERVICE/host"));
	CHECK(!strcmp(conf.targets[2], "credssp:EXAMPLE"));
	CHECK(!strcmp(conf.domain, "OTHER") && conf.minimum_uid == 500 && !conf.timeout);
	CHECK(conf.despite_tickets && conf.debug && conf.handover == CONF_HANDOVER_NO);
	CHECK(!conf_argument(&conf, "handover") && conf.handover == CONF_HANDOVER_YES);
	CHECK(!conf_argument(&conf, "handover=sshd") && conf.handover == CONF_HANDOVER_SSHD);
	CHECK(!conf_argument(&conf, "tickets=prefer") && !conf.despite_tickets);
	CHECK(!conf_argument(&conf, "debug") && !conf_argument(&conf, "config=/x"));
	CHECK(!strcmp(conf_path("config=/x"), "/x") && !conf_path("debug"));
}

static void test_wrong(void)
{
	static const char *const rows[] = {
		"target = host", "target = TERMSRV/*", "target =", "target", "domain = A/b",
		"domain = A b", "user-domain = A/b", "user-domain =", "no = 1", "= 1",
		"timeout = ", "timeout = -1", "timeout = 8h", "timeout = 99999999999999999999",
		"timeout = 315360001", "minimum-uid = 4294967295", "minimum-uid = x",
		"tickets = no", "debug = 1", "handover = maybe", "target = TERMSRV/a\x01",
	};
	static struct conf conf;
	char text[LINE_MAX];
	unsigned int line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		conf_init(&conf);
		snprintf(text, sizeof(text), "\n%s\ntarget = A/b\n", rows[i]);
		CHECK(parse(&conf, text, &line) && line == 2);
		CHECK(conf_argument(&conf, rows[i]));
	}
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	CHECK(parse(&conf, text, &line) && line == 1);
	CHECK(conf_argument(&conf, text));
	conf_init(&conf);
	for (i = 0; i < CONF_TARGETS_MAX; i++) {
		snprintf(text, sizeof(text), "target=A/host%zu", i);
		CHECK(!conf_argument(&conf, text));
	}
	CHECK(conf_argument(&conf, "target=A/more") && conf.count == CONF_TARGETS_MAX);
}

static void test_accounts(void)
{
	static const struct {
		const char *name, *domain;	/* PAM's name, the default domain */
		const char *scope;
		const char *user, *of;		/* what is saved; NULL: nothing */
	} rows[] = {
		{ "alice", "", "A/b", "alice", "" },
		{ "alice", "EXAMPLE", "A/b", "alice", "EXAMPLE" },
		{ "OTHER\\alice", "EXAMPLE", "A/b", "alice", "OTHER" },
		{ "alice@x.test", "EXAMPLE", "A/b", "alice@x.test", "" },
		{ "alice", "", "EXAMPLE", "alice", "EXAMPLE" },
		{ "alice", "example", "EXAMPLE", "alice", "EXAMPLE" },
		{ "alice@X.test", "", "x.test", "alice", "x.test" },
		{ "OTHER\\alice", "EXAMPLE", "EXAMPLE", NULL, NULL },
		{ "alice@x.test", "", "EXAMPLE", NULL, NULL },
		{ "alice", "OTHER", "EXAMPLE", NULL, NULL },
	};
	static const char *const wrong[] = { "", "\\alice", "A\\", "@x", "alice@", "a\nb", "\xff" };
	const char *user, *domain;
	struct account a;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(!account_of(&a, rows[i].name, rows[i].domain));
		CHECK(!account_for(&a, rows[i].scope, &user, &domain) == !!rows[i].user);
		CHECK(!rows[i].user || !strcmp(user, rows[i].user));
		CHECK(!rows[i].user || !strcmp(domain, rows[i].of));
	}
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		CHECK(account_of(&a, wrong[i], ""));
}

static void test_hold(void)
{
	struct hold *hold = hold_new(5, "secret", 6), *other;
	static char large[CREDSSP_MAX_PASSWORD + 1];

	CHECK(hold && hold->uid == 5 && hold->length == 6 && !memcmp(hold->password, "secret", 6));
	CHECK(!hold_new(5, large, sizeof(large)));
	other = hold_new(5, large, sizeof(large) - 1);
	CHECK(other && other->length == CREDSSP_MAX_PASSWORD);
	hold_free(other);
	hold_free(NULL);
	CHECK(!hold_unpark(5, "") && errno == EINVAL);
	CHECK(!hold_unpark(5, "00000000000000000000000000000000") && errno != EINVAL);
	CHECK(!hold_unpark(5, "0000000000000000000000000000000g") && errno == EINVAL);
	hold_forget(hold);
	if (!getuid()) {
		CHECK(!hold_park(hold));
		CHECK(!hold_unpark(6, hold->token));
		other = hold_unpark(5, hold->token);
		CHECK(other && other->length == 6 && !memcmp(other->password, "secret", 6));
		hold_free(other);
		/* It can be taken once. */
		CHECK(!hold_unpark(5, hold->token));
		CHECK(!hold_park(hold));
		hold_forget(hold);
		CHECK(!hold_unpark(5, hold->token));
	}
	hold_free(hold);
}

static int give(void *data) { return *(int *)data; }

static int hang(void *data)
{
	(void)data;
	return pause();
}

static int sleep_and_give(void *data)
{
	usleep(50000);
	return give(data);
}

static void run_children(void)
{
	int code = 7;

	CHECK(child_run(give, &code, 10000) == 7);
	CHECK(child_run(sleep_and_give, &code, 10000) == 7);
	CHECK(child_run(hang, NULL, 50) == CHILD_FAILED);
	/* none leaves a zombie */
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static void test_child(void)
{
	struct rlimit none, old;

	run_children();
	/* with no descriptor left */
	CHECK(!getrlimit(RLIMIT_NOFILE, &old));
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = old.rlim_max };
	CHECK(!setrlimit(RLIMIT_NOFILE, &none));
	CHECK(dup(STDOUT_FILENO) < 0 && errno == EMFILE);
	run_children();
	CHECK(!setrlimit(RLIMIT_NOFILE, &old));
	/* No cache has this type or name; without klist its presence is believed. */
	CHECK(tickets_there("FILE:/nonexistent/cache", geteuid(), getegid()) ==
	      !!access("/usr/bin/klist", X_OK));
}

int main(void)
{
	test_file();
	test_wrong();
	test_accounts();
	test_hold();
	test_child();
	return test_result("pam_credssp's parts");
}
