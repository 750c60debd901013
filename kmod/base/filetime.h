/* SPDX-License-Identifier: GPL-2.0-only */
/* FILETIME: units of 100 ns since 1601, in UTC except where noted. */
#ifndef CSSP_BASE_FILETIME_H
#define CSSP_BASE_FILETIME_H

#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/time.h>
#include <linux/types.h>

/* 1 January 1970 */
#define CSSP_FILETIME_OF_1970		116444736000000000LL
#define CSSP_FILETIME_PER_MINUTE	600000000LL
#define CSSP_FILETIME_NEVER		S64_MAX

static inline s64 cssp_filetime_now(void)
{
	return ktime_get_real_ns() / 100 + CSSP_FILETIME_OF_1970;
}

/*
 * FILETIME of seconds since 1970. 0 ("no end") and times past the end of FILETIME
 * (the year 30828) become CSSP_FILETIME_NEVER.
 */
static inline s64 cssp_filetime_of_seconds(u64 seconds)
{
	const u64 most = (CSSP_FILETIME_NEVER - CSSP_FILETIME_OF_1970) / 10000000;

	if (!seconds || seconds >= most)
		return CSSP_FILETIME_NEVER;
	return seconds * 10000000 + CSSP_FILETIME_OF_1970;
}

/* SSPI returns local time; the kernel has the time zone in sys_tz. */
static inline s64 cssp_filetime_local(s64 utc)
{
	if (utc == CSSP_FILETIME_NEVER)
		return utc;
	return utc - sys_tz.tz_minuteswest * CSSP_FILETIME_PER_MINUTE;
}

#endif
