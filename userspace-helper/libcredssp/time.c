// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * FILETIME, 100 ns units since 1601-01-01 UTC (MS-DTYP 2.3.3), and
 * the local time of SSPI's TimeStamp.
 */
#include <errno.h>

#include "private.h"

#define TICKS_PER_SECOND	10000000LL
#define NS_PER_TICK		100
/* 1601-01-01 to 1970-01-01: 134774 days */
#define EPOCH_SECONDS		11644473600LL
/* The end of the year 9999, where Windows' calendar ends; later times mean never */
#define LAST_TICK		(253402300799LL * TICKS_PER_SECOND + \
				 EPOCH_SECONDS * TICKS_PER_SECOND)

static int64_t local_offset(int64_t utc)
{
	time_t t = utc / TICKS_PER_SECOND - EPOCH_SECONDS;
	struct tm tm;

	/* POSIX does not require that localtime_r() reads TZ */
	tzset();
	if (!localtime_r(&t, &tm))
		return 0;
	return tm.tm_gmtoff * TICKS_PER_SECOND;
}

void cssp_timestamp_set(struct credssp_timestamp *out, uint64_t utc)
{
	if (!out)
		return;
	if (utc > (uint64_t)LAST_TICK) {
		out->utc = INT64_MAX;
		out->local = INT64_MAX;
		return;
	}
	out->utc = (int64_t)utc;
	out->local = utc ? out->utc + local_offset(out->utc) : 0;
}

int credssp_timestamp_utc(const struct credssp_timestamp *stamp,
			  struct timespec *ts)
{
	if (stamp->utc <= 0 || stamp->utc > LAST_TICK) {
		errno = ERANGE;
		return -1;
	}
	ts->tv_sec = stamp->utc / TICKS_PER_SECOND - EPOCH_SECONDS;
	ts->tv_nsec = stamp->utc % TICKS_PER_SECOND * NS_PER_TICK;
	return 0;
}
