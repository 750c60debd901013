// SPDX-License-Identifier: GPL-2.0-only
/* One connection: RDP's negotiation, the exchange, the verdict, and what comes after it. */
#include <errno.h>
#include <keyutils.h>
#include <sys/socket.h>
#include <unistd.h>

#include <credssp_accept.h>

#include "accept.h"
#include "accept_exec.h"
#include "accept_report.h"
#include "accept_verdict.h"
#include "base/environment.h"
#include "base/net.h"
#include "winrm/shells.h"
#include "winrm/winrm_server.h"

/* Silence of a client that has logged on, without and with shells */
#define ECHO_IDLE_MS	60000
#define SHELLS_IDLE_MS	900000

#define CONTEXT_REQ							\
	(ASC_REQ_DELEGATE | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | \
	 ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_EXTENDED_ERROR)

/*
 * The programs of two connections must not find each other's passwords: this thread, and so its
 * program, gets a session keyring of its own. 0 or -1.
 */
static int own_session(const struct accepted *c)
{
	const struct accept_options *opt = &c->a->opt;

	if (!opt->command || opt->delivery.keyring != KEY_SPEC_SESSION_KEYRING)
		return 0;
	return keyctl_join_session_keyring(NULL) < 0 ? -1 : 0;
}

/* Put a delegated password where --deliver says. */
static void deliver(struct accepted *c, uint64_t context)
{
	const struct accept_delivery *d = &c->a->opt.delivery;
	int joined;

	if (!d->wanted)
		return;
	joined = own_session(c);
	if (!c->verdict || c->verdict->delegated != CREDSSP_DELEGATED_PASSWORD)
		return;
	c->key_asked = true;
	c->key_status = SEC_E_INSUFFICIENT_MEMORY;
	if (!joined)
		c->key_status = credssp_deliver_delegated(c->a->lib, context, d->keyring, d->form,
							  d->name, d->lifetime, &c->key);
}

/* The exchange is over, with a context or without. */
static void decided(struct accepted *c, uint64_t context)
{
	accept_verdict_set(c, context);
	if (c->o.asked && c->o.status == SEC_E_OK) {
		atomic_store(c->proven, true);
		deliver(c, context);
	}
	accept_report_verdict(c);
}

/* Without a name that is known there are no commands, see accept_exec_environment(). */
static void make_shells(struct accepted *c)
{
	struct shells_options options = {
		.program = c->a->opt.command, .fd = c->fd, .stop = c->a->stop,
	};

	if (!c->a->opt.command || !c->o.asked || c->o.status != SEC_E_OK || !c->verdict)
		return;
	c->env = accept_exec_environment(c, environ);
	options.env = c->env;
	if (c->env)
		c->shells = shells_new(&options);
	if (!c->shells)
		accept_report_exec_failed(c, errno);
}

static void http_decided(void *arg, uint64_t context, struct outcome *o)
{
	struct accepted *c = arg;

	(void)o;
	decided(c, context);
	make_shells(c);
}

static int http_answer_shells(void *arg, const void *message, size_t n, unsigned int *status,
			      unsigned char **reply, size_t *length)
{
	struct accepted *c = arg;

	return c->shells ? shells_answer(c->shells, message, n, status, reply, length) : -1;
}

static void serve_http(struct accepted *c)
{
	bool executes = c->a->opt.command;
	const struct winrm_server server = {
		.lib = c->a->lib,
		.cred = c->a->cred,
		.context_req = CONTEXT_REQ,
		.accept = { .flags = c->a->opt.flags, .peer = c->peer },
		.fd = c->fd,
		.deadline = c->deadline,
		.arg = c,
		.decided = http_decided,
		.answer = executes ? http_answer_shells : NULL,
		.idle_ms = executes ? SHELLS_IDLE_MS : ECHO_IDLE_MS,
	};

	winrm_serve(&server, &c->o);
	shells_free(c->shells);
	environment_free(c->env);
	net_linger(c->fd, net_now() + ACCEPT_LINGER_MS);
}

static void close_in_order(const struct accepted *c)
{
	credssp_send_close_notify(c->fd);
	net_linger(c->fd, net_now() + ACCEPT_LINGER_MS);
}

