// SPDX-License-Identifier: GPL-2.0-only
/* Requests KRB5_TGT and KRB5_ACCEPT. */
#include "krb5_acceptor_upcall.h"

#include "../base/status.h"
#include "encode.h"

static int accept_ask_tgt(struct cssp_krb5_upcall *u, const struct cssp_krb5_service *s,
			  struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o)
{
	static const struct cssp_krb5_form form = {
		.good = CREDSSP_HLP_KRB5_CONTINUE,
		.message = true,
	};
	const struct credssp_hlp_krb5_tgt head = {
		.flags = CREDSSP_HLP_KRB5_LOCAL,
		.time_limit = cssp_upcall_time_limit(u->wait),
		.keytab_length = s->keytab.left,
		.spn_length = s->spn.left,
	};
	const struct cssp_rd pieces[] = { s->keytab, s->spn };
	struct cssp_vbuf request = {};
	struct cssp_rd rd;
	int ret;

	/* The name of a keytab would lead to the helper's files. */
	if (!u->ops->is_local(u->conv))
		return cssp_krb5_upcall_foreign(o);
	ret = cssp_encode_pieces(&request, &head, sizeof(head), pieces, ARRAY_SIZE(pieces));
	if (ret)
		return ret;
	rd = cssp_vbuf_rd(&request);
	ret = cssp_krb5_upcall_ask(u, CREDSSP_HLP_KRB5_TGT, &rd, &form, a, o);
	cssp_vbuf_free(&request);
	return ret;
}

int cssp_krb5_upcall_tgt(struct cssp_krb5_upcall *u, const struct cssp_krb5_service *s,
			 struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o)
{
	int ret = cssp_krb5_upcall_open(u, o);

	if (ret)
		return ret;
	ret = accept_ask_tgt(u, s, a, o);
	if (ret)
		cssp_krb5_upcall_end(u);
	return ret;
}

/* User-to-user, the keytab and the SPN are those of KRB5_TGT. */
static int accept_ask(struct cssp_krb5_upcall *u, const struct cssp_krb5_service *s,
		      const struct cssp_rd *ap_req, bool user_to_user,
		      struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o)
{
	static const struct cssp_krb5_form form = {
		.good = CREDSSP_HLP_KRB5_DONE,
		.flags = CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY | CREDSSP_HLP_KRB5_BINDINGS_MATCH,
		.accepts = true,
	};
	const struct cssp_rd none = {};
	const struct cssp_rd pieces[] = {
		user_to_user ? none : s->keytab, user_to_user ? none : s->spn, *ap_req,
	};
	struct credssp_hlp_krb5_accept head = {
		.flags = CREDSSP_HLP_KRB5_LOCAL |
			 (user_to_user ? CREDSSP_HLP_KRB5_USER_TO_USER : 0) |
			 (s->bindings ? CREDSSP_HLP_KRB5_BINDINGS : 0),
		.time_limit = cssp_upcall_time_limit(u->wait),
		.keytab_length = pieces[0].left,
		.spn_length = pieces[1].left,
		.message_length = pieces[2].left,
	};
	struct cssp_vbuf request = {};
	struct cssp_rd rd;
	int ret;

	if (!u->ops->is_local(u->conv))
		return cssp_krb5_upcall_foreign(o);
	if (s->bindings)
		memcpy(head.bindings, s->bindings, sizeof(head.bindings));
	ret = cssp_encode_pieces(&request, &head, sizeof(head), pieces, ARRAY_SIZE(pieces));
	if (ret)
		return ret;
	rd = cssp_vbuf_rd(&request);
	ret = cssp_krb5_upcall_ask(u, CREDSSP_HLP_KRB5_ACCEPT, &rd, &form, a, o);
	cssp_vbuf_free(&request);
	return ret;
}

/*
 * Bindings that were not given cannot match. To those that were, the helper takes an initiator
 * without any as well: whether that is allowed is for the caller to say.
 */
static int accept_check_bindings(const struct cssp_krb5_service *s, struct cssp_krb5_answer *a,
				 struct cssp_krb5_outcome *o)
{
	const bool match = a->head.flags & CREDSSP_HLP_KRB5_BINDINGS_MATCH;

	if (s->bindings ? match || s->missing_bindings : !match)
		return 0;
	a->message = (struct cssp_rd){};
	if (!s->bindings)
		return -EREMOTEIO;
	o->reason = CREDSSP_REASON_BINDING;
	return CSSP_E_BINDINGS;
}

int cssp_krb5_upcall_accept(struct cssp_krb5_upcall *u, const struct cssp_krb5_service *s,
			    const struct cssp_rd *ap_req, struct cssp_krb5_answer *a,
			    struct cssp_krb5_outcome *o)
{
	bool user_to_user = u->conv;
	int ret;

	if (!user_to_user) {
		ret = cssp_krb5_upcall_open(u, o);
		if (ret)
			return ret;
	}
	ret = accept_ask(u, s, ap_req, user_to_user, a, o) ?: accept_check_bindings(s, a, o);
	cssp_krb5_upcall_end(u);
	/* It is the initiator's ticket, so it is not this side that has none. */
	if (ret == CSSP_E_NO_CREDS && o->reason == CREDSSP_REASON_TICKETS_EXPIRED) {
		o->unavailable = false;
		ret = CSSP_E_LOGON_DENIED;
	}
	return ret;
}
