// SPDX-License-Identifier: LGPL-2.1-or-later
/* QueryContextAttributes: the kernel's attributes in SSPI's structures. */
#include <stdlib.h>
#include <string.h>

#include "sspi.h"
#include "slots.h"

/**
 * struct answer - an attribute as the kernel gave it
 * @data: its structure, with a NUL behind each string
 * @length: bytes
 */
struct answer {
	char *data;
	uint32_t length;
};

/* SEC_E_OK: it has at least the @size bytes of its structure, and is to be freed. */
static int32_t ask(uint64_t context, uint32_t attribute, size_t size, struct answer *a)
{
	void *data;
	int32_t status = credssp_query_alloc(sspi_device(), context, attribute, &data,
					     &a->length);

	if (status != SEC_E_OK)
		return status;
	a->data = data;
	if (a->length >= size)
		return SEC_E_OK;
	free(data);
	return SEC_E_INTERNAL_ERROR;
}

/* Bytes at @offset, or NULL for what is not in the answer; with a NUL behind them for strings */
static const char *part(const struct answer *a, uint32_t offset, uint32_t length, int string)
{
	if (offset > a->length || length > a->length - offset)
		return NULL;
	if (string && (length == a->length - offset || a->data[offset + length]))
		return NULL;
	return a->data + offset;
}

