// SPDX-License-Identifier: GPL-2.0-only
/* Messages between the Kerberos initiator and the acceptor: names, frames, errors. */
#include "krb5_message.h"

#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/ktime.h>

#include "../base/status.h"
#include "../policy/spn.h"
#include "encode.h"
#include "krb5_upcall.h"

/* Service of a bare host name, as that of Windows' computer accounts and of most keytabs */
#define DEFAULT_SERVICE	"host"

/* Error codes of RFC 4120 7.5.9 that have a meaning of their own here */
#define KDC_ERR_MUST_USE_USER2USER		27
#define KRB_AP_ERR_BAD_INTEGRITY		31
#define KRB_AP_ERR_TKT_EXPIRED			32
#define KRB_AP_ERR_NOT_US			35
#define KRB_AP_ERR_BADMATCH			36	/* KRB_AP_WRONG_PRINC in MIT's headers */
#define KRB_AP_ERR_SKEW				37
#define KRB_AP_ERR_MODIFIED			41
#define KRB_AP_ERR_BADKEYVER			44
#define KRB_AP_ERR_NOKEY			45
#define KRB_AP_ERR_USER_TO_USER_REQUIRED	69

static const struct {
	u32 code;
	int err;
	u32 reason;
} message_errors[] = {
	{ KDC_ERR_MUST_USE_USER2USER, CSSP_E_UNSUPPORTED, CREDSSP_REASON_USER_TO_USER },
	{ KRB_AP_ERR_USER_TO_USER_REQUIRED, CSSP_E_UNSUPPORTED, CREDSSP_REASON_USER_TO_USER },
	{ KRB_AP_ERR_TKT_EXPIRED, CSSP_E_NO_CREDS, CREDSSP_REASON_TICKETS_EXPIRED },
	{ KRB_AP_ERR_SKEW, CSSP_E_SKEW, CREDSSP_REASON_SKEW },
	/* The server does not have the key of this ticket. */
	{ KRB_AP_ERR_BAD_INTEGRITY, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ KRB_AP_ERR_NOT_US, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ KRB_AP_ERR_BADMATCH, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ KRB_AP_ERR_MODIFIED, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ KRB_AP_ERR_BADKEYVER, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ KRB_AP_ERR_NOKEY, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
};

int cssp_krb5_message_error(const struct cssp_rd *body, struct cssp_krb5_outcome *o)
{
	struct cssp_krb5_error e;
	size_t i;
	int ret;

	ret = cssp_krb5_error_decode(body, &e);
	if (ret)
		return ret;
	o->krb_error = e.code;
	if (e.code == KRB_AP_ERR_SKEW)
		o->skew = e.stime - ktime_get_real_seconds();
	for (i = 0; i < ARRAY_SIZE(message_errors); i++)
		if (message_errors[i].code == e.code) {
			o->reason = message_errors[i].reason;
			return message_errors[i].err;
		}
	o->reason = CREDSSP_REASON_KRB_ERROR;
	return CSSP_E_LOGON_DENIED;
}

/* A host that has a principal: a name, not an address. */
static bool message_is_name(const char *host)
{
	u8 address[4];

	return *host && !strchr(host, ':') && !in4_pton(host, -1, address, -1, NULL);
}

int cssp_krb5_message_target(const char *spn, struct cssp_vbuf *target)
{
	char name[CREDSSP_MAX_TARGET + 1];
	const char *slash, *host;
	int ret;

	cssp_spn_service(spn, name, sizeof(name));
	slash = strchr(name, '/');
	host = slash ? slash + 1 : name;
	/* An '@' would begin the realm of the principal. */
	if (!message_is_name(host) || slash == name || strchr(name, '@'))
		return CSSP_E_TARGET;
	cssp_vbuf_clear(target);
	if (!slash) {
		ret = cssp_vbuf_append(target, DEFAULT_SERVICE "/", strlen(DEFAULT_SERVICE "/"));
		if (ret)
			return ret;
	}
	return cssp_vbuf_append(target, name, strlen(name));
}

int cssp_krb5_message_frame(const struct cssp_krb5_token *t, struct cssp_vbuf *token)
{
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(token, cssp_krb5_token_size(t), &wr);
	if (ret)
		return ret;
	cssp_krb5_token_encode(t, &wr);
	return cssp_encode_end(token, &wr);
}

/* SERVICE/HOST as the components of a name */
static struct cssp_krb5_tgt_req message_name_of(const struct cssp_rd *target)
{
	struct cssp_krb5_tgt_req req = {};
	struct cssp_rd rd = *target;
	const u8 *slash = memchr(rd.p, '/', rd.left);

	if (slash && !cssp_rd_sub(&rd, slash - rd.p, &req.service) && !cssp_rd_skip(&rd, 1))
		req.host = rd;
	return req;
}

/* Frame the user-to-user message that was written to @body, and free it. */
static int message_frame_user(u16 id, struct cssp_vbuf *body, const struct cssp_wr *wr,
			      struct cssp_vbuf *token)
{
	struct cssp_krb5_token t = { .user_to_user = true, .id = id };
	int ret = cssp_encode_end(body, wr);

	t.body = cssp_vbuf_rd(body);
	if (!ret)
		ret = cssp_krb5_message_frame(&t, token);
	cssp_vbuf_free(body);
	return ret;
}

int cssp_krb5_message_tgt_req(const struct cssp_rd *target, struct cssp_vbuf *token)
{
	struct cssp_krb5_tgt_req req = message_name_of(target);
	struct cssp_vbuf body = {};
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(&body, cssp_krb5_tgt_req_size(&req), &wr);
	if (ret)
		return ret;
	cssp_krb5_tgt_req_encode(&req, &wr);
	return message_frame_user(CSSP_KRB5_TGT_REQ, &body, &wr, token);
}

int cssp_krb5_message_tgt_rep(const struct cssp_rd *ticket, struct cssp_vbuf *token)
{
	struct cssp_vbuf body = {};
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(&body, cssp_krb5_tgt_rep_size(ticket), &wr);
	if (ret)
		return ret;
	cssp_krb5_tgt_rep_encode(ticket, &wr);
	return message_frame_user(CSSP_KRB5_TGT_REP, &body, &wr, token);
}

int cssp_krb5_message_client(const struct cssp_rd *name, struct cssp_vbuf *client)
{
	int ret;

	ret = cssp_vbuf_set(client, name);
	return ret ?: cssp_vbuf_append(client, "", 1);
}
