/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The delegation policy, which says what credentials a server may get, and the
 * structures of its ioctls.  Included by <linux/credssp.h>.
 */
#ifndef _UAPI_LINUX_CREDSSP_POLICY_H
#define _UAPI_LINUX_CREDSSP_POLICY_H

#include <linux/types.h>

#define CREDSSP_MAX_PATTERNS	512	/* patterns of one policy; a site has a few dozen */
#define CREDSSP_MAX_POLICY	65536	/* bytes of them, headers included */

/* Source of credentials, in the order in which they are looked up */
enum credssp_kind {
	CREDSSP_KIND_FRESH = 0,		/* given in the call */
	CREDSSP_KIND_SAVED = 1,		/* a logon key */
	CREDSSP_KIND_DEFAULT = 2,	/* the user's own logon (Kerberos) */
};

/* The lists of SPN patterns that each kind has */
enum credssp_list {
	CREDSSP_LIST_ALLOW = 0,		/* the server is proven */
	CREDSSP_LIST_ALLOW_NTLM_ONLY = 1, /* only NTLM proves it */
	CREDSSP_LIST_DENY = 2,		/* overrides both */
};

/* Encryption Oracle Remediation, with the numbers of AllowEncryptionOracle */
enum credssp_oracle {
	CREDSSP_ORACLE_FORCE = 0,	/* never below version 5 */
	CREDSSP_ORACLE_MITIGATED = 1,	/* 5 unless a credential opts down */
	CREDSSP_ORACLE_VULNERABLE = 2,	/* 2 unless a credential asks for more */
};

/* @rules of struct credssp_ioc_policy */
#define CREDSSP_POLICY_NO_NTLM		0x1	/* Kerberos only */

/**
 * struct credssp_policy_pattern - head of an SPN pattern
 * @kind: enum credssp_kind
 * @list: enum credssp_list
 * @length: bytes of the pattern in ASCII, which follows without NUL or padding
 *
 * A pattern is CLASS/HOST, with one '*' at most that stands for any characters;
 * case does not matter.  The class may have blanks inside; the host is spelled as
 * that of a target (A-labels, RFC 5952).  A target's port and realm are not compared,
 * so a pattern has none.  One that no target could match is refused.
 */
struct credssp_policy_pattern {
	__u8 kind;
	__u8 list;
	__u16 length;
};

/* @origin of struct credssp_ioc_policy */
enum credssp_policy_origin {
	CREDSSP_POLICY_BUILTIN = 0,	/* no policy was set */
	CREDSSP_POLICY_SET = 1,
	CREDSSP_POLICY_INHERITED = 2,	/* only the initial namespace's policy holds */
};

/**
 * struct credssp_ioc_policy - POLICY_GET and POLICY_SET
 * @status: out; SEC_E_BUFFER_TOO_SMALL with @length = room needed
 * @flags: GET: CREDSSP_POLICY_INITIAL; SET: CREDSSP_POLICY_RESET
 * @oracle: enum credssp_oracle
 * @rules: CREDSSP_POLICY_NO_NTLM
 * @origin: out: enum credssp_policy_origin
 * @count: patterns at @patterns, at most CREDSSP_MAX_PATTERNS
 * @length: bytes there, at most CREDSSP_MAX_POLICY, or room; out: bytes written
 * @patterns: struct credssp_policy_pattern, one after the other
 *
 * The policy is that of the opener's network namespace.  Setting it takes
 * CAP_SYS_ADMIN in the initial namespace, and CAP_NET_ADMIN over any other one.  In
 * another namespace the initial namespace's policy holds as well: both must allow a
 * delegation.  An exchange keeps the policy that it began with.
 */
#define CREDSSP_POLICY_INITIAL		0x1	/* the initial namespace's */
#define CREDSSP_POLICY_RESET		0x2	/* back to the built-in or inherited policy */
struct credssp_ioc_policy {
	__u32 size;
	__s32 status;
	__u32 flags;
	__u32 oracle;
	__u32 rules;
	__u32 origin;
	__u32 count;
	__u32 length;
	__aligned_u64 patterns;
};

/**
 * struct credssp_ioc_policy_check - POLICY_CHECK: may credentials be delegated?
 * @status: out: SEC_E_OK, SEC_E_DELEGATION_POLICY, SEC_E_POLICY_NLTM_ONLY;
 *	SEC_E_TARGET_UNKNOWN for an invalid name
 * @kind: enum credssp_kind
 * @flags: CREDSSP_CHECK_*
 * @min_version: in: minimum version of a credential, or 0; out: the lowest CredSSP
 *	version that an exchange would accept, 0 when the policy refuses @min_version
 * @target, @target_length: as in CREDSSP_IOC_INIT
 */
#define CREDSSP_CHECK_PROVEN		0x1	/* the server is proven by more than NTLM */
struct credssp_ioc_policy_check {
	__u32 size;
	__s32 status;
	__u32 kind;
	__u32 flags;
	__u32 min_version;
	__u32 target_length;
	__aligned_u64 target;
};

#endif /* _UAPI_LINUX_CREDSSP_POLICY_H */
