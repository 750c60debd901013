// SPDX-License-Identifier: GPL-2.0-only
/* The in-kernel API: names of numbers, for the messages of consumers. */
#include <linux/credssp.h>
#include <linux/export.h>
#include <linux/module.h>

#include "../base/names.h"

const char *credssp_status_name(s32 status)
{
	return cssp_status_name(status);
}
EXPORT_SYMBOL_GPL(credssp_status_name);

const char *credssp_reason_name(u32 reason)
{
	return cssp_reason_name(reason);
}
EXPORT_SYMBOL_GPL(credssp_reason_name);

const char *credssp_leg_name(u32 leg)
{
	return cssp_leg_name(leg);
}
EXPORT_SYMBOL_GPL(credssp_leg_name);
