/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three NTLM messages, AV pair lists and the NTLMv2 response, MS-NLMP 2.2.
 * Bytes only: what is too weak or does not match is the mechanism's to judge.
 * All views are borrowed from the message that was decoded.
 */
#ifndef CSSP_WIRE_NTLM_MSG_H
#define CSSP_WIRE_NTLM_MSG_H

#include "../base/buf.h"

/* NegotiateFlags, MS-NLMP 2.2.2.5 */
#define CSSP_NTLM_UNICODE			0x00000001
#define CSSP_NTLM_OEM				0x00000002
#define CSSP_NTLM_REQUEST_TARGET		0x00000004
#define CSSP_NTLM_SIGN				0x00000010
#define CSSP_NTLM_SEAL				0x00000020
#define CSSP_NTLM_DATAGRAM			0x00000040
#define CSSP_NTLM_LM_KEY			0x00000080
#define CSSP_NTLM_NTLM				0x00000200
#define CSSP_NTLM_ANONYMOUS			0x00000800
#define CSSP_NTLM_OEM_DOMAIN_SUPPLIED		0x00001000
#define CSSP_NTLM_OEM_WORKSTATION_SUPPLIED	0x00002000
#define CSSP_NTLM_ALWAYS_SIGN			0x00008000
#define CSSP_NTLM_TARGET_TYPE_DOMAIN		0x00010000
#define CSSP_NTLM_TARGET_TYPE_SERVER		0x00020000
#define CSSP_NTLM_ESS				0x00080000
#define CSSP_NTLM_IDENTIFY			0x00100000
#define CSSP_NTLM_NON_NT_SESSION_KEY		0x00400000
#define CSSP_NTLM_TARGET_INFO			0x00800000
#define CSSP_NTLM_VERSION			0x02000000
#define CSSP_NTLM_128				0x20000000
#define CSSP_NTLM_KEY_EXCH			0x40000000
#define CSSP_NTLM_56				0x80000000

#define CSSP_NTLM_CHALLENGE_SIZE	8
#define CSSP_NTLM_KEY_SIZE		16	/* session keys, encrypted or not */
#define CSSP_NTLM_PROOF_SIZE		16	/* NTProofStr */
#define CSSP_NTLM_MIC_SIZE		16
#define CSSP_NTLM_MIC_OFFSET		72	/* in AUTHENTICATE, 2.2.1.3 */
#define CSSP_NTLM_LM_SIZE		24	/* LmChallengeResponse */
#define CSSP_NTLM_V1_SIZE		24	/* an NtChallengeResponse of NTLMv1 */
#define CSSP_NTLM_VERSION_SIZE		8	/* VERSION, 2.2.2.10 */
#define CSSP_NTLM_BINDINGS_SIZE		16	/* MsvAvChannelBindings */

/* NTLMSSP_REVISION_W2K3, the last byte of VERSION */
#define CSSP_NTLM_REVISION		0x0f

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

/**
 * struct cssp_ntlm_negotiate - NEGOTIATE_MESSAGE, MS-NLMP 2.2.1.1
 * @flags: CSSP_NTLM_*
 * @domain, @workstation: OEM characters, usually empty
 * @version: VERSION as it stands there; zero when absent
 */
struct cssp_ntlm_negotiate {
	u32 flags;
	struct cssp_rd domain;
	struct cssp_rd workstation;
	u8 version[CSSP_NTLM_VERSION_SIZE];
};

/**
 * struct cssp_ntlm_challenge - CHALLENGE_MESSAGE, MS-NLMP 2.2.1.2
 * @flags: CSSP_NTLM_*
 * @server_challenge: nonce
 * @target_name: UTF-16LE with CSSP_NTLM_UNICODE, else OEM; may be empty
 * @target_info: AV list with its EOL, already found to be well-formed; empty
 *	without CSSP_NTLM_TARGET_INFO
 * @version: VERSION as it stands there; zero when absent
 */
struct cssp_ntlm_challenge {
	u32 flags;
	u8 server_challenge[CSSP_NTLM_CHALLENGE_SIZE];
	struct cssp_rd target_name;
	struct cssp_rd target_info;
	u8 version[CSSP_NTLM_VERSION_SIZE];
};

/**
 * struct cssp_ntlm_authenticate - AUTHENTICATE_MESSAGE, MS-NLMP 2.2.1.3
 * @flags: CSSP_NTLM_*
 * @lm, @nt: responses; an @nt that is neither empty nor of NTLMv1's size is a
 *	well-formed NTLMv2 response (cssp_ntlm_v2_decode() takes it)
 * @domain, @user, @workstation: UTF-16LE with CSSP_NTLM_UNICODE, else OEM
 * @enc_key: EncryptedRandomSessionKey, CSSP_NTLM_KEY_SIZE bytes with
 *	CSSP_NTLM_KEY_EXCH
 * @version: VERSION as it stands there; zero when absent
 * @mic: decoding: CSSP_NTLM_MIC_SIZE bytes if MsvAvFlags inside @nt promises a
 *	MIC, else empty, whatever the header looks like (CVE-2019-1040);
 *	encoding: empty leaves zeros, over which the MIC is then computed
 */
