// SPDX-License-Identifier: GPL-2.0-only
/* Delegation policy: lists, the combination of two policies, blobs. */
#include <kunit/test.h>
#include <net/net_namespace.h>

#include "base/status.h"
#include "policy/policy_net.h"
#include "policy/spn.h"
#include "util.h"

/* a label of the maximum length */
#define L63	"a23456789012345678901234567890123456789012345678901234567890123"

#define FRESH		CSSP_CRED_FRESH
#define SAVED		CSSP_CRED_SAVED
#define DEFAULT		CSSP_CRED_DEFAULT
#define ALLOW		CREDSSP_LIST_ALLOW
#define NTLM_ONLY	CREDSSP_LIST_ALLOW_NTLM_ONLY
#define DENY		CREDSSP_LIST_DENY

/* Append a pattern as user space writes it. */
static void add(struct kunit *test, struct cssp_vbuf *blob, u8 kind, u8 list,
		const char *pattern)
{
	struct credssp_policy_pattern head = { kind, list, strlen(pattern) };

	KUNIT_ASSERT_EQ(test, 0, cssp_vbuf_append(blob, &head, sizeof(head)));
	KUNIT_ASSERT_EQ(test, 0, cssp_vbuf_append(blob, pattern, strlen(pattern)));
}

/* Make a policy of @blob, and free @blob. */
static struct cssp_policy *make(struct kunit *test, struct cssp_vbuf *blob, u32 count,
				u32 oracle, u32 rules)
{
	struct cssp_rd rd = cssp_vbuf_rd(blob);
	struct cssp_policy *policy = NULL;

	KUNIT_EXPECT_EQ(test, 0, cssp_policy_create(&policy, oracle, rules, count, &rd));
	cssp_vbuf_free(blob);
	KUNIT_ASSERT_NOT_NULL(test, policy);
	return policy;
}

static struct cssp_policy *make_empty(struct kunit *test, u32 oracle, u32 rules)
{
	struct cssp_vbuf none = {};

	return make(test, &none, 0, oracle, rules);
}

static struct cssp_policy *make_lists(struct kunit *test)
{
	struct cssp_vbuf blob = {};

	add(test, &blob, FRESH, ALLOW, "TERMSRV/*.dom");
	add(test, &blob, FRESH, ALLOW, "HTTP/one");
	add(test, &blob, FRESH, NTLM_ONLY, "WSMAN/*");
	add(test, &blob, FRESH, DENY, "TERMSRV/bad*");
	add(test, &blob, SAVED, ALLOW, "TERMSRV/*.dom");
	add(test, &blob, SAVED, NTLM_ONLY, "TERMSRV/*.dom");
	add(test, &blob, SAVED, DENY, "*.evil.dom");
	add(test, &blob, DEFAULT, ALLOW, "*");
	add(test, &blob, FRESH, ALLOW, "Microsoft Virtual Console Service/*.dom");
	return make(test, &blob, 9, CREDSSP_ORACLE_MITIGATED, 0);
}

