// SPDX-License-Identifier: GPL-2.0-only
/* Saved credentials in keys: which key serves a target, and what it contains. */
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/key-type.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <uapi/linux/keyctl.h>
#include <keys/user-type.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "../mech/encode.h"
#include "../policy/spn.h"
#include "keyring.h"

/* The text behind the prefix: an SPN or a domain. */
static const char *cred_keyring_scope(const struct key *key)
{
	return key->description + strlen(CSSP_KEY_PREFIX);
}

static bool cred_keyring_is_ours(const struct key *key)
{
	struct cssp_rd scope;

	if (key->type != &key_type_logon || !key->description ||
	    strncmp(key->description, CSSP_KEY_PREFIX, strlen(CSSP_KEY_PREFIX)))
		return false;
	scope = cssp_rd_of(cred_keyring_scope(key), strlen(cred_keyring_scope(key)));
	return !memchr(scope.p, '/', scope.left) || cssp_spn_is_name(&scope);
}

/*
 * An unprivileged user can become root of a new user namespace and bring a helper
 * that lies about certificates. The user's saved passwords must not go there, nor its tickets.
 */
bool cssp_keyring_allowed(const struct cssp_requester *who)
{
	return who->net->user_ns == &init_user_ns;
}

int cssp_keyring_check(const struct cssp_requester *who, const struct key *key)
{
	return cred_keyring_is_ours(key) && cssp_keyring_allowed(who) ? 0 : CSSP_E_NO_CREDS;
}

static bool cred_keyring_is_keyring(const struct key *key)
{
	return key->type == &key_type_keyring;
}

int cssp_keyring_check_keyring(const struct cssp_requester *who, const struct key *keyring)
{
	if (!cred_keyring_is_keyring(keyring))
		return CSSP_E_PARAMETER;
	return cssp_keyring_allowed(who) ? 0 : CSSP_E_NO_CREDS;
}

/* A task that may search a keyring but does not possess it must not get its keys this way. */
static struct key *cred_keyring_take(key_ref_t ref)
{
	struct key *key = key_ref_to_ptr(ref);

	if (!cred_keyring_is_keyring(key) || is_key_possessed(ref))
		return key;
	key_put(key);
	return ERR_PTR(-EACCES);
}

struct key *cssp_keyring_by_serial(s32 serial)
{
	key_ref_t ref;

	/* It would be searched for with the kernel's own credentials. */
	if (current->flags & PF_KTHREAD)
		return ERR_PTR(-EACCES);
	if (!serial)
		return ERR_PTR(-EINVAL);
	ref = lookup_user_key(serial, 0, KEY_NEED_SEARCH);
	return IS_ERR(ref) ? ERR_CAST(ref) : cred_keyring_take(ref);
}

/* The next NUL-terminated UTF-8 string; the last one may end with the payload. */
static int cred_keyring_take_string(struct cssp_rd *rd, size_t max, struct cssp_vbuf *utf16)
{
	size_t len = strnlen((const char *)rd->p, rd->left);
	struct cssp_rd utf8;
	int ret;

	if (len > max || cssp_rd_sub(rd, len, &utf8))
		return CSSP_E_NO_CREDS;
	if (rd->left && cssp_rd_skip(rd, 1))
		return CSSP_E_NO_CREDS;
	ret = cssp_encode_utf16(utf16, &utf8);
	return ret == -EBADMSG ? CSSP_E_NO_CREDS : ret;
}

/* Version 1: 0x01, user, NUL, domain, NUL, password, all UTF-8. */
static int cred_keyring_parse(struct cssp_rd rd, struct cssp_identity *id)
{
	u8 version;
	int ret;

	if (cssp_rd_u8(&rd, &version) || version != CSSP_KEY_VERSION)
		return CSSP_E_NO_CREDS;
	ret = cred_keyring_take_string(&rd, CREDSSP_MAX_NAME, &id->user);
	if (ret)
		return ret;
	ret = cred_keyring_take_string(&rd, CREDSSP_MAX_NAME, &id->domain);
	if (ret)
		return ret;
	ret = cred_keyring_take_string(&rd, CREDSSP_MAX_PASSWORD, &id->password);
	if (ret)
		return ret;
	return rd.left || !id->user.len ? CSSP_E_NO_CREDS : 0;
}

/* Is @domain (UTF-16LE) the UTF-8 name @want? Case does not matter. */
static bool cred_keyring_domain_is(const struct cssp_vbuf *domain, const char *want)
{
	char name[CREDSSP_MAX_NAME + 1];
	struct cssp_rd rd = cssp_vbuf_rd(domain);
	struct cssp_wr wr = cssp_wr_of(name, CREDSSP_MAX_NAME);

	if (cssp_utf16_to_utf8(&rd, &wr) || cssp_wr_done(&wr))
		return false;
	name[wr.len] = '\0';
	return !strcasecmp(name, want);
}

