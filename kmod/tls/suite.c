// SPDX-License-Identifier: GPL-2.0-only
/* The AEAD suites that a session can have: RFC 8446 B.4, 5288, 5289, 7905. */
#include "suite.h"

#include <linux/kernel.h>
#include <linux/tls.h>

#define SHA_256		"SHA256", 256
#define SHA_384		"SHA384", 384

static const struct cssp_tls_cipher aes128 = { TLS_CIPHER_AES_GCM_128, "AES", 128, 16 };
static const struct cssp_tls_cipher aes256 = { TLS_CIPHER_AES_GCM_256, "AES", 256, 16 };
static const struct cssp_tls_cipher chacha20 = {
	TLS_CIPHER_CHACHA20_POLY1305, "CHACHA20_POLY1305", 256, 1
};

static const struct cssp_tls_suite suite_table[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256",
	  TLS_1_3_VERSION, &aes128, SHA_256, "", "" },
	{ 0x1302, "TLS_AES_256_GCM_SHA384",
	  TLS_1_3_VERSION, &aes256, SHA_384, "", "" },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256",
	  TLS_1_3_VERSION, &chacha20, SHA_256, "", "" },
	{ 0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	  TLS_1_2_VERSION, &aes128, SHA_256, "ECDHE", "RSA" },
	{ 0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
	  TLS_1_2_VERSION, &aes256, SHA_384, "ECDHE", "RSA" },
	{ 0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
	  TLS_1_2_VERSION, &aes128, SHA_256, "ECDHE", "ECDSA" },
	{ 0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
	  TLS_1_2_VERSION, &aes256, SHA_384, "ECDHE", "ECDSA" },
	{ 0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	  TLS_1_2_VERSION, &chacha20, SHA_256, "ECDHE", "RSA" },
	{ 0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
	  TLS_1_2_VERSION, &chacha20, SHA_256, "ECDHE", "ECDSA" },
	{ 0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	  TLS_1_2_VERSION, &chacha20, SHA_256, "DHE", "RSA" },
	{ 0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256",
	  TLS_1_2_VERSION, &aes128, SHA_256, "RSA", "RSA" },
	{ 0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384",
	  TLS_1_2_VERSION, &aes256, SHA_384, "RSA", "RSA" },
	{ 0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
	  TLS_1_2_VERSION, &aes128, SHA_256, "DHE", "RSA" },
	{ 0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
	  TLS_1_2_VERSION, &aes256, SHA_384, "DHE", "RSA" },
};

const struct cssp_tls_suite *cssp_tls_suite_find(u16 number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suite_table); i++)
		if (suite_table[i].number == number)
			return &suite_table[i];
	return NULL;
}
