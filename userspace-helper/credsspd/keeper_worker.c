// SPDX-License-Identifier: GPL-2.0-only
/* A worker of the key keeper: it has the keys of one user and signs with them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "keeper_impl.h"
#include "keyring.h"
#include "log.h"

/**
 * struct desk - the state of a worker
 * @keys: NULL if the directory cannot be read
 * @in, @got: the request
 * @out, @length: the answer
 */
struct desk {
	struct keyring *keys;
	uint8_t in[KEEPER_REQUEST_MAX];
	size_t got;
	uint8_t out[KEEPER_ANSWER_MAX];
	size_t length;
};

/* Append @data to the answer. */
static int put(struct desk *d, const void *p, size_t n)
{
	if (n > sizeof(d->out) - d->length)
		return -EMSGSIZE;
	memcpy(d->out + d->length, p, n);
	d->length += n;
	return 0;
}

static int put_certificate(struct desk *d, gnutls_x509_crt_t cert)
{
	gnutls_datum_t der;
	uint8_t be[4];
	int err;

	if (gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &der) < 0)
		return -EIO;
	for (int i = 0; i < 4; i++)
		be[i] = der.size >> (24 - 8 * i);
	err = put(d, be, sizeof(be));
	if (!err)
		err = put(d, der.data, der.size);
	gnutls_free(der.data);
	return err;
}

static int find(struct desk *d, const struct keyring_entry *e)
{
	int err = 0;

	for (unsigned int i = 0; i < e->count && !err; i++)
		err = put_certificate(d, e->chain[i]);
	return err;
}

static int sign(struct desk *d, const struct keyring_entry *e, const struct keeper_request *rq)
{
	gnutls_datum_t signature, data = {
		d->in + sizeof(*rq), d->got - sizeof(*rq),
	};
	static struct log_limit failures;
	int ret, err;

	if (rq->op == KEEPER_SIGN_HASH)
		ret = gnutls_privkey_sign_hash2(e->key, rq->algorithm, 0, &data, &signature);
	else
		ret = gnutls_privkey_sign_data2(e->key, rq->algorithm, 0, &data, &signature);
	if (ret < 0) {
		if (log_may(&failures, clock_ms()))
			log_warning("signature for uid %u: %s", rq->uid, gnutls_strerror(ret));
		return -EIO;
	}
	err = put(d, signature.data, signature.size);
	gnutls_free(signature.data);
	return err;
}

static int answer(struct desk *d, const struct keeper_request *rq)
{
	const struct keyring_entry *e;
	int ret = keyring_find(d->keys, rq->uid, rq->name, &e);

	if (ret)
		return ret;
	switch (rq->op) {
	case KEEPER_FIND:
		return find(d, e);
	case KEEPER_SIGN_DATA:
	case KEEPER_SIGN_HASH:
		return sign(d, e, rq);
	default:
		return -EOPNOTSUPP;
	}
}

/* False when the keeper has ended or has closed its side. */
static bool serve_one(struct desk *d, int fd)
{
	struct keeper_answer head = { 0 };
	struct keeper_request rq;
	ssize_t got = read(fd, d->in, sizeof(d->in));

	if (got < (ssize_t)sizeof(rq))
		return got < 0 && errno == EINTR;
	d->got = got;
	memcpy(&rq, d->in, sizeof(rq));
	rq.name[CREDSSP_MAX_CERT_NAME] = '\0';
	d->length = sizeof(head);
	head.id = rq.id;
	head.error = -answer(d, &rq);
	if (head.error)
		d->length = sizeof(head);
	memcpy(d->out, &head, sizeof(head));
	return write(fd, d->out, d->length) == (ssize_t)d->length;
}

int keeper_work(int fd, const char *directory, uint32_t uid)
{
	struct desk *d = calloc(1, sizeof(*d));

	if (!d)
		return EXIT_FAILURE;
	d->keys = keyring_load(directory, uid);
	while (serve_one(d, fd))
		;
	keyring_free(d->keys);
	explicit_bzero(d, sizeof(*d));
	free(d);
	return EXIT_SUCCESS;
}
