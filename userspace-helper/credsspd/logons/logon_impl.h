/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Logons by NTLM: messages between the gate and those who check a proof, the bookkeeper and the
 * workers for winbind. One question or verdict is in each packet.
 */
#ifndef CREDSSPD_LOGON_IMPL_H
#define CREDSSPD_LOGON_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/credssp.h>
#include "account.h"
#include "ntlm_proof.h"

/* NTSTATUS values of MS-ERREF 2.3.1 */
#define STATUS_NO_SUCH_USER		0xc0000064
#define STATUS_WRONG_PASSWORD		0xc000006a
#define STATUS_LOGON_FAILURE		0xc000006d
#define STATUS_ACCOUNT_RESTRICTION	0xc000006e
#define STATUS_INVALID_LOGON_HOURS	0xc000006f
#define STATUS_INVALID_WORKSTATION	0xc0000070
#define STATUS_PASSWORD_EXPIRED		0xc0000071
#define STATUS_ACCOUNT_DISABLED		0xc0000072
#define STATUS_INTERNAL_ERROR		0xc00000e5
#define STATUS_LOGON_TYPE_NOT_GRANTED	0xc000015b
#define STATUS_ACCOUNT_EXPIRED		0xc0000193
#define STATUS_INSUFF_SERVER_RESOURCES	0xc0000205
#define STATUS_PASSWORD_MUST_CHANGE	0xc0000224
#define STATUS_ACCOUNT_LOCKED_OUT	0xc0000234

/* Bytes of a name in a request, in UTF-16LE: as in a credential */
#define LOGON_NAME_MAX		CREDSSP_MAX_NAME
/* Bytes of an account's own name, DOMAIN\user in UTF-8 */
#define LOGON_ACCOUNT_MAX	CREDSSP_MAX_NAME

/**
 * struct logon_request - a request NTLM_LOGON; all borrowed
 * @head: its structure
 * @workstation: name of the initiator's machine, as it says, of @head.workstation_length bytes
 * @response: the rest of the names, and the response
 */
struct logon_request {
	struct credssp_hlp_ntlm_logon head;
	const uint8_t *workstation;
	struct ntlm_response response;
};

/* Bytes of what follows the header of a request */
#define LOGON_PAYLOAD_MAX \
	(sizeof(struct credssp_hlp_ntlm_logon) + 3 * LOGON_NAME_MAX + CREDSSP_HLP_MAX_NTLM_RESPONSE)

/* 0; -EBADMSG for what no module sends, or -EMSGSIZE. */
int logon_request_read(struct logon_request *r, const uint8_t *payload, size_t length);

/*
 * The user, and the domain, which a user may have in its own name as user@domain. False if no
 * account can have these names.
 */
bool logon_request_names(const struct logon_request *r, struct account_name *user,
			 struct account_name *domain);

/**
 * struct logon_question - to a checker; the payload of NTLM_LOGON follows
 * @id: repeated in the verdict
 */
struct logon_question {
	uint64_t id;
};

/**
 * struct logon_verdict - from a checker; the account's name follows
 * @id: of the question; 0 in the bookkeeper's first packet, where @usable counts alone
 * @usable: there is a file of accounts
 * @elsewhere: not an account of the file, but perhaps one of another domain
 * @trouble: of a worker, for the log: LOGON_OTHER_NAMES, or why it could not ask winbind:
 *	LOGON_NO_LIBRARY or an error of libwbclient (wbcErr); 0 for none. The gate logs it, within
 *	a limit
 * @reply: for the module
 */
struct logon_verdict {
	uint64_t id;
	uint32_t usable;
	uint32_t elsewhere;
	uint32_t trouble;
	struct credssp_hlp_ntlm_reply reply;
};

#define LOGON_NO_LIBRARY	UINT32_MAX
/* The acceptor's names are not those of the member of the domain. */
#define LOGON_OTHER_NAMES	(UINT32_MAX - 1)

#define LOGON_QUESTION_MAX	(sizeof(struct logon_question) + LOGON_PAYLOAD_MAX)
#define LOGON_VERDICT_MAX	(sizeof(struct logon_verdict) + LOGON_ACCOUNT_MAX)

/* Is this a verdict? */
bool logon_verdict_read(struct logon_verdict *v, const uint8_t *packet, size_t length);
/* Make @reply one that refuses. */
void logon_refuse(struct credssp_hlp_ntlm_reply *reply, uint32_t failure, uint32_t ntstatus);

#endif
