// SPDX-License-Identifier: GPL-2.0-only
#include "krb5_enctypes.h"

krb5_enctype krb5_enctypes[KRB5_ENCTYPES_COUNT + 1] = {
	ENCTYPE_AES256_CTS_HMAC_SHA1_96,
	ENCTYPE_AES128_CTS_HMAC_SHA1_96,
	ENCTYPE_AES256_CTS_HMAC_SHA384_192,
	ENCTYPE_AES128_CTS_HMAC_SHA256_128,
	0,
};

bool krb5_enctypes_have(krb5_enctype enctype)
{
	for (int i = 0; i < KRB5_ENCTYPES_COUNT; i++)
		if (krb5_enctypes[i] == enctype)
			return true;
	return false;
}
