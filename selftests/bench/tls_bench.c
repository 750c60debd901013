// SPDX-License-Identifier: GPL-2.0-only
/*
 * The baseline of a logon: a bare GnuTLS client that verifies the server's certificate and
 * puts its keys on the socket, with the priorities of credsspd.
 *
 *	tls_bench full|resumed PORT COUNT
 *
 * Prints the instructions of one connection, from the new session to the keys on the
 * socket. "resumed" takes a ticket from each connection for the next one.
 */
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "count.h"
#include "ktls.h"
#include "tcp.h"

#define HOST		"localhost"
#define WARM_UP		3
#define PRIORITIES	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-DHE-RSA:-GROUP-DH-ALL" \
			":-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:%NO_ETM"

struct client {
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities;
	gnutls_datum_t ticket;
	unsigned short port;
	bool resume;
	unsigned int resumed;
};

/* An error of GnuTLS ends the program. */
static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, gnutls_strerror(ret));
	exit(1);
}

/* One direction's keys, as the kernel wants them. */
static struct tls12_crypto_info_aes_gcm_256 keys_of(gnutls_session_t session, bool read)
{
	struct tls12_crypto_info_aes_gcm_256 info = {
		.info = { TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_256 },
	};
	gnutls_datum_t mac, iv, key;

	must(gnutls_record_get_state(session, read, &mac, &iv, &key, info.rec_seq), "keys");
	memcpy(info.key, key.data, sizeof(info.key));
	memcpy(info.salt, iv.data, sizeof(info.salt));
	if (gnutls_protocol_get_version(session) == GNUTLS_TLS1_3) {
		memcpy(info.iv, iv.data + sizeof(info.salt), sizeof(info.iv));
	} else {
		info.info.version = TLS_1_2_VERSION;
		memcpy(info.iv, info.rec_seq, sizeof(info.iv));
	}
	return info;
}

/*
 * The peer's certificate has the KeyUsage of Windows' own ones, which do not allow
 * signatures. From here on GnuTLS takes it nevertheless.
 */
static int on_certificate(gnutls_session_t session,
			  unsigned int type __attribute__((unused)),
			  unsigned int when __attribute__((unused)),
			  unsigned int incoming __attribute__((unused)),
			  const gnutls_datum_t *msg __attribute__((unused)))
{
	gnutls_session_enable_compatibility_mode(session);
	return 0;
}

static gnutls_session_t open_session(struct client *c, int fd)
{
	const unsigned int flags = GNUTLS_CLIENT | GNUTLS_NO_SIGNAL | GNUTLS_NO_AUTO_REKEY;
	gnutls_session_t session;

	must(gnutls_init(&session, flags | (c->resume ? 0 : GNUTLS_NO_TICKETS)), "session");
	must(gnutls_priority_set(session, c->priorities), "priorities");
	must(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, c->credentials),
	     "credentials");
	must(gnutls_server_name_set(session, GNUTLS_NAME_DNS, HOST, strlen(HOST)), "name");
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CERTIFICATE_PKT,
					   GNUTLS_HOOK_PRE, on_certificate);
	gnutls_transport_set_int(session, fd);
	if (c->ticket.size)
		must(gnutls_session_set_data(session, c->ticket.data, c->ticket.size),
		     "session to resume");
	return session;
}

/* The ticket of this session, for the next one. */
static void keep_ticket(struct client *c, gnutls_session_t session)
{
	gnutls_free(c->ticket.data);
	c->ticket = (gnutls_datum_t){};
	must(gnutls_session_get_data2(session, &c->ticket), "ticket");
}

/* Whether the certificate is trusted makes no difference to the cost. */
static void client_run(struct client *c, int fd)
{
	struct tls12_crypto_info_aes_gcm_256 tx, rx;
	gnutls_session_t session = open_session(c, fd);
	unsigned int status;
	int ret;

	do {
		ret = gnutls_handshake(session);
	} while (ret < 0 && !gnutls_error_is_fatal(ret));
	must(ret, "handshake");
	must(gnutls_certificate_verify_peers3(session, HOST, &status), "verification");
	if (gnutls_cipher_get(session) != GNUTLS_CIPHER_AES_256_GCM)
		must(GNUTLS_E_UNKNOWN_CIPHER_SUITE, "cipher");
	if (c->resume)
		keep_ticket(c, session);
	tx = keys_of(session, false);
	rx = keys_of(session, true);
	ktls_install(fd, &tx, &rx);
	c->resumed += gnutls_session_is_resumed(session);
	gnutls_deinit(session);
}

static void prepare(struct client *c)
{
	must(gnutls_certificate_allocate_credentials(&c->credentials), "credentials");
	must(gnutls_certificate_set_x509_system_trust(c->credentials), "system trust");
	must(gnutls_priority_init(&c->priorities, PRIORITIES, NULL), "priorities");
}

int main(int argc, char **argv)
{
	struct client c = {};
	struct count count = {};
	unsigned int times, i;
	int fd;

	if (argc != 4)
		return 1;
	c.resume = !strcmp(argv[1], "resumed");
	c.port = (unsigned short)atoi(argv[2]);
	times = atoi(argv[3]);
	if (!times)
		return 1;
	prepare(&c);
	for (i = 0; i < WARM_UP + times; i++) {
		if (i == WARM_UP) {
			count_reset(&count);
			c.resumed = 0;
		}
		fd = tcp_connect(c.port);
		count_start(&count);
		client_run(&c, fd);
		count_stop(&count);
		close(fd);
	}
	if (c.resumed != (c.resume ? times : 0)) {
		fprintf(stderr, "%u of %u sessions were resumed\n", c.resumed, times);
		return 1;
	}
	count_print("client", count.total, times);
	return 0;
}
