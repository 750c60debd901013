// SPDX-License-Identifier: GPL-2.0-only
/* Handles, credentials and messages; see ioctl_init.c for the exchange. */
#include <linux/cred.h>
#include <linux/key.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../api/query.h"
#include "../base/status.h"
#include "ioctl.h"

int cssp_user_copy_in(struct cssp_vbuf *b, u64 addr, u32 length, u32 max)
{
	int ret;

	if (length > max)
		return CSSP_E_PARAMETER;
	ret = cssp_vbuf_reserve(b, length);
	if (ret)
		return ret;
	if (copy_from_user(b->data, u64_to_user_ptr(addr), length))
		return -EFAULT;
	b->len = length;
	return 0;
}

int cssp_user_copy_out(u64 addr, const void *p, size_t length)
{
	return copy_to_user(u64_to_user_ptr(addr), p, length) ? -EFAULT : 0;
}

int cssp_ioctl_finish(s32 *status, int ret)
{
	if (ret == -EFAULT || ret == -EINTR)
		return ret;
	*status = ret == -EAGAIN ? SEC_I_CONTINUE_NEEDED : cssp_status(ret);
	return 0;
}

/* One string of an identity, in UTF-16LE whatever it came as. */
static int copy_string(struct cssp_vbuf *utf16, u32 encoding, u64 addr, u32 length,
		       u32 max)
{
	struct cssp_vbuf raw = {};
	int ret;

	ret = cssp_user_copy_in(&raw, addr, length, max);
	if (!ret)
		ret = cssp_identity_string(utf16, encoding, &raw);
	cssp_vbuf_free(&raw);
	return ret;
}

static int copy_identity(const struct credssp_ioc_acquire *a, struct cssp_identity *id)
{
	bool given = a->user_length || a->domain_length || a->password_length;
	int ret;

	if (a->key && given)
		return CSSP_E_PARAMETER;
	/* in a key, or brought by each call */
	if (!given)
		return 0;
	if (a->encoding != CREDSSP_IDENTITY_UTF8 && a->encoding != CREDSSP_IDENTITY_UTF16)
		return CSSP_E_PARAMETER;
	ret = copy_string(&id->user, a->encoding, a->user, a->user_length,
			  CREDSSP_MAX_NAME);
	if (!ret)
		ret = copy_string(&id->domain, a->encoding, a->domain, a->domain_length,
				  CREDSSP_MAX_NAME);
	if (!ret)
		ret = copy_string(&id->password, a->encoding, a->password,
				  a->password_length, CREDSSP_MAX_PASSWORD);
	return ret;
}

/* The caller must be able to search for the key, as for any key it uses. */
static int find_key(s32 serial, struct key **key)
{
	key_ref_t ref;

	*key = NULL;
	if (!serial)
		return 0;
	ref = lookup_user_key(serial, 0, KEY_NEED_SEARCH);
	if (IS_ERR(ref))
		return PTR_ERR(ref) == -ENOMEM ? -ENOMEM : CSSP_E_NO_CREDS;
	*key = key_ref_to_ptr(ref);
	return 0;
}

/**
 * struct acquire - what a credential is made from, in kernel memory
 * @id: identity
 * @key: or the key that has it
 * @cert: name of the client certificate
 * @pins: fingerprints
 */
struct acquire {
	struct cssp_identity id;
	struct key *key;
	struct cssp_vbuf cert;
	struct cssp_vbuf pins;
};

static int acquire_copy_in(struct acquire *c, const struct credssp_ioc_acquire *a)
{
	int ret = copy_identity(a, &c->id);

	if (!ret && a->pin_count > CREDSSP_MAX_PINS)
		ret = CSSP_E_PARAMETER;
	if (!ret)
		ret = cssp_user_copy_in(&c->pins, a->pins, a->pin_count * CREDSSP_PIN_SIZE,
					CREDSSP_MAX_PINS * CREDSSP_PIN_SIZE);
	if (!ret)
		ret = cssp_user_copy_in(&c->cert, a->cert, a->cert_length,
					CREDSSP_MAX_CERT_NAME);
	return ret ?: find_key(a->key, &c->key);
}

