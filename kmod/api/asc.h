/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AcceptSecurityContext (CredSSP): what it adds to isc.h.  The call is a struct
 * cssp_isc_call with @asc, without target, and with ASC_REQ_* and ASC_RET_*.
 */
#ifndef CSSP_API_ASC_H
#define CSSP_API_ASC_H

#include "isc.h"

/* Every CREDSSP_ACCEPT_* */
#define CSSP_ASC_FLAGS	(CREDSSP_ACCEPT_RESTRICTED_ADMIN | CREDSSP_ACCEPT_REMOTE_GUARD | \
			 CREDSSP_ACCEPT_EARLY_AUTH)

/**
 * struct cssp_asc - options of an acceptor; used by the first call on a context
 * @flags: CREDSSP_ACCEPT_*
 * @peer: where the initiator is; all-zero: not known
 */
struct cssp_asc {
	u32 flags;
	struct credssp_address peer;
};

/* The functions below are for isc.c; callers use cssp_isc_call(). */

/* 0, or -EINVAL for options that make no sense. */
int __must_check cssp_asc_check_options(const struct cssp_isc_call *call);
/*
 * The same for a call that makes a context, and is its token a beginning? -ENODATA when no
 * record is whole: then no context is made.
 */
int __must_check cssp_asc_check_first(struct cssp_isc_call *call);
/* Pass the options on. */
void cssp_asc_set_options(struct cssp_isc_call *call);

#endif
