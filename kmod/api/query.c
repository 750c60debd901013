// SPDX-License-Identifier: GPL-2.0-only
/*
 * QueryContextAttributes: one row per attribute.  The structures are the uapi
 * header's; every byte of them is set, since they go to user space.
 */
#include <linux/string.h>
#include <linux/tls.h>

#include "../base/filetime.h"
#include "../base/status.h"
#include "../core/delegated_attr.h"
#include "../core/verdict.h"
#include "../cred/package.h"
#include "../tls/suite.h"
#include "package_info.h"
#include "query.h"

/* When an attribute becomes available.  A dead context only has AT_ANY_TIME. */
enum query_since {
	AT_ANY_TIME,
	SINCE_BEGUN,		/* target and user are known */
	SINCE_NAMED,		/* the same; an acceptor knows the user when it is established */
	SINCE_HANDSHAKE,	/* the TLS session is known */
	SINCE_ESTABLISHED,
};

/* Which contexts have an attribute */
enum query_side {
	ANY_SIDE,
	INITIATOR,
	ACCEPTOR,
};

/**
 * struct query_call - a query under way
 * @ctx: context, locked
 * @facts: what is known of it
 * @local_time: times are wanted in local time
 */
struct query_call {
	const struct credssp_context *ctx;
	struct cssp_context_facts facts;
	bool local_time;
};

/**
 * struct query_row - an attribute
 * @attribute: SECPKG_ATTR_*
 * @tls: only contexts of a package with TLS have it
 * @side: which side has it
 * @since: when it becomes available
 * @secret: only for privileged openers and in-kernel callers
 * @first: bytes that the structure had when it was first defined, if it has grown since. A
 *	caller that knows no more of it gets what it has room for
 * @get: append its structure to @out, which is empty
 */
struct query_row {
	u32 attribute;
	bool tls;
	enum query_side side;
	enum query_since since;
	bool secret;
	u32 first;
	int (*get)(const struct query_call *q, struct cssp_vbuf *out);
};

static int query_get_report(const struct query_call *q, struct cssp_vbuf *out)
{
	return cssp_vbuf_append(out, q->facts.report, sizeof(*q->facts.report));
}

static int query_get_cert(const struct query_call *q, struct cssp_vbuf *out)
{
	if (!q->facts.cert.left)
		return CSSP_E_HANDLE;
	return cssp_vbuf_append(out, q->facts.cert.p, q->facts.cert.left);
}

static int query_get_trace(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_trace trace = {};
	int ret;

	ret = cssp_vbuf_append(out, &trace, sizeof(trace));
	if (ret)
		return ret;
	ret = cssp_vbuf_append_string(out, &q->facts.trace, &trace.text_offset,
				      &trace.text_length);
	if (ret)
		return ret;
	memcpy(out->data, &trace, sizeof(trace));
	return 0;
}

static int query_get_issuers(const struct query_call *q, struct cssp_vbuf *out)
{
	return cssp_context_issuers(q->ctx, out);
}

static int query_get_stream_sizes(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_stream_sizes sizes;

	return cssp_context_stream_sizes_locked(q->ctx, &sizes) ?:
	       cssp_vbuf_append(out, &sizes, sizeof(sizes));
}

static int query_get_sizes(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_sizes sizes;

	cssp_context_sizes_locked(q->ctx, &sizes);
	return cssp_vbuf_append(out, &sizes, sizeof(sizes));
}

/* The structure is appended first to keep its place, and filled in at the end. */
static int query_get_names(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_names names = {};
	int ret;

	ret = cssp_vbuf_append(out, &names, sizeof(names));
	if (ret)
		return ret;
	ret = cssp_vbuf_append_string(out, &q->facts.user, &names.user_offset,
				      &names.user_length);
	if (ret)
		return ret;
	memcpy(out->data, &names, sizeof(names));
	return 0;
}

static int query_get_native_names(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_native_names names = {};
	int ret;

	ret = cssp_vbuf_append(out, &names, sizeof(names));
	if (ret)
		return ret;
	ret = cssp_vbuf_append_string(out, &q->facts.user, &names.client_offset,
				      &names.client_length);
	if (ret)
		return ret;
	ret = cssp_vbuf_append_string(out, &q->facts.target, &names.server_offset,
				      &names.server_length);
	if (ret)
		return ret;
	memcpy(out->data, &names, sizeof(names));
	return 0;
}

