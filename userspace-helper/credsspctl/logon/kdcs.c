// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kdcs.h"
#include "text.h"

/* Longer than the file can be */
#define ROOM		65536
/* credsspd may be writing it. */
#define ATTEMPTS	5
#define PAUSE_US	20000

#define MINUTE		60
#define HOUR		(60 * MINUTE)

/* ---- the file ------------------------------------------------------------------ */

static bool parse_row(struct kdc *k, const char *line)
{
	return sscanf(line, "%255s %7s %95s %" SCNd64 " %" SCNd64 " %" SCNu32 " %15s", k->realm,
		      k->transport, k->address, &k->asked, &k->answered, &k->ms,
		      k->result) == 7;
}

bool kdcs_parse(struct kdcs *k, const char *text)
{
	uint64_t begun, ended;
	const char *line;

	k->count = 0;
	if (sscanf(text, "credssp-kdcs 1 %" SCNu64, &begun) != 1)
		return false;
	for (line = strchr(text, '\n'); line && line[1]; line = strchr(line, '\n')) {
		line++;
		if (sscanf(line, "end %" SCNu64, &ended) == 1)
			return ended == begun;
		if (k->count == KDCS_MAX || !parse_row(&k->kdc[k->count], line))
			return false;
		k->count++;
	}
	return false;
}

/* 0 or an errno. A file of somebody else is not credsspd's. */
static int read_whole(int fd, char text[ROOM])
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st))
		return errno;
	if (!S_ISREG(st.st_mode) || (st.st_uid && st.st_uid != geteuid()))
		return EBADMSG;
	got = read(fd, text, ROOM - 1);
	if (got < 0)
		return errno;
	text[got] = '\0';
	return 0;
}

static int read_text(const char *path, char text[ROOM])
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int err = errno;

	if (fd < 0)
		return err;
	err = read_whole(fd, text);
	close(fd);
	return err;
}

void kdcs_read(struct kdcs *k, const char *path)
{
	static char text[ROOM];
	int i;

	for (i = 0; i < ATTEMPTS; i++) {
		if (i)
			usleep(PAUSE_US);
		k->err = read_text(path, text);
		if (k->err || kdcs_parse(k, text))
			return;
	}
	k->err = EBADMSG;
}

/* ---- for people and programs ----------------------------------------------------- */

static void print_age(FILE *f, int64_t age)
{
	if (age < 0)
		age = 0;
	if (age < 2 * MINUTE)
		fprintf(f, "%" PRId64 " s ago", age);
	else if (age < 2 * HOUR)
		fprintf(f, "%" PRId64 " min ago", age / MINUTE);
	else
		fprintf(f, "%" PRId64 " h ago", age / HOUR);
}

static void print_kdc(FILE *f, const struct kdc *k, int64_t now)
{
	text_print(f, k->realm);
	if (!strcmp(k->result, "no-kdc")) {
		fputs(": no KDC is known, asked ", f);
		print_age(f, now - k->asked);
		return;
	}
	fputs(": ", f);
	text_print(f, k->address);
	fputs(strcmp(k->transport, "tcp") ? " by UDP, " : " by TCP, ", f);
	if (!strcmp(k->result, "answered")) {
		fputs("answered ", f);
		print_age(f, now - k->answered);
		fprintf(f, " after %" PRIu32 " ms", k->ms);
		return;
	}
	fputs(strcmp(k->result, "error") ? "no answer, asked " : "error, asked ", f);
	print_age(f, now - k->asked);
	if (!k->answered)
		return;
	fputs(", last answer ", f);
	print_age(f, now - k->answered);
}

static const char *no_kdcs(int err)
{
	switch (err) {
	case 0:
		return "none has been asked";
	case EACCES:
	case EPERM:
		return "only root may see which were asked";
	default:
		return "not known";
	}
}

void kdcs_print(FILE *f, const struct kdcs *k, int64_t now)
{
	size_t i;

	text_label(f, "KDCs");
	if (k->err || !k->count) {
		fprintf(f, "%s\n", no_kdcs(k->err));
		return;
	}
	for (i = 0; i < k->count; i++) {
		if (i)
			text_label(f, "");
		print_kdc(f, &k->kdc[i], now);
		fputc('\n', f);
	}
}

static void json_kdc(struct json *j, const struct kdc *k)
{
	const bool known = strcmp(k->result, "no-kdc");

	json_open(j, NULL, '{');
	json_string(j, "realm", k->realm);
	json_string(j, "transport", known ? k->transport : NULL);
	json_string(j, "address", known ? k->address : NULL);
	json_signed(j, "asked", k->asked);
	if (k->answered) {
		json_signed(j, "answered", k->answered);
		json_number(j, "milliseconds", k->ms);
	} else {
		json_null(j, "answered");
		json_null(j, "milliseconds");
	}
	json_string(j, "result", k->result);
	json_close(j, '}');
}

void kdcs_json(struct json *j, const struct kdcs *k)
{
	size_t i;

	if (k->err) {
		json_null(j, "kdcs");
		return;
	}
	json_open(j, "kdcs", '[');
	for (i = 0; i < k->count; i++)
		json_kdc(j, &k->kdc[i]);
	json_close(j, ']');
}
