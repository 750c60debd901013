// SPDX-License-Identifier: GPL-2.0-only
/* AV pair lists and the NTLMv2 response, MS-NLMP 2.2.2.1, 2.2.2.7, 2.2.2.8 */
#include "ntlm_av.h"

#include <linux/kernel.h>

#define AV_HEADER	4	/* AvId and AvLen */
#define AV_FLAGS_SIZE	4
#define AV_TIME_SIZE	8
#define AV_KNOWN_MAX	CSSP_NTLM_AV_BINDINGS

/* NTLMv2_CLIENT_CHALLENGE: RespType, HiRespType, six reserved bytes */
#define RESP_TYPE		1
#define RESP_RESERVED		6
/* Reserved3 before the AV pairs; as many zeros follow them, 3.3.2 */
#define TEMP_RESERVED		4
#define TEMP_FIXED		(2 + RESP_RESERVED + AV_TIME_SIZE + \
				 CSSP_NTLM_CHALLENGE_SIZE + TEMP_RESERVED)

int cssp_ntlm_av_next(struct cssp_rd *list, u16 *id, struct cssp_rd *value)
{
	struct cssp_rd at = *list;
	u16 len;
	int ret;

	ret = cssp_rd_le16(&at, id);
	if (ret)
		return ret;
	ret = cssp_rd_le16(&at, &len);
	if (ret)
		return ret;
	ret = cssp_rd_sub(&at, len, value);
	if (ret)
		return ret;
	*list = at;
	return 0;
}

void cssp_ntlm_av_put(struct cssp_wr *wr, u16 id, const struct cssp_rd *value)
{
	if (value->left > U16_MAX) {
		cssp_wr_fail(wr);
		return;
	}
	cssp_wr_le16(wr, id);
	cssp_wr_le16(wr, value->left);
	cssp_wr_rd(wr, value);
}

/* UTF-16LE, also when the messages have OEM strings (2.2.2.1). */
static int ntlm_av_set_string(struct cssp_rd *string, const struct cssp_rd *value)
{
	*string = *value;
	return value->left % 2 ? -EBADMSG : 0;
}

static int ntlm_av_set_flags(u32 *flags, const struct cssp_rd *value)
{
	struct cssp_rd at = *value;

	return at.left == AV_FLAGS_SIZE ? cssp_rd_le32(&at, flags) : -EBADMSG;
}

static int ntlm_av_set_time(u64 *time, const struct cssp_rd *value)
{
	struct cssp_rd at = *value;

	return at.left == AV_TIME_SIZE ? cssp_rd_le64(&at, time) : -EBADMSG;
}

static int ntlm_av_set_known(struct cssp_ntlm_av *av, u16 id, const struct cssp_rd *value)
{
	if (av->present & CSSP_NTLM_AV_BIT(id))
		return -EBADMSG;
	av->present |= CSSP_NTLM_AV_BIT(id);

	switch (id) {
	case CSSP_NTLM_AV_NB_COMPUTER:
		return ntlm_av_set_string(&av->nb_computer, value);
	case CSSP_NTLM_AV_NB_DOMAIN:
		return ntlm_av_set_string(&av->nb_domain, value);
	case CSSP_NTLM_AV_DNS_COMPUTER:
		return ntlm_av_set_string(&av->dns_computer, value);
	case CSSP_NTLM_AV_DNS_DOMAIN:
		return ntlm_av_set_string(&av->dns_domain, value);
	case CSSP_NTLM_AV_DNS_TREE:
		return ntlm_av_set_string(&av->dns_tree, value);
	case CSSP_NTLM_AV_FLAGS:
		return ntlm_av_set_flags(&av->flags, value);
	case CSSP_NTLM_AV_TIMESTAMP:
		return ntlm_av_set_time(&av->timestamp, value);
	case CSSP_NTLM_AV_SINGLE_HOST:
		av->single_host = *value;
		return 0;
	case CSSP_NTLM_AV_TARGET_NAME:
		return ntlm_av_set_string(&av->target_name, value);
	default:
		av->bindings = *value;
		return value->left == CSSP_NTLM_BINDINGS_SIZE ? 0 : -EBADMSG;
	}
}

int cssp_ntlm_av_parse(struct cssp_rd *list, struct cssp_ntlm_av *av)
{
	struct cssp_rd at = *list, value;
	u16 id;
	int ret;

	*av = (struct cssp_ntlm_av){};
	/* Each pair takes at least the bytes of its header, so the loop ends. */
	for (;;) {
		ret = cssp_ntlm_av_next(&at, &id, &value);
		if (ret)
			return ret;
		if (id == CSSP_NTLM_AV_EOL)
			break;
		if (id > AV_KNOWN_MAX)
			continue;
		ret = ntlm_av_set_known(av, id, &value);
		if (ret)
			return ret;
	}
	if (value.left)
		return -EBADMSG;
	*list = at;
	return 0;
}

/* The client sets these pairs itself, and never copies them (CVE-2019-1166). */
static bool ntlm_av_is_ours(u16 id)
{
	return id == CSSP_NTLM_AV_FLAGS || id == CSSP_NTLM_AV_TARGET_NAME ||
	       id == CSSP_NTLM_AV_BINDINGS;
}

