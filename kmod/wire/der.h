/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of DER (X.690) that this module's messages use: one-octet tags and
 * definite lengths. No function recurses: each decoder has a fixed depth.
 *
 * Readers accept lengths and INTEGERs that are not minimal, because some peers send
 * them, and are strict in everything else. Writers produce strict DER.
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
#define CSSP_DER_GENERALIZED_TIME 0x18
#define CSSP_DER_GENERAL_STRING	0x1b
#define CSSP_DER_SEQUENCE	0x30
#define CSSP_DER_APPLICATION(n)	(0x60 | (n))
#define CSSP_DER_CONTEXT(n)	(0xa0 | (n))
#define CSSP_DER_MAX_TAG	30	/* of one octet */

/**
 * cssp_der_header() - read a tag and a length
 * @rd: advanced to the contents, which may be cut short
 * @tag: out: the tag
 * @len: out: bytes of contents
 *
 * Return: 0; -EAGAIN when the header is not complete (@rd is unchanged then);
 * -EBADMSG for a multi-octet tag, an indefinite length, or a length of
 * more than four octets.
 */
int __must_check cssp_der_header(struct cssp_rd *rd, u8 *tag, size_t *len);

/* Split off the next element's contents, whatever its tag. 0 or -EBADMSG. */
int __must_check cssp_der_any(struct cssp_rd *rd, u8 *tag, struct cssp_rd *contents);
/* Split off the next element's contents if its tag is @tag. 0 or -EBADMSG. */
int __must_check cssp_der_get(struct cssp_rd *rd, u8 tag, struct cssp_rd *contents);
/* As cssp_der_get(), and nothing may follow the element in @rd. */
int __must_check cssp_der_get_last(struct cssp_rd *rd, u8 tag, struct cssp_rd *contents);
/* Contents of the single @tag element inside the EXPLICIT [@n] that comes next. */
int __must_check cssp_der_get_field(struct cssp_rd *rd, unsigned int n, u8 tag,
				    struct cssp_rd *contents);
/* Tell whether the next element has tag @tag; for OPTIONAL fields. */
bool cssp_der_is(const struct cssp_rd *rd, u8 tag);

/* Value of the contents of an INTEGER or ENUMERATED, 0 to U32_MAX. 0 or -EBADMSG. */
int __must_check cssp_der_u32(const struct cssp_rd *contents, u32 *v);
/* Int32 of RFC 4120 5.2.4. 0 or -EBADMSG. */
int __must_check cssp_der_s32(const struct cssp_rd *contents, s32 *v);
/* An NTSTATUS: the low 32 bits of an INTEGER of 1 to 5 octets. 0 or -EBADMSG. */
int __must_check cssp_der_status(const struct cssp_rd *contents, u32 *v);

/**
 * struct cssp_der_wr - writes elements from the last to the first
 * @buf: memory to write to, filled from its end; NULL to count bytes only
 * @size: bytes of @buf
 * @len: bytes written so far
 *
 * A length precedes its contents. Writing backwards, the length is known when its
 * turn comes. So each message has one function, which first measures and then
 * writes; a buffer of the measured size always suffices.
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

/* A writer into the next @size bytes of @wr; @wr latches its overflow if it has fewer. */
struct cssp_der_wr cssp_der_wr_in(struct cssp_wr *wr, size_t size);

/* Put bytes in front of what was written. */
void cssp_der_put(struct cssp_der_wr *w, const void *p, size_t n);
void cssp_der_put_rd(struct cssp_der_wr *w, const struct cssp_rd *rd);
/* Put tag and length in front of what was written since @w->len was @mark. */
void cssp_der_wrap(struct cssp_der_wr *w, size_t mark, u8 tag);
/* Put an element in front. */
void cssp_der_put_tlv(struct cssp_der_wr *w, u8 tag, const struct cssp_rd *contents);
void cssp_der_put_u32(struct cssp_der_wr *w, u8 tag, u32 v);
/* Put an EXPLICIT [@n] that contains one element in front. */
void cssp_der_put_field(struct cssp_der_wr *w, unsigned int n, u8 tag,
			const struct cssp_rd *contents);
void cssp_der_put_field_u32(struct cssp_der_wr *w, unsigned int n, u8 tag, u32 v);

#endif
