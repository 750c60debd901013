// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <credssp_accept.h>

#include "accept_verdict.h"
#include "text.h"

/* FILETIME: units of 100 ns since 1601 */
#define FILETIME_UNIX	11644473600LL
#define FILETIME_SECOND	10000000LL

static int64_t filetime_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (ts.tv_sec + FILETIME_UNIX) * FILETIME_SECOND + ts.tv_nsec / 100;
}

/* Reasons of this program have no status of the module's. */
static int32_t status_of(const struct outcome *o)
{
	static const struct {
		uint32_t reason;
		int32_t status;
	} rows[] = {
		{ CTL_REASON_X224_NOT_OFFERED, SEC_E_UNSUPPORTED_FUNCTION },
		{ CREDSSP_REASON_TIMEOUT, SEC_E_NO_AUTHENTICATING_AUTHORITY },
	};
	size_t i;

	if (o->asked)
		return o->status;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].reason == o->reason)
			return rows[i].status;
	return SEC_E_INVALID_TOKEN;
}

/* What the module has not decided is decided here. */
static void complete(struct credssp_verdict *v, const struct accepted *c)
{
	const struct outcome *o = &c->o;

	if (!v->family) {
		v->family = c->peer.family;
		v->port = c->peer.port;
		v->scope = c->peer.scope;
		memcpy(v->address, c->peer.address, sizeof(v->address));
	}
	if (v->time)
		return;
	v->time = filetime_now();
	v->status = status_of(o);
	v->reason = o->reason;
	v->leg = o->report.leg;
	v->version = o->report.credssp_version;
	v->mech = o->report.mech_package;
}

/* A verdict with empty strings: all of them are the NUL behind it. */
static struct credssp_verdict *make_empty(void)
{
	struct credssp_verdict *v = calloc(1, sizeof(*v) + 1);

	if (!v)
		return NULL;
	v->account_offset = sizeof(*v);
	v->user_offset = sizeof(*v);
	v->workstation_offset = sizeof(*v);
	return v;
}

void accept_verdict_set(struct accepted *c, uint64_t context)
{
	struct credssp_verdict *v = NULL;

	if (!context || credssp_query_verdict(c->a->lib, context, &v) != SEC_E_OK)
		v = make_empty();
	if (v)
		complete(v, c);
	c->verdict = v;
}

/* The library's buffers are of malloc(3), as that of make_empty() is. */
void accept_verdict_free(struct accepted *c)
{
	credssp_free_context_buffer(c->verdict);
	c->verdict = NULL;
}
