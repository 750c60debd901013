// SPDX-License-Identifier: GPL-2.0-only
/* Requests KRB5_INIT and KRB5_STEP, and the checks of their replies. */
#include "krb5_upcall.h"

#include <linux/kernel.h>

#include "../base/status.h"
#include "encode.h"
#include "tickets.h"

/* Bytes of a client's name: its components, '@' and the realm */
#define CLIENT_MAX	(2 * CREDSSP_MAX_NAME + 1)

/* One unit of UTF-16 becomes at most so many bytes of UTF-8. */
#define UTF8_PER_UNIT	3

/* errno and reason of the failures that the helper reports. */
static const struct {
	int err;
	u32 reason;
	bool unavailable;	/* no logon was tried */
} upcall_failures[] = {
	[CREDSSP_HLP_KRB5_FAIL_OTHER] = {
		-EREMOTEIO, CREDSSP_REASON_HELPER_REPLY, false
	},
	[CREDSSP_HLP_KRB5_FAIL_FOREIGN] = {
		CSSP_E_NO_CREDS, CREDSSP_REASON_FOREIGN, true
	},
	[CREDSSP_HLP_KRB5_FAIL_NO_TICKETS] = {
		CSSP_E_NO_CREDS, CREDSSP_REASON_NO_TICKETS, true
	},
	[CREDSSP_HLP_KRB5_FAIL_EXPIRED] = {
		CSSP_E_NO_CREDS, CREDSSP_REASON_TICKETS_EXPIRED, true
	},
	[CREDSSP_HLP_KRB5_FAIL_NO_REALM] = {
		CSSP_E_NO_HELPER, CREDSSP_REASON_NO_REALM, true
	},
	[CREDSSP_HLP_KRB5_FAIL_NO_KDC] = {
		CSSP_E_NO_HELPER, CREDSSP_REASON_NO_KDC, true
	},
	[CREDSSP_HLP_KRB5_FAIL_CLIENT] = {
		CSSP_E_LOGON_DENIED, CREDSSP_REASON_CLIENT_UNKNOWN, true
	},
	[CREDSSP_HLP_KRB5_FAIL_TARGET] = {
		CSSP_E_TARGET, CREDSSP_REASON_TARGET_UNKNOWN, true
	},
	[CREDSSP_HLP_KRB5_FAIL_PASSWORD] = {
		CSSP_E_LOGON_DENIED, CREDSSP_REASON_PASSWORD, false
	},
	[CREDSSP_HLP_KRB5_FAIL_PASSWORD_EXPIRED] = {
		CSSP_E_LOGON_DENIED, CREDSSP_REASON_PASSWORD_EXPIRED, false
	},
	[CREDSSP_HLP_KRB5_FAIL_ACCOUNT] = {
		CSSP_E_LOGON_DENIED, CREDSSP_REASON_ACCOUNT, false
	},
	[CREDSSP_HLP_KRB5_FAIL_SKEW] = {
		CSSP_E_SKEW, CREDSSP_REASON_SKEW, false
	},
	[CREDSSP_HLP_KRB5_FAIL_ENCTYPE] = {
		CSSP_E_WEAK, CREDSSP_REASON_ENCTYPE, false
	},
	[CREDSSP_HLP_KRB5_FAIL_USER_TO_USER] = {
		CSSP_E_UNSUPPORTED, CREDSSP_REASON_USER_TO_USER, false
	},
	[CREDSSP_HLP_KRB5_FAIL_KDC] = {
		CSSP_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR, false
	},
	[CREDSSP_HLP_KRB5_FAIL_ANSWER] = {
		CSSP_E_ALTERED, CREDSSP_REASON_KDC_ANSWER, false
	},
	/* The peer does not have the session key: it is another one than the target. */
	[CREDSSP_HLP_KRB5_FAIL_PROOF] = {
		CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_SERVER_NOT_PROVEN, false
	},
	/* The initiator's ticket is for another service, or under an old key. */
	[CREDSSP_HLP_KRB5_FAIL_KEY] = {
		CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR, false
	},
	[CREDSSP_HLP_KRB5_FAIL_REPLAY] = {
		CSSP_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR, false
	},
	[CREDSSP_HLP_KRB5_FAIL_BINDINGS] = {
		CSSP_E_BINDINGS, CREDSSP_REASON_BINDING, false
	},
	[CREDSSP_HLP_KRB5_FAIL_REQUEST] = {
		CSSP_E_ALTERED, CREDSSP_REASON_MECH_TOKEN, false
	},
	[CREDSSP_HLP_KRB5_FAIL_CERT_EXPIRED] = {
		CSSP_E_NO_CREDS, CREDSSP_REASON_CERT_EXPIRED, true
	},
	[CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED] = {
		CSSP_E_NO_CREDS, CREDSSP_REASON_CERT_UNTRUSTED, true
	},
};

