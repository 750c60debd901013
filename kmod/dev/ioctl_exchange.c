// SPDX-License-Identifier: GPL-2.0-only
/* InitializeSecurityContext, on tokens or a socket, and the life of a context. */
#include <linux/file.h>
#include <linux/net.h>
#include <linux/sched/signal.h>

#include "../api/authenticate.h"
#include "../api/isc.h"
#include "../base/filetime.h"
#include "../base/status.h"
#include "../tls/sock.h"
#include "ioctl.h"
#include "user_call.h"

/* The target stays until the call is over. */
static int ioctl_init(struct cssp_handles *handles, struct cssp_user_call *c,
		      struct cssp_vbuf *target, struct credssp_ioc_init *a)
{
	const struct cssp_user_args args = {
		.cred = a->cred,
		.input = a->input,
		.output = a->output,
		.input_count = a->input_count,
		.output_count = a->output_count,
	};
	struct cssp_isc_call *call = &c->isc;
	int ret, result;

	ret = cssp_user_call_copy_in(c, handles, &args);
	if (!ret)
		ret = cssp_user_copy_in(target, a->target, a->target_length, CREDSSP_MAX_TARGET);
	call->reserved1 = a->reserved1;
	call->reserved2 = a->reserved2;
	call->data_rep = a->data_rep;
	call->isc.target = cssp_vbuf_rd(target);
	/* only the library can allocate in the caller's memory */
	call->isc.context_req = a->context_req & ~ISC_REQ_ALLOCATE_MEMORY;
	result = cssp_user_call_run(c, handles, ret, &args, &a->new_context);
	a->context_attr = call->isc.attr;
	a->expiry = call->isc.expiry;
	a->reason = call->reason;
	return result;
}

int cssp_ioctl_check_init(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_init *a = args;

	return a->__reserved ? -EINVAL : 0;
}

int cssp_ioctl_init(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_init *a = args;
	struct credssp_context *ctx = cssp_handles_context(&file->handles, a->context);
	struct cssp_vbuf target = {};
	struct cssp_user_call *c;
	int ret;

	a->new_context = a->context;
	a->context_attr = 0;
	a->expiry = CSSP_FILETIME_NEVER;
	a->reason = CREDSSP_REASON_NONE;
	if (a->context && !cssp_user_call_fits(ctx, false)) {
		cssp_context_put(ctx);
		return CSSP_E_HANDLE;
	}
	c = cssp_user_call_alloc(file, ctx);
	if (c) {
		ret = ioctl_init(&file->handles, c, &target, a);
		cssp_user_call_free(c);
	} else {
		ret = cssp_isc_refuse(ctx, -ENOMEM);
	}
	cssp_vbuf_free(&target);
	cssp_context_put(ctx);
	return ret;
}

static int ioctl_authenticate_copy_in(struct cssp_authenticate *auth, struct cssp_vbuf *target,
				      struct cssp_handles *handles,
				      const struct credssp_ioc_authenticate *a)
{
	int ret;

	ret = cssp_user_copy_in(target, a->target, a->target_length, CREDSSP_MAX_TARGET);
	if (ret) {
		auth->report.reason = cssp_reason(CSSP_LAYER_EXCHANGE, ret);
		return ret;
	}
	auth->target = cssp_vbuf_rd(target);
	auth->cred = cssp_handles_cred(handles, a->cred);
	if (!auth->cred)
		return CSSP_E_HANDLE;
	auth->sock = sockfd_lookup(a->fd, &ret);
	if (auth->sock)
		return 0;
	auth->report.reason = CREDSSP_REASON_SOCKET;
	return CSSP_E_PARAMETER;
}

/*
 * @length: in: room at @addr, none without an address; out: bytes of @made, which are written
 * if there is room.
 */
static int ioctl_copy_out_if_room(u64 addr, u32 *length, const struct cssp_vbuf *made)
{
	u32 room = addr ? *length : 0;

	*length = made->len;
	return made->len > room ? 0 : cssp_user_copy_out(addr, made->data, made->len);
}

static int ioctl_authenticate_copy_out(const struct cssp_authenticate *auth,
				       struct credssp_ioc_authenticate *a)
{
	return ioctl_copy_out_if_room(a->cert, &a->cert_length, &auth->cert) ?:
	       ioctl_copy_out_if_room(a->user, &a->user_length, &auth->user) ?:
	       ioctl_copy_out_if_room(a->trace, &a->trace_length, &auth->trace);
}

