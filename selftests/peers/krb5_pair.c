// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ioctl/tap.h"
#include "krb5_pair.h"

struct pair_setup pair_setup;
/* One test runs in one process, and has one exchange at a time. */
static struct pair pair;

bool pair_read_setup(int argc, char **argv, struct pair_setup *setup)
{
	if (argc < 5 || argc > 6)
		return false;
	if (!strcmp(argv[1], "negotiate"))
		setup->package = CREDSSP_PACKAGE_NEGOTIATE;
	else if (!strcmp(argv[1], "kerberos"))
		setup->package = CREDSSP_PACKAGE_KERBEROS;
	else
		return false;
	setup->enctype = atoi(argv[2]);
	snprintf(setup->target, sizeof(setup->target), "%s", argv[3]);
	setup->keytab = argv[4];
	setup->ccache = argc > 5 ? argv[5] : NULL;
	return setup->enctype >= 17 && setup->enctype <= 20;
}

static uint64_t acquire(int fd)
{
	struct credssp_ioc_acquire a = device_acquire_args();
	const char *ccache = pair_setup.ccache;

	a.package = pair_setup.package;
	if (ccache) {
		a.user_length = 0;
		a.password_length = 0;
		a.user = 0;
		a.password = 0;
		a.ticket_source = CREDSSP_TICKETS_CCACHE;
		a.tickets = (uintptr_t)ccache;
		a.tickets_length = strlen(ccache);
	}
	REQUIRE_EQ(device_acquire(fd, &a), SEC_E_OK);
	return a.cred;
}

static int32_t next_leg(struct pair *p)
{
	p->leg.room = sizeof(p->leg.out);
	return device_leg(p->fd, p->cred, &p->context, &p->leg);
}

struct pair *pair_begin(void)
{
	struct pair *p = &pair;

	memset(p, 0, sizeof(*p));
	p->fd = device_open();
	device_need_helper(p->fd);
	p->cred = acquire(p->fd);
	p->leg.req = PAIR_REQ;
	p->leg.target = pair_setup.target;
	REQUIRE(!krb5_acceptor_open(&p->acceptor, pair_setup.keytab));
	REQUIRE_EQ(next_leg(p), SEC_I_CONTINUE_NEEDED);
	REQUIRE(p->context);
	return p;
}

void pair_accept(struct pair *p)
{
	const char *why = krb5_accept(&p->server, &p->acceptor, span(p->leg.out, p->leg.out_len));

	if (why)
		printf("# MIT: %s\n", why);
	REQUIRE(!why);
}

int32_t pair_feed(struct pair *p, struct span in)
{
	p->leg.in = in.p;
	p->leg.in_len = in.len;
	return next_leg(p);
}

struct pair *pair_establish(void)
{
	struct pair *p = pair_begin();

	pair_accept(p);
	REQUIRE(p->server.done);
	REQUIRE_EQ(pair_feed(p, span_of(&p->server.token)), SEC_E_OK);
	CHECK_EQ(p->leg.out_len, 0);
	REQUIRE_EQ(p->server.enctype, pair_setup.enctype);
	return p;
}

void pair_end(struct pair *p)
{
	OM_uint32 minor;

	CHECK_EQ(device_delete(p->fd, p->context), SEC_E_OK);
	CHECK_EQ(device_free_cred(p->fd, p->cred), SEC_E_OK);
	device_expect_counts(p->fd, 0, 0);
	krb5_free(&p->server);
	gss_release_cred(&minor, &p->acceptor.cred);
}

int32_t pair_message(struct pair *p, unsigned long verb, struct span in, void *out,
		     uint32_t *length)
{
	struct credssp_ioc_message a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = p->context,
		.in = (uintptr_t)in.p, .in_length = in.len, .out = (uintptr_t)out,
		.out_length = *length,
	};

	REQUIRE_EQ(device_call(p->fd, verb, &a), 0);
	*length = a.out_length;
	return a.status;
}

int32_t pair_query(struct pair *p, uint32_t attribute, void *buffer, uint32_t size)
{
	struct credssp_ioc_query a = {
		.size = sizeof(a), .status = 0x5a5a5a5a, .context = p->context,
		.attribute = attribute, .buffer = (uintptr_t)buffer, .length = size,
	};

	REQUIRE_EQ(device_call(p->fd, CREDSSP_IOC_QUERY, &a), 0);
	return a.status;
}

/* RFC 3962 6 and RFC 8009 5 */
unsigned int pair_mac(void)
{
	switch (pair_setup.enctype) {
	case 19:
		return 16;
	case 20:
		return 24;
	default:
		return 12;
	}
}
