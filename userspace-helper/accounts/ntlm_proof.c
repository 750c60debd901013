// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include "account_name.h"
#include "ntlm_proof.h"

#define NTOWF	16
/* RespType and HiRespType of the client's blob */
#define RESPONSE_TYPE	0x01

bool ntlm_response_is_v2(const struct ntlm_response *r)
{
	return r->nt_length >= NTLM_RESPONSE_MIN && r->nt[NTLM_PROOF] == RESPONSE_TYPE &&
	       r->nt[NTLM_PROOF + 1] == RESPONSE_TYPE;
}

/* NTOWFv2: the user in upper case, the domain as it was sent */
static void make_ntowf(uint8_t out[NTOWF], const struct ntlm_response *r,
		       const uint8_t hash[ACCOUNT_HASH])
{
	struct hmac_md5_ctx hmac;
	uint16_t unit;
	uint8_t le[2];

	hmac_md5_set_key(&hmac, ACCOUNT_HASH, hash);
	for (size_t i = 0; i + 1 < r->user_length; i += 2) {
		unit = account_upcase(r->user[i] | r->user[i + 1] << 8);
		le[0] = unit;
		le[1] = unit >> 8;
		hmac_md5_update(&hmac, sizeof(le), le);
	}
	hmac_md5_update(&hmac, r->domain_length, r->domain);
	hmac_md5_digest(&hmac, NTOWF, out);
	explicit_bzero(&hmac, sizeof(hmac));
}

bool ntlm_proof_is_right(const struct ntlm_response *r, const uint8_t hash[ACCOUNT_HASH],
			 uint8_t key[NTLM_SESSION_KEY])
{
	uint8_t ntowf[NTOWF], proof[NTLM_PROOF];
	struct hmac_md5_ctx hmac;
	bool right;

	make_ntowf(ntowf, r, hash);
	hmac_md5_set_key(&hmac, NTOWF, ntowf);
	hmac_md5_update(&hmac, NTLM_CHALLENGE, r->challenge);
	hmac_md5_update(&hmac, r->nt_length - NTLM_PROOF, r->nt + NTLM_PROOF);
	hmac_md5_digest(&hmac, NTLM_PROOF, proof);
	right = memeql_sec(proof, r->nt, NTLM_PROOF);
	/* hmac_md5_digest() leaves the key for another message. */
	hmac_md5_update(&hmac, NTLM_PROOF, proof);
	hmac_md5_digest(&hmac, NTLM_SESSION_KEY, key);
	explicit_bzero(&hmac, sizeof(hmac));
	explicit_bzero(ntowf, sizeof(ntowf));
	explicit_bzero(proof, sizeof(proof));
	return right;
}
