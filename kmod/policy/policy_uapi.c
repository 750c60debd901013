// SPDX-License-Identifier: GPL-2.0-only
/* A policy's patterns as they come from user space and go back there. */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "policy.h"
#include "spn.h"

/**
 * struct builder - a policy under construction
 * @policy: it; the texts follow its entries
 * @text: where they go
 */
struct builder {
	struct cssp_policy *policy;
	struct cssp_wr text;
};

static int take_pattern(struct builder *b, struct cssp_rd *rd)
{
	struct cssp_policy_entry *e = &b->policy->entry[b->policy->count];
	struct credssp_policy_pattern head;
	struct cssp_rd text;

	if (cssp_rd_copy(rd, &head, sizeof(head)) || cssp_rd_sub(rd, head.length, &text))
		return CSSP_E_PARAMETER;
	if (head.kind >= CSSP_CRED_KINDS || head.list > CREDSSP_LIST_DENY ||
	    memchr(text.p, '\0', text.left))
		return CSSP_E_PARAMETER;
	*e = (struct cssp_policy_entry){
		.kind = head.kind,
		.list = head.list,
		.pattern = (const char *)b->text.buf + b->text.len,
	};
	cssp_wr_rd(&b->text, &text);
	cssp_wr_u8(&b->text, '\0');
	if (cssp_wr_done(&b->text))
		return CSSP_E_PARAMETER;
	b->policy->count++;
	/* one that no target could match is a mistake, and a bad one on a deny list */
	return cssp_spn_is_pattern(e->pattern) ? 0 : CSSP_E_PARAMETER;
}

int cssp_policy_create(struct cssp_policy **out, u32 oracle, u32 rules, u32 count,
		       const struct cssp_rd *patterns)
{
	struct cssp_rd rd = *patterns;
	struct builder b;
	size_t entries;
	int ret = 0;

	if (oracle > CREDSSP_ORACLE_VULNERABLE || rules & ~CREDSSP_POLICY_NO_NTLM ||
	    count > CREDSSP_MAX_PATTERNS || patterns->left > CREDSSP_MAX_POLICY)
		return CSSP_E_PARAMETER;
	/* a text with its NUL takes less room than with its head */
	entries = struct_size(b.policy, entry, count);
	b.policy = kvzalloc(size_add(entries, patterns->left), CSSP_GFP);
	if (!b.policy)
		return -ENOMEM;
	b.text = cssp_wr_of((u8 *)b.policy + entries, patterns->left);
	refcount_set(&b.policy->ref, 1);
	b.policy->oracle = oracle;
	b.policy->rules = rules;
	while (!ret && b.policy->count < count)
		ret = take_pattern(&b, &rd);
	if (!ret && cssp_rd_end(&rd))
		ret = CSSP_E_PARAMETER;
	if (ret)
		cssp_policy_put(b.policy);
	else
		*out = b.policy;
	return ret;
}

int cssp_policy_encode(const struct cssp_policy *policy, struct cssp_vbuf *patterns)
{
	u32 i;

	for (i = 0; i < policy->count; i++) {
		const struct cssp_policy_entry *e = &policy->entry[i];
		struct credssp_policy_pattern head = {
			.kind = e->kind,
			.list = e->list,
			.length = strlen(e->pattern),
		};
		int ret = cssp_vbuf_append(patterns, &head, sizeof(head)) ?:
			  cssp_vbuf_append(patterns, e->pattern, head.length);

		if (ret)
			return ret;
	}
	return 0;
}
