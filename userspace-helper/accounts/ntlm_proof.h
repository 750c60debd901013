/* SPDX-License-Identifier: GPL-2.0-only */
/* The proof of an NTLMv2 response, MS-NLMP 3.3.2. */
#ifndef ACCOUNTS_NTLM_PROOF_H
#define ACCOUNTS_NTLM_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "account.h"

#define NTLM_CHALLENGE		8
#define NTLM_PROOF		16
#define NTLM_SESSION_KEY	16
/* The proof and, of the client's blob, what comes before its AV pairs (MS-NLMP 2.2.2.7) */
#define NTLM_RESPONSE_MIN	(NTLM_PROOF + 28)

/**
 * struct ntlm_response - what an initiator has sent; all borrowed
 * @user, @domain: names of the AUTHENTICATE message, in UTF-16LE as they were sent
 * @challenge: of the CHALLENGE message
 * @nt: NtChallengeResponse, NTProofStr and the client's blob
 */
struct ntlm_response {
	const uint8_t *user;
	size_t user_length;
	const uint8_t *domain;
	size_t domain_length;
	const uint8_t *challenge;
	const uint8_t *nt;
	size_t nt_length;
};

/* Is it a response of NTLMv2? That of NTLMv1 has 24 bytes. */
bool ntlm_response_is_v2(const struct ntlm_response *r);

/*
 * Does the owner of @hash know the password that @r was made with? It takes as long if not; @r
 * must be of NTLMv2. @key gets SessionBaseKey, of use only if this returns true.
 */
bool ntlm_proof_is_right(const struct ntlm_response *r, const uint8_t hash[ACCOUNT_HASH],
			 uint8_t key[NTLM_SESSION_KEY]);

#endif
