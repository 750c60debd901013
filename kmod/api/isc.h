/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * InitializeSecurityContext (CredSSP): the checks of arguments that the kernel
 * API and the ioctl share.  By then all buffers are in kernel memory.
 */
#ifndef CSSP_API_ISC_H
#define CSSP_API_ISC_H

#include <linux/credssp.h>

#include "../core/context.h"

/**
 * struct cssp_isc_call - one call
 * @cred: credential, NULL allowed on later calls
 * @who: pinned requester for a new context
 * @keep_key: whoever calls may ask a new context for its session key
 * @context: NULL on the first call
 * @reserved1: as passed
 * @reserved2: as passed
 * @data_rep: as passed
 * @input: SecBuffers as passed, NULL for none; types and lengths are updated
 * @output: likewise
 * @new_context: out: the context of a first call that succeeded, referenced
 * @identity: what a PKG_PARAMS buffer holds, during the call
 * @isc: target, flags and room in; token and attributes out
 */
struct cssp_isc_call {
	struct credssp_cred *cred;
	const struct cssp_requester *who;
	bool keep_key;
	struct credssp_context *context;
	u32 reserved1;
	u32 reserved2;
	u32 data_rep;
	struct credssp_buffer_desc *input;
	struct credssp_buffer_desc *output;
	struct credssp_context *new_context;
	struct cssp_identity identity;
	struct cssp_isc isc;
};

/*
 * Carry out the call.  @isc.token is the output, to be put where the caller
 * wants it; may be non-empty with an error (an alert).  Returns the status.
 */
s32 cssp_isc_call(struct cssp_isc_call *call);

/*
 * A call that is wrong before cssp_isc_call() can have it, by @err: that is
 * the end of @ctx (NULL on a first call), but for a stream, on which no exchange
 * begins anyway.  The errno to be told.
 */
int cssp_isc_refuse(struct credssp_context *ctx, int err);

/* The first buffer of @type, or NULL; @desc may be NULL. */
struct credssp_buffer *cssp_isc_find_buffer(const struct credssp_buffer_desc *desc, u32 type);
/*
 * Where @isc.token goes: the TOKEN, or the ALERT if there is one and @status is a
 * failure; the other one of the two is told to be empty.  NULL: nowhere, as what is
 * READONLY takes nothing and is told to be empty, too.
 */
struct credssp_buffer *cssp_isc_place_output(struct cssp_isc_call *call, s32 status);

#endif
