// SPDX-License-Identifier: GPL-2.0-only
/* Framing of TLS records. */
#include "tls_record.h"

#include <linux/kernel.h>

#define LEGACY_MAJOR	3	/* every version since SSL 3.0, RFC 8446 5.1 */

int cssp_tls_record_total(const struct cssp_rd *rd, u8 *type, size_t *total)
{
	struct cssp_rd at = *rd;
	u8 major, minor;
	u16 len;

	*total = CSSP_TLS_HEADER;
	if (cssp_rd_u8(&at, type))
		return -EAGAIN;
	if (*type < CSSP_TLS_CHANGE_CIPHER || *type > CSSP_TLS_DATA)
		return -EBADMSG;
	if (cssp_rd_u8(&at, &major))
		return -EAGAIN;
	if (major != LEGACY_MAJOR)
		return -EBADMSG;
	if (cssp_rd_u8(&at, &minor) || cssp_rd_be16(&at, &len))
		return -EAGAIN;
	/* A sealed record has at least its tag, and an empty handshake record is illegal. */
	if (!len || len > CSSP_TLS_MAX_SEALED)
		return -EBADMSG;
	*total += len;
	return 0;
}

int cssp_tls_records_split(struct cssp_rd *rd, struct cssp_rd *whole,
			   unsigned int *count, size_t *missing)
{
	struct cssp_rd start = *rd, at = *rd;
	unsigned int n = 0;
	size_t total;
	u8 type;
	int ret;

	*missing = 0;
	while (at.left) {
		ret = cssp_tls_record_total(&at, &type, &total);
		if (ret == -EBADMSG)
			return ret;
		if (total > at.left) {
			*missing = total - at.left;
			break;
		}
		ret = cssp_rd_skip(&at, total);
		if (ret)
			return ret;
		n++;
	}
	*count = n;
	ret = cssp_rd_sub(&start, start.left - at.left, whole);
	if (ret)
		return ret;
	*rd = at;
	return 0;
}

bool cssp_tls_is_hello_request(const struct cssp_rd *rd)
{
	static const u8 message[] = { 0 /* hello_request */, 0, 0, 0 /* no body */ };
	struct cssp_rd body = *rd;
	size_t total;
	u8 type;

	if (cssp_tls_record_total(rd, &type, &total) || type != CSSP_TLS_HANDSHAKE ||
	    total != rd->left || cssp_rd_skip(&body, CSSP_TLS_HEADER))
		return false;
	return cssp_rd_equal(&body, message, sizeof(message));
}
