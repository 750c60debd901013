// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API, include/linux/credssp.h. */
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>

#include "../base/filetime.h"
#include "../base/quota_scope.h"
#include "../base/status.h"
#include "../wire/utf16.h"
#include "authenticate.h"
#include "export_message.h"
#include "isc.h"

/* In local time, as SSPI recommends it. */
static void set_expiry(s64 *expiry, s64 utc)
{
	if (expiry)
		*expiry = cssp_filetime_local(utc);
}

/* In vmalloc's range, and really there: behind each area is a page that is not. */
static bool is_virtual(const void *p)
{
	return is_vmalloc_addr(p) && vmalloc_to_page(p);
}

/*
 * The contract: kernel callers' buffers are in virtual memory, not in the pool.
 * With VMAP_STACK the stack is in vmalloc's range, but it is not what is meant.
 */
static bool in_virtual_memory(const void *p, size_t len)
{
	return is_virtual(p) && is_virtual((const u8 *)p + len - 1) &&
	       !object_is_on_stack(p);
}

int cssp_export_check_buffers(const struct credssp_buffer_desc *desc)
{
	u32 i;

	if (!desc)
		return 0;
	if (desc->count > CREDSSP_MAX_BUFFERS || (desc->count && !desc->buffers))
		return CSSP_E_PARAMETER;
	for (i = 0; i < desc->count; i++)
		if (desc->buffers[i].data &&
		    !in_virtual_memory(desc->buffers[i].data, desc->buffers[i].length ?: 1))
			return CSSP_E_PARAMETER;
	return 0;
}

/* NUL-terminated UTF-16LE in virtual memory to UTF-8. */
static int read_target(const __le16 *name, struct cssp_vbuf *utf8)
{
	struct cssp_rd rd;
	struct cssp_wr wr;
	size_t units = 0;
	int ret;

	if (!name)
		return 0;
	if (!in_virtual_memory(name, sizeof(*name)))
		return CSSP_E_PARAMETER;
	while (units <= CREDSSP_MAX_TARGET && in_virtual_memory(&name[units], sizeof(*name)) &&
	       name[units])
		units++;
	if (units > CREDSSP_MAX_TARGET || !in_virtual_memory(&name[units], sizeof(*name)))
		return CSSP_E_TARGET;
	ret = cssp_vbuf_reserve(utf8, CREDSSP_MAX_TARGET);
	if (ret)
		return ret;
	rd = cssp_rd_of(name, units * sizeof(*name));
	wr = cssp_wr_of(utf8->data, CREDSSP_MAX_TARGET);
	if (cssp_utf16_to_utf8(&rd, &wr) || cssp_wr_done(&wr))
		return CSSP_E_TARGET;
	utf8->len = wr.len;
	return 0;
}

static int copy_string(struct cssp_vbuf *to, const void *p, size_t len, size_t max)
{
	struct cssp_rd rd = cssp_rd_of(p, len);

	if (len > max || (len && !p) || cssp_utf16_check(&rd))
		return CSSP_E_PARAMETER;
	return cssp_vbuf_append(to, p, len);
}

static int copy_identity(const struct credssp_acquire *args, struct cssp_identity *id)
{
	int ret;

	if (args->key)
		return args->user || args->domain || args->password ?
		       CSSP_E_PARAMETER : 0;
	ret = copy_string(&id->user, args->user, args->user_length, CREDSSP_MAX_NAME);
	if (!ret)
		ret = copy_string(&id->domain, args->domain, args->domain_length,
				  CREDSSP_MAX_NAME);
	if (!ret)
		ret = copy_string(&id->password, args->password, args->password_length,
				  CREDSSP_MAX_PASSWORD);
	return ret;
}

