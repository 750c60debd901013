// SPDX-License-Identifier: GPL-2.0-only
/*
 * Find the subjectPublicKey of a certificate, RFC 5280 4.1. The helper evaluates
 * certificates. This code checks the structure only, all of it, before and behind
 * the key.
 */
#include "x509_spki.h"

#include <linux/kernel.h>
#include "der.h"

#define EC_UNCOMPRESSED		0x04	/* SEC 1 2.3.3, the only form that TLS uses */

/* 1.2.840.113549.1.1.1 and .10, 1.2.840.10045.2.1, RFC 3279 2.3 and RFC 4055 3.1 */
static const u8 oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const u8 oid_rsa_pss[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a };
static const u8 oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 };

/* [1] and [2] issuer and subject unique identifier (IMPLICIT), [3] extensions */
static const u8 after_key[] = { 0x81, 0x82, CSSP_DER_CONTEXT(3) };

/* serialNumber, signature, issuer, validity, subject, RFC 5280 4.1 */
static const u8 before_key[] = {
	CSSP_DER_INTEGER, CSSP_DER_SEQUENCE, CSSP_DER_SEQUENCE,
	CSSP_DER_SEQUENCE, CSSP_DER_SEQUENCE,
};

/* RSAPublicKey, RFC 8017 A.1.1 */
static int spki_check_rsa_key(const struct cssp_rd *key)
{
	struct cssp_rd at = *key, body, integer;
	int ret;

	ret = cssp_der_get_last(&at, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = cssp_der_get(&body, CSSP_DER_INTEGER, &integer);
	if (ret || !integer.left)
		return -EBADMSG;
	ret = cssp_der_get_last(&body, CSSP_DER_INTEGER, &integer);
	if (ret || !integer.left)
		return -EBADMSG;
	return 0;
}

/* ECPoint on a named curve, RFC 5480 2.1.1 and 2.2 */
static int spki_check_ec(const struct cssp_rd *params, const struct cssp_rd *key)
{
	struct cssp_rd p = *params, at = *key, curve;
	u8 form;

	if (!cssp_der_is(&p, CSSP_DER_OID))
		return -ENOPKG;
	if (cssp_der_get_last(&p, CSSP_DER_OID, &curve) || !curve.left)
		return -EBADMSG;
	if (cssp_rd_u8(&at, &form))
		return -EBADMSG;
	if (form != EC_UNCOMPRESSED)
		return -ENOPKG;
	/* Two coordinates of the same length */
	return at.left && at.left % 2 == 0 ? 0 : -EBADMSG;
}

static int spki_get_key(struct cssp_rd *spki, struct cssp_rd *key)
{
	struct cssp_rd algorithm, oid, bits;
	u8 unused;
	int ret;

	ret = cssp_der_get(spki, CSSP_DER_SEQUENCE, &algorithm);
	if (ret)
		return ret;
	ret = cssp_der_get(&algorithm, CSSP_DER_OID, &oid);
	if (ret)
		return ret;
	ret = cssp_der_get_last(spki, CSSP_DER_BIT_STRING, &bits);
	if (ret)
		return ret;
	/* Keys are whole octets. */
	if (cssp_rd_u8(&bits, &unused) || unused)
		return -EBADMSG;
	*key = bits;
	/* The parameters of RSA keys are the helper's: NULL, none, or those of PSS. */
	if (cssp_rd_equal(&oid, oid_rsa, sizeof(oid_rsa)) ||
	    cssp_rd_equal(&oid, oid_rsa_pss, sizeof(oid_rsa_pss)))
		return spki_check_rsa_key(&bits);
	if (cssp_rd_equal(&oid, oid_ec, sizeof(oid_ec)))
		return spki_check_ec(&algorithm, &bits);
	/*
	 * Ed25519, and algorithms to come. The helper did a handshake with the key, and
	 * pubKeyAuth covers its bytes, whatever they mean.
	 */
	return bits.left ? 0 : -EBADMSG;
}

static int spki_skip_before_key(struct cssp_rd *tbs)
{
	struct cssp_rd contents;
	unsigned int i;
	int ret;

	if (cssp_der_is(tbs, CSSP_DER_CONTEXT(0))) {
		ret = cssp_der_get_field(tbs, 0, CSSP_DER_INTEGER, &contents);
		if (ret)
			return ret;
	}
	for (i = 0; i < ARRAY_SIZE(before_key); i++) {
		ret = cssp_der_get(tbs, before_key[i], &contents);
		if (ret)
			return ret;
	}
	return 0;
}

static int spki_skip_after_key(struct cssp_rd *tbs)
{
	struct cssp_rd contents;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(after_key); i++) {
		if (!cssp_der_is(tbs, after_key[i]))
			continue;
		ret = cssp_der_get(tbs, after_key[i], &contents);
		if (ret)
			return ret;
	}
	return cssp_rd_end(tbs);
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } */
static int spki_open_tbs(const struct cssp_rd *cert, struct cssp_rd *tbs)
{
	struct cssp_rd whole = *cert, body, contents;
	int ret;

	ret = cssp_der_get_last(&whole, CSSP_DER_SEQUENCE, &body);
	if (ret)
		return ret;
	ret = cssp_der_get(&body, CSSP_DER_SEQUENCE, tbs);
	if (ret)
		return ret;
	ret = cssp_der_get(&body, CSSP_DER_SEQUENCE, &contents);
	if (ret)
		return ret;
	return cssp_der_get_last(&body, CSSP_DER_BIT_STRING, &contents);
}

int cssp_x509_subject_public_key(const struct cssp_rd *cert, struct cssp_rd *key)
{
	struct cssp_rd tbs, spki, found;
	int ret;

	ret = spki_open_tbs(cert, &tbs);
	if (ret)
		return ret;
	ret = spki_skip_before_key(&tbs);
	if (ret)
		return ret;
	ret = cssp_der_get(&tbs, CSSP_DER_SEQUENCE, &spki);
	if (ret)
		return ret;
	ret = spki_skip_after_key(&tbs);
	if (ret)
		return ret;
	ret = spki_get_key(&spki, &found);
	if (ret)
		return ret;
	*key = found;
	return 0;
}
