/* SPDX-License-Identifier: GPL-2.0-only */
/* The NTLM acceptor of tspeer, for the initiators that are compared. */
#ifndef BENCH_ACCEPTOR_H
#define BENCH_ACCEPTOR_H

#include "../peers/ntlm.h"

#define USER		"alice"
#define PASSWORD	"Passw0rd!"
#define TARGET		"TERMSRV/localhost"

/* The CHALLENGE for a NEGOTIATE, valid until ntlm_free(). */
struct span acceptor_challenge(struct ntlm_server *s, const void *negotiate, size_t length);
/* Judges the AUTHENTICATE. A message that is not right ends the program. */
void acceptor_authenticate(struct ntlm_server *s, const void *authenticate, size_t length);
/* The same, and ntlm_free(). */
void acceptor_finish(struct ntlm_server *s, const void *authenticate, size_t length);

#endif
