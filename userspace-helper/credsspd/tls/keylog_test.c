// SPDX-License-Identifier: GPL-2.0-only
/* The key log: where it may be, when it may not, and whole lines. Most of it needs root. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "keylog.h"
#include "tests/test.h"

#define THREADS		4
#define LINES		500
#define LABEL		"CLIENT_TRAFFIC_SECRET_0"
#define STRANGER	65534

static char top[64] = "/tmp/keylog_test-XXXXXX";
static char securityfs[128];
static unsigned char secret[49] = { 0xab, 0xcd };

static const char *at(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ENSURE(f && fputs(text, f) >= 0 && !fclose(f));
}

/* Does it open? It is closed again. */
static bool opens(const char *name)
{
	struct keylog *log = keylog_open(at(name), securityfs);

	const bool done = log;

	keylog_close(log);
	return done;
}

static void write_line(struct keylog *log, uint8_t number)
{
	const gnutls_datum_t s = { secret, 48 };
	unsigned char random[32] = { number };

	keylog_write(log, LABEL, &(gnutls_datum_t){ random, sizeof(random) }, &s);
}

static off_t size_of(const char *name)
{
	struct stat st;

	ENSURE(!stat(at(name), &st));
	return st.st_size;
}

/* ---- lockdown ------------------------------------------------------------------- */

static void asks_the_kernel(void)
{
	static const struct {
		const char *text;
		bool may;
	} rows[] = {
		{ "[none] integrity confidentiality\n", true },
		{ "none [integrity] confidentiality\n", false },
		{ "none integrity [confidentiality]\n", false },
		{ "none integrity confidentiality\n", false },
		{ "[nonesuch] none\n", false },
		{ "[none", false },
		{ "", false },
	};
	char file[160];

	snprintf(file, sizeof(file), "%s/lockdown", securityfs);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(file, rows[i].text);
		ENSURE(opens("log") == rows[i].may);
	}
	/* A file that cannot be read, and none at all in what is not securityfs */
	ENSURE(!unlink(file) && !mkdir(file, 0700));
	ENSURE(!opens("log"));
	ENSURE(!rmdir(file));
	ENSURE(!opens("log"));
	ENSURE(!keylog_open(at("log"), "/nonexistent"));
	put(file, rows[0].text);
	puts("ok keylog: not if the kernel is locked down, or does not tell");
}

/* ---- files ---------------------------------------------------------------------- */

static void make_file(mode_t mode)
{
	put(at("log"), "");
	ENSURE(!chmod(at("log"), mode));
}

static void as_foreign(void)
{
	make_file(0600);
	ENSURE(!chown(at("log"), STRANGER, 0));
}

static void as_readable(void) { make_file(0640); }
static void as_writable(void) { make_file(0602); }
static void as_directory(void) { ENSURE(!mkdir(at("log"), 0700)); }
static void as_fifo(void) { ENSURE(!mkfifo(at("log"), 0600)); }

static void as_symlink(void)
{
	put(at("real"), "");
	ENSURE(!chmod(at("real"), 0600));
	ENSURE(!symlink("real", at("log")));
}

static void as_dangling(void) { ENSURE(!symlink("nothing", at("log"))); }

static void as_second_name(void)
{
	char real[256];

	put(at("real"), "");
	ENSURE(!chmod(at("real"), 0600));
	snprintf(real, sizeof(real), "%s", at("real"));
	ENSURE(!link(real, at("log")));
}

static void refuses_files(void)
{
	static const struct {
		const char *what;
		void (*make)(void);
	} rows[] = {
		{ "of another user", as_foreign },
		{ "that others can read", as_readable },
		{ "that others can write", as_writable },
		{ "that is a directory", as_directory },
		{ "that is a pipe", as_fifo },
		{ "that is a symbolic link", as_symlink },
		{ "that is a dangling link", as_dangling },
		{ "with a second name", as_second_name },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		remove(at("log"));
		remove(at("real"));
		rows[i].make();
		ENSURE(!opens("log"));
		printf("ok keylog: no file %s\n", rows[i].what);
	}
	ENSURE(access(at("nothing"), F_OK));
	remove(at("log"));
	remove(at("real"));
}

/* @outer/in is the directory */
static void in_directories(mode_t outer, uid_t outer_owner, mode_t inner, uid_t owner, bool may)
{
	ENSURE(!mkdir(at("out"), 0700) && !mkdir(at("out/in"), 0700));
	ENSURE(!chown(at("out/in"), owner, 0) && !chmod(at("out/in"), inner));
	ENSURE(!chown(at("out"), outer_owner, 0) && !chmod(at("out"), outer));
	ENSURE(opens("out/in/log") == may);
	ENSURE(access(at("out/in/log"), F_OK) == (may ? 0 : -1));
	remove(at("out/in/log"));
	ENSURE(!rmdir(at("out/in")) && !rmdir(at("out")));
}

static void refuses_directories(void)
{
	in_directories(0755, 0, 0755, 0, true);
	/* Others cannot rename what is root's there. */
	in_directories(01777, 0, 0700, 0, true);
	in_directories(0755, 0, 01777, 0, false);
	in_directories(0755, 0, 0775, 0, false);
	in_directories(0777, 0, 0700, 0, false);
	in_directories(0755, STRANGER, 0700, 0, false);
	in_directories(0755, 0, 0700, STRANGER, false);
	ENSURE(!symlink(".", at("link")) && !opens("link/log"));
	ENSURE(!remove(at("link")));
	put(at("file"), "");
	ENSURE(!opens("file/log") && !opens("none/log") && !opens(".//"));
	ENSURE(!keylog_open("/", securityfs) && !keylog_open("/dev/null", securityfs));
	ENSURE(opens(".//log") && !remove(at("log")) && !remove(at("file")));
	puts("ok keylog: only in directories that root alone can change");
}

