// SPDX-License-Identifier: GPL-2.0-only
/*
 * NEGOTIATE (SMB2 2.2.3, 2.2.4): the dialect, and with 3.1.1 the algorithms.
 *
 * It is in the clear and unsigned, so an attacker can lower what is agreed on.  SMB 3.1.1
 * detects that by the hash of these packets (signing.c).  For the dialects below, the client
 * asks again after the logon, in a signed request what the server has understood and answered:
 * FSCTL_VALIDATE_NEGOTIATE_INFO.
 */
#include <linux/errno.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/string.h>

#include "smb.h"

#define NEGOTIATE_SIZE			36
#define NEGOTIATE_ANSWER_SIZE		65
#define NEGOTIATE_CONTEXTS_AT		(SMB_HEADER + 28)	/* where their offset stands */

#define CONTEXT_PREAUTH			1
#define CONTEXT_NETNAME			5
#define CONTEXT_SIGNING			8
#define MAX_CONTEXTS			16	/* there are eight types */
#define HASH_SHA512			1
#define SALT_SIZE			32
#define CAPABILITIES			0	/* this client has none of them */

#define IOCTL_SIZE			57
#define IOCTL_ANSWER_SIZE		49
#define IOCTL_INPUT_AT			120
#define IOCTL_IS_FSCTL			1
#define FSCTL_VALIDATE_NEGOTIATE_INFO	0x00140204
#define VALIDATE_ANSWER_SIZE		24

static const u16 negotiate_dialects[] = {
	SMB_DIALECT_210, SMB_DIALECT_300, SMB_DIALECT_302, SMB_DIALECT_311,
};

/* In the order of preference */
static const u16 negotiate_algorithms[] = {
	SMB_SIGN_AES_GMAC, SMB_SIGN_AES_CMAC, SMB_SIGN_HMAC_SHA256,
};

const char *smb_dialect_name(u16 dialect)
{
	switch (dialect) {
	case SMB_DIALECT_210:
		return "2.1";
	case SMB_DIALECT_300:
		return "3.0";
	case SMB_DIALECT_302:
		return "3.0.2";
	default:
		return "3.1.1";
	}
}

/* ---- The request ---------------------------------------------------------------- */

static bool negotiate_offers(const struct smb_connection *c, u16 dialect)
{
	return dialect >= c->set.min_dialect && dialect <= c->set.max_dialect;
}

static u16 negotiate_count_dialects(const struct smb_connection *c)
{
	u16 count = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(negotiate_dialects); i++)
		count += negotiate_offers(c, negotiate_dialects[i]);
	return count;
}

static void negotiate_put_dialects(struct smb_connection *c, struct smb_writer *w)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(negotiate_dialects); i++)
		if (negotiate_offers(c, negotiate_dialects[i]))
			smb_put_le16(w, negotiate_dialects[i]);
}

static void context_begin(struct smb_writer *w, u16 type, u16 length)
{
	smb_put_align(w);
	smb_put_le16(w, type);
	smb_put_le16(w, length);
	smb_put_le32(w, 0);
}

static void negotiate_put_preauth(struct smb_writer *w)
{
	u8 salt[SALT_SIZE];

	get_random_bytes(salt, sizeof(salt));
	context_begin(w, CONTEXT_PREAUTH, 6 + sizeof(salt));
	smb_put_le16(w, 1);
	smb_put_le16(w, sizeof(salt));
	smb_put_le16(w, HASH_SHA512);
	smb_put_bytes(w, salt, sizeof(salt));
}

static void negotiate_put_signing(struct smb_connection *c, struct smb_writer *w)
{
	u16 count = hweight32(c->set.signing);
	size_t i;

	context_begin(w, CONTEXT_SIGNING, 2 + 2 * count);
	smb_put_le16(w, count);
	for (i = 0; i < ARRAY_SIZE(negotiate_algorithms); i++)
		if (c->set.signing & BIT(negotiate_algorithms[i]))
			smb_put_le16(w, negotiate_algorithms[i]);
}

static void negotiate_put_netname(struct smb_connection *c, struct smb_writer *w)
{
	context_begin(w, CONTEXT_NETNAME, 2 * strlen(smb_server_name(c)));
	smb_put_utf16(w, smb_server_name(c));
}

static struct smb_writer negotiate_build(struct smb_connection *c)
{
	struct smb_writer w = smb_begin(c, SMB_NEGOTIATE);

	smb_put_le16(&w, NEGOTIATE_SIZE);
	smb_put_le16(&w, negotiate_count_dialects(c));
	smb_put_le16(&w, SMB_SIGNING_ENABLED | SMB_SIGNING_REQUIRED);
	smb_put_le16(&w, 0);
	smb_put_le32(&w, CAPABILITIES);
	smb_put_bytes(&w, c->guid, sizeof(c->guid));
	smb_put_le64(&w, 0);	/* where the contexts are, and how many */
	negotiate_put_dialects(c, &w);
	if (!negotiate_offers(c, SMB_DIALECT_311))
		return w;
	smb_put_align(&w);
	smb_set_le32(&w, NEGOTIATE_CONTEXTS_AT, w.length);
	smb_set_le32(&w, NEGOTIATE_CONTEXTS_AT + 4, 3);
	negotiate_put_preauth(&w);
	negotiate_put_signing(c, &w);
	negotiate_put_netname(c, &w);
	return w;
}