static int acquire(const struct credssp_acquire *args, struct credssp_cred **cred)
{
	struct cssp_requester who;
	struct cssp_identity id = {};
	struct cssp_cred_params params = {
		.who = &who,
		.key = args->key,
		.id = &id,
		.use = args->use,
		.package = args->package,
		.mechs = args->mechs,
		.min_version = args->min_version,
		.max_version = args->max_version,
		.cert = cssp_rd_of(args->cert, args->cert ? strlen(args->cert) : 0),
		.pins = cssp_rd_of(args->pins, args->pin_count * CREDSSP_PIN_SIZE),
	};
	struct cssp_quota_scope scope;
	int ret;

	/* a kernel thread acts for nobody: it must say for whom */
	if (!args->cred && current->flags & PF_KTHREAD)
		return CSSP_E_PARAMETER;
	if (args->pin_count > CREDSSP_MAX_PINS || (args->pin_count && !args->pins))
		return CSSP_E_PARAMETER;
	cssp_requester_pin(&who, args->cred ?: current_cred(), args->net ?: &init_net);
	cssp_quota_scope_enter(&scope, who.cred);
	ret = copy_identity(args, &id);
	if (!ret)
		ret = cssp_cred_create(cred, &params);
	cssp_quota_scope_leave(&scope);
	cssp_identity_free(&id);
	cssp_requester_drop(&who);
	return ret;
}

s32 credssp_acquire_credentials_handle(const struct credssp_acquire *args,
				       struct credssp_cred **cred, s64 *expiry)
{
	if (!args || !cred)
		return SEC_E_INVALID_PARAMETER;
	set_expiry(expiry, CSSP_FILETIME_NEVER);
	return cssp_status(acquire(args, cred));
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

/* Put the output where the caller wants it: its own buffer, or a new one of ours. */
static void hand_out(struct cssp_isc_call *call, s32 status)
{
	struct credssp_buffer *token = cssp_isc_place_output(call, status);
	struct cssp_vbuf *made = &call->isc.token;

	if (!token)
		return;
	if (status == SEC_E_BUFFER_TOO_SMALL) {
		token->length = call->isc.needed;
		return;
	}
	if (call->isc.context_req & ISC_REQ_ALLOCATE_MEMORY) {
		token->length = made->len;
		token->data = cssp_vbuf_disown(made);
		return;
	}
	if (made->len > token->length || !token->data) {
		/* an alert that does not fit, or a buffer that was refused */
		token->length = 0;
		return;
	}
	token->length = made->len;
	if (made->len)
		memcpy(token->data, made->data, made->len);
}

static s32 initialize(struct cssp_isc_call *call, const __le16 *target_name)
{
	struct cssp_vbuf target = {};
	s32 status;
	int ret = read_target(target_name, &target);

	if (ret)
		ret = cssp_isc_refuse(call->context, ret);
	call->isc.target = cssp_vbuf_rd(&target);
	status = ret ? cssp_status(ret) : cssp_isc_call(call);
	cssp_vbuf_free(&target);
	return status;
}

/* Whom a context or credential was made for pays for what its calls need. */
static s32 initialize_charged(struct cssp_isc_call *call, const __le16 *target_name)
{
	const struct cssp_requester *who = call->context ? &call->context->who : call->who;
	struct cssp_quota_scope scope;
	s32 status;

	/* neither context nor credential: refused before anything is made */
	if (!who)
		return initialize(call, target_name);
	cssp_quota_scope_enter(&scope, who->cred);
	status = initialize(call, target_name);
	cssp_quota_scope_leave(&scope);
	return status;
}

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
	s32 status;
	int ret;

	ret = (!context && !new_context) || !context_attr ? CSSP_E_PARAMETER : 0;
	if (!ret && context && new_context && *new_context != context)
		ret = CSSP_E_PARAMETER;
	if (!ret)
		ret = cssp_export_check_buffers(input) ?: cssp_export_check_buffers(output);
	if (ret)
		return cssp_status(cssp_isc_refuse(context, ret));
	/* Delete may come while the call is under way */
	if (context)
		cssp_context_get(context);
	status = initialize_charged(&call, target_name);
	cssp_context_put(context);
	hand_out(&call, status);
	*context_attr = call.isc.attr;
	set_expiry(expiry, call.isc.expiry);
	if (call.new_context)
		*new_context = call.new_context;
	cssp_vbuf_free(&call.isc.token);
	return status;
}
EXPORT_SYMBOL_GPL(credssp_initialize_security_context);

