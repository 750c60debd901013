/* SPDX-License-Identifier: GPL-2.0-only */
/* Framing of TLS records, RFC 8446 5.1: headers only, except for HelloRequest. */
#ifndef CSSP_WIRE_TLS_RECORD_H
#define CSSP_WIRE_TLS_RECORD_H

#include "../base/buf.h"

#define CSSP_TLS_HEADER		5
#define CSSP_TLS_MAX_PLAIN	16384		/* RFC 8446 5.1 */
#define CSSP_TLS_MAX_SEALED	(16384 + 2048)	/* RFC 5246 6.2.3, the larger bound */

#define CSSP_TLS_CHANGE_CIPHER	20
#define CSSP_TLS_ALERT		21
#define CSSP_TLS_HANDSHAKE	22
#define CSSP_TLS_DATA		23

/**
 * cssp_tls_record_total() - length of the record that starts at @rd
 * @rd: wire bytes
 * @type: out: content type
 * @total: out: bytes of the whole record, header included
 *
 * Return: 0; -EAGAIN when the header is not complete (@total is 5 then);
 * -EBADMSG when type, version or length are not those of a TLS record.
 */
int __must_check cssp_tls_record_total(const struct cssp_rd *rd, u8 *type,
				       size_t *total);

/**
 * cssp_tls_records_split() - split the complete records off the front of @rd
 * @rd: wire bytes, advanced past the complete records
 * @whole: out: view of the complete records
 * @count: out: their number
 * @missing: out: bytes needed to complete the next record (to complete its header,
 *	if that is cut short), 0 when no bytes of it are there
 *
 * Return: 0 or -EBADMSG.
 */
int __must_check cssp_tls_records_split(struct cssp_rd *rd, struct cssp_rd *whole,
					unsigned int *count, size_t *missing);

/*
 * Tell whether @rd is exactly one HelloRequest in the clear (RFC 5246 7.4.1.1), by
 * which a server asks a client to start a handshake.
 */
bool cssp_tls_is_hello_request(const struct cssp_rd *rd);

#endif
