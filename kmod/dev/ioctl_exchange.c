// SPDX-License-Identifier: GPL-2.0-only
/* The exchange: InitializeSecurityContext, AUTHENTICATE, ATTACH, EXPORT_KTLS. */
#include <linux/file.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../api/authenticate.h"
#include "../api/isc.h"
#include "../base/filetime.h"
#include "../base/mem.h"
#include "../base/status.h"
#include "../tls/sock.h"
#include "ioctl.h"

/**
 * struct bufs - a SecBufferDesc of the caller in kernel form
 * @user: as copied from user space
 * @kernel: the same; @data of a buffer that is there is not NULL, but only
 *	those of an input token and of PKG_PARAMS may be followed, and only up to
 *	their limits: they are in @token and @params
 * @desc: of @kernel
 * @token: copy of the input token
 * @params: copy of PKG_PARAMS
 */
struct bufs {
	struct credssp_sec_buffer user[CREDSSP_MAX_BUFFERS];
	struct credssp_buffer kernel[CREDSSP_MAX_BUFFERS];
	struct credssp_buffer_desc desc;
	struct cssp_vbuf token;
	struct cssp_vbuf params;
};

static int bufs_copy_in(struct bufs *b, u64 addr, u32 count)
{
	u32 i;

	if (count > CREDSSP_MAX_BUFFERS)
		return CSSP_E_PARAMETER;
	if (copy_from_user(b->user, u64_to_user_ptr(addr), count * sizeof(*b->user)))
		return -EFAULT;
	for (i = 0; i < count; i++)
		b->kernel[i] = (struct credssp_buffer){
			.type = b->user[i].type,
			.length = b->user[i].length,
			.data = b->user[i].addr ? b : NULL,
		};
	b->desc = (struct credssp_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = count,
		.buffers = b->kernel,
	};
	return 0;
}

/* What is over the limit is not copied; the shared checks refuse it by its length. */
static int copy_buffer(struct bufs *b, struct credssp_buffer *buffer,
		       struct cssp_vbuf *copy, u32 max)
{
	int ret;

	if (!buffer || buffer->length > max || !buffer->data)
		return 0;
	ret = cssp_user_copy_in(copy, b->user[buffer - b->kernel].addr, buffer->length, max);
	buffer->data = copy->data;
	return ret;
}

static int bufs_copy_contents(struct bufs *b)
{
	struct credssp_buffer *params = cssp_isc_find_buffer(&b->desc, SECBUFFER_PKG_PARAMS);
	struct credssp_buffer *token = cssp_isc_find_buffer(&b->desc, SECBUFFER_TOKEN);

	return copy_buffer(b, token, &b->token, CREDSSP_MAX_TOKEN) ?:
	       copy_buffer(b, params, &b->params, CSSP_IDENTITY_SIZE_MAX);
}

static int bufs_copy_out(struct bufs *b, u64 addr)
{
	u32 i;

	for (i = 0; i < b->desc.count; i++) {
		b->user[i].type = b->kernel[i].type;
		b->user[i].length = b->kernel[i].length;
	}
	return cssp_user_copy_out(addr, b->user, b->desc.count * sizeof(*b->user));
}

struct init_call {
	struct cssp_isc_call dev;
	struct bufs in;
	struct bufs out;
	struct cssp_vbuf target;
	struct cssp_requester who;
};

static int init_copy_in(struct init_call *c, const struct credssp_ioc_init *a)
{
	int ret;

	ret = bufs_copy_in(&c->in, a->input, a->input_count);
	if (!ret)
		ret = bufs_copy_contents(&c->in);
	if (!ret)
		ret = bufs_copy_in(&c->out, a->output, a->output_count);
	if (!ret)
		ret = cssp_user_copy_in(&c->target, a->target, a->target_length,
					CREDSSP_MAX_TARGET);
	return ret;
}

/* The token, or the alert, goes where the caller wants it, if it has room for it. */
static int init_copy_token(struct init_call *c, s32 status)
{
	struct credssp_buffer *token = cssp_isc_place_output(&c->dev, status);
	const struct cssp_vbuf *made = &c->dev.isc.token;
	u64 addr;

	if (!token)
		return 0;
	if (status == SEC_E_BUFFER_TOO_SMALL) {
		token->length = c->dev.isc.needed;
		return 0;
	}
	/* an alert that does not fit is not worth a retry */
	if (made->len > token->length) {
		token->length = 0;
		return 0;
	}
	addr = c->out.user[token - c->out.kernel].addr;
	token->length = made->len;
	return cssp_user_copy_out(addr, made->data, made->len);
}

