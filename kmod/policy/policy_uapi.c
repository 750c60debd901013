// SPDX-License-Identifier: GPL-2.0-only
/* The patterns of a policy in the form that user space writes and reads. */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "policy.h"
#include "spn.h"

/**
 * struct policy_builder - a policy under construction
 * @policy: the policy; the texts of its patterns follow its entries in memory
 * @text: writer of these texts
 */
struct policy_builder {
	struct cssp_policy *policy;
	struct cssp_wr text;
};

static int policy_take_pattern(struct policy_builder *b, struct cssp_rd *rd)
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
	/* A deny rule that denies nothing, or less than it seems to, is an error. */
	return cssp_spn_is_pattern(e->pattern) ? 0 : CSSP_E_PARAMETER;
}

static int policy_take_patterns(struct policy_builder *b, u32 count, struct cssp_rd rd)
{
	int ret;

	while (b->policy->count < count) {
		ret = policy_take_pattern(b, &rd);
		if (ret)
			return ret;
	}
	return cssp_rd_end(&rd) ? CSSP_E_PARAMETER : 0;
}

int cssp_policy_create(struct cssp_policy **out, u32 oracle, u32 rules, u32 count,
		       const struct cssp_rd *patterns)
{
	struct policy_builder b;
	size_t entries;
	int ret;

	if (oracle > CREDSSP_ORACLE_VULNERABLE || rules & ~CREDSSP_POLICY_NO_NTLM ||
	    count > CREDSSP_MAX_PATTERNS || patterns->left > CREDSSP_MAX_POLICY)
		return CSSP_E_PARAMETER;
	/* A text with its NUL is shorter than the same text with its header. */
	entries = struct_size(b.policy, entry, count);
	b.policy = kvzalloc(size_add(entries, patterns->left), CSSP_GFP);
	if (!b.policy)
		return -ENOMEM;
	b.text = cssp_wr_of((u8 *)b.policy + entries, patterns->left);
	refcount_set(&b.policy->ref, 1);
	b.policy->oracle = oracle;
	b.policy->rules = rules;
	ret = policy_take_patterns(&b, count, *patterns);
	if (ret) {
		cssp_policy_put(b.policy);
		return ret;
	}
	*out = b.policy;
	return 0;
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