static int upcall_failed(struct cssp_krb5_outcome *o, u32 failure)
{
	o->reason = upcall_failures[failure].reason;
	o->unavailable = upcall_failures[failure].unavailable;
	return upcall_failures[failure].err;
}

/* A failure before the helper could try a logon. Returns @err. */
static int upcall_unavailable(struct cssp_krb5_outcome *o, u32 reason, int err)
{
	o->reason = reason;
	o->unavailable = true;
	return err;
}

void cssp_krb5_answer_free(struct cssp_krb5_answer *a)
{
	cssp_vbuf_free(&a->body);
	memzero_explicit(a, sizeof(*a));
}

static void upcall_close(struct cssp_krb5_upcall *u, bool over)
{
	if (u->conv)
		u->ops->close(u->conv, over);
	u->conv = NULL;
}

void cssp_krb5_upcall_end(struct cssp_krb5_upcall *u)
{
	upcall_close(u, false);
}

static u32 upcall_source(const struct cssp_krb5_ask *ask)
{
	switch (ask->tickets->source) {
	case CREDSSP_TICKETS_KEYTAB:
		return CREDSSP_HLP_KRB5_KEYTAB;
	case CREDSSP_TICKETS_CERT:
		return CREDSSP_HLP_KRB5_CERT;
	case CREDSSP_TICKETS_AUTO:
		if (ask->id->user.len)
			return CREDSSP_HLP_KRB5_PASSWORD;
		fallthrough;
	default:
		return CREDSSP_HLP_KRB5_CCACHE;
	}
}

/* Is there a secret in the request? It is a password, or the PIN of a certificate's key. */
static bool upcall_has_secret(u32 source)
{
	return source == CREDSSP_HLP_KRB5_PASSWORD || source == CREDSSP_HLP_KRB5_CERT;
}

/* Tickets that a secret became are kept with the credential. */
static bool upcall_keeps_tickets(u32 source)
{
	return upcall_has_secret(source);
}

/* -EBADMSG for a lone surrogate, which UTF-8 does not have. */
static int upcall_put_utf16(struct cssp_wr *wr, const struct cssp_vbuf *utf16, u32 *length)
{
	const struct cssp_rd rd = cssp_vbuf_rd(utf16);
	size_t before = wr->len;
	int ret = cssp_utf16_to_utf8(&rd, wr);

	*length = wr->len - before;
	return ret;
}

static void upcall_put(struct cssp_wr *wr, const struct cssp_rd *rd, u32 *length)
{
	cssp_wr_rd(wr, rd);
	*length = rd->left;
}

static bool upcall_has_realm(const struct cssp_vbuf *user)
{
	struct cssp_rd rd = cssp_vbuf_rd(user);
	u16 unit;

	while (!cssp_rd_le16(&rd, &unit))
		if (unit == '@')
			return true;
	return false;
}

/* A realm that was given; else the domain, unless the name is a UPN, user@realm. */
static int upcall_put_realm(struct cssp_wr *wr, const struct cssp_krb5_ask *ask, u32 *length)
{
	const struct cssp_rd realm = cssp_vbuf_rd(&ask->tickets->realm);

	if (!realm.left && !upcall_has_realm(&ask->id->user))
		return upcall_put_utf16(wr, &ask->id->domain, length);
	upcall_put(wr, &realm, length);
	return 0;
}

/* The strings, in the order of their lengths in @head. 0 or -EBADMSG. */
static int upcall_put_strings(struct cssp_wr *wr, const struct cssp_krb5_ask *ask,
			      const struct cssp_vbuf *saved,
			      struct credssp_hlp_krb5_init *head)
{
	const struct cssp_rd name = cssp_vbuf_rd(&ask->tickets->name);
	const struct cssp_rd kept = cssp_vbuf_rd(saved);
	int ret;

