// SPDX-License-Identifier: GPL-2.0-only
#include "krb5_context.h"

#include <linux/string.h>

#include "../base/status.h"
#include "krb5_upcall.h"

static_assert(CSSP_KRB5_KEY_MAX <= CSSP_SESSION_KEY_MAX);

static struct cssp_krb5_context *context_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_krb5_context, base);
}

static void context_set_sizes(struct cssp_krb5_context *c, const struct cssp_krb5_enctype *e)
{
	c->base.trailer = cssp_krb5_seal_size(e);
	c->base.signature = cssp_krb5_mic_size(e);
}

void cssp_krb5_context_guess_sizes(struct cssp_krb5_context *c)
{
	context_set_sizes(c, cssp_krb5_enctype_find(CSSP_KRB5_AES256_SHA384));
}

static enum cssp_krb5_way context_other_way(enum cssp_krb5_way way)
{
	return way == CSSP_KRB5_INITIATOR_TO_ACCEPTOR ? CSSP_KRB5_ACCEPTOR_TO_INITIATOR :
							CSSP_KRB5_INITIATOR_TO_ACCEPTOR;
}

int cssp_krb5_context_establish(struct cssp_krb5_context *c, const struct cssp_krb5_answer *a,
				enum cssp_krb5_way tx)
{
	bool subkey = a->head.flags & CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY;
	int ret;

	ret = cssp_krb5_dir_init(&c->tx, a->enctype, a->head.key, tx, subkey, a->head.tx_seq);
	if (ret)
		return ret;
	ret = cssp_krb5_dir_init(&c->rx, a->enctype, a->head.key, context_other_way(tx),
				 subkey, a->head.rx_seq);
	if (ret)
		return ret;
	c->session_key.length = a->enctype->key_size;
	memcpy(c->session_key.bytes, a->head.key, a->enctype->key_size);
	context_set_sizes(c, a->enctype);
	return 0;
}

void cssp_krb5_context_wipe(struct cssp_krb5_context *c)
{
	cssp_krb5_dir_wipe(&c->tx);
	cssp_krb5_dir_wipe(&c->rx);
	memzero_explicit(&c->session_key, sizeof(c->session_key));
}

/* Both directions have keys, or none. */
static int context_check(const struct cssp_krb5_context *c)
{
	return c->rx.key ? 0 : CSSP_E_STATE;
}

/* After a message, which ends the mechanism if it failed. Returns @ret. */
static int context_end_message(struct cssp_krb5_context *c, int ret)
{
	return ret ? c->fail(&c->base, ret) : 0;
}

int cssp_krb5_context_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
			   struct cssp_vbuf *out)
{
	struct cssp_krb5_context *c = context_of(mech);
	int ret;

	ret = context_check(c) ?: cssp_krb5_seal(&c->tx, plain, out);
	return context_end_message(c, ret);
}

int cssp_krb5_context_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			     struct cssp_vbuf *out)
{
	struct cssp_krb5_context *c = context_of(mech);
	int ret;

	ret = context_check(c) ?: cssp_krb5_unseal(&c->rx, sealed, out);
	return context_end_message(c, ret);
}

int cssp_krb5_context_sign(struct cssp_mech *mech, const struct cssp_rd *message,
			   struct cssp_vbuf *signature)
{
	struct cssp_krb5_context *c = context_of(mech);
	int ret;

	ret = context_check(c) ?: cssp_krb5_sign(&c->tx, message, signature);
	return context_end_message(c, ret);
}

int cssp_krb5_context_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			     const struct cssp_rd *signature)
{
	struct cssp_krb5_context *c = context_of(mech);
	int ret;

	ret = context_check(c) ?: cssp_krb5_verify(&c->rx, message, signature);
	return context_end_message(c, ret);
}

int cssp_krb5_context_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	struct cssp_krb5_context *c = context_of(mech);
	int ret = context_check(c);

	if (ret)
		return ret;
	*key = c->session_key;
	memzero_explicit(&c->session_key, sizeof(c->session_key));
	return 0;
}
