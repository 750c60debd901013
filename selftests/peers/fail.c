// SPDX-License-Identifier: GPL-2.0-only
/* Why a connection ended. */
#include <stdarg.h>
#include <stdio.h>

#include "peer.h"

int fail(struct conn *c, const char *format, ...)
{
	va_list args;

	/* The first reason is the one that counts. */
	if (c->why[0])
		return -1;
	va_start(args, format);
	vsnprintf(c->why, sizeof(c->why), format, args);
	va_end(args);
	return -1;
}
