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

/*
 * The result of a message.  Nothing is written past the room that the caller gave.  A
 * result that the caller does not get has used up a message number all the same, so
 * the context ends.
 */
static int ioctl_message_copy_out(struct credssp_context *ctx, const struct cssp_vbuf *out,
				  struct credssp_ioc_message *a)
{
	int ret = out->len > a->out_length ? -EIO :
		  cssp_user_copy_out(a->out, out->data, out->len);

	if (ret) {
		cssp_context_kill(ctx, ret, NULL);
		return ret;
	}
	a->out_length = out->len;
	return 0;
}

/* Seal or sign at most @max bytes with @make; one buffer takes all of the result. */
static int ioctl_make(struct credssp_context *ctx, struct credssp_ioc_message *a, u32 max,
		      int (*make)(struct credssp_context *ctx, const struct cssp_rd *message,
				  struct cssp_room *room, struct cssp_vbuf *out))
{
	struct cssp_room room = { a->out_length, SIZE_MAX, SIZE_MAX };
	struct cssp_vbuf plain = {}, out = {};
	struct cssp_rd rd;
	int ret;

	ret = cssp_user_copy_in(&plain, a->in, a->in_length, max);
	if (ret)
		goto err_free;
	rd = cssp_vbuf_rd(&plain);
	ret = make(ctx, &rd, &room, &out);
	if (ret == -ENOSPC)
		a->out_length = room.whole;
	if (ret)
		goto err_free;
	a->consumed = a->in_length;
	ret = ioctl_message_copy_out(ctx, &out, a);
err_free:
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&out);
	return ret;
}

static int ioctl_encrypt(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	return ioctl_make(ctx, a, ioctl_package(ctx)->max_message, cssp_context_encrypt);
}

/* GSS_GetMIC: a signature of @in to @out. */
static int ioctl_sign(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	return ioctl_make(ctx, a, CREDSSP_MAX_SIGNED, cssp_context_sign);
}

static int ioctl_decrypt(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	struct cssp_vbuf sealed = {}, plain = {};
	struct cssp_rd rd;
	size_t needed;
	int ret;

	ret = cssp_user_copy_in(&sealed, a->in, a->in_length, ioctl_package(ctx)->max_sealed);
	if (ret)
		goto err_free;
	rd = cssp_vbuf_rd(&sealed);
	ret = cssp_context_decrypt(ctx, &rd, &plain, a->out_length, &needed);
	if (ret == -ENODATA)
		a->missing = needed;
	if (ret == -ENOSPC)
		a->out_length = needed;
	if (ret)
		goto err_free;
	a->consumed = a->in_length - rd.left;
	ret = ioctl_message_copy_out(ctx, &plain, a);
err_free:
	cssp_vbuf_free(&sealed);
	cssp_vbuf_free(&plain);
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

int cssp_ioctl_check_message(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_message *a = args;

	return a->flags || a->__reserved ? -EINVAL : 0;
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
