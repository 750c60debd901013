// SPDX-License-Identifier: GPL-2.0-only
/* TSRequest: decoding, encoding and decoding again gives the same values. */
#include "fuzz.h"
#include <uapi/linux/credssp.h>
#include "wire/ts_request.h"

static void check_total(const struct cssp_rd *rd, bool decoded)
{
	size_t total;
	int ret;

	ret = cssp_ts_request_total(rd, &total);
	HOLDS(!ret || ret == -EAGAIN || ret == -EBADMSG || ret == -EMSGSIZE);
	if (!ret)
		HOLDS(total <= CREDSSP_MAX_TOKEN);
	if (decoded && rd->left <= CREDSSP_MAX_TOKEN)
		HOLDS(!ret && total == rd->left);
}

static void check_same(const struct cssp_ts_request *a, const struct cssp_ts_request *b)
{
	HOLDS(a->version == b->version);
	HOLDS(a->present == b->present);
	HOLDS(a->error_code == b->error_code);
	HOLDS(fuzz_same(&a->nego_token, &b->nego_token));
	HOLDS(fuzz_same(&a->auth_info, &b->auth_info));
	HOLDS(fuzz_same(&a->pub_key_auth, &b->pub_key_auth));
	HOLDS(fuzz_same(&a->client_nonce, &b->client_nonce));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size), again;
	struct cssp_ts_request req, req2;
	struct cssp_wr wr;
	bool ok;

	ok = !cssp_ts_request_decode(&rd, &req);
	check_total(&rd, ok);
	if (!ok)
		return 0;
	if (req.present & CSSP_TS_CLIENT_NONCE)
		HOLDS(req.client_nonce.left == CSSP_NONCE_SIZE);
	wr = fuzz_room(cssp_ts_request_size(&req));
	cssp_ts_request_encode(&req, &wr);
	again = fuzz_written(&wr);
	HOLDS(!cssp_ts_request_decode(&again, &req2));
	check_same(&req, &req2);
	free(wr.buf);
	return 0;
}
