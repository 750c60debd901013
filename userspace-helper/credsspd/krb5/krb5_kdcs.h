/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The KDCs that the relay has asked, for `credsspctl status`: a table, and the file that it is
 * written to. The file is root's, because realms and KDCs tell where users log on. Its lines:
 *
 *   credssp-kdcs 1 SERIAL
 *   REALM TRANSPORT ADDRESS ASKED ANSWERED MILLISECONDS RESULT
 *   end SERIAL
 *
 * with blanks between the words, and the most recent KDC first. Both SERIALs are equal unless
 * the file is being written. ASKED and ANSWERED are seconds since 1970 UTC, and 0 for never;
 * MILLISECONDS are those of the last answer; TRANSPORT and ADDRESS are "-" with the RESULT
 * "no-kdc". The other RESULTs are "no-answer", "answered" and "error".
 */
#ifndef CREDSSPD_KRB5_KDCS_H
#define CREDSSPD_KRB5_KDCS_H

#include <stddef.h>
#include <stdint.h>
#include "krb5_kdc.h"

/* A site has a few KDCs, of which each may be asked by UDP and TCP. */
#define KRB5_KDCS_ROWS		64
/* The most rows that one user was the last to ask: it can make up realms. */
#define KRB5_KDCS_OF_OWNER	16
/* Address and port in numbers, and a NUL */
#define KRB5_KDCS_ADDRESS	80
/* Bytes of the file at most, with a NUL */
#define KRB5_KDCS_LINE_MAX	(KRB5_KDC_REALM_MAX + KRB5_KDCS_ADDRESS + 96)
#define KRB5_KDCS_FILE_MAX	((KRB5_KDCS_ROWS + 1) * KRB5_KDCS_LINE_MAX)

enum krb5_kdcs_result { KRB5_KDCS_NO_ANSWER, KRB5_KDCS_ANSWERED, KRB5_KDCS_ERROR, KRB5_KDCS_NONE };

/**
 * struct krb5_kdc_row - one KDC of a realm by one transport
 * @owner: the user who has asked last
 * @realm: of it
 * @transport, @address: "udp" or "tcp", and the KDC; both "-" where none is known
 * @turn: larger than that of all rows that were used before; 0: this place is free
 * @began: of the last question, milliseconds of clock_ms()
 * @asked, @answered: seconds since 1970 UTC; 0: never
 * @ms: until the last answer
 * @result: of the last question
 */
struct krb5_kdc_row {
	uint32_t owner;
	char realm[KRB5_KDC_REALM_MAX + 1];
	char transport[4];
	char address[KRB5_KDCS_ADDRESS];
	uint64_t turn;
	int64_t began;
	int64_t asked;
	int64_t answered;
	uint32_t ms;
	enum krb5_kdcs_result result;
};

/* All-zero is empty. */
struct krb5_kdcs {
	uint64_t turns;
	uint64_t serial;
	struct krb5_kdc_row row[KRB5_KDCS_ROWS];
};

/**
 * krb5_kdcs_note() - take in what a line about a message tells of a KDC
 * @k: table
 * @owner: user whom the message is sent for
 * @realm: of the KDC
 * @line: @length bytes by krb5_courier_carry(), not trusted; many tell nothing
 * @now: clock_ms()
 */
void krb5_kdcs_note(struct krb5_kdcs *k, uint32_t owner, const char *realm, const char *line,
		    size_t length, int64_t now);
/* No KDC of @realm is known. */
void krb5_kdcs_miss(struct krb5_kdcs *k, uint32_t owner, const char *realm, int64_t now);
/* The text of the file, in @text of KRB5_KDCS_FILE_MAX bytes; its length */
size_t krb5_kdcs_print(struct krb5_kdcs *k, char *text);
/* Write it to the file @fd. Without one (-1) nothing is done. */
void krb5_kdcs_write(struct krb5_kdcs *k, int fd);

/*
 * Make the file @path, which only this user can read, and the directory that it is in. A
 * descriptor, or -1 after logging the reason; NULL: -1.
 */
int krb5_kdcs_open(const char *path);

#endif
