// SPDX-License-Identifier: GPL-2.0-only
/* Credential handles: their creation, their life, and the identity of an exchange. */
#include <linux/err.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/mem.h"
#include "../base/quota.h"
#include "../base/status.h"
#include "../policy/policy_net.h"
#include "../wire/utf16.h"
#include "cred.h"
#include "keyring.h"
#include "package.h"

/*
 * An acceptor of CredSSP takes the tokens of a mechanism bare or inside of SPNEGO, as its
 * client sends them: SPNEGO's acceptor answers in kind.
 */
static int cred_set_mech(struct credssp_cred *cred, u32 mechs)
{
	static const struct {
		u32 id;
		const struct cssp_mech_ops *ops;
		const struct cssp_mech_ops *acceptor;
	} known[] = {
		{ CREDSSP_MECH_NEGOTIATE, &cssp_spnego_ops,	&cssp_spnego_acceptor_ops },
		{ CREDSSP_MECH_NTLM,	  &cssp_ntlm_ops,	&cssp_ntlm_acceptor_ops },
		{ CREDSSP_MECH_KERBEROS,  &cssp_krb5_ops,	&cssp_krb5_acceptor_ops },
	};
	bool bare = cred->package != CREDSSP_PACKAGE_CREDSSP;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].id != (mechs ?: CREDSSP_MECH_NEGOTIATE))
			continue;
		cred->mech = known[i].ops;
		if (cred->acceptor)
			cred->mech = bare ? known[i].acceptor : &cssp_spnego_acceptor_ops;
		cred->mech_id = known[i].id;
		return 0;
	}
	return CSSP_E_PARAMETER;
}

/* Refuse at once what the policy of today forbids. Each exchange checks again. */
static int cred_set_versions(struct credssp_cred *cred, const struct cssp_cred_params *p)
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

/* An inner package has one mechanism, and no CredSSP version. */
static int cred_set_package(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	static const u32 mech_of[CSSP_PACKAGES] = {
		[CREDSSP_PACKAGE_NEGOTIATE] = CREDSSP_MECH_NEGOTIATE,
		[CREDSSP_PACKAGE_NTLM] = CREDSSP_MECH_NTLM,
		[CREDSSP_PACKAGE_KERBEROS] = CREDSSP_MECH_KERBEROS,
	};

	if (p->package >= CSSP_PACKAGES)
		return CSSP_E_PARAMETER;
	cred->package = p->package;
	if (p->package == CREDSSP_PACKAGE_CREDSSP)
		return cred_set_mech(cred, p->mechs) ?: cred_set_versions(cred, p);
	if (p->mechs || p->min_version || p->max_version)
		return CSSP_E_PARAMETER;
	/* Client certificates and fingerprints are for TLS. */
	if (p->cert.left || p->pins.left)
		return CSSP_E_UNSUPPORTED;
	return cred_set_mech(cred, mech_of[p->package]);
}

static int cred_set_identity(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	if (!p->id->user.len) {
		/*
		 * A domain or password without a user is an error. With nothing
		 * given, an exchange looks up a key when it starts.
		 */
		cred->kind = CSSP_CRED_DEFAULT;
		return p->id->domain.len || p->id->password.len ? CSSP_E_NO_CREDS : 0;
	}
	cred->kind = p->ticket_source == CREDSSP_TICKETS_AUTO ? CSSP_CRED_FRESH :
							       CSSP_CRED_DEFAULT;
	cssp_identity_move(&cred->id, p->id);
	return 0;
}

static int cred_set_key(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	int ret = cssp_keyring_check(p->who, p->key);

	if (ret)
		return ret;
	cred->kind = CSSP_CRED_SAVED;
	cred->key = key_get(p->key);
	return 0;
}

static int cred_set_keyring(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	int ret;

	if (!p->keyring)
		return 0;
	if (p->key || p->id->user.len)
		return CSSP_E_PARAMETER;
	ret = cssp_keyring_check_keyring(p->who, p->keyring);
	if (ret)
		return ret;
	cred->keyring = key_get(p->keyring);
	return 0;
}

/* A name for the helper: UTF-8 without NUL. */
static int cred_set_name(struct cssp_vbuf *to, const struct cssp_rd *name)
{
	if (name->left > CREDSSP_MAX_NAME || memchr(name->p, '\0', name->left) ||
	    cssp_utf16_size(name) < 0)
		return CSSP_E_PARAMETER;
	return cssp_vbuf_append(to, name->p, name->left);
}

/* The KDC is asked for a user; the password is the PIN of the certificate's key. */
static int cred_check_cert(const struct cssp_cred_params *p)
{
	return p->id->user.len && p->tickets.left ? 0 : CSSP_E_PARAMETER;
}

/*
 * A cache, a keytab or a certificate takes the place of a key or password, and is for
 * Kerberos only; a cache or keytab may stand beside the name of its user.
 */
