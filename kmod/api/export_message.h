/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of the inner packages in the kernel API: a signature and the data. */
#ifndef CSSP_API_EXPORT_MESSAGE_H
#define CSSP_API_EXPORT_MESSAGE_H

#include <linux/credssp.h>

/* sspi.c: 0, or -EINVAL for buffers outside virtual memory, or too many. */
int __must_check cssp_export_check_buffers(const struct credssp_buffer_desc *desc);

/* EncryptMessage and DecryptMessage of an inner package's context; a status. */
s32 cssp_export_seal(struct credssp_context *context, struct credssp_buffer_desc *message);
s32 cssp_export_unseal(struct credssp_context *context,
		     struct credssp_buffer_desc *message);

#endif
