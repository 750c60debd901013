/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_REQUEST_H
#define CREDSSPD_KRB5_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/credssp.h>

/* Bytes of the strings in UTF-8: the 2 bytes of a UTF-16 unit become up to 3. */
#define KRB5_REQUEST_NAME_MAX		(CREDSSP_MAX_NAME / 2 * 3)
#define KRB5_REQUEST_PASSWORD_MAX	(CREDSSP_MAX_PASSWORD / 2 * 3)
/* PATH_MAX and the type before it */
#define KRB5_REQUEST_TICKETS_MAX	4128

/**
 * struct krb5_request - a parsed KRB5_INIT
 * @head: its fixed part
 * @user, @realm, @password, @tickets, @target: its strings; "" where there is none
 * @peer_ticket, @saved: views of the payload, of @head's lengths
 */
struct krb5_request {
	struct credssp_hlp_krb5_init head;
	char user[KRB5_REQUEST_NAME_MAX + 1];
	char realm[KRB5_REQUEST_NAME_MAX + 1];
	char password[KRB5_REQUEST_PASSWORD_MAX + 1];
	char tickets[KRB5_REQUEST_TICKETS_MAX + 1];
	char target[KRB5_REQUEST_NAME_MAX + 1];
	const uint8_t *peer_ticket;
	const uint8_t *saved;
};

/* Is it a request by password or certificate, whose tickets are saved? */
bool krb5_request_has_secret(const struct credssp_hlp_krb5_init *head);

/*
 * Parse the payload of a request. The caller wipes @rq, which has the password. Return 0 or
 * -EBADMSG.
 */
int krb5_request_parse(struct krb5_request *rq, const uint8_t *payload, size_t length);

#endif
