/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BUG_H
#define SHIM_LINUX_BUG_H

#include <stdlib.h>

/* A warning in the kernel log is the end of the run here. */
#define WARN_ON_ONCE(condition)	((condition) ? (abort(), 1) : 0)

#endif
