/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AV pair lists and the NTLMv2 response, which has one; MS-NLMP 2.2.2.1, 2.2.2.7
 * and 2.2.2.8. All views are borrowed from the bytes that were decoded.
 */
#ifndef CSSP_WIRE_NTLM_AV_H
#define CSSP_WIRE_NTLM_AV_H

#include "../base/buf.h"

#define CSSP_NTLM_CHALLENGE_SIZE	8
#define CSSP_NTLM_PROOF_SIZE		16	/* NTProofStr */
#define CSSP_NTLM_BINDINGS_SIZE		16	/* MsvAvChannelBindings */

/* AvId, MS-NLMP 2.2.2.1 */
#define CSSP_NTLM_AV_EOL		0
#define CSSP_NTLM_AV_NB_COMPUTER	1
#define CSSP_NTLM_AV_NB_DOMAIN		2
#define CSSP_NTLM_AV_DNS_COMPUTER	3
#define CSSP_NTLM_AV_DNS_DOMAIN		4
#define CSSP_NTLM_AV_DNS_TREE		5
#define CSSP_NTLM_AV_FLAGS		6
#define CSSP_NTLM_AV_TIMESTAMP		7
#define CSSP_NTLM_AV_SINGLE_HOST	8
#define CSSP_NTLM_AV_TARGET_NAME	9
#define CSSP_NTLM_AV_BINDINGS		10

/* MsvAvFlags */
#define CSSP_NTLM_AVF_CONSTRAINED	0x1
#define CSSP_NTLM_AVF_MIC		0x2	/* AUTHENTICATE carries a MIC */
#define CSSP_NTLM_AVF_UNVERIFIED_SPN	0x4

/* Split the first AV pair off @list; the last one is CSSP_NTLM_AV_EOL. 0 or -EBADMSG. */
int __must_check cssp_ntlm_av_next(struct cssp_rd *list, u16 *id, struct cssp_rd *value);
/* Append one AV pair, e.g. CSSP_NTLM_AV_EOL with an empty value. */
void cssp_ntlm_av_put(struct cssp_wr *wr, u16 id, const struct cssp_rd *value);

#define CSSP_NTLM_AV_BIT(id)	(1U << (id))

/**
 * struct cssp_ntlm_av - the known pairs of an AV list
 * @present: CSSP_NTLM_AV_BIT() of the ids 1 to 10 that are present
 * @flags: MsvAvFlags, 0 when absent
 * @timestamp: MsvAvTimestamp, FILETIME
 * @nb_computer, @nb_domain, @dns_computer, @dns_domain, @dns_tree: UTF-16LE
 * @single_host: opaque
 * @target_name: SPN in UTF-16LE
 * @bindings: CSSP_NTLM_BINDINGS_SIZE bytes when present
 */
struct cssp_ntlm_av {
	u32 present;
	u32 flags;
	u64 timestamp;
	struct cssp_rd nb_computer;
	struct cssp_rd nb_domain;
	struct cssp_rd dns_computer;
	struct cssp_rd dns_domain;
	struct cssp_rd dns_tree;
	struct cssp_rd single_host;
	struct cssp_rd target_name;
	struct cssp_rd bindings;
};

/**
 * cssp_ntlm_av_parse() - check a whole AV list and pick out the known pairs
 * @list: the list; on success advanced past its EOL
 * @av: out: the known pairs
 *
 * Unknown ids are ignored. A known id that occurs twice (CVE-2019-1166), a wrong
 * size, a string of odd length, or a missing EOL is an error.
 *
 * Return: 0 or -EBADMSG.
 */
int __must_check cssp_ntlm_av_parse(struct cssp_rd *list, struct cssp_ntlm_av *av);

/**
 * cssp_ntlm_client_av_write() - write the AV list of the client's NTLMv2 response
 * @server: AV list of the CHALLENGE; empty if it had none
 * @flags: CSSP_NTLM_AVF_* to set in addition to the server's
 * @bindings: MsvAvChannelBindings, CSSP_NTLM_BINDINGS_SIZE bytes; NULL for none
 * @target_name: SPN in UTF-16LE, may be empty
 * @wr: out: the server's pairs in their order without the three that the client
 *	sets, then MsvAvFlags, MsvAvChannelBindings (zeros for none), MsvAvTargetName,
 *	EOL (MS-NLMP 3.1.5.1.2)
 *
 * Return: 0 or -EBADMSG; overflow is latched in @wr.
 */
int __must_check cssp_ntlm_client_av_write(const struct cssp_rd *server, u32 flags,
					   const u8 *bindings,
					   const struct cssp_rd *target_name,
					   struct cssp_wr *wr);
/* An upper bound on that list's size in bytes, for the same arguments. */
size_t cssp_ntlm_client_av_size(const struct cssp_rd *server,
				const struct cssp_rd *target_name);

/**
 * struct cssp_ntlm_v2 - NTLMv2_RESPONSE, MS-NLMP 2.2.2.8 and 3.3.2
 * @proof: NTProofStr, CSSP_NTLM_PROOF_SIZE bytes
 * @temp: the bytes that follow @proof, which covers them
 * @time: FILETIME
 * @client_challenge: nonce
 * @av: AV list with its EOL
 */
struct cssp_ntlm_v2 {
	struct cssp_rd proof;
	struct cssp_rd temp;
	u64 time;
	u8 client_challenge[CSSP_NTLM_CHALLENGE_SIZE];
	struct cssp_rd av;
};

/* @nt: a whole NtChallengeResponse. 0, or -EBADMSG when it is not an NTLMv2 response. */
int __must_check cssp_ntlm_v2_decode(const struct cssp_rd *nt, struct cssp_ntlm_v2 *v2);
/* Encode 'temp' of MS-NLMP 3.3.2 from @time, @client_challenge and @av. */
size_t cssp_ntlm_temp_size(const struct cssp_ntlm_v2 *v2);
void cssp_ntlm_temp_encode(const struct cssp_ntlm_v2 *v2, struct cssp_wr *wr);

#endif
