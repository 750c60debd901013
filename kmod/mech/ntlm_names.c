// SPDX-License-Identifier: GPL-2.0-only
#include "ntlm_names.h"

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <uapi/linux/credssp.h>

#include "../base/status.h"
#include "encode.h"

#define NETBIOS_MAX	15	/* NetBIOS has a 16th character for the service */

/* One unit of UTF-16 becomes at most so many bytes of UTF-8. */
#define UTF8_PER_UNIT	3

static bool names_is_host_char(char c)
{
	return isascii(c) && (isalnum(c) || c == '-' || c == '_' || c == '.');
}

/* The kernel's default, "(none)", is not one. */
static bool names_is_host(const char *host)
{
	size_t i;

	for (i = 0; host[i]; i++)
		if (!names_is_host_char(host[i]))
			return false;
	return i && host[0] != '.';
}

static int names_put_netbios(struct cssp_vbuf *b, const char *host)
{
	char label[NETBIOS_MAX];
	struct cssp_rd rd;
	size_t i;

	for (i = 0; i < sizeof(label) && host[i] && host[i] != '.'; i++)
		label[i] = toupper(host[i]);
	rd = cssp_rd_of(label, i);
	return cssp_encode_utf16(b, &rd);
}

static int names_put(struct cssp_vbuf *b, const char *name)
{
	const struct cssp_rd rd = cssp_rd_of(name, strlen(name));

	return cssp_encode_utf16(b, &rd);
}

int cssp_ntlm_machine_init(struct cssp_ntlm_machine *m, const char *host)
{
	const char *dot;
	int ret;

	if (!names_is_host(host))
		host = "localhost";
	dot = strchr(host, '.');
	ret = names_put_netbios(&m->netbios, host);
	if (ret)
		return ret;
	ret = names_put(&m->dns, host);
	if (ret)
		return ret;
	return names_put(&m->dns_domain, dot && dot[1] ? dot + 1 : host);
}

void cssp_ntlm_machine_free(struct cssp_ntlm_machine *m)
{
	cssp_vbuf_free(&m->netbios);
	cssp_vbuf_free(&m->dns);
	cssp_vbuf_free(&m->dns_domain);
}

/*
 * Characters that change a terminal or the order of a line of log, or make two names look the
 * same: C0, DEL and C1; then zero width, line ends and bidirectional controls (Unicode's General
 * Punctuation), fillers of Hangul, variation selectors, the byte order mark, what is reserved
 * for interlinear annotations; and the first halves of plane 14, which has nothing visible.
 */
static const struct {
	u16 first;
	u16 last;
} names_hidden[] = {
	{ 0x0000, 0x001f },
	{ 0x007f, 0x009f },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x061c, 0x061c },
	{ 0x115f, 0x1160 },
	{ 0x180b, 0x180f },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x3164, 0x3164 },
	{ 0xdb40, 0xdb7f },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
};

static bool names_is_hidden(u16 unit)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names_hidden); i++)
		if (unit >= names_hidden[i].first && unit <= names_hidden[i].last)
			return true;
	return false;
}

static bool names_is_high(u16 unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool names_is_low(u16 unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Write @name, with '?' for what must not stand in a line of log. It stays as long. */
static void names_clean(const struct cssp_rd *name, struct cssp_wr *wr)
{
	struct cssp_rd rd = *name, next;
	u16 unit, low;

	while (!cssp_rd_le16(&rd, &unit)) {
		next = rd;
		if (names_is_hidden(unit)) {
			cssp_wr_le16(wr, '?');
		} else if (names_is_high(unit) && !cssp_rd_le16(&next, &low) &&
			   names_is_low(low)) {
			cssp_wr_le16(wr, unit);
			cssp_wr_le16(wr, low);
			rd = next;
		} else if (names_is_high(unit) || names_is_low(unit)) {
			cssp_wr_le16(wr, '?');
		} else {
			cssp_wr_le16(wr, unit);
		}
	}
}

/* Replace @b by the UTF-8 of @utf16, which is clean, with NUL. */
static int names_to_utf8(const struct cssp_rd *utf16, struct cssp_vbuf *b)
{
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(b, utf16->left / 2 * UTF8_PER_UNIT + 1, &wr);
	if (ret)
		return ret;
	ret = cssp_utf16_to_utf8(utf16, &wr);
	if (ret)
		return ret;
	cssp_wr_u8(&wr, 0);
	return cssp_encode_end(b, &wr);
}

/* DOMAIN\user, or one of them alone */
static int names_join(const struct cssp_rd *domain, const struct cssp_rd *user,
		      struct cssp_vbuf *b)
{
	struct cssp_vbuf clean = {};
	struct cssp_rd utf16;
	struct cssp_wr wr;
	int ret;

	cssp_vbuf_clear(b);
	if (!domain->left && !user->left)
		return 0;
	ret = cssp_encode_begin(&clean, domain->left + user->left + sizeof(u16), &wr);
	if (ret)
		return ret;
	names_clean(domain, &wr);
	if (domain->left)
		cssp_wr_le16(&wr, '\\');
	names_clean(user, &wr);
	ret = cssp_encode_end(&clean, &wr);
	if (ret)
		goto out;
	utf16 = cssp_vbuf_rd(&clean);
	ret = names_to_utf8(&utf16, b);
out:
	cssp_vbuf_free(&clean);
	return ret;
}

int cssp_ntlm_claim(const struct cssp_ntlm_authenticate *msg, struct cssp_vbuf *account,
		    struct cssp_vbuf *workstation)
{
	const struct cssp_rd none = {};
	int ret;

	cssp_vbuf_clear(account);
	cssp_vbuf_clear(workstation);
	if (!(msg->flags & CSSP_NTLM_UNICODE))
		return 0;
	if (msg->user.left > CREDSSP_MAX_NAME || msg->domain.left > CREDSSP_MAX_NAME ||
	    msg->workstation.left > CREDSSP_MAX_NAME)
		return CSSP_E_TOO_BIG;
	ret = names_join(&msg->domain, &msg->user, account);
	if (ret)
		return ret;
	return names_join(&none, &msg->workstation, workstation);
}
