// SPDX-License-Identifier: GPL-2.0-only
/*
 * TSCredentials of all three kinds: views inside of the input, strings in UTF-16LE. Passwords
 * are encoded and decoded again, which gives the same values.
 */
#include "fuzz.h"
#include "wire/ts_credentials.h"
#include "wire/utf16.h"

static void check_string(const struct cssp_rd *string, const struct cssp_rd *whole)
{
	HOLDS(fuzz_inside(string, whole));
	HOLDS(!cssp_utf16_check(string));
}

static void check_password(const struct cssp_ts_password_creds *creds, const struct cssp_rd *rd)
{
	struct cssp_ts_credentials again;
	struct cssp_rd written;
	struct cssp_wr wr;

	check_string(&creds->domain, rd);
	check_string(&creds->user, rd);
	check_string(&creds->password, rd);
	wr = fuzz_room(cssp_ts_credentials_size(creds));
	cssp_ts_credentials_encode(creds, &wr);
	written = fuzz_written(&wr);
	/* Strict DER is never longer than what the lenient reader accepted. */
	HOLDS(written.left <= rd->left);
	HOLDS(!cssp_ts_credentials_decode(&written, &again));
	HOLDS(again.type == CSSP_TS_PASSWORD);
	HOLDS(fuzz_same(&creds->domain, &again.password.domain));
	HOLDS(fuzz_same(&creds->user, &again.password.user));
	HOLDS(fuzz_same(&creds->password, &again.password.password));
	free(wr.buf);
}

static void check_smartcard(const struct cssp_ts_smartcard_creds *creds,
			    const struct cssp_rd *rd)
{
	HOLDS(creds->key_spec <= 2);
	check_string(&creds->pin, rd);
	check_string(&creds->card, rd);
	check_string(&creds->reader, rd);
	check_string(&creds->container, rd);
	check_string(&creds->csp, rd);
	check_string(&creds->user_hint, rd);
	check_string(&creds->domain_hint, rd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size);
	struct cssp_ts_credentials creds;

	if (cssp_ts_credentials_decode(&rd, &creds))
		return 0;
	switch (creds.type) {
	case CSSP_TS_PASSWORD:
		check_password(&creds.password, &rd);
		break;
	case CSSP_TS_SMARTCARD:
		check_smartcard(&creds.smartcard, &rd);
		break;
	default:
		HOLDS(creds.type == CSSP_TS_REMOTE_GUARD);
		HOLDS(creds.remote_guard.left && fuzz_inside(&creds.remote_guard, &rd));
	}
	return 0;
}
