/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The groups of the key exchange. A ClientHello offers all of them, and has the key share
 * of one. A server that wants another one costs a round trip (HelloRetryRequest).
 */
#ifndef CREDSSPD_GROUPS_H
#define CREDSSPD_GROUPS_H

#include <stddef.h>
#include <stdint.h>
#include <gnutls/gnutls.h>

/* Groups are indices from 0 to here. 0 is the cheapest, and most servers have it. */
#define GROUPS_COUNT	5

/* GnuTLS's priorities of all groups, @first in front, NUL-terminated. */
#define GROUPS_TEXT	128
void groups_write(unsigned int first, char text[GROUPS_TEXT]);

/* The group that @session used; GROUPS_COUNT if it used none. */
unsigned int groups_used(gnutls_session_t session);
/* The IANA number of a group; and the group of a number, or GROUPS_COUNT. */
uint16_t groups_number(unsigned int group);
unsigned int groups_find(uint16_t number);

#endif
