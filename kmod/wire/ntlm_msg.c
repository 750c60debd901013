// SPDX-License-Identifier: GPL-2.0-only
/* The three NTLM messages, MS-NLMP 2.2.1 */
#include "ntlm_msg.h"

#include <linux/kernel.h>
#include "utf16.h"

/* MessageType */
#define NEGOTIATE	1
#define CHALLENGE	2
#define AUTHENTICATE	3

/* Sizes of headers; what an old peer leaves out at the end is zero or absent. */
#define NEGOTIATE_HEADER		40
#define NEGOTIATE_FIELDS_END		32	/* header without VERSION */
#define CHALLENGE_HEADER		56
#define CHALLENGE_FIELDS_END		48	/* header without VERSION */
#define CHALLENGE_SHORT_HEADER		32	/* nor TargetInfo */
#define AUTHENTICATE_HEADER		88
#define AUTHENTICATE_FIELDS_END		64	/* header without VERSION and MIC */

#define CHALLENGE_RESERVED		8

static const u8 signature[8] = "NTLMSSP";

/* Len and BufferOffset of a payload field; MaxLen is ignored (2.2.1.1 and on) */
struct field {
	u16 len;
	u32 off;
};

static int get_start(struct cssp_rd *rd, u32 type)
{
	struct cssp_rd start;
	u32 found;
	int err;

	err = cssp_rd_sub(rd, sizeof(signature), &start);
	if (err)
		return err;
	err = cssp_rd_le32(rd, &found);
	if (err)
		return err;
	if (!cssp_rd_equal(&start, signature, sizeof(signature)) || found != type)
		return -EBADMSG;
	return 0;
}

static int get_flags(struct cssp_rd *rd, u32 *flags)
{
	int err;

	err = cssp_rd_le32(rd, flags);
	if (err)
		return err;
	/* One or the other must be there, 2.2.2.5 A and B */
	return *flags & (CSSP_NTLM_UNICODE | CSSP_NTLM_OEM) ? 0 : -EBADMSG;
}

static int get_field(struct cssp_rd *rd, struct field *f)
{
	u16 max_len;
	int err;

	err = cssp_rd_le16(rd, &f->len);
	if (err)
		return err;
	err = cssp_rd_le16(rd, &max_len);
	if (err)
		return err;
	return cssp_rd_le32(rd, &f->off);
}

/* VERSION is for logs only (2.2.2.10): absent or cut short it is zero. */
static void get_version(struct cssp_rd rd, u32 flags, u8 version[CSSP_NTLM_VERSION_SIZE])
{
	if (!(flags & CSSP_NTLM_VERSION) ||
	    cssp_rd_copy(&rd, version, CSSP_NTLM_VERSION_SIZE))
		memset(version, 0, CSSP_NTLM_VERSION_SIZE);
}

/* A field's bytes: inside the message and past @header bytes of it. */
static int get_payload(const struct cssp_rd *message, u32 header, const struct field *f,
		       struct cssp_rd *bytes)
{
	*bytes = (struct cssp_rd){};
	if (!f->len)
		return 0;
	if (f->off < header)
		return -EBADMSG;
	return cssp_rd_at(message, f->off, f->len, bytes);
}

/* UTF-16LE has an even length; OEM characters are opaque. */
static int check_string(u32 flags, const struct cssp_rd *string)
{
	return (flags & CSSP_NTLM_UNICODE) && string->left % 2 ? -EBADMSG : 0;
}

int cssp_ntlm_negotiate_decode(const struct cssp_rd *rd, struct cssp_ntlm_negotiate *msg)
{
	struct field domain = {}, workstation = {};
	struct cssp_rd at = *rd;
	int err;

	*msg = (struct cssp_ntlm_negotiate){};
	err = get_start(&at, NEGOTIATE);
	if (err)
		return err;
	err = get_flags(&at, &msg->flags);
	if (err)
		return err;
	/* A header of 16 bytes is all that some old peers send. */
	if (!at.left)
		return 0;
	err = get_field(&at, &domain);
	if (err)
		return err;
	err = get_field(&at, &workstation);
	if (err)
		return err;
	get_version(at, msg->flags, msg->version);
	if (msg->flags & CSSP_NTLM_OEM_DOMAIN_SUPPLIED) {
		err = get_payload(rd, NEGOTIATE_FIELDS_END, &domain, &msg->domain);
		if (err)
			return err;
	}
	if (msg->flags & CSSP_NTLM_OEM_WORKSTATION_SUPPLIED)
		return get_payload(rd, NEGOTIATE_FIELDS_END, &workstation,
				   &msg->workstation);
	return 0;
}

/* TargetInfo: one whole AV list and nothing else. */
static int get_target_info(const struct cssp_rd *message, struct cssp_rd *at,
			   struct cssp_ntlm_challenge *msg)
{
	struct field info;
	struct cssp_ntlm_av av;
	struct cssp_rd list;
	int err;

