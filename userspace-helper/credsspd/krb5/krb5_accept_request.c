// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "krb5_accept_request.h"
#include "krb5_fields.h"

#define ACCEPT_FLAGS	(CREDSSP_HLP_KRB5_LOCAL | CREDSSP_HLP_KRB5_USER_TO_USER | \
			 CREDSSP_HLP_KRB5_BINDINGS)

static void accept_take_names(struct krb5_fields *f, struct krb5_accept_request *rq,
			      size_t keytab, size_t spn)
{
	krb5_fields_text(f, rq->keytab, keytab, KRB5_REQUEST_TICKETS_MAX);
	krb5_fields_text(f, rq->spn, spn, KRB5_REQUEST_NAME_MAX);
}

int krb5_accept_parse_tgt(struct krb5_accept_request *rq, const uint8_t *payload, size_t length)
{
	struct krb5_fields f = { .data = payload, .left = length };
	struct credssp_hlp_krb5_tgt h;

	if (!krb5_fields_copy(&f, &h, sizeof(h)) || h.flags & ~(uint32_t)CREDSSP_HLP_KRB5_LOCAL)
		return -EBADMSG;
	*rq = (struct krb5_accept_request){ .flags = h.flags, .time_limit = h.time_limit };
	accept_take_names(&f, rq, h.keytab_length, h.spn_length);
	return krb5_fields_end(&f);
}

/* What the office adds */
static void accept_take_key(struct krb5_fields *f, struct krb5_tgt_key *key)
{
	if (!krb5_fields_copy(f, key, sizeof(*key)))
		return;
	if (key->length > sizeof(key->key) || !memchr(key->name, 0, sizeof(key->name)))
		f->bad = true;
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
	struct krb5_fields f = { .data = payload, .left = length };
	struct credssp_hlp_krb5_accept h;
	const uint8_t *head = krb5_fields_copy(&f, &h, sizeof(h));

	if (!head || accept_check(&h))
		return -EBADMSG;
	*rq = (struct krb5_accept_request){
		.flags = h.flags, .time_limit = h.time_limit, .length = h.message_length,
	};
	if (h.flags & CREDSSP_HLP_KRB5_BINDINGS)
		rq->bindings = head + offsetof(struct credssp_hlp_krb5_accept, bindings);
	accept_take_names(&f, rq, h.keytab_length, h.spn_length);
	rq->message = krb5_fields_take(&f, h.message_length, CREDSSP_HLP_MAX_KRB5_MESSAGE);
	if (h.flags & CREDSSP_HLP_KRB5_USER_TO_USER)
		accept_take_key(&f, &rq->tgt_key);
	return krb5_fields_end(&f);
}
