// SPDX-License-Identifier: LGPL-2.1-or-later
/* The delegation policy. */
#include <string.h>

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
	const char *given = check ? (const char *)(uintptr_t)check->target : NULL;
	char target[CREDSSP_MAX_TARGET + 1];
	struct credssp_ioc_policy_check ioc;
	struct cssp_spn_name name;
	int32_t status;

	if (!check || (check->target_length && !given))
		return SEC_E_INVALID_PARAMETER;
	ioc = *check;
	ioc.size = sizeof(ioc);
	/* the kernel refuses a target that is no valid string */
	if (check->target_length && check->target_length <= CREDSSP_MAX_TARGET &&
	    !memchr(given, '\0', check->target_length)) {
		memcpy(target, given, check->target_length);
		target[check->target_length] = '\0';
		status = cssp_spn_load(&name, target);
		if (status != SEC_E_OK)
			return status;
		ioc.target = cssp_ptr(name.text);
		ioc.target_length = name.length;
	}
	status = cssp_call(lib, CREDSSP_IOC_POLICY_CHECK, &ioc, &ioc.status);
	check->size = ioc.size;
	check->status = ioc.status;
	check->min_version = ioc.min_version;
	return status;
}
