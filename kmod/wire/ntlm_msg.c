// SPDX-License-Identifier: GPL-2.0-only
/* The three NTLM messages, MS-NLMP 2.2.1 */
#include "ntlm_msg.h"

#include <linux/kernel.h>
#include "utf16.h"

/* MessageType */
#define NEGOTIATE	1
#define CHALLENGE	2
#define AUTHENTICATE	3

/* Sizes of headers. Fields that an old peer omits at the end are zero or absent. */
#define NEGOTIATE_HEADER		40
#define NEGOTIATE_FIELDS_END		32	/* header without VERSION */
#define CHALLENGE_HEADER		56
#define CHALLENGE_FIELDS_END		48	/* header without VERSION */
#define CHALLENGE_SHORT_HEADER		32	/* header without VERSION and TargetInfo */
#define AUTHENTICATE_HEADER		88
#define AUTHENTICATE_FIELDS_END		64	/* header without VERSION and MIC */

#define CHALLENGE_RESERVED		8

static const u8 signature[8] = "NTLMSSP";

/* Len and BufferOffset of a payload field; MaxLen is ignored (2.2.1.1 to 2.2.1.3). */
struct field {
	u16 len;
	u32 off;
};

static int ntlm_msg_get_start(struct cssp_rd *rd, u32 type)
{
	struct cssp_rd start;
	u32 found;
	int ret;

	ret = cssp_rd_sub(rd, sizeof(signature), &start);
	if (ret)
		return ret;
	ret = cssp_rd_le32(rd, &found);
	if (ret)
		return ret;
	if (!cssp_rd_equal(&start, signature, sizeof(signature)) || found != type)
		return -EBADMSG;
	return 0;
}

static int ntlm_msg_get_flags(struct cssp_rd *rd, u32 *flags)
{
	int ret;

	ret = cssp_rd_le32(rd, flags);
	if (ret)
		return ret;
	/* One of them must be set, 2.2.2.5 A and B. */
	return *flags & (CSSP_NTLM_UNICODE | CSSP_NTLM_OEM) ? 0 : -EBADMSG;
}

static int ntlm_msg_get_field(struct cssp_rd *rd, struct field *f)
{
	u16 max_len;
	int ret;

	ret = cssp_rd_le16(rd, &f->len);
	if (ret)
		return ret;
	ret = cssp_rd_le16(rd, &max_len);
	if (ret)
		return ret;
	return cssp_rd_le32(rd, &f->off);
}

/* VERSION is for logs only (2.2.2.10): absent or cut short it is zero. */
static void ntlm_msg_get_version(struct cssp_rd rd, u32 flags,
				 u8 version[CSSP_NTLM_VERSION_SIZE])
{
	if (!(flags & CSSP_NTLM_VERSION) ||
	    cssp_rd_copy(&rd, version, CSSP_NTLM_VERSION_SIZE))
		memset(version, 0, CSSP_NTLM_VERSION_SIZE);
}

