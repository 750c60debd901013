// SPDX-License-Identifier: GPL-2.0-only
/* Credentials that a client has delegated, MS-CSSP 2.2.1.2 */
#include <linux/kernel.h>

#include "../base/status.h"
#include "../mech/identity.h"
#include "delegated.h"

void cssp_delegated_free(struct cssp_delegated *d)
{
	cssp_identity_free(&d->id);
	cssp_vbuf_free(&d->card);
	cssp_vbuf_free(&d->reader);
	cssp_vbuf_free(&d->container);
	cssp_vbuf_free(&d->csp);
	cssp_vbuf_free(&d->remote_guard);
	*d = (struct cssp_delegated){};
}

void cssp_delegated_move(struct cssp_delegated *to, struct cssp_delegated *from)
{
	cssp_delegated_free(to);
	*to = *from;
	*from = (struct cssp_delegated){};
}

static int delegated_copy_identity(struct cssp_identity *id, const struct cssp_rd *user,
				   const struct cssp_rd *domain, const struct cssp_rd *password)
{
	int ret;

	ret = cssp_vbuf_set(&id->user, user);
	if (ret)
		return ret;
	ret = cssp_vbuf_set(&id->domain, domain);
	if (ret)
		return ret;
	return cssp_vbuf_set(&id->password, password);
}

static int delegated_take_password(struct cssp_delegated *d,
				   const struct cssp_ts_credentials *creds)
{
	const struct cssp_ts_password_creds *p = &creds->password;

	d->kind = CREDSSP_DELEGATED_PASSWORD;
	if (!p->user.left && !p->domain.left && !p->password.left)
		d->kind = CREDSSP_DELEGATED_EMPTY;
	return delegated_copy_identity(&d->id, &p->user, &p->domain, &p->password);
}

static int delegated_take_smartcard(struct cssp_delegated *d,
				    const struct cssp_ts_credentials *creds)
{
	const struct cssp_ts_smartcard_creds *s = &creds->smartcard;
	const struct {
		struct cssp_vbuf *to;
		const struct cssp_rd *from;
	} names[] = {
		{ &d->card, &s->card },
		{ &d->reader, &s->reader },
		{ &d->container, &s->container },
		{ &d->csp, &s->csp },
	};
	size_t i;
	int ret;

	d->kind = CREDSSP_DELEGATED_SMARTCARD;
	d->key_spec = s->key_spec;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		ret = cssp_vbuf_set(names[i].to, names[i].from);
		if (ret)
			return ret;
	}
	return delegated_copy_identity(&d->id, &s->user_hint, &s->domain_hint, &s->pin);
}

static int delegated_take_remote_guard(struct cssp_delegated *d,
				       const struct cssp_ts_credentials *creds)
{
	d->kind = CREDSSP_DELEGATED_REMOTE_GUARD;
	return cssp_vbuf_set(&d->remote_guard, &creds->remote_guard);
}

static const struct {
	u32 type;
	int (*take)(struct cssp_delegated *d, const struct cssp_ts_credentials *creds);
} delegated_kinds[] = {
	{ CSSP_TS_PASSWORD, delegated_take_password },
	{ CSSP_TS_SMARTCARD, delegated_take_smartcard },
	{ CSSP_TS_REMOTE_GUARD, delegated_take_remote_guard },
};

int cssp_delegated_take(struct cssp_delegated *d, const struct cssp_ts_credentials *creds)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(delegated_kinds); i++)
		if (delegated_kinds[i].type == creds->type)
			return delegated_kinds[i].take(d, creds);
	return CSSP_E_UNSUPPORTED;
}
