/* SPDX-License-Identifier: GPL-2.0-only */
/* Handles of one open file: 64-bit numbers for contexts and credentials. */
#ifndef CSSP_DEV_HANDLES_H
#define CSSP_DEV_HANDLES_H

#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "../core/context.h"

/*
 * Contexts and credentials that one open file may hold.  A context takes some tens of
 * KiB of kernel memory during its exchange; redirectors and gateways hold hundreds.
 */
#define CSSP_MAX_HANDLES	4096

enum cssp_handle_kind {
	CSSP_HANDLE_CRED,
	CSSP_HANDLE_CONTEXT,
	CSSP_HANDLE_KINDS,
};

/**
 * struct cssp_handles - handles of one open file
 * @table: one per kind; an entry holds a reference.  A lookup takes its own reference
 *	under the xarray's lock
 * @next: where the search for a free number goes on, so that no number is reused soon
 * @count: entries of both kinds
 */
struct cssp_handles {
	struct xarray table[CSSP_HANDLE_KINDS];
	u32 next[CSSP_HANDLE_KINDS];
	atomic_t count;
};

void cssp_handles_init(struct cssp_handles *h);
/* Drop what is left, and cancel calls under way. */
void cssp_handles_destroy(struct cssp_handles *h);

/* The table takes over the caller's reference. 0, -ENOMEM, or -EDQUOT at the limit. */
int __must_check cssp_handles_add(struct cssp_handles *h, enum cssp_handle_kind kind,
				  void *object, u64 *handle);
/* With a reference for the caller; NULL for an unknown number. */
struct credssp_cred *cssp_handles_cred(struct cssp_handles *h, u64 handle);
struct credssp_context *cssp_handles_context(struct cssp_handles *h, u64 handle);
/* Remove the entry, drop its reference, and cancel calls on a context. 0 or CSSP_E_HANDLE. */
int __must_check cssp_handles_remove(struct cssp_handles *h, enum cssp_handle_kind kind,
				     u64 handle);
/* The same for a handle that the caller of the ioctl does not get to see. */
void cssp_handles_discard(struct cssp_handles *h, enum cssp_handle_kind kind, u64 handle);

#endif
