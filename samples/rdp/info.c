// SPDX-License-Identifier: GPL-2.0-only
/*
 * Client Info PDU (BCGR 2.2.1.11): data on the I/O channel, in which a client says who logs
 * on and where it is.  After CredSSP the server has the credentials already.  The client
 * names the same user again, and the password is empty: it does not go a second way.
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
#define INFO_MAX_NAME		510	/* bytes of a domain or user, without the NUL */

/* TS_EXTENDED_INFO_PACKET, BCGR 2.2.1.11.1.1.1 */
#define INFO_AF_INET		0x0002
#define INFO_AF_INET6		0x0017
#define INFO_TIME_ZONE_SIZE	172

/* A text with its length before it; both include the NUL. */
static void info_put_text(struct rdp_writer *w, const char *text)
{
	rdp_put_le16(w, 2 * (strlen(text) + 1));
	rdp_put_utf16(w, text, strlen(text));
	rdp_put_le16(w, 0);
}

/* A text and its NUL; its length, without the NUL, goes to @length_at. */
static void info_put_name(struct rdp_writer *w, size_t length_at, const char *text, size_t n)
{
	size_t at = w->length;

	rdp_put_utf16(w, text, n);
	if (w->length - at > INFO_MAX_NAME)
		w->full = true;
	rdp_set_le16(w, length_at, w->length - at);
	rdp_put_le16(w, 0);
}

/* The lengths of the five strings, and the strings.  user@REALM has no domain. */
static void info_put_logon(struct rdp_connection *c, struct rdp_writer *w)
{
	const char *slash = strchr(c->logon, '\\');
	const char *user = slash ? slash + 1 : c->logon;
	size_t lengths_at = w->length;

	rdp_put_zeros(w, 2 * INFO_STRINGS);
	info_put_name(w, lengths_at, c->logon, slash ? slash - c->logon : 0);
	info_put_name(w, lengths_at + 2, user, strlen(user));
	/* The other three are empty: only their NULs. */
	rdp_put_zeros(w, 2 * (INFO_STRINGS - 2));
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
	info_put_logon(c, &w);
	info_put_extended(c, &w);
	return mcs_data_send(c, &w);
}
