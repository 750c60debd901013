// SPDX-License-Identifier: LGPL-2.1-or-later
/* AcceptSecurityContext, and what an initiator has delegated. */
#include <string.h>

#include "private.h"

int32_t credssp_accept_security_context(struct credssp *lib, const uint64_t *cred,
					const uint64_t *context,
					struct credssp_buffer_desc *input,
					uint32_t context_req, uint32_t target_data_rep,
					uint64_t *new_context,
					struct credssp_buffer_desc *output,
					uint32_t *context_attr,
					struct credssp_timestamp *expiry,
					const struct credssp_accept_options *options)
{
	int allocate = !!(context_req & ASC_REQ_ALLOCATE_MEMORY);
	struct credssp_ioc_accept ioc = {
		.size = sizeof(ioc),
		.context_req = context_req & ~ASC_REQ_ALLOCATE_MEMORY,
		.data_rep = target_data_rep,
		.cred = cred ? *cred : 0,
		.context = context ? *context : 0,
	};
	const struct cssp_exchange x = CSSP_EXCHANGE(lib, CREDSSP_IOC_ACCEPT, ioc);
	int first = !ioc.context;
	int32_t status;

	cssp_set_last_reason(CREDSSP_REASON_NONE);
	if (cssp_check_exchange(ioc.context, new_context, input, output, context_attr))
		return SEC_E_INVALID_PARAMETER;
	if (options) {
		ioc.flags = options->flags;
		ioc.peer = options->peer;
	}
	status = cssp_exchange_call(&x, input, output, allocate);
	cssp_set_last_reason(ioc.reason);
	*context_attr = ioc.context_attr;
	if (allocate)
		*context_attr |= ASC_RET_ALLOCATED_MEMORY;
	if (first)
		*new_context = ioc.new_context;
	cssp_timestamp_set(expiry, ioc.expiry);
	return status;
}

int32_t credssp_accept_socket(struct credssp *lib, uint64_t cred, int fd, uint32_t context_req,
			      uint32_t flags, uint32_t timeout_ms,
			      struct credssp_accept_result *result)
{
	struct credssp_ioc_accept_socket ioc = {
		.size = sizeof(ioc),
		.fd = fd,
		.flags = flags,
		.context_req = context_req,
		.timeout_ms = timeout_ms,
		.cred = cred,
	};
	int32_t status;

	if (!result)
		return SEC_E_INVALID_PARAMETER;
	memset(result, 0, sizeof(*result));
	status = cssp_call(lib, CREDSSP_IOC_ACCEPT_SOCKET, &ioc, &ioc.status);
	result->context = ioc.context;
	result->context_attr = ioc.context_attr;
	result->report = ioc.report;
	cssp_timestamp_set(&result->expiry, ioc.expiry);
	return status;
}

/* Does each string of @v, which has @length bytes in all, end with its NUL? */
static int verdict_is_sound(const struct credssp_verdict *v, uint32_t length)
{
	const uint32_t parts[][2] = {
		{ v->account_offset, v->account_length },
		{ v->user_offset, v->user_length },
		{ v->workstation_offset, v->workstation_length },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i][0] >= length || parts[i][1] >= length - parts[i][0] ||
		    ((const char *)v)[parts[i][0] + parts[i][1]])
			return 0;
	return 1;
}

int32_t credssp_query_verdict(struct credssp *lib, uint64_t context,
			      struct credssp_verdict **verdict)
{
	uint32_t length;
	void *made;
	int32_t status;

	if (!verdict)
		return SEC_E_INVALID_PARAMETER;
	*verdict = NULL;
	status = credssp_query_alloc(lib, context, SECPKG_ATTR_CREDSSP_VERDICT, &made, &length);
	if (status != SEC_E_OK)
		return status;
	if (length < sizeof(**verdict) || !verdict_is_sound(made, length)) {
		credssp_free_context_buffer(made);
		return SEC_E_INTERNAL_ERROR;
	}
	*verdict = made;
	return SEC_E_OK;
}

int32_t credssp_deliver_delegated(struct credssp *lib, uint64_t context, int32_t keyring,
				  uint32_t form, const char *name, uint32_t lifetime,
				  int32_t *key)
{
	struct credssp_ioc_delegated ioc = {
		.size = sizeof(ioc),
		.keyring = keyring,
		.form = form,
		.context = context,
		.name = cssp_ptr(name),
		.name_length = name ? (uint32_t)strnlen(name, CREDSSP_MAX_TARGET + 1) : 0,
		.lifetime = lifetime,
	};
	int32_t status;

	if (!key)
		return SEC_E_INVALID_PARAMETER;
	*key = 0;
	status = cssp_call(lib, CREDSSP_IOC_DELEGATED, &ioc, &ioc.status);
	if (status == SEC_E_OK)
		*key = ioc.key;
	return status;
}
