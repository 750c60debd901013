// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include "base/log.h"
#include "krb5_accept.h"
#include "krb5_ap.h"
#include "krb5_enctypes.h"
#include "krb5_failure.h"
#include "krb5_keys.h"
#include "krb5_library.h"

/* The authenticator's checksum, RFC 4121 4.1.1 */
#define GSS_CHECKSUM		0x8003
#define BINDINGS_LENGTH		16
#define CHECKSUM_LENGTH		24

/*
 * For the second look at an AP-REQ whose time is wrong: more than the 68 years from 1970 to
 * the end of signed 32-bit times.
 */
#define ANY_SKEW		"clockskew = 2147483647\ndefault_rcache_name = none:\n"

/* ---- the AP-REQ --------------------------------------------------------------- */

static krb5_error_code accept_use_tgt(struct krb5_acceptance *a)
{
	const struct krb5_tgt_key *key = &a->rq->tgt_key;
	krb5_keyblock block = {
		.enctype = key->enctype, .length = key->length,
		.contents = (krb5_octet *)key->key,
	};

	return krb5_auth_con_setuseruserkey(a->context, a->auth, &block);
}

/* A ticket that says to be user-to-user is one, and no other is. */
static krb5_error_code accept_check_options(const struct krb5_acceptance *a, krb5_flags options)
{
	const bool wanted = a->rq->flags & CREDSSP_HLP_KRB5_USER_TO_USER;
	const bool is = options & AP_OPTS_USE_SESSION_KEY;

	return wanted == is ? 0 : KRB5KRB_AP_ERR_NOKEY;
}

/* Nobody in particular is not whom an acceptor lets in (RFC 8062 3). */
static krb5_error_code accept_check_client(const struct krb5_acceptance *a,
					   const krb5_ticket *ticket)
{
	return krb5_principal_compare_any_realm(a->context, ticket->enc_part2->client,
						krb5_anonymous_principal()) ?
		KRB5KDC_ERR_POLICY : 0;
}

static krb5_error_code accept_take_ticket(struct krb5_acceptance *a, const krb5_ticket *ticket,
					  struct credssp_hlp_krb5_reply *reply,
					  struct bytes *out)
{
	char *name;
	krb5_error_code ret = accept_check_client(a, ticket);

	if (!ret)
		ret = krb5_unparse_name(a->context, ticket->enc_part2->client, &name);
	if (ret)
		return ret;
	reply->client_length = strlen(name);
	/* Unsigned in libkrb5 since 1.16: it ends in 2106. */
	reply->not_after = (uint32_t)ticket->enc_part2->times.endtime;
	if (bytes_append(out, name, reply->client_length, CREDSSP_HLP_MAX_MESSAGE))
		ret = ENOMEM;
	krb5_free_unparsed_name(a->context, name);
	return ret;
}

/* The ticket must be for @a->name if the request names an SPN, else for any key. */
static krb5_error_code accept_read_with(struct krb5_acceptance *a, krb5_keytab keytab,
					struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	const krb5_data in = { .data = (char *)a->rq->message, .length = a->rq->length };
	krb5_principal server = *a->rq->spn ? a->name : NULL;
	krb5_ticket *ticket;
	krb5_flags options;
	krb5_error_code ret = krb5_rd_req(a->context, &a->auth, &in, server, keytab, &options,
					  &ticket);

	if (ret)
		return ret;
	ret = accept_check_options(a, options);
	if (!ret)
		ret = accept_take_ticket(a, ticket, reply, out);
	krb5_free_ticket(a->context, ticket);
	return ret;
}

static krb5_error_code accept_read_by_keytab(struct krb5_acceptance *a,
					     struct credssp_hlp_krb5_reply *reply,
					     struct bytes *out)
{
	krb5_keytab keytab;
	krb5_error_code ret = krb5_keys_open(a->context, a->rq->keytab, &keytab);

	if (ret)
		return ret;
	ret = krb5_keys_find(a->context, keytab, a->rq->spn, &a->name);
	/* Whatever is wrong with the file */
	if (ret && ret != ENOMEM)
		ret = KRB5_KT_NOTFOUND;
	if (!ret)
		ret = accept_read_with(a, keytab, reply, out);
	krb5_kt_close(a->context, keytab);
	return ret;
}

static krb5_error_code accept_read_by_tgt(struct krb5_acceptance *a,
					  struct credssp_hlp_krb5_reply *reply,
					  struct bytes *out)
{
	krb5_error_code ret = 0;

