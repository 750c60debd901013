// SPDX-License-Identifier: GPL-2.0-only
#include "delivery.h"

#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/inet.h>
#include <linux/key-type.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <keys/user-type.h>

#include "../base/status.h"
#include "../mech/encode.h"
#include "../policy/spn.h"
#include "keyring.h"

/* Of fs/smb/client: CIFS_MAX_DOMAINNAME_LEN with its NUL, and what it takes from a key. */
#define CIFS_DOMAIN_MAX		255
#define CIFS_USER_MAX		256
#define CIFS_PASSWORD_MAX	512

#define CIFS_ADDRESS_PREFIX	"cifs:a:"
#define CIFS_DOMAIN_PREFIX	"cifs:d:"

/* Room for any description: a prefix, a name of at most CREDSSP_MAX_TARGET bytes, a NUL */
#define DESCRIPTION_SIZE	(sizeof(CSSP_KEY_PREFIX) + CREDSSP_MAX_TARGET)

/*
 * A possessor finds the key, links and revokes it; the owner sees and revokes it. Nobody has
 * SETATTR, so that neither the lifetime nor the permissions can be extended.
 */
#define DELIVERY_PERMISSIONS	(KEY_POS_VIEW | KEY_POS_SEARCH | KEY_POS_LINK | KEY_POS_WRITE | \
				 KEY_USR_VIEW | KEY_USR_WRITE)

/**
 * struct delivery_text - the identity in UTF-8
 * @user: its name, without NUL as the others
 * @domain: its domain, or empty
 * @password: its password, or empty
 */
struct delivery_text {
	struct cssp_vbuf user;
	struct cssp_vbuf domain;
	struct cssp_vbuf password;
};

/**
 * struct delivery_form - a form of keys
 * @describe: write the description and a NUL; DESCRIPTION_SIZE bytes
 * @fill: append the payload
 */
struct delivery_form {
	int (*describe)(const struct delivery_text *t, const struct cssp_rd *name, char *text);
	int (*fill)(const struct delivery_text *t, struct cssp_vbuf *payload);
};

static void delivery_text_free(struct delivery_text *t)
{
	cssp_vbuf_free(&t->user);
	cssp_vbuf_free(&t->domain);
	cssp_vbuf_free(&t->password);
}

static int delivery_text_one(struct cssp_vbuf *utf8, const struct cssp_vbuf *utf16, size_t max)
{
	struct cssp_rd rd = cssp_vbuf_rd(utf16);
	int ret = cssp_encode_utf8(utf8, &rd);

	if (ret == -EBADMSG || utf8->len > max)
		return CSSP_E_NO_CREDS;
	return ret;
}

