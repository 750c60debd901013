// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/string.h>

#include "../base/status.h"
#include "policy.h"

/* First CredSSP version that is safe against CVE-2018-0886 */
#define SAFE_VERSION	5

static const char *const termsrv[] = { "TERMSRV/*", NULL };
static const char *const none[] = { NULL };

/* Windows' defaults on a machine that is not in a domain. */
static const struct cssp_policy default_policy = {
	.rule = {
		[CSSP_CRED_FRESH] = { termsrv, termsrv, none },
		[CSSP_CRED_SAVED] = { termsrv, termsrv, none },
	},
	.oracle = CSSP_ORACLE_MITIGATED,
};

const struct cssp_policy *cssp_policy_current(void)
{
	return &default_policy;
}

/* One '*' at most, anywhere. */
static bool pattern_matches(const char *pattern, const char *spn)
{
	const char *star = strchr(pattern, '*');
	size_t head, tail, len = strlen(spn);

	if (!star)
		return !strcasecmp(pattern, spn);
	head = star - pattern;
	tail = strlen(star + 1);
	return len >= head + tail && !strncasecmp(pattern, spn, head) &&
	       !strcasecmp(star + 1, spn + len - tail);
}

static bool list_matches(const char *const *list, const char *spn)
{
	for (; *list; list++)
		if (pattern_matches(*list, spn))
			return true;
	return false;
}

int cssp_policy_delegate(const struct cssp_policy *policy,
			 enum cssp_cred_kind kind, const char *spn, bool proven)
{
	const struct cssp_policy_rule *rule = &policy->rule[kind];

	if (list_matches(rule->deny, spn))
		return CSSP_E_POLICY;
	if (proven)
		return list_matches(rule->allow, spn) ? 0 : CSSP_E_POLICY;
	if (list_matches(rule->allow_ntlm_only, spn))
		return 0;
	return list_matches(rule->allow, spn) ? CSSP_E_NTLM_ONLY : CSSP_E_POLICY;
}

int cssp_policy_min_version(const struct cssp_policy *policy, u32 wanted,
			    u32 *version)
{
	static const u32 by_default[] = {
		[CSSP_ORACLE_FORCE] = SAFE_VERSION,
		[CSSP_ORACLE_MITIGATED] = SAFE_VERSION,
		[CSSP_ORACLE_VULNERABLE] = CREDSSP_MIN_VERSION,
	};

	if (!wanted)
		wanted = by_default[policy->oracle];
	if (wanted < CREDSSP_MIN_VERSION || wanted > CREDSSP_MAX_VERSION)
		return CSSP_E_PARAMETER;
	if (policy->oracle == CSSP_ORACLE_FORCE && wanted < SAFE_VERSION)
		return CSSP_E_UNSUPPORTED;
	*version = wanted;
	return 0;
}
