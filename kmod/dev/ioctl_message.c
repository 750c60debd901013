// SPDX-License-Identifier: GPL-2.0-only
/* EncryptMessage, DecryptMessage, MakeSignature, VerifySignature, and EXPORT_KTLS. */
#include <linux/file.h>
#include <linux/net.h>

#include "../base/status.h"
#include "../cred/package.h"
#include "ioctl.h"
#include "usercopy.h"

static const struct cssp_package *ioctl_package(const struct credssp_context *ctx)
{
	return cssp_package(cssp_context_package(ctx));
}

/* Where EncryptMessage writes: one buffer, or the three of SSPI's. */
static void ioctl_sealed_sink(struct cssp_sink *s, const struct credssp_ioc_message *a)
{
	if (a->flags & CREDSSP_MESSAGE_SPLIT)
		cssp_sink_user_split(s, a->header, a->header_length, a->out, a->out_length,
				     a->trailer, a->trailer_length);
	else
		cssp_sink_user(s, a->out, a->out_length);
}

static void ioctl_set_margins(struct credssp_ioc_message *a, const struct cssp_room *room)
{
	a->header_length = room->before;
	a->trailer_length = room->after;
}

static int ioctl_encrypt(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	bool split = a->flags & CREDSSP_MESSAGE_SPLIT;
	struct cssp_source plain;
	struct cssp_sink sealed;
	struct cssp_room room;
	int ret;

	if (a->in_length > ioctl_package(ctx)->max_message)
		return CSSP_E_PARAMETER;
	cssp_source_user(&plain, a->in, a->in_length);
	ioctl_sealed_sink(&sealed, a);
	ret = cssp_context_encrypt(ctx, &plain, &sealed, &room);
	if (ret && ret != -ENOSPC)
		return ret;
	a->out_length = split ? a->in_length : room.whole;
	ioctl_set_margins(a, &room);
	if (!ret)
		a->consumed = a->in_length;
	return ret;
}

/* GSS_GetMIC: a signature of @in to @out. */
static int ioctl_sign(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	struct cssp_source message;
	struct cssp_sink signature;
	struct cssp_room room;
	int ret;

	if (a->in_length > CREDSSP_MAX_SIGNED)
		return CSSP_E_PARAMETER;
	cssp_source_user(&message, a->in, a->in_length);
	cssp_sink_user(&signature, a->out, a->out_length);
	ret = cssp_context_sign(ctx, &message, &signature, &room);
	if (ret && ret != -ENOSPC)
		return ret;
	a->out_length = room.whole;
	if (!ret)
		a->consumed = a->in_length;
	return ret;
}

static void ioctl_set_opened(struct credssp_ioc_message *a, const struct cssp_opened *o,
			     size_t left)
{
	a->consumed = a->in_length - left;
	a->out_length = o->length;
	a->header_length = o->room.before;
	a->trailer_length = a->consumed - o->room.before - o->length;
	if (a->flags & CREDSSP_MESSAGE_INSIDE)
		a->out = a->in + o->room.before;
}

static int ioctl_decrypt(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	struct cssp_source sealed;
	struct cssp_sink plain;
	struct cssp_opened o;
	int ret;

	if (a->in_length > ioctl_package(ctx)->max_sealed)
		return CSSP_E_PARAMETER;
	cssp_source_user(&sealed, a->in, a->in_length);
	if (a->flags & CREDSSP_MESSAGE_INSIDE)
		cssp_sink_user_inside(&plain, a->in, a->in_length);
	else
		cssp_sink_user(&plain, a->out, a->out_length);
	ret = cssp_context_decrypt(ctx, &sealed, &plain, &o);
	if (ret == -ENODATA)
		a->missing = o.needed;
	if (ret == -ENOSPC)
		a->out_length = o.needed;
	if (!ret)
		ioctl_set_opened(a, &o, cssp_source_left(&sealed));
	return ret;
}

/* GSS_VerifyMIC: the message is in @in, its signature in @out. */
static int ioctl_verify(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	struct cssp_vbuf plain = {}, signature = {};
	struct cssp_rd message, rd;
	int ret;

	ret = cssp_user_copy_in(&plain, a->in, a->in_length, CREDSSP_MAX_SIGNED);
	if (ret)
		goto err_free;
	ret = cssp_user_copy_in(&signature, a->out, a->out_length, CREDSSP_MAX_SIGNATURE);
	if (ret)
		goto err_free;
	message = cssp_vbuf_rd(&plain);
	rd = cssp_vbuf_rd(&signature);
	ret = cssp_context_verify(ctx, &message, &rd);
	if (!ret)
		a->consumed = a->in_length;
err_free:
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&signature);
	return ret;
}

static int ioctl_message(struct cssp_chardev_file *file, struct credssp_ioc_message *a,
			 int (*call)(struct credssp_context *ctx,
				     struct credssp_ioc_message *a))
{
	struct credssp_context *ctx = cssp_handles_context(&file->handles, a->context);
	int ret;

	a->consumed = 0;
	a->missing = 0;
	if (!ctx)
		return CSSP_E_HANDLE;
	ret = call(ctx, a);
	cssp_context_put(ctx);
	return ret;
}

static int ioctl_check_flags(const struct credssp_ioc_message *a, u32 allowed)
{
	return a->flags & ~allowed || a->__reserved ? -EINVAL : 0;
}

int cssp_ioctl_check_message(const struct cssp_chardev_file *file, const void *args)
{
	return ioctl_check_flags(args, 0);
}

int cssp_ioctl_check_encrypt(const struct cssp_chardev_file *file, const void *args)
{
	return ioctl_check_flags(args, CREDSSP_MESSAGE_SPLIT);
}

int cssp_ioctl_check_decrypt(const struct cssp_chardev_file *file, const void *args)
{
	return ioctl_check_flags(args, CREDSSP_MESSAGE_INSIDE);
}

int cssp_ioctl_encrypt(struct cssp_chardev_file *file, void *args)
{
	return ioctl_message(file, args, ioctl_encrypt);
}

int cssp_ioctl_decrypt(struct cssp_chardev_file *file, void *args)
{
	return ioctl_message(file, args, ioctl_decrypt);
}

int cssp_ioctl_sign(struct cssp_chardev_file *file, void *args)
{
	return ioctl_message(file, args, ioctl_sign);
}

int cssp_ioctl_verify(struct cssp_chardev_file *file, void *args)
{
	return ioctl_message(file, args, ioctl_verify);
}

int cssp_ioctl_export(struct cssp_chardev_file *file, void *args)
{
	const struct credssp_ioc_socket *a = args;
	struct credssp_context *ctx;
	struct socket *sock;
	int ret;

	sock = sockfd_lookup(a->fd, &ret);
	if (!sock)
		return CSSP_E_PARAMETER;
	ctx = cssp_handles_context(&file->handles, a->context);
	ret = ctx ? cssp_context_export(ctx, sock) : CSSP_E_HANDLE;
	cssp_context_put(ctx);
	sockfd_put(sock);
	return ret;
}