static int32_t give_string(enum sspi_form form, const struct answer *a, uint32_t offset,
			   uint32_t length, void **to)
{
	const char *text = part(a, offset, length, 1);

	if (!text)
		return SEC_E_INTERNAL_ERROR;
	*to = sspi_string_make(form, text);
	return *to ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* Attributes without strings and pointers have SSPI's structure already. */
static int32_t query_fixed(uint64_t context, uint32_t attribute, void *buffer, size_t size)
{
	struct answer a;
	int32_t status = ask(context, attribute, size, &a);

	if (status != SEC_E_OK)
		return status;
	memcpy(buffer, a.data, size);
	free(a.data);
	return SEC_E_OK;
}

static int32_t query_sizes(enum sspi_form form, uint64_t context, void *buffer)
{
	(void)form;
	return query_fixed(context, SECPKG_ATTR_SIZES, buffer, sizeof(struct credssp_sizes));
}

static int32_t query_flags(enum sspi_form form, uint64_t context, void *buffer)
{
	(void)form;
	return query_fixed(context, SECPKG_ATTR_FLAGS, buffer, sizeof(struct credssp_flags));
}

static int32_t query_lifespan(enum sspi_form form, uint64_t context, void *buffer)
{
	struct credssp_timestamp start, expiry;
	struct sspi_lifespan *span = buffer;
	int32_t status = credssp_query_lifespan(sspi_device(), context, &start, &expiry);

	(void)form;
	if (status != SEC_E_OK)
		return status;
	sspi_time_set(&span->start, &start);
	sspi_time_set(&span->expiry, &expiry);
	return SEC_E_OK;
}

static int32_t query_names(enum sspi_form form, uint64_t context, void *buffer)
{
	struct sspi_names *names = buffer;
	struct credssp_names *n;
	struct answer a;
	int32_t status = ask(context, SECPKG_ATTR_NAMES, sizeof(*n), &a);

	if (status != SEC_E_OK)
		return status;
	n = (struct credssp_names *)(void *)a.data;
	status = give_string(form, &a, n->user_offset, n->user_length, &names->user);
	free(a.data);
	return status;
}

static int32_t query_native_names(enum sspi_form form, uint64_t context, void *buffer)
{
	struct sspi_native_names made = { NULL, NULL };
	struct credssp_native_names *n;
	struct answer a;
	int32_t status = ask(context, SECPKG_ATTR_NATIVE_NAMES, sizeof(*n), &a);

	if (status != SEC_E_OK)
		return status;
	n = (struct credssp_native_names *)(void *)a.data;
	status = give_string(form, &a, n->client_offset, n->client_length, &made.client);
	if (status == SEC_E_OK)
		status = give_string(form, &a, n->server_offset, n->server_length, &made.server);
	if (status == SEC_E_OK)
		*(struct sspi_native_names *)buffer = made;
	else
		free(made.client);
	free(a.data);
	return status;
}

static int32_t query_session_key(enum sspi_form form, uint64_t context, void *buffer)
{
	struct sspi_session_key *key = buffer;
	struct credssp_session_key *k;
	const char *bytes;
	struct answer a;
	int32_t status = ask(context, SECPKG_ATTR_SESSION_KEY, sizeof(*k), &a);

	(void)form;
	if (status != SEC_E_OK)
		return status;
	k = (struct credssp_session_key *)(void *)a.data;
	bytes = part(&a, k->key_offset, k->key_length, 0);
	key->key = bytes ? malloc(k->key_length + 1) : NULL;
	if (key->key) {
		memcpy(key->key, bytes, k->key_length);
		key->length = k->key_length;
	} else {
		status = bytes ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_INTERNAL_ERROR;
	}
	explicit_bzero(a.data, a.length);
	free(a.data);
	return status;
}

/* The package's structure at the front of @a, whose strings count from there. */
static int32_t give_package(enum sspi_form form, const struct answer *a,
			    struct sspi_package_info **info)
{
	const struct credssp_package_info *p = (const void *)a->data;
	uint32_t kept;

	if (!part(a, p->name_offset, p->name_length, 1) ||
	    !part(a, p->comment_offset, p->comment_length, 1))
		return SEC_E_INTERNAL_ERROR;
	return sspi_package_make(form, p, 1, info, &kept);
}

static int32_t query_package_info(enum sspi_form form, uint64_t context, void *buffer)
{
	struct sspi_package_attr *attr = buffer;
	struct answer a;
	int32_t status = ask(context, SECPKG_ATTR_PACKAGE_INFO,
			     sizeof(struct credssp_package_info), &a);

	if (status != SEC_E_OK)
		return status;
	status = give_package(form, &a, &attr->info);
	free(a.data);
	return status;
}

static int32_t query_negotiation(enum sspi_form form, uint64_t context, void *buffer)
{
	struct sspi_negotiation_info *to = buffer;
	struct credssp_negotiation_info *n;
	struct answer a;
	int32_t status = ask(context, SECPKG_ATTR_NEGOTIATION_INFO, sizeof(*n), &a);

	if (status != SEC_E_OK)
		return status;
	n = (struct credssp_negotiation_info *)(void *)a.data;
	to->state = n->state;
	status = give_package(form, &a, &to->info);
	free(a.data);
	return status;
}

static int32_t put_name(char *to, const char *from, size_t length)
{
	if (length > SSPI_AUTH_NAME)
		return SEC_E_BUFFER_TOO_SMALL;
	memcpy(to, from, length);
	return SEC_E_OK;
}

/* WinPR's own: who has logged on, apart from the domain. */
static int32_t query_auth_identity(enum sspi_form form, uint64_t context, void *buffer)
{
	struct sspi_auth_identity id = { { 0 }, { 0 } };
	const char *user, *slash;
	void *name;
	int32_t status = query_names(SSPI_A, context, &name);

	(void)form;
	if (status != SEC_E_OK)
		return status;
	user = name;
	slash = strchr(user, '\\');
	if (slash) {
		status = put_name(id.domain, user, (size_t)(slash - user));
		user = slash + 1;
	}
	if (status == SEC_E_OK)
		status = put_name(id.user, user, strlen(user));
	if (status == SEC_E_OK)
		memcpy(buffer, &id, sizeof(id));
	free(name);
	return status;
}

static const struct {
	uint32_t attribute;
	int32_t (*query)(enum sspi_form form, uint64_t context, void *buffer);
} attributes[] = {
	{ SECPKG_ATTR_SIZES, query_sizes },
	{ SECPKG_ATTR_NAMES, query_names },
	{ SECPKG_ATTR_LIFESPAN, query_lifespan },
	{ SECPKG_ATTR_SESSION_KEY, query_session_key },
	{ SECPKG_ATTR_PACKAGE_INFO, query_package_info },
	{ SECPKG_ATTR_NEGOTIATION_INFO, query_negotiation },
	{ SECPKG_ATTR_NATIVE_NAMES, query_native_names },
	{ SECPKG_ATTR_FLAGS, query_flags },
	{ SSPI_ATTR_AUTH_IDENTITY, query_auth_identity },
};

static int32_t query(enum sspi_form form, struct sspi_handle *handle, uint32_t attribute,
		     void *buffer)
{
	struct sspi_context context;
	int32_t status = sspi_context_get(handle, &context);
	size_t i;

	if (status != SEC_E_OK)
		return status;
	if (!buffer)
		return SEC_E_INVALID_PARAMETER;
	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (attributes[i].attribute == attribute)
			return attributes[i].query(form, context.handle, buffer);
	return SEC_E_UNSUPPORTED_FUNCTION;
}

int32_t sspi_query_a(struct sspi_handle *context, uint32_t attribute, void *buffer)
{
	return query(SSPI_A, context, attribute, buffer);
}

int32_t sspi_query_w(struct sspi_handle *context, uint32_t attribute, void *buffer)
{
	return query(SSPI_W, context, attribute, buffer);
}