static void policy_lists(struct kunit *test)
{
	static const struct {
		enum cssp_cred_kind kind;
		const char *spn;
		bool proven;
		int err;
	} rows[] = {
		{ FRESH, "TERMSRV/a.dom", true, 0 },
		{ FRESH, "termsrv/A.DOM", true, 0 },
		{ FRESH, "TERMSRV/a.dom.evil", true, CSSP_E_POLICY },
		{ FRESH, "TERMSRV/.dom", true, 0 },
		{ FRESH, "TERMSRV/dom", true, CSSP_E_POLICY },
		{ FRESH, "HTTP/one", true, 0 },
		{ FRESH, "HTTP/one2", true, CSSP_E_POLICY },
		{ FRESH, "TERMSRV/a.dom", false, CSSP_E_NTLM_ONLY },
		{ FRESH, "WSMAN/x", false, 0 },
		{ FRESH, "WSMAN/x", true, CSSP_E_POLICY },
		{ FRESH, "CIFS/x", false, CSSP_E_POLICY },
		{ FRESH, "", true, CSSP_E_POLICY },
		/* a denial overrides */
		{ FRESH, "TERMSRV/bad.dom", true, CSSP_E_POLICY },
		{ FRESH, "TERMSRV/BAD.dom", false, CSSP_E_POLICY },
		{ SAVED, "TERMSRV/a.evil.dom", true, CSSP_E_POLICY },
		{ SAVED, "TERMSRV/a.evil.dom", false, CSSP_E_POLICY },
		/* each kind has lists of its own */
		{ SAVED, "TERMSRV/bad.dom", true, 0 },
		{ SAVED, "TERMSRV/a.dom", false, 0 },
		{ SAVED, "HTTP/one", true, CSSP_E_POLICY },
		{ DEFAULT, "HTTP/one", true, 0 },
		{ DEFAULT, "HTTP/one", false, CSSP_E_NTLM_ONLY },
		/* only the host is compared, as in the check of the certificate */
		{ FRESH, "TERMSRV/a.dom:3390", true, 0 },
		{ FRESH, "TERMSRV/a.dom/REALM", true, 0 },
		{ FRESH, "TERMSRV/a.dom.", true, 0 },
		{ FRESH, "TERMSRV/host/x.dom", true, CSSP_E_POLICY },
		{ FRESH, "TERMSRV/host:1.dom", true, CSSP_E_POLICY },
		{ FRESH, "TERMSRV/[fe80::1]:3389/x.dom", true, CSSP_E_POLICY },
		{ SAVED, "Microsoft Virtual Console Service/a.evil.dom", true, CSSP_E_POLICY },
		{ FRESH, "Microsoft Virtual Console Service/a.dom", true, 0 },
		{ FRESH, "microsoft virtual console service/A.dom:2179", true, 0 },
		{ FRESH, "Microsoft  Virtual Console Service/a.dom", true, CSSP_E_POLICY },
		{ FRESH, "Service/a.dom", true, CSSP_E_POLICY },
		{ FRESH, "TERMSRV/bad.dom:3389", true, CSSP_E_POLICY },
		{ FRESH, "TERMSRV/bad.dom.", true, CSSP_E_POLICY },
		{ SAVED, "TERMSRV/a.evil.dom.", true, CSSP_E_POLICY },
		{ SAVED, "TERMSRV/a.evil.dom:1", true, CSSP_E_POLICY },
		{ SAVED, "TERMSRV/a.evil.dom/x", true, CSSP_E_POLICY },
	};
	struct cssp_policy_view view = { .initial = make_lists(test) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, rows[i].err,
				    cssp_policy_delegate(&view, rows[i].kind, rows[i].spn,
							 rows[i].proven),
				    "row %zu: %s", i, rows[i].spn);
	cssp_policy_view_drop(&view);
}