struct cssp_ntlm_authenticate {
	u32 flags;
	struct cssp_rd lm;
	struct cssp_rd nt;
	struct cssp_rd domain;
	struct cssp_rd user;
	struct cssp_rd workstation;
	struct cssp_rd enc_key;
	u8 version[CSSP_NTLM_VERSION_SIZE];
	struct cssp_rd mic;
};

/* Decoders take the whole message. 0, or -EBADMSG when it breaks MS-NLMP 2.2.1. */
int __must_check cssp_ntlm_negotiate_decode(const struct cssp_rd *rd,
					    struct cssp_ntlm_negotiate *msg);
int __must_check cssp_ntlm_challenge_decode(const struct cssp_rd *rd,
					    struct cssp_ntlm_challenge *msg);
int __must_check cssp_ntlm_authenticate_decode(const struct cssp_rd *rd,
					       struct cssp_ntlm_authenticate *msg);

/*
 * Encoders: the full header (40, 56, 88 bytes), then the payload as Windows
 * orders it; AUTHENTICATE's is domain, user, workstation, LM, NT, key.  A field
 * too long for its 16-bit length latches the writer's overflow.
 */
size_t cssp_ntlm_negotiate_size(const struct cssp_ntlm_negotiate *msg);
void cssp_ntlm_negotiate_encode(const struct cssp_ntlm_negotiate *msg, struct cssp_wr *wr);
size_t cssp_ntlm_challenge_size(const struct cssp_ntlm_challenge *msg);
void cssp_ntlm_challenge_encode(const struct cssp_ntlm_challenge *msg, struct cssp_wr *wr);
size_t cssp_ntlm_authenticate_size(const struct cssp_ntlm_authenticate *msg);
void cssp_ntlm_authenticate_encode(const struct cssp_ntlm_authenticate *msg,
				   struct cssp_wr *wr);

/* Take one AV pair off @list; the last one is CSSP_NTLM_AV_EOL. 0 or -EBADMSG. */
int __must_check cssp_ntlm_av_next(struct cssp_rd *list, u16 *id, struct cssp_rd *value);
/* Append one AV pair, e.g. CSSP_NTLM_AV_EOL with an empty value. */
void cssp_ntlm_av_put(struct cssp_wr *wr, u16 id, const struct cssp_rd *value);

#define CSSP_NTLM_AV_BIT(id)	(1U << (id))

/**
 * struct cssp_ntlm_av - what we know of an AV list
 * @present: CSSP_NTLM_AV_BIT() of the ids 1 to 10 that are there
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
 * cssp_ntlm_av_parse() - check a whole AV list and pick out what we know
 * @list: the list; on success advanced past its EOL
 * @av: out
 *
 * Ids we do not know pass. An id we know twice (CVE-2019-1166), a wrong size,
 * an odd string, or a missing EOL does not.
 *
 * Return: 0 or -EBADMSG.
 */
int __must_check cssp_ntlm_av_parse(struct cssp_rd *list, struct cssp_ntlm_av *av);

/**
 * cssp_ntlm_client_av_write() - the client's list for its NTLMv2 response
 * @server: AV list of the CHALLENGE; an empty view if it had none
 * @flags: CSSP_NTLM_AVF_* to set besides the server's own
 * @target_name: SPN in UTF-16LE, empty when there is none
 * @wr: out; the server's pairs in their order without the three that are ours,
 *	then MsvAvFlags, 16 zero bytes of channel bindings (CredSSP gives the
 *	inner mechanism none), MsvAvTargetName, EOL (MS-NLMP 3.1.5.1.2)
 *
 * Return: 0 or -EBADMSG; overflow is latched in @wr.
 */
int __must_check cssp_ntlm_client_av_write(const struct cssp_rd *server, u32 flags,
					   const struct cssp_rd *target_name,
					   struct cssp_wr *wr);
/* Room that the list surely fits in, for the same arguments. */
size_t cssp_ntlm_client_av_size(const struct cssp_rd *server,
				const struct cssp_rd *target_name);

/**
 * struct cssp_ntlm_v2 - NTLMv2_RESPONSE, MS-NLMP 2.2.2.8 and 3.3.2
 * @proof: NTProofStr, CSSP_NTLM_PROOF_SIZE bytes
 * @temp: what follows it and is covered by it
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

/* @nt: a whole NtChallengeResponse. 0, or -EBADMSG when it is no NTLMv2 response. */
int __must_check cssp_ntlm_v2_decode(const struct cssp_rd *nt, struct cssp_ntlm_v2 *v2);
/* 'temp' of MS-NLMP 3.3.2 out of @time, @client_challenge and @av. */
size_t cssp_ntlm_temp_size(const struct cssp_ntlm_v2 *v2);
void cssp_ntlm_temp_encode(const struct cssp_ntlm_v2 *v2, struct cssp_wr *wr);

#endif
