/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_ACCEPT_REQUEST_H
#define CREDSSPD_KRB5_ACCEPT_REQUEST_H

#include <stddef.h>
#include <stdint.h>
#include <linux/credssp.h>
#include "krb5_request.h"

/**
 * struct krb5_tgt_key - what decrypts user-to-user tickets, from one worker to another
 * @enctype, @length, @key: session key of the acceptor's TGT
 * @name: the acceptor's principal; "" if it is too long
 */
struct krb5_tgt_key {
	uint32_t enctype;
	uint32_t length;
	uint8_t key[CREDSSP_HLP_MAX_KEY];
	char name[256];
};

/**
 * struct krb5_accept_request - a parsed KRB5_TGT or KRB5_ACCEPT
 * @flags, @time_limit: of the fixed part
 * @keytab, @spn: its strings; "" where there is none
 * @message, @length: the AP-REQ; a view of the payload
 * @bindings: view of the fixed part; NULL without BINDINGS
 * @tgt_key: with USER_TO_USER
 */
struct krb5_accept_request {
	uint32_t flags;
	uint32_t time_limit;
	char keytab[KRB5_REQUEST_TICKETS_MAX + 1];
	char spn[KRB5_REQUEST_NAME_MAX + 1];
	const uint8_t *message;
	size_t length;
	const uint8_t *bindings;
	struct krb5_tgt_key tgt_key;
};

/*
 * Parse the payload of a request; the office puts a struct krb5_tgt_key behind a KRB5_ACCEPT
 * with USER_TO_USER. The caller wipes @rq, which has the key. Return 0 or -EBADMSG.
 */
int krb5_accept_parse(struct krb5_accept_request *rq, const uint8_t *payload, size_t length);
int krb5_accept_parse_tgt(struct krb5_accept_request *rq, const uint8_t *payload, size_t length);

#endif
