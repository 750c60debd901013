// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "krb5_profile.h"

/* An iteration, which libprofile frees at its end */
struct profile_iteration {
	void *iter;
};

static bool profile_is_kdc(const char *const *names)
{
	return names[0] && !strcmp(names[0], "realms") && names[1] && names[2] &&
	       !strcmp(names[2], "kdc") && !names[3];
}

static long profile_get(void *files, const char *const *names, char ***values)
{
	static const char *const unknown[] = { KRB5_PROFILE_SECTION, KRB5_PROFILE_KDC, NULL };
	long ret = profile_get_values(files, names, values);

	if ((ret == PROF_NO_SECTION || ret == PROF_NO_RELATION) && profile_is_kdc(names))
		ret = profile_get_values(files, unknown, values);
	return ret;
}

static void profile_free(void *files, char **values)
{
	(void)files;
	profile_free_list(values);
}

static long profile_iterate(void *files, const char *const *names, int flags, void **iter)
{
	struct profile_iteration *i = calloc(1, sizeof(*i));
	long ret;

	if (!i)
		return ENOMEM;
	ret = profile_iterator_create(files, names, flags, &i->iter);
	if (ret)
		free(i);
	else
		*iter = i;
	return ret;
}

static long profile_next(void *files, void *iter, char **name, char **value)
{
	struct profile_iteration *i = iter;

	(void)files;
	*name = NULL;
	*value = NULL;
	return i->iter ? profile_iterator(&i->iter, name, value) : 0;
}

static void profile_end(void *files, void *iter)
{
	struct profile_iteration *i = iter;

	(void)files;
	profile_iterator_free(&i->iter);
	free(i);
}

static void profile_free_string(void *files, char *string)
{
	(void)files;
	profile_release_string(string);
}

long krb5_profile_wrap(profile_t files, profile_t *profile)
{
	/* Without cleanup and copy: all copies share @files. */
	struct profile_vtable table = {
		.minor_ver = 1,
		.get_values = profile_get,
		.free_values = profile_free,
		.iterator_create = profile_iterate,
		.iterator = profile_next,
		.iterator_free = profile_end,
		.free_string = profile_free_string,
	};

	return profile_init_vtable(&table, files, profile);
}
