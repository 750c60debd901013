// SPDX-License-Identifier: GPL-2.0-only
/*
 * Client Info PDU (BCGR 2.2.1.11): data on the I/O channel, in which a client says who logs
 * on and where it is.  After CredSSP the server has the credentials already, so user, domain
 * and password are empty here: no password goes a second way.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "rdp.h"

#define SEC_INFO_PKT		0x0040	/* TS_SECURITY_HEADER, BCGR 2.2.8.1.1.2.1 */

/* TS_INFO_PACKET, BCGR 2.2.1.11.1.1 */
#define INFO_MOUSE		0x00000001
#define INFO_DISABLECTRLALTDEL	0x00000002
#define INFO_UNICODE		0x00000010
#define INFO_LOGONNOTIFY	0x00000040
#define INFO_ENABLEWINDOWSKEY	0x00000100
#define INFO_FLAGS		(INFO_MOUSE | INFO_DISABLECTRLALTDEL | INFO_UNICODE | \
				 INFO_LOGONNOTIFY | INFO_ENABLEWINDOWSKEY)
#define INFO_STRINGS		5	/* domain, user, password, shell, directory */

/* TS_EXTENDED_INFO_PACKET, BCGR 2.2.1.11.1.1.1 */
#define INFO_AF_INET		0x0002
#define INFO_AF_INET6		0x0017
#define INFO_TIME_ZONE_SIZE	172

/* A text with its length before it; both include the NUL. */
static void info_put_text(struct rdp_writer *w, const char *text)
{
	rdp_put_le16(w, 2 * (strlen(text) + 1));
	rdp_put_utf16(w, text);
	rdp_put_le16(w, 0);
}

/* The time zone is UTC: no names, no summer time, no bias. */
static void info_put_extended(struct rdp_connection *c, struct rdp_writer *w)
{
	rdp_put_le16(w, c->peer.ss_family == AF_INET6 ? INFO_AF_INET6 : INFO_AF_INET);
	info_put_text(w, "");		/* address; the server sees it anyway */
	info_put_text(w, "");		/* directory of the client's program */
	rdp_put_zeros(w, INFO_TIME_ZONE_SIZE);
	rdp_put_le32(w, 0);		/* session, always zero */
	rdp_put_le32(w, 0);		/* no effects of the desktop are switched off */
	rdp_put_le16(w, 0);		/* no cookie of an earlier connection */
}

int rdp_client_info(struct rdp_connection *c)
{
	struct rdp_writer w = mcs_data_begin(c, c->io_channel);

	rdp_put_le16(&w, SEC_INFO_PKT);
	rdp_put_le16(&w, 0);
	rdp_put_le32(&w, 0);		/* code page, or the keyboard's language */
	rdp_put_le32(&w, INFO_FLAGS);
	/* The lengths of the five strings, without their NULs, and the strings */
	rdp_put_zeros(&w, 2 * INFO_STRINGS);
	rdp_put_zeros(&w, 2 * INFO_STRINGS);
	info_put_extended(c, &w);
	return mcs_data_send(c, &w);
}
