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
int cssp_message_check(const struct credssp_context *ctx)
{
	return ctx->context_req & ISC_REQ_CONNECTION ? CSSP_E_UNSUPPORTED : 0;
}

static int check_message(const struct credssp_context *ctx)
{
	return check_stream(ctx) ?: ctx->ops->check(ctx);
}

int cssp_message_seal(struct credssp_context *ctx, const struct cssp_rd *plain,
		      struct cssp_vbuf *wire)
{
	return cssp_channel_seal(ctx->channel, plain, wire);
}

/* Is the next record whole, and is there room for what is in it? */
int cssp_message_check_sealed(struct credssp_context *ctx, const struct cssp_rd *wire,
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

int cssp_message_unseal(struct credssp_context *ctx, struct cssp_rd *wire,
			struct cssp_vbuf *plain)
{
	return cssp_channel_open(ctx->channel, wire, plain);
}

/* The end of a call on an established context: whatever went wrong is final. */
static int end_message(struct credssp_context *ctx, int ret)
{
	if (ret)
		ret = cssp_context_fail(ctx, ret);
	cssp_context_unlock(ctx);
	return ret;
}

/*
 * Start the clock.  A cancellation that came when nobody was waiting ends the
 * context now; a caller who is killed before anything was done ends nothing.
 */
static int begin(struct credssp_context *ctx)
{
	int ret;

	cssp_wait_start(&ctx->wait, MESSAGE_TIMEOUT_MS);
	ret = cssp_wait_check(&ctx->wait);
	return ret && ret != -EINTR ? cssp_context_fail(ctx, ret) : ret;
}

static int check_length(const struct credssp_context *ctx, size_t n)
{
	return n > ctx->ops->max_message(ctx) ? CSSP_E_PARAMETER : 0;
}

/*
 * The beginning of such a call: 0 with the lock held.  @wrong: what is wrong with
 * its arguments, or 0; of interest only where there is a stream at all.  @n: bytes
 * of the message that the caller gives.
 */
static int begin_message(struct credssp_context *ctx, int wrong, size_t n)
{
	int ret = cssp_context_lock(ctx);

	if (ret)
		return ret;
	ret = check_message(ctx) ?: wrong ?: check_length(ctx, n) ?: begin(ctx);
	if (ret)
		cssp_context_unlock(ctx);
	return ret;
}

/*
 * The same for a call whose result, with @kept of the @n bytes in it, must fit into
 * @room.
 */
static int begin_output(struct credssp_context *ctx, int wrong, size_t n, size_t kept,
			struct cssp_room *room)
{
	const struct cssp_room given = *room;
	int ret = begin_message(ctx, wrong, n);

	if (ret)
		return ret;
	ctx->ops->margins(ctx, room);
	room->whole = room->before + kept + room->after;
	if (room->whole <= given.whole && room->before <= given.before &&
	    room->after <= given.after)
		return 0;
	cssp_context_unlock(ctx);
	return -ENOSPC;
}

int cssp_context_encrypt(struct credssp_context *ctx, const struct cssp_rd *plain,
			 struct cssp_room *room, struct cssp_vbuf *wire)
{
	int wrong = plain->left ? 0 : CSSP_E_PARAMETER;
	int ret = begin_output(ctx, wrong, plain->left, plain->left, room);

	return ret ?: end_message(ctx, ctx->ops->seal(ctx, plain, wire));
}

int cssp_context_sign(struct credssp_context *ctx, const struct cssp_rd *message,
		      struct cssp_room *room, struct cssp_vbuf *signature)
{
	int wrong = ctx->ops->sign ? 0 : CSSP_E_UNSUPPORTED;
	int ret = begin_output(ctx, wrong, message->left, 0, room);

	return ret ?: end_message(ctx, ctx->ops->sign(ctx, message, signature));
}

int cssp_context_verify(struct credssp_context *ctx, const struct cssp_rd *message,
			const struct cssp_rd *signature)
{
	int wrong = ctx->ops->verify ? 0 : CSSP_E_UNSUPPORTED;
	int ret = begin_message(ctx, wrong, message->left);

	return ret ?: end_message(ctx, ctx->ops->verify(ctx, message, signature));
}

int cssp_context_decrypt(struct credssp_context *ctx, struct cssp_rd *wire,
			 struct cssp_vbuf *plain, size_t room, size_t *needed)
{
	int ret = begin_message(ctx, 0, 0);

	if (ret)
		return ret;
	ret = ctx->ops->check_sealed(ctx, wire, room, needed);
	if (ret == -ENODATA || ret == -ENOSPC) {
		cssp_context_unlock(ctx);
		return ret;
	}
	ret = end_message(ctx, ret ?: ctx->ops->unseal(ctx, wire, plain));
	/* close_notify; a fatal alert has a reason of its own */
	if (ret == CSSP_E_CLOSED && ctx->report.reason == CREDSSP_REASON_CONNECTION)
		ret = CSSP_E_EXPIRED;
	return ret;
}

/* A socket that will not do costs nothing; one that took half of the keys ends it. */
static int export(struct credssp_context *ctx, struct socket *sock)
{
	int ret = begin(ctx);

	if (ret)
		return ret;
	ret = cssp_context_socket_error(cssp_channel_export(ctx->channel, sock));
	if (!ret)
		ctx->state = CSSP_CONTEXT_EXPORTED;
	else if (!cssp_channel_usable(ctx->channel))
		ret = cssp_context_fail(ctx, ret);
	return ret;
}

int cssp_context_export(struct credssp_context *ctx, struct socket *sock)
{
	int ret = cssp_context_lock(ctx);

	if (ret)
		return ret;
	ret = check_stream(ctx);
	if (!ret && cssp_context_package(ctx) != CREDSSP_PACKAGE_CREDSSP)
		ret = CSSP_E_UNSUPPORTED;
	ret = ret ?: export(ctx, sock);
	cssp_context_unlock(ctx);
	return ret;
}

size_t cssp_message_max(const struct credssp_context *ctx)
{
	return cssp_channel_session(ctx->channel)->record_limit;
}

void cssp_message_margins(const struct credssp_context *ctx, struct cssp_room *room)
{
	const struct cssp_tls_session *session = cssp_channel_session(ctx->channel);

	room->before = cssp_tls_overhead_before(session);
	room->after = cssp_tls_overhead_after(session);
}

int cssp_context_look_up_sizes(const struct credssp_context *ctx,
			       struct credssp_stream_sizes *sizes)
{
	const struct cssp_tls_session *session;
	int ret;

	lockdep_assert_held(&ctx->lock);
	if (cssp_context_package(ctx) != CREDSSP_PACKAGE_CREDSSP)
		return CSSP_E_UNSUPPORTED;
	ret = check_message(ctx);
	if (ret)
		return ret;
	session = cssp_channel_session(ctx->channel);
	*sizes = (struct credssp_stream_sizes){
		.header = cssp_tls_overhead_before(session),
		.trailer = cssp_tls_overhead_after(session),
		.maximum_message = ctx->ops->max_message(ctx),
		.buffers = 4,
		.block_size = 1,
	};
	return 0;
}

int cssp_message_sizes(const struct credssp_context *ctx, struct credssp_sizes *sizes)
{
	struct credssp_stream_sizes stream = {};
	int ret = cssp_context_look_up_sizes(ctx, &stream);

	/* on a socket, and without formatting, nothing is sealed by calls */
	*sizes = (struct credssp_sizes){
		.max_token = CREDSSP_MAX_TOKEN,
		.block_size = 1,
		.security_trailer = ret ? 0 : stream.header + stream.trailer,
	};
	return 0;
}

int cssp_context_look_up_all_sizes(const struct credssp_context *ctx,
				   struct credssp_sizes *sizes)
{
	lockdep_assert_held(&ctx->lock);
	return ctx->ops->sizes(ctx, sizes);
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