static int init_copy_out(struct init_call *c, struct credssp_ioc_init *a)
{
	return init_copy_token(c, a->status) ?: bufs_copy_out(&c->in, a->input) ?:
	       bufs_copy_out(&c->out, a->output);
}

static int init_results(struct cssp_dev *dev, struct init_call *c,
			struct credssp_ioc_init *a, u64 handle)
{
	a->new_context = handle;
	a->context_attr = c->dev.isc.attr;
	a->expiry = c->dev.isc.expiry;
	return init_copy_out(c, a);
}

/*
 * Make the handle and hand out the results.  When that fails the token is
 * lost, and with it the exchange.
 */
static int init_finish(struct cssp_dev *dev, struct init_call *c,
		       struct credssp_ioc_init *a)
{
	struct credssp_context *made = c->dev.new_context;
	u64 handle;
	int ret;

	if (!made) {
		ret = init_results(dev, c, a, a->context);
		if (ret && c->dev.context)
			cssp_context_kill(c->dev.context, ret, NULL);
		return ret;
	}
	ret = cssp_handles_add(&dev->handles, CSSP_HANDLE_CONTEXT, made, &handle);
	if (ret) {
		cssp_context_put(made);
		return cssp_ioctl_finish(&a->status, ret);
	}
	ret = init_results(dev, c, a, handle);
	if (ret)
		cssp_handles_discard(&dev->handles, CSSP_HANDLE_CONTEXT, handle);
	return ret;
}

/* Everything from user space, once. */
static int init_prepare(struct cssp_dev *dev, struct init_call *c,
			const struct credssp_ioc_init *a)
{
	int ret = init_copy_in(c, a);

	if (ret)
		return ret;
	c->dev.cred = cssp_handles_cred(&dev->handles, a->cred);
	if (a->cred && !c->dev.cred)
		return CSSP_E_HANDLE;
	c->dev.who = &c->who;
	c->dev.keep_key = cssp_door_may_have_keys(dev);
	c->dev.reserved1 = a->reserved1;
	c->dev.reserved2 = a->reserved2;
	c->dev.data_rep = a->data_rep;
	c->dev.input = a->input_count ? &c->in.desc : NULL;
	c->dev.output = a->output_count ? &c->out.desc : NULL;
	c->dev.isc.target = cssp_vbuf_rd(&c->target);
	/* the library allocates, in the caller's memory */
	c->dev.isc.context_req = a->context_req & ~ISC_REQ_ALLOCATE_MEMORY;
	return 0;
}

/*
 * Where the ioctl has an errno the call was not made; where it has a status a later
 * call ends its exchange, whatever was wrong with it.
 */
static int init_refuse(struct credssp_context *ctx, struct credssp_ioc_init *a, int ret)
{
	if (ret != -EFAULT)
		ret = cssp_isc_refuse(ctx, ret);
	return cssp_ioctl_finish(&a->status, ret);
}

/*
 * The caller was killed.  If a leg was taken, what came of it is lost, and those who
 * share the context must not go on behind it.
 */
static int init_lose(struct init_call *c, s32 status)
{
	struct credssp_context *ctx = c->dev.context;

	cssp_context_put(c->dev.new_context);
	if (ctx && (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED)) {
		/* nobody waits for the lock who is to die: whoever has it sees the mark */
		cssp_context_cancel(ctx);
		cssp_context_kill(ctx, -EINTR, NULL);
	}
	return -EINTR;
}

static int init_call(struct cssp_dev *dev, struct init_call *c,
		     struct credssp_ioc_init *a)
{
	int ret;

	if (a->context && !c->dev.context)
		return cssp_ioctl_finish(&a->status, CSSP_E_HANDLE);
	ret = init_prepare(dev, c, a);
	if (ret)
		return init_refuse(c->dev.context, a, ret);
	a->status = cssp_isc_call(&c->dev);
	return fatal_signal_pending(current) ? init_lose(c, a->status) :
					       init_finish(dev, c, a);
}

static void init_free(struct init_call *c)
{
	cssp_requester_drop(&c->who);
	cssp_cred_put(c->dev.cred);
	cssp_vbuf_free(&c->in.token);
	cssp_vbuf_free(&c->in.params);
	cssp_vbuf_free(&c->target);
	cssp_vbuf_free(&c->dev.isc.token);
	kvfree(c);
}

int cssp_ioctl_init(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_init *a = args;
	struct credssp_context *ctx = cssp_handles_context(&dev->handles, a->context);
	struct init_call *c = kvzalloc(sizeof(*c), CSSP_GFP);
	int ret;

	if (c) {
		c->dev.context = ctx;
		cssp_requester_pin_current(&c->who, dev->net);
		ret = init_call(dev, c, a);
		init_free(c);
	} else {
		ret = init_refuse(ctx, a, -ENOMEM);
	}
	cssp_context_put(ctx);
	return ret;
}

