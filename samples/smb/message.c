// SPDX-License-Identifier: GPL-2.0-only
/*
 * SMB2's header (SMB2 2.2.1.2): one request at a time, and its answer.
 *
 * Each request has a number, and the server grants credits, of which a request costs one.  A
 * server that needs time may first answer STATUS_PENDING; the answer then follows, and the
 * same deadline holds for it.
 */
#include <crypto/algapi.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "smb.h"

#define FLAG_FROM_SERVER	0x00000001
#define FLAG_ASYNC		0x00000002
#define FLAG_RELATED		0x00000004
#define FLAG_SIGNED		0x00000008

static const u8 message_magic[] = { 0xfe, 'S', 'M', 'B' };
static const u8 message_magic_encrypted[] = { 0xfd, 'S', 'M', 'B' };

/* More than one credit at a time has no use here; the server may grant more. */
#define CREDITS_WANTED		1

/**
 * struct message_header - what an answer's header says
 * @size: its own StructureSize
 * @command: SMB_*
 * @credits: granted
 * @flags: FLAG_*
 * @next: offset of another answer in the same packet
 * @message_id: of the request
 * @async_id: with FLAG_ASYNC, else 0
 * @tree_id: without it, else 0
 * @session_id: as it is
 * @signature: likewise
 */
struct message_header {
	u16 size;
	u16 command;
	u16 credits;
	u32 flags;
	u32 next;
	u64 message_id;
	u64 async_id;
	u32 tree_id;
	u64 session_id;
	u8 signature[SMB_SIGNATURE];
};

int smb_malformed(struct smb_connection *c)
{
	return smb_fail(c, -EBADMSG, "the server's answer is malformed");
}

int smb_refused(struct smb_connection *c, const struct smb_answer *a)
{
	return smb_fail(c, -EACCES, "the server answers %s (0x%08x)",
			smb_status_name(a->status), a->status);
}

void smb_get_size(struct smb_answer *a, u16 size)
{
	if (smb_get_le16(&a->body) != size)
		a->body.bad = true;
}

/* ---- Requests ------------------------------------------------------------------- */

struct smb_writer smb_begin(struct smb_connection *c, u16 command)
{
	struct smb_writer w = { .p = c->out, .room = SMB_MAX_SENT };

	c->command = command;
	smb_put_bytes(&w, message_magic, sizeof(message_magic));
	smb_put_le16(&w, SMB_HEADER);
	/* SMB2 3.2.4.1.5: the charge is reserved before the dialect is known. */
	smb_put_le16(&w, c->dialect ? 1 : 0);
	smb_put_le32(&w, 0);	/* channel sequence */
	smb_put_le16(&w, command);
	smb_put_le16(&w, CREDITS_WANTED);
	smb_put_le32(&w, c->signer ? FLAG_SIGNED : 0);
	smb_put_le32(&w, 0);	/* next command */
	smb_put_le64(&w, c->message_id);
	smb_put_le32(&w, 0);	/* reserved */
	smb_put_le32(&w, c->tree_id);
	smb_put_le64(&w, c->session_id);
	smb_put_zeros(&w, SMB_SIGNATURE);
	return w;
}

static int message_sign(struct smb_connection *c, struct smb_writer *w)
{
	struct smb_reader packet = { .p = w->p, .left = w->length };
	u8 signature[SMB_SIGNATURE];
	int ret;

	if (!c->signer || w->full)
		return 0;
	ret = smb_signing_make(c, packet, c->message_id, false, signature);
	if (!ret)
		smb_set_bytes(w, SMB_SIGNATURE_AT, signature, sizeof(signature));
	return ret;
}

static int message_send(struct smb_connection *c, struct smb_writer *w)
{
	int ret;

	if (!c->credits)
		return smb_fail(c, -EPROTO, "the server grants no credits");
	ret = message_sign(c, w);
	if (ret)
		return ret;
	c->credits--;
	c->message_id++;
	return smb_send(c, w);
}

/* ---- Answers -------------------------------------------------------------------- */

static bool message_begins_with(struct smb_reader packet, const u8 magic[4])
{
	u8 bytes[4];

	smb_get_bytes(&packet, bytes, sizeof(bytes));
	return !memcmp(bytes, magic, sizeof(bytes));
}

static void message_read_header(struct smb_answer *a, struct message_header *h)
{
	struct smb_reader *r = &a->body;

	a->body = a->packet;
	smb_skip(r, sizeof(message_magic));
	h->size = smb_get_le16(r);
	smb_skip(r, 2);		/* credit charge */
	a->status = smb_get_le32(r);
	h->command = smb_get_le16(r);
	h->credits = smb_get_le16(r);
	h->flags = smb_get_le32(r);
	h->next = smb_get_le32(r);
	h->message_id = smb_get_le64(r);
	if (h->flags & FLAG_ASYNC) {
		h->async_id = smb_get_le64(r);
		h->tree_id = 0;
	} else {
		smb_skip(r, 4);
		h->async_id = 0;
		h->tree_id = smb_get_le32(r);
	}
	h->session_id = smb_get_le64(r);
	smb_get_bytes(r, h->signature, sizeof(h->signature));
}