	if (*a->rq->tgt_key.name)
		ret = krb5_parse_name(a->context, a->rq->tgt_key.name, &a->name);
	if (!ret)
		ret = accept_use_tgt(a);
	/* A KDC gives such a ticket only for the principal that the TGT is of (RFC 4120 3.3.3). */
	return ret ? ret : accept_read_with(a, NULL, reply, out);
}

/* DO_TIME: with the replay cache */
static krb5_error_code accept_read(struct krb5_acceptance *a,
				   struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	const krb5_int32 flags = KRB5_AUTH_CONTEXT_DO_TIME | KRB5_AUTH_CONTEXT_DO_SEQUENCE |
				 KRB5_AUTH_CONTEXT_USE_SUBKEY;
	krb5_error_code ret = krb5_auth_con_init(a->context, &a->auth);

	if (ret) {
		a->auth = NULL;
		return ret;
	}
	ret = krb5_auth_con_setflags(a->context, a->auth, flags);
	if (ret)
		return ret;
	if (a->rq->flags & CREDSSP_HLP_KRB5_USER_TO_USER)
		return accept_read_by_tgt(a, reply, out);
	return accept_read_by_keytab(a, reply, out);
}

/* ---- the authenticator's checksum ---------------------------------------------- */

static uint32_t accept_get_le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* An initiator without bindings has zeros. */
static krb5_error_code accept_compare_bindings(struct krb5_acceptance *a, const uint8_t *sent,
					       struct credssp_hlp_krb5_reply *reply)
{
	static const uint8_t none[BINDINGS_LENGTH];

	if (!a->rq->bindings || !memcmp(sent, none, sizeof(none)))
		return 0;
	if (memcmp(sent, a->rq->bindings, BINDINGS_LENGTH)) {
		a->bindings_differ = true;
		return KRB5KRB_ERR_GENERIC;
	}
	reply->flags |= CREDSSP_HLP_KRB5_BINDINGS_MATCH;
	return 0;
}

/*
 * What follows the flags is not looked at: a delegated TGT, which CredSSP does not use, and
 * extensions. The authenticator is encrypted, so the checksum needs no key.
 */
static krb5_error_code accept_take_checksum(struct krb5_acceptance *a,
					    const krb5_checksum *sum,
					    struct credssp_hlp_krb5_reply *reply)
{
	if (!sum || sum->checksum_type != GSS_CHECKSUM || sum->length < CHECKSUM_LENGTH ||
	    accept_get_le32(sum->contents) != BINDINGS_LENGTH)
		return KRB5KRB_AP_ERR_INAPP_CKSUM;
	reply->gss_flags = accept_get_le32(sum->contents + 4 + BINDINGS_LENGTH);
	return accept_compare_bindings(a, sum->contents + 4, reply);
}

static krb5_error_code accept_take_authenticator(struct krb5_acceptance *a,
						 struct credssp_hlp_krb5_reply *reply)
{
	krb5_authenticator *authenticator;
	krb5_error_code ret = krb5_auth_con_getauthenticator(a->context, a->auth,
							     &authenticator);

	if (ret)
		return ret;
	ret = accept_take_checksum(a, authenticator->checksum, reply);
	krb5_free_authenticator(a->context, authenticator);
	return ret;
}

/* ---- the AP-REP and the key ---------------------------------------------------- */

/*
 * The acceptor's subkey, if there is one; else the initiator's; else the session key (RFC 4121
 * 2). Without an AP-REP there is no subkey of the acceptor.
 */
static krb5_error_code accept_put_key(struct krb5_acceptance *a, bool mutual,
				      struct credssp_hlp_krb5_reply *reply)
{
	krb5_keyblock *key = NULL;
	krb5_error_code ret;

	if (mutual)
		ret = krb5_auth_con_getsendsubkey(a->context, a->auth, &key);
	else
		ret = krb5_auth_con_getrecvsubkey(a->context, a->auth, &key);
	if (!ret && mutual)
		reply->flags |= CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY;
	if (!ret && !mutual && !key)
		ret = krb5_auth_con_getkey(a->context, a->auth, &key);
	if (ret)
		return ret;
	if (!key)
		return KRB5KRB_AP_ERR_NOKEY;
	ret = krb5_ap_put_key(key, reply);
	krb5_free_keyblock(a->context, key);
	return ret;
}

