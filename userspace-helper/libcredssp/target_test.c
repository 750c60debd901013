// SPDX-License-Identifier: GPL-2.0-only
/* Target names: each spelling of a host is converted to the one that the kernel accepts. */
#include <errno.h>
#include <string.h>

#include "fake_device.h"
#include "test.h"
#include "words_test.h"

#define BUECHER	"xn--bcher-kva.example"

static const struct {
	const char *target;
	const char *ascii;	/* NULL: refused */
} rows[] = {
	{ "", "" },
	{ "TERMSRV/host", "TERMSRV/host" },
	{ "TERMSRV/Host_1.EXAMPLE.:3389/REALM", "TERMSRV/Host_1.EXAMPLE.:3389/REALM" },
	{ "host", "host" },
	{ "Microsoft Virtual Console Service/host", "Microsoft Virtual Console Service/host" },
	{ "TERMSRV/r3---sn.example", "TERMSRV/r3---sn.example" },
	/* U-labels, and what UTS 46 maps */
	{ "TERMSRV/b\303\274cher.example", "TERMSRV/" BUECHER },
	{ "TERMSRV/B\303\234CHER.Example", "TERMSRV/" BUECHER },
	{ "TERMSRV/u\314\210ber.example", "TERMSRV/xn--ber-goa.example" },	/* NFD */
	{ "TERMSRV/b\303\274cher.example.:1/x", "TERMSRV/" BUECHER ".:1/x" },
	{ "b\303\274cher.example", BUECHER },
	{ "A b/b\303\274cher.example", "A b/" BUECHER },
	{ "TERMSRV/" BUECHER, "TERMSRV/" BUECHER },
	{ "TERMSRV/ho\302\255st", "TERMSRV/host" },			/* soft hyphen */
	{ "TERMSRV/ho\342\200\213st", "TERMSRV/host" },			/* zero-width space */
	{ "TERMSRV/\357\275\210ost", "TERMSRV/host" },			/* full-width h */
	{ "TERMSRV/host\343\200\202example", "TERMSRV/host.example" },	/* ideographic */
	{ "TERMSRV/host\357\274\216example", "TERMSRV/host.example" },	/* full-width */
	{ "TERMSRV/host\357\275\241example", "TERMSRV/host.example" },	/* half-width */
	{ "TERMSRV/stra\303\237e", "TERMSRV/xn--strae-oqa" },	/* non-transitional */
	{ "TERMSRV/\357\274\221\357\274\222\357\274\227.0.0.1", "TERMSRV/127.0.0.1" },
	/* no character becomes syntax of names */
	{ "TERMSRV/a\357\274\217b", NULL },	/* full-width / */
	{ "TERMSRV/a\357\274\232b", NULL },	/* full-width : */
	{ "TERMSRV/a\357\274\205b", NULL },	/* full-width % */
	{ "TERMSRV/\357\274\212.b", NULL },	/* full-width * */
	{ "TERMSRV/a\343\200\200b", NULL },	/* ideographic space */
	{ "TERMSRV/a\302\240b", NULL },		/* no-break space */
	/* invalid hosts */
	{ "TERMSRV/\360\237\230\200", NULL },
	{ "TERMSRV/a\342\200\215b", NULL },	/* a joiner between letters that cannot be joined */
	{ "TERMSRV/\342\200\234host\342\200\235", NULL },	/* typographic quotes */
	{ "TERMSRV/\302\255", NULL }, { "\302\255", NULL },
	{ "TERMSRV/\303(", NULL }, { "TERMSRV/\377", NULL },
	/* patterns */
	{ "TERMSRV/*", "TERMSRV/*" },
	{ "*", "*" },
	{ "TERMSRV/*.b\303\274cher.example", "TERMSRV/*." BUECHER },
	{ "TERMSRV/a*.b\303\274cher.example", "TERMSRV/a*." BUECHER },
	{ "TERMSRV/b\303\274cher.*", "TERMSRV/xn--bcher-kva.*" },
	{ "*.b\303\274cher.example", "*." BUECHER },
	{ "TERMSRV/*b\303\274cher.example", NULL },
	{ "TERMSRV/b\303\274*", NULL },
	/* addresses */
	{ "TERMSRV/10.0.2.2", "TERMSRV/10.0.2.2" },
	{ "TERMSRV/127.1", "TERMSRV/127.1" },	/* programs differ in the meaning of this */
	{ "TERMSRV/FE80:0::0001", "TERMSRV/fe80::1" },
	{ "TERMSRV/[FE80:0::0001]:3389/R", "TERMSRV/[fe80::1]:3389/R" },
	{ "TERMSRV/[2001:DB8:0:0:0:0:0:1]", "TERMSRV/[2001:db8::1]" },
	{ "FE80::1", "fe80::1" },
	{ "TERMSRV/fe80::1%eth0", "TERMSRV/fe80::1" },
	{ "TERMSRV/[fe80::1%25eth0]:1", "TERMSRV/[fe80::1]:1" },
	{ "TERMSRV/::ffff:10.0.2.2", "TERMSRV/10.0.2.2" },
	{ "TERMSRV/::ffff:a00:202", "TERMSRV/10.0.2.2" },
	{ "TERMSRV/[::FFFF:10.0.2.2]:3389", "TERMSRV/10.0.2.2:3389" },
	{ "TERMSRV/[::ffff:10.0.2.2]", "TERMSRV/10.0.2.2" },
	{ "TERMSRV/::1", "TERMSRV/::1" }, { "TERMSRV/::", "TERMSRV/::" },
	/* left to the kernel */
	{ "TERMSRV/\303\274..example", "TERMSRV/xn--tda..example" },
	{ "TERMSRV/::10.0.2.2", "TERMSRV/::10.0.2.2" },
	{ "TERMSRV/fe80::g", "TERMSRV/fe80::g" },
	{ "TERMSRV/2001:db8:*", "TERMSRV/2001:db8:*" },
	{ "TERMSRV/[fe80::1", "TERMSRV/[fe80::1" },
	{ "TERMSRV/a b", "TERMSRV/a b" },
};

