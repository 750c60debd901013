// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include "base/log.h"
#include "base/vector.h"
#include "elements.h"

#define TAG_CONSTRUCTED	0x20
#define TAG_HIGH	0x1f	/* X.690 8.1.2.4: the number follows */
#define TAG_OCTETS	0x04
#define TAG_SEQUENCE	0x30
#define MORE		0x80	/* more bytes of a tag, or a long length */

/*
 * The deepest element in a certificate's syntax (a name in a distribution point) is on
 * level 14. GnuTLS makes no nodes of deeper elements; each level takes stack.
 */
#define MAX_DEPTH	32

/* Take a byte off the front of @in; zero if @in is empty. */
static unsigned int take_byte(gnutls_datum_t *in)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++;
}

static unsigned int take_tag(gnutls_datum_t *in)
{
	const unsigned int tag = take_byte(in);

	if ((tag & TAG_HIGH) == TAG_HIGH) {
		while (take_byte(in) & MORE)
			;
	}
	return tag;
}

/*
 * A length beyond the end of @in, and an indefinite length, count as all of @in:
 * malformed input is never counted as fewer elements than a parser may find in it.
 */
static size_t take_length(gnutls_datum_t *in)
{
	unsigned int first = take_byte(in);
	size_t length = first & ~MORE;

	if (first == MORE)
		return in->size;
	if (first & MORE) {
		length = 0;
		for (first &= ~MORE; first && in->size; first--) {
			length = length << 8 | take_byte(in);
			if (length > in->size)
				return in->size;
		}
	}
	return length < in->size ? length : in->size;
}

/*
 * The value of an extension is an OCTET STRING with DER. Values that can be long are
 * SEQUENCEs. A key identifier or a text is no DER, and is not counted as such.
 */
static bool has_elements(unsigned int tag, const gnutls_datum_t *content)
{
	if (tag == TAG_OCTETS)
		return content->size && content->data[0] == TAG_SEQUENCE;
	return tag & TAG_CONSTRUCTED;
}

/*
 * The number of elements in @in, including those inside constructed elements and
 * extensions. Above @limit the result is any number above it.
 */
static unsigned int elements_count(gnutls_datum_t in, unsigned int limit, unsigned int depth)
{
	gnutls_datum_t content;
	unsigned int count = 0, tag;

	if (depth > MAX_DEPTH)
		return 0;
	while (in.size && count <= limit) {
		count++;
		tag = take_tag(&in);
		content.size = take_length(&in);
		content.data = in.data;
		in.data += content.size;
		in.size -= content.size;
		if (count <= limit && has_elements(tag, &content))
			count += elements_count(content, limit - count, depth + 1);
	}
	return count;
}

int elements_add(const gnutls_datum_t *der, unsigned int *sum)
{
	const unsigned int count = elements_count(*der, ELEMENTS_OF_CERT, 0);

	*sum += count;
	if (count <= ELEMENTS_OF_CERT && *sum <= ELEMENTS_MAX)
		return 0;
	log_debug("certificates of too many elements");
	return GNUTLS_E_HANDSHAKE_TOO_LARGE;
}

int elements_check(const gnutls_datum_t *msg, bool tls13)
{
	gnutls_datum_t in = *msg, part, list;
	unsigned int sum = 0;
	int ret;

	/* RFC 8446 4.4.2: a context and the list; RFC 5246 7.4.2: the list */
	if ((tls13 && !vector_take(&in, 1, &part)) || !vector_take(&in, 3, &list))
		return 0;
	while (vector_take(&list, 3, &part)) {
		ret = elements_add(&part, &sum);
		if (ret)
			return ret;
		/* The extensions of this certificate */
		if (tls13 && !vector_take(&list, 2, &part))
			break;
	}
	return 0;
}