static void refuses_others(void)
{
	const pid_t pid = fork();
	int status;

	if (!pid)
		_exit(setuid(STRANGER) || opens("log"));
	ENSURE(pid > 0 && waitpid(pid, &status, 0) == pid && !status);
	puts("ok keylog: not for other users than root");
}

/* ---- lines ---------------------------------------------------------------------- */

static void *write_lines(void *log)
{
	for (int i = 0; i < LINES; i++)
		write_line(log, i);
	return NULL;
}

/* All lines are alike but for the first byte of the random. */
static void check_lines(int count)
{
	const size_t length = strlen(LABEL) + 1 + 64 + 1 + 96 + 1;
	FILE *f = fopen(at("log"), "r");
	char line[256], rest[192];

	snprintf(rest, sizeof(rest), "%062d abcd%092d\n", 0, 0);
	ENSURE(f && fgets(line, sizeof(line), f) && !strcmp(line, "before\n"));
	for (int i = 0; i < count; i++) {
		ENSURE(fgets(line, sizeof(line), f) && strlen(line) == length);
		ENSURE(!strncmp(line, LABEL " ", strlen(LABEL) + 1));
		ENSURE(!strcmp(line + strlen(LABEL) + 3, rest));
	}
	ENSURE(!fgets(line, sizeof(line), f));
	fclose(f);
}

/* Two logs of one file, as two daemons have, and threads with each */
static void writes_whole_lines(void)
{
	pthread_t threads[THREADS];
	struct keylog *logs[2];
	struct stat st;

	umask(0);
	put(at("log"), "before\n");
	ENSURE(!chmod(at("log"), 0600));
	for (int i = 0; i < 2; i++)
		ENSURE((logs[i] = keylog_open(at("log"), securityfs)));
	for (int i = 0; i < THREADS; i++)
		ENSURE(!pthread_create(&threads[i], NULL, write_lines, logs[i % 2]));
	for (int i = 0; i < THREADS; i++)
		ENSURE(!pthread_join(threads[i], NULL));
	keylog_close(logs[0]);
	keylog_close(logs[1]);
	check_lines(THREADS * LINES);
	ENSURE(!remove(at("log")) && opens("log"));
	ENSURE(!stat(at("log"), &st) && (st.st_mode & 07777) == 0600);
	puts("ok keylog: lines of several threads are whole, and follow what was there");
}

static void writes_no_other_secrets(void)
{
	struct keylog *log = keylog_open(at("log"), securityfs);
	const gnutls_datum_t data = { secret, 32 };

	ENSURE(log && !truncate(at("log"), 0));
	keylog_write(log, "EXPORTER_SECRET", &data, &data);
	keylog_write(log, "CLIENT_EARLY_TRAFFIC_SECRET", &data, &data);
	ENSURE(size_of("log") == 0);
	write_line(log, 1);
	ENSURE(size_of("log") > 0);
	keylog_close(log);
	puts("ok keylog: only secrets by which records are decrypted");
}

static void refuses_other_lengths(void)
{
	static const struct { unsigned int random, secret; } rows[] = {
		{ 31, 48 }, { 33, 48 }, { 0, 48 }, { 32, 49 }, { 32, 0 },
	};
	struct keylog *log;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const gnutls_datum_t r = { secret, rows[i].random }, s = { secret, rows[i].secret };

		log = keylog_open(at("log"), securityfs);
		ENSURE(log && !truncate(at("log"), 0));
		keylog_write(log, LABEL, &r, &s);
		ENSURE(size_of("log") == 0);
		keylog_close(log);
	}
	puts("ok keylog: no secret of another length");
}

static void stops_when_full(void)
{
	struct keylog *log = keylog_open(at("log"), securityfs);
	const off_t full = KEYLOG_BYTES_MAX - 10;

	ENSURE(log && !truncate(at("log"), full));
	write_line(log, 1);
	ENSURE(size_of("log") == full);
	/* It has said so, and does not begin again. */
	ENSURE(!truncate(at("log"), 0));
	write_line(log, 2);
	ENSURE(size_of("log") == 0);
	keylog_close(log);
	puts("ok keylog: nothing is written to one that is full");
}

static void survives_limits(void)
{
	struct rlimit old, limit;
	struct keylog *log;

	ENSURE(!getrlimit(RLIMIT_FSIZE, &old));
	limit = (struct rlimit){ .rlim_cur = 100, .rlim_max = old.rlim_max };
	log = keylog_open(at("log"), securityfs);
	ENSURE(log && !setrlimit(RLIMIT_FSIZE, &limit));
	write_line(log, 1);
	write_line(log, 2);
	ENSURE(!setrlimit(RLIMIT_FSIZE, &old));
	write_line(log, 3);
	ENSURE(size_of("log") == 100);
	keylog_close(log);
	puts("ok keylog: a limit for files ends it, and not the daemon");
}

int main(void)
{
	ENSURE(mkdtemp(top));
	snprintf(securityfs, sizeof(securityfs), "%s/securityfs", top);
	ENSURE(!mkdir(securityfs, 0755));
	if (geteuid()) {
		ENSURE(!opens("log"));
		puts("ok keylog: not for other users than root");
	} else {
		asks_the_kernel();
		refuses_others();
		remove(at("log"));
		refuses_files();
		refuses_directories();
		writes_whole_lines();
		writes_no_other_secrets();
		refuses_other_lengths();
		stops_when_full();
		survives_limits();
	}
	remove(at("log"));
	remove(at("securityfs/lockdown"));
	ENSURE(!rmdir(securityfs) && !rmdir(top));
	return 0;
}
