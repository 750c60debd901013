// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "base/bytes.h"
#include "krb5_ap.h"
#include "krb5_enctypes.h"

/* The authenticator's checksum, RFC 4121 4.1.1 */
#define GSS_CHECKSUM		0x8003
#define BINDINGS_LENGTH		16
#define CHECKSUM_LENGTH		24
#define GSS_MUTUAL		0x02
#define GSS_REPLAY		0x04
#define GSS_SEQUENCE		0x08
#define GSS_CONF		0x10
#define GSS_INTEG		0x20

static void ap_put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = v >> (8 * i);
}

static void ap_make_checksum(const struct credssp_hlp_krb5_init *head, uint8_t *checksum)
{
	ap_put_le32(checksum, BINDINGS_LENGTH);
	memset(checksum + 4, 0, BINDINGS_LENGTH);
	if (head->flags & CREDSSP_HLP_KRB5_BINDINGS)
		memcpy(checksum + 4, head->bindings, BINDINGS_LENGTH);
	/* No delegation: CredSSP itself sends the credentials. */
	ap_put_le32(checksum + 4 + BINDINGS_LENGTH,
		    (head->flags & CREDSSP_HLP_KRB5_ONE_WAY ? 0 : GSS_MUTUAL) |
		    GSS_REPLAY | GSS_SEQUENCE | GSS_CONF | GSS_INTEG);
}

krb5_error_code krb5_ap_make(krb5_context context, const struct credssp_hlp_krb5_init *head,
			     krb5_creds *creds, krb5_auth_context *auth, krb5_data *message)
{
	uint8_t checksum[CHECKSUM_LENGTH];
	krb5_data in = { .data = (char *)checksum, .length = sizeof(checksum) };
	krb5_flags options = AP_OPTS_USE_SUBKEY;
	krb5_error_code ret = krb5_auth_con_init(context, auth);

	if (ret) {
		*auth = NULL;
		return ret;
	}
	ret = krb5_auth_con_setflags(context, *auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE);
	if (!ret)
		ret = krb5_auth_con_set_req_cksumtype(context, *auth, GSS_CHECKSUM);
	if (ret)
		return ret;
	ap_make_checksum(head, checksum);
	if (!(head->flags & CREDSSP_HLP_KRB5_ONE_WAY))
		options |= AP_OPTS_MUTUAL_REQUIRED;
	if (head->flags & CREDSSP_HLP_KRB5_USER_TO_USER)
		options |= AP_OPTS_USE_SESSION_KEY;
	return krb5_mk_req_extended(context, auth, options, &in, creds, message);
}

krb5_error_code krb5_ap_put_key(const krb5_keyblock *key, struct credssp_hlp_krb5_reply *reply)
{
	if (!krb5_enctypes_have(key->enctype) || key->length > sizeof(reply->key))
		return KRB5_BAD_ENCTYPE;
	reply->enctype = key->enctype;
	reply->key_length = key->length;
	memcpy(reply->key, key->contents, key->length);
	return 0;
}

static krb5_error_code ap_put_own_key(krb5_context context, krb5_auth_context auth,
				      struct credssp_hlp_krb5_reply *reply)
{
	krb5_keyblock *key;
	krb5_error_code ret = krb5_auth_con_getsendsubkey(context, auth, &key);

	if (ret)
		return ret;
	if (!key)
		return KRB5KRB_AP_ERR_NOKEY;
	ret = krb5_ap_put_key(key, reply);
	krb5_free_keyblock(context, key);
	return ret;
}

krb5_error_code krb5_ap_put_sequence(krb5_context context, krb5_auth_context auth,
				     struct credssp_hlp_krb5_reply *reply)
{
	krb5_int32 local, remote;
	krb5_error_code ret = krb5_auth_con_getlocalseqnumber(context, auth, &local);

	if (!ret)
		ret = krb5_auth_con_getremoteseqnumber(context, auth, &remote);
	if (ret)
		return ret;
	reply->tx_seq = (uint32_t)local;
	reply->rx_seq = (uint32_t)remote;
	return 0;
}

krb5_error_code krb5_ap_read(krb5_context context, krb5_auth_context auth,
			     const krb5_data *message, struct credssp_hlp_krb5_reply *reply)
{
	krb5_ap_rep_enc_part *part;
	krb5_error_code ret = krb5_rd_rep(context, auth, message, &part);

	if (ret)
		return ret;
	if (part->subkey) {
		reply->flags = CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY;
		ret = krb5_ap_put_key(part->subkey, reply);
	} else {
		ret = ap_put_own_key(context, auth, reply);
	}
	krb5_free_ap_rep_enc_part(context, part);
	return ret ? ret : krb5_ap_put_sequence(context, auth, reply);
}

krb5_error_code krb5_ap_own(krb5_context context, krb5_auth_context auth,
			    struct credssp_hlp_krb5_reply *reply)
{
	krb5_error_code ret = ap_put_own_key(context, auth, reply);

	if (!ret)
		ret = krb5_ap_put_sequence(context, auth, reply);
	/* Without an AP-REP the server begins with our number (RFC 1964 1.1.2). */
	reply->rx_seq = reply->tx_seq;
	return ret;
}
