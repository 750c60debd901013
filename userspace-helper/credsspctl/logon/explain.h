/* SPDX-License-Identifier: GPL-2.0-only */
/* credsspctl auth --explain: the steps that were taken, and what to do. */
#ifndef CREDSSPCTL_EXPLAIN_H
#define CREDSSPCTL_EXPLAIN_H

#include <stdio.h>

#include "base/options.h"
#include "base/outcome.h"

/**
 * struct explain_facts - what the report does not have
 * @helper_known: the module was asked about the helper
 * @helper_present: its answer
 * @policy_known: the delegation policy was asked about these credentials and this target
 * @policy_ntlm: its answer for a server that only NTLM authenticates
 * @policy_proven: and for a proven one
 */
struct explain_facts {
	bool helper_known;
	bool helper_present;
	bool policy_known;
	int32_t policy_ntlm;
	int32_t policy_proven;
};

/* The kind of the credentials of a command line, enum credssp_kind. */
uint32_t explain_kind(const struct options *opt);

/* Print it, after report_human(). */
void explain_print(FILE *f, const struct options *opt, const struct outcome *o,
		   const struct explain_facts *facts);

#endif
