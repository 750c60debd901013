/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of DER (X.690) that the messages here are made of: one-octet tags,
 * definite lengths.  Nothing recurses: depth is bounded by the code that reads.
 *
 * Reading is lenient where peers are known to be sloppy (lengths and INTEGERs
 * that are not minimal) and strict everywhere else.  Writing is strict DER.
 */
#ifndef CSSP_WIRE_DER_H
#define CSSP_WIRE_DER_H

#include "../base/buf.h"

#define CSSP_DER_INTEGER	0x02
#define CSSP_DER_BIT_STRING	0x03
#define CSSP_DER_OCTET_STRING	0x04
#define CSSP_DER_NULL		0x05
#define CSSP_DER_OID		0x06
#define CSSP_DER_ENUMERATED	0x0a
#define CSSP_DER_GENERAL_STRING	0x1b
#define CSSP_DER_SEQUENCE	0x30
#define CSSP_DER_APPLICATION(n)	(0x60 | (n))
#define CSSP_DER_CONTEXT(n)	(0xa0 | (n))

/**
 * cssp_der_header() - read a tag and a length
 * @rd: advanced to the contents, which need not be there
 * @tag: out
 * @len: out: bytes of contents
 *
 * Return: 0; -EAGAIN when the header is not whole (@rd is then left where it
 * was); -EBADMSG for a multi-octet tag, an indefinite length, or a length of
 * more than four octets.
 */
int __must_check cssp_der_header(struct cssp_rd *rd, u8 *tag, size_t *len);

/* Split off the next element's contents, whatever its tag. 0 or -EBADMSG. */
int __must_check cssp_der_any(struct cssp_rd *rd, u8 *tag, struct cssp_rd *contents);
/* Split off the next element's contents if its tag is @tag. 0 or -EBADMSG. */
int __must_check cssp_der_get(struct cssp_rd *rd, u8 tag, struct cssp_rd *contents);
/* The same for the last element: nothing may follow it in @rd. */
int __must_check cssp_der_get_last(struct cssp_rd *rd, u8 tag, struct cssp_rd *contents);
/* Contents of the one @tag element inside the EXPLICIT [@n] that comes next. */
int __must_check cssp_der_get_field(struct cssp_rd *rd, unsigned int n, u8 tag,
				    struct cssp_rd *contents);
/* Does an element of tag @tag come next?  How OPTIONAL fields are found. */
bool cssp_der_is(const struct cssp_rd *rd, u8 tag);

/* Value of an INTEGER's or ENUMERATED's contents, 0 to U32_MAX. 0 or -EBADMSG. */
int __must_check cssp_der_u32(const struct cssp_rd *contents, u32 *v);
/* The low 32 bits of an INTEGER's contents of 1 to 5 octets: an NTSTATUS. */
int __must_check cssp_der_status(const struct cssp_rd *contents, u32 *v);

/**
 * struct cssp_der_wr - writes elements from the last to the first
 * @buf: room, filled from its end; NULL: nothing is stored, only counted
 * @size: room in bytes
 * @len: bytes written so far
 *
 * A length stands before its contents; writing backwards it is known when its
 * turn comes, so there is one function per message, which both measures (for
 * the room) and writes.  Room of the measured size always suffices.
 */
struct cssp_der_wr {
	u8 *buf;
	size_t size;
	size_t len;
};

/* A writer that only counts. */
static inline struct cssp_der_wr cssp_der_wr_measure(void)
{
	return (struct cssp_der_wr){};
}

/* A writer into the next @size bytes of @wr, which latches when they are not there. */
struct cssp_der_wr cssp_der_wr_in(struct cssp_wr *wr, size_t size);

/* Put bytes in front of what was written. */
void cssp_der_put(struct cssp_der_wr *w, const void *p, size_t n);
void cssp_der_put_rd(struct cssp_der_wr *w, const struct cssp_rd *rd);
/* Put tag and length in front of what was written since @w->len was @mark. */
void cssp_der_wrap(struct cssp_der_wr *w, size_t mark, u8 tag);
/* Put an element in front. */
void cssp_der_put_tlv(struct cssp_der_wr *w, u8 tag, const struct cssp_rd *contents);
void cssp_der_put_u32(struct cssp_der_wr *w, u8 tag, u32 v);
/* Put an EXPLICIT [@n] with an element in it in front. */
void cssp_der_put_field(struct cssp_der_wr *w, unsigned int n, u8 tag,
			const struct cssp_rd *contents);
void cssp_der_put_field_u32(struct cssp_der_wr *w, unsigned int n, u8 tag, u32 v);

#endif
