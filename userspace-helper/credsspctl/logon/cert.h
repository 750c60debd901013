/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPCTL_CERT_H
#define CREDSSPCTL_CERT_H

#include <stdint.h>

/* Subject of a DER certificate as RFC 4514 writes it; to be freed, NULL if unreadable. */
char *cert_subject(const void *der, uint32_t length);

#endif
