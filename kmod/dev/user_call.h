/* SPDX-License-Identifier: GPL-2.0-only */
/* One call of an exchange, with buffers in the caller's memory: CREDSSP_IOC_INIT and _ACCEPT. */
#ifndef CSSP_DEV_USER_CALL_H
#define CSSP_DEV_USER_CALL_H

#include "../api/isc.h"
#include "ioctl.h"
#include "usercopy.h"

/**
 * struct cssp_user_args - what the structures of both ioctls have
 * @cred: handle
 * @input, @output: addresses of arrays of struct credssp_sec_buffer
 * @input_count, @output_count: their lengths
 */
struct cssp_user_args {
	u64 cred;
	u64 input;
	u64 output;
	u32 input_count;
	u32 output_count;
};

/**
 * struct cssp_user_call - a call in kernel memory
 * @isc: the call; borrows from the members below
 * @in: input buffers, with the contents of those that are read
 * @out: output buffers
 * @who: the caller
 */
struct cssp_user_call {
	struct cssp_isc_call isc;
	struct cssp_user_buffers in;
	struct cssp_user_buffers out;
	struct cssp_requester who;
};

/* Is @ctx there, and of the side that the call is for? */
static inline bool cssp_user_call_fits(const struct credssp_context *ctx, bool acceptor)
{
	return ctx && cssp_context_is_acceptor(ctx) == acceptor;
}

/* A call on @ctx, NULL for a first one. NULL when out of memory. */
struct cssp_user_call *cssp_user_call_alloc(struct cssp_chardev_file *file,
					    struct credssp_context *ctx);
void cssp_user_call_free(struct cssp_user_call *c);

/* Read the caller's memory. 0, -EFAULT, CSSP_E_PARAMETER, CSSP_E_HANDLE or -ENOMEM. */
int __must_check cssp_user_call_copy_in(struct cssp_user_call *c, struct cssp_handles *handles,
					const struct cssp_user_args *args);

/**
 * cssp_user_call_run() - carry out the call, and write the caller's memory
 * @c: call
 * @handles: of the file; a new context is added
 * @err: 0, or why the arguments could not be read
 * @args: as for cssp_user_call_copy_in()
 * @handle: the context's, 0 for none; out: that of a new one
 *
 * After -EFAULT of the arguments nothing was done, and the caller may repeat the call.
 * Otherwise a token that cannot be delivered ends the exchange.
 *
 * Return: of the call; or -EFAULT, -EINTR, -ENOMEM or -EDQUOT.
 */
int cssp_user_call_run(struct cssp_user_call *c, struct cssp_handles *handles, int err,
		       const struct cssp_user_args *args, u64 *handle);

#endif