static krb5_error_code accept_put_rep(struct krb5_acceptance *a,
				      struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	struct bytes all = { 0 };
	krb5_data rep;
	krb5_error_code ret = krb5_mk_rep(a->context, a->auth, &rep);

	if (ret)
		return ret;
	reply->message_length = rep.length;
	/* The AP-REP comes before the client's name. */
	if (bytes_append(&all, rep.data, rep.length, CREDSSP_HLP_MAX_KRB5_MESSAGE) ||
	    bytes_append(&all, out->data, out->len, CREDSSP_HLP_MAX_MESSAGE)) {
		bytes_free(&all);
		ret = ENOMEM;
	} else {
		bytes_free(out);
		*out = all;
	}
	krb5_free_data_contents(a->context, &rep);
	return ret;
}

static krb5_error_code accept_put_sequence(struct krb5_acceptance *a, bool mutual,
					   struct credssp_hlp_krb5_reply *reply)
{
	krb5_error_code ret = krb5_ap_put_sequence(a->context, a->auth, reply);

	/* RFC 4121 4.2.2 has no number of the acceptor's own without an AP-REP. */
	if (!mutual)
		reply->tx_seq = reply->rx_seq;
	return ret;
}

static krb5_error_code accept_put_answer(struct krb5_acceptance *a,
					 struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	const bool mutual = reply->gss_flags & CREDSSP_HLP_KRB5_GSS_MUTUAL;
	krb5_error_code ret = 0;

	if (mutual)
		ret = accept_put_rep(a, reply, out);
	if (!ret)
		ret = accept_put_key(a, mutual, reply);
	return ret ? ret : accept_put_sequence(a, mutual, reply);
}

static krb5_error_code accept_all(struct krb5_acceptance *a,
				  struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	krb5_error_code ret = accept_read(a, reply, out);

	if (!ret)
		ret = accept_take_authenticator(a, reply);
	if (!ret)
		ret = accept_put_answer(a, reply, out);
	if (!ret)
		reply->state = CREDSSP_HLP_KRB5_DONE;
	return ret;
}

/* ---- failures ------------------------------------------------------------------ */

/* What the reply says of an error, and the error-code that the initiator gets; 0: none. */
static const struct {
	krb5_error_code error;
	uint32_t failure;
	krb5_error_code told;
} accept_failures[] = {
	{ KRB5KRB_AP_ERR_SKEW, CREDSSP_HLP_KRB5_FAIL_SKEW, KRB5KRB_AP_ERR_SKEW },
	{ KRB5KRB_AP_ERR_TKT_NYV, CREDSSP_HLP_KRB5_FAIL_SKEW, KRB5KRB_AP_ERR_TKT_NYV },
	{ KRB5KRB_AP_ERR_TKT_EXPIRED, CREDSSP_HLP_KRB5_FAIL_EXPIRED,
	  KRB5KRB_AP_ERR_TKT_EXPIRED },
	{ KRB5KRB_AP_ERR_REPEAT, CREDSSP_HLP_KRB5_FAIL_REPLAY, KRB5KRB_AP_ERR_REPEAT },
	{ KRB5KRB_AP_ERR_BAD_INTEGRITY, CREDSSP_HLP_KRB5_FAIL_KEY,
	  KRB5KRB_AP_ERR_BAD_INTEGRITY },
	{ KRB5KRB_AP_ERR_MODIFIED, CREDSSP_HLP_KRB5_FAIL_KEY, KRB5KRB_AP_ERR_MODIFIED },
	{ KRB5KRB_AP_ERR_NOT_US, CREDSSP_HLP_KRB5_FAIL_KEY, KRB5KRB_AP_ERR_NOT_US },
	{ KRB5KRB_AP_WRONG_PRINC, CREDSSP_HLP_KRB5_FAIL_KEY, KRB5KRB_AP_ERR_NOT_US },
	{ KRB5KRB_AP_ERR_NOKEY, CREDSSP_HLP_KRB5_FAIL_KEY, KRB5KRB_AP_ERR_NOKEY },
	{ KRB5KRB_AP_ERR_BADKEYVER, CREDSSP_HLP_KRB5_FAIL_KEY, KRB5KRB_AP_ERR_BADKEYVER },
	{ KRB5_KT_KVNONOTFOUND, CREDSSP_HLP_KRB5_FAIL_KEY, KRB5KRB_AP_ERR_BADKEYVER },
	/* The keytab has been read, but it serves no such SPN. */
	{ KRB5_KT_NOTFOUND, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0 },
	{ KRB5_NOPERM_ETYPE, CREDSSP_HLP_KRB5_FAIL_ENCTYPE, KRB5KDC_ERR_ETYPE_NOSUPP },
	{ KRB5_BAD_ENCTYPE, CREDSSP_HLP_KRB5_FAIL_ENCTYPE, KRB5KDC_ERR_ETYPE_NOSUPP },
	{ KRB5_PROG_ETYPE_NOSUPP, CREDSSP_HLP_KRB5_FAIL_ENCTYPE, KRB5KDC_ERR_ETYPE_NOSUPP },
};

