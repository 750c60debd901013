// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "description.h"

/* CIFS_SPNEGO_UPCALL_VERSION, the only one since Linux 2.6.24 */
#define UPCALL_VERSION	2
/* Fields of keyctl_describe(3) before the description */
#define RAW_FIELDS	4

/**
 * struct fields - values while they are read
 * @d: out
 * @version: of the upcall
 * @uid: user of the session, who is @d->creduid unless that is told
 * @creduid: likewise
 * @pid: likewise
 */
struct fields {
	struct description *d;
	uint32_t version;
	uint32_t uid;
	uint32_t creduid;
	uint32_t pid;
};

/* "0x" and at most eight digits, as the kernel writes it */
static const char *take_number(uint32_t *number, const char *value)
{
	size_t i;

	if (strncmp(value, "0x", 2) || !value[2] || strlen(value) > 10)
		return "a number is malformed";
	for (i = 2; value[i]; i++)
		if (!isxdigit((unsigned char)value[i]))
			return "a number is malformed";
	*number = (uint32_t)strtoul(value, NULL, 16);
	return NULL;
}

static const char *take_version(struct fields *f, const char *value)
{
	return take_number(&f->version, value);
}

static const char *take_uid(struct fields *f, const char *value)
{
	return take_number(&f->uid, value);
}

static const char *take_creduid(struct fields *f, const char *value)
{
	return take_number(&f->creduid, value);
}

static const char *take_pid(struct fields *f, const char *value)
{
	return take_number(&f->pid, value);
}

/* An address has no ticket, but the module says so better. */
static const char *take_host(struct fields *f, const char *value)
{
	size_t i, length = strlen(value);

	if (!length || length > HOST_MAX)
		return "the host's name has no fitting length";
	for (i = 0; i < length; i++)
		if (!isalnum((unsigned char)value[i]) && !strchr("-._:", value[i]))
			return "the host's name has a character that is not of one";
	memcpy(f->d->host, value, length + 1);
	return NULL;
}

static const char *take_user(struct fields *f, const char *value)
{
	size_t length = strlen(value);

	if (length > USER_MAX)
		return "the user's name is too long";
	memcpy(f->d->user, value, length + 1);
	return NULL;
}

static const char *take_sec(struct fields *f, const char *value)
{
	f->d->mskrb5 = !strcmp(value, "mskrb5");
	return f->d->mskrb5 || !strcmp(value, "krb5") ? NULL : "it is not about Kerberos";
}

/*
 * The address is for helpers that connect.  The tickets are those of the task's namespaces
 * whatever upcall_target says, and these must be our own (requester.h).
 */
static const char *take_nothing(struct fields *f, const char *value)
{
	(void)f;
	(void)value;
	return NULL;
}

static const struct {
	const char *name;
	const char *(*take)(struct fields *f, const char *value);
	bool required;
} known[] = {
	{ "ver", take_version, true },
	{ "host", take_host, true },
	{ "ip4", take_nothing, false },
	{ "ip6", take_nothing, false },
	{ "sec", take_sec, true },
	{ "uid", take_uid, true },
	{ "creduid", take_creduid, false },
	{ "user", take_user, false },
	{ "pid", take_pid, true },
	{ "upcall_target", take_nothing, false },
};

#define KNOWN	(sizeof(known) / sizeof(known[0]))

/* @seen: bits of the fields that have come */
static const char *take_field(struct fields *f, char *field, unsigned int *seen)
{
	char *value = strchr(field, '=');
	size_t i;

	if (!value)
		return "a field has no value";
	*value++ = '\0';
	for (i = 0; i < KNOWN; i++) {
		if (strcmp(field, known[i].name))
			continue;
		if (*seen & 1U << i)
			return "a field comes twice";
		*seen |= 1U << i;
		return known[i].take(f, value);
	}
	return NULL;
}

static const char *settle(struct fields *f, unsigned int seen)
{
	size_t i;

	for (i = 0; i < KNOWN; i++)
		if (known[i].required && !(seen & 1U << i))
			return "a field is missing";
	if (f->version != UPCALL_VERSION)
		return "its version is not known";
	/* (uid_t)-1 is nobody's, and changes nothing where a uid is set. */
	f->d->creduid = f->creduid != UINT32_MAX ? f->creduid : f->uid;
	if (f->d->creduid == UINT32_MAX)
		return "it names no user";
	if (!f->pid || f->pid > INT32_MAX)
		return "it names no task";
	f->d->pid = (pid_t)f->pid;
	return NULL;
}

/*
 * Type and owner; @raw goes on to the description.  Older kernels let every user request a
 * key of this type, with all its fields.  Such a key belongs to that user.  cifs.ko's own
 * keys belong to root.
 */
static const char *take_head(const char **raw)
{
	const char *owner = *raw + sizeof(SPNEGO_KEY_TYPE);
	int field;

	if (strncmp(*raw, SPNEGO_KEY_TYPE ";", sizeof(SPNEGO_KEY_TYPE)))
		return "it is no key of cifs.ko";
	for (field = 0; *raw && field < RAW_FIELDS; field++) {
		*raw = strchr(*raw, ';');
		*raw = *raw ? *raw + 1 : NULL;
	}
	if (!*raw)
		return "it is no key of cifs.ko";
	return strncmp(owner, "0;0;", 4) ? "a user has made it, not cifs.ko" : NULL;
}

const char *description_parse(const char *raw, struct description *d)
{
	struct fields f = { .d = d, .uid = UINT32_MAX, .creduid = UINT32_MAX };
	char text[DESCRIPTION_MAX + 1], *rest = text, *field;
	unsigned int seen = 0;
	const char *err;

	memset(d, 0, sizeof(*d));
	err = take_head(&raw);
	if (err)
		return err;
	if (strlen(raw) > DESCRIPTION_MAX)
		return "it is too long";
	strcpy(text, raw);
	while (!err && (field = strsep(&rest, ";")))
		err = take_field(&f, field, &seen);
	return err ? err : settle(&f, seen);
}
