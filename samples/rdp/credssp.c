// SPDX-License-Identifier: GPL-2.0-only
/*
 * CredSSP: all of it is credssp.ko's work.  The user's process acquires a credential; then
 * one asynchronous call does TLS, the logon by NTLM or Kerberos, the proof of the server's
 * key and the delegation, and leaves a kTLS stream.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/key-type.h>
#include <linux/lockdep.h>
#include <linux/overflow.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <net/sock.h>

#include "rdp.h"

static const char *const credssp_classes[] = {
	[RDP_FORM_RDP] = "TERMSRV",
	[RDP_FORM_VMCONNECT] = "Microsoft Virtual Console Service",
};

/*
 * Called in the process of the user who connects: a kernel thread has no keyrings and no
 * namespaces of a user.  The exchange uses the helper of the socket's network namespace.
 */
int rdp_credssp_acquire(struct rdp_connection *c)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.mechs = c->set.mechs,
		.min_version = c->set.min_version,
		.cred = c->user ?: current_cred(),
		.net = sock_net(c->sock->sk),
	};
	s32 status;

	if (c->key && c->key->type == &key_type_keyring)
		args.keyring = c->key;
	else
		args.key = c->key;
	status = credssp_acquire_credentials_handle(&args, &c->credential, NULL);
	if (status == SEC_E_OK)
		return 0;
	return rdp_fail(c, -EACCES, "no credential: %s", credssp_status_name(status));
}

/* A target name is UTF-16LE with a NUL, in virtual memory. */
static __le16 *credssp_target(const struct rdp_connection *c)
{
	char *spn = kasprintf(GFP_KERNEL, "%s/%s", credssp_classes[c->set.form],
			      rdp_server_name(c));
	size_t i, length;
	__le16 *target;

	if (!spn)
		return NULL;
	length = strlen(spn);
	target = vmalloc(array_size(length + 1, sizeof(*target)));
	for (i = 0; target && i <= length; i++)
		target[i] = cpu_to_le16((u8)spn[i]);
	kfree(spn);
	return target;
}

/* On a thread of credssp.ko: the steps go on where they were. */
static void credssp_done(void *data, s32 status, u32 context_attr,
			 const struct credssp_report *report)
{
	struct rdp_connection *c = data;

	c->status = status;
	c->report = *report;
	queue_work(rdp_queue, &c->work);
}

/*
 * A cancellation sees either @cancelled, before the call, or @call.  With HYBRID_EX the
 * server's verdict on the user follows the exchange (BCGR 2.2.10.2).
 */
static s32 credssp_begin_locked(struct rdp_connection *c, const __le16 *target)
{
	struct credssp_authenticate args = {
		.cred = c->credential,
		.sock = c->sock,
		.target_name = target,
		.context_req = ISC_REQ_DELEGATE | (c->set.mutual ? ISC_REQ_MUTUAL_AUTH : 0),
		.flags = c->selected == RDP_PROTOCOL_HYBRID_EX ? CREDSSP_AUTH_EARLY_AUTH : 0,
		.timeout_ms = max(rdp_remaining_ms(c), 1U),
		.done = credssp_done,
		.data = c,
	};

	lockdep_assert_held(&c->lock);
	if (c->cancelled)
		return SEC_E_INTERNAL_ERROR;
	return credssp_authenticate_socket_async(&args, &c->call);
}

int rdp_credssp_begin(struct rdp_connection *c)
{
	__le16 *target = credssp_target(c);
	s32 status;

	if (!target)
		return rdp_fail(c, -ENOMEM, "not enough memory");
	mutex_lock(&c->lock);
	status = credssp_begin_locked(c, target);
	mutex_unlock(&c->lock);
	vfree(target);
	if (status == SEC_E_OK)
		return RDP_LATER;
	return rdp_fail(c, -EIO, "%s", credssp_status_name(status));
}

/* Who has logged on: the handle of the exchange can be asked until it is freed. */
static s32 credssp_get_logon(struct rdp_connection *c, struct credssp_authentication *call)
{
	struct credssp_names *names = (void *)c->in;
	u32 length = RDP_MAX_RECEIVED;
	s32 status;

	status = credssp_query_authentication(call, SECPKG_ATTR_NAMES, names, &length);
	if (status != SEC_E_OK)
		return status;
	/* A NUL follows the name. */
	if (strscpy(c->logon, (char *)c->in + names->user_offset, sizeof(c->logon)) < 0)
		return SEC_E_BUFFER_TOO_SMALL;
	return SEC_E_OK;
}

int rdp_credssp_result(struct rdp_connection *c)
{
	const struct credssp_report *report = &c->report;
	struct credssp_authentication *call;
	s32 status = SEC_E_OK;

	mutex_lock(&c->lock);
	call = c->call;
	c->call = NULL;
	mutex_unlock(&c->lock);
	if (c->status == SEC_E_OK)
		status = credssp_get_logon(c, call);
	credssp_free_authentication(call);
	if (c->status != SEC_E_OK)
		return rdp_fail(c, -EACCES, "%s (0x%08x), reason %s, leg %s",
				credssp_status_name(c->status), (u32)c->status,
				credssp_reason_name(report->reason),
				credssp_leg_name(report->leg));
	if (status != SEC_E_OK)
		return rdp_fail(c, -EIO, "the user has no name: %s", credssp_status_name(status));
	c->secure = true;
	return RDP_NEXT;
}
