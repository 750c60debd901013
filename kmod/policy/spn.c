// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/slab.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/utf16.h"
#include "spn.h"

/*
 * The host of "service/host", "service/host:port", "service/host/realm" or a
 * bare "host"; an IPv6 address is written in brackets when a port follows.
 */
static struct cssp_rd host_of(const char *spn)
{
	const char *slash = strchr(spn, '/');
	const char *host = slash ? slash + 1 : spn;
	size_t len = strcspn(host, "/");
	const char *colon;

	if (host[0] == '[')
		return cssp_rd_of(host + 1, strcspn(host + 1, "]/"));
	colon = memchr(host, ':', len);
	if (colon && !memchr(colon + 1, ':', host + len - colon - 1))
		len = colon - host;
	return cssp_rd_of(host, len);
}

void cssp_spn_service(const char *spn, char *name, size_t room)
{
	const char *slash = strchr(spn, '/');
	struct cssp_rd host = host_of(spn);

	/* a fully qualified name with its last dot is the same name */
	if (host.left > 1 && host.p[host.left - 1] == '.')
		host.left--;
	snprintf(name, room, "%.*s%.*s", slash ? (int)(slash + 1 - spn) : 0, spn,
		 (int)host.left, (const char *)host.p);
}

/* No control characters or spaces: the name goes into policies and onto the wire. */
static bool is_plain(const struct cssp_rd *rd)
{
	size_t i;

	for (i = 0; i < rd->left; i++)
		if (rd->p[i] <= ' ' || rd->p[i] == 0x7f)
			return false;
	return true;
}

bool cssp_spn_is_name(const struct cssp_rd *utf8)
{
	return utf8->left <= CREDSSP_MAX_TARGET && is_plain(utf8) &&
	       cssp_utf16_size(utf8) >= 0;
}

int cssp_spn_set(struct cssp_spn *t, const struct cssp_rd *utf8)
{
	struct cssp_spn new = {};
	struct cssp_rd host;

	if (!cssp_spn_is_name(utf8))
		return CSSP_E_TARGET;
	new.spn = kmemdup_nul(utf8->left ? (const char *)utf8->p : "", utf8->left,
			      CSSP_GFP);
	if (!new.spn)
		return -ENOMEM;
	host = host_of(new.spn);
	new.host = kmemdup_nul((const char *)host.p, host.left, CSSP_GFP);
	if (!new.host) {
		kfree(new.spn);
		return -ENOMEM;
	}
	if (utf8->left && !host.left) {
		cssp_spn_free(&new);
		return CSSP_E_TARGET;
	}
	cssp_spn_free(t);
	*t = new;
	return 0;
}

void cssp_spn_free(struct cssp_spn *t)
{
	kfree(t->spn);
	kfree(t->host);
	*t = (struct cssp_spn){};
}
