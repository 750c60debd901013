// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client.h"
#include "tcp.h"

#define TARGET		"TERMSRV/localhost"
#define USER		"alice"
#define PASSWORD	"Passw0rd!"
#define TIMEOUT_MS	60000
#define FLAGS		(ISC_REQ_DELEGATE | ISC_REQ_ALLOCATE_MEMORY)

void client_must(int32_t status, const char *what)
{
	if (status == SEC_E_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, credssp_status_name(status));
	exit(1);
}

void client_open(struct client *c)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = CREDSSP_MECH_NTLM,
		.user = USER,
		.user_length = sizeof(USER) - 1,
		.password = PASSWORD,
		.password_length = sizeof(PASSWORD) - 1,
	};

	c->lib = credssp_open();
	if (!c->lib)
		fail(CREDSSP_DEVICE);
	client_must(credssp_acquire_credentials_handle(c->lib, &args, &c->cred, NULL),
		    "credentials");
}

bool client_authenticate(struct client *c, int fd)
{
	struct credssp_result result = {};

	client_must(credssp_authenticate_socket(c->lib, c->cred, fd, TARGET, ISC_REQ_DELEGATE,
						0, TIMEOUT_MS, &result), "logon");
	credssp_free_context_buffer(result.cert);
	return result.report.facts & CREDSSP_FACT_RESUMED;
}

void client_logon(struct client *c, int fd)
{
	client_must(credssp_authenticate_socket(c->lib, c->cred, fd, TARGET, ISC_REQ_DELEGATE,
						0, TIMEOUT_MS, NULL), "logon");
}

int32_t exchange_step(struct client *c, struct exchange *e)
{
	struct credssp_buffer in[2] = {
		{ SECBUFFER_TOKEN, e->fill, e->inbox }, { SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 2, in };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &e->out };
	uint64_t *known = e->context ? &e->context : NULL;
	uint32_t attr;
	int32_t status;

	e->out = (struct credssp_buffer){ SECBUFFER_TOKEN, 0, NULL };
	status = credssp_initialize_security_context(c->lib, &c->cred, known, TARGET, FLAGS, 0,
						     SECURITY_NATIVE_DREP,
						     known ? &in_desc : NULL, 0, &e->context,
						     &out_desc, &attr, NULL);
	if (status == SEC_E_INCOMPLETE_MESSAGE)
		return SEC_I_CONTINUE_NEEDED;
	if (in[1].type == SECBUFFER_EXTRA) {
		memmove(e->inbox, e->inbox + e->fill - in[1].length, in[1].length);
		e->fill = in[1].length;
	} else {
		e->fill = 0;
	}
	if (status != SEC_I_CONTINUE_NEEDED)
		client_must(status, "exchange");
	return status;
}

void exchange_send(struct exchange *e, int fd)
{
	if (e->out.length)
		tcp_send(fd, e->out.data, e->out.length);
	credssp_free_context_buffer(e->out.data);
}

void exchange_receive(struct exchange *e, int fd)
{
	ssize_t n = recv(fd, e->inbox + e->fill, sizeof(e->inbox) - e->fill, 0);

	if (n <= 0)
		fail("recv");
	e->fill += n;
}

uint64_t exchange_run(struct client *c, struct exchange *e, int fd)
{
	int32_t status;

	e->context = 0;
	e->fill = 0;
	for (;;) {
		status = exchange_step(c, e);
		exchange_send(e, fd);
		if (status == SEC_E_OK)
			return e->context;
		exchange_receive(e, fd);
	}
}

uint64_t client_exchange(struct client *c, int fd)
{
	static struct exchange e;

	return exchange_run(c, &e, fd);
}
