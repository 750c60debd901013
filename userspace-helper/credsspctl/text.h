/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings of unknown origin on their way to a terminal or into JSON. */
#ifndef CREDSSPCTL_TEXT_H
#define CREDSSPCTL_TEXT_H

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

#endif
