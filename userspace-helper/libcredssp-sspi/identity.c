// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * SEC_WINNT_AUTH_IDENTITY in its forms. Nothing is copied: the password goes from the
 * program's memory to the kernel, and the program wipes its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sspi.h"

/* A list of packages is a few short words */
#define MAX_PACKAGE_LIST	256

/* One form for all */
struct identity {
	struct sspi_identity plain;
	const void *package_list;
	uint32_t package_list_length;
	const struct sspi_krb5_settings *krb5;
};

/* An extended structure begins with its version and its size; the plain one with a pointer. */
static int is_extended(const void *auth_data)
{
	const struct sspi_identity_ex *ex = auth_data;

	return ex->version == SSPI_IDENTITY_VERSION && ex->length == sizeof(*ex);
}

static void take_extended(struct identity *id, const void *auth_data)
{
	const struct sspi_identity_winpr *winpr = auth_data;
	const struct sspi_identity_ex *ex = auth_data;

	id->plain = (struct sspi_identity){
		.user = ex->user,
		.user_length = ex->user_length,
		.domain = ex->domain,
		.domain_length = ex->domain_length,
		.password = ex->password,
		.password_length = ex->password_length,
		.flags = ex->flags,
	};
	id->package_list = ex->package_list;
	id->package_list_length = ex->package_list_length;
	if (ex->flags & SSPI_IDENTITY_EXTENDED)
		id->krb5 = winpr->krb5;
}

static enum sspi_form identity_form(const struct identity *id)
{
	return id->plain.flags & SSPI_IDENTITY_UNICODE ? SSPI_W : SSPI_A;
}

/* @count characters at @text in bytes; 0 for none */
static int32_t take_string(const struct identity *id, const void *text, uint32_t count,
			   uint32_t max, const void **to, uint32_t *bytes)
{
	uint32_t unit = identity_form(id) == SSPI_W ? sizeof(uint16_t) : 1;

	if (!text || !count)
		return SEC_E_OK;
	if (count > max / unit)
		return SEC_E_INVALID_PARAMETER;
	*to = text;
	*bytes = count * unit;
	return SEC_E_OK;
}

static int32_t take_strings(const struct identity *id, struct credssp_acquire *args)
{
	const struct sspi_identity *p = &id->plain;
	int32_t status;

	/* This is a hash in the place of a password, and the memory is shorter than it says. */
	if (p->password_length > SSPI_HASH_MARK)
		return SEC_E_UNSUPPORTED_FUNCTION;
	args->encoding = identity_form(id) == SSPI_W ? CREDSSP_IDENTITY_UTF16 :
						       CREDSSP_IDENTITY_UTF8;
	status = take_string(id, p->user, p->user_length, CREDSSP_MAX_NAME, &args->user,
			     &args->user_length);
	if (status != SEC_E_OK)
		return status;
	status = take_string(id, p->domain, p->domain_length, CREDSSP_MAX_NAME, &args->domain,
			     &args->domain_length);
	if (status != SEC_E_OK)
		return status;
	return take_string(id, p->password, p->password_length, CREDSSP_MAX_PASSWORD,
			   &args->password, &args->password_length);
}

static int32_t take_tickets(struct credssp_acquire *args, uint32_t source, const char *name)
{
	size_t length = name ? strnlen(name, CREDSSP_MAX_NAME + 1) : 0;

	if (!length)
		return SEC_E_OK;
	if (length > CREDSSP_MAX_NAME)
		return SEC_E_INVALID_PARAMETER;
	args->ticket_source = source;
	args->tickets = name;
	args->tickets_length = (uint32_t)length;
	return SEC_E_OK;
}

/* A password makes tickets of its own: then WinPR's cache is only where it would keep them. */
static int32_t take_krb5(const struct identity *id, struct credssp_acquire *args)
{
	const struct sspi_krb5_settings *krb5 = id->krb5;

	if (!krb5)
		return SEC_E_OK;
	if (args->use == SECPKG_CRED_INBOUND)
		return take_tickets(args, CREDSSP_TICKETS_KEYTAB, krb5->keytab);
	if (krb5->pkinit_identity)
		return take_tickets(args, CREDSSP_TICKETS_CERT, krb5->pkinit_identity);
	if (args->password_length)
		return SEC_E_OK;
	return take_tickets(args, CREDSSP_TICKETS_CCACHE, krb5->cache);
}

