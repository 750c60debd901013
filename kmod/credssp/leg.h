/* SPDX-License-Identifier: GPL-2.0-only */
/* What the legs of both CredSSP machines have in common, MS-CSSP 2.2.1 and 3.1.5 */
#ifndef CSSP_CREDSSP_LEG_H
#define CSSP_CREDSSP_LEG_H

#include "../base/vbuf.h"
#include "../wire/ts_request.h"
#include "binding.h"

/*
 * Most TSRequests from the peer in one exchange. SPNEGO with the longest mechanism needs
 * five; the rest is room for peers that split legs.
 */
#define CSSP_LEG_MAX		16

#define CSSP_STATUS_NOT_SUPPORTED	0xc00000bb	/* NTSTATUS, [MS-ERREF] 2.3.1 */

/* MS-RDPBCGR 2.2.10.2: Early User Authorization Result, 4 bytes, little-endian */
#define CSSP_EARLY_AUTH_SUCCESS	0x00000000
#define CSSP_EARLY_AUTH_DENIED	0x00000005
#define CSSP_EARLY_AUTH_SIZE	4

/* Append @req to @out. 0, -EMSGSIZE over CREDSSP_MAX_TOKEN, or -ENOMEM. */
int __must_check cssp_leg_append(const struct cssp_ts_request *req, struct cssp_vbuf *out);

/**
 * struct cssp_leg_versions - versions of an exchange
 * @own: this side's highest version
 * @min: lowest version accepted
 * @peer: the peer's, 0 before its first TSRequest
 * @effective: the lower one of both sides
 */
struct cssp_leg_versions {
	u32 own;
	u32 min;
	u32 peer;
	u32 effective;
};

/**
 * cssp_leg_version() - check the version of a TSRequest
 * @v: versions; @peer and @effective are set by the first one
 * @version: as received
 * @reason: out: enum credssp_reason of a failure
 *
 * Each side sends its highest version in every message; both use the lower one.
 *
 * Return: 0; -EPROTO for a version that no peer has or that changed midway;
 * -EPROTONOSUPPORT below @v->min, with @v set.
 */
int __must_check cssp_leg_version(struct cssp_leg_versions *v, u32 version, u32 *reason);

/**
 * struct cssp_leg_binding - what both proofs of pubKeyAuth are about
 * @version: effective version
 * @nonce: clientNonce; counts from CSSP_TS_HASH_VERSION on
 * @key: SubjectPublicKey of the server
 */
struct cssp_leg_binding {
	u32 version;
	struct cssp_rd nonce;
	struct cssp_rd key;
};

/*
 * The plaintext of a pubKeyAuth that goes in direction @dir, appended to @plain: a hash; below
 * CSSP_TS_HASH_VERSION the key, and back to the client with its first byte + 1.
 */
int __must_check cssp_leg_proof(const struct cssp_leg_binding *b, enum cssp_binding_dir dir,
				struct cssp_vbuf *plain);
/*
 * Is @plain that plaintext? In constant time for a given length. 0, -EKEYREJECTED when it is
 * not, or another errno.
 */
int __must_check cssp_leg_check_proof(const struct cssp_leg_binding *b,
				      enum cssp_binding_dir dir, const struct cssp_rd *plain);

#endif
