// SPDX-License-Identifier: GPL-2.0-only
/* The buffer that receives the output of an exchange's call. */
#include <kunit/test.h>

#include "api/isc.h"
#include "base/status.h"

/* A call that is refused for a READONLY buffer writes no alert there. */
static void read_only_alerts(struct kunit *test)
{
	struct credssp_buffer b[2];
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 1, b };
	struct cssp_isc_call call = { .output = &desc };
	u8 room[8];

	b[0] = (struct credssp_buffer){ SECBUFFER_TOKEN | SECBUFFER_READONLY, 8, room };
	KUNIT_EXPECT_NULL(test, cssp_isc_place_output(&call, CSSP_E_PARAMETER));
	KUNIT_EXPECT_EQ(test, b[0].length, 0);
	b[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, 8, room };
	b[1] = (struct credssp_buffer){ SECBUFFER_ALERT | SECBUFFER_READONLY, 8, room };
	desc.count = 2;
	KUNIT_EXPECT_NULL(test, cssp_isc_place_output(&call, CSSP_E_PARAMETER));
	KUNIT_EXPECT_EQ(test, b[0].length, 0);
	KUNIT_EXPECT_EQ(test, b[1].length, 0);
}

/* The lengths that the output buffers get, and the buffer that gets the output. */
static void placed_outputs(struct kunit *test)
{
	static const struct {
		int result;
		u32 output, token, alert;	/* bytes */
		bool no_memory;
		int chosen;
	} rows[] = {
		{ .result = 0, .output = 5, .token = 5, .chosen = 0 },
		{ .result = -EAGAIN, .output = 8, .token = 8, .chosen = 0 },
		{ .result = -ENODATA, .token = 0, .chosen = 0 },
		{ .result = -ENOSPC, .token = 99, .chosen = -1 },
		{ .result = CSSP_E_CERT_WANTED, .chosen = 0 },
		{ .result = CSSP_E_PARAMETER, .output = 7, .alert = 7, .chosen = 1 },
		{ .result = CSSP_E_PARAMETER, .chosen = 1 },
		{ .result = CSSP_E_PARAMETER, .output = 9, .chosen = -1 },
		{ .result = CSSP_E_PARAMETER, .output = 7, .no_memory = true, .chosen = -1 },
	};
	struct credssp_buffer b[2], *chosen;
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 2, b };
	u8 room[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cssp_isc_call call = {
			.output = &desc,
			.isc = { .token.len = rows[i].output, .needed = 99 },
		};

		b[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, sizeof(room), room };
		b[1] = (struct credssp_buffer){ SECBUFFER_ALERT, sizeof(room),
						rows[i].no_memory ? NULL : room };
		chosen = cssp_isc_place_output(&call, rows[i].result);
		KUNIT_EXPECT_EQ_MSG(test, b[0].length, rows[i].token, "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, b[1].length, rows[i].alert, "row %zu", i);
		KUNIT_EXPECT_PTR_EQ_MSG(test, chosen,
					rows[i].chosen < 0 ? NULL : &b[rows[i].chosen],
					"row %zu", i);
	}
}

static struct kunit_case isc_output_cases[] = {
	KUNIT_CASE(read_only_alerts),
	KUNIT_CASE(placed_outputs),
	{}
};

static struct kunit_suite isc_output_suite = {
	.name = "credssp_api_isc_output",
	.test_cases = isc_output_cases,
};

kunit_test_suite(isc_output_suite);
