/* SPDX-License-Identifier: GPL-2.0-only */
/* KRB-ERROR, RFC 4120 5.9.1, in the framing of RFC 4121 4.1. */
#ifndef PEER_KRB5_ERROR_H
#define PEER_KRB5_ERROR_H

#include <time.h>

#include "bytes.h"

#define KRB_AP_ERR_SKEW			37
#define KRB_AP_ERR_MODIFIED		41
#define KRB_ERR_GENERIC			60
#define KRB_AP_ERR_USER_TO_USER_REQUIRED	69

/* The message alone: @code, of a server in @realm whose clock says @now. */
void krb5_error_message(int code, time_t now, const char *realm, struct bytes *out);
void krb5_error_token(int code, time_t now, struct bytes *out);

#endif
