/* SPDX-License-Identifier: GPL-2.0-only */
/* The groups of a requester, which come in front of a request's payload (CREDSSP_HLP_GROUPS) */
#ifndef CREDSSPD_OFFICE_GROUPS_H
#define CREDSSPD_OFFICE_GROUPS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/credssp.h>

/**
 * struct office_groups - groups that a worker gets
 * @gid: its group
 * @count, @list: supplementary groups
 */
struct office_groups {
	gid_t gid;
	size_t count;
	gid_t list[CREDSSP_HLP_MAX_GROUPS];
};

/**
 * office_payload() - find what belongs to the opcode
 * @hdr: request, of which @hdr->length bytes are there
 * @length: out: bytes of it
 *
 * Return: it, not aligned; NULL if what comes before it is malformed.
 */
const uint8_t *office_payload(const struct credssp_hlp_header *hdr, size_t *length);

/* Those of a request that office_payload() has accepted; without any, a group without access */
void office_groups_read(struct office_groups *g, const struct credssp_hlp_header *hdr);

#endif