static int acquire(struct cssp_dev *dev, struct credssp_ioc_acquire *a,
		   struct acquire *c)
{
	struct cssp_requester who;
	struct cssp_cred_params params = {
		.who = &who,
		.key = c->key,
		.id = &c->id,
		.use = a->use,
		.package = a->package,
		.mechs = a->mechs,
		.min_version = a->min_version,
		.max_version = a->max_version,
		.cert = cssp_vbuf_rd(&c->cert),
		.pins = cssp_vbuf_rd(&c->pins),
	};
	struct credssp_cred *cred;
	u64 handle;
	int ret;

	cssp_requester_pin_current(&who, dev->net);
	ret = cssp_cred_create(&cred, &params);
	cssp_requester_drop(&who);
	if (ret)
		return ret;
	ret = cssp_handles_add(&dev->handles, CSSP_HANDLE_CRED, cred, &handle);
	if (ret) {
		cssp_cred_put(cred);
		return ret;
	}
	a->cred = handle;
	a->expiry = S64_MAX;
	return 0;
}

int cssp_ioctl_acquire(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_acquire *a = args;
	struct acquire c = {};
	int ret;

	if (a->flags || a->__reserved)
		return -EINVAL;
	a->cred = 0;
	if (a->package && (a->cert_length || a->pin_count))
		return cssp_ioctl_finish(&a->status, CSSP_E_UNSUPPORTED);
	ret = acquire_copy_in(&c, a);
	if (!ret)
		ret = acquire(dev, a, &c);
	key_put(c.key);
	cssp_identity_free(&c.id);
	cssp_vbuf_free(&c.cert);
	cssp_vbuf_free(&c.pins);
	return cssp_ioctl_finish(&a->status, ret);
}

int cssp_ioctl_free_cred(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_handle *a = args;

	return cssp_ioctl_finish(&a->status, cssp_handles_remove(&dev->handles,
								CSSP_HANDLE_CRED,
								a->handle));
}

int cssp_ioctl_delete(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_handle *a = args;

	return cssp_ioctl_finish(&a->status, cssp_handles_remove(&dev->handles,
								CSSP_HANDLE_CONTEXT,
								a->handle));
}

int cssp_ioctl_cancel(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_handle *a = args;
	struct credssp_context *ctx = cssp_handles_context(&dev->handles, a->handle);

	if (!ctx)
		return cssp_ioctl_finish(&a->status, CSSP_E_HANDLE);
	cssp_context_cancel(ctx);
	cssp_context_put(ctx);
	return cssp_ioctl_finish(&a->status, 0);
}

/* No status of this package asks for CompleteAuthToken. */
int cssp_ioctl_complete(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_handle *a = args;
	struct credssp_context *ctx = cssp_handles_context(&dev->handles, a->handle);

	int ret = ctx ? CSSP_E_UNSUPPORTED : CSSP_E_HANDLE;

	cssp_context_put(ctx);
	return cssp_ioctl_finish(&a->status, ret);
}

static bool is_inner(const struct credssp_context *ctx)
{
	return cssp_context_package(ctx) != CREDSSP_PACKAGE_CREDSSP;
}

/*
 * Nothing goes past the room that the caller said to have.  A result that it does
 * not get is spent all the same: the context ends.
 */
static int hand_out(struct credssp_context *ctx, struct credssp_ioc_message *a,
		    const struct cssp_vbuf *out)
{
	int ret = out->len > a->out_length ? -EIO :
		  cssp_user_copy_out(a->out, out->data, out->len);

	if (ret)
		cssp_context_kill(ctx, ret, NULL);
	else
		a->out_length = out->len;
	return ret;
}

/* One buffer takes all that is made; nobody looks at its parts. */
static struct cssp_room room_of(const struct credssp_ioc_message *a)
{
	return (struct cssp_room){ a->out_length, SIZE_MAX, SIZE_MAX };
}

