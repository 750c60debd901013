// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "krb5_cache.h"
#include "krb5_enctypes.h"
#include "krb5_failure.h"
#include "krb5_initial.h"
#include "krb5_names.h"
#include "krb5_saved.h"
#include "krb5_tickets.h"
#include "krb5_trace.h"

static krb5_error_code tickets_name_client(struct krb5_tickets *t)
{
	if (!*t->rq->user)
		return 0;
	return krb5_names_client(t->context, t->rq->user, t->rq->realm, &t->asked);
}

static krb5_error_code tickets_new_cache(struct krb5_tickets *t)
{
	krb5_error_code ret = krb5_cc_new_unique(t->context, "MEMORY", NULL, &t->cache);

	t->is_temporary = !ret;
	return ret;
}

/* The principal of the cache, which the KDC may have named otherwise than the request. */
static krb5_error_code tickets_take_client(struct krb5_tickets *t)
{
	krb5_free_principal(t->context, t->client);
	t->client = NULL;
	return krb5_cc_get_principal(t->context, t->cache, &t->client);
}

static krb5_error_code tickets_ask(struct krb5_tickets *t, krb5_principal client,
				   const struct krb5_initial *by)
{
	krb5_error_code ret;

	t->is_initial = true;
	ret = krb5_initial_get(t->context, client, by, t->cache);
	if (ret)
		return ret;
	t->is_initial = false;
	return tickets_take_client(t);
}

/* libkrb5 has many causes behind one error of @what, and words for them. */
static void tickets_take_words(struct krb5_tickets *t, krb5_error_code code, const char *what)
{
	const char *words = krb5_get_error_message(t->context, code);

	if (strcmp(words, error_message(code))) {
		log_debug("%s: %s", what, words);
		krb5_trace_add(t->hook->trace, "%s: %s", what, words);
	}
	krb5_pkinit_note(&t->pkinit, words);
	krb5_free_error_message(t->context, words);
}

/* By the password or the certificate of the request */
static krb5_error_code tickets_ask_anew(struct krb5_tickets *t)
{
	const bool by_cert = t->rq->head.source == CREDSSP_HLP_KRB5_CERT;
	const struct krb5_initial by = {
		.password = by_cert ? NULL : t->rq->password,
		.pkinit = by_cert ? &t->pkinit : NULL,
		.armor = by_cert ? NULL : t->armor,
	};
	krb5_error_code ret;

	t->is_saved = false;
	krb5_saved_forget_clock(t->context);
	if (by_cert)
		ret = krb5_pkinit_init(&t->pkinit, t->rq->tickets, t->rq->password);
	else
		ret = krb5_armor_get(t->armor, t->context, t->asked, t->hook);
	if (!ret)
		ret = tickets_ask(t, t->asked, &by);
	if (!by_cert)
		krb5_armor_tell(t->armor, t->hook);
	if (ret && (by_cert || t->armor->cache))
		tickets_take_words(t, ret, by_cert ? "certificate" : "FAST");
	return ret;
}

static krb5_error_code tickets_copy_realm(struct krb5_tickets *t)
{
	char *realm = strndup(t->client->realm.data, t->client->realm.length);
	krb5_error_code ret;

	if (!realm)
		return ENOMEM;
	ret = krb5_set_principal_realm(t->context, t->server, realm);
	free(realm);
	return ret;
}

/* A service without a realm is looked for in that of the client. */
static krb5_error_code tickets_place_server(struct krb5_tickets *t)
{
	if (t->server->realm.length && !t->is_realm_open)
		return 0;
	t->is_realm_open = true;
	return tickets_copy_realm(t);
}

/* Find the TGT in the cache. The caller frees the contents of @tgt. */
static krb5_error_code tickets_find_tgt(struct krb5_tickets *t, krb5_creds *tgt)
{
	krb5_cc_cursor cursor;
	krb5_error_code ret = krb5_cc_start_seq_get(t->context, t->cache, &cursor);

	if (ret)
		return ret;
	while (!(ret = krb5_cc_next_cred(t->context, t->cache, &cursor, tgt))) {
		if (krb5_saved_is_tgt(t->context, tgt))
			break;
		krb5_free_cred_contents(t->context, tgt);
	}
	krb5_cc_end_seq_get(t->context, t->cache, &cursor);
	return ret;
}

