/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of an authentication, and its exit status, name and text. */
#ifndef CREDSSPCTL_OUTCOME_H
#define CREDSSPCTL_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include <credssp.h>

#include "net.h"

/* Exit statuses: part of the interface, credsspctl(1) */
enum exit_code {
	EXIT_CODE_AUTHENTICATED = 0,
	EXIT_CODE_USAGE = 1,
	EXIT_CODE_DENIED = 2,		/* logon denied */
	EXIT_CODE_POLICY = 3,		/* policy, FIPS mode, an unproven server */
	EXIT_CODE_PEER = 4,		/* the peer broke the protocol or the binding */
	EXIT_CODE_CONNECTION = 5,
	EXIT_CODE_NO_SERVICE = 6,	/* no module or no helper */
	EXIT_CODE_OTHER = 7,
};

/* Reasons of this program, beside enum credssp_reason */
enum ctl_reason {
	CTL_REASON_RESOLVE = 0x10001,
	CTL_REASON_CONNECT,
	CTL_REASON_X224_CLOSED,
	CTL_REASON_X224_MALFORMED,
	CTL_REASON_X224_REFUSED,
	CTL_REASON_X224_DOWNGRADE,
	CTL_REASON_X224_NOT_OFFERED,
	CTL_REASON_NO_MODULE,
	CTL_REASON_NO_PERMISSION,
	CTL_REASON_PASSWORD,
	CTL_REASON_HTTP_CLOSED,
	CTL_REASON_HTTP_MALFORMED,
	CTL_REASON_HTTP_NOT_OFFERED,
	CTL_REASON_HTTP_NO_TOKEN,
	CTL_REASON_HTTP_DENIED,
	CTL_REASON_HTTP_STATUS,
	CTL_REASON_HTTP_PREMATURE,
	CTL_REASON_HTTP_MESSAGE,
	CTL_REASON_NO_DEVICE,
};

/**
 * struct outcome - the result of one run
 * @status: SECURITY_STATUS; meaningless while @asked is false
 * @asked: the module gave @status
 * @reason: enum credssp_reason or enum ctl_reason
 * @detail: more about it, or empty
 * @report: of the module
 * @client: principal name of the user after a logon by Kerberos, else empty
 * @trace: lines about KDCs and tickets, or empty
 * @context_attr: ISC_RET_*
 * @expiry: of the context
 * @cert: the server's certificate in DER, or NULL
 * @cert_length: bytes of it
 * @address: numeric address of the server, or empty
 * @rdp_known: @rdp_protocol was selected
 * @rdp_protocol: RDP_PROTOCOL_*
 * @http_status: of the last answer by HTTP, 0 where there was none
 * @sealed_reply: the answer to a sealed message was sealed
 * @elapsed_ms: from connecting to the end
 */
struct outcome {
	int32_t status;
	bool asked;
	uint32_t reason;
	char detail[160];
	struct credssp_report report;
	char client[2 * CREDSSP_MAX_NAME + sizeof("@")];
	char trace[CREDSSP_HLP_MAX_TRACE + 1];
	uint32_t context_attr;
	struct credssp_timestamp expiry;
	void *cert;
	uint32_t cert_length;
	char address[NET_ADDRESS_MAX];
	bool rdp_known;
	uint32_t rdp_protocol;
	uint32_t http_status;
	bool sealed_reply;
	int64_t elapsed_ms;
};

enum exit_code outcome_exit_code(const struct outcome *o);

/* Stable name and description of @o->reason. */
const char *outcome_reason_name(const struct outcome *o);
const char *outcome_reason_text(const struct outcome *o);

/* Set a reason of this program, with printf-like detail. */
void outcome_fail(struct outcome *o, uint32_t reason, const char *detail, ...)
	__attribute__((format(printf, 3, 4)));
/* Set the module's status and reason. */
void outcome_status(struct outcome *o, int32_t status, uint32_t reason);
/* A transfer failed with errno: a timeout, or @reason with its text. */
void outcome_errno(struct outcome *o, uint32_t reason);

/* Set the client from the @length bytes of SECPKG_ATTR_NAMES. */
void outcome_client(struct outcome *o, const void *names, uint32_t length);

/* Set the trace from the @length bytes of SECPKG_ATTR_CREDSSP_TRACE. */
void outcome_trace(struct outcome *o, const void *trace, uint32_t length);

void outcome_free(struct outcome *o);

#endif
