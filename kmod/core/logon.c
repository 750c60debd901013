// SPDX-License-Identifier: GPL-2.0-only
/* The identity that logs on in an exchange, and its name for queries. */
#include <linux/slab.h>

#include "../base/filetime.h"
#include "../base/mem.h"
#include "../cred/keyring.h"
#include "../wire/utf16.h"
#include "context_impl.h"

/* Two bytes of UTF-16 become at most three of UTF-8. */
static size_t logon_room_for(const struct cssp_vbuf *utf16)
{
	return utf16->len / 2 * 3;
}

static int logon_write_name(const struct cssp_identity *id, struct cssp_wr *wr)
{
	struct cssp_rd domain = cssp_vbuf_rd(&id->domain), user = cssp_vbuf_rd(&id->user);
	int ret = cssp_utf16_to_utf8(&domain, wr);

	if (ret)
		return ret;
	if (domain.left)
		cssp_wr_u8(wr, '\\');
	ret = cssp_utf16_to_utf8(&user, wr);
	if (ret)
		return ret;
	cssp_wr_u8(wr, '\0');
	return cssp_wr_done(wr);
}

int cssp_context_set_user(struct credssp_context *ctx, const struct cssp_identity *id)
{
	size_t room = logon_room_for(&id->domain) + logon_room_for(&id->user) +
		      sizeof("\\");
	char *name = kmalloc(room, CSSP_GFP);
	struct cssp_wr wr = cssp_wr_of(name, room);

	lockdep_assert_held(&ctx->lock);
	if (!name)
		return -ENOMEM;
	/*
	 * NTLM accepts a lone surrogate in a name, so it is no error. But such a name is
	 * not valid text, and queries have none.
	 */
	if (logon_write_name(id, &wr)) {
		kfree(name);
		name = NULL;
	}
	kfree(ctx->user);
	ctx->user = name;
	return 0;
}

int cssp_context_learn_logon(struct credssp_context *ctx, const struct cssp_mech_facts *facts)
{
	char *name;

	lockdep_assert_held(&ctx->lock);
	if (facts->not_after)
		ctx->expiry = min(ctx->expiry, cssp_filetime_of_seconds(facts->not_after));
	if (!facts->client.len)
		return 0;
	name = kstrdup((const char *)facts->client.data, CSSP_GFP);
	if (!name)
		return -ENOMEM;
	kfree(ctx->user);
	ctx->user = name;
	return 0;
}

struct cssp_ticket_store *cssp_context_ticket_store(struct credssp_context *ctx)
{
	lockdep_assert_held(&ctx->lock);
	return ctx->context_req & ISC_REQ_USE_SUPPLIED_CREDS ? NULL : &ctx->cred->store;
}

/* Default credentials: no identity; the helper reads the tickets of the user. */
static int logon_choose_default(struct credssp_context *ctx, enum cssp_cred_kind *kind)
{
	*kind = CSSP_CRED_DEFAULT;
	if (ctx->cred->mech->needs_ntlm)
		return CSSP_E_NO_CREDS;
	return cssp_keyring_allowed(&ctx->cred->who) ? 0 : CSSP_E_NO_CREDS;
}

/*
 * With ISC_REQ_USE_SUPPLIED_CREDS only the identity of the call serves. Otherwise it is
 * the credential's own, or that of a key, or there is none (default credentials).
 */
static int logon_choose(struct credssp_context *ctx, struct cssp_isc *isc,
			const struct cssp_identity **id, enum cssp_cred_kind *kind)
{
	int ret;

	*id = &ctx->exchange->saved;
	if (ctx->context_req & ISC_REQ_USE_SUPPLIED_CREDS) {
		if (!isc->identity)
			return CSSP_E_NO_CREDS;
		/* It is either this identity or tickets of a cache, keytab or certificate. */
		if (ctx->cred->tickets.source != CREDSSP_TICKETS_AUTO)
			return CSSP_E_PARAMETER;
		cssp_identity_move(&ctx->exchange->saved, isc->identity);
		*kind = CSSP_CRED_FRESH;
		return 0;
	}
	if (ctx->cred->tickets.source != CREDSSP_TICKETS_AUTO) {
		/* Its password, if there is one, is a PIN: for the helper only. */
		*id = &ctx->cred->id;
		return logon_choose_default(ctx, kind);
	}
	ret = cssp_cred_identity(ctx->cred, ctx->target.spn, &ctx->exchange->saved, kind);
	if (!ret && *kind == CSSP_CRED_FRESH)
		*id = &ctx->cred->id;
	/* Neither an identity nor a saved key */
	if (ret == CSSP_E_NO_CREDS && ctx->cred->kind == CSSP_CRED_DEFAULT)
		return logon_choose_default(ctx, kind);
	return ret;
}

static int logon_check_policy(struct credssp_context *ctx)
{
	int ret;

	if (!ctx->cred->mech->needs_ntlm)
		return 0;
	ret = cssp_policy_ntlm(&ctx->exchange->policy);
	if (ret)
		ctx->reason = CREDSSP_REASON_NTLM_OFF;
	return ret;
}

int cssp_context_begin_as(struct credssp_context *ctx, struct cssp_isc *isc)
{
	const struct cssp_identity *id;
	enum cssp_cred_kind kind;
	int ret;

	lockdep_assert_held(&ctx->lock);
	ret = logon_check_policy(ctx);
	if (ret)
		return ret;
	ret = logon_choose(ctx, isc, &id, &kind);
	if (ret)
		return ret;
	ret = cssp_context_set_user(ctx, id);
	if (ret)
		return ret;
	return ctx->ops->begin(ctx, id, kind);
}

int cssp_context_begin_accept(struct credssp_context *ctx)
{
	int ret;

	lockdep_assert_held(&ctx->lock);
	ret = logon_check_policy(ctx);
	return ret ?: ctx->ops->begin(ctx, &ctx->cred->id, ctx->cred->kind);
}

int cssp_context_min_version(struct credssp_context *ctx, u32 max_version, u32 *min_version)
{
	int ret;

	lockdep_assert_held(&ctx->lock);
	ret = cssp_policy_min_version(&ctx->exchange->policy, ctx->cred->min_version, min_version);
	if (!ret && *min_version <= max_version)
		return 0;
	ctx->reason = CREDSSP_REASON_VERSION_POLICY;
	return ret ?: CSSP_E_UNSUPPORTED;
}

int cssp_context_same_cred(struct credssp_context *ctx, struct cssp_isc *isc)
{
	lockdep_assert_held(&ctx->lock);
	return !isc->cred || isc->cred == ctx->cred ? 0 : CSSP_E_HANDLE;
}
