/* SPDX-License-Identifier: GPL-2.0-only */
/* Strings of unknown origin on their way to a terminal or into JSON. */
#ifndef CREDSSPCTL_TEXT_H
#define CREDSSPCTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* One character of @s: bytes used (at least 1); @c is U+FFFD where it is no UTF-8. */
size_t text_next(const char *s, size_t n, uint32_t *c);

/* Print with everything escaped that could steer a terminal or fool its reader. */
void text_print(FILE *f, const char *s);

/*
 * Could @c steer a terminal or fool its reader? C0, DEL, C1, line and paragraph
 * separators, directional controls, the byte order mark; all of the BMP.
 */
bool text_is_control(uint32_t c);

/* Is it valid UTF-8 without control characters? */
int text_is_clean(const char *s);

#endif
