// SPDX-License-Identifier: LGPL-2.1-or-later
/* Credential handles. */
#include "private.h"

int32_t credssp_acquire_credentials_handle(struct credssp *lib,
					   const struct credssp_acquire *args,
					   uint64_t *cred,
					   struct credssp_timestamp *expiry)
{
	struct credssp_ioc_acquire ioc = { .size = sizeof(ioc) };
	int32_t status;

	if (!args || !cred)
		return SEC_E_INVALID_PARAMETER;
	*cred = 0;
	ioc.use = args->use;
	ioc.encoding = args->encoding;
	ioc.package = args->package;
	ioc.mechs = args->mechs;
	ioc.min_version = args->min_version;
	ioc.max_version = args->max_version;
	ioc.key = args->key;
	ioc.user = cssp_ptr(args->user);
	ioc.user_length = args->user_length;
	ioc.domain = cssp_ptr(args->domain);
	ioc.domain_length = args->domain_length;
	ioc.password = cssp_ptr(args->password);
	ioc.password_length = args->password_length;
	ioc.cert = cssp_ptr(args->cert);
	ioc.cert_length = args->cert_length;
	ioc.pins = cssp_ptr(args->pins);
	ioc.pin_count = args->pin_count;
	ioc.flags = args->flags;
	ioc.ticket_source = args->ticket_source;
	/* An older module takes the structure only if what it does not know is zero. */
	if (args->tickets_length)
		ioc.tickets = cssp_ptr(args->tickets);
	ioc.tickets_length = args->tickets_length;
	if (args->realm_length)
		ioc.realm = cssp_ptr(args->realm);
	ioc.realm_length = args->realm_length;

	status = cssp_call(lib, CREDSSP_IOC_ACQUIRE, &ioc, &ioc.status);
	if (status != SEC_E_OK)
		return status;
	*cred = ioc.cred;
	cssp_timestamp_set(expiry, ioc.expiry);
	return SEC_E_OK;
}

int32_t credssp_free_credentials_handle(struct credssp *lib, uint64_t cred)
{
	struct credssp_ioc_handle ioc = { .size = sizeof(ioc), .handle = cred };

	return cssp_call(lib, CREDSSP_IOC_FREE_CRED, &ioc, &ioc.status);
}
