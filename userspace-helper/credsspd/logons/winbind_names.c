// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <credssp.h>
#include "winbind.h"

/* NTLMv2_CLIENT_CHALLENGE up to its AV pairs, behind NTProofStr (MS-NLMP 2.2.2.7) */
#define PAIRS_AT		(NTLM_PROOF + 28)
#define AV_EOL			0
#define AV_NB_COMPUTER		1
#define AV_NB_DOMAIN		2
#define AV_HEADER		4
/* A NetBIOS name has 15 characters; of longer ones the beginning differs, or they do. */
#define UNITS			64
#define TEXT			(3 * UNITS + 1)

static uint16_t names_get_le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static bool name_is(const uint8_t *value, size_t length, const char *name)
{
	uint16_t units[UNITS];
	char text[TEXT];
	ssize_t n;

	if (length > sizeof(units))
		return false;
	for (size_t i = 0; i < length / 2; i++)
		units[i] = names_get_le16(value + 2 * i);
	n = credssp_utf16_to_utf8(units, length / 2, text, sizeof(text) - 1);
	if (n < 0 || (size_t)n >= sizeof(text))
		return false;
	text[n] = '\0';
	return (size_t)n == strlen(name) && !strcasecmp(text, name);
}

bool winbind_names_fit(const uint8_t *response, size_t length, const char *computer,
		       const char *domain)
{
	size_t at = PAIRS_AT;

	while (at <= length && length - at >= AV_HEADER) {
		const uint16_t id = names_get_le16(response + at);
		const uint16_t size = names_get_le16(response + at + 2);

		at += AV_HEADER;
		if (id == AV_EOL || size > length - at)
			return true;
		if (id == AV_NB_COMPUTER && !name_is(response + at, size, computer))
			return false;
		if (id == AV_NB_DOMAIN && !name_is(response + at, size, domain))
			return false;
		at += size;
	}
	return true;
}
