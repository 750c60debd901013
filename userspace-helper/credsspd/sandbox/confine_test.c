// SPDX-License-Identifier: GPL-2.0-only
/* What is written to the file of AppArmor, and when. This plays the kernel's file. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "confine.h"
#include "tests/test.h"

static char path[32];

static void put(const char *label)
{
	const int fd = open(path, O_WRONLY | O_TRUNC);

	ENSURE(fd >= 0 && write(fd, label, strlen(label)) == (ssize_t)strlen(label));
	close(fd);
}

/* The file after that: with @command at its beginning, where the kernel wants it */
static void takes(const char *label, const char *command)
{
	const size_t n = strlen(command);
	char text[256];
	ssize_t got;
	int fd;

	put(label);
	ENSURE(!confine_by(path, "relay"));
	fd = open(path, O_RDONLY);
	ENSURE(fd >= 0);
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	ENSURE(got >= 0);
	text[got] = '\0';
	ENSURE(!strncmp(text, command, n));
	/* What the label has beyond it is left. */
	ENSURE(!strcmp(text + n, strlen(label) > n ? label + n : ""));
}

int main(void)
{
	int fd;

	strcpy(path, "/tmp/confine_test-XXXXXX");
	fd = mkstemp(path);
	ENSURE(fd >= 0);
	close(fd);
	takes("credsspd (enforce)\n", "stack credsspd//relay");
	takes("credsspd (complain)\n", "stack credsspd//relay");
	takes("credsspd//&credsspd//gate (enforce)\n", "stack credsspd//relay");
	takes("unconfined\n", "");
	takes("credsspd-of-mine (enforce)\n", "");
	takes("credsspd", "");
	takes("", "");
	puts("ok confine: on top of the daemon's own profile, and of no other");

	put("credsspd (enforce)\n");
	ENSURE(confine_by(path, "a-name-that-is-much-longer-than-any-name-of-a-profile-is") < 0);
	ENSURE(confine_by("/proc/self", "relay") < 0);
	ENSURE(!confine_by("/proc/self/no-such-file", "relay"));
	unlink(path);
	puts("ok confine: a profile that cannot be taken on is an error, no AppArmor is none");
	return 0;
}
