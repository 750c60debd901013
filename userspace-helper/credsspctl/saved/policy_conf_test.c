// SPDX-License-Identifier: GPL-2.0-only
/* credssp-policy.conf(5): files that are accepted, files that are refused, and printing. */
#include <stdlib.h>
#include <string.h>

#include "policy_conf.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

static struct policy_conf conf;

static const char *parse_n(const char *text, size_t n, unsigned int *line)
{
	FILE *f = tmpfile();
	const char *err;

	CHECK(f);
	if (!f)
		return "no file";
	CHECK(fwrite(text, 1, n, f) == n);
	rewind(f);
	err = policy_conf_parse(&conf, f, line);
	fclose(f);
	return err;
}

static const char *parse(const char *text, unsigned int *line)
{
	return parse_n(text, strlen(text), line);
}

/* The patterns of a list with blanks between them. */
static const char *listed(unsigned int kind, unsigned int list)
{
	static char all[4096];
	char pattern[CREDSSP_MAX_TARGET + 1];
	uint32_t at = 0;
	size_t n = 0;

	*all = '\0';
	while (policy_conf_next(&conf, kind, list, &at, pattern))
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", n ? " " : "", pattern);
	return all;
}

static void test_defaults(void)
{
	unsigned int line, kind, list;

	CHECK(!parse("# nothing\n\n  # at all\n", &line));
	CHECK(conf.oracle == CREDSSP_ORACLE_MITIGATED && !conf.rules && conf.count == 4);
	for (kind = 0; kind < POLICY_KINDS; kind++)
		for (list = 0; list < POLICY_LISTS; list++)
			CHECK(!strcmp(listed(kind, list), kind != CREDSSP_KIND_DEFAULT &&
				      list != CREDSSP_LIST_DENY ? "TERMSRV/*" : ""));
}

static void test_lists(void)
{
	unsigned int line;

	CHECK(!parse("oracle=force\n"
		     "  ntlm = no  \r\n"
		     "allow-fresh = TERMSRV/*.a\tWSMAN/b  HTTP/c \r\n"
		     "allow-saved =\n"
		     "deny-default = *\n"
		     "deny-fresh = TERMSRV/fe80::1", &line));
	CHECK(conf.oracle == CREDSSP_ORACLE_FORCE && conf.rules == CREDSSP_POLICY_NO_NTLM);
	CHECK(!strcmp(listed(CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW),
		      "TERMSRV/*.a WSMAN/b HTTP/c"));
	CHECK(!strcmp(listed(CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW_NTLM_ONLY), "TERMSRV/*"));
	CHECK(!strcmp(listed(CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY), "TERMSRV/fe80::1"));
	CHECK(!strcmp(listed(CREDSSP_KIND_SAVED, CREDSSP_LIST_ALLOW), ""));
	CHECK(!strcmp(listed(CREDSSP_KIND_SAVED, CREDSSP_LIST_ALLOW_NTLM_ONLY), "TERMSRV/*"));
	CHECK(!strcmp(listed(CREDSSP_KIND_DEFAULT, CREDSSP_LIST_DENY), "*"));
}

