// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sequence of a connection as a table of steps; start, cancellation and end.
 *
 * Threads: a user's process starts the sequence and can stop it; the work runs its steps,
 * one after the other, on any worker; credssp.ko's thread queues the work again when the
 * CredSSP exchange is over.  Work is never run twice at the same time, so the steps need no
 * lock among themselves.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/kernel.h>

#include "rdp.h"

#define CANCEL_AGAIN	(HZ / 4)

/* BCGR 5.4.2.1: the security protocol is negotiated in the clear, before it is spoken. */
static const struct rdp_step rdp_steps[] = {
	{ "TCP connection", rdp_tcp_connect },
	{ "X.224 negotiation", x224_negotiate },
	{ "CredSSP", rdp_credssp_begin },
	{ "CredSSP", rdp_credssp_result },
	{ "MCS connection", mcs_connect },
	{ "MCS user", mcs_attach_user },
	{ "MCS channels", mcs_join_channels },
	{ "client information", rdp_client_info },
	{ "licensing", rdp_license },
	{ "disconnection", mcs_disconnect },
	{}
};

/* BCGR 5.4.2.2: nothing but the preconnection blob is in the clear. */
static const struct rdp_step vmconnect_steps[] = {
	{ "TCP connection", rdp_tcp_connect },
	{ "preconnection blob", rdp_preconnect },
	{ "CredSSP", rdp_credssp_begin },
	{ "CredSSP", rdp_credssp_result },
	{ "X.224 negotiation", x224_negotiate },
	{ "MCS connection", mcs_connect },
	{ "MCS user", mcs_attach_user },
	{ "MCS channels", mcs_join_channels },
	{ "client information", rdp_client_info },
	{ "licensing", rdp_license },
	{ "disconnection", mcs_disconnect },
	{}
};

const char *rdp_server_name(const struct rdp_connection *c)
{
	return c->set.server[0] ? c->set.server : c->set.address;
}

/* The first words stay: what fails later is a consequence. */
static __printf(2, 0) void connection_vtell(struct rdp_connection *c, const char *format,
					    va_list args)
{
	int length;

	mutex_lock(&c->lock);
	if (!c->outcome[0]) {
		length = scnprintf(c->outcome, sizeof(c->outcome), "%s: ",
				   c->step ? c->step->name : "start");
		vsnprintf(c->outcome + length, sizeof(c->outcome) - length, format, args);
	}
	mutex_unlock(&c->lock);
}

int rdp_fail(struct rdp_connection *c, int ret, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	connection_vtell(c, format, args);
	va_end(args);
	return ret;
}

void rdp_tell(struct rdp_connection *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	connection_vtell(c, format, args);
	va_end(args);
}

static bool connection_is_cancelled(struct rdp_connection *c)
{
	bool cancelled;

	mutex_lock(&c->lock);
	cancelled = c->cancelled;
	mutex_unlock(&c->lock);
	return cancelled;
}

/* A cancelled step fails in some way; that it was cancelled is what the user wants to read. */
static void connection_set_outcome(struct rdp_connection *c, int ret)
{
	mutex_lock(&c->lock);
	if (ret && c->cancelled)
		snprintf(c->outcome, sizeof(c->outcome), "%s: cancelled",
			 c->step ? c->step->name : "start");
	c->state = !ret ? "done" : c->cancelled ? "cancelled" : "failed";
	WRITE_ONCE(c->step, NULL);
	c->running = false;
	wake_up_all(&c->idle);
	mutex_unlock(&c->lock);
}

/* The last thing that is done for a sequence, after its last step or a failed one. */
static void connection_end(struct rdp_connection *c, int ret)
{
	rdp_socket_close(c);
	if (c->credential)
		credssp_free_credentials_handle(c->credential);
	c->credential = NULL;
	kvfree(c->in);
	kvfree(c->out);
	c->in = NULL;
	c->out = NULL;
	connection_set_outcome(c, ret);
}

