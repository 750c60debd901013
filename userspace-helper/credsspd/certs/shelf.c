// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <stdlib.h>
#include "shelf.h"

struct place {
	uint32_t uid;
	gnutls_x509_crt_t cert;
};

/**
 * struct shelf - shared by all threads
 * @lock: protects the rest
 * @place: places, without a certificate or with one
 * @next: whose certificate goes first when all have one
 */
struct shelf {
	pthread_mutex_t lock;
	struct place place[SHELF_SIZE];
	unsigned int next;
};

struct shelf *shelf_new(void)
{
	struct shelf *s = calloc(1, sizeof(*s));

	if (s)
		pthread_mutex_init(&s->lock, NULL);
	return s;
}

void shelf_free(struct shelf *s)
{
	if (!s)
		return;
	for (unsigned int i = 0; i < SHELF_SIZE; i++)
		gnutls_x509_crt_deinit(s->place[i].cert);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static gnutls_x509_crt_t find(struct shelf *s, uint32_t uid, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t cert;

	for (unsigned int i = 0; i < SHELF_SIZE; i++) {
		cert = s->place[i].cert;
		if (!cert || s->place[i].uid != uid || !gnutls_x509_crt_equals2(cert, der))
			continue;
		s->place[i].cert = NULL;
		return cert;
	}
	return NULL;
}

gnutls_x509_crt_t shelf_take(struct shelf *s, uint32_t uid, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t cert;

	if (!s)
		return NULL;
	pthread_mutex_lock(&s->lock);
	cert = find(s, uid, der);
	pthread_mutex_unlock(&s->lock);
	return cert;
}

/* A place without a certificate; or else one after the other. */
static struct place *find_room(struct shelf *s)
{
	struct place *p;

	for (unsigned int i = 0; i < SHELF_SIZE; i++) {
		if (!s->place[i].cert)
			return &s->place[i];
	}
	p = &s->place[s->next];
	s->next = (s->next + 1) % SHELF_SIZE;
	return p;
}

void shelf_put(struct shelf *s, uint32_t uid, gnutls_x509_crt_t cert)
{
	gnutls_x509_crt_t old = cert;
	struct place *p;

	if (s) {
		pthread_mutex_lock(&s->lock);
		p = find_room(s);
		old = p->cert;
		*p = (struct place){ uid, cert };
		pthread_mutex_unlock(&s->lock);
	}
	gnutls_x509_crt_deinit(old);
}
