// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sequences of a connection as tables of steps; start, cancellation and end.
 *
 * Threads: a user's process starts a sequence and can stop it; the work runs its steps, one
 * after the other, on any worker.  Work is never run twice at the same time, so the steps
 * need no lock among themselves.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "smb.h"

#define SMB_PORT		445
#define SMB_TIMEOUT_MS		30000
#define FIRST_CREDITS		1	/* before the server has granted any */
#define CANCEL_AGAIN		(HZ / 4)

static const struct smb_step connect_steps[] = {
	{ "TCP connection", smb_tcp_connect },
	{ "negotiation", smb_negotiate },
	{ "session setup", smb_session_setup },
	{ "tree connect", smb_tree_connect },
	{ "validation of the negotiation", smb_validate },
	{ "echo", smb_echo },
	{}
};

static const struct smb_step check_steps[] = {
	{ "tree disconnect", smb_tree_disconnect },
	{ "tree connect", smb_tree_connect },
	{ "echo", smb_echo },
	{}
};

static const struct smb_step leave_steps[] = {
	{ "tree disconnect", smb_tree_disconnect },
	{ "logoff", smb_logoff },
	{}
};

const char *smb_server_name(const struct smb_connection *c)
{
	return c->set.server[0] ? c->set.server : c->set.address;
}

/* The first words stay: what fails later is a consequence. */
int smb_fail(struct smb_connection *c, int ret, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	mutex_lock(&c->lock);
	if (!c->outcome[0]) {
		length = scnprintf(c->outcome, sizeof(c->outcome), "%s: ",
				   c->step ? c->step->name : "start");
		vsnprintf(c->outcome + length, sizeof(c->outcome) - length, format, args);
	}
	mutex_unlock(&c->lock);
	va_end(args);
	return ret;
}

static bool connection_is_cancelled(struct smb_connection *c)
{
	bool cancelled;

	mutex_lock(&c->lock);
	cancelled = c->cancelled;
	mutex_unlock(&c->lock);
	return cancelled;
}

/* ---- The end of a sequence ------------------------------------------------------- */

/* The socket and the context, which a cancellation uses, are taken away under the lock. */
static void connection_close(struct smb_connection *c)
{
	struct credssp_context *context;
	struct socket *sock;

	mutex_lock(&c->lock);
	sock = c->sock;
	context = c->context;
	c->sock = NULL;
	c->context = NULL;
	c->connected = false;
	mutex_unlock(&c->lock);
	if (sock)
		sock_release(sock);
	if (context)
		credssp_delete_security_context(context);
	if (c->credential)
		credssp_free_credentials_handle(c->credential);
	c->credential = NULL;
	smb_signing_stop(c);
	vfree(c->in);
	vfree(c->out);
	c->in = NULL;
	c->out = NULL;
}

/* A cancelled step fails in some way; that it was cancelled is what the user wants to read. */
static void connection_tell(struct smb_connection *c, int ret)
{
	lockdep_assert_held(&c->lock);
	if (ret && c->cancelled)
		snprintf(c->outcome, sizeof(c->outcome), "%s: cancelled",
			 c->step ? c->step->name : "start");
	if (ret)
		c->state = c->cancelled ? "cancelled" : "failed";
	else
		c->state = c->connected ? "connected" : "logged off";
	c->step = NULL;
	c->busy = false;
	wake_up_all(&c->idle);
}

static void connection_fail(struct smb_connection *c, int ret)
{
	connection_close(c);
	mutex_lock(&c->lock);
	connection_tell(c, ret);
	mutex_unlock(&c->lock);
}

static void connection_succeed(struct smb_connection *c)
{
	const char *mechanism = smb_session_mechanism(c);
	bool left = c->steps == leave_steps;

	if (left)
		connection_close(c);
	mutex_lock(&c->lock);
	if (!left) {
		c->connected = true;
		snprintf(c->outcome, sizeof(c->outcome),
			 "%s, SMB %s, signed by %s, renewed %u times", mechanism,
			 smb_dialect_name(c->dialect), smb_signing_name(c->algorithm),
			 c->renewed);
	}
	connection_tell(c, 0);
	mutex_unlock(&c->lock);
}

static void connection_set_step(struct smb_connection *c, const struct smb_step *step)
{
	mutex_lock(&c->lock);
	c->step = step;
	mutex_unlock(&c->lock);
}

static void connection_work(struct work_struct *work)
{
	struct smb_connection *c = container_of(work, struct smb_connection, work);
	const struct smb_step *step;
	int ret;

	for (step = c->steps; step->run; step++) {
		connection_set_step(c, step);
		ret = connection_is_cancelled(c) ? -ECANCELED : step->run(c);
		if (ret) {
			connection_fail(c, ret);
			return;
		}
	}
	connection_succeed(c);
}

