// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "start_request.h"

/*
 * The module sends only names in A-labels and addresses. GnuTLS would convert any other
 * host to another name than the one that the module's policy has checked.
 */
#define HOST_CHARS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
			"0123456789-_.:"

#define START_FLAGS	(CREDSSP_HLP_TLS_NO_CERT_WANTED | CREDSSP_HLP_TLS_NO_SESSION | \
			 CREDSSP_HLP_TLS_REMOTE_DESKTOP)

int start_request_parse(struct start_request *s, const uint8_t *payload, size_t length)
{
	const uint8_t *rest = payload + sizeof(s->head);
	uint64_t lengths;

	if (length < sizeof(s->head))
		return -EINVAL;
	memcpy(&s->head, payload, sizeof(s->head));
	lengths = (uint64_t)s->head.host_length + s->head.session_length + s->head.cert_length;
	if (lengths != length - sizeof(s->head) || s->head.flags & ~(uint32_t)START_FLAGS ||
	    s->head.session_length > CREDSSP_HLP_MAX_SESSION)
		return -EINVAL;
	if (s->head.host_length >= sizeof(s->host) || memchr(rest, 0, s->head.host_length))
		return -EINVAL;
	memcpy(s->host, rest, s->head.host_length);
	s->host[s->head.host_length] = '\0';
	if (s->host[strspn(s->host, HOST_CHARS)])
		return -EINVAL;
	s->session = rest + s->head.host_length;
	s->cert = s->session + s->head.session_length;
	return 0;
}
