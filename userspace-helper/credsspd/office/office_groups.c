// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "office_groups.h"
#include "sandbox/sandbox.h"

static const uint8_t *groups_start(const struct credssp_hlp_header *hdr)
{
	return (const uint8_t *)(hdr + 1);
}

const uint8_t *office_payload(const struct credssp_hlp_header *hdr, size_t *length)
{
	const size_t all = hdr->length - sizeof(*hdr);
	struct credssp_hlp_groups head;
	size_t before = 0;

	if (hdr->flags & ~(uint32_t)CREDSSP_HLP_GROUPS)
		return NULL;
	if (hdr->flags) {
		if (all < sizeof(head))
			return NULL;
		memcpy(&head, groups_start(hdr), sizeof(head));
		if (head.count > CREDSSP_HLP_MAX_GROUPS)
			return NULL;
		before = sizeof(head) + head.count * sizeof(uint32_t);
	}
	if (all < before)
		return NULL;
	*length = all - before;
	return groups_start(hdr) + before;
}

void office_groups_read(struct office_groups *g, const struct credssp_hlp_header *hdr)
{
	struct credssp_hlp_groups head = { .gid = SANDBOX_NO_GROUP };

	if (hdr->flags)
		memcpy(&head, groups_start(hdr), sizeof(head));
	g->gid = head.gid;
	g->count = head.count;
	memcpy(g->list, groups_start(hdr) + sizeof(head), head.count * sizeof(g->list[0]));
}
