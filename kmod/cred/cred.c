// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <keys/user-type.h>

#include "../base/mem.h"
#include "../base/quota.h"
#include "../base/status.h"
#include "../mech/encode.h"
#include "../policy/policy_net.h"
#include "../policy/spn.h"
#include "cred.h"
#include "keyring.h"
#include "package.h"

#define KEY_PREFIX	CSSP_KEY_PREFIX
#define KEY_VERSION	1	/* first byte of the payload */

/* Only keys that were made for this module are ever read, for a domain or a target. */
static bool key_is_ours(const struct key *key)
{
	struct cssp_rd scope;

	if (key->type != &key_type_logon || !key->description ||
	    strncmp(key->description, KEY_PREFIX, strlen(KEY_PREFIX)))
		return false;
	scope = cssp_rd_of(key->description, strlen(key->description));
	return !cssp_rd_skip(&scope, strlen(KEY_PREFIX)) &&
	       (!memchr(scope.p, '/', scope.left) || cssp_spn_is_name(&scope));
}

static int set_mech(struct credssp_cred *cred, u32 mechs)
{
	switch (mechs ?: CREDSSP_MECH_NEGOTIATE) {
	case CREDSSP_MECH_NEGOTIATE:
		cred->mech = &cssp_spnego_ops;
		cred->mech_id = CREDSSP_MECH_NEGOTIATE;
		return 0;
	case CREDSSP_MECH_NTLM:
		cred->mech = &cssp_ntlm_ops;
		cred->mech_id = CREDSSP_MECH_NTLM;
		return 0;
	default:
		return CSSP_E_PARAMETER;
	}
}

/* What the policy rules out today is refused at once; an exchange asks it again. */
static int set_versions(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	struct cssp_policy_view view;
	u32 lowest;
	int ret;

	cssp_policy_view_take(&view, p->who->net);
	ret = cssp_policy_min_version(&view, p->min_version, &lowest);
	cssp_policy_view_drop(&view);
	if (ret)
		return ret;
	cred->min_version = p->min_version;
	cred->max_version = p->max_version ?: CREDSSP_MAX_VERSION;
	if (cred->max_version > CREDSSP_MAX_VERSION || cred->max_version < lowest)
		return CSSP_E_PARAMETER;
	return 0;
}

/* An inner package is its mechanism, and speaks no version of CredSSP. */
static int set_package(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	static const u32 mech_of[CSSP_PACKAGES] = {
		[CREDSSP_PACKAGE_NEGOTIATE] = CREDSSP_MECH_NEGOTIATE,
		[CREDSSP_PACKAGE_NTLM] = CREDSSP_MECH_NTLM,
	};

	if (p->package >= CSSP_PACKAGES)
		return CSSP_E_PARAMETER;
	cred->package = p->package;
	if (p->package == CREDSSP_PACKAGE_CREDSSP)
		return set_mech(cred, p->mechs) ?: set_versions(cred, p);
	if (p->mechs || p->min_version || p->max_version)
		return CSSP_E_PARAMETER;
	return set_mech(cred, mech_of[p->package]);
}

/*
 * Saved credentials serve only namespaces that the initial user namespace
 * owns: an unprivileged user can make itself root of another one and bring a
 * helper that lies about certificates.
 */
static bool may_use_saved(const struct cssp_requester *who)
{
	return who->net->user_ns == &init_user_ns;
}

static int set_secret(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	if (!p->key && !p->id->user.len) {
		/* half an identity is none; without one, who it is shows later */
		cred->kind = CSSP_CRED_DEFAULT;
		return p->id->domain.len || p->id->password.len ? CSSP_E_NO_CREDS : 0;
	}
	if (!p->key) {
		cred->kind = CSSP_CRED_FRESH;
		cssp_identity_move(&cred->id, p->id);
		return 0;
	}
	if (!key_is_ours(p->key) || !may_use_saved(p->who))
		return CSSP_E_NO_CREDS;
	cred->kind = CSSP_CRED_SAVED;
	cred->key = key_get(p->key);
	return 0;
}

static int fill(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	int ret = set_package(cred, p);

	if (!ret)
		ret = cssp_tls_options_set(&cred->tls, &p->cert, &p->pins);
	if (!ret)
		ret = set_secret(cred, p);
	return ret;
}

int cssp_cred_create(struct credssp_cred **out, const struct cssp_cred_params *p)
{
	struct credssp_cred *cred;
	int ret;

	if (p->use != SECPKG_CRED_OUTBOUND)
		return CSSP_E_UNSUPPORTED;
	cred = kzalloc(sizeof(*cred), CSSP_GFP);
	if (!cred)
		return -ENOMEM;
	cred->quota = cssp_quota_charge_cred(p->who->cred, CSSP_CREDENTIALS, 1);
	ret = PTR_ERR_OR_ZERO(cred->quota);
	if (ret)
		goto err_free;
	ret = fill(cred, p);
	if (ret)
		goto err_fill;
	kref_init(&cred->ref);
	cssp_session_cache_init(&cred->sessions);
	cssp_requester_copy(&cred->who, p->who);
	*out = cred;
	return 0;

err_fill:
	cssp_tls_options_free(&cred->tls);
	cssp_quota_uncharge(cred->quota, CSSP_CREDENTIALS, 1);
err_free:
	kfree(cred);
	return ret;
}

