// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "krb5_courier.h"
#include "krb5_kdcs.h"

#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* ---- rows -------------------------------------------------------------------- */

static struct krb5_kdc_row *kdcs_find(struct krb5_kdcs *k, const char *realm,
				      const char *transport, const char *address)
{
	struct krb5_kdc_row *r;

	for (r = k->row; r < k->row + KRB5_KDCS_ROWS; r++) {
		if (r->turn && !strcmp(r->realm, realm) && !strcmp(r->transport, transport) &&
		    !strcmp(r->address, address))
			return r;
	}
	return NULL;
}

/* The place for another row: the oldest of @owner if it has all that it may have, else of all */
static struct krb5_kdc_row *kdcs_place(struct krb5_kdcs *k, uint32_t owner)
{
	struct krb5_kdc_row *r, *oldest = k->row, *own = NULL;
	unsigned int count = 0;

	for (r = k->row; r < k->row + KRB5_KDCS_ROWS; r++) {
		if (r->turn < oldest->turn)
			oldest = r;
		if (!r->turn || r->owner != owner)
			continue;
		count++;
		if (!own || r->turn < own->turn)
			own = r;
	}
	return count < KRB5_KDCS_OF_OWNER ? oldest : own;
}

/* This KDC is asked now. @realm, @transport and @address fit. */
static struct krb5_kdc_row *kdcs_ask(struct krb5_kdcs *k, uint32_t owner, const char *realm,
				     const char *transport, const char *address, int64_t now)
{
	struct krb5_kdc_row *r = kdcs_find(k, realm, transport, address);

	if (!r) {
		r = kdcs_place(k, owner);
		*r = (struct krb5_kdc_row){ 0 };
		strcpy(r->realm, realm);
		strcpy(r->transport, transport);
		strcpy(r->address, address);
	}
	r->owner = owner;
	r->turn = ++k->turns;
	r->began = now;
	r->asked = time(NULL);
	r->result = KRB5_KDCS_NO_ANSWER;
	return r;
}

void krb5_kdcs_miss(struct krb5_kdcs *k, uint32_t owner, const char *realm, int64_t now)
{
	if (strlen(realm) <= KRB5_KDC_REALM_MAX)
		kdcs_ask(k, owner, realm, "-", "-", now)->result = KRB5_KDCS_NONE;
}

/* ---- lines of libkrb5 ----------------------------------------------------------- */

/* How lines begin, and what they tell */
static const struct {
	const char *begin;
	bool asks;
	enum krb5_kdcs_result result;
} kdcs_lines[] = {
	{ "Sending initial UDP request to ", true, KRB5_KDCS_NO_ANSWER },
	{ "Initiating TCP connection to ", true, KRB5_KDCS_NO_ANSWER },
	{ "Received answer ", false, KRB5_KDCS_ANSWERED },
	{ "UDP error ", false, KRB5_KDCS_ERROR },
	{ "TCP error ", false, KRB5_KDCS_ERROR },
};

#define KDCS_LINES	(sizeof(kdcs_lines) / sizeof(kdcs_lines[0]))

/* "dgram ADDRESS:PORT" or "stream ADDRESS:PORT", at the end of @text or with ": " behind it */
static bool kdcs_take_address(const char *text, const char **transport,
			      char address[KRB5_KDCS_ADDRESS])
{
	const char *dgram = strstr(text, "dgram "), *stream = strstr(text, "stream ");
	const char *start = dgram ? dgram + strlen("dgram ") : stream;
	size_t length;

	if (!start)
		return false;
	if (!dgram)
		start += strlen("stream ");
	length = strspn(start, LETTERS "0123456789.:%-_");
	if (length && start[length - 1] == ':')
		length--;
	if (!length || length >= KRB5_KDCS_ADDRESS)
		return false;
	memcpy(address, start, length);
	address[length] = '\0';
	*transport = dgram ? "udp" : "tcp";
	return true;
}

static void kdcs_answer(struct krb5_kdc_row *r, enum krb5_kdcs_result result, int64_t now)
{
	r->result = result;
	if (result != KRB5_KDCS_ANSWERED)
		return;
	r->answered = time(NULL);
	r->ms = now - r->began;
}

