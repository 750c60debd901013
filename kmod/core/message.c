// SPDX-License-Identifier: GPL-2.0-only
/* An established context: messages of the token transport, and its export. */
#include "../base/status.h"
#include "../wire/tls_record.h"
#include "context_impl.h"

/* Longest that one message may take through the loopback pair. */
#define MESSAGE_TIMEOUT_MS		10000

/*
 * An established context of the token transport, whose last token the caller
 * has: it precedes every message.
 */
static int check_stream(const struct credssp_context *ctx)
{
	switch (ctx->state) {
	case CSSP_CONTEXT_ESTABLISHED:
		if (ctx->attached)
			return CSSP_E_UNSUPPORTED;
		return ctx->output.len ? -EBUSY : 0;
	case CSSP_CONTEXT_EXPORTED:
		return CSSP_E_UNSUPPORTED;
	default:
		return CSSP_E_HANDLE;
	}
}

/* CONNECTION: the context does not format messages. */
static int check_message(const struct credssp_context *ctx)
{
	int ret = check_stream(ctx);

	return !ret && ctx->context_req & ISC_REQ_CONNECTION ? CSSP_E_UNSUPPORTED : ret;
}

int cssp_context_encrypt(struct credssp_context *ctx, const struct cssp_rd *plain,
			 struct cssp_vbuf *wire)
{
	int ret;

	if (!plain->left || plain->left > CREDSSP_MAX_MESSAGE)
		return CSSP_E_PARAMETER;
	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = check_message(ctx);
	if (!ret) {
		cssp_wait_start(&ctx->wait, MESSAGE_TIMEOUT_MS);
		ret = cssp_channel_seal(ctx->channel, plain, wire);
		if (ret)
			ret = cssp_context_fail(ctx, ret);
	}
	mutex_unlock(&ctx->lock);
	return ret;
}

/* Is the next record whole, and is there room for what is in it? */
static int check_record(struct credssp_context *ctx, const struct cssp_rd *wire,
			size_t room, size_t *needed)
{
	const struct cssp_tls_session *s = cssp_channel_session(ctx->channel);
	size_t total, overhead = cssp_tls_overhead_before(s) + cssp_tls_overhead_after(s);
	u8 type;
	int ret = cssp_tls_record_total(wire, &type, &total);

	if (ret && ret != -EAGAIN)
		return ret;
	if (ret || total > wire->left) {
		*needed = total - wire->left;
		return -ENODATA;
	}
	if (total > overhead && total - overhead > room) {
		*needed = total - overhead;
		return -ENOSPC;
	}
	return 0;
}

int cssp_context_decrypt(struct credssp_context *ctx, struct cssp_rd *wire,
			 struct cssp_vbuf *plain, size_t room, size_t *needed)
{
	int ret;

	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = check_message(ctx);
	if (ret)
		goto out;
	ret = check_record(ctx, wire, room, needed);
	if (ret == -ENODATA || ret == -ENOSPC)
		goto out;
	cssp_wait_start(&ctx->wait, MESSAGE_TIMEOUT_MS);
	if (!ret)
		ret = cssp_channel_open(ctx->channel, wire, plain);
	if (ret)
		ret = cssp_context_fail(ctx, ret);
	/* close_notify; a fatal alert has a reason of its own */
	if (ret == CSSP_E_CLOSED && ctx->report.reason == CREDSSP_REASON_CONNECTION)
		ret = CSSP_E_EXPIRED;
out:
	mutex_unlock(&ctx->lock);
	return ret;
}

int cssp_context_export(struct credssp_context *ctx, struct socket *sock)
{
	int ret;

	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = check_stream(ctx);
	if (!ret) {
		cssp_wait_start(&ctx->wait, MESSAGE_TIMEOUT_MS);
		ret = cssp_context_socket_error(cssp_channel_export(ctx->channel, sock));
		if (!ret)
			ctx->state = CSSP_CONTEXT_EXPORTED;
		else if (!cssp_channel_usable(ctx->channel))
			ret = cssp_context_fail(ctx, ret);
	}
	mutex_unlock(&ctx->lock);
	return ret;
}

int cssp_context_look_up_sizes(const struct credssp_context *ctx,
			       struct credssp_stream_sizes *sizes)
{
	const struct cssp_tls_session *session;
	int ret;

	lockdep_assert_held(&ctx->lock);
	ret = check_message(ctx);
	if (ret)
		return ret;
	session = cssp_channel_session(ctx->channel);
	*sizes = (struct credssp_stream_sizes){
		.header = cssp_tls_overhead_before(session),
		.trailer = cssp_tls_overhead_after(session),
		.maximum_message = CREDSSP_MAX_MESSAGE,
		.buffers = 4,
		.block_size = 1,
	};
	return 0;
}

int cssp_context_stream_sizes(struct credssp_context *ctx,
			      struct credssp_stream_sizes *sizes)
{
	int ret = cssp_context_lock(ctx);

	if (ret)
		return ret;
	ret = cssp_context_look_up_sizes(ctx, sizes);
	cssp_context_unlock(ctx);
	return ret;
}
