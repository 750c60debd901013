/* SPDX-License-Identifier: GPL-2.0-only */
/* What the peer can be told to do wrong, or oddly: one table of names. */
#ifndef PEER_WRONG_H
#define PEER_WRONG_H

#include <stdbool.h>
#include <stddef.h>

/* Content types of TLS records, RFC 8446 5.1 */
enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23, RECORD_NONE = 99 };

/* Points of a connection, in the server's order. */
enum point {
	POINT_NEVER,
	POINT_ACCEPT,	/* the connection is accepted, nothing was read */
	POINT_X224,	/* the X.224 connection request was read */
	POINT_HELLO,	/* the ClientHello was read */
	POINT_FLIGHT,	/* the server's first flight was sent */
	POINT_TLS,	/* the handshake is finished */
	POINT_NEGO,	/* the first negoToken was read */
	POINT_AUTH,	/* AUTHENTICATE was read */
	POINT_CREDS,	/* authInfo was read */
	POINT_EARLY,	/* when the Early User Authorization Result is due */
	POINT_MESSAGE,	/* a sealed message was read from HTTP */
};

enum action {
	ACTION_NONE,
	/* done once, at the point; the connection ends with it */
	ACTION_CLOSE,
	ACTION_RESET,
	ACTION_SILENCE,
	ACTION_ALERT,		/* arg: AlertDescription */
	ACTION_BYE,		/* close_notify, then silence */
	ACTION_ERROR,		/* TSRequest with errorCode; arg: enum ts_form */
	ACTION_ERROR_TOKEN,	/* ... and a negoToken beside it */
	ACTION_GARBAGE,		/* bytes that are no TLS */
	ACTION_CLEARTEXT,	/* a TSRequest without TLS */
	ACTION_BAD_TAG,		/* a record that is not sealed */
	ACTION_HALF_RECORD,	/* the front of a record, then a close */
	ACTION_BIG_RECORD,	/* a record header that announces 65535 bytes */
	/* done once, at the point, and the connection goes on */
	ACTION_EMPTY_RECORDS,	/* arg: how many */
	ACTION_KEY_UPDATE,
	ACTION_TICKETS,		/* arg: how many */
	ACTION_WAIT,		/* arg: milliseconds */
	ACTION_HELLO_REQUEST,	/* TLS 1.2 renegotiation */
	ACTION_RECORD,		/* arg: type of a sealed record that is no data */
	/* a change of what is sent */
	ACTION_FORM,		/* arg: enum ts_form of the answer at the point */
	ACTION_CHALLENGE,		/* arg: enum chal_form */
	ACTION_CLEAR,		/* arg: NTLM flags that are not granted */
	ACTION_SET,		/* arg: NTLM flags set unasked */
	ACTION_ZERO_KEY,
	ACTION_CHALLENGE_AGAIN,	/* answer AUTHENTICATE by a CHALLENGE */
	ACTION_BIND,		/* arg: enum bind_form */
	ACTION_VERSION,		/* arg: the version in the answer at the point, later ones too */
	ACTION_NONCE,		/* a clientNonce of our own */
	ACTION_EARLY_PUB_KEY,	/* pubKeyAuth beside the CHALLENGE */
	ACTION_SPNEGO,		/* arg: enum spnego_form */
	ACTION_SEGMENTS,		/* arg: bytes of each TCP segment */
	ACTION_RECORDS,		/* arg: plaintext bytes of each record */
	ACTION_EARLY,		/* arg: the result PDU's value */
	ACTION_EARLY_HALF,	/* half of the PDU */
	ACTION_SELECT,		/* arg: the protocol selected in X.224 */
	ACTION_X224_FAILURE,	/* arg: failure code */
	ACTION_X224_FORM,		/* arg: enum x224_form */
	ACTION_KRB,		/* arg: enum krb_form of the answer to the AP-REQ */
	ACTION_CFX,		/* arg: index of a byte of sealed messages << 8, bits to flip */
	ACTION_RRC,		/* arg: by how many bytes sealed messages are rotated */
	ACTION_NOT_SEALED,	/* messages with integrity alone (RFC 4121 4.2.4) */
	ACTION_HTTP,		/* arg: enum http_form of the answer at the point, or of all */
};

/* pubKeyAuth from the server, MS-CSSP 3.1.5 */
enum bind_form {
	BIND_RIGHT,
	BIND_OTHER_KEY,		/* for another public key */
	BIND_NONCE,		/* for a nonce with one bit flipped */
	BIND_REFLECT,		/* the client's sealed bytes, unchanged */
	BIND_CLIENT,		/* the client's plaintext, sealed by the server */
	BIND_SPKI,		/* SubjectPublicKeyInfo instead of SubjectPublicKey */
	BIND_OLD,		/* the key's echo at version 5 or 6 */
	BIND_NEW,		/* the hash at version 2 to 4 */
	BIND_ZERO,		/* zero bytes, the first one incremented */
	BIND_SHORT,
	BIND_LONG,
	BIND_EMPTY,
	BIND_MISSING,
	BIND_UNSEALED,
	BIND_CIPHERTEXT,	/* one bit flipped in the sealed bytes */
	BIND_SIGNATURE,		/* one bit flipped in the checksum */
	BIND_NUMBER,		/* a sequence number is skipped */
};

