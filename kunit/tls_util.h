/* SPDX-License-Identifier: GPL-2.0-only */
/* Two ends of one TLS session without a handshake, and a helper with a script. */
#ifndef KUNIT_TLS_UTIL_H
#define KUNIT_TLS_UTIL_H

#include "tls/channel_impl.h"
#include "util.h"

/* The channel has no reason of its own: base/status.c derives one from the errno. */
#define TLS_REASON_OF_ERRNO	CREDSSP_REASON_NONE

/* A cipher suite with the sizes that the helper gives. */
struct tls_suite {
	const char *name;
	u16 suite, version;
	u16 key, iv;
	u32 before, after;
};

#define TLS_SUITES	6
extern const struct tls_suite tls_suites[TLS_SUITES];
#define TLS_12_AES128	(&tls_suites[0])
#define TLS_13_AES128	(&tls_suites[2])

static inline void tls_suite_name(const struct tls_suite *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

#define MS(n)	msecs_to_jiffies(n)

/* A DONE reply as the helper gives it; @mirrored: for the other end. */
void tls_reply(struct credssp_hlp_tls_reply *r, const struct tls_suite *s, bool mirrored);
/* A certificate with its key, or the error if it has none. */
struct tls_cert {
	const char *cert, *key;
	int err;
};

#define TLS_CERTS	4
extern const struct tls_cert tls_certs[TLS_CERTS];

/* A chain of the first certificate alone. */
struct cssp_rd tls_chain(struct kunit *test);

/**
 * struct tls_turn - what the helper does when it is called
 * @opcode: the expected opcode
 * @request: the expected bytes after the header; empty: not compared
 * @head: the reply; its lengths are filled in
 * @all: consume all that was given; in a reply DONE all of @request
 * @wire, @issuers, @chain, @session: what follows @head; in a reply to TLS_TICKET
 *	@session alone
 * @longer: lie about the wire's length by this
 * @cut: bytes to leave out at the end
 * @err: fail instead
 */
struct tls_turn {
	u16 opcode;
	struct cssp_rd request;
	struct credssp_hlp_tls_reply head;
	bool all;
	struct cssp_rd wire, issuers, chain, session;
	u32 longer;
	size_t cut;
	int err;
};

/**
 * struct tls_helper - plays the helper
 * @turns, @count: what it does
 * @at: turns taken
 * @calls: requests; one can take several turns
 * @open: there is a conversation
 * @over: the conversation was closed as one that the helper has forgotten
 */
struct tls_helper {
	struct kunit *test;
	const struct tls_turn *turns;
	unsigned int count, at, calls;
	int open_err;
	bool open, over;
};

/**
 * struct tls_end - a channel and what it borrows
 * @helper: does its handshake
 */
struct tls_end {
	struct cssp_requester who;
	struct cssp_wait wait;
	struct tls_helper helper;
	struct cssp_channel *ch;
};

/* Freed with the test. The deadline is 20 s. */
struct tls_end *tls_end_token(struct kunit *test);
struct tls_end *tls_end_socket(struct kunit *test, struct socket *sock);
/* An end that accepts; on tokens if @sock is NULL. */
struct tls_end *tls_end_server(struct kunit *test, struct socket *sock);
void tls_end_script(struct tls_end *end, const struct tls_turn *turns, unsigned int count);
/* Finish the handshake in one turn. */
void tls_end_up(struct tls_end *end, struct kunit *test, const struct tls_suite *s,
		bool mirrored);

/* Records of a handshake; only their headers matter here. */
#define TLS_HELLO	"16030100050100000100"
#define TLS_REPLY1	"160303000402000000"
#define TLS_REPLY2	"1703030006aabbccddeeff"
#define TLS_FINISH	"14030300010117030300020102"
#define TLS_TICKET	"17030300030a0b0c"

/* The script of a handshake that ends well: three turns, two records of the peer. */
void tls_good_script(struct kunit *test, struct tls_turn *turns, const struct tls_suite *s);

/* The same for a server: three turns, whose keys are the peer's of tls_good_script(). */
void tls_accept_script(struct kunit *test, struct tls_turn *turns, const struct tls_suite *s);

/* A token end with the peer's side of the session of the scripts and tls_end_up(). */
struct cssp_channel *tls_peer_channel(struct kunit *test, const struct tls_suite *s);

/* The raw end of a connection: send all of @rd, or expect exactly @want. */
struct cssp_patience tls_patient(struct tls_end *end);
void tls_peer_sends(struct kunit *test, struct tls_end *end, struct socket *peer,
		    const struct cssp_rd *rd);
void tls_peer_gets(struct kunit *test, struct tls_end *end, struct socket *peer,
		   const struct cssp_rd *want);

/* The thread is stopped at the end of the test: @fn must wait for that. */
struct task_struct *tls_thread(struct kunit *test, int (*fn)(void *), void *data);

/* A TCP connection on loopback, closed with the test. */
struct cssp_loopback *tls_connection(struct kunit *test);

/*
 * Seal, with the crypto API, a record that kTLS would not send, with the next number of
 * @d.
 */
void tls_forge(struct kunit *test, const struct cssp_tls_session *s,
	       struct cssp_tls_direction *d, u8 type, const struct cssp_rd *plain,
	       size_t padding, struct cssp_vbuf *out);

/* The loopback interface must be up. */
int tls_suite_init(struct kunit_suite *suite);

/*
 * cssp_channel_seal() and cssp_channel_open() with buffers: the result is appended to
 * @out, and what was opened is skipped in @wire.
 */
int __must_check tls_seal(struct cssp_channel *ch, const struct cssp_rd *plain,
			  struct cssp_vbuf *out);
int __must_check tls_open(struct cssp_channel *ch, struct cssp_rd *wire,
			  struct cssp_vbuf *out);

/* A buffer freed with the test. */
struct cssp_vbuf *tls_vbuf(struct kunit *test);
/* @n bytes that differ from place to place. */
struct cssp_rd tls_pattern(struct kunit *test, size_t n);

#endif
