/* SPDX-License-Identifier: GPL-2.0-only */
/* TSRequest, MS-CSSP 2.2.1 */
#ifndef CSSP_WIRE_TS_REQUEST_H
#define CSSP_WIRE_TS_REQUEST_H

#include "../base/buf.h"

#define CSSP_NONCE_SIZE		32	/* clientNonce, MS-CSSP 2.2.1 */

/* From this version on pubKeyAuth is a hash with the client's nonce (CVE-2018-0886). */
#define CSSP_TS_HASH_VERSION	5

/* Optional fields that are present */
#define CSSP_TS_NEGO_TOKEN	0x1
#define CSSP_TS_AUTH_INFO	0x2
#define CSSP_TS_PUB_KEY_AUTH	0x4
#define CSSP_TS_ERROR_CODE	0x8
#define CSSP_TS_CLIENT_NONCE	0x10

/**
 * struct cssp_ts_request - one TSRequest; the views are borrowed
 * @version: as sent
 * @present: CSSP_TS_* of the optional fields
 * @nego_token: the first element of negoTokens
 * @auth_info, @pub_key_auth: sealed
 * @client_nonce: exactly CSSP_NONCE_SIZE bytes when present
 * @error_code: NTSTATUS
 */
struct cssp_ts_request {
	u32 version;
	u32 present;
	struct cssp_rd nego_token;
	struct cssp_rd auth_info;
	struct cssp_rd pub_key_auth;
	struct cssp_rd client_nonce;
	u32 error_code;
};

/* @rd: exactly one message. 0 or -EBADMSG. */
int __must_check cssp_ts_request_decode(const struct cssp_rd *rd,
					struct cssp_ts_request *req);
/* Size of the encoding of @req in bytes. */
size_t cssp_ts_request_size(const struct cssp_ts_request *req);
/* Strict DER into @wr; overflow is latched there. */
void cssp_ts_request_encode(const struct cssp_ts_request *req, struct cssp_wr *wr);

/* Bytes of the shortest TSRequest, which has a version only (MS-CSSP 2.2.1). */
#define CSSP_TS_REQUEST_MIN	7

/**
 * cssp_ts_request_total() - length of the TSRequest that starts at @rd
 * @rd: its first bytes
 * @total: out: bytes of the whole message, header included
 *
 * Return: 0; -EAGAIN when more header bytes are needed; -EBADMSG when @rd starts
 * no TSRequest; -EMSGSIZE when it is longer than CREDSSP_MAX_TOKEN.
 */
int __must_check cssp_ts_request_total(const struct cssp_rd *rd, size_t *total);

#endif