/* The bytes of a field, which must lie in the message behind its first @header bytes. */
static int ntlm_msg_get_payload(const struct cssp_rd *message, u32 header, const struct field *f,
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
static int ntlm_msg_check_string(u32 flags, const struct cssp_rd *string)
{
	return (flags & CSSP_NTLM_UNICODE) && string->left % 2 ? -EBADMSG : 0;
}

int cssp_ntlm_negotiate_decode(const struct cssp_rd *rd, struct cssp_ntlm_negotiate *msg)
{
	struct field domain = {}, workstation = {};
	struct cssp_rd at = *rd;
	int ret;

	*msg = (struct cssp_ntlm_negotiate){};
	ret = ntlm_msg_get_start(&at, NEGOTIATE);
	if (ret)
		return ret;
	ret = ntlm_msg_get_flags(&at, &msg->flags);
	if (ret)
		return ret;
	/* Some old peers send a header of 16 bytes. */
	if (!at.left)
		return 0;
	ret = ntlm_msg_get_field(&at, &domain);
	if (ret)
		return ret;
	ret = ntlm_msg_get_field(&at, &workstation);
	if (ret)
		return ret;
	ntlm_msg_get_version(at, msg->flags, msg->version);
	if (msg->flags & CSSP_NTLM_OEM_DOMAIN_SUPPLIED) {
		ret = ntlm_msg_get_payload(rd, NEGOTIATE_FIELDS_END, &domain, &msg->domain);
		if (ret)
			return ret;
	}
	if (msg->flags & CSSP_NTLM_OEM_WORKSTATION_SUPPLIED)
		return ntlm_msg_get_payload(rd, NEGOTIATE_FIELDS_END, &workstation,
					    &msg->workstation);
	return 0;
}

/* TargetInfo: exactly one AV list. */
static int ntlm_msg_get_target_info(const struct cssp_rd *message, struct cssp_rd *at,
				    struct cssp_ntlm_challenge *msg)
{
	struct field info;
	struct cssp_ntlm_av av;
	struct cssp_rd list;
	int ret;

	ret = ntlm_msg_get_field(at, &info);
	if (ret)
		return ret;
	ret = ntlm_msg_get_payload(message, CHALLENGE_FIELDS_END, &info, &msg->target_info);
	if (ret)
		return ret;
	list = msg->target_info;
	ret = cssp_ntlm_av_parse(&list, &av);
	if (ret)
		return ret;
	return cssp_rd_end(&list);
}

int cssp_ntlm_challenge_decode(const struct cssp_rd *rd, struct cssp_ntlm_challenge *msg)
{
	bool has_info;
	struct cssp_rd at = *rd;
	struct field name;
	int ret;

	*msg = (struct cssp_ntlm_challenge){};
	ret = ntlm_msg_get_start(&at, CHALLENGE);
	if (ret)
		return ret;
	ret = ntlm_msg_get_field(&at, &name);
	if (ret)
		return ret;
	ret = ntlm_msg_get_flags(&at, &msg->flags);
	if (ret)
		return ret;
	ret = cssp_rd_copy(&at, msg->server_challenge, CSSP_NTLM_CHALLENGE_SIZE);
	if (ret)
		return ret;
	has_info = msg->flags & CSSP_NTLM_TARGET_INFO;
	ret = ntlm_msg_get_payload(rd, has_info ? CHALLENGE_FIELDS_END : CHALLENGE_SHORT_HEADER,
				   &name, &msg->target_name);
	if (ret)
		return ret;
	ret = ntlm_msg_check_string(msg->flags, &msg->target_name);
	if (ret || !has_info)
		return ret;
	ret = cssp_rd_skip(&at, CHALLENGE_RESERVED);
	if (ret)
		return ret;
	ret = ntlm_msg_get_target_info(rd, &at, msg);
	if (ret)
		return ret;
	ntlm_msg_get_version(at, msg->flags, msg->version);
	return 0;
}

enum authenticate_field {
	LM, NT, DOMAIN, USER, WORKSTATION, ENC_KEY, AUTHENTICATE_FIELDS
};

/*
 * MsvAvFlags in the NTLMv2 response announces the MIC (2.2.1.3). Only these flags
 * count, because the proof covers them.
 */
static int ntlm_msg_promises_mic(const struct cssp_rd *nt, bool *mic)
{
	struct cssp_ntlm_v2 v2;
	struct cssp_ntlm_av av;
	int ret;

	*mic = false;
	if (!nt->left || nt->left == CSSP_NTLM_V1_SIZE)
		return 0;
	ret = cssp_ntlm_v2_decode(nt, &v2);
	if (ret)
		return ret;
	ret = cssp_ntlm_av_parse(&v2.av, &av);
	if (ret)
		return ret;
	*mic = av.flags & CSSP_NTLM_AVF_MIC;
	return 0;
}

static int ntlm_msg_get_authenticate_payload(const struct cssp_rd *message, u32 header,
					     const struct field *fields,
					     struct cssp_ntlm_authenticate *msg)
{
	struct cssp_rd *const views[AUTHENTICATE_FIELDS] = {
		&msg->lm, &msg->nt, &msg->domain, &msg->user, &msg->workstation,
		&msg->enc_key,
	};
	unsigned int i;
	int ret;

	for (i = 0; i < AUTHENTICATE_FIELDS; i++) {
		ret = ntlm_msg_get_payload(message, header, &fields[i], views[i]);
		if (ret)
			return ret;
	}
	return 0;
}

/* An announced MIC must be present, and no field may overlap it. */
static int ntlm_msg_get_mic(const struct cssp_rd *message, const struct field *fields,
			    struct cssp_ntlm_authenticate *msg)
{
	bool mic;
	int ret;

	ret = ntlm_msg_promises_mic(&msg->nt, &mic);
	if (ret || !mic)
		return ret;
	ret = cssp_rd_at(message, CSSP_NTLM_MIC_OFFSET, CSSP_NTLM_MIC_SIZE, &msg->mic);
	if (ret)
		return ret;
	return ntlm_msg_get_authenticate_payload(message, AUTHENTICATE_HEADER, fields, msg);
}

static int ntlm_msg_check_authenticate(const struct cssp_ntlm_authenticate *msg)
{
	int ret;

	ret = ntlm_msg_check_string(msg->flags, &msg->domain);
	if (ret)
		return ret;
	ret = ntlm_msg_check_string(msg->flags, &msg->user);
	if (ret)
		return ret;
	return ntlm_msg_check_string(msg->flags, &msg->workstation);
}

int cssp_ntlm_authenticate_decode(const struct cssp_rd *rd,
				  struct cssp_ntlm_authenticate *msg)
{
	struct field fields[AUTHENTICATE_FIELDS];
	struct cssp_rd at = *rd;
	unsigned int i;
	int ret;

	*msg = (struct cssp_ntlm_authenticate){};
	ret = ntlm_msg_get_start(&at, AUTHENTICATE);
	if (ret)
		return ret;
	for (i = 0; i < AUTHENTICATE_FIELDS; i++) {
		ret = ntlm_msg_get_field(&at, &fields[i]);
		if (ret)
			return ret;
	}
	ret = ntlm_msg_get_flags(&at, &msg->flags);
	if (ret)
		return ret;
	ntlm_msg_get_version(at, msg->flags, msg->version);
	ret = ntlm_msg_get_authenticate_payload(rd, AUTHENTICATE_FIELDS_END, fields, msg);
	if (ret)
		return ret;
	ret = ntlm_msg_get_mic(rd, fields, msg);
	if (ret)
		return ret;
	return ntlm_msg_check_authenticate(msg);
}

static void ntlm_msg_put_start(struct cssp_wr *wr, u32 type)
{
	cssp_wr_copy(wr, signature, sizeof(signature));
	cssp_wr_le32(wr, type);
}

/* The header of a field whose bytes start at *@off; advances *@off past them. */
static void ntlm_msg_put_field(struct cssp_wr *wr, const struct cssp_rd *bytes, u32 *off)
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

/* As ntlm_msg_put_field(), but an empty field is all zero, as from Windows. */
static void ntlm_msg_put_oem_field(struct cssp_wr *wr, const struct cssp_rd *bytes, u32 *off)
{
	if (bytes->left)
		ntlm_msg_put_field(wr, bytes, off);
	else
		cssp_wr_le64(wr, 0);
}

void cssp_ntlm_negotiate_encode(const struct cssp_ntlm_negotiate *msg, struct cssp_wr *wr)
{
	u32 off = NEGOTIATE_HEADER;

	ntlm_msg_put_start(wr, NEGOTIATE);
	cssp_wr_le32(wr, msg->flags);
	ntlm_msg_put_oem_field(wr, &msg->domain, &off);
	ntlm_msg_put_oem_field(wr, &msg->workstation, &off);
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

	ntlm_msg_put_start(wr, CHALLENGE);
	ntlm_msg_put_field(wr, &msg->target_name, &off);
	cssp_wr_le32(wr, msg->flags);
	cssp_wr_copy(wr, msg->server_challenge, CSSP_NTLM_CHALLENGE_SIZE);
	cssp_wr_zero(wr, CHALLENGE_RESERVED);
	ntlm_msg_put_field(wr, &msg->target_info, &off);
	cssp_wr_copy(wr, msg->version, CSSP_NTLM_VERSION_SIZE);
	cssp_wr_rd(wr, &msg->target_name);
	cssp_wr_rd(wr, &msg->target_info);
}

size_t cssp_ntlm_authenticate_size(const struct cssp_ntlm_authenticate *msg)
{
	return AUTHENTICATE_HEADER + msg->domain.left + msg->user.left +
	       msg->workstation.left + msg->lm.left + msg->nt.left + msg->enc_key.left;
}

/* Six fields in the order of the header; their bytes have the order of Windows. */
static void ntlm_msg_put_authenticate_fields(const struct cssp_ntlm_authenticate *msg,
					     struct cssp_wr *wr)
{
	u32 domain = AUTHENTICATE_HEADER;
	u32 user = domain + msg->domain.left;
	u32 workstation = user + msg->user.left;
	u32 lm = workstation + msg->workstation.left;
	u32 nt = lm + msg->lm.left;
	u32 enc_key = nt + msg->nt.left;

	ntlm_msg_put_field(wr, &msg->lm, &lm);
	ntlm_msg_put_field(wr, &msg->nt, &nt);
	ntlm_msg_put_field(wr, &msg->domain, &domain);
	ntlm_msg_put_field(wr, &msg->user, &user);
	ntlm_msg_put_field(wr, &msg->workstation, &workstation);
	ntlm_msg_put_field(wr, &msg->enc_key, &enc_key);
}

void cssp_ntlm_authenticate_encode(const struct cssp_ntlm_authenticate *msg,
				   struct cssp_wr *wr)
{
	ntlm_msg_put_start(wr, AUTHENTICATE);
	ntlm_msg_put_authenticate_fields(msg, wr);
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
	/* Must be last: a known peer computes the MIC up to the end of this field only. */
	cssp_wr_rd(wr, &msg->enc_key);
}
