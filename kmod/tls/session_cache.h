/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLS sessions that may be resumed.  A session is found under five conditions: the same
 * target name, before its expiry, in the same process, in the same logon session, with
 * the same credential handle.  The last one needs no comparison, because each
 * credential has its own cache.
 */
#ifndef CSSP_TLS_SESSION_CACHE_H
#define CSSP_TLS_SESSION_CACHE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/time64.h>

#include "../base/requester.h"
#include "../base/vbuf.h"

/**
 * struct cssp_past_session - a session that may be resumed once
 * @link: in a cache
 * @target: target name that it was made for; set by cssp_session_cache_put()
 * @who: requester that it was made for; set by cssp_session_cache_put().  Comparing
 *	pointers is enough: a pinned struct pid belongs to one process, even if the pid's
 *	number is used again
 * @expires: expiry in seconds of the boot clock
 * @cert_sent: the peer got a client certificate
 * @cert: the peer's own certificate, DER
 * @blob: the helper's form of it, secrets included
 */
struct cssp_past_session {
	struct list_head link;
	char *target;
	struct cssp_requester who;
	time64_t expires;
	bool cert_sent;
	struct cssp_vbuf cert;
	struct cssp_vbuf blob;
};

/* Make a session from copies of @cert and @blob. NULL when there is no memory. */
struct cssp_past_session *cssp_past_session_make(const struct cssp_rd *cert,
						 const struct cssp_rd *blob, u32 lifetime);
/*
 * Make the session expire no later than the peer's certificate. @not_after: end of its
 * validity in seconds since 1970, 0 if it has none.
 */
void cssp_past_session_bound(struct cssp_past_session *past, u64 not_after);
/* Wipe and free; NULL is fine. */
void cssp_past_session_free(struct cssp_past_session *past);

/**
 * struct cssp_session_cache - the sessions of one credential
 * @lock: protects @sessions and @count; no other wait happens under it
 * @sessions: newest first
 * @count: number of sessions
 */
struct cssp_session_cache {
	struct mutex lock;	/* see above */
	struct list_head sessions;
	unsigned int count;
};

/* Is the cache switched on, and is there a target name to find a session by? */
bool cssp_session_cache_usable(const char *target);

void cssp_session_cache_init(struct cssp_session_cache *cache);
/* Wipe and free all of them. */
void cssp_session_cache_clear(struct cssp_session_cache *cache);

/*
 * Take the newest session that may be resumed out of the cache, so that no two exchanges
 * resume the same one (RFC 8446 C.4).  The caller frees it.  NULL when there is none.
 */
struct cssp_past_session *cssp_session_cache_take(struct cssp_session_cache *cache,
						  const char *target,
						  const struct cssp_requester *who);
/* Put @past, which may be NULL, into the cache, which frees it. A full cache drops the oldest. */
void cssp_session_cache_put(struct cssp_session_cache *cache, const char *target,
			    const struct cssp_requester *who,
			    struct cssp_past_session *past);

#endif
