// SPDX-License-Identifier: GPL-2.0-only
/* The keys of saved credentials. */
#include <string.h>

#include "ctl_test.h"
#include "scope.h"
#include "test.h"
#include "text.h"

static void test_descriptions(void)
{
	static const struct {
		const char *arg;
		const char *description;	/* NULL: refused */
	} rows[] = {
		{ "TERMSRV/host", "credssp:TERMSRV/host" },
		{ "termsrv/Host.EXAMPLE", "credssp:TERMSRV/host.example" },
		{ "TERMSRV/H\xc3\x96ST", "credssp:TERMSRV/xn--hst-sna" },
		{ "TERMSRV/ho\xc2\xadst", "credssp:TERMSRV/host" },
		{ "TERMSRV/FE80:0::1", "credssp:TERMSRV/fe80::1" },
		{ "TERMSRV/[FE80:0::1]:3389", "credssp:TERMSRV/[fe80::1]:3389" },
		{ "Microsoft Virtual Console Service/Host",
		  "credssp:MICROSOFT VIRTUAL CONSOLE SERVICE/host" },
		{ "HTTP/host/Realm", "credssp:HTTP/host/realm" },
		{ "Example", "credssp:Example" },
		{ "", NULL },
		{ "/host", NULL },
		{ "TERMSRV/", NULL },
		{ "TERMSRV/a b", NULL }, { "A /host", NULL }, { " A/host", NULL },
		{ "A\tb/host", NULL }, { "EXAM PLE", NULL }, { "TERMSRV/127.1", NULL },
		{ "TERMSRV/*", NULL }, { "TERMSRV/a..b", NULL }, { "TERMSRV/[host]", NULL },
		{ "TERMSRV/host:", NULL }, { "TERMSRV/host/a b", NULL },
		{ "EXAMPLE\\alice", NULL },
		{ "alice@EXAMPLE", NULL },
		{ "TERMSRV/a\n", NULL },
		{ "TERMSRV/a\xc3(", NULL },
	};
	char description[SCOPE_ROOM], arg[CREDSSP_MAX_TARGET + 2];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *err = scope_description(rows[i].arg, description);

		CHECK(!err == !!rows[i].description);
		CHECK(err || !strcmp(description, rows[i].description));
	}
	memset(arg, 'a', sizeof(arg) - 1);
	arg[sizeof(arg) - 1] = '\0';
	memcpy(arg + CREDSSP_MAX_TARGET - 2, "/aa", 3);
	CHECK(scope_description(arg, description));
	arg[CREDSSP_MAX_TARGET] = '\0';
	CHECK(!scope_description(arg, description));
	CHECK(strlen(description) == SCOPE_ROOM - 1);
}

static void test_payload(void)
{
	static const char want[] = "\001alice\0EXAMPLE";
	char payload[SCOPE_PAYLOAD_MAX];

	CHECK(scope_head(payload, "alice", "EXAMPLE") == sizeof(want));
	CHECK(!memcmp(payload, want, sizeof(want)));
	CHECK(scope_head(payload, "a", "") == 4 && !memcmp(payload, "\001a\0", 4));
	CHECK(!scope_of("cifs:a:host") && !strcmp(scope_of("credssp:X"), "X"));
	CHECK(scope_is_spn("A/b") && !scope_is_spn("A"));
}

void test_scope(void)
{
	test_descriptions();
	test_payload();
}
