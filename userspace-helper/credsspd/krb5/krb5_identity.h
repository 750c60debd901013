/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_IDENTITY_H
#define CREDSSPD_KRB5_IDENTITY_H

#include <stddef.h>

/**
 * krb5_identity_copy() - check where a certificate is, and name its PKCS#11 module in full
 * @to: gets the name for libkrb5, of up to @room bytes with its NUL
 * @room: size of @to
 * @name: as the request has it: FILE:CERT[,KEY], DIR:PATH, PKCS12:PATH, or
 *	PKCS11:[module_name=]MODULE[:slotid=N][:token=LABEL][:certid=ID][:certlabel=LABEL]
 *
 * A module is code that the process then runs. So it has to be a file that only root can
 * change or replace: the file and all directories above it are root's, and writable by root
 * alone. @to has its path without symbolic links, so that nothing can change between this
 * check and the use.
 *
 * Return: 0; -EINVAL: another type, or no absolute path, or too long; -ENOENT: there is no
 * such module; -EPERM: others than root can change it.
 */
int krb5_identity_copy(char *to, size_t room, const char *name);

#endif
