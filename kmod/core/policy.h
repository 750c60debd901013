/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delegation policy as Windows' CredSSP has it: which targets may be given
 * which kind of credentials, and the lowest protocol version.
 */
#ifndef CSSP_CORE_POLICY_H
#define CSSP_CORE_POLICY_H

#include <linux/types.h>

/* Where credentials come from (AllowFreshCredentials, AllowSavedCredentials). */
enum cssp_cred_kind {
	CSSP_CRED_FRESH,	/* given in the call */
	CSSP_CRED_SAVED,	/* a logon key */
	CSSP_CRED_KINDS,
};

/* AllowEncryptionOracle: Encryption Oracle Remediation, KB4093492 */
enum cssp_oracle {
	CSSP_ORACLE_FORCE,	/* never below 5 */
	CSSP_ORACLE_MITIGATED,	/* 5 unless a credential opts down */
	CSSP_ORACLE_VULNERABLE,	/* 2 unless a credential asks for more */
};

/**
 * struct cssp_policy_rule - one kind of credentials
 * @allow: SPN patterns when the server was proven (Kerberos, certificate)
 * @allow_ntlm_only: SPN patterns when only NTLM vouches for it
 * @deny: SPN patterns that override both
 *
 * Lists end with NULL. A pattern may hold one '*'; case does not matter.
 */
struct cssp_policy_rule {
	const char *const *allow;
	const char *const *allow_ntlm_only;
	const char *const *deny;
};

struct cssp_policy {
	struct cssp_policy_rule rule[CSSP_CRED_KINDS];
	enum cssp_oracle oracle;
};

/* The policy in force. */
const struct cssp_policy *cssp_policy_current(void);

/**
 * cssp_policy_delegate() - may credentials of @kind go to @spn?
 * @policy: policy
 * @kind: where they come from
 * @spn: target name
 * @proven: the server is proven by more than NTLM
 *
 * Return: 0, -EPERM (never) or -EXDEV (only if the server were proven).
 */
int __must_check cssp_policy_delegate(const struct cssp_policy *policy,
				      enum cssp_cred_kind kind, const char *spn,
				      bool proven);

/*
 * The lowest version to accept when a credential asks for @wanted (0: the
 * policy's own default). -EOPNOTSUPP when the policy rules it out.
 */
int __must_check cssp_policy_min_version(const struct cssp_policy *policy,
					 u32 wanted, u32 *version);

#endif
