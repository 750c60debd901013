// SPDX-License-Identifier: GPL-2.0-only
/* The table of the handles of one open file. */
#include "../base/mem.h"
#include "../base/status.h"
#include "handles.h"

void cssp_handles_init(struct cssp_handles *h)
{
	int kind;

	for (kind = 0; kind < CSSP_HANDLE_KINDS; kind++)
		xa_init_flags(&h->table[kind], XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	memset(h->next, 0, sizeof(h->next));
	atomic_set(&h->count, 0);
}

static void handles_drop(enum cssp_handle_kind kind, void *object)
{
	if (kind == CSSP_HANDLE_CRED) {
		cssp_cred_put(object);
		return;
	}
	cssp_context_cancel(object);
	cssp_context_put(object);
}

void cssp_handles_destroy(struct cssp_handles *h)
{
	unsigned long index;
	void *object;
	int kind;

	for (kind = 0; kind < CSSP_HANDLE_KINDS; kind++) {
		xa_for_each(&h->table[kind], index, object)
			handles_drop(kind, object);
		xa_destroy(&h->table[kind]);
	}
}

int cssp_handles_add(struct cssp_handles *h, enum cssp_handle_kind kind,
		     void *object, u64 *handle)
{
	u32 id;
	int ret;

	if (!atomic_add_unless(&h->count, 1, CSSP_MAX_HANDLES))
		return -EDQUOT;
	/* Numbers begin at 1; one is used again only after all the others. */
	ret = xa_alloc_cyclic(&h->table[kind], &id, object, xa_limit_31b, &h->next[kind],
			      CSSP_GFP);
	if (ret < 0) {
		atomic_dec(&h->count);
		return ret == -EBUSY ? -EDQUOT : ret;
	}
	*handle = id;
	return 0;
}

struct credssp_cred *cssp_handles_cred(struct cssp_handles *h, u64 handle)
{
	struct xarray *table = &h->table[CSSP_HANDLE_CRED];
	struct credssp_cred *cred;

	if (handle > U32_MAX)
		return NULL;
	xa_lock(table);
	cred = xa_load(table, handle);
	if (cred)
		cssp_cred_get(cred);
	xa_unlock(table);
	return cred;
}

struct credssp_context *cssp_handles_context(struct cssp_handles *h, u64 handle)
{
	struct xarray *table = &h->table[CSSP_HANDLE_CONTEXT];
	struct credssp_context *ctx;

	if (handle > U32_MAX)
		return NULL;
	xa_lock(table);
	ctx = xa_load(table, handle);
	if (ctx)
		cssp_context_get(ctx);
	xa_unlock(table);
	return ctx;
}

int cssp_handles_remove(struct cssp_handles *h, enum cssp_handle_kind kind, u64 handle)
{
	void *object = handle > U32_MAX ? NULL : xa_erase(&h->table[kind], handle);

	if (!object)
		return CSSP_E_HANDLE;
	atomic_dec(&h->count);
	handles_drop(kind, object);
	return 0;
}

void cssp_handles_discard(struct cssp_handles *h, enum cssp_handle_kind kind, u64 handle)
{
	/* Another thread may have guessed the number and removed it. */
	if (cssp_handles_remove(h, kind, handle))
		return;
}
