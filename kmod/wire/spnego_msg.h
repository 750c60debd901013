/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SPNEGO's tokens: NegTokenInit, NegTokenInit2 (the hint of a server) and
 * NegTokenResp; RFC 4178 4.2 and MS-SPNG 2.2.1. All views are borrowed.
 */
#ifndef CSSP_WIRE_SPNEGO_MSG_H
#define CSSP_WIRE_SPNEGO_MSG_H

#include "../base/buf.h"

/* No known peer sends a MechTypeList of more mechanisms. */
#define CSSP_SPNEGO_MAX_MECHS	16

/* Known mechanisms, MS-SPNG 3.1.5 */
enum cssp_spnego_mech {
	CSSP_SPNEGO_UNKNOWN = 0,
	CSSP_SPNEGO_MS_KRB5,	/* 1.2.840.48018.1.2.2, KRB5 with a bit missing */
	CSSP_SPNEGO_KRB5,	/* 1.2.840.113554.1.2.2 */
	CSSP_SPNEGO_KRB5_U2U,	/* 1.2.840.113554.1.2.2.3 */
	CSSP_SPNEGO_NTLM,	/* 1.3.6.1.4.1.311.2.2.10 */
	CSSP_SPNEGO_NEGOEX,	/* 1.3.6.1.4.1.311.2.2.30, never chosen */
	CSSP_SPNEGO_IAKERB,	/* 1.3.6.1.5.2.5 */
	CSSP_SPNEGO_PKU2U,	/* 1.3.6.1.5.2.7 */
	CSSP_SPNEGO_MECHS
};

/* negState, RFC 4178 4.2.2 */
#define CSSP_SPNEGO_ACCEPT_COMPLETED	0
#define CSSP_SPNEGO_ACCEPT_INCOMPLETE	1
#define CSSP_SPNEGO_REJECT		2
#define CSSP_SPNEGO_REQUEST_MIC		3

/* Optional fields that are present */
#define CSSP_SPNEGO_HAS_STATE	0x1	/* Resp: negState */
#define CSSP_SPNEGO_HAS_MECH	0x2	/* Resp: supportedMech */
#define CSSP_SPNEGO_HAS_TOKEN	0x4	/* mechToken or responseToken */
#define CSSP_SPNEGO_HAS_MIC	0x8	/* mechListMIC */
#define CSSP_SPNEGO_HAS_HINT	0x10	/* Init2: negHints */

/**
 * struct cssp_spnego_init - NegTokenInit or NegTokenInit2
 * @present: CSSP_SPNEGO_HAS_*
 * @mech_list: the MechTypeList of at least one mechanism, tag and length included:
 *	exactly the bytes that the mechListMIC covers
 * @token: mechToken
 * @mic: mechListMIC
 * @hint_name: negHints.hintName, empty when absent; never encoded
 */
struct cssp_spnego_init {
	u32 present;
	struct cssp_rd mech_list;
	struct cssp_rd token;
	struct cssp_rd mic;
	struct cssp_rd hint_name;
};

/**
 * struct cssp_spnego_resp - NegTokenResp
 * @present: CSSP_SPNEGO_HAS_*
 * @state: CSSP_SPNEGO_ACCEPT_COMPLETED and so on
 * @mech: contents of supportedMech's OBJECT IDENTIFIER
 * @token: responseToken
 * @mic: mechListMIC
 */
struct cssp_spnego_resp {
	u32 present;
	u32 state;
	struct cssp_rd mech;
	struct cssp_rd token;
	struct cssp_rd mic;
};

/* Contents of the OBJECT IDENTIFIER; an empty view for CSSP_SPNEGO_UNKNOWN. */
struct cssp_rd cssp_spnego_oid(enum cssp_spnego_mech mech);
/* The mechanism of these contents, or CSSP_SPNEGO_UNKNOWN. */
enum cssp_spnego_mech cssp_spnego_mech_of(const struct cssp_rd *oid);

/**
 * cssp_spnego_bare_mech() - the mechanism of a first token that has no SPNEGO around it
 * @rd: the token; NTLM's is known by its signature, another one by the OID of its framing
 *	(RFC 2743 3.1)
 *
 * Return: the mechanism; CSSP_SPNEGO_UNKNOWN for anything else, and for SPNEGO itself.
 */
enum cssp_spnego_mech cssp_spnego_bare_mech(const struct cssp_rd *rd);

/**
 * cssp_spnego_mech_list_encode() - write a MechTypeList for struct cssp_spnego_init
 * @mechs, @count: in the order of preference, at most CSSP_SPNEGO_MAX_MECHS
 * @wr: out: the SEQUENCE with its tag and length
 */
void cssp_spnego_mech_list_encode(const enum cssp_spnego_mech *mechs, unsigned int count,
				  struct cssp_wr *wr);
/* @mechs: out: the inside of @mech_list, for cssp_spnego_mech_next(). 0 or -EBADMSG. */
int __must_check cssp_spnego_mech_list_open(const struct cssp_rd *mech_list,
					    struct cssp_rd *mechs);
/* Split off the contents of the next OID; end with cssp_rd_end(). 0 or -EBADMSG. */
int __must_check cssp_spnego_mech_next(struct cssp_rd *mechs, struct cssp_rd *oid);

/* Decoders take exactly one token. 0 or -EBADMSG. */
int __must_check cssp_spnego_init_decode(const struct cssp_rd *rd,
					 struct cssp_spnego_init *init);
int __must_check cssp_spnego_resp_decode(const struct cssp_rd *rd,
					 struct cssp_spnego_resp *resp);

/* Strict DER. NegTokenInit is encoded as in RFC 4178, with @token and @mic if present. */
size_t cssp_spnego_init_size(const struct cssp_spnego_init *init);
void cssp_spnego_init_encode(const struct cssp_spnego_init *init, struct cssp_wr *wr);
size_t cssp_spnego_resp_size(const struct cssp_spnego_resp *resp);
void cssp_spnego_resp_encode(const struct cssp_spnego_resp *resp, struct cssp_wr *wr);

#endif