/* Replace the TGT of the cache by one that lasts longer. */
static krb5_error_code tickets_renew(struct krb5_tickets *t)
{
	krb5_creds creds = { 0 };
	krb5_error_code ret = krb5_get_renewed_creds(t->context, &creds, t->client, t->cache, NULL);

	if (ret)
		return ret;
	ret = krb5_cc_initialize(t->context, t->cache, t->client);
	if (!ret)
		ret = krb5_cc_store_cred(t->context, t->cache, &creds);
	krb5_free_cred_contents(t->context, &creds);
	return ret;
}

/* Does the cache have the service's ticket? One for user to user is of no further use. */
static bool tickets_have_service(struct krb5_tickets *t)
{
	krb5_creds want = { .client = t->client, .server = t->server }, *found;

	if (t->rq->head.flags & CREDSSP_HLP_KRB5_USER_TO_USER ||
	    krb5_get_credentials(t->context, KRB5_GC_CACHED, t->cache, &want, &found))
		return false;
	krb5_free_creds(t->context, found);
	return true;
}

/* True if the saved tickets serve: they have the service's, or a TGT that lasts. */
static bool tickets_saved_serve(struct krb5_tickets *t)
{
	bool lasts, renewable;
	krb5_creds tgt;

	if (tickets_have_service(t))
		return true;
	if (tickets_find_tgt(t, &tgt))
		return false;
	lasts = krb5_saved_lasts(t->context, &tgt, KRB5_SAVED_MARGIN);
	renewable = tgt.ticket_flags & TKT_FLG_RENEWABLE &&
		    (uint32_t)tgt.times.renew_till > (uint32_t)tgt.times.endtime;
	krb5_free_cred_contents(t->context, &tgt);
	return lasts || (renewable && !tickets_renew(t));
}

/* By the tickets that were saved, or anew */
static krb5_error_code tickets_open_saved(struct krb5_tickets *t)
{
	const struct krb5_request *rq = t->rq;
	krb5_error_code ret = tickets_new_cache(t);

	if (ret)
		return ret;
	t->is_saved = krb5_saved_load(t->context, rq->saved, rq->head.saved_length, t->asked,
				      t->cache) &&
		      !tickets_take_client(t) && !tickets_place_server(t) && tickets_saved_serve(t);
	return t->is_saved ? 0 : tickets_ask_anew(t);
}

/* Keyrings, sockets and files fail with errnos of many kinds: then there is no such thing. */
static krb5_error_code tickets_open_error(krb5_error_code ret, krb5_error_code none)
{
	if (!ret || ret == ENOMEM || krb5_failure_of(ret) != CREDSSP_HLP_KRB5_FAIL_OTHER)
		return ret;
	log_debug("tickets: %s", error_message(ret));
	return none;
}

/* Without a key of the client the KDC would be given a proof of nothing. */
static krb5_error_code tickets_check_keytab(struct krb5_tickets *t, krb5_keytab keytab)
{
	krb5_keytab_entry entry;
	krb5_error_code ret = krb5_kt_get_entry(t->context, keytab, t->asked, 0, 0, &entry);

	if (!ret)
		krb5_free_keytab_entry_contents(t->context, &entry);
	return ret;
}

static krb5_error_code tickets_ask_by_keytab(struct krb5_tickets *t, krb5_keytab keytab)
{
	krb5_error_code ret;

	if (t->asked)
		ret = tickets_check_keytab(t, keytab);
	else
		ret = krb5_initial_find_client(t->context, keytab, &t->asked);
	ret = tickets_open_error(ret, KRB5_KT_NOTFOUND);
	if (!ret)
		ret = tickets_new_cache(t);
	return ret ? ret : tickets_ask(t, t->asked, &(struct krb5_initial){ .keytab = keytab });
}

