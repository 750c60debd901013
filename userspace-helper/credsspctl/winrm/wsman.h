/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The envelopes of WinRM's remote shell: WS-Management (DSP0226) with MS-WSMV's shell for cmd.
 * Both ends use them.
 */
#ifndef CREDSSPCTL_WSMAN_H
#define CREDSSPCTL_WSMAN_H

#include <stddef.h>
#include <stdio.h>

#include "xml.h"

#define NS_SOAP		"http://www.w3.org/2003/05/soap-envelope"
#define NS_ADDRESSING	"http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define NS_WSMAN	"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define NS_TRANSFER	"http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define NS_IDENTITY	"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define NS_SHELL	"http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define NS_FAULT	"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"

#define RESOURCE_CMD	NS_SHELL "/cmd"
#define ANONYMOUS	NS_ADDRESSING "/role/anonymous"

/* Operations, and the actions of their requests and answers */
#define ACTION_CREATE	NS_TRANSFER "/Create"
#define ACTION_DELETE	NS_TRANSFER "/Delete"
#define ACTION_COMMAND	NS_SHELL "/Command"
#define ACTION_SEND	NS_SHELL "/Send"
#define ACTION_RECEIVE	NS_SHELL "/Receive"
#define ACTION_SIGNAL	NS_SHELL "/Signal"
#define ACTION_FAULT	NS_ADDRESSING "/fault"

/* The streams of a shell */
#define WSMAN_STREAMS								\
	"<rsp:InputStreams>stdin</rsp:InputStreams>"				\
	"<rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"

#define STATE_RUNNING	NS_SHELL "/CommandState/Running"
#define STATE_DONE	NS_SHELL "/CommandState/Done"
#define SIGNAL_TERMINATE NS_SHELL "/signal/terminate"
#define SIGNAL_CTRL_C	NS_SHELL "/signal/ctrl_c"

/* Codes of faults (MS-WSMV 2.2.4.43, winerror.h) */
#define FAULT_BUSY		"170"		/* ERROR_BUSY */
#define FAULT_TIMEOUT		"2150858793"	/* ERROR_WSMAN_OPERATION_TIMEDOUT */
#define FAULT_NO_SHELL		"2150858843"	/* ERROR_WSMAN_INVALID_SELECTORS */
#define FAULT_UNSUPPORTED	"2150858818"	/* ERROR_WSMAN_UNSUPPORTED_FEATURE */
#define FAULT_SCHEMA		"2150858817"	/* ERROR_WSMAN_SCHEMA_VALIDATION_ERROR */

/* "uuid:" is written before one in MessageID and RelatesTo */
#define UUID_ROOM	37

/* A random UUID in capitals, as Windows writes them. 0, or -1 with errno. */
int wsman_uuid(char uuid[UUID_ROOM]);

/**
 * struct wsman_request - the head of a client's envelope
 * @to: host and port of the server
 * @action: ACTION_*
 * @shell: its identifier, or NULL
 * @timeout_s: seconds after which the server answers that there is nothing yet
 * @options: names and values in turn, NULL-terminated; or NULL
 */
struct wsman_request {
	const char *to;
	const char *action;
	const char *shell;
	unsigned int timeout_s;
	const char *const *options;
};

/*
 * Write the head and "<s:Body>", in which the prefix "rsp" is the shell's; and what ends an
 * envelope. @message is written into the head. 0, or -1 with errno.
 */
int wsman_begin(FILE *f, const struct wsman_request *r, char message[UUID_ROOM]);
void wsman_end(FILE *f);

/* Write the selector of a shell. */
void wsman_selector(FILE *f, const char *shell);

/* The same for a server: an answer with @action to the message @relates, which may be NULL. */
int wsman_begin_answer(FILE *f, const char *action, const char *relates);

/* Write "<rsp:Stream ...>" with bytes, or with none if @end. 0, or -1 with errno. */
int wsman_stream(FILE *f, const char *name, const char *command, const void *data, size_t n,
		 int end);

/* The bytes of a Stream, to be freed. 0, or -1 with errno, EBADMSG for what is not base64. */
int wsman_bytes(const struct xml_element *stream, unsigned char **data, size_t *n);

/* Seconds of "PT20S", "PT1M0.500S" and the like, rounded up; @otherwise for another text. */
unsigned int wsman_seconds(const char *duration, unsigned int otherwise);

#endif
