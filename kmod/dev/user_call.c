// SPDX-License-Identifier: GPL-2.0-only
/* One call of an exchange, with buffers in the caller's memory. */
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "user_call.h"

struct cssp_user_call *cssp_user_call_alloc(struct cssp_chardev_file *file,
					    struct credssp_context *ctx)
{
	struct cssp_user_call *c = kvzalloc(sizeof(*c), CSSP_GFP);

	if (!c)
		return NULL;
	cssp_requester_pin_current(&c->who, file->net);
	c->isc.context = ctx;
	c->isc.who = &c->who;
	c->isc.keep_key = cssp_ioctl_may_have_key(file);
	return c;
}

void cssp_user_call_free(struct cssp_user_call *c)
{
	cssp_requester_drop(&c->who);
	cssp_cred_put(c->isc.cred);
	cssp_user_buffers_free(&c->in);
	cssp_vbuf_free(&c->isc.isc.token);
	kvfree(c);
}

/* The one place where the caller's memory is read. */
int cssp_user_call_copy_in(struct cssp_user_call *c, struct cssp_handles *handles,
			   const struct cssp_user_args *args)
{
	int ret;

	ret = cssp_user_buffers_in(&c->in, args->input, args->input_count);
	if (ret)
		return ret;
	ret = cssp_user_buffers_load(&c->in);
	if (ret)
		return ret;
	ret = cssp_user_buffers_in(&c->out, args->output, args->output_count);
	if (ret)
		return ret;
	c->isc.input = args->input_count ? &c->in.desc : NULL;
	c->isc.output = args->output_count ? &c->out.desc : NULL;
	c->isc.cred = cssp_handles_cred(handles, args->cred);
	return args->cred && !c->isc.cred ? CSSP_E_HANDLE : 0;
}

/* The one place where the caller's memory is written. */
static int user_call_copy_out(struct cssp_user_call *c, int result,
			      const struct cssp_user_args *args)
{
	struct credssp_buffer *buffer = cssp_isc_place_output(&c->isc, result);
	int ret;

	if (buffer) {
		ret = cssp_user_buffers_store(&c->out, buffer, &c->isc.isc.token);
		if (ret)
			return ret;
	}
	ret = cssp_user_buffers_out(&c->in, args->input);
	return ret ?: cssp_user_buffers_out(&c->out, args->output);
}

/*
 * The caller was killed.  If a leg was taken, its result is lost, and other threads
 * that share the context must not go on without it.
 */
static int user_call_abandon(struct cssp_user_call *c, int result)
{
	struct credssp_context *ctx = c->isc.context;

	cssp_context_put(c->isc.new_context);
	if (ctx && (!result || result == -EAGAIN))
		cssp_context_kill(ctx, -EINTR, NULL);
	return -EINTR;
}

/* The output token is lost, and the exchange with it. */
static int user_call_lose(struct cssp_user_call *c, struct cssp_handles *handles, u64 handle,
			  int err)
{
	if (c->isc.new_context)
		cssp_handles_discard(handles, CSSP_HANDLE_CONTEXT, handle);
	else if (c->isc.context)
		cssp_context_kill(c->isc.context, err, NULL);
	return err;
}

int cssp_user_call_run(struct cssp_user_call *c, struct cssp_handles *handles, int err,
		       const struct cssp_user_args *args, u64 *handle)
{
	int ret, result;

	if (err == -EFAULT)
		return err;
	if (err)
		return cssp_isc_refuse(c->isc.context, err);
	result = cssp_isc_call(&c->isc);
	if (fatal_signal_pending(current))
		return user_call_abandon(c, result);
	if (c->isc.new_context) {
		ret = cssp_handles_add(handles, CSSP_HANDLE_CONTEXT, c->isc.new_context, handle);
		if (ret) {
			cssp_context_put(c->isc.new_context);
			return ret;
		}
	}
	ret = user_call_copy_out(c, result, args);
	return ret ? user_call_lose(c, handles, *handle, ret) : result;
}
