// SPDX-License-Identifier: GPL-2.0-only
#include <credssp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "failure.h"
#include "requester.h"

/* libkrb5's default_keytab_name */
#define MACHINE_KEYTAB	"FILE:/etc/krb5.keytab"
#define TARGET_ROOM	(sizeof("cifs/") + HOST_MAX)
/* struct credssp_session_key and the key; the module puts nothing between them. */
#define KEY_ANSWER_MAX	(sizeof(struct credssp_session_key) + KEY_MAX)

/* The answer of the kernel, from the token and the session key. */
static int32_t build(struct credssp *lib, uint64_t context, const struct credssp_buffer *token,
		     bool mskrb5, struct exchange *x)
{
	uint8_t key[KEY_ANSWER_MAX], *blob;
	struct credssp_session_key head;
	uint32_t length = sizeof(key);
	size_t blob_length;
	int32_t status;

	status = credssp_query_context_attributes(lib, context, SECPKG_ATTR_SESSION_KEY, key,
						  &length);
	if (status != SEC_E_OK)
		return status;
	memcpy(&head, key, sizeof(head));
	blob = malloc(token->length + INIT_ROOM);
	if (blob && head.key_offset <= length && head.key_length <= length - head.key_offset) {
		blob_length = negotiate_init(token->data, token->length, mskrb5, blob);
		x->length = answer_build(key + head.key_offset, head.key_length, blob,
					 blob_length, x->answer);
	}
	free(blob);
	explicit_bzero(key, sizeof(key));
	return x->length ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* One way: cifs.ko never shows us the server's answer. */
static int32_t log_on(struct credssp *lib, uint64_t cred, const struct description *d,
		      struct exchange *x)
{
	struct credssp_buffer token = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc out = { SECBUFFER_VERSION, 1, &token };
	char target[TARGET_ROOM];
	uint64_t context = 0;
	uint32_t attr = 0;
	int32_t status;

	snprintf(target, sizeof(target), "cifs/%s", d->host);
	status = credssp_initialize_security_context(lib, &cred, NULL, target,
						     ISC_REQ_ALLOCATE_MEMORY, 0,
						     SECURITY_NATIVE_DREP, NULL, 0,
						     &context, &out, &attr, NULL);
	x->reason = credssp_last_reason();
	if (status == SEC_E_OK)
		status = build(lib, context, &token, d->mskrb5, x);
	credssp_free_context_buffer(token.data);
	if (context)
		credssp_delete_security_context(lib, context);
	return status;
}

static int32_t log_on_from(struct credssp *lib, const struct description *d, uint32_t source,
			   const char *tickets, struct exchange *x)
{
	const bool by_keytab = source == CREDSSP_TICKETS_KEYTAB;
	const struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.encoding = CREDSSP_IDENTITY_UTF8,
		.package = CREDSSP_PACKAGE_KERBEROS,
		.flags = CREDSSP_ACQUIRE_ONE_WAY,
		.ticket_source = source,
		.tickets = tickets,
		.tickets_length = (uint32_t)strlen(tickets),
		.user = d->user,
		.user_length = by_keytab ? (uint32_t)strlen(d->user) : 0,
	};
	uint64_t cred;
	int32_t status = credssp_acquire_credentials_handle(lib, &args, &cred, NULL);

	if (status != SEC_E_OK)
		return status;
	status = log_on(lib, cred, d, x);
	credssp_free_credentials_handle(lib, cred);
	return status;
}

/*
 * A machine's mount has no cache, but a keytab that its user can read, and the user's name:
 * libkrb5's client keytab of this user, or the machine's.
 */
static int32_t log_on_by_keytab(struct credssp *lib, const struct description *d,
				struct exchange *x)
{
	int32_t status = log_on_from(lib, d, CREDSSP_TICKETS_KEYTAB, "", x);

	if (status == SEC_E_NO_CREDENTIALS)
		status = log_on_from(lib, d, CREDSSP_TICKETS_KEYTAB, MACHINE_KEYTAB, x);
	return status;
}

/* Without a keytab the reason stays that of the cache. */
static int32_t log_on_as_user(struct credssp *lib, const struct description *d,
			      const char *cache, struct exchange *x)
{
	int32_t status = log_on_from(lib, d, CREDSSP_TICKETS_CCACHE, cache, x);
	uint32_t reason = x->reason;

	if (status != SEC_E_NO_CREDENTIALS || !*d->user || *cache)
		return status;
	status = log_on_by_keytab(lib, d, x);
	if (status == SEC_E_NO_CREDENTIALS)
		x->reason = reason;
	return status;
}

int exchange_run(const struct description *d, const char *cache, struct exchange *x)
{
	/* Opened as root: the opener needs the privilege for session keys. */
	struct credssp *lib = credssp_open();

	memset(x, 0, sizeof(*x));
	if (!lib)
		return EREMOTEIO;
	if (requester_become(d->creduid)) {
		credssp_close(lib);
		return EPERM;
	}
	x->status = log_on_as_user(lib, d, cache, x);
	credssp_close(lib);
	return requester_return() ? EPERM : failure_errno(x->status, x->reason);
}
