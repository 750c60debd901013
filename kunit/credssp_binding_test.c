// SPDX-License-Identifier: GPL-2.0-only
/* kmod/credssp/binding.c: the hashes of pubKeyAuth, MS-CSSP 3.1.5. */

#include "base/status.h"
#include "credssp/binding.h"
#include "ntlm_util.h"
#include "vectors/freerdp_ntlm.h"
#include "vectors/ntlm.h"

struct binding_input {
	u8 nonce_bytes[32];
	u8 key_bytes[270];
	struct cssp_rd nonce;
	struct cssp_rd key;
};

static struct binding_input *binding_input(struct kunit *test)
{
	struct binding_input *in = kunit_kzalloc(test, sizeof(*in), GFP_KERNEL);
	static const u8 tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
	static const u8 head[] = { 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00 };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, in);
	for (i = 0; i < sizeof(in->nonce_bytes); i++)
		in->nonce_bytes[i] = i;
	memset(in->key_bytes, 0xc3, sizeof(in->key_bytes));
	memcpy(in->key_bytes, head, sizeof(head));
	memcpy(in->key_bytes + sizeof(in->key_bytes) - sizeof(tail), tail, sizeof(tail));
	in->nonce = cssp_rd_of(in->nonce_bytes, sizeof(in->nonce_bytes));
	in->key = cssp_rd_of(in->key_bytes, sizeof(in->key_bytes));
	return in;
}

static void binding_known_answers(struct kunit *test)
{
	struct binding_input *in = binding_input(test);
	u8 hash[CSSP_BINDING_SIZE];

	KUNIT_ASSERT_EQ(test, cssp_binding_hash(CSSP_BINDING_CLIENT_TO_SERVER, &in->nonce,
						&in->key, hash), 0);
	EXPECT_HEX(test, hash, sizeof(hash), binding_client_to_server);
	KUNIT_ASSERT_EQ(test, cssp_binding_hash(CSSP_BINDING_SERVER_TO_CLIENT, &in->nonce,
						&in->key, hash), 0);
	EXPECT_HEX(test, hash, sizeof(hash), binding_server_to_client);
}

static void binding_check_refuses(struct kunit *test)
{
	struct cssp_rd theirs = test_hex(test, binding_server_to_client);
	struct cssp_rd ours = test_hex(test, binding_client_to_server);
	struct binding_input *in = binding_input(test);
	const enum cssp_binding_dir dir = CSSP_BINDING_SERVER_TO_CLIENT;
	u8 hash[CSSP_BINDING_SIZE + 1] = {};
	struct cssp_rd got;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &theirs), 0);
	/* The hash of the client, sent back */
	KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &ours),
			CSSP_E_ALTERED);
	memcpy(hash, theirs.p, CSSP_BINDING_SIZE);
	for (i = 0; i <= sizeof(hash); i++) {
		got = cssp_rd_of(hash, i);
		KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &got),
				i == CSSP_BINDING_SIZE ? 0 : CSSP_E_ALTERED);
	}
	got = cssp_rd_of(hash, CSSP_BINDING_SIZE);
	for (i = 0; i < CSSP_BINDING_SIZE * 8; i++) {
		hash[i / 8] ^= 1 << i % 8;
		KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &got),
				CSSP_E_ALTERED);
		hash[i / 8] ^= 1 << i % 8;
	}
	in->nonce_bytes[31] ^= 1;
	KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &theirs),
			CSSP_E_ALTERED);
	in->nonce_bytes[31] ^= 1;
	in->key_bytes[100] ^= 1;
	KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &theirs),
			CSSP_E_ALTERED);
}

static struct kunit_case binding_cases[] = {
	KUNIT_CASE(binding_known_answers),
	KUNIT_CASE(binding_check_refuses),
	{}
};

static struct kunit_suite binding_suite = {
	.name = "credssp_credssp_binding",
	.test_cases = binding_cases,
};

kunit_test_suite(binding_suite);