/* ---- The answer ----------------------------------------------------------------- */

/**
 * struct negotiate_answer - what is used of it
 * @dialect: SMB_DIALECT_*, if it is one
 * @mode: SecurityMode
 * @guid: of the server
 * @capabilities: of the server
 * @token: the server's first token, may be empty
 * @contexts: from the first one to the end of the packet
 * @context_count: their number
 * @hashes: how many of them choose a hash
 * @algorithms: how many of them choose an algorithm for signatures
 * @algorithm: that algorithm
 */
struct negotiate_answer {
	u16 dialect;
	u16 mode;
	u8 guid[SMB_GUID];
	u32 capabilities;
	struct smb_reader token;
	struct smb_reader contexts;
	u16 context_count;
	u16 hashes;
	u16 algorithms;
	u16 algorithm;
};

static int negotiate_read(struct smb_connection *c, struct smb_answer *a,
			  struct negotiate_answer *n)
{
	struct smb_reader *r = &a->body;
	u16 token_at, token_length;
	u32 contexts_at;

	*n = (struct negotiate_answer){};
	smb_get_size(a, NEGOTIATE_ANSWER_SIZE);
	n->mode = smb_get_le16(r);
	n->dialect = smb_get_le16(r);
	n->context_count = smb_get_le16(r);
	smb_get_bytes(r, n->guid, sizeof(n->guid));
	n->capabilities = smb_get_le32(r);
	smb_skip(r, 12);	/* limits of transfers */
	smb_skip(r, 16);	/* times */
	token_at = smb_get_le16(r);
	token_length = smb_get_le16(r);
	contexts_at = smb_get_le32(r);
	n->token = smb_get_at(&a->packet, token_at, token_length);
	if (r->bad || n->token.bad)
		return smb_malformed(c);
	if (n->dialect != SMB_DIALECT_311)
		return 0;
	n->contexts = a->packet;
	smb_skip(&n->contexts, contexts_at);
	return n->contexts.bad ? smb_malformed(c) : 0;
}

/* The salt has no use for the client. */
static void context_get_preauth(struct negotiate_answer *n, struct smb_reader *data)
{
	n->hashes++;
	if (smb_get_le16(data) != 1)
		data->bad = true;
	smb_skip(data, 2);
	if (smb_get_le16(data) != HASH_SHA512)
		data->bad = true;
}

static void context_get_signing(struct negotiate_answer *n, struct smb_reader *data)
{
	n->algorithms++;
	if (smb_get_le16(data) != 1)
		data->bad = true;
	n->algorithm = smb_get_le16(data);
}

/* Other types, which were not asked for, have no effect. */
static bool context_get(struct negotiate_answer *n, struct smb_reader *r)
{
	u16 type = smb_get_le16(r);
	u16 length = smb_get_le16(r);
	struct smb_reader data;

	smb_skip(r, 4);
	data = smb_get_part(r, length);
	if (type == CONTEXT_PREAUTH)
		context_get_preauth(n, &data);
	else if (type == CONTEXT_SIGNING)
		context_get_signing(n, &data);
	return !data.bad;
}

static int negotiate_read_contexts(struct smb_connection *c, struct negotiate_answer *n)
{
	struct smb_reader *r = &n->contexts;
	size_t start = r->left;
	u16 i;

	if (n->context_count > MAX_CONTEXTS)
		return smb_malformed(c);
	for (i = 0; i < n->context_count; i++) {
		/* Each begins at a multiple of eight. */
		if (i)
			smb_skip(r, (start - r->left) % 8 ? 8 - (start - r->left) % 8 : 0);
		if (!context_get(n, r))
			return smb_malformed(c);
	}
	if (n->hashes != 1 || n->algorithms > 1)
		return smb_fail(c, -EPROTO, "the server's choice of algorithms is not clear");
	return 0;
}

/* SMB2 3.2.5.2: without a choice of the server AES-CMAC is used. */
static int negotiate_choose_algorithm(struct smb_connection *c, const struct negotiate_answer *n)
{
	c->algorithm = c->dialect == SMB_DIALECT_210 ? SMB_SIGN_HMAC_SHA256 : SMB_SIGN_AES_CMAC;
	if (c->dialect != SMB_DIALECT_311)
		return 0;
	if (n->algorithms)
		c->algorithm = n->algorithm;
	if (c->algorithm > SMB_SIGN_AES_GMAC || !(c->set.signing & BIT(c->algorithm)))
		return smb_fail(c, -EPROTO, "the server signs by what was not offered");
	return 0;
}

static bool negotiate_is_dialect(const struct smb_connection *c, u16 dialect)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(negotiate_dialects); i++)
		if (negotiate_dialects[i] == dialect)
			return negotiate_offers(c, dialect);
	return false;
}

