// SPDX-License-Identifier: GPL-2.0-only
/* Target names: what is a host, what is refused, and what is a terminal server's. */
#include <kunit/test.h>

#include "base/status.h"
#include "policy/spn.h"
#include "util.h"

struct target_row {
	const char *spn;
	const char *host;	/* NULL: refused */
};

#define L63	"a23456789012345678901234567890123456789012345678901234567890123"
#define L61	"a234567890123456789012345678901234567890123456789012345678901"
#define NAME253	L63 "." L63 "." L63 "." L61

static const struct target_row targets[] = {
	{ "TERMSRV/host", "host" },
	{ "TERMSRV/host.example.com", "host.example.com" },
	{ "TERMSRV/host:3390", "host" },
	{ "HTTP/host/REALM", "host" },
	{ "HTTP/host:5986/REALM", "host" },
	{ "MSSQLSvc/host:INSTANCE$1", "host" },
	{ "HTTP/host/", "host" },
	{ "HTTP/host/M\xc3\x9cNCHEN", "host" },
	{ "host", "host" },
	{ "", "" },
	{ "TERMSRV/Host_1-x.Example.", "Host_1-x.Example." },
	{ "TERMSRV/xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "TERMSRV/" L63 ".example", L63 ".example" },
	{ "TERMSRV/" NAME253 ".", NAME253 "." },
	/* blanks are within a class */
	{ "Microsoft Virtual Console Service/host", "host" },
	{ "a  b/host", "host" },
	{ "NPRepository 4(DEFAULT)/host", "host" },
	{ "{54094C05-F977-4987-BFC9-E8B90E088973}/host:8100", "host" },
	{ "TERMSRV/a b" }, { "a b" }, { " a/host" }, { "a /host" }, { "a/ host" },
	{ "a/host " }, { "a/host:1 2" }, { "a/host/b c" }, { "a\tb/host" },
	{ "a\302\240b/host" }, { "a\343\200\200b/host" },
	/* a class has nothing of the syntax around it */
	{ "\"a b\"/host" }, { "a,b/host" }, { "a;b/host" }, { "#a/host" }, { "a*/host" },
	{ "'a/host" }, { "a=b/host" }, { "\357\274\264ERMSRV/host" },
	/* nothing but ASCII, and one spelling of a name */
	{ "TERMSRV/b\303\274cher.example" },
	{ "TERMSRV/ho\xc2\xadst" },				/* soft hyphen */
	{ "TERMSRV/ho\xe2\x80\x8bst" },				/* zero-width space */
	{ "TERMSRV/\xef\xbd\x88ost" },				/* full-width h */
	{ "TERMSRV/host\343\200\202example" },		/* ideographic full stop */
	{ "TERMSRV/host\357\274\216example" },		/* full-width full stop */
	{ "TERMSRV/host\357\275\241example" },		/* half-width one */
	{ "TERMSRV/" }, { "/" }, { "/host" }, { "TERMSRV/." }, { "TERMSRV/.host" },
	{ "TERMSRV/a..b" }, { "TERMSRV/host.." }, { "TERMSRV/%68ost" }, { "TERMSRV/h*st" },
	{ "TERMSRV/a\nb" }, { "TERMSRV/a\x7f" }, { "TERMSRV/\xff" }, { "TERMSRV/a\\b" },
	{ "TERMSRV/user@host" }, { "TERMSRV/host:" }, { "TERMSRV/host:/x" },
	{ "TERMSRV/host:1:" }, { "TERMSRV/host/a\nb" }, { "HTTP/host/\xff" },
	{ "TERMSRV/1" L63 ".example" },
	{ "TERMSRV/b." NAME253 },
	/* IPv4 as four decimal numbers */
	{ "TERMSRV/10.0.2.2", "10.0.2.2" },
	{ "TERMSRV/10.0.2.2:3389", "10.0.2.2" },
	{ "TERMSRV/1.2.3.4.example", "1.2.3.4.example" },
	{ "TERMSRV/0x7f.example", "0x7f.example" },
	{ "TERMSRV/7up", "7up" },
	{ "TERMSRV/127.1" }, { "TERMSRV/2130706433" }, { "TERMSRV/0x7f.0.0.1" },
	{ "TERMSRV/0x7f000001" }, { "TERMSRV/0X7F.1" }, { "TERMSRV/0177.0.0.1" },
	{ "TERMSRV/010.0.2.2" }, { "TERMSRV/10.0.2.02" }, { "TERMSRV/10.0.2.256" },
	{ "TERMSRV/10.0.2.2." }, { "TERMSRV/127.1." }, { "TERMSRV/1.2.3.4.5" },
	{ "TERMSRV/host.0x1" }, { "TERMSRV/[10.0.2.2]" }, { "TERMSRV/10.0.2.2::" },
	/* IPv6 as RFC 5952 has it */
	{ "TERMSRV/[fe80::1]:3389", "fe80::1" },
	{ "TERMSRV/[fe80::1]", "fe80::1" },
	{ "TERMSRV/[fe80::1]/REALM", "fe80::1" },
	{ "TERMSRV/fe80::1", "fe80::1" },
	{ "TERMSRV/FE80::A", "FE80::A" },
	{ "fe80::1", "fe80::1" },
	{ "TERMSRV/::", "::" },
	{ "TERMSRV/2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "TERMSRV/2001:db8::1:0:0:1", "2001:db8::1:0:0:1" },
	{ "TERMSRV/fe80::5efe:a00:202", "fe80::5efe:a00:202" },
	{ "TERMSRV/2001:db8::200:5efe:a00:2", "2001:db8::200:5efe:a00:2" },
	{ "TERMSRV/fe80::5efe:0a00:202" }, { "TERMSRV/fe80::200:5efe:10.0.0.2" },
	{ "TERMSRV/fe80::0001" }, { "TERMSRV/fe80:0:0:0:0:0:0:1" }, { "TERMSRV/fe80:0::1" },
	{ "TERMSRV/2001:db8::1:1:1:1:1" }, { "TERMSRV/2001:db8:0:0:1::1" },
	{ "TERMSRV/fe80::1%eth0" }, { "TERMSRV/[fe80::1%25eth0]" }, { "TERMSRV/fe80::1." },
	{ "TERMSRV/::ffff:10.0.2.2" }, { "TERMSRV/::ffff:a00:202" }, { "TERMSRV/::10.0.2.2" },
	{ "TERMSRV/[::ffff:10.0.2.2]:3389" }, { "TERMSRV/fe80::5efe:10.0.2.2" },
	{ "TERMSRV/fe80:::1" }, { "TERMSRV/fe80::1::2" }, { "TERMSRV/fe80::g" },
	{ "TERMSRV/12345::1" }, { "TERMSRV/1:2:3" }, { "TERMSRV/:::" },
	{ "TERMSRV/[]" }, { "TERMSRV/[fe80::1" }, { "TERMSRV/[host]" }, { "TERMSRV/fe80::1]" },
	{ "TERMSRV/[fe80::1]x" }, { "TERMSRV/[fe80::1]:" }, { "TERMSRV/[[fe80::1]]" },
	{ "[/fe80::1]" },
};

static void target_host(struct kunit *test)
{
	struct cssp_spn t = {};
	struct cssp_rd rd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		const struct target_row *row = &targets[i];

		rd = test_str(row->spn);
		KUNIT_EXPECT_EQ_MSG(test, row->host ? 0 : CSSP_E_TARGET,
				    cssp_spn_set(&t, &rd), "%s", row->spn);
		if (row->host)
			KUNIT_EXPECT_STREQ(test, t.host, row->host);
	}
	/* what follows a NUL is not lost */
	rd = cssp_rd_of("TERMSRV/a\0b", 11);
	KUNIT_EXPECT_EQ(test, CSSP_E_TARGET, cssp_spn_set(&t, &rd));
	cssp_spn_free(&t);
}

static void target_limit(struct kunit *test)
{
	static const char host[] = "/host";
	u8 *long_name = test_room(test, CREDSSP_MAX_TARGET + 1);
	struct cssp_spn t = {};
	struct cssp_rd rd;
	size_t n;

	for (n = CREDSSP_MAX_TARGET; n <= CREDSSP_MAX_TARGET + 1; n++) {
		memset(long_name, 'a', n);
		memcpy(long_name + n - strlen(host), host, strlen(host));
		rd = cssp_rd_of(long_name, n);
		KUNIT_EXPECT_EQ(test, n > CREDSSP_MAX_TARGET ? CSSP_E_TARGET : 0,
				cssp_spn_set(&t, &rd));
	}
	cssp_spn_free(&t);
}

static void target_of_a_terminal_server(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, cssp_spn_is_remote_desktop("TERMSRV/host"));
	KUNIT_EXPECT_TRUE(test, cssp_spn_is_remote_desktop("termsrv/host:3389"));
	KUNIT_EXPECT_FALSE(test, cssp_spn_is_remote_desktop("TERMSRV"));
	KUNIT_EXPECT_FALSE(test, cssp_spn_is_remote_desktop("TERMSRV2/host"));
	KUNIT_EXPECT_FALSE(test, cssp_spn_is_remote_desktop("HTTP/host"));
	KUNIT_EXPECT_FALSE(test, cssp_spn_is_remote_desktop(""));
	KUNIT_EXPECT_FALSE(test, cssp_spn_is_remote_desktop(NULL));
}

static struct kunit_case spn_cases[] = {
	KUNIT_CASE(target_host),
	KUNIT_CASE(target_of_a_terminal_server),
	KUNIT_CASE(target_limit),
	{}
};

static struct kunit_suite spn_suite = {
	.name = "credssp_policy_spn",
	.test_cases = spn_cases,
};

kunit_test_suite(spn_suite);
