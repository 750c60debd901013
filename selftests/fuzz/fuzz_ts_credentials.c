// SPDX-License-Identifier: GPL-2.0-only
/* TSCredentials: decoding, encoding and decoding again gives the same values. */
#include "fuzz.h"
#include "wire/ts_credentials.h"
#include "wire/utf16.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size), again;
	struct cssp_ts_password_creds creds, creds2;
	struct cssp_wr wr;

	if (cssp_ts_credentials_decode(&rd, &creds))
		return 0;
	HOLDS(!cssp_utf16_check(&creds.domain));
	HOLDS(!cssp_utf16_check(&creds.user));
	HOLDS(!cssp_utf16_check(&creds.password));
	wr = fuzz_room(cssp_ts_credentials_size(&creds));
	cssp_ts_credentials_encode(&creds, &wr);
	again = fuzz_written(&wr);
	/* Strict DER is never longer than what the lenient reader accepted. */
	HOLDS(again.left <= rd.left);
	HOLDS(!cssp_ts_credentials_decode(&again, &creds2));
	HOLDS(fuzz_same(&creds.domain, &creds2.domain));
	HOLDS(fuzz_same(&creds.user, &creds2.user));
	HOLDS(fuzz_same(&creds.password, &creds2.password));
	free(wr.buf);
	return 0;
}
