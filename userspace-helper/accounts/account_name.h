/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of users and domains, compared as NTLM does it: without regard to case. */
#ifndef ACCOUNTS_ACCOUNT_NAME_H
#define ACCOUNTS_ACCOUNT_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-16 code units of a name: Windows has 104 for a user's logon name, and 255 for a domain's */
#define ACCOUNT_NAME_UNITS	256

/**
 * struct account_name - a name in upper case
 * @length: code units
 * @units: those behind @length are zero
 */
struct account_name {
	uint32_t length;
	uint16_t units[ACCOUNT_NAME_UNITS];
};

/* UpperCase of MS-NLMP: one code unit to one code unit, as the module does it */
uint16_t account_upcase(uint16_t unit);

/* 0, -EILSEQ for what is not UTF-8, or -EMSGSIZE. A name may be empty. */
int account_name_from_utf8(struct account_name *n, const char *text, size_t length);
/*
 * 0, -EILSEQ for an odd length or a NUL, or -EMSGSIZE. Windows takes lone surrogates in names, so
 * they pass here.
 */
int account_name_from_utf16(struct account_name *n, const uint8_t *bytes, size_t length);

/*
 * Cut the part behind the last @ off, into @domain: the form user@domain. False if there is no
 * @, or nothing on one side of it; then nothing is changed.
 */
bool account_name_split(struct account_name *user, struct account_name *domain);

/* Compare in a time that depends on the length of @asked only. */
bool account_name_is(const struct account_name *known, const struct account_name *asked);

#endif
