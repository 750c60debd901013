// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <credssp.h>

#include "text.h"

#define REPLACEMENT	0xfffd
#define MAX_UTF8	4

size_t text_next(const char *s, size_t n, uint32_t *c)
{
	uint16_t u[2];
	size_t len;

	for (len = 1; len <= MAX_UTF8 && len <= n; len++) {
		ssize_t units = credssp_utf8_to_utf16(s, len, u, 2);

		if (units < 1)
			continue;
		*c = units == 1 ? u[0] : 0x10000 + ((uint32_t)(u[0] & 0x3ff) << 10 |
						    (u[1] & 0x3ff));
		return len;
	}
	*c = REPLACEMENT;
	return 1;
}

bool text_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	       c == 0x61c || c == 0xfeff;
}

void text_print(FILE *f, const char *s)
{
	size_t n = strlen(s), used;
	uint32_t c;

	for (; n; s += used, n -= used) {
		used = text_next(s, n, &c);
		if (text_is_control(c) || c == REPLACEMENT)
			fprintf(f, "\\u{%x}", c == REPLACEMENT && used == 1 ?
				(unsigned char)*s : c);
		else
			fwrite(s, 1, used, f);
	}
}

int text_is_clean(const char *s)
{
	size_t n = strlen(s), used;
	uint32_t c;

	for (; n; s += used, n -= used) {
		used = text_next(s, n, &c);
		if (text_is_control(c) || c == REPLACEMENT)
			return 0;
	}
	return 1;
}

void text_label(FILE *f, const char *label)
{
	fprintf(f, "  %-13s", label);
}

int text_line(FILE *f, char *line, size_t room, const char **err)
{
	size_t n = 0;
	int c;

	while ((c = getc(f)) != EOF && c != '\n') {
		if (!c || n == room - 1) {
			*err = c ? "the line is too long" : "there is a NUL byte";
			return -1;
		}
		line[n++] = (char)c;
	}
	if (c == '\n' && n && line[n - 1] == '\r')
		n--;
	line[n] = '\0';
	if (ferror(f)) {
		*err = "the file cannot be read";
		return -1;
	}
	return c == '\n' || n;
}
