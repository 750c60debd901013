// SPDX-License-Identifier: GPL-2.0-only
/*
 * Licensing (BCGR 2.2.1.12, MS-RDPELE).  A server for administration, and one that has
 * licensed the client before, sends an "error" that says STATUS_VALID_CLIENT.  Another one
 * asks for a licence, which this sample does not have.  Either is this sequence's result.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "rdp.h"

#define SEC_LICENSE_PKT		0x0080	/* TS_SECURITY_HEADER, BCGR 2.2.8.1.1.2.1 */

/* bMsgType, BCGR 2.2.1.12.1.1 */
enum {
	LICENSE_REQUEST = 0x01,
	LICENSE_PLATFORM_CHALLENGE = 0x02,
	LICENSE_NEW = 0x03,
	LICENSE_UPGRADE = 0x04,
	LICENSE_ERROR_ALERT = 0xff,
};

#define LICENSE_PREAMBLE	4
#define LICENSE_STATUS_VALID_CLIENT	7
#define LICENSE_ST_NO_TRANSITION	2

#define TLS_1_3		0x0304

/* BCGR 2.2.1.12.1.3 */
static const char *const license_errors[] = {
	[0x1] = "ERR_INVALID_SERVER_CERTIFICATE",
	[0x2] = "ERR_NO_LICENSE",
	[0x3] = "ERR_INVALID_MAC",
	[0x4] = "ERR_INVALID_SCOPE",
	[0x6] = "ERR_NO_LICENSE_SERVER",
	[0x7] = "STATUS_VALID_CLIENT",
	[0x8] = "ERR_INVALID_CLIENT",
	[0xb] = "ERR_INVALID_PRODUCTID",
	[0xc] = "ERR_INVALID_MESSAGE_LEN",
};

static const char *license_error_name(u32 code)
{
	if (code >= ARRAY_SIZE(license_errors) || !license_errors[code])
		return "an unknown error";
	return license_errors[code];
}

static int license_valid(struct rdp_connection *c)
{
	const struct credssp_report *report = &c->report;
	char channels[64];

	snprintf(channels, sizeof(channels), "channels %u and %u, %u static", c->user_channel,
		 c->io_channel, c->channel_count);
	rdp_tell(c, "valid client, no licence is needed; %s, CredSSP version %u, TLS %s, %s, %s",
		 report->mech_package == CREDSSP_PACKAGE_KERBEROS ? "Kerberos" : "NTLM",
		 report->credssp_version, report->tls_version == TLS_1_3 ? "1.3" : "1.2",
		 c->selected == RDP_PROTOCOL_HYBRID_EX ? "HYBRID_EX" : "HYBRID", channels);
	return RDP_NEXT;
}

static int license_error(struct rdp_connection *c, struct rdp_reader *r)
{
	u32 code = rdp_get_le32(r);
	u32 transition = rdp_get_le32(r);
	u16 blob;

	rdp_skip(r, 2);		/* type of the blob, which may be anything when it is empty */
	blob = rdp_get_le16(r);
	rdp_skip(r, blob);
	if (r->bad || r->left)
		return rdp_fail(c, -EBADMSG, "the licensing error message is malformed");
	if (code == LICENSE_STATUS_VALID_CLIENT && transition == LICENSE_ST_NO_TRANSITION)
		return license_valid(c);
	return rdp_fail(c, -EACCES, "the server refuses: %s (error %u, state transition %u)",
			license_error_name(code), code, transition);
}

static int license_wanted(struct rdp_connection *c, u8 type)
{
	rdp_tell(c, "the server wants a licence (%s), and this sample has none",
		 type == LICENSE_REQUEST ? "a licence request" : "a platform challenge");
	return RDP_NEXT;
}

int rdp_license(struct rdp_connection *c)
{
	struct rdp_reader r;
	u16 flags, size;
	size_t length;
	u8 type;
	int ret;

	ret = mcs_data_receive(c, c->io_channel, &r);
	if (ret)
		return ret;
	flags = rdp_get_le16(&r);
	rdp_skip(&r, 2);	/* the flags' upper half, of no meaning */
	length = r.left;
	type = rdp_get_u8(&r);
	rdp_skip(&r, 1);	/* version and flags of the licensing protocol */
	size = rdp_get_le16(&r);
	if (r.bad || size != length)
		return rdp_fail(c, -EBADMSG, "the licensing message is malformed");
	if (!(flags & SEC_LICENSE_PKT))
		return rdp_fail(c, -EPROTO, "the server sends no licensing message (flags 0x%04x)",
				flags);
	switch (type) {
	case LICENSE_ERROR_ALERT:
		return license_error(c, &r);
	case LICENSE_REQUEST:
	case LICENSE_PLATFORM_CHALLENGE:
		return license_wanted(c, type);
	default:
		return rdp_fail(c, -EPROTO, "the server sends licensing message 0x%02x", type);
	}
}
