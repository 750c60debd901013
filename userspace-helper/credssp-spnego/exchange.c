// SPDX-License-Identifier: GPL-2.0-only
#include <credssp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "exchange.h"
#include "requester.h"

#define TARGET_ROOM	(sizeof("cifs/") + HOST_MAX)
/* struct credssp_session_key and the key; the module puts nothing between them. */
#define KEY_ANSWER_MAX	(sizeof(struct credssp_session_key) + KEY_MAX)

/* EHOSTUNREACH would make mount.cifs try the server's next address. */
static int errno_of(const struct exchange *x)
{
	switch (x->reason) {
	case CREDSSP_REASON_NO_TICKETS:
		return ENOKEY;
	case CREDSSP_REASON_TICKETS_EXPIRED:
		return EKEYEXPIRED;
	case CREDSSP_REASON_FOREIGN:
		return EACCES;
	case CREDSSP_REASON_NO_HELPER:
	case CREDSSP_REASON_NO_KDC:
		return EREMOTEIO;
	default:
		return EKEYREJECTED;
	}
}

static int fail(struct exchange *x, int32_t status)
{
	x->status = status;
	return errno_of(x);
}

/* The answer of the kernel, from the token and the session key. */
static int build(struct credssp *lib, uint64_t context, const struct credssp_buffer *token,
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
		return fail(x, status);
	memcpy(&head, key, sizeof(head));
	blob = malloc(token->length + INIT_ROOM);
	if (blob && head.key_offset <= length && head.key_length <= length - head.key_offset) {
		blob_length = negotiate_init(token->data, token->length, mskrb5, blob);
		x->length = answer_build(key + head.key_offset, head.key_length, blob,
					 blob_length, x->answer);
	}
	free(blob);
	explicit_bzero(key, sizeof(key));
	return x->length ? 0 : fail(x, SEC_E_INTERNAL_ERROR);
}

/* The reason of a failed first call: there is no context that could be asked. */
static void learn_reason(struct credssp *lib, struct exchange *x)
{
	(void)lib;
	switch (x->status) {
	case SEC_E_NO_CREDENTIALS:
		x->reason = CREDSSP_REASON_NO_TICKETS;
		break;
	case SEC_E_CONTEXT_EXPIRED:
		x->reason = CREDSSP_REASON_TICKETS_EXPIRED;
		break;
	case SEC_E_NO_AUTHENTICATING_AUTHORITY:
		x->reason = CREDSSP_REASON_NO_KDC;
		break;
	default:
		x->reason = CREDSSP_REASON_NONE;
	}
}

/* One way: cifs.ko never shows us the server's answer. */
static int log_on(struct credssp *lib, uint64_t cred, const struct description *d,
		  struct exchange *x)
{
	struct credssp_buffer token = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc out = { SECBUFFER_VERSION, 1, &token };
	char target[TARGET_ROOM];
	uint64_t context = 0;
	uint32_t attr = 0;
	int ret;

	snprintf(target, sizeof(target), "cifs/%s", d->host);
	x->status = credssp_initialize_security_context(lib, &cred, NULL, target,
							ISC_REQ_ALLOCATE_MEMORY, 0,
							SECURITY_NATIVE_DREP, NULL, 0,
							&context, &out, &attr, NULL);
	if (x->status != SEC_E_OK) {
		learn_reason(lib, x);
		ret = errno_of(x);
	} else {
		ret = build(lib, context, &token, d->mskrb5, x);
	}
	credssp_free_context_buffer(token.data);
	if (context)
		credssp_delete_security_context(lib, context);
	return ret;
}

static int log_on_from(struct credssp *lib, const struct description *d, uint32_t source,
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
	int ret;

	x->status = credssp_acquire_credentials_handle(lib, &args, &cred, NULL);
	if (x->status != SEC_E_OK)
		return errno_of(x);
	ret = log_on(lib, cred, d, x);
	credssp_free_credentials_handle(lib, cred);
	return ret;
}

/* A machine's mount has no cache, but a keytab that its user can read, and the user's name. */
static int log_on_as_user(struct credssp *lib, const struct description *d, const char *cache,
			  struct exchange *x)
{
	int ret = log_on_from(lib, d, CREDSSP_TICKETS_CCACHE, cache, x);

	if (ret == ENOKEY && *d->user && !*cache)
		ret = log_on_from(lib, d, CREDSSP_TICKETS_KEYTAB, "", x);
	return ret;
}

int exchange_run(const struct description *d, const char *cache, struct exchange *x)
{
	/* Opened as root: the opener needs the privilege for session keys. */
	struct credssp *lib = credssp_open();
	int ret;

	memset(x, 0, sizeof(*x));
	if (!lib)
		return EREMOTEIO;
	if (requester_become(d->creduid)) {
		credssp_close(lib);
		return EPERM;
	}
	ret = log_on_as_user(lib, d, cache, x);
	credssp_close(lib);
	return requester_return() ? EPERM : ret;
}
