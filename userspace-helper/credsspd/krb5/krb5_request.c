// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "krb5_fields.h"
#include "krb5_request.h"

#define REQUEST_FLAGS	(CREDSSP_HLP_KRB5_LOCAL | CREDSSP_HLP_KRB5_USER_TO_USER | \
			 CREDSSP_HLP_KRB5_BINDINGS | CREDSSP_HLP_KRB5_OPTIONAL | \
			 CREDSSP_HLP_KRB5_ONE_WAY)

bool krb5_request_has_secret(const struct credssp_hlp_krb5_init *head)
{
	return head->source == CREDSSP_HLP_KRB5_PASSWORD ||
	       head->source == CREDSSP_HLP_KRB5_CERT;
}

/* What is wrong with the fixed part by itself */
static int request_check(const struct credssp_hlp_krb5_init *h)
{
	const bool is_password = h->source == CREDSSP_HLP_KRB5_PASSWORD;
	const bool has_secret = krb5_request_has_secret(h);
	const bool is_u2u = h->flags & CREDSSP_HLP_KRB5_USER_TO_USER;

	if (h->source < CREDSSP_HLP_KRB5_PASSWORD || h->source > CREDSSP_HLP_KRB5_CERT)
		return -EBADMSG;
	if (h->flags & ~(uint32_t)REQUEST_FLAGS || h->__reserved)
		return -EBADMSG;
	if (!h->target_length || !h->peer_ticket_length == is_u2u)
		return -EBADMSG;
	if (has_secret && (!h->user_length || !h->tickets_length != is_password))
		return -EBADMSG;
	if (h->session_keyring && h->source != CREDSSP_HLP_KRB5_CCACHE)
		return -EBADMSG;
	if (!has_secret && (h->password_length || h->saved_length))
		return -EBADMSG;
	return 0;
}

int krb5_request_parse(struct krb5_request *rq, const uint8_t *payload, size_t length)
{
	struct krb5_fields f = { .data = payload, .left = length };
	struct credssp_hlp_krb5_init *h = &rq->head;

	if (!krb5_fields_copy(&f, h, sizeof(*h)) || request_check(h))
		return -EBADMSG;
	krb5_fields_text(&f, rq->user, h->user_length, KRB5_REQUEST_NAME_MAX);
	krb5_fields_text(&f, rq->realm, h->realm_length, KRB5_REQUEST_NAME_MAX);
	krb5_fields_text(&f, rq->password, h->password_length, KRB5_REQUEST_PASSWORD_MAX);
	krb5_fields_text(&f, rq->tickets, h->tickets_length, KRB5_REQUEST_TICKETS_MAX);
	krb5_fields_text(&f, rq->target, h->target_length, KRB5_REQUEST_NAME_MAX);
	rq->peer_ticket = krb5_fields_take(&f, h->peer_ticket_length, CREDSSP_HLP_MAX_KRB5_MESSAGE);
	rq->saved = krb5_fields_take(&f, h->saved_length, CREDSSP_HLP_MAX_TICKETS);
	return krb5_fields_end(&f);
}
