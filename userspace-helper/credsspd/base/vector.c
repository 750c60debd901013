// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include "vector.h"

bool vector_take(gnutls_datum_t *in, unsigned int size, gnutls_datum_t *vector)
{
	size_t length = 0;

	if (in->size < size)
		return false;
	for (unsigned int i = 0; i < size; i++)
		length = length << 8 | in->data[i];
	if (length > in->size - size)
		return false;
	*vector = (gnutls_datum_t){ in->data + size, length };
	in->data += size + length;
	in->size -= size + length;
	return true;
}
