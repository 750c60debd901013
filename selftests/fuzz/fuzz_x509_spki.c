// SPDX-License-Identifier: GPL-2.0-only
/* Certificates: a key lies inside the certificate. Its form depends on its kind. */
#include "fuzz.h"
#include "wire/x509_spki.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size), key;
	int ret;

	ret = cssp_x509_subject_public_key(&rd, &key);
	HOLDS(!ret || ret == -EBADMSG || ret == -ENOPKG);
	if (ret)
		return 0;
	HOLDS(key.left && fuzz_inside(&key, &rd));
	return 0;
}
