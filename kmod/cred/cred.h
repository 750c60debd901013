/* SPDX-License-Identifier: GPL-2.0-only */
/* Credential handles: an identity, its owner, and what an exchange may do with it. */
#ifndef CSSP_CRED_CRED_H
#define CSSP_CRED_CRED_H

#include <linux/key.h>
#include <linux/kref.h>
#include <linux/utsname.h>

#include "../base/requester.h"
#include "../mech/identity.h"
#include "../mech/mech.h"
#include "../mech/tickets.h"
#include "../policy/policy.h"
#include "../tls/session_cache.h"
#include "tls_options.h"

/**
 * struct credssp_cred - a credential handle; constant once made, except @sessions and @store
 * @ref: references of the handle and of every context made from it
 * @quota: account that is charged for it
 * @who: owner
 * @acceptor: for AcceptSecurityContext; of the members below it has @host, @id's domain, the
 *	mechanism, versions, certificate and keytab
 * @host: acceptor: the machine's name in the UTS namespace of the task that made it. An
 *	exchange may run in a kernel thread, which is in another one
 * @kind: fresh (@id is set), saved (@key is set), or default: neither was given (@id may
 *	name the user of a cache, keytab or certificate), and each exchange looks up a key
 *	or tickets
 * @id: identity of fresh credentials; its password is a PIN with CREDSSP_TICKETS_CERT
 * @key: logon key of saved credentials, which each exchange reads again
 * @keyring: where the look-up takes place, instead of the keyrings of @who; or NULL
 * @package: CREDSSP_PACKAGE_*
 * @mech: inner mechanism
 * @mech_id: CREDSSP_MECH_* of it
 * @min_version: lowest CredSSP version accepted, 0 for the policy's
 * @max_version: highest CredSSP version used
 * @sessions: TLS sessions that later exchanges may resume; has its own lock
 * @tls: pinned servers, and the client's certificate
 * @tickets: where Kerberos tickets come from
 * @store: tickets that the password or certificate became; has its own lock
 */
struct credssp_cred {
	struct kref ref;
	struct cssp_quota *quota;
	struct cssp_requester who;
	bool acceptor;
	char host[__NEW_UTS_LEN + 1];
	enum cssp_cred_kind kind;
	struct cssp_identity id;
	struct key *key;
	struct key *keyring;
	u32 package;
	const struct cssp_mech_ops *mech;
	u32 mech_id;
	u32 min_version;
	u32 max_version;
	struct cssp_session_cache sessions;
	struct cssp_tls_options tls;
	struct cssp_tickets tickets;
	struct cssp_ticket_store store;
};

/**
 * struct cssp_cred_params - parameters of a new credential
 * @who: pinned requester; copied
 * @key: logon key or NULL; a reference is taken
 * @keyring: keyring that the user possesses, to look a key up in, or NULL; a reference is
 *	taken. It excludes @key and @id
 * @id: identity; its buffers are moved into the credential
 * @use: SECPKG_CRED_OUTBOUND or _INBOUND; with the latter the owner is trusted to accept
 *	logons, and there is no key, keyring, user, password, realm or pin
 * @package: CREDSSP_PACKAGE_*; @mechs and the versions are for CREDSSP only
 * @mechs: CREDSSP_MECH_* or 0
 * @min_version: 0 for the policy's
 * @max_version: 0 for CREDSSP_MAX_VERSION
 * @cert: name of the client's or acceptor's certificate, may be empty; copied
 * @pins: fingerprints of servers' certificates, one after the other; copied
 * @ticket_source: enum credssp_ticket_source; other than AUTO excludes a key and, except with
 *	CERT, a password
 * @user_to_user: Kerberos by user-to-user tickets
 * @one_way: Kerberos without mutual authentication; for the package KERBEROS only
 * @tickets: name of the credential cache or keytab, may be empty; or the certificate; copied
 * @realm: realm of the user, may be empty; copied
 */
struct cssp_cred_params {
	const struct cssp_requester *who;
	struct key *key;
	struct key *keyring;
	struct cssp_identity *id;
	u32 use;
	u32 package;
	u32 mechs;
	u32 min_version;
	u32 max_version;
	struct cssp_rd cert;
	struct cssp_rd pins;
	u32 ticket_source;
	bool user_to_user;
	bool one_way;
	struct cssp_rd tickets;
	struct cssp_rd realm;
};

/**
 * cssp_cred_create() - make a credential handle
 * @cred: out: the handle, with one reference
 * @params: parameters
 *
 * With neither a key nor a user the credential has no identity: each exchange
 * looks up a key in @keyring or the user's keyrings, or its caller supplies an identity.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL; -EOPNOTSUPP for an unsupported use, or a version that the
 * policy forbids; -ENOKEY for a domain or password without a user, or for a key that
 * was not made for this module; -ENOMEM; -EDQUOT when the user's quota is used up.
 */
int __must_check cssp_cred_create(struct credssp_cred **cred,
				  const struct cssp_cred_params *params);
struct credssp_cred *cssp_cred_get(struct credssp_cred *cred);
/* NULL is fine. */
void cssp_cred_put(struct credssp_cred *cred);

/**
 * cssp_cred_identity() - the identity that logs on to a target
 * @cred: credential
 * @spn: target name
 * @saved: out: the identity, when it comes from a key; the caller frees it with
 *	cssp_identity_free(). The identity of fresh credentials is @cred->id
 * @kind: out: fresh or saved
 *
 * cred/keyring.h says which key serves which target.
 *
 * Context: may sleep (takes the key's semaphore).
 * Return: 0; -ENOKEY when there is no key, or it is revoked, expired, malformed
 * or for another target; -ENOMEM.
 */
int __must_check cssp_cred_identity(const struct credssp_cred *cred, const char *spn,
				    struct cssp_identity *saved,
				    enum cssp_cred_kind *kind);

#endif
