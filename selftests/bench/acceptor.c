// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>

#include "acceptor.h"

static const struct account account = {
	.user = USER, .password = PASSWORD, .host = "peer",
};

static void judge(const char *why)
{
	if (!why)
		return;
	fprintf(stderr, "NTLM: %s\n", why);
	exit(1);
}

struct span acceptor_challenge(struct ntlm_server *s, const void *negotiate, size_t length)
{
	*s = (struct ntlm_server){ .account = &account };
	judge(ntlm_challenge(s, span(negotiate, length)));
	return span_of(&s->challenge);
}

void acceptor_authenticate(struct ntlm_server *s, const void *authenticate, size_t length)
{
	judge(ntlm_authenticate(s, span(authenticate, length)));
}

void acceptor_finish(struct ntlm_server *s, const void *authenticate, size_t length)
{
	acceptor_authenticate(s, authenticate, length);
	ntlm_free(s);
}
