// SPDX-License-Identifier: GPL-2.0-only
#include "share.h"

#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/once.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "mem.h"

/* There are no more shares than charges, of which a quota has some hundreds. */
#define TABLE_BITS	8

#define IPV4_SIZE	4
/* Of an IPv6 address: the prefix of a network */
#define NETWORK_SIZE	8

/**
 * struct share_key - what tells shares apart; compared as bytes
 * @quota: quota
 * @scope: interface of an address that is of a link
 * @family: AF_INET or AF_INET6
 * @what: resource
 * @network: address, or its prefix, then zeros
 */
struct share_key {
	const struct cssp_quota *quota;
	u32 scope;
	u16 family;
	u16 what;
	u8 network[NETWORK_SIZE];
};

/**
 * struct cssp_share - see share.h
 * @node: in the table
 * @key: its key
 * @used: charges; the share is freed with the last one
 */
struct cssp_share {
	struct hlist_node node;
	struct share_key key;
	long used;
};

/* Protects the table and each share's @used. Nests with no other lock. */
static DEFINE_SPINLOCK(share_lock);
static DEFINE_HASHTABLE(share_table, TABLE_BITS);

/* A client chooses its address among those that it has, so the hash has a seed. */
static u32 share_hash(const struct share_key *key)
{
	static u32 seed __read_mostly;

	get_random_once(&seed, sizeof(seed));
	return jhash(key, sizeof(*key), seed);
}

static struct share_key share_key_of(const struct cssp_quota *quota, enum cssp_resource what,
				     const struct credssp_address *peer)
{
	struct share_key key;

	/* with the padding */
	memset(&key, 0, sizeof(key));
	key.quota = quota;
	key.scope = peer->scope;
	key.family = peer->family;
	key.what = what;
	memcpy(key.network, peer->address,
	       peer->family == AF_INET ? IPV4_SIZE : NETWORK_SIZE);
	return key;
}

static struct cssp_share *share_find(const struct share_key *key)
{
	struct cssp_share *s;

	lockdep_assert_held(&share_lock);
	hash_for_each_possible(share_table, s, node, share_hash(key))
		if (!memcmp(&s->key, key, sizeof(*key)))
			return s;
	return NULL;
}

/* Charge the share of @new's key, which is @new if there is none yet. NULL: no room. */
static struct cssp_share *share_take(struct cssp_share *new, long left)
{
	struct cssp_share *s;

	spin_lock(&share_lock);
	s = share_find(&new->key) ?: new;
	/* The quota has been charged: a new address has room even in what was the last of it. */
	if (s->used > left) {
		s = NULL;
	} else {
		if (!s->used)
			hash_add(share_table, &s->node, share_hash(&s->key));
		s->used++;
	}
	spin_unlock(&share_lock);
	return s;
}

int cssp_share_charge(struct cssp_share **share, struct cssp_quota *quota,
		      enum cssp_resource what, const struct credssp_address *peer)
{
	struct cssp_share *new, *s;

	*share = NULL;
	if (peer->family == AF_UNSPEC)
		return 0;
	new = kzalloc(sizeof(*new), CSSP_GFP);
	if (!new)
		return -ENOMEM;
	new->key = share_key_of(quota, what, peer);
	s = share_take(new, cssp_quota_left(quota, what));
	if (s != new)
		kfree(new);
	*share = s;
	return s ? 0 : -EDQUOT;
}

void cssp_share_uncharge(struct cssp_share *share)
{
	bool last;

	if (!share)
		return;
	spin_lock(&share_lock);
	last = !--share->used;
	if (last)
		hash_del(&share->node);
	spin_unlock(&share_lock);
	if (last)
		kfree(share);
}
