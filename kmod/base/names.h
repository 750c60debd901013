/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of numbers of the uapi header, for messages; "unknown" for a number without a name. */
#ifndef CSSP_BASE_NAMES_H
#define CSSP_BASE_NAMES_H

#include <linux/types.h>

const char *cssp_status_name(s32 status);
const char *cssp_reason_name(u32 reason);	/* enum credssp_reason */
const char *cssp_leg_name(u32 leg);		/* enum credssp_leg */
const char *cssp_delegated_name(u32 kind);	/* enum credssp_delegated */

#endif
