/* SPDX-License-Identifier: GPL-2.0-only */
/* Has the session a TGT? */
#ifndef PAM_CREDSSP_TICKETS_H
#define PAM_CREDSSP_TICKETS_H

#include <stdbool.h>
#include <sys/types.h>

/* A cache may be kept by a daemon, which may be silent. */
#define TICKETS_LIMIT_MS	5000

/**
 * tickets_there() - ask klist(1), as the user
 * @cache: name of the credential cache, as in KRB5CCNAME
 * @uid: user
 * @gid: and group
 *
 * Return: false if the cache has certainly no TGT that is valid. Without klist, or without
 * its answer in time, the program that has set KRB5CCNAME is believed.
 */
bool tickets_there(const char *cache, uid_t uid, gid_t gid);

#endif
