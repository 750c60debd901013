/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of unknown origin: lines of files, and strings on their way to a terminal or into JSON. */
#ifndef CRED_TEXT_H
#define CRED_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * Decode one character of @s. Return its bytes, at least 1; @c
 * is U+FFFD if they are not UTF-8.
 */
size_t text_next(const char *s, size_t n, uint32_t *c);

/* Print, and escape all characters for which text_is_control() is true. */
void text_print(FILE *f, const char *s);

/* "NAME         " of an aligned line */
void text_label(FILE *f, const char *label);

/*
 * True for characters that could steer a terminal or mislead its
 * reader: C0, DEL, C1, line and paragraph separators, directional
 * controls, the byte order mark; all of the BMP.
 */
bool text_is_control(uint32_t c);

/* True for valid UTF-8 without control characters. */
int text_is_clean(const char *s);

/*
 * Read a line of at most @room - 1 bytes without its LF or CR LF. Return 1, 0 at the end, or -1
 * with @err. A NUL must not hide the rest of a line.
 */
int text_line(FILE *f, char *line, size_t room, const char **err);

#endif