/* Is this the session of the request, or the one that the server has just made? */
static bool message_is_of_session(const struct smb_connection *c,
				  const struct message_header *h)
{
	if (h->command == SMB_SESSION_SETUP && !c->session_id)
		return true;
	return h->session_id == c->session_id;
}

/* Likewise: only the answer to TREE_CONNECT names a tree that the request did not. */
static bool message_is_of_tree(const struct smb_connection *c, const struct message_header *h)
{
	return h->flags & FLAG_ASYNC || h->command == SMB_TREE_CONNECT ||
	       h->tree_id == c->tree_id;
}

static int message_check(struct smb_connection *c, const struct smb_answer *a,
			 const struct message_header *h)
{
	if (message_begins_with(a->packet, message_magic_encrypted))
		return smb_fail(c, -EPROTO, "the server encrypts its answer");
	if (!message_begins_with(a->packet, message_magic) || h->size != SMB_HEADER)
		return smb_fail(c, -EBADMSG, "the server does not speak SMB2");
	if (!(h->flags & FLAG_FROM_SERVER))
		return smb_fail(c, -EPROTO, "the server's answer is a request");
	if (h->next || h->flags & FLAG_RELATED)
		return smb_fail(c, -EPROTO, "the server compounds answers");
	/* The request has the number before the next one. */
	if (h->message_id != c->message_id - 1)
		return smb_fail(c, -EPROTO, "the answer has the wrong message id");
	if (h->command != c->command)
		return smb_fail(c, -EPROTO, "the answer is to another command");
	if (!message_is_of_session(c, h))
		return smb_fail(c, -EPROTO, "the answer is of another session");
	if (!message_is_of_tree(c, h))
		return smb_fail(c, -EPROTO, "the answer is of another tree");
	return 0;
}

static int message_check_signature(struct smb_connection *c, const struct smb_answer *a,
				   const struct message_header *h)
{
	u8 signature[SMB_SIGNATURE];
	int ret;

	if (!(h->flags & FLAG_SIGNED))
		return smb_fail(c, -EKEYREJECTED, "the answer, %s (0x%08x), is not signed",
				smb_status_name(a->status), a->status);
	ret = smb_signing_make(c, a->packet, h->message_id, true, signature);
	if (ret)
		return ret;
	if (crypto_memneq(signature, h->signature, sizeof(signature)))
		return smb_fail(c, -EKEYREJECTED, "the answer's signature is wrong");
	return 0;
}

int smb_check_signature(struct smb_connection *c, const struct smb_answer *a)
{
	struct smb_answer again = *a;
	struct message_header h;

	message_read_header(&again, &h);
	return message_check_signature(c, a, &h);
}

static int message_receive(struct smb_connection *c, struct smb_answer *a,
			   struct message_header *h)
{
	int ret;

	ret = smb_receive(c, &a->packet);
	if (ret)
		return ret;
	message_read_header(a, h);
	ret = message_check(c, a, h);
	if (ret)
		return ret;
	c->credits += h->credits;
	return 0;
}

/*
 * The answer, after STATUS_PENDING perhaps.  That one is not signed (SMB2 3.2.5.1.3), and
 * nothing but the credits of it is used.
 */
static int message_await(struct smb_connection *c, struct smb_answer *a,
			 struct message_header *h)
{
	u64 async_id;
	int ret;

	ret = message_receive(c, a, h);
	if (ret || !(h->flags & FLAG_ASYNC))
		return ret;
	if (a->status != STATUS_PENDING)
		return smb_fail(c, -EPROTO, "the answer is to a request that is not pending");
	async_id = h->async_id;
	ret = message_receive(c, a, h);
	if (ret)
		return ret;
	if (!(h->flags & FLAG_ASYNC) || h->async_id != async_id || a->status == STATUS_PENDING)
		return smb_fail(c, -EPROTO, "the answer is not to the pending request");
	return 0;
}

int smb_call(struct smb_connection *c, struct smb_writer *w, struct smb_answer *a)
{
	struct message_header h;
	int ret;

	smb_set_deadline(c);
	ret = message_send(c, w);
	if (ret)
		return ret;
	ret = message_await(c, a, &h);
	if (ret)
		return ret;
	if (c->signer) {
		ret = message_check_signature(c, a, &h);
		if (ret)
			return ret;
	}
	if (h.command == SMB_SESSION_SETUP)
		c->session_id = h.session_id;
	if (h.command == SMB_TREE_CONNECT && a->status == STATUS_SUCCESS)
		c->tree_id = h.tree_id;
	return 0;
}
