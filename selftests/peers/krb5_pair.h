/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kerberos or Negotiate of the module, by ioctl, and MIT's acceptor in the same process.
 * A failure of these ends the test.
 */
#ifndef PEER_KRB5_PAIR_H
#define PEER_KRB5_PAIR_H

#include "../ioctl/device.h"
#include "bytes.h"
#include "krb5_gss.h"

#define PAIR_REQ	(ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | \
			 ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)

/* Of a sealed message and of a signature (RFC 4121 4.2.6) */
#define TOKEN_HEADER	16
#define CONFOUNDER	16

/**
 * struct pair_setup - what all tests of a run have in common
 * @package: CREDSSP_PACKAGE_KERBEROS or CREDSSP_PACKAGE_NEGOTIATE
 * @enctype: number of the key that seals
 * @target: SPN
 * @keytab: of the service
 * @ccache: the user's tickets; NULL: the password
 */
struct pair_setup {
	uint32_t package;
	int enctype;
	char target[300];
	const char *keytab;
	const char *ccache;
};

/**
 * struct pair - an exchange
 * @fd: /dev/credssp
 * @cred, @context: handles
 * @leg: the module's last token
 * @acceptor: the keys of the service
 * @server: MIT's context
 */
struct pair {
	int fd;
	uint64_t cred;
	uint64_t context;
	struct leg leg;
	struct krb5_acceptor acceptor;
	struct krb5_server server;
};

/* True after usage errors were ruled out. */
bool pair_read_setup(int argc, char **argv, struct pair_setup *setup);
extern struct pair_setup pair_setup;

/* The module's first token is made. */
struct pair *pair_begin(void);
/* Give the module's token to MIT; the answer is in @p->server. */
void pair_accept(struct pair *p);
/* Give @in to the module. Returns the status. */
int32_t pair_feed(struct pair *p, struct span in);
/* A whole exchange. */
struct pair *pair_establish(void);
/* No handle of the module is left afterwards. */
void pair_end(struct pair *p);

/* ENCRYPT, DECRYPT, SIGN, VERIFY; @length: room, then bytes made or needed. */
int32_t pair_message(struct pair *p, unsigned long verb, struct span in, void *out,
		     uint32_t *length);
int32_t pair_query(struct pair *p, uint32_t attribute, void *buffer, uint32_t size);
/* Bytes of the checksum of this run's enctype. */
unsigned int pair_mac(void);

#endif
