// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "krb5_identity.h"

/* As libkrb5 has them, krb5.conf(5) "Specifying PKINIT identity information" */
#define PKCS11		"PKCS11:"
#define MODULE_NAME	"module_name="

/* Permission of the group and of others to write */
#define OTHERS_WRITE	0022

/* Types of a path. ENV: is not one of them: the process has no environment. */
static const char *const files[] = { "FILE:", "DIR:", "PKCS12:" };

static bool identity_is(const char *name, const char *type)
{
	return !strncmp(name, type, strlen(type));
}

/* Can only root change or replace what is at @path, which has no symbolic links? */
static int identity_check_owner(char *path)
{
	struct stat st;
	char *end;

	do {
		if (stat(*path ? path : "/", &st))
			return -ENOENT;
		if (st.st_uid || st.st_mode & OTHERS_WRITE)
			return -EPERM;
		end = strrchr(path, '/');
		if (end)
			*end = '\0';
	} while (end);
	return 0;
}

/* @path: PATH_MAX bytes; gets the path of @module without symbolic links. */
static int identity_resolve(char *path, const char *module)
{
	char copy[PATH_MAX];
	struct stat st;

	if (module[0] != '/')
		return -EINVAL;
	if (!realpath(module, path) || stat(path, &st) || !S_ISREG(st.st_mode))
		return -ENOENT;
	/* libkrb5 would take it for the end of the name. */
	if (strchr(path, ':'))
		return -EINVAL;
	memcpy(copy, path, sizeof(copy));
	return identity_check_owner(copy);
}

/*
 * The first field that libkrb5 takes as the module: with its name, or without any. A second
 * one would replace the first.
 */
static int identity_find_module(const char *fields, const char **start, size_t *length)
{
	*start = NULL;
	*length = 0;
	for (const char *f = fields; *f; f += f[0] == ':') {
		const size_t n = strcspn(f, ":");
		const bool named = identity_is(f, MODULE_NAME);
		const size_t skip = named ? strlen(MODULE_NAME) : 0;

		if (named || !memchr(f, '=', n)) {
			if (*start)
				return -EINVAL;
			*start = f + skip;
			*length = n - skip;
		}
		f += n;
	}
	return *start ? 0 : -EINVAL;
}

static int identity_copy_pkcs11(char *to, size_t room, const char *name)
{
	char module[PATH_MAX], path[PATH_MAX];
	const char *start;
	size_t length;
	int ret = identity_find_module(name + strlen(PKCS11), &start, &length);
	int n;

	if (ret)
		return ret;
	if (length >= sizeof(module))
		return -EINVAL;
	memcpy(module, start, length);
	module[length] = '\0';
	ret = identity_resolve(path, module);
	if (ret)
		return ret;
	n = snprintf(to, room, "%.*s%s%s", (int)(start - name), name, path, start + length);
	return n < 0 || (size_t)n >= room ? -EINVAL : 0;
}

int krb5_identity_copy(char *to, size_t room, const char *name)
{
	if (identity_is(name, PKCS11))
		return identity_copy_pkcs11(to, room, name);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		/* The process is in the root directory. */
		if (!identity_is(name, files[i]) || name[strlen(files[i])] != '/')
			continue;
		if (strlen(name) >= room)
			return -EINVAL;
		strcpy(to, name);
		return 0;
	}
	return -EINVAL;
}
