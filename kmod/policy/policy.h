/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delegation policy, as in Windows' CredSSP: which targets may receive which kind of
 * credentials, the lowest protocol version, and whether NTLM is allowed.
 */
#ifndef CSSP_POLICY_POLICY_H
#define CSSP_POLICY_POLICY_H

#include <linux/refcount.h>

#include <uapi/linux/credssp.h>

#include "../base/vbuf.h"

/* Origin of credentials (AllowFreshCredentials, AllowSavedCredentials, ...). */
enum cssp_cred_kind {
	CSSP_CRED_FRESH = CREDSSP_KIND_FRESH,
	CSSP_CRED_SAVED = CREDSSP_KIND_SAVED,
	CSSP_CRED_DEFAULT = CREDSSP_KIND_DEFAULT,
	CSSP_CRED_KINDS,
};

/**
 * struct cssp_policy_entry - one SPN pattern
 * @kind: enum cssp_cred_kind of the credentials
 * @list: enum credssp_list that it stands on
 * @pattern: CLASS/HOST with one '*' at most; case does not matter
 */
struct cssp_policy_entry {
	u8 kind;
	u8 list;
	const char *pattern;
};

/**
 * struct cssp_policy - a policy; constant once made
 * @ref: references of its namespace and of every exchange that began under it
 * @oracle: enum credssp_oracle
 * @rules: CREDSSP_POLICY_NO_NTLM
 * @count: of @entry
 * @entry: patterns; a target that matches none of its kind is not allowed
 */
struct cssp_policy {
	refcount_t ref;
	u32 oracle;
	u32 rules;
	u32 count;
	struct cssp_policy_entry entry[];
};

/**
 * struct cssp_policy_view - the policies of an exchange
 * @initial: the initial namespace's
 * @own: the policy of the exchange's own namespace; NULL in the initial one, and when
 *	none was set
 *
 * Each of them can forbid: a namespace can only tighten the initial policy.
 */
struct cssp_policy_view {
	struct cssp_policy *initial;
	struct cssp_policy *own;
};

/**
 * cssp_policy_delegate() - may credentials of @kind go to @spn?
 * @view: policies
 * @kind: origin of the credentials
 * @spn: target name
 * @proven: the server is proven by more than NTLM
 *
 * Return: 0; -EPERM (never); -EXDEV (only to a proven server).
 */
int __must_check cssp_policy_delegate(const struct cssp_policy_view *view,
				      enum cssp_cred_kind kind, const char *spn,
				      bool proven);

/**
 * cssp_policy_min_version() - lowest CredSSP version to accept
 * @view: policies
 * @wanted: version that the credential asks for, 0 for the policy's default
 * @version: out: the version
 *
 * Return: 0; -EINVAL for a version that does not exist; -EOPNOTSUPP for one that a
 * policy forbids.
 */
int __must_check cssp_policy_min_version(const struct cssp_policy_view *view,
					 u32 wanted, u32 *version);

/* 0, or -EXDEV when a policy forbids NTLM. */
int __must_check cssp_policy_ntlm(const struct cssp_policy_view *view);

/**
 * cssp_policy_create() - make a policy from a privileged caller's data
 * @policy: out: the policy, with one reference
 * @oracle: enum credssp_oracle
 * @rules: CREDSSP_POLICY_*
 * @count: number of patterns in @patterns
 * @patterns: struct credssp_policy_pattern, each followed by its text
 *
 * Return: 0; -EINVAL for anything unknown or malformed, and for a pattern that can
 * never match; -ENOMEM.
 */
int __must_check cssp_policy_create(struct cssp_policy **policy, u32 oracle, u32 rules,
				    u32 count, const struct cssp_rd *patterns);
/* Append the patterns in the form of cssp_policy_create(). 0 or -ENOMEM. */
int __must_check cssp_policy_encode(const struct cssp_policy *policy,
				    struct cssp_vbuf *patterns);

struct cssp_policy *cssp_policy_get(struct cssp_policy *policy);	/* NULL is fine */
void cssp_policy_put(struct cssp_policy *policy);

/* The policy until one is set: Windows' defaults. With a reference. */
struct cssp_policy *cssp_policy_builtin(void);

#endif
