/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * InitializeSecurityContext (CredSSP): the checks of arguments that the kernel
 * API and the ioctl share.  All buffers are in kernel memory here.  asc.h has what
 * AcceptSecurityContext adds.
 */
#ifndef CSSP_API_ISC_H
#define CSSP_API_ISC_H

#include <linux/credssp.h>

#include "../core/context.h"
#include "../cred/package.h"

struct cssp_asc;

/**
 * struct cssp_isc_call - one call
 * @asc: AcceptSecurityContext: its options; NULL for InitializeSecurityContext, whose context
 *	and credential are of another kind
 * @cred: credential; NULL is allowed on later calls
 * @who: pinned requester for a new context
 * @keep_key: the caller may ask a new context for its session key
 * @context: NULL on the first call
 * @reserved1: as passed
 * @reserved2: as passed
 * @data_rep: as passed
 * @input: SecBuffers as passed, NULL for none; types and lengths are updated
 * @output: likewise
 * @package: of the context or credential; set by cssp_isc_call()
 * @new_context: out: the context of a first call that succeeded, referenced; with @asc also
 *	of one that failed and has a token, or whose token does not fit
 * @reason: out: enum credssp_reason of a first call that failed without a context, else 0
 * @identity: contents of a PKG_PARAMS buffer, during the call
 * @bindings: MD5 of the contents of a CHANNEL_BINDINGS buffer
 * @isc: in: target, flags and room; out: token and attributes
 */
struct cssp_isc_call {
	const struct cssp_asc *asc;
	struct credssp_cred *cred;
	const struct cssp_requester *who;
	bool keep_key;
	struct credssp_context *context;
	u32 reserved1;
	u32 reserved2;
	u32 data_rep;
	struct credssp_buffer_desc *input;
	struct credssp_buffer_desc *output;
	const struct cssp_package *package;
	struct credssp_context *new_context;
	u32 reason;
	struct cssp_identity identity;
	u8 bindings[CSSP_BINDINGS_SIZE];
	struct cssp_isc isc;
};

/**
 * cssp_isc_call() - check the arguments and carry out the call
 * @call: the call; @call->isc.token is the output, which cssp_isc_place_output()
 *	places and the caller frees; after a failure it may hold an alert
 *
 * A call that the checks refuse kills @call->context, unless the context is a kTLS
 * stream, on which no exchange begins anyway.
 *
 * Context: may sleep; killable.
 * Return: as cssp_context_initialize(), or the errno of the first wrong argument;
 * cssp_status_exchange() turns it into a status.
 */
int cssp_isc_call(struct cssp_isc_call *call);

/**
 * cssp_isc_refuse() - end a call whose arguments could not even be read
 * @ctx: context of the call, NULL on a first call; dies as in cssp_isc_call()
 * @err: why the arguments could not be read
 *
 * Return: the errno for the caller: @err, or why no exchange can begin at all.
 */
int cssp_isc_refuse(struct credssp_context *ctx, int err);

/* The first buffer of @type, or NULL; @desc may be NULL. */
struct credssp_buffer *cssp_isc_find_buffer(const struct credssp_buffer_desc *desc, u32 type);

/**
 * cssp_isc_place_output() - set the lengths of the output buffers
 * @call: call after cssp_isc_call()
 * @ret: result of the call
 *
 * The output goes to the TOKEN, but the alert of a failure to the ALERT where there is one.
 * That buffer's length becomes the output's, the room needed after -ENOSPC, or 0
 * where the output does not fit (an alert is dropped then) or the buffer is READONLY.
 * The other buffer of the two becomes empty.
 *
 * Return: the buffer that receives @call->isc.token, or NULL for none.
 */
struct credssp_buffer *cssp_isc_place_output(struct cssp_isc_call *call, int ret);

#endif