void smb_connection_init(struct smb_connection *c)
{
	mutex_init(&c->lock);
	init_waitqueue_head(&c->idle);
	INIT_WORK(&c->work, connection_work);
	c->state = "idle";
	c->set.port = SMB_PORT;
	c->set.timeout_ms = SMB_TIMEOUT_MS;
	c->set.min_dialect = SMB_DIALECT_210;
	c->set.max_dialect = SMB_DIALECT_311;
	c->set.signing = BIT(SMB_SIGN_HMAC_SHA256) | BIT(SMB_SIGN_AES_CMAC) |
			 BIT(SMB_SIGN_AES_GMAC);
}

/* ---- Start ------------------------------------------------------------------------ */

static void connection_reset(struct smb_connection *c)
{
	c->command = 0;
	c->message_id = 0;
	c->credits = FIRST_CREDITS;
	c->session_id = 0;
	c->tree_id = 0;
	c->dialect = 0;
	c->renewed = 0;
	c->hint = (struct smb_reader){};
	memset(c->preauth, 0, sizeof(c->preauth));
}

/* From here on the settings are constant, until the connection has ended. */
static int connection_claim(struct smb_connection *c)
{
	int ret = 0;

	mutex_lock(&c->lock);
	if (c->busy || c->connected) {
		ret = -EBUSY;
	} else if (!c->set.address[0] || !c->set.share[0]) {
		ret = -EDESTADDRREQ;
	} else if (c->set.min_dialect > c->set.max_dialect) {
		ret = -EINVAL;
	} else {
		connection_reset(c);
		c->busy = true;
		c->cancelled = false;
		c->outcome[0] = '\0';
	}
	mutex_unlock(&c->lock);
	return ret;
}

static int connection_prepare(struct smb_connection *c)
{
	int ret;

	c->in = vmalloc(SMB_MAX_RECEIVED);
	c->out = vmalloc(SMB_MAX_SENT);
	if (!c->in || !c->out)
		return smb_fail(c, -ENOMEM, "not enough memory");
	ret = smb_socket_open(c);
	if (ret)
		return smb_fail(c, ret, "no socket for this address");
	return smb_session_acquire(c);
}

static void connection_queue(struct smb_connection *c, const struct smb_step *steps)
{
	c->steps = steps;
	queue_work(smb_queue, &c->work);
}

/*
 * Socket and credential are made here, for the user who connects and in its network
 * namespace.  The work needs nothing else of the process.
 */
int smb_connection_start(struct smb_connection *c)
{
	int ret;

	ret = connection_claim(c);
	if (ret)
		return ret;
	ret = connection_prepare(c);
	if (ret) {
		connection_fail(c, ret);
		return ret;
	}
	connection_queue(c, connect_steps);
	return 0;
}

/* Of a connection that has a session, and no steps under way. */
static bool connection_claim_session(struct smb_connection *c)
{
	bool claimed;

	mutex_lock(&c->lock);
	claimed = c->connected && !c->busy;
	if (claimed) {
		c->busy = true;
		c->cancelled = false;
		c->outcome[0] = '\0';
	}
	mutex_unlock(&c->lock);
	return claimed;
}

int smb_connection_check(struct smb_connection *c)
{
	if (!connection_claim_session(c))
		return -ENOTCONN;
	connection_queue(c, check_steps);
	return 0;
}

/* ---- Stop ------------------------------------------------------------------------- */

/*
 * A step sleeps in a call on the context or in one on the socket; both calls end.  The
 * context is useless afterwards, and so is the connection.
 */
static void connection_cancel(struct smb_connection *c)
{
	mutex_lock(&c->lock);
	if (c->busy) {
		c->cancelled = true;
		if (c->context)
			credssp_cancel(c->context);
		if (c->sock)
			kernel_sock_shutdown(c->sock, SHUT_RDWR);
	}
	mutex_unlock(&c->lock);
}

/*
 * One cancellation may be lost: TCP begins to connect even if the socket was shut down just
 * before.  So it is repeated.
 */
static void connection_cancel_and_wait(struct smb_connection *c)
{
	do {
		connection_cancel(c);
	} while (!wait_event_timeout(c->idle, !READ_ONCE(c->busy), CANCEL_AGAIN));
}

/* LOGOFF waits for the server; a user who does not want to wait kills the process. */
int smb_connection_stop(struct smb_connection *c)
{
	if (connection_claim_session(c)) {
		connection_queue(c, leave_steps);
		if (!wait_event_killable(c->idle, !READ_ONCE(c->busy)))
			return 0;
	}
	connection_cancel_and_wait(c);
	return 0;
}

void smb_connection_abort(struct smb_connection *c)
{
	connection_cancel_and_wait(c);
	/* The work may still be on its way out. */
	flush_work(&c->work);
	connection_close(c);
}