/* @t is to be freed in any case. */
static int delivery_text_of(struct delivery_text *t, const struct cssp_identity *id)
{
	int ret;

	ret = delivery_text_one(&t->user, &id->user, CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	ret = delivery_text_one(&t->domain, &id->domain, CREDSSP_MAX_NAME);
	if (ret)
		return ret;
	ret = delivery_text_one(&t->password, &id->password, CREDSSP_MAX_PASSWORD);
	if (ret)
		return ret;
	return t->user.len ? 0 : CSSP_E_NO_CREDS;
}

/*
 * The domain of a delegated identity is the client's text: it must not describe a key for
 * something else.
 */
static bool delivery_is_domain(const struct cssp_rd *name, size_t max)
{
	size_t i;

	for (i = 0; i < name->left; i++)
		if (!isascii(name->p[i]) || !isgraph(name->p[i]) ||
		    strchr("\\@/:;", name->p[i]))
			return false;
	return name->left && name->left <= max;
}

static bool delivery_same_domain(const struct delivery_text *t, const struct cssp_rd *name)
{
	return t->domain.len == name->left &&
	       !strncasecmp((const char *)t->domain.data, (const char *)name->p, name->left);
}

/* The domain that a key without another name is for. */
static struct cssp_rd delivery_scope(const struct delivery_text *t, const struct cssp_rd *name)
{
	return name->left ? *name : cssp_vbuf_rd(&t->domain);
}

static void delivery_describe(char *text, const char *prefix, const struct cssp_rd *name)
{
	snprintf(text, DESCRIPTION_SIZE, "%s%.*s", prefix, (int)name->left,
		 (const char *)name->p);
}

/* A key for a domain that is not its payload's would never be used, see keyring.c. */
static int delivery_describe_credssp(const struct delivery_text *t, const struct cssp_rd *name,
				     char *text)
{
	struct cssp_rd scope = delivery_scope(t, name);

	if (name->left && memchr(name->p, '/', name->left)) {
		if (!cssp_spn_is_name(name))
			return CSSP_E_PARAMETER;
		delivery_describe(text, CSSP_KEY_PREFIX, name);
		cssp_keyring_canonical_case(text + strlen(CSSP_KEY_PREFIX));
		return 0;
	}
	if (!delivery_is_domain(&scope, CREDSSP_MAX_NAME) || !delivery_same_domain(t, &scope))
		return CSSP_E_PARAMETER;
	delivery_describe(text, CSSP_KEY_PREFIX, &scope);
	return 0;
}

/* Version 1 of keyring.c. */
static int delivery_fill_credssp(const struct delivery_text *t, struct cssp_vbuf *payload)
{
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(payload,
				t->user.len + t->domain.len + t->password.len + 3, &wr);
	if (ret)
		return ret;
	cssp_wr_u8(&wr, CSSP_KEY_VERSION);
	cssp_wr_copy(&wr, t->user.data, t->user.len);
	cssp_wr_u8(&wr, 0);
	cssp_wr_copy(&wr, t->domain.data, t->domain.len);
	cssp_wr_u8(&wr, 0);
	cssp_wr_copy(&wr, t->password.data, t->password.len);
	return cssp_encode_end(payload, &wr);
}

/* cifs.ko writes the server's address with %pI4 or %pI6c, without a zone. */
static bool delivery_describe_address(const struct cssp_rd *name, char *text)
{
	const char *s = (const char *)name->p;
	const char *zone = name->left ? memchr(s, '%', name->left) : NULL;
	int length = zone ? zone - s : name->left;
	u8 address[16];

	if (!length)
		return false;
	if (!zone && in4_pton(s, length, address, -1, NULL))
		snprintf(text, DESCRIPTION_SIZE, CIFS_ADDRESS_PREFIX "%pI4", address);
	else if (in6_pton(s, length, address, -1, NULL))
		snprintf(text, DESCRIPTION_SIZE, CIFS_ADDRESS_PREFIX "%pI6c", address);
	else
		return false;
	return true;
}

/*
 * cifs.ko takes the domain of the logon from the mount, so that the key of another domain would
 * send the password there. An identity without a domain is of any.
 */
static int delivery_describe_cifs(const struct delivery_text *t, const struct cssp_rd *name,
				  char *text)
{
	struct cssp_rd scope = delivery_scope(t, name);

	if (name->left && delivery_describe_address(name, text))
		return 0;
	if (!delivery_is_domain(&scope, CIFS_DOMAIN_MAX))
		return CSSP_E_PARAMETER;
	if (t->domain.len && !delivery_same_domain(t, &scope))
		return CSSP_E_PARAMETER;
	delivery_describe(text, CIFS_DOMAIN_PREFIX, &scope);
	return 0;
}

/* "user:password"; cifs.ko looks for the first colon, and takes both for strings. */
static int delivery_fill_cifs(const struct delivery_text *t, struct cssp_vbuf *payload)
{
	struct cssp_wr wr;
	int ret;

	if (t->user.len > CIFS_USER_MAX || memchr(t->user.data, ':', t->user.len))
		return CSSP_E_NO_CREDS;
	if (!t->password.len || t->password.len > CIFS_PASSWORD_MAX)
		return CSSP_E_NO_CREDS;
	ret = cssp_encode_begin(payload, t->user.len + 1 + t->password.len, &wr);
	if (ret)
		return ret;
	cssp_wr_copy(&wr, t->user.data, t->user.len);
	cssp_wr_u8(&wr, ':');
	cssp_wr_copy(&wr, t->password.data, t->password.len);
	return cssp_encode_end(payload, &wr);
}

static const struct delivery_form delivery_forms[] = {
	[CREDSSP_DELEGATED_AS_CREDSSP] = { delivery_describe_credssp, delivery_fill_credssp },
	[CREDSSP_DELEGATED_AS_CIFS] = { delivery_describe_cifs, delivery_fill_cifs },
};

/*
 * A new key in any case: key_create_or_update() would update a key with this description and
 * leave its owner, permissions and lifetime, which may be an attacker's. The key expires from
 * the start, so that it is never seen without an end.
 */
static int delivery_link(struct key *keyring, const char *description, u32 lifetime,
			 const struct cssp_vbuf *payload, s32 *serial)
{
	const struct cred *cred = current_cred();
	struct key *key;
	int ret;

	key = key_alloc(&key_type_logon, description, cred->fsuid, cred->fsgid, cred,
			DELIVERY_PERMISSIONS, KEY_ALLOC_IN_QUOTA, NULL);
	if (IS_ERR(key))
		return PTR_ERR(key);
	key_set_timeout(key, lifetime);
	ret = key_instantiate_and_link(key, payload->data, payload->len, keyring, NULL);
	if (!ret)
		*serial = key_serial(key);
	key_put(key);
	return ret;
}

static int delivery_check(const struct cssp_delivery *d)
{
	if (d->form >= ARRAY_SIZE(delivery_forms) || d->name.left > CREDSSP_MAX_TARGET)
		return CSSP_E_PARAMETER;
	if (!d->lifetime || d->lifetime > CREDSSP_MAX_DELEGATED_LIFETIME)
		return CSSP_E_PARAMETER;
	if (d->name.left && memchr(d->name.p, '\0', d->name.left))
		return CSSP_E_PARAMETER;
	return 0;
}

static int delivery_put_text(struct key *keyring, const struct delivery_text *t,
			     const struct cssp_delivery *d, s32 *serial)
{
	const struct delivery_form *form = &delivery_forms[d->form];
	struct cssp_vbuf payload = {}, description = {};
	int ret;

	ret = cssp_vbuf_reserve(&description, DESCRIPTION_SIZE);
	if (ret)
		return ret;
	ret = form->describe(t, &d->name, (char *)description.data) ?:
	      form->fill(t, &payload) ?:
	      delivery_link(keyring, (char *)description.data, d->lifetime, &payload, serial);
	cssp_vbuf_free(&payload);
	cssp_vbuf_free(&description);
	return ret;
}

/* What the key system says of a keyring that cannot be written. */
static int delivery_error(int err)
{
	return err == -EACCES || err == -EPERM ? CSSP_E_NO_CREDS : err;
}

int cssp_delivery_put_in(struct key *keyring, const struct cssp_identity *id,
			 const struct cssp_delivery *d, s32 *serial)
{
	struct delivery_text text = {};
	int ret;

	ret = delivery_check(d);
	if (ret)
		return ret;
	if (keyring->type != &key_type_keyring)
		return CSSP_E_PARAMETER;
	ret = delivery_text_of(&text, id);
	if (!ret)
		ret = delivery_put_text(keyring, &text, d, serial);
	delivery_text_free(&text);
	return delivery_error(ret);
}

/*
 * A task that works with other credentials than its own must not get a new keyring: the kernel
 * would commit it to those, and stop with a BUG.
 */
static bool delivery_may_look_up(s32 keyring)
{
	if (current->flags & PF_KTHREAD)
		return false;
	return keyring > 0 || current_cred() == current_real_cred();
}

int cssp_delivery_put(const struct cssp_identity *id, const struct cssp_delivery *d,
		      s32 *serial)
{
	key_ref_t ref;
	int ret;

	ret = delivery_check(d);
	if (ret)
		return ret;
	if (!d->keyring)
		return CSSP_E_PARAMETER;
	if (!delivery_may_look_up(d->keyring))
		return CSSP_E_NO_CREDS;
	ref = lookup_user_key(d->keyring, KEY_LOOKUP_CREATE, KEY_NEED_WRITE);
	if (IS_ERR(ref))
		return delivery_error(PTR_ERR(ref));
	ret = cssp_delivery_put_in(key_ref_to_ptr(ref), id, d, serial);
	key_ref_put(ref);
	return ret;
}