static const struct {
	const char *text;
	unsigned int line;
} refused[] = {
	{ "nonsense", 1 },
	{ "nonsense = 1", 1 },
	{ "\n\nallow-fresh TERMSRV/*", 3 },
	{ "oracle = 1", 1 },
	{ "oracle =", 1 },
	{ "oracle = force\noracle = force", 2 },
	{ "ntlm = off", 1 },
	{ "ntlm = no\nntlm = no\n", 2 },
	{ "Oracle = force", 1 },
	{ "allow-fresh = */*", 1 },
	{ "allow-fresh = TERMSRV/", 1 },
	{ "deny-fresh = TERMSRV/host:3389", 1 },
	{ "deny-fresh = TERMSRV/host/realm", 1 },
	{ "deny-fresh = TERMSRV/[fe80::1]", 1 },
	{ "deny-fresh = TERMSRV/host.", 1 },
	{ "allow-fresh = TERMSRV/a\x01", 1 },
	{ "allow-fresh = TERMSRV/a\xc3(", 1 },
	/* a list that is set twice */
	{ "deny-fresh = A/b\nallow-fresh = A/c\ndeny-fresh = A/d\n", 3 },
	{ "deny-fresh =\ndeny-fresh =\n", 2 },
	/* comments are lines */
	{ "deny-fresh = A/b # not this one", 1 },
	{ "deny-fresh = A/b #C/d", 1 },
	{ "deny-fresh = #", 1 },
	{ "oracle = force # always", 1 },
	{ "ntlm = no # never", 1 },
	/* separators of other formats */
	{ "deny-fresh = A/b,C/d", 1 },
	{ "deny-fresh = A/b, C/d", 1 },
	{ "deny-fresh = A/b ,C/d", 1 },
	{ "deny-fresh = A/b; C/d", 1 },
	{ "deny-fresh = A/b ; C/d", 1 },
	{ "deny-fresh == A/b", 1 },
	{ "deny-fresh ==A/b", 1 },
	{ "deny-fresh = allow-fresh = A/b", 1 },
	{ "deny-fresh : A/b", 1 },
	{ "= A/b", 1 },
	{ "\"deny-fresh\" = A/b", 1 },
	{ "oracle = \"force\"", 1 },
	{ "deny-fresh = A/b \\\nC/d", 1 },
	{ "[policy]\ndeny-fresh = A/b", 1 },
	/* blanks of a class are in quotes, of one kind */
	{ "deny-fresh = Microsoft Virtual Console Service/host", 1 },
	{ "deny-fresh = Microsoft\\ Service/host", 1 },
	{ "deny-fresh = 'A b/host'", 1 },
	{ "deny-fresh = 'A/host'", 1 },
	{ "deny-fresh = `A/host`", 1 },
	{ "deny-fresh = \342\200\234A b/host\342\200\235", 1 },
	{ "deny-fresh = \342\200\234A/host\342\200\235", 1 },
	{ "deny-fresh = \302\253A/host\302\273", 1 },
	{ "deny-fresh = \"A b/host", 1 },
	{ "deny-fresh = A/b \"", 1 },
	{ "deny-fresh = \"A b/host\nallow-fresh = \"", 1 },
	{ "deny-fresh = \"A b/host\"x", 1 },
	{ "deny-fresh = \"A b/host\"\"C d/host\"", 1 },
	{ "deny-fresh = \"A b/host\",", 1 },
	{ "deny-fresh = A\"b\"/host", 1 },
	{ "deny-fresh = A/host\"", 1 },
	{ "deny-fresh = \"\"", 1 },
	{ "deny-fresh = \" \"", 1 },
	{ "deny-fresh = \" A/host\"", 1 },
	{ "deny-fresh = \"A b /host\"", 1 },
	{ "deny-fresh = \"A/b C/d\"", 1 },
	{ "deny-fresh = \"A\tb/host\"", 1 },
	{ "deny-fresh = A\302\240b/host", 1 },
	/* patterns that cannot match any target */
	{ "deny-fresh = host.example", 1 },
	{ "deny-fresh = /host", 1 },
	{ "deny-fresh = TERMSRV/*:3389", 1 },
	{ "deny-fresh = TERMSRV/a..b", 1 },
	{ "deny-fresh = TERMSRV/.b", 1 },
	{ "deny-fresh = TERMSRV/ho%73t", 1 },
	{ "deny-fresh = TERMSRV/user@host", 1 },
	{ "deny-fresh = TERMSRV/127.1", 1 },
	{ "deny-fresh = TERMSRV/0x7f000001", 1 },
	{ "deny-fresh = TERMSRV/010.0.0.1", 1 },
	{ "deny-fresh = TERMSRV/::1.2.3.4", 1 },
	{ "deny-fresh = TERMSRV/fe80::g", 1 },
	{ "deny-fresh = TERMSRV/2001:0db8:*", 1 },
	{ "deny-fresh = TERMSRV/0x7f.*", 1 },
	{ "deny-fresh = TERMSRV/300.1.*", 1 },
	{ "deny-fresh = TERMSRV/192.168.010.*", 1 },
	{ "deny-fresh = TERMSRV/192.168.01*", 1 },
	{ "deny-fresh = TERMSRV/1.2.3.4.*", 1 },
	{ "deny-fresh = TERMSRV/*.0x5", 1 },
	{ "deny-fresh = TERMSRV/*.300", 1 },
	{ "deny-fresh = TERMSRV/*.a.5", 1 },
	{ "deny-fresh = TERMSRV/a.*.5", 1 },
	{ "deny-fresh = TERMSRV/*.1.2.3.4", 1 },
	{ "deny-fresh = TERMSRV/1::2::*", 1 },
	{ "deny-fresh = TERMSRV/2001:0:0:*", 1 },
	{ "deny-fresh = TERMSRV/2001:0::*", 1 },
	{ "deny-fresh = TERMSRV/fe80::0*", 1 },
	{ "deny-fresh = TERMSRV/*:0:0", 1 },
	{ "deny-fresh = TERMSRV/*:::1", 1 },
	{ "deny-fresh = TERMSRV/2001:db8:1:2::*", 1 },
	{ "deny-fresh = TERMSRV/2001:db8:0:*", 1 },
	{ "deny-fresh = TERMSRV/2001:db8:0*", 1 },
	{ "deny-fresh = TERMSRV/::*", 1 },
	{ "deny-fresh = TERMSRV/*::1", 1 },
	{ "deny-fresh = TERMSRV/*:0:1", 1 },
	{ "deny-fresh = TERMSRV/1:2:3:4:5:6:7:8:*", 1 },
	{ "deny-fresh = TERMSRV/*b\303\274cher.example", 1 },
	{ "deny-fresh = TERMSRV/\xf0\x9f\x98\x80", 1 },
	{ "deny-fresh = T\xc3\x89RMSRV/host", 1 },
	{ "deny-fresh = \357\274\264ERMSRV/host", 1 },
	/* the file itself */
	{ "\357\273\277# comment\ndeny-fresh = A/b\n", 1 },
	{ "\357\273\277deny-fresh = A/b\n", 1 },
	{ "\ndeny-fresh = A/b\n\xef\xbb\xbf\n", 3 },
	{ "# comment\rdeny-fresh = A/b\r", 1 },
	{ "deny-fresh = A/b\r\r\n", 1 },
	{ "deny-fresh = A/b\rC/d\n", 1 },
	{ "\xc2\xa0\n", 1 },
	{ "deny\342\200\221fresh = A/b", 1 },
};