static int cred_keyring_check_scope(const struct key *key, const char *spn,
				    const struct cssp_identity *id)
{
	const char *scope = cred_keyring_scope(key);

	if (strchr(scope, '/'))
		return strcasecmp(scope, spn) ? CSSP_E_NO_CREDS : 0;
	return cred_keyring_domain_is(&id->domain, scope) ? 0 : CSSP_E_NO_CREDS;
}

/* The semaphore keeps the payload in place while it is copied. */
static int cred_keyring_copy_payload(struct key *key, struct cssp_identity *id)
{
	const struct user_key_payload *payload;
	int ret = CSSP_E_NO_CREDS;

	down_read(&key->sem);
	payload = key_validate(key) ? NULL : user_key_payload_locked(key);
	if (payload)
		ret = cred_keyring_parse(cssp_rd_of(payload->data, payload->datalen), id);
	up_read(&key->sem);
	return ret;
}

int cssp_keyring_read(struct key *key, const char *spn, struct cssp_identity *id)
{
	struct cssp_identity new = {};
	int ret;

	ret = cred_keyring_copy_payload(key, &new);
	if (ret)
		goto err_free;
	ret = cred_keyring_check_scope(key, spn, &new);
	if (ret)
		goto err_free;
	cssp_identity_move(id, &new);
	return 0;

err_free:
	cssp_identity_free(&new);
	return ret;
}

/* The caller has taken on the requester's credentials. */
static struct key *cred_keyring_search_ref(key_ref_t keyring, const char *description)
{
	key_ref_t ref = keyring_search(keyring, &key_type_logon, description, true);

	return IS_ERR(ref) ? NULL : key_ref_to_ptr(ref);
}

static struct key *cred_keyring_search_one(struct key *keyring, const char *description)
{
	if (!keyring)
		return NULL;
	return cred_keyring_search_ref(make_key_ref(keyring, true), description);
}

/* Search the user's session keyring. It is used if the task has no session keyring. */
static struct key *cred_keyring_search_user_session(const char *description)
{
	key_ref_t ref = lookup_user_key(KEY_SPEC_USER_SESSION_KEYRING, 0, KEY_NEED_SEARCH);
	struct key *key;

	if (IS_ERR(ref))
		return NULL;
	key = cred_keyring_search_ref(ref, description);
	key_ref_put(ref);
	return key;
}

/* In the order of request_key(2). */
static struct key *cred_keyring_search_all(const struct cred *cred, const char *description)
{
	struct key *key = cred_keyring_search_one(cred->thread_keyring, description);

	if (!key)
		key = cred_keyring_search_one(cred->process_keyring, description);
	if (key)
		return key;
	if (cred->session_keyring)
		return cred_keyring_search_one(cred->session_keyring, description);
	return cred_keyring_search_user_session(description);
}

void cssp_keyring_canonical_case(char *spn)
{
	char *slash = strchr(spn, '/');

	for (; *spn; spn++)
		if (isascii(*spn))
			*spn = slash && spn < slash ? toupper(*spn) : tolower(*spn);
}

/* In @keyring alone, if there is one. */
static struct key *cred_keyring_search(const struct cred *cred, struct key *keyring,
				       const char *description)
{
	return keyring ? cred_keyring_search_one(keyring, description) :
			 cred_keyring_search_all(cred, description);
}

static struct key *cred_keyring_search_both(const struct cred *cred, struct key *keyring,
					    char *description)
{
	struct key *key = cred_keyring_search(cred, keyring, description);

	if (key)
		return key;
	cssp_keyring_canonical_case(description + strlen(CSSP_KEY_PREFIX));
	return cred_keyring_search(cred, keyring, description);
}

/* A reference to the key for @spn, in @key. */
static int cred_keyring_look_up(const struct cssp_requester *who, struct key *keyring,
				const char *spn, struct key **key)
{
	const struct cred *own;
	char *description;

	description = kasprintf(CSSP_GFP, CSSP_KEY_PREFIX "%s", spn);
	if (!description)
		return -ENOMEM;
	own = override_creds(who->cred);
	*key = cred_keyring_search_both(who->cred, keyring, description);
	revert_creds(own);
	kfree(description);
	return *key ? 0 : CSSP_E_NO_CREDS;
}

int cssp_keyring_find(const struct cssp_requester *who, struct key *keyring,
		      const char *spn, struct cssp_identity *id)
{
	struct key *key;
	int ret;

	/* Without a slash, the description would be that of a domain's key. */
	if (!cssp_keyring_allowed(who) || !strchr(spn, '/'))
		return CSSP_E_NO_CREDS;
	/* A kernel thread has no keyrings. */
	if (!keyring && current->flags & PF_KTHREAD)
		return CSSP_E_NO_CREDS;
	ret = cred_keyring_look_up(who, keyring, spn, &key);
	if (ret)
		return ret;
	ret = cred_keyring_is_ours(key) ? cssp_keyring_read(key, spn, id) : CSSP_E_NO_CREDS;
	key_put(key);
	return ret;
}
