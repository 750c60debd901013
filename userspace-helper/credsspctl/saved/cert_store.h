/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of credsspd's certificates: DIRECTORY/UID/NAME.pem, see credsspd(8). */
#ifndef CREDSSPCTL_CERT_STORE_H
#define CREDSSPCTL_CERT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CERT_PARENT	"/etc/credssp"
#define CERT_DIRECTORY	CERT_PARENT "/certs"

/* Is it letters, digits and "._-", without a dot at the start, and not too long? */
bool cert_store_name_ok(const char *name);

/**
 * cert_store_write() - write the file of a certificate, for its owner alone
 * @directory: made, like the one of the user, if it is not there; CERT_DIRECTORY with its parent
 * @uid: the user
 * @name: of the certificate
 * @data, @length: its contents
 * @replace: a file of that name may be replaced
 *
 * The file is there as a whole, or not at all. It belongs to this process's user, as the
 * directories must, and no other one may write to them: credsspd(8) takes no other file.
 *
 * Return: 0 or a negative errno; -EEXIST: there is such a file; -EPERM: a directory belongs to
 * another user, or other users may write to it.
 */
int cert_store_write(const char *directory, uid_t uid, const char *name, const void *data,
		     size_t length, bool replace);

#endif
