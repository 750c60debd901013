// SPDX-License-Identifier: LGPL-2.1-or-later
/* Strings of both forms. UTF-16 is in native order and need not be aligned to more than a unit. */
#include <stdlib.h>
#include <string.h>

#include "sspi.h"

static void *utf16_make(const char *utf8)
{
	size_t length = strlen(utf8);
	ssize_t units = credssp_utf8_to_utf16(utf8, length, NULL, 0);
	uint16_t *made;

	if (units < 0)
		return NULL;
	made = calloc((size_t)units + 1, sizeof(*made));
	if (made)
		credssp_utf8_to_utf16(utf8, length, made, (size_t)units);
	return made;
}

void *sspi_string_make(enum sspi_form form, const char *utf8)
{
	return form == SSPI_W ? utf16_make(utf8) : strdup(utf8);
}

/* Count characters before the NUL, up to @max. */
static uint32_t string_count(enum sspi_form form, const void *text, uint32_t max)
{
	const uint16_t *units = text;
	uint32_t n = 0;

	if (form == SSPI_A)
		return (uint32_t)strnlen(text, max);
	while (n < max && units[n])
		n++;
	return n;
}

int32_t sspi_string_read(enum sspi_form form, const void *text, char *utf8, size_t size)
{
	if (!text)
		return SEC_E_INVALID_PARAMETER;
	return sspi_chars_read(form, text, string_count(form, text, (uint32_t)size), utf8, size);
}

int32_t sspi_chars_read(enum sspi_form form, const void *text, uint32_t count, char *utf8,
			size_t size)
{
	ssize_t length = count;

	if (count >= size)
		return SEC_E_INVALID_PARAMETER;
	if (form == SSPI_W)
		length = credssp_utf16_to_utf8(text, count, utf8, size - 1);
	else if (count)
		memcpy(utf8, text, count);
	if (length < 0 || (size_t)length >= size)
		return SEC_E_INVALID_PARAMETER;
	utf8[length] = '\0';
	return SEC_E_OK;
}
