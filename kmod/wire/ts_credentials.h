/* SPDX-License-Identifier: GPL-2.0-only */
/* TSCredentials with TSPasswordCreds, MS-CSSP 2.2.1.2 and 2.2.1.2.1 */
#ifndef CSSP_WIRE_TS_CREDENTIALS_H
#define CSSP_WIRE_TS_CREDENTIALS_H

#include "../base/buf.h"

/*
 * TSPasswordCreds: borrowed views, UTF-16LE without NUL. Three empty strings are the
 * empty credentials of a client that delegates none.
 */
struct cssp_ts_password_creds {
	struct cssp_rd domain;
	struct cssp_rd user;
	struct cssp_rd password;
};

/*
 * @rd: the whole message. 0; -EBADMSG when malformed; -EMSGSIZE for a string over
 * its limit; -EOPNOTSUPP for a smart card or Remote Credential Guard.
 */
int __must_check cssp_ts_credentials_decode(const struct cssp_rd *rd,
					    struct cssp_ts_password_creds *creds);
/* Size of the encoding of @creds in bytes. */
size_t cssp_ts_credentials_size(const struct cssp_ts_password_creds *creds);
/* Strict DER into @wr; overflow is latched there. */
void cssp_ts_credentials_encode(const struct cssp_ts_password_creds *creds,
				struct cssp_wr *wr);

#endif
