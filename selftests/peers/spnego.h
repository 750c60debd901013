/* SPDX-License-Identifier: GPL-2.0-only */
/* SPNEGO tokens of an acceptor that speaks NTLM, RFC 4178 and MS-SPNG. */
#ifndef PEER_SPNEGO_H
#define PEER_SPNEGO_H

#include "bytes.h"

enum { SPNEGO_COMPLETED, SPNEGO_INCOMPLETE, SPNEGO_REJECT, SPNEGO_REQUEST_MIC, SPNEGO_NO_STATE };

/* A NegTokenResp; absent parts are empty. */
struct spnego_resp {
	int state;
	struct span mech;
	struct span token;
	struct span mic;
};

/**
 * struct spnego_init - the initiator's first token
 * @list: the MechTypeList as sent, with tag and length: MICs cover these bytes
 * @ntlm: NTLM is in it
 * @ntlm_first: NTLM is the first mechanism
 * @krb5: Kerberos is in it, by its own OID or by Windows' one
 * @token: optimistic token, may be empty
 */
struct spnego_init {
	struct span list;
	bool ntlm;
	bool ntlm_first;
	bool krb5;
	struct span token;
};

extern const struct span spnego_ntlm_oid;
extern const struct span spnego_krb5_oid;
extern const struct span spnego_ms_krb5_oid;
extern const struct span spnego_u2u_oid;

bool spnego_is_init(struct span token);
/* True if it is a token of Kerberos (RFC 4121 4.1) without SPNEGO. */
bool spnego_is_krb5(struct span token);
bool spnego_read_init(struct span token, struct spnego_init *init);
bool spnego_read_resp(struct span token, struct spnego_resp *resp);
void spnego_write_resp(const struct spnego_resp *resp, struct bytes *out);

#endif
