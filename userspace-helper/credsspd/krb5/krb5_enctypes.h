/* SPDX-License-Identifier: GPL-2.0-only */
/* The encryption types that the module knows, whatever krb5.conf permits. */
#ifndef CREDSSPD_KRB5_ENCTYPES_H
#define CREDSSPD_KRB5_ENCTYPES_H

#include <stdbool.h>
#include <krb5.h>

/* In the order of preference, ended by 0; libkrb5 wants it writable but does not write. */
extern krb5_enctype krb5_enctypes[];
#define KRB5_ENCTYPES_COUNT	4

bool krb5_enctypes_have(krb5_enctype enctype);

#endif
