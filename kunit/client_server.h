/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scripted CredSSP server for tests of the client machine: TSRequests in and out, no
 * TLS, with a quirk for each fault or difference that servers have shown.
 */
#ifndef KUNIT_CLIENT_SERVER_H
#define KUNIT_CLIENT_SERVER_H

#include "ntlm_server.h"
#include "wire/ts_request.h"

enum ts_quirk {
	TS_RIGHT,
	/* different, but right */
	TS_OWN_NONCE,		/* clientNonce of the server's own in every message */
	TS_FINAL_TOKEN_FIRST,	/* SPNEGO's final token a TSRequest earlier */
	/* faults of pubKeyAuth */
	TS_OTHER_KEY,		/* bound to another TLS key: a man in the middle */
	TS_FLIPPED_NONCE,
	TS_REFLECT,		/* the client's own pubKeyAuth */
	TS_REFLECT_PLAIN,	/* its plaintext, sealed properly */
	TS_ZERO_ECHO,		/* 2-4: zeros, incremented */
	TS_SAME_ECHO,		/* 2-4: not incremented */
	TS_OLD_STYLE,		/* 5+: the incremented key instead of the hash */
	TS_NEW_STYLE,		/* 2-4: the hash instead of the key */
	TS_SPKI,		/* hash of the key with a header in front */
	TS_SHORT,		/* one byte less */
	TS_EMPTY,		/* nothing sealed */
	TS_BAD_SEAL,		/* one bit of pubKeyAuth flipped */
	TS_NO_PUB_KEY,		/* neither pubKeyAuth nor a token */
	/* faults of the messages of leg @at */
	TS_VERSION_1,
	TS_VERSION_CHANGED,
	TS_ERROR_CODE,
	TS_ERROR_CODE_AND_TOKEN,
	TS_NOT_SUPPORTED,	/* errorCode STATUS_NOT_SUPPORTED */
	TS_AUTH_INFO,		/* a field that only clients send */
	TS_NO_TOKEN,
	TS_GARBAGE,
	TS_TRUNCATED,
	TS_TRAILING,
	TS_TOKEN_AGAIN,		/* a token after the mechanism is done */
};

/**
 * struct ts_server - the server
 * @ntlm: its acceptor
 * @version: its version
 * @quirk: its fault or difference
 * @at: leg of the quirk: 0 answers NEGOTIATE, 1 answers AUTHENTICATE
 * @leg: TSRequests answered
 * @key: SubjectPublicKey of its certificate
 * @pending: a second TSRequest that follows at once
 * @creds: plaintext of authInfo
 */
struct ts_server {
	struct ntlm_server *ntlm;
	u32 version;
	enum ts_quirk quirk;
	int at;
	int leg;
	struct cssp_rd key;
	struct cssp_vbuf pending;
	struct cssp_vbuf creds;
};

/* Take a TSRequest of the client, append the answer (if any). */
int __must_check ts_server_step(struct ts_server *s, const struct cssp_rd *in,
				struct cssp_vbuf *out);
void ts_server_cleanup(struct ts_server *s);

#endif
