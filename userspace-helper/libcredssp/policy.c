// SPDX-License-Identifier: LGPL-2.1-or-later
/* The delegation policy. */
#include "private.h"

int32_t credssp_policy_get(struct credssp *lib, struct credssp_ioc_policy *policy)
{
	if (!policy)
		return SEC_E_INVALID_PARAMETER;
	policy->size = sizeof(*policy);
	return cssp_call(lib, CREDSSP_IOC_POLICY_GET, policy, &policy->status);
}

int32_t credssp_policy_set(struct credssp *lib, const struct credssp_ioc_policy *policy)
{
	struct credssp_ioc_policy ioc;

	if (!policy)
		return SEC_E_INVALID_PARAMETER;
	ioc = *policy;
	ioc.size = sizeof(ioc);
	return cssp_call(lib, CREDSSP_IOC_POLICY_SET, &ioc, &ioc.status);
}

int32_t credssp_policy_check(struct credssp *lib, struct credssp_ioc_policy_check *check)
{
	if (!check)
		return SEC_E_INVALID_PARAMETER;
	check->size = sizeof(*check);
	return cssp_call(lib, CREDSSP_IOC_POLICY_CHECK, check, &check->status);
}