static void connection_work(struct work_struct *work)
{
	struct rdp_connection *c = container_of(work, struct rdp_connection, work);
	int ret = 0;

	while (c->step->run) {
		/* The result of an exchange is fetched even then: its handle must be freed. */
		if (!c->call && connection_is_cancelled(c)) {
			ret = -ECANCELED;
			break;
		}
		ret = c->step->run(c);
		if (ret < 0)
			break;
		WRITE_ONCE(c->step, c->step + 1);
		if (ret == RDP_LATER)
			return;
	}
	connection_end(c, ret);
}

void rdp_connection_init(struct rdp_connection *c)
{
	mutex_init(&c->lock);
	init_waitqueue_head(&c->idle);
	INIT_WORK(&c->work, connection_work);
	c->state = "idle";
	c->set.timeout_ms = 30000;
	c->set.mechs = CREDSSP_MECH_NEGOTIATE;
	c->set.protocols = RDP_PROTOCOL_SSL | RDP_PROTOCOL_HYBRID;
}

/* From here on the settings are constant. */
static int connection_claim(struct rdp_connection *c)
{
	int ret = 0;

	mutex_lock(&c->lock);
	if (c->running) {
		ret = -EBUSY;
	} else if (!c->set.address[0] || (c->set.form == RDP_FORM_VMCONNECT && !c->set.vm[0])) {
		ret = -EDESTADDRREQ;
	} else if (c->set.form == RDP_FORM_VMCONNECT &&
		   c->set.protocols & RDP_PROTOCOL_HYBRID_EX) {
		/* BCGR 5.4.2.2 has no early user authorization. */
		ret = -EINVAL;
	} else {
		c->running = true;
		c->cancelled = false;
		c->outcome[0] = '\0';
		c->selected = RDP_PROTOCOL_RDP;
		c->extended = false;
		c->deadline = jiffies + msecs_to_jiffies(c->set.timeout_ms);
	}
	mutex_unlock(&c->lock);
	return ret;
}

static int connection_prepare(struct rdp_connection *c)
{
	int ret;

	c->in = kvmalloc(RDP_MAX_RECEIVED, GFP_KERNEL_ACCOUNT);
	c->out = kvmalloc(RDP_MAX_SENT, GFP_KERNEL_ACCOUNT);
	if (!c->in || !c->out)
		return rdp_fail(c, -ENOMEM, "not enough memory");
	ret = rdp_socket_open(c);
	if (ret)
		return rdp_fail(c, ret, "no socket for this address");
	return rdp_credssp_acquire(c);
}

/*
 * In the process of the user who connects: socket and credential are made here, for that
 * user and in its network namespace.  The work needs nothing else of the process.
 */
int rdp_connection_start(struct rdp_connection *c)
{
	int ret;

	ret = connection_claim(c);
	if (ret)
		return ret;
	ret = connection_prepare(c);
	if (ret) {
		connection_end(c, ret);
		return ret;
	}
	WRITE_ONCE(c->step, c->set.form == RDP_FORM_RDP ? rdp_steps : vmconnect_steps);
	queue_work(rdp_queue, &c->work);
	return 0;
}

/*
 * What a step may sleep in: the CredSSP exchange, which has its own cancellation; or a call
 * on the socket, which ends when the socket is shut down.
 */
static void connection_cancel(struct rdp_connection *c)
{
	mutex_lock(&c->lock);
	if (c->running) {
		c->cancelled = true;
		if (c->call)
			credssp_cancel_authentication(c->call);
		else if (c->sock)
			kernel_sock_shutdown(c->sock, SHUT_RDWR);
	}
	mutex_unlock(&c->lock);
}

/*
 * One cancellation may be lost: TCP begins to connect even if the socket was shut down just
 * before.  So it is repeated.
 */
void rdp_connection_stop(struct rdp_connection *c)
{
	do {
		connection_cancel(c);
	} while (!wait_event_timeout(c->idle, !READ_ONCE(c->running), CANCEL_AGAIN));
	/* The work may still be on its way out. */
	flush_work(&c->work);
}