	err = get_field(at, &info);
	if (err)
		return err;
	err = get_payload(message, CHALLENGE_FIELDS_END, &info, &msg->target_info);
	if (err)
		return err;
	list = msg->target_info;
	err = cssp_ntlm_av_parse(&list, &av);
	if (err)
		return err;
	return cssp_rd_end(&list);
}

int cssp_ntlm_challenge_decode(const struct cssp_rd *rd, struct cssp_ntlm_challenge *msg)
{
	bool has_info;
	struct cssp_rd at = *rd;
	struct field name;
	int err;

	*msg = (struct cssp_ntlm_challenge){};
	err = get_start(&at, CHALLENGE);
	if (err)
		return err;
	err = get_field(&at, &name);
	if (err)
		return err;
	err = get_flags(&at, &msg->flags);
	if (err)
		return err;
	err = cssp_rd_copy(&at, msg->server_challenge, CSSP_NTLM_CHALLENGE_SIZE);
	if (err)
		return err;
	has_info = msg->flags & CSSP_NTLM_TARGET_INFO;
	err = get_payload(rd, has_info ? CHALLENGE_FIELDS_END : CHALLENGE_SHORT_HEADER,
			  &name, &msg->target_name);
	if (err)
		return err;
	err = check_string(msg->flags, &msg->target_name);
	if (err || !has_info)
		return err;
	err = cssp_rd_skip(&at, CHALLENGE_RESERVED);
	if (err)
		return err;
	err = get_target_info(rd, &at, msg);
	if (err)
		return err;
	get_version(at, msg->flags, msg->version);
	return 0;
}

enum authenticate_field {
	LM, NT, DOMAIN, USER, WORKSTATION, ENC_KEY, AUTHENTICATE_FIELDS
};

/*
 * Only the NTLMv2 response's own MsvAvFlags, which the proof covers, tells
 * whether there is a MIC (2.2.1.3).
 */
static int promises_mic(const struct cssp_rd *nt, bool *mic)
{
	struct cssp_ntlm_v2 v2;
	struct cssp_ntlm_av av;
	int err;

	*mic = false;
	if (!nt->left || nt->left == CSSP_NTLM_V1_SIZE)
		return 0;
	err = cssp_ntlm_v2_decode(nt, &v2);
	if (err)
		return err;
	err = cssp_ntlm_av_parse(&v2.av, &av);
	if (err)
		return err;
	*mic = av.flags & CSSP_NTLM_AVF_MIC;
	return 0;
}

static int get_authenticate_payload(const struct cssp_rd *message, u32 header,
				    const struct field *fields,
				    struct cssp_ntlm_authenticate *msg)
{
	struct cssp_rd *const views[AUTHENTICATE_FIELDS] = {
		&msg->lm, &msg->nt, &msg->domain, &msg->user, &msg->workstation,
		&msg->enc_key,
	};
	unsigned int i;
	int err;

	for (i = 0; i < AUTHENTICATE_FIELDS; i++) {
		err = get_payload(message, header, &fields[i], views[i]);
		if (err)
			return err;
	}
	return 0;
}

/* A MIC that is promised must be there, and no field may lie over it. */
static int get_mic(const struct cssp_rd *message, const struct field *fields,
		   struct cssp_ntlm_authenticate *msg)
{
	bool mic;
	int err;

	err = promises_mic(&msg->nt, &mic);
	if (err || !mic)
		return err;
	err = cssp_rd_at(message, CSSP_NTLM_MIC_OFFSET, CSSP_NTLM_MIC_SIZE, &msg->mic);
	if (err)
		return err;
	return get_authenticate_payload(message, AUTHENTICATE_HEADER, fields, msg);
}

static int check_authenticate(const struct cssp_ntlm_authenticate *msg)
{
	int err;

	err = check_string(msg->flags, &msg->domain);
	if (err)
		return err;
	err = check_string(msg->flags, &msg->user);
	if (err)
		return err;
	err = check_string(msg->flags, &msg->workstation);
	if (err)
		return err;
	if (!(msg->flags & CSSP_NTLM_KEY_EXCH))
		return 0;
	return msg->enc_key.left == CSSP_NTLM_KEY_SIZE ? 0 : -EBADMSG;
}

int cssp_ntlm_authenticate_decode(const struct cssp_rd *rd,
				  struct cssp_ntlm_authenticate *msg)
{
	struct field fields[AUTHENTICATE_FIELDS];
	struct cssp_rd at = *rd;
	unsigned int i;
	int err;

	*msg = (struct cssp_ntlm_authenticate){};
	err = get_start(&at, AUTHENTICATE);
	if (err)
		return err;
	for (i = 0; i < AUTHENTICATE_FIELDS; i++) {
		err = get_field(&at, &fields[i]);
		if (err)
			return err;
	}
	err = get_flags(&at, &msg->flags);
	if (err)
		return err;
	get_version(at, msg->flags, msg->version);
	err = get_authenticate_payload(rd, AUTHENTICATE_FIELDS_END, fields, msg);
	if (err)
		return err;
	err = get_mic(rd, fields, msg);
	if (err)
		return err;
	return check_authenticate(msg);
}

