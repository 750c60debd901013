// SPDX-License-Identifier: GPL-2.0-only
/* AcceptSecurityContext: the options of an acceptor, and its first token. */
#include <linux/socket.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "../base/status.h"
#include "../wire/tls_record.h"
#include "asc.h"

#define IPV4_SIZE	4

static int asc_check_peer(const struct credssp_address *peer)
{
	static const struct credssp_address none;

	switch (peer->family) {
	case AF_UNSPEC:
		return memcmp(peer, &none, sizeof(none)) ? CSSP_E_PARAMETER : 0;
	case AF_INET:
		return peer->scope || memchr_inv(peer->address + IPV4_SIZE, 0,
						 sizeof(peer->address) - IPV4_SIZE) ?
		       CSSP_E_PARAMETER : 0;
	case AF_INET6:
		return 0;
	default:
		return CSSP_E_PARAMETER;
	}
}

int cssp_asc_check_options(const struct cssp_isc_call *call)
{
	const struct cssp_asc *asc = call->asc;

	if (asc->flags & ~CSSP_ASC_FLAGS)
		return CSSP_E_PARAMETER;
	/* An inner package delegates nothing. */
	if (asc->flags && !call->package->tls)
		return CSSP_E_PARAMETER;
	return asc_check_peer(&asc->peer);
}

int cssp_asc_check_first(struct cssp_isc_call *call)
{
	struct cssp_rd probe = call->isc.input, whole;
	unsigned int count;
	int ret = cssp_asc_check_options(call);

	if (ret || !call->package->tls)
		return ret;
	ret = cssp_tls_records_split(&probe, &whole, &count, &call->isc.missing);
	if (ret || count)
		return ret;
	if (!call->isc.missing)
		call->isc.missing = CSSP_TLS_HEADER;
	return -ENODATA;
}

/*
 * An IPv6 socket maps the addresses of IPv4 clients.  Failures of one client count
 * together, however its server listens.
 */
static struct credssp_address asc_unmap(const struct credssp_address *peer)
{
	struct credssp_address to = *peer;
	struct in6_addr v6;

	memcpy(&v6, peer->address, sizeof(v6));
	if (peer->family != AF_INET6 || !ipv6_addr_v4mapped(&v6))
		return to;
	to = (struct credssp_address){ .family = AF_INET, .port = peer->port };
	memcpy(to.address, &v6.s6_addr32[3], IPV4_SIZE);
	return to;
}

void cssp_asc_set_options(struct cssp_isc_call *call)
{
	call->isc.accept_flags = call->asc->flags;
	call->isc.peer = asc_unmap(&call->asc->peer);
}