static int encrypt(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	u32 max = is_inner(ctx) ? CREDSSP_MAX_SIGNED : CREDSSP_MAX_MESSAGE;
	struct cssp_room room = room_of(a);
	struct cssp_vbuf plain = {}, wire = {};
	struct cssp_rd rd;
	int ret;

	ret = cssp_user_copy_in(&plain, a->in, a->in_length, max);
	if (!ret) {
		rd = cssp_vbuf_rd(&plain);
		ret = cssp_context_encrypt(ctx, &rd, &room, &wire);
	}
	if (ret == -ENOSPC) {
		a->out_length = room.whole;
	} else if (!ret) {
		a->consumed = a->in_length;
		ret = hand_out(ctx, a, &wire);
	}
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&wire);
	return ret;
}

static int decrypt(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	u32 max = is_inner(ctx) ? CREDSSP_MAX_SIGNED + CREDSSP_MAX_SIGNATURE :
				  CREDSSP_MAX_TOKEN;
	struct cssp_vbuf wire = {}, plain = {};
	struct cssp_rd rd;
	size_t needed;
	int ret;

	ret = cssp_user_copy_in(&wire, a->in, a->in_length, max);
	if (ret)
		goto out;
	rd = cssp_vbuf_rd(&wire);
	ret = cssp_context_decrypt(ctx, &rd, &plain, a->out_length, &needed);
	if (ret == -ENODATA) {
		a->missing = needed;
	} else if (ret == -ENOSPC) {
		a->out_length = needed;
	} else if (!ret) {
		a->consumed = a->in_length - rd.left;
		ret = hand_out(ctx, a, &plain);
	}
out:
	cssp_vbuf_free(&wire);
	cssp_vbuf_free(&plain);
	return ret;
}

/* GSS_GetMIC: @in to @out. */
static int sign(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	struct cssp_room room = room_of(a);
	struct cssp_vbuf plain = {}, signature = {};
	struct cssp_rd rd;
	int ret;

	ret = cssp_user_copy_in(&plain, a->in, a->in_length, CREDSSP_MAX_SIGNED);
	if (!ret) {
		rd = cssp_vbuf_rd(&plain);
		ret = cssp_context_sign(ctx, &rd, &room, &signature);
	}
	if (ret == -ENOSPC) {
		a->out_length = room.whole;
	} else if (!ret) {
		a->consumed = a->in_length;
		ret = hand_out(ctx, a, &signature);
	}
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&signature);
	return ret;
}

/* GSS_VerifyMIC: the message in @in, its signature in @out. */
static int verify(struct credssp_context *ctx, struct credssp_ioc_message *a)
{
	struct cssp_vbuf plain = {}, signature = {};
	struct cssp_rd message, rd;
	int ret;

	ret = cssp_user_copy_in(&plain, a->in, a->in_length, CREDSSP_MAX_SIGNED);
	if (!ret)
		ret = cssp_user_copy_in(&signature, a->out, a->out_length,
					CREDSSP_MAX_SIGNATURE);
	if (!ret) {
		message = cssp_vbuf_rd(&plain);
		rd = cssp_vbuf_rd(&signature);
		ret = cssp_context_verify(ctx, &message, &rd);
	}
	if (!ret)
		a->consumed = a->in_length;
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&signature);
	return ret;
}

static int message(struct cssp_dev *dev, struct credssp_ioc_message *a,
		   int (*verb)(struct credssp_context *, struct credssp_ioc_message *))
{
	struct credssp_context *ctx;
	int ret;

	if (a->flags || a->__reserved)
		return -EINVAL;
	a->consumed = 0;
	a->missing = 0;
	ctx = cssp_handles_context(&dev->handles, a->context);
	ret = ctx ? verb(ctx, a) : CSSP_E_HANDLE;
	cssp_context_put(ctx);
	return cssp_ioctl_finish(&a->status, ret);
}

int cssp_ioctl_encrypt(struct cssp_dev *dev, void *args)
{
	return message(dev, args, encrypt);
}

int cssp_ioctl_decrypt(struct cssp_dev *dev, void *args)
{
	return message(dev, args, decrypt);
}

int cssp_ioctl_sign(struct cssp_dev *dev, void *args)
{
	return message(dev, args, sign);
}

int cssp_ioctl_verify(struct cssp_dev *dev, void *args)
{
	return message(dev, args, verify);
}