static int query_get_lifespan(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_lifespan span = {
		.start = q->facts.since,
		.expiry = q->facts.expiry,
	};

	if (q->local_time) {
		span.start = cssp_filetime_local(span.start);
		span.expiry = cssp_filetime_local(span.expiry);
	}
	return cssp_vbuf_append(out, &span, sizeof(span));
}

static int query_get_session_key(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_session_key key = {
		.key_offset = sizeof(key),
		.key_length = q->facts.session_key.left,
	};

	return cssp_vbuf_append(out, &key, sizeof(key)) ?:
	       cssp_vbuf_append(out, q->facts.session_key.p, q->facts.session_key.left);
}

static int query_get_package_info(const struct query_call *q, struct cssp_vbuf *out)
{
	return cssp_package_info_one(cssp_context_package(q->ctx), out);
}

static int query_get_flags(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_flags flags = { .flags = q->facts.attributes };

	return cssp_vbuf_append(out, &flags, sizeof(flags));
}

/* Windows' ALG_IDs of the algorithms that a suite names; 0 where Windows has none. */
static const struct {
	const char *name;
	u32 bits;
	u32 alg;
} query_algorithms[] = {
	{ "AES",	128,	CREDSSP_ALG_AES_128 },
	{ "AES",	256,	CREDSSP_ALG_AES_256 },
	{ "SHA256",	256,	CREDSSP_ALG_SHA_256 },
	{ "SHA384",	384,	CREDSSP_ALG_SHA_384 },
	{ "RSA",	0,	CREDSSP_ALG_RSA_KEYX },
	{ "DHE",	0,	CREDSSP_ALG_DH_EPHEM },
	{ "ECDHE",	0,	CREDSSP_ALG_ECDH_EPHEM },
};

static u32 query_algorithm(const char *name, u32 bits)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(query_algorithms); i++)
		if (query_algorithms[i].bits == bits && !strcmp(query_algorithms[i].name, name))
			return query_algorithms[i].alg;
	return 0;
}

static u32 query_protocol(const struct query_call *q)
{
	static const u32 protocols[2][2] = {
		{ CREDSSP_PROTOCOL_TLS1_2_CLIENT, CREDSSP_PROTOCOL_TLS1_3_CLIENT },
		{ CREDSSP_PROTOCOL_TLS1_2_SERVER, CREDSSP_PROTOCOL_TLS1_3_SERVER },
	};

	return protocols[cssp_context_is_acceptor(q->ctx)]
			[q->facts.report->tls_version == TLS_1_3_VERSION];
}

static int query_get_connection_info(const struct query_call *q, struct cssp_vbuf *out)
{
	const struct credssp_report *report = q->facts.report;
	const struct cssp_tls_suite *s = cssp_tls_suite_find(report->tls_cipher);
	struct credssp_connection_info info;

	if (!s)
		return CSSP_E_HANDLE;
	info = (struct credssp_connection_info){
		.protocol = query_protocol(q),
		.cipher = query_algorithm(s->cipher->name, s->cipher->bits),
		.cipher_strength = s->cipher->bits,
		.hash = query_algorithm(s->hash, s->hash_bits),
		.hash_strength = s->hash_bits,
		.exchange = query_algorithm(s->exchange, 0),
	};
	return cssp_vbuf_append(out, &info, sizeof(info));
}

