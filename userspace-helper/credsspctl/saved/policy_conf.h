/* SPDX-License-Identifier: GPL-2.0-only */
/* Conversion of credssp-policy.conf(5) to the kernel's form, and back. */
#ifndef CREDSSPCTL_POLICY_CONF_H
#define CREDSSPCTL_POLICY_CONF_H

#include <stdio.h>

#include <credssp.h>

#define POLICY_FILE	"/etc/credssp/policy.conf"
#define POLICY_KINDS	3
#define POLICY_LISTS	3

/**
 * struct policy_conf - a policy
 * @oracle: enum credssp_oracle
 * @rules: CREDSSP_POLICY_*
 * @count: patterns
 * @length: bytes of them
 * @patterns: struct credssp_policy_pattern, one after the other
 */
struct policy_conf {
	uint32_t oracle;
	uint32_t rules;
	uint32_t count;
	uint32_t length;
	uint8_t patterns[CREDSSP_MAX_POLICY];
};

/**
 * policy_conf_parse() - read a policy
 * @conf: out
 * @f: file
 * @line: out: number of the wrong line, 0 if the error is of the whole file
 *
 * Settings that are missing are as on a Windows machine outside a domain.
 *
 * Return: NULL, or what is wrong.
 */
const char *policy_conf_parse(struct policy_conf *conf, FILE *f, unsigned int *line);

/* Print a file that sets this policy. */
void policy_conf_print(FILE *f, const struct policy_conf *conf);

const char *policy_conf_key(unsigned int kind, unsigned int list);	/* "allow-fresh" */
const char *policy_conf_oracle(uint32_t oracle);			/* "mitigated" */

/**
 * policy_conf_next() - the patterns of one list, one after the other
 * @conf: policy
 * @kind: enum credssp_kind
 * @list: enum credssp_list
 * @at: in: 0 for the first pattern; out: for the next one
 * @pattern: out: with a NUL, room for CREDSSP_MAX_TARGET + 1 bytes
 *
 * Return: 1, or 0 at the end.
 */
int policy_conf_next(const struct policy_conf *conf, unsigned int kind, unsigned int list,
		     uint32_t *at, char *pattern);

#endif
