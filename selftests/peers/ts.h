/* SPDX-License-Identifier: GPL-2.0-only */
/* TSRequest and TSCredentials, MS-CSSP 2.2.1, for an acceptor. */
#ifndef PEER_TS_H
#define PEER_TS_H

#include "bytes.h"

#define TS_TOKEN	0x01
#define TS_AUTH_INFO	0x02
#define TS_PUB_KEY	0x04
#define TS_ERROR	0x08
#define TS_NONCE	0x10

struct ts_request {
	int64_t version;
	unsigned int present;
	struct span token;
	struct span auth_info;
	struct span pub_key;
	uint32_t error;
	struct span nonce;
};

/* Forms of a TSRequest: the right one, variants and faults. */
enum ts_form {
	TS_FORM_PLAIN,
	TS_FORM_NON_MINIMAL,	/* every length in two octets, which BER allows */
	TS_FORM_LONG_INTEGER,	/* a redundant leading zero in version */
	TS_FORM_ERROR_POSITIVE,	/* errorCode as a positive number of five octets */
	TS_FORM_TWO_TOKENS,	/* a second element in negoTokens */
	TS_FORM_HUGE,		/* announces 2 GiB */
	TS_FORM_OVER_LIMIT,	/* announces 70,000 bytes and sends them */
	TS_FORM_INDEFINITE,
	TS_FORM_TRAILING,	/* bytes after the last field, inside */
	TS_FORM_AFTER,		/* bytes after the message, in the same record */
	TS_FORM_DUPLICATE,	/* version twice */
	TS_FORM_UNORDERED,	/* version last */
	TS_FORM_UNKNOWN,	/* a field [6] */
	TS_FORM_NO_VERSION,
	TS_FORM_TAG,		/* SET instead of SEQUENCE */
	TS_FORM_INNER_LENGTH,	/* a field longer than the element around it */
	TS_FORM_AUTH_INFO,	/* an authInfo, which only clients send */
	TS_FORM_EMPTY_TOKEN,
	TS_FORM_NEGATIVE_VERSION,
};

bool ts_decode(struct span msg, struct ts_request *req);
void ts_encode(const struct ts_request *req, enum ts_form form, struct bytes *out);

struct ts_password {
	struct span domain;
	struct span user;
	struct span password;
};

/* TSCredentials with TSPasswordCreds, nothing else. */
bool ts_credentials_decode(struct span msg, struct ts_password *creds);

#endif
