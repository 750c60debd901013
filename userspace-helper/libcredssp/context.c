// SPDX-License-Identifier: LGPL-2.1-or-later
/* Security contexts on the token transport, and calls on any context. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Of this thread's last first call, for credssp_last_reason() */
static _Thread_local uint32_t last_reason;

void cssp_set_last_reason(uint32_t reason)
{
	last_reason = reason;
}

int32_t credssp_initialize_security_context(struct credssp *lib,
					    const uint64_t *cred,
					    const uint64_t *context,
					    const char *target_name,
					    uint32_t context_req,
					    uint32_t reserved1,
					    uint32_t target_data_rep,
					    struct credssp_buffer_desc *input,
					    uint32_t reserved2,
					    uint64_t *new_context,
					    struct credssp_buffer_desc *output,
					    uint32_t *context_attr,
					    struct credssp_timestamp *expiry)
{
	struct cssp_spn_name target;
	int allocate = !!(context_req & ISC_REQ_ALLOCATE_MEMORY);
	struct credssp_ioc_init ioc = {
		.size = sizeof(ioc),
		.context_req = context_req & ~ISC_REQ_ALLOCATE_MEMORY,
		.reserved1 = reserved1,
		.data_rep = target_data_rep,
		.reserved2 = reserved2,
		.target = cssp_ptr(target_name ? target.text : NULL),
		.cred = cred ? *cred : 0,
		.context = context ? *context : 0,
	};
	const struct cssp_exchange x = CSSP_EXCHANGE(lib, CREDSSP_IOC_INIT, ioc);
	int first = !ioc.context;
	int32_t status;

	cssp_set_last_reason(CREDSSP_REASON_NONE);
	if (cssp_check_exchange(ioc.context, new_context, input, output, context_attr))
		return SEC_E_INVALID_PARAMETER;
	status = cssp_spn_load(&target, target_name);
	if (status != SEC_E_OK)
		return status;
	ioc.target_length = target.length;

	status = cssp_exchange_call(&x, input, output, allocate);
	cssp_set_last_reason(ioc.reason);
	*context_attr = ioc.context_attr;
	if (allocate)
		*context_attr |= ISC_RET_ALLOCATED_MEMORY;
	if (first)
		*new_context = ioc.new_context;
	cssp_timestamp_set(expiry, ioc.expiry);
	return status;
}

uint32_t credssp_last_reason(void)
{
	return last_reason;
}

int32_t credssp_initialize_security_context_w(struct credssp *lib,
					      const uint64_t *cred,
					      const uint64_t *context,
					      const uint16_t *target_name,
					      uint32_t context_req,
					      uint32_t reserved1,
					      uint32_t target_data_rep,
					      struct credssp_buffer_desc *input,
					      uint32_t reserved2,
					      uint64_t *new_context,
					      struct credssp_buffer_desc *output,
					      uint32_t *context_attr,
					      struct credssp_timestamp *expiry)
{
	char utf8[CREDSSP_MAX_TARGET + 1];
	size_t units = 0;
	ssize_t length;

	cssp_set_last_reason(CREDSSP_REASON_NONE);
	if (target_name) {
		while (units <= CREDSSP_MAX_TARGET && target_name[units])
			units++;
		length = credssp_utf16_to_utf8(target_name, units, utf8,
					       CREDSSP_MAX_TARGET);
		if (length < 0 || length > CREDSSP_MAX_TARGET)
			return SEC_E_TARGET_UNKNOWN;
		utf8[length] = '\0';
	}
	return credssp_initialize_security_context(lib, cred, context,
						   target_name ? utf8 : NULL,
						   context_req, reserved1,
						   target_data_rep, input,
						   reserved2, new_context, output,
						   context_attr, expiry);
}

static int32_t handle_call(struct credssp *lib, unsigned long cmd, uint64_t handle)
{
	struct credssp_ioc_handle ioc = { .size = sizeof(ioc), .handle = handle };

	return cssp_call(lib, cmd, &ioc, &ioc.status);
}

int32_t credssp_complete_auth_token(struct credssp *lib, uint64_t context,
				    struct credssp_buffer_desc *token)
{
	(void)token;
	return handle_call(lib, CREDSSP_IOC_COMPLETE, context);
}

int32_t credssp_delete_security_context(struct credssp *lib, uint64_t context)
{
	return handle_call(lib, CREDSSP_IOC_DELETE, context);
}

int32_t credssp_cancel(struct credssp *lib, uint64_t context)
{
	return handle_call(lib, CREDSSP_IOC_CANCEL, context);
}

int32_t credssp_free_context_buffer(void *buffer)
{
	free(buffer);
	return SEC_E_OK;
}
