/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three NTLM messages, MS-NLMP 2.2.1: their format only. The mechanism checks
 * strength and consistency. All views are borrowed from the message that was decoded.
 */
#ifndef CSSP_WIRE_NTLM_MSG_H
#define CSSP_WIRE_NTLM_MSG_H

#include "ntlm_av.h"

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

#define CSSP_NTLM_KEY_SIZE		16	/* session keys, encrypted or not */
#define CSSP_NTLM_MIC_SIZE		16
#define CSSP_NTLM_MIC_OFFSET		72	/* in AUTHENTICATE, 2.2.1.3 */
#define CSSP_NTLM_LM_SIZE		24	/* LmChallengeResponse */
#define CSSP_NTLM_V1_SIZE		24	/* an NtChallengeResponse of NTLMv1 */
#define CSSP_NTLM_VERSION_SIZE		8	/* VERSION, 2.2.2.10 */

/* NTLMSSP_REVISION_W2K3, the last byte of VERSION */
#define CSSP_NTLM_REVISION		0x0f

/**
 * struct cssp_ntlm_negotiate - NEGOTIATE_MESSAGE, MS-NLMP 2.2.1.1
 * @flags: CSSP_NTLM_*
 * @domain, @workstation: OEM characters, usually empty
 * @version: VERSION as sent; zero when absent
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
 * @target_info: well-formed AV list with its EOL; empty without
 *	CSSP_NTLM_TARGET_INFO
 * @version: VERSION as sent; zero when absent
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
 *	well-formed NTLMv2 response, which cssp_ntlm_v2_decode() accepts
 * @domain, @user, @workstation: UTF-16LE with CSSP_NTLM_UNICODE, else OEM
 * @enc_key: EncryptedRandomSessionKey, of any size: whether there is one depends on
 *	what is negotiated
 * @version: VERSION as sent; zero when absent
 * @mic: when decoded, CSSP_NTLM_MIC_SIZE bytes if MsvAvFlags inside @nt announces a
 *	MIC, else empty, regardless of the header (CVE-2019-1040); to encode, an
 *	empty @mic leaves zeros, over which the MIC is then computed
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

/* Decoders take exactly one message. 0, or -EBADMSG when it breaks MS-NLMP 2.2.1. */
int __must_check cssp_ntlm_negotiate_decode(const struct cssp_rd *rd,
					    struct cssp_ntlm_negotiate *msg);
int __must_check cssp_ntlm_challenge_decode(const struct cssp_rd *rd,
					    struct cssp_ntlm_challenge *msg);
int __must_check cssp_ntlm_authenticate_decode(const struct cssp_rd *rd,
					       struct cssp_ntlm_authenticate *msg);

/*
 * Encoders write the full header (40, 56, 88 bytes), then the payload in Windows'
 * order; for AUTHENTICATE: domain, user, workstation, LM, NT, key. A field that is
 * too long for its 16-bit length latches the writer's overflow.
 */
size_t cssp_ntlm_negotiate_size(const struct cssp_ntlm_negotiate *msg);
void cssp_ntlm_negotiate_encode(const struct cssp_ntlm_negotiate *msg, struct cssp_wr *wr);
size_t cssp_ntlm_challenge_size(const struct cssp_ntlm_challenge *msg);
void cssp_ntlm_challenge_encode(const struct cssp_ntlm_challenge *msg, struct cssp_wr *wr);
size_t cssp_ntlm_authenticate_size(const struct cssp_ntlm_authenticate *msg);
void cssp_ntlm_authenticate_encode(const struct cssp_ntlm_authenticate *msg,
				   struct cssp_wr *wr);

#endif
