// SPDX-License-Identifier: GPL-2.0-only
/*
 * The in-kernel API's rule for memory: target names and buffers of kernel callers
 * are in virtual memory, not in the pool; and FreeContextBuffer.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/utf16.h"
#include "export_buffers.h"

/* In vmalloc()'s range, and mapped: an unmapped page follows each allocation. */
static bool export_is_mapped(const void *p)
{
	return is_vmalloc_addr(p) && vmalloc_to_page(p);
}

/* With VMAP_STACK the stack is in vmalloc()'s range too, but the contract excludes it. */
static bool export_is_virtual(const void *p, size_t len)
{
	return export_is_mapped(p) && export_is_mapped((const u8 *)p + len - 1) &&
	       !object_is_on_stack(p);
}

int cssp_export_check_buffers(const struct credssp_buffer_desc *desc)
{
	const struct credssp_buffer *b;
	u32 i;

	if (!desc)
		return 0;
	if (desc->count > CREDSSP_MAX_BUFFERS || (desc->count && !desc->buffers))
		return CSSP_E_PARAMETER;
	for (i = 0; i < desc->count; i++) {
		b = &desc->buffers[i];
		if (b->data && !export_is_virtual(b->data, b->length ?: 1))
			return CSSP_E_PARAMETER;
	}
	return 0;
}

/* The units of @name before its NUL; CSSP_E_TARGET when no NUL is in reach. */
static int export_target_units(const __le16 *name, size_t *units)
{
	for (*units = 0; *units <= CREDSSP_MAX_TARGET; (*units)++) {
		if (!export_is_virtual(&name[*units], sizeof(*name)))
			return CSSP_E_TARGET;
		if (!name[*units])
			return 0;
	}
	return CSSP_E_TARGET;
}

int cssp_export_read_target(const __le16 *name, struct cssp_vbuf *utf8)
{
	struct cssp_rd rd;
	struct cssp_wr wr;
	size_t units;
	int ret;

	if (!name)
		return 0;
	if (!export_is_virtual(name, sizeof(*name)))
		return CSSP_E_PARAMETER;
	ret = export_target_units(name, &units);
	if (ret)
		return ret;
	ret = cssp_vbuf_reserve(utf8, CREDSSP_MAX_TARGET);
	if (ret)
		return ret;
	rd = cssp_rd_of(name, units * sizeof(*name));
	wr = cssp_wr_of(utf8->data, CREDSSP_MAX_TARGET);
	if (cssp_utf16_to_utf8(&rd, &wr) || cssp_wr_done(&wr))
		return CSSP_E_TARGET;
	utf8->len = wr.len;
	return 0;
}

int cssp_export_give(const struct cssp_vbuf *b, void **data)
{
	*data = NULL;
	if (!b->len)
		return 0;
	*data = __vmalloc(b->len, CSSP_GFP);
	if (!*data)
		return -ENOMEM;
	memcpy(*data, b->data, b->len);
	return 0;
}

s32 credssp_free_context_buffer(void *buffer)
{
	if (buffer && !is_vmalloc_addr(buffer))
		return SEC_E_INVALID_PARAMETER;
	/* A buffer of the module holds a token to be sent, or facts: no secret to wipe. */
	vfree(buffer);
	return SEC_E_OK;
}
EXPORT_SYMBOL_GPL(credssp_free_context_buffer);
