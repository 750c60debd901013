// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include "krb5_accept_request.h"

#define ACCEPT_FLAGS	(CREDSSP_HLP_KRB5_LOCAL | CREDSSP_HLP_KRB5_USER_TO_USER | \
			 CREDSSP_HLP_KRB5_BINDINGS)

/* The rest of the payload; the first failure is latched. */
struct accept_reader {
	const uint8_t *data;
	size_t left;
	bool bad;
};

/* Take @n of at most @most bytes, or NULL. */
static const uint8_t *accept_take(struct accept_reader *r, size_t n, size_t most)
{
	const uint8_t *place = r->data;

	if (r->bad || n > most || n > r->left) {
		r->bad = true;
		return NULL;
	}
	r->data += n;
	r->left -= n;
	return place;
}

/* A string of @n bytes without NUL; @text has room for @most of them and a NUL. */
static void accept_take_text(struct accept_reader *r, char *text, size_t n, size_t most)
{
	const uint8_t *place = accept_take(r, n, most);

	text[0] = '\0';
	if (!place)
		return;
	if (memchr(place, 0, n)) {
		r->bad = true;
		return;
	}
	memcpy(text, place, n);
	text[n] = '\0';
}

static void accept_take_names(struct accept_reader *r, struct krb5_accept_request *rq,
			      size_t keytab, size_t spn)
{
	accept_take_text(r, rq->keytab, keytab, KRB5_REQUEST_TICKETS_MAX);
	accept_take_text(r, rq->spn, spn, KRB5_REQUEST_NAME_MAX);
}

int krb5_accept_parse_tgt(struct krb5_accept_request *rq, const uint8_t *payload, size_t length)
{
	struct accept_reader r = { payload, length, false };
	const uint8_t *head = accept_take(&r, sizeof(struct credssp_hlp_krb5_tgt),
					  sizeof(struct credssp_hlp_krb5_tgt));
	struct credssp_hlp_krb5_tgt h;

	if (!head)
		return -EBADMSG;
	memcpy(&h, head, sizeof(h));
	if (h.flags & ~(uint32_t)CREDSSP_HLP_KRB5_LOCAL)
		return -EBADMSG;
	*rq = (struct krb5_accept_request){ .flags = h.flags, .time_limit = h.time_limit };
	accept_take_names(&r, rq, h.keytab_length, h.spn_length);
	return r.bad || r.left ? -EBADMSG : 0;
}

/* What the office adds */
static void accept_take_key(struct accept_reader *r, struct krb5_tgt_key *key)
{
	const uint8_t *place = accept_take(r, sizeof(*key), sizeof(*key));

	if (!place)
		return;
	memcpy(key, place, sizeof(*key));
	if (key->length > sizeof(key->key) || !memchr(key->name, 0, sizeof(key->name)))
		r->bad = true;
}

/* What is wrong with the fixed part by itself */
static int accept_check(const struct credssp_hlp_krb5_accept *h)
{
	if (h->flags & ~(uint32_t)ACCEPT_FLAGS || h->__reserved || !h->message_length)
		return -EBADMSG;
	if (h->flags & CREDSSP_HLP_KRB5_USER_TO_USER && (h->keytab_length || h->spn_length))
		return -EBADMSG;
	return 0;
}

int krb5_accept_parse(struct krb5_accept_request *rq, const uint8_t *payload, size_t length)
{
	struct accept_reader r = { payload, length, false };
	const uint8_t *head = accept_take(&r, sizeof(struct credssp_hlp_krb5_accept),
					  sizeof(struct credssp_hlp_krb5_accept));
	struct credssp_hlp_krb5_accept h;

	if (!head)
		return -EBADMSG;
	memcpy(&h, head, sizeof(h));
	if (accept_check(&h))
		return -EBADMSG;
	*rq = (struct krb5_accept_request){
		.flags = h.flags, .time_limit = h.time_limit, .length = h.message_length,
	};
	if (h.flags & CREDSSP_HLP_KRB5_BINDINGS)
		rq->bindings = head + offsetof(struct credssp_hlp_krb5_accept, bindings);
	accept_take_names(&r, rq, h.keytab_length, h.spn_length);
	rq->message = accept_take(&r, h.message_length, CREDSSP_HLP_MAX_KRB5_MESSAGE);
	if (h.flags & CREDSSP_HLP_KRB5_USER_TO_USER)
		accept_take_key(&r, &rq->tgt_key);
	return r.bad || r.left ? -EBADMSG : 0;
}
