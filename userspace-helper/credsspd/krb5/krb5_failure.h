/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_FAILURE_H
#define CREDSSPD_KRB5_FAILURE_H

#include <stdint.h>
#include <krb5.h>

/* enum credssp_hlp_krb5_failure of an error of libkrb5 that ended an exchange. */
uint32_t krb5_failure_of(krb5_error_code error);

/* The error-code of the KRB-ERROR (RFC 4120 7.5.9) that @error stands for, or 0. */
uint32_t krb5_failure_number(krb5_error_code error);

#endif
