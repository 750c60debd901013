/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLS sessions that may be resumed, in the hands of one credential.  A session
 * is found again under five conditions: the same target name, before it has
 * expired, in the same process, in the same logon session, with the same
 * credential handle.  The last one needs no comparison: each has a cache.
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
 * @target: target name it was made for; set when it is put into a cache
 * @who: on whose behalf; set likewise.  What it pins is not given to anybody
 *	else, so comparing pointers is enough: a pinned struct pid stands for one
 *	process, however soon its number is used again
 * @expires: seconds of the boot clock
 * @cert_sent: the peer was given a client certificate, and knows the client by it
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

/* All of @blob and @cert is copied.  NULL when there is no memory for it. */
struct cssp_past_session *cssp_past_session_make(const struct cssp_rd *cert,
						 const struct cssp_rd *blob, u32 lifetime);
/*
 * The session expires no later than its peer's certificate, whose end is
 * @not_after in seconds since 1970; 0: the certificate has no end.
 */
void cssp_past_session_bound(struct cssp_past_session *past, u64 not_after);
/* Wipe and free; NULL is fine. */
void cssp_past_session_free(struct cssp_past_session *past);

/**
 * struct cssp_session_cache - the sessions of one credential
 * @lock: protects what follows; nothing is waited for under it
 * @sessions: the newest first
 * @count: how many
 */
struct cssp_session_cache {
	struct mutex lock;	/* see above */
	struct list_head sessions;
	unsigned int count;
};

/* Sessions are worth keeping: there is a name to find them by, and it is switched on. */
bool cssp_session_cache_usable(const char *target);

void cssp_session_cache_init(struct cssp_session_cache *cache);
/* Wipe and free all of them. */
void cssp_session_cache_clear(struct cssp_session_cache *cache);

/*
 * The newest session that may be resumed, which is the caller's from then on: two
 * exchanges never resume the same one (RFC 8446 C.4).  NULL when there is none.
 */
struct cssp_past_session *cssp_session_cache_take(struct cssp_session_cache *cache,
						  const char *target,
						  const struct cssp_requester *who);
/* Takes over @past, NULL included.  When there are too many the oldest goes. */
void cssp_session_cache_put(struct cssp_session_cache *cache, const char *target,
			    const struct cssp_requester *who,
			    struct cssp_past_session *past);

#endif
