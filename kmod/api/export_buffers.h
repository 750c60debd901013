/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of the in-kernel callers. */
#ifndef CSSP_API_EXPORT_BUFFERS_H
#define CSSP_API_EXPORT_BUFFERS_H

#include <linux/credssp.h>

#include "../base/vbuf.h"

/*
 * 0, or CSSP_E_PARAMETER for too many buffers or one outside of virtual memory.
 * @desc may be NULL.
 */
int __must_check cssp_export_check_buffers(const struct credssp_buffer_desc *desc);

/*
 * A target name, NUL-terminated UTF-16LE, as UTF-8; @name may be NULL for none.
 * 0; CSSP_E_PARAMETER outside of virtual memory; CSSP_E_TARGET when the name is too
 * long, does not end or is not UTF-16; -ENOMEM.
 */
int __must_check cssp_export_read_target(const __le16 *name, struct cssp_vbuf *utf8);

/*
 * A copy of @b for the caller, who frees it with credssp_free_context_buffer(); NULL if
 * @b is empty. 0 or -ENOMEM.
 */
int __must_check cssp_export_give(const struct cssp_vbuf *b, void **data);

#endif
