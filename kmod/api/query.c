// SPDX-License-Identifier: GPL-2.0-only
/*
 * QueryContextAttributes: one row per attribute.  The structures are the uapi
 * header's; every byte of them is written, since they go to user space.
 */
#include <linux/string.h>

#include "../base/filetime.h"
#include "../base/status.h"
#include "../cred/package.h"
#include "../tls/suite.h"
#include "query.h"

/* From when on an attribute can be had. A dead context only has AT_ANY_TIME. */
enum since {
	AT_ANY_TIME,
	SINCE_BEGUN,		/* target and user are known */
	SINCE_HANDSHAKE,	/* the TLS session is known */
	SINCE_ESTABLISHED,
};

/**
 * struct row - an attribute
 * @attribute: SECPKG_ATTR_*
 * @packages: BIT(CREDSSP_PACKAGE_*) that have it
 * @since: when
 * @secret: for privileged openers and in-kernel callers
 * @get: append it to @out; under the context's lock
 */
struct row {
	u32 attribute;
	u32 packages;
	enum since since;
	bool secret;
	int (*get)(const struct credssp_context *ctx, const struct cssp_query *query,
		   struct cssp_vbuf *out);
};

static int put(struct cssp_vbuf *out, const void *p, size_t n)
{
	return cssp_vbuf_append(out, p, n);
}

static int get_report(const struct credssp_context *ctx,
		      const struct cssp_query *query, struct cssp_vbuf *out)
{
	return put(out, &ctx->report, sizeof(ctx->report));
}

static int get_cert(const struct credssp_context *ctx,
		    const struct cssp_query *query, struct cssp_vbuf *out)
{
	if (!ctx->cert.len)
		return CSSP_E_HANDLE;
	return put(out, ctx->cert.data, ctx->cert.len);
}

static int get_issuers(const struct credssp_context *ctx,
		       const struct cssp_query *query, struct cssp_vbuf *out)
{
	return cssp_context_issuers(ctx, out);
}

static int get_stream_sizes(const struct credssp_context *ctx,
			    const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_stream_sizes sizes;

	return cssp_context_look_up_sizes(ctx, &sizes) ?: put(out, &sizes, sizeof(sizes));
}

static int get_sizes(const struct credssp_context *ctx,
		     const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_sizes sizes;

	return cssp_context_look_up_all_sizes(ctx, &sizes) ?:
	       put(out, &sizes, sizeof(sizes));
}

static struct cssp_rd user_of(const struct credssp_context *ctx)
{
	const char *user = ctx->user ?: "";

	return cssp_rd_of(user, strlen(user));
}

static int get_names(const struct credssp_context *ctx,
		     const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_names names = {};
	struct cssp_rd user = user_of(ctx);
	int ret;

	ret = put(out, &names, sizeof(names));
	if (!ret)
		ret = cssp_query_put_string(out, &user, &names.user_offset,
					   &names.user_length);
	if (!ret)
		memcpy(out->data, &names, sizeof(names));
	return ret;
}

static int get_native_names(const struct credssp_context *ctx,
			    const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_native_names names = {};
	struct cssp_rd client = user_of(ctx);
	struct cssp_rd server = cssp_rd_of(ctx->target.spn, strlen(ctx->target.spn));
	int ret;

	ret = put(out, &names, sizeof(names));
	if (!ret)
		ret = cssp_query_put_string(out, &client, &names.client_offset,
					   &names.client_length);
	if (!ret)
		ret = cssp_query_put_string(out, &server, &names.server_offset,
					   &names.server_length);
	if (!ret)
		memcpy(out->data, &names, sizeof(names));
	return ret;
}

static int get_lifespan(const struct credssp_context *ctx,
			const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_lifespan span = {
		.start = ctx->since,
		.expiry = ctx->expiry,
	};

	if (query->local_time) {
		span.start = cssp_filetime_local(span.start);
		span.expiry = cssp_filetime_local(span.expiry);
	}
	return put(out, &span, sizeof(span));
}

static int get_session_key(const struct credssp_context *ctx,
			   const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_session_key key = {
		.key_offset = sizeof(key),
		.key_length = ctx->session_key.length,
	};

	return put(out, &key, sizeof(key)) ?:
	       put(out, ctx->session_key.bytes, ctx->session_key.length);
}

static int get_package_info(const struct credssp_context *ctx,
			    const struct cssp_query *query, struct cssp_vbuf *out)
{
	return cssp_package_info_one(cssp_context_package(ctx), out);
}

static int get_flags(const struct credssp_context *ctx,
		     const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_flags flags = { .flags = cssp_context_attributes(ctx) };

	return put(out, &flags, sizeof(flags));
}

