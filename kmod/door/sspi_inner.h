/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of the inner packages in the kernel API: a signature and the data. */
#ifndef CSSP_DOOR_SSPI_INNER_H
#define CSSP_DOOR_SSPI_INNER_H

#include <linux/credssp.h>

/* sspi.c: 0, or -EINVAL for buffers outside virtual memory, or too many. */
int __must_check cssp_sspi_check_buffers(const struct credssp_buffer_desc *desc);

/* EncryptMessage and DecryptMessage of an inner package's context; a status. */
s32 cssp_sspi_seal(struct credssp_context *context, struct credssp_buffer_desc *message);
s32 cssp_sspi_unseal(struct credssp_context *context,
		     struct credssp_buffer_desc *message);

#endif
