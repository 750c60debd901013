// SPDX-License-Identifier: GPL-2.0-only
/*
 * SESSION_SETUP (SMB2 2.2.5, 2.2.6): the logon.  SMB only carries the tokens; credssp.ko makes
 * and reads them, with the package Negotiate, which uses Kerberos or NTLM.
 *
 * The logon ends in three steps that belong together.  The server's last answer says success
 * and carries the last token; that token completes the context, which then has the session
 * key; and with the keys made from it the signature of this very answer is verified.  Only
 * then it is known that the server has the same key, and that nobody has changed a packet.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/key-type.h>
#include <linux/net.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <net/sock.h>

#include "smb.h"

#define SETUP_SIZE		25
#define SETUP_ANSWER_SIZE	9
#define SETUP_TOKEN_AT		(SMB_HEADER + 24)
#define SESSION_IS_GUEST	0x1
#define SESSION_IS_NULL		0x2
#define SESSION_ENCRYPTS	0x4
#define LOGOFF_SIZE		4
/* A key of Kerberos has 32 bytes at most, one of NTLM 16. */
#define SESSION_KEY_ROOM	64

/* ---- The credential --------------------------------------------------------------- */

/*
 * Called in the process of the user who connects: a kernel thread has no keyrings and no
 * namespaces of a user.  The context is prepared here as well, so that every later call on
 * it can be cancelled.
 */
int smb_session_acquire(struct smb_connection *c)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.package = CREDSSP_PACKAGE_NEGOTIATE,
		.cred = c->user ?: current_cred(),
		.net = sock_net(c->sock->sk),
	};
	s32 status;

	if (c->key && c->key->type == &key_type_keyring) {
		args.keyring = c->key;
	} else if (c->key) {
		args.key = c->key;
	} else {
		args.ticket_source = CREDSSP_TICKETS_CCACHE;
		args.tickets = c->set.ccache[0] ? c->set.ccache : NULL;
	}
	status = credssp_acquire_credentials_handle(&args, &c->credential, NULL);
	if (status == SEC_E_OK)
		status = credssp_prepare_security_context(c->credential, c->set.timeout_ms,
							  &c->context);
	if (status == SEC_E_OK)
		return 0;
	return smb_fail(c, -EACCES, "no credential: %s", credssp_status_name(status));
}

/* A target name is UTF-16LE with a NUL, in virtual memory. */
static __le16 *session_target(const struct smb_connection *c)
{
	char *spn = kasprintf(GFP_KERNEL, "cifs/%s", smb_server_name(c));
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

static void session_get_report(struct smb_connection *c, struct credssp_report *report)
{
	u32 length = sizeof(*report);

	*report = (struct credssp_report){};
	credssp_query_context_attributes(c->context, SECPKG_ATTR_CREDSSP_REPORT, report,
					 &length);
}

const char *smb_session_mechanism(struct smb_connection *c)
{
	struct credssp_report report;

	session_get_report(c, &report);
	return report.mech_package == CREDSSP_PACKAGE_KERBEROS ? "Kerberos" : "NTLM";
}

static int session_fail(struct smb_connection *c, s32 status)
{
	struct credssp_report report;

	session_get_report(c, &report);
	return smb_fail(c, -EACCES, "%s (0x%08x), reason %s", credssp_status_name(status),
			(u32)status, credssp_reason_name(report.reason ?: report.passed_over));
}

/* ---- Tokens ------------------------------------------------------------------------ */

/**
 * struct session_logon - a logon under way
 * @target: name of the service
 * @from_server: the server's token, in @in of the connection
 * @to_server: the client's, freed with credssp_free_context_buffer()
 * @to_server_length: its bytes
 * @established: the context is complete
 * @final: the server has said success
 * @answer: the server's last answer
 */
struct session_logon {
	__le16 *target;
	struct smb_reader from_server;
	void *to_server;
	u32 to_server_length;
	bool established;
	bool final;
	struct smb_answer answer;
};

/* One leg: the server's token is used, the client's next one is made. */
static int session_leg(struct smb_connection *c, struct session_logon *l)
{
	struct credssp_buffer in = {
		.type = SECBUFFER_TOKEN | SECBUFFER_READONLY,
		.length = l->from_server.left,
		.data = (void *)l->from_server.p,
	};
	struct credssp_buffer out = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc input = { SECBUFFER_VERSION, 1, &in };
	struct credssp_buffer_desc output = { SECBUFFER_VERSION, 1, &out };
	u32 attributes;
	s32 status;

	status = credssp_initialize_security_context(c->credential, c->context, l->target,
						     ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY |
						     ISC_REQ_ALLOCATE_MEMORY,
						     0, SECURITY_NATIVE_DREP, &input, 0, NULL,
						     &output, &attributes, NULL);
	credssp_free_context_buffer(l->to_server);
	l->to_server = out.data;
	l->to_server_length = out.length;
	l->established = status == SEC_E_OK;
	if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED)
		return 0;
	return session_fail(c, status);
}

