// SPDX-License-Identifier: GPL-2.0-only
/*
 * The credential caches KEYRING:session:NAME are in the requester's session keyring, which
 * the helper's processes do not have.  For a request that needs it, the module lends it: it
 * links the session keyring into a new keyring of the user of the helper's opener, and
 * revokes that one when the request is over.
 */
#include "keyring.h"

#include <linux/cred.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/printk.h>
#include <uapi/linux/credssp.h>
#include "../base/requester.h"
#include "helper.h"

/*
 * The owner may link the keyring. A process that has done so may look for keys in it, and
 * read its name. Nobody may read, change or chown it; the session keyring keeps its own
 * permissions. Without KEY_USR_VIEW it is not in /proc/keys, and without KEY_USR_SEARCH the
 * serial alone gives no access.
 */
#define KEYRING_PERMISSIONS	(KEY_POS_VIEW | KEY_POS_SEARCH | KEY_USR_LINK)

/*
 * In no quota: it is the opener's, and a container's root may have 200 keys only. Their
 * number is limited by CSSP_CONVERSATIONS. A name with a dot at its beginning cannot be
 * joined as a session.
 */
static struct key *keyring_create(const struct cred *opener)
{
	return keyring_alloc(CREDSSP_HLP_SESSION_NAME, opener->fsuid, opener->fsgid, opener,
			     KEYRING_PERMISSIONS, KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
}

struct key *cssp_keyring_lend(const struct cssp_helper *h, const struct cssp_requester *who)
{
	struct key *session = who->cred->session_keyring;
	struct key *keyring;
	int ret;

	if (!session)
		return NULL;
	keyring = keyring_create(h->opener);
	if (IS_ERR(keyring))
		return keyring;
	ret = key_validate(session);
	if (!ret)
		ret = key_link(keyring, session);
	if (ret == -ENOMEM) {
		cssp_keyring_end(keyring);
		return ERR_PTR(ret);
	}
	if (ret)
		pr_debug("a session keyring cannot be lent: %d\n", ret);
	return keyring;
}

void cssp_keyring_end(struct key *keyring)
{
	if (!keyring)
		return;
	/* This also removes the link to the session keyring. */
	key_revoke(keyring);
	key_put(keyring);
}
