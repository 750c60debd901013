/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kerberos' messages between the peers, as far as this module reads them: the framing of
 * RFC 4121 4.1, KRB-ERROR (RFC 4120 5.9.1), and the two messages of the user-to-user
 * draft (draft-swift-win2k-krb-user2user). All views are borrowed.
 */
#ifndef CSSP_WIRE_KRB5_MSG_H
#define CSSP_WIRE_KRB5_MSG_H

#include "../base/buf.h"

/* TOK_ID: RFC 4121 4.1, and the user-to-user draft */
enum cssp_krb5_tok {
	CSSP_KRB5_AP_REQ	= 0x0100,
	CSSP_KRB5_AP_REP	= 0x0200,
	CSSP_KRB5_KRB_ERROR	= 0x0300,
	CSSP_KRB5_TGT_REQ	= 0x0400,
	CSSP_KRB5_TGT_REP	= 0x0401,
};

/**
 * struct cssp_krb5_token - a token of the context's establishment, RFC 2743 3.1
 * @user_to_user: it has the OID of the user-to-user mechanism, 1.2.840.113554.1.2.2.3,
 *	else that of Kerberos, 1.2.840.113554.1.2.2
 * @id: enum cssp_krb5_tok; a TGT-REQ or TGT-REP needs @user_to_user
 * @body: the Kerberos message, not looked into
 * @microsoft: without @user_to_user: the OID is Microsoft's, 1.2.840.48018.1.2.2
 */
struct cssp_krb5_token {
	bool user_to_user;
	u16 id;
	struct cssp_rd body;
	bool microsoft;
};

/* Takes exactly one token. 0 or -EBADMSG. */
int __must_check cssp_krb5_token_decode(const struct cssp_rd *rd, struct cssp_krb5_token *t);
size_t cssp_krb5_token_size(const struct cssp_krb5_token *t);
void cssp_krb5_token_encode(const struct cssp_krb5_token *t, struct cssp_wr *wr);

/**
 * struct cssp_krb5_error - KRB-ERROR, which nothing protects
 * @code: error-code, RFC 4120 7.5.9
 * @stime: the sender's clock, seconds since 1970 UTC
 */
struct cssp_krb5_error {
	u32 code;
	u64 stime;
};

/* Takes exactly one message. 0 or -EBADMSG. */
int __must_check cssp_krb5_error_decode(const struct cssp_rd *body, struct cssp_krb5_error *e);

/**
 * struct cssp_krb5_tgt_req - request for the ticket that a user-to-user ticket is made with
 * @service, @host: components of the server's name, NT-SRV-INST (RFC 4120 6.2). Both are
 *	empty, or none: an empty name is not sent, and a name of another form is read as one
 * @realm: the server's realm; not sent if it is empty
 */
struct cssp_krb5_tgt_req {
	struct cssp_rd service;
	struct cssp_rd host;
	struct cssp_rd realm;
};

/* Takes exactly one message, with a name of any type and number of components. 0 or -EBADMSG. */
int __must_check cssp_krb5_tgt_req_decode(const struct cssp_rd *body,
					  struct cssp_krb5_tgt_req *req);
size_t cssp_krb5_tgt_req_size(const struct cssp_krb5_tgt_req *req);
void cssp_krb5_tgt_req_encode(const struct cssp_krb5_tgt_req *req, struct cssp_wr *wr);

/**
 * cssp_krb5_tgt_rep_decode() - the answer to a TGT-REQ
 * @body: exactly one message
 * @ticket: out: the Ticket, one DER element [APPLICATION 1] with its tag, not looked into
 *
 * Return: 0 or -EBADMSG.
 */
int __must_check cssp_krb5_tgt_rep_decode(const struct cssp_rd *body, struct cssp_rd *ticket);
size_t cssp_krb5_tgt_rep_size(const struct cssp_rd *ticket);
void cssp_krb5_tgt_rep_encode(const struct cssp_rd *ticket, struct cssp_wr *wr);

#endif
