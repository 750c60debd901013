// SPDX-License-Identifier: GPL-2.0-only
/* The reader: it has the rights of the daemon's user to files, no network and no secrets. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gnutls/x509.h>
#include "base/children.h"
#include "base/log.h"
#include "reload_impl.h"
#include "sandbox/sandbox.h"

/**
 * struct reader - the process
 * @fd: the daemon
 * @argc, @argv: its command line
 * @started: what came of it at the start
 * @packet: the one being sent
 */
struct reader {
	int fd;
	int argc;
	char **argv;
	const struct options *started;
	struct reload_packet packet;
};

static int reader_send(struct reader *rd, uint32_t kind, size_t length)
{
	const size_t size = RELOAD_HEADER + length;

	rd->packet.kind = kind;
	return write(rd->fd, &rd->packet, size) == (ssize_t)size ? 0 : -EPIPE;
}

static int reader_send_cert(struct reader *rd, gnutls_x509_crt_t cert)
{
	size_t length = sizeof(rd->packet.der);

	if (gnutls_x509_crt_export(cert, GNUTLS_X509_FMT_DER, rd->packet.der, &length) < 0) {
		log_warning("a trusted certificate is too long, and left out");
		return 0;
	}
	return reader_send(rd, RELOAD_CERT, length);
}

static int reader_send_certs(struct reader *rd, gnutls_x509_trust_list_t list)
{
	gnutls_x509_trust_list_iter_t iter = NULL;
	gnutls_x509_crt_t cert;
	unsigned int count = 0;
	int ret = 0;

	while (!ret && gnutls_x509_trust_list_iter_get_ca(list, &iter, &cert) >= 0) {
		if (++count > RELOAD_CERTS_MAX) {
			log_error("more than %u trusted certificates", RELOAD_CERTS_MAX);
			ret = -E2BIG;
		} else {
			ret = reader_send_cert(rd, cert);
		}
		gnutls_x509_crt_deinit(cert);
	}
	gnutls_x509_trust_list_iter_deinit(iter);
	return ret;
}

/* The same as load_trust() in tls_client.c, at the start */
static int reader_load_trust(gnutls_x509_trust_list_t list, const char *file)
{
	int n = gnutls_x509_trust_list_add_system_trust(list, 0, 0);

	if (n <= 0)
		log_warning("no system trust store: it makes no server trusted");
	if (!file)
		return 0;
	n = gnutls_x509_trust_list_add_trust_file(list, file, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
	if (n > 0)
		return 0;
	log_error("%s: %s", file, n < 0 ? gnutls_strerror(n) : "no certificate in it");
	return -EINVAL;
}

static int reader_send_trust(struct reader *rd, const char *file)
{
	gnutls_x509_trust_list_t list;
	int ret;

	if (gnutls_x509_trust_list_init(&list, 0) < 0)
		return -ENOMEM;
	ret = reader_load_trust(list, file);
	if (!ret)
		ret = reader_send_certs(rd, list);
	gnutls_x509_trust_list_deinit(list, 1);
	return ret;
}

static int reader_send_all(struct reader *rd, const struct options *o)
{
	int ret = reader_send_trust(rd, o->tls.trust_file);

	if (ret)
		return ret;
	options_compare(rd->started, o);
	rd->packet.settings = (struct reload_settings){
		.min_version = o->tls.min_version, .max_version = o->tls.max_version,
		.rules = o->logons,
	};
	return reader_send(rd, RELOAD_DONE, sizeof(rd->packet.settings));
}

/* A negative errno: the daemon has ended. */
static int reader_turn(struct reader *rd)
{
	uint32_t kind = 0;
	ssize_t got = read(rd->fd, &kind, sizeof(kind));
	struct options o;
	int ret = -EINVAL;

	if (got < 0 && errno == EINTR)
		return 0;
	if (got != sizeof(kind) || kind != RELOAD_ASK)
		return -EPIPE;
	if (options_parse(&o, rd->argc, rd->argv) == OPTIONS_RUN)
		ret = reader_send_all(rd, &o);
	options_free(&o);
	if (ret == -EPIPE)
		return ret;
	return ret ? reader_send(rd, RELOAD_FAILED, 0) : 0;
}

int reload_serve(int fd, int argc, char **argv, const struct options *o)
{
	struct reader *rd = calloc(1, sizeof(*rd));

	if (!rd || sandbox_reader(fd) || children_ignore_signals())
		return EXIT_FAILURE;
	*rd = (struct reader){ .fd = fd, .argc = argc, .argv = argv, .started = o };
	while (!reader_turn(rd))
		;
	free(rd);
	return EXIT_SUCCESS;
}
