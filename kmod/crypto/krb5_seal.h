/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos' per-message tokens, RFC 4121 4.2, with the encryption types of krb5_crypto.h. */
#ifndef CSSP_CRYPTO_KRB5_SEAL_H
#define CSSP_CRYPTO_KRB5_SEAL_H

#include "../base/vbuf.h"
#include "krb5_crypto.h"

/*
 * The longest message that is signed or sealed, in bytes. CredSSP seals a public key or
 * TSCredentials; both fit in a TSRequest of CREDSSP_MAX_TOKEN bytes.
 */
#define CSSP_KRB5_MAX_MESSAGE	65536

/* The direction of a struct cssp_krb5_dir. */
enum cssp_krb5_way {
	CSSP_KRB5_INITIATOR_TO_ACCEPTOR,
	CSSP_KRB5_ACCEPTOR_TO_INITIATOR,
};

/**
 * struct cssp_krb5_dir - per-message state of one direction
 * @enctype: encryption type of @key
 * @key: owned
 * @seq: number of the next token, of either kind; a token of the peer must have this number
 * @first: the peer's direction: its first token may have any number, with which @seq begins
 * @flags: SentByAcceptor and AcceptorSubkey as in each token of this direction
 *
 * The owner serializes the calls on it.
 */
struct cssp_krb5_dir {
	const struct cssp_krb5_enctype *enctype;
	struct cssp_krb5_key *key;
	u64 seq;
	bool first;
	u8 flags;
};

/**
 * cssp_krb5_dir_init() - derive the keys of one direction
 * @dir: out: the owner ends it with cssp_krb5_dir_wipe(); all-zero on failure
 * @e: encryption type
 * @protocol_key: @e->key_size bytes: the acceptor's subkey if there is one, else the
 *	initiator's, else the session key (RFC 4121 2)
 * @way: the direction
 * @acceptor_subkey: @protocol_key is the acceptor's subkey
 * @seq: number of the first token
 *
 * Context: may sleep, may load a module.
 * Return: 0; -ENOPKG when the kernel does not have an algorithm (fips=1); -ENOMEM.
 */
int __must_check cssp_krb5_dir_init(struct cssp_krb5_dir *dir, const struct cssp_krb5_enctype *e,
				    const u8 *protocol_key, enum cssp_krb5_way way,
				    bool acceptor_subkey, u64 seq);
/*
 * The peer does not ask for the order of messages to be kept (RFC 2743 1.2.3), and need not
 * begin with the number of its AP-REQ: its first token says the number. Before that token.
 */
static inline void cssp_krb5_dir_take_first(struct cssp_krb5_dir *dir)
{
	dir->first = true;
}

/* Wipe and free the keys. All-zero is fine, so a second call is. */
void cssp_krb5_dir_wipe(struct cssp_krb5_dir *dir);

/* Bytes that sealing adds to a message. */
size_t cssp_krb5_seal_size(const struct cssp_krb5_enctype *e);
/* Bytes of a signature. */
size_t cssp_krb5_mic_size(const struct cssp_krb5_enctype *e);

/*
 * Append the Wrap token of @plain to @out, encrypted, in the shape that Windows requires:
 * EC 0, and rotated so that the ciphertext of @plain comes last. Uses up a number. A failure
 * changes nothing: -EMSGSIZE, -EOVERFLOW (no number is left), -ENOMEM, -EDQUOT.
 */
int __must_check cssp_krb5_seal(struct cssp_krb5_dir *dir, const struct cssp_rd *plain,
				struct cssp_vbuf *out);
/* The same with a given confounder, which must be random: fixed ones are for known answers. */
int __must_check cssp_krb5_seal_with(struct cssp_krb5_dir *dir, const struct cssp_rd *plain,
				     const u8 confounder[CSSP_KRB5_CONFOUNDER_SIZE],
				     struct cssp_vbuf *out);

/**
 * cssp_krb5_unseal() - the reverse of cssp_krb5_seal()
 * @dir: the peer's direction
 * @sealed: a whole Wrap token with any EC and RRC that RFC 4121 allows
 * @out: the plaintext is appended; unchanged on failure
 *
 * Return: 0; -EKEYREJECTED when the checksum, the number or a flag is wrong, or the message
 * is not encrypted; -EBADMSG when @sealed is malformed; -EMSGSIZE, -EOVERFLOW, -ENOMEM,
 * -EDQUOT.
 */
int __must_check cssp_krb5_unseal(struct cssp_krb5_dir *dir, const struct cssp_rd *sealed,
				  struct cssp_vbuf *out);

/* Append the MIC token of @message to @mic. Uses up a number; fails as cssp_krb5_seal() does. */
int __must_check cssp_krb5_sign(struct cssp_krb5_dir *dir, const struct cssp_rd *message,
				struct cssp_vbuf *mic);
/* Check a MIC token of the peer; fails as cssp_krb5_unseal() does. */
int __must_check cssp_krb5_verify(struct cssp_krb5_dir *dir, const struct cssp_rd *message,
				  const struct cssp_rd *mic);

#endif
