// SPDX-License-Identifier: LGPL-2.1-or-later
/* QueryContextAttributes, EnumerateSecurityPackages, QuerySecurityPackageInfo. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "private.h"

/* The longest attribute: issuers' names, each with its structure */
#define MAX_ATTRIBUTE	(2 * CREDSSP_MAX_ISSUERS)
/* Enough for most attributes, so that one call suffices */
#define FIRST_ROOM	512

int32_t credssp_query_context_attributes(struct credssp *lib, uint64_t context,
					 uint32_t attribute, void *buffer,
					 uint32_t *length)
{
	struct credssp_ioc_query ioc = {
		.size = sizeof(ioc),
		.attribute = attribute,
		.context = context,
		.buffer = cssp_ptr(buffer),
	};
	int32_t status;

	if (!length)
		return SEC_E_INVALID_PARAMETER;
	ioc.length = *length;
	status = cssp_call(lib, CREDSSP_IOC_QUERY, &ioc, &ioc.status);
	*length = ioc.length;
	return status;
}

/* An attribute of fixed size. Members that the kernel does not know are zero. */
static int32_t query_fixed(struct credssp *lib, uint64_t context,
			   uint32_t attribute, void *buffer, uint32_t size)
{
	uint32_t length = size;

	if (!buffer)
		return SEC_E_INVALID_PARAMETER;
	memset(buffer, 0, size);
	return credssp_query_context_attributes(lib, context, attribute, buffer,
						&length);
}

int32_t credssp_query_stream_sizes(struct credssp *lib, uint64_t context,
				   struct credssp_stream_sizes *sizes)
{
	return query_fixed(lib, context, SECPKG_ATTR_STREAM_SIZES, sizes,
			   sizeof(*sizes));
}

/*
 * @ask fills a buffer of @length bytes, or tells how many it needs. Then it is called
 * once more with that room; if the attribute has grown meanwhile, that is the result.
 */
static int32_t ask_twice(int32_t (*ask)(void *data, void *buffer, uint32_t *length),
			 void *data, void **buffer, uint32_t *length)
{
	uint32_t room = FIRST_ROOM;
	int32_t status;
	void *made = calloc(1, room);

	if (!made)
		return SEC_E_INSUFFICIENT_MEMORY;
	*length = room;
	status = ask(data, made, length);
	if (status == SEC_E_BUFFER_TOO_SMALL && *length > room && *length <= MAX_ATTRIBUTE) {
		free(made);
		made = calloc(1, *length);
		if (!made)
			return SEC_E_INSUFFICIENT_MEMORY;
		status = ask(data, made, length);
	}
	if (status == SEC_E_OK)
		*buffer = made;
	else
		free(made);
	return status;
}

/**
 * struct question - a query of a context
 */
struct question {
	struct credssp *lib;
	uint64_t context;
	uint32_t attribute;
};

static int32_t ask_context(void *data, void *buffer, uint32_t *length)
{
	const struct question *q = data;

	return credssp_query_context_attributes(q->lib, q->context, q->attribute,
						buffer, length);
}

int32_t credssp_query_alloc(struct credssp *lib, uint64_t context,
			    uint32_t attribute, void **buffer, uint32_t *length)
{
	struct question q = { lib, context, attribute };
	uint32_t made;

	if (!buffer)
		return SEC_E_INVALID_PARAMETER;
	*buffer = NULL;
	return ask_twice(ask_context, &q, buffer, length ? length : &made);
}

/* The report of an older module is shorter, and that of a newer one longer. */
int32_t credssp_query_report(struct credssp *lib, uint64_t context,
			     struct credssp_report *report)
{
	uint32_t length;
	void *all;
	int32_t status;

	if (!report)
		return SEC_E_INVALID_PARAMETER;
	memset(report, 0, sizeof(*report));
	status = credssp_query_alloc(lib, context, SECPKG_ATTR_CREDSSP_REPORT, &all, &length);
	if (status != SEC_E_OK)
		return status;
	memcpy(report, all, length < sizeof(*report) ? length : sizeof(*report));
	free(all);
	return SEC_E_OK;
}

int32_t credssp_query_remote_cert(struct credssp *lib, uint64_t context,
				  void **cert, uint32_t *length)
{
	int32_t status;

	if (!cert || !length)
		return SEC_E_INVALID_PARAMETER;
	status = credssp_query_alloc(lib, context, SECPKG_ATTR_REMOTE_CERT_CONTEXT,
				     cert, length);
	if (status != SEC_E_OK)
		*length = 0;
	return status;
}

int32_t credssp_query_lifespan(struct credssp *lib, uint64_t context,
			       struct credssp_timestamp *start,
			       struct credssp_timestamp *expiry)
{
	struct credssp_lifespan span;
	int32_t status = query_fixed(lib, context, SECPKG_ATTR_LIFESPAN, &span,
				     sizeof(span));

	if (status != SEC_E_OK)
		return status;
	cssp_timestamp_set(start, (uint64_t)span.start);
	cssp_timestamp_set(expiry, (uint64_t)span.expiry);
	return SEC_E_OK;
}

/**
 * struct listing - a query of the packages
 */
struct listing {
	struct credssp *lib;
	uint32_t count;
};

static int32_t ask_packages(void *data, void *buffer, uint32_t *length)
{
	struct listing *l = data;
	struct credssp_ioc_packages ioc = {
		.size = sizeof(ioc),
		.length = *length,
		.buffer = cssp_ptr(buffer),
	};
	int32_t status = cssp_call(l->lib, CREDSSP_IOC_PACKAGES, &ioc, &ioc.status);

	*length = ioc.length;
	l->count = ioc.count;
	return status;
}

int32_t credssp_enumerate_security_packages(struct credssp *lib, uint32_t *count,
					    struct credssp_package_info **info)
{
	struct listing l = { lib, 0 };
	uint32_t length;
	void *made = NULL;
	int32_t status;

	if (!count || !info)
		return SEC_E_INVALID_PARAMETER;
	status = ask_twice(ask_packages, &l, &made, &length);
	if (status == SEC_E_OK && length / sizeof(**info) < l.count) {
		free(made);
		made = NULL;
		status = SEC_E_INTERNAL_ERROR;
	}
	*count = status == SEC_E_OK ? l.count : 0;
	*info = made;
	return status;
}

/* The package called @name is moved to the front of the array. */
int32_t credssp_query_security_package_info(struct credssp *lib, const char *name,
					    struct credssp_package_info **info)
{
	uint32_t count, i;
	int32_t status;

	if (!name || !info)
		return SEC_E_INVALID_PARAMETER;
	status = credssp_enumerate_security_packages(lib, &count, info);
	if (status != SEC_E_OK)
		return status;
	for (i = 0; i < count; i++)
		if (!strcasecmp((char *)*info + (*info)[i].name_offset, name))
			break;
	if (i == count) {
		free(*info);
		*info = NULL;
		return SEC_E_SECPKG_NOT_FOUND;
	}
	(*info)[0] = (*info)[i];
	return SEC_E_OK;
}