static struct smb_writer session_build(struct smb_connection *c, const struct session_logon *l)
{
	struct smb_writer w = smb_begin(c, SMB_SESSION_SETUP);

	smb_put_le16(&w, SETUP_SIZE);
	smb_put_u8(&w, 0);	/* flags */
	smb_put_u8(&w, SMB_SIGNING_ENABLED | SMB_SIGNING_REQUIRED);
	smb_put_le32(&w, 0);	/* capabilities */
	smb_put_le32(&w, 0);	/* channel */
	smb_put_le16(&w, SETUP_TOKEN_AT);
	smb_put_le16(&w, l->to_server_length);
	smb_put_le64(&w, 0);	/* previous session */
	smb_put_bytes(&w, l->to_server, l->to_server_length);
	/* The length has 16 bits. */
	if (l->to_server_length > U16_MAX)
		w.full = true;
	return w;
}

/*
 * With the logon of a guest or of nobody there is no key, and so no signature: anybody could
 * be the server.
 */
static int session_check_flags(struct smb_connection *c, u16 flags)
{
	if (flags & SESSION_IS_GUEST)
		return smb_fail(c, -EACCES, "the server takes the user as a guest");
	if (flags & SESSION_IS_NULL)
		return smb_fail(c, -EACCES, "the server takes the user as anonymous");
	if (flags & SESSION_ENCRYPTS)
		return smb_fail(c, -EOPNOTSUPP,
				"the server requires encryption, which this client does not have");
	return 0;
}

/* Also with STATUS_MORE_PROCESSING_REQUIRED the answer is not an error's. */
static int session_read(struct smb_connection *c, struct session_logon *l)
{
	struct smb_answer *a = &l->answer;
	u16 flags, at, length;

	smb_get_size(a, SETUP_ANSWER_SIZE);
	flags = smb_get_le16(&a->body);
	at = smb_get_le16(&a->body);
	length = smb_get_le16(&a->body);
	l->from_server = smb_get_at(&a->packet, at, length);
	if (a->body.bad || l->from_server.bad || !c->session_id)
		return smb_malformed(c);
	l->final = a->status == STATUS_SUCCESS;
	return l->final ? session_check_flags(c, flags) : 0;
}

static int session_refused(struct smb_connection *c, const struct smb_answer *a)
{
	if (a->status == STATUS_ACCESS_DENIED)
		return smb_fail(c, -EACCES,
				"the server answers STATUS_ACCESS_DENIED (0x%08x): it does not admit the user, or it requires encryption, which this client does not have",
				a->status);
	return smb_refused(c, a);
}

/* SMB2 3.2.5.3: the last answer is not part of the hash, because its signature proves it. */
static int session_exchange(struct smb_connection *c, struct session_logon *l)
{
	struct smb_writer w = session_build(c, l);
	struct smb_answer *a = &l->answer;
	int ret;

	ret = smb_call(c, &w, a);
	if (ret)
		return ret;
	if (a->status != STATUS_SUCCESS && a->status != STATUS_MORE_PROCESSING_REQUIRED)
		return session_refused(c, a);
	ret = session_read(c, l);
	if (ret)
		return ret;
	ret = smb_preauth_add(c, w.p, w.length);
	if (ret || l->final)
		return ret;
	return smb_preauth_add(c, a->packet.p, a->packet.left);
}