/* A rule that denies a host denies it by its bare name as well, and without a name. */
static void policy_denies_every_name(struct kunit *test)
{
	static const struct {
		const char *spn;
		int err;
	} rows[] = {
		{ "TERMSRV/kiosk.dom", CSSP_E_POLICY },
		{ "kiosk.dom", CSSP_E_POLICY },
		{ "KIOSK.dom", CSSP_E_POLICY },
		{ "kiosk.dom:3389", CSSP_E_POLICY },
		{ "kiosk.dom.", CSSP_E_POLICY },
		{ "", CSSP_E_POLICY },
		{ "a.lab.dom", CSSP_E_POLICY },
		{ "a.lab.dom.", CSSP_E_POLICY },
		{ "WSMAN/a.lab.dom", CSSP_E_POLICY },
		{ "HTTP/kiosk.dom", 0 },
		{ "HTTP/a.lab.dom", 0 },
		{ "kiosk2.dom", 0 },
		{ "lab.dom", 0 },
		/* '*' stands for the slash as well */
		{ "TERMSRV/www.evil.dom", CSSP_E_POLICY },
		{ "www.evil.dom", CSSP_E_POLICY },
		{ "HTTP/www.evil.dom", 0 },
		{ "evil.dom", 0 },
	};
	struct cssp_policy_view view = {};
	struct cssp_vbuf blob = {};
	size_t i;

	add(test, &blob, FRESH, ALLOW, "*");
	add(test, &blob, FRESH, DENY, "TERMSRV/kiosk.dom");
	add(test, &blob, FRESH, DENY, "WSMAN/*.lab.dom");
	add(test, &blob, FRESH, DENY, "TERM*.evil.dom");
	add(test, &blob, SAVED, ALLOW, "*");
	add(test, &blob, SAVED, DENY, "TERMSRV*");
	view.initial = make(test, &blob, 6, CREDSSP_ORACLE_MITIGATED, 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ_MSG(test, rows[i].err,
				    cssp_policy_delegate(&view, FRESH, rows[i].spn, true),
				    "row %zu: %s", i, rows[i].spn);
	/* the other kind has a rule of its own */
	KUNIT_EXPECT_EQ(test, 0, cssp_policy_delegate(&view, SAVED, "HTTP/kiosk.dom", true));
	KUNIT_EXPECT_EQ(test, CSSP_E_POLICY,
			cssp_policy_delegate(&view, SAVED, "kiosk.dom", true));
	KUNIT_EXPECT_EQ(test, CSSP_E_POLICY, cssp_policy_delegate(&view, SAVED, "", true));
	cssp_policy_view_drop(&view);
}

/* Windows' defaults: TERMSRV for fresh and saved credentials, nothing by default. */
static void policy_builtin(struct kunit *test)
{
	struct cssp_policy_view view = { .initial = cssp_policy_builtin() };
	int kind, proven;

	for (kind = 0; kind < CSSP_CRED_KINDS; kind++) {
		int want = kind == DEFAULT ? CSSP_E_POLICY : 0;

		for (proven = 0; proven < 2; proven++) {
			KUNIT_EXPECT_EQ(test, want, cssp_policy_delegate(&view, kind,
									 "TERMSRV/any", proven));
			KUNIT_EXPECT_EQ(test, CSSP_E_POLICY,
					cssp_policy_delegate(&view, kind, "HTTP/any", proven));
		}
	}
	KUNIT_EXPECT_EQ(test, 0, cssp_policy_ntlm(&view));
	cssp_policy_view_drop(&view);
}

/* Every answer of one policy combined with every answer of the other. */
static void policy_both_must_allow(struct kunit *test)
{
	static const struct {
		u8 list;	/* the list that has the target */
		int err;
	} sides[] = {
		{ NTLM_ONLY, 0 },
		{ ALLOW, CSSP_E_NTLM_ONLY },
		{ DENY, CSSP_E_POLICY },
	};
	size_t a, b;

	for (a = 0; a < ARRAY_SIZE(sides); a++) {
		for (b = 0; b < ARRAY_SIZE(sides); b++) {
			struct cssp_policy_view view;
			struct cssp_vbuf blob = {};

			add(test, &blob, FRESH, sides[a].list, "TERMSRV/x");
			view.initial = make(test, &blob, 1, CREDSSP_ORACLE_MITIGATED, 0);
			add(test, &blob, FRESH, sides[b].list, "TERMSRV/x");
			view.own = make(test, &blob, 1, CREDSSP_ORACLE_MITIGATED, 0);
			/* the rows go from lenient to strict */
			KUNIT_EXPECT_EQ_MSG(test, sides[max(a, b)].err,
					    cssp_policy_delegate(&view, FRESH, "TERMSRV/x",
								 false),
					    "lists %u and %u", sides[a].list, sides[b].list);
			cssp_policy_view_drop(&view);
		}
	}
}

#define NO_POLICY	99

static void policy_versions(struct kunit *test)
{
	static const struct {
		u32 initial, own;
		u32 wanted;
		int err;
		u32 version;
	} rows[] = {
		{ CREDSSP_ORACLE_FORCE, NO_POLICY, 0, 0, 5 },
		{ CREDSSP_ORACLE_FORCE, NO_POLICY, 6, 0, 6 },
		{ CREDSSP_ORACLE_FORCE, NO_POLICY, 4, CSSP_E_UNSUPPORTED },
		{ CREDSSP_ORACLE_FORCE, NO_POLICY, 2, CSSP_E_UNSUPPORTED },
		{ CREDSSP_ORACLE_MITIGATED, NO_POLICY, 0, 0, 5 },
		{ CREDSSP_ORACLE_MITIGATED, NO_POLICY, 2, 0, 2 },
		{ CREDSSP_ORACLE_VULNERABLE, NO_POLICY, 0, 0, 2 },
		{ CREDSSP_ORACLE_VULNERABLE, NO_POLICY, 6, 0, 6 },
		{ CREDSSP_ORACLE_VULNERABLE, NO_POLICY, 1, CSSP_E_PARAMETER },
		{ CREDSSP_ORACLE_VULNERABLE, NO_POLICY, 7, CSSP_E_PARAMETER },
		/* the stricter of two policies decides */
		{ CREDSSP_ORACLE_FORCE, CREDSSP_ORACLE_VULNERABLE, 0, 0, 5 },
		{ CREDSSP_ORACLE_FORCE, CREDSSP_ORACLE_VULNERABLE, 2, CSSP_E_UNSUPPORTED },
		{ CREDSSP_ORACLE_VULNERABLE, CREDSSP_ORACLE_FORCE, 2, CSSP_E_UNSUPPORTED },
		{ CREDSSP_ORACLE_VULNERABLE, CREDSSP_ORACLE_FORCE, 0, 0, 5 },
		{ CREDSSP_ORACLE_MITIGATED, CREDSSP_ORACLE_VULNERABLE, 0, 0, 5 },
		{ CREDSSP_ORACLE_VULNERABLE, CREDSSP_ORACLE_MITIGATED, 0, 0, 5 },
		{ CREDSSP_ORACLE_VULNERABLE, CREDSSP_ORACLE_VULNERABLE, 0, 0, 2 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cssp_policy_view view = {
			.initial = make_empty(test, rows[i].initial, 0),
		};
		u32 version = 0;

		if (rows[i].own != NO_POLICY)
			view.own = make_empty(test, rows[i].own, 0);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].err,
				    cssp_policy_min_version(&view, rows[i].wanted, &version),
				    "row %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, rows[i].version, version, "row %zu", i);
		cssp_policy_view_drop(&view);
	}
}

static void policy_no_ntlm(struct kunit *test)
{
	int i;

	for (i = 0; i < 4; i++) {
		struct cssp_policy_view view = {
			.initial = make_empty(test, CREDSSP_ORACLE_FORCE, i & 1),
			.own = make_empty(test, CREDSSP_ORACLE_FORCE, i >> 1),
		};

		KUNIT_EXPECT_EQ(test, i ? CSSP_E_NTLM_ONLY : 0, cssp_policy_ntlm(&view));
		cssp_policy_view_drop(&view);
	}
}

/* A policy that was created is encoded unchanged. */
static void policy_round_trip(struct kunit *test)
{
	struct cssp_policy *first = make_lists(test), *second;
	struct cssp_vbuf once = {}, twice = {};
	struct cssp_rd rd, want;

	KUNIT_ASSERT_EQ(test, 0, cssp_policy_encode(first, &once));
	rd = cssp_vbuf_rd(&once);
	KUNIT_ASSERT_EQ(test, 0, cssp_policy_create(&second, CREDSSP_ORACLE_FORCE, 0,
						    first->count, &rd));
	KUNIT_ASSERT_EQ(test, 0, cssp_policy_encode(second, &twice));
	rd = cssp_vbuf_rd(&twice);
	want = cssp_vbuf_rd(&once);
	test_expect_same(test, &rd, &want);
	cssp_policy_put(first);
	cssp_policy_put(second);
	cssp_vbuf_free(&once);
	cssp_vbuf_free(&twice);
}

/* Every truncation of a valid blob is refused, and so is every wrong count. */
static void policy_cuts(struct kunit *test)
{
	struct cssp_policy *good = make_lists(test), *bad;
	struct cssp_vbuf blob = {};
	struct cssp_rd whole, rd;
	const u32 counts[] = {
		0, 1, good->count - 1, good->count + 1, CREDSSP_MAX_PATTERNS,
		CREDSSP_MAX_PATTERNS + 1, U32_MAX,
	};
	size_t len, i;

	KUNIT_ASSERT_EQ(test, 0, cssp_policy_encode(good, &blob));
	whole = cssp_vbuf_rd(&blob);
	for (len = 0; len < whole.left; len++) {
		rd = cssp_rd_of(whole.p, len);
		rd = test_copy(test, &rd);
		KUNIT_EXPECT_EQ_MSG(test, CSSP_E_PARAMETER,
				    cssp_policy_create(&bad, 0, 0, good->count, &rd),
				    "cut to %zu bytes", len);
	}
	for (i = 0; i < ARRAY_SIZE(counts); i++)
		KUNIT_EXPECT_EQ(test, CSSP_E_PARAMETER,
				cssp_policy_create(&bad, 0, 0, counts[i], &whole));
	cssp_policy_put(good);
	cssp_vbuf_free(&blob);
}

static const struct {
	u8 kind, list;
	const char *pattern;
	int err;
} patterns[] = {
	{ FRESH, ALLOW, "TERMSRV/*", 0 },
	{ FRESH, ALLOW, "*", 0 },
	{ FRESH, ALLOW, "TERMSRV*", 0 },
	{ FRESH, ALLOW, "*/host", 0 },
	{ FRESH, ALLOW, "*.example", 0 },
	{ FRESH, ALLOW, "TERMSRV/*.b.example", 0 },
	{ FRESH, ALLOW, "TERMSRV/a*b", 0 },
	{ FRESH, ALLOW, "TERMSRV/a.*", 0 },
	{ FRESH, ALLOW, "TERMSRV/10.1.*", 0 },
	{ FRESH, ALLOW, "TERMSRV/10.1.2.3", 0 },
	{ FRESH, ALLOW, "TERMSRV/fe80::1", 0 },
	{ FRESH, ALLOW, "TERMSRV/2001:db8:*", 0 },
	{ FRESH, ALLOW, "TERMSRV/2001:db8:*0a1", 0 },
	{ FRESH, ALLOW, "TERMSRV/2001:db8:1:2:*", 0 },
	{ FRESH, ALLOW, "TERMSRV/2001:*:1", 0 },
	{ FRESH, ALLOW, "TERMSRV/*:1:2", 0 },
	{ FRESH, DENY, "TERMSRV/2001:db8:1:2::*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/2001:db8:0*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/fe80::*0a1", CSSP_E_PARAMETER },
	{ FRESH, ALLOW, "TERMSRV/xn--bcher-kva.example", 0 },
	{ FRESH, ALLOW, "Microsoft Virtual Console Service/*", 0 },
	{ FRESH, ALLOW, "Microsoft */host", 0 },
	{ FRESH, ALLOW, "* Service/host", 0 },
	{ FRESH, ALLOW, "Microsoft *", 0 },
	{ CSSP_CRED_KINDS, ALLOW, "TERMSRV/*", CSSP_E_PARAMETER },
	{ FRESH, DENY + 1, "TERMSRV/*", CSSP_E_PARAMETER },
	{ FRESH, ALLOW, "", CSSP_E_PARAMETER },
	{ FRESH, ALLOW, "*/*", CSSP_E_PARAMETER },
	{ FRESH, ALLOW, "TERMSRV/a b", CSSP_E_PARAMETER },
	{ FRESH, ALLOW, "TERMSRV/a\n", CSSP_E_PARAMETER },
	{ FRESH, ALLOW, "TERMSRV/a\xc3(", CSSP_E_PARAMETER },
	/* patterns that no target can match */
	{ FRESH, DENY, "host", CSSP_E_PARAMETER },
	{ FRESH, DENY, "host.example", CSSP_E_PARAMETER },
	{ FRESH, DENY, "/host", CSSP_E_PARAMETER },
	{ FRESH, DENY, "/*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/", CSSP_E_PARAMETER },
	{ FRESH, DENY, "*/", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/host:3389", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*:3389", CSSP_E_PARAMETER },
	{ FRESH, DENY, "*:3389", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/host/realm", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*/realm", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/[fe80::1]", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/[fe80::*]", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/host.", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*.", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/.*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*..example", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/a..b", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/" L63 "x.*", CSSP_E_PARAMETER },
	/* spellings that targets never have */
	{ FRESH, DENY, "TERMSRV/h\xc3\xb6st", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*.h\xc3\xb6st", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/ho\xc2\xadst", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/\xef\xbd\x88ost", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/127.1", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/2130706433", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/010.0.0.1", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/::ffff:10.0.0.1", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/fe80:0::1", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/fe80::1%eth0", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/2001:0db8:*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/fe80::00*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/0x7f.*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/300.1.*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/192.168.010.*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/192.168.01*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/1.2.3.4.*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*.0x5", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*.300", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*.a.5", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/a.*.5", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*.1.2.3.4", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/1::2::*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/2001:0:0:*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/2001:0::*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/fe80::0*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*:0:0", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*:::1", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/1:2:3:4:5:6:7:8:*", CSSP_E_PARAMETER },
	/* '*' is a part of an address, or of a name with numbers in it */
	{ FRESH, DENY, "TERMSRV/*.5", 0 },
	{ FRESH, DENY, "TERMSRV/*5.6", 0 },
	{ FRESH, DENY, "TERMSRV/10.*.5", 0 },
	{ FRESH, DENY, "TERMSRV/192.168.0.1*", 0 },
	{ FRESH, DENY, "TERMSRV/0.*", 0 },
	{ FRESH, DENY, "TERMSRV/300*", 0 },
	{ FRESH, DENY, "TERMSRV/300.*.example", 0 },
	{ FRESH, DENY, "TERMSRV/2001:0:*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/2001:db8::*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/::*", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*::1", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*:0:1", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/*0:0:1", CSSP_E_PARAMETER },
	/* blanks may only be inside a class; a list is refused */
	{ FRESH, DENY, "Microsoft Virtual Console Service /host", CSSP_E_PARAMETER },
	{ FRESH, DENY, " TERMSRV/host", CSSP_E_PARAMETER },
	{ FRESH, DENY, "Micro* /host", CSSP_E_PARAMETER },
	{ FRESH, DENY, "TERMSRV/host TERMSRV/b", CSSP_E_PARAMETER },
	{ FRESH, DENY, "* host", CSSP_E_PARAMETER },
	{ FRESH, DENY, "\"A b\"/host", CSSP_E_PARAMETER },
	{ FRESH, DENY, "A,b/host", CSSP_E_PARAMETER },
};

static void policy_bad_patterns(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct cssp_policy *policy = NULL;
		struct cssp_vbuf blob = {};
		struct cssp_rd rd;

		add(test, &blob, patterns[i].kind, patterns[i].list, patterns[i].pattern);
		rd = cssp_vbuf_rd(&blob);
		KUNIT_EXPECT_EQ_MSG(test, patterns[i].err,
				    cssp_policy_create(&policy, 0, 0, 1, &rd), "row %zu", i);
		cssp_policy_put(policy);
		cssp_vbuf_free(&blob);
	}
}

/* A NUL would end the pattern early: "TERMSRV/\0..." must not deny less. */
static void policy_nul_in_pattern(struct kunit *test)
{
	static const struct credssp_policy_pattern head = { FRESH, DENY, 4 };
	struct cssp_policy *policy;
	struct cssp_vbuf blob = {};
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, 0, cssp_vbuf_append(&blob, &head, sizeof(head)));
	KUNIT_ASSERT_EQ(test, 0, cssp_vbuf_append(&blob, "A/\0b", 4));
	rd = cssp_vbuf_rd(&blob);
	KUNIT_EXPECT_EQ(test, CSSP_E_PARAMETER, cssp_policy_create(&policy, 0, 0, 1, &rd));
	cssp_vbuf_free(&blob);
}

static void policy_limits(struct kunit *test)
{
	char *pattern = (char *)test_room(test, CREDSSP_MAX_TARGET + 2);
	struct cssp_policy *policy;
	struct cssp_vbuf blob = {};
	struct cssp_rd rd = {};
	u32 i;

	KUNIT_EXPECT_EQ(test, CSSP_E_PARAMETER,
			cssp_policy_create(&policy, CREDSSP_ORACLE_VULNERABLE + 1, 0, 0, &rd));
	KUNIT_EXPECT_EQ(test, CSSP_E_PARAMETER,
			cssp_policy_create(&policy, 0, 2 * CREDSSP_POLICY_NO_NTLM, 0, &rd));
	for (i = 0; i < CREDSSP_MAX_PATTERNS; i++)
		add(test, &blob, FRESH, ALLOW, "TERMSRV/*");
	cssp_policy_put(make(test, &blob, i, 0, 0));

	memset(pattern, 'a', CREDSSP_MAX_TARGET);
	pattern[CREDSSP_MAX_TARGET - 2] = '/';
	add(test, &blob, FRESH, ALLOW, pattern);
	cssp_policy_put(make(test, &blob, 1, 0, 0));
	memcpy(pattern + CREDSSP_MAX_TARGET - 2, "a/a", 3);
	add(test, &blob, FRESH, ALLOW, pattern);
	rd = cssp_vbuf_rd(&blob);
	KUNIT_EXPECT_EQ(test, CSSP_E_PARAMETER, cssp_policy_create(&policy, 0, 0, 1, &rd));
	cssp_vbuf_free(&blob);

	memcpy(pattern + CREDSSP_MAX_TARGET - 2, "/a", 3);
	for (i = 0; blob.len <= CREDSSP_MAX_POLICY; i++)
		add(test, &blob, FRESH, ALLOW, pattern);
	rd = cssp_vbuf_rd(&blob);
	KUNIT_EXPECT_EQ(test, CSSP_E_PARAMETER, cssp_policy_create(&policy, 0, 0, i, &rd));
	cssp_vbuf_free(&blob);
}

/* A view keeps the policies that it began with. */
static void policy_snapshot(struct kunit *test)
{
	struct cssp_policy_view before, after;
	struct cssp_policy *now;
	u32 origin;

	now = cssp_policy_net_get(&init_net, &origin);
	KUNIT_EXPECT_EQ(test, CREDSSP_POLICY_BUILTIN, origin);
	cssp_policy_put(now);
	cssp_policy_view_take(&before, &init_net);
	cssp_policy_net_set(&init_net, make_empty(test, CREDSSP_ORACLE_FORCE, 1));
	cssp_policy_view_take(&after, &init_net);
	now = cssp_policy_net_get(&init_net, &origin);
	KUNIT_EXPECT_EQ(test, CREDSSP_POLICY_SET, origin);
	KUNIT_EXPECT_PTR_EQ(test, now, after.initial);
	cssp_policy_put(now);
	cssp_policy_net_set(&init_net, NULL);

	KUNIT_EXPECT_EQ(test, 0, cssp_policy_delegate(&before, FRESH, "TERMSRV/x", false));
	KUNIT_EXPECT_EQ(test, 0, cssp_policy_ntlm(&before));
	KUNIT_EXPECT_EQ(test, CSSP_E_POLICY,
			cssp_policy_delegate(&after, FRESH, "TERMSRV/x", false));
	KUNIT_EXPECT_EQ(test, CSSP_E_NTLM_ONLY, cssp_policy_ntlm(&after));
	KUNIT_EXPECT_NULL(test, before.own);
	cssp_policy_view_drop(&before);
	cssp_policy_view_drop(&after);
	now = cssp_policy_net_get(&init_net, &origin);
	KUNIT_EXPECT_EQ(test, CREDSSP_POLICY_BUILTIN, origin);
	cssp_policy_put(now);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(policy_lists),
	KUNIT_CASE(policy_denies_every_name),
	KUNIT_CASE(policy_builtin),
	KUNIT_CASE(policy_both_must_allow),
	KUNIT_CASE(policy_versions),
	KUNIT_CASE(policy_no_ntlm),
	KUNIT_CASE(policy_round_trip),
	KUNIT_CASE(policy_cuts),
	KUNIT_CASE(policy_bad_patterns),
	KUNIT_CASE(policy_nul_in_pattern),
	KUNIT_CASE(policy_limits),
	KUNIT_CASE(policy_snapshot),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "credssp_policy",
	.test_cases = policy_cases,
};

kunit_test_suite(policy_suite);