/* The context ends before the program starts, and with it what was delegated. */
static void serve_socket(struct accepted *c, uint32_t flags)
{
	const struct acceptor *a = c->a;
	struct credssp_accept_result result = { .context = 0 };
	int left = net_left(c->deadline);
	uint32_t limit = 0;
	int32_t status;

	if (a->opt.timeout_ms)
		limit = left ? (uint32_t)left : 1;
	status = credssp_accept_socket(a->lib, a->cred, c->fd, CONTEXT_REQ,
				       a->opt.flags | flags, limit, &result);
	outcome_status(&c->o, status, result.report.reason);
	c->o.report = result.report;
	c->o.context_attr = result.context_attr;
	c->o.expiry = result.expiry;
	decided(c, result.context);
	if (result.context)
		credssp_delete_security_context(a->lib, result.context);
	if (status != SEC_E_OK)
		return;
	if (a->opt.command)
		accept_exec(c);
	else
		close_in_order(c);
}

/* RDP's flags that answer for the modes that this acceptor takes */
static uint8_t confirm_flags(uint32_t flags)
{
	return (flags & CREDSSP_ACCEPT_RESTRICTED_ADMIN ? RDP_CONFIRM_RESTRICTED_ADMIN : 0) |
	       (flags & CREDSSP_ACCEPT_REMOTE_GUARD ? RDP_CONFIRM_REDIRECTED_AUTH : 0);
}

static int confirm(struct accepted *c, enum rdp_answer answer, uint32_t value)
{
	uint8_t pdu[RDP_CONFIRM_SIZE];

	rdp_build_confirm(pdu, answer, confirm_flags(c->a->opt.flags), value);
	return net_send(c->fd, pdu, sizeof(pdu), c->deadline);
}

/* Select CredSSP, or say that it is required. Return 0, or -1 with the reason. */
static int select_protocol(struct accepted *c)
{
	uint32_t protocol = rdp_select(&c->request, c->a->opt.hybrid_ex);

	if (!protocol) {
		confirm(c, RDP_ANSWER_FAILURE, RDP_FAILURE_HYBRID_REQUIRED);
		outcome_fail(&c->o, CTL_REASON_X224_NOT_OFFERED, "%s", "");
		return -1;
	}
	c->o.rdp_known = true;
	c->o.rdp_protocol = protocol;
	if (!confirm(c, RDP_ANSWER_SELECTED, protocol))
		return 0;
	outcome_errno(&c->o, CTL_REASON_X224_CLOSED);
	return -1;
}

static int negotiate(struct accepted *c)
{
	c->request_known = !rdp_receive_request(c->fd, c->deadline, &c->request);
	if (c->request_known)
		return select_protocol(c);
	if (errno == EBADMSG)
		outcome_fail(&c->o, CTL_REASON_X224_MALFORMED, "%s", "");
	else
		outcome_errno(&c->o, CTL_REASON_X224_CLOSED);
	return -1;
}

static void serve_rdp(struct accepted *c)
{
	if (!negotiate(c)) {
		serve_socket(c, c->o.rdp_protocol == RDP_PROTOCOL_HYBRID_EX ?
			     CREDSSP_ACCEPT_EARLY_AUTH : 0);
		return;
	}
	decided(c, 0);
	net_linger(c->fd, net_now() + ACCEPT_LINGER_MS);
}

static void serve_raw(struct accepted *c)
{
	serve_socket(c, 0);
}

int accept_serve(const struct acceptor *a, int fd, atomic_bool *proven)
{
	static void (*const serve[])(struct accepted *c) = {
		[CARRIER_RDP] = serve_rdp,
		[CARRIER_RAW] = serve_raw,
		[CARRIER_HTTP] = serve_http,
	};
	struct accepted c = {
		.a = a,
		.fd = fd,
		.proven = proven,
		.deadline = net_now() + (a->opt.timeout_ms ? a->opt.timeout_ms :
							     ACCEPT_SILENCE_MS),
		.o = { .status = SEC_E_INTERNAL_ERROR },
	};
	int code;

	net_peer(fd, &c.peer);
	serve[a->opt.carrier](&c);
	code = outcome_exit_code(&c.o);
	accept_verdict_free(&c);
	outcome_free(&c.o);
	return code;
}
