// SPDX-License-Identifier: GPL-2.0-only
/* TLS options of a credential: their checks, and the search for a pinned server. */
#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "tls_options.h"

/* isascii(), because isalnum() knows Latin-1's letters as well. */
static bool tls_options_name_byte(u8 c)
{
	return isascii(c) && (isalnum(c) || strchr("._-", c)) && c;
}

static int tls_options_set_cert(struct cssp_tls_options *tls, const struct cssp_rd *cert)
{
	size_t i;

	if (cert->left > CREDSSP_MAX_CERT_NAME || (cert->left && cert->p[0] == '.'))
		return CSSP_E_PARAMETER;
	for (i = 0; i < cert->left; i++)
		if (!tls_options_name_byte(cert->p[i]))
			return CSSP_E_PARAMETER;
	memcpy(tls->cert, cert->p, cert->left);
	tls->cert[cert->left] = '\0';
	return 0;
}

int cssp_tls_options_set(struct cssp_tls_options *tls, const struct cssp_rd *cert,
			 const struct cssp_rd *pins)
{
	int ret = tls_options_set_cert(tls, cert);

	if (ret)
		return ret;
	if (pins->left % CREDSSP_PIN_SIZE ||
	    pins->left > CREDSSP_MAX_PINS * CREDSSP_PIN_SIZE)
		return CSSP_E_PARAMETER;
	if (!pins->left)
		return 0;
	tls->pins = kmemdup(pins->p, pins->left, CSSP_GFP);
	if (!tls->pins)
		return -ENOMEM;
	tls->pin_count = pins->left / CREDSSP_PIN_SIZE;
	return 0;
}

void cssp_tls_options_free(struct cssp_tls_options *tls)
{
	kfree(tls->pins);
	*tls = (struct cssp_tls_options){};
}

/* memcmp(), because fingerprints are not secret. */
bool cssp_tls_options_pinned(const struct cssp_tls_options *tls, const u8 *sha256)
{
	u32 i;

	for (i = 0; i < tls->pin_count; i++)
		if (!memcmp(tls->pins + i * CREDSSP_PIN_SIZE, sha256, CREDSSP_PIN_SIZE))
			return true;
	return false;
}