	ret = upcall_put_utf16(wr, &ask->id->user, &head->user_length);
	if (ret)
		return ret;
	ret = upcall_put_realm(wr, ask, &head->realm_length);
	if (ret)
		return ret;
	if (upcall_has_secret(head->source)) {
		ret = upcall_put_utf16(wr, &ask->id->password, &head->password_length);
		if (ret)
			return ret;
	}
	/* It is empty with a password. */
	upcall_put(wr, &name, &head->tickets_length);
	upcall_put(wr, &ask->target, &head->target_length);
	upcall_put(wr, &ask->peer_ticket, &head->peer_ticket_length);
	upcall_put(wr, &kept, &head->saved_length);
	return 0;
}

/* An upper bound of KRB5_INIT's size */
static size_t upcall_init_room(const struct cssp_krb5_ask *ask, const struct cssp_vbuf *saved)
{
	size_t units = (ask->id->user.len + ask->id->domain.len + ask->id->password.len) / 2;

	return sizeof(struct credssp_hlp_krb5_init) + UTF8_PER_UNIT * units +
	       ask->tickets->realm.len + ask->tickets->name.len + ask->target.left +
	       ask->peer_ticket.left + saved->len;
}

/* @request: out: has the password; the caller wipes it. */
static int upcall_build_init(struct cssp_vbuf *request, const struct cssp_krb5_ask *ask,
			     const struct cssp_vbuf *saved,
			     struct credssp_hlp_krb5_init *head)
{
	struct cssp_wr wr;
	u8 *start;
	int ret;

	ret = cssp_encode_begin(request, upcall_init_room(ask, saved), &wr);
	if (ret)
		return ret;
	start = cssp_wr_take(&wr, sizeof(*head));
	ret = upcall_put_strings(&wr, ask, saved, head);
	if (ret)
		return ret;
	ret = cssp_encode_end(request, &wr);
	if (ret)
		return ret;
	memcpy(start, head, sizeof(*head));
	return 0;
}

static int upcall_check_failure(const struct credssp_hlp_krb5_reply *head)
{
	if (head->failure >= ARRAY_SIZE(upcall_failures))
		return -EREMOTEIO;
	if (head->state != CREDSSP_HLP_KRB5_FAILED && (head->failure || head->error))
		return -EREMOTEIO;
	if (head->skew && head->failure != CREDSSP_HLP_KRB5_FAIL_SKEW)
		return -EREMOTEIO;
	return 0;
}

static bool upcall_is_message_length(u32 length)
{
	return length && length <= CREDSSP_HLP_MAX_KRB5_MESSAGE;
}

/*
 * The messages of KRB5_ACCEPT: with DONE there is an AP-REP if the initiator wants it, which
 * alone can carry a subkey. With FAILED there may be a KRB-ERROR.
 */
static int upcall_check_accepted(const struct credssp_hlp_krb5_reply *head)
{
	bool mutual = head->gss_flags & CREDSSP_HLP_KRB5_GSS_MUTUAL;

	if (head->saved_length || head->message_length > CREDSSP_HLP_MAX_KRB5_MESSAGE)
		return -EREMOTEIO;
	if (head->state != CREDSSP_HLP_KRB5_DONE)
		return head->client_length || head->not_after || head->gss_flags ?
			-EREMOTEIO : 0;
	if (!head->client_length || head->client_length > CLIENT_MAX ||
	    mutual != !!head->message_length)
		return -EREMOTEIO;
	/* RFC 4121 2, and 4.2.2: without an AP-REP the numbers start from the initiator's. */
	if (!mutual && (head->flags & CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY ||
			head->tx_seq != head->rx_seq))
		return -EREMOTEIO;
	return 0;
}

/* The fields of a state with an AP-REQ or a TGT */
static int upcall_check_message(const struct credssp_hlp_krb5_reply *head,
				const struct cssp_krb5_form *form)
{
	if (head->gss_flags)
		return -EREMOTEIO;
	if (head->state != form->good || !form->message)
		return head->message_length || head->client_length || head->saved_length ||
		       head->not_after ? -EREMOTEIO : 0;
	if (!upcall_is_message_length(head->message_length) ||
	    !head->client_length || head->client_length > CLIENT_MAX ||
	    head->saved_length > form->saved_max)
		return -EREMOTEIO;
	return 0;
}

/*
 * The fields of DONE. The first number of a direction is 32 bits long (RFC 4120 5.5.1 and
 * 5.5.2), and this is the first message.
 */
