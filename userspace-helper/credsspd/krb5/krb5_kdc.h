/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets between a Kerberos worker and the relay, which sends a worker's message to a KDC:
 * one packet out for each message, one packet in.
 */
#ifndef CREDSSPD_KRB5_KDC_H
#define CREDSSPD_KRB5_KDC_H

#include <stdint.h>

/* Bytes of a realm's name; DNS names are shorter. */
#define KRB5_KDC_REALM_MAX	255
/*
 * Bytes of a message to a KDC or from it. A user-to-user request has two tickets, of up to
 * 48 KB each in Windows (MaxTokenSize).
 */
#define KRB5_KDC_MESSAGE_MAX	(128 * 1024)

/*
 * Bytes of the relay's lines about a message, each with its end: a few KDCs, several times
 */
#define KRB5_KDC_TRACE_MAX	2048

/* The logon can do without: a realm whose KDCs did not answer lately is not tried again. */
#define KRB5_KDC_OPTIONAL	0x1

/**
 * struct krb5_kdc_request - from a worker; the realm and the message follow
 * @time_limit: milliseconds that the worker waits for the reply
 * @flags: KRB5_KDC_*
 * @realm_length: bytes of the realm's name, 1 to KRB5_KDC_REALM_MAX
 */
struct krb5_kdc_request {
	uint32_t time_limit;
	uint32_t flags;
	uint32_t realm_length;
};

/**
 * struct krb5_kdc_reply - to a worker; lines about what was done follow, and if @error is 0,
 *	then the KDC's message
 * @error: 0 or a positive errno.
 *	ENOENT: no KDC of the realm is known.
 *	EHOSTUNREACH: none has answered, or none but to say that it is not available.
 *	ETIMEDOUT: none has answered in time.
 *	EBUSY: too many messages are on their way.
 *	EINVAL: a malformed request, or not a realm's name.
 *	EIO: the relay's own trouble
 * @trace_length: bytes of the lines, at most KRB5_KDC_TRACE_MAX
 */
struct krb5_kdc_reply {
	uint32_t error;
	uint32_t trace_length;
};

#define KRB5_KDC_REQUEST_MAX \
	(sizeof(struct krb5_kdc_request) + KRB5_KDC_REALM_MAX + KRB5_KDC_MESSAGE_MAX)
#define KRB5_KDC_REPLY_MAX \
	(sizeof(struct krb5_kdc_reply) + KRB5_KDC_TRACE_MAX + KRB5_KDC_MESSAGE_MAX)

#endif
