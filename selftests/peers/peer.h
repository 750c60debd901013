/* SPDX-License-Identifier: GPL-2.0-only */
/* One connection of the TSRequest peer; shared by its files. */
#ifndef PEER_PEER_H
#define PEER_PEER_H

#include <gnutls/gnutls.h>
#include <sys/types.h>

#include "bytes.h"
#include "krb5_gss.h"
#include "ntlm.h"
#include "spnego.h"
#include "ts.h"
#include "wrong.h"

/* The server's certificate, and two forms of its key. */
struct identity {
	gnutls_certificate_credentials_t creds;
	struct bytes spki;	/* SubjectPublicKeyInfo */
	struct bytes key;	/* its subjectPublicKey without the unused-bits octet */
};

struct rdp_fault;

struct options {
	struct account account;
	const struct wrong *wrong;
	struct identity identity;
	const char *priority;
	const char *mech;	/* "any", "ntlm", "spnego", "kerberos" */
	const struct krb5_acceptor *kerberos;	/* NULL without a keytab */
	const char *refuse;	/* "error", "close", "alert": how a logon is denied */
	bool http;		/* TLS inside HTTP */
	const char *path;	/* of the HTTP service */
	const char *x224;	/* NULL, "auto", "hybrid", "hybrid-ex" */
	gnutls_datum_t ticket_key;
	int ticket_lifetime;	/* seconds, 0 for GnuTLS's choice */
	int record_limit;	/* bytes that it accepts in one record, likewise */
	int version;
	int timeout;		/* seconds that a client may take for one message */
	uint32_t error_code;
	bool tickets;
	bool ask_cert;
	bool require_cert;
	bool early;		/* a result PDU even without X.224 */
	bool echo;
	const struct rdp_fault *rdp;	/* RDP's sequence after the exchange; NULL: none */
	bool vmconnect;		/* a preconnection blob, and X.224 after the exchange */
	int x224_failure;	/* failure code, 0 for none */
};

/**
 * struct http_side - state of a connection inside HTTP
 * @in: bytes of the client's token that TLS has not read
 * @out: bytes that TLS has written for the next answer
 * @open: a request waits for its answer
 * @message: the exchange is over, requests hold sealed messages
 * @sealed: one of these was right
 * @requests: so far
 */
struct http_side {
	struct bytes in;
	struct bytes out;
	bool open;
	bool message;
	bool sealed;
	unsigned int requests;
};

struct conn;

/* Who has logged on; empty strings before it is known. */
struct mech_user {
	const char *name;
	const char *domain;
};

/**
 * struct mech - an inner mechanism
 * @name: of its package
 * @legs: from the first request, @req with its bytes in @msg, until the client's pubKeyAuth
 *	is in @pub_key
 * @final: the last negoToken, which goes beside pubKeyAuth; empty if there is none
 * @seal, @unseal: messages; @unseal returns false if the message is not the next one of the
 *	client
 * @skip_number: the next message to be sealed has a wrong sequence number
 * @user: of the client
 * @release: frees its state
 */
struct mech {
	const char *name;
	int (*legs)(struct conn *c, struct bytes *msg, struct ts_request *req,
		    struct bytes *pub_key);
	void (*final)(struct conn *c, struct bytes *token);
	void (*seal)(struct conn *c, struct span plain, struct bytes *out);
	bool (*unseal)(struct conn *c, struct span sealed, struct bytes *plain);
	void (*skip_number)(struct conn *c);
	struct mech_user (*user)(const struct conn *c);
	void (*release)(struct conn *c);
};

/* What carries TLS: TCP, or HTTP over it. GnuTLS's push and pull. */
struct transport {
	ssize_t (*push)(struct conn *c, const void *buf, size_t len);
	ssize_t (*pull)(struct conn *c, void *buf, size_t len);
};

/**
 * struct conn - one connection
 * @at: the latest point reached
 * @why: the reason that ended it, empty after success
 * @in: plaintext received but not used
 * @mech: the inner mechanism; NTLM until the client has chosen
 * @version: the effective one; @peer_version as the client sent it
 * @spnego: the client speaks SPNEGO
 * @list: its MechTypeList; @mic_seen: it sent a right mechListMIC
 * @nonce: the client's
 * @delegated: "none", "password", "empty" or "other"
 */
