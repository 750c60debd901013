// SPDX-License-Identifier: GPL-2.0-only
/* Sources and sinks of messages. */
#include "iter.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "compat.h"

void cssp_source_user(struct cssp_source *s, u64 addr, size_t n)
{
	iov_iter_ubuf(&s->iter, ITER_SOURCE, u64_to_user_ptr(addr), n);
}

void cssp_source_pair(struct cssp_source *s, const struct cssp_rd *a, const struct cssp_rd *b)
{
	/* struct kvec has no form for memory that is only read. */
	s->vec[0] = (struct kvec){ (void *)a->p, a->left };
	s->vec[1] = (struct kvec){ (void *)b->p, b->left };
	iov_iter_kvec(&s->iter, ITER_SOURCE, s->vec, 2, a->left + b->left);
}

void cssp_source_kernel(struct cssp_source *s, const struct cssp_rd *rd)
{
	s->vec[0] = (struct kvec){ (void *)rd->p, rd->left };
	iov_iter_kvec(&s->iter, ITER_SOURCE, s->vec, 1, rd->left);
}

bool cssp_source_present(const struct cssp_source *s, size_t n)
{
	return !fault_in_iov_iter_readable(&s->iter, n);
}

int cssp_source_peek(const struct cssp_source *s, void *to, size_t n, size_t *got)
{
	struct iov_iter iter = s->iter;

	*got = min(n, iov_iter_count(&iter));
	return copy_from_iter_full(to, *got, &iter) ? 0 : -EFAULT;
}

int cssp_source_load(struct cssp_source *s, struct cssp_vbuf *b)
{
	size_t n = iov_iter_count(&s->iter);
	int ret;

	ret = cssp_vbuf_reserve(b, b->len + n);
	if (ret)
		return ret;
	if (!copy_from_iter_full(b->data + b->len, n, &s->iter))
		return -EFAULT;
	b->len += n;
	return 0;
}

void cssp_sink_user(struct cssp_sink *s, u64 addr, size_t n)
{
	*s = (struct cssp_sink){
		.form = CSSP_SINK_WHOLE,
		.user = true,
		.iovec[0] = { u64_to_user_ptr(addr), n },
	};
}

void cssp_sink_kernel(struct cssp_sink *s, void *p, size_t n)
{
	*s = (struct cssp_sink){ .form = CSSP_SINK_WHOLE, .kvec[0] = { p, n } };
}

void cssp_sink_user_inside(struct cssp_sink *s, u64 addr, size_t n)
{
	cssp_sink_user(s, addr, n);
	s->form = CSSP_SINK_INSIDE;
}

void cssp_sink_kernel_inside(struct cssp_sink *s, void *p, size_t n)
{
	cssp_sink_kernel(s, p, n);
	s->form = CSSP_SINK_INSIDE;
}

void cssp_sink_user_split(struct cssp_sink *s, u64 before, size_t before_n, u64 data,
			  size_t data_n, u64 after, size_t after_n)
{
	*s = (struct cssp_sink){
		.form = CSSP_SINK_SPLIT,
		.user = true,
		.iovec = {
			{ u64_to_user_ptr(before), before_n },
			{ u64_to_user_ptr(data), data_n },
			{ u64_to_user_ptr(after), after_n },
		},
	};
}

void cssp_sink_kernel_split(struct cssp_sink *s, const struct kvec pieces[3])
{
	*s = (struct cssp_sink){
		.form = CSSP_SINK_SPLIT,
		.kvec = { pieces[0], pieces[1], pieces[2] },
	};
}

/* An iovec and a kvec have the same members. */
static size_t sink_length(const struct cssp_sink *s, unsigned int piece)
{
	return s->user ? s->iovec[piece].iov_len : s->kvec[piece].iov_len;
}

static void sink_narrow(struct cssp_sink *s, unsigned int piece, size_t skip, size_t n)
{
	if (s->user)
		s->iovec[piece] = (struct iovec){ s->iovec[piece].iov_base + skip, n };
	else
		s->kvec[piece] = (struct kvec){ s->kvec[piece].iov_base + skip, n };
}

bool cssp_sink_fits(const struct cssp_sink *s, const struct cssp_room *room)
{
	switch (s->form) {
	case CSSP_SINK_SPLIT:
		return room->before <= sink_length(s, 0) && room->after <= sink_length(s, 2) &&
		       room->whole - room->before - room->after <= sink_length(s, 1);
	case CSSP_SINK_INSIDE:
		return true;
	default:
		return room->whole <= sink_length(s, 0);
	}
}

/*
 * True if a program's memory is mapped writable; false if that takes a closer look. @known:
 * a page that is, the last one of the piece before: the pieces of a record are neighbours.
 */
static bool sink_is_writable(const struct iovec *piece, unsigned long *known)
{
	unsigned long addr = (unsigned long)piece->iov_base & PAGE_MASK;
	unsigned long end = (unsigned long)piece->iov_base + piece->iov_len;
	struct page *page;

	for (; addr < end; addr += PAGE_SIZE) {
		if (addr == *known)
			continue;
		if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
			return false;
		put_page(page);
		*known = addr;
	}
	return true;
}

/*
 * The kernel's own check takes the slow path for every page. It is for memory without
 * struct pages for others, as that of memfd_secret().
 */
static bool sink_is_present(const struct cssp_sink *s, unsigned int pieces, size_t n)
{
	unsigned long known = 1;	/* no page begins there */
	bool writable = true;
	unsigned int i;

	for (i = 0; i < pieces; i++) {
		if (!access_ok(s->iovec[i].iov_base, s->iovec[i].iov_len))
			return false;
		writable = writable && sink_is_writable(&s->iovec[i], &known);
	}
	return writable || !fault_in_iov_iter_writeable(&s->iter, n);
}

int cssp_sink_open(struct cssp_sink *s, const struct cssp_room *room)
{
	unsigned int pieces = s->form == CSSP_SINK_SPLIT ? 3 : 1, i;
	size_t n = 0;

	switch (s->form) {
	case CSSP_SINK_WHOLE:
		sink_narrow(s, 0, 0, room->whole);
		break;
	case CSSP_SINK_SPLIT:
		sink_narrow(s, 0, 0, room->before);
		sink_narrow(s, 1, 0, room->whole - room->before - room->after);
		sink_narrow(s, 2, 0, room->after);
		break;
	case CSSP_SINK_INSIDE:
		sink_narrow(s, 0, room->before, room->whole);
		break;
	}
	for (i = 0; i < pieces; i++)
		n += sink_length(s, i);
	if (!s->user) {
		iov_iter_kvec(&s->iter, ITER_DEST, s->kvec, pieces, n);
		return 0;
	}
	iov_iter_init(&s->iter, ITER_DEST, s->iovec, pieces, n);
	return sink_is_present(s, pieces, n) ? 0 : -EFAULT;
}

int cssp_iter_prepare(const struct cssp_source *s, size_t n, struct cssp_sink *sink,
		      const struct cssp_room *room)
{
	if (!cssp_sink_fits(sink, room))
		return -ENOSPC;
	if (!cssp_source_present(s, n))
		return -EFAULT;
	return cssp_sink_open(sink, room);
}

int cssp_sink_put(struct cssp_sink *s, const void *p, size_t n)
{
	return copy_to_iter(p, n, &s->iter) == n ? 0 : -EFAULT;
}