s32 credssp_complete_auth_token(struct credssp_context *context,
				struct credssp_buffer_desc *token)
{
	return context ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_INVALID_HANDLE;
}
EXPORT_SYMBOL_GPL(credssp_complete_auth_token);

s32 credssp_delete_security_context(struct credssp_context *context)
{
	if (!context)
		return SEC_E_INVALID_HANDLE;
	cssp_context_cancel(context);
	cssp_context_put(context);
	return SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_delete_security_context);

s32 credssp_free_context_buffer(void *buffer)
{
	if (buffer && !is_vmalloc_addr(buffer))
		return SEC_E_INVALID_PARAMETER;
	/* what it holds was made to be sent: nothing to wipe */
	vfree(buffer);
	return SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_free_context_buffer);

/* header || data || trailer: one TLS record, back into the caller's three buffers */
static int encrypt(struct credssp_context *context, struct credssp_buffer *header,
		   struct credssp_buffer *data, struct credssp_buffer *trailer)
{
	struct cssp_room room = { SIZE_MAX, header->length, trailer->length };
	struct cssp_vbuf wire = {};
	struct cssp_rd rd = cssp_rd_of(data->data, data->length);
	int ret = cssp_context_encrypt(context, &rd, &room, &wire);

	header->length = room.before;
	trailer->length = room.after;
	if (!ret) {
		rd = cssp_vbuf_rd(&wire);
		ret = cssp_rd_copy(&rd, header->data, header->length) ?:
		      cssp_rd_copy(&rd, data->data, data->length) ?:
		      cssp_rd_copy(&rd, trailer->data, trailer->length) ?:
		      cssp_rd_end(&rd);
	}
	cssp_vbuf_free(&wire);
	return ret;
}

s32 credssp_encrypt_message(struct credssp_context *context, u32 qop,
			    struct credssp_buffer_desc *message, u32 sequence)
{
	struct credssp_buffer *header, *data, *trailer;
	struct cssp_quota_scope scope;
	int ret;

	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (qop || sequence || !message || cssp_export_check_buffers(message))
		return SEC_E_INVALID_PARAMETER;
	if (cssp_context_package(context) != CREDSSP_PACKAGE_CREDSSP)
		return cssp_export_seal(context, message);
	header = cssp_isc_find_buffer(message, SECBUFFER_STREAM_HEADER);
	data = cssp_isc_find_buffer(message, SECBUFFER_DATA);
	trailer = cssp_isc_find_buffer(message, SECBUFFER_STREAM_TRAILER);
	if (!header || !data || !trailer || !data->data || !header->data || !trailer->data ||
	    (header->type | data->type | trailer->type) & SECBUFFER_READONLY)
		return SEC_E_INVALID_PARAMETER;
	cssp_context_get(context);
	cssp_quota_scope_enter(&scope, context->who.cred);
	ret = encrypt(context, header, data, trailer);
	cssp_quota_scope_leave(&scope);
	cssp_context_put(context);
	return cssp_status(ret);
}
EXPORT_SYMBOL_GPL(credssp_encrypt_message);

/* The records, and three buffers for what becomes of them. */
static int check_sealed(const struct credssp_buffer_desc *message)
{
	u32 i;

	if (message->count != 4 || message->buffers[0].type != SECBUFFER_DATA ||
	    !message->buffers[0].data)
		return CSSP_E_PARAMETER;
	for (i = 1; i < message->count; i++)
		if (message->buffers[i].type != SECBUFFER_EMPTY)
			return CSSP_E_PARAMETER;
	return 0;
}

/* The record's parts, in place: what was its ciphertext is its plaintext now. */
static void tell_parts(struct credssp_buffer *b, const struct credssp_stream_sizes *sizes,
		       const struct cssp_rd *rest, const struct cssp_vbuf *plain)
{
	u8 *record = b[0].data;
	u32 total = b[0].length - rest->left;

	memcpy(record + sizes->header, plain->data, plain->len);
	b[0] = (struct credssp_buffer){ SECBUFFER_STREAM_HEADER, sizes->header, record };
	b[1] = (struct credssp_buffer){ SECBUFFER_DATA, plain->len,
					record + sizes->header };
	b[2] = (struct credssp_buffer){ SECBUFFER_STREAM_TRAILER,
					total - sizes->header - plain->len,
					record + sizes->header + plain->len };
	b[3] = (struct credssp_buffer){ rest->left ? SECBUFFER_EXTRA : SECBUFFER_EMPTY,
					rest->left, rest->left ? record + total : NULL };
}