/* Until the server says success and has seen all tokens. */
static int session_exchange_all(struct smb_connection *c, struct session_logon *l)
{
	int ret;

	do {
		if (!l->established) {
			ret = session_leg(c, l);
			if (ret)
				return ret;
		} else {
			l->to_server_length = 0;
		}
		if (l->final)
			break;
		if (!l->to_server_length)
			return smb_fail(c, -EPROTO,
					"the logon is complete, but the server goes on");
		ret = session_exchange(c, l);
		if (ret)
			return ret;
	} while (1);
	if (!l->established || l->to_server_length)
		return smb_fail(c, -EPROTO, "the server ends the logon before it is complete");
	return 0;
}

/* ---- Keys --------------------------------------------------------------------------- */

/* SMB2 3.2.5.3.1: the first 16 bytes of the key, and zeros if it is shorter. */
static int session_get_key(struct smb_connection *c, u8 key[SMB_KEY])
{
	struct {
		struct credssp_session_key head;
		u8 bytes[SESSION_KEY_ROOM];
	} answer = {};
	struct smb_reader r = { .p = (u8 *)&answer };
	u32 length = sizeof(answer);
	s32 status;
	bool none;

	status = credssp_query_context_attributes(c->context, SECPKG_ATTR_SESSION_KEY, &answer,
						  &length);
	if (status != SEC_E_OK)
		return session_fail(c, status);
	r.left = length;
	r = smb_get_at(&r, answer.head.key_offset, min_t(u32, answer.head.key_length, SMB_KEY));
	none = !r.left;
	memset(key, 0, SMB_KEY);
	smb_get_bytes(&r, key, r.left);
	memzero_explicit(&answer, sizeof(answer));
	/* A signature with a key of zeros proves nothing. */
	return none ? smb_fail(c, -EPROTO, "the logon gives no session key") : 0;
}

static int session_start_signing(struct smb_connection *c)
{
	u8 key[SMB_KEY];
	int ret;

	ret = session_get_key(c, key);
	if (!ret)
		ret = smb_signing_start(c, key);
	memzero_explicit(key, sizeof(key));
	return ret;
}

/*
 * When a session is renewed its keys stay (SMB2 3.2.5.3.3), and smb_call() has verified the
 * signatures of all its answers with them.
 */
static int session_prove(struct smb_connection *c, const struct session_logon *l)
{
	int ret;

	if (c->signer)
		return 0;
	ret = session_start_signing(c);
	return ret ?: smb_check_signature(c, &l->answer);
}

int smb_session_setup(struct smb_connection *c)
{
	/* For the first logon the server's token comes with NEGOTIATE. */
	struct session_logon l = { .from_server = c->hint };
	int ret = -ENOMEM;

	c->hint = (struct smb_reader){};
	l.target = session_target(c);
	if (l.target)
		ret = session_exchange_all(c, &l);
	else
		smb_fail(c, ret, "not enough memory");
	if (!ret)
		ret = session_prove(c, &l);
	credssp_free_context_buffer(l.to_server);
	vfree(l.target);
	return ret;
}

/* ---- Requests of the session ---------------------------------------------------------- */

/* SMB2 3.2.5.1.6: the same session goes on, with a new logon of the same user. */
static int session_renew(struct smb_connection *c)
{
	u32 tree_id = c->tree_id;
	int ret;

	c->tree_id = 0;
	ret = smb_session_setup(c);
	c->tree_id = tree_id;
	if (!ret)
		c->renewed++;
	return ret;
}

int smb_session_call(struct smb_connection *c,
		     struct smb_writer (*build)(struct smb_connection *c),
		     struct smb_answer *a)
{
	struct smb_writer w = build(c);
	int ret;

	ret = smb_call(c, &w, a);
	if (ret || a->status != STATUS_NETWORK_SESSION_EXPIRED)
		return ret;
	ret = session_renew(c);
	if (ret)
		return ret;
	w = build(c);
	return smb_call(c, &w, a);
}

int smb_logoff(struct smb_connection *c)
{
	struct smb_writer w;
	struct smb_answer a;
	int ret;

	c->tree_id = 0;
	w = smb_begin(c, SMB_LOGOFF);
	smb_put_le16(&w, LOGOFF_SIZE);
	smb_put_le16(&w, 0);
	ret = smb_call(c, &w, &a);
	if (ret)
		return ret;
	return a.status == STATUS_SUCCESS ? 0 : smb_refused(c, &a);
}