static int upcall_check_key(const struct credssp_hlp_krb5_reply *head,
			    const struct cssp_krb5_enctype *enctype, u32 flags)
{
	if (head->state != CREDSSP_HLP_KRB5_DONE)
		return head->flags || head->enctype || head->key_length || head->tx_seq ||
		       head->rx_seq ? -EREMOTEIO : 0;
	if (!enctype || head->key_length != enctype->key_size ||
	    head->flags & ~flags ||
	    head->tx_seq > U32_MAX || head->rx_seq > U32_MAX)
		return -EREMOTEIO;
	return 0;
}

static_assert(CSSP_KRB5_KEY_MAX <= CREDSSP_HLP_MAX_KEY);

static int upcall_check_head(const struct cssp_krb5_answer *a,
			     const struct cssp_krb5_form *form)
{
	int ret;

	if (a->head.state != form->good && a->head.state != CREDSSP_HLP_KRB5_FAILED)
		return -EREMOTEIO;
	ret = upcall_check_failure(&a->head);
	if (ret)
		return ret;
	ret = form->accepts ? upcall_check_accepted(&a->head) :
			      upcall_check_message(&a->head, form);
	return ret ?: upcall_check_key(&a->head, a->enctype, form->flags);
}

static int upcall_parse_reply(struct cssp_krb5_answer *a, const struct cssp_krb5_form *form)
{
	struct cssp_rd rd = cssp_vbuf_rd(&a->body);

	if (cssp_rd_copy(&rd, &a->head, sizeof(a->head)))
		return -EREMOTEIO;
	a->enctype = cssp_krb5_enctype_find(a->head.enctype);
	if (upcall_check_head(a, form) ||
	    a->head.trace_length > CREDSSP_HLP_MAX_TRACE ||
	    cssp_rd_sub(&rd, a->head.message_length, &a->message) ||
	    cssp_rd_sub(&rd, a->head.client_length, &a->client) ||
	    cssp_rd_sub(&rd, a->head.saved_length, &a->saved) ||
	    cssp_rd_sub(&rd, a->head.trace_length, &a->trace) ||
	    cssp_rd_end(&rd) || !cssp_mech_text_is_lines(&a->trace))
		return -EREMOTEIO;
	return cssp_mech_text_is_name(&a->client) ? 0 : -EREMOTEIO;
}

/* Take what a reply reports. A conversation is over when it has no CONTINUE. */
static int upcall_conclude(struct cssp_krb5_upcall *u, const struct cssp_krb5_answer *a,
			   struct cssp_krb5_outcome *o)
{
	o->kdc_messages = a->head.kdc_messages;
	o->krb_error = a->head.error;
	o->skew = a->head.skew;
	if (a->head.state != CREDSSP_HLP_KRB5_CONTINUE)
		upcall_close(u, true);
	if (a->head.state != CREDSSP_HLP_KRB5_FAILED)
		return 0;
	return upcall_failed(o, a->head.failure);
}

static int upcall_call(struct cssp_krb5_upcall *u, u16 opcode, const struct cssp_rd *request,
		       struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o)
{
	int ret = u->ops->call(u->conv, opcode, request, &a->body, u->wait);

	if (ret == CSSP_E_NO_HELPER)
		o->reason = CREDSSP_REASON_HELPER_DIED;
	if (ret == CSSP_E_UNSUPPORTED)
		return upcall_unavailable(o, CREDSSP_REASON_NO_KERBEROS, CSSP_E_NO_HELPER);
	return ret;
}

int cssp_krb5_upcall_ask(struct cssp_krb5_upcall *u, u16 opcode, const struct cssp_rd *request,
			 const struct cssp_krb5_form *form, struct cssp_krb5_answer *a,
			 struct cssp_krb5_outcome *o)
{
	int ret;

	ret = upcall_call(u, opcode, request, a, o);
	if (ret)
		return ret;
	ret = upcall_parse_reply(a, form);
	if (ret) {
		a->message = (struct cssp_rd){};
		a->trace = (struct cssp_rd){};
		return ret;
	}
	return upcall_conclude(u, a, o);
}

/* The request is built. */
static int upcall_ask_init(struct cssp_krb5_upcall *u, const struct cssp_vbuf *request,
			   u32 source, bool one_way, struct cssp_krb5_answer *a,
			   struct cssp_krb5_outcome *o)
{
	const struct cssp_krb5_form form = {
		.good = one_way ? CREDSSP_HLP_KRB5_DONE : CREDSSP_HLP_KRB5_CONTINUE,
		.message = true,
		.saved_max = upcall_keeps_tickets(source) ? CREDSSP_HLP_MAX_TICKETS : 0,
	};
	const struct cssp_rd rd = cssp_vbuf_rd(request);

