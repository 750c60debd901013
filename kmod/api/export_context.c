// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API, include/linux/credssp.h: credentials, contexts and exchanges. */
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "../base/filetime.h"
#include "../base/status.h"
#include "../wire/utf16.h"
#include "authenticate_async.h"
#include "export_buffers.h"
#include "export_call.h"
#include "export_exchange.h"
#include "isc.h"

static int export_copy_string(struct cssp_vbuf *to, const void *p, size_t len, size_t max)
{
	struct cssp_rd rd = cssp_rd_of(p, len);

	if (len > max || (len && !p) || cssp_utf16_check(&rd))
		return CSSP_E_PARAMETER;
	return cssp_vbuf_append(to, p, len);
}

static int export_copy_identity(const struct credssp_acquire *args, struct cssp_identity *id)
{
	int ret;

	if (args->key || args->keyring)
		return args->user || args->domain || args->password ? CSSP_E_PARAMETER : 0;
	ret = export_copy_string(&id->user, args->user, args->user_length, CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	ret = export_copy_string(&id->domain, args->domain, args->domain_length,
				 CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	return export_copy_string(&id->password, args->password, args->password_length,
				  CREDSSP_MAX_PASSWORD);
}

/* NULL is an empty string. */
static struct cssp_rd export_string_rd(const char *s)
{
	return cssp_rd_of(s, s ? strlen(s) : 0);
}

static int export_create_cred(const struct credssp_acquire *args,
			      const struct cssp_requester *who, struct credssp_cred **cred)
{
	struct cssp_identity id = {};
	const struct cssp_cred_params params = {
		.who = who,
		.key = args->key,
		.keyring = args->keyring,
		.id = &id,
		.use = args->use,
		.package = args->package,
		.mechs = args->mechs,
		.min_version = args->min_version,
		.max_version = args->max_version,
		.cert = export_string_rd(args->cert),
		.pins = cssp_rd_of(args->pins, args->pin_count * CREDSSP_PIN_SIZE),
		.ticket_source = args->ticket_source,
		.user_to_user = args->user_to_user,
		.tickets = export_string_rd(args->tickets),
		.realm = export_string_rd(args->realm),
	};
	int ret;

	ret = export_copy_identity(args, &id) ?: cssp_cred_create(cred, &params);
	cssp_identity_free(&id);
	return ret;
}

static int export_acquire(const struct credssp_acquire *args, struct credssp_cred **cred)
{
	struct cssp_quota_scope scope;
	struct cssp_requester who;
	int ret;

	/* A kernel thread has no user's credentials, so the caller must pass @cred. */
	if (!args->cred && current->flags & PF_KTHREAD)
		return CSSP_E_PARAMETER;
	if (args->pin_count > CREDSSP_MAX_PINS || (args->pin_count && !args->pins))
		return CSSP_E_PARAMETER;
	cssp_requester_pin(&who, args->cred ?: current_cred(), args->net ?: &init_net);
	cssp_quota_scope_enter(&scope, who.cred);
	ret = export_create_cred(args, &who, cred);
	cssp_quota_scope_leave(&scope);
	cssp_requester_drop(&who);
	return ret;
}

s32 credssp_acquire_credentials_handle(const struct credssp_acquire *args,
				       struct credssp_cred **cred, s64 *expiry)
{
	if (!args || !cred)
		return SEC_E_INVALID_PARAMETER;
	cssp_export_set_expiry(expiry, CSSP_FILETIME_NEVER);
	return cssp_status(export_acquire(args, cred));
}
EXPORT_SYMBOL_GPL(credssp_acquire_credentials_handle);

s32 credssp_free_credentials_handle(struct credssp_cred *cred)
{
	if (!cred)
		return SEC_E_INVALID_HANDLE;
	cssp_cred_put(cred);
	return SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_free_credentials_handle);

s32 credssp_initialize_security_context(struct credssp_cred *cred,
					struct credssp_context *context,
					const __le16 *target_name, u32 context_req,
					u32 reserved1, u32 target_data_rep,
					struct credssp_buffer_desc *input,
					u32 reserved2,
					struct credssp_context **new_context,
					struct credssp_buffer_desc *output,
					u32 *context_attr, s64 *expiry)
{
	struct cssp_isc_call call = {
		.cred = cred,
		.who = cred ? &cred->who : NULL,
		.keep_key = true,
		.context = context,
		.reserved1 = reserved1,
		.reserved2 = reserved2,
		.data_rep = target_data_rep,
		.input = input,
		.output = output,
		.isc.context_req = context_req,
		.isc.expiry = CSSP_FILETIME_NEVER,
	};
	int ret;

	if (context && cssp_context_is_acceptor(context))
		return SEC_E_INVALID_HANDLE;
	ret = cssp_export_check_exchange(context, new_context, input, output, context_attr);
	if (ret)
		return cssp_status(cssp_export_refuse(context, ret));
	ret = cssp_export_exchange(&call, target_name);
	ret = cssp_export_hand_out(&call, ret);
	*context_attr = call.isc.attr;
	cssp_export_set_expiry(expiry, call.isc.expiry);
	if (call.new_context)
		*new_context = call.new_context;
	cssp_vbuf_free(&call.isc.token);
	return cssp_status_exchange(ret);
}
EXPORT_SYMBOL_GPL(credssp_initialize_security_context);

s32 credssp_complete_auth_token(struct credssp_context *context,
				struct credssp_buffer_desc *token)
{
	return context ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_INVALID_HANDLE;
}
EXPORT_SYMBOL_GPL(credssp_complete_auth_token);

static int export_prepare(struct credssp_cred *cred, u32 timeout_ms,
			  struct credssp_context **context)
{
	struct cssp_quota_scope scope;
	int ret;

	cssp_quota_scope_enter(&scope, cred->who.cred);
	ret = cssp_context_create(context, cred, &cred->who);
	if (!ret) {
		cssp_context_prepare(*context, timeout_ms);
		cssp_context_keep_key(*context);
	}
	cssp_quota_scope_leave(&scope);
	return ret;
}

s32 credssp_prepare_security_context(struct credssp_cred *cred, u32 timeout_ms,
				     struct credssp_context **context)
{
	if (!cred)
		return SEC_E_NO_CREDENTIALS;
	if (!context)
		return SEC_E_INVALID_PARAMETER;
	return cssp_status(export_prepare(cred, timeout_ms, context));
}
EXPORT_SYMBOL_GPL(credssp_prepare_security_context);

s32 credssp_delete_security_context(struct credssp_context *context)
{
	if (!context)
		return SEC_E_INVALID_HANDLE;
	cssp_context_cancel(context);
	cssp_context_put(context);
	return SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_delete_security_context);

s32 credssp_attach_socket(struct credssp_cred *cred, struct socket *sock,
			  struct credssp_context **context)
{
	int ret;

	if (!cred)
		return SEC_E_NO_CREDENTIALS;
	if (!sock || !context)
		return SEC_E_INVALID_PARAMETER;
	ret = cssp_context_attach(context, cred, &cred->who, sock);
	if (ret)
		return cssp_status(ret);
	cssp_context_keep_key(*context);
	return SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_attach_socket);

static int export_authenticate(struct cssp_authenticate *auth, const __le16 *target_name)
{
	struct cssp_quota_scope scope;
	struct cssp_vbuf target = {};
	int ret;

	cssp_quota_scope_enter(&scope, auth->who->cred);
	ret = cssp_export_read_target(target_name, &target);
	auth->target = cssp_vbuf_rd(&target);
	if (ret)
		auth->report.reason = cssp_reason(CSSP_LAYER_EXCHANGE, ret);
	else
		ret = cssp_authenticate(auth);
	cssp_vbuf_free(&target);
	cssp_quota_scope_leave(&scope);
	return ret;
}

s32 credssp_authenticate_socket(struct credssp_cred *cred, struct socket *sock,
				const __le16 *target_name, u32 context_req,
				u32 flags, u32 timeout_ms, u32 *context_attr,
				struct credssp_report *report)
{
	struct cssp_authenticate auth = {
		.cred = cred,
		.sock = sock,
		.context_req = context_req,
		.flags = flags,
		.timeout_ms = timeout_ms,
		.report.reason = CREDSSP_REASON_PARAMETER,
	};
	int ret;

	if (!cred)
		return SEC_E_NO_CREDENTIALS;
	if (!sock)
		return SEC_E_INVALID_PARAMETER;
	auth.who = &cred->who;
	ret = export_authenticate(&auth, target_name);
	if (context_attr)
		*context_attr = auth.attr;
	if (report)
		*report = auth.report;
	cssp_authenticate_free(&auth);
	return cssp_status_exchange(ret);
}
EXPORT_SYMBOL_GPL(credssp_authenticate_socket);

static int export_authenticate_async(struct cssp_authenticate *auth,
				     const struct credssp_authenticate *args,
				     struct credssp_authentication **call)
{
	struct cssp_quota_scope scope;
	struct cssp_vbuf target = {};
	int ret;

	cssp_quota_scope_enter(&scope, auth->who->cred);
	ret = cssp_export_read_target(args->target_name, &target);
	if (!ret)
		ret = cssp_authenticate_async_start(call, auth, &target, args);
	cssp_vbuf_free(&target);
	cssp_quota_scope_leave(&scope);
	return ret;
}

s32 credssp_authenticate_socket_async(const struct credssp_authenticate *args,
				      struct credssp_authentication **call)
{
	struct cssp_authenticate auth = {};

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
	return cssp_status_exchange(export_authenticate_async(&auth, args, call));
}
EXPORT_SYMBOL_GPL(credssp_authenticate_socket_async);

s32 credssp_export_ktls(struct credssp_context *context, struct socket *sock)
{
	struct cssp_quota_scope scope;
	int ret;

	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!sock)
		return SEC_E_INVALID_PARAMETER;
	cssp_export_enter(context, &scope);
	ret = cssp_context_export(context, sock);
	cssp_export_leave(context, &scope);
	return cssp_status(ret);
}
EXPORT_SYMBOL_GPL(credssp_export_ktls);

void credssp_cancel(struct credssp_context *context)
{
	if (context)
		cssp_context_cancel(context);
}
EXPORT_SYMBOL_GPL(credssp_cancel);
