/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_FACTS_H
#define CREDSSPD_FACTS_H

#include <stdint.h>
#include <gnutls/gnutls.h>
#include <linux/credssp.h>

/* Keys and record number of one direction; @read: of receiving. 0 or -EPROTO. */
int facts_direction(gnutls_session_t session, unsigned int read,
		    struct credssp_hlp_tls_keys *keys);
/* TLS_1_2 or TLS_1_3; 0 for any other version. */
uint16_t facts_version(gnutls_session_t session);
/* The IANA number of the cipher suite, 0 when there is none. */
uint16_t facts_cipher(gnutls_session_t session);

#endif
