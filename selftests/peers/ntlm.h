/* SPDX-License-Identifier: GPL-2.0-only */
/* NTLMv2 as an acceptor sees it, MS-NLMP 3.2 and 3.4, on nettle. */
#ifndef PEER_NTLM_H
#define PEER_NTLM_H

#include <nettle/arcfour.h>

#include "bytes.h"

#define NTLM_UNICODE		0x00000001u
#define NTLM_OEM		0x00000002u
#define NTLM_REQUEST_TARGET	0x00000004u
#define NTLM_SIGN		0x00000010u
#define NTLM_SEAL		0x00000020u
#define NTLM_NTLM		0x00000200u
#define NTLM_ANONYMOUS		0x00000800u
#define NTLM_ALWAYS_SIGN	0x00008000u
#define NTLM_TARGET_SERVER	0x00020000u
#define NTLM_ESS		0x00080000u
#define NTLM_TARGET_INFO	0x00800000u
#define NTLM_VERSION		0x02000000u
#define NTLM_128		0x20000000u
#define NTLM_KEY_EXCH		0x40000000u
#define NTLM_56			0x80000000u

#define NTLM_SIGNATURE_SIZE	16

/* Forms of the CHALLENGE: the right one, and faults. */
enum chal_form {
	CHAL_PLAIN,
	CHAL_NO_TIME,		/* no MsvAvTimestamp */
	CHAL_NO_VERSION,	/* no VERSION flag, zero field */
	CHAL_UNKNOWN_AV,	/* an AV pair with an unknown id */
	CHAL_FLAGS_ZERO,	/* MsvAvFlags = 0, which an attacker injects to have no MIC */
	CHAL_BIG_INFO,		/* 8 KB of target information */
	CHAL_LATE_INFO,		/* a gap before the target information */
	CHAL_OFFSET,		/* target information past the end */
	CHAL_OFFSET_WRAP,	/* offset + length wraps around 32 bits */
	CHAL_OFFSET_HEADER,	/* target information inside the header */
	CHAL_NO_INFO,		/* none, and no flag */
	CHAL_NO_EOL,
	CHAL_AV_OVER,		/* a pair longer than the list */
	CHAL_DUP_TIME,
	CHAL_DUP_FLAGS,
	CHAL_TIME_SIZE,		/* a timestamp of four bytes */
	CHAL_AFTER_EOL,		/* pairs after the end of the list */
	CHAL_SHORT,		/* 31 bytes */
	CHAL_SIGNATURE,		/* "NTLMSSQ" */
	CHAL_TYPE,		/* message type 3 */
	CHAL_ODD_NAME,		/* a target name of five bytes */
	CHAL_EMPTY,		/* no bytes at all */
};

/* The account that may log on. */
struct account {
	const char *user;
	const char *domain;	/* NULL: any */
	const char *password;
	const char *host;
};

/* One direction of a session, MS-NLMP 3.4. */
struct ntlm_direction {
	uint8_t sign_key[16];
	uint8_t seal_key[16];
	struct arcfour_ctx rc4;
	uint32_t seq;
};

struct ntlm_server {
	const struct account *account;
	enum chal_form form;
	uint32_t clear_flags;	/* flags that are not granted */
	uint32_t set_flags;	/* flags that are set though not requested */
	bool zero_key;		/* go on with 16 zero bytes, as for a guest */
	struct bytes negotiate;
	struct bytes challenge;
	struct bytes authenticate;
	uint8_t nonce[8];
	uint32_t flags;
	bool mic;
	char user[128];
	char domain[128];
	struct ntlm_direction in;
	struct ntlm_direction out;
};

bool ntlm_is_message(struct span token);
/* These return NULL, or a short text for the fault. */
const char *ntlm_challenge(struct ntlm_server *s, struct span negotiate);
const char *ntlm_authenticate(struct ntlm_server *s, struct span authenticate);
void ntlm_free(struct ntlm_server *s);

void ntlm_seal(struct ntlm_direction *d, struct span plain, struct bytes *out);
/* False if the signature or its number is wrong. */
bool ntlm_unseal(struct ntlm_direction *d, struct span sealed, struct bytes *plain);
void ntlm_sign(struct ntlm_direction *d, struct span msg, uint8_t *signature);
bool ntlm_verify(struct ntlm_direction *d, struct span msg, struct span signature);
/* The RC4 reset that follows mechListMICs, MS-SPNG 3.2.5.1; numbers go on. */
void ntlm_rewind(struct ntlm_direction *d);

#endif
