// SPDX-License-Identifier: GPL-2.0-only
/* The file of accounts: changes by one command, and by several at the same time. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account_store.h"
#include "base/outcome.h"
#include "commands.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

/* MD4 of "Passw0rd!" in UTF-16LE */
#define HASH	"fc525c9683e8fe067095ba2ddc971889"
/* MS-NLMP 4.2.1.1.2: of "Password" */
#define NLMP	"a4f49c406510bdcab6824ee7c30fd852"
#define WRITERS	8
#define WRITES	10

static char directory[32];
static char path[64];

static void put_text(const char *text)
{
	FILE *f = fopen(path, "w");

	CHECK(f && !fchmod(fileno(f), 0600));
	if (!f)
		return;
	fputs(text, f);
	fclose(f);
}

static bool text_is(const char *expected)
{
	char text[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return !strcmp(text, expected);
}

/* Run `account VERB --accounts FILE ARG...`; output is of no interest. */
static int run_to(int out, const char *verb, const char *const *args, const char *password)
{
	char *argv[16] = { NULL }, fd[] = "3";
	int argc = 0, p[2], status;
	pid_t pid;

	CHECK(!pipe(p));
	/* Before there is a child, which may refuse its arguments and end */
	if (password)
		CHECK(write(p[1], password, strlen(password)) == (ssize_t)strlen(password));
	pid = fork();
	if (!pid) {
		argv[argc++] = strdup("account");
		argv[argc++] = strdup(verb);
		argv[argc++] = strdup("--accounts");
		argv[argc++] = path;
		while (args && *args)
			argv[argc++] = strdup(*args++);
		close(p[1]);
		if (password) {
			argv[argc++] = strdup("--password-fd");
			argv[argc++] = fd;
			dup2(p[0], 3);
		}
		dup2(out, STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		optind = 0;
		status = command_account(argc, argv);
		fflush(stdout);
		_exit(status);
	}
	close(p[0]);
	close(p[1]);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run(const char *verb, const char *user, const char *password)
{
	const char *const args[] = { user, NULL };
	int null = open("/dev/null", O_WRONLY), ret;

	ret = run_to(null, verb, args, password);
	close(null);
	return ret;
}

static int run_with(const char *verb, const char *option, const char *value, const char *user,
		    const char *password)
{
	const char *const args[] = { option, value ? value : user, value ? user : NULL, NULL };
	int null = open("/dev/null", O_WRONLY), ret;

	ret = run_to(null, verb, args, password);
	close(null);
	return ret;
}

static bool mode_is(mode_t mode)
{
	struct stat st;

	return !stat(path, &st) && (st.st_mode & 07777) == mode && st.st_uid == geteuid();
}

static void test_verbs(void)
{
	const mode_t mask = umask(0777);

	CHECK(run("remove", "alice", NULL) == EXIT_CODE_OTHER);
	CHECK(run("list", NULL, NULL) == EXIT_CODE_OTHER);
	CHECK(!run("add", "alice", "Passw0rd!\n") && text_is("alice::" HASH ":\n"));
	CHECK(mode_is(0600));
	umask(0);
	CHECK(!run("disable", "ALICE", NULL) && text_is("alice::" HASH ":disabled\n"));
	CHECK(!run("disable", "alice", NULL) && mode_is(0600));
	CHECK(run("add", "Alice", "Password\n") == EXIT_CODE_OTHER);
	CHECK(text_is("alice::" HASH ":disabled\n"));
	CHECK(!run_with("add", "--replace", NULL, "Alice", "Password"));
	CHECK(text_is("alice::" NLMP ":disabled\n"));
	CHECK(!run("enable", "alice", NULL) && text_is("alice::" NLMP ":\n"));
	CHECK(!run_with("add", "--domain", "EXAMPLE", "alice", "Passw0rd!"));
	CHECK(!run("add", "OTHER\\alice", "Passw0rd!"));
	CHECK(text_is("alice::" NLMP ":\nalice:EXAMPLE:" HASH ":\nalice:OTHER:" HASH ":\n"));
	CHECK(!run_with("remove", "--domain", "example", "ALICE", NULL));
	CHECK(run_with("remove", "--domain", "example", "ALICE", NULL) == EXIT_CODE_OTHER);
	CHECK(text_is("alice::" NLMP ":\nalice:OTHER:" HASH ":\n"));
	CHECK(!run("remove", "alice", NULL) && !run("remove", "OTHER\\alice", NULL) && text_is(""));
	umask(mask);
}

static void test_refused(void)
{
	static const char *const names[] = {
		"", "a:b", "a@b", "a\nb", "a\"b", "D\\a\\b", "\xff", " a", "a ", "#a", "\\",
	};
	char longest[ACCOUNT_TEXT_MAX + 2];

	put_text("");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		CHECK(run("add", names[i], "x") == EXIT_CODE_USAGE);
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	CHECK(run("add", longest, "x") == EXIT_CODE_USAGE);
	longest[ACCOUNT_NAME_UNITS + 1] = '\0';
	CHECK(run("add", longest, "x") == EXIT_CODE_USAGE);
	longest[ACCOUNT_NAME_UNITS] = '\0';
	CHECK(!run("add", longest, "x") && !run("remove", longest, NULL));
	CHECK(run("add", "alice", "") == EXIT_CODE_USAGE);
	CHECK(run("add", "alice", "\n") == EXIT_CODE_USAGE);
	CHECK(run("nonsense", "alice", NULL) == EXIT_CODE_USAGE);
	CHECK(run("list", "alice", NULL) == EXIT_CODE_USAGE);
	CHECK(run_with("remove", "--replace", NULL, "alice", NULL) == EXIT_CODE_USAGE);
	CHECK(run_with("add", "--json", NULL, "alice", "x") == EXIT_CODE_USAGE);
	CHECK(run_with("add", "--domain", "A", "B\\alice", "x") == EXIT_CODE_USAGE);
	CHECK(text_is(""));
}

/* What is not understood stays as it is. */
static void test_other_lines(void)
{
	put_text("# people\n\nbob:X:" HASH ":\nnonsense\nbob::" HASH ":locked\n  # end");
	CHECK(!run("add", "alice", "Passw0rd!"));
	CHECK(text_is("# people\n\nbob:X:" HASH ":\nnonsense\nbob::" HASH ":locked\n  # end\n"
		      "alice::" HASH ":\n"));
	CHECK(!run("disable", "x\\BOB", NULL));
	CHECK(text_is("# people\n\nbob:X:" HASH ":disabled\nnonsense\nbob::" HASH ":locked\n"
		      "  # end\nalice::" HASH ":\n"));
	CHECK(run("remove", "bob", NULL) == EXIT_CODE_OTHER);
	CHECK(run("list", NULL, NULL) == EXIT_CODE_OTHER);
	/* An account that stands twice is removed altogether. */
	put_text("a::" HASH ":\nb::" HASH ":\nA::" NLMP ":\n");
	CHECK(!run("remove", "a", NULL) && text_is("b::" HASH ":\n"));
}

/* A file that credsspd would not use is not changed either. */
static void test_bad_file(void)
{
	char other[80];

	put_text("a::" HASH ":\n");
	CHECK(!chmod(path, 0644) && run("remove", "a", NULL) == EXIT_CODE_OTHER);
	CHECK(run("list", NULL, NULL) == EXIT_CODE_OTHER && mode_is(0644));
	CHECK(!chmod(path, 0600));
	snprintf(other, sizeof(other), "%s.other", path);
	CHECK(!rename(path, other) && !symlink(other, path));
	CHECK(run("remove", "a", NULL) == EXIT_CODE_OTHER);
	CHECK(run("add", "b", "x") == EXIT_CODE_OTHER);
	CHECK(!unlink(path) && !rename(other, path) && text_is("a::" HASH ":\n"));
}

static bool output_has(bool json, const char *wanted)
{
	const char *const args[] = { "--json", NULL };
	char text[4096];
	int p[2];
	ssize_t n;

	CHECK(!pipe(p));
	CHECK(!run_to(p[1], "list", json ? args : NULL, NULL));
	close(p[1]);
	n = read(p[0], text, sizeof(text) - 1);
	close(p[0]);
	text[n > 0 ? n : 0] = '\0';
	/* Never a hash */
	CHECK(!strstr(text, "fc525c") && !strstr(text, "FC525C"));
	return strstr(text, wanted);
}

static void test_list(void)
{
	put_text("alice::" HASH ":\nbob:X:" HASH ":disabled\n");
	CHECK(output_has(false, "alice\n") && output_has(false, "X\\bob  (disabled)\n"));
	CHECK(output_has(true, "\"user\": \"bob\"") && output_has(true, "\"domain\": \"X\""));
	CHECK(output_has(true, "\"disabled\": true") && output_has(true, "\"usable\": false"));
}

/* None of the changes is lost, and a reader never finds half a file. */
static void test_race(void)
{
	struct account_list l;
	pid_t writers[WRITERS];
	const char *err;
	char user[32];
	int status;

	put_text("");
	for (int w = 0; w < WRITERS; w++) {
		writers[w] = fork();
		CHECK(writers[w] >= 0);
		if (writers[w])
			continue;
		for (int i = 0; i < WRITES; i++) {
			snprintf(user, sizeof(user), "user-%d-%d", w, i);
			if (run("add", user, "Passw0rd!"))
				_exit(1);
		}
		_exit(0);
	}
	for (int i = 0; i < 200; i++) {
		l = (struct account_list){ 0 };
		err = account_store_read(path, &l, NULL, NULL);
		CHECK(!err);
		account_list_free(&l);
		usleep(1000);
	}
	for (int w = 0; w < WRITERS; w++)
		CHECK(waitpid(writers[w], &status, 0) == writers[w] && WIFEXITED(status) &&
		      !WEXITSTATUS(status));
	l = (struct account_list){ 0 };
	CHECK(!account_store_read(path, &l, NULL, NULL) && l.count == WRITERS * WRITES);
	for (size_t i = 0; i < l.count; i++)
		CHECK(!l.accounts[i].doubled);
	account_list_free(&l);
}

/* A command that was killed has left a file, and another one the lock, which is free. */
static void test_leftovers(void)
{
	char other[80];
	int fd;

	put_text("a::" HASH ":\n");
	snprintf(other, sizeof(other), "%s.new", path);
	fd = open(other, O_WRONLY | O_CREAT, 0644);
	CHECK(fd >= 0 && write(fd, "half", 4) == 4);
	close(fd);
	CHECK(!run("disable", "a", NULL) && text_is("a::" HASH ":disabled\n") && mode_is(0600));
	CHECK(access(other, F_OK) && errno == ENOENT);
	/* Of somebody else, for whom it would be a way to another file */
	CHECK(!symlink("/dev/null", other) && !run("enable", "a", NULL));
	CHECK(text_is("a::" HASH ":\n") && access(other, F_OK));
}

/* Type two passwords; the exit status. */
static int type(const char *first, const char *second)
{
	char name[] = "account", verb[] = "add", option[] = "--accounts", user[] = "typed";
	char *argv[6] = { name, verb, option, path, user };
	const char *const lines[] = { first, second };
	char seen[256];
	int tty, status;
	pid_t pid;
	ssize_t n;

	pid = forkpty(&tty, NULL, NULL, NULL);
	CHECK(pid >= 0);
	if (!pid) {
		optind = 0;
		_exit(command_account(5, argv));
	}
	for (size_t i = 0, length = 0; i < ARRAY_SIZE(lines); i++, length = 0) {
		do {
			n = read(tty, seen + length, sizeof(seen) - 1 - length);
			length += n > 0 ? n : 0;
			seen[length] = '\0';
		} while (n > 0 && !strstr(seen, i ? "once more: " : "New password: "));
		CHECK(n > 0 && write(tty, lines[i], strlen(lines[i])) == (ssize_t)strlen(lines[i]));
	}
	while (read(tty, seen, sizeof(seen)) > 0)
		;
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	close(tty);
	return WEXITSTATUS(status);
}

static void test_typed(void)
{
	put_text("");
	CHECK(type("Passw0rd!\n", "Password\n") == EXIT_CODE_USAGE && text_is(""));
	CHECK(type("Passw0rd!\n", "Passw0rd!\n") == 0);
	CHECK(text_is("typed::" HASH ":\n"));
}

static void remove_files(void)
{
	char lock[80];

	snprintf(lock, sizeof(lock), "%s.lock", path);
	unlink(lock);
	unlink(path);
	CHECK(!rmdir(directory));
}

void test_account(void)
{
	strcpy(directory, "/tmp/account_test.XXXXXX");
	CHECK(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/accounts", directory);
	test_verbs();
	test_refused();
	test_other_lines();
	test_bad_file();
	test_list();
	test_typed();
	test_race();
	test_leftovers();
	remove_files();
}