/* The server's SPNEGO tokens */
enum spnego_form {
	SPNEGO_FORM_RIGHT,	/* the final token goes beside pubKeyAuth */
	SPNEGO_FORM_BEFORE,	/* the final token in a TSRequest before pubKeyAuth */
	SPNEGO_FORM_TOGETHER,	/* the same, both in one TLS record */
	SPNEGO_FORM_NONE,	/* neither made nor sent */
	SPNEGO_FORM_DROPPED,	/* made, but not sent */
	SPNEGO_FORM_NO_MIC,	/* without a mechListMIC */
	SPNEGO_FORM_BAD_MIC,
	SPNEGO_FORM_REFUSED,	/* negState reject instead of the CHALLENGE */
	SPNEGO_FORM_OTHER_MECH,	/* selects a mechanism that was not offered */
	SPNEGO_FORM_RAW,	/* a CHALLENGE without SPNEGO around it */
	SPNEGO_FORM_REQUEST_MIC,
	SPNEGO_FORM_FINAL_REFUSED,
	SPNEGO_FORM_MALFORMED,
	SPNEGO_FORM_COMPLETED,	/* accept-completed beside the CHALLENGE */
};

/* The answer to the AP-REQ, RFC 4121 4.1 and RFC 4178 */
enum krb_form {
	KRB_FORM_RIGHT,		/* accept-completed with the AP-REP */
	KRB_FORM_WINDOWS,	/* accept-incomplete with the AP-REP and a mechListMIC */
	KRB_FORM_MIC,		/* accept-completed with the AP-REP and a mechListMIC */
	KRB_FORM_BAD_MIC,
	KRB_FORM_MS_OID,	/* selects Kerberos by Windows' OID */
	KRB_FORM_OWN_OID,	/* ... by its own */
	KRB_FORM_NTLM,		/* request-mic, and NTLM is selected */
	KRB_FORM_NTLM_OID,	/* the AP-REP, but NTLM is selected */
	KRB_FORM_REFUSED,	/* reject without a reason */
	KRB_FORM_NO_AP_REP,	/* accept-completed without the AP-REP */
	KRB_FORM_ALTERED,	/* an AP-REP under another key */
	KRB_FORM_CUT,		/* half of the AP-REP */
	KRB_FORM_OTHER_TOKEN,	/* TOK_ID of an AP-REQ */
	KRB_FORM_AGAIN,		/* the AP-REP of an earlier connection */
	KRB_FORM_SKEW,		/* KRB-ERRORs in a reject: KRB_AP_ERR_SKEW, an hour ahead */
	KRB_FORM_MODIFIED,	/* KRB_AP_ERR_MODIFIED */
	KRB_FORM_USER_TO_USER,	/* KRB_AP_ERR_USER_TO_USER_REQUIRED */
	KRB_FORM_GENERIC,	/* KRB_ERR_GENERIC */
	KRB_FORM_UNKNOWN,	/* error-code 4000 */
	KRB_FORM_INCOMPLETE,	/* KRB_ERR_GENERIC in accept-incomplete */
	KRB_FORM_ERROR_CUT,	/* half of a KRB-ERROR */
};

enum x224_form {
	X224_RIGHT,
	X224_NO_ANSWER,		/* a confirm without RDP_NEG_RSP */
	X224_GARBAGE,
	X224_LENGTH,		/* a TPKT of 65535 bytes */
	X224_HALF,
};

/*
 * Answers of the HTTP carrier. After an answer with which no
 * client can go on the connection ends.
 */
enum http_form {
	HTTP_RIGHT,
	HTTP_CHUNKED,
	HTTP_CONTINUE,		/* 100 comes first */
	HTTP_LIST,		/* CredSSP among other schemes */
	HTTP_BARE,		/* CredSSP without a token, before and after the one with it */
	HTTP_BODY,		/* an HTML page beside the token */
	HTTP_NO_TOKEN,
	HTTP_OTHER_SCHEME,
	HTTP_BASE64,		/* the token is not base64 */
	HTTP_TWO,		/* two CredSSP challenges */
	HTTP_CUT,		/* half of the token */
	HTTP_HUGE_HEADER,
	HTTP_HALF,		/* half of the answer */
	HTTP_GARBAGE,
	HTTP_CLOSING,		/* Connection: close */
	HTTP_OK,		/* 200 where 401 is due */
	HTTP_NOT_FOUND,
	HTTP_ERROR,
	HTTP_DENIED,		/* 401 where 200 is due */
	HTTP_BIG,		/* a reply in several parts */
	HTTP_FAULT,		/* 500, properly sealed */
	HTTP_BLANK,		/* "-- Encrypted Boundary" */
	HTTP_MESSAGE_PLAIN,
	HTTP_MESSAGE_TAMPERED,
	HTTP_MESSAGE_LENGTH,	/* a wrong length of the message */
	HTTP_MESSAGE_END,	/* no boundary at the end */
};

/**
 * struct wrong - one line of the table
 * @name: for --wrong
 * @verdict: bad: the client must refuse; good: it must go on; late: it comes
 *	when authInfo is out; any: either, but in bounded time
 * @needs: other options that it needs: echo (version 2 to 4), hash (5, 6),
 *	spnego, kerberos (in SPNEGO, and a keytab), tls1.2, tls1.3, x224, early (a
 *	result PDU), http, - (nothing)
 * @action, @point, @arg: what is done, and when
 * @text: for people
 */
struct wrong {
	const char *name;
	const char *verdict;
	const char *needs;
	enum action action;
	enum point point;
	long arg;
	const char *text;
};

const struct wrong *wrong_find(const char *name);
/* Line @i, NULL past the end. */
const struct wrong *wrong_at(size_t i);
void wrong_list(void);
const char *point_name(enum point where);

#endif
