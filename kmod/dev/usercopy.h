/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies from and to the caller's memory, of plain bytes and of SecBuffers. */
#ifndef CSSP_DEV_USERCOPY_H
#define CSSP_DEV_USERCOPY_H

#include <linux/credssp.h>

#include "../base/vbuf.h"

/**
 * struct cssp_user_buffers - a SecBufferDesc of the caller in kernel form
 * @user: as copied from user space
 * @kernel: the same; @data is only compared with NULL, except that of the input
 *	token, of PKG_PARAMS and of CHANNEL_BINDINGS after cssp_user_buffers_load()
 * @desc: of @kernel
 * @token: copy of the input token
 * @params: copy of PKG_PARAMS
 * @bindings: copy of CHANNEL_BINDINGS
 */
struct cssp_user_buffers {
	struct credssp_sec_buffer user[CREDSSP_MAX_BUFFERS];
	struct credssp_buffer kernel[CREDSSP_MAX_BUFFERS];
	struct credssp_buffer_desc desc;
	struct cssp_vbuf token;
	struct cssp_vbuf params;
	struct cssp_vbuf bindings;
};

/* One copy into an empty buffer. 0, -EFAULT, CSSP_E_PARAMETER over @max, -ENOMEM. */
int __must_check cssp_user_copy_in(struct cssp_vbuf *b, u64 addr, u32 length, u32 max);
/* 0 or -EFAULT. */
int __must_check cssp_user_copy_out(u64 addr, const void *p, size_t length);
/*
 * An answer of variable length.  @length: in: room at @addr; out: bytes of the answer.
 * 0, -ENOSPC or -EFAULT.
 */
int __must_check cssp_user_copy_answer(u64 addr, u32 *length, const struct cssp_vbuf *answer);

/* An array of @count struct credssp_sec_buffer. 0, -EFAULT, CSSP_E_PARAMETER. */
int __must_check cssp_user_buffers_in(struct cssp_user_buffers *b, u64 addr, u32 count);
/*
 * The contents of the TOKEN, PKG_PARAMS and CHANNEL_BINDINGS buffers of an input. 0, -EFAULT,
 * -ENOMEM.
 */
int __must_check cssp_user_buffers_load(struct cssp_user_buffers *b);
/* @contents to the memory of @buffer, which is one of @b->kernel. 0 or -EFAULT. */
int __must_check cssp_user_buffers_store(const struct cssp_user_buffers *b,
					 const struct credssp_buffer *buffer,
					 const struct cssp_vbuf *contents);
/* The types and lengths, back to the array. 0 or -EFAULT. */
int __must_check cssp_user_buffers_out(struct cssp_user_buffers *b, u64 addr);
void cssp_user_buffers_free(struct cssp_user_buffers *b);

#endif