	return cssp_krb5_upcall_ask(u, CREDSSP_HLP_KRB5_INIT, &rd, &form, a, o);
}

static int upcall_get_saved(const struct cssp_krb5_ask *ask, u32 source,
			    struct cssp_vbuf *saved)
{
	if (!ask->store || !upcall_keeps_tickets(source))
		return 0;
	return cssp_ticket_store_copy(ask->store, ask->id, &ask->tickets->realm, saved);
}

/* Only a cache can be in the session keyring. */
static int upcall_lend_session(struct cssp_krb5_upcall *u, struct credssp_hlp_krb5_init *head)
{
	if (head->source != CREDSSP_HLP_KRB5_CCACHE)
		return 0;
	return u->ops->lend_session(u->conv, &head->session_keyring);
}

/* The conversation is open. */
static int upcall_init(struct cssp_krb5_upcall *u, const struct cssp_krb5_ask *ask,
		       struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o)
{
	bool local = u->ops->is_local(u->conv);
	struct credssp_hlp_krb5_init head = {
		.source = upcall_source(ask),
		.flags = (local ? CREDSSP_HLP_KRB5_LOCAL : 0) |
			 (ask->user_to_user ? CREDSSP_HLP_KRB5_USER_TO_USER : 0) |
			 (ask->one_way ? CREDSSP_HLP_KRB5_ONE_WAY : 0) |
			 (ask->bindings ? CREDSSP_HLP_KRB5_BINDINGS : 0) |
			 (ask->optional ? CREDSSP_HLP_KRB5_OPTIONAL : 0),
		.time_limit = cssp_upcall_time_limit(u->wait),
	};
	struct cssp_vbuf request = {}, saved = {};
	int ret;

	if (ask->bindings)
		memcpy(head.bindings, ask->bindings, sizeof(head.bindings));
	if (!local && head.source != CREDSSP_HLP_KRB5_PASSWORD)
		return cssp_krb5_upcall_foreign(o);
	ret = upcall_lend_session(u, &head);
	if (ret)
		return ret;
	ret = upcall_get_saved(ask, head.source, &saved);
	if (ret)
		goto out_free;
	ret = upcall_build_init(&request, ask, &saved, &head);
	if (ret == -EBADMSG)
		ret = upcall_unavailable(o, CREDSSP_REASON_PARAMETER, CSSP_E_PARAMETER);
	if (ret)
		goto out_free;
	ret = upcall_ask_init(u, &request, head.source, ask->one_way, a, o);
out_free:
	cssp_vbuf_free(&saved);
	cssp_vbuf_free(&request);
	return ret;
}

int cssp_krb5_upcall_open(struct cssp_krb5_upcall *u, struct cssp_krb5_outcome *o)
{
	int ret = u->ops->open(&u->conv, u->who);

	if (ret == CSSP_E_NO_HELPER)
		return upcall_unavailable(o, CREDSSP_REASON_NO_HELPER, ret);
	return ret;
}

int cssp_krb5_upcall_foreign(struct cssp_krb5_outcome *o)
{
	return upcall_failed(o, CREDSSP_HLP_KRB5_FAIL_FOREIGN);
}

int cssp_krb5_upcall_init(struct cssp_krb5_upcall *u, const struct cssp_krb5_ask *ask,
			  struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o)
{
	int ret = cssp_krb5_upcall_open(u, o);

	if (ret)
		return ret;
	ret = upcall_init(u, ask, a, o);
	if (ret)
		cssp_krb5_upcall_end(u);
	return ret;
}

int cssp_krb5_upcall_step(struct cssp_krb5_upcall *u, const struct cssp_rd *ap_rep,
			  struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o)
{
	static const struct cssp_krb5_form form = {
		.good = CREDSSP_HLP_KRB5_DONE,
		.flags = CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY,
	};
	int ret = cssp_krb5_upcall_ask(u, CREDSSP_HLP_KRB5_STEP, ap_rep, &form, a, o);

	/* By now a logon was tried. */
	o->unavailable = false;
	cssp_krb5_upcall_end(u);
	return ret;
}
