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
	int err;

	err = cssp_rd_le16(&at, id);
	if (err)
		return err;
	err = cssp_rd_le16(&at, &len);
	if (err)
		return err;
	err = cssp_rd_sub(&at, len, value);
	if (err)
		return err;
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

/* UTF-16LE even under OEM, 2.2.2.1 */
static int set_string(struct cssp_rd *string, const struct cssp_rd *value)
{
	*string = *value;
	return value->left % 2 ? -EBADMSG : 0;
}

static int set_flags(u32 *flags, const struct cssp_rd *value)
{
	struct cssp_rd at = *value;

	return at.left == AV_FLAGS_SIZE ? cssp_rd_le32(&at, flags) : -EBADMSG;
}

static int set_time(u64 *time, const struct cssp_rd *value)
{
	struct cssp_rd at = *value;

	return at.left == AV_TIME_SIZE ? cssp_rd_le64(&at, time) : -EBADMSG;
}

static int set_known(struct cssp_ntlm_av *av, u16 id, const struct cssp_rd *value)
{
	if (av->present & CSSP_NTLM_AV_BIT(id))
		return -EBADMSG;
	av->present |= CSSP_NTLM_AV_BIT(id);

	switch (id) {
	case CSSP_NTLM_AV_NB_COMPUTER:
		return set_string(&av->nb_computer, value);
	case CSSP_NTLM_AV_NB_DOMAIN:
		return set_string(&av->nb_domain, value);
	case CSSP_NTLM_AV_DNS_COMPUTER:
		return set_string(&av->dns_computer, value);
	case CSSP_NTLM_AV_DNS_DOMAIN:
		return set_string(&av->dns_domain, value);
	case CSSP_NTLM_AV_DNS_TREE:
		return set_string(&av->dns_tree, value);
	case CSSP_NTLM_AV_FLAGS:
		return set_flags(&av->flags, value);
	case CSSP_NTLM_AV_TIMESTAMP:
		return set_time(&av->timestamp, value);
	case CSSP_NTLM_AV_SINGLE_HOST:
		av->single_host = *value;
		return 0;
	case CSSP_NTLM_AV_TARGET_NAME:
		return set_string(&av->target_name, value);
	default:
		av->bindings = *value;
		return value->left == CSSP_NTLM_BINDINGS_SIZE ? 0 : -EBADMSG;
	}
}

int cssp_ntlm_av_parse(struct cssp_rd *list, struct cssp_ntlm_av *av)
{
	struct cssp_rd at = *list, value;
	u16 id;
	int err;

	*av = (struct cssp_ntlm_av){};
	/* Each pair takes at least its header's bytes, so this ends. */
	for (;;) {
		err = cssp_ntlm_av_next(&at, &id, &value);
		if (err)
			return err;
		if (id == CSSP_NTLM_AV_EOL)
			break;
		if (id > AV_KNOWN_MAX)
			continue;
		err = set_known(av, id, &value);
		if (err)
			return err;
	}
	if (value.left)
		return -EBADMSG;
	*list = at;
	return 0;
}

/* Pairs that the client sets itself and so never copies (CVE-2019-1166). */
static bool is_ours(u16 id)
{
	return id == CSSP_NTLM_AV_FLAGS || id == CSSP_NTLM_AV_TARGET_NAME ||
	       id == CSSP_NTLM_AV_BINDINGS;
}

static int copy_server_pairs(struct cssp_rd list, struct cssp_wr *wr)
{
	struct cssp_rd value;
	u16 id;
	int err;

	for (;;) {
		err = cssp_ntlm_av_next(&list, &id, &value);
		if (err || id == CSSP_NTLM_AV_EOL)
			return err;
		if (!is_ours(id))
			cssp_ntlm_av_put(wr, id, &value);
	}
}

int cssp_ntlm_client_av_write(const struct cssp_rd *server, u32 flags,
			      const struct cssp_rd *target_name, struct cssp_wr *wr)
{
	struct cssp_ntlm_av av = {};
	struct cssp_rd list = *server, none = {};
	int err;

	if (server->left) {
		err = cssp_ntlm_av_parse(&list, &av);
		if (err)
			return err;
		err = copy_server_pairs(*server, wr);
		if (err)
			return err;
	}
	cssp_wr_le16(wr, CSSP_NTLM_AV_FLAGS);
	cssp_wr_le16(wr, AV_FLAGS_SIZE);
	cssp_wr_le32(wr, av.flags | flags);
	cssp_wr_le16(wr, CSSP_NTLM_AV_BINDINGS);
	cssp_wr_le16(wr, CSSP_NTLM_BINDINGS_SIZE);
	cssp_wr_zero(wr, CSSP_NTLM_BINDINGS_SIZE);
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
static int get_temp(struct cssp_rd *at, struct cssp_ntlm_v2 *v2)
{
	u8 type, hi_type;
	int err;

	err = cssp_rd_u8(at, &type);
	if (err)
		return err;
	err = cssp_rd_u8(at, &hi_type);
	if (err)
		return err;
	if (type != RESP_TYPE || hi_type != RESP_TYPE)
		return -EBADMSG;
	err = cssp_rd_skip(at, RESP_RESERVED);
	if (err)
		return err;
	err = cssp_rd_le64(at, &v2->time);
	if (err)
		return err;
	err = cssp_rd_copy(at, v2->client_challenge, CSSP_NTLM_CHALLENGE_SIZE);
	if (err)
		return err;
	return cssp_rd_skip(at, TEMP_RESERVED);
}

int cssp_ntlm_v2_decode(const struct cssp_rd *nt, struct cssp_ntlm_v2 *v2)
{
	struct cssp_rd at = *nt, list;
	struct cssp_ntlm_av av;
	int err;

	*v2 = (struct cssp_ntlm_v2){};
	err = cssp_rd_sub(&at, CSSP_NTLM_PROOF_SIZE, &v2->proof);
	if (err)
		return err;
	v2->temp = at;
	err = get_temp(&at, v2);
	if (err)
		return err;
	/*
	 * What follows the EOL (four zeros from Windows, from others none or
	 * more) has no meaning, and is covered by the proof like all of temp.
	 */
	list = at;
	err = cssp_ntlm_av_parse(&list, &av);
	if (err)
		return err;
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
