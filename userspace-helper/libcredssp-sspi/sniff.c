// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which mechanism has begun? Clients of Negotiate may send a token of NTLM or Kerberos without
 * SPNEGO around it; FreeRDP 2 always does. The kernel's acceptor of the package then
 * reads the token; here only its first bytes are compared.
 */
#include <string.h>

#include "sspi.h"

static const unsigned char ntlm_signature[] = "NTLMSSP";	/* with its NUL, MS-NLMP 2.2.1 */

/* Kerberos' OIDs with tag and length: 1.2.840.113554.1.2.2, and Microsoft's with 48018 */
static const unsigned char krb5_oid[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02
};

static const unsigned char ms_krb5_oid[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02
};

#define GSS_TAG		0x60	/* RFC 2743 3.1: [APPLICATION 0] */
#define LONG_LENGTH	0x80
#define MAX_LENGTH_SIZE	4

/* Bytes of tag and DER length in front of the OID, or 0 */
static uint32_t gss_header(const unsigned char *token, uint32_t length)
{
	uint32_t more;

	if (length < 2 || token[0] != GSS_TAG)
		return 0;
	if (token[1] < LONG_LENGTH)
		return 2;
	more = token[1] & (LONG_LENGTH - 1);
	return more && more <= MAX_LENGTH_SIZE && more <= length - 2 ? 2 + more : 0;
}

static int begins_with(const unsigned char *token, uint32_t length, const void *what, size_t size)
{
	return length >= size && !memcmp(token, what, size);
}

uint32_t sspi_sniff(const void *token, uint32_t length)
{
	const unsigned char *p = token;
	uint32_t header;

	if (!p || begins_with(p, length, ntlm_signature, sizeof(ntlm_signature)))
		return p ? CREDSSP_PACKAGE_NTLM : CREDSSP_PACKAGE_NEGOTIATE;
	header = gss_header(p, length);
	if (header && (begins_with(p + header, length - header, krb5_oid, sizeof(krb5_oid)) ||
		       begins_with(p + header, length - header, ms_krb5_oid,
				   sizeof(ms_krb5_oid))))
		return CREDSSP_PACKAGE_KERBEROS;
	return CREDSSP_PACKAGE_NEGOTIATE;
}
