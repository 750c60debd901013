/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quotas on resources of this module, for each user. A charge counts for the user
 * and for the owner of each user namespace around it. So a user that creates a
 * namespace with any number of users in it gets no more than one user may have.
 */
#ifndef CSSP_BASE_QUOTA_H
#define CSSP_BASE_QUOTA_H

#include <linux/types.h>

struct cred;
struct user_namespace;

/* Resources that each quota counts and limits. */
enum cssp_resource {
	CSSP_CONTEXTS,
	CSSP_CREDENTIALS,
	CSSP_BUFFER_BYTES,
	CSSP_CONVERSATIONS,	/* TLS handshakes that a helper keeps */
	CSSP_REQUESTS,		/* requests to helpers without a reply yet */
	CSSP_UNPROVEN,		/* acceptors' contexts whose client has not logged on yet */
	CSSP_ASYNC,		/* exchanges on threads of the module, or in their queue */
	CSSP_RESOURCES,
};

/*
 * A quarter of the 1024 handshakes that credsspd keeps, so that one user who starts
 * exchanges and abandons them leaves places for other users.
 */
#define CSSP_MAX_CONVERSATIONS_USER	256

/* Half of the requests that may pend in one helper, so that one user cannot fill it. */
#define CSSP_MAX_REQUESTS_USER		512

/*
 * A flood of clients that never log on costs a server this many contexts, of some tens of
 * KiB each, and no more: the half of the handshakes that credsspd keeps. No identity is
 * exempt, because servers are privileged and their clients are not.
 */
#define CSSP_MAX_UNPROVEN_USER		512

/*
 * Threads of the module for exchanges that run at the same time: so many for initiators, and
 * again for acceptors.  An exchange holds a thread, which sleeps most of the time, and its
 * stack of 16 KiB.
 */
#define CSSP_ASYNC_THREADS		256

/* Half of the threads, so that one user with servers that do not answer cannot hold all. */
#define CSSP_MAX_ASYNC_USER		(CSSP_ASYNC_THREADS / 2)

/* cssp_quota_limit() of an identity without limit. */
#define CSSP_UNLIMITED			LONG_MAX

/**
 * struct cssp_quota - the quota of a user in a user namespace, or of a whole namespace
 *
 * Exists as long as there is a charge or a reference.
 */
struct cssp_quota;

/**
 * cssp_quota_get() - the quota of an identity
 * @cred: the identity; the quota is that of its effective user
 *
 * Context: may sleep.
 * Return: the quota, with a reference for the caller, or ERR_PTR(-ENOMEM).
 */
struct cssp_quota * __must_check cssp_quota_get(const struct cred *cred);
/* One more reference on @quota, which is returned. */
struct cssp_quota *cssp_quota_ref(struct cssp_quota *quota);
/**
 * cssp_quota_below() - find the ancestor of a quota that is a user of @ns
 * @quota: quota
 * @ns: user namespace
 *
 * Context: any.
 * Return: @quota itself if it is a user of @ns, else its ancestor that is. If there is
 * none, the topmost ancestor: a user of the initial namespace, or a container.
 * @quota's reference keeps it alive.
 */
struct cssp_quota *cssp_quota_below(struct cssp_quota *quota,
				    const struct user_namespace *ns);
/*
 * A number that tells @quota from other ones: its user's id in @ns, or the overflow id
 * where the user has none there; of a container, the inode number of its namespace.
 */
u32 cssp_quota_number(const struct cssp_quota *quota, struct user_namespace *ns);
/* Drop a reference. NULL is fine. */
void cssp_quota_put(struct cssp_quota *quota);

/**
 * cssp_quota_charge() - charge a quota and its parents
 * @quota: quota of @cred; the charge holds a reference of its own
 * @cred: an identity with CAP_SYS_RESOURCE in the initial user namespace is
 *	counted but not limited, except in CSSP_REQUESTS and CSSP_UNPROVEN
 * @what: resource
 * @n: amount
 *
 * Context: any.
 * Return: 0, or -EDQUOT when one of the quotas would exceed its limit; nothing is
 * charged then.
 */
int __must_check cssp_quota_charge(struct cssp_quota *quota, const struct cred *cred,
				   enum cssp_resource what, long n);
/* Charge the quota of @cred, and return it; or ERR_PTR(-EDQUOT) or ERR_PTR(-ENOMEM). */
struct cssp_quota * __must_check cssp_quota_charge_cred(const struct cred *cred,
							enum cssp_resource what, long n);
/* Take a charge back, and drop its reference. NULL is fine. */
void cssp_quota_uncharge(struct cssp_quota *quota, enum cssp_resource what, long n);

/*
 * How much of @what can still be charged to @quota and its parents; negative where the limit
 * was lowered meanwhile. Charges of other threads may come between.
 */
long cssp_quota_left(const struct cssp_quota *quota, enum cssp_resource what);

/* For display: the use and the limit of @cred's user, and the use of all users. */
long cssp_quota_used(const struct cred *cred, enum cssp_resource what);
long cssp_quota_limit(const struct cred *cred, enum cssp_resource what);
long cssp_quota_total(enum cssp_resource what);
/* Number of charges refused since the module was loaded. */
u64 cssp_quota_refused(void);

#endif