static int ntlm_av_copy_server_pairs(struct cssp_rd list, struct cssp_wr *wr)
{
	struct cssp_rd value;
	u16 id;
	int ret;

	for (;;) {
		ret = cssp_ntlm_av_next(&list, &id, &value);
		if (ret || id == CSSP_NTLM_AV_EOL)
			return ret;
		if (!ntlm_av_is_ours(id))
			cssp_ntlm_av_put(wr, id, &value);
	}
}

/* Zeros say that the client has none (MS-NLMP 2.2.2.1). */
static void ntlm_av_put_bindings(struct cssp_wr *wr, const u8 *bindings)
{
	cssp_wr_le16(wr, CSSP_NTLM_AV_BINDINGS);
	cssp_wr_le16(wr, CSSP_NTLM_BINDINGS_SIZE);
	if (bindings)
		cssp_wr_copy(wr, bindings, CSSP_NTLM_BINDINGS_SIZE);
	else
		cssp_wr_zero(wr, CSSP_NTLM_BINDINGS_SIZE);
}

int cssp_ntlm_client_av_write(const struct cssp_rd *server, u32 flags, const u8 *bindings,
			      const struct cssp_rd *target_name, struct cssp_wr *wr)
{
	struct cssp_ntlm_av av = {};
	struct cssp_rd list = *server, none = {};
	int ret;

	if (server->left) {
		ret = cssp_ntlm_av_parse(&list, &av);
		if (ret)
			return ret;
		ret = ntlm_av_copy_server_pairs(*server, wr);
		if (ret)
			return ret;
	}
	cssp_wr_le16(wr, CSSP_NTLM_AV_FLAGS);
	cssp_wr_le16(wr, AV_FLAGS_SIZE);
	cssp_wr_le32(wr, av.flags | flags);
	ntlm_av_put_bindings(wr, bindings);
	cssp_ntlm_av_put(wr, CSSP_NTLM_AV_TARGET_NAME, target_name);
	cssp_ntlm_av_put(wr, CSSP_NTLM_AV_EOL, &none);
	return 0;
}

size_t cssp_ntlm_client_av_size(const struct cssp_rd *server,
				const struct cssp_rd *target_name)
{
	return server->left + AV_HEADER + AV_FLAGS_SIZE + AV_HEADER +
	       CSSP_NTLM_BINDINGS_SIZE + AV_HEADER + target_name->left + AV_HEADER;
}

/* The fixed part of NTLMv2_CLIENT_CHALLENGE up to the AV pairs. */
static int ntlm_av_get_temp(struct cssp_rd *at, struct cssp_ntlm_v2 *v2)
{
	u8 type, hi_type;
	int ret;

	ret = cssp_rd_u8(at, &type);
	if (ret)
		return ret;
	ret = cssp_rd_u8(at, &hi_type);
	if (ret)
		return ret;
	if (type != RESP_TYPE || hi_type != RESP_TYPE)
		return -EBADMSG;
	ret = cssp_rd_skip(at, RESP_RESERVED);
	if (ret)
		return ret;
	ret = cssp_rd_le64(at, &v2->time);
	if (ret)
		return ret;
	ret = cssp_rd_copy(at, v2->client_challenge, CSSP_NTLM_CHALLENGE_SIZE);
	if (ret)
		return ret;
	return cssp_rd_skip(at, TEMP_RESERVED);
}

int cssp_ntlm_v2_decode(const struct cssp_rd *nt, struct cssp_ntlm_v2 *v2)
{
	struct cssp_rd at = *nt, list;
	struct cssp_ntlm_av av;
	int ret;

	*v2 = (struct cssp_ntlm_v2){};
	ret = cssp_rd_sub(&at, CSSP_NTLM_PROOF_SIZE, &v2->proof);
	if (ret)
		return ret;
	v2->temp = at;
	ret = ntlm_av_get_temp(&at, v2);
	if (ret)
		return ret;
	/*
	 * Bytes behind the EOL have no meaning: Windows sends four zeros, other
	 * peers none or more. The proof covers them as all of temp.
	 */
	list = at;
	ret = cssp_ntlm_av_parse(&list, &av);
	if (ret)
		return ret;
	return cssp_rd_sub(&at, at.left - list.left, &v2->av);
}

size_t cssp_ntlm_temp_size(const struct cssp_ntlm_v2 *v2)
{
	return TEMP_FIXED + v2->av.left + TEMP_RESERVED;
}

void cssp_ntlm_temp_encode(const struct cssp_ntlm_v2 *v2, struct cssp_wr *wr)
{
	cssp_wr_u8(wr, RESP_TYPE);
	cssp_wr_u8(wr, RESP_TYPE);
	cssp_wr_zero(wr, RESP_RESERVED);
	cssp_wr_le64(wr, v2->time);
	cssp_wr_copy(wr, v2->client_challenge, CSSP_NTLM_CHALLENGE_SIZE);
	cssp_wr_zero(wr, TEMP_RESERVED);
	cssp_wr_rd(wr, &v2->av);
	cssp_wr_zero(wr, TEMP_RESERVED);
}