/* Windows' numbers of what a suite's names say; what it has none for is 0. */
static const struct {
	const char *name;
	u32 bits;
	u32 alg;
} algorithms[] = {
	{ "AES",	128,	CREDSSP_ALG_AES_128 },
	{ "AES",	256,	CREDSSP_ALG_AES_256 },
	{ "SHA256",	256,	CREDSSP_ALG_SHA_256 },
	{ "SHA384",	384,	CREDSSP_ALG_SHA_384 },
	{ "RSA",	0,	CREDSSP_ALG_RSA_KEYX },
	{ "DHE",	0,	CREDSSP_ALG_DH_EPHEM },
	{ "ECDHE",	0,	CREDSSP_ALG_ECDH_EPHEM },
};

static u32 algorithm(const char *name, u32 bits)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (algorithms[i].bits == bits && !strcmp(algorithms[i].name, name))
			return algorithms[i].alg;
	return 0;
}

static int get_connection_info(const struct credssp_context *ctx,
			       const struct cssp_query *query,
			       struct cssp_vbuf *out)
{
	const struct cssp_tls_suite *s = cssp_tls_suite_find(ctx->report.tls_cipher);
	struct credssp_connection_info info;

	if (!s)
		return CSSP_E_HANDLE;
	info = (struct credssp_connection_info){
		.protocol = ctx->report.tls_version == TLS_1_3_VERSION ?
			    CREDSSP_PROTOCOL_TLS1_3_CLIENT :
			    CREDSSP_PROTOCOL_TLS1_2_CLIENT,
		.cipher = algorithm(s->cipher->name, s->cipher->bits),
		.cipher_strength = s->cipher->bits,
		.hash = algorithm(s->hash, s->hash_bits),
		.hash_strength = s->hash_bits,
		.exchange = algorithm(s->exchange, 0),
	};
	return put(out, &info, sizeof(info));
}

static int get_cipher_info(const struct credssp_context *ctx,
			   const struct cssp_query *query, struct cssp_vbuf *out)
{
	const struct cssp_tls_suite *s = cssp_tls_suite_find(ctx->report.tls_cipher);
	struct credssp_cipher_info info;

	if (!s)
		return CSSP_E_HANDLE;
	info = (struct credssp_cipher_info){
		.version = CREDSSP_CIPHER_INFO_V1,
		.protocol = ctx->report.tls_version,
		.suite = s->number,
		.base_suite = s->number,
		.cipher_bits = s->cipher->bits,
		.cipher_block = s->cipher->block,
		.hash_bits = s->hash_bits,
	};
	strscpy(info.suite_name, s->name, sizeof(info.suite_name));
	strscpy(info.cipher_name, s->cipher->name, sizeof(info.cipher_name));
	strscpy(info.hash_name, s->hash, sizeof(info.hash_name));
	strscpy(info.exchange_name, s->exchange, sizeof(info.exchange_name));
	strscpy(info.certificate_name, s->certificate, sizeof(info.certificate_name));
	return put(out, &info, sizeof(info));
}

/* Which of Windows' bits a CREDSSP_TRUST_* bit is; a name is not judged by them. */
static const struct {
	u32 ours;
	u32 theirs;
} trust_bits[] = {
	{ CREDSSP_TRUST_UNTRUSTED_ROOT,	CREDSSP_CERT_TRUST_IS_UNTRUSTED_ROOT },
	{ CREDSSP_TRUST_EXPIRED,	CREDSSP_CERT_TRUST_IS_NOT_TIME_VALID },
	{ CREDSSP_TRUST_NOT_YET_VALID,	CREDSSP_CERT_TRUST_IS_NOT_TIME_VALID },
	{ CREDSSP_TRUST_REVOKED,	CREDSSP_CERT_TRUST_IS_REVOKED },
	{ CREDSSP_TRUST_WEAK,		CREDSSP_CERT_TRUST_HAS_WEAK_SIGNATURE },
	{ CREDSSP_TRUST_INVALID,	CREDSSP_CERT_TRUST_IS_NOT_SIGNATURE_VALID },
};

static int get_trust(const struct credssp_context *ctx,
		     const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_cert_trust_status status = { .trust = ctx->report.trust };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(trust_bits); i++)
		if (status.trust & trust_bits[i].ours)
			status.error_status |= trust_bits[i].theirs;
	return put(out, &status, sizeof(status));
}

static int get_server_auth(const struct credssp_context *ctx,
			   const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_server_auth_flags flags = {};

	if (ctx->report.facts & CREDSSP_FACT_SERVER_PROVEN)
		flags.flags |= CREDSSP_SERVER_AUTH_CERTIFICATE;
	return put(out, &flags, sizeof(flags));
}

