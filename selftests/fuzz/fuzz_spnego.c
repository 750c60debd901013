// SPDX-License-Identifier: GPL-2.0-only
/* SPNEGO: both tokens, the MechTypeList inside the first, and what is not SPNEGO. */
#include "fuzz.h"
#include "wire/spnego_msg.h"

static void check_mech_list(const struct cssp_rd *rd, const struct cssp_rd *mech_list)
{
	struct cssp_rd mechs, oid, name;
	unsigned int count = 0;

	HOLDS(fuzz_inside(mech_list, rd));
	HOLDS(!cssp_spnego_mech_list_open(mech_list, &mechs));
	while (mechs.left) {
		HOLDS(!cssp_spnego_mech_next(&mechs, &oid));
		name = cssp_spnego_oid(cssp_spnego_mech_of(&oid));
		HOLDS(!name.left || fuzz_same(&name, &oid));
		count++;
	}
	HOLDS(count && count <= CSSP_SPNEGO_MAX_MECHS);
}

static void check_init(const struct cssp_rd *rd)
{
	struct cssp_spnego_init init, init2;
	struct cssp_rd again;
	struct cssp_wr wr;

	if (cssp_spnego_init_decode(rd, &init))
		return;
	check_mech_list(rd, &init.mech_list);
	wr = fuzz_room(cssp_spnego_init_size(&init));
	cssp_spnego_init_encode(&init, &wr);
	again = fuzz_written(&wr);
	HOLDS(!cssp_spnego_init_decode(&again, &init2));
	/* Only servers send hints, so they are never encoded. */
	HOLDS(init2.present == (init.present & ~CSSP_SPNEGO_HAS_HINT));
	HOLDS(fuzz_same(&init.mech_list, &init2.mech_list));
	HOLDS(fuzz_same(&init.token, &init2.token));
	HOLDS(fuzz_same(&init.mic, &init2.mic));
	free(wr.buf);
}

static void check_resp(const struct cssp_rd *rd)
{
	struct cssp_spnego_resp resp, resp2;
	struct cssp_rd again;
	struct cssp_wr wr;

	if (cssp_spnego_resp_decode(rd, &resp))
		return;
	HOLDS(resp.state <= CSSP_SPNEGO_REQUEST_MIC);
	wr = fuzz_room(cssp_spnego_resp_size(&resp));
	cssp_spnego_resp_encode(&resp, &wr);
	again = fuzz_written(&wr);
	HOLDS(again.left <= rd->left);
	HOLDS(!cssp_spnego_resp_decode(&again, &resp2));
	HOLDS(resp.present == resp2.present && resp.state == resp2.state);
	HOLDS(fuzz_same(&resp.mech, &resp2.mech));
	HOLDS(fuzz_same(&resp.token, &resp2.token));
	HOLDS(fuzz_same(&resp.mic, &resp2.mic));
	free(wr.buf);
}

/* What an acceptor takes for a mechanism's bare token is no token of SPNEGO. */
static void check_bare(const struct cssp_rd *rd)
{
	struct cssp_spnego_init init;
	struct cssp_spnego_resp resp;

	if (cssp_spnego_bare_mech(rd) == CSSP_SPNEGO_UNKNOWN)
		return;
	HOLDS(cssp_spnego_init_decode(rd, &init));
	HOLDS(cssp_spnego_resp_decode(rd, &resp));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size);

	check_init(&rd);
	check_resp(&rd);
	check_bare(&rd);
	return 0;
}
