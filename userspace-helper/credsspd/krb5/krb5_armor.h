/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FAST (RFC 6113): the AS exchange of a password inside an armor, which is made with a ticket
 * of this host. Who listens then cannot guess the password. The ticket is the armorer's
 * (krb5_armorer.h); a worker that needs it gets it by a connection of its own.
 */
#ifndef CREDSSPD_KRB5_ARMOR_H
#define CREDSSPD_KRB5_ARMOR_H

#include <stdbool.h>
#include <stdint.h>
#include <krb5.h>
#include "krb5_hook.h"

/**
 * struct krb5_armor_ticket - the armorer's packet; if @error is 0, the ticket follows, by
 *	krb5_marshal_credentials()
 * @error: of libkrb5: why there is none
 * @seen: the KDC does FAST, as it has said in a reply that is authentic: an exchange with
 *	it begins in armor, so that nobody can pretend that it does not
 */
struct krb5_armor_ticket {
	int32_t error;
	uint32_t seen;
};

/* Bytes of the ticket: those of Windows have up to 48 KB (MaxTokenSize). */
#define KRB5_ARMOR_TICKET_MAX	(64 * 1024)

/**
 * struct krb5_armor - the armor of one worker
 * @fd: from the armorer; -1: there is none
 * @required: no AS exchange without armor
 * @seen: the ticket's KDC does FAST: no exchange that begins with it goes on without armor
 * @cache: with the ticket; NULL without it
 */
struct krb5_armor {
	int fd;
	bool required;
	bool seen;
	krb5_ccache cache;
};

/*
 * Wait for the ticket, not longer than the deadline of @hook. Without one, or if it is of
 * another realm than @client, the exchange goes on without armor unless that is required.
 */
krb5_error_code krb5_armor_get(struct krb5_armor *a, krb5_context context,
			       krb5_const_principal client, struct krb5_hook *hook);
/* Have the AS exchange of @options use it. */
krb5_error_code krb5_armor_set(const struct krb5_armor *a, krb5_context context,
			       krb5_get_init_creds_opt *options);
/* After the exchange: add a line if there was a ticket, and the KDC does not do FAST. */
void krb5_armor_tell(const struct krb5_armor *a, const struct krb5_hook *hook);
/*
 * Why an AS exchange by password has failed: CREDSSP_HLP_KRB5_FAIL_*. If the cause is the armor
 * rather than *@code, the error of libkrb5 for that is stored there.
 */
uint32_t krb5_armor_failure(const struct krb5_armor *a, krb5_error_code *code);
void krb5_armor_free(struct krb5_armor *a, krb5_context context);

#endif