struct conn {
	const struct options *opt;
	unsigned int id;
	int fd;
	const struct transport *transport;
	gnutls_session_t tls;
	bool handshaken;
	bool flight_sent;
	bool client_closed;
	enum point at;
	char why[96];
	struct bytes in;
	struct http_side http;
	const struct mech *mech;
	struct ntlm_server ntlm;
	struct krb5_server krb5;
	int64_t version;
	int64_t peer_version;
	bool spnego;
	bool mechs_seen;
	struct bytes list;
	bool mic_seen;
	bool mic_sent;
	uint8_t nonce[32];
	bool nonce_seen;
	struct bytes client_pub_key;
	bool early_due;
	const char *x224;
	uint32_t asked;		/* protocols of X.224: what the client asked for, */
	uint32_t selected;	/* and what was selected */
	char vm[128];
	const char *delegated;
	char deleg_user[128];
	char deleg_domain[128];
	char client_cert[128];
};

/*
 * All of these return 0, or -1 with the reason in @c->why. The order is that of the
 * layers: a file calls those above it.
 */

/* fail.c */
int fail(struct conn *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* tcp.c: the TCP side; push and pull as send() and recv() */
int tcp_read(struct conn *c, void *buf, size_t len);
int tcp_write(struct conn *c, const void *buf, size_t len);
ssize_t tcp_push(struct conn *c, const void *buf, size_t len);
ssize_t tcp_pull(struct conn *c, void *buf, size_t len);
/* Wait for the client to close; notes whether it did. */
void tcp_drain(struct conn *c);

/* link.c: the TLS side, over @c->transport */
/* Also returns 0 when the peer is to act after its first flight: @c->handshaken is false. */
int link_handshake(struct conn *c);
int link_send(struct conn *c, struct span plain);
/* Receive more plaintext into @c->in. */
int link_receive(struct conn *c);
/* Exactly @len bytes of plaintext. */
int link_read(struct conn *c, void *buf, size_t len);
void link_echo(struct conn *c);

/* seal.c: one record of any type and length, up to some hundred bytes */
int link_send_record(struct conn *c, uint8_t type, struct span plain);

/* actions.c: does what the table says is due at @where; -1 when that ends it */
int at_point(struct conn *c, enum point where);

/* carrier.c: X.224 */
int carrier_accept(struct conn *c);
int carrier_negotiate(struct conn *c);

/* nego.c: negoTokens up to pubKeyAuth */
int nego_run(struct conn *c, struct bytes *pub_key);
int nego_request(struct conn *c, struct bytes *msg, struct ts_request *req);
int nego_answer(struct conn *c, enum point where, struct ts_request *req);
/* Answer with a token, or with one of SPNEGO, alone. */
int nego_send(struct conn *c, enum point where, struct span token);
int nego_send_resp(struct conn *c, enum point where, const struct spnego_resp *resp);

/* ntlm_legs.c, krb5_legs.c */
extern const struct mech ntlm_mech;
extern const struct mech krb5_mech;

/* binding.c: pubKeyAuth both ways */
int binding_check(struct conn *c, struct span sealed);
int binding_answer(struct conn *c);

/* client_cert.c: request it before the handshake; then its name, "none" or "untrusted" */
void client_cert_request(struct conn *c);
const char *client_cert_name(struct conn *c);

/* rdp.c: RDP's connection sequence after the exchange; prints a line of its own */
void rdp_serve(struct conn *c);

/* conn.c */
void conn_serve(const struct options *opt, unsigned int id, int fd);

/* identity.c */
int identity_make(const char *path, const char *host, bool ec, int days);
int identity_load(struct identity *id, const char *path);
/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey BIT STRING }: the latter */
bool identity_split_spki(struct span spki, struct bytes *key);
/* Request and accept client certificates of these issuers. */
int identity_take(struct identity *id, const char *ca);
/* Write a secret to a file. */
int identity_save(const char *path, const gnutls_datum_t *secret);
void identity_print(const struct identity *id);

#endif
