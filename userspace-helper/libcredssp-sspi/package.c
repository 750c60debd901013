// SPDX-License-Identifier: LGPL-2.1-or-later
/* EnumerateSecurityPackages and QuerySecurityPackageInfo: the inner packages alone. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sspi.h"

/* Longer than the names of packages; a longer one is none of them */
#define MAX_PACKAGE_NAME	64

uint32_t sspi_package_find(const char *name)
{
	uint32_t package;

	for (package = CREDSSP_PACKAGE_NEGOTIATE; package <= CREDSSP_PACKAGE_KERBEROS; package++)
		if (!strcasecmp(credssp_package_name(package), name))
			return package;
	return CREDSSP_PACKAGE_CREDSSP;
}

/* Write @utf8 with its NUL in form @form at @to. Return: behind it; @to may be NULL to count. */
static char *put_string(enum sspi_form form, const char *utf8, char *to, size_t *bytes)
{
	size_t length = strlen(utf8), unit = form == SSPI_W ? sizeof(uint16_t) : 1;
	ssize_t count = (ssize_t)length;

	if (form == SSPI_W)
		count = credssp_utf8_to_utf16(utf8, length, (uint16_t *)(void *)to,
					      to ? length : 0);
	else if (to)
		memcpy(to, utf8, length);
	if (count < 0)
		count = 0;
	*bytes += ((size_t)count + 1) * unit;
	if (!to)
		return NULL;
	memset(to + (size_t)count * unit, 0, unit);
	return to + ((size_t)count + 1) * unit;
}

static const char *name_of(const void *from, const struct credssp_package_info *info)
{
	return (const char *)from + info->name_offset;
}

static const char *comment_of(const void *from, const struct credssp_package_info *info)
{
	return (const char *)from + info->comment_offset;
}

/* Bytes of the strings of the packages that are kept */
static size_t strings_size(enum sspi_form form, const void *from, uint32_t count, uint32_t *kept)
{
	const struct credssp_package_info *info = from;
	size_t bytes = 0;
	uint32_t i;

	*kept = 0;
	for (i = 0; i < count; i++) {
		if (info[i].package == CREDSSP_PACKAGE_CREDSSP)
			continue;
		put_string(form, name_of(from, &info[i]), NULL, &bytes);
		put_string(form, comment_of(from, &info[i]), NULL, &bytes);
		(*kept)++;
	}
	return bytes;
}

int32_t sspi_package_make(enum sspi_form form, const void *from, uint32_t count,
			  struct sspi_package_info **info, uint32_t *kept)
{
	const struct credssp_package_info *in = from;
	size_t bytes = strings_size(form, from, count, kept);
	struct sspi_package_info *out;
	char *strings;
	uint32_t i;

	*info = calloc(1, *kept * sizeof(*out) + bytes + 1);
	if (!*info)
		return SEC_E_INSUFFICIENT_MEMORY;
	out = *info;
	strings = (char *)(out + *kept);
	for (i = 0; i < count; i++) {
		if (in[i].package == CREDSSP_PACKAGE_CREDSSP)
			continue;
		out->capabilities = in[i].capabilities;
		out->version = in[i].version;
		out->rpc_id = in[i].rpc_id;
		out->max_token = in[i].max_token;
		out->name = strings;
		strings = put_string(form, name_of(from, &in[i]), strings, &bytes);
		out->comment = strings;
		strings = put_string(form, comment_of(from, &in[i]), strings, &bytes);
		out++;
	}
	return SEC_E_OK;
}

static int32_t enumerate(enum sspi_form form, uint32_t *count, struct sspi_package_info **info)
{
	struct credssp_package_info *all;
	uint32_t found;
	int32_t status;

	if (!count || !info)
		return SEC_E_INVALID_PARAMETER;
	*count = 0;
	*info = NULL;
	if (!sspi_device())
		return SEC_E_SECPKG_NOT_FOUND;
	status = credssp_enumerate_security_packages(sspi_device(), &found, &all);
	if (status != SEC_E_OK)
		return status;
	status = sspi_package_make(form, all, found, info, count);
	credssp_free_context_buffer(all);
	return status;
}

int32_t sspi_enumerate_a(uint32_t *count, struct sspi_package_info **info)
{
	return enumerate(SSPI_A, count, info);
}

int32_t sspi_enumerate_w(uint32_t *count, struct sspi_package_info **info)
{
	return enumerate(SSPI_W, count, info);
}

static int32_t query_package(enum sspi_form form, const void *name,
			     struct sspi_package_info **info)
{
	struct credssp_package_info *found;
	char utf8[MAX_PACKAGE_NAME];
	uint32_t kept;
	int32_t status;

	if (!info)
		return SEC_E_INVALID_PARAMETER;
	*info = NULL;
	if (sspi_string_read(form, name, utf8, sizeof(utf8)) != SEC_E_OK || !sspi_device())
		return SEC_E_SECPKG_NOT_FOUND;
	status = credssp_query_security_package_info(sspi_device(), utf8, &found);
	if (status != SEC_E_OK)
		return status;
	if (found->package == CREDSSP_PACKAGE_CREDSSP)
		status = SEC_E_SECPKG_NOT_FOUND;
	else
		status = sspi_package_make(form, found, 1, info, &kept);
	credssp_free_context_buffer(found);
	return status;
}

int32_t sspi_query_package_a(const void *name, struct sspi_package_info **info)
{
	return query_package(SSPI_A, name, info);
}

int32_t sspi_query_package_w(const void *name, struct sspi_package_info **info)
{
	return query_package(SSPI_W, name, info);
}
