/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delegation policy as Windows' CredSSP has it: which targets may be given
 * which kind of credentials, the lowest protocol version, and whether NTLM may
 * be spoken at all.
 */
#ifndef CSSP_POLICY_POLICY_H
#define CSSP_POLICY_POLICY_H

#include <linux/refcount.h>

#include <uapi/linux/credssp.h>

#include "../base/vbuf.h"

/* Where credentials come from (AllowFreshCredentials, AllowSavedCredentials, ...). */
enum cssp_cred_kind {
	CSSP_CRED_FRESH = CREDSSP_KIND_FRESH,
	CSSP_CRED_SAVED = CREDSSP_KIND_SAVED,
	CSSP_CRED_DEFAULT = CREDSSP_KIND_DEFAULT,
	CSSP_CRED_KINDS,
};

/**
 * struct cssp_policy_entry - one SPN pattern
 * @kind: enum cssp_cred_kind that it is about
 * @list: enum credssp_list that it is on
 * @pattern: CLASS/HOST with one '*' at most; case does not matter
 */
struct cssp_policy_entry {
	u8 kind;
	u8 list;
	const char *pattern;
};

/**
 * struct cssp_policy - a policy; constant once made
 * @ref: the namespace whose it is, and every exchange that began under it
 * @oracle: enum credssp_oracle
 * @rules: CREDSSP_POLICY_NO_NTLM
 * @count: of @entry
 * @entry: what is on no list of its kind is not allowed
 */
struct cssp_policy {
	refcount_t ref;
	u32 oracle;
	u32 rules;
	u32 count;
	struct cssp_policy_entry entry[];
};

/**
 * struct cssp_policy_view - the policies that an exchange is under
 * @initial: the initial namespace's
 * @own: that of the exchange's own namespace; NULL in the initial one, and where
 *	none was set
 *
 * What one of them forbids is forbidden: a namespace can only tighten.
 */
struct cssp_policy_view {
	struct cssp_policy *initial;
	struct cssp_policy *own;
};

/**
 * cssp_policy_delegate() - may credentials of @kind go to @spn?
 * @view: policies
 * @kind: where they come from
 * @spn: target name
 * @proven: the server is proven by more than NTLM
 *
 * Return: 0, -EPERM (never) or -EXDEV (only if the server were proven).
 */
int __must_check cssp_policy_delegate(const struct cssp_policy_view *view,
				      enum cssp_cred_kind kind, const char *spn,
				      bool proven);

/*
 * The lowest version to accept when a credential asks for @wanted (0: the
 * policy's own default). -EOPNOTSUPP when a policy rules it out.
 */
int __must_check cssp_policy_min_version(const struct cssp_policy_view *view,
					 u32 wanted, u32 *version);

/* 0, or -EXDEV where only Kerberos may be spoken. */
int __must_check cssp_policy_ntlm(const struct cssp_policy_view *view);

/**
 * cssp_policy_create() - a policy from what a privileged caller wrote
 * @policy: out: with one reference
 * @oracle: enum credssp_oracle
 * @rules: CREDSSP_POLICY_*
 * @count: patterns in @patterns
 * @patterns: struct credssp_policy_pattern, each with its text
 *
 * Return: 0; -EINVAL for anything that is not wholly understood, a pattern among
 * it that could never match; -ENOMEM.
 */
int __must_check cssp_policy_create(struct cssp_policy **policy, u32 oracle, u32 rules,
				    u32 count, const struct cssp_rd *patterns);
/* The patterns of @policy as cssp_policy_create() takes them. 0 or -ENOMEM. */
int __must_check cssp_policy_encode(const struct cssp_policy *policy,
				    struct cssp_vbuf *patterns);

struct cssp_policy *cssp_policy_get(struct cssp_policy *policy);	/* NULL is fine */
void cssp_policy_put(struct cssp_policy *policy);

/* What holds until a policy is set: Windows' defaults. With a reference. */
struct cssp_policy *cssp_policy_builtin(void);

#endif