static void kdcs_take(struct krb5_kdcs *k, uint32_t owner, const char *realm, const char *text,
		      int64_t now)
{
	char address[KRB5_KDCS_ADDRESS];
	struct krb5_kdc_row *r;
	const char *transport;

	for (size_t i = 0; i < KDCS_LINES; i++) {
		if (strncmp(text, kdcs_lines[i].begin, strlen(kdcs_lines[i].begin)) ||
		    !kdcs_take_address(text, &transport, address))
			continue;
		if (kdcs_lines[i].asks) {
			kdcs_ask(k, owner, realm, transport, address, now);
			return;
		}
		r = kdcs_find(k, realm, transport, address);
		if (r)
			kdcs_answer(r, kdcs_lines[i].result, now);
		return;
	}
}

void krb5_kdcs_note(struct krb5_kdcs *k, uint32_t owner, const char *realm, const char *line,
		    size_t length, int64_t now)
{
	char text[KRB5_COURIER_LINE_MAX];
	const char *start;

	if (length >= sizeof(text) || strlen(realm) > KRB5_KDC_REALM_MAX)
		return;
	memcpy(text, line, length);
	text[length] = '\0';
	/* Behind the time, "12 ms: " */
	start = strstr(text, ": ");
	if (start)
		kdcs_take(k, owner, realm, start + 2, now);
}

/* ---- the file ------------------------------------------------------------------ */

static int kdcs_compare(const void *a, const void *b)
{
	const struct krb5_kdc_row *const *x = a, *const *y = b;

	return (*x)->turn < (*y)->turn ? 1 : -1;
}

size_t krb5_kdcs_print(struct krb5_kdcs *k, char *text)
{
	static const char *const results[] = {
		[KRB5_KDCS_NO_ANSWER] = "no-answer", [KRB5_KDCS_ANSWERED] = "answered",
		[KRB5_KDCS_ERROR] = "error", [KRB5_KDCS_NONE] = "no-kdc",
	};
	const struct krb5_kdc_row *row[KRB5_KDCS_ROWS];
	const size_t room = KRB5_KDCS_FILE_MAX;
	size_t length;

	for (size_t i = 0; i < KRB5_KDCS_ROWS; i++)
		row[i] = &k->row[i];
	qsort(row, KRB5_KDCS_ROWS, sizeof(row[0]), kdcs_compare);
	k->serial++;
	length = snprintf(text, room, "credssp-kdcs 1 %" PRIu64 "\n", k->serial);
	for (size_t i = 0; i < KRB5_KDCS_ROWS && row[i]->turn; i++)
		length += snprintf(text + length, room - length,
				   "%s %s %s %" PRId64 " %" PRId64 " %" PRIu32 " %s\n",
				   row[i]->realm, row[i]->transport, row[i]->address,
				   row[i]->asked, row[i]->answered, row[i]->ms,
				   results[row[i]->result]);
	return length + snprintf(text + length, room - length, "end %" PRIu64 "\n", k->serial);
}

void krb5_kdcs_write(struct krb5_kdcs *k, int fd)
{
	static char text[KRB5_KDCS_FILE_MAX];
	ssize_t length;

	if (fd < 0)
		return;
	length = krb5_kdcs_print(k, text);
	if (pwrite(fd, text, length, 0) != length || ftruncate(fd, length))
		log_debug("the file of KDCs: %s", strerror(errno));
}

static int kdcs_make(const char *path)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	if (!slash || slash == path || (size_t)(slash - path) >= sizeof(parent))
		return -EINVAL;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	if (mkdir(parent, 0700) && errno != EEXIST)
		return -errno;
	/* An old one may have another owner or mode. */
	if (unlink(path) && errno != ENOENT)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

int krb5_kdcs_open(const char *path)
{
	int fd = path ? kdcs_make(path) : -1;

	if (path && fd < 0)
		log_warning("%s: %s", path, strerror(-fd));
	return fd < 0 ? -1 : fd;
}
