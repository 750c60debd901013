// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "accept_exec.h"
#include "accept_report.h"
#include "base/environment.h"
#include "base/net.h"
#include "base/relay.h"
#include "logon/verdict.h"
#include "text.h"

static void set_verdict(struct environment *e, const struct accepted *c)
{
	const struct credssp_verdict *v = c->verdict;
	char address[NET_ADDRESS_MAX];

	verdict_address(v, address, sizeof(address));
	environment_set(e, "USER", "%s", verdict_user(v));
	environment_set_text(e, "ACCOUNT", verdict_account(v));
	environment_set_text(e, "WORKSTATION", verdict_workstation(v));
	environment_set(e, "PEER_ADDRESS", "%s", address);
	environment_set(e, "PEER_PORT", "%u", v->port);
	environment_set(e, "MECH", "%s", verdict_mech(v));
	environment_set(e, "VERSION", "%u", v->version);
	environment_set(e, "DELEGATED", "%s", verdict_delegated(v));
	if (c->key)
		environment_set(e, "KEY", "%d", c->key);
	if (c->request_known) {
		environment_set(e, "RDP_REQUESTED", "0x%08x", c->request.protocols);
		environment_set(e, "RDP_SELECTED", "0x%08x", c->o.rdp_protocol);
	}
}

char **accept_exec_environment(const struct accepted *c, char *const *own)
{
	struct environment e;

	/* A program must not take nobody for somebody, nor this name for another one. */
	if (!*verdict_user(c->verdict) || !text_is_clean(verdict_user(c->verdict))) {
		errno = EILSEQ;
		return NULL;
	}
	environment_begin(&e, own);
	set_verdict(&e, c);
	return environment_end(&e);
}

void accept_exec(struct accepted *c)
{
	struct relay_result result;
	struct child child;
	char **env = NULL;
	int ret = -1;

	if (c->verdict)
		env = accept_exec_environment(c, environ);
	if (env)
		ret = child_start(&child, CHILD_PIPES, c->a->opt.command, env);
	environment_free(env);
	if (ret) {
		accept_report_exec_failed(c, errno);
		relay_ktls.end(c->fd);
		return;
	}
	relay_run(&relay_ktls, c->fd, &child, c->a->stop, &result);
	accept_report_exec(c, &result);
	net_linger(c->fd, net_now() + ACCEPT_LINGER_MS);
}