static krb5_error_code tickets_open_keytab(struct krb5_tickets *t)
{
	krb5_keytab keytab;
	krb5_error_code ret = krb5_initial_open_keytab(t->context, t->rq->tickets, &keytab);

	if (ret)
		return ret;
	ret = tickets_ask_by_keytab(t, keytab);
	krb5_kt_close(t->context, keytab);
	return ret;
}

/*
 * libkrb5 connects to the server of a cache once more when it asks a KDC, which the worker must
 * not do any more by then: it uses a copy.
 */
static krb5_error_code tickets_copy_cache(struct krb5_tickets *t)
{
	krb5_error_code ret;

	t->served = t->cache;
	t->cache = NULL;
	ret = tickets_new_cache(t);
	if (!ret)
		ret = krb5_cc_initialize(t->context, t->cache, t->client);
	return ret ? ret : krb5_cc_copy_creds(t->context, t->served, t->cache);
}

static krb5_error_code tickets_open_cache(struct krb5_tickets *t)
{
	krb5_error_code ret = krb5_cache_open(t->context, t->rq->tickets, t->asked, &t->cache,
					      &t->client);

	if (!ret && krb5_cache_is_served(t->context, t->cache))
		ret = tickets_copy_cache(t);
	return tickets_open_error(ret, KRB5_CC_NOTFOUND);
}

static krb5_error_code tickets_open(struct krb5_tickets *t)
{
	switch (t->rq->head.source) {
	case CREDSSP_HLP_KRB5_PASSWORD:
	case CREDSSP_HLP_KRB5_CERT:
		return tickets_open_saved(t);
	case CREDSSP_HLP_KRB5_KEYTAB:
		return tickets_open_keytab(t);
	case CREDSSP_HLP_KRB5_CCACHE:
		return 0;
	default:
		return EINVAL;
	}
}

static krb5_error_code tickets_ask_service(struct krb5_tickets *t, krb5_creds **creds)
{
	const struct krb5_request *rq = t->rq;
	krb5_creds want = { .client = t->client, .server = t->server };
	krb5_flags options = 0;

	if (rq->head.flags & CREDSSP_HLP_KRB5_USER_TO_USER) {
		/* It is of no use for another exchange: the peer's TGT changes. */
		options = KRB5_GC_USER_USER | KRB5_GC_NO_STORE;
		want.second_ticket.data = (char *)rq->peer_ticket;
		want.second_ticket.length = rq->head.peer_ticket_length;
	}
	return krb5_get_credentials(t->context, options, t->cache, &want, creds);
}

/* Give the service the realm that its host's domain suggests, if that is another one. */
static bool tickets_guess_realm(struct krb5_tickets *t)
{
	bool is_other = false;
	char **realms;

	if (krb5_get_fallback_host_realm(t->context, &t->server->data[1], &realms))
		return false;
	if (realms[0] && *realms[0] &&
	    (strlen(realms[0]) != t->client->realm.length ||
	     memcmp(realms[0], t->client->realm.data, t->client->realm.length)))
		is_other = !krb5_set_principal_realm(t->context, t->server, realms[0]);
	krb5_free_host_realm(t->context, realms);
	return is_other;
}

/*
 * The client's KDC may refer to the realm of a service whose realm is not known. libkrb5 does
 * the same for an empty realm, but goes on after any error, and the last error hides the
 * first one.
 */
static krb5_error_code tickets_get_service(struct krb5_tickets *t, krb5_creds **creds)
{
	krb5_error_code ret = tickets_place_server(t);

	if (!ret)
		ret = tickets_ask_service(t, creds);
	if (ret != KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN || !t->is_realm_open)
		return ret;
	t->is_realm_open = false;
	if (tickets_guess_realm(t) && !tickets_ask_service(t, creds))
		return 0;
	return ret;
}

/* Keep a new ticket where the copied ones come from. It is of use for the next exchange only. */
static void tickets_give_back(struct krb5_tickets *t, krb5_creds *creds)
{
	krb5_error_code ret = krb5_cc_store_cred(t->context, t->served, creds);

	if (ret)
		log_debug("a ticket is not kept: %s", error_message(ret));
}

