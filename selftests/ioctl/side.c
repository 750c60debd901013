// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "device.h"
#include "side.h"
#include "tap.h"

void side_open(struct side *s)
{
	const struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND, .encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = CREDSSP_MECH_NTLM, .user = USER, .user_length = strlen(USER),
		.password = PASSWORD, .password_length = strlen(PASSWORD),
	};

	*s = (struct side){ .lib = credssp_open() };
	REQUIRE(s->lib);
	REQUIRE_EQ(credssp_acquire_credentials_handle(s->lib, &args, &s->cred, NULL), SEC_E_OK);
	s->sock = sock_peer();
}

void side_exchange(struct side *s, uint32_t extra_req)
{
	static uint8_t inbox[CREDSSP_MAX_TOKEN];
	struct credssp_buffer in[2], out;
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 2, in };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &out };
	uint32_t req = REQ | ISC_REQ_ALLOCATE_MEMORY | extra_req;
	uint32_t attr, length = 0;
	const uint64_t *context;
	int32_t status;

	side_open(s);
	do {
		in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, length, inbox };
		in[1] = (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
		out = (struct credssp_buffer){ SECBUFFER_TOKEN, 0, NULL };
		context = s->context ? &s->context : NULL;
		status = credssp_initialize_security_context(s->lib, &s->cred, context, TARGET,
							     req, 0, SECURITY_NATIVE_DREP,
							     context ? &in_desc : NULL, 0,
							     &s->context, &out_desc, &attr, NULL);
		REQUIRE(status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED);
		if (out.length)
			sock_send(s->sock, out.data, out.length);
		credssp_free_context_buffer(out.data);
		if (status == SEC_I_CONTINUE_NEEDED)
			length = sock_record(s->sock, inbox, sizeof(inbox));
	} while (status != SEC_E_OK);
	CHECK(attr & ISC_RET_DELEGATE);
}

int32_t side_try_encrypt(struct side *s, const void *plain, uint32_t n, uint8_t *wire,
			 size_t *length)
{
	struct credssp_stream_sizes sizes;
	struct credssp_buffer b[4];
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	int32_t status = credssp_query_stream_sizes(s->lib, s->context, &sizes);

	if (status != SEC_E_OK)
		return status;
	CHECK_EQ(sizes.maximum_message, CREDSSP_MAX_MESSAGE);
	memcpy(wire + sizes.header, plain, n);
	b[0] = (struct credssp_buffer){ SECBUFFER_STREAM_HEADER, sizes.header, wire };
	b[1] = (struct credssp_buffer){ SECBUFFER_DATA, n, wire + sizes.header };
	b[2] = (struct credssp_buffer){ SECBUFFER_STREAM_TRAILER, sizes.trailer,
					wire + sizes.header + n };
	b[3] = (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
	status = credssp_encrypt_message(s->lib, s->context, 0, &desc, 0);
	if (status != SEC_E_OK)
		return status;
	CHECK_EQ(b[0].length, sizes.header);
	CHECK_EQ(b[1].length, n);
	CHECK_EQ(b[2].length, sizes.trailer);
	*length = sizes.header + n + sizes.trailer;
	return SEC_E_OK;
}

size_t side_encrypt(struct side *s, const void *plain, uint32_t n, uint8_t *wire)
{
	size_t length = 0;

	REQUIRE_EQ(side_try_encrypt(s, plain, n, wire, &length), SEC_E_OK);
	return length;
}

int32_t side_decrypt(struct side *s, uint8_t *wire, uint32_t length, struct credssp_buffer *b)
{
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };

	memset(b, 0, 4 * sizeof(*b));
	b[0] = (struct credssp_buffer){ SECBUFFER_DATA, length, wire };
	return credssp_decrypt_message(s->lib, s->context, &desc, 0, NULL);
}

size_t side_receive(struct side *s, uint8_t *plain)
{
	static uint8_t wire[CREDSSP_MAX_TOKEN];
	struct credssp_buffer b[4];
	size_t length;

	do {
		length = sock_record(s->sock, wire, sizeof(wire));
		REQUIRE_EQ(side_decrypt(s, wire, length, b), SEC_E_OK);
		CHECK(b[3].type != SECBUFFER_EXTRA);
	} while (!b[1].length);
	memcpy(plain, b[1].data, b[1].length);
	return b[1].length;
}