static int negotiate_accept(struct smb_connection *c, struct negotiate_answer *n)
{
	int ret;

	if (!negotiate_is_dialect(c, n->dialect))
		return smb_fail(c, -EPROTO,
				"the server chooses dialect 0x%04x, which was not offered",
				n->dialect);
	c->dialect = n->dialect;
	c->server_mode = n->mode;
	c->server_capabilities = n->capabilities;
	memcpy(c->server_guid, n->guid, sizeof(c->server_guid));
	c->hint = n->token;
	if (c->dialect == SMB_DIALECT_311) {
		ret = negotiate_read_contexts(c, n);
		if (ret)
			return ret;
	}
	return negotiate_choose_algorithm(c, n);
}

int smb_negotiate(struct smb_connection *c)
{
	struct negotiate_answer n;
	struct smb_writer w;
	struct smb_answer a;
	int ret;

	get_random_bytes(c->guid, sizeof(c->guid));
	w = negotiate_build(c);
	ret = smb_call(c, &w, &a);
	if (ret)
		return ret;
	if (a.status == STATUS_NOT_SUPPORTED)
		return smb_fail(c, -EPROTO, "the server has none of the dialects %s to %s",
				smb_dialect_name(c->set.min_dialect),
				smb_dialect_name(c->set.max_dialect));
	if (a.status != STATUS_SUCCESS)
		return smb_refused(c, &a);
	ret = negotiate_read(c, &a, &n);
	if (ret)
		return ret;
	ret = negotiate_accept(c, &n);
	if (ret)
		return ret;
	return smb_preauth_add(c, w.p, w.length) ?:
	       smb_preauth_add(c, a.packet.p, a.packet.left);
}

/* ---- The proof, for dialects without the hash ------------------------------------ */

static struct smb_writer validate_build(struct smb_connection *c)
{
	struct smb_writer w = smb_begin(c, SMB_IOCTL);
	u16 dialects = negotiate_count_dialects(c);

	smb_put_le16(&w, IOCTL_SIZE);
	smb_put_le16(&w, 0);
	smb_put_le32(&w, FSCTL_VALIDATE_NEGOTIATE_INFO);
	smb_put_le64(&w, U64_MAX);	/* no file */
	smb_put_le64(&w, U64_MAX);
	smb_put_le32(&w, IOCTL_INPUT_AT);
	smb_put_le32(&w, 24 + 2 * dialects);
	smb_put_le32(&w, 0);		/* input in the answer */
	smb_put_le32(&w, 0);
	smb_put_le32(&w, 0);
	smb_put_le32(&w, VALIDATE_ANSWER_SIZE);
	smb_put_le32(&w, IOCTL_IS_FSCTL);
	smb_put_le32(&w, 0);
	smb_put_le32(&w, CAPABILITIES);
	smb_put_bytes(&w, c->guid, sizeof(c->guid));
	smb_put_le16(&w, SMB_SIGNING_ENABLED | SMB_SIGNING_REQUIRED);
	smb_put_le16(&w, dialects);
	negotiate_put_dialects(c, &w);
	return w;
}

static int validate_compare(struct smb_connection *c, struct smb_answer *a)
{
	struct smb_reader output;
	u8 guid[SMB_GUID];
	u32 at, length;
	bool same;

	smb_get_size(a, IOCTL_ANSWER_SIZE);
	smb_skip(&a->body, 2);
	if (smb_get_le32(&a->body) != FSCTL_VALIDATE_NEGOTIATE_INFO)
		a->body.bad = true;
	smb_skip(&a->body, 16 + 8);	/* file, input */
	at = smb_get_le32(&a->body);
	length = smb_get_le32(&a->body);
	output = smb_get_at(&a->packet, at, length);
	if (a->body.bad || output.bad || length != VALIDATE_ANSWER_SIZE)
		return smb_malformed(c);
	same = smb_get_le32(&output) == c->server_capabilities;
	smb_get_bytes(&output, guid, sizeof(guid));
	same &= !memcmp(guid, c->server_guid, sizeof(guid));
	same &= smb_get_le16(&output) == c->server_mode;
	same &= smb_get_le16(&output) == c->dialect;
	if (!same)
		return smb_fail(c, -EKEYREJECTED, "somebody has changed the negotiation");
	return 0;
}

/* A server of SMB 2.1 may not know the request; it says so in a signed answer. */
static bool validate_is_unknown(const struct smb_connection *c, u32 status)
{
	return c->dialect == SMB_DIALECT_210 &&
	       (status == STATUS_NOT_SUPPORTED || status == STATUS_FILE_CLOSED ||
		status == STATUS_INVALID_DEVICE_REQUEST);
}

int smb_validate(struct smb_connection *c)
{
	struct smb_answer a;
	int ret;

	if (c->dialect == SMB_DIALECT_311)
		return 0;
	ret = smb_session_call(c, validate_build, &a);
	if (ret)
		return ret;
	if (validate_is_unknown(c, a.status))
		return 0;
	if (a.status != STATUS_SUCCESS)
		return smb_refused(c, &a);
	return validate_compare(c, &a);
}