static int query_get_cipher_info(const struct query_call *q, struct cssp_vbuf *out)
{
	const struct credssp_report *report = q->facts.report;
	const struct cssp_tls_suite *s = cssp_tls_suite_find(report->tls_cipher);
	struct credssp_cipher_info info;

	if (!s)
		return CSSP_E_HANDLE;
	info = (struct credssp_cipher_info){
		.version = CREDSSP_CIPHER_INFO_V1,
		.protocol = report->tls_version,
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
	return cssp_vbuf_append(out, &info, sizeof(info));
}

/* Windows' bit for each CREDSSP_TRUST_* bit; Windows' bits do not judge the name. */
static const struct {
	u32 ours;
	u32 theirs;
} query_trust_bits[] = {
	{ CREDSSP_TRUST_UNTRUSTED_ROOT,	CREDSSP_CERT_TRUST_IS_UNTRUSTED_ROOT },
	{ CREDSSP_TRUST_EXPIRED,	CREDSSP_CERT_TRUST_IS_NOT_TIME_VALID },
	{ CREDSSP_TRUST_NOT_YET_VALID,	CREDSSP_CERT_TRUST_IS_NOT_TIME_VALID },
	{ CREDSSP_TRUST_REVOKED,	CREDSSP_CERT_TRUST_IS_REVOKED },
	{ CREDSSP_TRUST_WEAK,		CREDSSP_CERT_TRUST_HAS_WEAK_SIGNATURE },
	{ CREDSSP_TRUST_INVALID,	CREDSSP_CERT_TRUST_IS_NOT_SIGNATURE_VALID },
};

static int query_get_trust(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_cert_trust_status status = { .trust = q->facts.report->trust };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(query_trust_bits); i++)
		if (status.trust & query_trust_bits[i].ours)
			status.error_status |= query_trust_bits[i].theirs;
	return cssp_vbuf_append(out, &status, sizeof(status));
}

static int query_get_server_auth(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_server_auth_flags flags = {};

	if (!q->facts.report->trust || q->facts.report->facts & CREDSSP_FACT_PINNED)
		flags.flags |= CREDSSP_SERVER_AUTH_CERTIFICATE;
	if (q->facts.report->facts & CREDSSP_FACT_KERBEROS_PROVEN)
		flags.flags |= CREDSSP_SERVER_AUTH_NEGOTIATED;
	return cssp_vbuf_append(out, &flags, sizeof(flags));
}

/* SPNEGO negotiates until the exchange ends; a raw mechanism is not negotiated. */
static u32 query_negotiation_state(const struct query_call *q)
{
	if (q->facts.report->mech != CREDSSP_MECH_NEGOTIATE)
		return SECPKG_NEGOTIATION_DIRECT;
	return q->facts.report->leg == CREDSSP_LEG_ESTABLISHED ?
	       SECPKG_NEGOTIATION_COMPLETE : SECPKG_NEGOTIATION_IN_PROGRESS;
}

static int query_get_negotiation(const struct query_call *q, struct cssp_vbuf *out)
{
	struct credssp_negotiation_info info = { .state = query_negotiation_state(q) };
	int ret;

	ret = cssp_vbuf_append(out, &info, sizeof(info));
	if (ret)
		return ret;
	ret = cssp_package_info_fill(cssp_context_mech_package(q->ctx), out, &info.package);
	if (ret)
		return ret;
	memcpy(out->data, &info, sizeof(info));
	return 0;
}

static int query_get_verdict(const struct query_call *q, struct cssp_vbuf *out)
{
	return cssp_verdict_write(q->facts.verdict, out);
}

static int query_get_delegated(const struct query_call *q, struct cssp_vbuf *out)
{
	return cssp_delegated_write(q->facts.delegated, out);
}

