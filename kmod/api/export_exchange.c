// SPDX-License-Identifier: GPL-2.0-only
/*
 * The in-kernel API: what InitializeSecurityContext and AcceptSecurityContext share around
 * their call.
 */
#include "../base/filetime.h"
#include "../base/status.h"
#include "export_buffers.h"
#include "export_call.h"
#include "export_exchange.h"

void cssp_export_set_expiry(s64 *expiry, s64 utc)
{
	if (expiry)
		*expiry = cssp_filetime_local(utc);
}

/*
 * There is no memory for the output token. It is lost, and the exchange with it; @ret of a
 * call that has failed already stays.
 */
static int export_lose(struct cssp_isc_call *call, struct credssp_buffer *buffer, int ret)
{
	buffer->length = 0;
	call->isc.attr &= ~ISC_RET_ALLOCATED_MEMORY;
	if (ret && ret != -EAGAIN)
		return ret;
	cssp_context_put(call->new_context);
	call->new_context = NULL;
	if (call->context)
		cssp_context_kill(call->context, -ENOMEM, NULL);
	return -ENOMEM;
}

int cssp_export_hand_out(struct cssp_isc_call *call, int ret)
{
	struct credssp_buffer *buffer = cssp_isc_place_output(call, ret);
	const struct cssp_vbuf *token = &call->isc.token;

	if (!buffer)
		return ret;
	if (call->isc.context_req & ISC_REQ_ALLOCATE_MEMORY) {
		if (cssp_export_give(token, &buffer->data))
			return export_lose(call, buffer, ret);
	} else if (token->len) {
		memcpy(buffer->data, token->data, token->len);
	}
	return ret;
}

static int export_exchange(struct cssp_isc_call *call, const __le16 *target_name)
{
	struct cssp_vbuf target = {};
	int ret;

	ret = cssp_export_read_target(target_name, &target);
	if (ret) {
		ret = cssp_isc_refuse(call->context, ret);
	} else {
		call->isc.target = cssp_vbuf_rd(&target);
		ret = cssp_isc_call(call);
	}
	cssp_vbuf_free(&target);
	return ret;
}

int cssp_export_exchange(struct cssp_isc_call *call, const __le16 *target_name)
{
	struct cssp_quota_scope scope;
	int ret;

	if (call->context) {
		cssp_export_enter(call->context, &scope);
		ret = export_exchange(call, target_name);
		cssp_export_leave(call->context, &scope);
		return ret;
	}
	/* without either the call is refused before anything is made */
	if (!call->who)
		return export_exchange(call, target_name);
	cssp_quota_scope_enter(&scope, call->who->cred);
	ret = export_exchange(call, target_name);
	cssp_quota_scope_leave(&scope);
	return ret;
}

/* Another thread may delete the context while this one waits for its lock. */
int cssp_export_refuse(struct credssp_context *context, int err)
{
	struct cssp_quota_scope scope;
	int ret;

	if (!context)
		return err;
	cssp_export_enter(context, &scope);
	ret = cssp_isc_refuse(context, err);
	cssp_export_leave(context, &scope);
	return ret;
}

int cssp_export_check_exchange(const struct credssp_context *context,
			       struct credssp_context **new_context,
			       const struct credssp_buffer_desc *input,
			       const struct credssp_buffer_desc *output,
			       const u32 *context_attr)
{
	if ((!context && !new_context) || !context_attr)
		return CSSP_E_PARAMETER;
	if (context && new_context && *new_context != context)
		return CSSP_E_PARAMETER;
	return cssp_export_check_buffers(input) ?: cssp_export_check_buffers(output);
}