/* @on by CREDSSP_PACKAGE_*: an item is a name, or one behind "!". */
static void list_item(const char *item, int *on, int *named)
{
	int wanted = *item != '!';
	uint32_t package = sspi_package_find(item + !wanted);

	if (package == CREDSSP_PACKAGE_CREDSSP)
		return;
	on[package] = wanted ? 1 : -1;
	*named |= wanted;
}

/* A mechanism may be used if it is named, or if none is named and it is not excluded. */
static int32_t take_list(const struct identity *id, struct credssp_acquire *args)
{
	int on[CREDSSP_PACKAGE_KERBEROS + 1] = { 0 }, named = 0, ntlm, krb5;
	char list[MAX_PACKAGE_LIST], *rest = list, *item;

	if (args->package != CREDSSP_PACKAGE_NEGOTIATE || !id->package_list ||
	    !id->package_list_length)
		return SEC_E_OK;
	if (sspi_chars_read(identity_form(id), id->package_list, id->package_list_length, list,
			    sizeof(list)) != SEC_E_OK)
		return SEC_E_INVALID_PARAMETER;
	while ((item = strsep(&rest, ",")))
		list_item(item, on, &named);
	ntlm = on[CREDSSP_PACKAGE_NTLM] >= named;
	krb5 = on[CREDSSP_PACKAGE_KERBEROS] >= named;
	if (!ntlm && !krb5)
		return SEC_E_NO_CREDENTIALS;
	if (!krb5)
		args->package = CREDSSP_PACKAGE_NTLM;
	else if (!ntlm)
		args->package = CREDSSP_PACKAGE_KERBEROS;
	return SEC_E_OK;
}

/* An acceptor's accounts are those of credsspd: it takes nothing but a keytab. */
static int32_t take_all(const struct identity *id, struct credssp_acquire *args)
{
	int32_t status;

	if (id->plain.flags & SSPI_IDENTITY_MARSHALLED)
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (args->use == SECPKG_CRED_INBOUND)
		return take_krb5(id, args);
	status = take_strings(id, args);
	if (status != SEC_E_OK)
		return status;
	status = take_krb5(id, args);
	return status == SEC_E_OK ? take_list(id, args) : status;
}

int32_t sspi_identity_read(struct credssp_acquire *args, const void *auth_data)
{
	struct identity id = { 0 };

	if (!auth_data)
		return SEC_E_OK;
	if (*(const uint32_t *)auth_data == SSPI_IDENTITY_VERSION_2)
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (is_extended(auth_data))
		take_extended(&id, auth_data);
	else
		memcpy(&id.plain, auth_data, sizeof(id.plain));
	return take_all(&id, args);
}

static int32_t read_name(const struct credssp_acquire *args, const void *text, uint32_t bytes,
			 char *utf8, size_t size)
{
	enum sspi_form form = args->encoding == CREDSSP_IDENTITY_UTF16 ? SSPI_W : SSPI_A;

	return sspi_chars_read(form, text, form == SSPI_W ? bytes / sizeof(uint16_t) : bytes, utf8,
			       size);
}

char *sspi_identity_name(const struct credssp_acquire *args)
{
	/* UTF-8 takes three bytes at most for one unit of UTF-16. */
	char user[2 * CREDSSP_MAX_NAME], domain[2 * CREDSSP_MAX_NAME];
	char *name;

	if (!args->user_length ||
	    read_name(args, args->user, args->user_length, user, sizeof(user)) != SEC_E_OK ||
	    read_name(args, args->domain, args->domain_length, domain, sizeof(domain)) != SEC_E_OK)
		return NULL;
	if (asprintf(&name, "%s%s%s", domain, *domain ? "\\" : "", user) < 0)
		return NULL;
	return name;
}
