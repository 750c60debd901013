// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CHALLENGE of an NTLM acceptor, MS-NLMP 2.2.1.2 and 3.2.5.1.1: as a current Windows
 * server answers, to initiators that ask for strong sessions only.
 */
#include "ntlm_challenge.h"

#include "../base/status.h"
#include "encode.h"
#include "ntlm_names.h"
#include "ntlm_session.h"

/* AvId and AvLen */
#define AV_HEADER	4

/**
 * struct challenge_target - who the acceptor says it is
 * @machine: names of this machine
 * @domain: NetBIOS name of the domain that has the accounts; @machine's without one
 * @type: CSSP_NTLM_TARGET_TYPE_*: whose name @domain is
 */
struct challenge_target {
	struct cssp_ntlm_machine machine;
	struct cssp_rd domain;
	u32 type;
};

static int challenge_set_target(struct challenge_target *t, const struct cssp_rd *domain,
				const char *host)
{
	int ret = cssp_ntlm_machine_init(&t->machine, host);

	t->domain = domain->left ? *domain : cssp_vbuf_rd(&t->machine.netbios);
	t->type = domain->left ? CSSP_NTLM_TARGET_TYPE_DOMAIN : CSSP_NTLM_TARGET_TYPE_SERVER;
	return ret;
}

/* In the order of Windows' servers. MS-NLMP 3.1.5.1.2 demands the first two and the time. */
static int challenge_write_info(const struct challenge_target *t, u64 time,
				struct cssp_vbuf *info)
{
	const __le64 filetime = cpu_to_le64(time);
	const struct {
		u16 id;
		struct cssp_rd value;
	} pairs[] = {
		{ CSSP_NTLM_AV_NB_DOMAIN, t->domain },
		{ CSSP_NTLM_AV_NB_COMPUTER, cssp_vbuf_rd(&t->machine.netbios) },
		{ CSSP_NTLM_AV_DNS_DOMAIN, cssp_vbuf_rd(&t->machine.dns_domain) },
		{ CSSP_NTLM_AV_DNS_COMPUTER, cssp_vbuf_rd(&t->machine.dns) },
		{ CSSP_NTLM_AV_TIMESTAMP, cssp_rd_of(&filetime, sizeof(filetime)) },
		{ CSSP_NTLM_AV_EOL, {} },
	};
	size_t room = 0;
	struct cssp_wr wr;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		room += AV_HEADER + pairs[i].value.left;
	ret = cssp_encode_begin(info, room, &wr);
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		cssp_ntlm_av_put(&wr, pairs[i].id, &pairs[i].value);
	return cssp_encode_end(info, &wr);
}

/*
 * MS-NLMP 3.2.5.1.1: what is asked for and spoken here; a name only if it is asked for.
 * VERSION is there in any case, as from Windows Server 2022: some initiators leave VERSION out
 * of AUTHENTICATE where CHALLENGE has none, and their MIC is then not where 2.2.1.3 has it.
 */
static u32 challenge_flags(u32 asked, u32 type)
{
	u32 flags = (asked & CSSP_NTLM_SPOKEN_FLAGS) | CSSP_NTLM_TARGET_INFO | CSSP_NTLM_VERSION;

	return asked & CSSP_NTLM_REQUEST_TARGET ? flags | type : flags;
}

static int challenge_write(u32 asked, const struct challenge_target *t,
			   const struct cssp_ntlm_nonce *nonce, const struct cssp_vbuf *info,
			   struct cssp_vbuf *token)
{
	struct cssp_ntlm_challenge msg = {
		.flags = challenge_flags(asked, t->type),
		.target_info = cssp_vbuf_rd(info),
	};
	struct cssp_wr wr;
	int ret;

	memcpy(msg.server_challenge, nonce->server_challenge, sizeof(msg.server_challenge));
	if (msg.flags & CSSP_NTLM_REQUEST_TARGET)
		msg.target_name = t->domain;
	memcpy(msg.version, cssp_ntlm_version, sizeof(msg.version));
	ret = cssp_encode_begin(token, cssp_ntlm_challenge_size(&msg), &wr);
	if (ret)
		return ret;
	cssp_ntlm_challenge_encode(&msg, &wr);
	return cssp_encode_end(token, &wr);
}

int cssp_ntlm_challenge_make(const struct cssp_rd *negotiate, u32 needed,
			     const struct cssp_rd *domain, const char *host,
			     const struct cssp_ntlm_nonce *nonce, struct cssp_vbuf *token,
			     u32 *reason)
{
	struct challenge_target target = {};
	struct cssp_ntlm_negotiate msg;
	struct cssp_vbuf info = {};
	int ret;

	ret = cssp_ntlm_negotiate_decode(negotiate, &msg);
	if (ret)
		return ret;
	if (~msg.flags & (needed | CSSP_NTLM_NTLM)) {
		*reason = CREDSSP_REASON_MECH_WEAK;
		return CSSP_E_WEAK;
	}
	ret = challenge_set_target(&target, domain, host);
	if (ret)
		goto out;
	ret = challenge_write_info(&target, nonce->time, &info);
	if (ret)
		goto out;
	ret = challenge_write(msg.flags, &target, nonce, &info, token);
out:
	cssp_vbuf_free(&info);
	cssp_ntlm_machine_free(&target.machine);
	return ret;
}