/* A mechanism inside SPNEGO is negotiated, NTLM by itself is not. */
static u32 negotiation_state(const struct credssp_context *ctx)
{
	if (ctx->report.mech == CREDSSP_MECH_NTLM)
		return SECPKG_NEGOTIATION_DIRECT;
	return ctx->report.leg == CREDSSP_LEG_ESTABLISHED ?
	       SECPKG_NEGOTIATION_COMPLETE : SECPKG_NEGOTIATION_IN_PROGRESS;
}

static int get_negotiation(const struct credssp_context *ctx,
			   const struct cssp_query *query, struct cssp_vbuf *out)
{
	struct credssp_negotiation_info info = { .state = negotiation_state(ctx) };
	int ret;

	ret = put(out, &info, sizeof(info));
	if (!ret)
		ret = cssp_package_info_fill(cssp_context_mech_package(ctx), out,
					     &info.package);
	if (!ret)
		memcpy(out->data, &info, sizeof(info));
	return ret;
}

#define CREDSSP		BIT(CREDSSP_PACKAGE_CREDSSP)
#define INNER		(BIT(CREDSSP_PACKAGE_NEGOTIATE) | BIT(CREDSSP_PACKAGE_NTLM))

static const struct row rows[] = {
	{ SECPKG_ATTR_CREDSSP_REPORT, CREDSSP | INNER, AT_ANY_TIME, false, get_report },
	{ SECPKG_ATTR_REMOTE_CERT_CONTEXT, CREDSSP, AT_ANY_TIME, false, get_cert },
	{ SECPKG_ATTR_ISSUER_LIST_EX, CREDSSP, SINCE_BEGUN, false, get_issuers },
	{ SECPKG_ATTR_SIZES, CREDSSP | INNER, SINCE_ESTABLISHED, false, get_sizes },
	/* has its own idea of the states, which is that of Encrypt */
	{ SECPKG_ATTR_STREAM_SIZES, CREDSSP, AT_ANY_TIME, false, get_stream_sizes },
	{ SECPKG_ATTR_NAMES, CREDSSP | INNER, SINCE_BEGUN, false, get_names },
	{ SECPKG_ATTR_NATIVE_NAMES, CREDSSP | INNER, SINCE_BEGUN, false, get_native_names },
	{ SECPKG_ATTR_LIFESPAN, CREDSSP | INNER, SINCE_ESTABLISHED, false, get_lifespan },
	{ SECPKG_ATTR_SESSION_KEY, CREDSSP | INNER, SINCE_ESTABLISHED, true,
	  get_session_key },
	{ SECPKG_ATTR_PACKAGE_INFO, CREDSSP | INNER, SINCE_BEGUN, false, get_package_info },
	{ SECPKG_ATTR_NEGOTIATION_INFO, CREDSSP | INNER, SINCE_BEGUN, false,
	  get_negotiation },
	{ SECPKG_ATTR_FLAGS, CREDSSP | INNER, SINCE_BEGUN, false, get_flags },
	{ SECPKG_ATTR_CONNECTION_INFO, CREDSSP, SINCE_HANDSHAKE, false,
	  get_connection_info },
	{ SECPKG_ATTR_CIPHER_INFO, CREDSSP, SINCE_HANDSHAKE, false, get_cipher_info },
	{ SECPKG_ATTR_CERT_TRUST_STATUS, CREDSSP, SINCE_HANDSHAKE, false, get_trust },
	{ SECPKG_ATTR_SERVER_AUTH_FLAGS, CREDSSP, SINCE_ESTABLISHED, false,
	  get_server_auth },
};

static const struct row *find_row(u32 attribute)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].attribute == attribute)
			return &rows[i];
	return NULL;
}

static bool is_time(const struct credssp_context *ctx, enum since since)
{
	switch (since) {
	case AT_ANY_TIME:
		return true;
	case SINCE_BEGUN:
		return ctx->state != CSSP_CONTEXT_NEW && ctx->state != CSSP_CONTEXT_DEAD;
	case SINCE_HANDSHAKE:
		return ctx->report.facts & CREDSSP_FACT_TLS &&
		       ctx->state != CSSP_CONTEXT_DEAD;
	case SINCE_ESTABLISHED:
		return ctx->state == CSSP_CONTEXT_ESTABLISHED ||
		       ctx->state == CSSP_CONTEXT_EXPORTED;
	}
	return false;
}

int cssp_query(struct credssp_context *ctx, const struct cssp_query *query,
		    struct cssp_vbuf *out)
{
	const struct row *row = find_row(query->attribute);
	int ret;

	if (!row || !(row->packages & BIT(cssp_context_package(ctx))) ||
	    (row->secret && !query->privileged))
		return CSSP_E_UNSUPPORTED;
	ret = cssp_context_lock(ctx);
	if (ret)
		return ret;
	ret = is_time(ctx, row->since) ? row->get(ctx, query, out) : CSSP_E_HANDLE;
	cssp_context_unlock(ctx);
	return ret;
}
