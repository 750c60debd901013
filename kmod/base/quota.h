/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who pays for what this module holds.  A user pays, and so does the owner of
 * each user namespace around it: whoever makes itself root of a namespace, with
 * any number of users in it, has what one user may have, and no more.
 */
#ifndef CSSP_BASE_QUOTA_H
#define CSSP_BASE_QUOTA_H

#include <linux/types.h>

struct cred;
struct user_namespace;

/* What is counted and limited, for each quota. */
enum cssp_resource {
	CSSP_CONTEXTS,
	CSSP_CREDENTIALS,
	CSSP_BUFFER_BYTES,
	CSSP_CONVERSATIONS,	/* TLS handshakes that a helper knows of */
	CSSP_REQUESTS,		/* to helpers, not answered yet */
	CSSP_RESOURCES,
};

/*
 * credsspd has 1024 places for handshakes: nobody takes all of them by beginning
 * exchanges and leaving them.
 */
#define CSSP_MAX_CONVERSATIONS_USER	256

/* Half of what may pend in one helper: nobody can shut out the others alone. */
#define CSSP_MAX_REQUESTS_USER		512

/* No limit, as cssp_quota_limit() tells it. */
#define CSSP_UNLIMITED			LONG_MAX

/**
 * struct cssp_quota - a user in a user namespace, or all of a namespace
 *
 * Exists as long as something is charged to it.
 */
struct cssp_quota;

/**
 * cssp_quota_get() - who pays for what @cred does
 * @cred: the identity that acts; its effective user pays
 *
 * Context: may sleep.
 * Return: the quota, with a reference for the caller, or ERR_PTR(-ENOMEM).
 */
struct cssp_quota * __must_check cssp_quota_get(const struct cred *cred);
/* One more reference on @quota, which is returned. */
struct cssp_quota *cssp_quota_ref(struct cssp_quota *quota);
/**
 * cssp_quota_below() - who stands for a quota among the users of a namespace
 * @quota: quota
 * @ns: user namespace
 *
 * That is the user of @ns who owns the namespaces in which @quota is, or @quota
 * itself if it is a user of @ns.  A quota outside of @ns is stood for by the
 * outermost of those that pay for it: a user of the initial namespace, or a
 * container as a whole.
 *
 * Context: any.
 * Return: the quota; @quota's reference keeps it alive.
 */
struct cssp_quota *cssp_quota_below(struct cssp_quota *quota,
				    const struct user_namespace *ns);
/* Drop a reference. NULL is fine. */
void cssp_quota_put(struct cssp_quota *quota);

/**
 * cssp_quota_charge() - charge a quota, and those around it
 * @quota: of @cred; what is charged holds a reference of its own
 * @cred: an identity with CAP_SYS_RESOURCE in the initial user namespace is
 *	counted but not limited (in anything but CSSP_REQUESTS)
 * @what: resource
 * @n: how much
 *
 * Context: any.
 * Return: 0, or -EDQUOT when one of them would be over its limit; then nothing
 * is charged.
 */
int __must_check cssp_quota_charge(struct cssp_quota *quota, const struct cred *cred,
				   enum cssp_resource what, long n);
/* The same with the quota of @cred, which is returned; or -EDQUOT, -ENOMEM. */
struct cssp_quota * __must_check cssp_quota_charge_cred(const struct cred *cred,
					     enum cssp_resource what, long n);
/* Take back what was charged, with its reference. NULL is fine. */
void cssp_quota_uncharge(struct cssp_quota *quota, enum cssp_resource what, long n);

/* For displays: what @cred's user has now, what it may have, what all have. */
long cssp_quota_used(const struct cred *cred, enum cssp_resource what);
long cssp_quota_limit(const struct cred *cred, enum cssp_resource what);
long cssp_quota_total(enum cssp_resource what);
/* Charges that were refused since the module was loaded. */
u64 cssp_quota_refused(void);

#endif
