// SPDX-License-Identifier: GPL-2.0-only
/* The digest of channel bindings, RFC 4121 4.1.1.2 and MS-NLMP 2.2.2.1. */
#include "bindings.h"

#include <linux/kernel.h>

#include "../base/status.h"
#include "../crypto/hash.h"

/*
 * gss_channel_bindings_struct as it is digested: a type and a length before each address,
 * a length before the application's data, all of them little-endian.
 */
struct bindings_head {
	__le32 type;
	__le32 length;
};

/* The @length bytes at @offset of the buffer, behind the structure at its start */
static int bindings_part(const struct cssp_rd *packed, __le32 offset, __le32 length,
			 struct cssp_rd *part)
{
	u32 at = le32_to_cpu(offset), n = le32_to_cpu(length);

	*part = (struct cssp_rd){};
	if (!n)
		return 0;
	if (at < sizeof(struct credssp_channel_bindings))
		return CSSP_E_PARAMETER;
	return cssp_rd_at(packed, at, n, part) ? CSSP_E_PARAMETER : 0;
}

static int bindings_hash(const struct credssp_channel_bindings *head,
			 const struct cssp_rd values[3], u8 digest[CSSP_BINDINGS_SIZE])
{
	const struct bindings_head initiator = { head->initiator_type, head->initiator_length };
	const struct bindings_head acceptor = { head->acceptor_type, head->acceptor_length };
	const struct cssp_rd parts[] = {
		cssp_rd_of(&initiator, sizeof(initiator)), values[0],
		cssp_rd_of(&acceptor, sizeof(acceptor)), values[1],
		cssp_rd_of(&head->application_length, sizeof(head->application_length)),
		values[2],
	};
	struct crypto_shash *md5;
	int ret;

	ret = cssp_hash_shared(&md5, CSSP_MD5);
	return ret ?: cssp_hash(md5, parts, ARRAY_SIZE(parts), digest);
}

static_assert(CSSP_BINDINGS_SIZE == MD5_DIGEST_SIZE);

int cssp_bindings_digest(const struct cssp_rd *packed, u8 digest[CSSP_BINDINGS_SIZE])
{
	struct credssp_channel_bindings head;
	struct cssp_rd rd = *packed, values[3];
	int ret;

	memset(digest, 0, CSSP_BINDINGS_SIZE);
	if (packed->left > CREDSSP_MAX_BINDINGS || cssp_rd_copy(&rd, &head, sizeof(head)))
		return CSSP_E_PARAMETER;
	ret = bindings_part(packed, head.initiator_offset, head.initiator_length, &values[0]);
	if (ret)
		return ret;
	ret = bindings_part(packed, head.acceptor_offset, head.acceptor_length, &values[1]);
	if (ret)
		return ret;
	ret = bindings_part(packed, head.application_offset, head.application_length,
			    &values[2]);
	if (ret)
		return ret;
	return bindings_hash(&head, values, digest);
}
