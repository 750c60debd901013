// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tables of functions, and the functions that do nothing. */
#include "sspi.h"
#include "slots.h"

/*
 * FreeRDP's server calls these two after a logon. Nothing is impersonated, as with WinPR's own
 * packages: a valid context is all that is asked for.
 */
static int32_t sspi_impersonate(struct sspi_handle *handle)
{
	struct sspi_context context;

	return sspi_context_get(handle, &context);
}

static int32_t no_control_token(struct sspi_handle *context, struct sspi_buffer_desc *input)
{
	(void)context;
	(void)input;
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static int32_t no_export(struct sspi_handle *context, uint32_t flags, struct sspi_buffer *packed,
			 void **token)
{
	(void)context;
	(void)flags;
	(void)packed;
	(void)token;
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static int32_t no_import(const void *package, struct sspi_buffer *packed, void *token,
			 struct sspi_handle *context)
{
	(void)package;
	(void)packed;
	(void)token;
	(void)context;
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static int32_t no_add(struct sspi_handle *cred, const void *principal, const void *package,
		      uint32_t use, void *auth_data, void *get_key, void *get_key_arg,
		      struct sspi_time *expiry)
{
	(void)cred;
	(void)principal;
	(void)package;
	(void)use;
	(void)auth_data;
	(void)get_key;
	(void)get_key_arg;
	(void)expiry;
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static int32_t no_token(struct sspi_handle *context, void **token)
{
	(void)context;
	(void)token;
	return SEC_E_UNSUPPORTED_FUNCTION;
}

/*
 * WinPR's attributes are for hashes of its own accounts and NTLM messages. Accounts are
 * credsspd's, and NTLM is the kernel's.
 */
static int32_t no_set(struct sspi_handle *handle, uint32_t attribute, void *buffer,
		      uint32_t length)
{
	(void)handle;
	(void)attribute;
	(void)buffer;
	(void)length;
	return SEC_E_UNSUPPORTED_FUNCTION;
}

#define SSPI_TABLE(form)					\
	{							\
		.version = SSPI_TABLE_VERSION,			\
		.enumerate_packages = sspi_enumerate_##form,	\
		.query_cred = sspi_query_cred_##form,		\
		.acquire = sspi_acquire_##form,			\
		.free_cred = sspi_free_cred,			\
		.initialize = sspi_initialize_##form,		\
		.accept = sspi_accept,				\
		.complete = sspi_complete,			\
		.delete_context = sspi_delete_context,		\
		.apply_control_token = no_control_token,	\
		.query = sspi_query_##form,			\
		.impersonate = sspi_impersonate,		\
		.revert = sspi_impersonate,			\
		.sign = sspi_sign,				\
		.verify = sspi_verify,				\
		.free_buffer = credssp_free_context_buffer,	\
		.query_package = sspi_query_package_##form,	\
		.export_context = no_export,			\
		.import_context = no_import,			\
		.add_cred = no_add,				\
		.query_token = no_token,			\
		.encrypt = sspi_encrypt,			\
		.decrypt = sspi_decrypt,			\
		.set_context = no_set,				\
		.set_cred = no_set,				\
	}

static const struct sspi_table table_a = SSPI_TABLE(a);
static const struct sspi_table table_w = SSPI_TABLE(w);

const struct sspi_table *InitSecurityInterfaceA(void)
{
	return &table_a;
}

const struct sspi_table *InitSecurityInterfaceW(void)
{
	return &table_w;
}

const struct sspi_table *InitSecurityInterfaceExA(uint32_t flags)
{
	(void)flags;
	return &table_a;
}

const struct sspi_table *InitSecurityInterfaceExW(uint32_t flags)
{
	(void)flags;
	return &table_w;
}
