// SPDX-License-Identifier: GPL-2.0-only
/* Messages of an established context, and its export. */
#include "../base/status.h"
#include "../cred/package.h"
#include "context_impl.h"

/* Deadline for one message on its way through the loopback. */
#define MESSAGE_TIMEOUT_MS		10000

/*
 * Messages need an established context of the token transport, and its last token must
 * be taken first, because the peer needs the token before any message.
 */
static int message_check_stream(const struct credssp_context *ctx)
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

static int message_check(const struct credssp_context *ctx, bool seals)
{
	return message_check_stream(ctx) ?: ctx->ops->check(ctx, seals);
}

/* The end of a call on an established context: a failure that is not intact kills it. */
static int message_end_intact(struct credssp_context *ctx, int ret, bool intact)
{
	if (ret && !intact)
		ret = cssp_context_fail(ctx, ret);
	cssp_context_unlock(ctx);
	return ret;
}

static int message_end(struct credssp_context *ctx, int ret)
{
	return message_end_intact(ctx, ret, false);
}

/*
 * Start the clock. A cancellation that came between two calls ends the context now; a
 * task that is killed before it did anything does not.
 */
static int message_begin_wait(struct credssp_context *ctx)
{
	int ret;

	cssp_wait_start(&ctx->wait, MESSAGE_TIMEOUT_MS);
	ret = cssp_wait_check(&ctx->wait);
	return ret && ret != -EINTR ? cssp_context_fail(ctx, ret) : ret;
}

static int message_check_length(const struct credssp_context *ctx, size_t n)
{
	return n > ctx->ops->max_message(ctx) ? CSSP_E_PARAMETER : 0;
}

/*
 * The beginning of such a call: 0 with the lock held. @wrong: errno for wrong arguments,
 * or 0; returned only if the context has a stream. @seals: the message is sealed, not
 * signed. @n: length of the message in bytes.
 */
static int message_begin(struct credssp_context *ctx, int wrong, bool seals, size_t n)
{
	int ret = cssp_context_lock(ctx);

	if (ret)
		return ret;
	ret = message_check(ctx, seals);
	if (ret)
		goto err_unlock;
	ret = wrong ?: message_check_length(ctx, n);
	if (ret)
		goto err_unlock;
	ret = message_begin_wait(ctx);
	if (ret)
		goto err_unlock;
	return 0;

err_unlock:
	cssp_context_unlock(ctx);
	return ret;
}

/*
 * The same for a call with output, which must fit into @out: @kept of the bytes of the
 * message, and the margins.
 */
static int message_begin_output(struct credssp_context *ctx, int wrong, bool seals,
				const struct cssp_source *message, size_t kept,
				struct cssp_sink *out, struct cssp_room *room)
{
	int ret = message_begin(ctx, wrong, seals, cssp_source_left(message));

	if (ret)
		return ret;
	ctx->ops->margins(ctx, seals, room);
	room->whole = room->before + kept + room->after;
	ret = cssp_iter_prepare(message, cssp_source_left(message), out, room);
	if (ret)
		cssp_context_unlock(ctx);
	return ret;
}

int cssp_context_encrypt(struct credssp_context *ctx, struct cssp_source *plain,
			 struct cssp_sink *wire, struct cssp_room *room)
{
	size_t n = cssp_source_left(plain);
	/* An empty TLS record is no message; RFC 4121 seals an empty one like others. */
	int wrong = !n && cssp_package(ctx->package)->tls ? CSSP_E_PARAMETER : 0;
	int ret = message_begin_output(ctx, wrong, true, plain, n, wire, room);
	bool intact = false;

	if (ret)
		return ret;
	ret = ctx->ops->seal(ctx, plain, wire, &intact);
	return message_end_intact(ctx, ret, intact);
}

int cssp_context_sign(struct credssp_context *ctx, struct cssp_source *message,
		      struct cssp_sink *signature, struct cssp_room *room)
{
	int wrong = ctx->ops->sign ? 0 : CSSP_E_UNSUPPORTED;
	int ret = message_begin_output(ctx, wrong, false, message, 0, signature,
				       room);
	bool intact = false;

	if (ret)
		return ret;
	ret = ctx->ops->sign(ctx, message, signature, &intact);
	return message_end_intact(ctx, ret, intact);
}

int cssp_context_verify(struct credssp_context *ctx, const struct cssp_rd *message,
			const struct cssp_rd *signature)
{
	int wrong = ctx->ops->verify ? 0 : CSSP_E_UNSUPPORTED;
	int ret = message_begin(ctx, wrong, false, message->left);

	return ret ?: message_end(ctx, ctx->ops->verify(ctx, message, signature));
}

int cssp_context_decrypt(struct credssp_context *ctx, struct cssp_source *wire,
			 struct cssp_sink *plain, struct cssp_opened *o)
{
	int ret;

	*o = (struct cssp_opened){};
	ret = message_begin(ctx, 0, true, 0);
	if (ret)
		return ret;
	ret = ctx->ops->unseal(ctx, wire, plain, o);
	return message_end_intact(ctx, ret, o->intact);
}

/* An unsuitable socket leaves the context intact; a partial key install kills it. */
static int message_export(struct credssp_context *ctx, struct socket *sock)
{
	bool intact;
	int ret;

	ret = message_begin_wait(ctx);
	if (ret)
		return ret;
	ret = ctx->ops->export(ctx, sock, &intact);
	if (ret)
		return intact ? ret : cssp_context_fail(ctx, ret);
	cssp_context_enter(ctx, CSSP_CONTEXT_EXPORTED);
	return 0;
}

int cssp_context_export(struct credssp_context *ctx, struct socket *sock)
{
	int ret = cssp_context_lock(ctx);

	if (ret)
		return ret;
	ret = message_check_stream(ctx);
	if (ret)
		goto out_unlock;
	if (ctx->ops->export)
		ret = message_export(ctx, sock);
	else
		ret = CSSP_E_UNSUPPORTED;
out_unlock:
	cssp_context_unlock(ctx);
	return ret;
}

int cssp_context_stream_sizes_locked(const struct credssp_context *ctx,
				     struct credssp_stream_sizes *sizes)
{
	struct cssp_room room;
	int ret;

	lockdep_assert_held(&ctx->lock);
	if (!cssp_package(ctx->package)->tls)
		return CSSP_E_UNSUPPORTED;
	ret = message_check(ctx, true);
	if (ret)
		return ret;
	ctx->ops->margins(ctx, true, &room);
	*sizes = (struct credssp_stream_sizes){
		.header = room.before,
		.trailer = room.after,
		.maximum_message = ctx->ops->max_message(ctx),
		.buffers = 4,
		.block_size = 1,
	};
	return 0;
}

void cssp_context_sizes_locked(const struct credssp_context *ctx,
			       struct credssp_sizes *sizes)
{
	lockdep_assert_held(&ctx->lock);
	ctx->ops->sizes(ctx, !message_check(ctx, true), sizes);
}
