/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_BECOME_H
#define BENCH_BECOME_H

#include <sys/types.h>

/* Become an ordinary user, for whom the module's quotas count. Ends the program on failure. */
void become(uid_t uid);

#endif
