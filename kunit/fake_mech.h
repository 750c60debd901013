/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mechanism for tests of the CredSSP machines, both sides of it: tokens of two letters, and
 * messages with direction, number and checksum, but no key. Its script says who speaks last,
 * and what fails.
 */
#ifndef KUNIT_FAKE_MECH_H
#define KUNIT_FAKE_MECH_H

#include "mech/mech.h"

/* Tokens "i1", "a1", "i2", ...: of initiator and acceptor in turn */
enum fake_style {
	FAKE_NTLM,		/* i1 a1 i2; nothing from the acceptor at the end */
	FAKE_SPNEGO,		/* i1 a1 i2 a2; the initiator is ready before a2 */
	FAKE_KERBEROS,		/* i1 a1 */
	FAKE_USER_TO_USER,	/* i1 a1 i2 a2 i3; the acceptor is ready before i3 */
	FAKE_MUTE,		/* i1; the acceptor is done and says nothing */
	FAKE_LATE_ANSWER,	/* as FAKE_USER_TO_USER, and a3, with which both are done */
	FAKE_STYLES,
};

#define FAKE_OVERHEAD	10	/* bytes that wrap() adds */

/**
 * struct fake_script - what the fakes do; one for all, set before they are made
 * @style: their tokens
 * @create_err: result of the acceptor's create()
 * @fail_at: the acceptor's step that fails, from 1 on; 0: none
 * @err, @reason, @ntstatus: of that step
 * @reject: the token that it leaves, or NULL
 * @name: facts.client of the acceptor when it is done, and facts.claimed before
 * @wrap_err, @unwrap_err, @key_err: results of the acceptor's functions
 * @unwrap_reason: the acceptor's reason with @unwrap_err
 * @alive: mechanisms that exist
 */
struct fake_script {
	enum fake_style style;
	int create_err;
	int fail_at;
	int err;
	u32 reason;
	u32 ntstatus;
	const char *reject;
	const char *name;
	int wrap_err;
	int unwrap_err;
	u32 unwrap_reason;
	int key_err;
	int alive;
};

extern struct fake_script fake_script;
extern const struct cssp_mech_ops fake_initiator_ops;
extern const struct cssp_mech_ops fake_acceptor_ops;

/* The session key of both sides: 16 times this byte */
#define FAKE_KEY_BYTE	0x4b
#define FAKE_KEY_SIZE	16

/* A message of one side, appended to @out; @number counts from 0. */
int __must_check fake_seal(bool from_initiator, u32 number, const struct cssp_rd *plain,
			   struct cssp_vbuf *out);

#endif