static int cred_set_tickets(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	const bool named = p->ticket_source != CREDSSP_TICKETS_AUTO;
	const bool by_cert = p->ticket_source == CREDSSP_TICKETS_CERT;

	if (p->ticket_source > CREDSSP_TICKETS_CERT || (p->tickets.left && !named))
		return CSSP_E_PARAMETER;
	if (named && (p->key || p->keyring || (p->id->password.len && !by_cert)))
		return CSSP_E_PARAMETER;
	if (by_cert && cred_check_cert(p))
		return CSSP_E_PARAMETER;
	if (cred->mech->needs_ntlm && (named || p->user_to_user || p->realm.left))
		return CSSP_E_PARAMETER;
	if (p->one_way && (p->package != CREDSSP_PACKAGE_KERBEROS || p->user_to_user))
		return CSSP_E_PARAMETER;
	cred->tickets.source = p->ticket_source;
	cred->tickets.user_to_user = p->user_to_user;
	cred->tickets.one_way = p->one_way;
	return cred_set_name(&cred->tickets.name, &p->tickets) ?:
	       cred_set_name(&cred->tickets.realm, &p->realm);
}

static int cred_fill(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	int ret = cred_set_package(cred, p);

	if (ret)
		return ret;
	ret = cssp_tls_options_set(&cred->tls, &p->cert, &p->pins);
	if (ret)
		return ret;
	ret = cred_set_tickets(cred, p);
	if (ret)
		return ret;
	ret = p->key ? cred_set_key(cred, p) : cred_set_identity(cred, p);
	return ret ?: cred_set_keyring(cred, p);
}

/*
 * A container's clients know it by its own name. A task that ends has no namespaces any more.
 * The name may change while it is copied; it always ends within its array.
 */
static void cred_set_host(struct credssp_cred *cred)
{
	const struct new_utsname *name = current->nsproxy ? utsname() : init_utsname();

	strscpy(cred->host, name->nodename, sizeof(cred->host));
}

/* An acceptor has no identity but the domain that NTLM announces, and keys from a keytab. */
static int cred_check_acceptor(const struct cssp_cred_params *p)
{
	if (p->key || p->keyring || p->id->user.len || p->id->password.len)
		return CSSP_E_PARAMETER;
	if (p->realm.left || p->pins.left || p->user_to_user || p->one_way)
		return CSSP_E_PARAMETER;
	return p->ticket_source == CREDSSP_TICKETS_AUTO ||
	       p->ticket_source == CREDSSP_TICKETS_KEYTAB ? 0 : CSSP_E_PARAMETER;
}

static int cred_fill_acceptor(struct credssp_cred *cred, const struct cssp_cred_params *p)
{
	int ret = cred_check_acceptor(p);

	if (ret)
		return ret;
	ret = cred_set_package(cred, p);
	if (ret)
		return ret;
	ret = cssp_tls_options_set(&cred->tls, &p->cert, &p->pins);
	if (ret)
		return ret;
	ret = cred_set_tickets(cred, p);
	if (ret)
		return ret;
	cred->kind = CSSP_CRED_DEFAULT;
	cred_set_host(cred);
	cssp_identity_move(&cred->id, p->id);
	return 0;
}

static void cred_free_parts(struct credssp_cred *cred)
{
	cssp_identity_free(&cred->id);
	cssp_tls_options_free(&cred->tls);
	cssp_vbuf_free(&cred->tickets.name);
	cssp_vbuf_free(&cred->tickets.realm);
	key_put(cred->key);
	key_put(cred->keyring);
}

int cssp_cred_create(struct credssp_cred **out, const struct cssp_cred_params *p)
{
	struct credssp_cred *cred;
	int ret;

	if (p->use != SECPKG_CRED_OUTBOUND && p->use != SECPKG_CRED_INBOUND)
		return CSSP_E_UNSUPPORTED;
	cred = kzalloc(sizeof(*cred), CSSP_GFP);
	if (!cred)
		return -ENOMEM;
	cred->quota = cssp_quota_charge_cred(p->who->cred, CSSP_CREDENTIALS, 1);
	ret = PTR_ERR_OR_ZERO(cred->quota);
	if (ret)
		goto err_free;
	cred->acceptor = p->use == SECPKG_CRED_INBOUND;
	ret = cred->acceptor ? cred_fill_acceptor(cred, p) : cred_fill(cred, p);
	if (ret)
		goto err_fill;
	kref_init(&cred->ref);
	cssp_session_cache_init(&cred->sessions);
	cssp_ticket_store_init(&cred->store);
	cssp_requester_copy(&cred->who, p->who);
	*out = cred;
	return 0;

err_fill:
	cred_free_parts(cred);
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
	cssp_ticket_store_exit(&cred->store);
	cred_free_parts(cred);
	cssp_requester_drop(&cred->who);
	cssp_quota_uncharge(cred->quota, CSSP_CREDENTIALS, 1);
	kfree(cred);
}

void cssp_cred_put(struct credssp_cred *cred)
{
	if (cred)
		kref_put(&cred->ref, cred_release);
}

int cssp_cred_identity(const struct credssp_cred *cred, const char *spn,
		       struct cssp_identity *saved, enum cssp_cred_kind *kind)
{
	*kind = cred->kind;
	switch (cred->kind) {
	case CSSP_CRED_FRESH:
		return 0;
	case CSSP_CRED_SAVED:
		return cssp_keyring_read(cred->key, spn, saved);
	default:
		*kind = CSSP_CRED_SAVED;
		return cssp_keyring_find(&cred->who, cred->keyring, spn, saved);
	}
}
