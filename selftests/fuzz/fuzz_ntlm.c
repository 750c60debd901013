// SPDX-License-Identifier: GPL-2.0-only
/* NTLM: the three messages, and the NTLMv2 response inside AUTHENTICATE. */
#include "fuzz.h"
#include "wire/ntlm_msg.h"

static void check_negotiate(const struct cssp_rd *rd)
{
	struct cssp_ntlm_negotiate msg, msg2;
	struct cssp_rd again;
	struct cssp_wr wr;

	if (cssp_ntlm_negotiate_decode(rd, &msg))
		return;
	HOLDS(fuzz_inside(&msg.domain, rd) && fuzz_inside(&msg.workstation, rd));
	wr = fuzz_room(cssp_ntlm_negotiate_size(&msg));
	cssp_ntlm_negotiate_encode(&msg, &wr);
	again = fuzz_written(&wr);
	HOLDS(!cssp_ntlm_negotiate_decode(&again, &msg2));
	HOLDS(msg.flags == msg2.flags);
	HOLDS(fuzz_same(&msg.domain, &msg2.domain));
	HOLDS(fuzz_same(&msg.workstation, &msg2.workstation));
	HOLDS(!memcmp(msg.version, msg2.version, sizeof(msg.version)));
	free(wr.buf);
}

/* From any list of a server, the client's list is well-formed and has its own pairs. */
static void check_client_av(const struct cssp_rd *server)
{
	static const u8 digest[CSSP_NTLM_BINDINGS_SIZE] = { 0xcb };
	static const u8 spn[] = { 'S', 0, '/', 0, 'h', 0 };
	struct cssp_rd name = cssp_rd_of(spn, sizeof(spn)), list;
	struct cssp_ntlm_av av;
	struct cssp_wr wr;

	wr = fuzz_room(cssp_ntlm_client_av_size(server, &name));
	if (!cssp_ntlm_client_av_write(server, CSSP_NTLM_AVF_MIC, digest, &name, &wr)) {
		HOLDS(!cssp_wr_done(&wr));
		list = cssp_rd_of(wr.buf, wr.len);
		HOLDS(!cssp_ntlm_av_parse(&list, &av));
		HOLDS(!list.left);
		HOLDS(av.flags & CSSP_NTLM_AVF_MIC);
		HOLDS(fuzz_same(&av.target_name, &name));
		HOLDS(cssp_rd_equal(&av.bindings, digest, sizeof(digest)));
	}
	free(wr.buf);
}

static void check_challenge(const struct cssp_rd *rd)
{
	struct cssp_ntlm_challenge msg, msg2;
	struct cssp_rd again;
	struct cssp_wr wr;

	if (cssp_ntlm_challenge_decode(rd, &msg))
		return;
	HOLDS(fuzz_inside(&msg.target_name, rd) && fuzz_inside(&msg.target_info, rd));
	HOLDS(!msg.target_info.left == !(msg.flags & CSSP_NTLM_TARGET_INFO));
	check_client_av(&msg.target_info);
	wr = fuzz_room(cssp_ntlm_challenge_size(&msg));
	cssp_ntlm_challenge_encode(&msg, &wr);
	again = fuzz_written(&wr);
	HOLDS(!cssp_ntlm_challenge_decode(&again, &msg2));
	HOLDS(msg.flags == msg2.flags);
	HOLDS(fuzz_same(&msg.target_name, &msg2.target_name));
	HOLDS(fuzz_same(&msg.target_info, &msg2.target_info));
	HOLDS(!memcmp(msg.server_challenge, msg2.server_challenge,
		      sizeof(msg.server_challenge)));
	free(wr.buf);
}

static void check_v2(const struct cssp_rd *nt)
{
	struct cssp_rd whole, again;
	struct cssp_ntlm_v2 v2, v22;
	struct cssp_wr wr;

	if (cssp_ntlm_v2_decode(nt, &v2))
		return;
	HOLDS(fuzz_inside(&v2.temp, nt) && fuzz_inside(&v2.av, &v2.temp));
	wr = fuzz_room(CSSP_NTLM_PROOF_SIZE + cssp_ntlm_temp_size(&v2));
	cssp_wr_rd(&wr, &v2.proof);
	cssp_ntlm_temp_encode(&v2, &wr);
	whole = fuzz_written(&wr);
	again = whole;
	HOLDS(!cssp_ntlm_v2_decode(&again, &v22));
	HOLDS(v2.time == v22.time && fuzz_same(&v2.av, &v22.av));
	HOLDS(!memcmp(v2.client_challenge, v22.client_challenge,
		      sizeof(v2.client_challenge)));
	free(wr.buf);
}

static void check_authenticate(const struct cssp_rd *rd)
{
	struct cssp_ntlm_authenticate msg, msg2;
	struct cssp_rd again;
	struct cssp_wr wr;

	if (cssp_ntlm_authenticate_decode(rd, &msg))
		return;
	HOLDS(!msg.mic.left || msg.mic.p == rd->p + CSSP_NTLM_MIC_OFFSET);
	check_v2(&msg.nt);
	wr = fuzz_room(cssp_ntlm_authenticate_size(&msg));
	cssp_ntlm_authenticate_encode(&msg, &wr);
	again = fuzz_written(&wr);
	HOLDS(!cssp_ntlm_authenticate_decode(&again, &msg2));
	HOLDS(msg.flags == msg2.flags);
	HOLDS(fuzz_same(&msg.lm, &msg2.lm) && fuzz_same(&msg.nt, &msg2.nt));
	HOLDS(fuzz_same(&msg.domain, &msg2.domain) && fuzz_same(&msg.user, &msg2.user));
	HOLDS(fuzz_same(&msg.workstation, &msg2.workstation));
	HOLDS(fuzz_same(&msg.enc_key, &msg2.enc_key) && fuzz_same(&msg.mic, &msg2.mic));
	free(wr.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size);

	check_negotiate(&rd);
	check_challenge(&rd);
	check_authenticate(&rd);
	check_v2(&rd);
	check_client_av(&rd);
	return 0;
}
