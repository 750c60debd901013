// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API, include/linux/credssp_acceptor.h: acceptors. */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/credssp_acceptor.h>

#include "../base/filetime.h"
#include "../base/status.h"
#include "../cred/delivery.h"
#include "asc.h"
#include "authenticate_async.h"
#include "export_call.h"
#include "export_exchange.h"

s32 credssp_accept_security_context(struct credssp_cred *cred, struct credssp_context *context,
				    struct credssp_buffer_desc *input, u32 context_req,
				    u32 target_data_rep, struct credssp_context **new_context,
				    struct credssp_buffer_desc *output, u32 *context_attr,
				    s64 *expiry, const struct credssp_accept_options *options)
{
	const struct cssp_asc asc = {
		.flags = options ? options->flags : 0,
		.peer = options ? options->peer : (struct credssp_address){},
	};
	struct cssp_isc_call call = {
		.asc = &asc,
		.cred = cred,
		.who = cred ? &cred->who : NULL,
		.keep_key = true,
		.context = context,
		.data_rep = target_data_rep,
		.input = input,
		.output = output,
		.isc.context_req = context_req,
		.isc.expiry = CSSP_FILETIME_NEVER,
	};
	int ret;

	if (context && !cssp_context_is_acceptor(context))
		return SEC_E_INVALID_HANDLE;
	if (!context && new_context)
		*new_context = NULL;
	ret = cssp_export_check_exchange(context, new_context, input, output, context_attr);
	if (ret)
		return cssp_status(cssp_export_refuse(context, ret));
	ret = cssp_export_exchange(&call, NULL);
	ret = cssp_export_hand_out(&call, ret);
	*context_attr = call.isc.attr;
	cssp_export_set_expiry(expiry, call.isc.expiry);
	if (!context)
		*new_context = call.new_context;
	cssp_vbuf_free(&call.isc.token);
	return cssp_status_exchange(ret);
}
EXPORT_SYMBOL_GPL(credssp_accept_security_context);

static int export_accept(struct cssp_authenticate *auth, struct credssp_context **ctx)
{
	struct cssp_quota_scope scope;
	int ret;

	cssp_quota_scope_enter(&scope, auth->who->cred);
	ret = cssp_authenticate_begin(auth, ctx);
	if (!ret) {
		cssp_context_keep_key(*ctx);
		ret = cssp_authenticate_finish(auth, *ctx);
	}
	cssp_quota_scope_leave(&scope);
	return ret;
}

s32 credssp_accept_socket(struct credssp_cred *cred, struct socket *sock, u32 context_req,
			  u32 flags, u32 timeout_ms, struct credssp_context **context,
			  u32 *context_attr, struct credssp_report *report)
{
	struct cssp_authenticate auth = {
		.accept = true,
		.cred = cred,
		.sock = sock,
		.context_req = context_req,
		.flags = flags,
		.timeout_ms = timeout_ms,
		.report.reason = CREDSSP_REASON_PARAMETER,
	};
	struct credssp_context *ctx = NULL;
	int ret;

	if (context)
		*context = NULL;
	if (!cred)
		return SEC_E_NO_CREDENTIALS;
	if (!sock)
		return SEC_E_INVALID_PARAMETER;
	auth.who = &cred->who;
	ret = export_accept(&auth, &ctx);
	if (context_attr)
		*context_attr = auth.attr;
	if (report)
		*report = auth.report;
	cssp_authenticate_free(&auth);
	if (context)
		*context = ctx;
	else
		cssp_context_put(ctx);
	return cssp_status_exchange(ret);
}
EXPORT_SYMBOL_GPL(credssp_accept_socket);

static int export_accept_async(struct cssp_authenticate *auth, const struct credssp_accept *args,
			       struct credssp_authentication **call)
{
	const struct credssp_authenticate result = { .done = args->done, .data = args->data };
	struct cssp_quota_scope scope;
	struct cssp_vbuf target = {};
	int ret;

	cssp_quota_scope_enter(&scope, auth->who->cred);
	ret = cssp_authenticate_async_start(call, auth, &target, &result);
	cssp_quota_scope_leave(&scope);
	return ret;
}

s32 credssp_accept_socket_async(const struct credssp_accept *args,
				struct credssp_authentication **call)
{
	struct cssp_authenticate auth = { .accept = true };

	might_sleep();
	if (!args || !call || !args->done)
		return SEC_E_INVALID_PARAMETER;
	*call = NULL;
	if (!args->cred)
		return SEC_E_NO_CREDENTIALS;
	if (!args->sock)
		return SEC_E_INVALID_PARAMETER;
	auth.cred = args->cred;
	auth.who = &args->cred->who;
	auth.sock = args->sock;
	auth.context_req = args->context_req;
	auth.flags = args->flags;
	auth.timeout_ms = args->timeout_ms;
	return cssp_status_exchange(export_accept_async(&auth, args, call));
}
EXPORT_SYMBOL_GPL(credssp_accept_socket_async);

s32 credssp_deliver_delegated(struct credssp_context *context, s32 keyring, u32 form,
			      const char *name, u32 lifetime, s32 *key)
{
	const struct cssp_delivery delivery = {
		.keyring = keyring,
		.form = form,
		.name = cssp_rd_of(name, name ? strlen(name) : 0),
		.lifetime = lifetime,
	};
	struct cssp_quota_scope scope;
	int ret;

	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!key)
		return SEC_E_INVALID_PARAMETER;
	*key = 0;
	cssp_export_enter(context, &scope);
	ret = cssp_context_deliver(context, &delivery, key);
	cssp_export_leave(context, &scope);
	return cssp_status(ret);
}
EXPORT_SYMBOL_GPL(credssp_deliver_delegated);
