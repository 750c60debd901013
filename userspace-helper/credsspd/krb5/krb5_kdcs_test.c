// SPDX-License-Identifier: GPL-2.0-only
/* What the relay remembers of KDCs, and the file for credsspctl status. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "krb5_kdcs.h"
#include "tests/test.h"

static struct krb5_kdcs k;
static char text[KRB5_KDCS_FILE_MAX];

static void note(uint32_t owner, const char *realm, int64_t now, const char *line)
{
	krb5_kdcs_note(&k, owner, realm, line, strlen(line), now);
}

/* Row @at of the file, without its times but the milliseconds; "" if there is none */
static const char *row(unsigned int at)
{
	static char line[512];
	char realm[256], transport[8], address[96], result[16];
	long long asked, answered;
	unsigned int ms;
	const char *p = text;

	krb5_kdcs_print(&k, text);
	for (unsigned int i = 0; i <= at; i++)
		p = strchr(p, '\n') + 1;
	if (sscanf(p, "%255s %7s %95s %lld %lld %u %15s", realm, transport, address, &asked,
		   &answered, &ms, result) != 7)
		return "";
	ENSURE(asked >= time(NULL) - 60 && asked <= time(NULL));
	ENSURE(!answered || (answered >= asked && answered <= time(NULL)));
	snprintf(line, sizeof(line), "%s %s %s %s %u %s", realm, transport, address,
		 answered ? "yes" : "no", ms, result);
	return line;
}

static void test_lines(void)
{
	ENSURE(!*row(0) && !strcmp(text, "credssp-kdcs 1 1\nend 1\n"));
	note(5, "R", 100, "0 ms: Sending initial UDP request to dgram 192.0.2.1:88");
	ENSURE(!strcmp(row(0), "R udp 192.0.2.1:88 no 0 no-answer"));
	note(5, "R", 130, "30 ms: Received answer (200 bytes) from dgram 192.0.2.1:88");
	ENSURE(!strcmp(row(0), "R udp 192.0.2.1:88 yes 30 answered"));
	note(5, "R", 140, "40 ms: Initiating TCP connection to stream 2001:db8::1:88");
	note(5, "R", 150, "5 ms: TCP error connecting to stream 2001:db8::1:88: Timed out");
	ENSURE(!strcmp(row(0), "R tcp 2001:db8::1:88 no 0 error"));
	ENSURE(!strcmp(row(1), "R udp 192.0.2.1:88 yes 30 answered"));
	/* Asked again: the last answer stays. */
	note(6, "R", 200, "0 ms: Sending initial UDP request to dgram 192.0.2.1:88");
	ENSURE(!strcmp(row(0), "R udp 192.0.2.1:88 yes 30 no-answer"));
	krb5_kdcs_miss(&k, 6, "NOWHERE", 300);
	ENSURE(!strcmp(row(0), "NOWHERE - - no 0 no-kdc") && *row(2) && !*row(3));
}

/* Lines that tell nothing, or that nobody has written */
static void test_nonsense(void)
{
	static const char *const lines[] = {
		"", ": ", "1 ms: ", "no time", "1 ms: Resolving hostname kdc",
		"1 ms: Sending initial UDP request to ",
		"1 ms: Sending initial UDP request to dgram ",
		"1 ms: Sending initial UDP request to dgram \t1", "1 ms: Received answer dgram 1:8",
		"1 ms: Sending initial UDP request to dgram :",
	};
	char line[256];

	memset(&k, 0, sizeof(k));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		note(5, "R", 1, lines[i]);
	/* An address that is too long */
	snprintf(line, sizeof(line), "1 ms: Sending initial UDP request to dgram %0*d",
		 KRB5_KDCS_ADDRESS, 1);
	note(5, "R", 1, line);
	memset(line, '1', sizeof(line));
	krb5_kdcs_note(&k, 5, "R", line, sizeof(line), 1);
	ENSURE(!*row(0));
	/* What is behind the address does not get into the file. */
	note(5, "R", 1, "1 ms: Sending initial UDP request to dgram 1.2.3.4:88 x\nend 1\n");
	ENSURE(!strcmp(row(0), "R udp 1.2.3.4:88 no 0 no-answer") && !*row(1));
}

/* A user that makes up realms pushes out its own. */
static void test_limits(void)
{
	char realm[KRB5_KDC_REALM_MAX + 1], line[128];
	unsigned int own = 0;
	const char *end;
	size_t length;

	memset(&k, 0, sizeof(k));
	krb5_kdcs_miss(&k, 1, "FIRST", 1);
	for (int i = 0; i < 2 * KRB5_KDCS_ROWS; i++) {
		snprintf(realm, sizeof(realm), "R%d", i);
		krb5_kdcs_miss(&k, 2, realm, 1);
	}
	for (unsigned int i = 0; *row(i); i++)
		own++;
	ENSURE(own == 1 + KRB5_KDCS_OF_OWNER && !strncmp(row(own - 1), "FIRST ", 6));
	/* All rows, as long as they can be */
	memset(realm, 'R', sizeof(realm) - 1);
	realm[sizeof(realm) - 1] = '\0';
	for (int i = 0; i < 2 * KRB5_KDCS_ROWS; i++) {
		snprintf(line, sizeof(line), "1 ms: Sending initial UDP request to dgram %0*d",
			 KRB5_KDCS_ADDRESS - 1, i);
		note(i, realm, 1, line);
	}
	length = krb5_kdcs_print(&k, text);
	end = strstr(text, "\nend ");
	ENSURE(length == strlen(text) && end && strchr(end + 1, '\n') == text + length - 1);
	own = 0;
	for (unsigned int i = 0; *row(i); i++)
		own++;
	ENSURE(own == KRB5_KDCS_ROWS);
}

static void test_file(void)
{
	char directory[] = "/tmp/kdcs-XXXXXX", path[64], got[KRB5_KDCS_FILE_MAX] = "";
	struct stat st;
	int fd;

	ENSURE(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/new/kdcs", directory);
	ENSURE(krb5_kdcs_open(NULL) < 0 && krb5_kdcs_open("kdcs") < 0);
	fd = krb5_kdcs_open(path);
	ENSURE(fd >= 0 && !fstat(fd, &st) && (st.st_mode & 07777) == 0600);
	krb5_kdcs_write(&k, fd);
	/* A shorter text leaves nothing of a longer one. */
	memset(&k, 0, sizeof(k));
	krb5_kdcs_write(&k, fd);
	krb5_kdcs_write(&k, -1);
	close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ENSURE(read(fd, got, sizeof(got) - 1) > 0 && !strcmp(got, "credssp-kdcs 1 1\nend 1\n"));
	close(fd);
	/* What was there before is replaced, whatever it is. */
	ENSURE(!unlink(path) && !symlink("/dev/null", path));
	fd = krb5_kdcs_open(path);
	ENSURE(fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode));
	close(fd);
	ENSURE(!unlink(path) && snprintf(path, sizeof(path), "%s/new", directory) > 0);
	ENSURE(!rmdir(path) && !rmdir(directory));
}

int main(void)
{
	test_lines();
	test_nonsense();
	test_limits();
	test_file();
	puts("ok kdcs: lines of libkrb5, limits and the file");
	return 0;
}
