// SPDX-License-Identifier: GPL-2.0-only
/* The negoToken legs, MS-CSSP 3.1.5: the choice of a mechanism. */
#include <string.h>

#include "peer.h"
#include "spnego.h"

static bool krb5_offered(struct span token)
{
	struct spnego_init init;

	return spnego_is_krb5(token) || (spnego_read_init(token, &init) && init.krb5);
}

/* Kerberos where it is offered and there is a keytab. */
static const struct mech *find_mech(const struct conn *c, struct span token)
{
	const struct wrong *w = c->opt->wrong;
	bool refuse = w->action == ACTION_KRB && w->arg == KRB_FORM_NTLM;

	return c->opt->kerberos && !refuse && krb5_offered(token) ? &krb5_mech : &ntlm_mech;
}

/* What --mech names: the outer form of the token, or Kerberos in any form. */
static bool is_wanted(const struct conn *c)
{
	const char *want = c->opt->mech;

	if (!strcmp(want, "any"))
		return true;
	if (!strcmp(want, "kerberos"))
		return c->mech == &krb5_mech;
	return !strcmp(want, c->spnego ? "spnego" : "ntlm");
}

static int choose_mech(struct conn *c, struct span token)
{
	c->spnego = spnego_is_init(token);
	c->mech = find_mech(c, token);
	if (c->mech == &ntlm_mech && !c->spnego && !ntlm_is_message(token))
		return fail(c, "mech-unknown");
	return is_wanted(c) ? 0 : fail(c, "mech-refused");
}

int nego_run(struct conn *c, struct bytes *pub_key)
{
	struct bytes msg = { 0 };
	struct ts_request req;
	int rc = nego_request(c, &msg, &req);

	if (!rc && (req.present & ~TS_NONCE) != TS_TOKEN)
		rc = fail(c, "fields-%x", req.present);
	if (!rc)
		rc = choose_mech(c, req.token);
	if (!rc)
		rc = c->mech->legs(c, &msg, &req, pub_key);
	bytes_free(&msg);
	return rc;
}
