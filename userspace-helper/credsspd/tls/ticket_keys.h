/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys of the session tickets that this side gives to clients. They are derived from a secret
 * that is in the daemon's memory only and is replaced regularly: with it everything that was
 * sealed with tickets of its time is lost.
 *
 * Each certificate has a key of its own, so that a session is resumed only where the server
 * would use the certificate of the session's full handshake: pubKeyAuth (MS-CSSP 3.1.5) binds
 * to its key, and the client does not see it again.
 */
#ifndef CREDSSPD_TICKET_KEYS_H
#define CREDSSPD_TICKET_KEYS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <gnutls/gnutls.h>

/* A key of GnuTLS: name, cipher's key and MAC's key. GnuTLS itself rotates within these. */
#define TICKET_KEY_SIZE		64

/* Seconds in which a session may be resumed */
#define TICKET_LIFETIME		3600
/*
 * Life of a secret, in milliseconds. It bounds how long a client can go on without a full
 * handshake, because each resumed one gives it a new ticket.
 */
#define TICKET_SECRET_MS	(4 * 3600 * 1000)

/**
 * struct ticket_keys - the present secret
 * @lock: protects the other members
 * @made: time when it was made; valid if @live
 * @live: there is one
 */
struct ticket_keys {
	pthread_mutex_t lock;
	int64_t made;
	bool live;
	uint8_t secret[TICKET_KEY_SIZE];
};

void ticket_keys_init(struct ticket_keys *tk);
/*
 * Derive the key of the user @uid and its certificate @der at @now (clock_ms()). The caller
 * wipes @key. 0, or an error of GnuTLS.
 */
int ticket_keys_derive(struct ticket_keys *tk, int64_t now, uint32_t uid,
		       const gnutls_datum_t *der, uint8_t key[TICKET_KEY_SIZE]);
/* Wipe a secret that is too old. Return the milliseconds until the next call is due, or -1. */
int ticket_keys_expire(struct ticket_keys *tk, int64_t now);
void ticket_keys_wipe(struct ticket_keys *tk);

#endif
