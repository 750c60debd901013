/* SPDX-License-Identifier: GPL-2.0-only */
/* Vectors of TLS (RFC 8446 3.4): a length, then as many bytes. */
#ifndef CREDSSPD_VECTOR_H
#define CREDSSPD_VECTOR_H

#include <stdbool.h>
#include <gnutls/gnutls.h>

/*
 * Take a vector with a length of @size bytes off the front of @in. False if @in ends
 * before the vector does; @in is not changed then.
 */
bool vector_take(gnutls_datum_t *in, unsigned int size, gnutls_datum_t *vector);

#endif
