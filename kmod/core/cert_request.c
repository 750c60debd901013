// SPDX-License-Identifier: GPL-2.0-only
/*
 * Client certificates: a handshake stops when the server requests one and the credential
 * has none. It goes on with another credential, or without a certificate.
 */
#include <linux/string.h>

#include "context_impl.h"

/*
 * With supplied credentials a missing certificate means going on without one, and an
 * exchange in one call has no next call that could bring one.
 */
static bool cert_request_may_ask(const struct credssp_context *ctx)
{
	return !ctx->one_call && !(ctx->context_req & ISC_REQ_USE_SUPPLIED_CREDS);
}

void cssp_context_offer_cert(struct credssp_context *ctx)
{
	cssp_channel_set_cert(ctx->channel, ctx->cred->tls.cert, cert_request_may_ask(ctx));
}

/*
 * The conversation with the helper goes on in the network namespace and for the user
 * that it began with. A credential of another user would get that user's certificate.
 */
static bool cert_request_same_requester(const struct cssp_requester *a,
					const struct cssp_requester *b)
{
	return a->net == b->net && a->cred->user_ns == b->cred->user_ns &&
	       uid_eq(a->cred->euid, b->cred->euid);
}

/* Before TLS is up the machine has done nothing yet, so it can begin again. */
static int cert_request_replace_cred(struct credssp_context *ctx, struct cssp_isc *isc)
{
	struct credssp_cred *cred = isc->cred;

	if (cred->package != ctx->package || cred->acceptor ||
	    !cert_request_same_requester(&ctx->who, &cred->who))
		return CSSP_E_HANDLE;
	cssp_client_wipe(&ctx->exchange->client);
	cssp_identity_free(&ctx->exchange->saved);
	cssp_cred_put(ctx->cred);
	ctx->cred = cssp_cred_get(cred);
	cssp_context_offer_cert(ctx);
	return cssp_context_begin_as(ctx, isc);
}

int cssp_context_check_cred(struct credssp_context *ctx, struct cssp_isc *isc)
{
	bool same = !isc->cred || isc->cred == ctx->cred;

	lockdep_assert_held(&ctx->lock);
	if (!ctx->channel || !cssp_channel_wants_cert(ctx->channel))
		return same ? 0 : CSSP_E_HANDLE;
	if (!same)
		return cert_request_replace_cred(ctx, isc);
	cssp_channel_set_cert(ctx->channel, "", cert_request_may_ask(ctx));
	return 0;
}

int cssp_context_want_cert(struct credssp_context *ctx, const struct cssp_rd *given,
			   const struct cssp_isc *isc)
{
	struct cssp_rd used = *given;

	ctx->cert_asked = true;
	cssp_channel_take_issuers(ctx->channel, &ctx->issuers);
	cssp_context_update_report(ctx);
	used.left -= isc->extra;
	if (used.left && cssp_vbuf_set(&ctx->exchange->used, &used))
		return -ENOMEM;
	return CSSP_E_CERT_WANTED;
}

void cssp_context_skip_used(struct credssp_context *ctx, struct cssp_isc *isc)
{
	const struct cssp_vbuf *used = &ctx->exchange->used;
	struct cssp_rd *in = &isc->input;

	if (in->left < used->len || memcmp(in->p, used->data, used->len))
		return;
	/* Cannot fail: memcmp() has compared as many bytes. */
	if (cssp_rd_skip(in, used->len))
		in->left = 0;
}

/* The number of names in the list: a length in 32 bits before each. */
static u32 cert_request_count_names(struct cssp_rd rd)
{
	u32 count = 0, len;

	while (!cssp_rd_be32(&rd, &len) && !cssp_rd_skip(&rd, len))
		count++;
	return count;
}

static int cert_request_list_issuers(const struct cssp_vbuf *issuers, struct cssp_vbuf *out)
{
	struct cssp_rd rd = cssp_vbuf_rd(issuers), name;
	struct credssp_issuer_list head = { .count = cert_request_count_names(rd) };
	size_t offset = struct_size(&head, issuers, head.count), at = sizeof(head);
	u32 i, len;
	int ret;

	ret = cssp_vbuf_reserve(out, offset + issuers->len);
	if (ret)
		return ret;
	memcpy(out->data, &head, sizeof(head));
	for (i = 0; i < head.count; i++) {
		struct credssp_issuer issuer = { .offset = offset };

		if (cssp_rd_be32(&rd, &len) || cssp_rd_sub(&rd, len, &name))
			return -EREMOTEIO;
		issuer.length = name.left;
		memcpy(out->data + at, &issuer, sizeof(issuer));
		memcpy(out->data + offset, name.p, name.left);
		at += sizeof(issuer);
		offset += name.left;
	}
	out->len = offset;
	return 0;
}

int cssp_context_issuers(const struct credssp_context *ctx, struct cssp_vbuf *out)
{
	lockdep_assert_held(&ctx->lock);
	if (!ctx->cert_asked)
		return CSSP_E_UNSUPPORTED;
	return cert_request_list_issuers(&ctx->issuers, out);
}
