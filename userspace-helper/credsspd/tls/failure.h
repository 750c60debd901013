/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_FAILURE_H
#define CREDSSPD_FAILURE_H

#include <stdint.h>

/* enum credssp_hlp_failure of an error of GnuTLS that ended a handshake. */
uint32_t failure_of(int error);

#endif