static krb5_error_code tickets_get_for_served(struct krb5_tickets *t, krb5_creds **creds)
{
	krb5_error_code ret = tickets_place_server(t);
	bool have;

	if (ret)
		return ret;
	have = tickets_have_service(t);
	ret = tickets_get_service(t, creds);
	if (!ret && !have && !(t->rq->head.flags & CREDSSP_HLP_KRB5_USER_TO_USER))
		tickets_give_back(t, *creds);
	return ret;
}

/* True if a TGT from an earlier request may be the cause of @ret. */
static bool tickets_saved_are_stale(const struct krb5_tickets *t, krb5_error_code ret)
{
	if (!ret || !t->is_saved)
		return false;
	switch (krb5_failure_of(ret)) {
	case CREDSSP_HLP_KRB5_FAIL_NO_TICKETS:
	case CREDSSP_HLP_KRB5_FAIL_EXPIRED:
	case CREDSSP_HLP_KRB5_FAIL_PASSWORD:
	case CREDSSP_HLP_KRB5_FAIL_ACCOUNT:
	case CREDSSP_HLP_KRB5_FAIL_SKEW:
	case CREDSSP_HLP_KRB5_FAIL_KDC:
		return true;
	default:
		return false;
	}
}

/* Without a cache it does not matter what the service is. */
krb5_error_code krb5_tickets_open(struct krb5_tickets *t)
{
	krb5_error_code ret;

	ret = krb5_set_default_tgs_enctypes(t->context, krb5_enctypes);
	if (!ret)
		ret = tickets_name_client(t);
	if (!ret && t->rq->head.source == CREDSSP_HLP_KRB5_CCACHE)
		ret = tickets_open_cache(t);
	return ret;
}

krb5_error_code krb5_tickets_get(struct krb5_tickets *t, krb5_creds **creds)
{
	krb5_error_code ret = krb5_names_server(t->context, t->rq->target, &t->server);

	if (!ret)
		ret = tickets_open(t);
	if (ret)
		return ret;
	ret = t->served ? tickets_get_for_served(t, creds) : tickets_get_service(t, creds);
	if (tickets_saved_are_stale(t, ret)) {
		log_debug("saved tickets: %s", error_message(ret));
		ret = tickets_ask_anew(t);
		if (!ret)
			ret = tickets_get_service(t, creds);
	}
	if (ret || krb5_enctypes_have((*creds)->keyblock.enctype))
		return ret;
	krb5_free_creds(t->context, *creds);
	return KRB5_BAD_ENCTYPE;
}

void krb5_tickets_save(struct krb5_tickets *t, krb5_creds *creds, struct bytes *out)
{
	krb5_creds *used = t->rq->head.flags & CREDSSP_HLP_KRB5_USER_TO_USER ? NULL : creds;
	krb5_error_code ret;

	if (!krb5_request_has_secret(&t->rq->head))
		return;
	ret = krb5_saved_store(t->context, t->cache, t->asked, used, out);
	if (ret)
		log_debug("tickets are not saved: %s", error_message(ret));
}

void krb5_tickets_describe(struct krb5_tickets *t, const krb5_creds *creds,
			   struct krb5_trace *trace)
{
	krb5_creds tgt;

	if (!tickets_find_tgt(t, &tgt)) {
		krb5_trace_add_ticket(trace, t->context, &tgt);
		krb5_free_cred_contents(t->context, &tgt);
	}
	krb5_trace_add_ticket(trace, t->context, creds);
}

void krb5_tickets_free(struct krb5_tickets *t)
{
	krb5_free_principal(t->context, t->asked);
	krb5_free_principal(t->context, t->client);
	krb5_free_principal(t->context, t->server);
	if (t->cache && t->is_temporary)
		krb5_cc_destroy(t->context, t->cache);
	else if (t->cache)
		krb5_cc_close(t->context, t->cache);
	if (t->served)
		krb5_cc_close(t->context, t->served);
}