#define ACCEPT_FAILURES	(sizeof(accept_failures) / sizeof(accept_failures[0]))

/* RFC 4120 7.5.9: the others of the protocol are about the AP-REQ. */
static uint32_t accept_failure(const struct krb5_acceptance *a, krb5_error_code error,
			       krb5_error_code *told)
{
	*told = KRB5KRB_ERR_GENERIC;
	if (a->bindings_differ)
		return CREDSSP_HLP_KRB5_FAIL_BINDINGS;
	for (size_t i = 0; i < ACCEPT_FAILURES; i++) {
		if (accept_failures[i].error == error) {
			*told = accept_failures[i].told;
			return accept_failures[i].failure;
		}
	}
	if (krb5_failure_number(error)) {
		*told = error;
		return CREDSSP_HLP_KRB5_FAIL_REQUEST;
	}
	*told = KRB5KRB_AP_ERR_MSG_TYPE;
	if (krb5_failure_of(error) == CREDSSP_HLP_KRB5_FAIL_ANSWER)
		return CREDSSP_HLP_KRB5_FAIL_REQUEST;
	*told = 0;
	return krb5_failure_of(error) == CREDSSP_HLP_KRB5_FAIL_NO_TICKETS ?
		CREDSSP_HLP_KRB5_FAIL_NO_TICKETS : CREDSSP_HLP_KRB5_FAIL_OTHER;
}

/* The initiator's clock: read the AP-REQ again, whatever its time is. */
static int64_t accept_look_for_skew(const struct krb5_acceptance *a)
{
	struct krb5_acceptance again = { .conf = a->conf, .rq = a->rq };
	struct credssp_hlp_krb5_reply ignored = { 0 };
	krb5_authenticator *authenticator;
	struct bytes out = { 0 };
	int64_t skew = 0;

	if (krb5_library_open_offline(a->conf, ANY_SKEW, &again.context))
		return 0;
	if (!accept_read(&again, &ignored, &out) &&
	    !krb5_auth_con_getauthenticator(again.context, again.auth, &authenticator)) {
		skew = (int64_t)(uint32_t)authenticator->ctime - time(NULL);
		krb5_free_authenticator(again.context, authenticator);
	}
	bytes_free(&out);
	krb5_accept_free(&again);
	krb5_free_context(again.context);
	return skew;
}

/* Without memory or a name for it, the initiator is not told. */
static void accept_put_error(const struct krb5_acceptance *a, krb5_error_code told,
			     struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	krb5_error error = { .error = told - ERROR_TABLE_BASE_krb5, .server = a->name };
	krb5_data message;

	if (!a->name || krb5_us_timeofday(a->context, &error.stime, &error.susec) ||
	    krb5_mk_error(a->context, &error, &message))
		return;
	if (!bytes_append(out, message.data, message.length, CREDSSP_HLP_MAX_KRB5_MESSAGE))
		reply->message_length = message.length;
	krb5_free_data_contents(a->context, &message);
}

static void accept_fail(struct krb5_acceptance *a, krb5_error_code error,
			struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	krb5_error_code told;
	const uint32_t failure = accept_failure(a, error, &told);

	explicit_bzero(reply, sizeof(*reply));
	bytes_free(out);
	reply->state = CREDSSP_HLP_KRB5_FAILED;
	reply->failure = failure;
	if (told) {
		reply->error = krb5_failure_number(told);
		accept_put_error(a, told, reply, out);
	}
	if (error == KRB5KRB_AP_ERR_SKEW)
		reply->skew = accept_look_for_skew(a);
}

krb5_error_code krb5_accept_answer(struct krb5_acceptance *a,
				   struct credssp_hlp_krb5_reply *reply, struct bytes *out)
{
	krb5_error_code ret = accept_all(a, reply, out);

	if (ret)
		accept_fail(a, ret, reply, out);
	return ret;
}

void krb5_accept_free(struct krb5_acceptance *a)
{
	krb5_free_principal(a->context, a->name);
	if (a->auth)
		krb5_auth_con_free(a->context, a->auth);
}
