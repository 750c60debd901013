/* SPDX-License-Identifier: GPL-2.0-only */
/* TSCredentials, MS-CSSP 2.2.1.2, with its three kinds of credentials */
#ifndef CSSP_WIRE_TS_CREDENTIALS_H
#define CSSP_WIRE_TS_CREDENTIALS_H

#include "../base/buf.h"

/* credType, MS-CSSP 2.2.1.2 */
#define CSSP_TS_PASSWORD	1
#define CSSP_TS_SMARTCARD	2
#define CSSP_TS_REMOTE_GUARD	6

/*
 * TSPasswordCreds: borrowed views, UTF-16LE without NUL. Three empty strings are the
 * empty credentials of a client that delegates none.
 */
struct cssp_ts_password_creds {
	struct cssp_rd domain;
	struct cssp_rd user;
	struct cssp_rd password;
};

/**
 * struct cssp_ts_smartcard_creds - TSSmartCardCreds with its TSCspDataDetail, 2.2.1.2.2
 * @key_spec: keySpec: 1 AT_KEYEXCHANGE, 2 AT_SIGNATURE, 0 with a key storage provider
 * @pin: in UTF-16LE as all strings here, which are empty where they are absent
 * @card, @reader, @container, @csp: cardName, readerName, containerName, cspName
 * @user_hint, @domain_hint: as sent
 */
struct cssp_ts_smartcard_creds {
	u32 key_spec;
	struct cssp_rd pin;
	struct cssp_rd card;
	struct cssp_rd reader;
	struct cssp_rd container;
	struct cssp_rd csp;
	struct cssp_rd user_hint;
	struct cssp_rd domain_hint;
};

/**
 * struct cssp_ts_credentials - one TSCredentials; the views are borrowed
 * @type: CSSP_TS_*
 * @password: PASSWORD
 * @smartcard: SMARTCARD
 * @remote_guard: REMOTE_GUARD: TSRemoteGuardCreds in DER, tag and length included. Its form is
 *	checked, the buffers of its packages are opaque
 */
struct cssp_ts_credentials {
	u32 type;
	union {
		struct cssp_ts_password_creds password;
		struct cssp_ts_smartcard_creds smartcard;
		struct cssp_rd remote_guard;
	};
};

/*
 * @rd: the whole message. 0; -EBADMSG when malformed; -EMSGSIZE for a string over
 * its limit; -EOPNOTSUPP for another credType.
 */
int __must_check cssp_ts_credentials_decode(const struct cssp_rd *rd,
					    struct cssp_ts_credentials *creds);
/* Size of the encoding of @creds in bytes. */
size_t cssp_ts_credentials_size(const struct cssp_ts_password_creds *creds);
/* Strict DER into @wr; overflow is latched there. */
void cssp_ts_credentials_encode(const struct cssp_ts_password_creds *creds,
				struct cssp_wr *wr);

#endif
