// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <linux/credssp.h>
#include "base/log.h"
#include "krb5_failure.h"
#include "krb5_identity.h"
#include "krb5_pkinit.h"

/* Error-codes of the KDC that are about certificates: RFC 4556 3.1.3 */
#define ERROR_FIRST	62	/* KDC_ERR_CLIENT_NOT_TRUSTED */
#define ERROR_LAST	81	/* KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED and a few more */
#define ERROR_NO_PATH		70	/* KDC_ERR_CANT_VERIFY_CERTIFICATE */
#define ERROR_NO_STATUS		74	/* KDC_ERR_REVOCATION_STATUS_UNAVAILABLE */
#define ERROR_PREAUTH_FAILED	24
#define ERROR_PREAUTH_REQUIRED	25

/*
 * The plugin's words for a certificate that it does not send, and OpenSSL's for the cause.
 * Both have no error numbers here. The process has no locale: they are in English.
 */
#define WORDS_OWN_FAULT	"Failed to verify own certificate"
static const char *const words_expired[] = {
	"certificate has expired", "certificate is not yet valid",
};

krb5_error_code krb5_pkinit_init(struct krb5_pkinit *p, const char *name, const char *pin)
{
	int ret = krb5_identity_copy(p->identity, sizeof(p->identity), name);

	p->pin = pin;
	p->asked = false;
	p->fault = 0;
	if (!ret)
		return 0;
	log_debug("certificate: %s", strerror(-ret));
	return KRB5_KT_NOTFOUND;
}

static bool pkinit_is_locked(const krb5_responder_pkinit_identity *identity)
{
	return identity->token_flags & KRB5_RESPONDER_PKINIT_FLAGS_TOKEN_USER_PIN_LOCKED;
}

/*
 * The plugin's question. A PIN is of one token: if several are asked for, it is given to none
 * of them, as wrong PINs lock tokens.
 */
static krb5_error_code pkinit_respond(krb5_context context, void *data,
				      krb5_responder_context rctx)
{
	krb5_responder_pkinit_challenge *challenge;
	struct krb5_pkinit *p = data;
	krb5_error_code ret = krb5_responder_pkinit_get_challenge(context, rctx, &challenge);

	if (ret || !challenge)
		return ret;
	p->asked = challenge->identities[0];
	if (p->asked && challenge->identities[1])
		log_debug("several certificates: which one is not clear");
	else if (p->asked && pkinit_is_locked(challenge->identities[0]))
		log_debug("the token is locked");
	else if (p->asked && *p->pin)
		ret = krb5_responder_pkinit_set_answer(context, rctx,
						       challenge->identities[0]->identity,
						       p->pin);
	krb5_responder_pkinit_challenge_free(context, rctx, challenge);
	return ret;
}

/* Without a prompter and a password no other mechanism can ask for either. */
krb5_error_code krb5_pkinit_set(krb5_context context, krb5_get_init_creds_opt *options,
				struct krb5_pkinit *p)
{
	krb5_error_code ret = krb5_get_init_creds_opt_set_pa(context, options,
							     "X509_user_identity",
							     p->identity);

	if (ret)
		return ret;
	return krb5_get_init_creds_opt_set_responder(context, options, pkinit_respond, p);
}

void krb5_pkinit_note(struct krb5_pkinit *p, const char *words)
{
	if (!strstr(words, WORDS_OWN_FAULT))
		return;
	p->fault = CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED;
	for (size_t i = 0; i < sizeof(words_expired) / sizeof(words_expired[0]); i++)
		if (strstr(words, words_expired[i]))
			p->fault = CREDSSP_HLP_KRB5_FAIL_CERT_EXPIRED;
}

/* True if the error of libkrb5 is the cause by itself. */
static bool pkinit_is_clear(uint32_t failure)
{
	switch (failure) {
	case CREDSSP_HLP_KRB5_FAIL_NO_REALM:
	case CREDSSP_HLP_KRB5_FAIL_NO_KDC:
	case CREDSSP_HLP_KRB5_FAIL_CLIENT:
	case CREDSSP_HLP_KRB5_FAIL_PASSWORD_EXPIRED:
	case CREDSSP_HLP_KRB5_FAIL_ACCOUNT:
	case CREDSSP_HLP_KRB5_FAIL_SKEW:
		return true;
	default:
		return false;
	}
}

/* The KDC's error about the certificate, or 0 */
static krb5_error_code pkinit_refusal(const struct krb5_hook *hook)
{
	for (int n = ERROR_FIRST; n <= ERROR_LAST; n++)
		if (hook->kdc_errors[n])
			return ERROR_TABLE_BASE_krb5 + n;
	if (hook->kdc_errors[ERROR_PREAUTH_FAILED])
		return ERROR_TABLE_BASE_krb5 + ERROR_PREAUTH_FAILED;
	/* It does not do PKINIT. */
	if (hook->kdc_errors[ERROR_PREAUTH_REQUIRED] && !hook->offers_pkinit)
		return ERROR_TABLE_BASE_krb5 + ERROR_PREAUTH_REQUIRED;
	return 0;
}

/* Is this error about the certificate itself, and not about its use? */
static bool pkinit_is_untrusted(krb5_error_code refusal)
{
	const uint32_t n = krb5_failure_number(refusal);

	return n == ERROR_FIRST || (n >= ERROR_NO_PATH && n <= ERROR_NO_STATUS);
}

uint32_t krb5_pkinit_failure(const struct krb5_pkinit *p, const struct krb5_hook *hook,
			     krb5_error_code *code)
{
	const uint32_t failure = krb5_failure_of(*code);
	const krb5_error_code refusal = pkinit_refusal(hook);

	if (pkinit_is_clear(failure))
		return failure;
	if (p->fault)
		return p->fault;
	if (refusal) {
		*code = refusal;
		return pkinit_is_untrusted(refusal) ? CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED :
						      CREDSSP_HLP_KRB5_FAIL_KDC;
	}
	/* The KDC accepted the certificate, and its own one is not trusted. */
	if (hook->as_replies)
		return CREDSSP_HLP_KRB5_FAIL_ANSWER;
	return p->asked ? CREDSSP_HLP_KRB5_FAIL_PASSWORD : CREDSSP_HLP_KRB5_FAIL_NO_TICKETS;
}
