// SPDX-License-Identifier: GPL-2.0-only
/* credssp-policy.conf(5): what is taken, what is refused, and the way back. */
#include <stdlib.h>
#include <string.h>

#include "ctl_test.h"
#include "policy_conf.h"
#include "test.h"
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
		     "allow-fresh = TERMSRV/*.a\tWSMAN/b\n"
		     "allow-fresh =  HTTP/c\n"
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

static void test_refused(void)
{
	static const struct {
		const char *text;
		unsigned int line;
	} rows[] = {
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
	};
	unsigned int line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(parse(rows[i].text, &line));
		CHECK(line == rows[i].line);
	}
	/* what follows the NUL must not be lost in silence */
	CHECK(parse_n("deny-fresh = A/b\0 C/d\n", 22, &line) && line == 1);
}

static void test_bounds(void)
{
	size_t n = 20000, i;
	char *text = malloc(n + 1);
	unsigned int line;

	CHECK(text);
	if (!text)
		return;
	memset(text, ' ', n);
	text[n] = '\0';
	CHECK(parse(text, &line) && line == 1);

	/* as many patterns as the kernel takes, and one more */
	memcpy(text, "allow-fresh =", 13);
	for (i = 0; i <= CREDSSP_MAX_PATTERNS; i++)
		memcpy(text + 13 + 2 * i, " a", 2);
	text[13 + 2 * i] = '\0';
	CHECK(parse(text, &line) && line == 1);
	text[13 + 2 * (CREDSSP_MAX_PATTERNS - 4)] = '\0';
	CHECK(!parse(text, &line) && conf.count == CREDSSP_MAX_PATTERNS - 1);

	memset(text + 14, 'a', CREDSSP_MAX_TARGET + 1);
	text[14 + CREDSSP_MAX_TARGET + 1] = '\0';
	CHECK(parse(text, &line) && line == 1);
	text[14 + CREDSSP_MAX_TARGET] = '\0';
	CHECK(!parse(text, &line));
	free(text);
}

/* What is printed is the same policy. */
static void test_round_trip(void)
{
	static struct policy_conf first;
	unsigned int line;
	FILE *f = tmpfile();

	CHECK(f && !parse("ntlm=no\nallow-fresh=A/* B/h\xc3\xb6st\ndeny-saved=*.x\n", &line));
	if (!f)
		return;
	policy_conf_print(f, &conf);
	first = conf;
	rewind(f);
	CHECK(!policy_conf_parse(&conf, f, &line));
	CHECK(conf.count == first.count && conf.rules == first.rules &&
	      conf.oracle == first.oracle && conf.length == first.length);
	CHECK(!strcmp(listed(CREDSSP_KIND_FRESH, CREDSSP_LIST_ALLOW), "A/* B/h\xc3\xb6st"));
	CHECK(!strcmp(listed(CREDSSP_KIND_SAVED, CREDSSP_LIST_DENY), "*.x"));
	fclose(f);
}

void test_policy_conf(void)
{
	test_defaults();
	test_lists();
	test_refused();
	test_bounds();
	test_round_trip();
}
