// SPDX-License-Identifier: LGPL-2.1-or-later
/* Why a logon was refused, as Windows' error for GetLastError(). */
#include "sspi.h"

/* Winerror.h's codes of the NTSTATUS values (MS-ERREF 2.2 and 2.3) with which logons are refused */
static const struct {
	uint32_t ntstatus;
	uint32_t error;
} refusals[] = {
	{ 0xc0000022, 5 },	/* ACCESS_DENIED */
	{ 0xc000005e, 1311 },	/* NO_LOGON_SERVERS */
	{ 0xc000006d, 1326 },	/* LOGON_FAILURE */
	{ 0xc000006e, 1327 },	/* ACCOUNT_RESTRICTION */
	{ 0xc000006f, 1328 },	/* INVALID_LOGON_HOURS */
	{ 0xc0000070, 1329 },	/* INVALID_WORKSTATION */
	{ 0xc0000071, 1330 },	/* PASSWORD_EXPIRED */
	{ 0xc0000072, 1331 },	/* ACCOUNT_DISABLED */
	{ 0xc0000133, 1398 },	/* TIME_DIFFERENCE_AT_DC */
	{ 0xc000015b, 1385 },	/* LOGON_TYPE_NOT_GRANTED */
	{ 0xc0000193, 1793 },	/* ACCOUNT_EXPIRED */
	{ 0xc0000224, 1907 },	/* PASSWORD_MUST_CHANGE */
	{ 0xc0000234, 1909 },	/* ACCOUNT_LOCKED_OUT */
};

#define ERROR_LOGON_FAILURE	1326

static uint32_t error_of(uint32_t ntstatus)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].ntstatus == ntstatus)
			return refusals[i].error;
	return ERROR_LOGON_FAILURE;
}

/* WinPR's, which is in the programs that load this module */
extern void SetLastError(uint32_t code) __attribute__((weak));

void sspi_set_last_error(uint32_t ntstatus)
{
	if (SetLastError)
		SetLastError(error_of(ntstatus));
}