static void test_refused(void)
{
	unsigned int line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		CHECK(parse(refused[i].text, &line));
		CHECK(line == refused[i].line);
	}
	/* text behind a NUL must not be ignored */
	CHECK(parse_n("deny-fresh = A/b\0 C/d\n", 22, &line) && line == 1);
}

static void test_bounds(void)
{
	size_t n = CREDSSP_MAX_POLICY + 1000, i;
	char *text = malloc(n + 1);
	unsigned int line;

	CHECK(text);
	if (!text)
		return;
	memset(text, ' ', n);
	text[n] = '\0';
	CHECK(parse(text, &line) && line == 1);

	/* the maximum number of patterns, and one more */
	memcpy(text, "allow-fresh =", 13);
	for (i = 0; i <= CREDSSP_MAX_PATTERNS; i++)
		memcpy(text + 13 + 4 * i, " a/b", 4);
	text[13 + 4 * i] = '\0';
	CHECK(parse(text, &line) && line == 1);
	text[13 + 4 * (CREDSSP_MAX_PATTERNS - 4)] = '\0';
	CHECK(!parse(text, &line) && conf.count == CREDSSP_MAX_PATTERNS - 1);

	memset(text + 14, 'a', CREDSSP_MAX_TARGET + 1);
	memcpy(text + 14 + CREDSSP_MAX_TARGET - 2, "/aa", 4);
	CHECK(parse(text, &line) && line == 1);
	text[14 + CREDSSP_MAX_TARGET] = '\0';
	CHECK(!parse(text, &line));
	free(text);
}

