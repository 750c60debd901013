/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tickets that a password became, which the module keeps for the next exchange:
 *
 *	be32 KRB5_SAVED_FORM
 *	be32, be32	the KDC's clock less CLOCK_BOOTTIME, which is right also after this
 *			machine's clock was set; microseconds, the high half first
 *	be32, bytes	the principal that the user was asked for as
 *	be32, bytes	a ticket by krb5_marshal_credentials(), repeated: the TGT first, then
 *			the service tickets, the last one used first
 */
#ifndef CREDSSPD_KRB5_SAVED_H
#define CREDSSPD_KRB5_SAVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <krb5.h>
#include "base/bytes.h"

#define KRB5_SAVED_FORM		0x43535031	/* "CSP1" */
/* Seconds before its end from which on a ticket is not used any more */
#define KRB5_SAVED_MARGIN	300

/**
 * krb5_saved_load() - put saved tickets into a cache
 * @context: a context; it gets the KDC's time
 * @saved: @length bytes of krb5_saved_store()
 * @asked: principal that the user is asked for as
 * @cache: gets the tickets that are usable; it is initialized if there are any
 *
 * Return: true if there are tickets in @cache. Malformed bytes, or tickets of another
 * principal, are ignored.
 */
bool krb5_saved_load(krb5_context context, const uint8_t *saved, size_t length,
		     krb5_const_principal asked, krb5_ccache cache);

/* Give @context the clock of this machine again, before the KDC is asked anew. */
void krb5_saved_forget_clock(krb5_context context);

/* True if @creds do not end in the next @margin seconds. */
bool krb5_saved_lasts(krb5_context context, const krb5_creds *creds, int margin);

/* True if @creds are a TGT for the realm of their client. */
bool krb5_saved_is_tgt(krb5_context context, const krb5_creds *creds);

/**
 * krb5_saved_store() - write the tickets of a cache
 * @context: a context
 * @cache: where they are; what does not fit is left out
 * @asked: as above
 * @used: the service ticket of this exchange, or NULL
 * @out: gets up to CREDSSP_HLP_MAX_TICKETS bytes; the caller frees it
 *
 * Return: 0 or an error, with which @out is empty.
 */
krb5_error_code krb5_saved_store(krb5_context context, krb5_ccache cache,
				 krb5_const_principal asked, krb5_creds *used,
				 struct bytes *out);

#endif
