// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "walk.h"

static struct walk walk;

struct credssp_acquire walk_alice(void)
{
	return (struct credssp_acquire){
		.use = SECPKG_CRED_OUTBOUND, .encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = CREDSSP_MECH_NTLM, .user = USER, .user_length = strlen(USER),
		.password = PASSWORD, .password_length = strlen(PASSWORD),
	};
}

struct walk *walk_open(const struct credssp_acquire *args)
{
	struct walk *w = &walk;
	struct credssp_ioc_info info;

	w->lib = credssp_open();
	REQUIRE(w->lib && !credssp_info(w->lib, &info) && info.helper_present);
	REQUIRE_EQ(credssp_acquire_credentials_handle(w->lib, args, &w->cred, NULL), SEC_E_OK);
	w->sock = sock_peer();
	w->context = 0;
	w->req = REQ | ISC_REQ_ALLOCATE_MEMORY;
	w->data_rep = SECURITY_NATIVE_DREP;
	w->in_count = 0;
	w->out_count = 1;
	w->calls = 0;
	return w;
}

struct walk *walk_begin(void)
{
	struct credssp_acquire args = walk_alice();

	return walk_open(&args);
}

int32_t walk_call_with(struct walk *w, const uint64_t *cred, uint64_t *new_context)
{
	struct credssp_buffer_desc in = { SECBUFFER_VERSION, w->in_count, w->in };
	struct credssp_buffer_desc out = { SECBUFFER_VERSION, w->out_count, w->out };

	w->out[0] = (struct credssp_buffer){ .type = SECBUFFER_TOKEN };
	w->out[1] = (struct credssp_buffer){ .type = SECBUFFER_ALERT };
	w->calls++;
	return credssp_initialize_security_context(w->lib, cred, w->context ? &w->context : NULL,
						   TARGET, w->req, 0, w->data_rep, &in, 0,
						   new_context, &out, &w->attr, &w->expiry);
}

int32_t walk_call(struct walk *w)
{
	return walk_call_with(w, &w->cred, &w->context);
}

void walk_input(struct walk *w, void *p, uint32_t len)
{
	w->in[0] = (struct credssp_buffer){ SECBUFFER_TOKEN, len, p };
	w->in[1] = (struct credssp_buffer){ SECBUFFER_EMPTY, 0, NULL };
	w->in_count = 2;
}

void walk_drop(struct walk *w)
{
	credssp_free_context_buffer(w->out[0].data);
	credssp_free_context_buffer(w->out[1].data);
}

void walk_turn(struct walk *w)
{
	if (w->out[0].length)
		sock_send(w->sock, w->out[0].data, w->out[0].length);
	walk_drop(w);
	w->len = sock_record(w->sock, w->record, sizeof(w->record));
	walk_input(w, w->record, w->len);
}

int32_t walk_run(struct walk *w, int32_t status)
{
	while (status == SEC_I_CONTINUE_NEEDED) {
		REQUIRE(w->calls < MAX_CALLS);
		walk_turn(w);
		status = walk_call(w);
	}
	return status;
}

void walk_to_request(struct walk *w)
{
	int32_t status = walk_call(w);
	struct credssp_report report;

	for (;;) {
		REQUIRE_EQ(status, SEC_I_CONTINUE_NEEDED);
		walk_turn(w);
		REQUIRE_EQ(credssp_query_report(w->lib, w->context, &report), SEC_E_OK);
		if (report.leg >= CREDSSP_LEG_NEGO && w->record[0] == 23)
			return;
		status = walk_call(w);
	}
}

void walk_echo(struct walk *w)
{
	uint8_t header[64], data[5] = "hello", trailer[64], wire[256];
	struct credssp_buffer b[4] = {
		{ SECBUFFER_STREAM_HEADER, sizeof(header), header },
		{ SECBUFFER_DATA, sizeof(data), data },
		{ SECBUFFER_STREAM_TRAILER, sizeof(trailer), trailer },
		{ SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };

	if (w->out[0].length)
		sock_send(w->sock, w->out[0].data, w->out[0].length);
	walk_drop(w);
	REQUIRE_EQ(credssp_encrypt_message(w->lib, w->context, 0, &desc, 0), SEC_E_OK);
	sock_send(w->sock, header, b[0].length);
	sock_send(w->sock, data, b[1].length);
	sock_send(w->sock, trailer, b[2].length);
	do {
		memset(b, 0, sizeof(b));
		b[0] = (struct credssp_buffer){ SECBUFFER_DATA,
						sock_record(w->sock, wire, sizeof(wire)), wire };
		REQUIRE_EQ(credssp_decrypt_message(w->lib, w->context, &desc, 0, NULL), SEC_E_OK);
	} while (!b[1].length);
	CHECK(b[1].length == 5 && !memcmp(b[1].data, "hello", 5));
}

void walk_end(struct walk *w)
{
	CHECK_EQ(credssp_delete_security_context(w->lib, w->context), SEC_E_OK);
	CHECK_EQ(credssp_delete_security_context(w->lib, w->context), SEC_E_INVALID_HANDLE);
	credssp_close(w->lib);
}