static int ioctl_authenticate(struct cssp_authenticate *auth,
			      struct credssp_ioc_authenticate *a)
{
	int result, ret;

	result = cssp_authenticate(auth);
	ret = ioctl_authenticate_copy_out(auth, a);
	if (!ret)
		return result;
	/* the caller takes -EFAULT for a failure, so the socket must be of no use */
	cssp_sock_shutdown(auth->sock);
	return ret;
}

int cssp_ioctl_check_authenticate(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_authenticate *a = args;

	return a->flags & ~CREDSSP_AUTH_EARLY_AUTH || a->__reserved ? -EINVAL : 0;
}

int cssp_ioctl_authenticate(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_authenticate *a = args;
	struct cssp_vbuf target = {};
	struct cssp_requester who;
	struct cssp_authenticate auth = {
		.who = &who,
		.context_req = a->context_req,
		.flags = a->flags,
		.timeout_ms = a->timeout_ms,
		.expiry = CSSP_FILETIME_NEVER,
		.report.reason = CREDSSP_REASON_PARAMETER,
	};
	int ret;

	cssp_requester_pin_current(&who, file->net);
	ret = ioctl_authenticate_copy_in(&auth, &target, &file->handles, a);
	if (ret) {
		a->cert_length = 0;
		a->user_length = 0;
		a->trace_length = 0;
	} else {
		ret = ioctl_authenticate(&auth, a);
	}
	a->report = auth.report;
	a->context_attr = auth.attr;
	a->expiry = auth.expiry;
	if (auth.sock)
		sockfd_put(auth.sock);
	cssp_cred_put(auth.cred);
	cssp_requester_drop(&who);
	cssp_authenticate_free(&auth);
	cssp_vbuf_free(&target);
	return fatal_signal_pending(current) ? -EINTR : ret;
}

int cssp_ioctl_check_socket(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_socket *a = args;

	return a->flags ? -EINVAL : 0;
}

static int ioctl_attach(struct cssp_chardev_file *file, struct socket *sock,
			struct credssp_ioc_socket *a)
{
	struct credssp_cred *cred = cssp_handles_cred(&file->handles, a->cred);
	struct credssp_context *ctx;
	struct cssp_requester who;
	u64 handle;
	int ret;

	if (!cred)
		return CSSP_E_HANDLE;
	cssp_requester_pin_current(&who, file->net);
	ret = cssp_context_attach(&ctx, cred, &who, sock);
	cssp_requester_drop(&who);
	cssp_cred_put(cred);
	if (ret)
		return ret;
	if (cssp_ioctl_may_have_key(file))
		cssp_context_keep_key(ctx);
	ret = cssp_handles_add(&file->handles, CSSP_HANDLE_CONTEXT, ctx, &handle);
	if (ret) {
		cssp_context_put(ctx);
		return ret;
	}
	a->context = handle;
	return 0;
}

int cssp_ioctl_attach(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_socket *a = args;
	struct socket *sock;
	int ret;

	a->context = 0;
	sock = sockfd_lookup(a->fd, &ret);
	if (!sock)
		return CSSP_E_PARAMETER;
	ret = ioctl_attach(file, sock, a);
	sockfd_put(sock);
	return ret;
}

/* CompleteAuthToken: no status of this package asks for it. */
int cssp_ioctl_complete(struct cssp_chardev_file *file, void *args)
{
	const struct credssp_ioc_handle *a = args;
	struct credssp_context *ctx = cssp_handles_context(&file->handles, a->handle);

	if (!ctx)
		return CSSP_E_HANDLE;
	cssp_context_put(ctx);
	return CSSP_E_UNSUPPORTED;
}

int cssp_ioctl_cancel(struct cssp_chardev_file *file, void *args)
{
	const struct credssp_ioc_handle *a = args;
	struct credssp_context *ctx = cssp_handles_context(&file->handles, a->handle);

	if (!ctx)
		return CSSP_E_HANDLE;
	cssp_context_cancel(ctx);
	cssp_context_put(ctx);
	return 0;
}

int cssp_ioctl_delete(struct cssp_chardev_file *file, void *args)
{
	const struct credssp_ioc_handle *a = args;

	return cssp_handles_remove(&file->handles, CSSP_HANDLE_CONTEXT, a->handle);
}
