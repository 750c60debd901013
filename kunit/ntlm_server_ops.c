// SPDX-License-Identifier: GPL-2.0-only
#include "ntlm_server_ops.h"

#include <linux/slab.h>

#include "ntlm_server.h"

struct ntlm_server_mech {
	struct cssp_mech base;
	struct ntlm_server *server;
};

static struct ntlm_server *ntlm_server_of(struct cssp_mech *mech)
{
	return container_of(mech, struct ntlm_server_mech, base)->server;
}

static int ntlm_server_ops_step(struct cssp_mech *mech, const struct cssp_rd *in,
				struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	bool established = false;
	int ret = ntlm_server_step(ntlm_server_of(mech), in, out, &established);

	*progress = established ? CSSP_MECH_DONE : CSSP_MECH_CONTINUE;
	return ret;
}

static int ntlm_server_ops_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
				struct cssp_vbuf *out)
{
	return ntlm_server_wrap(ntlm_server_of(mech), plain, out);
}

static int ntlm_server_ops_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
				  struct cssp_vbuf *out)
{
	return ntlm_server_unwrap(ntlm_server_of(mech), sealed, out);
}

static int ntlm_server_ops_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	memcpy(key->bytes, ntlm_server_of(mech)->session_key, CSSP_NTLM_KEY_SIZE);
	key->length = CSSP_NTLM_KEY_SIZE;
	return 0;
}

static void ntlm_server_ops_free(struct cssp_mech *mech)
{
	ntlm_server_free(ntlm_server_of(mech));
	kfree(container_of(mech, struct ntlm_server_mech, base));
}

static int ntlm_server_ops_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct ntlm_server_mech *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	m->base.ops = &ntlm_server_ops;
	m->server = ntlm_server_new(params->id, NULL);
	if (!m->server) {
		kfree(m);
		return -ENOMEM;
	}
	*mech = &m->base;
	return 0;
}

const struct cssp_mech_ops ntlm_server_ops = {
	.create = ntlm_server_ops_create,
	.step = ntlm_server_ops_step,
	.wrap = ntlm_server_ops_wrap,
	.unwrap = ntlm_server_ops_unwrap,
	.session_key = ntlm_server_ops_key,
	.free = ntlm_server_ops_free,
};