static int copy_cert(struct credssp_ioc_authenticate *a, const struct cssp_vbuf *cert)
{
	u32 room = a->cert_length;

	a->cert_length = cert->len;
	return cert->len > room ? 0 : cssp_user_copy_out(a->cert, cert->data, cert->len);
}

static int authenticate(struct cssp_dev *dev, struct credssp_ioc_authenticate *a,
			struct cssp_authenticate *auth)
{
	int ret;

	auth->cred = cssp_handles_cred(&dev->handles, a->cred);
	auth->sock = sockfd_lookup(a->fd, &ret);
	if (!auth->cred) {
		ret = CSSP_E_HANDLE;
	} else if (!auth->sock) {
		auth->report.reason = CREDSSP_REASON_SOCKET;
		ret = CSSP_E_PARAMETER;
	} else {
		a->status = cssp_authenticate(auth);
		ret = copy_cert(a, &auth->cert);
		/* the caller will take -EFAULT for a failure: let it be one */
		if (ret)
			cssp_sock_shutdown(auth->sock);
	}
	if (auth->sock)
		sockfd_put(auth->sock);
	cssp_cred_put(auth->cred);
	a->report = auth->report;
	a->context_attr = auth->attr;
	a->expiry = auth->expiry;
	if (fatal_signal_pending(current))
		return -EINTR;
	return ret ? cssp_ioctl_finish(&a->status, ret) : 0;
}

int cssp_ioctl_authenticate(struct cssp_dev *dev, void *args)
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
	};
	int ret;

	if (a->flags & ~CREDSSP_AUTH_EARLY_AUTH || a->__reserved)
		return -EINVAL;
	a->report = (struct credssp_report){ .reason = CREDSSP_REASON_PARAMETER };
	ret = cssp_user_copy_in(&target, a->target, a->target_length, CREDSSP_MAX_TARGET);
	if (ret) {
		cssp_vbuf_free(&target);
		return cssp_ioctl_finish(&a->status, ret);
	}
	auth.target = cssp_vbuf_rd(&target);
	cssp_requester_pin_current(&who, dev->net);
	ret = authenticate(dev, a, &auth);
	cssp_requester_drop(&who);
	cssp_vbuf_free(&auth.cert);
	cssp_vbuf_free(&target);
	return ret;
}

static int attach(struct cssp_dev *dev, struct credssp_ioc_socket *a,
		  struct socket *sock)
{
	struct credssp_cred *cred = cssp_handles_cred(&dev->handles, a->cred);
	struct credssp_context *ctx;
	struct cssp_requester who;
	u64 handle;
	int ret;

	if (!cred)
		return CSSP_E_HANDLE;
	cssp_requester_pin_current(&who, dev->net);
	ret = cssp_context_attach(&ctx, cred, &who, sock);
	cssp_requester_drop(&who);
	cssp_cred_put(cred);
	if (ret)
		return ret;
	if (cssp_door_may_have_keys(dev))
		cssp_context_keep_key(ctx);
	ret = cssp_handles_add(&dev->handles, CSSP_HANDLE_CONTEXT, ctx, &handle);
	if (ret)
		cssp_context_put(ctx);
	else
		a->context = handle;
	return ret;
}

static int export_ktls(struct cssp_dev *dev, struct credssp_ioc_socket *a,
		       struct socket *sock)
{
	struct credssp_context *ctx = cssp_handles_context(&dev->handles, a->context);
	int ret = ctx ? cssp_context_export(ctx, sock) : CSSP_E_HANDLE;

	cssp_context_put(ctx);
	return ret;
}

static int with_socket(struct cssp_dev *dev, struct credssp_ioc_socket *a,
		       int (*verb)(struct cssp_dev *, struct credssp_ioc_socket *,
				   struct socket *))
{
	struct socket *sock;
	int ret;

	if (a->flags)
		return -EINVAL;
	sock = sockfd_lookup(a->fd, &ret);
	if (!sock)
		return cssp_ioctl_finish(&a->status, CSSP_E_PARAMETER);
	ret = verb(dev, a, sock);
	sockfd_put(sock);
	return cssp_ioctl_finish(&a->status, ret);
}

int cssp_ioctl_attach(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_socket *a = args;

	a->context = 0;
	return with_socket(dev, a, attach);
}

int cssp_ioctl_export(struct cssp_dev *dev, void *args)
{
	return with_socket(dev, args, export_ktls);
}
