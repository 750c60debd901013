// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <gnutls/crypto.h>
#include "ticket_keys.h"

/* SHA-512 gives TICKET_KEY_SIZE bytes. */
#define TICKET_KEYS_MAC		GNUTLS_MAC_SHA512
#define TICKET_KEYS_LABEL	"credssp session tickets"

void ticket_keys_init(struct ticket_keys *tk)
{
	pthread_mutex_init(&tk->lock, NULL);
	tk->live = false;
}

/* The functions below have the lock. */
static void ticket_keys_drop(struct ticket_keys *tk)
{
	explicit_bzero(tk->secret, sizeof(tk->secret));
	tk->live = false;
}

static bool ticket_keys_is_old(const struct ticket_keys *tk, int64_t now)
{
	return tk->live && now - tk->made >= TICKET_SECRET_MS;
}

static int ticket_keys_need(struct ticket_keys *tk, int64_t now)
{
	int ret;

	if (tk->live && !ticket_keys_is_old(tk, now))
		return 0;
	ticket_keys_drop(tk);
	ret = gnutls_rnd(GNUTLS_RND_KEY, tk->secret, sizeof(tk->secret));
	if (ret < 0)
		return ret;
	tk->made = now;
	tk->live = true;
	return 0;
}

static int ticket_keys_mac(const struct ticket_keys *tk, uint32_t uid, const gnutls_datum_t *der,
			   uint8_t key[TICKET_KEY_SIZE])
{
	const uint8_t be[4] = { uid >> 24, uid >> 16, uid >> 8, uid };
	gnutls_hmac_hd_t mac;
	int ret;

	ret = gnutls_hmac_init(&mac, TICKET_KEYS_MAC, tk->secret, sizeof(tk->secret));
	if (ret < 0)
		return ret;
	/* The parts before the certificate have fixed lengths. */
	ret = gnutls_hmac(mac, TICKET_KEYS_LABEL, sizeof(TICKET_KEYS_LABEL));
	if (ret >= 0)
		ret = gnutls_hmac(mac, be, sizeof(be));
	if (ret >= 0)
		ret = gnutls_hmac(mac, der->data, der->size);
	gnutls_hmac_deinit(mac, key);
	return ret < 0 ? ret : 0;
}

int ticket_keys_derive(struct ticket_keys *tk, int64_t now, uint32_t uid,
		       const gnutls_datum_t *der, uint8_t key[TICKET_KEY_SIZE])
{
	int ret;

	pthread_mutex_lock(&tk->lock);
	ret = ticket_keys_need(tk, now);
	if (!ret)
		ret = ticket_keys_mac(tk, uid, der, key);
	pthread_mutex_unlock(&tk->lock);
	return ret;
}

int ticket_keys_expire(struct ticket_keys *tk, int64_t now)
{
	int due = -1;

	pthread_mutex_lock(&tk->lock);
	if (ticket_keys_is_old(tk, now))
		ticket_keys_drop(tk);
	if (tk->live)
		due = (int)(TICKET_SECRET_MS - (now - tk->made));
	pthread_mutex_unlock(&tk->lock);
	return due;
}

void ticket_keys_wipe(struct ticket_keys *tk)
{
	ticket_keys_drop(tk);
	pthread_mutex_destroy(&tk->lock);
}