static const struct query_row query_rows[] = {
	{ SECPKG_ATTR_CREDSSP_REPORT, false, ANY_SIDE, AT_ANY_TIME, false,
	  offsetofend(struct credssp_report, cert_sha256), query_get_report },
	{ SECPKG_ATTR_CREDSSP_TRACE, false, ANY_SIDE, AT_ANY_TIME, false, 0, query_get_trace },
	{ SECPKG_ATTR_REMOTE_CERT_CONTEXT, true, INITIATOR, AT_ANY_TIME, false, 0, query_get_cert },
	{ SECPKG_ATTR_ISSUER_LIST_EX, true, INITIATOR, SINCE_BEGUN, false, 0, query_get_issuers },
	{ SECPKG_ATTR_SIZES, false, ANY_SIDE, SINCE_ESTABLISHED, false, 0, query_get_sizes },
	/* available whenever EncryptMessage is, which the context itself checks */
	{ SECPKG_ATTR_STREAM_SIZES, true, ANY_SIDE, AT_ANY_TIME, false, 0, query_get_stream_sizes },
	{ SECPKG_ATTR_NAMES, false, ANY_SIDE, SINCE_NAMED, false, 0, query_get_names },
	{ SECPKG_ATTR_NATIVE_NAMES, false, ANY_SIDE, SINCE_NAMED, false, 0,
	  query_get_native_names },
	{ SECPKG_ATTR_LIFESPAN, false, ANY_SIDE, SINCE_ESTABLISHED, false, 0, query_get_lifespan },
	{ SECPKG_ATTR_SESSION_KEY, false, ANY_SIDE, SINCE_ESTABLISHED, true, 0,
	  query_get_session_key },
	{ SECPKG_ATTR_PACKAGE_INFO, false, ANY_SIDE, SINCE_BEGUN, false, 0,
	  query_get_package_info },
	{ SECPKG_ATTR_NEGOTIATION_INFO, false, ANY_SIDE, SINCE_BEGUN, false, 0,
	  query_get_negotiation },
	{ SECPKG_ATTR_FLAGS, false, ANY_SIDE, SINCE_BEGUN, false, 0, query_get_flags },
	{ SECPKG_ATTR_CONNECTION_INFO, true, ANY_SIDE, SINCE_HANDSHAKE, false, 0,
	  query_get_connection_info },
	{ SECPKG_ATTR_CIPHER_INFO, true, ANY_SIDE, SINCE_HANDSHAKE, false, 0,
	  query_get_cipher_info },
	{ SECPKG_ATTR_CERT_TRUST_STATUS, true, INITIATOR, SINCE_HANDSHAKE, false, 0,
	  query_get_trust },
	{ SECPKG_ATTR_SERVER_AUTH_FLAGS, true, INITIATOR, SINCE_ESTABLISHED, false, 0,
	  query_get_server_auth },
	{ SECPKG_ATTR_CREDSSP_VERDICT, false, ACCEPTOR, AT_ANY_TIME, false, 0, query_get_verdict },
	{ SECPKG_ATTR_CREDSSP_DELEGATED, true, ACCEPTOR, SINCE_ESTABLISHED, true, 0,
	  query_get_delegated },
};

static const struct query_row *query_find_row(u32 attribute)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(query_rows); i++)
		if (query_rows[i].attribute == attribute)
			return &query_rows[i];
	return NULL;
}

static bool query_is_available(const struct query_call *q, enum query_since since)
{
	const struct cssp_context_facts *facts = &q->facts;

	if (since == SINCE_NAMED)
		since = cssp_context_is_acceptor(q->ctx) ? SINCE_ESTABLISHED : SINCE_BEGUN;
	switch (since) {
	case AT_ANY_TIME:
		return true;
	case SINCE_NAMED:
	case SINCE_BEGUN:
		return facts->state != CSSP_CONTEXT_NEW && facts->state != CSSP_CONTEXT_DEAD;
	case SINCE_HANDSHAKE:
		return facts->report->facts & CREDSSP_FACT_TLS &&
		       facts->state != CSSP_CONTEXT_DEAD;
	case SINCE_ESTABLISHED:
		return facts->state == CSSP_CONTEXT_ESTABLISHED ||
		       facts->state == CSSP_CONTEXT_EXPORTED;
	}
	return false;
}

static bool query_has_side(const struct credssp_context *ctx, enum query_side side)
{
	return side == ANY_SIDE || (side == ACCEPTOR) == cssp_context_is_acceptor(ctx);
}

int cssp_query(struct credssp_context *ctx, const struct cssp_query *query,
	       struct cssp_vbuf *out)
{
	const struct cssp_package *package = cssp_package(cssp_context_package(ctx));
	const struct query_row *row = query_find_row(query->attribute);
	struct query_call q = { .ctx = ctx, .local_time = query->local_time };
	int ret;

	if (!row || (row->tls && !package->tls) || (row->secret && !query->privileged))
		return CSSP_E_UNSUPPORTED;
	if (!query_has_side(ctx, row->side))
		return CSSP_E_UNSUPPORTED;
	ret = cssp_context_lock(ctx);
	if (ret)
		return ret;
	cssp_context_look_up_facts(ctx, &q.facts);
	ret = query_is_available(&q, row->since) ? row->get(&q, out) : CSSP_E_HANDLE;
	cssp_context_unlock(ctx);
	if (!ret && row->first && query->room >= row->first)
		out->len = min_t(size_t, out->len, query->room);
	return ret;
}
