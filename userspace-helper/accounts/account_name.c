// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <nettle/memops.h>
#include <credssp.h>
#include "account_name.h"

/* The module's own table, which names its types as the kernel does */
#define u16 uint16_t
#define s16 int16_t
#include "../../kmod/wire/utf16_upcase.h"
#undef u16
#undef s16

#define UPCASE_RANGES	(sizeof(upcase_ranges) / sizeof(upcase_ranges[0]))
#define ASCII_END	0x80

uint16_t account_upcase(uint16_t unit)
{
	if (unit < ASCII_END)
		return unit >= 'a' && unit <= 'z' ? unit - ('a' - 'A') : unit;
	for (size_t i = 0; i < UPCASE_RANGES; i++) {
		const struct upcase_range *r = &upcase_ranges[i];

		if (unit < r->first)
			break;
		if (unit <= r->last && !((unit - r->first) % r->step))
			return unit + r->delta;
	}
	return unit;
}

int account_name_from_utf8(struct account_name *n, const char *text, size_t length)
{
	ssize_t units;

	*n = (struct account_name){ 0 };
	units = credssp_utf8_to_utf16(text, length, n->units, ACCOUNT_NAME_UNITS);
	if (units < 0 || memchr(text, '\0', length))
		return -EILSEQ;
	if (units > ACCOUNT_NAME_UNITS)
		return -EMSGSIZE;
	n->length = units;
	for (ssize_t i = 0; i < units; i++)
		n->units[i] = account_upcase(n->units[i]);
	return 0;
}

int account_name_from_utf16(struct account_name *n, const uint8_t *bytes, size_t length)
{
	*n = (struct account_name){ 0 };
	if (length % 2)
		return -EILSEQ;
	if (length / 2 > ACCOUNT_NAME_UNITS)
		return -EMSGSIZE;
	n->length = length / 2;
	for (uint32_t i = 0; i < n->length; i++) {
		n->units[i] = account_upcase(bytes[2 * i] | bytes[2 * i + 1] << 8);
		if (!n->units[i])
			return -EILSEQ;
	}
	return 0;
}

bool account_name_split(struct account_name *user, struct account_name *domain)
{
	uint32_t at = user->length;

	while (at && user->units[at - 1] != '@')
		at--;
	if (at < 2 || at == user->length)
		return false;
	*domain = (struct account_name){ .length = user->length - at };
	memcpy(domain->units, user->units + at, domain->length * sizeof(uint16_t));
	memset(user->units + at - 1, 0, (domain->length + 1) * sizeof(uint16_t));
	user->length = at - 1;
	return true;
}

bool account_name_is(const struct account_name *known, const struct account_name *asked)
{
	const bool same = memeql_sec(known->units, asked->units, asked->length * sizeof(uint16_t));

	return same & (known->length == asked->length);
}
