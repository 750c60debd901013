// SPDX-License-Identifier: GPL-2.0-only
/*
 * TREE_CONNECT (SMB2 2.2.9, 2.2.10): access to a share; and ECHO (2.2.28), which shows that
 * requests and answers of the session are signed.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "smb.h"

#define TREE_CONNECT_SIZE	9
#define TREE_CONNECT_ANSWER	16
#define TREE_PATH_AT		(SMB_HEADER + 8)
#define SHARE_ENCRYPTS		0x8000
#define EMPTY_SIZE		4	/* of requests and answers without a content */

/* \\SERVER\SHARE */
static struct smb_writer tree_build(struct smb_connection *c)
{
	size_t length = 2 + strlen(smb_server_name(c)) + 1 + strlen(c->set.share);
	struct smb_writer w;

	c->tree_id = 0;
	w = smb_begin(c, SMB_TREE_CONNECT);
	smb_put_le16(&w, TREE_CONNECT_SIZE);
	smb_put_le16(&w, 0);	/* flags */
	smb_put_le16(&w, TREE_PATH_AT);
	smb_put_le16(&w, 2 * length);
	smb_put_utf16(&w, "\\\\");
	smb_put_utf16(&w, smb_server_name(c));
	smb_put_utf16(&w, "\\");
	smb_put_utf16(&w, c->set.share);
	return w;
}

static int tree_refused(struct smb_connection *c, const struct smb_answer *a)
{
	if (a->status == STATUS_ACCESS_DENIED)
		return smb_fail(c, -EACCES,
				"the server answers STATUS_ACCESS_DENIED (0x%08x): the user may not use the share, or it requires encryption, which this client does not have",
				a->status);
	return smb_refused(c, a);
}

int smb_tree_connect(struct smb_connection *c)
{
	struct smb_answer a;
	u32 flags;
	int ret;

	ret = smb_session_call(c, tree_build, &a);
	if (ret)
		return ret;
	if (a.status != STATUS_SUCCESS)
		return tree_refused(c, &a);
	smb_get_size(&a, TREE_CONNECT_ANSWER);
	smb_skip(&a.body, 2);	/* kind of share */
	flags = smb_get_le32(&a.body);
	smb_skip(&a.body, 8);	/* capabilities, access */
	if (a.body.bad)
		return smb_malformed(c);
	if (flags & SHARE_ENCRYPTS)
		return smb_fail(c, -EOPNOTSUPP,
				"the share requires encryption, which this client does not have");
	return 0;
}

static int tree_empty(struct smb_connection *c,
		      struct smb_writer (*build)(struct smb_connection *c))
{
	struct smb_answer a;
	int ret;

	ret = smb_session_call(c, build, &a);
	if (ret)
		return ret;
	if (a.status != STATUS_SUCCESS)
		return smb_refused(c, &a);
	smb_get_size(&a, EMPTY_SIZE);
	return a.body.bad ? smb_malformed(c) : 0;
}

static struct smb_writer tree_build_disconnect(struct smb_connection *c)
{
	struct smb_writer w = smb_begin(c, SMB_TREE_DISCONNECT);

	smb_put_le16(&w, EMPTY_SIZE);
	smb_put_le16(&w, 0);
	return w;
}

int smb_tree_disconnect(struct smb_connection *c)
{
	int ret = tree_empty(c, tree_build_disconnect);

	if (!ret)
		c->tree_id = 0;
	return ret;
}

static struct smb_writer tree_build_echo(struct smb_connection *c)
{
	struct smb_writer w = smb_begin(c, SMB_ECHO);

	smb_put_le16(&w, EMPTY_SIZE);
	smb_put_le16(&w, 0);
	return w;
}

/* SMB2 3.2.4.1.2: an ECHO needs no tree, and servers may answer without its number. */
int smb_echo(struct smb_connection *c)
{
	u32 tree_id = c->tree_id;
	int ret;

	c->tree_id = 0;
	ret = tree_empty(c, tree_build_echo);
	c->tree_id = tree_id;
	return ret;
}
