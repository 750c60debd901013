// SPDX-License-Identifier: GPL-2.0-only
/* Decisions of one policy, and of two policies together. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../base/status.h"
#include "../wire/ts_request.h"
#include "policy.h"
#include "spn.h"

/* Windows' defaults on a machine that is not in a domain. */
static struct cssp_policy policy_builtin = {
	.ref = REFCOUNT_INIT(1),
	.oracle = CREDSSP_ORACLE_MITIGATED,
	.count = 4,
	.entry = {
		{ CSSP_CRED_FRESH, CREDSSP_LIST_ALLOW, "TERMSRV/*" },
		{ CSSP_CRED_FRESH, CREDSSP_LIST_ALLOW_NTLM_ONLY, "TERMSRV/*" },
		{ CSSP_CRED_SAVED, CREDSSP_LIST_ALLOW, "TERMSRV/*" },
		{ CSSP_CRED_SAVED, CREDSSP_LIST_ALLOW_NTLM_ONLY, "TERMSRV/*" },
	},
};

struct cssp_policy *cssp_policy_builtin(void)
{
	return cssp_policy_get(&policy_builtin);
}

struct cssp_policy *cssp_policy_get(struct cssp_policy *policy)
{
	if (policy)
		refcount_inc(&policy->ref);
	return policy;
}

void cssp_policy_put(struct cssp_policy *policy)
{
	if (policy && refcount_dec_and_test(&policy->ref))
		kvfree(policy);
}

/* One '*' at most, anywhere. */
static bool policy_pattern_matches(const char *pattern, const char *name)
{
	const char *star = strchr(pattern, '*');
	size_t head, tail, len = strlen(name);

	if (!star)
		return !strcasecmp(pattern, name);
	head = star - pattern;
	tail = strlen(star + 1);
	return len >= head + tail && !strncasecmp(pattern, name, head) &&
	       !strcasecmp(star + 1, name + len - tail);
}

/*
 * The part of a rule that is about the host: behind the slash, or from the '*' on, which
 * stands for the slash as well.
 */
static const char *policy_host_rule(const char *pattern)
{
	const char *slash = strchr(pattern, '/');

	return slash ? slash + 1 : strchr(pattern, '*') ?: pattern;
}

/*
 * For a target without a class, ignore the class of the rule. A deny rule applies to an
 * empty target name, because it may be any server.
 */
static bool policy_rule_denies(const char *pattern, const char *name)
{
	if (!*name)
		return true;
	return policy_pattern_matches(strchr(name, '/') ? pattern : policy_host_rule(pattern),
				      name);
}

static bool policy_entry_applies(const struct cssp_policy_entry *e, const char *name)
{
	return e->list == CREDSSP_LIST_DENY ? policy_rule_denies(e->pattern, name) :
					      policy_pattern_matches(e->pattern, name);
}

static bool policy_on_list(const struct cssp_policy *policy, enum cssp_cred_kind kind,
			   enum credssp_list list, const char *name)
{
	u32 i;

	for (i = 0; i < policy->count; i++) {
		const struct cssp_policy_entry *e = &policy->entry[i];

		if (e->kind == kind && e->list == list && policy_entry_applies(e, name))
			return true;
	}
	return false;
}

static int policy_delegate(const struct cssp_policy *policy, enum cssp_cred_kind kind,
			   const char *name, bool proven)
{
	if (policy_on_list(policy, kind, CREDSSP_LIST_DENY, name))
		return CSSP_E_POLICY;
	if (!proven && policy_on_list(policy, kind, CREDSSP_LIST_ALLOW_NTLM_ONLY, name))
		return 0;
	if (!policy_on_list(policy, kind, CREDSSP_LIST_ALLOW, name))
		return CSSP_E_POLICY;
	return proven ? 0 : CSSP_E_NTLM_ONLY;
}

int cssp_policy_delegate(const struct cssp_policy_view *view, enum cssp_cred_kind kind,
			 const char *spn, bool proven)
{
	char name[CREDSSP_MAX_TARGET + 1];
	int initial, own = 0;

	/* The class and exactly the host that the certificate is checked for. */
	cssp_spn_service(spn, name, sizeof(name));
	initial = policy_delegate(view->initial, kind, name, proven);
	if (view->own)
		own = policy_delegate(view->own, kind, name, proven);
	/* "Never" is stronger than "only with a proven server". */
	if (initial == CSSP_E_POLICY)
		return initial;
	return own ?: initial;
}

static u32 policy_default_version(const struct cssp_policy *policy)
{
	return policy->oracle == CREDSSP_ORACLE_VULNERABLE ?
	       CREDSSP_MIN_VERSION : CSSP_TS_HASH_VERSION;
}

static bool policy_forces(const struct cssp_policy *policy)
{
	return policy && policy->oracle == CREDSSP_ORACLE_FORCE;
}

int cssp_policy_min_version(const struct cssp_policy_view *view, u32 wanted,
			    u32 *version)
{
	if (!wanted) {
		wanted = policy_default_version(view->initial);
		if (view->own)
			wanted = max(wanted, policy_default_version(view->own));
	}
	if (wanted < CREDSSP_MIN_VERSION || wanted > CREDSSP_MAX_VERSION)
		return CSSP_E_PARAMETER;
	if (wanted < CSSP_TS_HASH_VERSION &&
	    (policy_forces(view->initial) || policy_forces(view->own)))
		return CSSP_E_UNSUPPORTED;
	*version = wanted;
	return 0;
}

int cssp_policy_ntlm(const struct cssp_policy_view *view)
{
	u32 rules = view->initial->rules | (view->own ? view->own->rules : 0);

	return rules & CREDSSP_POLICY_NO_NTLM ? CSSP_E_NTLM_ONLY : 0;
}