static void put_start(struct cssp_wr *wr, u32 type)
{
	cssp_wr_copy(wr, signature, sizeof(signature));
	cssp_wr_le32(wr, type);
}

/* The header's part of a field whose bytes stand at *@off; moves *@off past them. */
static void put_field(struct cssp_wr *wr, const struct cssp_rd *bytes, u32 *off)
{
	if (bytes->left > U16_MAX) {
		cssp_wr_fail(wr);
		return;
	}
	cssp_wr_le16(wr, bytes->left);
	cssp_wr_le16(wr, bytes->left);
	cssp_wr_le32(wr, *off);
	*off += bytes->left;
}

size_t cssp_ntlm_negotiate_size(const struct cssp_ntlm_negotiate *msg)
{
	return NEGOTIATE_HEADER + msg->domain.left + msg->workstation.left;
}

/* As put_field(), but an empty field is all zero, as Windows leaves it here. */
static void put_oem_field(struct cssp_wr *wr, const struct cssp_rd *bytes, u32 *off)
{
	if (bytes->left)
		put_field(wr, bytes, off);
	else
		cssp_wr_le64(wr, 0);
}

void cssp_ntlm_negotiate_encode(const struct cssp_ntlm_negotiate *msg, struct cssp_wr *wr)
{
	u32 off = NEGOTIATE_HEADER;

	put_start(wr, NEGOTIATE);
	cssp_wr_le32(wr, msg->flags);
	put_oem_field(wr, &msg->domain, &off);
	put_oem_field(wr, &msg->workstation, &off);
	cssp_wr_copy(wr, msg->version, CSSP_NTLM_VERSION_SIZE);
	cssp_wr_rd(wr, &msg->domain);
	cssp_wr_rd(wr, &msg->workstation);
}

size_t cssp_ntlm_challenge_size(const struct cssp_ntlm_challenge *msg)
{
	return CHALLENGE_HEADER + msg->target_name.left + msg->target_info.left;
}

void cssp_ntlm_challenge_encode(const struct cssp_ntlm_challenge *msg, struct cssp_wr *wr)
{
	u32 off = CHALLENGE_HEADER;

	put_start(wr, CHALLENGE);
	put_field(wr, &msg->target_name, &off);
	cssp_wr_le32(wr, msg->flags);
	cssp_wr_copy(wr, msg->server_challenge, CSSP_NTLM_CHALLENGE_SIZE);
	cssp_wr_zero(wr, CHALLENGE_RESERVED);
	put_field(wr, &msg->target_info, &off);
	cssp_wr_copy(wr, msg->version, CSSP_NTLM_VERSION_SIZE);
	cssp_wr_rd(wr, &msg->target_name);
	cssp_wr_rd(wr, &msg->target_info);
}

size_t cssp_ntlm_authenticate_size(const struct cssp_ntlm_authenticate *msg)
{
	return AUTHENTICATE_HEADER + msg->domain.left + msg->user.left +
	       msg->workstation.left + msg->lm.left + msg->nt.left + msg->enc_key.left;
}

/* Six fields in the header's order, their bytes in Windows' order. */
static void put_authenticate_fields(const struct cssp_ntlm_authenticate *msg,
				    struct cssp_wr *wr)
{
	u32 domain = AUTHENTICATE_HEADER;
	u32 user = domain + msg->domain.left;
	u32 workstation = user + msg->user.left;
	u32 lm = workstation + msg->workstation.left;
	u32 nt = lm + msg->lm.left;
	u32 enc_key = nt + msg->nt.left;

	put_field(wr, &msg->lm, &lm);
	put_field(wr, &msg->nt, &nt);
	put_field(wr, &msg->domain, &domain);
	put_field(wr, &msg->user, &user);
	put_field(wr, &msg->workstation, &workstation);
	put_field(wr, &msg->enc_key, &enc_key);
}

void cssp_ntlm_authenticate_encode(const struct cssp_ntlm_authenticate *msg,
				   struct cssp_wr *wr)
{
	put_start(wr, AUTHENTICATE);
	put_authenticate_fields(msg, wr);
	cssp_wr_le32(wr, msg->flags);
	cssp_wr_copy(wr, msg->version, CSSP_NTLM_VERSION_SIZE);
	if (msg->mic.left == CSSP_NTLM_MIC_SIZE)
		cssp_wr_rd(wr, &msg->mic);
	else
		cssp_wr_zero(wr, CSSP_NTLM_MIC_SIZE);
	cssp_wr_rd(wr, &msg->domain);
	cssp_wr_rd(wr, &msg->user);
	cssp_wr_rd(wr, &msg->workstation);
	cssp_wr_rd(wr, &msg->lm);
	cssp_wr_rd(wr, &msg->nt);
	/* Last: a peer in the field computes the MIC only up to this field's end. */
	cssp_wr_rd(wr, &msg->enc_key);
}
