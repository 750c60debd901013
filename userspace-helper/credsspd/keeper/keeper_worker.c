// SPDX-License-Identifier: GPL-2.0-only
/* A worker of the key keeper: it has the keys of one user and signs with them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "certs/keyring.h"
#include "keeper_impl.h"

/**
 * struct keeper_worker - the state of a worker
 * @keys: NULL if the directory cannot be read
 * @in, @got: the request
 * @out, @length: the answer
 */
struct keeper_worker {
	struct keyring *keys;
	uint8_t in[KEEPER_REQUEST_MAX];
	size_t got;
	uint8_t out[KEEPER_ANSWER_MAX];
	size_t length;
};

/* Append @data to the answer. */
static int keeper_worker_put(struct keeper_worker *kw, const void *p, size_t n)
{
	if (n > sizeof(kw->out) - kw->length)
		return -EMSGSIZE;
	memcpy(kw->out + kw->length, p, n);
	kw->length += n;
	return 0;
}

static int keeper_worker_put_counted(struct keeper_worker *kw, const void *p, size_t n)
{
	const uint8_t be[4] = { n >> 24, n >> 16, n >> 8, n };
	int err = keeper_worker_put(kw, be, sizeof(be));

	return err ? err : keeper_worker_put(kw, p, n);
}

static int keeper_worker_put_certificate(struct keeper_worker *kw, gnutls_x509_crt_t cert)
{
	gnutls_datum_t der;
	int err;

	if (gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &der) < 0)
		return -EIO;
	err = keeper_worker_put_counted(kw, der.data, der.size);
	gnutls_free(der.data);
	return err;
}

static int keeper_worker_find(struct keeper_worker *kw, const struct keyring_entry *e)
{
	int err = 0;

	for (unsigned int i = 0; i < e->count && !err; i++)
		err = keeper_worker_put_certificate(kw, e->chain[i]);
	return err;
}

/* The certificate of the host whose name follows the request; its own name goes first. */
static int keeper_worker_find_host(struct keeper_worker *kw, const struct keeper_request *rq)
{
	const size_t length = kw->got - sizeof(*rq);
	const struct keyring_entry *e;
	char host[KEYRING_HOST + 1];
	int err;

	if (length > KEYRING_HOST)
		return -EINVAL;
	memcpy(host, kw->in + sizeof(*rq), length);
	host[length] = '\0';
	err = keyring_find_host(kw->keys, rq->uid, host, &e);
	if (!err)
		err = keeper_worker_put_counted(kw, e->name, strlen(e->name));
	return err ? err : keeper_worker_find(kw, e);
}

static int keeper_worker_sign(struct keeper_worker *kw, const struct keyring_entry *e,
			      const struct keeper_request *rq)
{
	gnutls_datum_t signature, data = {
		kw->in + sizeof(*rq), kw->got - sizeof(*rq),
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
	err = keeper_worker_put(kw, signature.data, signature.size);
	gnutls_free(signature.data);
	return err;
}

static int keeper_worker_answer(struct keeper_worker *kw, const struct keeper_request *rq)
{
	const struct keyring_entry *e;
	int ret;

	if (rq->op == KEEPER_FIND_HOST)
		return keeper_worker_find_host(kw, rq);
	ret = keyring_find(kw->keys, rq->uid, rq->name, &e);
	if (ret)
		return ret;
	switch (rq->op) {
	case KEEPER_FIND:
		return keeper_worker_find(kw, e);
	case KEEPER_SIGN_DATA:
	case KEEPER_SIGN_HASH:
		return keeper_worker_sign(kw, e, rq);
	default:
		return -EOPNOTSUPP;
	}
}

/* False when the keeper has ended or has closed its side. */
static bool keeper_worker_serve_one(struct keeper_worker *kw, int fd)
{
	struct keeper_answer head = { 0 };
	struct keeper_request rq;
	ssize_t got = read(fd, kw->in, sizeof(kw->in));

	if (got < (ssize_t)sizeof(rq))
		return got < 0 && errno == EINTR;
	kw->got = got;
	memcpy(&rq, kw->in, sizeof(rq));
	rq.name[CREDSSP_MAX_CERT_NAME] = '\0';
	kw->length = sizeof(head);
	head.id = rq.id;
	head.error = -keeper_worker_answer(kw, &rq);
	if (head.error)
		kw->length = sizeof(head);
	memcpy(kw->out, &head, sizeof(head));
	return write(fd, kw->out, kw->length) == (ssize_t)kw->length;
}

int keeper_work(int fd, const char *directory, uint32_t uid)
{
	struct keeper_worker *kw = calloc(1, sizeof(*kw));

	if (!kw)
		return EXIT_FAILURE;
	kw->keys = keyring_load(directory, uid);
	while (keeper_worker_serve_one(kw, fd))
		;
	keyring_free(kw->keys);
	explicit_bzero(kw, sizeof(*kw));
	free(kw);
	return EXIT_SUCCESS;
}
