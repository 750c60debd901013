// SPDX-License-Identifier: GPL-2.0-only
/* AcceptSecurityContext, on tokens or a socket, and delegated credentials. */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "../api/asc.h"
#include "../api/authenticate.h"
#include "../base/filetime.h"
#include "../base/status.h"
#include "../cred/delivery.h"
#include "../tls/sock.h"
#include "user_call.h"

bool cssp_ioctl_may_accept(const struct cssp_chardev_file *file)
{
	struct user_namespace *owner = file->net->user_ns;

	return file_ns_capable(file->file, owner, CAP_NET_ADMIN) &&
	       ns_capable(owner, CAP_NET_ADMIN);
}

static int ioctl_accept(struct cssp_handles *handles, struct cssp_user_call *c,
			struct credssp_ioc_accept *a)
{
	const struct cssp_asc asc = { .flags = a->flags, .peer = a->peer };
	const struct cssp_user_args args = {
		.cred = a->cred,
		.input = a->input,
		.output = a->output,
		.input_count = a->input_count,
		.output_count = a->output_count,
	};
	struct cssp_isc_call *call = &c->isc;
	int ret = cssp_user_call_copy_in(c, handles, &args), result;

	call->asc = &asc;
	call->data_rep = a->data_rep;
	/* only the library can allocate in the caller's memory */
	call->isc.context_req = a->context_req & ~ASC_REQ_ALLOCATE_MEMORY;
	result = cssp_user_call_run(c, handles, ret, &args, &a->new_context);
	a->context_attr = call->isc.attr;
	a->expiry = call->isc.expiry;
	a->reason = call->reason;
	return result;
}

int cssp_ioctl_check_accept(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_accept *a = args;

	return a->flags & ~CSSP_ASC_FLAGS || a->__reserved ? -EINVAL : 0;
}

int cssp_ioctl_accept(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_accept *a = args;
	struct credssp_context *ctx = cssp_handles_context(&file->handles, a->context);
	struct cssp_user_call *c;
	int ret;

	a->new_context = a->context;
	a->context_attr = 0;
	a->expiry = CSSP_FILETIME_NEVER;
	a->reason = CREDSSP_REASON_NONE;
	if (a->context && !cssp_user_call_fits(ctx, true)) {
		cssp_context_put(ctx);
		return CSSP_E_HANDLE;
	}
	c = cssp_user_call_alloc(file, ctx);
	if (c) {
		ret = ioctl_accept(&file->handles, c, a);
		cssp_user_call_free(c);
	} else {
		ret = cssp_isc_refuse(ctx, -ENOMEM);
	}
	cssp_context_put(ctx);
	return ret;
}

/*
 * The context has a handle while the exchange runs, so that another thread can end it by
 * CREDSSP_IOC_CANCEL. It is kept after a failure, too, because it has the verdict.
 */
static int ioctl_accept_add(struct cssp_chardev_file *file, struct credssp_context *ctx,
			    u64 *handle)
{
	int ret;

	if (cssp_ioctl_may_have_key(file))
		cssp_context_keep_key(ctx);
	cssp_context_get(ctx);
	ret = cssp_handles_add(&file->handles, CSSP_HANDLE_CONTEXT, ctx, handle);
	if (ret)
		cssp_context_put(ctx);
	return ret;
}

static int ioctl_accept_exchange(struct cssp_chardev_file *file, struct cssp_authenticate *auth,
				 struct credssp_ioc_accept_socket *a)
{
	struct credssp_context *ctx;
	int ret;

	ret = cssp_authenticate_begin(auth, &ctx);
	if (ret)
		return ret;
	ret = ioctl_accept_add(file, ctx, &a->context);
	if (ret)
		auth->report.reason = cssp_reason(CSSP_LAYER_EXCHANGE, ret);
	else
		ret = cssp_authenticate_finish(auth, ctx);
	cssp_context_put(ctx);
	return ret;
}

static int ioctl_accept_find(struct cssp_authenticate *auth, struct cssp_handles *handles,
			     const struct credssp_ioc_accept_socket *a)
{
	int ret;

	auth->cred = cssp_handles_cred(handles, a->cred);
	if (!auth->cred)
		return CSSP_E_HANDLE;
	auth->sock = sockfd_lookup(a->fd, &ret);
	if (auth->sock)
		return 0;
	auth->report.reason = CREDSSP_REASON_SOCKET;
	return CSSP_E_PARAMETER;
}

/* A killed caller does not learn the handle. */
static int ioctl_accept_abandon(struct cssp_chardev_file *file,
				const struct credssp_ioc_accept_socket *a)
{
	if (a->context)
		cssp_handles_discard(&file->handles, CSSP_HANDLE_CONTEXT, a->context);
	return -EINTR;
}

int cssp_ioctl_check_accept_socket(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_accept_socket *a = args;

	return a->flags & ~CSSP_ASC_FLAGS || a->__reserved ? -EINVAL : 0;
}

int cssp_ioctl_accept_socket(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_accept_socket *a = args;
	struct cssp_requester who;
	struct cssp_authenticate auth = {
		.accept = true,
		.who = &who,
		.context_req = a->context_req,
		.flags = a->flags,
		.timeout_ms = a->timeout_ms,
		.expiry = CSSP_FILETIME_NEVER,
		.report.reason = CREDSSP_REASON_PARAMETER,
	};
	int ret;

	a->context = 0;
	cssp_requester_pin_current(&who, file->net);
	ret = ioctl_accept_find(&auth, &file->handles, a);
	if (!ret)
		ret = ioctl_accept_exchange(file, &auth, a);
	a->report = auth.report;
	a->context_attr = auth.attr;
	a->expiry = auth.expiry;
	if (auth.sock)
		sockfd_put(auth.sock);
	cssp_cred_put(auth.cred);
	cssp_requester_drop(&who);
	cssp_authenticate_free(&auth);
	return fatal_signal_pending(current) ? ioctl_accept_abandon(file, a) : ret;
}

int cssp_ioctl_check_delegated(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_delegated *a = args;

	return a->__reserved ? -EINVAL : 0;
}

int cssp_ioctl_delegated(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_delegated *a = args;
	struct cssp_delivery delivery = {
		.keyring = a->keyring,
		.form = a->form,
		.lifetime = a->lifetime,
	};
	struct credssp_context *ctx = cssp_handles_context(&file->handles, a->context);
	struct cssp_vbuf name = {};
	int ret;

	a->key = 0;
	if (!ctx)
		return CSSP_E_HANDLE;
	ret = cssp_user_copy_in(&name, a->name, a->name_length, CREDSSP_MAX_TARGET);
	if (!ret) {
		delivery.name = cssp_vbuf_rd(&name);
		ret = cssp_context_deliver(ctx, &delivery, &a->key);
	}
	cssp_vbuf_free(&name);
	cssp_context_put(ctx);
	return ret;
}
