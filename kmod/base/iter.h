/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a message comes from and where its result goes: memory of a program or of the
 * kernel.  A program can change its memory at any time, so each byte of a source that has
 * a meaning is read once, and nothing that was written to a sink is read back.
 */
#ifndef CSSP_BASE_ITER_H
#define CSSP_BASE_ITER_H

#include <linux/uio.h>

#include "vbuf.h"

/**
 * struct cssp_source - a message
 * @iter: the bytes that were not read yet
 * @vec: its pieces in memory of the kernel
 *
 * @iter points to @vec: a source is never copied.
 */
struct cssp_source {
	struct iov_iter iter;
	struct kvec vec[2];
};

/**
 * enum cssp_sink_form - what the pieces of a sink are
 * @CSSP_SINK_WHOLE: one piece for the whole result
 * @CSSP_SINK_SPLIT: three pieces: what stands in front of the message, the message, and
 *	what stands behind it
 * @CSSP_SINK_INSIDE: one piece, the memory of a sealed message: the plaintext goes where
 *	the ciphertext was
 */
enum cssp_sink_form {
	CSSP_SINK_WHOLE,
	CSSP_SINK_SPLIT,
	CSSP_SINK_INSIDE,
};

/**
 * struct cssp_sink - room for a result
 * @form: see above
 * @user: the pieces are a program's memory
 * @iovec, @kvec: the pieces; for CSSP_SINK_SPLIT with the caller's room
 * @iter: after cssp_sink_open(), the room that was not written yet
 *
 * @iter points to the pieces: a sink is never copied.
 */
struct cssp_sink {
	enum cssp_sink_form form;
	bool user;
	union {
		struct iovec iovec[3];
		struct kvec kvec[3];
	};
	struct iov_iter iter;
};

/**
 * struct cssp_room - sizes of a result, in bytes
 * @whole: the result: a message with everything around it, or a plaintext
 * @before: in front of the ciphertext: a record's header, or a signature
 * @after: behind the ciphertext: a record's tag
 */
struct cssp_room {
	size_t whole;
	size_t before;
	size_t after;
};

/**
 * struct cssp_opened - result of opening a message
 * @intact: the call failed and has changed nothing; false after a success
 * @needed: after -ENODATA the bytes missing from the message, after -ENOSPC the room
 *	for its plaintext
 * @room: sizes of the plaintext at most, and of what was around it
 * @length: bytes of plaintext; 0 for a ticket or an empty record
 */
struct cssp_opened {
	bool intact;
	size_t needed;
	struct cssp_room room;
	size_t length;
};

void cssp_source_user(struct cssp_source *s, u64 addr, size_t n);
void cssp_source_kernel(struct cssp_source *s, const struct cssp_rd *rd);
/* Two pieces, one behind the other. */
void cssp_source_pair(struct cssp_source *s, const struct cssp_rd *a,
		      const struct cssp_rd *b);

static inline size_t cssp_source_left(const struct cssp_source *s)
{
	return iov_iter_count(&s->iter);
}

/* Are the next @n bytes mapped?  Another thread may unmap them afterwards. */
bool cssp_source_present(const struct cssp_source *s, size_t n);
/*
 * Copy the first @n bytes and leave the source as it is; fewer if it is shorter.
 * @got: out: bytes copied. 0 or -EFAULT.
 */
int __must_check cssp_source_peek(const struct cssp_source *s, void *to, size_t n,
				  size_t *got);
/* Append all bytes to @b. 0, -EFAULT or -ENOMEM. */
int __must_check cssp_source_load(struct cssp_source *s, struct cssp_vbuf *b);

/* One piece; CSSP_SINK_WHOLE. */
void cssp_sink_user(struct cssp_sink *s, u64 addr, size_t n);
void cssp_sink_kernel(struct cssp_sink *s, void *p, size_t n);
/* CSSP_SINK_INSIDE: @n bytes at @addr or @p are those of the sealed message. */
void cssp_sink_user_inside(struct cssp_sink *s, u64 addr, size_t n);
void cssp_sink_kernel_inside(struct cssp_sink *s, void *p, size_t n);
/* CSSP_SINK_SPLIT */
void cssp_sink_user_split(struct cssp_sink *s, u64 before, size_t before_n, u64 data,
			  size_t data_n, u64 after, size_t after_n);
void cssp_sink_kernel_split(struct cssp_sink *s, const struct kvec pieces[3]);

/* Is there room for a result?  One that goes inside of its message always fits. */
bool cssp_sink_fits(const struct cssp_sink *s, const struct cssp_room *room);

/**
 * cssp_sink_open() - set up @s->iter for a result that fits
 * @s: sink
 * @room: sizes of the result
 *
 * Another thread may unmap the memory afterwards.
 *
 * Return: 0; -EFAULT when the memory is not mapped writable.
 */
int __must_check cssp_sink_open(struct cssp_sink *s, const struct cssp_room *room);
/* All that can be checked before: @n bytes of @s, and room in @sink. 0, -ENOSPC, -EFAULT. */
int __must_check cssp_iter_prepare(const struct cssp_source *s, size_t n,
				   struct cssp_sink *sink, const struct cssp_room *room);
/* Append @n bytes. 0 or -EFAULT. */
int __must_check cssp_sink_put(struct cssp_sink *s, const void *p, size_t n);

#endif
