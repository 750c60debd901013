// SPDX-License-Identifier: GPL-2.0-only
/* TLS records: the split records are complete, in order, and nothing is lost. */
#include "fuzz.h"
#include "wire/tls_record.h"

/* Read each record of @whole again. */
static void check_whole(struct cssp_rd whole, unsigned int count)
{
	size_t total;
	u8 type;

	while (count--) {
		HOLDS(!cssp_tls_record_total(&whole, &type, &total));
		HOLDS(type >= CSSP_TLS_CHANGE_CIPHER && type <= CSSP_TLS_DATA);
		HOLDS(total > CSSP_TLS_HEADER);
		HOLDS(total <= CSSP_TLS_HEADER + CSSP_TLS_MAX_SEALED);
		HOLDS(!cssp_rd_skip(&whole, total));
	}
	HOLDS(!whole.left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size), whole;
	unsigned int count;
	size_t missing;

	if (cssp_tls_records_split(&rd, &whole, &count, &missing))
		return 0;
	HOLDS(whole.left + rd.left == size);
	HOLDS(!rd.left == !missing);
	HOLDS(rd.left + missing <= CSSP_TLS_HEADER + CSSP_TLS_MAX_SEALED);
	check_whole(whole, count);
	return 0;
}