struct credssp_cred *cssp_cred_get(struct credssp_cred *cred)
{
	kref_get(&cred->ref);
	return cred;
}

static void cred_release(struct kref *ref)
{
	struct credssp_cred *cred = container_of(ref, struct credssp_cred, ref);

	cssp_session_cache_clear(&cred->sessions);
	mutex_destroy(&cred->sessions.lock);
	cssp_identity_free(&cred->id);
	cssp_tls_options_free(&cred->tls);
	key_put(cred->key);
	cssp_requester_drop(&cred->who);
	cssp_quota_uncharge(cred->quota, CSSP_CREDENTIALS, 1);
	kfree(cred);
}

void cssp_cred_put(struct credssp_cred *cred)
{
	if (cred)
		kref_put(&cred->ref, cred_release);
}

/* The next NUL-terminated UTF-8 string of the payload (the last one may end with it). */
static int take_string(struct cssp_rd *rd, size_t max, struct cssp_vbuf *utf16)
{
	size_t len = strnlen((const char *)rd->p, rd->left);
	struct cssp_rd utf8;
	int ret;

	ret = cssp_rd_sub(rd, len, &utf8);
	if (!ret && rd->left)
		ret = cssp_rd_skip(rd, 1);
	if (ret || len > max)
		return CSSP_E_NO_CREDS;
	ret = cssp_encode_utf16(utf16, &utf8);
	return ret == -EBADMSG ? CSSP_E_NO_CREDS : ret;
}

/* Version 1: 0x01, user, NUL, domain, NUL, password, all UTF-8. */
static int parse_payload(struct cssp_rd rd, struct cssp_identity *id)
{
	u8 version;
	int ret;

	if (cssp_rd_u8(&rd, &version) || version != KEY_VERSION)
		return CSSP_E_NO_CREDS;
	ret = take_string(&rd, CREDSSP_MAX_NAME, &id->user);
	if (!ret)
		ret = take_string(&rd, CREDSSP_MAX_NAME, &id->domain);
	if (!ret)
		ret = take_string(&rd, CREDSSP_MAX_PASSWORD, &id->password);
	if (!ret && (rd.left || !id->user.len))
		ret = CSSP_E_NO_CREDS;
	return ret;
}

/* Is @domain (UTF-16LE) the ASCII or UTF-8 name @want? Case does not matter. */
static bool domain_is(const struct cssp_vbuf *domain, const char *want)
{
	char name[CREDSSP_MAX_NAME + 1];
	struct cssp_rd rd = cssp_vbuf_rd(domain);
	struct cssp_wr wr = cssp_wr_of(name, CREDSSP_MAX_NAME);

	if (cssp_utf16_to_utf8(&rd, &wr) || cssp_wr_done(&wr))
		return false;
	name[wr.len] = '\0';
	return !strcasecmp(name, want);
}

static int check_scope(const struct key *key, const char *spn,
		       const struct cssp_identity *id)
{
	const char *scope = key->description + strlen(KEY_PREFIX);

	if (strchr(scope, '/'))
		return strcasecmp(scope, spn) ? CSSP_E_NO_CREDS : 0;
	return domain_is(&id->domain, scope) ? 0 : CSSP_E_NO_CREDS;
}

static int read_key(struct key *key, const char *spn, struct cssp_identity *id)
{
	const struct user_key_payload *payload;
	struct cssp_identity new = {};
	int ret = CSSP_E_NO_CREDS;

	down_read(&key->sem);
	if (!key_validate(key)) {
		payload = user_key_payload_locked(key);
		if (payload)
			ret = parse_payload(cssp_rd_of(payload->data, payload->datalen),
					    &new);
	}
	up_read(&key->sem);
	if (!ret)
		ret = check_scope(key, spn, &new);
	if (ret) {
		cssp_identity_free(&new);
		return ret;
	}
	cssp_identity_move(id, &new);
	return 0;
}

/* Nothing was given: the target's key is looked for; a Kerberos cache is not there. */
static int read_found_key(const struct credssp_cred *cred, const char *spn,
			  struct cssp_identity *id)
{
	struct key *key;
	int ret;

	if (!may_use_saved(&cred->who))
		return CSSP_E_NO_CREDS;
	ret = cssp_keyring_find(&cred->who, spn, &key);
	if (ret)
		return ret;
	ret = key_is_ours(key) ? read_key(key, spn, id) : CSSP_E_NO_CREDS;
	key_put(key);
	return ret;
}

int cssp_cred_identity(const struct credssp_cred *cred, const char *spn,
		       struct cssp_identity *saved, enum cssp_cred_kind *kind)
{
	*kind = cred->kind;
	switch (cred->kind) {
	case CSSP_CRED_FRESH:
		return 0;
	case CSSP_CRED_SAVED:
		return read_key(cred->key, spn, saved);
	default:
		*kind = CSSP_CRED_SAVED;
		return read_found_key(cred, spn, saved);
	}
}