static int decrypt(struct credssp_context *context, struct credssp_buffer *b)
{
	struct cssp_rd rd = cssp_rd_of(b[0].data, b[0].length);
	struct credssp_stream_sizes sizes;
	struct cssp_vbuf plain = {};
	size_t needed;
	int ret;

	ret = cssp_context_stream_sizes(context, &sizes);
	if (!ret)
		ret = cssp_context_decrypt(context, &rd, &plain, SIZE_MAX, &needed);
	if (ret == -ENODATA)
		b[1] = (struct credssp_buffer){ SECBUFFER_MISSING, needed, NULL };
	if (!ret)
		tell_parts(b, &sizes, &rd, &plain);
	cssp_vbuf_free(&plain);
	return ret;
}

s32 credssp_decrypt_message(struct credssp_context *context,
			    struct credssp_buffer_desc *message, u32 sequence,
			    u32 *qop)
{
	struct cssp_quota_scope scope;
	int ret;

	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (sequence || !message || cssp_export_check_buffers(message))
		return SEC_E_INVALID_PARAMETER;
	if (cssp_context_package(context) != CREDSSP_PACKAGE_CREDSSP) {
		if (qop)
			*qop = 0;
		return cssp_export_unseal(context, message);
	}
	if (check_sealed(message))
		return SEC_E_INVALID_PARAMETER;
	if (qop)
		*qop = 0;
	cssp_context_get(context);
	cssp_quota_scope_enter(&scope, context->who.cred);
	ret = decrypt(context, message->buffers);
	cssp_quota_scope_leave(&scope);
	cssp_context_put(context);
	return cssp_status(ret);
}
EXPORT_SYMBOL_GPL(credssp_decrypt_message);

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

s32 credssp_authenticate_socket(struct credssp_cred *cred, struct socket *sock,
				const __le16 *target_name, u32 context_req,
				u32 flags, u32 timeout_ms, u32 *context_attr,
				struct credssp_report *report)
{
	struct cssp_vbuf target = {};
	struct cssp_authenticate auth = {
		.cred = cred,
		.sock = sock,
		.context_req = context_req,
		.flags = flags,
		.timeout_ms = timeout_ms,
	};
	struct cssp_quota_scope scope;
	s32 status;
	int ret;

	if (!cred)
		return SEC_E_NO_CREDENTIALS;
	if (!sock)
		return SEC_E_INVALID_PARAMETER;
	auth.who = &cred->who;
	auth.report.reason = CREDSSP_REASON_PARAMETER;
	cssp_quota_scope_enter(&scope, cred->who.cred);
	ret = read_target(target_name, &target);
	auth.target = cssp_vbuf_rd(&target);
	status = ret ? cssp_status(ret) : cssp_authenticate(&auth);
	cssp_quota_scope_leave(&scope);
	if (context_attr)
		*context_attr = auth.attr;
	if (report)
		*report = auth.report;
	cssp_vbuf_free(&auth.cert);
	cssp_vbuf_free(&target);
	return status;
}
EXPORT_SYMBOL_GPL(credssp_authenticate_socket);

s32 credssp_export_ktls(struct credssp_context *context, struct socket *sock)
{
	struct cssp_quota_scope scope;
	int ret;

	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!sock)
		return SEC_E_INVALID_PARAMETER;
	cssp_context_get(context);
	cssp_quota_scope_enter(&scope, context->who.cred);
	ret = cssp_context_export(context, sock);
	cssp_quota_scope_leave(&scope);
	cssp_context_put(context);
	return cssp_status(ret);
}
EXPORT_SYMBOL_GPL(credssp_export_ktls);

void credssp_cancel(struct credssp_context *context)
{
	if (context)
		cssp_context_cancel(context);
}
EXPORT_SYMBOL_GPL(credssp_cancel);