/* Patterns with blanks and in other alphabets, and their converted form. */
static void test_patterns(void)
{
	static const struct {
		const char *value;
		const char *patterns;
	} rows[] = {
		{ "\"Microsoft Virtual Console Service/*\"",
		  "Microsoft Virtual Console Service/*" },
		{ "A/b \"C d/e\"\t\"F/g\"", "A/b C d/e F/g" },
		{ "\"A  b/host\"", "A  b/host" },
		{ "\"Microsoft *\" *", "Microsoft * *" },
		{ "TERMSRV/b\303\274cher.example", "TERMSRV/xn--bcher-kva.example" },
		{ "TERMSRV/*.B\303\234CHER.example", "TERMSRV/*.xn--bcher-kva.example" },
		{ "TERMSRV/serve\302\255r\343\200\202example", "TERMSRV/server.example" },
		{ "\"A b/b\303\274cher.example\"", "A b/xn--bcher-kva.example" },
		{ "TERMSRV/FE80:0::0001 TERMSRV/::ffff:10.0.0.1",
		  "TERMSRV/fe80::1 TERMSRV/10.0.0.1" },
		{ "TERMSRV/fe80::1%eth0", "TERMSRV/fe80::1" },
		{ "TERMSRV/10.1.* TERMSRV/2001:db8:*", "TERMSRV/10.1.* TERMSRV/2001:db8:*" },
		{ "TERMSRV/*.5 TERMSRV/*5.6", "TERMSRV/*.5 TERMSRV/*5.6" },
		{ "TERMSRV/10.*.5 TERMSRV/192.168.0.1*", "TERMSRV/10.*.5 TERMSRV/192.168.0.1*" },
		{ "TERMSRV/0.* TERMSRV/300*", "TERMSRV/0.* TERMSRV/300*" },
		{ "TERMSRV/300.*.example TERMSRV/2001:*:1",
		  "TERMSRV/300.*.example TERMSRV/2001:*:1" },
		{ "TERMSRV/2001:db8:1:2:* TERMSRV/*:1:2",
		  "TERMSRV/2001:db8:1:2:* TERMSRV/*:1:2" },
		{ "TERMSRV/2001:db8:*0a1", "TERMSRV/2001:db8:*0a1" },
		{ "TERMSRV/fe80::5efe:a00:202", "TERMSRV/fe80::5efe:a00:202" },
		{ "TERMSRV* */host *.example", "TERMSRV* */host *.example" },
	};
	char text[256];
	unsigned int line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text), "deny-fresh = %s", rows[i].value);
		CHECK(!parse(text, &line));
		CHECK(!strcmp(listed(CREDSSP_KIND_FRESH, CREDSSP_LIST_DENY), rows[i].patterns));
	}
}

/* The printed text sets the same policy, and that prints as the same text. */
static void check_round_trip(void)
{
	static struct policy_conf first;
	FILE *f = tmpfile(), *g = tmpfile();
	unsigned int line;
	int a, b;

	CHECK(f && g);
	if (!f || !g)
		return;
	policy_conf_print(f, &conf);
	first = conf;
	rewind(f);
	CHECK(!policy_conf_parse(&conf, f, &line));
	CHECK(conf.count == first.count && conf.rules == first.rules &&
	      conf.oracle == first.oracle && conf.length == first.length);
	policy_conf_print(g, &conf);
	rewind(f);
	rewind(g);
	do {
		a = getc(f);
		b = getc(g);
	} while (a == b && a != EOF);
	CHECK(a == b);
	fclose(f);
	fclose(g);
}

/* Lists of the maximum length, each pattern with a blank, in the order of printing. */
static void fill_policy(void)
{
	char text[CREDSSP_MAX_TARGET + 1];
	struct credssp_policy_pattern head = {
		.kind = CREDSSP_KIND_FRESH, .list = CREDSSP_LIST_DENY, .length = 124,
	};

	memset(&conf, 0, sizeof(conf));
	memset(text, 'a', head.length);
	memcpy(text + 1, " b", 2);
	text[head.length - 2] = '/';
	while (conf.count < CREDSSP_MAX_PATTERNS &&
	       conf.length + sizeof(head) + head.length <= sizeof(conf.patterns)) {
		memcpy(conf.patterns + conf.length, &head, sizeof(head));
		memcpy(conf.patterns + conf.length + sizeof(head), text, head.length);
		conf.length += (uint32_t)(sizeof(head) + head.length);
		conf.count++;
	}
	CHECK(conf.count == CREDSSP_MAX_PATTERNS && conf.length == CREDSSP_MAX_POLICY);
}

static void test_round_trip(void)
{
	unsigned int line;

	CHECK(!parse("ntlm=no\nallow-fresh=A/* B/h\xc3\xb6st\ndeny-saved=*.x \"Y z/*\" \"W *\"\n",
		     &line));
	check_round_trip();
	CHECK(!strcmp(listed(CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW), "A/* B/xn--hst-sna"));
	CHECK(!strcmp(listed(CREDSSP_KIND_SAVED, CREDSSP_LIST_DENY), "*.x Y z/* W *"));
	fill_policy();
	check_round_trip();
	/* without the four defaults there is no room for more */
	CHECK(conf.count == CREDSSP_MAX_PATTERNS);
}

void test_policy_conf(void)
{
	test_defaults();
	test_lists();
	test_refused();
	test_bounds();
	test_patterns();
	test_round_trip();
}
