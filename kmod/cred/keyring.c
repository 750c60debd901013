// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/keyctl.h>
#include <keys/user-type.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "keyring.h"

/* What the task may search, as the requester: the caller has taken its part. */
static struct key *search(key_ref_t keyring, const char *description)
{
	key_ref_t ref = keyring_search(keyring, &key_type_logon, description, true);

	return IS_ERR(ref) ? NULL : key_ref_to_ptr(ref);
}

static struct key *search_if_there(struct key *keyring, const char *description)
{
	return keyring ? search(make_key_ref(keyring, true), description) : NULL;
}

/* Who has no session keyring has the user's. */
static struct key *search_user_session(const char *description)
{
	key_ref_t ref = lookup_user_key(KEY_SPEC_USER_SESSION_KEYRING, 0, KEY_NEED_SEARCH);
	struct key *key;

	if (IS_ERR(ref))
		return NULL;
	key = search(ref, description);
	key_ref_put(ref);
	return key;
}

/* The order in which request_key(2) looks. */
static struct key *search_all(const struct cred *cred, const char *description)
{
	struct key *key = search_if_there(cred->thread_keyring, description);

	if (!key)
		key = search_if_there(cred->process_keyring, description);
	if (key)
		return key;
	if (cred->session_keyring)
		return search_if_there(cred->session_keyring, description);
	return search_user_session(description);
}

static void canonical_case(char *spn)
{
	char *slash = strchr(spn, '/');

	for (; *spn; spn++)
		if (isascii(*spn))
			*spn = slash && spn < slash ? toupper(*spn) : tolower(*spn);
}

static struct key *search_both(const struct cred *cred, char *description)
{
	struct key *key = search_all(cred, description);

	if (key)
		return key;
	canonical_case(description + strlen(CSSP_KEY_PREFIX));
	return search_all(cred, description);
}

int cssp_keyring_find(const struct cssp_requester *who, const char *spn, struct key **key)
{
	const struct cred *own;
	char *description;

	/* a name of a domain is no target */
	if (current->flags & PF_KTHREAD || !strchr(spn, '/'))
		return CSSP_E_NO_CREDS;
	description = kasprintf(CSSP_GFP, CSSP_KEY_PREFIX "%s", spn);
	if (!description)
		return -ENOMEM;
	own = override_creds(who->cred);
	*key = search_both(who->cred, description);
	revert_creds(own);
	kfree(description);
	return *key ? 0 : CSSP_E_NO_CREDS;
}
