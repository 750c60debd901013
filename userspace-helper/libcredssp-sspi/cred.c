// SPDX-License-Identifier: LGPL-2.1-or-later
/* Credential handles. */
#include <stdlib.h>

#include "sspi.h"
#include "slots.h"

#define MAX_PACKAGE_NAME	64

static void release_kernel(struct sspi_cred *cred)
{
	uint32_t i;

	for (i = 0; i < SSPI_PACKAGES; i++)
		if (cred->handles[i])
			credssp_free_credentials_handle(sspi_device(), cred->handles[i]);
}

/* NTLM has no tickets, and the kernel refuses a cache or a keytab for it. */
static int32_t acquire_package(struct sspi_cred *cred, const struct credssp_acquire *args,
			       uint32_t package, struct credssp_timestamp *stamp)
{
	struct credssp_acquire one = *args;

	one.package = package;
	if (package == CREDSSP_PACKAGE_NTLM) {
		one.ticket_source = CREDSSP_TICKETS_AUTO;
		one.tickets = NULL;
		one.tickets_length = 0;
	}
	return credssp_acquire_credentials_handle(sspi_device(), &one, &cred->handles[package],
						  stamp);
}

/* Its initiators may begin with a token of one of these without SPNEGO. */
static int has_raw(const struct sspi_cred *cred)
{
	return cred->acceptor && cred->package == CREDSSP_PACKAGE_NEGOTIATE;
}

static int32_t acquire_kernel(struct sspi_cred *cred, const struct credssp_acquire *args,
			      struct sspi_time *expiry)
{
	struct credssp_timestamp stamp = { 0 };
	int32_t status = acquire_package(cred, args, cred->package, &stamp);

	sspi_time_set(expiry, &stamp);
	if (status != SEC_E_OK || !has_raw(cred))
		return status;
	status = acquire_package(cred, args, CREDSSP_PACKAGE_NTLM, NULL);
	if (status != SEC_E_OK)
		return status;
	return acquire_package(cred, args, CREDSSP_PACKAGE_KERBEROS, NULL);
}

static int32_t acquire(struct sspi_cred *cred, struct credssp_acquire *args,
		       struct sspi_handle *handle, struct sspi_time *expiry)
{
	int32_t status;

	cred->acceptor = args->use == SECPKG_CRED_INBOUND;
	/* An initiator's list of packages may have made it a single mechanism. */
	cred->package = args->package;
	status = acquire_kernel(cred, args, expiry);
	if (status == SEC_E_OK) {
		cred->name = sspi_identity_name(args);
		status = sspi_cred_put(cred, handle);
	}
	if (status != SEC_E_OK) {
		release_kernel(cred);
		free(cred->name);
	}
	return status;
}

static int32_t acquire_named(enum sspi_form form, const void *principal, const void *package,
			     uint32_t use, const void *auth_data, struct sspi_handle *handle,
			     struct sspi_time *expiry)
{
	struct credssp_acquire args = { .use = use };
	struct sspi_cred cred = { .package = 0 };
	char name[MAX_PACKAGE_NAME];
	int32_t status;

	if (!handle)
		return SEC_E_INVALID_PARAMETER;
	/* The owner of a handle is the user who runs the program, no other principal. */
	if (principal)
		return SEC_E_UNKNOWN_CREDENTIALS;
	if (sspi_string_read(form, package, name, sizeof(name)) != SEC_E_OK || !sspi_device())
		return SEC_E_SECPKG_NOT_FOUND;
	args.package = sspi_package_find(name);
	if (args.package == CREDSSP_PACKAGE_CREDSSP)
		return SEC_E_SECPKG_NOT_FOUND;
	status = sspi_identity_read(&args, auth_data);
	if (status != SEC_E_OK)
		return status;
	return acquire(&cred, &args, handle, expiry);
}

int32_t sspi_acquire_a(const void *principal, const void *package, uint32_t use, void *logon_id,
		       const void *auth_data, void *get_key, void *get_key_arg,
		       struct sspi_handle *cred, struct sspi_time *expiry)
{
	(void)logon_id;
	(void)get_key;
	(void)get_key_arg;
	return acquire_named(SSPI_A, principal, package, use, auth_data, cred, expiry);
}

int32_t sspi_acquire_w(const void *principal, const void *package, uint32_t use, void *logon_id,
		       const void *auth_data, void *get_key, void *get_key_arg,
		       struct sspi_handle *cred, struct sspi_time *expiry)
{
	(void)logon_id;
	(void)get_key;
	(void)get_key_arg;
	return acquire_named(SSPI_W, principal, package, use, auth_data, cred, expiry);
}

int32_t sspi_free_cred(struct sspi_handle *handle)
{
	struct sspi_cred cred;
	int32_t status = sspi_cred_take(handle, &cred);

	if (status != SEC_E_OK)
		return status;
	release_kernel(&cred);
	free(cred.name);
	return SEC_E_OK;
}

static int32_t query_cred(enum sspi_form form, struct sspi_handle *handle, uint32_t attribute,
			  void *buffer)
{
	struct sspi_names *names = buffer;
	struct sspi_cred cred;
	int32_t status = sspi_cred_get(handle, &cred);

	if (status != SEC_E_OK)
		return status;
	if (attribute != SSPI_CRED_ATTR_NAMES) {
		status = SEC_E_UNSUPPORTED_FUNCTION;
	} else if (!buffer) {
		status = SEC_E_INVALID_PARAMETER;
	} else {
		names->user = cred.name ? sspi_string_make(form, cred.name) : NULL;
		status = names->user ? SEC_E_OK : SEC_E_NO_CREDENTIALS;
	}
	free(cred.name);
	return status;
}

int32_t sspi_query_cred_a(struct sspi_handle *handle, uint32_t attribute, void *buffer)
{
	return query_cred(SSPI_A, handle, attribute, buffer);
}

int32_t sspi_query_cred_w(struct sspi_handle *handle, uint32_t attribute, void *buffer)
{
	return query_cred(SSPI_W, handle, attribute, buffer);
}
