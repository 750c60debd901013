// SPDX-License-Identifier: GPL-2.0-only
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device.h"
#include "pair.h"
#include "tap.h"

#define ACCEPT_REQ	(ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_REPLAY_DETECT | \
			 ASC_REQ_SEQUENCE_DETECT | ASC_REQ_EXTENDED_ERROR)
#define TIMEOUT_MS	60000

void pair_open(struct pair *p, const char *password)
{
	const struct credssp_acquire client = {
		.use = SECPKG_CRED_OUTBOUND, .encoding = CREDSSP_IDENTITY_UTF8,
		.mechs = CREDSSP_MECH_NTLM, .user = USER, .user_length = strlen(USER),
		.password = password, .password_length = strlen(password),
	};
	const struct credssp_acquire server = { .use = SECPKG_CRED_INBOUND };

	*p = (struct pair){ .lib = credssp_open(), .client = -1, .server = -1 };
	REQUIRE(p->lib);
	p->accept_req = ACCEPT_REQ;
	REQUIRE_EQ(credssp_acquire_credentials_handle(p->lib, &client, &p->client_cred, NULL),
		   SEC_E_OK);
	REQUIRE_EQ(credssp_acquire_credentials_handle(p->lib, &server, &p->server_cred, NULL),
		   SEC_E_OK);
}

/* The beginning of struct credssp, which has the descriptor. */
int pair_call(struct pair *p, unsigned long nr, void *args)
{
	int fd;

	memcpy(&fd, p->lib, sizeof(fd));
	return device_call(fd, nr, args);
}

void pair_connect(struct pair *p)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	uint16_t port;
	int listener = sock_listening(&port);

	p->client = sock_connect(port);
	p->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	REQUIRE(p->server >= 0);
	REQUIRE(!getsockname(p->client, (struct sockaddr *)&from, &len));
	p->client_port = ntohs(from.sin_port);
	close(listener);
}

static void *pair_serve(void *arg)
{
	struct pair *p = arg;

	p->server_status = credssp_accept_socket(p->lib, p->server_cred, p->server,
						 p->accept_req, p->accept_flags,
						 tap_limit(TIMEOUT_MS), &p->accepted);
	if (p->server_status != SEC_E_OK && p->closes)
		shutdown(p->server, SHUT_RDWR);
	return NULL;
}

void pair_sockets(struct pair *p, uint32_t flags)
{
	struct credssp_result result;
	pthread_t server;

	p->accept_flags = flags;
	if (p->client < 0)
		pair_connect(p);
	REQUIRE(!pthread_create(&server, NULL, pair_serve, p));
	p->client_status = credssp_authenticate_socket(p->lib, p->client_cred, p->client, TARGET,
						       REQ, flags & CREDSSP_ACCEPT_EARLY_AUTH ?
						       CREDSSP_AUTH_EARLY_AUTH : 0,
						       tap_limit(TIMEOUT_MS), &result);
	p->client_report = result.report;
	credssp_free_context_buffer(result.cert);
	pthread_join(server, NULL);
}

/* One token: what a side has to say to the other. */
struct token {
	uint8_t bytes[CREDSSP_MAX_TOKEN];
	uint32_t length;
};

static void token_take(struct token *to, struct credssp_buffer *from)
{
	REQUIRE(from->length <= sizeof(to->bytes));
	if (from->length)
		memcpy(to->bytes, from->data, from->length);
	to->length = from->length;
	credssp_free_context_buffer(from->data);
}

static void pair_client_leg(struct pair *p, uint32_t req, struct token *in, struct token *out)
{
	struct credssp_buffer input[2] = { { SECBUFFER_TOKEN, in->length, in->bytes },
					   { SECBUFFER_EMPTY, 0, NULL } };
	struct credssp_buffer output = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 2, input };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &output };
	uint64_t context = p->client_context;
	uint32_t attr;

	p->client_status =
		credssp_initialize_security_context(p->lib, &p->client_cred,
						    context ? &context : NULL, TARGET,
						    req | ISC_REQ_ALLOCATE_MEMORY, 0,
						    SECURITY_NATIVE_DREP,
						    context ? &in_desc : NULL, 0,
						    &p->client_context, &out_desc, &attr, NULL);
	token_take(out, &output);
}

static void pair_server_leg(struct pair *p, struct token *in, struct token *out)
{
	const struct credssp_accept_options options = {
		.flags = p->accept_flags,
		.peer = { .family = AF_INET, .port = 7, .address = { 192, 0, 2, 1 } },
	};
	struct credssp_buffer input[2] = { { SECBUFFER_TOKEN, in->length, in->bytes },
					   { SECBUFFER_EMPTY, 0, NULL } };
	struct credssp_buffer output = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 2, input };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &output };
	uint64_t context = p->accepted.context;

	p->server_status =
		credssp_accept_security_context(p->lib, &p->server_cred,
						context ? &context : NULL, &in_desc,
						p->accept_req | ASC_REQ_ALLOCATE_MEMORY,
						SECURITY_NATIVE_DREP, &p->accepted.context,
						&out_desc, &p->accepted.context_attr,
						&p->accepted.expiry, &options);
	token_take(out, &output);
}

static int pair_goes_on(int32_t status)
{
	return status == SEC_I_CONTINUE_NEEDED;
}

void pair_tokens(struct pair *p, uint32_t flags, uint32_t client_req)
{
	static struct token to_server, to_client;

	p->accept_flags = flags;
	p->client_status = SEC_I_CONTINUE_NEEDED;
	p->server_status = SEC_I_CONTINUE_NEEDED;
	to_client.length = 0;
	do {
		pair_client_leg(p, REQ | client_req, &to_client, &to_server);
		to_client.length = 0;
		if (to_server.length && pair_goes_on(p->server_status))
			pair_server_leg(p, &to_server, &to_client);
	} while (pair_goes_on(p->client_status) && to_client.length);
}
