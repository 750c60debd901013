/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_START_REQUEST_H
#define CREDSSPD_START_REQUEST_H

#include <stddef.h>
#include <stdint.h>
#include <linux/credssp.h>

/**
 * struct start_request - a parsed TLS_START
 * @head: its fixed part
 * @host: letters, digits and "-_.:" only, no longer than a target
 * @session: earlier session, @head.session_length bytes of the request
 * @cert: name of the client certificate, @head.cert_length bytes of the request
 */
struct start_request {
	struct credssp_hlp_tls_start head;
	char host[CREDSSP_MAX_TARGET + 1];
	const uint8_t *session;
	const uint8_t *cert;
};

/* Parse the payload of a request. Return 0 or -EINVAL. */
int start_request_parse(struct start_request *s, const uint8_t *payload, size_t length);

#endif
