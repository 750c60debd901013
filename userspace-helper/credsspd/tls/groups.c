// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include "groups.h"

static const struct {
	gnutls_group_t id;
	uint16_t number;	/* RFC 8446 4.2.7 */
	const char *keyword;
} groups[GROUPS_COUNT] = {
	{ GNUTLS_GROUP_X25519, 29, ":+GROUP-X25519" },
	{ GNUTLS_GROUP_SECP256R1, 23, ":+GROUP-SECP256R1" },
	{ GNUTLS_GROUP_SECP384R1, 24, ":+GROUP-SECP384R1" },
	{ GNUTLS_GROUP_SECP521R1, 25, ":+GROUP-SECP521R1" },
	{ GNUTLS_GROUP_X448, 30, ":+GROUP-X448" },
};

void groups_write(unsigned int first, char text[GROUPS_TEXT])
{
	size_t length = snprintf(text, GROUPS_TEXT, "%s", groups[first].keyword);

	for (unsigned int i = 0; i < GROUPS_COUNT; i++) {
		if (i != first)
			length += snprintf(text + length, GROUPS_TEXT - length, "%s",
					   groups[i].keyword);
	}
}

unsigned int groups_used(gnutls_session_t session)
{
	const gnutls_group_t id = gnutls_group_get(session);
	unsigned int i = 0;

	while (i < GROUPS_COUNT && groups[i].id != id)
		i++;
	return i;
}

uint16_t groups_number(unsigned int group)
{
	return groups[group].number;
}

unsigned int groups_find(uint16_t number)
{
	unsigned int i = 0;

	while (i < GROUPS_COUNT && groups[i].number != number)
		i++;
	return i;
}
