// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/ntlm_names.c */
#include <uapi/linux/credssp.h>

#include "base/status.h"
#include "mech/ntlm_names.h"
#include "ntlm_acceptor_pair.h"

static void machine_names(struct kunit *test)
{
	static const struct {
		const char *host, *netbios, *dns, *domain;
	} rows[] = {
		{ "server", "SERVER", "server", "server" },
		{ "Server.Example.org", "SERVER", "Server.Example.org", "Example.org" },
		{ "a-very-long-host-name.x", "A-VERY-LONG-HOS", "a-very-long-host-name.x", "x" },
		{ "server.", "SERVER", "server.", "server." },
		{ "", "LOCALHOST", "localhost", "localhost" },
		{ "(none)", "LOCALHOST", "localhost", "localhost" },
		{ ".example.org", "LOCALHOST", "localhost", "localhost" },
		{ "b\xc3\xbcro", "LOCALHOST", "localhost", "localhost" },
		{ "two words", "LOCALHOST", "localhost", "localhost" },
	};
	struct cssp_ntlm_machine m = {};
	struct cssp_rd got, want;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_ASSERT_EQ(test, cssp_ntlm_machine_init(&m, rows[i].host), 0);
		got = cssp_vbuf_rd(&m.netbios);
		want = utf16_of(test, rows[i].netbios);
		test_expect_same(test, &got, &want);
		got = cssp_vbuf_rd(&m.dns);
		want = utf16_of(test, rows[i].dns);
		test_expect_same(test, &got, &want);
		got = cssp_vbuf_rd(&m.dns_domain);
		want = utf16_of(test, rows[i].domain);
		test_expect_same(test, &got, &want);
	}
	cssp_ntlm_machine_free(&m);
}

/* What an attacker may put into a name, to change a log or a terminal that shows it */
static void claims(struct kunit *test)
{
	static const struct {
		const char *domain, *user;	/* UTF-16LE in hex */
		const char *want;
	} rows[] = {
		{ "4400", "7500", "D\\u" },
		{ "", "7500", "u" },
		{ "4400", "", "D\\" },
		{ "", "", "" },
		{ "", "e400ac203dd800de", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		/* NUL, line end; escape, DEL, CSI, soft hyphen */
		{ "00000a00", "1b007f009b00ad002100", "??\\????!" },
		/* zero width, line separator; right-to-left override, isolate, BOM */
		{ "0b202820", "2e206620fffe", "??\\???" },
		{ "", "1c06faff6100", "??a" },	/* Arabic letter mark, annotation */
		/* a tag of plane 14; fillers and a variation selector */
		{ "", "610040db61dc", "a??" },
		{ "6431a0ff", "0ffe5f11", "??\\??" },
		/* halves of surrogate pairs: alone, in the wrong order, at the end */
		{ "", "00d86100", "?a" },
		{ "", "00dc00d8", "??" },
		{ "", "00d8", "?" },
		{ "", "00d800d800dc", "?\xf0\x90\x80\x80" },
	};
	struct cssp_ntlm_authenticate msg = { .flags = CSSP_NTLM_UNICODE };
	struct cssp_vbuf *account = new_vbuf(test), *workstation = new_vbuf(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		msg.domain = test_hex(test, rows[i].domain);
		msg.user = test_hex(test, rows[i].user);
		msg.workstation = msg.user;
		KUNIT_ASSERT_EQ(test, cssp_ntlm_claim(&msg, account, workstation), 0);
		ntlm_acc_expect_text(test, account, rows[i].want);
	}
	/* OEM characters */
	msg.flags = CSSP_NTLM_OEM;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_claim(&msg, account, workstation), 0);
	KUNIT_EXPECT_EQ(test, account->len + workstation->len, 0);
}

static struct kunit_case ntlm_names_cases[] = {
	KUNIT_CASE(machine_names),
	KUNIT_CASE(claims),
	{}
};

static struct kunit_suite ntlm_names_suite = {
	.name = "credssp_mech_ntlm_names",
	.test_cases = ntlm_names_cases,
};

kunit_test_suite(ntlm_names_suite);
