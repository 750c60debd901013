// SPDX-License-Identifier: GPL-2.0-only
/* AcquireCredentialsHandle and FreeCredentialsHandle. */
#include <linux/cred.h>
#include <linux/key.h>

#include "../base/filetime.h"
#include "../base/status.h"
#include "../cred/keyring.h"
#include "../cred/package.h"
#include "ioctl.h"
#include "usercopy.h"

#define ACQUIRE_FLAGS	(CREDSSP_ACQUIRE_USER_TO_USER | CREDSSP_ACQUIRE_ONE_WAY)

/**
 * struct acquire_call - what a credential is made from, in kernel memory
 * @id: identity
 * @key: or the key that has it
 * @cert: name of the client certificate
 * @pins: fingerprints of servers' certificates
 * @tickets: name of a credential cache or keytab
 * @realm: realm of the user
 */
struct acquire_call {
	struct cssp_identity id;
	struct key *key;
	struct cssp_vbuf cert;
	struct cssp_vbuf pins;
	struct cssp_vbuf tickets;
	struct cssp_vbuf realm;
};

/* One string of an identity, as UTF-16LE. */
static int ioctl_copy_string(struct cssp_vbuf *utf16, u32 encoding, u64 addr, u32 length,
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

/* Without strings the identity comes from a key, or with each call. */
static int ioctl_copy_identity(struct cssp_identity *id, const struct credssp_ioc_acquire *a)
{
	int ret;

	if (!a->user_length && !a->domain_length && !a->password_length)
		return 0;
	if (a->key)
		return CSSP_E_PARAMETER;
	if (a->encoding != CREDSSP_IDENTITY_UTF8 && a->encoding != CREDSSP_IDENTITY_UTF16)
		return CSSP_E_PARAMETER;
	ret = ioctl_copy_string(&id->user, a->encoding, a->user, a->user_length,
				CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	ret = ioctl_copy_string(&id->domain, a->encoding, a->domain, a->domain_length,
				CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	return ioctl_copy_string(&id->password, a->encoding, a->password, a->password_length,
				 CREDSSP_MAX_PASSWORD);
}

static int ioctl_find_key(s32 serial, struct key **key)
{
	struct key *found;

	if (!serial)
		return 0;
	found = cssp_keyring_by_serial(serial);
	if (IS_ERR(found))
		return PTR_ERR(found) == -ENOMEM ? -ENOMEM : CSSP_E_NO_CREDS;
	*key = found;
	return 0;
}

static int ioctl_acquire_copy_in(struct acquire_call *c, const struct credssp_ioc_acquire *a)
{
	int ret;

	ret = ioctl_copy_identity(&c->id, a);
	if (ret)
		return ret;
	if (a->pin_count > CREDSSP_MAX_PINS)
		return CSSP_E_PARAMETER;
	ret = cssp_user_copy_in(&c->pins, a->pins, a->pin_count * CREDSSP_PIN_SIZE,
				CREDSSP_MAX_PINS * CREDSSP_PIN_SIZE);
	if (ret)
		return ret;
	ret = cssp_user_copy_in(&c->cert, a->cert, a->cert_length, CREDSSP_MAX_CERT_NAME);
	if (ret)
		return ret;
	ret = cssp_user_copy_in(&c->tickets, a->tickets, a->tickets_length, CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	ret = cssp_user_copy_in(&c->realm, a->realm, a->realm_length, CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	return ioctl_find_key(a->key, &c->key);
}

static int ioctl_create_cred(struct cssp_chardev_file *file, struct acquire_call *c,
			     const struct credssp_ioc_acquire *a, struct credssp_cred **cred)
{
	struct cssp_requester who;
	const struct cssp_cred_params params = {
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
		.ticket_source = a->ticket_source,
		.user_to_user = a->flags & CREDSSP_ACQUIRE_USER_TO_USER,
		.one_way = a->flags & CREDSSP_ACQUIRE_ONE_WAY,
		.tickets = cssp_vbuf_rd(&c->tickets),
		.realm = cssp_vbuf_rd(&c->realm),
	};
	int ret;

	cssp_requester_pin_current(&who, file->net);
	ret = cssp_cred_create(cred, &params);
	cssp_requester_drop(&who);
	return ret;
}

static int ioctl_acquire(struct cssp_chardev_file *file, struct acquire_call *c,
			 struct credssp_ioc_acquire *a)
{
	struct credssp_cred *cred;
	u64 handle;
	int ret;

	ret = ioctl_acquire_copy_in(c, a);
	if (ret)
		return ret;
	ret = ioctl_create_cred(file, c, a, &cred);
	if (ret)
		return ret;
	ret = cssp_handles_add(&file->handles, CSSP_HANDLE_CRED, cred, &handle);
	if (ret) {
		cssp_cred_put(cred);
		return ret;
	}
	a->cred = handle;
	a->expiry = CSSP_FILETIME_NEVER;
	return 0;
}

int cssp_ioctl_check_acquire(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_acquire *a = args;

	if (a->flags & ~ACQUIRE_FLAGS)
		return -EINVAL;
	return a->use == SECPKG_CRED_INBOUND && !cssp_ioctl_may_accept(file) ? -EPERM : 0;
}

int cssp_ioctl_acquire(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_acquire *a = args;
	struct acquire_call c = {};
	int ret;

	a->cred = 0;
	ret = ioctl_acquire(file, &c, a);
	key_put(c.key);
	cssp_identity_free(&c.id);
	cssp_vbuf_free(&c.cert);
	cssp_vbuf_free(&c.pins);
	cssp_vbuf_free(&c.tickets);
	cssp_vbuf_free(&c.realm);
	return ret;
}

int cssp_ioctl_free_cred(struct cssp_chardev_file *file, void *args)
{
	const struct credssp_ioc_handle *a = args;

	return cssp_handles_remove(&file->handles, CSSP_HANDLE_CRED, a->handle);
}
