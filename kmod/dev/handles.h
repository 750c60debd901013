/* SPDX-License-Identifier: GPL-2.0-only */
/* Handles of one open file: 64-bit numbers for contexts and credentials. */
#ifndef CSSP_DEV_HANDLES_H
#define CSSP_DEV_HANDLES_H

#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "../core/context.h"

/*
 * Contexts and credentials that one open file may hold.  A context costs some
 * tens of KiB of kernel memory while it is made; redirectors and gateways hold
 * hundreds.
 */
#define CSSP_MAX_HANDLES	4096

enum cssp_handle_kind {
	CSSP_HANDLE_CRED,
	CSSP_HANDLE_CONTEXT,
	CSSP_HANDLE_KINDS,
};

/**
 * struct cssp_handles - table of one open file
 * @table: one per kind; an entry holds a reference.  Lookups take the xarray's
 *	own lock, under which the reference that they return is taken
 * @next: where the search for a free number goes on, so that none is reused soon
 * @count: entries of both kinds
 */
struct cssp_handles {
	struct xarray table[CSSP_HANDLE_KINDS];
	u32 next[CSSP_HANDLE_KINDS];
	atomic_t count;
};

void cssp_handles_init(struct cssp_handles *h);
/* Drop all that is left, cancelling calls under way. */
void cssp_handles_destroy(struct cssp_handles *h);

/* The table takes over the caller's reference. 0, -ENOMEM, or -EDQUOT at the limit. */
int __must_check cssp_handles_add(struct cssp_handles *h, enum cssp_handle_kind kind,
				  void *object, u64 *handle);
/* With a reference for the caller; NULL when there is none. */
struct credssp_cred *cssp_handles_cred(struct cssp_handles *h, u64 handle);
struct credssp_context *cssp_handles_context(struct cssp_handles *h, u64 handle);
/* Take it out of the table and drop its reference. 0 or -EBADF. */
int __must_check cssp_handles_remove(struct cssp_handles *h, enum cssp_handle_kind kind,
				     u64 handle);
/* The same for a handle that nobody has been told yet. */
void cssp_handles_discard(struct cssp_handles *h, enum cssp_handle_kind kind, u64 handle);

#endif
