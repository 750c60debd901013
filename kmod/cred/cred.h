/* SPDX-License-Identifier: GPL-2.0-only */
/* Credential handles: whose credentials, and what may be done with them. */
#ifndef CSSP_CRED_CRED_H
#define CSSP_CRED_CRED_H

#include <linux/key.h>
#include <linux/kref.h>

#include "../base/requester.h"
#include "../mech/identity.h"
#include "../mech/mech.h"
#include "../policy/policy.h"
#include "../tls/session_cache.h"
#include "tls_options.h"

/**
 * struct credssp_cred - a credential handle; constant once made, but for @sessions
 * @ref: the handle and every context made from it
 * @quota: who is charged for it
 * @who: whom it belongs to
 * @kind: fresh, saved, or default: nothing was given, it is looked for
 * @id: the identity of fresh credentials
 * @key: the logon key of saved ones, read anew for each exchange; NULL when the
 *	credential has no identity of its own
 * @package: CREDSSP_PACKAGE_*
 * @mech: inner mechanism
 * @mech_id: CREDSSP_MECH_* of it
 * @min_version: lowest CredSSP version accepted, 0 for the policy's
 * @max_version: highest one spoken
 * @sessions: TLS sessions that exchanges with it may resume; has its own lock
 * @tls: known servers, and the client's certificate
 */
struct credssp_cred {
	struct kref ref;
	struct cssp_quota *quota;
	struct cssp_requester who;
	enum cssp_cred_kind kind;
	struct cssp_identity id;
	struct key *key;
	u32 package;
	const struct cssp_mech_ops *mech;
	u32 mech_id;
	u32 min_version;
	u32 max_version;
	struct cssp_session_cache sessions;
	struct cssp_tls_options tls;
};

/**
 * struct cssp_cred_params - what a credential is made from
 * @who: pinned requester; copied
 * @key: logon key or NULL; a reference is taken
 * @id: identity; its buffers are moved into the credential
 * @use: SECPKG_CRED_*
 * @package: CREDSSP_PACKAGE_*; the members below are for CREDSSP only
 * @mechs: CREDSSP_MECH_* or 0
 * @min_version: 0 for the policy's
 * @max_version: 0 for CREDSSP_MAX_VERSION
 * @cert: name of the client certificate, may be empty; copied
 * @pins: fingerprints of servers' certificates, one after the other; copied
 */
struct cssp_cred_params {
	const struct cssp_requester *who;
	struct key *key;
	struct cssp_identity *id;
	u32 use;
	u32 package;
	u32 mechs;
	u32 min_version;
	u32 max_version;
	struct cssp_rd cert;
	struct cssp_rd pins;
};

/*
 * With neither a key nor anything in @id the credential has no identity: it is
 * for calls that bring one.
 *
 * Return: 0; -EINVAL; -EOPNOTSUPP for a use or version that is not to be had;
 * -ENOKEY with a domain or password but no user, or with a key that is none of
 * ours; -ENOMEM; -EDQUOT when the user has too many.
 */
int __must_check cssp_cred_create(struct credssp_cred **cred,
				  const struct cssp_cred_params *params);
struct credssp_cred *cssp_cred_get(struct credssp_cred *cred);
void cssp_cred_put(struct credssp_cred *cred);

/**
 * cssp_cred_identity() - who logs on to a target
 * @cred: credential
 * @spn: the target's name
 * @saved: out: the identity, when it is a key's; to be freed with
 *	cssp_identity_free().  That of fresh credentials is @cred->id
 * @kind: out: fresh or saved
 *
 * A key described "credssp:<SPN>" serves that SPN only (case does not matter);
 * "credssp:<DOMAIN>" serves any target, and its payload must name that domain.
 * Default credentials are those of a key for the SPN, see cssp_keyring_find().
 *
 * Context: may sleep (takes the key's semaphore).
 * Return: 0, -ENOKEY when there is no key, or it is revoked, expired, malformed
 * or for something else, -ENOMEM.
 */
int __must_check cssp_cred_identity(const struct credssp_cred *cred, const char *spn,
				    struct cssp_identity *saved,
				    enum cssp_cred_kind *kind);

#endif
