// SPDX-License-Identifier: GPL-2.0-only
/* UTF-8 and UTF-16LE: converting there and back gives the same bytes. */
#include "fuzz.h"
#include "wire/utf16.h"

static void check_from_utf8(const struct cssp_rd *utf8)
{
	ssize_t size = cssp_utf16_size(utf8);
	struct cssp_rd utf16;
	struct cssp_wr wr, back;

	if (size < 0) {
		HOLDS(size == -EBADMSG);
		return;
	}
	wr = fuzz_room(size);
	HOLDS(!cssp_utf16_write(utf8, &wr));
	utf16 = fuzz_written(&wr);
	HOLDS(!cssp_utf16_check(&utf16));
	back = fuzz_room(utf8->left);
	HOLDS(!cssp_utf16_to_utf8(&utf16, &back));
	HOLDS(cssp_rd_equal(utf8, back.buf, back.len) && !cssp_wr_done(&back));
	free(wr.buf);
	free(back.buf);
}

static void check_from_utf16(const struct cssp_rd *utf16)
{
	/* A code unit of two bytes is at most three in UTF-8. */
	struct cssp_wr wr = fuzz_room(utf16->left / 2 * 3), back;
	struct cssp_rd utf8;

	if (!cssp_utf16_to_utf8(utf16, &wr)) {
		HOLDS(!cssp_wr_done(&wr) && !cssp_utf16_check(utf16));
		utf8 = cssp_rd_of(wr.buf, wr.len);
		back = fuzz_room(utf16->left);
		HOLDS(!cssp_utf16_write(&utf8, &back));
		HOLDS(cssp_rd_equal(utf16, back.buf, back.len));
		free(back.buf);
	}
	free(wr.buf);
}

static void check_upper(const struct cssp_rd *utf16)
{
	struct cssp_wr once = fuzz_room(utf16->left & ~(size_t)1);
	struct cssp_wr twice = fuzz_room(once.size);
	struct cssp_rd upper;

	cssp_utf16_write_upper(utf16, &once);
	upper = fuzz_written(&once);
	cssp_utf16_write_upper(&upper, &twice);
	HOLDS(cssp_rd_equal(&upper, twice.buf, twice.len));
	free(once.buf);
	free(twice.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cssp_rd rd = cssp_rd_of(data, size);

	check_from_utf8(&rd);
	check_from_utf16(&rd);
	check_upper(&rd);
	return 0;
}