static void test_spellings(void)
{
	char ascii[CREDSSP_MAX_TARGET + 1], place[CREDSSP_MAX_TARGET + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int ret = credssp_target_to_ascii(rows[i].target, ascii, sizeof(ascii));

		if (ret != (rows[i].ascii ? 0 : -1))
			printf("# %s: %s\n", rows[i].target, ret ? "refused" : ascii);
		CHECK(ret == (rows[i].ascii ? 0 : -1));
		if (!ret && rows[i].ascii && strcmp(ascii, rows[i].ascii)) {
			printf("# %s: %s\n", rows[i].target, ascii);
			CHECK(!strcmp(ascii, rows[i].ascii));
		}
		/* conversion in place */
		if (!ret && strlen(rows[i].target) < sizeof(place)) {
			strcpy(place, rows[i].target);
			CHECK(!credssp_target_to_ascii(place, place, sizeof(place)));
			CHECK(!strcmp(place, ascii));
		}
		/* a converted name does not change */
		if (!ret) {
			CHECK(!credssp_target_to_ascii(ascii, ascii, sizeof(ascii)));
			CHECK(!rows[i].ascii || !strcmp(ascii, rows[i].ascii));
		}
	}
}

static void test_room(void)
{
	char ascii[CREDSSP_MAX_TARGET + 1], longest[CREDSSP_MAX_TARGET + 2];
	static const char host[] = "/b\303\274cher.example";
	size_t n = strlen("/" BUECHER), i;

	for (i = 0; i <= n; i++) {
		errno = 0;
		CHECK(credssp_target_to_ascii(host, ascii, i) == -1 && errno == EINVAL);
	}
	CHECK(!credssp_target_to_ascii(host, ascii, n + 1) && strlen(ascii) == n);
	memset(longest, 'a', sizeof(longest));
	longest[CREDSSP_MAX_TARGET] = '\0';
	CHECK(!credssp_target_to_ascii(longest, ascii, sizeof(ascii)));
	longest[CREDSSP_MAX_TARGET] = 'a';
	longest[CREDSSP_MAX_TARGET + 1] = '\0';
	CHECK(credssp_target_to_ascii(longest, ascii, sizeof(ascii)) == -1);
	/* a name that fits becomes too long */
	memset(longest, 'a', sizeof(longest));
	memcpy(longest + CREDSSP_MAX_TARGET - strlen(host), host, sizeof(host));
	CHECK(credssp_target_to_ascii(longest, ascii, sizeof(ascii)) == -1);
	CHECK(credssp_target_to_ascii(NULL, ascii, sizeof(ascii)) == -1);
	CHECK(credssp_target_to_ascii("a", NULL, 0) == -1);
}

/*
 * Each call passes the converted name to the kernel, or the
 * original if it has no such form.
 */
static void test_calls(void)
{
	static const char name[] = "T/b\303\274cher";
	static const char bad[] = "T/\360\237\230\200";
	static const uint16_t wide[] = { 'T', '/', 'B', 0xdc, 0 };
	struct credssp_ioc_policy_check check = { .target = cssp_ptr(name), .target_length = 4 };
	struct credssp_buffer out = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 1, &out };
	uint64_t cred = 5, context = 0;
	uint32_t attr;

	reset();
	CHECK(credssp_initialize_security_context(&fake, &cred, NULL, name, 0, 0, 0, NULL, 0,
						  &context, &desc, &attr, NULL) == SEC_E_OK);
	CHECK(!strcmp(device.seen_target, "T/xn--bcher-kva"));
	CHECK(credssp_initialize_security_context_w(&fake, &cred, NULL, wide, 0, 0, 0, NULL, 0,
						    &context, &desc, &attr, NULL) == SEC_E_OK);
	CHECK(!strcmp(device.seen_target, "T/xn--b-eha"));
	CHECK(credssp_initialize_security_context(&fake, &cred, NULL, bad, 0, 0, 0, NULL, 0,
						  &context, &desc, &attr, NULL) == SEC_E_OK);
	CHECK(!strcmp(device.seen_target, bad));
	CHECK(credssp_authenticate_socket(&fake, cred, -1, name, 0, 0, 0, NULL) == SEC_E_OK);
	CHECK(!strcmp(device.seen_target, "T/xn--bcher-kva"));
	/* "T/b" and half a character, then the whole name */
	CHECK(credssp_policy_check(&fake, &check) == SEC_E_OK);
	CHECK(!memcmp(device.seen_target, name, 4));
	check.target_length = (uint32_t)strlen(name);
	CHECK(credssp_policy_check(&fake, &check) == SEC_E_OK && check.min_version == 5);
	CHECK(!strcmp(device.seen_target, "T/xn--bcher-kva"));
	CHECK(check.target == cssp_ptr(name) && check.target_length == strlen(name));
	check.target = 0;
	CHECK(credssp_policy_check(&fake, &check) == SEC_E_INVALID_PARAMETER);
}

void test_target(void)
{
	test_spellings();
	test_room();
	test_calls();
}
