// SPDX-License-Identifier: GPL-2.0-only
/* What the handshakes of clients and servers share. */
#include <stdlib.h>
#include <gnutls/x509.h>
#include "tls_impl.h"

struct tls_context *tls_context_new(const struct tls_options *options)
{
	struct tls_context *context = calloc(1, sizeof(*context));

	if (!context)
		return NULL;
	context->keys = options->keys;
	context->keylog = options->keylog;
	context->client = tls_client_new(options);
	if (context->client)
		context->server = tls_server_new(options);
	if (context->server)
		return context;
	tls_context_free(context);
	return NULL;
}

void tls_context_free(struct tls_context *context)
{
	if (!context)
		return;
	tls_client_free(context->client);
	tls_server_free(context->server);
	free(context);
}

int tls_context_renew(const struct tls_context *context, const struct tls_options *options,
		      void *list)
{
	gnutls_priority_t server;
	int ret = tls_server_prepare(&server, options);

	if (ret) {
		gnutls_x509_trust_list_deinit(list, 1);
		return ret;
	}
	ret = tls_client_renew(context->client, options, list);
	if (ret)
		gnutls_priority_deinit(server);
	else
		tls_server_renew(context->server, server);
	return ret;
}

int tls_context_expire(const struct tls_context *context, int64_t now)
{
	return tls_server_expire(context->server, now);
}
