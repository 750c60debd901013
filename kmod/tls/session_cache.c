// SPDX-License-Identifier: GPL-2.0-only
/* TLS sessions that may be resumed, kept with the credential they were made with. */
#include "session_cache.h"

#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <uapi/linux/credssp.h>

#include "../base/mem.h"

/* Servers that a credential is used for in turn. The sessions take about 100 KiB at most. */
#define SESSIONS_MAX		8

/* Seconds: ten hours, as in Windows' Schannel for the sessions of a client. */
#define LIFETIME_MAX_S		36000

static bool session_cache = true;
module_param(session_cache, bool, 0644);
MODULE_PARM_DESC(session_cache,
		 "resume the TLS sessions of a credential (default Y); off: forget them when they are asked for");

struct cssp_past_session *cssp_past_session_make(const struct cssp_rd *cert,
						 const struct cssp_rd *blob, u32 lifetime)
{
	struct cssp_past_session *past = kzalloc(sizeof(*past), CSSP_GFP);

	if (!past)
		return NULL;
	INIT_LIST_HEAD(&past->link);
	past->expires = ktime_get_boottime_seconds() +
			min_t(u32, lifetime, LIFETIME_MAX_S);
	if (!cssp_vbuf_set(&past->cert, cert) && !cssp_vbuf_set(&past->blob, blob))
		return past;
	cssp_past_session_free(past);
	return NULL;
}

void cssp_past_session_bound(struct cssp_past_session *past, u64 not_after)
{
	u64 now = ktime_get_real_seconds();
	u64 left = not_after > now ? not_after - now : 0;

	/* @left is below LIFETIME_MAX_S, so the sum cannot overflow. */
	if (not_after && left < LIFETIME_MAX_S)
		past->expires = min_t(time64_t, past->expires,
				      ktime_get_boottime_seconds() + left);
}

void cssp_past_session_free(struct cssp_past_session *past)
{
	if (!past)
		return;
	cssp_vbuf_free(&past->blob);
	cssp_vbuf_free(&past->cert);
	cssp_requester_drop(&past->who);
	kfree(past->target);
	kfree(past);
}

bool cssp_session_cache_usable(const char *target)
{
	return *target && READ_ONCE(session_cache);
}

void cssp_session_cache_init(struct cssp_session_cache *cache)
{
	mutex_init(&cache->lock);
	INIT_LIST_HEAD(&cache->sessions);
}

static void session_cache_drop(struct cssp_session_cache *cache, struct cssp_past_session *past)
{
	list_del(&past->link);
	cache->count--;
	cssp_past_session_free(past);
}

static void session_cache_drop_all(struct cssp_session_cache *cache)
{
	struct cssp_past_session *past, *next;

	list_for_each_entry_safe(past, next, &cache->sessions, link)
		session_cache_drop(cache, past);
}

static void session_cache_drop_expired(struct cssp_session_cache *cache)
{
	time64_t now = ktime_get_boottime_seconds();
	struct cssp_past_session *past, *next;

	lockdep_assert_held(&cache->lock);
	list_for_each_entry_safe(past, next, &cache->sessions, link)
		if (past->expires <= now)
			session_cache_drop(cache, past);
}

void cssp_session_cache_clear(struct cssp_session_cache *cache)
{
	mutex_lock(&cache->lock);
	session_cache_drop_all(cache);
	mutex_unlock(&cache->lock);
}

static struct cssp_past_session *session_cache_find(struct cssp_session_cache *cache,
						    const char *target,
						    const struct cssp_requester *who)
{
	struct cssp_past_session *past;

	lockdep_assert_held(&cache->lock);
	list_for_each_entry(past, &cache->sessions, link)
		if (!strcasecmp(past->target, target) &&
		    cssp_requester_same(&past->who, who))
			return past;
	return NULL;
}

struct cssp_past_session *cssp_session_cache_take(struct cssp_session_cache *cache,
						  const char *target,
						  const struct cssp_requester *who)
{
	struct cssp_past_session *past;

	if (mutex_lock_killable(&cache->lock))
		return NULL;
	session_cache_drop_expired(cache);
	if (!READ_ONCE(session_cache))
		session_cache_drop_all(cache);
	past = session_cache_find(cache, target, who);
	if (past) {
		list_del_init(&past->link);
		cache->count--;
	}
	mutex_unlock(&cache->lock);
	return past;
}

void cssp_session_cache_put(struct cssp_session_cache *cache, const char *target,
			    const struct cssp_requester *who,
			    struct cssp_past_session *past)
{
	if (!past)
		return;
	kfree(past->target);
	cssp_requester_drop(&past->who);
	cssp_requester_copy(&past->who, who);
	past->target = kstrdup(target, CSSP_GFP);
	if (!past->target || !cssp_session_cache_usable(target) ||
	    mutex_lock_killable(&cache->lock)) {
		cssp_past_session_free(past);
		return;
	}
	session_cache_drop_expired(cache);
	if (cache->count == SESSIONS_MAX)
		session_cache_drop(cache, list_last_entry(&cache->sessions,
							  struct cssp_past_session, link));
	list_add(&past->link, &cache->sessions);
	cache->count++;
	mutex_unlock(&cache->lock);
}
