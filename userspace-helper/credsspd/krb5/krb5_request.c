// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "krb5_request.h"

#define REQUEST_FLAGS	(CREDSSP_HLP_KRB5_LOCAL | CREDSSP_HLP_KRB5_USER_TO_USER | \
			 CREDSSP_HLP_KRB5_BINDINGS | CREDSSP_HLP_KRB5_OPTIONAL | \
			 CREDSSP_HLP_KRB5_ONE_WAY)

/* The rest of the payload; the first failure is latched. */
struct request_reader {
	const uint8_t *data;
	size_t left;
	int error;
};

/* Take @n of at most @most bytes. On failure the view is empty, and its length is wrong. */
static const uint8_t *request_take(struct request_reader *r, size_t n, size_t most)
{
	const uint8_t *place = r->data;

	if (r->error || n > most || n > r->left) {
		r->error = -EBADMSG;
		return NULL;
	}
	r->data += n;
	r->left -= n;
	return place;
}

/* A string of @n bytes without NUL; @text has room for @most of them and a NUL. */
static void request_take_text(struct request_reader *r, char *text, size_t n, size_t most)
{
	const uint8_t *place = request_take(r, n, most);

	text[0] = '\0';
	if (!place)
		return;
	if (memchr(place, 0, n)) {
		r->error = -EBADMSG;
		return;
	}
	memcpy(text, place, n);
	text[n] = '\0';
}

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
	struct request_reader r = { payload, length, 0 };
	struct credssp_hlp_krb5_init *h = &rq->head;
	const uint8_t *head = request_take(&r, sizeof(*h), sizeof(*h));

	if (!head)
		return -EBADMSG;
	memcpy(h, head, sizeof(*h));
	if (request_check(h))
		return -EBADMSG;
	request_take_text(&r, rq->user, h->user_length, KRB5_REQUEST_NAME_MAX);
	request_take_text(&r, rq->realm, h->realm_length, KRB5_REQUEST_NAME_MAX);
	request_take_text(&r, rq->password, h->password_length, KRB5_REQUEST_PASSWORD_MAX);
	request_take_text(&r, rq->tickets, h->tickets_length, KRB5_REQUEST_TICKETS_MAX);
	request_take_text(&r, rq->target, h->target_length, KRB5_REQUEST_NAME_MAX);
	rq->peer_ticket = request_take(&r, h->peer_ticket_length, CREDSSP_HLP_MAX_KRB5_MESSAGE);
	rq->saved = request_take(&r, h->saved_length, CREDSSP_HLP_MAX_TICKETS);
	return r.error || r.left ? -EBADMSG : 0;
}
