/* SPDX-License-Identifier: GPL-2.0-only */
/* The description of a key of the type cifs.spnego: what cifs.ko asks for. */
#ifndef CREDSSP_SPNEGO_DESCRIPTION_H
#define CREDSSP_SPNEGO_DESCRIPTION_H

#include <stdbool.h>
#include <sys/types.h>

#define SPNEGO_KEY_TYPE	"cifs.spnego"

/* RFC 1035: a name of 255 octets on the wire */
#define HOST_MAX	253
/* CIFS_MAX_USERNAME_LEN of the kernel */
#define USER_MAX	256
/* All fields of the kernel together need less. */
#define DESCRIPTION_MAX	2048

/**
 * struct description - what the kernel asks for
 * @host: name of the server, as in the UNC name of the mount
 * @user: user name of the mount, may be empty
 * @mskrb5: the server knows Kerberos by Microsoft's old OID
 * @creduid: the user whose tickets are wanted
 * @pid: the task that needs the session
 */
struct description {
	char host[HOST_MAX + 1];
	char user[USER_MAX + 1];
	bool mskrb5;
	uid_t creduid;
	pid_t pid;
};

/**
 * description_parse() - read what keyctl_describe(3) gives
 * @raw: "cifs.spnego;uid;gid;permissions;ver=0x2;host=..."
 * @d: out
 *
 * A key that does not belong to root is refused: its fields are not cifs.ko's.  A field that
 * comes twice is refused: a user name or a host with a semicolon in it would be able to add
 * one.  Unknown fields are skipped.
 *
 * Return: NULL, or what is wrong.
 */
const char *description_parse(const char *raw, struct description *d);

#endif
