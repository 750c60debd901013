// SPDX-License-Identifier: GPL-2.0-only
/* The AEAD suites that a session can have: RFC 8446 B.4, 5288, 5289, 7905. */
#include "suite.h"

#include <linux/kernel.h>
#include <linux/tls.h>

#define AES_128		TLS_CIPHER_AES_GCM_128, "AES", 128, 16
#define AES_256		TLS_CIPHER_AES_GCM_256, "AES", 256, 16
#define CHACHA20	TLS_CIPHER_CHACHA20_POLY1305, "CHACHA20_POLY1305", 256, 1
#define SHA_256		"SHA256", 256
#define SHA_384		"SHA384", 384

#define TLS_1_3(number, name, cipher, hash) \
	{ number, "TLS_" name, TLS_1_3_VERSION, cipher, hash, "", "" }
#define TLS_1_2(number, name, cipher, hash, exchange, certificate) \
	{ number, "TLS_" name, TLS_1_2_VERSION, cipher, hash, exchange, certificate }

static const struct cssp_tls_suite suites[] = {
	TLS_1_3(0x1301, "AES_128_GCM_SHA256", AES_128, SHA_256),
	TLS_1_3(0x1302, "AES_256_GCM_SHA384", AES_256, SHA_384),
	TLS_1_3(0x1303, "CHACHA20_POLY1305_SHA256", CHACHA20, SHA_256),
	TLS_1_2(0xc02f, "ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		AES_128, SHA_256, "ECDHE", "RSA"),
	TLS_1_2(0xc030, "ECDHE_RSA_WITH_AES_256_GCM_SHA384",
		AES_256, SHA_384, "ECDHE", "RSA"),
	TLS_1_2(0xc02b, "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
		AES_128, SHA_256, "ECDHE", "ECDSA"),
	TLS_1_2(0xc02c, "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
		AES_256, SHA_384, "ECDHE", "ECDSA"),
	TLS_1_2(0xcca8, "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
		CHACHA20, SHA_256, "ECDHE", "RSA"),
	TLS_1_2(0xcca9, "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
		CHACHA20, SHA_256, "ECDHE", "ECDSA"),
	TLS_1_2(0xccaa, "DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
		CHACHA20, SHA_256, "DHE", "RSA"),
	TLS_1_2(0x009c, "RSA_WITH_AES_128_GCM_SHA256", AES_128, SHA_256, "RSA", "RSA"),
	TLS_1_2(0x009d, "RSA_WITH_AES_256_GCM_SHA384", AES_256, SHA_384, "RSA", "RSA"),
	TLS_1_2(0x009e, "DHE_RSA_WITH_AES_128_GCM_SHA256",
		AES_128, SHA_256, "DHE", "RSA"),
	TLS_1_2(0x009f, "DHE_RSA_WITH_AES_256_GCM_SHA384",
		AES_256, SHA_384, "DHE", "RSA"),
};

const struct cssp_tls_suite *cssp_tls_suite_find(u16 number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suites); i++)
		if (suites[i].number == number)
			return &suites[i];
	return NULL;
}
